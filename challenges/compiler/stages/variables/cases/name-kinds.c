// A name has letters, digits and underscores, and its case matters.
// exit: 15
int main(void) {
    int count = 1;
    int Count = 2;
    int count_2 = 4;
    int _count = 8;
    return count + Count + count_2 + _count;
}

// extern declares a variable that another file defines; all files see the same variable.
// exit: 19
extern int counter;
void count(int by);

int main(void) {
    count(3);
    counter += 1;
    count(10);
    return counter;
}

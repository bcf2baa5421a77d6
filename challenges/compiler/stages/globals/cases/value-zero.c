// A global without an initialiser is zero when the program starts.
// exit: 5
int count;
int other;

int main(void) {
    return count + other + 5;
}

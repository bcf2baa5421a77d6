// Two declarations of one function do not agree.
// refused: 4
int print(const char *s);
int print(const char *s, ...);
int main(void) {
    return 0;
}

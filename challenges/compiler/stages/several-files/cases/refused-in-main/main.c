// The call does not fit what this file says of the function.
// refused: main.c:6
int count(void);

int main(void) {
    return count(1);
}

// Files of two folders may have one name: they are two files all the same.
// exit: 35
int first(void);
int second(void);

int main(void) {
    return first() + second();
}

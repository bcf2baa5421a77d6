// There is no such function anywhere. Compilers say so here, or when they link.
// refused: anywhere
int main(void) {
    return no_such_function_anywhere(1);
}

// A comment separates two words as a space does.
// exit: 12
int/**/main(void) {
    return/* * */12;
}

// The star that opens a comment does not end it, so the slash after it closes nothing.
// exit: 12
int main(void) {
    return /*/ 11; /*/ 12;
}
/*/ return 13; /*/

// A string ends with a character 0, whatever comes after it.
// exit: 16
int length(char *s) {
    int n = 0;
    while (s[n])
        n++;
    return n;
}

int main(void) {
    return length("one") + length("three") * 2 + length("") + length("a") + (length("ab") == 2) * 2;
}

// A character in quotes is the number that stands for it; escapes name those that cannot be written.
// stdout: A'"\	!
int putchar(int c);

int main(void) {
    putchar('A');
    putchar('\'');
    putchar('"');
    putchar('\\');
    putchar('\t');
    putchar('\041');
    putchar('\x0a');
    return '\0';
}

// An interpreter for a language of eight commands runs a program that multiplies and prints.
// stdout: 42
int putchar(int c);

char *program = "++++++[>+++++++<-]>>++++++++[<<+++++++>>>+<-]<<----.--.>>>[-]++++++++++.";
unsigned char tape[100];

int main(void) {
    char *at = program;
    int cell = 0, depth;
    while (*at) {
        switch (*at) {
        case '+':
            tape[cell]++;
            break;
        case '-':
            tape[cell]--;
            break;
        case '>':
            cell++;
            break;
        case '<':
            cell--;
            break;
        case '.':
            putchar(tape[cell]);
            break;
        case '[':
            if (tape[cell] == 0) {
                depth = 1;
                while (depth) {
                    at++;
                    depth += (*at == '[') - (*at == ']');
                }
            }
            break;
        case ']':
            if (tape[cell] != 0) {
                depth = 1;
                while (depth) {
                    at--;
                    depth += (*at == ']') - (*at == '[');
                }
            }
            break;
        }
        at++;
    }
    return 0;
}

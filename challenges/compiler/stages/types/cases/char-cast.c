// A cast cuts to the type it names.
// exit: 52
int main(void) {
    int a = 1000;
    return (unsigned char)a - (unsigned char)(a - 52) + (int)(char)66 % 2 + (unsigned char)-1 / 255 - 1;
}

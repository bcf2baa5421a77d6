// After a short string the array is zero.
// exit: 9
int main(void) {
    char s[8] = "abc", t[3] = "xyz", u[4] = "ab";
    int sum = 0;
    for (int i = 0; i < 8; i++)
        sum += s[i];
    return (sum == 'a' + 'b' + 'c') + (t[2] == 'z') * 2 + (u[1] == 'b' && u[2] == 0 && u[3] == 0) * 6;
}

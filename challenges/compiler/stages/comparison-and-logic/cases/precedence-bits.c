// == binds tighter than &: 6 & (3 == 3).
// exit: 70
int main(void) {
    return (6 & 3 == 3) + (7 & 3 == 3) * 70;
}

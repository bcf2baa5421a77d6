// Whatever waits on the stack when a call is made must still be there afterwards, and must leave the stack as calls need it.
// exit: 128
int one(int a) {
    return a + 1;
}

int main(void) {
    return 1 + (2 + (3 + (4 + (5 + one(6) * one(7) + one(one(one(30)))) + one(8)))) + 15;
}

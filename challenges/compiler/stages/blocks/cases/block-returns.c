// A return leaves all blocks at once.
// exit: 6
int main(void) {
    int a = 6;
    {
        {
            if (a) {
                return a;
            }
        }
        a = 1;
    }
    return a;
}

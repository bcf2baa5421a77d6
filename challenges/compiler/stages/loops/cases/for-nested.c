// Loops nest.
// exit: 30
int main(void) {
    int count = 0;
    for (int i = 0; i < 5; i++)
        for (int j = 0; j < 3; j++) {
            for (int k = 0; k < 2; k++)
                count++;
        }
    return count;
}

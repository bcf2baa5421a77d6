// continue in a do loop goes on with its condition, which may end the loop.
// exit: 10
int main(void) {
    int rounds = 0, after = 0;
    do {
        rounds++;
        if (rounds < 5)
            continue;
        after++;
    } while (rounds == 7);
    return rounds * 10 + after;
}

// continue in a do loop goes on with its condition, at the end.
// exit: 4
int main(void) {
    int i = 0, seen = 0;
    do {
        i++;
        if (i < 3)
            continue;
        seen++;
    } while (i < 6);
    return seen;
}

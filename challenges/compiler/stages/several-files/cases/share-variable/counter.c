int counter = 5;

void count(int by) {
    counter += by;
}

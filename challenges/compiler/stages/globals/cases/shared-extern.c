// extern declares a variable that is defined further down.
// exit: 9
extern int late;

int get(void) {
    return late;
}

int late = 9;

int main(void) {
    return get();
}

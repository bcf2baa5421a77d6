// A static variable of one file has nothing to do with another file's global of the same name.
// exit: 14
static int level = 4;
int get(void);

int main(void) {
    return level + get();
}

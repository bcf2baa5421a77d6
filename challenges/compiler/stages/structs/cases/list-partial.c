// A list that is short leaves the other members zero; a global one is constant.
// exit: 18
struct item {
    int a;
    char *name;
    int values[2];
    int z;
};

struct item global = {3, "abc", {4}};
struct item zero;

int main(void) {
    struct item local = {5};
    return global.a + global.name[1] - 'b' + global.values[0] + global.values[1] + local.a + local.z
        + (local.name == 0) + zero.a + global.z + 5;
}

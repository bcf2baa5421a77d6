// Names that begin alike are different names.
// stdout: 1 2 3 4
int printf(const char *format, ...);

static int configuration_of_input = 1;
static int configuration_of_output = 2;

static int compute_with_a_very_long_name_indeed_one(void) {
    return 3;
}

static int compute_with_a_very_long_name_indeed_two(void) {
    return 4;
}

int main(void) {
    printf("%d %d %d %d\n", configuration_of_input, configuration_of_output,
           compute_with_a_very_long_name_indeed_one(), compute_with_a_very_long_name_indeed_two());
    return 0;
}

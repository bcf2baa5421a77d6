// A member is misspelled in the middle of a longer program.
// refused: 31
int printf(const char *format, ...);
void *malloc(unsigned long size);

struct job {
    int number;
    struct job *next;
};

static struct job *first, *last;

static void put(int number) {
    struct job *job = malloc(sizeof(struct job));
    job->number = number;
    job->next = 0;
    if (last)
        last->next = job;
    else
        first = job;
    last = job;
}

static int take(void) {
    struct job *job = first;
    if (!job)
        return -1;
    first = job->next;
    if (!first)
        last = 0;
    return job->nummer;
}

int main(void) {
    put(1);
    put(2);
    printf("%d\n", take());
    return 0;
}

// A tree of words, made of memory that is asked for, printed in order with how often each came.
// stdin: the cat saw the dog and the dog saw a cat
// stdout: a 1, and 1, cat 2, dog 2, saw 2, the 3
int getchar(void);
int printf(const char *format, ...);
int strcmp(const char *a, const char *b);
char *strcpy(char *to, const char *from);
unsigned long strlen(const char *s);
void *malloc(unsigned long size);

struct node {
    char *word;
    int count;
    struct node *left, *right;
};

static void add(struct node **where, char *word) {
    while (*where) {
        int order = strcmp(word, (*where)->word);
        if (order == 0) {
            (*where)->count++;
            return;
        }
        where = order < 0 ? &(*where)->left : &(*where)->right;
    }
    struct node *node = malloc(sizeof(struct node));
    node->word = strcpy(malloc(strlen(word) + 1), word);
    node->count = 1;
    node->left = node->right = 0;
    *where = node;
}

static void print(struct node *node) {
    static int printed;
    if (!node)
        return;
    print(node->left);
    printf("%s%s %d", printed++ ? ", " : "", node->word, node->count);
    print(node->right);
}

int main(void) {
    struct node *words = 0;
    char word[32];
    int length = 0, c;
    do {
        c = getchar();
        if (c >= 'a' && c <= 'z') {
            word[length++] = c;
        } else if (length > 0) {
            word[length] = '\0';
            add(&words, word);
            length = 0;
        }
    } while (c != -1);
    print(words);
    printf("\n");
    return 0;
}

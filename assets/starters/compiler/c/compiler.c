// A compiler that compiles nothing yet.

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static const char *source; // the file that is being compiled
static char folder[] = "/tmp/compiler-XXXXXX";
static char **command; // cc -o program, and the assembly files
static int words;

static void clean(void) {
    for (int i = 3; i < words; i++) unlink(command[i]);
    rmdir(folder);
}

// Something in the source that is not C: call this with the line and what is wrong there.
__attribute__((unused, noreturn, format(printf, 2, 3))) static void mistake(int line, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    fprintf(stderr, "%s:%d: ", source, line);
    vfprintf(stderr, format, arguments);
    fputc('\n', stderr);
    va_end(arguments);
    exit(1);
}

// C in, assembly out. Returns whether anything was written.
static int compile(const char *text, FILE *assembly) {
    // Start here: text is the whole source. What main needs to return 42 on x86-64 is
    //
    //     .globl main
    //     main:
    //         movl $42, %eax
    //         ret
    (void)text, (void)assembly;
    return 0;
}

static void fail(const char *what) {
    perror(what);
    exit(2);
}

// The whole file, with a zero at its end.
static char *read_all(const char *path) {
    FILE *file = fopen(path, "rb");
    if (!file) fail(path);
    size_t length = 0, room = 4096;
    char *text = malloc(room);
    while (text && !feof(file)) {
        length += fread(text + length, 1, room - length - 1, file);
        if (ferror(file)) fail(path);
        if (room - length == 1) text = realloc(text, room *= 2);
    }
    if (!text) fail("memory");
    fclose(file);
    text[length] = 0;
    return text;
}

int main(int argc, char **argv) {
    const char *program = NULL;
    int sources = 0;
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "-o") == 0 && i + 1 < argc) program = argv[++i];
        else argv[1 + sources++] = argv[i];
    }
    if (!program || sources == 0) {
        fprintf(stderr, "usage: ./run.sh source.c -o program\n");
        return 2;
    }
    command = calloc(sources + 4, sizeof *command);
    if (!command) fail("memory");
    words = 3;
    if (!mkdtemp(folder)) fail(folder);
    atexit(clean);
    int status = 0;
    for (int i = 0; i < sources && status == 0; i++) {
        source = argv[1 + i];
        char *file = malloc(sizeof folder + 16);
        if (!file) fail("memory");
        sprintf(file, "%s/%d.s", folder, i);
        command[words++] = file;
        FILE *assembly = fopen(file, "w");
        if (!assembly) fail(file);
        if (!compile(read_all(source), assembly)) {
            fprintf(stderr, "%s: nothing is compiled yet; compile in compiler.c is where to begin\n", source);
            status = 2;
        }
        fclose(assembly);
    }
    if (status == 0) {
        // cc assembles, and links with the C library.
        command[0] = "cc";
        command[1] = "-o";
        command[2] = (char *)program;
        pid_t child = fork();
        if (child < 0) fail("fork");
        if (child == 0) {
            execvp("cc", command);
            perror("cc");
            _exit(2);
        }
        waitpid(child, &status, 0);
        status = status != 0;
    }
    return status;
}

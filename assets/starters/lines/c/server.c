// A server that does nothing yet: every line is answered with UNKNOWN_COMMAND.

#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

// Start here: line is a command without its end. fread(body, 1, n, in) reads the n bytes that follow it.
static void answer(const char *line, FILE *in, FILE *out) {
    (void)line;
    (void)in;
    fputs("UNKNOWN_COMMAND\r\n", out);
}

static void *serve(void *argument) {
    int client = (int)(long)argument;
    FILE *in = fdopen(client, "r");
    FILE *out = fdopen(dup(client), "w");
    char *line = NULL;
    size_t room = 0;
    ssize_t length;
    while (in != NULL && out != NULL && (length = getline(&line, &room, in)) > 0) {
        while (length > 0 && (line[length - 1] == '\n' || line[length - 1] == '\r')) line[--length] = '\0';
        answer(line, in, out);
        if (fflush(out) != 0) break; // the client is gone
    }
    free(line);
    if (out != NULL) fclose(out);
    if (in != NULL) fclose(in);
    return NULL;
}

static const char *argument(int count, char **values, const char *name) {
    size_t length = strlen(name);
    for (int i = 1; i < count; i++) { // later stages pass more
        if (strncmp(values[i], name, length) == 0 && values[i][length] == '=') return values[i] + length + 1;
    }
    fprintf(stderr, "%s=... is needed\n", name);
    exit(1);
}

static void fail(const char *what) {
    perror(what);
    exit(1);
}

int main(int argc, char **argv) {
    int port = atoi(argument(argc, argv, "--port"));
    const char *working_dir = argument(argc, argv, "--working-dir");
    setvbuf(stdout, NULL, _IOLBF, 0); // lines reach the log at once
    signal(SIGPIPE, SIG_IGN);         // writing to a client that is gone is an error, not the end
    if (mkdir(working_dir, 0777) < 0 && errno != EEXIST) fail(working_dir);

    int listener = socket(AF_INET, SOCK_STREAM, 0);
    if (listener < 0) fail("socket");
    int on = 1;
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (bind(listener, (struct sockaddr *)&address, sizeof address) < 0) fail("bind");
    if (listen(listener, 128) < 0) fail("listen");
    printf("listening on 127.0.0.1:%d, data in %s\n", port, working_dir);

    for (;;) {
        int client = accept(listener, NULL, NULL);
        if (client < 0) continue;
        setsockopt(client, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on); // answers leave at once
        pthread_t thread;
        if (pthread_create(&thread, NULL, serve, (void *)(long)client) != 0) {
            close(client);
            continue;
        }
        pthread_detach(thread);
    }
}

// A server that does nothing yet: every request is answered with 501.
// One thread per connection. SIGTERM is not handled: it ends the program, whatever is in flight.

#define _DEFAULT_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

enum { HEAD_MAX = 64 * 1024, BODY_MAX = 64 * 1024 * 1024 };

typedef struct {
    int socket;
    size_t length;           // bytes in buffer that are not used yet
    char buffer[HEAD_MAX + 1];
} Connection;

typedef struct {
    char *method;
    char *path;
    char *body;              // length bytes, then a zero byte
    size_t length;
    int close;               // the connection ends after the answer
} Request;

static int write_all(int socket, const char *bytes, size_t length) {
    while (length > 0) {
        ssize_t written = write(socket, bytes, length);
        if (written < 0 && errno == EINTR) continue;
        if (written <= 0) return -1;
        bytes += written;
        length -= (size_t)written;
    }
    return 0;
}

static ssize_t read_some(int socket, char *into, size_t room) {
    ssize_t got;
    do got = read(socket, into, room);
    while (got < 0 && errno == EINTR);
    return got;
}

static int reply(int socket, int status, const char *reason, const char *body, size_t length) {
    char head[256];
    int head_length = snprintf(head, sizeof head,
        "HTTP/1.1 %d %s\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: %zu\r\n\r\n",
        status, reason, length);
    if (write_all(socket, head, (size_t)head_length) < 0) return -1;
    return write_all(socket, body, length);
}

static int answer(int socket, const Request *request) {
    // Start here: request->method, request->path, request->body.
    (void)request;
    const char *body = "not implemented\n";
    return reply(socket, 501, "Not Implemented", body, strlen(body));
}

// The value of a header, or NULL. The head is a string with \r\n between its lines; the value ends at \r.
static const char *header(const char *head, const char *name) {
    size_t length = strlen(name);
    for (const char *line = strstr(head, "\r\n"); line != NULL; line = strstr(line, "\r\n")) {
        line += 2;
        if (strncasecmp(line, name, length) == 0 && line[length] == ':') {
            line += length + 1;
            return line + strspn(line, " \t");
        }
    }
    return NULL;
}

static int has_value(const char *value, const char *wanted) {
    return value != NULL && strncasecmp(value, wanted, strlen(wanted)) == 0;
}

// Reads one request; the caller frees method, path and body. 0 when the client is gone or does not speak HTTP.
static int read_request(Connection *connection, Request *request) {
    char *head = connection->buffer;
    char *end;
    for (;;) {
        head[connection->length] = '\0';
        end = strstr(head, "\r\n\r\n");
        if (end != NULL) break;
        if (connection->length == HEAD_MAX) return 0;
        ssize_t got = read_some(connection->socket, head + connection->length, HEAD_MAX - connection->length);
        if (got <= 0) return 0;
        connection->length += (size_t)got;
    }
    end[2] = '\0'; // the head is a string of its own; its body begins at end + 4
    size_t head_length = (size_t)(end + 4 - head);

    size_t method = strcspn(head, " ");
    if (head[method] != ' ') return 0;
    size_t path = strcspn(head + method + 1, " \r");
    if (head[method + 1 + path] != ' ') return 0;

    const char *announced = header(head, "Content-Length");
    unsigned long long length = announced ? strtoull(announced, NULL, 10) : 0;
    if (length > BODY_MAX || header(head, "Transfer-Encoding") != NULL) return 0;

    request->length = (size_t)length;
    request->close = has_value(header(head, "Connection"), "close");
    // curl asks before it sends a large body.
    if (length > 0 && has_value(header(head, "Expect"), "100-continue")) {
        const char *proceed = "HTTP/1.1 100 Continue\r\n\r\n";
        if (write_all(connection->socket, proceed, strlen(proceed)) < 0) return 0;
    }
    request->method = strndup(head, method);
    request->path = strndup(head + method + 1, path);
    request->body = malloc(request->length + 1);
    if (request->method == NULL || request->path == NULL || request->body == NULL) return 0;

    // Part of the body may have come with the head, and of the next request with the body.
    size_t behind = connection->length - head_length;
    size_t have = behind < request->length ? behind : request->length;
    memcpy(request->body, head + head_length, have);
    memmove(head, head + head_length + have, behind - have);
    connection->length = behind - have;
    while (have < request->length) {
        ssize_t got = read_some(connection->socket, request->body + have, request->length - have);
        if (got <= 0) return 0;
        have += (size_t)got;
    }
    request->body[request->length] = '\0';
    return 1;
}

static void *serve(void *argument) {
    Connection *connection = argument;
    int open = 1;
    while (open) {
        Request request = {0};
        open = read_request(connection, &request)
            && answer(connection->socket, &request) == 0
            && !request.close;
        free(request.method);
        free(request.path);
        free(request.body);
    }
    close(connection->socket);
    free(connection);
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
        Connection *connection = malloc(sizeof *connection);
        pthread_t thread;
        if (connection == NULL) {
            close(client);
            continue;
        }
        connection->socket = client;
        connection->length = 0;
        if (pthread_create(&thread, NULL, serve, connection) != 0) {
            close(client);
            free(connection);
            continue;
        }
        pthread_detach(thread);
    }
}

/* Ends each wait for events a millisecond late, for a program that is asked to do something at a time, and does it only
   after that time, and looks at the very microsecond. To be preloaded. */
#define _GNU_SOURCE
#include <stddef.h>
#include <sys/epoll.h>
#include <sys/syscall.h>
#include <unistd.h>

int epoll_wait(int epoll, struct epoll_event *events, int most, int timeout) {
    return (int)syscall(SYS_epoll_pwait, epoll, events, most, timeout < 0 ? timeout : timeout + 1, NULL, 0);
}

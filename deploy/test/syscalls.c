/*
 * Makes the system calls of `calls.h` (lines `CALL(name)`), each with arguments that no kernel accepts: every one is -1,
 * as number, pointer, length and flags. Prints `name error`, or `name -` for a call that takes even these.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

static const struct {
    const char *name;
    long number;
} calls[] = {
#define CALL(name) {#name, SYS_##name},
#include "calls.h"
};

int main(void)
{
    for (size_t i = 0; i < sizeof calls / sizeof *calls; i++) {
        errno = 0;
        long answer = syscall(calls[i].number, -1L, -1L, -1L, -1L, -1L, -1L);
        const char *error = answer == -1 && errno ? strerrorname_np(errno) : "-";
        printf("%s %s\n", calls[i].name, error);
        fflush(stdout);
    }
    return 0;
}

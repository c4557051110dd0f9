#pragma once

#include <stdio.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

/* A name that is there and cannot be opened for reading, whoever asks: a socket (ENXIO, an ERR_IO
 * as from a bad sector). It takes the place of the file. 0: done. */
static inline int unreadable_put(const char *path)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int n = snprintf(address.sun_path, sizeof address.sun_path, "%s", path);
    if (n < 0 || (size_t)n >= sizeof address.sun_path) {
        return -1;
    }
    (void)unlink(path);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    int failed = fd < 0 ? -1 : bind(fd, (const struct sockaddr *)&address, sizeof address);
    if (fd >= 0) {
        (void)close(fd);
    }
    return failed;
}

/* hostile_http FOLDER PORT-FILE: writes its port into the file, then serves until it is killed. */
#include <stdio.h>

#include "base/file.h"
#include "hostile_serve.h"

int main(int argc, char **argv)
{
    int port = 0;
    char text[16];
    if (argc != 3) {
        (void)fprintf(stderr, "usage: hostile_http FOLDER PORT-FILE\n");
        return 2;
    }
    int fd = hostile_listen(&port);
    (void)snprintf(text, sizeof text, "%d", port);
    if (fd < 0 || file_replace(argv[2], slice_of(text), 0644) != ERR_OK) {
        perror("hostile_http");
        return 1;
    }
    hostile_serve(fd, argv[1]);
}

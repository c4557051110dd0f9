/* What a shell script cannot do by itself:
 *   say ROOT LINE [VERB]  sends a line to syncd, prints the answers until VERB (exit 1: 10 s
 * passed) forge KIND FILE       writes a package header: oversized | future flip FILE OFFSET
 * changes one bit; a negative offset counts from the end choose ROOT           what the screens
 * would show: kind epoch edition */
#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "package/header.h"
#include "store/link.h"
#include "store/store.h"

/* Sends each line in turn over one connection, the next one when the one before is answered, and
 * prints all that comes. hello and status have no answer: send them with say. */
static int talk(const char *root, char **lines, int n, bool kiosk)
{
    struct link *l = NULL;
    struct link_message hello;
    int answers = 0;
    link_message_init(&hello, "hello");
    link_add(&hello, "program", kiosk ? "kiosk" : "probe");
    if (link_connect(root, &l) != ERR_OK) {
        return 1;
    }
    if (kiosk && link_send(l, &hello) != ERR_OK) {
        goto out;
    }
    for (int i = 0; i < n; i++) {
        struct link_message m;
        if (link_parse(slice_of(lines[i]), &m) != ERR_OK || link_send(l, &m) != ERR_OK) {
            goto out;
        }
        for (int waits = 0; waits < 300;) {
            char text[LINK_LINE_MAX];
            size_t size = 0;
            if (link_flush(l) != ERR_OK || link_poll(l, &m) != ERR_OK) {
                goto out;
            }
            if (m.verb[0] == '\0') {
                struct pollfd fd = {.fd = link_fd(l), .events = POLLIN};
                (void)poll(&fd, 1, 100);
                waits++;
                continue;
            }
            if (link_format(&m, text, sizeof text, &size) == ERR_OK) {
                printf("%.*s\n", (int)size, text);
            }
            if (strcmp(m.verb, "answer") == 0) {
                answers++;
                break;
            }
        }
    }
out:
    link_close(l);
    return answers == n ? 0 : 1;
}

/* Prints all that comes until it is ended. */
static int listen_to(const char *root, const char *line)
{
    struct link *l = NULL;
    struct link_message m;
    if (link_parse(slice_of(line), &m) != ERR_OK || link_connect(root, &l) != ERR_OK ||
        link_send(l, &m) != ERR_OK) {
        link_close(l);
        return 1;
    }
    while (link_poll(l, &m) == ERR_OK) {
        char text[LINK_LINE_MAX];
        size_t n = 0;
        struct pollfd fd = {.fd = link_fd(l), .events = POLLIN};
        if (m.verb[0] == '\0') {
            (void)fflush(stdout);
            (void)poll(&fd, 1, -1);
        } else if (link_format(&m, text, sizeof text, &n) == ERR_OK) {
            printf("%.*s\n", (int)n, text);
        }
    }
    link_close(l);
    return 0;
}

static int say(const char *root, const char *line, const char *verb)
{
    struct link *l = NULL;
    struct link_message m;
    char text[LINK_LINE_MAX];
    int code = 1;
    if (link_parse(slice_of(line), &m) != ERR_OK || link_connect(root, &l) != ERR_OK ||
        link_send(l, &m) != ERR_OK) {
        link_close(l);
        return 1;
    }
    for (int waits = 0; waits < 100;) {
        size_t n = 0;
        if (!verb && !link_has_unsent(l)) {
            code = 0;
            break;
        }
        if (link_poll(l, &m) != ERR_OK) {
            break;
        }
        if (m.verb[0] == '\0') {
            struct pollfd fd = {.fd = link_fd(l), .events = POLLIN};
            (void)poll(&fd, 1, 100);
            waits++;
            continue;
        }
        if (link_format(&m, text, sizeof text, &n) == ERR_OK) {
            printf("%.*s\n", (int)n, text);
        }
        if (verb && strcmp(m.verb, verb) == 0) {
            code = 0;
            break;
        }
    }
    link_close(l);
    return code;
}

static int forge(const char *kind, const char *path)
{
    uint8_t bytes[PACKAGE_HEADER];
    uint8_t zeros[4096] = {0};
    bool future = strcmp(kind, "future") == 0;
    struct header h = header_layout(400, 600, 112, future ? 2472 : UINT64_C(1) << 40);
    header_write(&h, bytes);
    if (future) {
        bytes[8] = HEADER_SUITE + 1;
        uint32_t crc = crc32c((struct slice){(const char *)bytes, PACKAGE_HEADER - 4});
        for (int i = 0; i < 4; i++) {
            bytes[PACKAGE_HEADER - 4 + i] = (uint8_t)(crc >> 8 * i);
        }
    }
    FILE *f = fopen(path, "wb");
    if (!f) {
        return 1;
    }
    (void)fwrite(bytes, 1, sizeof bytes, f);
    (void)fwrite(zeros, 1, sizeof zeros - sizeof bytes, f);
    return fclose(f) == 0 ? 0 : 1;
}

static int flip(const char *path, long offset)
{
    FILE *f = fopen(path, "r+b");
    if (!f || fseek(f, offset, offset < 0 ? SEEK_END : SEEK_SET) != 0) {
        return 1;
    }
    int c = fgetc(f);
    if (c == EOF || fseek(f, -1, SEEK_CUR) != 0) {
        return 1;
    }
    fputc(c ^ 4, f);
    return fclose(f) == 0 ? 0 : 1;
}

static int choose(const char *root)
{
    struct store_choice c;
    if (store_choose(root, NULL, NULL, &c) != ERR_OK) {
        puts("none");
        return 0;
    }
    printf("%s %" PRIu64 " %" PRIu64 "\n", store_kind_name(c.kind), c.id.epoch, c.id.edition);
    return 0;
}

int main(int argc, char **argv)
{
    if (argc >= 4 && strcmp(argv[1], "say") == 0) {
        return say(argv[2], argv[3], argc > 4 ? argv[4] : NULL);
    }
    if (argc >= 4 && strcmp(argv[1], "talk") == 0) {
        return talk(argv[2], argv + 3, argc - 3, false);
    }
    if (argc >= 4 && strcmp(argv[1], "kiosk") == 0) {
        return talk(argv[2], argv + 3, argc - 3, true);
    }
    if (argc == 4 && strcmp(argv[1], "listen") == 0) {
        return listen_to(argv[2], argv[3]);
    }
    if (argc == 4 && strcmp(argv[1], "forge") == 0) {
        return forge(argv[2], argv[3]);
    }
    if (argc == 4 && strcmp(argv[1], "flip") == 0) {
        return flip(argv[2], atol(argv[3]));
    }
    if (argc == 3 && strcmp(argv[1], "choose") == 0) {
        return choose(argv[2]);
    }
    fputs("usage: sync_probe say|talk|kiosk|listen|forge|flip|choose …\n", stderr);
    return 2;
}

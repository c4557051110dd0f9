/* The local socket. Guarantees that neither end ever blocks or grows without bound: lines and
 * queues are capped. Does not interpret messages. */
#include "store/link.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/buf.h"
#include "store/store.h"

#define QUEUE_MAX (256 * 1024)
#define SOCKET_NAME "run.sock"

struct link {
    int fd;
    bool gone;
    struct buf in;  /* received, not yet a whole line */
    struct buf out; /* not yet taken by the socket */
};

struct link_server {
    int fd;
    char path[PATH_MAX];
};

/* --- messages --- */

void link_message_init(struct link_message *m, const char *verb)
{
    assert(strlen(verb) < sizeof m->verb);
    m->count = 0;
    m->used = 0;
    m->overflow = false;
    (void)snprintf(m->verb, sizeof m->verb, "%s", verb);
}

/* Offset of the NUL-terminated copy in m->text, or SIZE_MAX when it does not fit. */
static size_t text_add(struct link_message *m, struct slice s)
{
    if (s.n >= sizeof m->text - m->used) {
        m->overflow = true;
        return SIZE_MAX;
    }
    size_t at = m->used;
    if (s.n > 0) {
        memcpy(m->text + at, s.p, s.n);
    }
    m->text[at + s.n] = '\0';
    m->used += s.n + 1;
    return at;
}

static void pair_add(struct link_message *m, struct slice key, struct slice value)
{
    if (m->count >= LINK_KEYS_MAX) {
        m->overflow = true;
        return;
    }
    size_t k = text_add(m, key);
    size_t v = text_add(m, value);
    if (k == SIZE_MAX || v == SIZE_MAX) {
        return;
    }
    m->pair[m->count].key = (uint16_t)k;
    m->pair[m->count].value = (uint16_t)v;
    m->count++;
}

void link_add(struct link_message *m, const char *key, const char *value)
{
    pair_add(m, slice_of(key), slice_of(value));
}

void link_add_u64(struct link_message *m, const char *key, uint64_t value)
{
    char digits[24];
    (void)snprintf(digits, sizeof digits, "%" PRIu64, value);
    link_add(m, key, digits);
}

void link_add_id(struct link_message *m, struct edition_id id)
{
    link_add_u64(m, "epoch", id.epoch);
    link_add_u64(m, "edition", id.edition);
}

const char *link_text(const struct link_message *m, const char *key)
{
    for (size_t i = 0; i < m->count; i++) {
        if (strcmp(m->text + m->pair[i].key, key) == 0) {
            return m->text + m->pair[i].value;
        }
    }
    return "";
}

bool link_u64(const struct link_message *m, const char *key, uint64_t *ret_value)
{
    return slice_to_u64(slice_of(link_text(m, key)), ret_value);
}

struct edition_id link_id(const struct link_message *m)
{
    struct edition_id id = {0, 0};
    if (!link_u64(m, "epoch", &id.epoch) || !link_u64(m, "edition", &id.edition)) {
        return (struct edition_id){0, 0};
    }
    return id;
}

static bool is_word(struct slice s)
{
    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i];
        if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_')) {
            return false;
        }
    }
    return s.n > 0;
}

static bool is_plain(unsigned char c)
{
    return c > 0x20 && c != 0x7F && c != '%';
}

static int hex_digit(char c)
{
    return c >= '0' && c <= '9' ? c - '0' : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* Undoes %XX into out (≥ s.n bytes); SIZE_MAX on anything that link_format would not write. */
static size_t value_decode(struct slice s, char *out)
{
    size_t n = 0;
    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] != '%') {
            if (!is_plain((unsigned char)s.p[i])) {
                return SIZE_MAX;
            }
            out[n++] = s.p[i];
            continue;
        }
        int high = i + 2 < s.n ? hex_digit(s.p[i + 1]) : -1;
        int low = i + 2 < s.n ? hex_digit(s.p[i + 2]) : -1;
        if (high < 0 || low < 0 || (high == 0 && low == 0)) {
            return SIZE_MAX; /* NUL would cut the value short */
        }
        out[n++] = (char)(high * 16 + low);
        i += 2;
    }
    return n;
}

enum err link_parse(struct slice line, struct link_message *ret_message)
{
    if (line.n >= LINK_LINE_MAX) {
        return ERR_LIMIT;
    }
    struct slice rest = line;
    struct slice verb = slice_cut(&rest, ' ');
    if (!is_word(verb) || verb.n >= sizeof ret_message->verb) {
        return ERR_FORMAT;
    }
    char word[sizeof ret_message->verb];
    memcpy(word, verb.p, verb.n);
    word[verb.n] = '\0';
    struct link_message *m = ret_message;
    link_message_init(m, word);
    while (rest.n > 0) {
        struct slice value = slice_cut(&rest, ' ');
        if (slice_find(value, SLICE_LIT("="), 0) == SIZE_MAX) {
            goto bad;
        }
        struct slice key = slice_cut(&value, '=');
        char decoded[LINK_LINE_MAX];
        size_t n = value_decode(value, decoded);
        if (!is_word(key) || n == SIZE_MAX) {
            goto bad;
        }
        pair_add(m, key, (struct slice){decoded, n});
        if (m->overflow) {
            m->verb[0] = '\0';
            return ERR_LIMIT;
        }
    }
    return ERR_OK;
bad:
    m->verb[0] = '\0';
    return ERR_FORMAT;
}

enum err link_format(const struct link_message *m, char *out, size_t size, size_t *ret_n)
{
    static const char digits[] = "0123456789ABCDEF";
    size_t n = strlen(m->verb);
    if (m->overflow || n >= size) {
        return ERR_LIMIT;
    }
    memcpy(out, m->verb, n);
    for (size_t i = 0; i < m->count; i++) {
        const char *key = m->text + m->pair[i].key;
        const char *value = m->text + m->pair[i].value;
        size_t key_n = strlen(key);
        if (n + key_n + 2 >= size) {
            return ERR_LIMIT;
        }
        out[n++] = ' ';
        memcpy(out + n, key, key_n);
        n += key_n;
        out[n++] = '=';
        for (const char *c = value; *c; c++) {
            unsigned char byte = (unsigned char)*c;
            if (n + 3 >= size) {
                return ERR_LIMIT;
            }
            if (is_plain(byte)) {
                out[n++] = *c;
            } else {
                out[n++] = '%';
                out[n++] = digits[byte >> 4];
                out[n++] = digits[byte & 15];
            }
        }
    }
    *ret_n = n;
    return ERR_OK;
}

/* --- connections --- */

/* A socket address holds 108 bytes, a root may be longer: go through the open folder. */
static enum err socket_address(const char *root, int *ret_dir, struct sockaddr_un *ret_address)
{
    int dir = open(root, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (dir < 0) {
        return err_of_errno(errno);
    }
    *ret_address = (struct sockaddr_un){.sun_family = AF_UNIX};
    (void)snprintf(ret_address->sun_path, sizeof ret_address->sun_path,
                   "/proc/self/fd/%d/" SOCKET_NAME, dir);
    *ret_dir = dir;
    return ERR_OK;
}

static struct link *link_wrap(int fd)
{
    struct link *l = calloc(1, sizeof *l);
    if (l) {
        l->fd = fd;
    }
    return l;
}

enum err link_connect(const char *root, struct link **ret_link)
{
    int dir = -1;
    int fd = -1;
    struct sockaddr_un address;
    struct link *l = NULL;
    enum err e = socket_address(root, &dir, &address);
    if (e != ERR_OK) {
        return e;
    }
    fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0) {
        e = err_of_errno(errno);
        goto out;
    }
    if (connect(fd, (const struct sockaddr *)&address, sizeof address) != 0) {
        e = errno == ECONNREFUSED ? ERR_MISSING : err_of_errno(errno);
        goto out;
    }
    l = link_wrap(fd);
    e = l ? ERR_OK : ERR_NOMEM;
out:
    close(dir);
    if (e != ERR_OK) {
        if (fd >= 0) {
            close(fd);
        }
        return e;
    }
    *ret_link = l;
    return ERR_OK;
}

void link_close(struct link *l)
{
    if (!l) {
        return;
    }
    close(l->fd);
    buf_finish(&l->in);
    buf_finish(&l->out);
    free(l);
}

int link_fd(const struct link *l)
{
    return l->fd;
}

bool link_has_unsent(const struct link *l)
{
    return l->out.n > 0;
}

enum err link_flush(struct link *l)
{
    while (l->out.n > 0) {
        ssize_t n = send(l->fd, l->out.p, l->out.n, MSG_NOSIGNAL | MSG_DONTWAIT);
        if (n < 0 && errno == EINTR) {
            continue;
        }
        if (n < 0) {
            return errno == EAGAIN || errno == EWOULDBLOCK ? ERR_OK : ERR_IO;
        }
        l->out.n -= (size_t)n;
        memmove(l->out.p, l->out.p + n, l->out.n);
        explicit_bzero(l->out.p + l->out.n, (size_t)n); /* it may have been a PIN */
    }
    return ERR_OK;
}

enum err link_send(struct link *l, const struct link_message *m)
{
    char line[LINK_LINE_MAX];
    size_t n;
    enum err e = link_format(m, line, sizeof line - 1, &n);
    if (e != ERR_OK) {
        return e;
    }
    line[n++] = '\n';
    if (l->out.n + n > QUEUE_MAX) {
        return ERR_BUSY;
    }
    buf_append(&l->out, (struct slice){line, n});
    explicit_bzero(line, n);
    e = buf_status(&l->out);
    return e == ERR_OK ? link_flush(l) : e;
}

/* Reads what is there; sets gone at the end of the stream. */
static enum err receive(struct link *l)
{
    while (!l->gone && l->in.n < LINK_LINE_MAX) {
        if (!buf_reserve(&l->in, LINK_LINE_MAX)) {
            return ERR_NOMEM;
        }
        ssize_t n = recv(l->fd, l->in.p + l->in.n, LINK_LINE_MAX, MSG_DONTWAIT);
        if (n > 0) {
            l->in.n += (size_t)n;
        } else if (n == 0) {
            l->gone = true;
        } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
            return ERR_OK;
        } else if (errno != EINTR) {
            l->gone = true;
        }
    }
    return ERR_OK;
}

enum err link_poll(struct link *l, struct link_message *ret_message)
{
    size_t end = slice_find(buf_slice(&l->in), SLICE_LIT("\n"), 0);
    if (end == SIZE_MAX) {
        enum err e = receive(l);
        if (e != ERR_OK) {
            return e;
        }
        end = slice_find(buf_slice(&l->in), SLICE_LIT("\n"), 0);
    }
    if (end == SIZE_MAX) {
        if (l->gone) {
            return ERR_IO;
        }
        if (l->in.n >= LINK_LINE_MAX) {
            return ERR_LIMIT;
        }
        link_message_init(ret_message, "");
        return ERR_OK;
    }
    enum err e = link_parse(slice_sub(buf_slice(&l->in), 0, end), ret_message);
    l->in.n -= end + 1;
    memmove(l->in.p, l->in.p + end + 1, l->in.n);
    explicit_bzero(l->in.p + l->in.n, end + 1);
    return e;
}

enum err link_peer(const struct link *l, uint32_t *ret_uid)
{
    struct ucred who;
    socklen_t n = sizeof who;
    if (getsockopt(l->fd, SOL_SOCKET, SO_PEERCRED, &who, &n) != 0 || n != sizeof who) {
        return ERR_IO;
    }
    *ret_uid = who.uid;
    return ERR_OK;
}

/* --- the server's end --- */

enum err link_listen(const char *root, struct link_server **ret_server)
{
    int dir = -1;
    struct sockaddr_un address;
    struct link_server *s = calloc(1, sizeof *s);
    if (!s) {
        return ERR_NOMEM;
    }
    s->fd = -1;
    enum err e = store_path(root, SOCKET_NAME, s->path);
    if (e == ERR_OK) {
        e = socket_address(root, &dir, &address);
    }
    if (e != ERR_OK) {
        goto out;
    }
    s->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (unlink(s->path) != 0 && errno != ENOENT) {
        e = err_of_errno(errno);
    } else if (s->fd < 0 || bind(s->fd, (const struct sockaddr *)&address, sizeof address) != 0 ||
               chmod(s->path, 0660) != 0 || listen(s->fd, 8) != 0) {
        e = err_of_errno(errno);
    }
out:
    if (dir >= 0) {
        close(dir);
    }
    if (e != ERR_OK) {
        if (s->fd >= 0) {
            close(s->fd);
        }
        free(s);
        return e;
    }
    *ret_server = s;
    return ERR_OK;
}

void link_server_close(struct link_server *s)
{
    if (!s) {
        return;
    }
    close(s->fd);
    (void)unlink(s->path);
    free(s);
}

int link_server_fd(const struct link_server *s)
{
    return s->fd;
}

enum err link_accept(struct link_server *s, struct link **ret_link)
{
    int fd = accept4(s->fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (fd < 0) {
        if (errno == EAGAIN || errno == EINTR || errno == ECONNABORTED) {
            *ret_link = NULL;
            return ERR_OK;
        }
        return err_of_errno(errno);
    }
    struct link *l = link_wrap(fd);
    if (!l) {
        close(fd);
        return ERR_NOMEM;
    }
    *ret_link = l;
    return ERR_OK;
}

/* Guarantees that no client can hold up the others or the installation. */
#include "syncd/serve.h"

#include <stdlib.h>

#define MESSAGES_A_STEP 64

struct serve {
    struct link_server *server;
    struct {
        struct link *link;
        bool dead; /* closed at the next step, never under the feet of a caller */
    } client[SERVE_CLIENTS_MAX];
    size_t n;
};

enum err serve_open(const char *root, struct serve **ret_serve)
{
    struct serve *s = calloc(1, sizeof *s);
    if (!s) {
        return ERR_NOMEM;
    }
    enum err e = link_listen(root, &s->server);
    if (e != ERR_OK) {
        free(s);
        return e;
    }
    *ret_serve = s;
    return ERR_OK;
}

void serve_close(struct serve *s)
{
    if (!s) {
        return;
    }
    for (size_t i = 0; i < s->n; i++) {
        link_close(s->client[i].link);
    }
    link_server_close(s->server);
    free(s);
}

size_t serve_poll_fds(const struct serve *s, struct pollfd fds[SERVE_CLIENTS_MAX + 1])
{
    size_t n = 0;
    fds[n++] = (struct pollfd){.fd = link_server_fd(s->server), .events = POLLIN};
    for (size_t i = 0; i < s->n; i++) {
        short events = (short)(POLLIN | (link_has_unsent(s->client[i].link) ? POLLOUT : 0));
        fds[n++] = (struct pollfd){.fd = link_fd(s->client[i].link), .events = events};
    }
    return n;
}

static void client_drop(struct serve *s, size_t i)
{
    link_close(s->client[i].link);
    s->client[i] = s->client[--s->n];
}

static void accept_all(struct serve *s)
{
    struct link *l = NULL;
    while (link_accept(s->server, &l) == ERR_OK && l) {
        if (s->n == SERVE_CLIENTS_MAX) {
            link_close(l);
        } else {
            s->client[s->n].link = l;
            s->client[s->n++].dead = false;
        }
    }
}

/* ERR_OK: keep the client. *ret_more: it may have sent more than was read now. */
static enum err client_step(struct link *l, serve_fn fn, void *user, bool *ret_more)
{
    enum err e = link_flush(l);
    int i = 0;
    for (; e == ERR_OK && i < MESSAGES_A_STEP; i++) {
        struct link_message m;
        e = link_poll(l, &m);
        if (e == ERR_OK && m.verb[0] == '\0') {
            break;
        }
        if (e == ERR_OK) {
            fn(user, l, &m);
        }
    }
    *ret_more = *ret_more || i == MESSAGES_A_STEP;
    return e;
}

bool serve_step(struct serve *s, serve_fn fn, void *user)
{
    bool more = false;
    accept_all(s);
    for (size_t i = s->n; i-- > 0;) {
        if (s->client[i].dead || client_step(s->client[i].link, fn, user, &more) != ERR_OK) {
            client_drop(s, i);
        }
    }
    return more;
}

void serve_broadcast(struct serve *s, const struct link_message *m)
{
    for (size_t i = 0; s && i < s->n; i++) {
        if (!s->client[i].dead && link_send(s->client[i].link, m) != ERR_OK) {
            s->client[i].dead = true;
        }
    }
}

bool serve_has_clients(const struct serve *s)
{
    return s && s->n > 0;
}

/* Guarantees that no client can hold up the others or the installation. */
#include "syncd/serve.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define MESSAGES_A_STEP 64

struct serve {
    struct link_server *server;
    struct serve_client client[SERVE_CLIENTS_MAX];
    size_t n;
    uint64_t last_id;
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

static void client_add(struct serve *s, struct link *l)
{
    uint32_t uid = 0;
    if (s->n == SERVE_CLIENTS_MAX || link_peer(l, &uid) != ERR_OK) {
        link_close(l);
        return;
    }
    s->client[s->n++] = (struct serve_client){
        .link = l, .id = ++s->last_id, .owner = uid == 0 || uid == (uint32_t)geteuid()};
}

static void accept_all(struct serve *s)
{
    struct link *l = NULL;
    while (link_accept(s->server, &l) == ERR_OK && l) {
        client_add(s, l);
    }
}

/* ERR_OK: keep the client. *ret_more: it may have sent more than was read now. */
static enum err client_step(struct serve_client *c, serve_fn fn, void *user, bool *ret_more)
{
    enum err e = link_flush(c->link);
    int i = 0;
    for (; e == ERR_OK && i < MESSAGES_A_STEP; i++) {
        struct link_message m;
        e = link_poll(c->link, &m);
        if (e == ERR_OK && m.verb[0] == '\0') {
            break;
        }
        if (e == ERR_OK) {
            fn(user, c, &m);
        }
        explicit_bzero(&m, sizeof m); /* it may have been a PIN */
    }
    *ret_more = *ret_more || i == MESSAGES_A_STEP;
    return e;
}

bool serve_step(struct serve *s, serve_fn fn, void *user)
{
    bool more = false;
    accept_all(s);
    for (size_t i = s->n; i-- > 0;) {
        if (s->client[i].dead || client_step(&s->client[i], fn, user, &more) != ERR_OK) {
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

struct serve_client *serve_find(struct serve *s, uint64_t id)
{
    for (size_t i = 0; s && i < s->n; i++) {
        if (s->client[i].id == id && !s->client[i].dead) {
            return &s->client[i];
        }
    }
    return NULL;
}

bool serve_has_clients(const struct serve *s)
{
    return s && s->n > 0;
}

/* What lies on a stick, and which of it to take. Guarantees that of all files only the one to be
 * taken stays open, and that a terminal whose own keys cannot be read blames no package for it. */
#include <string.h>
#include <unistd.h>

#include "store/roots.h"
#include "store/store.h"
#include "syncd/stick_inside.h"

/* One failed call is no reason to send staff away: tried twice. */
static enum err trust_take(struct stick *s)
{
    enum err e = roots_open(s->d->o->root, &s->trust);
    if (e != ERR_OK && !trust_unusable(e)) {
        e = roots_open(s->d->o->root, &s->trust);
    }
    return e;
}

static enum err reading_start(struct stick *s, int64_t now_ms)
{
    int folder = -1;
    enum err e = stick_watch_handle(s->watch, &s->place, &folder);
    if (e == ERR_OK) {
        e = stick_read_start(folder, now_ms, &s->read);
        close(folder);
    }
    return e;
}

const char *stick_listing_start(struct stick *s, int64_t now_ms)
{
    s->before = s->list;
    s->list.n = 0;
    s->chosen = SIZE_MAX;
    s->fd_of = SIZE_MAX;
    enum err e = trust_take(s);
    if (e != ERR_OK) {
        return e == ERR_NOMEM ? err_sentence(e)
               : trust_unusable(e) ? "终端的 trust 文件夹里没有可用的根证书，无法核对签名；"
                                     "请技术人员放入 root.1 和 root.1.sigs，再重新插入U盘。"
                                   : reject_sentence(REJECT_STORAGE);
    }
    s->policy = install_policy(s->d->install, s->trust);
    for (int role = 0; role < ROLE_COUNT; role++) {
        s->need[role] = trust_threshold(s->trust, (enum role)role);
    }
    e = reading_start(s, now_ms);
    return e == ERR_OK      ? NULL
           : e == ERR_NOMEM ? err_sentence(e)
                            : reject_sentence(REJECT_UNREADABLE);
}

static void file_judge(struct stick *s)
{
    struct edition_id sealed[STORE_EDITIONS_MAX];
    struct stick_judge j = {.trust = s->trust,
                            .policy = s->policy,
                            .select = install_select(s->d->install),
                            .sealed = sealed};
    if (store_list(s->d->o->root, sealed, &j.sealed_n) != ERR_OK) {
        j.sealed_n = 0;
    }
    if (!stick_list_add(&s->list, &j, &s->file)) {
        return;
    }
    struct stick_package *p = &s->list.at[s->list.n - 1];
    size_t known = stick_list_find(&s->before, p);
    if (known != SIZE_MAX && s->before.at[known].tried) {
        p->tried = true;
        p->why = s->before.at[known].why;
    }
}

static void file_keep_best(struct stick *s)
{
    size_t last = s->list.n - 1;
    const struct stick_package *p = &s->list.at[last];
    bool keep = p->why == REJECT_NONE &&
                (s->wanted ? strcmp(p->name, s->want.name) == 0
                           : s->fd < 0 || stick_package_better(p, &s->list.at[s->fd_of]));
    if (!keep) {
        if (s->file.fd >= 0) {
            close(s->file.fd);
        }
        return;
    }
    if (s->fd >= 0) {
        close(s->fd);
    }
    s->fd = s->file.fd;
    s->fd_of = last;
}

enum stick_news stick_listing_step(struct stick *s, int64_t now_ms)
{
    enum stick_news news = stick_read_next(s->read, now_ms, &s->file);
    if (news == STICK_FILE) {
        file_judge(s);
        file_keep_best(s);
    } else if (news == STICK_END) {
        s->list.more = stick_read_more(s->read);
    }
    return news;
}

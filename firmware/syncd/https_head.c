/* Judges a head before anything is fetched for it. The job judges it again (install.h): this only
 * saves the terminal from asking for what it would refuse. Guarantees that not a byte of a head is
 * looked at here before the box found it good and its signatures were verified again. */
#include "syncd/https_head.h"

#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/file.h"
#include "store/roots.h"

struct https_judge {
    struct trust *trust;
    struct install_source source; /* the head, in memory */
    struct head *head;
};

enum err https_judge_open(const char *root, struct slice bytes, struct box_left *left,
                          struct https_judge **ret_judge)
{
    struct https_judge *j = calloc(1, sizeof *j);
    if (!j) {
        return ERR_NOMEM;
    }
    j->source =
        (struct install_source){.fd = memfd_create("gongkai-head", MFD_CLOEXEC), .size = bytes.n};
    enum err e = j->source.fd < 0 ? ERR_NOMEM : roots_open(root, &j->trust);
    if (e == ERR_OK && fd_write_at(j->source.fd, bytes.p, bytes.n, 0) != ERR_OK) {
        e = ERR_NOMEM;
    }
    if (e == ERR_OK) {
        const struct head_order order = {
            .trust = j->trust, .source = &j->source, .alone = true, .left = left};
        e = head_open(&order, &j->head);
    }
    if (e != ERR_OK) {
        https_judge_close(j);
        return e;
    }
    *ret_judge = j;
    return ERR_OK;
}

void https_judge_close(struct https_judge *j)
{
    if (!j) {
        return;
    }
    head_close(j->head);
    trust_close(j->trust);
    if (j->source.fd >= 0) {
        close(j->source.fd);
    }
    free(j);
}

bool https_judge_step(struct https_judge *j, const struct install *in, struct https_head *ret_head,
                      enum reject *ret_why)
{
    struct package *p = NULL;
    *ret_head = (struct https_head){0};
    switch (head_step(j->head, &p, ret_why)) {
    case HEAD_LATER:
    case HEAD_MORE: /* not of a head alone */
        return false;
    case HEAD_REFUSED:
        return true;
    case HEAD_GOOD:
        break;
    }
    const struct manifest *m = package_manifest(p);
    *ret_head = (struct https_head){.id = {m->epoch, m->edition},
                                    .base = m->base_edition,
                                    .n = j->source.size,
                                    .total = package_total(p)};
    const struct policy policy = install_policy(in, j->trust);
    *ret_why = policy_check(&policy, install_select(in), m);
    package_close(p);
    return true;
}

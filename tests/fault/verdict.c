/* What must hold at any moment, and at the end. */
#include <dirent.h>
#include <limits.h>
#include <string.h>

#include "base/file.h"
#include "base/json.h"
#include "edition/edition.h"
#include "lab.h"
#include "package/trust.h"
#include "store/select.h"
#include "store/store.h"

unsigned lab_files(const struct lab *l, const char *folder)
{
    char path[PATH_MAX];
    unsigned n = 0;
    need(l, store_path(l->f.root, folder, path) == ERR_OK, "path");
    DIR *dir = opendir(path);
    const struct dirent *e;
    while (dir && (e = readdir(dir)) != NULL) {
        n += e->d_type == DT_REG && e->d_name[0] != '.' && !strstr(e->d_name, ".tmp");
    }
    if (dir) {
        closedir(dir);
    }
    return n;
}

/* Is there a whole receipt with this result and, when given, reason? */
bool lab_has_receipt(const struct lab *l, const char *result, const char *reason)
{
    char path[PATH_MAX];
    bool found = false;
    need(l, store_path(l->f.root, "outbox", path) == ERR_OK, "path");
    DIR *dir = opendir(path);
    const struct dirent *e;
    while (dir && !found && (e = readdir(dir)) != NULL) {
        char file[PATH_MAX];
        struct buf bytes = {0};
        struct buf text = {0};
        struct buf why = {0};
        found = slice_has_suffix(slice_of(e->d_name), SLICE_LIT(".gkp.json")) == false &&
                slice_has_suffix(slice_of(e->d_name), SLICE_LIT(".json")) &&
                strstr(e->d_name, ".gkp.") != NULL && store_path(path, e->d_name, file) == ERR_OK &&
                file_read(file, 1 << 20, &bytes) == ERR_OK &&
                json_find_str(buf_slice(&bytes), "result", &text) &&
                slice_eq_cstr(buf_slice(&text), result) &&
                (!reason || (json_find_str(buf_slice(&bytes), "reason", &why) &&
                             slice_eq_cstr(buf_slice(&why), reason)));
        buf_finish(&bytes);
        buf_finish(&text);
        buf_finish(&why);
    }
    if (dir) {
        closedir(dir);
    }
    return found;
}

static bool opens(const char *path, uint64_t edition)
{
    struct edition *e = NULL;
    bool good =
        edition_open(path, &e) == ERR_OK && edition_fact_int(e, "edition", -1) == (int64_t)edition;
    edition_close(e);
    return good;
}

static bool may_be_shown(const struct scenario *s, uint64_t edition)
{
    uint64_t low = s->before < s->after ? s->before : s->after;
    uint64_t high = s->before < s->after ? s->after : s->before;
    return edition >= low && edition <= high;
}

uint64_t lab_check(struct lab *l, const struct scenario *s)
{
    struct store_choice c = {.kind = STORE_CURRENT};
    struct select record = {0};
    enum err e = select_read(l->f.root, &record);
    need(l, e == ERR_OK || (e == ERR_MISSING && s->before == 0), "select record not readable");
    need(l, record.floor.edition >= s->floor_before, "the floor has fallen");
    e = store_choose(l->f.root, NULL, NULL, &c);
    need(l, e == ERR_OK || (e == ERR_MISSING && s->before == 0), "nothing to show");
    /* A new terminal may show its first edition as soon as it is sealed. */
    bool given_up = s->damaged && s->before == 0; /* by reading it: the screens go on from here */
    need(l, c.kind == STORE_CURRENT || (c.kind == STORE_SEALED && s->before == 0) || given_up,
         "the selected edition is not there");
    need(l, may_be_shown(s, c.id.edition), "another edition than the old or the new one");
    bool whole = c.id.edition == 0 || given_up || (s->damaged && c.id.edition == s->before) ||
                 (fixture_matches(&l->f, c.id.edition) && opens(c.path, c.id.edition));
    need(l, whole, "the shown edition is not whole");
    need(l, s->claims == 0 || c.id.edition >= s->claims || !lab_has_receipt(l, "applied", NULL),
         "a receipt says applied, and the old edition is shown");
    unsigned packages =
        lab_files(l, "drop") + lab_files(l, "drop/done") + lab_files(l, "drop/refused");
    need(l, packages == s->done + s->refused, "a package was lost or doubled");
    return c.id.edition;
}

static uint64_t trust_version_of(const struct lab *l)
{
    char path[PATH_MAX];
    struct trust *t = NULL;
    need(l, store_path(l->f.root, "trust", path) == ERR_OK && trust_open(path, &t) == ERR_OK,
         "no root of trust");
    uint64_t version = trust_version(t);
    trust_close(t);
    return version;
}

void lab_check_end(struct lab *l, const struct scenario *s)
{
    struct select record;
    uint64_t shown = lab_check(l, s);
    need(l, select_read(l->f.root, &record) == ERR_OK, "select record not readable at the end");
    need(l, shown == s->after && record.current.edition == s->after, "not the edition of the end");
    need(l, (record.phase == SELECT_TRIAL) == (s->kiosk && s->after > s->before),
         "not confirmed, or confirmed by nobody");
    need(l, record.floor.edition == s->floor_after, "another floor than it should be");
    need(l, record.previous.edition == s->previous_after, "another previous edition");
    need(l, s->previous_after == 0 || fixture_matches(&l->f, s->previous_after),
         "the previous edition is not whole");
    need(l,
         lab_files(l, "drop") == 0 && lab_files(l, "drop/done") == s->done &&
             lab_files(l, "drop/refused") == s->refused,
         "a package is not where it belongs");
    need(l, !s->result || lab_has_receipt(l, s->result, s->reason), "no receipt");
    need(l, lab_files(l, "stage") == 0, "leftovers in stage");
    need(l, s->trust_after == 0 || trust_version_of(l) == s->trust_after, "another root of trust");
}

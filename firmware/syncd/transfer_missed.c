/* The receipt of an edition that was switched to just before power went. A file of the drop folder
 * is still there and gets its own; what came from elsewhere may never be seen again, so that the
 * sealed edition itself has to speak for it. */
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>

#include "base/file.h"
#include "base/json.h"
#include "base/plant.h"
#include "package/package.h"
#include "store/history.h"
#include "store/roots.h"
#include "store/seal.h"
#include "store/store.h"
#include "syncd/transfer_inside.h"

static bool says_applied(struct slice line, struct edition_id id)
{
    struct buf event = {0};
    int64_t epoch = 0;
    int64_t edition = 0;
    bool says = json_find_str(line, "event", &event) &&
                slice_eq_cstr(buf_slice(&event), receipt_result_name(RECEIPT_APPLIED)) &&
                json_find_int(line, "epoch", &epoch) && json_find_int(line, "edition", &edition) &&
                (uint64_t)epoch == id.epoch && (uint64_t)edition == id.edition;
    buf_finish(&event);
    return says;
}

/* Does the history tell of it? When it cannot be read nothing is missed. */
static bool was_told(const char *root, struct edition_id id)
{
    struct buf lines = {0};
    bool told = history_read(root, SIZE_MAX, &lines) != ERR_OK;
    for (size_t from = 0, at = 0; !told && at < lines.n; at++) {
        if (lines.p[at] == '\n') {
            told = says_applied((struct slice){lines.p + from, at - from}, id);
            from = at + 1;
        }
    }
    buf_finish(&lines);
    return told;
}

static bool file_is_under_way(const char *root)
{
    char path[PATH_MAX];
    return store_path(root, "state/job", path) != ERR_OK || path_exists(path);
}

static enum reject head_open(const char *root, struct edition_id id, struct package **ret_package)
{
    struct trust *trust = NULL;
    enum reject why = REJECT_STORAGE;
    if (roots_open(root, &trust) == ERR_OK) {
        why = seal_open(root, id, trust, ret_package);
    }
    trust_close(trust);
    return why;
}

void transfer_tell_missed(struct transfer *t)
{
    const char *root = t->c.root;
    const struct select *s = install_select(t->c.install);
    struct edition_id id = s->current;
    struct package *p = NULL;
    if (PLANT(missed_untold) || s->phase != SELECT_TRIAL || file_is_under_way(root) ||
        was_told(root, id) || head_open(root, id, &p) != REJECT_NONE) {
        return;
    }
    char file[EDITION_ID_TEXT + 8];
    char name[EDITION_ID_TEXT];
    char sentence[200];
    edition_id_format(id, name);
    (void)snprintf(file, sizeof file, "%s.gkp", name);
    (void)snprintf(sentence, sizeof sentence,
                   "第%" PRIu64 "期内容已装入并切换；切换后随即断电，来源文件的名称没有记下。",
                   id.edition);
    const struct receipt r = {
        .file = file,
        .hash = "",
        .id = id,
        .channel = package_manifest(p)->channel,
        .signers = *package_signers(p),
        .result = RECEIPT_APPLIED,
        .reason = reject_name(REJECT_NONE),
        .sentence = sentence,
        .time_s = clock_wall_s(t->c.clock),
    };
    (void)transfer_announce(t, &r, TRANSFER_IMPORT);
    package_close(p);
}

/* Guarantees the order of syncs that makes a sealed edition whole or absent after a power cut. */
#include "store/seal.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/file.h"
#include "base/plant.h"
#include "store/store.h"

#define HEAD_MAX (16u << 20) /* manifest, sigs or table of the largest edition */

static struct edition_id id_of(const struct package *p)
{
    const struct manifest *m = package_manifest(p);
    return (struct edition_id){m->epoch, m->edition};
}

/* editions/E-N.tmp, where an edition is put together. */
static enum err tmp_path(const char *root, struct edition_id id, char ret_path[PATH_MAX])
{
    char name[EDITION_ID_TEXT];
    char tail[EDITION_ID_TEXT + 24];
    edition_id_format(id, name);
    (void)snprintf(tail, sizeof tail, "editions/%s.tmp", name);
    return store_path(root, tail, ret_path);
}

static enum err sync_named(const char *root, const char *name)
{
    char path[PATH_MAX];
    enum err e = store_path(root, name, path);
    return e == ERR_OK ? dir_sync(path) : e;
}

static enum err head_write(const char *folder, const struct package *p)
{
    const struct {
        const char *name;
        struct slice bytes;
    } files[] = {
        {"manifest", package_manifest_bytes(p)},
        {"sigs", package_signature_bytes(p)},
        {"table", package_table_bytes(p)},
    };
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        char path[PATH_MAX];
        enum err e = store_path(folder, files[i].name, path);
        if (e == ERR_OK) {
            e = file_put(path, files[i].bytes, 0444); /* S2 */
        }
        if (e != ERR_OK) {
            return e;
        }
    }
    return ERR_OK;
}

enum err seal_make(const char *root, const struct package *p, struct stage *take_stage)
{
    char tmp[PATH_MAX];
    char database[PATH_MAX];
    char sealed[PATH_MAX];
    struct edition_id id = id_of(p);
    enum err e = tmp_path(root, id, tmp);
    if (e == ERR_OK) {
        e = store_path(tmp, "content.db", database);
    }
    if (e == ERR_OK) {
        e = store_edition_path(root, id, NULL, sealed);
    }
    if (e != ERR_OK) {
        stage_close(take_stage);
        return e;
    }
    e = dir_remove(tmp);
    if (e == ERR_OK) {
        e = dir_make(tmp, 0755);
    }
    if (e == ERR_OK && !PLANT(seal_head)) {
        e = head_write(tmp, p);
    }
    if (e == ERR_OK && rename(stage_file(take_stage), database) != 0) {
        e = err_of_errno(errno);
    }
    if (e != ERR_OK) {
        stage_discard(take_stage);
        goto out;
    }
    stage_close(take_stage);                              /* the file belongs to the edition now */
    e = PLANT(seal_folder_sync) ? ERR_OK : dir_sync(tmp); /* S3 */
    if (e == ERR_OK && rename(tmp, sealed) != 0) {
        e = err_of_errno(errno);
    }
    if (e == ERR_OK && !PLANT(seal_name_sync)) {
        e = sync_named(root, "editions"); /* S4 */
    }
    if (e == ERR_OK && !PLANT(seal_name_sync)) {
        e = sync_named(root, "stage");
    }
out:
    if (e != ERR_OK) {
        enum err removed = dir_remove(tmp);
        (void)removed; /* when not: swept at the next start */
    }
    return e;
}

static enum err head_read(const char *folder, const char *name, size_t max, struct buf *ret)
{
    char path[PATH_MAX];
    enum err e = store_path(folder, name, path);
    return e == ERR_OK ? file_read(path, max, ret) : e;
}

static bool same_manifest(const char *folder, const struct package *p)
{
    struct buf bytes = {0};
    bool same = head_read(folder, "manifest", MANIFEST_MAX, &bytes) == ERR_OK &&
                slice_eq(buf_slice(&bytes), package_manifest_bytes(p));
    buf_finish(&bytes);
    return same;
}

bool seal_is_same(const char *root, struct edition_id id, const struct package *p)
{
    char path[PATH_MAX];
    return store_edition_path(root, id, NULL, path) == ERR_OK && same_manifest(path, p);
}

static enum err folder_reclaim(const char *root, const char *folder, const struct package *p)
{
    char database[PATH_MAX];
    char part[PATH_MAX];
    if (!path_exists(folder)) {
        return ERR_OK;
    }
    enum err e = store_path(folder, "content.db", database);
    if (e == ERR_OK) {
        e = stage_part_path(root, id_of(p), part);
    }
    if (e != ERR_OK) {
        return e;
    }
    if (same_manifest(folder, p) && path_exists(database) && !path_exists(part)) {
        if (chmod(database, 0600) != 0 || rename(database, part) != 0) {
            return err_of_errno(errno);
        }
    }
    return dir_remove(folder);
}

enum err seal_reclaim(const char *root, const struct package *p)
{
    char path[PATH_MAX];
    enum err e = tmp_path(root, id_of(p), path);
    if (e == ERR_OK) {
        e = folder_reclaim(root, path, p);
    }
    if (e == ERR_OK) {
        e = store_edition_path(root, id_of(p), NULL, path);
    }
    if (e == ERR_OK) {
        e = folder_reclaim(root, path, p);
    }
    return e;
}

enum reject seal_open(const char *root, struct edition_id id, const struct trust *trust,
                      struct package **ret_package)
{
    char path[PATH_MAX];
    struct buf manifest = {0};
    struct buf sigs = {0};
    struct buf table = {0};
    enum reject why;
    enum err e = store_edition_path(root, id, NULL, path);
    if (e == ERR_OK) {
        e = head_read(path, "manifest", MANIFEST_MAX, &manifest);
    }
    if (e == ERR_OK) {
        e = head_read(path, "sigs", HEAD_MAX, &sigs);
    }
    if (e == ERR_OK) {
        e = head_read(path, "table", HEAD_MAX, &table);
    }
    if (e == ERR_OK) {
        why = package_open_sealed(buf_slice(&manifest), buf_slice(&sigs), buf_slice(&table), trust,
                                  ret_package);
    } else {
        why = e == ERR_NOMEM ? REJECT_NOMEM : REJECT_UNREADABLE;
    }
    buf_finish(&manifest);
    buf_finish(&sigs);
    buf_finish(&table);
    return why;
}

enum err seal_remove(const char *root, struct edition_id id)
{
    char path[PATH_MAX];
    char trash[PATH_MAX];
    char name[EDITION_ID_TEXT];
    char tail[EDITION_ID_TEXT + 24];
    edition_id_format(id, name);
    (void)snprintf(tail, sizeof tail, "stage/%s.trash", name);
    enum err e = store_edition_path(root, id, NULL, path);
    if (e == ERR_OK) {
        e = store_path(root, tail, trash);
    }
    if (e == ERR_OK) {
        e = dir_remove(trash);
    }
    if (e == ERR_OK && rename(path, trash) != 0) {
        e = err_of_errno(errno);
    }
    if (e == ERR_OK) {
        e = sync_named(root, "editions"); /* S9 */
    }
    return e == ERR_OK ? dir_remove(trash) : e;
}

static bool is_no_edition(int dir_fd, const char *name, const void *user)
{
    struct edition_id id;
    (void)dir_fd;
    (void)user;
    return !edition_id_parse(slice_of(name), &id);
}

enum err seal_sweep(const char *root)
{
    char path[PATH_MAX];
    enum err e = store_path(root, "editions", path);
    return e == ERR_OK ? dir_sweep(path, is_no_edition, NULL) : e;
}

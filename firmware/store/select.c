/* The two-slot select record. Guarantees: at every moment, whatever call fails and wherever the
 * power goes, one whole record (the one before or the one written) can be read. Does not decide
 * anything: that is install.c. */
#include "store/select.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/file.h"
#include "base/plant.h"
#include "package/hash.h"
#include "store/store.h"

#define SLOT_COUNT 2
#define HASHED (SELECT_SLOT - HASH_BYTES)
#define SLOT_VERSION 1u
static const char magic[8] = "GKSELECT";

/* Slot: magic 8 | version u32 | phase u32 | seq u64 | current, previous, floor: 2 × u64 each | time
 * floor i64 | tries u32 | bad count u32 | bad 8 × 2 × u64 | zeros | BLAKE2b-256 of all before it.
 * Little-endian. */
struct cursor {
    unsigned char *p;
};

static void put(struct cursor *c, uint64_t v, int bytes)
{
    for (int i = 0; i < bytes; i++) {
        *c->p++ = (unsigned char)(v >> (8 * i));
    }
}

static void put_id(struct cursor *c, struct edition_id id)
{
    put(c, id.epoch, 8);
    put(c, id.edition, 8);
}

static uint64_t take(const unsigned char **p, int bytes)
{
    uint64_t v = 0;
    for (int i = 0; i < bytes; i++) {
        v |= (uint64_t)(*p)[i] << (8 * i);
    }
    *p += bytes;
    return v;
}

static struct edition_id take_id(const unsigned char **p)
{
    struct edition_id id;
    id.epoch = take(p, 8);
    id.edition = take(p, 8);
    return id;
}

static struct hash slot_hash(const unsigned char slot[SELECT_SLOT])
{
    return hash_of((struct slice){(const char *)slot, HASHED});
}

void select_encode(const struct select *s, unsigned char slot[SELECT_SLOT])
{
    assert(s->bad_count <= SELECT_BAD_MAX);
    memset(slot, 0, SELECT_SLOT);
    memcpy(slot, magic, sizeof magic);
    struct cursor c = {slot + sizeof magic};
    put(&c, SLOT_VERSION, 4);
    put(&c, (uint64_t)s->phase, 4);
    put(&c, s->seq, 8);
    put_id(&c, s->current);
    put_id(&c, s->previous);
    put_id(&c, s->floor);
    put(&c, (uint64_t)s->time_floor_s, 8);
    put(&c, s->tries, 4);
    put(&c, s->bad_count, 4);
    for (uint32_t i = 0; i < s->bad_count; i++) {
        put_id(&c, s->bad[i]);
    }
    struct hash h = slot_hash(slot);
    memcpy(slot + HASHED, h.b, HASH_BYTES);
}

bool select_decode(const unsigned char slot[SELECT_SLOT], struct select *ret_select)
{
    struct hash stored;
    memcpy(stored.b, slot + HASHED, HASH_BYTES);
    struct hash h = slot_hash(slot);
    if (memcmp(slot, magic, sizeof magic) != 0 ||
        (!hash_equal(&h, &stored) && !PLANT(select_hash))) {
        return false;
    }
    const unsigned char *p = slot + sizeof magic;
    struct select s = {0};
    uint64_t version = take(&p, 4);
    uint64_t phase = take(&p, 4);
    s.seq = take(&p, 8);
    s.current = take_id(&p);
    s.previous = take_id(&p);
    s.floor = take_id(&p);
    s.time_floor_s = (int64_t)take(&p, 8);
    s.tries = (uint32_t)take(&p, 4);
    s.bad_count = (uint32_t)take(&p, 4);
    if (version != SLOT_VERSION || phase > SELECT_TRIAL || s.bad_count > SELECT_BAD_MAX ||
        s.seq == 0) {
        return false;
    }
    s.phase = phase == SELECT_TRIAL ? SELECT_TRIAL : SELECT_OK;
    for (uint32_t i = 0; i < s.bad_count; i++) {
        s.bad[i] = take_id(&p);
    }
    *ret_select = s;
    return true;
}

/* Read twice before it is given up: one failed call is no damage, and the older slot says what was
 * true before. */
static bool slot_read(int fd, int index, struct select *ret_select, bool *ret_unread)
{
    unsigned char slot[SELECT_SLOT];
    uint64_t at = (uint64_t)index * SELECT_SLOT;
    enum err e = fd_read_at(fd, slot, sizeof slot, at);
    if (e != ERR_OK) {
        e = fd_read_at(fd, slot, sizeof slot, at);
    }
    *ret_unread = *ret_unread || (e != ERR_OK && e != ERR_CORRUPT); /* a short file is damage */
    return e == ERR_OK && select_decode(slot, ret_select);
}

/* Likewise tried twice. ERR_MISSING: there is no such file. */
static enum err record_open(const char *path, int *ret_fd)
{
    int fd = path_open_read(path);
    if (fd < 0 && err_of_errno(errno) != ERR_MISSING) {
        fd = path_open_read(path);
    }
    *ret_fd = fd;
    return fd < 0 ? err_of_errno(errno) : ERR_OK;
}

/* Index of the newest valid slot, -1 for none. What cannot be read is invalid, like damage;
 * *ret_unread: and might have been newer. */
static int newest_slot(int fd, struct select *ret_select, bool *ret_unread)
{
    int newest = -1;
    struct edition_id floor = {0, 0};
    for (int i = 0; i < SLOT_COUNT; i++) {
        struct select s;
        if (!slot_read(fd, i, &s, ret_unread)) {
            continue;
        }
        floor = edition_id_cmp(s.floor, floor) > 0 ? s.floor : floor;
        if (newest < 0 || s.seq > ret_select->seq) {
            *ret_select = s;
            newest = i;
        }
    }
    if (newest >= 0 && !PLANT(select_floor)) {
        ret_select->floor = floor;
    }
    if (newest >= 0) {
        select_forget_older_epochs(ret_select);
    }
    return newest;
}

enum err select_read_backup(const char *root, struct select *ret_select)
{
    char path[PATH_MAX];
    enum err e = store_path(root, "select.bak", path);
    if (e != ERR_OK) {
        return e;
    }
    int fd;
    e = record_open(path, &fd);
    if (e != ERR_OK) {
        return e == ERR_MISSING ? ERR_MISSING : ERR_CORRUPT;
    }
    bool unread = false;
    int newest = newest_slot(fd, ret_select, &unread);
    close(fd);
    return newest >= 0 ? ERR_OK : ERR_CORRUPT;
}

enum err select_read(const char *root, struct select *ret_select)
{
    char path[PATH_MAX];
    enum err e = store_path(root, "select.bin", path);
    if (e != ERR_OK) {
        return e;
    }
    bool unread = false;
    int newest = -1;
    int fd;
    struct select backup;
    enum err opened = record_open(path, &fd);
    if (opened == ERR_OK) {
        newest = newest_slot(fd, ret_select, &unread);
        close(fd);
        if (newest >= 0 && (!unread || PLANT(older_slot_believed))) {
            return ERR_OK;
        }
    }
    e = select_read_backup(root, &backup);
    if (e != ERR_OK) { /* what the slot that is left says may be out of date, its floor too low */
        return e == ERR_MISSING && opened == ERR_MISSING ? ERR_MISSING : ERR_CORRUPT;
    }
    if (newest < 0 || backup.seq > ret_select->seq) {
        *ret_select = backup;
    }
    return ERR_OK;
}

/* A whole new file with one slot used; the other is filled by the next write. */
static enum err file_create(const char *path, const struct select *s)
{
    unsigned char both[SLOT_COUNT * SELECT_SLOT] = {0};
    select_encode(s, both + (s->seq % SLOT_COUNT) * SELECT_SLOT);
    return file_replace(path, (struct slice){(const char *)both, sizeof both}, 0644);
}

static enum err slot_write(int fd, int index, const struct select *s)
{
    unsigned char slot[SELECT_SLOT];
    select_encode(s, slot);
    enum err e = fd_write_at(fd, slot, sizeof slot, (uint64_t)index * SELECT_SLOT);
    if (e == ERR_OK && !PLANT(select_sync) && fdatasync(fd) != 0) {
        e = err_of_errno(errno);
    }
    return e;
}

/* Puts the record where the newest valid one is not. */
static enum err record_write(const char *path, const struct select *s)
{
    struct stat st;
    struct select in_file = {0};
    int fd = open(path, O_RDWR | O_CLOEXEC | O_NOFOLLOW);
    if (fd < 0) {
        return errno == ENOENT ? file_create(path, s) : err_of_errno(errno);
    }
    bool unread = false;
    int newest = newest_slot(fd, &in_file, &unread);
    if (fstat(fd, &st) != 0 || st.st_size != SLOT_COUNT * SELECT_SLOT || newest < 0) {
        close(fd);
        return file_create(path, s); /* damaged as a whole: start a new file */
    }
    enum err e = slot_write(fd, PLANT(select_slot) ? newest : 1 - newest, s);
    close(fd);
    if (e != ERR_OK) {
        /* After a failed sync the page cache may show what the disk does not hold. When a new file
         * with the old record cannot be written either, both records name complete editions, so
         * either may be read. */
        enum err again = file_create(path, &in_file);
        (void)again;
    }
    return e;
}

enum err select_write(const char *root, struct select *s)
{
    char path[PATH_MAX];
    enum err e = store_path(root, "select.bin", path);
    if (e != ERR_OK) {
        return e;
    }
    struct select next = *s;
    struct select old = {0};
    bool had = select_read(root, &old) == ERR_OK;
    next.seq = (had && old.seq > s->seq ? old.seq : s->seq) + 1;
    e = record_write(path, &next);
    if (e == ERR_OK) {
        *s = next;
    }
    return e;
}

enum err select_backup(const char *root, const struct select *s)
{
    char path[PATH_MAX];
    enum err e = store_path(root, "select.bak", path);
    return e == ERR_OK ? record_write(path, s) : e;
}

void select_forget_older_epochs(struct select *s)
{
    if (s->previous.epoch < s->floor.epoch && !PLANT(older_epoch_kept)) {
        s->previous = (struct edition_id){0, 0};
    }
}

bool select_is_bad(const struct select *s, struct edition_id id)
{
    for (uint32_t i = 0; i < s->bad_count; i++) {
        if (edition_id_eq(s->bad[i], id)) {
            return true;
        }
    }
    return false;
}

void select_add_bad(struct select *s, struct edition_id id)
{
    if (edition_id_is_none(id) || select_is_bad(s, id)) {
        return;
    }
    if (s->bad_count < SELECT_BAD_MAX) {
        s->bad[s->bad_count++] = id;
        return;
    }
    uint32_t lowest = 0;
    for (uint32_t i = 1; i < s->bad_count; i++) {
        if (edition_id_cmp(s->bad[i], s->bad[lowest]) < 0) {
            lowest = i;
        }
    }
    s->bad[lowest] = id;
}

const char *select_phase_name(enum select_phase phase)
{
    return phase == SELECT_TRIAL ? "trial" : "ok";
}

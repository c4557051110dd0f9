/* Paths come from pages written by anyone: each is taken apart and put together again before the
 * content folder, which refuses to be left, is asked for it. */
#include "pack/image_store.h"

#include <string.h>

#include "pack/html_token.h"
#include "pack/list.h"
#include "package/hash.h"

struct image_file {
    struct slice path;
    uint32_t image;
    const char *why;
};

static enum err add_image(struct image_store *s, const struct image_made *made, uint32_t *ret_image)
{
    struct hash hash = hash_of(buf_slice(&made->bytes));
    struct stored_image image = {.kind = made->kind, .width = made->width, .height = made->height};
    hash_hex(&hash, image.hash);
    for (size_t i = 0; i < s->n; i++) {
        if (strcmp(s->at[i].hash, image.hash) == 0) {
            *ret_image = (uint32_t)(i + 1);
            return ERR_OK;
        }
    }
    struct stored_image *at = list_room(s->arena, s->at, s->n, sizeof *at);
    image.bytes = arena_copy(s->arena, buf_slice(&made->bytes));
    if (at == NULL || image.bytes.p == NULL) {
        return ERR_NOMEM;
    }
    s->at = at;
    s->at[s->n++] = image;
    *ret_image = (uint32_t)s->n;
    return ERR_OK;
}

static enum err take_bytes(struct image_store *s, struct slice bytes, uint32_t *ret_image,
                           const char **ret_why)
{
    struct image_made made;
    enum err e = image_make(bytes, &made, ret_why);
    if (e == ERR_OK && *ret_why == NULL) {
        e = add_image(s, &made, ret_image);
    }
    buf_finish(&made.bytes);
    return e;
}

static int base64_value(char c)
{
    return c >= 'A' && c <= 'Z'   ? c - 'A'
           : c >= 'a' && c <= 'z' ? c - 'a' + 26
           : c >= '0' && c <= '9' ? c - '0' + 52
           : c == '+' || c == '-' ? 62
           : c == '/' || c == '_' ? 63
                                  : -1;
}

/* data:image/png;base64,… */
static enum err take_data(struct image_store *s, struct slice address, uint32_t *ret_image,
                          const char **ret_why)
{
    struct buf bytes = {0};
    size_t comma = slice_find(address, SLICE_LIT(","), 0);
    bool encoded =
        comma != SIZE_MAX && ascii_find(slice_sub(address, 0, comma), ";base64") != SIZE_MAX;
    if (!encoded) {
        *ret_why = "页内图片的写法不认识，请另存为 PNG 或 JPEG 文件";
        return ERR_OK;
    }
    uint32_t bits = 0;
    unsigned have = 0;
    for (size_t i = comma + 1; i < address.n; i++) {
        int v = base64_value(address.p[i]);
        if (v < 0) {
            continue; /* blanks, line ends, padding */
        }
        bits = (bits << 6 | (uint32_t)v) & 0xFFFFFF;
        have += 6;
        if (have >= 8) {
            have -= 8;
            buf_append_byte(&bytes, (char)(bits >> have & 0xFF));
        }
    }
    enum err e = buf_status(&bytes);
    if (e == ERR_OK) {
        e = take_bytes(s, buf_slice(&bytes), ret_image, ret_why);
    }
    buf_finish(&bytes);
    return e;
}

static int hex_value(char c)
{
    return c >= '0' && c <= '9'   ? c - '0'
           : c >= 'a' && c <= 'f' ? c - 'a' + 10
           : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                  : -1;
}

/* An address without query and fragment, percent-decoded, '\\' as '/'. */
static void append_plain(struct slice address, struct buf *out)
{
    for (size_t i = 0; i < address.n && address.p[i] != '?' && address.p[i] != '#'; i++) {
        int high = i + 2 < address.n && address.p[i] == '%' ? hex_value(address.p[i + 1]) : -1;
        int low = high >= 0 ? hex_value(address.p[i + 2]) : -1;
        if (low >= 0) {
            buf_append_byte(out, (char)(high << 4 | low));
            i += 2;
        } else {
            buf_append_byte(out, address.p[i] == '\\' ? '/' : address.p[i]);
        }
    }
}

/* folder/address with "." and ".." worked off; false when it leads out of the content folder. */
static bool resolve(struct slice folder, struct slice address, struct buf *out)
{
    struct buf both = {0};
    bool inside = true;
    buf_append(&both, folder);
    buf_append_byte(&both, '/');
    buf_append(&both, address);
    struct slice rest = buf_slice(&both);
    while (inside && rest.n != 0) {
        struct slice part = slice_cut(&rest, '/');
        if (slice_eq_cstr(part, "..")) {
            inside = out->n != 0;
            while (out->n != 0 && out->p[--out->n] != '/') {
            }
        } else if (part.n != 0 && !slice_eq_cstr(part, ".")) {
            if (out->n != 0) {
                buf_append_byte(out, '/');
            }
            buf_append(out, part);
        }
    }
    out->failed = out->failed || both.failed;
    buf_finish(&both);
    return inside && out->n != 0;
}

/* A file of the content folder, decoded once however often it is shown. */
static enum err take_file(struct image_store *s, struct slice path, bool *ret_found,
                          uint32_t *ret_image, const char **ret_why)
{
    struct buf bytes = {0};
    for (size_t i = 0; i < s->file_count; i++) {
        if (slice_eq(s->files[i].path, path)) {
            *ret_image = s->files[i].image;
            *ret_why = s->files[i].why;
            *ret_found = true;
            return ERR_OK;
        }
    }
    enum folder_fault fault = folder_read(s->folder, path, &bytes);
    *ret_found = fault != FOLDER_MISSING;
    *ret_why = fault != FOLDER_OK ? folder_fault_sentence(fault) : NULL;
    enum err e = bytes.failed ? ERR_NOMEM : ERR_OK;
    if (e == ERR_OK && fault == FOLDER_OK) {
        e = take_bytes(s, buf_slice(&bytes), ret_image, ret_why);
    }
    buf_finish(&bytes);
    if (e != ERR_OK || fault == FOLDER_MISSING) {
        return e;
    }
    struct image_file *at = list_room(s->arena, s->files, s->file_count, sizeof *at);
    struct image_file file = {arena_copy(s->arena, path), *ret_image, *ret_why};
    if (at == NULL || file.path.p == NULL) {
        return ERR_NOMEM;
    }
    s->files = at;
    s->files[s->file_count++] = file;
    return ERR_OK;
}

static bool is_remote(struct slice address)
{
    size_t at = 0;
    while (at < address.n && address.p[at] != ':' && address.p[at] != '/') {
        at++;
    }
    return slice_has_prefix(address, SLICE_LIT("//")) ||
           (at > 0 && at < address.n && address.p[at] == ':');
}

static enum err load(struct picture_source *source, struct slice address, uint32_t *ret_image,
                     const char **ret_why)
{
    struct image_context *c = (struct image_context *)source;
    struct buf plain = {0};
    struct buf path = {0};
    enum err e = ERR_OK;
    bool found = false;
    uint32_t image = 0;
    const char *why = "没有写明文件";
    address = slice_trim(address);
    if (address.n > 5 && ascii_equal(slice_sub(address, 0, 5), "data:")) {
        why = NULL;
        e = take_data(c->store, address, &image, &why);
    } else if (is_remote(address)) {
        why = "它在别的网站或电脑上，请存入 images 文件夹，改为 images/文件名";
    } else if (address.n != 0) {
        const struct slice folders[] = {c->folder, {"", 0}};
        append_plain(address, &plain);
        why = "路径不在内容文件夹内，请存入 images 文件夹，改为 images/文件名";
        for (size_t i = 0; e == ERR_OK && !found && i < 2; i++) {
            buf_clear(&path);
            if (resolve(folders[i], buf_slice(&plain), &path) && !path.failed) {
                e = take_file(c->store, buf_slice(&path), &found, &image, &why);
            }
        }
        e = e == ERR_OK && (plain.failed || path.failed) ? ERR_NOMEM : e;
    }
    buf_finish(&plain);
    buf_finish(&path);
    if (e == ERR_OK) {
        *ret_image = why == NULL ? image : 0;
        *ret_why = why;
    }
    return e;
}

struct image_context image_context_of(struct image_store *store, struct slice text_path)
{
    size_t n = text_path.n;
    while (n > 0 && text_path.p[n - 1] != '/') {
        n--;
    }
    return (struct image_context){{load}, store, slice_sub(text_path, 0, n > 0 ? n - 1 : 0)};
}

#include "keys_hall.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>

#include "base/file.h"
#include "package/settings.h"
#include "store/store.h"

void hall_put(const char *dir, const char *name, struct slice bytes)
{
    char path[512];
    (void)snprintf(path, sizeof path, "%s/%s", dir, name);
    FILE *f = fopen(path, "wb");
    assert_non_null(f);
    assert_int_equal(fwrite(bytes.p, 1, bytes.n, f), bytes.n);
    assert_int_equal(fclose(f), 0);
}

void hall_put_root(const struct hall *h, const char *dir, int version)
{
    char name[32];
    (void)snprintf(name, sizeof name, "root.%d", version);
    hall_put(dir, name, buf_slice(&h->text[version]));
    (void)snprintf(name, sizeof name, "root.%d.sigs", version);
    hall_put(dir, name, buf_slice(&h->signatures[version]));
}

void hall_sign(struct hall *h, int version, const struct root *root,
               struct secret_key *const keys[], size_t n)
{
    buf_clear(&h->text[version]);
    buf_clear(&h->signatures[version]);
    assert_int_equal(root_write(root, &h->text[version]), ERR_OK);
    for (size_t i = 0; i < n; i++) {
        assert_int_equal(key_sign(keys[i], "root", buf_slice(&h->text[version]), SLICE_LIT("x"),
                                  &h->signatures[version]),
                         ERR_OK);
    }
}

struct root hall_second_root(const struct hall *h)
{
    struct root root = h->f.root;
    root.version = 2;
    root.epoch = 2;
    root.groups[ROLE_OFFICE].at[0] = key_public(h->office);
    for (size_t i = 0; i < 3; i++) {
        root.groups[ROOT_GROUP].at[i] = key_public(h->roots[i]);
    }
    return root;
}

void hall_sub(const struct hall *h, const char *name, char path[128])
{
    (void)snprintf(path, 128, "%s/%s", h->root, name);
}

void hall_init(struct hall *h)
{
    char path[128];
    memset(h, 0, sizeof *h);
    fixture_init(&h->f, 4096);
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(key_generate(&h->roots[i]), ERR_OK);
    }
    assert_int_equal(key_generate(&h->office), ERR_OK);
    (void)snprintf(h->root, sizeof h->root, "/tmp/gongkai-keys-XXXXXX");
    assert_non_null(mkdtemp(h->root));
    assert_int_equal(store_create(h->root), ERR_OK);
    (void)snprintf(h->stick, sizeof h->stick, "%s/stick", h->root);
    assert_int_equal(mkdir(h->stick, 0755), 0);
    static const char *const folders[] = {"trust", "drop", "drop/done", "drop/refused", "state"};
    for (size_t i = 0; i < sizeof folders / sizeof *folders; i++) {
        hall_sub(h, folders[i], path);
        assert_int_equal(dir_make(path, 0755), ERR_OK);
    }
    hall_sign(h, 1, &h->f.root, h->f.roots, 2);
    struct root root = hall_second_root(h);
    struct secret_key *all[4] = {h->f.roots[0], h->f.roots[1], h->roots[0], h->roots[1]};
    hall_sign(h, 2, &root, all, 4);
    root.version = 3;
    root.jump_cap = 50;
    hall_sign(h, 3, &root, h->roots, 2);
    hall_sub(h, "trust", path);
    hall_put_root(h, path, 1);
}

void hall_finish(struct hall *h)
{
    for (size_t i = 0; i < 4; i++) {
        buf_finish(&h->text[i]);
        buf_finish(&h->signatures[i]);
    }
    for (size_t i = 0; i < 3; i++) {
        key_destroy(h->roots[i]);
    }
    key_destroy(h->office);
    fixture_finish(&h->f);
    assert_int_equal(dir_remove(h->root), ERR_OK);
}

uint64_t hall_version(const struct hall *h)
{
    uint64_t next = 0;
    assert_int_equal(keys_in_next(h->root, &next), ERR_OK);
    return next - 1;
}

struct keys_in_result hall_take(const struct hall *h, int version)
{
    struct keys_in_result r;
    memset(&r, 0x55, sizeof r);
    assert_int_equal(
        keys_in_take(h->root, buf_slice(&h->text[version]), buf_slice(&h->signatures[version]), &r),
        ERR_OK);
    return r;
}

void hall_settings_file(const struct secret_key *key, uint64_t epoch, uint64_t serial,
                        const char *url, struct buf *ret)
{
    struct settings s = settings_none();
    struct buf text = {0};
    memcpy(s.channel, "test-hall", sizeof "test-hall");
    s.epoch = epoch;
    s.serial = serial;
    (void)snprintf(s.url, sizeof s.url, "%s", url);
    assert_int_equal(settings_write(&s, &text), ERR_OK);
    buf_clear(ret);
    buf_append(ret, buf_slice(&text));
    assert_int_equal(key_sign(key, "office", buf_slice(&text), SLICE_LIT("x"), ret), ERR_OK);
    buf_finish(&text);
}

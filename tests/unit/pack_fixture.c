/* Content folders for tests. */
#include "pack_fixture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/file.h"
#include "pack/edition_writer.h"
#include "pack/sample.h"

static void path_in(const struct folder_fixture *f, const char *path, char out[256])
{
    assert_true(snprintf(out, 256, "%s/%s", f->dir, path) < 256);
}

void fixture_write(const struct folder_fixture *f, const char *path, struct slice bytes)
{
    char full[256];
    path_in(f, path, full);
    char *slash = strrchr(full, '/');
    *slash = '\0';
    assert_int_equal(dir_make(full, 0755), ERR_OK);
    *slash = '/';
    FILE *out = fopen(full, "wb");
    assert_non_null(out);
    assert_int_equal(fwrite(bytes.p, 1, bytes.n, out), bytes.n);
    assert_int_equal(fclose(out), 0);
}

void fixture_make(struct folder_fixture *f)
{
    (void)snprintf(f->dir, sizeof f->dir, "/tmp/gongkai-test-XXXXXX");
    assert_non_null(mkdtemp(f->dir));
    for (size_t i = 0; i < sample_file_count; i++) {
        fixture_write(f, sample_files[i].path, slice_of(sample_files[i].text));
    }
}

void fixture_remove(struct folder_fixture *f)
{
    assert_int_equal(dir_remove(f->dir), ERR_OK);
}

void fixture_read(const struct folder_fixture *f, const char *path, struct buf *ret)
{
    char full[256];
    path_in(f, path, full);
    assert_int_equal(file_read(full, 1 << 26, ret), ERR_OK);
}

void fixture_replace(const struct folder_fixture *f, const char *path, const char *from,
                     const char *to)
{
    struct buf old = {0};
    struct buf now = {0};
    fixture_read(f, path, &old);
    size_t at = slice_find(buf_slice(&old), slice_of(from), 0);
    assert_true(at != SIZE_MAX);
    buf_append(&now, slice_sub(buf_slice(&old), 0, at));
    buf_append_cstr(&now, to);
    buf_append(&now, slice_sub(buf_slice(&old), at + strlen(from), old.n));
    fixture_write(f, path, buf_slice(&now));
    buf_finish(&old);
    buf_finish(&now);
}

void fixture_append(const struct folder_fixture *f, const char *path, const char *text)
{
    struct buf b = {0};
    fixture_read(f, path, &b);
    buf_append_cstr(&b, text);
    fixture_write(f, path, buf_slice(&b));
    buf_finish(&b);
}

struct content *fixture_load(const struct folder_fixture *f)
{
    struct content *c = NULL;
    assert_int_equal(content_load(f->dir, &(struct content_options){0}, &c), ERR_OK);
    return c;
}

size_t fixture_findings(const struct folder_fixture *f, struct buf *ret_text)
{
    struct content *c = fixture_load(f);
    size_t errors = c->problems.count[PROBLEM_ERROR];
    buf_clear(ret_text);
    problem_write_text(&c->problems, ret_text);
    buf_append_byte(ret_text, '\0');
    assert_false(ret_text->failed);
    content_close(c);
    return errors;
}

void fixture_build(const struct folder_fixture *f, char ret_path[128])
{
    struct buf problem = {0};
    struct content *c = fixture_load(f);
    assert_int_equal(c->problems.count[PROBLEM_ERROR], 0);
    (void)snprintf(ret_path, 128, "%s.db", f->dir);
    (void)unlink(ret_path);
    assert_int_equal(edition_write(c, ret_path, &problem), ERR_OK);
    assert_int_equal(problem.n, 0);
    content_close(c);
}

#pragma once

#include "base/buf.h"
#include "pack/content.h"

/* A content folder in a temporary place, begun as the example of `gongkai-pack new`. */
struct folder_fixture {
    char dir[64];
};

void fixture_make(struct folder_fixture *f);
void fixture_remove(struct folder_fixture *f);
void fixture_write(const struct folder_fixture *f, const char *path, struct slice bytes);
void fixture_read(const struct folder_fixture *f, const char *path, struct buf *ret);
/* Replaces the first `from` in a file by `to`; the test fails when it is not there. */
void fixture_replace(const struct folder_fixture *f, const char *path, const char *from,
                     const char *to);
void fixture_append(const struct folder_fixture *f, const char *path, const char *text);
/* Loads the folder; the result must be closed. */
struct content *fixture_load(const struct folder_fixture *f);
/* All findings as text lines; returns how many errors there are. */
size_t fixture_findings(const struct folder_fixture *f, struct buf *ret_text);
/* Builds dir/content.db; the folder must have no errors. */
void fixture_build(const struct folder_fixture *f, char ret_path[128]);

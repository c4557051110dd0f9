#pragma once

#include "pack/blocks.h"
#include "pack/folder.h"
#include "pack/image.h"

/* The pictures of an edition, once each by the hash of their stored bytes, numbered from 1 in the
 * order in which the texts first show them. Everything lives in the arena. */
struct stored_image {
    char hash[65];
    struct slice bytes;
    enum image_kind kind;
    uint32_t width, height;
};

struct image_store {
    struct arena *arena;         /* borrowed */
    const struct folder *folder; /* borrowed */
    struct stored_image *at;
    size_t n;
    struct image_file *files; /* every file asked for, with its answer */
    size_t file_count;
};

/* The pictures that one text names: paths are relative to the text's own folder or to the content
 * folder; percent-encoding, “./”, “../” inside the content folder, and data: addresses are
 * understood. Nothing is fetched. */
struct image_context {
    struct picture_source source; /* first: load receives its address */
    struct image_store *store;
    struct slice folder; /* of the text: "docs" */
};

struct image_context image_context_of(struct image_store *store, struct slice text_path);

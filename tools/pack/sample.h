#pragma once

#include <stddef.h>

/* The example content folder of `gongkai-pack new`: small, commented, and without findings in
 * `check`. */
struct sample_file {
    const char *path; /* relative */
    const char *text;
};

extern const struct sample_file sample_files[];
extern const size_t sample_file_count;

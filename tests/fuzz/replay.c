/* Runs a fuzz target without a fuzzer, once for each file of the folders and files given: known
 * inputs stay part of the tests. Prints how many; a finding ends the process as it would there. */
#include <dirent.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "base/file.h"

#define INPUT_MAX (64u << 20)
#define PATH_BYTES 4096

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static bool replay_file(const char *path)
{
    struct buf bytes = {0};
    enum err e = file_read(path, INPUT_MAX, &bytes);
    if (e != ERR_OK) {
        (void)fprintf(stderr, "%s: %s\n", path, err_sentence(e));
    } else {
        /* a copy of exactly n bytes, so that reading beyond them is noticed */
        uint8_t *copy = malloc(bytes.n ? bytes.n : 1);
        for (size_t i = 0; copy != NULL && i < bytes.n; i++) {
            copy[i] = (uint8_t)bytes.p[i];
        }
        e = copy ? ERR_OK : ERR_NOMEM;
        if (copy != NULL) {
            (void)LLVMFuzzerTestOneInput(copy, bytes.n);
        }
        free(copy);
    }
    buf_finish(&bytes);
    return e == ERR_OK;
}

static bool replay_folder(const char *folder, unsigned *count)
{
    struct dirent **entries = NULL;
    bool good = true;
    int n = scandir(folder, &entries, NULL, alphasort);
    for (int i = 0; i < n; i++) {
        char path[PATH_BYTES];
        int length = snprintf(path, sizeof path, "%s/%s", folder, entries[i]->d_name);
        if (entries[i]->d_name[0] != '.') {
            good = length > 0 && (size_t)length < sizeof path && replay_file(path) && good;
            ++*count;
        }
        free(entries[i]);
    }
    free(entries);
    return n >= 0 && good;
}

int main(int argc, char **argv)
{
    unsigned count = 0;
    bool good = argc > 1;
    for (int i = 1; i < argc; i++) {
        struct stat st;
        if (stat(argv[i], &st) != 0) {
            (void)fprintf(stderr, "%s: 找不到；请给出输入文件或文件夹\n", argv[i]);
            good = false;
        } else if (S_ISDIR(st.st_mode)) {
            good = replay_folder(argv[i], &count) && good;
        } else {
            good = replay_file(argv[i]) && good;
            count++;
        }
    }
    (void)printf("%u inputs\n", count);
    return good && count > 0 ? 0 : 1;
}

/* librime behind eight functions. Guarantees that only letters and the apostrophe reach the engine
 * and never more than PINYIN_KEYS_MAX; that the engine learns nothing (its schema has no user
 * dictionary) and writes nowhere but in a folder made for it and removed with it. */
#include "input/pinyin.h"

#include <dlfcn.h>
#include <errno.h>
#include <limits.h>
#include <rime_api.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/file.h"

#define SCHEMA "gongkai"
enum { KEY_BACKSPACE = 0xff08, PAGE_MAX = 64 };

struct pinyin {
    RimeApi *api;
    RimeSessionId session;
    bool initialised;
    char folder[PATH_MAX];
    struct buf text; /* what the last call returned */
};

/* Does the library have every function used here? Older ones end earlier. */
static bool api_complete(const RimeApi *api)
{
    size_t have = (size_t)api->data_size + sizeof api->data_size;
    return have >= offsetof(RimeApi, candidate_list_from_index) + sizeof(void *) && api->setup &&
           api->initialize && api->finalize && api->create_session && api->destroy_session &&
           api->select_schema && api->process_key && api->clear_composition && api->get_commit &&
           api->free_commit && api->get_context && api->free_context && api->get_input &&
           api->select_candidate && api->candidate_list_from_index && api->candidate_list_next &&
           api->candidate_list_end;
}

/* Symbols stay loaded for the life of the process: the engine's C++ libraries cannot be unloaded.
 */
static enum err engine_load(RimeApi **ret_api, bool *ret_logging)
{
    void *lib = dlopen("librime.so.1", RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
    if (lib == NULL) {
        return ERR_MISSING;
    }
    RimeApi *(*api_of)(void) = NULL;
    bool (*logging)(void) = NULL;
    void *symbol = dlsym(lib, "rime_get_api");
    memcpy(&api_of, &symbol, sizeof api_of);
    /* google::IsGoogleLoggingInitialized: its log must be started once a process, not more */
    symbol = dlsym(lib, "_ZN6google26IsGoogleLoggingInitializedEv");
    memcpy(&logging, &symbol, sizeof logging);
    RimeApi *api = api_of ? api_of() : NULL;
    bool on = logging == NULL || logging();
    dlclose(lib);
    if (api == NULL || !api_complete(api)) {
        return ERR_UNSUPPORTED;
    }
    *ret_api = api;
    *ret_logging = on;
    return ERR_OK;
}

static bool data_present(const char *dir)
{
    static const char *const need[] = {"default.yaml", SCHEMA ".schema.yaml", SCHEMA ".prism.bin",
                                       "pinyin_simp.table.bin"};
    for (size_t i = 0; i < sizeof need / sizeof need[0]; i++) {
        char path[PATH_MAX];
        int n = snprintf(path, sizeof path, "%s/%s", dir, need[i]);
        if (n < 0 || (size_t)n >= sizeof path || access(path, R_OK) != 0) {
            return false;
        }
    }
    return true;
}

/* A folder of our own where memory backs the files, as far as the machine has one. */
static enum err folder_make(char path[PATH_MAX])
{
    const char *const places[] = {getenv("XDG_RUNTIME_DIR"), "/run/gongkai", "/dev/shm", "/tmp"};
    enum err e = ERR_MISSING;
    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
        if (places[i] == NULL || places[i][0] != '/') {
            continue;
        }
        int n = snprintf(path, PATH_MAX, "%s/gongkai-pinyin-XXXXXX", places[i]);
        if (n > 0 && n < PATH_MAX && mkdtemp(path)) {
            return ERR_OK;
        }
        e = err_of_errno(errno);
    }
    path[0] = '\0';
    return e;
}

static enum err engine_start(struct pinyin *p, const char *data_dir, bool logging)
{
    static const char *modules[] = {"core", "dict", "gears", NULL};
    RimeTraits traits = {.data_size = (int)(sizeof traits - sizeof traits.data_size),
                         .shared_data_dir = data_dir,
                         .user_data_dir = p->folder,
                         .distribution_name = "gongkai",
                         .distribution_code_name = "gongkai",
                         .distribution_version = "1",
                         .app_name = logging ? NULL : "rime.gongkai",
                         .modules = modules,
                         .min_log_level = 3,
                         .log_dir = "",
                         .prebuilt_data_dir = data_dir,
                         .staging_dir = p->folder};
    p->api->setup(&traits);
    p->api->initialize(&traits);
    p->initialised = true;
    p->session = p->api->create_session();
    if (p->session == 0 || !p->api->select_schema(p->session, SCHEMA)) {
        return ERR_CORRUPT;
    }
    return ERR_OK;
}

enum err pinyin_open(const char *data_dir, struct pinyin **ret_pinyin)
{
    bool logging = false;
    if (!data_present(data_dir)) {
        return ERR_MISSING;
    }
    struct pinyin *p = calloc(1, sizeof *p);
    if (p == NULL) {
        return ERR_NOMEM;
    }
    enum err e = engine_load(&p->api, &logging);
    if (e == ERR_OK) {
        e = folder_make(p->folder);
    }
    if (e == ERR_OK) {
        e = engine_start(p, data_dir, logging);
    }
    if (e != ERR_OK) {
        pinyin_close(p);
        return e;
    }
    *ret_pinyin = p;
    return ERR_OK;
}

void pinyin_close(struct pinyin *p)
{
    if (p == NULL) {
        return;
    }
    if (p->session) {
        p->api->destroy_session(p->session);
    }
    if (p->initialised) {
        p->api->finalize();
    }
    if (p->folder[0]) {
        /* nothing to do about a failure: the folder holds nothing of the user's */
        enum err e = dir_remove(p->folder);
        (void)e;
    }
    buf_finish(&p->text);
    free(p);
}

static size_t keys_waiting(const struct pinyin *p)
{
    const char *input = p->api->get_input(p->session);
    return input ? strlen(input) : 0;
}

bool pinyin_key(struct pinyin *p, char c)
{
    if (c >= 'A' && c <= 'Z') {
        c = (char)(c - 'A' + 'a');
    }
    size_t n = keys_waiting(p);
    if (!((c >= 'a' && c <= 'z') || (c == '\'' && n > 0)) || n >= PINYIN_KEYS_MAX) {
        return false;
    }
    return p->api->process_key(p->session, c, 0) != False && keys_waiting(p) == n + 1;
}

bool pinyin_backspace(struct pinyin *p)
{
    return keys_waiting(p) > 0 && p->api->process_key(p->session, KEY_BACKSPACE, 0) != False;
}

void pinyin_clear(struct pinyin *p)
{
    p->api->clear_composition(p->session);
    buf_clear(&p->text);
}

/* The buffer's bytes, or nothing when memory ran out while they were put together. */
static struct slice text_taken(struct pinyin *p)
{
    if (buf_status(&p->text) != ERR_OK) {
        buf_finish(&p->text);
    }
    return buf_slice(&p->text);
}

struct slice pinyin_preedit(struct pinyin *p)
{
    RimeContext context = {.data_size = (int)(sizeof context - sizeof context.data_size)};
    buf_clear(&p->text);
    if (p->api->get_context(p->session, &context)) {
        buf_append(&p->text, slice_of(context.composition.preedit));
        p->api->free_context(&context);
    }
    return text_taken(p);
}

size_t pinyin_candidates(struct pinyin *p, size_t from, struct slice *out, size_t max)
{
    RimeCandidateListIterator at = {0};
    size_t length[PAGE_MAX];
    size_t n = 0;
    size_t wanted = max < PAGE_MAX ? max : PAGE_MAX;
    buf_clear(&p->text);
    if (from > INT_MAX || keys_waiting(p) == 0 ||
        !p->api->candidate_list_from_index(p->session, &at, (int)from)) {
        return 0;
    }
    while (n < wanted && p->api->candidate_list_next(&at)) {
        struct slice text = slice_of(at.candidate.text);
        length[n++] = text.n;
        buf_append(&p->text, text);
    }
    p->api->candidate_list_end(&at);
    struct slice all = text_taken(p);
    size_t offset = 0;
    for (size_t i = 0; i < n; i++) {
        out[i] = (struct slice){all.p + offset, length[i]};
        offset += length[i];
    }
    return offset == all.n ? n : 0;
}

struct slice pinyin_commit(struct pinyin *p, size_t index)
{
    RimeCommit commit = {.data_size = (int)(sizeof commit - sizeof commit.data_size)};
    buf_clear(&p->text);
    if (keys_waiting(p) > 0 && p->api->select_candidate(p->session, index) &&
        p->api->get_commit(p->session, &commit)) {
        buf_append(&p->text, slice_of(commit.text));
        p->api->free_commit(&commit);
    }
    return text_taken(p);
}

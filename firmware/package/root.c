/* The text that names the keys. Guarantees that a parsed root has at least the threshold of keys in
 * every group and that no key serves twice, so that two roles are two keys. */
#include "package/root.h"

#include <stdio.h>
#include <string.h>

#include "package/fields.h"

#define NUMBER_MAX 1000000000u

static const char *const group_names[ROLE_COUNT + 1] = {"office", "review", "root"};

static bool parse_keys(struct slice *rest, const char *name, struct root_group *group)
{
    for (group->count = 0; group->count < ROOT_KEYS_MAX; group->count++) {
        char key[32];
        struct slice value;
        (void)snprintf(key, sizeof key, "key.%s.%u", name, group->count + 1);
        if (!field_text(rest, key, &value)) {
            break;
        }
        if (minisign_key_parse(value, &group->at[group->count]) != ERR_OK) {
            return false;
        }
    }
    return true;
}

static bool parse_thresholds(struct slice *rest, struct root *root)
{
    for (size_t i = 0; i <= ROOT_GROUP; i++) {
        char key[32];
        uint64_t threshold;
        (void)snprintf(key, sizeof key, "threshold.%s", group_names[i]);
        if (!field_u64(rest, key, root->groups[i].count, &threshold) || threshold == 0) {
            return false;
        }
        root->groups[i].threshold = (uint32_t)threshold;
    }
    return true;
}

static bool keys_equal(const struct minisign_key *a, const struct minisign_key *b)
{
    return memcmp(a->id, b->id, sizeof a->id) == 0 || memcmp(a->key, b->key, sizeof a->key) == 0;
}

/* Neither an id nor a key occurs twice. */
static bool keys_distinct(const struct root *root)
{
    const struct minisign_key *all[(ROLE_COUNT + 1) * ROOT_KEYS_MAX];
    size_t n = 0;
    for (size_t g = 0; g <= ROOT_GROUP; g++) {
        for (uint32_t i = 0; i < root->groups[g].count; i++) {
            all[n++] = &root->groups[g].at[i];
        }
    }
    for (size_t i = 0; i < n; i++) {
        for (size_t j = 0; j < i; j++) {
            if (keys_equal(all[i], all[j])) {
                return false;
            }
        }
    }
    return true;
}

enum err root_parse(struct slice text, struct root *ret_root)
{
    struct root root;
    struct slice rest = text;
    struct slice product;

    if (text.n > ROOT_TEXT_MAX) {
        return ERR_LIMIT;
    }
    memset(&root, 0, sizeof root);
    if (!field_name(&rest, "channel", 3, 40, root.channel) ||
        !field_u64(&rest, "epoch", NUMBER_MAX, &root.epoch) ||
        !field_u64(&rest, "jump_cap", NUMBER_MAX, &root.jump_cap)) {
        return ERR_FORMAT;
    }
    for (size_t i = 0; i <= ROOT_GROUP; i++) {
        if (!parse_keys(&rest, group_names[i], &root.groups[i])) {
            return ERR_FORMAT;
        }
    }
    if (!field_text(&rest, "product", &product) || !slice_eq_cstr(product, "gongkai") ||
        !parse_thresholds(&rest, &root) ||
        !field_u64(&rest, "version", NUMBER_MAX, &root.version) || rest.n != 0 ||
        root.version == 0 || root.epoch == 0 || root.jump_cap == 0 || !keys_distinct(&root)) {
        return ERR_FORMAT;
    }
    *ret_root = root;
    return ERR_OK;
}

static void put_all(const struct root *root, struct buf *out)
{
    char key[MINISIGN_KEY_TEXT + 1];
    buf_printf(out, "channel=%s\nepoch=%llu\njump_cap=%llu\n", root->channel,
               (unsigned long long)root->epoch, (unsigned long long)root->jump_cap);
    for (size_t g = 0; g <= ROOT_GROUP; g++) {
        for (uint32_t i = 0; i < root->groups[g].count && i < ROOT_KEYS_MAX; i++) {
            minisign_key_format(&root->groups[g].at[i], key);
            buf_printf(out, "key.%s.%u=%s\n", group_names[g], i + 1, key);
        }
    }
    buf_printf(out, "product=gongkai\n");
    for (size_t g = 0; g <= ROOT_GROUP; g++) {
        buf_printf(out, "threshold.%s=%u\n", group_names[g], root->groups[g].threshold);
    }
    buf_printf(out, "version=%llu\n", (unsigned long long)root->version);
}

enum err root_write(const struct root *root, struct buf *ret_text)
{
    struct buf text = {0};
    struct root again;
    put_all(root, &text);
    enum err e = buf_status(&text);
    if (e == ERR_OK) {
        e = root_parse(buf_slice(&text), &again); /* what we write is what we accept */
    }
    if (e == ERR_OK) {
        buf_append(ret_text, buf_slice(&text));
        e = buf_status(ret_text);
    }
    buf_finish(&text);
    return e;
}

static const struct minisign_key *key_lookup(const struct root_group *group, const uint8_t id[8],
                                             uint32_t *ret_index)
{
    for (uint32_t i = 0; i < group->count; i++) {
        if (memcmp(group->at[i].id, id, sizeof group->at[i].id) == 0) {
            *ret_index = i;
            return &group->at[i];
        }
    }
    return NULL;
}

int root_group_count(const struct root_group *group, const char *role,
                     const struct minisign_section *section,
                     const uint8_t prehash[MINISIGN_PREHASH], uint32_t *ret_first)
{
    uint32_t seen = 0; /* bit i: key i has signed */
    int count = 0;
    for (uint32_t i = 0; i < section->count; i++) {
        const struct minisign_signature *s = &section->at[i];
        uint32_t index;
        const struct minisign_key *key = key_lookup(group, s->key_id, &index);
        if (key == NULL) {
            continue;
        }
        if (!slice_eq_cstr(s->role, role) || !minisign_verify(key, s, prehash)) {
            return -1;
        }
        if (count == 0) {
            *ret_first = i;
        }
        if ((seen & 1u << index) == 0) {
            seen |= 1u << index;
            count++;
        }
    }
    return count;
}

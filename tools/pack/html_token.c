/* One pass, no recursion, no memory: every byte of the source is looked at a bounded number of
 * times. Tags that the source does not finish are given with `unfinished` so that the log can say
 * so. */
#include "pack/html_token.h"

#include <stdlib.h>
#include <string.h>

#include "pack/html_entity.h"

#define NAME_LOOK_BYTES 64 /* of a tag's name are searched for what no name has */

struct tag_name {
    const char *name;
    enum html_tag tag;
};

/* In the order of strcmp. */
static const struct tag_name tag_names[] = {
    {"a", TAG_A},
    {"address", TAG_BLOCK},
    {"applet", TAG_DROPPED},
    {"area", TAG_VOID},
    {"article", TAG_BLOCK},
    {"aside", TAG_BLOCK},
    {"audio", TAG_DROPPED},
    {"b", TAG_B},
    {"base", TAG_VOID},
    {"basefont", TAG_VOID},
    {"bgsound", TAG_VOID},
    {"blockquote", TAG_BLOCK},
    {"body", TAG_PAGE},
    {"br", TAG_BR},
    {"button", TAG_DROPPED},
    {"canvas", TAG_DROPPED},
    {"caption", TAG_CAPTION},
    {"center", TAG_BLOCK},
    {"col", TAG_VOID},
    {"datalist", TAG_DROPPED},
    {"dd", TAG_TERM},
    {"del", TAG_DEL},
    {"details", TAG_BLOCK},
    {"dialog", TAG_BLOCK},
    {"dir", TAG_UL},
    {"div", TAG_BLOCK},
    {"dl", TAG_BLOCK},
    {"dt", TAG_TERM},
    {"embed", TAG_DROPPED_VOID},
    {"fieldset", TAG_BLOCK},
    {"figcaption", TAG_BLOCK},
    {"figure", TAG_BLOCK},
    {"footer", TAG_BLOCK},
    {"form", TAG_BLOCK},
    {"frame", TAG_FRAME},
    {"frameset", TAG_BLOCK},
    {"h1", TAG_HEADING},
    {"h2", TAG_HEADING},
    {"h3", TAG_HEADING},
    {"h4", TAG_HEADING},
    {"h5", TAG_HEADING},
    {"h6", TAG_HEADING},
    {"head", TAG_PAGE},
    {"header", TAG_BLOCK},
    {"hgroup", TAG_BLOCK},
    {"hr", TAG_HR},
    {"html", TAG_PAGE},
    {"iframe", TAG_RAW},
    {"image", TAG_IMG},
    {"img", TAG_IMG},
    {"input", TAG_DROPPED_VOID},
    {"keygen", TAG_DROPPED_VOID},
    {"legend", TAG_BLOCK},
    {"li", TAG_ITEM},
    {"link", TAG_VOID},
    {"listing", TAG_PRE},
    {"main", TAG_BLOCK},
    {"marquee", TAG_BLOCK},
    {"menu", TAG_UL},
    {"meta", TAG_VOID},
    {"nav", TAG_BLOCK},
    {"noembed", TAG_RAW},
    {"noframes", TAG_RAW},
    {"noscript", TAG_DROPPED},
    {"object", TAG_DROPPED},
    {"ol", TAG_OL},
    {"optgroup", TAG_OPTION},
    {"option", TAG_OPTION},
    {"p", TAG_P},
    {"param", TAG_VOID},
    {"plaintext", TAG_PRE},
    {"pre", TAG_PRE},
    {"s", TAG_DEL},
    {"script", TAG_RAW},
    {"section", TAG_BLOCK},
    {"select", TAG_DROPPED},
    {"source", TAG_VOID},
    {"strike", TAG_DEL},
    {"strong", TAG_B},
    {"style", TAG_RAW},
    {"sub", TAG_SUB},
    {"summary", TAG_BLOCK},
    {"sup", TAG_SUP},
    {"svg", TAG_DROPPED},
    {"table", TAG_TABLE},
    {"tbody", TAG_GROUP},
    {"td", TAG_TD},
    {"template", TAG_DROPPED},
    {"textarea", TAG_TEXTAREA},
    {"tfoot", TAG_GROUP},
    {"th", TAG_TH},
    {"thead", TAG_THEAD},
    {"title", TAG_TITLE},
    {"tr", TAG_ROW},
    {"track", TAG_VOID},
    {"ul", TAG_UL},
    {"video", TAG_DROPPED},
    {"wbr", TAG_VOID},
    {"xml", TAG_XML},
    {"xmp", TAG_RAW},
};

static int by_name(const void *key, const void *element)
{
    const struct tag_name *t = element;
    return strcmp(key, t->name);
}

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c + ('a' - 'A')) : c;
}

static bool is_letter(char c)
{
    return lower(c) >= 'a' && lower(c) <= 'z';
}

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f';
}

bool ascii_equal(struct slice s, const char *word)
{
    return s.n == strlen(word) && strncasecmp(s.p, word, s.n) == 0;
}

size_t ascii_find(struct slice s, const char *word)
{
    size_t n = strlen(word);
    for (size_t at = 0; n <= s.n && at <= s.n - n; at++) {
        if (lower(s.p[at]) == word[0] && strncasecmp(s.p + at, word, n) == 0) {
            return at;
        }
    }
    return SIZE_MAX;
}

static enum html_tag tag_of(struct slice name)
{
    char key[12];
    if (name.n >= sizeof key) {
        return TAG_OTHER;
    }
    for (size_t i = 0; i < name.n; i++) {
        key[i] = lower(name.p[i]);
    }
    key[name.n] = '\0';
    const struct tag_name *t =
        bsearch(key, tag_names, sizeof tag_names / sizeof *tag_names, sizeof *tag_names, by_name);
    return t ? t->tag : TAG_OTHER;
}

void html_reader_init(struct html_reader *r, struct slice source)
{
    *r = (struct html_reader){.source = source, .line = 1};
}

static unsigned line_at(struct html_reader *r, size_t at)
{
    const char *p = r->source.p + r->counted;
    const char *end = r->source.p + at;
    while (p < end && (p = memchr(p, '\n', (size_t)(end - p))) != NULL) {
        r->line++;
        p++;
    }
    r->counted = at > r->counted ? at : r->counted;
    return r->line;
}

/* One attribute from *at on; false at the end of the tag, *at then being at '>' or at the end. */
static bool attribute_cut(struct slice s, size_t *at, struct slice *name, struct slice *value)
{
    size_t i = *at;
    while (i < s.n && (is_space(s.p[i]) || s.p[i] == '/')) {
        i++;
    }
    *at = i;
    if (i >= s.n || s.p[i] == '>') {
        return false;
    }
    size_t begin = i++; /* a name may even begin with '=' */
    while (i < s.n && !is_space(s.p[i]) && s.p[i] != '/' && s.p[i] != '>' && s.p[i] != '=') {
        i++;
    }
    *name = slice_sub(s, begin, i);
    *value = slice_sub(s, i, i);
    *at = i;
    while (i < s.n && is_space(s.p[i])) {
        i++;
    }
    if (i >= s.n || s.p[i] != '=') {
        return true;
    }
    i++;
    while (i < s.n && is_space(s.p[i])) {
        i++;
    }
    if (i < s.n && (s.p[i] == '"' || s.p[i] == '\'')) {
        const char *close = memchr(s.p + i + 1, s.p[i], s.n - i - 1);
        size_t end = close ? (size_t)(close - s.p) : s.n;
        *value = slice_sub(s, i + 1, end);
        *at = end < s.n ? end + 1 : s.n;
        return true;
    }
    begin = i;
    while (i < s.n && !is_space(s.p[i]) && s.p[i] != '>') {
        i++;
    }
    *value = slice_sub(s, begin, i);
    *at = i;
    return true;
}

bool html_attribute(const struct html_token *t, const char *name, struct buf *ret_value)
{
    struct slice found;
    struct slice value;
    buf_clear(ret_value);
    for (size_t at = 0; attribute_cut(t->text, &at, &found, &value);) {
        if (ascii_equal(found, name)) {
            html_decode(value, ret_value);
            return true;
        }
    }
    return false;
}

void html_decode(struct slice text, struct buf *out)
{
    while (text.n != 0) {
        const char *mark = memchr(text.p, '&', text.n);
        size_t plain = mark ? (size_t)(mark - text.p) : text.n;
        uint32_t cp = 0;
        buf_append(out, slice_sub(text, 0, plain));
        text = slice_sub(text, plain, text.n);
        size_t n = html_entity(text, &cp);
        if (n != 0) {
            buf_append_cp(out, cp);
        } else if (text.n != 0) {
            buf_append_byte(out, '&');
            n = 1;
        }
        text = slice_sub(text, n, text.n);
    }
}

/* A tag whose '<' is at `at`; begin is the place of its name. */
static size_t tag_cut(struct slice s, size_t begin, struct html_token *t)
{
    size_t end = begin;
    while (end < s.n && !is_space(s.p[end]) && s.p[end] != '/' && s.p[end] != '>') {
        end++;
    }
    struct slice name;
    struct slice value;
    size_t at = end;
    while (attribute_cut(s, &at, &name, &value)) {
    }
    t->name = slice_sub(s, begin, end);
    t->text = slice_sub(s, end, at);
    t->tag = tag_of(t->name);
    t->unfinished = at >= s.n;
    return at < s.n ? at + 1 : s.n;
}

/* Does markup begin with the '<' at `at`? */
static bool is_markup(struct slice s, size_t at)
{
    char next = at + 1 < s.n ? s.p[at + 1] : ' ';
    if (next == '!' || next == '?' || next == '/') {
        return at + 2 < s.n || next != '/';
    }
    if (!is_letter(next)) {
        return false;
    }
    size_t end = s.n - at > NAME_LOOK_BYTES ? at + NAME_LOOK_BYTES : s.n;
    for (size_t i = at + 1; i < end && !is_space(s.p[i]) && s.p[i] != '/' && s.p[i] != '>'; i++) {
        if ((unsigned char)s.p[i] >= 0x80) {
            return false;
        }
    }
    return true;
}

/* Comments, doctype, <![if …]>, <?xml …>, </?…>: where it ends. */
static size_t comment_cut(struct slice s, size_t at, struct html_token *t)
{
    struct slice dashes = SLICE_LIT("<!--");
    struct slice rest = slice_sub(s, at, s.n);
    size_t end = SIZE_MAX;
    size_t n = 1;
    t->kind = HTML_COMMENT;
    if (slice_has_prefix(rest, dashes)) {
        bool empty = slice_has_prefix(rest, SLICE_LIT("<!-->"));
        bool short_one = slice_has_prefix(rest, SLICE_LIT("<!--->"));
        if (empty || short_one) {
            return at + (empty ? 5 : 6);
        }
        end = slice_find(s, SLICE_LIT("-->"), at + 4);
        n = 3;
    } else {
        const char *close = memchr(rest.p, '>', rest.n);
        end = close ? (size_t)(close - s.p) : SIZE_MAX;
    }
    t->unfinished = end == SIZE_MAX;
    return end == SIZE_MAX ? s.n : end + n;
}

/* Content of an element that holds no markup, up to its end tag. */
static size_t raw_end(struct html_reader *r)
{
    struct slice s = r->source;
    for (size_t at = r->at; at + 2 + r->raw_name.n <= s.n; at++) {
        const char *open = memchr(s.p + at, '<', s.n - at);
        if (open == NULL) {
            break;
        }
        at = (size_t)(open - s.p);
        size_t behind = at + 2 + r->raw_name.n;
        if (behind <= s.n && s.p[at + 1] == '/' &&
            strncasecmp(s.p + at + 2, r->raw_name.p, r->raw_name.n) == 0 &&
            (behind == s.n || is_space(s.p[behind]) || s.p[behind] == '/' || s.p[behind] == '>')) {
            return at;
        }
    }
    return SIZE_MAX;
}

static void raw_cut(struct html_reader *r, struct html_token *t)
{
    bool title = r->raw == TAG_TITLE;
    size_t end = title && r->no_title_end ? SIZE_MAX : raw_end(r);
    t->kind = HTML_RAW;
    t->tag = r->raw;
    t->name = r->raw_name;
    if (end == SIZE_MAX && title) {
        const char *open = memchr(r->source.p + r->at, '<', r->source.n - r->at);
        end = open ? (size_t)(open - r->source.p) : r->source.n;
        r->no_title_end = true;
    } else if (end == SIZE_MAX) {
        end = r->source.n;
        t->unfinished = true;
    }
    t->text = slice_sub(r->source, r->at, end);
    r->at = end;
    r->raw = TAG_OTHER;
}

static size_t text_end(struct slice s, size_t at)
{
    while (at < s.n) {
        const char *open = memchr(s.p + at, '<', s.n - at);
        if (open == NULL) {
            return s.n;
        }
        at = (size_t)(open - s.p);
        if (is_markup(s, at)) {
            return at;
        }
        at++;
    }
    return s.n;
}

bool html_next(struct html_reader *r, struct html_token *ret_token)
{
    struct slice s = r->source;
    if (r->at >= s.n) {
        return false;
    }
    struct html_token t = {.kind = HTML_TEXT, .line = line_at(r, r->at)};
    if (r->raw != TAG_OTHER) {
        raw_cut(r, &t);
    } else if (s.p[r->at] != '<' || !is_markup(s, r->at)) {
        size_t end = text_end(s, r->at);
        t.text = slice_sub(s, r->at, end);
        r->at = end;
    } else if (is_letter(s.p[r->at + 1])) {
        t.kind = HTML_START;
        r->at = tag_cut(s, r->at + 1, &t);
        if (t.tag == TAG_RAW || t.tag == TAG_TITLE || t.tag == TAG_TEXTAREA) {
            r->raw = t.tag;
            r->raw_name = t.name;
        }
    } else if (s.p[r->at + 1] == '/' && is_letter(s.p[r->at + 2])) {
        t.kind = HTML_END;
        r->at = tag_cut(s, r->at + 2, &t);
    } else {
        r->at = comment_cut(s, r->at, &t);
    }
    *ret_token = t;
    return true;
}

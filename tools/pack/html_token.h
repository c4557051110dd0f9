#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/slice.h"

/* HTML cut into tokens as browsers cut it (HTML Standard 13.2.5, in one linear pass and without
 * copies), with two differences in favour of the text: a “<” before a name that is not ASCII is a
 * character, and a <title> that never ends ends at the next “<”. */

enum html_tag {
    TAG_OTHER, /* unknown names: inline */
    TAG_A,
    TAG_B,
    TAG_BLOCK, /* every block without rules of its own */
    TAG_BR,
    TAG_CAPTION,
    TAG_DEL,
    TAG_DROPPED, /* controls, embedded things: their content is not taken */
    TAG_DROPPED_VOID,
    TAG_FRAME,
    TAG_GROUP, /* tbody, tfoot */
    TAG_HEADING,
    TAG_HR,
    TAG_IMG,
    TAG_ITEM,
    TAG_OL,
    TAG_OPTION,
    TAG_P,
    TAG_PAGE, /* html, head, body: no element of ours */
    TAG_PRE,
    TAG_RAW, /* script, style, iframe, …: content is no text */
    TAG_ROW,
    TAG_SUB,
    TAG_SUP,
    TAG_TABLE,
    TAG_TD,
    TAG_TERM, /* dt, dd */
    TAG_TEXTAREA,
    TAG_TH,
    TAG_THEAD,
    TAG_TITLE,
    TAG_UL,
    TAG_VOID, /* meta, link, col, …: nothing to see */
    TAG_XML
};

enum html_token_kind { HTML_TEXT, HTML_RAW, HTML_START, HTML_END, HTML_COMMENT };

struct html_token {
    enum html_token_kind kind;
    enum html_tag tag; /* HTML_START, HTML_END; for HTML_RAW that of the element */
    struct slice name; /* as written */
    struct slice text; /* HTML_TEXT, HTML_RAW: source text; HTML_START: the attributes */
    unsigned line;     /* from 1 */
    bool unfinished;   /* the source ends inside */
};

struct html_reader {
    struct slice source; /* borrowed, UTF-8 */
    size_t at, counted;
    unsigned line;
    enum html_tag raw; /* element whose content comes next as one HTML_RAW, TAG_OTHER = none */
    struct slice raw_name;
    bool no_title_end;
};

void html_reader_init(struct html_reader *r, struct slice source);
/* False at the end. The slices point into the source. */
bool html_next(struct html_reader *r, struct html_token *ret_token);

/* Value of an attribute of a start tag, references decoded, in *ret_value (cleared first). */
bool html_attribute(const struct html_token *t, const char *name, struct buf *ret_value);

/* Appends text with its character references decoded. */
void html_decode(struct slice text, struct buf *out);

bool ascii_equal(struct slice s, const char *lower);  /* letters of s in either case */
size_t ascii_find(struct slice s, const char *lower); /* first occurrence, or SIZE_MAX */

#pragma once

/* The statements that create an empty edition, in order, ended by NULL (schema.sql, built in). The
 * writer of editions runs them; readers need them only to know what to expect. */
extern const char *const edition_schema[];

enum term_kind { TERM_CATEGORY = 1, TERM_DEPARTMENT = 2, TERM_YEAR = 3, TERM_CHANNEL = 4 };
enum relation_reason { RELATION_CORRECTION = 1, RELATION_NAMED = 2, RELATION_DOC_NO = 3 };

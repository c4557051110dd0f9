#pragma once

#include <stdbool.h>

#include "base/err.h"
#include "base/slice.h"

/* A PIN as an argon2id text ("$argon2id$v=19$m=…,t=…,p=…$salt$hash", RFC 9106 by libsodium), its
 * file, and which PINs are good enough. */
#define SECRET_TEXT 128 /* bytes with the NUL */
#define SECRET_PIN_MIN 6
#define SECRET_PIN_MAX 12

/* Why a PIN is not taken. */
enum secret_weakness {
    SECRET_FINE = 0,
    SECRET_LENGTH,   /* not 6 to 12 characters */
    SECRET_DIGITS,   /* something else than the digits 0-9 */
    SECRET_REPEATED, /* one digit, or a group of up to three, over and over; pairs */
    SECRET_SERIES,   /* up or down by one, or along a keypad's column */
    SECRET_DATE,     /* a date: YYYYMMDD, YYMMDD, DDMMYY, MMDDYY, YYYYMM and years twice */
    SECRET_COMMON    /* one of the most used ones */
};
enum secret_weakness secret_pin_check(struct slice pin);
const char *secret_weakness_sentence(enum secret_weakness w); /* Chinese; "" for SECRET_FINE */

/* Some 60 ms and 64 MiB. ERR_NOMEM. */
enum err secret_hash(struct slice pin, char ret_text[SECRET_TEXT]) MUST_USE;
/* Is it a text of argon2id whose cost this program is willing to pay (≤ 256 MiB, ≤ 8 passes)? */
bool secret_text_valid(struct slice text);
/* ERR_FORMAT: not valid as above; ERR_NOMEM: the memory for it is not there. */
enum err secret_verify(const char *text, struct slice pin, bool *ret_same) MUST_USE;

/* The file: its text and a hash over it, so that damage is told from a wrong PIN. ERR_MISSING: no
 * PIN is set; ERR_CORRUPT: damaged or unreadable. */
enum err secret_file_read(const char *path, char ret_text[SECRET_TEXT]) MUST_USE;
enum err secret_file_write(const char *path, const char *text) MUST_USE; /* 0600, durable */

void secret_wipe(void *p, size_t n);

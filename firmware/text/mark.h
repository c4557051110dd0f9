#pragma once

#include <stdint.h>

/* The punctuation marks that are set by rule, numbered from 1; 0 is any other character (private to
 * text/). */
unsigned mark_number(uint32_t cp);

/* UNIT_OPEN, UNIT_CLOSE, UNIT_MIDDLE or UNIT_DASH of a number from 1. */
uint8_t mark_kind(unsigned number);

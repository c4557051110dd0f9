#pragma once

#include "base/err.h"
#include "package/trust.h"

/* The trust roots of a terminal, ROOT/trust: trust_open and trust_open_as_far on it. */
enum err roots_open(const char *root, struct trust **ret_trust) MUST_USE;
enum err roots_open_as_far(const char *root, struct trust **ret_trust) MUST_USE;

#pragma once

/* The one error type of the project. A function that can fail returns it; results come last and are
 * untouched on failure. "Not found" is a value (a NULL, a count of 0, a bool), never an error. */
enum err {
    ERR_OK = 0,
    ERR_NOMEM,       /* an allocation failed */
    ERR_IO,          /* reading, writing or syncing failed */
    ERR_NOSPACE,     /* no room left on the file system */
    ERR_READONLY,    /* the file system or folder cannot be written */
    ERR_MISSING,     /* a file or folder that must be there is not */
    ERR_CORRUPT,     /* stored bytes are not what was stored */
    ERR_FORMAT,      /* input does not follow its format */
    ERR_LIMIT,       /* input is larger than the stated bound */
    ERR_UNSUPPORTED, /* well formed, but of a version or kind that this build does not know */
    ERR_DENIED,      /* not permitted: a signature, a role, a policy */
    ERR_BUSY,        /* another process holds what is needed */
    ERR_USAGE,       /* the caller's arguments do not make sense together */
    ERR_COUNT
};

#define MUST_USE __attribute__((warn_unused_result))

/* A short stable identifier for logs and JSON ("nospace"); never NULL. */
const char *err_name(enum err e);

/* One Chinese sentence for staff that says what happened and what to do; never NULL. */
const char *err_sentence(enum err e);

/* The error for an errno value: ENOSPC/EDQUOT → ERR_NOSPACE, EROFS/EACCES/EPERM → ERR_READONLY,
 * ENOENT/ENOTDIR → ERR_MISSING, ENOMEM → ERR_NOMEM, EBUSY/EAGAIN → ERR_BUSY, the rest → ERR_IO. */
enum err err_of_errno(int errno_value);

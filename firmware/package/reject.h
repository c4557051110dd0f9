#pragma once

/* Why a package was not applied. Each has a stable name (receipts, scripts) and the sentence staff
 * read. */
enum reject {
    REJECT_NONE = 0,
    REJECT_UNREADABLE,    /* the file or stick cannot be read */
    REJECT_TRUNCATED,     /* shorter than its header says */
    REJECT_NOT_PACKAGE,   /* no .gkp magic */
    REJECT_FUTURE_FORMAT, /* suite, format or schema newer than this program */
    REJECT_HEADER,        /* header damaged or not canonical */
    REJECT_OVERSIZED,     /* a section or the database above its bound */
    REJECT_SIGNATURE,     /* a signature does not match the manifest */
    REJECT_KEY_UNKNOWN,   /* signed by no key of the trust root */
    REJECT_ROLE_MISSING,  /* roles missing in another way than the finer kinds below */
    REJECT_MANIFEST,      /* signed, but a field is missing or out of range */
    REJECT_PRODUCT,
    REJECT_CHANNEL,      /* made for another hall */
    REJECT_EPOCH,        /* key epoch is not that of the trust root */
    REJECT_SAME,         /* the edition that is shown now */
    REJECT_OLDER,        /* older than what is shown, or was confirmed */
    REJECT_JUMP,         /* edition number jumps by more than the cap */
    REJECT_BAD_LISTED,   /* tried here before, and taken back */
    REJECT_BASE_MISSING, /* a delta whose base edition is not here */
    REJECT_TABLE,        /* frame or leaf table does not match the manifest */
    REJECT_FRAME,        /* a frame's bytes do not match the table */
    REJECT_CONTENT,      /* the database is damaged or inconsistent although signed */
    REJECT_NO_ROOM,
    REJECT_READONLY, /* the data folder cannot be written */
    REJECT_STORAGE,  /* writing or reading back failed */
    REJECT_STOPPED,  /* staff or the source stopped it */
    REJECT_NOMEM,    /* an allocation failed */
    REJECT_CRASHED,  /* the child that looked into it ended without a word */
    /* Finer kinds of a role missing; the last two share the name "role-missing". */
    REJECT_UNSIGNED,       /* no signature at all */
    REJECT_OFFICE_MISSING, /* secrecy review signed, the office did not */
    REJECT_REVIEW_MISSING, /* the office signed, secrecy review did not */
    REJECT_COUNT
};

const char *reject_name(enum reject r);     /* "role-missing" */
const char *reject_sentence(enum reject r); /* one Chinese sentence: what, and what to do */

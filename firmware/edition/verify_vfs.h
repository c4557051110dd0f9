#pragma once

#include "base/err.h"
#include "edition/edition.h"

/* A read-only file layer for SQLite that lets no byte of an edition through before its leaf was
 * checked: the first read that touches a leaf reads all of it from the medium and has it checked;
 * what was good once is read plainly afterwards. Never maps the file. Made for one connection, of
 * one thread. */
struct verify_vfs;

/* Opens the file (no symbolic link) and registers the layer under a name of its own. Takes the
 * proof, on failure too. ERR_CORRUPT: the file has not the size of the proof. */
enum err verify_vfs_create(const char *path, const struct edition_proof *take_proof,
                           struct verify_vfs **ret_vfs) MUST_USE;
/* After the connection was closed; NULL is fine. */
void verify_vfs_destroy(struct verify_vfs *v);
const char *verify_vfs_name(const struct verify_vfs *v); /* for sqlite3_open_v2 */

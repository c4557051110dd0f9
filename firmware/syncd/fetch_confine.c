/* What a fetcher gives up. Landlock (Linux 5.13) is used through its system calls: the C library
 * of Debian 12 has no wrappers for them. */
#include <fcntl.h>
#include <grp.h>
#include <linux/landlock.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "package/manifest.h"
#include "syncd/fetch_wire.h"

#define NOBODY 65534
#define DATA_BYTES (256ull << 20)
#define DESCRIPTORS 64
#define FILE_BYTES (PACKAGE_DB_MAX + (64ull << 20)) /* the descriptor it writes into */

#define ALL_FILE_RIGHTS                                                                            \
    (((uint64_t)LANDLOCK_ACCESS_FS_MAKE_SYM << 1) - 1) /* of the first version */

/* Reading below path stays allowed; a path that is not there is passed over. */
static void reading_allow(int ruleset, const char *path)
{
    struct landlock_path_beneath_attr rule = {
        .allowed_access = LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR,
        .parent_fd = open(path, O_PATH | O_CLOEXEC),
    };
    if (rule.parent_fd >= 0) {
        (void)syscall(SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH, &rule, 0);
        close(rule.parent_fd);
    }
}

/* Only the folders that looking up a name and TLS read; nothing can be written, made or run. */
static void files_confine(void)
{
    static const char *const readable[] = {
        "/etc", "/usr", "/lib", "/lib64", "/run/systemd/resolve", "/dev/urandom"};
    const struct landlock_ruleset_attr all = {.handled_access_fs = ALL_FILE_RIGHTS};
    int ruleset = (int)syscall(SYS_landlock_create_ruleset, &all, sizeof all, 0);
    if (ruleset < 0) {
        return; /* an older kernel */
    }
    for (size_t i = 0; i < sizeof readable / sizeof *readable; i++) {
        reading_allow(ruleset, readable[i]);
    }
    (void)syscall(SYS_landlock_restrict_self, ruleset, 0);
    close(ruleset);
}

static void limit(__rlimit_resource_t what, rlim_t value)
{
    const struct rlimit r = {value, value};
    (void)setrlimit(what, &r);
}

static void user_drop(void)
{
    if (geteuid() == 0 && (setgroups(0, NULL) != 0 || setresgid(NOBODY, NOBODY, NOBODY) != 0 ||
                           setresuid(NOBODY, NOBODY, NOBODY) != 0)) {
        return; /* a root without rights over users has none to lose */
    }
}

void fetch_confine(void)
{
    (void)clearenv(); /* no proxies, no certificate paths from outside */
    limit(RLIMIT_CORE, 0);
    limit(RLIMIT_NOFILE, DESCRIPTORS);
    limit(RLIMIT_FSIZE, FILE_BYTES);
#ifndef __SANITIZE_ADDRESS__
    limit(RLIMIT_DATA, DATA_BYTES);
#endif
    user_drop();
    (void)prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    files_confine();
    (void)prctl(PR_SET_PDEATHSIG, SIGKILL); /* changing the user took it back */
}

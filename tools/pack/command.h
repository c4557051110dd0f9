#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"

/* The commands of gongkai-pack. Each gets the arguments behind its name and returns the exit
 * status: 0 done, 1 it could not be done (the reason was written), 2 wrong usage. */
int command_new(int argc, char **argv);
int command_check(int argc, char **argv);
int command_build(int argc, char **argv);
int command_sign(int argc, char **argv);
int command_verify(int argc, char **argv);
int command_show(int argc, char **argv);
int command_diff(int argc, char **argv);
int command_keygen(int argc, char **argv);
int command_unpack(int argc, char **argv);
int command_rekey(int argc, char **argv);
int command_settings(int argc, char **argv);
int command_publish(int argc, char **argv);
int command_stick(int argc, char **argv);

#define EXIT_DONE 0
#define EXIT_FAILED 1
#define EXIT_USAGE 2

/* One long option (GNU style: --name VALUE, --name=VALUE), with a letter or 0. Exactly one of value
 * and flag is set. */
struct option_spec {
    const char *name;
    char letter;
    const char **value;
    bool *flag;
};

#define ARGS_MAX 64

struct command_line {
    const char *usage; /* whole help text */
    const struct option_spec *options;
    size_t option_count;
    size_t arg_count; /* required operands */
    size_t arg_most;  /* as many are taken; 0: arg_count */
    size_t given;     /* operands in args */
    const char *args[ARGS_MAX];
};

/* Reads the command line; true to go on. Otherwise *ret_exit is the exit status: help was written
 * (0), or a sentence about what is wrong (2). */
bool command_line_read(struct command_line *line, int argc, char **argv, int *ret_exit);

/* Writes "gongkai-pack: SENTENCE" to standard error; returns EXIT_FAILED. */
int command_fail(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* The sentence collected in *problem, or that of e when it is empty; finishes *problem. */
int command_fail_err(enum err e, struct buf *problem);
/* Usage error of an option's value. */
int command_usage(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* A whole number in [min, max]; false otherwise. text NULL leaves *ret as it is. */
bool command_number(const char *text, uint64_t min, uint64_t max, uint64_t *ret);

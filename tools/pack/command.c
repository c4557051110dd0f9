/* What all commands share: reading options, saying what went wrong. */
#include "pack/command.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static void say(const char *format, va_list args)
{
    (void)fputs("gongkai-pack: ", stderr);
    (void)vfprintf(stderr, format, args);
    (void)fputc('\n', stderr);
}

int command_fail(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    say(format, args);
    va_end(args);
    return EXIT_FAILED;
}

int command_usage(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    say(format, args);
    va_end(args);
    return EXIT_USAGE;
}

int command_fail_err(enum err e, struct buf *problem)
{
    struct slice s = slice_trim(buf_slice(problem));
    if (s.n != 0) {
        (void)command_fail("%.*s", (int)s.n, s.p);
    } else {
        (void)command_fail("%s", err_sentence(e));
    }
    buf_finish(problem);
    return EXIT_FAILED;
}

bool command_number(const char *text, uint64_t min, uint64_t max, uint64_t *ret)
{
    uint64_t v;
    if (text == NULL) {
        return true;
    }
    if (!slice_to_u64(slice_of(text), &v) || v < min || v > max) {
        return false;
    }
    *ret = v;
    return true;
}

static const struct option_spec *find_option(const struct command_line *line, struct slice word)
{
    for (size_t i = 0; i < line->option_count; i++) {
        const struct option_spec *o = &line->options[i];
        bool is_long = word.n > 2 && slice_eq_cstr(slice_sub(word, 2, word.n), o->name);
        bool is_short = word.n == 2 && o->letter != 0 && word.p[1] == o->letter;
        if ((slice_has_prefix(word, SLICE_LIT("--")) && is_long) || is_short) {
            return o;
        }
    }
    return NULL;
}

/* One option at argv[*at]; false after saying what is wrong. */
static bool read_option(struct command_line *line, int argc, char **argv, int *at)
{
    struct slice word = slice_of(argv[*at]);
    size_t equals = slice_find(word, SLICE_LIT("="), 0);
    struct slice name = slice_sub(word, 0, equals);
    const struct option_spec *o = find_option(line, name);
    if (o == NULL) {
        (void)command_usage("不认识选项“%.*s”；用 --help 查看用法", (int)name.n, name.p);
        return false;
    }
    if (o->flag != NULL) {
        *o->flag = true;
        if (equals != SIZE_MAX) {
            (void)command_usage("选项 --%s 不带值", o->name);
        }
        return equals == SIZE_MAX;
    }
    if (equals != SIZE_MAX) {
        *o->value = argv[*at] + equals + 1;
    } else if (*at + 1 < argc) {
        *o->value = argv[++*at];
    } else {
        (void)command_usage("选项 --%s 后面缺少值", o->name);
        return false;
    }
    return true;
}

bool command_line_read(struct command_line *line, int argc, char **argv, int *ret_exit)
{
    size_t n = 0;
    bool options_end = false;
    *ret_exit = EXIT_USAGE;
    for (int at = 0; at < argc; at++) {
        const char *word = argv[at];
        if (!options_end && (strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0)) {
            (void)fputs(line->usage, stdout);
            *ret_exit = EXIT_DONE;
            return false;
        }
        if (!options_end && strcmp(word, "--") == 0) {
            options_end = true;
        } else if (!options_end && word[0] == '-' && word[1] != '\0') {
            if (!read_option(line, argc, argv, &at)) {
                return false;
            }
        } else if (n < (line->arg_most > 0 ? line->arg_most : line->arg_count)) {
            line->args[n++] = word;
        } else {
            (void)command_usage("多余的参数“%s”；用 --help 查看用法", word);
            return false;
        }
    }
    if (n < line->arg_count) {
        (void)command_usage("缺少参数；用 --help 查看用法");
        return false;
    }
    line->given = n;
    *ret_exit = EXIT_DONE;
    return true;
}

#pragma once

/* Log lines of programs (never of library layers): one line to standard error,
 * "<6>gongkai-syncd: text" with the syslog priority prefix that journald understands. */
enum log_level { LOG_LEVEL_ERROR = 3, LOG_LEVEL_WARN = 4, LOG_LEVEL_INFO = 6, LOG_LEVEL_DEBUG = 7 };

/* Lines less important than max are dropped. Control characters in the text are written as '?'. */
struct log {
    const char *program;
    enum log_level max;
};

void log_line(const struct log *log, enum log_level level, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

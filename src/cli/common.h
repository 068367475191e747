/* What several commands share: their options, opening things, telling how it goes. */
#ifndef SINETTI_CLI_COMMON_H
#define SINETTI_CLI_COMMON_H

#include <getopt.h>

#include "assess/assess.h"
#include "cli/cli.h"
#include "reports/reports.h"

/* Options that assess and check have in common. */
struct common {
    const char *catalog, *preset, *task, *baseline, *now, *fail_on;
    enum lang lang;
    enum report_format format;
    bool has_format, quiet;
    /* by common_open(): */
    struct catalog *held_catalog;
    struct git *volatile git; /* read by signal handlers */
    struct assess_options o;
    int fails_on;  /* an enum priority, or PRIORITY_COUNT: never */
    bool is_wrong; /* common_open() failed by the value of an option */
};

/* Codes of long options; a command's own begin at OPTION_OWN. */
enum {
    OPTION_CATALOG = 256,
    OPTION_PRESET,
    OPTION_TASK,
    OPTION_BASELINE,
    OPTION_NOW,
    OPTION_FAIL_ON,
    OPTION_LANG,
    OPTION_FORMAT,
    OPTION_QUIET,
    OPTION_HELP,
    OPTION_OWN
};

/* Rows for a command's table of struct option. */
#define COMMON_OPTIONS                                                                                                 \
    {"catalog", required_argument, NULL, OPTION_CATALOG}, {"preset", required_argument, NULL, OPTION_PRESET},          \
        {"task", required_argument, NULL, OPTION_TASK}, {"baseline", required_argument, NULL, OPTION_BASELINE},        \
        {"now", required_argument, NULL, OPTION_NOW}, {"fail-on", required_argument, NULL, OPTION_FAIL_ON},            \
        {"lang", required_argument, NULL, OPTION_LANG}, {"format", required_argument, NULL, OPTION_FORMAT},            \
        {"quiet", no_argument, NULL, OPTION_QUIET},                                                                    \
    {                                                                                                                  \
        "help", no_argument, NULL, OPTION_HELP                                                                         \
    }

/* Lines of help for them, without the first that each command words for itself. */
#define COMMON_HELP                                                                                                    \
    "  --format FORMAT        of standard output: text, json, html, sarif, markdown\n"                                 \
    "  --fail-on PRIORITY     exit 1 when a must or adopted point of this priority or higher\n"                        \
    "                         is violated: critical, high, normal, low, never\n"                                       \
    "  --baseline FILE        known findings that are accepted for a while\n"                                          \
    "  --preset KEY           points the organization has adopted: page, small-team\n"                                 \
    "  --task KEY             only this task\n"                                                                        \
    "  --catalog DIR          another catalog than the built-in one\n"                                                 \
    "  --lang en|fi           language of the texts (en)\n"                                                            \
    "  --now TIME             the evaluation's clock (RFC 3339; the machine's)\n"                                      \
    "  --quiet                print nothing but errors\n"

/* Takes one option of the table. E_INVALID with what is wrong with its value. */
enum rc common_option(struct ctx *cx, struct common *c, int code, const char *value) MUST_CHECK;
/* The same of two options by themselves: --lang, and --format of what is told as text or JSON. */
enum rc common_lang(struct ctx *cx, const char *value, enum lang *out) MUST_CHECK;
enum rc common_json(struct ctx *cx, const char *value, bool *json) MUST_CHECK;
/* Reads a command's options, help included; `take` gets each other one with its value. -1: all were fine, operands
 * begin at optind; else the command's exit code, the reason told. */
typedef enum rc common_take(struct ctx *cx, void *arguments, int code, const char *value);
int common_parse(struct ctx *cx, int argc, char **argv, const struct option *table, const char *help, common_take *take,
                 void *arguments);

/* Opens the catalog and fills c->o: catalog, preset, task, now, lang, baseline. c->fails_on is `otherwise` when the
 * option is not given. */
enum rc common_prepare(struct ctx *cx, struct common *c, int otherwise) MUST_CHECK;
/* That, and opens the repository: c->git, c->o.path. While it is open, signals that end the process remove its private
 * folder. */
enum rc common_open(struct ctx *cx, struct common *c, const char *path, int otherwise) MUST_CHECK;
/* The repository alone, after common_prepare(). */
enum rc common_open_git(struct ctx *cx, struct common *c, const char *path) MUST_CHECK;
void common_close(struct common *c);

/* Shows progress on standard error when it is a terminal; common_progress_end() clears the line. */
void common_progress(struct ctx *cx);
void common_progress_end(void);

/* Colours and width of standard output: colours on a terminal without NO_COLOR. */
struct report_style common_style(void);

/* Writes to standard output. E_IO when it cannot. */
enum rc common_print(struct ctx *cx, struct str text) MUST_CHECK;

/* After common_open() failed: common_wrong() when an option's value was the reason, else common_failed(). */
int common_not_opened(struct ctx *cx, const struct common *c, enum rc rc, const char *command);
/* "sinetti: message" and the exit code of the error. */
int common_failed(struct ctx *cx, enum rc rc);
/* "sinetti: message", where help is to be found, and the code for wrong usage. */
int common_wrong(struct ctx *cx, const char *command);

#endif

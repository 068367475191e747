/* sinetti door: the way in over SSH, a forced command for each key; sinetti authorized-keys: what sshd asks for them.
 */
#include "gates/door.h"
#include "base/texts_fi.h"
#include "cli/common.h"
#include "cli/data.h"
#include "cli/review.h"
#include "facts/facts.h"
#include "gates/gate_wire.h"
#include "identity/keys.h"
#include "identity/rights.h"
#include "store/store.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define WORDS_MOST 600

static const char keys_help[] =
    "usage: sinetti authorized-keys TYPE KEY [OPTIONS]\n"
    "Prints the line of authorized_keys for one key, if it is somebody's here. sshd_config:\n\n"
    "  AuthorizedKeysCommand /usr/local/bin/sinetti authorized-keys --data /var/lib/sinetti %t %k\n"
    "  AuthorizedKeysCommandUser sinetti\n\n"
    "  --data DIR     the data folder ($SINETTI_DATA, else /var/lib/sinetti)\n"
    "exit codes: 0 fine, the key being anybody's or not; 2 wrong usage, 3 unreadable, 4 internal fault\n";

static const char door_help[] = "usage: sinetti door --key FINGERPRINT [OPTIONS]\n"
                                "The forced command of a key: lets git clone, fetch and push what its person may. "
                                "`sinetti authorized-keys` writes it;\n"
                                "nobody calls it by hand.\n\n"
                                "  --data DIR     the data folder ($SINETTI_DATA, else /var/lib/sinetti)\n"
                                "  --key DIGITS   the key's fingerprint, 64 hexadecimal digits\n"
                                "exit codes: those of git; 1 refused, 2 wrong usage, 3 unreadable, 4 internal fault\n";

enum { OPTION_DATA = OPTION_OWN, OPTION_KEY };

static const struct option keys_table[] = {
    {"data", required_argument, NULL, OPTION_DATA}, {"help", no_argument, NULL, OPTION_HELP}, {0}};
static const struct option door_table[] = {{"data", required_argument, NULL, OPTION_DATA},
                                           {"key", required_argument, NULL, OPTION_KEY},
                                           {"help", no_argument, NULL, OPTION_HELP},
                                           {0}};

struct arguments {
    struct data data;
    const char *key;
};

static enum rc take(struct ctx *cx, void *arguments, int code, const char *value)
{
    struct arguments *a = arguments;
    (void)cx;
    if (code == OPTION_DATA) a->data.dir = value;
    if (code == OPTION_KEY) a->key = value;
    return OK;
}

static enum rc open_folder(struct ctx *cx, struct arguments *a)
{
    struct catalog *c;
    TRY(catalog_builtin(cx, &c));
    enum rc rc = data_open_tables(cx, &a->data, c);
    catalog_free(c);
    return rc;
}

/* --- authorized-keys */

static bool is_plain(const char *path)
{
    for (const char *p = path; *p; p++)
        if (!strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/._-+@", *p)) return false;
    return *path == '/';
}

static enum rc print_line(struct ctx *cx, struct arguments *a, const char *type, const char *text)
{
    struct key key;
    struct str person;
    char program[PATH_MAX], folder[PATH_MAX];
    TRY(open_folder(cx, a));
    if (key_read(cx, arena_printf(&cx->arena, "%s %s", type, text), &key) != OK) return OK; /* of no kind taken here */
    TRY(identity_of_key(cx, log_reader_db(a->data.reader), str_from(key.fingerprint), &person));
    if (!person.p) return OK;
    ssize_t n = readlink("/proc/self/exe", program, sizeof program - 1);
    if (n <= 0 || !realpath(a->data.dir, folder)) return fail(cx, E_IO, "a path cannot be told: %s", strerror(errno));
    program[n] = '\0';
    /* the small one beside this asks the server that runs */
    const char *small = arena_printf(&cx->arena, "%s-hook", program).p;
    if (!is_plain(program) || !is_plain(folder))
        return fail(cx, E_INVALID, "the program's or the data folder's path has signs that sshd would read otherwise");
    printf("restrict,command=\"%s door --data %s --key %s\" " STR_FMT "\n", access(small, X_OK) == 0 ? small : program,
           folder, key.fingerprint, STR_ARG(key.public));
    return OK;
}

int cli_authorized_keys(int argc, char **argv)
{
    struct arguments a = {0};
    struct ctx cx;
    ctx_init(&cx);
    int out = common_parse(&cx, argc, argv, keys_table, keys_help, take, &a);
    if (out < 0 && argc - optind != 2) {
        (void)fail(&cx, E_INVALID, "a key's type and its text are expected");
        out = common_wrong(&cx, "authorized-keys");
    }
    if (out < 0) {
        enum rc rc = print_line(&cx, &a, argv[optind], argv[optind + 1]);
        out = rc == OK ? EXIT_FINE : common_failed(&cx, rc);
        data_close(&a.data);
    }
    ctx_release(&cx);
    return out;
}

/* --- door */

static enum lang language(void)
{
    return door_language(getenv("LANG"));
}

/* `review …`, as somebody types it behind ssh's host name. */
static enum rc review(struct ctx *cx, struct arguments *a, struct str said)
{
    struct str words[REVIEW_WORDS], person;
    struct review_asked asked;
    size_t n = 0;
    struct catalog *c;
    struct facts *f = NULL;
    const struct facts_options o = {0};
    said = str_slice(said, sizeof "review " - 1, said.n);
    while (said.p && n < REVIEW_WORDS) {
        if (n == REVIEW_WORDS - 1)
            words[n] = str_trim(said), said = STR_NONE;
        else
            (void)str_cut(&said, ' ', &words[n]);
        if (words[n].n) n++;
    }
    TRY(review_take_words(cx, words, n, &asked));
    TRY(open_folder(cx, a));
    TRY(identity_of_key(cx, log_reader_db(a->data.reader), str_from(a->key), &person));
    if (!person.p) return fail(cx, E_DENIED, "this key is nobody's here");
    const struct gate_caller by = {.person = person, .credential = str_from(a->key), .lang = language()};
    TRY(catalog_builtin(cx, &c));
    enum rc rc = facts_open(cx, a->data.dir, c, &o, &f);
    if (rc == OK) rc = review_run(cx, f, a->data.dir, &by, &asked);
    facts_close(f);
    catalog_free(c);
    return rc;
}

static enum rc enter(struct ctx *cx, struct arguments *a)
{
    const struct door_call call = {a->data.dir, a->key, getenv("SSH_ORIGINAL_COMMAND"), getenv("LANG"),
                                   getenv("GIT_PROTOCOL")};
    struct door door;
    char folder[PATH_MAX];
    if (call.command && str_starts(str_from(call.command), STR("review ")))
        return review(cx, a, str_from(call.command));
    TRY(open_folder(cx, a));
    if (!realpath(a->data.dir, folder)) return fail(cx, E_IO, "the data folder is not there: %s", strerror(errno));
    TRY(door_by_key(cx, log_reader_db(a->data.reader), folder, &call, &door));
    const char *const *env = door_environment(cx, &door, str_from(call.protocol));
    data_close(&a->data);
    const char *const argv[] = {"git", door_service(&door), door.place.path, NULL};
    (void)execvpe("git", (char *const *)(uintptr_t)argv, (char *const *)(uintptr_t)env);
    return fail(cx, E_IO, "git does not start: %s", strerror(errno));
}

int cli_door(int argc, char **argv)
{
    struct arguments a = {0};
    struct ctx cx;
    store_leave_small_logs();
    ctx_init(&cx);
    int out = common_parse(&cx, argc, argv, door_table, door_help, take, &a);
    if (out < 0 && (argc > optind || !a.key || strlen(a.key) != 64)) {
        (void)fail(&cx, E_INVALID, "--key with a fingerprint of 64 digits is expected, and nothing else");
        out = common_wrong(&cx, "door");
    }
    if (out < 0) {
        enum rc rc = enter(&cx, &a);
        if (rc != OK && language() == LANG_FI) (void)fail(&cx, rc, "%s", text_fi(&cx, cx.message));
        out = rc == OK ? EXIT_FINE : common_failed(&cx, rc);
        data_close(&a.data);
    }
    ctx_release(&cx);
    return out;
}

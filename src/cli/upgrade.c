/* sinetti upgrade: a data folder made by an older version, brought to this one. */
#include "base/time.h"
#include "cli/common.h"
#include "cli/data.h"
#include "facts/facts.h"
#include "facts/fsck.h"
#include "ledger/backup.h"
#include "ledger/log_check.h"
#include "serve/folder.h"
#include "standing/standing.h"
#include "store/config.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

static const char help[] =
    "usage: sinetti upgrade [OPTIONS]\n"
    "Brings a data folder to this version of the program, while no server uses it: copies the audit log and state.db\n"
    "into DIR/backups, changes the tables of state.db, makes those of the facts and derived.db anew where their\n"
    "definition has changed, and compares all of it with the log's entries. A folder that a newer version has used is\n"
    "refused: there is no way back but the copies. Done again, it goes on where it was; when nothing is to do, it says "
    "so.\n\n"
    "  --data DIR      the data folder ($SINETTI_DATA, else /var/lib/sinetti)\n"
    "  --catalog DIR   another catalog than the built-in one\n"
    "exit codes: 0 fine, 1 something is wrong with the folder, 2 wrong usage, 3 refused or unreadable, 4 internal "
    "fault\n";

enum { OPTION_DATA = OPTION_OWN };

static const struct option table[] = {{"data", required_argument, NULL, OPTION_DATA},
                                      {"catalog", required_argument, NULL, OPTION_CATALOG},
                                      {"help", no_argument, NULL, OPTION_HELP},
                                      {0}};

struct arguments {
    struct data data;
    const char *catalog;
};

static enum rc take(struct ctx *cx, void *arguments, int code, const char *value)
{
    struct arguments *a = arguments;
    (void)cx;
    if (code == OPTION_DATA) a->data.dir = value;
    if (code == OPTION_CATALOG) a->catalog = value;
    return OK;
}

/* Before anything is touched: nothing here is newer than this program. */
static enum rc judge(struct ctx *cx, const char *dir, bool *has_state)
{
    struct config config;
    TRY(config_read(cx, dir, &config));
    enum rc rc = folder_check(cx, dir);
    *has_state = rc != E_NOTFOUND;
    return rc == E_CONFLICT || rc == E_NOTFOUND ? OK : rc;
}

static enum rc back_up(struct ctx *cx, const char *dir, bool has_state)
{
    char at[32];
    struct log_reader *reader;
    const char *folder = arena_printf(&cx->arena, "%s/backups", dir).p;
    if (mkdir(folder, 0700) != 0 && errno != EEXIST)
        return fail(cx, E_IO, "%s: cannot make the folder: %s", str_visible(cx, str_from(folder)), strerror(errno));
    const char *stem = arena_printf(&cx->arena, "%s/%s", folder, time_format(time_now(), at)).p;
    TRY(log_reader_open(cx, dir, &reader));
    enum rc rc = log_backup(cx, reader, arena_printf(&cx->arena, "%s-ledger", stem).p);
    log_reader_close(reader);
    TRY(rc);
    if (has_state) TRY(folder_copy_state(cx, dir, arena_printf(&cx->arena, "%s-state.db", stem).p));
    printf("backup: %s-ledger%s\n", stem, has_state ? " and -state.db" : "");
    return OK;
}

static enum rc change(struct ctx *cx, const char *dir, const struct catalog *c)
{
    struct facts *f;
    struct keeper *k;
    struct refreshed done = {0};
    const struct facts_options o = {.clock_is_right = true};
    const struct keeper_options ko = {.catalog = c};
    TRY(folder_migrate(cx, dir));
    printf("state.db: its tables are this version's\n");
    TRY(facts_open(cx, dir, c, &o, &f));
    facts_close(f);
    printf("ledger.db: the tables of the facts are this version's\n");
    TRY(keeper_open(cx, dir, &ko, &k));
    enum rc rc = keeper_rebuild(cx, k, time_now(), &done);
    keeper_close(k);
    if (rc == OK) printf("derived.db: made anew of %" PRIu64 " facts\n", done.facts);
    return rc;
}

static void show(void *arg, const char *what)
{
    (void)arg;
    scoped_buf line;
    buf_init(&line, 0);
    buf_visible(&line, str_from(what));
    printf("  " STR_FMT "\n", STR_ARG(buf_view(&line)));
}

static enum rc compare(struct ctx *cx, const char *dir, const struct catalog *c, uint64_t *problems)
{
    struct log_reader *reader;
    struct log_check l = {.found = show};
    struct facts_fsck f = {.found = show};
    TRY(log_reader_open(cx, dir, &reader));
    enum rc rc = log_check(cx, reader, &l);
    if (rc == OK && !l.problems) rc = facts_fsck(cx, reader, c, &f);
    log_reader_close(reader);
    *problems = l.problems + f.problems;
    if (rc == OK)
        printf("verified: %" PRIu64 " entries, %" PRIu64 " problem%s\n", l.entries, *problems,
               *problems == 1 ? "" : "s");
    return rc;
}

static enum rc upgrade(struct ctx *cx, const char *dir, const struct catalog *c, uint64_t *problems)
{
    bool has_state;
    int lock;
    TRY(judge(cx, dir, &has_state));
    TRY(folder_lock(cx, dir, &lock));
    enum rc rc = back_up(cx, dir, has_state);
    if (rc == OK) rc = change(cx, dir, c);
    if (rc == OK) rc = compare(cx, dir, c, problems);
    close(lock);
    return rc;
}

int cli_upgrade(int argc, char **argv)
{
    struct arguments a = {0};
    struct catalog *c = NULL;
    uint64_t problems = 0;
    struct ctx cx;
    ctx_init(&cx);
    int out = common_parse(&cx, argc, argv, table, help, take, &a);
    if (out < 0 && argc > optind) {
        (void)fail(&cx, E_INVALID, "upgrade takes options only");
        out = common_wrong(&cx, "upgrade");
    }
    if (out < 0) {
        data_find(&cx, &a.data);
        enum rc rc = a.catalog ? catalog_load(&cx, a.catalog, &c) : catalog_builtin(&cx, &c);
        if (rc == OK) rc = upgrade(&cx, a.data.dir, c, &problems);
        out = rc != OK ? common_failed(&cx, rc) : problems ? EXIT_FAULTS : EXIT_FINE;
        catalog_free(c);
    }
    ctx_release(&cx);
    return out;
}

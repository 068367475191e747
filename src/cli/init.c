/* sinetti init: a new data folder, with an empty ledger and the catalog in use as its first fact. */
#include "cli/common.h"
#include "cli/data.h"
#include "facts/facts.h"
#include "ledger/log_tables.h"
#include "ledger/shared.h"
#include "ledger/signer.h"
#include "store/config.h"
#include "store/store.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

static const char help[] =
    "usage: sinetti init --origin NAME [OPTIONS]\n"
    "Makes a data folder with an empty ledger. NAME is the ledger's for ever: a host and path of the\n"
    "organization's, like sinetti.example.org/acme.\n\n"
    "  --data DIR      the data folder ($SINETTI_DATA, else /var/lib/sinetti); made when it is not there\n"
    "  --signer DIR    the folder of the signer, which holds the key and must be in no backup of the data\n"
    "                  ($SINETTI_SIGNER, else the data folder's name with .signer); made\n"
    "  --log URL       keep the log in PostgreSQL, for several servers: postgresql://USER@HOST:PORT/DATABASE, with no\n"
    "                  password (that is ~/.pgpass's). A ledger of that name which is there already is joined; its\n"
    "                  signer stays where it is. A synchronous standby is asked for\n"
    "  --single-node   do without the standby: facts can be lost with the disk of PostgreSQL\n"
    "  --catalog DIR   another catalog than the built-in one\n"
    "exit codes: 0 fine, 2 wrong usage, 3 refused or unreadable, 4 internal fault\n";

enum { OPTION_ORIGIN = OPTION_OWN, OPTION_DATA, OPTION_SIGNER, OPTION_LOG, OPTION_SINGLE_NODE };

static const struct option table[] = {
    {"origin", required_argument, NULL, OPTION_ORIGIN}, {"data", required_argument, NULL, OPTION_DATA},
    {"signer", required_argument, NULL, OPTION_SIGNER}, {"catalog", required_argument, NULL, OPTION_CATALOG},
    {"log", required_argument, NULL, OPTION_LOG},       {"single-node", no_argument, NULL, OPTION_SINGLE_NODE},
    {"help", no_argument, NULL, OPTION_HELP},           {0}};

struct arguments {
    const char *origin, *catalog;
    struct config config;
    bool joined; /* the ledger was there already, in PostgreSQL */
    struct data data;
};

/* The folder and those above it, for their owner alone. */
static enum rc make_folder(struct ctx *cx, const char *dir)
{
    char *path = arena_cstr(&cx->arena, str_from(dir));
    for (char *p = path + 1;; p++) {
        if (*p && *p != '/') continue;
        char end = *p;
        *p = 0;
        if (mkdir(path, 0700) != 0 && errno != EEXIST)
            return fail(cx, E_IO, "%s: cannot make the folder: %s", str_visible(cx, str_from(path)), strerror(errno));
        *p = end;
        if (!end) return OK;
    }
}

static enum rc look(struct ctx *cx, struct log_tx *tx, void *size)
{
    (void)cx;
    *(uint64_t *)size = log_size(tx);
    return OK;
}

/* The first fact: which catalog and program it begins with. */
static enum rc begin(struct ctx *cx, const char *dir, const struct catalog *c)
{
    struct facts *f;
    struct facts_answer a;
    const struct facts_options o = {0};
    const struct body b = {
        .actor = STR("system"),
        .credential = STR(""),
        .kind = STR("catalog"),
        .subject = STR("org"),
        .via = STR("operator"),
        .payload = arena_printf(&cx->arena, "{\"digest\":\"%s\",\"program\":\"%s\"}", c->digest, SINETTI_VERSION)};
    TRY(facts_open(cx, dir, c, &o, &f));
    const struct facts_request r = {.facts = &b, .n = 1};
    uint64_t size = 0;
    enum rc rc = log_submit(cx, facts_log(f), look, &size);
    if (rc == OK && size == 0) rc = facts_append(cx, f, &r, &a);
    facts_close(f);
    return rc;
}

/* The log that this very init has made goes again, so that it can be asked once more: nobody has seen it, and nothing
 * of it was signed. Whoever else would make one here waits for nothing and is refused (hold()). */
static void unmake(struct ctx *cx, const char *dir, bool made_log, bool made_config)
{
    const char *path = log_path(cx, dir);
    static const char *const ends[] = {"", "-wal", "-shm"};
    for (size_t i = 0; made_log && i < sizeof ends / sizeof *ends; i++)
        (void)unlink(arena_printf(&cx->arena, "%s%s", path, ends[i]).p);
    if (made_config) (void)unlink(arena_printf(&cx->arena, "%s/config", dir).p);
}

/* Of a folder that is there, and a log that is this machine's alone. Settings that somebody wrote down before stay. */
static enum rc fill(struct ctx *cx, struct arguments *a, const struct catalog *c)
{
    struct stat st;
    struct config before;
    struct str origin = str_from(a->origin);
    const char *dir = a->data.dir;
    bool is_set = lstat(arena_printf(&cx->arena, "%s/config", dir).p, &st) == 0, made_log = false;
    if (is_set) TRY(config_read(cx, dir, &before));
    if (is_set && config_log_is_shared(&before))
        return fail(cx, E_CONFLICT, "%s/config says that the log is in PostgreSQL: give --log, or take the file away",
                    str_visible(cx, str_from(dir)));
    if (!is_set) TRY(config_write(cx, dir, &a->config));
    enum rc rc = log_create(cx, dir, origin);
    made_log = rc == OK;
    if (rc == OK) rc = begin(cx, dir, c);
    if (rc == OK) rc = signer_create(cx, a->data.signer_dir, origin);
    if (rc != OK) unmake(cx, dir, made_log, !is_set);
    return rc;
}

/* One init at a time in a folder: the lock ends with the process. */
static enum rc hold(struct ctx *cx, const char *dir)
{
    const char *shown = str_visible(cx, str_from(dir));
    int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0) return fail(cx, E_IO, "%s: cannot open the folder: %s", shown, strerror(errno));
    if (flock(fd, LOCK_EX | LOCK_NB) == 0) return OK;
    int failure = errno;
    close(fd);
    return failure == EWOULDBLOCK ? fail(cx, E_BUSY, "%s: another init is at work here", shown)
                                  : fail(cx, E_IO, "%s: %s", shown, strerror(failure));
}

/* Both folders are new or empty, or nothing is made: what is there is somebody's. */
static enum rc make(struct ctx *cx, struct arguments *a, const struct catalog *c)
{
    struct stat st;
    const char *dir = a->data.dir, *signer = a->data.signer_dir;
    if (lstat(arena_printf(&cx->arena, "%s/ledger.db", dir).p, &st) == 0)
        return fail(cx, E_CONFLICT, "%s: there is a ledger already; nothing was changed",
                    str_visible(cx, str_from(dir)));
    bool is_shared = config_log_is_shared(&a->config); /* another copy of a ledger may be made beside its signer */
    if (!is_shared && lstat(arena_printf(&cx->arena, "%s/key", signer).p, &st) == 0)
        return fail(cx, E_CONFLICT, "%s: a signer is there already; nothing was changed",
                    str_visible(cx, str_from(signer)));
    TRY(make_folder(cx, dir));
    TRY(store_check_user(cx, dir));
    TRY(hold(cx, dir));
    if (lstat(log_path(cx, dir), &st) == 0)
        return fail(cx, E_CONFLICT, "%s: there is a ledger already; nothing was changed",
                    str_visible(cx, str_from(dir)));
    if (!is_shared) return fill(cx, a, c);
    const struct shared_place place = {.url = a->config.log, .single_node = a->config.single_node};
    TRY(shared_create(cx, &place, str_from(a->origin), &a->joined));
    /* first: a ledger.db without it would be taken for the log itself */
    TRY(config_write(cx, dir, &a->config));
    TRY(log_create(cx, dir, str_from(a->origin)));
    if (!a->joined) TRY(signer_create(cx, signer, str_from(a->origin)));
    return begin(cx, dir, c);
}

static enum rc tell(struct ctx *cx, const struct arguments *a)
{
    struct signer *s;
    scoped_buf key;
    buf_init(&key, 0);
    if (a->joined) {
        printf("%s: a copy of the ledger named %s, which is in PostgreSQL already\n",
               str_visible(cx, str_from(a->data.dir)), a->origin);
        return OK;
    }
    TRY(signer_open(cx, a->data.signer_dir, &s));
    note_key_put(&key, signer_key(s));
    signer_close(s);
    printf("%s: a ledger named %s\n%s: its signer; keep it out of the data's backups\n"
           "Who reads the ledger checks it with this key:\n" STR_FMT "\n",
           str_visible(cx, str_from(a->data.dir)), a->origin, str_visible(cx, str_from(a->data.signer_dir)),
           STR_ARG(buf_view(&key)));
    return OK;
}

static enum rc init(struct ctx *cx, struct arguments *a)
{
    struct catalog *c;
    data_find(cx, &a->data);
    TRY(a->catalog ? catalog_load(cx, a->catalog, &c) : catalog_builtin(cx, &c));
    enum rc rc = make(cx, a, c);
    catalog_free(c);
    return rc == OK ? tell(cx, a) : rc;
}

static enum rc take(struct ctx *cx, void *arguments, int code, const char *value)
{
    struct arguments *a = arguments;
    (void)cx;
    if (code == OPTION_ORIGIN) a->origin = value;
    if (code == OPTION_DATA) a->data.dir = value;
    if (code == OPTION_SIGNER) a->data.signer_dir = value;
    if (code == OPTION_CATALOG) a->catalog = value;
    if (code == OPTION_LOG) a->config.log = str_from(value);
    if (code == OPTION_SINGLE_NODE) a->config.single_node = true;
    return OK;
}

int cli_init(int argc, char **argv)
{
    struct arguments a = {.config = {.format = CONFIG_FORMAT, .log = STR("sqlite")}};
    struct ctx cx;
    ctx_init(&cx);
    int out = common_parse(&cx, argc, argv, table, help, take, &a);
    if (out < 0 && (!a.origin || argc > optind)) {
        (void)fail(&cx, E_INVALID, a.origin ? "init takes options only" : "init needs --origin");
        out = common_wrong(&cx, "init");
    }
    if (out < 0 && config_log_is_shared(&a.config) != !str_eq(a.config.log, STR("sqlite"))) {
        (void)fail(&cx, E_INVALID, "--log is postgresql://…");
        out = common_wrong(&cx, "init");
    }
    if (out < 0 && a.config.single_node && !config_log_is_shared(&a.config)) {
        (void)fail(&cx, E_INVALID, "--single-node is of a log on PostgreSQL: give --log too");
        out = common_wrong(&cx, "init");
    }
    if (out < 0) {
        enum rc rc = init(&cx, &a);
        out = rc == OK ? EXIT_FINE : common_failed(&cx, rc);
    }
    ctx_release(&cx);
    return out;
}

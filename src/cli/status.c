/* sinetti status: where the organization stands, today or on a past day, by what was recorded; and what the present
 * rules would say of the same. */
#include "assess/record.h"
#include "base/file.h"
#include "base/limits.h"
#include "base/time.h"
#include "cli/common.h"
#include "cli/data.h"
#include "cli/remote_rows.h"
#include "ledger/log_reader.h"
#include "store/store.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define MOST_REPOSITORIES 256

static const char help[] =
    "usage: sinetti status [OPTIONS]\n"
    "Tells where the organization stands on each task, by the verdicts recorded with `sinetti assess "
    "--data`.\n\n" DATA_HELP "  --at DATE              as it was recorded then: a date counts to its end\n"
    "  --recompute            judge again what was looked at, with the present catalog, and show what differs\n"
    "  --repo DIR             a repository to judge again; may be repeated\n"
    "  --record               keep the outcome as the organization's verdicts of the day\n"
    "  --format text|json     of standard output\n"
    "  --preset KEY           points the organization has adopted, where no fact says so\n"
    "  --catalog DIR          another catalog than the built-in one\n"
    "  --lang en|fi           language of the texts (en)\n"
    "  --now TIME             the evaluation's clock (RFC 3339; the machine's)\n"
    "Of a server, as it stands now:\n" REMOTE_HELP
    "exit codes: 0 fine, 1 --recompute found differences, 2 wrong usage, 3 the input cannot be read, 4 internal "
    "fault\n";

enum { OPTION_DATA = OPTION_OWN, OPTION_SIGNER, OPTION_AT, OPTION_RECOMPUTE, OPTION_REPO, OPTION_RECORD };

static const struct option table[] = {COMMON_OPTIONS,
                                      {"data", required_argument, NULL, OPTION_DATA},
                                      {"signer", required_argument, NULL, OPTION_SIGNER},
                                      {"at", required_argument, NULL, OPTION_AT},
                                      {"recompute", no_argument, NULL, OPTION_RECOMPUTE},
                                      {"repo", required_argument, NULL, OPTION_REPO},
                                      {"record", no_argument, NULL, OPTION_RECORD},
                                      REMOTE_TABLE,
                                      {0}};

struct arguments {
    struct common c;
    struct data data;
    const char *at;
    const char *repos[MOST_REPOSITORIES];
    size_t n_repos;
    bool recompute, record;
    struct remote remote;
    bool by_server;
};

static enum rc take(struct ctx *cx, void *arguments, int code, const char *value)
{
    struct arguments *a = arguments;
    switch (code) {
    case OPTION_DATA:
        a->data.dir = value;
        return OK;
    case OPTION_SIGNER:
        a->data.signer_dir = value;
        return OK;
    case OPTION_AT:
        a->at = value;
        return OK;
    case OPTION_RECOMPUTE:
        a->recompute = true;
        return OK;
    case OPTION_RECORD:
        a->record = true;
        return OK;
    case OPTION_REPO:
        if (a->n_repos == MOST_REPOSITORIES) return fail(cx, E_LIMIT, "at most %d repositories", MOST_REPOSITORIES);
        a->repos[a->n_repos++] = value;
        return OK;
    case OPTION_SERVER:
    case OPTION_TOKEN_FILE:
    case OPTION_CA:
        a->by_server = true;
        return remote_option(cx, &a->remote, code, value);
    default:
        return common_option(cx, &a->c, code, value);
    }
}

static enum rc check_options(struct ctx *cx, const struct arguments *a)
{
    if (a->c.has_format && a->c.format != REPORT_TEXT && a->c.format != REPORT_JSON)
        return fail(cx, E_INVALID, "--format is text or json");
    if (a->by_server && (a->data.dir || a->at || a->recompute || a->record))
        return fail(cx, E_INVALID,
                    "of a server the present standing is told, without --data, --at, --recompute and --record");
    if (a->record && a->at) return fail(cx, E_INVALID, "--record keeps what is so today; --at looks back");
    if (a->n_repos && !a->recompute) return fail(cx, E_INVALID, "--repo goes with --recompute");
    if (a->recompute && !a->n_repos)
        return fail(cx, E_INVALID, "--recompute needs the repositories: name each with --repo DIR");
    return OK;
}

/* "2026-06-30" means the end of that day. */
static enum rc parse_at(struct ctx *cx, const char *value, int64_t now, int64_t *at)
{
    struct str s = str_from(value);
    *at = now;
    if (!value) return OK;
    if (time_parse(s, at) != OK)
        return fail(cx, E_INVALID, "--at: \"%s\" is no date like 2026-06-30", str_visible(cx, s));
    if (!memchr(s.p, 'T', s.n) && !memchr(s.p, 't', s.n)) *at += DAY_SECONDS - 1;
    return *at > now ? fail(cx, E_INVALID, "--at lies in the future") : OK;
}

/* Tables as they were: the facts up to then, replayed into a file of our own that is gone when it is closed. */
static enum rc open_past(struct ctx *cx, const struct arguments *a, int64_t at, sqlite3 **db)
{
    char *dir = file_temporary(cx, "status");
    struct facts_replayed replayed;
    if (!mkdtemp(dir)) return fail(cx, E_IO, "%s: cannot make a folder there: %s", dir, strerror(errno));
    const char *file = arena_printf(&cx->arena, "%s/facts.db", dir).p;
    enum rc rc = facts_replay(cx, a->data.dir, a->c.held_catalog, at * 1000000 + 999999, file, &replayed);
    /* immutable: it is never looked for by its name again */
    const char *uri = arena_printf(&cx->arena, "file:%s?immutable=1", file).p;
    const int flags = SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_URI;
    if (rc == OK && (sqlite3_open_v2(uri, db, flags, NULL) != SQLITE_OK ||
                     sqlite3_exec(*db, "SELECT count(*) FROM sqlite_schema", NULL, NULL, NULL) != SQLITE_OK)) {
        rc = fail(cx, E_IO, "%s: cannot read what was replayed: %s", file, sqlite3_errmsg(*db));
        sqlite3_close(*db);
        *db = NULL;
    }
    (void)unlink(file);
    (void)rmdir(dir);
    return rc;
}

struct comparing {
    struct ctx *cx;
    struct arguments *a;
    sqlite3 *db;
    int64_t at;
    size_t differences, judged, without;
};

/* One row: head, since, until of the assessment behind the verdicts. */
static enum rc find_assessment(struct comparing *c, const struct standing_repository *r, struct str *head,
                               int64_t *since, int64_t *until)
{
    scoped_stmt *st = NULL;
    bool row;
    TRY(store_prepare(
        c->cx, c->db,
        STR("SELECT head, since, until FROM fact_assessment WHERE subject = ?1 AND n < ?2 ORDER BY n DESC LIMIT 1"),
        &st));
    store_bind_str(st, 1, r->subject);
    store_bind_int(st, 2, r->verdicts);
    TRY(store_step(c->cx, st, &row));
    if (!row)
        return fail(c->cx, E_NOTFOUND, "%s: the assessment behind its verdicts is missing",
                    str_visible(c->cx, r->name));
    *head = arena_str(&c->cx->arena, store_column_str(st, 0));
    *since = sqlite3_column_int64(st, 1);
    *until = sqlite3_column_int64(st, 2);
    return OK;
}

static enum rc compare(struct comparing *c, const struct standing_repository *r, const struct assessment *now)
{
    scoped_stmt *st = NULL;
    TRY(store_prepare(c->cx, c->db, STR("SELECT verdict FROM fact_verdicts_points WHERE n = ?1 AND obligation = ?2"),
                      &st));
    for (size_t i = 0; i < now->n_tasks; i++)
        for (size_t k = 0; k < now->tasks[i].n_obligations; k++) {
            const struct obligation_result *o = &now->tasks[i].obligations[k];
            struct str name =
                arena_printf(&c->cx->arena, STR_FMT "/" STR_FMT, STR_ARG(o->def->task), STR_ARG(o->def->key));
            bool row;
            store_bind_int(st, 1, r->verdicts);
            store_bind_str(st, 2, name);
            TRY(store_step(c->cx, st, &row));
            struct str was = row ? store_column_str(st, 0) : STR("not there");
            if (!str_eq(was, str_from(verdict_name(o->verdict)))) {
                printf("%s  " STR_FMT ": recorded " STR_FMT ", recomputed %s\n", str_visible(c->cx, r->name),
                       STR_ARG(name), STR_ARG(was), verdict_name(o->verdict));
                c->differences++;
            }
            sqlite3_reset(st);
        }
    return OK;
}

/* The repository among those named that has the commit. */
static enum rc judge_there(struct comparing *c, const struct standing_repository *r, struct str head,
                           struct assess_options *o)
{
    for (size_t i = 0; i < c->a->n_repos; i++) {
        struct git *g;
        struct str oid;
        o->path = str_from(c->a->repos[i]);
        TRY(git_open(c->cx, c->a->repos[i], &g));
        bool has = git_resolve(c->cx, g, head, &oid) == OK;
        struct assessment now;
        enum rc rc = has ? assess_repository(c->cx, g, o, &now) : OK;
        git_close(g);
        if (rc == OK && has) rc = compare(c, r, &now);
        if (has) c->judged++;
        if (has || rc != OK) return rc;
    }
    printf("%s  none of the repositories named has its commit " STR_FMT "\n", str_visible(c->cx, r->name),
           STR_ARG(str_slice(head, 0, 12)));
    c->without++;
    return OK;
}

static enum rc judge_again(struct comparing *c, const struct standing_repository *r)
{
    struct str head;
    struct assess_options o = c->a->c.o;
    struct own *own;
    sqlite3 *past = NULL;
    TRY(find_assessment(c, r, &head, &o.since, &o.now));
    TRY(rules_own_read(c->cx, c->db, o.now, r->subject, &own));
    o.rev = head;
    o.own = own;
    o.repository = r->subject;
    if (assess_reads_registers(c->cx, &o)) TRY(open_past(c->cx, c->a, o.now, &past));
    o.facts = past; /* registers as they stood when it was assessed */
    enum rc rc = judge_there(c, r, head, &o);
    sqlite3_close(past);
    return rc;
}

static enum rc recompute(struct ctx *cx, struct arguments *a, sqlite3 *db, const struct standing *s, bool *differs)
{
    struct comparing c = {.cx = cx, .a = a, .db = db, .at = s->at};
    for (size_t i = 0; i < s->n_repositories; i++)
        if (s->repositories[i].verdicts >= 0) TRY(judge_again(&c, &s->repositories[i]));
    printf("%zu repositories judged again: %zu verdicts differ%s\n", c.judged, c.differences,
           c.without ? "; some could not be judged" : "");
    *differs = c.differences || c.without;
    return OK;
}

static enum rc print(struct ctx *cx, const struct arguments *a, const struct standing *s)
{
    struct report_style style = common_style();
    scoped_buf text;
    buf_init(&text, LIMIT_BUF);
    report_standing(cx, s, a->c.format == REPORT_JSON, a->c.lang, &style, &text);
    TRY(buf_ok(&text));
    return common_print(cx, buf_view(&text));
}

static enum rc record(struct ctx *cx, struct arguments *a, sqlite3 *db, const struct standing *s)
{
    struct facts *facts;
    uint64_t n;
    TRY(facts_open(cx, a->data.dir, a->c.held_catalog, &(const struct facts_options){0}, &facts));
    const struct recorder r = {facts, db, STR("system"), STR(""), STR("operator"), a->data.dir};
    enum rc rc = record_standing(cx, &r, a->c.held_catalog, s, STR(""), &n);
    facts_close(facts);
    if (rc == OK && !a->c.quiet) fprintf(stderr, "recorded as fact %llu\n", (unsigned long long)n);
    return rc;
}

static enum rc tell(struct ctx *cx, struct arguments *a, int64_t at, bool *differs)
{
    struct standing_options o = {.at = at, .lang = a->c.lang, .preset = a->c.o.preset};
    struct standing s;
    sqlite3 *past = NULL;
    TRY(data_open_tables(cx, &a->data, a->c.held_catalog));
    if (a->at) TRY(open_past(cx, a, o.at, &past));
    sqlite3 *db = past ? past : log_reader_db(a->data.reader);
    enum rc rc = rules_standing(cx, db, a->c.held_catalog, &o, &s);
    if (rc == OK && !a->c.quiet) rc = print(cx, a, &s);
    if (rc == OK && a->recompute) rc = recompute(cx, a, db, &s, differs);
    if (rc == OK && a->record) rc = record(cx, a, db, &s);
    sqlite3_close(past);
    return rc;
}

static int status(struct ctx *cx, struct arguments *a)
{
    bool differs = false;
    int64_t at;
    enum rc rc = common_prepare(cx, &a->c, PRIORITY_COUNT);
    if (rc != OK) return common_not_opened(cx, &a->c, rc, "status");
    if (parse_at(cx, a->at, a->c.o.now, &at) != OK) return common_wrong(cx, "status");
    rc = tell(cx, a, at, &differs);
    int code = rc != OK ? common_failed(cx, rc) : differs ? EXIT_FAULTS : EXIT_FINE;
    data_close(&a->data);
    return code;
}

/* Tasks as they stand on a server. */
static int on_server(struct ctx *cx, struct arguments *a)
{
    const struct remote_rows rows = {
        .operation = "tasks_list",
        .asked = {{"limit", "100"}},
        .columns = {"order", "title", "priority", "status", "assurance", "violated", "no_evidence"},
        .json = a->c.has_format && a->c.format == REPORT_JSON};
    a->remote.lang = a->c.lang;
    enum rc rc = remote_rows_print(cx, &a->remote, &rows);
    return rc == OK ? EXIT_FINE : common_failed(cx, rc);
}

int cli_status(int argc, char **argv)
{
    struct arguments a = {0};
    struct ctx cx;
    ctx_init(&cx);
    int out = common_parse(&cx, argc, argv, table, help, take, &a);
    if (out < 0 && argc > optind) {
        (void)fail(&cx, E_INVALID, "status takes no operand");
        out = common_wrong(&cx, "status");
    }
    if (out < 0 && check_options(&cx, &a) != OK) out = common_wrong(&cx, "status");
    if (out < 0 && a.by_server) out = on_server(&cx, &a);
    if (out < 0) {
        out = status(&cx, &a);
        common_close(&a.c);
    }
    ctx_release(&cx);
    return out;
}

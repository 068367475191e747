#include "exchange/deploy.h"

#include "base/limits.h"
#include "base/time.h"
#include "exchange/cells.h"
#include "ledger/canonical.h"

#include <stdio.h>

const char *const deploy_fields[DEPLOY_FIELDS] = {"service", "environment", "version",    "type",     "outcome",
                                                  "who",     "automation",  "decided_by", "decision", "release",
                                                  "changes", "repository",  "commit",     "notes"};

struct deploying {
    struct ctx *cx;
    const struct record_kind *kind;
    struct names *names;
    sqlite3 *ledger;
    records_fault *tell;
    void *arg;
    size_t faults;
    const char *field, *text; /* of the first */
    struct records_draft draft;
    bool given;
};

static void fault(void *arg, const char *field, const char *text)
{
    struct deploying *x = arg;
    if (x->faults++ == 0) {
        x->field = arena_cstr(&x->cx->arena, str_from(field));
        x->text = text;
    }
    if (x->tell) x->tell(x->arg, field, text);
}

/* --- what it says */

static struct str value_of(const struct deploy *d, enum deploy_field f)
{
    struct str s = d->values[f].p ? str_trim(d->values[f]) : STR("");
    if (s.n || (f != DEPLOY_TYPE && f != DEPLOY_OUTCOME)) return s;
    return f == DEPLOY_TYPE ? STR("deploy") : STR("done");
}

static enum rc put_field(struct deploying *x, const struct deploy *d, enum deploy_field i, struct json *j)
{
    const char *wrong = NULL, *key = deploy_fields[i];
    const struct record_field *f = record_find_field(x->kind, str_from(key));
    struct str value = value_of(d, i);
    if (!value.n) {
        if (i == DEPLOY_SERVICE || i == DEPLOY_ENVIRONMENT || i == DEPLOY_VERSION || i == DEPLOY_DECISION)
            fault(x, key, "is missing");
        return OK;
    }
    if (!f) {
        fault(x, key, "is no field of this kind");
        return OK;
    }
    json_key(j, key);
    TRY(cell_read(x->cx, x->names, f, value, j, &wrong));
    if (wrong) fault(x, key, wrong);
    return OK;
}

static enum rc put_content(struct deploying *x, const struct deploy *d, struct buf *out)
{
    char day[32], clock[32];
    struct json j;
    json_init(&j, out, false);
    json_begin(&j, '{');
    for (int i = 0; i < DEPLOY_FIELDS; i++) TRY(put_field(x, d, (enum deploy_field)i, &j));
    if (record_find_field(x->kind, STR("deployed"))) json_put_cstr(&j, "deployed", time_format_date(d->at, day));
    if (record_find_field(x->kind, STR("time"))) {
        (void)time_format(d->at, clock); /* 2026-11-25T14:05:00Z */
        json_put_str(&j, "time", arena_printf(&x->cx->arena, "%.5sZ", clock + 11));
    }
    json_end(&j, '}');
    return buf_ok(out);
}

/* "Shop 1.2.3, Production" */
static enum rc title_of(struct deploying *x, const char *key, struct str content, struct str *out)
{
    scoped_stmt *st = NULL;
    bool row;
    struct str subject;
    *out = STR("");
    if (!canonical_str(&x->cx->arena, canonical_find(content, key), &subject)) return OK;
    TRY(store_prepare(x->cx, x->ledger, STR("SELECT title FROM fact_record WHERE subject = ?1"), &st));
    store_bind_str(st, 1, subject);
    TRY(store_step(x->cx, st, &row));
    if (row) *out = arena_str(&x->cx->arena, store_column_str(st, 0));
    return OK;
}

static struct str cut(struct str s, size_t most)
{
    while (s.n > most || (s.n && most == 0)) s.n--;
    while (s.n && !str_is_utf8(s)) s.n--; /* not within a character */
    return s;
}

static enum rc make_draft(struct deploying *x, const struct catalog *c, const struct records_by *by,
                          const struct deploy *d)
{
    scoped_buf text;
    struct str service, environment, content;
    struct records_draft raw = {.kind = x->kind, .owner = STR("")};
    buf_init(&text, LIMIT_BODY);
    TRY(put_content(x, d, &text));
    if (x->faults) return OK;
    content = arena_str(&x->cx->arena, buf_view(&text));
    if (str_starts(by->actor.person, STR("person:"))) raw.owner = by->actor.person;
    raw.content = content;
    raw.title = STR("-");
    enum rc rc = records_check(x->cx, c, &raw, fault, x, &x->draft);
    if (rc != OK) return rc == E_INVALID && x->faults ? OK : rc;
    TRY(title_of(x, "service", x->draft.content, &service));
    TRY(title_of(x, "environment", x->draft.content, &environment));
    x->draft.title = arena_printf(&x->cx->arena, STR_FMT " " STR_FMT ", " STR_FMT, STR_ARG(cut(service, 120)),
                                  STR_ARG(cut(value_of(d, DEPLOY_VERSION), 100)), STR_ARG(cut(environment, 120)));
    return records_check_links(x->cx, x->ledger, &x->draft);
}

/* --- writing it, once */

static enum rc rewind_it(struct ctx *cx, void *arg)
{
    (void)cx;
    ((struct deploying *)arg)->given = false;
    return OK;
}

static enum rc next(struct ctx *cx, void *arg, struct records_wish *out, bool *more)
{
    struct deploying *x = arg;
    (void)cx;
    *more = !x->given;
    x->given = true;
    *out = (struct records_wish){x->draft, STR(""), STR("")};
    return OK;
}

static bool same(struct str a, struct str b, const char *key)
{
    struct str x = canonical_find(a, key), y = canonical_find(b, key);
    return str_eq(x.p ? x : STR(""), y.p ? y : STR(""));
}

/* What stands in the log under the key. */
static enum rc look(struct deploying *x, struct facts *f, const struct records_by *by, const struct deploy *d,
                    struct deploy_answer *out, bool *found)
{
    uint64_t n;
    struct ctx *cx = x->cx;
    *found = false;
    if (!d->key.n) return OK;
    return records_was_put(cx, f, by, d->key, found, &n) == OK && *found
               ? records_at(cx, f, n, &out->subject, &out->title, &out->number)
               : OK;
}

static enum rc compare(struct deploying *x, struct facts *f, const struct records_by *by, const struct deploy *d,
                       struct deploy_answer *out, bool *found)
{
    static const enum deploy_field must[] = {DEPLOY_SERVICE, DEPLOY_ENVIRONMENT, DEPLOY_VERSION, DEPLOY_TYPE,
                                             DEPLOY_OUTCOME};
    scoped_stmt *st = NULL;
    bool row;
    TRY(look(x, f, by, d, out, found));
    if (!*found) return OK;
    out->repeated = true;
    TRY(store_prepare(x->cx, x->ledger, STR("SELECT content FROM fact_record WHERE subject = ?1"), &st));
    store_bind_str(st, 1, out->subject);
    TRY(store_step(x->cx, st, &row));
    for (size_t i = 0; row && i < sizeof must / sizeof *must; i++)
        if (!same(store_column_str(st, 0), x->draft.content, deploy_fields[must[i]]))
            return fail(x->cx, E_CONFLICT, "this key was used for another deployment: its %s differs",
                        deploy_fields[must[i]]);
    return OK;
}

static enum rc record(struct deploying *x, struct facts *f, const struct catalog *c, const struct records_by *by,
                      const struct deploy *d, struct deploy_answer *out)
{
    bool found;
    const struct records_source s = {
        .rewind = rewind_it, .next = next, .arg = x, .what = "recording", .total = 1, .key = d->key};
    TRY(make_draft(x, c, by, d));
    if (x->faults) return fail(x->cx, E_INVALID, "%s: %s", x->field, x->text);
    TRY(compare(x, f, by, d, out, &found));
    if (found) return OK;
    uint64_t n;
    TRY(records_put_all(x->cx, f, c, by, &s, &n));
    return records_at(x->cx, f, n, &out->subject, &out->title, &out->number);
}

enum rc deploy_record(struct ctx *cx, struct facts *f, sqlite3 *ledger, const struct catalog *c,
                      const struct records_by *by, const struct deploy *d, records_fault *tell, void *arg,
                      struct deploy_answer *out)
{
    struct deploying x = {.cx = cx, .ledger = ledger, .tell = tell, .arg = arg};
    *out = (struct deploy_answer){0};
    x.kind = catalog_find_record(c, STR("deployment"));
    if (!x.kind) return fail(cx, E_NOTFOUND, "the catalog has no kind of record \"deployment\"");
    TRY(names_open(cx, ledger, c, &x.names));
    enum rc rc = record(&x, f, c, by, d, out);
    names_close(x.names);
    return rc;
}

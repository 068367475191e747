#include "exchange/task_file.h"

#include "base/digest.h"
#include "base/time.h"
#include "exchange/names.h"
#include "exchange/task_file_int.h"
#include "store/store.h"

/* --- with what stands there */

static void add(struct row *r, const char *field, struct str before, struct str after)
{
    if (!str_eq(before, after) && r->n_changes < MOST_CHANGES)
        r->changes[r->n_changes++] = (struct change){field, before, after};
}

static struct str day_of(struct ctx *cx, int64_t at)
{
    char day[32];
    return at ? arena_str(&cx->arena, str_from(time_format_date(at, day))) : STR("");
}

static struct str days_of(struct ctx *cx, int64_t days)
{
    return days ? arena_printf(&cx->arena, "%lld", (long long)days) : STR("");
}

/* Who is not found is told, and the owner stays who it was. */
static enum rc compare_owner(struct ctx *cx, struct task_file *f, struct row *r, struct names *names)
{
    const char *wrong = NULL;
    struct str owner = STR(""), before = STR(""), after = STR("");
    if (!r->given[OWNER]) return OK;
    if (r->owner.n) TRY(names_person(cx, names, r->owner, true, &owner, &wrong));
    if (wrong) {
        task_file_leave(cx, f, r->line, "owner", "nobody, or several, who work here are called so",
                        "tällä nimellä ei löydy täällä työskentelevää, tai löytyy useita", r->owner);
        return OK;
    }
    if (r->care.owner.n) TRY(names_tell(cx, names, r->care.owner, &before));
    if (owner.n) TRY(names_tell(cx, names, owner, &after));
    if (!str_eq(owner, r->care.owner)) add(r, "owner", before, after);
    r->care.owner = owner;
    return OK;
}

static enum rc compare_claim(struct ctx *cx, struct row *r, sqlite3 *db, struct str subject)
{
    scoped_stmt *st = NULL;
    bool row;
    if (!r->status) return OK;
    TRY(store_prepare(cx, db, STR("SELECT status FROM fact_claim WHERE subject = ?1"), &st));
    store_bind_str(st, 1, subject);
    TRY(store_step(cx, st, &row));
    struct str before = row ? arena_str(&cx->arena, store_column_str(st, 0)) : STR("");
    r->claims = !str_eq(before, str_from(r->status));
    add(r, "claim", before, str_from(r->status));
    return OK;
}

static enum rc compare_row(struct ctx *cx, struct task_file *f, struct row *r, sqlite3 *db, struct names *names)
{
    struct care *was = arena_new(&cx->arena, struct care);
    struct str subject = arena_printf(&cx->arena, "task:" STR_FMT, STR_ARG(r->task->key));
    TRY(care_read(cx, db, subject, STR("org"), was));
    r->care = *was;
    r->n_changes = 0;
    r->cares = r->claims = false;
    TRY(compare_owner(cx, f, r, names));
    if (r->given[PRIORITY]) {
        struct str priority = r->priority ? str_from(r->priority) : STR("");
        if (str_eq(priority, str_from(priority_name(r->task->priority))) && !was->priority.n) priority = STR("");
        add(r, "priority", was->priority, priority);
        r->care.priority = priority;
    }
    if (r->given[DUE]) {
        add(r, "due", day_of(cx, was->due), day_of(cx, r->due));
        if (!str_eq(day_of(cx, was->due), day_of(cx, r->due))) r->care.due = r->due;
    }
    if (r->given[DESCRIPTION]) {
        add(r, "description", was->process, r->process);
        r->care.process = r->process;
    }
    if (r->given[REVIEW]) {
        add(r, "review_days", days_of(cx, was->review_days), days_of(cx, r->review_days));
        r->care.review_days = r->review_days;
    }
    r->cares = !care_same(was, &r->care) && r->n_changes;
    return compare_claim(cx, r, db, subject);
}

static void make_outcome(struct task_file *f)
{
    struct digest d;
    uint8_t sum[32];
    digest_init(&d);
    digest_field(&d, f->source);
    for (size_t i = 0; i < f->n; i++)
        for (size_t k = 0; k < f->rows[i].n_changes; k++) {
            digest_field(&d, f->rows[i].task->key);
            digest_field(&d, str_from(f->rows[i].changes[k].field));
            digest_field(&d, f->rows[i].changes[k].before);
            digest_field(&d, f->rows[i].changes[k].after);
        }
    digest_final(&d, sum);
    digest_hex(sum, sizeof sum, f->outcome);
}

enum rc task_file_compare(struct ctx *cx, struct task_file *f, sqlite3 *ledger)
{
    struct names *names;
    f->all_faults = f->read_faults;
    f->n_left = f->read_left;
    TRY(names_open(cx, ledger, f->c, &names));
    enum rc rc = OK;
    for (size_t i = 0; i < f->n && rc == OK; i++) rc = compare_row(cx, f, &f->rows[i], ledger, names);
    names_close(names);
    make_outcome(f);
    return rc;
}

size_t task_file_faults(const struct task_file *f)
{
    return f->all_faults;
}

const char *task_file_outcome(const struct task_file *f)
{
    return f->outcome;
}

static void put_told(struct json *j, const char *key, enum lang lang, const struct told *list, size_t n)
{
    json_key(j, key);
    json_begin(j, '[');
    for (size_t i = 0; i < n; i++) {
        json_begin(j, '{');
        json_put_int(j, "line", list[i].line);
        json_put_str(j, "field", list[i].field);
        json_put_str(j, "text", list[i].text[lang]);
        json_end(j, '}');
    }
    json_end(j, ']');
}

static void put_row(struct json *j, const struct row *r)
{
    json_begin(j, '{');
    json_put_str(j, "task", r->task->key);
    json_put_int(j, "line", r->line);
    json_key(j, "fields");
    json_begin(j, '[');
    for (size_t i = 0; i < r->n_changes; i++) {
        json_begin(j, '{');
        json_put_cstr(j, "field", r->changes[i].field);
        json_put_str(j, "before", r->changes[i].before);
        json_put_str(j, "after", r->changes[i].after);
        json_end(j, '}');
    }
    json_end(j, ']');
    json_end(j, '}');
}

void task_file_report(const struct task_file *f, enum lang lang, struct json *j)
{
    int64_t changed = 0, claims = 0;
    for (size_t i = 0; i < f->n; i++) {
        changed += f->rows[i].n_changes > 0;
        claims += f->rows[i].claims;
    }
    json_put_cstr(j, "outcome", f->outcome);
    json_put_int(j, "changed", changed);
    json_put_int(j, "unchanged", (int64_t)f->n - changed);
    json_put_int(j, "claims", claims);
    json_put_int(j, "fault_count", (int64_t)f->all_faults);
    put_told(j, "faults", lang, f->faults, f->n_faults);
    put_told(j, "left", lang, f->left, f->n_left);
    json_key(j, "tasks");
    json_begin(j, '[');
    for (size_t i = 0; i < f->n; i++)
        if (f->rows[i].n_changes) put_row(j, &f->rows[i]);
    json_end(j, ']');
}

/* --- doing it */

struct applying {
    struct task_file *f;
    const struct identity_actor *by;
    struct str outcome;
};

static enum rc append_row(struct append *a, const struct applying *g, const struct row *r)
{
    scoped_buf payload, claim;
    struct json j;
    struct str subject = arena_printf(&a->cx->arena, "task:" STR_FMT, STR_ARG(r->task->key));
    buf_init(&payload, LIMIT_BODY);
    buf_init(&claim, 0);
    if (r->cares) {
        care_put(&payload, &r->care, STR("org"));
        TRY(buf_ok(&payload));
        const struct body fact = append_body(g->by, "task", subject, buf_view(&payload));
        TRY(append_add(a, &fact, NULL));
    }
    if (!r->claims) return OK;
    json_init(&j, &claim, false);
    json_begin(&j, '{');
    json_put_cstr(&j, "status", r->status);
    json_put_str(&j, "source", g->f->source);
    json_end(&j, '}');
    const struct body fact = append_body(g->by, "claim", subject, buf_view(&claim));
    return append_add(a, &fact, NULL);
}

static enum rc append_all(struct append *a, void *arg)
{
    const struct applying *g = arg;
    TRY(task_file_compare(a->cx, g->f, a->db));
    if (!str_eq(g->outcome, str_from(g->f->outcome)))
        return fail(a->cx, E_CONFLICT, "a task was changed meanwhile: look at it again");
    for (size_t i = 0; i < g->f->n; i++) TRY(append_row(a, g, &g->f->rows[i]));
    return OK;
}

enum rc task_file_apply(struct ctx *cx, struct task_file *f, struct facts *facts, const struct identity_actor *by,
                        int64_t now, struct str outcome)
{
    struct applying g = {f, by, outcome};
    if (f->all_faults) return fail(cx, E_INVALID, "the file has faults: nothing is taken");
    return append_run(cx, facts, now, append_all, &g);
}

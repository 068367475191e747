/* The list of findings. A page looks at a bounded number of them; when few fit its filters it is short, and its cursor
 * goes on. Both orders are served by an index (src/standing/derived.sql). */
#include "api/finding.h"
#include "api/page.h"
#include "base/base64.h"
#include "base/limits.h"
#include "store/store.h"

#define KEYS 4 /* columns by which an order is whole, first in each row */

/* ?1 words, ?2 language, ?3 ?4 range of points, ?5 repository, ?6 projects, ?7 path, ?8 state, ?9 … where it goes on.
 */
#define FITS                                                                                                           \
    "(?5 IS NULL OR f.repository = ?5) AND (?6 IS NULL OR r.project IN (SELECT value FROM json_each(?6)))"             \
    " AND (?7 IS NULL OR substr(f.path, 1, length(?7)) = ?7) AND (?8 = 'all' OR f.open = (?8 = 'open'))"               \
    " AND (?1 IS NULL OR instr(lower(f.path), lower(?1))"                                                              \
    " OR instr(lower(CASE ?2 WHEN 'fi' THEN f.message_fi ELSE f.message_en END), lower(?1)))"
#define FROM " FROM derived.finding f LEFT JOIN derived.repository r ON r.repository = f.repository WHERE "

/* Goes on behind ?9 … ?12. */
static const char by_point[] =
    "SELECT f.point, f.open, f.repository, f.seq, " FITS ", " FINDING_COLUMNS FROM
    "f.point BETWEEN ?3 AND ?4 AND (f.point, f.open, f.repository, f.seq) > (?9, ?10, ?11, ?12)"
    " ORDER BY f.point, f.open, f.repository, f.seq";
/* Newest first. The plus keeps the range of points from choosing the index. */
static const char by_age[] =
    "SELECT f.first_seen, f.repository, f.id, 0, " FITS ", " FINDING_COLUMNS FROM
    "+f.point BETWEEN ?3 AND ?4 AND (f.first_seen, f.repository, f.id) < (?9, ?10, ?11) AND ?12 IS NOT NULL"
    " ORDER BY f.first_seen DESC, f.repository DESC, f.id DESC";

struct order {
    const char *name, *sql;
    bool number[KEYS];        /* else text */
    const char *before[KEYS]; /* everything */
};
static const struct order orders[] = {
    {"point", by_point, {false, true, false, true}, {"", "-1", "", "-1"}},
    {"-first_seen", by_age, {true, false, false, true}, {"9223372036854775807", "~", "~", "0"}},
};

static const struct order *order_of(const struct api_call *call)
{
    struct str sort = api_value(call, "sort");
    return sort.p && str_eq(sort, str_from(orders[1].name)) ? &orders[1] : &orders[0];
}

/* --- cursors: the order, and the keys of the last finding looked at */

static struct str cursor_make(struct ctx *cx, const struct order *o, sqlite3_stmt *st)
{
    scoped_buf plain, text;
    buf_init(&plain, 0);
    buf_init(&text, 0);
    buf_cstr(&plain, o->name);
    for (int i = 0; i < KEYS; i++) {
        buf_char(&plain, '\n');
        buf_str(&plain, store_column_str(st, i));
    }
    base64url_put(&text, plain.p, plain.n);
    return arena_str(&cx->arena, buf_view(&text));
}

static bool bind_keys(sqlite3_stmt *st, const struct order *o, const struct str keys[KEYS])
{
    for (int i = 0; i < KEYS; i++) {
        int64_t n;
        if (!o->number[i])
            store_bind_str(st, 9 + i, keys[i]);
        else if (str_to_i64(keys[i], -1, INT64_MAX, &n))
            store_bind_int(st, 9 + i, n);
        else
            return false;
    }
    return true;
}

static enum rc bind_start(struct ctx *cx, struct api_call *call, sqlite3_stmt *st, const struct order *o)
{
    struct str given = api_value(call, "cursor"), keys[KEYS], rest, name;
    scoped_buf plain;
    buf_init(&plain, 8 * KIB);
    for (int i = 0; i < KEYS; i++) keys[i] = str_from(o->before[i]);
    if (!given.p) return bind_keys(st, o, keys) ? OK : fail(cx, E_INTERNAL, "findings: no start");
    bool fine = base64url_read(&plain, given);
    rest = arena_str(&cx->arena, buf_view(&plain));
    fine = fine && str_cut(&rest, '\n', &name) && str_eq(name, str_from(o->name));
    for (int i = 0; i < KEYS; i++) fine = fine && str_cut(&rest, '\n', &keys[i]);
    if (fine && !rest.p && bind_keys(st, o, keys)) return OK;
    api_fault(call, "cursor", "is none that this list has given", "ei ole tämän luettelon antama");
    return api_faults(cx, call);
}

/* --- the list */

static struct str projects_json(struct ctx *cx, const struct api_call *call)
{
    scoped_buf text;
    struct json j;
    if (call->everywhere) return STR_NONE;
    buf_init(&text, 0);
    json_init(&j, &text, false);
    json_begin(&j, '[');
    for (size_t i = 0; i < call->n_projects; i++) json_str(&j, call->projects[i]);
    json_end(&j, ']');
    return arena_str(&cx->arena, buf_view(&text));
}

static void bind_filters(struct ctx *cx, struct api_call *call, sqlite3_stmt *st)
{
    struct str point = api_value(call, "point"), task = api_value(call, "task"), state = api_value(call, "state");
    struct str from = STR(""), to = STR("~");
    if (task.p) {
        from = arena_printf(&cx->arena, STR_FMT "/", STR_ARG(task));
        to = arena_printf(&cx->arena, STR_FMT "/~", STR_ARG(task));
    }
    store_bind_str(st, 1, api_value(call, "q"));
    store_bind_str(st, 2, str_from(lang_name(call->lang)));
    store_bind_str(st, 3, point.p ? point : from);
    store_bind_str(st, 4, point.p ? point : to);
    store_bind_str(st, 5, api_value(call, "repository"));
    store_bind_str(st, 6, projects_json(cx, call));
    store_bind_str(st, 7, api_value(call, "path"));
    store_bind_str(st, 8, state.p ? state : STR("open"));
}

static enum rc put_page(struct ctx *cx, struct api_call *call, const struct order *o, sqlite3_stmt *st,
                        struct str *next)
{
    int64_t limit = page_limit(call), shown = 0;
    struct str last = STR_NONE;
    for (int64_t looked = 0;; looked++) {
        bool row;
        TRY(store_step(cx, st, &row));
        if (!row) return OK;
        bool fits = sqlite3_column_int(st, KEYS) != 0;
        if (looked >= LIMIT_FINDINGS_LOOKED_AT || (fits && shown == limit)) {
            *next = last;
            return OK;
        }
        if (fits) {
            finding_put(&call->out, st, KEYS + 1);
            shown++;
        }
        if ((fits && shown == limit) || looked + 1 == LIMIT_FINDINGS_LOOKED_AT) last = cursor_make(cx, o, st);
    }
}

API_OPERATION(findings_list)
{
    scoped_stmt *st = NULL;
    struct str next = STR_NONE;
    const struct order *o = order_of(call);
    call->asked = true;
    page_begin(call);
    if (call->derived) {
        TRY(store_prepare(cx, call->ledger, str_from(o->sql), &st));
        bind_filters(cx, call, st);
        TRY(bind_start(cx, call, st, o));
        TRY(put_page(cx, call, o, st, &next));
    }
    return page_end_at(cx, call, next, -1);
}

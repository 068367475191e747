/* Pages of plain lists: statements that the build has made of lists/NAME.sql, one for each order. Where a page begins
 * is told by a cursor: what the last item was sorted by, and its key, bound to the list and its filters by a digest. A
 * cursor is no secret and gives no right: rows are chosen by the statement alone. */
#include "api/api_int.h"
#include "base/base64.h"
#include "base/csv.h"
#include "base/digest.h"
#include "base/time.h"

#include <stdio.h>

#define PAGE 50
#define MOST_CSV 100000 /* rows */
#define CHECK 8         /* bytes of the digest in a cursor */

struct list {
    const struct api_list *l;
    const struct api_order *order;
    sqlite3_stmt *st;
    bool own; /* prepared for this call */
    int columns;
    int sort, key;                    /* columns of the statement */
    int shown[64];                    /* column of each of l->columns; -1: none */
    struct str after_sort, after_key; /* one letter of their type, and the value; STR_NONE: the first page */
    int64_t limit;
};

/* --- cursors */

static void cursor_digest(const struct api_call *call, struct str inside, uint8_t out[32])
{
    struct digest d;
    digest_init(&d);
    digest_field(&d, str_from(call->op->id));
    digest_field(&d, call->who.person);
    for (size_t i = 0; i < call->op->n_parameters; i++) {
        const char *name = call->op->parameters[i].name;
        if (strcmp(name, "cursor") != 0 && strcmp(name, "limit") != 0 && strcmp(name, "format") != 0) {
            digest_field(&d, str_from(call->values[i].p ? "=" : ""));
            digest_field(&d, call->values[i]);
        }
    }
    digest_field(&d, inside);
    digest_final(&d, out);
}

static struct str cursor_make(struct ctx *cx, const struct api_call *call, struct str sort, struct str key)
{
    uint8_t hash[32];
    scoped_buf plain, text;
    buf_init(&plain, 8 * KIB);
    buf_init(&text, 16 * KIB);
    buf_str(&plain, sort);
    buf_char(&plain, 0);
    buf_str(&plain, key);
    cursor_digest(call, buf_view(&plain), hash);
    buf_add(&plain, hash, CHECK);
    base64url_put(&text, plain.p, plain.n);
    return arena_str(&cx->arena, buf_view(&text));
}

static enum rc cursor_read(struct ctx *cx, struct api_call *call, struct list *l)
{
    struct str given = api_value(call, "cursor");
    if (!given.p) return OK;
    uint8_t hash[32];
    scoped_buf plain;
    buf_init(&plain, 8 * KIB);
    bool fine = base64url_read(&plain, given) && plain.n > CHECK + 3;
    struct str inside = {plain.p, fine ? plain.n - CHECK : 0};
    const char *zero = fine ? memchr(inside.p, 0, inside.n) : NULL;
    if (fine) cursor_digest(call, inside, hash);
    if (!fine || !zero || zero == inside.p || zero + 1 == inside.p + inside.n ||
        memcmp(inside.p + inside.n, hash, CHECK) != 0) {
        api_fault(call, "cursor", "is not one that this list gave, with these filters",
                  "ei ole tämän luettelon antama näillä suodattimilla");
        call->problem = api_problem_find("malformed");
        return api_faults(cx, call);
    }
    inside = arena_str(&cx->arena, inside);
    (void)str_cut(&inside, 0, &l->after_sort);
    l->after_key = inside;
    return OK;
}

/* A value as the cursor has it. */
static struct str value_of(struct ctx *cx, sqlite3_stmt *st, int column)
{
    struct str text = store_column_str(st, column);
    return arena_printf(&cx->arena, "%c" STR_FMT, sqlite3_column_type(st, column) == SQLITE_INTEGER ? 'i' : 't',
                        STR_ARG(text));
}

static void bind_value(sqlite3_stmt *st, int i, struct str v)
{
    int64_t n;
    if (v.p[0] == 'i' && str_to_i64(str_slice(v, 1, v.n), INT64_MIN, INT64_MAX, &n))
        store_bind_int(st, i, n);
    else
        store_bind_str(st, i, str_slice(v, 1, v.n));
}

/* --- statements */

static struct str projects_json(struct ctx *cx, const struct api_call *call)
{
    scoped_buf text;
    struct json j;
    buf_init(&text, 0);
    json_init(&j, &text, false);
    json_begin(&j, '[');
    for (size_t i = 0; i < call->n_projects; i++) json_str(&j, call->projects[i]);
    json_end(&j, ']');
    return arena_str(&cx->arena, buf_view(&text));
}

static void bind_parameter(const struct api_call *call, sqlite3_stmt *st, int at, const char *name)
{
    for (size_t i = 0; i < call->op->n_parameters; i++) {
        const struct api_parameter *p = &call->op->parameters[i];
        if (strcmp(p->name, name) != 0) continue;
        if (!call->values[i].p)
            store_bind_null(st, at);
        else if (p->type == API_INTEGER)
            store_bind_int(st, at, api_value_int(call, name, 0));
        else if (p->type == API_BOOLEAN)
            store_bind_int(st, at, api_value_bool(call, name, false));
        else
            store_bind_str(st, at, call->values[i]);
    }
}

static void bind_all(struct ctx *cx, const struct api_call *call, const struct list *l, sqlite3_stmt *st)
{
    for (int i = 1; i <= sqlite3_bind_parameter_count(st); i++) {
        const char *name = sqlite3_bind_parameter_name(st, i);
        if (!name) continue;
        name++;
        if (!strcmp(name, "limit"))
            store_bind_int(st, i, l->limit + 1);
        else if (!strcmp(name, "after_sort"))
            bind_value(st, i, l->after_sort);
        else if (!strcmp(name, "after_key"))
            bind_value(st, i, l->after_key);
        else if (!strcmp(name, "now"))
            store_bind_int(st, i, call->now);
        else if (!strcmp(name, "lang"))
            store_bind_str(st, i, str_from(lang_name(call->lang)));
        else if (!strcmp(name, "person"))
            store_bind_str(st, i, call->who.person);
        else if (!strcmp(name, "projects") && call->everywhere)
            store_bind_null(st, i);
        else if (!strcmp(name, "projects"))
            store_bind_str(st, i, projects_json(cx, call));
        else
            bind_parameter(call, st, i, name);
    }
}

/* The place of a parameter of that name; as many as there are when it is none. */
static size_t place_of(const struct api_call *call, struct str name)
{
    size_t i = 0;
    while (i < call->op->n_parameters && !str_eq(str_from(call->op->parameters[i].name), name)) i++;
    return i;
}

/* Where the parenthesis ends that s begins within. */
static size_t end_of(struct str s)
{
    int depth = 1;
    bool quoted = false;
    for (size_t i = 0; i < s.n; i++) {
        quoted ^= s.p[i] == '\'';
        if (quoted) continue;
        depth += (s.p[i] == '(') - (s.p[i] == ')');
        if (depth == 0) return i;
    }
    return s.n;
}

/* `(:name IS NULL OR X)` becomes `(X)`, or `(1)`: a condition that may be none keeps every index from being used. */
static void put_given(const struct api_call *call, struct str sql, struct buf *out)
{
    for (;;) {
        const char *at = str_find(sql, STR("(:"));
        struct str rest = at ? str_slice(sql, (size_t)(at - sql.p) + 2, sql.n) : STR_NONE, name = rest, whole;
        (void)str_cut(&name, ' ', &whole);
        if (!at) break;
        buf_str(out, str_slice(sql, 0, (size_t)(at - sql.p) + 1));
        sql = str_slice(sql, (size_t)(at - sql.p) + 1, sql.n);
        size_t place = place_of(call, whole);
        if (place == call->op->n_parameters || !name.p || !str_starts(name, STR("IS NULL OR "))) continue;
        struct str inner = str_slice(name, 11, name.n);
        size_t end = end_of(inner);
        if (call->values[place].p)
            put_given(call, str_slice(inner, 0, end), out);
        else
            buf_char(out, '1');
        sql = str_slice(inner, end, inner.n);
    }
    buf_str(out, sql);
}

static enum rc prepare(struct ctx *cx, struct api_call *call, struct list *l)
{
    const char *sql = l->after_key.p ? l->order->more : l->order->first;
    if (!l->l->given) return pool_statement(cx, call->databases, call->ledger, sql, &l->st);
    scoped_buf given;
    buf_init(&given, 64 * KIB);
    put_given(call, str_from(sql), &given);
    l->own = true;
    return store_prepare(cx, call->ledger, buf_view(&given), &l->st);
}

static enum rc find_columns(struct ctx *cx, const struct api_call *call, struct list *l)
{
    l->columns = sqlite3_column_count(l->st);
    l->sort = l->columns - 2;
    l->key = l->columns - 1;
    if (l->l->n_columns > sizeof l->shown / sizeof *l->shown) return fail(cx, E_INTERNAL, "a list is too wide");
    for (size_t i = 0; i < l->l->n_columns; i++) {
        l->shown[i] = -1;
        for (int c = 0; c < l->sort; c++)
            if (!strcmp(sqlite3_column_name(l->st, c), l->l->columns[i].name)) l->shown[i] = c;
    }
    for (int c = 0; c < l->sort; c++) {
        const char *name = sqlite3_column_name(l->st, c);
        bool is_known = name[0] == '_';
        for (size_t i = 0; i < l->l->n_columns; i++) is_known = is_known || l->shown[i] == c;
        if (!is_known) return fail(cx, E_INTERNAL, "%s: no field is called %s", call->op->id, name);
    }
    return OK;
}

static enum rc open_list(struct ctx *cx, struct api_call *call, struct list *l, bool csv)
{
    struct str sort = api_value(call, "sort");
    l->l = call->op->list;
    l->order = l->l->orders;
    for (size_t i = 0; sort.p && i < l->l->n_orders; i++)
        if (str_eq(sort, str_from(l->l->orders[i].name))) l->order = &l->l->orders[i];
    l->limit = csv ? MOST_CSV : api_value_int(call, "limit", PAGE);
    TRY(cursor_read(cx, call, l));
    if (l->l->derived && !call->derived) return OK; /* nothing was derived yet: an empty list */
    TRY(prepare(cx, call, l));
    TRY(find_columns(cx, call, l));
    bind_all(cx, call, l, l->st);
    return OK;
}

/* --- JSON */

static void put_value(struct json *j, sqlite3_stmt *st, int c, enum api_type type)
{
    char text[32];
    if (c < 0 || sqlite3_column_type(st, c) == SQLITE_NULL) {
        json_nil(j);
        return;
    }
    switch (type) {
    case API_INTEGER:
        json_int(j, sqlite3_column_int64(st, c));
        return;
    case API_BOOLEAN:
        json_bool(j, sqlite3_column_int(st, c) != 0);
        return;
    case API_TIME:
        json_cstr(j, time_format(sqlite3_column_int64(st, c), text));
        return;
    case API_JSON:
        json_raw(j, store_column_str(st, c));
        return;
    case API_STRING:
    default:
        json_str(j, store_column_str(st, c));
    }
}

static enum rc count_all(struct ctx *cx, struct api_call *call, const struct list *l, int64_t *total)
{
    sqlite3_stmt *st;
    bool row;
    *total = -1;
    if (!l->l->count || !l->st) return OK;
    TRY(pool_statement(cx, call->databases, call->ledger, l->l->count, &st));
    bind_all(cx, call, l, st);
    enum rc rc = store_step(cx, st, &row);
    if (rc == OK) *total = sqlite3_column_int64(st, 0);
    (void)sqlite3_reset(st);
    (void)sqlite3_clear_bindings(st);
    return rc;
}

static enum rc put_items(struct ctx *cx, struct api_call *call, const struct list *l, struct str *next)
{
    struct json *j = &call->out;
    struct str sort = STR_NONE, key = STR_NONE;
    for (int64_t n = 0; l->st; n++) {
        bool row;
        TRY(store_step(cx, l->st, &row));
        if (!row) return OK;
        if (n == l->limit) {
            *next = cursor_make(cx, call, sort, key);
            return OK;
        }
        json_begin(j, '{');
        for (size_t i = 0; i < l->l->n_columns; i++) {
            if (l->shown[i] < 0) continue;
            json_key(j, l->l->columns[i].name);
            put_value(j, l->st, l->shown[i], l->l->columns[i].type);
        }
        json_end(j, '}');
        if (sqlite3_column_type(l->st, l->sort) == SQLITE_NULL || sqlite3_column_type(l->st, l->key) == SQLITE_NULL)
            return fail(cx, E_INTERNAL, "%s: what is sorted by is NULL", call->op->id);
        if (n + 1 < l->limit) continue;
        sort = value_of(cx, l->st, l->sort);
        key = value_of(cx, l->st, l->key);
    }
    return OK;
}

static enum rc write_json(struct ctx *cx, struct api_call *call, struct list *l)
{
    struct json *j = &call->out;
    struct str next = STR_NONE;
    int64_t total = -1;
    json_begin(j, '{');
    json_key(j, "items");
    json_begin(j, '[');
    TRY(put_items(cx, call, l, &next));
    json_end(j, ']');
    json_key(j, "next");
    if (next.p)
        json_str(j, next);
    else
        json_nil(j);
    TRY(count_all(cx, call, l, &total));
    json_key(j, "total");
    if (total >= 0)
        json_int(j, total);
    else
        json_nil(j);
    json_end(j, '}');
    return OK;
}

/* --- CSV (RFC 4180) */

static void put_csv(struct buf *out, sqlite3_stmt *st, int c, enum api_type type)
{
    char text[32];
    if (c < 0 || sqlite3_column_type(st, c) == SQLITE_NULL) return;
    if (type == API_INTEGER)
        buf_str(out, store_column_str(st, c));
    else if (type == API_BOOLEAN)
        buf_cstr(out, sqlite3_column_int(st, c) ? "true" : "false");
    else if (type == API_TIME)
        buf_cstr(out, time_format(sqlite3_column_int64(st, c), text));
    else
        csv_put_cell(out, store_column_str(st, c));
}

bool api_wants_csv(const struct api_call *call)
{
    struct str format = api_value(call, "format"), accept = http_request_header(call->request, "Accept");
    return format.p ? str_eq(format, STR("csv"))
                    : str_starts_nocase(accept, STR("text/csv")) && !str_has_nocase(accept, STR("json"));
}

void api_csv_headers(struct ctx *cx, struct api_call *call, const char *name)
{
    api_header(call, "Content-Type", STR("text/csv; charset=utf-8"));
    api_header(call, "Content-Disposition", arena_printf(&cx->arena, "attachment; filename=\"%s.csv\"", name));
}

static enum rc write_csv(struct ctx *cx, struct api_call *call, const struct list *l)
{
    struct buf *out = &call->answer->body;
    bool row = l->st != NULL;
    for (size_t i = 0; i < l->l->n_columns; i++) buf_printf(out, "%s%s", i ? "," : "", l->l->columns[i].name);
    buf_cstr(out, "\r\n");
    for (int64_t n = 0; row; n++) {
        TRY(store_step(cx, l->st, &row));
        if (!row) break;
        if (n == l->limit)
            return api_fail(cx, call, E_LIMIT, "over %d rows; narrow it down by filters",
                            "yli %d riviä; rajaa suodattimilla", MOST_CSV);
        for (size_t i = 0; i < l->l->n_columns; i++) {
            if (i) buf_char(out, ',');
            put_csv(out, l->st, l->shown[i], l->l->columns[i].type);
        }
        buf_cstr(out, "\r\n");
    }
    api_csv_headers(cx, call, l->l->name);
    return OK;
}

enum rc api_list_run(struct ctx *cx, struct api_call *call)
{
    struct list l = {0};
    bool csv = api_wants_csv(call);
    call->asked = true;
    enum rc rc = open_list(cx, call, &l, csv);
    if (rc == OK) rc = csv ? write_csv(cx, call, &l) : write_json(cx, call, &l);
    if (l.own) {
        store_finalize(&l.st);
    } else if (l.st) {
        (void)sqlite3_reset(l.st);
        (void)sqlite3_clear_bindings(l.st);
    }
    return rc == OK ? buf_ok(&call->answer->body) : rc;
}

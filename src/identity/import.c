#include "identity/import.h"

#include "identity/identity_int.h"
#include "identity/people_int.h"

#include <stdio.h>

enum column { COLUMN_NAME, COLUMN_ADDRESS, COLUMN_ROLE, COLUMN_UNTIL, COLUMN_COUNT };
static const char *const columns[] = {"name", "address", "role", "until"};
#define FIELDS_MOST 16

struct row {
    int64_t line;
    struct person person;
    bool has_role;
    struct role_change role;
};

struct import {
    struct ctx *cx;
    struct identity *id;
    const struct identity_actor *by;
    struct str rest;
    int64_t line; /* of what is read next */
    int place[COLUMN_COUNT];
    size_t n_columns;
    struct row *rows;
    size_t n;
    struct import_fault *faults;
    struct import_result *out;
    struct change *change;
};

static void fault(struct import *m, int64_t line, const char *field, const char *text)
{
    if (m->out->n_faults < IMPORT_FAULTS)
        m->faults[m->out->n_faults++] = (struct import_fault){line, arena_str(&m->cx->arena, str_from(field)),
                                                              arena_str(&m->cx->arena, str_from(text))};
    m->out->all_faults++;
}

/* --- records: fields apart by commas, in quotes where they hold one; a quoted field may go over lines */

/* The field at the start of m->rest; what stands behind it is left there. false: a quote that never ends, or something
 * between it and the comma. */
static bool read_field(struct import *m, struct str *out)
{
    struct str s = m->rest;
    size_t at = 0;
    if (!s.n || s.p[0] != '"') {
        while (at < s.n && s.p[at] != ',' && s.p[at] != '\n') at++;
        *out = str_slice(s, 0, at);
        if (str_ends(*out, STR("\r"))) out->n--;
        m->rest = str_slice(s, at, s.n);
        return true;
    }
    scoped_buf b;
    buf_init(&b, IMPORT_BYTES);
    for (at = 1; at < s.n; at++) {
        if (s.p[at] == '"' && (at + 1 == s.n || s.p[at + 1] != '"')) break;
        if (s.p[at] == '"') at++;
        if (s.p[at] == '\n') m->line++;
        buf_char(&b, s.p[at]);
    }
    bool whole = at < s.n;
    *out = arena_str(&m->cx->arena, buf_view(&b));
    if (whole) at++;
    if (at < s.n && s.p[at] == '\r') at++;
    m->rest = str_slice(s, at, s.n);
    return whole && (at >= s.n || s.p[at] == ',' || s.p[at] == '\n');
}

/* One record; *n 0 for an empty line. false: its quotes are not right, and the rest of its line is passed over. */
static bool read_record(struct import *m, struct str fields[FIELDS_MOST], size_t *n)
{
    bool well = true;
    *n = 0;
    for (;;) {
        struct str one = STR("");
        well = read_field(m, &one);
        if (*n < FIELDS_MOST) fields[(*n)++] = one;
        if (!well || !m->rest.n || m->rest.p[0] == '\n') break;
        m->rest = str_slice(m->rest, 1, m->rest.n);
    }
    while (m->rest.n && m->rest.p[0] != '\n') m->rest = str_slice(m->rest, 1, m->rest.n);
    if (m->rest.n) m->rest = str_slice(m->rest, 1, m->rest.n);
    m->line++;
    if (well && *n == 1 && !fields[0].n) *n = 0;
    return well;
}

static bool read_head(struct import *m)
{
    struct str fields[FIELDS_MOST];
    size_t n;
    bool well = read_record(m, fields, &n);
    for (int c = 0; c < COLUMN_COUNT; c++) m->place[c] = -1;
    for (size_t i = 0; well && i < n; i++) {
        int c = 0;
        while (c < COLUMN_COUNT && !str_eq_nocase(str_trim(fields[i]), str_from(columns[c]))) c++;
        if (c == COLUMN_COUNT || m->place[c] >= 0) {
            fault(m, 1, "",
                  arena_printf(&m->cx->arena, "column \"%s\": the columns are name, address, role and until, each once",
                               str_visible(m->cx, fields[i]))
                      .p);
            return false;
        }
        m->place[c] = (int)i;
    }
    m->n_columns = n;
    if (well && m->place[COLUMN_NAME] >= 0 && m->place[COLUMN_ADDRESS] >= 0) return true;
    fault(m, 1, "", "the first line names the columns: name and address, and role and until where they are wanted");
    return false;
}

/* --- rows */

static struct str field(const struct import *m, const struct str *fields, enum column c)
{
    return m->place[c] < 0 ? STR("") : fields[m->place[c]];
}

static void take_addresses(struct import *m, struct str text, struct person *p)
{
    struct str *all = arena_array(&m->cx->arena, struct str, PEOPLE_ADDRESSES + 1), rest = text, one;
    while (p->n_addresses <= PEOPLE_ADDRESSES && str_cut(&rest, ';', &one)) {
        one = str_trim(one);
        if (one.n) all[p->n_addresses++] = one;
    }
    p->addresses = all;
}

static void take_role(struct import *m, struct str role, struct str until, struct row *r)
{
    if (!role.n && until.n) fault(m, r->line, "until", "there is no role that could end");
    if (!role.n) return;
    r->has_role = true;
    r->role = (struct role_change){.subject = r->person.id, .scope = STR("org")};
    if (!identity_role_find(role, &r->role.role))
        fault(m, r->line, "role", arena_printf(&m->cx->arena, "there is no role \"%s\"", str_visible(m->cx, role)).p);
    else if (r->role.role == ROLE_ADMIN || r->role.role == ROLE_SECURITY_OFFICER)
        fault(m, r->line, "role", "admin and security_officer are given one by one, by two people");
    if (until.n && time_parse(until, &r->role.until) != OK)
        fault(m, r->line, "until", "it is to be a date, as 2027-01-31");
}

static void check_row(struct import *m, struct row *r)
{
    enum rc rc = person_check(m->cx, &r->person);
    if (rc == OK && !r->person.n_addresses) rc = fail(m->cx, E_INVALID, "address: it is empty");
    if (rc == OK && r->has_role && !m->out->all_faults) rc = role_form(m->cx, &r->role, identity_now(m->id));
    if (rc == OK) return;
    const char *colon = strchr(m->cx->message, ':');
    bool of_name = str_starts(str_from(m->cx->message), STR("name:"));
    fault(m, r->line,
          of_name                                             ? "name"
          : str_starts(str_from(m->cx->message), STR("addr")) ? "address"
                                                              : "role",
          colon && of_name ? colon + 2 : m->cx->message);
}

static enum rc read_rows(struct import *m)
{
    struct str fields[FIELDS_MOST];
    size_t n;
    while (m->rest.n) {
        int64_t line = m->line;
        bool well = read_record(m, fields, &n);
        if (well && n == 0) continue;
        if (m->n == IMPORT_LINES) return fail(m->cx, E_LIMIT, "more than %d people; send them in parts", IMPORT_LINES);
        struct row *r = &m->rows[m->n];
        *r = (struct row){.line = line};
        if (!well || n != m->n_columns) {
            fault(m, line, "",
                  well ? arena_printf(&m->cx->arena, "%zu fields, and %zu columns", n, m->n_columns).p
                       : "a quote (\") is not closed, or something stands behind the closing one");
            continue;
        }
        m->n++;
        r->person.id = arena_printf(&m->cx->arena, "person:" STR_FMT, STR_ARG(id_new(m->cx)));
        r->person.name = str_trim(field(m, fields, COLUMN_NAME));
        take_addresses(m, field(m, fields, COLUMN_ADDRESS), &r->person);
        take_role(m, str_trim(field(m, fields, COLUMN_ROLE)), str_trim(field(m, fields, COLUMN_UNTIL)), r);
        check_row(m, r);
    }
    return OK;
}

/* --- all or none */

/* Within the unit, and before it, to tell. Who looks like whom, of those who are here and those who come. */
static enum rc judge(struct ctx *cx, sqlite3 *db, void *arg)
{
    struct import *m = arg;
    struct likenesses *l;
    TRY(likenesses_read(cx, db, STR_NONE, &l));
    for (size_t i = 0; i < m->n; i++) {
        char where[32];
        snprintf(where, sizeof where, "line %lld: ", (long long)m->rows[i].line);
        enum rc rc = likenesses_add(cx, l, &m->rows[i].person, m->change ? where : "");
        if (rc != E_CONFLICT || m->change) TRY(rc);
        if (rc == E_CONFLICT) {
            const char *colon = strchr(cx->message, ':');
            bool name = str_starts(str_from(cx->message), STR("name"));
            fault(m, m->rows[i].line, name ? "name" : "address", colon ? colon + 2 : cx->message);
        }
    }
    return OK;
}

static enum rc append(struct import *m)
{
    struct body *bodies = arena_array(&m->cx->arena, struct body, 2 * m->n + 1);
    struct change *c = arena_new(&m->cx->arena, struct change);
    size_t n = 0;
    for (size_t i = 0; i < m->n; i++) {
        const struct row *r = &m->rows[i];
        struct str payload;
        TRY(person_payload(m->cx, m->id->o.ledger, &r->person, -1, &payload));
        bodies[n++] = change_body(m->by, "person", r->person.id, payload);
        if (!r->has_role) continue;
        TRY(role_payload(m->cx, &r->role, &payload));
        bodies[n++] = change_body(m->by, "role", r->person.id, payload);
    }
    TRY(change_make(m->cx, m->id, bodies, n, c));
    c->judge = judge;
    c->arg = m;
    m->change = c;
    return change_append(m->cx, m->id, c);
}

/* By line, else in the order they were found. */
static void sort_faults(struct import *m)
{
    for (size_t i = 1; i < m->out->n_faults; i++) {
        struct import_fault f = m->faults[i];
        size_t k = i;
        for (; k && m->faults[k - 1].line > f.line; k--) m->faults[k] = m->faults[k - 1];
        m->faults[k] = f;
    }
}

enum rc identity_import(struct ctx *cx, struct identity *id, const struct identity_actor *by, struct str csv, bool dry,
                        struct import_result *out)
{
    struct import m = {.cx = cx, .id = id, .by = by, .rest = csv, .line = 1, .out = out};
    *out = (struct import_result){0};
    if (csv.n > IMPORT_BYTES) return fail(cx, E_LIMIT, "more than %llu bytes; send it in parts", IMPORT_BYTES);
    if (str_starts(m.rest, STR("\xef\xbb\xbf"))) m.rest = str_slice(m.rest, 3, m.rest.n);
    m.faults = arena_array(&cx->arena, struct import_fault, IMPORT_FAULTS);
    m.rows = arena_array(&cx->arena, struct row, IMPORT_LINES + 1);
    out->faults = m.faults;
    if (!str_is_utf8(csv)) {
        fault(&m, 0, "", "the file is not UTF-8");
        return OK;
    }
    if (read_head(&m)) TRY(read_rows(&m));
    if (!out->all_faults && m.n == 0) fault(&m, 1, "", "there is nobody in it");
    TRY(judge(cx, id->o.ledger, &m));
    sort_faults(&m);
    if (out->all_faults) return OK;
    for (size_t i = 0; i < m.n; i++) out->roles += m.rows[i].has_role;
    out->people = (int64_t)m.n;
    return dry ? OK : append(&m);
}

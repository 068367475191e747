#include "exchange/access_file_int.h"

#include "base/digest.h"
#include "base/json_read.h"
#include "exchange/names.h"
#include "identity/identity.h"
#include "store/store.h"

#include <stdlib.h>

static const char *const fields[ACCESS_FIELDS] = {
    [FIELD_OF_PERSON] = "person", [FIELD_OF_NAME] = "name",     [FIELD_OF_LEVEL] = "level",
    [FIELD_OF_ALLOWS] = "allows", [FIELD_OF_SHARED] = "shared",
};

/* --- the list as it stands */

static struct str member(struct ctx *cx, const json_t *row, const char *name)
{
    struct str s = json_member(row, name);
    return s.p ? arena_str(&cx->arena, s) : STR("");
}

static void read_was(struct ctx *cx, struct access_file *f, const json_t *content)
{
    const json_t *list = json_object_get(content, "access");
    size_t n = json_array_size(list);
    f->day_was = member(cx, content, "list_day");
    f->was = arena_array(&cx->arena, struct access_row, n + 1);
    for (size_t i = 0; i < n; i++) {
        const json_t *row = json_array_get(list, i), *shared = json_object_get(row, "shared");
        struct access_row *w = &f->was[f->n_was++];
        *w = (struct access_row){.account = str_trim(member(cx, row, "account")), .called = STR("")};
        for (int k = 0; k < ACCESS_FIELDS; k++) w->field[k] = member(cx, row, fields[k]);
        if (shared) w->field[FIELD_OF_SHARED] = json_is_true(shared) ? STR("true") : STR("false");
        char *raw = json_dumps(row, JSON_COMPACT);
        w->raw = arena_str(&cx->arena, str_from(raw));
        free(raw);
    }
}

static struct access_row *find_was(struct access_file *f, struct str account)
{
    for (size_t i = 0; i < f->n_was; i++)
        if (str_eq_nocase(f->was[i].account, account)) return &f->was[i];
    return NULL;
}

/* --- whose an account is */

/* By the first cell that finds one: the person's column, an address, the name. */
static enum rc find_person(struct ctx *cx, struct names *names, const struct access_row *r, struct str *out)
{
    struct str tries[] = {r->cell[ACCESS_PERSON], r->cell[ACCESS_EMAIL], r->account, r->cell[ACCESS_NAME]};
    *out = STR("");
    for (size_t i = 0; i < sizeof tries / sizeof *tries && !out->n; i++) {
        const char *wrong = NULL;
        bool address = tries[i].n && memchr(tries[i].p, '@', tries[i].n);
        if (!tries[i].n || ((i == 1 || i == 2) && !address)) continue;
        TRY(names_person(cx, names, tries[i], false, out, &wrong));
        if (wrong) *out = STR("");
    }
    return OK;
}

/* Somebody has said whose the account is; the file says of nobody else. */
static bool same_holder(const struct access_row *was, const struct access_row *r)
{
    struct str name = r->cell[ACCESS_NAME], before = was->field[FIELD_OF_NAME];
    return !name.n || !before.n || str_eq_nocase(name, before);
}

/* What the file has no column for stays. */
static enum rc compare_row(struct ctx *cx, struct access_file *f, struct access_row *r, sqlite3 *db,
                           struct names *names)
{
    struct access_row *was = find_was(f, r->account);
    TRY(find_person(cx, names, r, &r->field[FIELD_OF_PERSON]));
    r->field[FIELD_OF_NAME] = r->cell[ACCESS_NAME];
    if (!r->field[FIELD_OF_NAME].n && r->cell[ACCESS_PERSON].n && !r->field[FIELD_OF_PERSON].n)
        r->field[FIELD_OF_NAME] = r->cell[ACCESS_PERSON];
    r->field[FIELD_OF_LEVEL] = r->cell[ACCESS_LEVEL];
    r->field[FIELD_OF_ALLOWS] = r->cell[ACCESS_ALLOWS];
    r->field[FIELD_OF_SHARED] = r->cell[ACCESS_SHARED];
    r->was = was;
    if (was) {
        was->kept = true;
        if (!r->field[FIELD_OF_PERSON].n && same_holder(was, r))
            r->field[FIELD_OF_PERSON] = was->field[FIELD_OF_PERSON];
        if (!f->has[ACCESS_NAME] && !r->field[FIELD_OF_NAME].n) r->field[FIELD_OF_NAME] = was->field[FIELD_OF_NAME];
        if (!f->has[ACCESS_SHARED]) r->field[FIELD_OF_SHARED] = was->field[FIELD_OF_SHARED];
        if (!r->field[FIELD_OF_ALLOWS].n && !f->has[ACCESS_ALLOWS] &&
            str_eq(r->field[FIELD_OF_LEVEL], was->field[FIELD_OF_LEVEL]))
            r->field[FIELD_OF_ALLOWS] = was->field[FIELD_OF_ALLOWS];
    }
    return identity_name(cx, db, r->field[FIELD_OF_PERSON], &r->called);
}

static void make_outcome(struct access_file *f, struct str digest)
{
    struct digest d;
    uint8_t sum[32];
    digest_init(&d);
    digest_field(&d, digest);
    digest_field(&d, f->day);
    for (size_t i = 0; i < f->n; i++) {
        digest_field(&d, f->rows[i].account);
        for (int k = 0; k < ACCESS_FIELDS; k++) digest_field(&d, f->rows[i].field[k]);
    }
    digest_final(&d, sum);
    digest_hex(sum, sizeof sum, f->outcome);
}

enum rc access_file_compare(struct ctx *cx, struct access_file *f, sqlite3 *ledger, const struct catalog *c,
                            struct str content, struct str digest, struct str day)
{
    struct names *names;
    json_error_t error;
    json_t *now = json_loadb(content.p, content.n, 0, &error);
    if (!now) return fail(cx, E_INTERNAL, "an item's content cannot be read");
    read_was(cx, f, now);
    json_decref(now);
    f->content = arena_str(&cx->arena, content);
    f->day = arena_str(&cx->arena, day);
    TRY(names_open(cx, ledger, c, &names));
    enum rc rc = OK;
    for (size_t i = 0; i < f->n && rc == OK; i++) rc = compare_row(cx, f, &f->rows[i], ledger, names);
    for (size_t i = 0; i < f->n_was && rc == OK; i++)
        rc = identity_name(cx, ledger, f->was[i].field[FIELD_OF_PERSON], &f->was[i].called);
    names_close(names);
    make_outcome(f, digest);
    return rc;
}

size_t access_file_faults(const struct access_file *f)
{
    return f->all_faults;
}

const char *access_file_outcome(const struct access_file *f)
{
    return f->outcome;
}

/* --- what would come of it */

static bool differs(const struct access_row *r, int k)
{
    return r->was && !str_eq(r->field[k], r->was->field[k]);
}

static bool has_changed(const struct access_row *r)
{
    for (int k = 0; k < ACCESS_FIELDS; k++)
        if (differs(r, k)) return true;
    return false;
}

bool access_file_changes(const struct access_file *f)
{
    for (size_t i = 0; i < f->n; i++)
        if (!f->rows[i].was || has_changed(&f->rows[i])) return true;
    for (size_t i = 0; i < f->n_was; i++)
        if (!f->was[i].kept) return true;
    return !str_eq(f->day, f->day_was);
}

/* People by their names. */
static struct str shown(const struct access_row *r, int k)
{
    return k == FIELD_OF_PERSON && r->called.n ? r->called : r->field[k];
}

static void put_row(struct json *j, const struct access_row *r, const char *change)
{
    json_begin(j, '{');
    json_put_cstr(j, "change", change);
    json_put_int(j, "line", r->line);
    json_put_str(j, "account", r->account);
    json_put_str(j, "person", r->called);
    json_put_str(j, "name", r->field[FIELD_OF_NAME]);
    json_put_str(j, "level", r->field[FIELD_OF_LEVEL]);
    json_key(j, "fields");
    json_begin(j, '[');
    for (int k = 0; k < ACCESS_FIELDS; k++) {
        if (!differs(r, k)) continue;
        json_begin(j, '{');
        json_put_cstr(j, "field", fields[k]);
        json_put_str(j, "before", shown(r->was, k));
        json_put_str(j, "after", shown(r, k));
        json_end(j, '}');
    }
    json_end(j, ']');
    json_end(j, '}');
}

static void put_told(const struct access_file *f, enum lang lang, struct json *j)
{
    json_key(j, "faults");
    json_begin(j, '[');
    for (size_t i = 0; i < f->n_faults; i++) {
        json_begin(j, '{');
        json_put_int(j, "line", f->faults[i].line);
        json_put_str(j, "field", f->faults[i].field);
        json_put_str(j, "text", f->faults[i].text[lang]);
        json_end(j, '}');
    }
    json_end(j, ']');
    json_key(j, "ignored");
    json_begin(j, '[');
    for (size_t i = 0; i < f->n_ignored; i++) json_str(j, f->ignored[i]);
    json_end(j, ']');
}

void access_file_report(const struct access_file *f, enum lang lang, struct json *j)
{
    int64_t joined = 0, left = 0, changed = 0, unmatched = 0;
    for (size_t i = 0; i < f->n; i++) {
        joined += !f->rows[i].was;
        changed += has_changed(&f->rows[i]);
        unmatched += !f->rows[i].called.n;
    }
    for (size_t i = 0; i < f->n_was; i++) left += !f->was[i].kept;
    json_put_cstr(j, "outcome", f->outcome);
    json_put_bool(j, "changes", access_file_changes(f));
    json_put_int(j, "accounts", (int64_t)f->n);
    json_put_int(j, "joined", joined);
    json_put_int(j, "left", left);
    json_put_int(j, "changed", changed);
    json_put_int(j, "unchanged", (int64_t)f->n - joined - changed);
    json_put_int(j, "unmatched", unmatched);
    json_put_int(j, "fault_count", (int64_t)f->all_faults);
    put_told(f, lang, j);
    json_key(j, "rows");
    json_begin(j, '[');
    for (size_t i = 0; i < f->n; i++)
        if (!f->rows[i].was) put_row(j, &f->rows[i], "joined");
    for (size_t i = 0; i < f->n_was; i++)
        if (!f->was[i].kept) put_row(j, &f->was[i], "left");
    for (size_t i = 0; i < f->n; i++)
        if (has_changed(&f->rows[i])) put_row(j, &f->rows[i], "changed");
    json_end(j, ']');
}

/* --- the item's content with it */

static json_t *row_json(const struct access_row *r)
{
    json_error_t error;
    json_t *row = r->was && r->was->raw.p ? json_loadb(r->was->raw.p, r->was->raw.n, 0, &error) : json_object();
    (void)json_object_set_new(row, "account", json_stringn(r->account.p, r->account.n));
    for (int k = 0; k < ACCESS_FIELDS; k++) {
        struct str v = r->field[k];
        if (!v.n)
            (void)json_object_del(row, fields[k]);
        else
            (void)json_object_set_new(
                row, fields[k], k == FIELD_OF_SHARED ? json_boolean(str_eq(v, STR("true"))) : json_stringn(v.p, v.n));
    }
    return row;
}

enum rc access_file_content(struct ctx *cx, const struct access_file *f, struct str *out)
{
    json_error_t error;
    json_t *content = json_loadb(f->content.p, f->content.n, 0, &error), *list = json_array();
    for (size_t i = 0; i < f->n; i++) (void)json_array_append_new(list, row_json(&f->rows[i]));
    (void)json_object_set_new(content, "access", list);
    (void)json_object_set_new(content, "list_day", json_stringn(f->day.p, f->day.n));
    char *text = content ? json_dumps(content, JSON_COMPACT) : NULL;
    json_decref(content);
    if (!text) return fail(cx, E_INTERNAL, "out of memory");
    *out = arena_str(&cx->arena, str_from(text));
    free(text);
    return OK;
}

/* Who may make a move, and whether enough have. People count by the roles they hold now, also those who consented
 * earlier. */
#include "records/records.h"

#include "base/limits.h"
#include "ledger/canonical.h"

static bool names_people(const struct record_kind *k, struct str name)
{
    const struct record_field *f = record_find_field(k, name);
    return f && f->type == FIELD_PERSON;
}

static bool is_person_of_field(struct ctx *cx, const struct records_item *item, struct str name, struct str person)
{
    const struct record_field *f = record_find_field(item->kind, name);
    if (!names_people(item->kind, name) || !person.n) return false;
    struct str value = canonical_find(item->content, arena_cstr(&cx->arena, name)), one, rest = value;
    if (!value.p) return false;
    if (!f->many) return canonical_str(&cx->arena, value, &one) && str_eq(one, person);
    for (struct str each; canonical_item(&rest, &each);)
        if (canonical_str(&cx->arena, each, &one) && str_eq(one, person)) return true;
    return false;
}

/* Whether the query, of subject, person and a number, gives a row. */
static enum rc is_there(struct ctx *cx, sqlite3 *db, const char *sql, const struct records_item *item,
                        struct str person, bool *out)
{
    scoped_stmt *st = NULL;
    TRY(store_prepare(cx, db, str_from(sql), &st));
    store_bind_str(st, 1, item->subject);
    store_bind_str(st, 2, person);
    return store_step(cx, st, out);
}

/* Wrote a version since the last one that was approved. */
#define WROTE                                                                                                          \
    "SELECT 1 FROM fact_record_versions WHERE subject = ?1 AND actor = ?2 AND n > coalesce((SELECT max(s.n) FROM "     \
    "fact_step s JOIN fact_record_versions v ON v.subject = s.subject AND v.version = s.version AND v.digest = "       \
    "s.digest WHERE s.subject = ?1 AND s.approves = 1 AND s.version < (SELECT max(version) FROM fact_record_versions " \
    "WHERE subject = ?1)), -1)"
#define ASKED                                                                                                          \
    "SELECT 1 FROM fact_step WHERE subject = ?1 AND actor = ?2 AND n = (SELECT n FROM fact_step_last WHERE subject = " \
    "?1)"

const char *records_bar_name(enum records_bar b)
{
    static const char *const names[] = {"free", "state", "role", "owner", "editor", "asker", "named", "missing"};
    return b < RECORDS_BARS ? names[b] : "";
}

static enum rc find_exclusion(struct ctx *cx, sqlite3 *db, const struct records_item *item, const struct record_move *m,
                              struct str person, enum records_bar *bar)
{
    bool there;
    *bar = RECORDS_FREE;
    for (size_t i = 0; i < m->n_other_than && *bar == RECORDS_FREE; i++) {
        struct str word = m->other_than[i];
        if (str_eq(word, STR("owner"))) {
            if (str_eq(item->owner, person)) *bar = RECORDS_OWNER;
        } else if (str_eq(word, STR("editor"))) {
            TRY(is_there(cx, db, WROTE, item, person, &there));
            if (there) *bar = RECORDS_EDITOR;
        } else if (str_eq(word, STR("asker"))) {
            TRY(is_there(cx, db, ASKED, item, person, &there));
            if (there) *bar = RECORDS_ASKER;
        } else if (is_person_of_field(cx, item, word, person)) {
            *bar = RECORDS_NAMED;
        }
    }
    return OK;
}

static const char *const excluded[RECORDS_BARS] = {
    [RECORDS_OWNER] = "its owner",
    [RECORDS_EDITOR] = "who has written any part of it",
    [RECORDS_ASKER] = "who made the move before",
    [RECORDS_NAMED] = "who stands in one of its fields",
};

static bool is_maker(struct ctx *cx, const struct records_item *item, const struct record_move *m, struct str person,
                     uint32_t roles)
{
    for (size_t i = 0; i < m->n_who; i++) {
        enum identity_role role;
        if (str_eq(m->who[i], STR("owner"))) {
            if (person.n && str_eq(item->owner, person)) return true;
        } else if (names_people(item->kind, m->who[i])) { /* before a role of that name: this data's owner, not any */
            if (is_person_of_field(cx, item, m->who[i], person)) return true;
        } else if (identity_role_find(m->who[i], &role) && roles >> role & 1) {
            return true;
        }
    }
    return false;
}

static const char *words_of(struct ctx *cx, const struct record_move *m)
{
    scoped_buf b;
    buf_init(&b, 0);
    for (size_t i = 0; i < m->n_who; i++) {
        if (i) buf_cstr(&b, i + 1 == m->n_who ? " or " : ", ");
        buf_str(&b, m->who[i]);
    }
    return arena_cstr(&cx->arena, buf_view(&b));
}

/* Roles in the organization that are in force, of a person who has not left; no machine's. */
#define ROLES                                                                                                          \
    "SELECT r.role FROM fact_role r WHERE r.scope = 'org' AND r.state = 'granted' AND (r.until IS NULL OR r.until > "  \
    "?2) AND (r.subject = ?1 OR r.subject IN (SELECT g.subject FROM fact_group_members m JOIN fact_group g ON g.n = "  \
    "m.n WHERE m.value = ?1 AND g.state = 'active')) AND EXISTS (SELECT 1 FROM fact_person p WHERE p.subject = ?1 "    \
    "AND p.state = 'active' AND p.bot IS NULL)"

static enum rc roles_of(struct ctx *cx, sqlite3 *db, struct str person, int64_t now, uint32_t *out)
{
    scoped_stmt *st = NULL;
    bool row;
    *out = 0;
    TRY(store_prepare(cx, db, STR(ROLES), &st));
    store_bind_str(st, 1, person);
    store_bind_int(st, 2, now);
    for (;;) {
        enum identity_role role;
        TRY(store_step(cx, st, &row));
        if (!row) return OK;
        if (identity_role_find(store_column_str(st, 0), &role)) *out |= 1U << role;
    }
}

#define CONSENTS                                                                                                       \
    "SELECT DISTINCT actor FROM fact_step WHERE subject = ?1 AND step = 'consent' AND move = ?2 AND digest = ?3 AND "  \
    "n > ?4"

/* How many beside `person` have consented and still may. */
static enum rc count_consents(struct ctx *cx, sqlite3 *db, const struct records_item *item, const struct record_move *m,
                              struct str person, int64_t now, int *out)
{
    scoped_stmt *st = NULL;
    bool row;
    *out = 0;
    TRY(store_prepare(cx, db, STR(CONSENTS), &st));
    store_bind_str(st, 1, item->subject);
    store_bind_str(st, 2, m->key);
    store_bind_str(st, 3, item->digest);
    store_bind_int(st, 4, item->n > item->since ? item->n : item->since);
    for (;;) {
        uint32_t roles;
        enum records_bar bar;
        TRY(store_step(cx, st, &row));
        if (!row) return OK;
        struct str other = arena_str(&cx->arena, store_column_str(st, 0));
        if (str_eq(other, person)) continue;
        TRY(roles_of(cx, db, other, now, &roles));
        TRY(find_exclusion(cx, db, item, m, other, &bar));
        if (bar == RECORDS_FREE && is_maker(cx, item, m, other, roles)) ++*out;
    }
}

/* Tells of each place left open what is to be done with it. */
struct retelling {
    struct ctx *cx;
    records_fault *tell;
    void *arg;
    const char *field, *place; /* the first */
};

static void tell_open(void *arg, const char *field, const char *place)
{
    struct retelling *r = arg;
    if (!r->place) {
        r->field = field;
        r->place = place;
    }
    if (r->tell) r->tell(r->arg, field, arena_printf(&r->cx->arena, "is to be filled in where \"%s\" stands", place).p);
}

/* What comes into force has nothing left open in it: a ready text that nobody has made their own is nobody's. */
static enum rc check_whole(struct ctx *cx, const struct records_item *item, const struct record_move *m,
                           records_fault *tell, void *arg)
{
    struct retelling r = {.cx = cx, .tell = tell, .arg = arg};
    enum rc rc = records_complete(cx, item->kind, m, item->content, tell, arg);
    bool counts = m->approves || item->kind->states[m->to].phase == PHASE_IN_FORCE;
    if (rc != OK && rc != E_INVALID) return rc;
    if (counts) (void)records_open(cx, item->kind, item->title, item->content, tell_open, &r);
    if (rc != OK || !r.place) return rc;
    return fail(cx, E_INVALID, "%s: is to be filled in where \"%s\" stands", r.field, r.place);
}

enum rc records_may(struct ctx *cx, sqlite3 *db, const struct records_item *item, const struct record_move *m,
                    const struct records_by *by, int64_t now, records_fault *tell, void *arg, enum records_bar *bar,
                    int *missing)
{
    int others;
    *missing = m->people;
    *bar = RECORDS_STATE;
    int state = record_find_state(item->kind, item->state);
    if (state < 0 || !(m->from >> state & 1))
        return fail(cx, E_CONFLICT, "\"" STR_FMT "\" cannot be done: the item is in the state \"" STR_FMT "\"",
                    STR_ARG(m->key), STR_ARG(item->state));
    *bar = RECORDS_ROLE;
    if (!is_maker(cx, item, m, by->actor.person, by->roles))
        return fail(cx, E_DENIED, "\"" STR_FMT "\" is for: %s", STR_ARG(m->key), words_of(cx, m));
    TRY(find_exclusion(cx, db, item, m, by->actor.person, bar));
    if (*bar != RECORDS_FREE)
        return fail(cx, E_DENIED, "\"" STR_FMT "\": %s may not, somebody else must", STR_ARG(m->key), excluded[*bar]);
    *bar = RECORDS_MISSING;
    TRY(check_whole(cx, item, m, tell, arg));
    *bar = RECORDS_FREE;
    TRY(count_consents(cx, db, item, m, by->actor.person, now, &others));
    *missing = m->people - 1 - others;
    if (*missing < 0) *missing = 0;
    return OK;
}

/* The move that put an item in force: who may make it may also review it. */
static const struct record_move *move_into(const struct record_kind *k, int state)
{
    for (size_t i = 0; i < k->n_moves; i++)
        if (k->moves[i].to == state && k->moves[i].approves) return &k->moves[i];
    return NULL;
}

enum rc records_judge_review(struct ctx *cx, sqlite3 *db, const struct records_item *item, const struct records_by *by,
                             int64_t now)
{
    enum records_bar bar;
    int missing;
    if (item->phase != PHASE_IN_FORCE || !item->kind->review_days)
        return fail(cx, E_CONFLICT, "only an item in force that has a review cycle is reviewed");
    const struct record_move *into = move_into(item->kind, record_find_state(item->kind, item->state));
    if (!into) return OK;
    struct record_move as = *into; /* as if it were approved again, by one person */
    as.from = UINT32_MAX;
    as.people = 1;
    return records_may(cx, db, item, &as, by, now, NULL, NULL, &bar, &missing);
}

bool records_may_review(sqlite3 *db, const struct records_item *item, const struct records_by *by, int64_t now)
{
    struct ctx own; /* why not is nobody's error */
    ctx_init(&own);
    bool may = records_judge_review(&own, db, item, by, now) == OK;
    ctx_release(&own);
    return may;
}

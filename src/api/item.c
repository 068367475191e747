#include "api/item.h"
#include "base/texts_fi.h"

#include "api/show.h"
#include "store/store.h"

#define MOST_STEPS 200

struct records_by item_by(const struct api_call *call)
{
    return (struct records_by){call->actor, call->who.roles};
}

enum rc item_kind(struct ctx *cx, struct api_call *call, const struct record_kind **out)
{
    *out = catalog_find_record(call->catalog, api_value(call, "register"));
    return *out ? OK : api_fail(cx, call, E_NOTFOUND, "there is no such register", "sellaista rekisteriä ei ole");
}

enum rc item_read(struct ctx *cx, struct api_call *call, sqlite3 *db, struct records_item *out)
{
    const struct record_kind *k;
    TRY(item_kind(cx, call, &k));
    struct str subject =
        arena_printf(&cx->arena, "record:" STR_FMT "/" STR_FMT, STR_ARG(k->key), STR_ARG(api_value(call, "item")));
    return records_get(cx, db, call->catalog, subject, out);
}

/* --- parts of the answer */

static void put_now(struct ctx *cx, struct api_call *call, sqlite3 *db, const struct records_item *item,
                    const struct record_move *m)
{
    struct records_by by = item_by(call);
    struct json *j = &call->out;
    struct ctx own; /* what is in the way is no error of this call */
    enum records_bar bar;
    int missing;
    ctx_init(&own);
    enum rc rc = records_may(&own, db, item, m, &by, call->now, NULL, NULL, &bar, &missing);
    (void)cx;
    json_begin(j, '{');
    json_put_str(j, "key", m->key);
    json_put_str(j, "title", m->title[call->lang]);
    bool may = api_may(call, "registers.move", STR_NONE);
    json_put_bool(j, "may", rc == OK && may);
    json_put_cstr(j, "bar", records_bar_name(may ? bar : RECORDS_ROLE));
    json_key(j, "who");
    json_begin(j, '[');
    for (size_t i = 0; i < m->n_who; i++) json_str(j, m->who[i]);
    json_end(j, ']');
    json_put_int(j, "missing", missing);
    json_end(j, '}');
    ctx_release(&own);
}

static void put_moves(struct ctx *cx, struct api_call *call, sqlite3 *db, const struct records_item *item)
{
    int state = record_find_state(item->kind, item->state);
    json_key(&call->out, "moves");
    json_begin(&call->out, '[');
    for (size_t i = 0; state >= 0 && i < item->kind->n_moves; i++)
        if (item->kind->moves[i].from >> state & 1) put_now(cx, call, db, item, &item->kind->moves[i]);
    json_end(&call->out, ']');
}

#define VERSIONS                                                                                                       \
    "SELECT v.seq, v.at, v.actor, p.name, v.digest FROM fact_record_versions v LEFT JOIN fact_person p ON p.subject "  \
    "= v.actor WHERE v.subject = ?1 ORDER BY v.seq DESC LIMIT ?2"
#define STEPS                                                                                                          \
    "SELECT s.n, s.at, s.actor, p.name, s.step, s.move, s.state, s.version, s.reason FROM fact_step s LEFT JOIN "      \
    "fact_person p ON p.subject = s.actor WHERE s.subject = ?1 AND s.step <> 'acceptance' ORDER BY s.n DESC LIMIT ?2"

static enum rc put_versions(struct ctx *cx, struct api_call *call, sqlite3 *db, const struct records_item *item)
{
    scoped_stmt *st = NULL;
    struct json *j = &call->out;
    bool row;
    TRY(store_prepare(cx, db, STR(VERSIONS), &st));
    store_bind_str(st, 1, item->subject);
    store_bind_int(st, 2, MOST_STEPS);
    json_key(j, "versions");
    json_begin(j, '[');
    for (;;) {
        TRY(store_step(cx, st, &row));
        if (!row) break;
        json_begin(j, '{');
        show_column_int(j, "version", st, 0);
        show_column_time(j, "at", st, 1);
        show_column_person(j, "by", st, 2);
        show_column_text(j, "digest", st, 4);
        json_end(j, '}');
    }
    json_end(j, ']');
    return OK;
}

static enum rc put_steps(struct ctx *cx, struct api_call *call, sqlite3 *db, const struct records_item *item)
{
    scoped_stmt *st = NULL;
    struct json *j = &call->out;
    bool row;
    TRY(store_prepare(cx, db, STR(STEPS), &st));
    store_bind_str(st, 1, item->subject);
    store_bind_int(st, 2, MOST_STEPS);
    json_key(j, "steps");
    json_begin(j, '[');
    for (;;) {
        TRY(store_step(cx, st, &row));
        if (!row) break;
        json_begin(j, '{');
        show_column_int(j, "n", st, 0);
        show_column_time(j, "at", st, 1);
        show_column_person(j, "by", st, 2);
        show_column_text(j, "step", st, 4);
        show_column_text(j, "move", st, 5);
        show_column_text(j, "state", st, 6);
        show_column_int(j, "version", st, 7);
        show_column_text(j, "reason", st, 8);
        json_end(j, '}');
    }
    json_end(j, ']');
    return OK;
}

/* People who hold one of the roles now, and of them those who have accepted this version. */
#define PEOPLE                                                                                                         \
    "WITH asked AS (SELECT DISTINCT p.subject FROM fact_role r LEFT JOIN fact_group g ON g.subject = r.subject AND "   \
    "g.state = 'active' LEFT JOIN fact_group_members m ON m.n = g.n JOIN fact_person p ON p.subject = "                \
    "coalesce(m.value, r.subject) AND p.state = 'active' WHERE r.state = 'granted' AND (r.until IS NULL OR r.until > " \
    "?3) AND r.role IN (SELECT value FROM json_each(?1))) SELECT count(*), count(*) FILTER (WHERE EXISTS (SELECT 1 "   \
    "FROM fact_step s WHERE s.subject = ?2 AND s.step = 'acceptance' AND s.actor = asked.subject AND s.digest = ?4)) " \
    "FROM asked"

static struct str roles_json(struct ctx *cx, const struct record_kind *k)
{
    scoped_buf b;
    struct json j;
    buf_init(&b, 0);
    json_init(&j, &b, false);
    json_begin(&j, '[');
    for (size_t i = 0; i < k->n_accept; i++) json_str(&j, k->accept[i]);
    json_end(&j, ']');
    return arena_str(&cx->arena, buf_view(&b));
}

static enum rc put_people(struct ctx *cx, struct api_call *call, sqlite3 *db, const struct records_item *item)
{
    scoped_stmt *st = NULL;
    struct json *j = &call->out;
    bool row;
    json_key(j, "people");
    if (item->phase != PHASE_IN_FORCE || !item->kind->n_accept) {
        json_nil(j);
        return OK;
    }
    TRY(store_prepare(cx, db, STR(PEOPLE), &st));
    store_bind_str(st, 1, roles_json(cx, item->kind));
    store_bind_str(st, 2, item->subject);
    store_bind_int(st, 3, call->now);
    store_bind_str(st, 4, item->digest);
    TRY(store_step(cx, st, &row));
    json_begin(j, '{');
    json_put_int(j, "asked", sqlite3_column_int64(st, 0));
    json_put_int(j, "accepted", sqlite3_column_int64(st, 1));
    json_end(j, '}');
    return OK;
}

struct opening {
    struct json *j;
};

static void put_place(void *arg, const char *field, const char *place)
{
    struct json *j = ((struct opening *)arg)->j;
    json_begin(j, '{');
    json_put_cstr(j, "field", field);
    json_put_cstr(j, "place", place);
    json_end(j, '}');
}

void item_put_open(struct ctx *cx, struct json *j, const struct record_kind *k, struct str title, struct str content)
{
    struct opening o = {j};
    json_key(j, "open");
    json_begin(j, '[');
    (void)records_open(cx, k, title, content, put_place, &o);
    json_end(j, ']');
}

#define FILES "SELECT digest, name, type, size, received, by FROM fact_record_files WHERE n = ?1 ORDER BY seq"

enum rc item_put_files(struct ctx *cx, struct api_call *call, sqlite3 *db, int64_t n)
{
    scoped_stmt *st = NULL;
    struct json *j = &call->out;
    bool row;
    TRY(store_prepare(cx, db, STR(FILES), &st));
    store_bind_int(st, 1, n);
    json_key(j, "files");
    json_begin(j, '[');
    for (;;) {
        TRY(store_step(cx, st, &row));
        if (!row) break;
        json_begin(j, '{');
        show_column_text(j, "digest", st, 0);
        show_column_text(j, "name", st, 1);
        show_column_text(j, "type", st, 2);
        show_column_int(j, "size", st, 3);
        show_column_time(j, "received", st, 4);
        show_column_text(j, "by", st, 5);
        json_end(j, '}');
    }
    json_end(j, ']');
    return OK;
}

/* Whatever a value leads to, by its name. */
#define NAMES                                                                                                          \
    "SELECT DISTINCT j.atom, coalesce(p.name, g.name, r.title, o.name, w.title) AS called FROM json_tree(?1) j "       \
    "LEFT JOIN fact_person p ON p.subject = j.atom LEFT JOIN fact_group g ON g.subject = j.atom "                      \
    "LEFT JOIN fact_record r ON r.subject = j.atom LEFT JOIN fact_repository o ON o.subject = j.atom "                 \
    "LEFT JOIN fact_project w ON w.subject = j.atom WHERE j.type = 'text' AND (j.atom LIKE 'person:%' OR j.atom LIKE " \
    "'group:%' OR j.atom LIKE 'record:%' OR j.atom LIKE 'repo:%' OR j.atom LIKE 'project:%' OR j.atom LIKE 'task:%' "  \
    "OR j.atom LIKE 'obligation:%')"

enum rc item_put_names(struct ctx *cx, struct api_call *call, sqlite3 *db, struct str content)
{
    scoped_stmt *st = NULL;
    struct json *j = &call->out;
    bool row;
    TRY(store_prepare(cx, db, STR(NAMES), &st));
    store_bind_str(st, 1, content);
    json_key(j, "names");
    json_begin(j, '[');
    for (;;) {
        TRY(store_step(cx, st, &row));
        if (!row) break;
        struct str id = store_column_str(st, 0), name = store_column_str(st, 1);
        if (!name.p) name = show_subject(call->catalog, call->lang, id); /* tasks and points */
        if (!name.p) continue;
        json_begin(j, '{');
        json_put_str(j, "id", id);
        json_put_str(j, "name", name);
        json_end(j, '}');
    }
    json_end(j, ']');
    return OK;
}

static enum rc put_basics(struct ctx *cx, struct api_call *call, sqlite3 *db, const struct records_item *item)
{
    struct json *j = &call->out;
    json_put_str(j, "subject", item->subject);
    json_put_str(j, "register", item->kind->key);
    json_put_int(j, "number", item->number);
    json_put_str(j, "title", item->title);
    json_key(j, "content");
    json_raw(j, item->content);
    json_key(j, "shows");
    json_begin(j, '[');
    for (size_t i = 0; i < item->n_shows; i++) json_str(j, item->shows[i]);
    json_end(j, ']');
    TRY(item_put_names(cx, call, db, item->content));
    TRY(item_put_files(cx, call, db, item->n));
    json_put_str(j, "digest", item->digest);
    json_put_int(j, "version", item->version);
    json_put_str(j, "state", item->state);
    json_put_cstr(j, "phase", record_phase_name(item->phase));
    json_put_bool(j, "approved", item->approved);
    api_put_time(j, "at", item->at);
    api_put_time(j, "review_due", item->review_due);
    return OK;
}

void item_tell(void *telling, const char *field, const char *text)
{
    const struct item_telling *t = telling;
    api_fault(t->call, field, text, text_fi(t->cx, text));
}

enum rc item_put(struct ctx *cx, struct api_call *call, sqlite3 *db, const struct records_item *item)
{
    struct str name;
    bool writes = api_may(call, "registers.write", STR_NONE);
    const struct records_by by = item_by(call);
    TRY(identity_name(cx, db, item->owner, &name));
    api_tag(call, (uint64_t)item->n);
    json_begin(&call->out, '{');
    TRY(put_basics(cx, call, db, item));
    show_text(&call->out, "origin", item->origin);
    item_put_open(cx, &call->out, item->kind, item->title, item->content);
    show_person(&call->out, "owner", item->owner, name);
    json_put_bool(&call->out, "may_edit", writes && records_edit_to(item->kind, item->state) >= 0);
    bool moves = api_may(call, "registers.move", STR_NONE);
    json_put_bool(&call->out, "may_review", moves && records_may_review(db, item, &by, call->now));
    put_moves(cx, call, db, item);
    TRY(put_versions(cx, call, db, item));
    TRY(put_steps(cx, call, db, item));
    TRY(put_people(cx, call, db, item));
    json_end(&call->out, '}');
    return OK;
}

#include "api/event_list.h"

#include "api/show.h"
#include "base/limits.h"
#include "store/store.h"

static const struct {
    const char *kind, *theme;
} themes[] = {
    {"adoption", "tasks"},
    {"answer", "registers"},
    {"applicability", "decisions"},
    {"approval", "decisions"},
    {"assessment", "assessments"},
    {"attestation", "code"},
    {"catalog", "organization"},
    {"change", "code"},
    {"comment", "code"},
    {"conclusion", "tasks"},
    {"credential", "people"},
    {"decision", "code"},
    {"erasure", "ledger"},
    {"expunge", "code"},
    {"expunged", "code"},
    {"cleared", "code"},
    {"evidence", "code"},
    {"group", "people"},
    {"key", "people"},
    {"measure", "assessments"},
    {"mirror", "code"},
    {"note", "tasks"},
    {"organization", "organization"},
    {"outcome", "code"},
    {"patch_set", "code"},
    {"person", "people"},
    {"policy", "decisions"},
    {"project", "organization"},
    {"protection", "code"},
    {"push", "code"},
    {"record", "registers"},
    {"repository", "assessments"},
    {"request", "decisions"},
    {"restored", "ledger"},
    {"review", "code"},
    {"role", "people"},
    {"rotation", "ledger"},
    {"sign_in", "people"},
    {"source_key", "code"},
    {"step", "registers"},
    {"task", "tasks"},
    {"treatment", "tasks"},
    {"verdicts", "assessments"},
    {"waiver", "decisions"},
    {"webhook", "organization"},
    {"mail_server", "organization"},
};

const char *event_theme(struct str kind)
{
    for (size_t i = 0; i < sizeof themes / sizeof *themes; i++)
        if (str_eq(kind, str_from(themes[i].kind))) return themes[i].theme;
    return "organization";
}

/* --- finding */

bool event_has_index(struct str subject) /* facts.sql, p_facts_subject */
{
    static const char *const begins[] = {"task:", "oblig", "repo:", "perso", "proje", "group"};
    for (size_t i = 0; i < sizeof begins / sizeof *begins; i++)
        if (str_starts(subject, str_from(begins[i]))) return true;
    return false;
}

#define FIND(where)                                                                                                    \
    "SELECT f.n, (?4 IS NULL OR f.actor = ?4) AND (?5 IS NULL OR f.subject = ?5)"                                      \
    " AND (?6 IS NULL OR f.kind IN (SELECT value FROM json_each(?6)))"                                                 \
    " AND (?7 IS NULL OR coalesce(instr(lower(b.body), lower(?7)), 0))"                                                \
    " FROM p_facts f LEFT JOIN bodies b ON ?7 IS NOT NULL AND b.n = f.n"                                               \
    " WHERE " where " AND f.n BETWEEN ?2 AND ?3 ORDER BY f.n DESC"

static const char *const find_sql[] = {
    [EVENTS_ALL] = FIND("?1 IS NULL"),
    [EVENTS_OF_KIND] = FIND("f.kind = ?1"),
    [EVENTS_OF_ACTOR] = FIND("f.actor = ?1"),
    [EVENTS_ABOUT] =
        FIND("f.subject = ?1 AND substr(f.subject, 1, 5) IN ('task:', 'oblig', 'repo:', 'perso', 'proje', 'group')"),
};

struct source {
    sqlite3_stmt *st;
    int64_t n; /* of the row it stands at; -1: at its end */
};

static enum rc step(struct ctx *cx, struct source *s)
{
    bool row;
    TRY(store_step(cx, s->st, &row));
    s->n = row ? sqlite3_column_int64(s->st, 0) : -1;
    return OK;
}

static enum rc open_source(struct ctx *cx, struct api_call *call, const struct event_wish *w, struct str of,
                           struct source *s)
{
    TRY(store_prepare(cx, call->ledger, str_from(find_sql[w->source]), &s->st));
    store_bind_str(s->st, 1, of);
    store_bind_int(s->st, 2, w->first);
    store_bind_int(s->st, 3, w->last);
    store_bind_str(s->st, 4, w->actor);
    store_bind_str(s->st, 5, w->subject);
    store_bind_str(s->st, 6, w->kinds);
    store_bind_str(s->st, 7, w->text);
    return step(cx, s);
}

static struct source *newest(struct source *s, size_t n)
{
    struct source *best = &s[0];
    for (size_t i = 1; i < n; i++)
        if (s[i].n > best->n) best = &s[i];
    return best;
}

static enum rc merge(struct ctx *cx, const struct event_wish *w, struct source *s, size_t n, struct event_page *out)
{
    int64_t most = w->text.p ? LIMIT_EVENTS_SEARCHED : LIMIT_EVENTS_LOOKED_AT;
    for (int64_t looked = 0;; looked++) {
        struct source *at = newest(s, n);
        if (at->n < 0) return OK;
        bool fits = sqlite3_column_int(at->st, 1) != 0;
        if (looked == most || (fits && (int64_t)out->count == w->limit)) {
            out->next = at->n;
            return OK;
        }
        if (fits) out->n[out->count++] = at->n;
        TRY(step(cx, at));
    }
}

enum rc event_list_find(struct ctx *cx, struct api_call *call, const struct event_wish *w, struct event_page *out)
{
    struct source sources[EVENT_SOURCES] = {{0}};
    size_t n = w->source == EVENTS_ALL ? 1 : w->n_of;
    enum rc rc = OK;
    *out = (struct event_page){.n = arena_array(&cx->arena, int64_t, (size_t)w->limit + 1), .next = -1};
    for (size_t i = 0; i < n && rc == OK; i++)
        rc = open_source(cx, call, w, w->source == EVENTS_ALL ? STR_NONE : w->of[i], &sources[i]);
    if (rc == OK && n) rc = merge(cx, w, sources, n, out);
    for (size_t i = 0; i < n; i++) store_finalize(&sources[i].st);
    return rc;
}

enum rc event_list_since(struct ctx *cx, struct api_call *call, int64_t at, int64_t *n)
{
    scoped_stmt *st = NULL;
    int64_t low = 0, high;
    bool row;
    TRY(store_get_int(cx, call->ledger, "SELECT coalesce(max(n) + 1, 0) FROM p_facts", &high));
    TRY(store_prepare(cx, call->ledger, STR("SELECT at FROM p_facts WHERE n = ?1"), &st));
    while (low < high) { /* time order is log order */
        int64_t mid = low + (high - low) / 2;
        store_bind_int(st, 1, mid);
        TRY(store_step(cx, st, &row));
        if (row && sqlite3_column_int64(st, 0) >= at)
            high = mid;
        else
            low = mid + 1;
        sqlite3_reset(st);
    }
    *n = low;
    return OK;
}

/* --- showing */

static const char show_sql[] =
    "SELECT f.n, f.at, f.kind, f.subject, f.actor, p.name, f.via,"
    " substr(coalesce(b.body ->> '$.payload.text', nullif(b.body ->> '$.payload.reason', ''), b.body ->> "
    "'$.payload.name', b.body ->> '$.payload.title'), 1, 200),"
    " b.n IS NULL, coalesce(s.name, o.name, r.name, g.name, i.title) FROM json_each(?1) e JOIN p_facts f ON f.n = "
    "e.value LEFT "
    "JOIN bodies b ON b.n = f.n"
    " LEFT JOIN fact_person p ON p.subject = f.actor LEFT JOIN fact_person s ON s.subject = f.subject"
    " LEFT JOIN fact_project o ON o.subject = f.subject LEFT JOIN fact_repository r ON r.subject = f.subject"
    " LEFT JOIN fact_group g ON g.subject = f.subject LEFT JOIN fact_record i ON i.subject = f.subject ORDER BY e.key";

static void put_row(struct api_call *call, sqlite3_stmt *st)
{
    struct json *j = &call->out;
    struct str kind = store_column_str(st, 2), subject = store_column_str(st, 3);
    const struct catalog_kind *k = catalog_find_kind(call->catalog, kind);
    json_begin(j, '{');
    show_column_int(j, "n", st, 0);
    show_column_time(j, "at", st, 1);
    json_put_str(j, "kind", kind);
    json_put_str(j, "kind_title", k ? k->title[call->lang] : kind);
    json_put_cstr(j, "theme", event_theme(kind));
    show_text(j, "subject", subject);
    struct str title = show_subject(call->catalog, call->lang, subject);
    show_text(j, "subject_title",
              title.n ? title : store_column_str(st, 9)); /* somebody's name, where it is not erased */
    show_column_person(j, "actor", st, 4);
    show_column_text(j, "via", st, 6);
    show_column_text(j, "summary", st, 7);
    show_column_bool(j, "erased", st, 8);
    json_end(j, '}');
}

enum rc event_list_put(struct ctx *cx, struct api_call *call, const int64_t *n, size_t count)
{
    scoped_stmt *st = NULL;
    scoped_buf numbers;
    struct json j;
    buf_init(&numbers, 0);
    json_init(&j, &numbers, false);
    json_begin(&j, '[');
    for (size_t i = 0; i < count; i++) json_int(&j, n[i]);
    json_end(&j, ']');
    TRY(buf_ok(&numbers));
    TRY(store_prepare(cx, call->ledger, STR(show_sql), &st));
    store_bind_str(st, 1, buf_view(&numbers));
    for (bool row;;) {
        TRY(store_step(cx, st, &row));
        if (!row) return OK;
        put_row(call, st);
    }
}

/* Writing: each act is one unit of the log, which reads the item as it is then and appends one fact. */
#include "records/records.h"

#include "base/digest.h"
#include "base/json.h"
#include "base/limits.h"
#include "facts/subject.h"
#include "ledger/canonical.h"

#define DAY 86400

struct act {
    struct facts *f;
    const struct catalog *c;
    const struct records_by *by;
    struct str subject, seen;
    records_fault *tell;
    void *arg;
    struct records_answer *out;
    const struct records_draft *draft; /* of put */
    struct str origin;                 /* likewise */
    struct str move, reason;           /* of move */
};

static enum rc append(struct ctx *cx, struct act *a, struct log_tx *tx, const char *kind, const struct buf *payload,
                      struct leaf *leaf)
{
    struct facts_ready ready;
    TRY(buf_ok(payload));
    const struct body body = {.actor = a->by->actor.person,
                              .credential = a->by->actor.credential,
                              .via = a->by->actor.via,
                              .kind = str_from(kind),
                              .subject = a->out->subject,
                              .payload = arena_str(&cx->arena, buf_view(payload))};
    TRY(facts_make(cx, a->f, &body, true, &ready));
    return facts_put(cx, a->f, tx, &ready, leaf);
}

static void fill(struct records_answer *out, const struct records_item *item)
{
    out->subject = item->subject;
    out->number = item->number;
    out->version = item->version;
    out->state = item->state;
    out->missing = 0;
    memcpy(out->digest, item->digest.p, item->digest.n < 64 ? item->digest.n : 64);
    out->digest[64] = 0;
}

/* The item, when its newest version is the one that was seen. */
static enum rc get_seen(struct ctx *cx, struct act *a, struct log_tx *tx, struct records_item *item)
{
    TRY(records_get(cx, log_db(tx), a->c, a->subject, item));
    if (!str_eq(item->digest, a->seen))
        return fail(cx, E_CONFLICT,
                    "somebody has changed the item since you read it (version %lld): look at what is new, then "
                    "do it again",
                    (long long)item->version);
    fill(a->out, item);
    return OK;
}

/* --- a version */

static enum rc next_number(struct ctx *cx, sqlite3 *db, struct str kind, int64_t *out)
{
    scoped_stmt *st = NULL;
    bool row;
    TRY(store_prepare(cx, db, STR("SELECT coalesce(max(number), 0) + 1 FROM fact_record WHERE kind = ?1"), &st));
    store_bind_str(st, 1, kind);
    TRY(store_step(cx, st, &row));
    *out = row ? sqlite3_column_int64(st, 0) : 1;
    return OK;
}

static enum rc exists(struct ctx *cx, sqlite3 *db, const char *sql, struct str subject, bool *out)
{
    scoped_stmt *st = NULL;
    TRY(store_prepare(cx, db, str_from(sql), &st));
    store_bind_str(st, 1, subject);
    return store_step(cx, st, out);
}

static enum rc check_person(struct ctx *cx, sqlite3 *db, struct str person)
{
    bool there;
    if (!person.n) return OK;
    TRY(exists(cx, db, "SELECT 1 FROM fact_person WHERE subject = ?1 AND state = 'active'", person, &there));
    return there ? OK : fail(cx, E_INVALID, "owner: %s is nobody who works here now", str_visible(cx, person));
}

static enum rc check_link(struct ctx *cx, sqlite3 *db, const struct record_field *f, struct str value)
{
    struct str to;
    bool there = true;
    if (!canonical_str(&cx->arena, value, &to)) return OK;
    if (f->type == FIELD_PERSON)
        TRY(exists(cx, db, "SELECT 1 FROM fact_person WHERE subject = ?1", to, &there));
    else if (f->type == FIELD_GROUP)
        TRY(exists(cx, db, "SELECT 1 FROM fact_group WHERE subject = ?1", to, &there));
    else if (str_starts(to, STR("record:")))
        TRY(exists(cx, db, "SELECT 1 FROM fact_record WHERE subject = ?1", to, &there));
    else if (str_starts(to, STR("repo:")))
        TRY(exists(cx, db, "SELECT 1 FROM fact_repository WHERE subject = ?1", to, &there));
    else if (str_starts(to, STR("project:")))
        TRY(exists(cx, db, "SELECT 1 FROM fact_project WHERE subject = ?1", to, &there));
    return there ? OK : fail(cx, E_INVALID, STR_FMT ": there is no %s", STR_ARG(f->key), str_visible(cx, to));
}

/* What fields lead to is there. */
static enum rc check_links(struct ctx *cx, sqlite3 *db, const struct record_field *fields, size_t n, struct str object)
{
    for (size_t i = 0; i < n; i++) {
        const struct record_field *f = &fields[i];
        struct str value = canonical_find(object, arena_cstr(&cx->arena, f->key)), rest = value, item;
        if (!value.p) continue;
        if (f->type == FIELD_TABLE) {
            while (canonical_item(&rest, &item)) TRY(check_links(cx, db, f->columns, f->n_columns, item));
        } else if (f->type == FIELD_LINK || f->type == FIELD_PERSON || f->type == FIELD_GROUP) {
            if (!f->many)
                TRY(check_link(cx, db, f, value));
            else
                while (canonical_item(&rest, &item)) TRY(check_link(cx, db, f, item));
        }
    }
    return OK;
}

static void spell_files(struct json *j, const struct records_draft *d)
{
    if (!d->n_files) return;
    json_key(j, "files");
    json_begin(j, '[');
    for (size_t i = 0; i < d->n_files; i++) {
        const struct records_file *f = &d->files[i];
        json_begin(j, '{');
        json_put_str(j, "digest", f->digest);
        json_put_str(j, "name", f->name);
        json_put_str(j, "type", f->type);
        json_put_int(j, "size", f->size);
        json_put_int(j, "received", f->received);
        json_put_str(j, "by", f->by);
        json_end(j, '}');
    }
    json_end(j, ']');
}

enum rc records_check_links(struct ctx *cx, sqlite3 *db, const struct records_draft *d)
{
    TRY(check_person(cx, db, d->owner));
    return check_links(cx, db, d->kind->fields, d->kind->n_fields, d->content);
}

static void spell_version(const struct act *a, const struct record_state *state, struct buf *out)
{
    const struct records_draft *d = a->draft;
    struct json j;
    json_init(&j, out, false);
    json_begin(&j, '{');
    json_put_int(&j, "number", a->out->number);
    json_put_int(&j, "version", a->out->version);
    json_put_str(&j, "title", d->title);
    json_put_str(&j, "owner", d->owner);
    json_put_str(&j, "content", d->content);
    json_key(&j, "shows");
    json_begin(&j, '[');
    for (size_t i = 0; i < d->n_shows; i++) json_str(&j, d->shows[i]);
    json_end(&j, ']');
    json_put_cstr(&j, "digest", a->out->digest);
    json_put_cstr(&j, "definition", a->c->digest);
    spell_files(&j, d);
    json_put_str(&j, "state", state->key);
    json_put_cstr(&j, "phase", record_phase_name(state->phase));
    if (a->origin.n) json_put_str(&j, "origin", a->origin);
    json_end(&j, '}');
}

int records_edit_to(const struct record_kind *k, struct str state)
{
    int now = record_find_state(k, state);
    return now < 0 ? 0 : k->states[now].edit;
}

/* Where the new version stands; fills number and version. */
static enum rc place(struct ctx *cx, struct act *a, struct log_tx *tx, const struct record_state **state)
{
    const struct record_kind *k = a->draft->kind;
    char digest[65], id[SUBJECT_ID + 1];
    records_digest(a->draft, digest);
    *state = &k->states[0];
    a->origin = a->draft->origin;
    if (!a->subject.n) {
        subject_new_id(id);
        a->out->subject = arena_printf(&cx->arena, "record:" STR_FMT "/%s", STR_ARG(k->key), id);
        a->out->version = 1;
        TRY(next_number(cx, log_db(tx), k->key, &a->out->number));
    } else {
        struct records_item item;
        TRY(get_seen(cx, a, tx, &item));
        if (item.kind != k) return fail(cx, E_INVALID, "the item is of another kind");
        int edit = records_edit_to(k, item.state);
        if (edit < 0)
            return fail(cx, E_CONFLICT, "an item in the state \"" STR_FMT "\" is not edited any more",
                        STR_ARG(item.state));
        if (!strcmp(digest, a->out->digest)) return fail(cx, E_CONFLICT, "nothing in it was changed");
        *state = &k->states[edit];
        a->origin = item.origin;
        a->out->version++;
    }
    memcpy(a->out->digest, digest, sizeof digest);
    a->out->state = (*state)->key;
    return OK;
}

static enum rc put_one(struct ctx *cx, struct act *a, struct log_tx *tx)
{
    const struct record_state *state;
    struct leaf leaf;
    scoped_buf payload;
    buf_init(&payload, LIMIT_BODY);
    TRY(records_check_links(cx, log_db(tx), a->draft));
    TRY(place(cx, a, tx, &state));
    spell_version(a, state, &payload);
    return append(cx, a, tx, "record", &payload, &leaf);
}

static enum rc put(struct ctx *cx, struct log_tx *tx, void *arg)
{
    TRY(facts_begin(cx, ((struct act *)arg)->f, tx, NULL));
    return put_one(cx, arg, tx);
}

enum rc records_put(struct ctx *cx, struct facts *f, const struct catalog *c, const struct records_by *by,
                    const struct records_draft *d, struct str subject, struct str seen, records_fault *tell, void *arg,
                    struct records_answer *out)
{
    struct records_draft checked;
    TRY(records_check(cx, c, d, tell, arg, &checked));
    struct act a = {.f = f, .c = c, .by = by, .subject = subject, .seen = seen, .out = out, .draft = &checked};
    return log_submit(cx, facts_log(f), put, &a);
}

#define BEGUN                                                                                                          \
    "SELECT 1 FROM fact_record r LEFT JOIN fact_step_last s ON s.subject = r.subject WHERE r.origin <> '' AND "        \
    "r.origin = ?1 AND CASE WHEN s.n > r.n THEN s.phase ELSE r.phase END <> 'closed'"

struct start {
    struct act *acts;
    size_t n;
};

static enum rc start(struct ctx *cx, struct log_tx *tx, void *arg)
{
    const struct start *s = arg;
    if (s->n) TRY(facts_begin(cx, s->acts[0].f, tx, NULL));
    for (size_t i = 0; i < s->n; i++) {
        struct act *a = &s->acts[i];
        bool begun = false;
        *a->out = (struct records_answer){0};
        if (a->draft->once) TRY(exists(cx, log_db(tx), BEGUN, a->draft->origin, &begun));
        if (!begun) TRY(put_one(cx, a, tx));
    }
    return OK;
}

enum rc records_start(struct ctx *cx, struct facts *f, const struct catalog *c, const struct records_by *by,
                      const struct records_draft *d, size_t n, struct records_answer *out)
{
    struct start s = {arena_array(&cx->arena, struct act, n), n};
    struct records_draft *checked = arena_array(&cx->arena, struct records_draft, n);
    for (size_t i = 0; i < n; i++) {
        TRY(records_check(cx, c, &d[i], NULL, NULL, &checked[i]));
        s.acts[i] = (struct act){
            .f = f, .c = c, .by = by, .subject = STR(""), .seen = STR(""), .out = &out[i], .draft = &checked[i]};
    }
    return log_submit(cx, facts_log(f), start, &s);
}

/* --- many versions */

#define TELL_EACH 500

struct many {
    struct act act;
    const struct records_source *source;
    uint64_t first;
};

/* Of the files that the item has named before, those that it names still: new ones do not come in this way. */
static enum rc keep_files(struct ctx *cx, sqlite3 *db, struct records_wish *w)
{
    struct records_file *before, *kept = arena_array(&cx->arena, struct records_file, LIMIT_RECORD_FILES);
    struct str *digests = arena_array(&cx->arena, struct str, LIMIT_RECORD_FILES);
    size_t n, n_before = 0;
    records_files_of(cx, w->draft.kind, w->draft.content, digests, &n);
    w->draft.n_files = 0;
    if (n == 0) return OK;
    if (w->subject.n) TRY(records_files(cx, db, w->subject, &before, &n_before));
    for (size_t i = 0; i < n && i < LIMIT_RECORD_FILES; i++)
        for (size_t b = 0; b < n_before; b++)
            if (str_eq(before[b].digest, digests[i])) kept[w->draft.n_files++] = before[b];
    w->draft.files = kept;
    return w->draft.n_files == n ? OK : fail(cx, E_INVALID, "a file it names is not known");
}

static enum rc put_next(struct ctx *cx, struct many *m, struct log_tx *tx, bool *more)
{
    struct records_wish w = {0};
    struct records_answer answer;
    TRY(m->source->next(cx, m->source->arg, &w, more));
    if (!*more) return OK;
    struct act a = m->act;
    a.draft = &w.draft;
    a.subject = w.subject;
    a.seen = w.seen;
    a.out = &answer;
    TRY(keep_files(cx, log_db(tx), &w));
    return put_one(cx, &a, tx);
}

void records_request_id(const struct records_by *by, struct str key, uint8_t id[32])
{
    struct digest d;
    digest_init(&d);
    digest_field(&d, STR("records"));
    digest_field(&d, by->actor.person);
    digest_field(&d, by->actor.credential);
    digest_field(&d, key);
    digest_final(&d, id);
}

static enum rc put_many(struct ctx *cx, struct log_tx *tx, void *arg)
{
    struct many *m = arg;
    uint8_t id[32];
    uint64_t before = 0, facts;
    bool found = false;
    TRY(facts_begin(cx, m->act.f, tx, NULL));
    records_request_id(m->act.by, m->source->key, id);
    if (m->source->key.n) TRY(log_find_request(cx, tx, id, &found, &before, &facts));
    m->first = found ? before : log_size(tx);
    if (found) return OK;
    TRY(m->source->rewind(cx, m->source->arg));
    int64_t done = 0;
    for (bool more = true; more; done++) {
        struct ctx own; /* what one takes is given back before the next */
        ctx_init(&own);
        enum rc rc = put_next(&own, m, tx, &more);
        if (rc != OK) (void)fail(cx, rc, "%s", own.message);
        ctx_release(&own);
        if (rc != OK) return rc;
        if (done % TELL_EACH == 0) ctx_progress(cx, m->source->what, done, m->source->total);
    }
    return m->source->key.n ? log_put_request(cx, tx, id, m->first, log_size(tx) - m->first) : OK;
}

struct asking {
    const struct records_by *by;
    struct str key;
    bool *out;
    uint64_t *n;
};

static enum rc find_key(struct ctx *cx, struct log_tx *tx, void *arg)
{
    const struct asking *a = arg;
    uint8_t id[32];
    uint64_t facts;
    records_request_id(a->by, a->key, id);
    return log_find_request(cx, tx, id, a->out, a->n, &facts);
}

enum rc records_was_put(struct ctx *cx, struct facts *f, const struct records_by *by, struct str key, bool *out,
                        uint64_t *n)
{
    struct asking a = {by, key, out, n};
    *out = false;
    *n = 0;
    return log_submit(cx, facts_log(f), find_key, &a);
}

enum rc records_is_put(struct ctx *cx, sqlite3 *ledger, const struct records_by *by, struct str key, bool *out)
{
    uint8_t id[32];
    records_request_id(by, key, id);
    return log_has_request(cx, ledger, id, out);
}

struct finding {
    uint64_t n;
    struct str *subject, *title;
    int64_t *number;
};

#define AT                                                                                                             \
    "SELECT r.subject, r.title, r.number FROM facts f JOIN fact_record r ON r.subject = f.subject WHERE f.n = ?1 "     \
    "AND f.kind = 'record'"

static enum rc find_item(struct ctx *cx, struct log_tx *tx, void *arg)
{
    const struct finding *a = arg;
    scoped_stmt *st = NULL;
    bool row;
    TRY(store_prepare(cx, log_db(tx), STR(AT), &st));
    store_bind_int(st, 1, (int64_t)a->n);
    TRY(store_step(cx, st, &row));
    if (!row) return fail(cx, E_NOTFOUND, "the item is not there any more");
    *a->subject = arena_str(&cx->arena, store_column_str(st, 0));
    *a->title = arena_str(&cx->arena, store_column_str(st, 1));
    *a->number = sqlite3_column_int64(st, 2);
    return OK;
}

enum rc records_at(struct ctx *cx, struct facts *f, uint64_t n, struct str *subject, struct str *title, int64_t *number)
{
    struct finding a = {n, subject, title, number};
    return log_submit(cx, facts_log(f), find_item, &a);
}

enum rc records_put_all(struct ctx *cx, struct facts *f, const struct catalog *c, const struct records_by *by,
                        const struct records_source *s, uint64_t *n)
{
    struct many m = {.act = {.f = f, .c = c, .by = by}, .source = s};
    TRY(log_submit(cx, facts_log(f), put_many, &m));
    if (n) *n = m.first;
    return OK;
}

/* --- a step */

static void spell_step(const struct act *a, const char *step, const struct record_kind *k, const struct record_move *m,
                       int64_t now, struct buf *out)
{
    struct json j;
    json_init(&j, out, false);
    json_begin(&j, '{');
    json_put_cstr(&j, "step", step);
    json_put_int(&j, "version", a->out->version);
    json_put_cstr(&j, "digest", a->out->digest);
    if (m) json_put_str(&j, "move", m->key);
    if (m && !strcmp(step, "move")) {
        json_put_str(&j, "state", k->states[m->to].key);
        json_put_cstr(&j, "phase", record_phase_name(k->states[m->to].phase));
        if (m->approves) json_put_bool(&j, "approves", true);
    }
    bool cycles = k->review_days && (!m || (!strcmp(step, "move") && k->states[m->to].phase == PHASE_IN_FORCE));
    if (cycles && strcmp(step, "acceptance") != 0) json_put_int(&j, "review_due", now + (int64_t)k->review_days * DAY);
    if (a->reason.n) json_put_str(&j, "reason", a->reason);
    json_end(&j, '}');
}

static enum rc move(struct ctx *cx, struct log_tx *tx, void *arg)
{
    struct act *a = arg;
    struct records_item item;
    struct leaf leaf;
    enum records_bar bar;
    int64_t now = facts_now(a->f);
    TRY(facts_begin(cx, a->f, tx, NULL));
    TRY(get_seen(cx, a, tx, &item));
    const struct record_move *m = record_find_move(item.kind, a->move);
    if (!m) return fail(cx, E_NOTFOUND, "this kind of record has no move \"%s\"", str_visible(cx, a->move));
    if (m->reason && !str_trim(a->reason).n) return fail(cx, E_INVALID, "reason: say in a sentence why");
    TRY(records_may(cx, log_db(tx), &item, m, a->by, now, a->tell, a->arg, &bar, &a->out->missing));
    scoped_buf payload;
    buf_init(&payload, LIMIT_BODY);
    spell_step(a, a->out->missing ? "consent" : "move", item.kind, m, now, &payload);
    if (!a->out->missing) a->out->state = item.kind->states[m->to].key;
    return append(cx, a, tx, "step", &payload, &leaf);
}

enum rc records_move(struct ctx *cx, struct facts *f, const struct catalog *c, const struct records_by *by,
                     struct str subject, struct str seen, struct str name, struct str reason, records_fault *tell,
                     void *arg, struct records_answer *out)
{
    struct act a = {.f = f,
                    .c = c,
                    .by = by,
                    .subject = subject,
                    .seen = seen,
                    .tell = tell,
                    .arg = arg,
                    .out = out,
                    .move = name,
                    .reason = reason};
    return log_submit(cx, facts_log(f), move, &a);
}

static enum rc review(struct ctx *cx, struct log_tx *tx, void *arg)
{
    struct act *a = arg;
    struct records_item item;
    struct leaf leaf;
    int64_t now = facts_now(a->f);
    TRY(facts_begin(cx, a->f, tx, NULL));
    TRY(get_seen(cx, a, tx, &item));
    TRY(records_judge_review(cx, log_db(tx), &item, a->by, now));
    scoped_buf payload;
    buf_init(&payload, LIMIT_BODY);
    spell_step(a, "review", item.kind, NULL, now, &payload);
    return append(cx, a, tx, "step", &payload, &leaf);
}

enum rc records_review(struct ctx *cx, struct facts *f, const struct catalog *c, const struct records_by *by,
                       struct str subject, struct str seen, struct records_answer *out)
{
    struct act a = {.f = f, .c = c, .by = by, .subject = subject, .seen = seen, .out = out};
    return log_submit(cx, facts_log(f), review, &a);
}

#define ACCEPTED "SELECT 1 FROM fact_step WHERE subject = ?1 AND step = 'acceptance' AND actor = ?2 AND digest = ?3"

static enum rc accept(struct ctx *cx, struct log_tx *tx, void *arg)
{
    struct act *a = arg;
    struct records_item item;
    struct leaf leaf;
    bool done;
    scoped_stmt *st = NULL;
    TRY(facts_begin(cx, a->f, tx, NULL));
    TRY(get_seen(cx, a, tx, &item));
    if (item.phase != PHASE_IN_FORCE || !item.kind->n_accept)
        return fail(cx, E_CONFLICT, "only an item in force that is for acceptance is accepted");
    if (!str_starts(a->by->actor.person, STR("person:")))
        return fail(cx, E_DENIED, "people accept for themselves: sign in");
    TRY(store_prepare(cx, log_db(tx), STR(ACCEPTED), &st));
    store_bind_str(st, 1, item.subject);
    store_bind_str(st, 2, a->by->actor.person);
    store_bind_str(st, 3, item.digest);
    TRY(store_step(cx, st, &done));
    if (done) return OK;
    scoped_buf payload;
    buf_init(&payload, LIMIT_BODY);
    spell_step(a, "acceptance", item.kind, NULL, 0, &payload);
    return append(cx, a, tx, "step", &payload, &leaf);
}

enum rc records_accept(struct ctx *cx, struct facts *f, const struct catalog *c, const struct records_by *by,
                       struct str subject, struct str seen, struct records_answer *out)
{
    struct act a = {.f = f, .c = c, .by = by, .subject = subject, .seen = seen, .out = out};
    return log_submit(cx, facts_log(f), accept, &a);
}

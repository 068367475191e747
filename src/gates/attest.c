#include "gates/attest_properties.h"

#include "base/json.h"
#include "base/limits.h"
#include "facts/subject.h"
#include "gates/change.h"
#include "gates/hold.h"
#include "gates/seal.h"
#include "gates/watch.h"
#include "git/oid.h"
#include "ledger/canonical.h"
#include "store/store.h"

extern const char gates_attest_sql[];

#define AT_ONCE 200 /* as attest.sql has it */
#define SAID_MOST (16U << 20)
#define NOTE_MOST (64U << 20)

/* --- what has moved */

static void take_row(struct ctx *cx, sqlite3_stmt *st, struct revision *v)
{
    scoped_buf name;
    *v = (struct revision){0};
    int64_t *numbers[] = {&v->push, &v->at, NULL};
    struct str *texts[] = {&v->actor, &v->ref, &v->before, &v->after, &v->kind, &v->act};
    struct {
        int64_t *to;
        int column;
    } more[] = {{&v->commits, 8},    {&v->reviewers, 9}, {&v->approvals, 10}, {&v->rejections, 11},
                {&v->patch_set, 13}, {&v->decision, 14}, {&v->earlier, 19}};
    for (int i = 0; numbers[i]; i++) *numbers[i] = sqlite3_column_int64(st, i);
    for (int i = 0; i < 6; i++) *texts[i] = arena_str(&cx->arena, store_column_str(st, i + 2));
    for (size_t i = 0; i < sizeof more / sizeof *more; i++) *more[i].to = sqlite3_column_int64(st, more[i].column);
    v->change = arena_str(&cx->arena, store_column_str(st, 12));
    v->gate = arena_str(&cx->arena, store_column_str(st, 15));
    v->permitted = sqlite3_column_int(st, 16) != 0;
    v->continues = sqlite3_column_int(st, 17) != 0;
    v->enforced = sqlite3_column_int(st, 18) != 0;
    v->uploader = arena_str(&cx->arena, store_column_str(st, 20));
    buf_init(&name, LIMIT_PATH);
    if (v->ref.n > 25 && subject_unspell(&name, str_slice(v->ref, 25, v->ref.n)))
        v->name = arena_str(&cx->arena, buf_view(&name));
}

struct making {
    struct revision *list;
    struct str *payloads;
    const struct gate_place *place;
    const struct catalog *catalog;
    struct source_property *properties; /* in force now */
    size_t n, n_properties;
};

/* The next of them after `at` (push, place within it), which is where it has come to. *more: there may be others. */
static enum rc find_moved(struct ctx *cx, sqlite3 *db, struct making *m, int64_t at[2], bool *more)
{
    scoped_stmt *st = NULL;
    m->n = 0;
    TRY(store_prepare(cx, db, str_from(gates_attest_sql), &st));
    store_bind_str(st, 1, m->place->subject);
    store_bind_int(st, 2, at[0]);
    store_bind_int(st, 3, at[1]);
    for (size_t rows = 0;; rows++) {
        bool row;
        TRY(store_step(cx, st, &row));
        *more = row;
        if (!row || rows == AT_ONCE) return OK;
        m->list[m->n] = (struct revision){0};
        m->payloads[m->n] = STR_NONE;
        take_row(cx, st, &m->list[m->n]);
        at[0] = sqlite3_column_int64(st, 0);
        at[1] = sqlite3_column_int64(st, 21);
        if (m->list[m->n].name.n) m->n++;
    }
}

/* A tag names a commit by way of an object of its own. What is not there any more gets no attestation. */
static enum rc peel(struct ctx *cx, const struct git *g, struct revision *list, size_t n)
{
    static const char *const argv[] = {"cat-file", "--batch-check=%(objectname) %(objecttype)", NULL};
    scoped_buf in, out;
    int code;
    buf_init(&in, SAID_MOST);
    buf_init(&out, SAID_MOST);
    for (size_t i = 0; i < n; i++) buf_printf(&in, STR_FMT "^{commit}\n", STR_ARG(list[i].after));
    TRY(hosted_run(cx, g, argv, buf_view(&in), &out, &code, NULL));
    struct str rest = arena_str(&cx->arena, buf_view(&out)), line;
    for (size_t i = 0; i < n && str_cut(&rest, '\n', &line); i++)
        if (str_ends(line, STR(" commit")) && oid_is(str_slice(line, 0, 40), 40))
            list[i].commit = str_slice(line, 0, 40);
    return OK;
}

static enum rc read_parents(struct ctx *cx, const struct git *g, struct revision *list, size_t n)
{
    static const char *const argv[] = {"rev-list", "--no-walk=unsorted", "--parents", "--stdin", NULL};
    scoped_buf in, out;
    int code;
    buf_init(&in, SAID_MOST);
    buf_init(&out, SAID_MOST);
    for (size_t i = 0; i < n; i++)
        if (list[i].commit.n) buf_printf(&in, STR_FMT "\n", STR_ARG(list[i].commit));
    if (!in.n) return OK;
    TRY(hosted_run(cx, g, argv, buf_view(&in), &out, &code, NULL));
    struct str rest = arena_str(&cx->arena, buf_view(&out)), line;
    while (str_cut(&rest, '\n', &line))
        for (size_t i = 0; line.n >= 40 && i < n; i++)
            if (str_eq(list[i].commit, str_slice(line, 0, 40))) list[i].parents = str_slice(line, 41, line.n);
    return OK;
}

/* --- levels */

struct before {
    int64_t level;
    struct str history_since, controls_since, review_since;
};

/* What was attested of the move before, in the log or a moment ago. */
static enum rc find_before(struct ctx *cx, sqlite3 *db, const struct revision *v, const struct revision *done, size_t n,
                           struct before *out)
{
    scoped_stmt *st = NULL;
    bool row;
    *out = (struct before){0};
    for (size_t i = 0; i < n; i++)
        if (done[i].push == v->earlier && str_eq(done[i].ref, v->ref))
            *out = (struct before){done[i].level, done[i].history_since, done[i].controls_since, done[i].review_since};
    if (out->level) return OK;
    TRY(store_prepare(
        cx, db,
        STR("SELECT level, history_since, controls_since, review_since FROM fact_attestation WHERE push = "
            "?1 AND ref = ?2"),
        &st));
    store_bind_int(st, 1, v->earlier);
    store_bind_str(st, 2, v->ref);
    TRY(store_step(cx, st, &row));
    if (!row) return OK;
    *out =
        (struct before){sqlite3_column_int64(st, 0), arena_str(&cx->arena, store_column_str(st, 1)),
                        arena_str(&cx->arena, store_column_str(st, 2)), arena_str(&cx->arena, store_column_str(st, 3))};
    return OK;
}

/* Uploader and reviewer are two, when the uploader could approve others' work; else it takes two reviewers. */
static enum rc count_persons(struct ctx *cx, sqlite3 *db, struct str project, struct revision *v)
{
    struct identity_who who;
    v->two_persons = v->enforced && v->change.n && v->rejections == 0 && v->approvals >= 2;
    if (v->two_persons || !v->enforced || !v->change.n || v->rejections || v->approvals < 1 || !v->uploader.n)
        return OK;
    TRY(identity_of(cx, db, v->at, v->uploader, &who));
    v->two_persons = identity_may(&who, "code.write", project) && identity_may(&who, "code.review", project);
    return OK;
}

static enum rc judge_branch(struct ctx *cx, sqlite3 *db, struct str project, struct revision *v,
                            const struct revision *done, size_t n)
{
    struct before b = {0};
    if (v->continues) TRY(find_before(cx, db, v, done, n, &b));
    TRY(count_persons(cx, db, project, v));
    v->level = !v->permitted ? 1 : !v->enforced ? 2 : !v->two_persons ? 3 : 4;
    if (v->level >= 2) v->history_since = b.history_since.n ? b.history_since : v->commit;
    if (v->level >= 3) v->controls_since = b.controls_since.n ? b.controls_since : v->commit;
    if (v->level >= 4) v->review_since = b.review_since.n ? b.review_since : v->commit;
    return OK;
}

/* A tag is of what it names: of a commit that was attested on its branch. level stays 0 where there is none. */
static enum rc judge_tag(struct ctx *cx, sqlite3 *db, const struct gate_place *place, struct revision *v,
                         const struct revision *done, size_t n)
{
    scoped_stmt *st = NULL;
    bool row;
    struct str subject =
        arena_printf(&cx->arena, "commit:" STR_FMT "/" STR_FMT, STR_ARG(place->id), STR_ARG(v->commit));
    for (size_t i = n; i-- > 0;)
        if (done[i].level && str_eq(done[i].commit, v->commit)) {
            v->level = done[i].level;
            v->history_since = done[i].history_since;
            v->controls_since = done[i].controls_since;
            v->review_since = done[i].review_since;
            v->properties = done[i].properties;
            v->n_properties = done[i].n_properties;
            return OK;
        }
    TRY(store_prepare(cx, db,
                      STR("SELECT level, history_since, controls_since, review_since, n FROM fact_attestation WHERE "
                          "subject = ?1 ORDER BY n DESC LIMIT 1"),
                      &st));
    store_bind_str(st, 1, subject);
    TRY(store_step(cx, st, &row));
    if (!row) return OK;
    v->level = sqlite3_column_int(st, 0);
    v->history_since = arena_str(&cx->arena, store_column_str(st, 1));
    v->controls_since = arena_str(&cx->arena, store_column_str(st, 2));
    v->review_since = arena_str(&cx->arena, store_column_str(st, 3));
    return properties_of(cx, db, sqlite3_column_int64(st, 4), v);
}

/* --- as facts */

static enum rc make_payload(struct ctx *cx, struct log_reader *r, struct seal *seal, const struct gate_place *place,
                            const struct revision *v, int64_t now, struct str *payload)
{
    scoped_buf statement, provenance, summary, b;
    struct json j;
    char policy[65];
    struct str origin = log_reader_origin(r);
    buf_init(&statement, LIMIT_BODY);
    buf_init(&provenance, LIMIT_BODY);
    buf_init(&summary, LIMIT_BODY);
    buf_init(&b, LIMIT_BODY);
    TRY(attest_provenance(cx, log_reader_db(r), place, origin, v, policy, &statement));
    TRY(seal_statement(cx, seal, buf_view(&statement), &provenance));
    buf_clear(&statement);
    TRY(attest_summary(cx, place, origin, v, policy, buf_view(&provenance), now, &statement));
    TRY(seal_statement(cx, seal, buf_view(&statement), &summary));
    json_init(&j, &b, false);
    json_begin(&j, '{');
    json_put_str(&j, "ref", v->ref);
    json_put_int(&j, "push", v->push);
    json_put_int(&j, "level", v->level);
    if (v->history_since.n) json_put_str(&j, "history_since", v->history_since);
    if (v->controls_since.n) json_put_str(&j, "controls_since", v->controls_since);
    if (v->review_since.n) json_put_str(&j, "review_since", v->review_since);
    properties_put_fact(&j, v);
    json_put_cstr(&j, "key", seal->fingerprint);
    json_put_str(&j, "provenance", buf_view(&provenance));
    json_put_str(&j, "summary", buf_view(&summary));
    json_end(&j, '}');
    TRY(buf_ok(&b));
    *payload = arena_str(&cx->arena, buf_view(&b));
    return OK;
}

static enum rc build(struct append *a, void *arg)
{
    static const struct gate_caller system = {.person = {"system", 6}, .credential = {"", 0}};
    const struct making *m = arg;
    for (size_t i = 0; i < m->n; i++) {
        scoped_buf b;
        if (!m->payloads[i].n) continue;
        buf_init(&b, LIMIT_BODY);
        buf_str(&b, m->payloads[i]);
        TRY(gate_put(a, &system, "attestation",
                     arena_printf(&a->cx->arena, "commit:" STR_FMT "/" STR_FMT, STR_ARG(m->place->id),
                                  STR_ARG(m->list[i].commit)),
                     &b, NULL));
    }
    return OK;
}

/* --- as notes */

static enum rc put_envelopes(void *arg, const struct attested *a)
{
    struct buf *b = arg;
    buf_printf(b, STR_FMT "\n" STR_FMT "\n", STR_ARG(a->provenance), STR_ARG(a->summary));
    return OK;
}

/* The whole note of each commit anew, out of the log: whoever may have changed it, it is right again. */
static enum rc write_notes(struct ctx *cx, struct log_reader *r, const struct git *g, const struct making *m,
                           int64_t now)
{
    static const char *const argv[] = {"fast-import", "--quiet", "--date-format=raw", NULL};
    static const char message[] = "attestations\n";
    scoped_buf in, out;
    struct str tip;
    int code;
    const char *why;
    buf_init(&in, NOTE_MOST);
    buf_init(&out, SAID_MOST);
    TRY(hosted_ref(cx, g, STR(ATTEST_NOTES), &tip));
    buf_printf(&in, "commit " ATTEST_NOTES "\ncommitter Sinetti <" SEAL_NAME "> %lld +0000\ndata %zu\n%s",
               (long long)now, sizeof message - 1, message);
    if (tip.p) buf_printf(&in, "from " STR_FMT "\n", STR_ARG(tip));
    for (size_t i = 0; i < m->n; i++) {
        scoped_buf note;
        if (!m->payloads[i].n) continue;
        buf_init(&note, NOTE_MOST);
        TRY(attest_read(cx, r, m->place->subject, m->list[i].commit, put_envelopes, &note));
        buf_printf(&in, "N inline " STR_FMT "\ndata %zu\n", STR_ARG(m->list[i].commit), note.n);
        buf_str(&in, buf_view(&note));
        buf_char(&in, '\n');
    }
    buf_cstr(&in, "done\n");
    TRY(buf_ok(&in));
    TRY(hosted_run(cx, g, argv, buf_view(&in), &out, &code, &why));
    return code == 0 ? OK : fail(cx, E_IO, "the notes of attestations cannot be written: %s", why);
}

/* --- all of it */

static enum rc make(struct ctx *cx, struct log_reader *r, const struct git *g, struct seal *seal, int64_t now,
                    struct making *m, size_t *made)
{
    sqlite3 *db = log_reader_db(r);
    if (m->n) TRY(properties_read(cx, db, m->place, &m->properties, &m->n_properties));
    TRY(peel(cx, g, m->list, m->n));
    TRY(read_parents(cx, g, m->list, m->n));
    for (size_t i = 0; i < m->n; i++) {
        struct revision *v = &m->list[i];
        if (!v->commit.n) continue;
        bool branch = str_eq(v->kind, STR("branch"));
        TRY(branch ? judge_branch(cx, db, m->place->project, v, m->list, i)
                   : judge_tag(cx, db, m->place, v, m->list, i));
        if (!v->level) continue;
        if (branch) TRY(properties_judge(cx, db, m->catalog, m->place, m->properties, m->n_properties, m->list, i, v));
        TRY(make_payload(cx, r, seal, m->place, v, now, &m->payloads[i]));
        ++*made;
    }
    return OK;
}

static enum rc attest_some(struct ctx *cx, struct facts *f, struct log_reader *r, const struct git *g,
                           struct seal *seal, struct making *m, size_t *made)
{
    size_t n = 0;
    TRY(make(cx, r, g, seal, facts_now(f), m, &n));
    if (!n) return OK;
    *made += n;
    TRY(append_run(cx, f, facts_now(f), build, m));
    TRY(log_reader_refresh(cx, r));
    return write_notes(cx, r, g, m, facts_now(f));
}

enum rc attest_catch_up(struct ctx *cx, struct facts *f, struct log_reader *r, const struct git *g, const char *dir,
                        const struct gate_place *place, size_t *made)
{
    struct seal seal;
    struct making m = {.list = arena_array(&cx->arena, struct revision, AT_ONCE),
                       .payloads = arena_array(&cx->arena, struct str, AT_ONCE),
                       .place = place,
                       .catalog = facts_catalog(f)};
    int64_t at[2] = {-1, -1};
    bool more;
    *made = 0;
    if (place->host != GATE_HOSTED) return OK;
    TRY(log_reader_refresh(cx, r));
    TRY(find_moved(cx, log_reader_db(r), &m, at, &more));
    if (!m.n && !more) return OK;
    TRY(seal_open(cx, f, log_reader_db(r), dir, &seal));
    enum rc rc = attest_some(cx, f, r, g, &seal, &m, made);
    while (rc == OK && more) { /* some that cannot be attested must not stand in the way of the others */
        rc = find_moved(cx, log_reader_db(r), &m, at, &more);
        if (rc == OK) rc = attest_some(cx, f, r, g, &seal, &m, made);
    }
    return rc;
}

enum rc attest_place(struct ctx *cx, struct facts *f, const char *dir, sqlite3 *db, struct str name, size_t *made)
{
    struct gate_hold h;
    struct log_reader *r = NULL;
    *made = 0;
    enum rc rc = gate_hold(cx, db, dir, name, false, &h);
    if (rc == OK && h.git) rc = log_reader_open(cx, dir, &r);
    if (rc == OK && h.git) rc = attest_catch_up(cx, f, r, h.git, dir, &h.place, made);
    log_reader_close(r);
    gate_release(&h);
    return rc;
}

void attest_begin(struct ctx *cx, struct facts *f, sqlite3 *db, const char *dir)
{
    scoped_stmt *st = NULL;
    struct seal seal;
    bool row = true;
    if (store_prepare(cx, db, STR("SELECT 1 FROM fact_source_key LIMIT 1"), &st) != OK) return;
    if (store_step(cx, st, &row) != OK || row) return;
    (void)!seal_open(cx, f, db, dir, &seal); /* the key is made known; without it nothing is published */
}

/* --- reading */

static enum rc read_one(struct ctx *cx, struct log_reader *r, struct attested *a)
{
    struct str bytes, payload;
    struct body body;
    const uint8_t *salt;
    TRY(log_reader_body(cx, r, (uint64_t)a->n, &salt, &bytes));
    TRY(body_read(cx, bytes, &body));
    payload = body.payload;
    return canonical_str(&cx->arena, canonical_find(payload, "provenance"), &a->provenance) &&
                   canonical_str(&cx->arena, canonical_find(payload, "summary"), &a->summary)
               ? OK
               : fail(cx, E_CORRUPT, "fact %lld is no attestation", (long long)a->n);
}

enum rc attest_read(struct ctx *cx, struct log_reader *r, struct str repository, struct str commit,
                    enum rc (*each)(void *arg, const struct attested *a), void *arg)
{
    scoped_stmt *st = NULL;
    bool row, any = false;
    TRY(store_prepare(cx, log_reader_db(r),
                      STR("SELECT n, at, ref, level, history_since, controls_since, review_since FROM fact_attestation "
                          "WHERE subject = ?1 ORDER BY n LIMIT 1000"),
                      &st));
    store_bind_str(st, 1,
                   arena_printf(&cx->arena, "commit:" STR_FMT "/" STR_FMT,
                                STR_ARG(str_slice(repository, sizeof "repo:" - 1, repository.n)), STR_ARG(commit)));
    for (;;) {
        TRY(store_step(cx, st, &row));
        if (!row) break;
        struct attested a = {.n = sqlite3_column_int64(st, 0),
                             .at = sqlite3_column_int64(st, 1),
                             .ref = arena_str(&cx->arena, store_column_str(st, 2)),
                             .level = sqlite3_column_int64(st, 3)};
        struct str *since[] = {&a.history_since, &a.controls_since, &a.review_since};
        for (int i = 0; i < 3; i++) *since[i] = arena_str(&cx->arena, store_column_str(st, 4 + i));
        TRY(read_one(cx, r, &a));
        TRY(each(arg, &a));
        any = true;
    }
    return any ? OK : fail(cx, E_NOTFOUND, "nothing is attested of this commit");
}

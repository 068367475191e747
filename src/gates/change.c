#include "gates/change.h"

#include "base/digest.h"
#include "base/json.h"
#include "base/limits.h"
#include "facts/subject.h"
#include "observe/commit.h"
#include "store/store.h"

extern const char gates_approvals_sql[];

#define TITLE_MOST 400
#define DESCRIPTION_MOST 16384

enum rc gate_put(struct append *a, const struct gate_caller *by, const char *kind, struct str subject,
                 struct buf *payload, uint64_t *n)
{
    struct facts_ready ready;
    struct leaf leaf;
    if (buf_ok(payload) != OK) return fail(a->cx, E_LIMIT, "this is too much for one event");
    const struct body fact = {.actor = by->person,
                              .credential = by->credential,
                              .via = STR("gate"),
                              .kind = str_from(kind),
                              .subject = subject,
                              .payload = buf_view(payload)};
    TRY(facts_make(a->cx, a->facts, &fact, true, &ready));
    TRY(facts_put(a->cx, a->facts, a->tx, &ready, &leaf));
    a->next = leaf.n + 1;
    if (n) *n = leaf.n;
    return OK;
}

/* --- reading */

static const char change_sql[] =
    "SELECT c.subject, c.repository, c.owner, c.target, c.topic, c.title, c.description, c.state, s.commit_oid, "
    "s.base_oid, s.tree_oid, s.message, c.number, c.opened, s.number, s.strangers, s.commits FROM fact_change c JOIN "
    "fact_patch_set s ON s.subject = c.subject WHERE c.repository = ?1 AND c.number = ?2 ORDER BY s.number DESC LIMIT "
    "1";

enum rc change_get(struct ctx *cx, sqlite3 *db, struct str repository, int64_t number, struct change *out)
{
    scoped_stmt *st = NULL;
    bool row;
    *out = (struct change){0};
    TRY(store_prepare(cx, db, STR(change_sql), &st));
    store_bind_str(st, 1, repository);
    store_bind_int(st, 2, number);
    TRY(store_step(cx, st, &row));
    if (!row) return fail(cx, E_NOTFOUND, "there is no change %lld", (long long)number);
    struct str *texts[] = {&out->subject,     &out->repository, &out->owner,  &out->target, &out->topic, &out->title,
                           &out->description, &out->state,      &out->commit, &out->base,   &out->tree,  &out->message};
    for (int i = 0; i < 12; i++) *texts[i] = arena_str(&cx->arena, store_column_str(st, i));
    int64_t *numbers[] = {&out->number, &out->opened, &out->patch_set, &out->strangers, &out->commits};
    for (int i = 0; i < 5; i++) *numbers[i] = sqlite3_column_int64(st, 12 + i);
    return OK;
}

enum rc change_approvals(struct ctx *cx, sqlite3 *db, int64_t now, struct str project, struct str change,
                         struct str commit, struct str target, struct approvals *out)
{
    scoped_stmt *st = NULL;
    bool row;
    struct str *people = arena_array(&cx->arena, struct str, 1000), *ticked = arena_array(&cx->arena, struct str, 1000);
    *out = (struct approvals){.people = people, .ticked = ticked};
    TRY(store_prepare(cx, db, str_from(gates_approvals_sql), &st));
    store_bind_str(st, 1, change);
    store_bind_str(st, 2, commit);
    store_bind_str(st, 3, target);
    for (;;) {
        struct identity_who who;
        TRY(store_step(cx, st, &row));
        if (!row) return OK;
        struct str person = arena_str(&cx->arena, store_column_str(st, 0));
        bool approves = str_eq(store_column_str(st, 1), STR("approve"));
        struct str ticks = arena_str(&cx->arena, store_column_str(st, 2));
        TRY(identity_of(cx, db, now, person, &who));
        if (who.credential == CREDENTIAL_NONE || !identity_may(&who, "code.review", project)) continue;
        if (!approves) {
            out->rejections++;
        } else if (out->approvals < 1000) {
            ticked[out->approvals] = ticks;
            people[out->approvals++] = person;
        }
    }
}

enum rc change_of_commit(struct ctx *cx, sqlite3 *db, struct str repository, struct str commit, struct str target,
                         struct str *change, int64_t *patch_set)
{
    scoped_stmt *st = NULL;
    bool row;
    *change = STR_NONE;
    *patch_set = 0;
    TRY(store_prepare(
        cx, db,
        STR("SELECT s.subject, s.number FROM fact_patch_set s JOIN fact_change c ON c.subject = s.subject "
            "WHERE s.commit_oid = ?1 AND s.repository = ?2 AND c.target = ?3 AND c.state = 'open' AND "
            "s.number = (SELECT max(number) FROM fact_patch_set WHERE subject = s.subject) ORDER BY s.n "
            "LIMIT 1"),
        &st));
    store_bind_str(st, 1, commit);
    store_bind_str(st, 2, repository);
    store_bind_str(st, 3, target);
    TRY(store_step(cx, st, &row));
    if (!row) return OK;
    *change = arena_str(&cx->arena, store_column_str(st, 0));
    *patch_set = sqlite3_column_int64(st, 1);
    return OK;
}

/* --- where a pushed change goes */

/* What ties patch sets together when the pusher says nothing: the topic, else the commit's own Change-Id. */
static struct str topic_of(struct ctx *cx, const struct push_ref *r)
{
    struct commit_facts said;
    if (r->topic.n) return str_slice(r->topic, 0, 200);
    commit_read(&cx->arena, r->message, 1, &said);
    for (size_t i = 0; i < said.n_trailers; i++)
        if (str_eq(said.trailers[i].key, STR("change-id"))) return str_slice(said.trailers[i].value, 0, 200);
    return STR("");
}

static enum rc find_open(struct ctx *cx, sqlite3 *db, const struct push *p, const struct push_ref *r, int64_t *number)
{
    scoped_stmt *st = NULL;
    struct str topic = topic_of(cx, r), wanted = push_option(p, "change");
    bool row;
    *number = 0;
    if (wanted.p && !str_to_i64(wanted, 1, INT32_MAX, number))
        return fail(cx, E_INVALID, "push option change: a number is expected");
    if (wanted.p || !topic.n) return OK;
    TRY(store_prepare(cx, db,
                      STR("SELECT number FROM fact_change WHERE repository = ?1 AND target = ?2 AND state = 'open' AND "
                          "topic = ?3 AND owner = ?4 ORDER BY number DESC LIMIT 1"),
                      &st));
    store_bind_str(st, 1, p->place->subject);
    store_bind_str(st, 2, r->target);
    store_bind_str(st, 3, topic);
    store_bind_str(st, 4, p->caller->person);
    TRY(store_step(cx, st, &row));
    if (row) *number = sqlite3_column_int64(st, 0);
    return OK;
}

static enum rc next_number(struct ctx *cx, sqlite3 *db, struct str repository, int64_t *out)
{
    scoped_stmt *st = NULL;
    bool row;
    TRY(store_prepare(cx, db, STR("SELECT coalesce(max(number), 0) + 1 FROM fact_change WHERE repository = ?1"), &st));
    store_bind_str(st, 1, repository);
    TRY(store_step(cx, st, &row));
    *out = row ? sqlite3_column_int64(st, 0) : 1;
    return OK;
}

enum rc change_find_place(struct ctx *cx, sqlite3 *db, const struct push *p, const struct push_ref *r,
                          struct change_place *out)
{
    struct change c;
    int64_t number;
    char id[SUBJECT_ID + 1];
    *out = (struct change_place){0};
    TRY(find_open(cx, db, p, r, &number));
    if (number) {
        TRY(change_get(cx, db, p->place->subject, number, &c));
        if (!str_eq(c.state, STR("open")) || !str_eq(c.target, r->target))
            return fail(cx, E_NOTFOUND, "change %lld is not open, or is for another branch", (long long)number);
        if (str_eq(c.commit, r->after) && str_eq(c.base, r->base)) /* from another base it is another difference */
            return fail(cx, E_CONFLICT, "change %lld has this commit as its newest patch set", (long long)number);
        out->subject = c.subject;
        out->number = number;
        out->patch_set = c.patch_set + 1;
    } else {
        TRY(next_number(cx, db, p->place->subject, &out->number));
        subject_new_id(id);
        out->subject = arena_printf(&cx->arena, "change:%s", id);
        out->patch_set = 1;
        out->is_new = true;
    }
    out->ref = arena_printf(&cx->arena, "refs/changes/%02lld/%lld/%lld", (long long)(out->number % 100),
                            (long long)out->number, (long long)out->patch_set);
    return OK;
}

/* --- writing */

static struct str first_line(struct str message)
{
    struct str line = STR("");
    message = str_trim(message);
    (void)str_cut(&message, '\n', &line);
    return str_trim(line);
}

static struct str rest_of(struct str message)
{
    struct str line;
    message = str_trim(message);
    return str_cut(&message, '\n', &line) && message.p ? str_trim(message) : STR("");
}

/* Cut at a character's end. */
static struct str cut(struct str s, size_t most)
{
    uint32_t cp;
    size_t at = 0;
    for (size_t n; at < s.n && (n = str_char(s, at, &cp)) && at + n <= most;) at += n;
    return str_slice(s, 0, at);
}

static enum rc put_change(struct append *a, const struct gate_caller *by, const struct change *c)
{
    scoped_buf b;
    struct json j;
    buf_init(&b, LIMIT_BODY);
    json_init(&j, &b, false);
    json_begin(&j, '{');
    json_put_str(&j, "repository", c->repository);
    json_put_int(&j, "number", c->number);
    json_put_str(&j, "target", c->target);
    json_put_str(&j, "topic", c->topic);
    json_put_str(&j, "title", c->title);
    json_put_str(&j, "description", c->description);
    json_put_str(&j, "state", c->state);
    json_end(&j, '}');
    return gate_put(a, by, "change", c->subject, &b, NULL);
}

enum rc change_put_state(struct append *a, const struct gate_caller *by, const struct change *c, const char *state)
{
    struct change next = *c;
    next.state = str_from(state);
    return put_change(a, by, &next);
}

/* Who had a part in it, by the addresses that commits name; the uploader is one whatever they say. */
static enum rc put_people(struct append *a, const struct push *p, struct json *j, int64_t *strangers)
{
    struct str *known = arena_array(&a->cx->arena, struct str, p->n_addresses + 1);
    size_t n = 1;
    known[0] = p->caller->person;
    *strangers = 0;
    for (size_t i = 0; i < p->n_addresses; i++) {
        struct str person;
        bool seen = false;
        TRY(identity_of_address(a->cx, a->db, p->addresses[i], &person));
        if (!person.p) ++*strangers;
        for (size_t k = 0; person.p && k < n; k++) seen |= str_eq(known[k], person);
        if (person.p && !seen) known[n++] = person;
    }
    if (n > 1000) return fail(a->cx, E_LIMIT, "more than 1000 people had a part in this change");
    json_key(j, "people");
    json_begin(j, '[');
    for (size_t k = 0; k < n; k++) json_str(j, known[k]);
    json_end(j, ']');
    return OK;
}

static void hex_digest(struct str s, char out[65])
{
    struct digest d;
    uint8_t bytes[32];
    digest_init(&d);
    digest_add(&d, s);
    digest_final(&d, bytes);
    digest_hex(bytes, 32, out);
}

#define RUNS_MOST 3000

/* Commits in a row that are signed alike are one, newest first. */
static void put_signatures(struct json *j, const struct signatures *s)
{
    json_key(j, "signatures");
    json_begin(j, '[');
    for (size_t i = 0, runs = 0, n; s && i < s->n && runs < RUNS_MOST; i += n, runs++) {
        const struct signature *one = &s->list[i];
        for (n = 1; i + n < s->n && s->list[i + n].word == one->word && !strcmp(s->list[i + n].key, one->key); n++)
            continue;
        json_begin(j, '{');
        json_put_int(j, "commits", (int64_t)n);
        json_put_cstr(j, "state", one->word ? one->word : "good");
        if (one->key[0]) json_put_cstr(j, "key", one->key);
        if (one->person.p) json_put_str(j, "person", one->person);
        json_end(j, '}');
    }
    json_end(j, ']');
}

static enum rc put_patch_set(struct append *a, const struct push *p, const struct push_ref *r,
                             const struct change_place *place)
{
    scoped_buf b;
    struct json j;
    char message[65];
    int64_t strangers;
    hex_digest(r->message, message);
    buf_init(&b, LIMIT_BODY);
    json_init(&j, &b, false);
    json_begin(&j, '{');
    json_put_str(&j, "repository", p->place->subject);
    json_put_int(&j, "number", place->patch_set);
    json_put_str(&j, "commit_oid", r->after);
    json_put_str(&j, "base_oid", r->base);
    json_put_str(&j, "tree_oid", r->tree);
    json_put_cstr(&j, "message", message);
    json_put_int(&j, "commits", r->commits);
    TRY(put_people(a, p, &j, &strangers));
    json_put_int(&j, "strangers", strangers);
    json_put_int(&j, "change_number", place->number);
    json_put_str(&j, "ref", place->ref);
    put_signatures(&j, r->signatures);
    json_end(&j, '}');
    return gate_put(a, p->caller, "patch_set", place->subject, &b, NULL);
}

enum rc change_put(struct append *a, const struct push *p, const struct push_ref *r, const struct change_place *place)
{
    struct change c = {.subject = place->subject,
                       .repository = p->place->subject,
                       .number = place->number,
                       .target = r->target,
                       .topic = topic_of(a->cx, r),
                       .state = STR("open")};
    struct str title = push_option(p, "title"), description = push_option(p, "description");
    if (!place->is_new) {
        struct change old;
        TRY(change_get(a->cx, a->db, p->place->subject, place->number, &old));
        if (!str_eq(old.state, STR("open")) || old.patch_set + 1 != place->patch_set)
            return fail(a->cx, E_CONFLICT, "change %lld has become another meanwhile; push again",
                        (long long)place->number);
        c = old;
    } else {
        int64_t number;
        TRY(next_number(a->cx, a->db, p->place->subject, &number));
        if (number != place->number) return fail(a->cx, E_CONFLICT, "another change came first; push again");
        c.title = p->says_keys ? STR("(a message with a key or token in it)") : first_line(r->message);
        c.description = p->says_keys ? STR("") : rest_of(r->message);
    }
    if (title.n) c.title = title;
    if (description.n) c.description = description;
    if (!c.title.n) c.title = STR("(no title)");
    if (!c.description.p) c.description = STR("");
    c.title = cut(c.title, TITLE_MOST);
    c.description = cut(c.description, DESCRIPTION_MOST);
    c.topic = cut(c.topic, 200);
    TRY(put_change(a, p->caller, &c));
    return put_patch_set(a, p, r, place);
}

/* --- words of people */

struct leaving {
    const struct gate_place *place;
    const struct gate_caller *by;
    int64_t number;
};

enum rc change_had_part(struct ctx *cx, sqlite3 *db, struct str change, struct str person, bool *out)
{
    scoped_stmt *st = NULL;
    TRY(store_prepare(cx, db,
                      STR("SELECT 1 FROM fact_patch_set s JOIN fact_patch_set_people p ON p.n = s.n WHERE s.subject = "
                          "?1 AND p.value = ?2"),
                      &st));
    store_bind_str(st, 1, change);
    store_bind_str(st, 2, person);
    return store_step(cx, st, out);
}

static const char ticked_sql[] =
    "SELECT e.value FROM fact_review r JOIN json_each(r.ticked) e JOIN fact_patch_set s ON s.subject = r.subject AND "
    "s.number = r.patch_set WHERE r.subject = ?1 AND r.vote = 'approve' AND r.n = (SELECT max(x.n) FROM fact_review x "
    "WHERE x.subject = ?1 AND x.actor = ?2) AND r.target = ?3 AND s.tree_oid = ?4 AND s.base_oid = ?5 ORDER BY e.key";

enum rc change_ticked(struct ctx *cx, sqlite3 *db, const struct change *c, struct str person, struct str **keys,
                      size_t *n)
{
    scoped_stmt *st = NULL;
    bool row;
    *keys = arena_array(&cx->arena, struct str, REVIEW_TICKS + 1);
    *n = 0;
    TRY(store_prepare(cx, db, STR(ticked_sql), &st));
    store_bind_str(st, 1, c->subject);
    store_bind_str(st, 2, person);
    store_bind_str(st, 3, c->target);
    store_bind_str(st, 4, c->tree);
    store_bind_str(st, 5, c->base);
    while (*n < REVIEW_TICKS) {
        TRY(store_step(cx, st, &row));
        if (!row) return OK;
        (*keys)[(*n)++] = arena_str(&cx->arena, store_column_str(st, 0));
    }
    return OK;
}

/* With those of before, which nobody has to tick twice. */
static enum rc put_ticked(struct append *a, struct json *j, const struct change *c, struct str person,
                          const struct review_word *s)
{
    struct str *kept;
    size_t n;
    if (s->vote != REVIEW_APPROVE) return OK;
    TRY(change_ticked(a->cx, a->db, c, person, &kept, &n));
    str_sort(kept, n);
    size_t all = n;
    for (size_t i = 0; i < s->n_ticked; i++) all += !str_among(kept, n, s->ticked[i]);
    if (all > REVIEW_TICKS) return fail(a->cx, E_LIMIT, "at most %d lines can be ticked", REVIEW_TICKS);
    if (!all) return OK;
    json_key(j, "ticked");
    json_begin(j, '[');
    for (size_t i = 0; i < n; i++) json_str(j, kept[i]);
    for (size_t i = 0; i < s->n_ticked; i++)
        if (!str_among(kept, n, s->ticked[i])) json_str(j, s->ticked[i]);
    json_end(j, ']');
    return OK;
}

static enum rc judge_reviewer(struct append *a, const struct gate_place *place, const struct gate_caller *by,
                              const struct change *c)
{
    struct identity_who who;
    bool part;
    TRY(identity_of(a->cx, a->db, a->now, by->person, &who));
    who.only = by->only;
    who.n_only = by->n_only;
    if (who.credential == CREDENTIAL_NONE || !identity_may(&who, "code.review", place->project))
        return fail(a->cx, E_DENIED,
                    "you may not review changes here; a Development manager or Admin can give you a role that may");
    TRY(change_had_part(a->cx, a->db, c->subject, by->person, &part));
    return part ? fail(a->cx, E_DENIED,
                       "you had a part in change %lld, as author, committer, co-author or uploader: somebody else "
                       "reviews it",
                       (long long)c->number)
                : OK;
}

enum rc change_put_review(struct append *a, const struct gate_place *place, const struct gate_caller *by,
                          const struct change *c, const struct review_word *w)
{
    static const char *const votes[] = {"approve", "reject", "withdraw"};
    scoped_buf b;
    struct json j;
    if (!str_eq(c->state, STR("open")))
        return fail(a->cx, E_CONFLICT, "change %lld is %s", (long long)c->number, str_visible(a->cx, c->state));
    if (w->n_ticked > REVIEW_TICKS) return fail(a->cx, E_LIMIT, "at most %d lines can be ticked", REVIEW_TICKS);
    if (c->patch_set != w->patch_set)
        return fail(a->cx, E_CONFLICT, "change %lld has patch set %lld by now: look at that one", (long long)c->number,
                    (long long)c->patch_set);
    TRY(judge_reviewer(a, place, by, c));
    buf_init(&b, LIMIT_BODY);
    json_init(&j, &b, false);
    json_begin(&j, '{');
    json_put_int(&j, "patch_set", c->patch_set);
    json_put_str(&j, "commit_oid", c->commit);
    json_put_str(&j, "base_oid", c->base);
    json_put_str(&j, "target", c->target);
    json_put_cstr(&j, "vote", votes[w->vote]);
    TRY(put_ticked(a, &j, c, by->person, w));
    json_end(&j, '}');
    return gate_put(a, by, "review", c->subject, &b, NULL);
}

static enum rc build_abandon(struct append *a, void *arg)
{
    const struct leaving *s = arg;
    struct change c;
    struct identity_who who;
    TRY(change_get(a->cx, a->db, s->place->subject, s->number, &c));
    if (!str_eq(c.state, STR("open")))
        return fail(a->cx, E_CONFLICT, "change %lld is %s", (long long)s->number, str_visible(a->cx, c.state));
    TRY(identity_of(a->cx, a->db, a->now, s->by->person, &who));
    who.only = s->by->only;
    who.n_only = s->by->n_only;
    if (!str_eq(c.owner, s->by->person) && !identity_may(&who, "code.publish", s->place->project))
        return identity_token_lacks(&who, "code.publish", s->place->project)
                   ? fail(a->cx, E_DENIED, "this token may not take back another's change: it lacks code.publish")
                   : fail(a->cx, E_DENIED, "only its owner, or who may publish, takes a change back");
    return change_put_state(a, s->by, &c, "abandoned");
}

enum rc change_abandon(struct ctx *cx, struct facts *f, const struct gate_place *place, const struct gate_caller *by,
                       int64_t number)
{
    struct leaving s = {.place = place, .by = by, .number = number};
    return append_run(cx, f, facts_now(f), build_abandon, &s);
}

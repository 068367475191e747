/* Registers: what the kinds of record are, how many items each has, and what a person is to read. */
#include "api/item.h"
#include "api/show.h"
#include "store/store.h"

/* --- a kind, as forms and lists are made of it */

static void put_words(struct json *j, const char *key, const struct str *words, size_t n)
{
    json_key(j, key);
    json_begin(j, '[');
    for (size_t i = 0; i < n; i++) json_str(j, words[i]);
    json_end(j, ']');
}

static void put_choices(struct json *j, enum lang lang, const struct record_field *f)
{
    json_key(j, "choices");
    json_begin(j, '[');
    for (size_t i = 0; i < f->n_choices; i++) {
        json_begin(j, '{');
        json_put_str(j, "key", f->choices[i].key);
        json_put_str(j, "title", f->choices[i].title[lang]);
        json_end(j, '}');
    }
    json_end(j, ']');
}

static void put_basics(struct json *j, enum lang lang, const struct record_field *f)
{
    json_put_str(j, "key", f->key);
    json_put_cstr(j, "type", field_type_name(f->type));
    json_put_str(j, "label", f->label[lang]);
    json_put_bool(j, "required", f->required);
    show_text(j, "unit", f->unit[lang]);
    put_choices(j, lang, f);
    put_words(j, "to", f->to, f->n_to);
}

static void put_field(struct json *j, enum lang lang, const struct record_field *f)
{
    json_begin(j, '{');
    put_basics(j, lang, f);
    show_text(j, "help", f->help[lang]);
    json_put_bool(j, "many", f->many);
    json_key(j, "when");
    if (f->when.n) {
        json_begin(j, '{');
        json_put_str(j, "field", f->when);
        json_put_str(j, "is", f->is);
        json_end(j, '}');
    } else {
        json_nil(j);
    }
    json_key(j, "columns");
    json_begin(j, '[');
    for (size_t i = 0; i < f->n_columns; i++) {
        json_begin(j, '{');
        put_basics(j, lang, &f->columns[i]);
        json_end(j, '}');
    }
    json_end(j, ']');
    json_end(j, '}');
}

static void put_state(struct json *j, enum lang lang, const struct record_state *s)
{
    json_begin(j, '{');
    json_put_str(j, "key", s->key);
    json_put_str(j, "title", s->title[lang]);
    json_put_cstr(j, "phase", record_phase_name(s->phase));
    json_put_bool(j, "editable", s->edit >= 0);
    json_end(j, '}');
}

static void put_move(struct json *j, enum lang lang, const struct record_kind *k, const struct record_move *m)
{
    json_begin(j, '{');
    json_put_str(j, "key", m->key);
    json_put_str(j, "title", m->title[lang]);
    json_key(j, "from");
    json_begin(j, '[');
    for (size_t i = 0; i < k->n_states; i++)
        if (m->from >> i & 1) json_str(j, k->states[i].key);
    json_end(j, ']');
    json_put_str(j, "to", k->states[m->to].key);
    put_words(j, "who", m->who, m->n_who);
    json_put_int(j, "people", m->people);
    put_words(j, "other_than", m->other_than, m->n_other_than);
    json_put_bool(j, "approves", m->approves);
    json_put_bool(j, "reason", m->reason);
    put_words(j, "needs", m->needs, m->n_needs);
    json_end(j, '}');
}

/* Points whose `needs` name the kind. */
static void put_points(struct json *j, const struct api_call *call, const struct record_kind *k)
{
    json_key(j, "points");
    json_begin(j, '[');
    for (size_t i = 0; i < call->catalog->n_tasks; i++) {
        const struct catalog_task *t = &call->catalog->tasks[i];
        for (size_t n = 0; n < t->n_obligations; n++) {
            const struct catalog_obligation *o = &t->obligations[n];
            bool fits = false;
            for (size_t w = 0; w < o->n_needs; w++) fits = fits || str_eq(o->needs[w], k->key);
            if (!fits) continue;
            scoped_buf name;
            buf_init(&name, 0);
            buf_printf(&name, STR_FMT "/" STR_FMT, STR_ARG(t->key), STR_ARG(o->key));
            json_begin(j, '{');
            json_put_str(j, "point", buf_view(&name));
            json_put_str(j, "task_title", t->title[call->lang]);
            json_put_str(j, "text", o->text[call->lang]);
            json_put_cstr(j, "strength", strength_name(o->strength));
            json_end(j, '}');
        }
    }
    json_end(j, ']');
}

static void put_titles(struct json *j, enum lang lang, const struct record_kind *k)
{
    json_put_str(j, "register", k->key);
    json_put_str(j, "title", k->title[lang]);
    json_put_str(j, "plural", k->plural[lang]);
    json_put_str(j, "summary", k->summary[lang]);
    json_put_str(j, "prefix", k->prefix);
    put_words(j, "tasks", k->tasks, k->n_tasks);
}

API_OPERATION(registers_get)
{
    struct json *j = &call->out;
    const struct record_kind *k;
    TRY(item_kind(cx, call, &k));
    json_begin(j, '{');
    put_titles(j, call->lang, k);
    json_key(j, "fields");
    json_begin(j, '[');
    for (size_t i = 0; i < k->n_fields; i++) put_field(j, call->lang, &k->fields[i]);
    json_end(j, ']');
    json_key(j, "states");
    json_begin(j, '[');
    for (size_t i = 0; i < k->n_states; i++) put_state(j, call->lang, &k->states[i]);
    json_end(j, ']');
    json_key(j, "moves");
    json_begin(j, '[');
    for (size_t i = 0; i < k->n_moves; i++) put_move(j, call->lang, k, &k->moves[i]);
    json_end(j, ']');
    json_key(j, "review_days");
    if (k->review_days)
        json_int(j, k->review_days);
    else
        json_nil(j);
    put_words(j, "accept", k->accept, k->n_accept);
    put_points(j, call, k);
    json_end(j, '}');
    return OK;
}

/* --- all of them */

/* Two passes over indexes alone: the first counts, the second is of the few that are overdue. */
#define COUNTS                                                                                                         \
    "SELECT kind, phase, count(*) FROM items_now GROUP BY kind, phase UNION ALL SELECT kind, 'overdue', count(*) "     \
    "FROM items_now WHERE review_due < ?1 GROUP BY +kind"

struct counts {
    int64_t open, in_force, overdue;
};

static enum rc read_counts(struct ctx *cx, struct api_call *call, struct counts *out)
{
    scoped_stmt *st = NULL;
    bool row;
    TRY(store_prepare(cx, call->ledger, STR(COUNTS), &st));
    store_bind_int(st, 1, call->now);
    for (;;) {
        TRY(store_step(cx, st, &row));
        if (!row) return OK;
        const struct record_kind *k = catalog_find_record(call->catalog, store_column_str(st, 0));
        if (!k) continue; /* of another catalog */
        struct counts *c = &out[k - call->catalog->records];
        struct str what = store_column_str(st, 1);
        int64_t n = sqlite3_column_int64(st, 2);
        if (str_eq(what, STR("open"))) c->open = n;
        if (str_eq(what, STR("in_force"))) c->in_force = n;
        if (str_eq(what, STR("overdue"))) c->overdue = n;
    }
}

API_OPERATION(registers_list)
{
    struct json *j = &call->out;
    struct counts *counts = arena_array(&cx->arena, struct counts, call->catalog->n_records);
    TRY(read_counts(cx, call, counts));
    json_begin(j, '{');
    json_key(j, "items");
    json_begin(j, '[');
    for (size_t i = 0; i < call->catalog->n_records; i++) {
        json_begin(j, '{');
        put_titles(j, call->lang, &call->catalog->records[i]);
        json_put_int(j, "open", counts[i].open);
        json_put_int(j, "in_force", counts[i].in_force);
        json_put_int(j, "overdue", counts[i].overdue);
        json_end(j, '}');
    }
    json_end(j, ']');
    json_end(j, '}');
    return OK;
}

/* --- what a person is to read */

#define GUIDEBOOK                                                                                                      \
    "SELECT r.subject, r.title, f.content, r.digest, r.version, r.state_at, a.digest IS r.digest, a.at, a.version "    \
    "FROM records r JOIN fact_record f ON f.subject = r.subject LEFT JOIN fact_step a ON a.subject = r.subject AND "   \
    "a.n = (SELECT max(s.n) FROM fact_step s WHERE s.subject = r.subject AND s.step = 'acceptance' AND s.actor = ?2) " \
    "WHERE r.kind = ?1 AND r.phase = 'in_force' ORDER BY r.title, r.subject"

static bool is_reader(const struct api_call *call, const struct record_kind *k)
{
    for (size_t i = 0; i < k->n_accept; i++) {
        enum identity_role role;
        if (!identity_role_find(k->accept[i], &role)) continue;
        for (size_t g = 0; g < call->who.n_grants; g++)
            if (call->who.grants[g].role == role) return true;
    }
    return false;
}

static enum rc put_guides(struct ctx *cx, struct api_call *call, const struct record_kind *k)
{
    scoped_stmt *st = NULL;
    struct json *j = &call->out;
    bool row;
    TRY(store_prepare(cx, call->ledger, STR(GUIDEBOOK), &st));
    store_bind_str(st, 1, k->key);
    store_bind_str(st, 2, call->who.person);
    for (;;) {
        TRY(store_step(cx, st, &row));
        if (!row) return OK;
        json_begin(j, '{');
        show_column_text(j, "subject", st, 0);
        json_put_str(j, "register", k->key);
        show_column_text(j, "title", st, 1);
        json_key(j, "content");
        json_raw(j, store_column_str(st, 2));
        show_column_text(j, "digest", st, 3);
        show_column_int(j, "version", st, 4);
        show_column_time(j, "since", st, 5);
        show_column_bool(j, "accepted", st, 6);
        show_column_time(j, "accepted_at", st, 7);
        show_column_int(j, "accepted_version", st, 8);
        TRY(item_put_names(cx, call, call->ledger, store_column_str(st, 2)));
        json_end(j, '}');
    }
}

API_OPERATION(guidebook_get)
{
    struct json *j = &call->out;
    json_begin(j, '{');
    json_key(j, "items");
    json_begin(j, '[');
    for (size_t i = 0; i < call->catalog->n_records; i++)
        if (is_reader(call, &call->catalog->records[i])) TRY(put_guides(cx, call, &call->catalog->records[i]));
    json_end(j, ']');
    json_end(j, '}');
    return OK;
}

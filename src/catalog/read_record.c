/* catalog/kinds/<kind>.yaml: a kind of record, as docs/formats/kinds.md writes it. Names within the file are resolved
 * here; names of tasks and other kinds by link_record.c, when all files are read. */
#include "catalog/fields.h"

#define MOST_STATES 16
#define MOST_DAYS 3650

static const char *type_at(int i)
{
    return field_type_name((enum field_type)i);
}

static const char *phase_at(int i)
{
    return record_phase_name((enum record_phase)i);
}

static void copy(struct str out[LANG_COUNT], const struct source_text *t)
{
    for (int i = 0; i < LANG_COUNT; i++) out[i] = t->text[i];
}

static struct str read_key(struct source *s, const struct fields *f)
{
    struct str key = field_text(f, "key", true);
    if (key.n && !source_is_kind(key))
        source_fault(s, f->file, fields_line(f, "key"), "use lower-case letters, digits and underscores, at most 40",
                     "\"key\" of %s is not a key", f->what);
    if (key.n && str_find(key, STR("__"))) /* stands between kind and field in names of views */
        source_fault(s, f->file, fields_line(f, "key"), "use one underscore", "\"key\" of %s has two underscores",
                     f->what);
    return key;
}

/* A list of words; each stands once. */
static const struct str *read_words(struct source *s, const struct fields *f, const char *key, bool required, size_t *n)
{
    const struct yaml_node *list = field_list(f, key, required);
    *n = 0;
    if (!list) return NULL;
    struct str *words = arena_array(&s->cx->arena, struct str, list->n);
    for (size_t i = 0; i < list->n; i++) {
        struct str word = yaml_text(list->items[i]);
        if (!source_is_key(word, "_")) {
            source_fault(s, f->file, list->items[i]->line, "write one key an entry",
                         "\"%s\" of %s holds what is no key", key, f->what);
            continue;
        }
        for (size_t j = 0; j < *n; j++)
            if (str_eq(words[j], word))
                source_fault(s, f->file, list->items[i]->line, "keep one of them", "\"%s\" stands twice in \"%s\"",
                             source_show(s, word), key);
        words[(*n)++] = word;
    }
    return words;
}

static void read_choices(struct source *s, const struct fields *f, struct record_field *out)
{
    const struct yaml_node *given = f->map ? yaml_get(f->map, STR("choices")) : NULL;
    if (given && str_eq(yaml_text(given), STR("metrics"))) return; /* source_link_metrics() fills them in */
    const struct yaml_node *list = field_list(f, "choices", true);
    if (!list) return;
    struct record_choice *choices = arena_array(&s->cx->arena, struct record_choice, list->n);
    for (size_t i = 0; i < list->n; i++) {
        struct fields c = fields_of(s, f->file, list->items[i], "a choice", "key title");
        choices[i].key = read_key(s, &c);
        struct source_text title = field_langs(&c, "title", true);
        copy(choices[i].title, &title);
        for (size_t j = 0; j < i; j++)
            if (choices[i].key.n && str_eq(choices[i].key, choices[j].key))
                source_fault(s, f->file, list->items[i]->line, "give each its own key", "duplicate choice \"%s\"",
                             source_show(s, choices[i].key));
    }
    if (list->n < 2 && out->type == FIELD_CHOICE)
        source_fault(s, f->file, fields_line(f, "choices"), "add another, or use yes_no", "there is nothing to choose");
    out->choices = choices;
    out->n_choices = list->n;
}

static const struct record_field *read_fields(struct source *s, const struct fields *f, const char *key, bool columns,
                                              size_t *n);

static bool can_be_many(enum field_type t)
{
    return t == FIELD_TEXT || t == FIELD_CHOICE || t == FIELD_PERSON || t == FIELD_GROUP || t == FIELD_LINK ||
           t == FIELD_FILE;
}

/* What belongs to one type must not stand at another: it would say what nobody heeds. */
static void check_words(struct source *s, const struct fields *f, const struct record_field *out, bool column)
{
    const struct {
        const char *key;
        bool fits;
    } words[] = {
        {"choices", out->type == FIELD_CHOICE || out->type == FIELD_CHECKLIST},
        {"unit", out->type == FIELD_NUMBER},
        {"to", out->type == FIELD_LINK},
        {"due", out->type == FIELD_DATE && !column},
        {"columns", out->type == FIELD_TABLE},
        {"many", can_be_many(out->type) && !column},
        {"when", !column},
    };
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (!words[i].fits && fields_has(f, words[i].key))
            source_fault(s, f->file, fields_line(f, words[i].key), "leave it out", "\"%s\" does not go with %s \"%s\"",
                         words[i].key, column ? "a column of type" : "the type", field_type_name(out->type));
    if (column && (out->type == FIELD_TABLE || out->type == FIELD_FILE || out->type == FIELD_CHECKLIST ||
                   out->type == FIELD_MARKDOWN))
        source_fault(s, f->file, fields_line(f, "type"), "use a simple type", "a column cannot be a %s",
                     field_type_name(out->type));
}

static struct record_field read_field(struct source *s, struct str file, const struct yaml_node *n, bool column)
{
    struct fields f = fields_of(s, file, n, column ? "a column" : "a field",
                                "key type label help required many when choices unit to columns due");
    struct record_field out = {.key = read_key(s, &f), .line = fields_line(&f, "key"), .when = STR(""), .is = STR("")};
    out.type = (enum field_type)field_word(&f, "type", type_at, FIELD_COUNT);
    struct source_text text = field_langs(&f, "label", true);
    copy(out.label, &text);
    text = field_langs(&f, "help", false);
    copy(out.help, &text);
    text = field_langs(&f, "unit", false);
    copy(out.unit, &text);
    out.required = field_bool(&f, "required", false);
    out.many = field_bool(&f, "many", false);
    check_words(s, &f, &out, column);
    if (out.type == FIELD_CHOICE || out.type == FIELD_CHECKLIST) read_choices(s, &f, &out);
    if (out.type == FIELD_LINK) out.to = read_words(s, &f, "to", true, &out.n_to);
    if (out.type == FIELD_DATE && fields_has(&f, "due")) out.due = read_words(s, &f, "due", true, &out.n_due);
    if (out.type == FIELD_TABLE && !column) out.columns = read_fields(s, &f, "columns", true, &out.n_columns);
    if (fields_has(&f, "when") && f.map) {
        struct fields when = fields_of(s, file, yaml_get(f.map, STR("when")), "\"when\"", "field is");
        out.when = field_text(&when, "field", true);
        out.is = field_text(&when, "is", true);
    }
    return out;
}

static const struct record_field *find(const struct record_field *fields, size_t n, struct str key)
{
    for (size_t i = 0; i < n; i++)
        if (str_eq(fields[i].key, key)) return &fields[i];
    return NULL;
}

/* A condition asks for the value of a choice or a yes_no that stands before it. */
static void check_when(struct source *s, struct str file, int line, const struct record_field *fields, size_t i)
{
    const struct record_field *f = &fields[i], *of = find(fields, i, f->when);
    bool fits = false;
    if (!f->when.n) return;
    if (of && of->type == FIELD_YES_NO) fits = str_eq(f->is, STR("yes")) || str_eq(f->is, STR("no"));
    for (size_t k = 0; of && of->type == FIELD_CHOICE && !of->many && k < of->n_choices; k++)
        fits = fits || str_eq(of->choices[k].key, f->is);
    if (!fits)
        source_fault(s, file, line, "name a choice or yes_no that stands before it, and one of its values (yes, no)",
                     "the condition of \"%s\" can never be true", source_show(s, f->key));
}

static const struct record_field *read_fields(struct source *s, const struct fields *f, const char *key, bool columns,
                                              size_t *n)
{
    const struct yaml_node *list = field_list(f, key, true);
    *n = 0;
    if (!list) return NULL;
    struct record_field *out = arena_array(&s->cx->arena, struct record_field, list->n);
    for (size_t i = 0; i < list->n; i++) {
        out[i] = read_field(s, f->file, list->items[i], columns);
        if (out[i].key.n && find(out, i, out[i].key))
            source_fault(s, f->file, list->items[i]->line, "give each its own key", "duplicate field \"%s\"",
                         source_show(s, out[i].key));
        check_when(s, f->file, list->items[i]->line, out, i);
    }
    *n = list->n;
    return out;
}

static void read_states(struct source *s, struct source_record *r, const struct fields *f)
{
    const struct yaml_node *list = field_list(f, "states", true);
    if (!list) return;
    if (list->n > MOST_STATES)
        source_fault(s, r->file, list->line, "simplify the workflow", "more than %d states", MOST_STATES);
    size_t n = list->n < MOST_STATES ? list->n : MOST_STATES;
    struct record_state *states = arena_array(&s->cx->arena, struct record_state, n);
    struct str edits[MOST_STATES];
    for (size_t i = 0; i < n; i++) {
        struct fields one = fields_of(s, r->file, list->items[i], "a state", "key title phase edit");
        states[i].key = read_key(s, &one);
        struct source_text title = field_langs(&one, "title", true);
        copy(states[i].title, &title);
        states[i].phase = (enum record_phase)field_word(&one, "phase", phase_at, PHASE_COUNT);
        edits[i] = field_text(&one, "edit", false);
        for (size_t j = 0; j < i; j++)
            if (states[i].key.n && str_eq(states[i].key, states[j].key))
                source_fault(s, r->file, list->items[i]->line, "give each its own key", "duplicate state \"%s\"",
                             source_show(s, states[i].key));
    }
    r->k.states = states;
    r->k.n_states = n;
    if (n && states[0].phase != PHASE_OPEN)
        source_fault(s, r->file, list->line, "begin with one of phase open", "the first state is not open");
    for (size_t i = 0; i < n; i++) {
        states[i].edit = states[i].phase == PHASE_IN_FORCE ? 0 : (int)i;
        if (str_eq(edits[i], STR("no"))) {
            states[i].edit = -1;
        } else if (edits[i].n && (states[i].edit = record_find_state(&r->k, edits[i])) < 0) {
            source_fault(s, r->file, list->items[i]->line, "name a state of the file, or no",
                         "\"edit\" leads to no state");
        }
        if (states[i].edit >= 0 && states[states[i].edit].phase == PHASE_IN_FORCE)
            source_fault(s, r->file, list->items[i]->line, "lead to an open state",
                         "an edit would be in force without anybody's approval");
    }
}

/* Names of the file itself: `words` besides fields of type person. */
static void check_people(struct source *s, const struct source_record *r, int line, const char *what,
                         const struct str *names, size_t n, const char *const *words, size_t n_words)
{
    for (size_t i = 0; i < n; i++) {
        const struct record_field *f = find(r->k.fields, r->k.n_fields, names[i]);
        bool known = f && f->type == FIELD_PERSON;
        for (size_t k = 0; k < n_words; k++) known = known || str_eq(names[i], str_from(words[k]));
        if (!known)
            source_fault(s, r->file, line, "see docs/formats/kinds.md for what may stand there",
                         "\"%s\" in \"%s\" is neither a role nor a field of type person", source_show(s, names[i]),
                         what);
    }
}

static const char *const makers[] = {"owner",     "admin",      "security_officer", "development_manager",
                                     "developer", "data_owner", "contributor",      "employee",
                                     "partner",   "auditor"};
static const char *const others[] = {"owner", "editor", "asker"};

static struct record_move read_move(struct source *s, const struct source_record *r, const struct yaml_node *n)
{
    struct fields f =
        fields_of(s, r->file, n, "a move", "key title from to who people other_than approves needs reason");
    struct record_move m = {.key = read_key(s, &f), .people = 1};
    struct source_text title = field_langs(&f, "title", true);
    size_t n_from;
    copy(m.title, &title);
    const struct str *from = read_words(s, &f, "from", true, &n_from);
    for (size_t i = 0; i < n_from; i++) {
        int state = record_find_state(&r->k, from[i]);
        if (state < 0)
            source_fault(s, r->file, fields_line(&f, "from"), "name states of the file", "there is no state \"%s\"",
                         source_show(s, from[i]));
        else
            m.from |= 1U << state;
    }
    struct str to = field_text(&f, "to", true);
    m.to = record_find_state(&r->k, to);
    if (m.to < 0) {
        if (to.n)
            source_fault(s, r->file, fields_line(&f, "to"), "name a state of the file", "there is no state \"%s\"",
                         source_show(s, to));
        m.to = 0;
    }
    m.who = read_words(s, &f, "who", true, &m.n_who);
    m.other_than = read_words(s, &f, "other_than", false, &m.n_other_than);
    m.needs = read_words(s, &f, "needs", false, &m.n_needs);
    if (fields_has(&f, "people")) m.people = field_int(&f, "people", 1, 9);
    m.approves = field_bool(&f, "approves", false);
    m.reason = field_bool(&f, "reason", false);
    check_people(s, r, fields_line(&f, "who"), "who", m.who, m.n_who, makers, sizeof makers / sizeof *makers);
    check_people(s, r, fields_line(&f, "other_than"), "other_than", m.other_than, m.n_other_than, others,
                 sizeof others / sizeof *others);
    for (size_t i = 0; i < m.n_needs; i++)
        if (!find(r->k.fields, r->k.n_fields, m.needs[i]))
            source_fault(s, r->file, fields_line(&f, "needs"), "name fields of the file", "there is no field \"%s\"",
                         source_show(s, m.needs[i]));
    return m;
}

/* Every state is reached from the first, and every open one has a way on. */
static void check_ways(struct source *s, const struct source_record *r, int line)
{
    uint32_t reached = 1;
    for (size_t round = 0; round < r->k.n_states; round++)
        for (size_t i = 0; i < r->k.n_moves; i++)
            if (r->k.moves[i].from & reached) reached |= 1U << r->k.moves[i].to;
    for (size_t i = 0; i < r->k.n_states; i++) {
        bool leaves = r->k.states[i].phase != PHASE_OPEN;
        for (size_t k = 0; k < r->k.n_moves; k++) leaves = leaves || r->k.moves[k].from & 1U << i;
        if (!(reached & 1U << i))
            source_fault(s, r->file, line, "add a move that leads there", "no move leads to the state \"%s\"",
                         source_show(s, r->k.states[i].key));
        if (!leaves)
            source_fault(s, r->file, line, "add a move from it, or give it another phase",
                         "nothing leads on from the state \"%s\"", source_show(s, r->k.states[i].key));
    }
}

static void read_moves(struct source *s, struct source_record *r, const struct fields *f)
{
    const struct yaml_node *list = field_list(f, "moves", true);
    if (!list) return;
    struct record_move *moves = arena_array(&s->cx->arena, struct record_move, list->n);
    for (size_t i = 0; i < list->n; i++) {
        moves[i] = read_move(s, r, list->items[i]);
        for (size_t j = 0; j < i; j++)
            if (moves[i].key.n && str_eq(moves[i].key, moves[j].key))
                source_fault(s, r->file, list->items[i]->line, "give each its own key", "duplicate move \"%s\"",
                             source_show(s, moves[i].key));
    }
    r->k.moves = moves;
    r->k.n_moves = list->n;
    check_ways(s, r, list->line);
}

static void read_review(struct source *s, struct source_record *r, const struct fields *f)
{
    if (!fields_has(f, "review") || !f->map) return;
    struct fields review = fields_of(s, r->file, yaml_get(f->map, STR("review")), "\"review\"", "days");
    r->k.review_days = field_int(&review, "days", 1, MOST_DAYS);
}

static bool is_prefix(struct str p)
{
    for (size_t i = 0; i < p.n; i++)
        if (p.p[i] < 'A' || p.p[i] > 'Z') return false;
    return p.n >= 2 && p.n <= 5;
}

void source_read_record(struct source *s, const struct source_file *file)
{
    const struct yaml_node *top = fields_document(s, file);
    if (!top) return;
    struct fields f = fields_of(s, file->path, top, "a kind of record",
                                "key title plural summary prefix tasks fields states moves review accept");
    struct source_record r = {.file = file->path, .line = top->line, .tasks_line = fields_line(&f, "tasks")};
    r.k.key = read_key(s, &f);
    if (r.k.key.n && !str_eq(r.k.key, file->name))
        source_fault(s, file->path, fields_line(&f, "key"), "name the file <key>.yaml",
                     "the key \"%s\" is not the file's name", source_show(s, r.k.key));
    struct source_text text = field_langs(&f, "title", true);
    copy(r.k.title, &text);
    text = field_langs(&f, "plural", true);
    copy(r.k.plural, &text);
    text = field_langs(&f, "summary", true);
    copy(r.k.summary, &text);
    r.k.prefix = field_text(&f, "prefix", true);
    if (r.k.prefix.n && !is_prefix(r.k.prefix))
        source_fault(s, file->path, fields_line(&f, "prefix"), "use two to five capital letters",
                     "\"prefix\" is not one");
    r.k.tasks = read_words(s, &f, "tasks", true, &r.k.n_tasks);
    r.k.fields = read_fields(s, &f, "fields", false, &r.k.n_fields);
    read_states(s, &r, &f);
    read_moves(s, &r, &f);
    read_review(s, &r, &f);
    r.k.accept = read_words(s, &f, "accept", false, &r.k.n_accept);
    check_people(s, &r, fields_line(&f, "accept"), "accept", r.k.accept, r.k.n_accept, makers + 1,
                 sizeof makers / sizeof *makers - 1);
    source_grow(s, s->records, s->n_records, s->cap_records);
    s->records[s->n_records++] = r;
}

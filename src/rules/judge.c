#include "rules/judge.h"

#include "base/limits.h"
#include "rules/baseline.h"
#include "rules/kept.h"
#include "rules/marks.h"
#include "rules/own.h"
#include "rules/query.h"
#include "rules/row.h"
#include "rules/verdicts.h"

/* What is known of a subject. */
enum {
    SUBJECT_SEEN = 1,
    SUBJECT_JUDGED = 2,
    SUBJECT_FAILING = 4,
    SUBJECT_NOT_BASELINED = 8,
    SUBJECT_WAIVED = 16,
    SUBJECT_TREATED = 32
};

struct judging {
    struct ctx *cx;
    const struct catalog_obligation *def;
    bool of_organization;
    struct str sql;
    const struct str *message, *fix; /* by language */
    const struct rules_options *o;
    const struct baseline *baseline;
    struct obligation_result *out;
    struct query query;
    sqlite3_stmt *vouched; /* 1 row when the document ?1 states its approval or review; NULL where that is not asked */
    sqlite3_stmt *hit; /* the rule of the scanner's hit at ?1:?2 with fingerprint ?3; NULL until a finding has these */
    struct columns columns;
    struct cell cells[ROW_COLUMNS];
    struct marks subjects, duplicates;
    struct kept kept, good; /* rows with ok 0; examples of those with ok 1 */
    struct evidence evidence;
    enum assurance seen; /* what the ways in which its facts came in allow */
    int64_t not_baselined;
    struct finding_key *keys;
    size_t n_keys, cap_keys;
};

static enum rc read_columns(struct judging *j)
{
    struct columns *c = &j->columns;
    c->n = sqlite3_column_count(j->query.st);
    if (c->n > ROW_COLUMNS) return fail(j->cx, E_INVALID, "more than %d columns", ROW_COLUMNS);
    for (int i = 0; i < c->n; i++) c->names[i] = str_from(sqlite3_column_name(j->query.st, i));
    columns_find(c);
    if (c->subject < 0 || c->ok < 0) return fail(j->cx, E_INVALID, "no column subject or ok");
    return OK;
}

/* Borrowed until the next row. */
static void read_cells(struct judging *j)
{
    for (int i = 0; i < j->columns.n; i++) {
        struct cell *cell = &j->cells[i];
        int type = sqlite3_column_type(j->query.st, i);
        *cell = (struct cell){.kind = CELL_NULL};
        if (type == SQLITE_INTEGER) {
            cell->kind = CELL_INT;
            cell->i = sqlite3_column_int64(j->query.st, i);
        } else if (type != SQLITE_NULL) {
            cell->kind = CELL_TEXT;
            cell->text = store_column_str(j->query.st, i);
            if (!cell->text.p) *cell = (struct cell){.kind = CELL_NULL};
        }
    }
}

static enum rc mark(struct judging *j, struct marks *m, const uint8_t *key, uint32_t **value)
{
    *value = marks_at(m, key);
    if (*value) return OK;
    j->query.stopped = true;
    return fail(j->cx, E_LIMIT, "more than %d subjects", LIMIT_RULE_SUBJECTS);
}

static enum rc mark_subject(struct judging *j, struct str subject, uint32_t **flags)
{
    struct digest d;
    uint8_t key[32];
    digest_init(&d);
    digest_add(&d, subject);
    digest_final(&d, key);
    TRY(mark(j, &j->subjects, key, flags));
    if (!**flags) j->evidence.population++;
    **flags |= SUBJECT_SEEN;
    return OK;
}

static void set(uint32_t *flags, uint32_t flag, int64_t *count)
{
    *count += !(*flags & flag);
    *flags |= flag;
}

static void keep_key(struct judging *j, const char *id, struct str subject)
{
    struct arena *a = &j->cx->arena;
    if (!j->o->keys || j->n_keys == LIMIT_BASELINE_ENTRIES) return;
    if (j->n_keys == j->cap_keys) {
        j->cap_keys = j->cap_keys ? 2 * j->cap_keys : 64;
        struct finding_key *more = arena_array(a, struct finding_key, j->cap_keys);
        if (j->n_keys) memcpy(more, j->keys, j->n_keys * sizeof *more);
        j->keys = more;
    }
    j->keys[j->n_keys++] = (struct finding_key){arena_str(a, str_from(id)), arena_str(a, subject)};
}

void rules_sort_known(struct str *known, size_t n)
{
    str_sort(known, n);
}

static bool is_known(const struct rules_options *o, const char *id)
{
    struct str key = str_from(id);
    return str_among(o->known, o->n_known, key);
}

/* Which of exact duplicates has which number depends on the order of rows, but which numbers there are does not. */
static enum rc add_failing(struct judging *j, struct row *r, uint32_t *flags)
{
    uint32_t *seen;
    char id[33];
    struct str subject = row_text(r, j->columns.subject);
    row_identify(j->def, &j->columns, r);
    TRY(mark(j, &j->duplicates, r->base, &seen));
    row_id(r->base, (*seen)++, id);
    if (is_known(j->o, id)) return OK;
    enum exception excused = own_excuses(j->o->own, j->def, subject, row_int(r, j->columns.at, 0));
    if (excused == EXCEPTION_WAIVED) set(flags, SUBJECT_WAIVED, &j->evidence.waived);
    if (excused == EXCEPTION_TREATED) set(flags, SUBJECT_TREATED, &j->evidence.treated);
    if (excused == EXCEPTION_NONE) set(flags, SUBJECT_FAILING, &j->evidence.failing);
    if (excused == EXCEPTION_NONE && (!j->baseline || !baseline_find(j->baseline, str_from(id), NULL, NULL)))
        set(flags, SUBJECT_NOT_BASELINED, &j->not_baselined);
    if (excused == EXCEPTION_NONE) keep_key(j, id, subject);
    j->out->places++;
    if (kept_add(&j->kept, r) != OK) return fail(j->cx, E_IO, "out of memory");
    return OK;
}

static bool is_vouched(struct judging *j, const struct row *r)
{
    bool found = false;
    if (row_int(r, j->columns.approved, 0) == 1 || row_int(r, j->columns.reviewed_at, 0) != 0) return true;
    struct str path = row_text(r, j->columns.path);
    if (!j->vouched || !path.n) return false;
    store_bind_str(j->vouched, 1, path);
    if (store_step(j->cx, j->vouched, &found) != OK) found = false;
    sqlite3_reset(j->vouched);
    return found;
}

/* An example is worth showing when somebody can go and look. */
static bool is_somewhere(struct judging *j, const struct row *r)
{
    return row_text(r, j->columns.path).n || row_text(r, j->columns.commit).n ||
           !str_eq(row_text(r, j->columns.subject), STR("repo:self"));
}

static enum rc add_good(struct judging *j, const struct row *r)
{
    int64_t due = row_int(r, j->columns.due, INT64_MAX);
    struct evidence *e = &j->evidence;
    if (row_int(r, j->columns.approved, 0) == 1 && j->of_organization) e->vouched = true;
    if (due != INT64_MAX && due > 0 && (!j->out->due || due < j->out->due)) j->out->due = due;
    e->at_risk = e->at_risk || (due != INT64_MAX && due - WARNING_WINDOW <= j->o->now);
    e->vouched = e->vouched || (j->def->type == EVIDENCE_DOCUMENT && is_vouched(j, r));
    if (!is_somewhere(j, r) || kept_add(&j->good, r) == OK) return OK;
    return fail(j->cx, E_IO, "out of memory");
}

/* A row from a fact tells by `via` how that came in; the others are what was looked at. What somebody said is worth
 * more when somebody else has approved it. The weakest counts. */
static void see(struct judging *j, const struct row *r)
{
    struct str via = row_text(r, j->columns.via);
    if (!via.p) return;
    enum assurance seen = assurance_via(via);
    if (j->of_organization && seen == ASSURANCE_WEAK && row_int(r, j->columns.approved, 0) == 1) seen = ASSURANCE_FAIR;
    if (seen < j->seen) j->seen = seen;
}

/* When a row will be another by time alone, whatever it is now. */
static void look_ahead(struct judging *j, const struct row *r)
{
    const int64_t due = row_int(r, j->columns.due, 0),
                  moments[] = {due - WARNING_WINDOW, due, row_int(r, j->columns.changes_at, 0)};
    for (size_t i = 0; i < sizeof moments / sizeof *moments; i++)
        if (moments[i] > j->o->now && (!j->out->next || moments[i] < j->out->next)) j->out->next = moments[i];
}

static enum rc add_row(struct judging *j)
{
    read_cells(j);
    struct row r = {.cells = j->cells};
    struct str subject = row_text(&r, j->columns.subject);
    const struct cell *ok = &j->cells[j->columns.ok];
    if (!subject.n) return fail(j->cx, E_INVALID, "a row without subject");
    if (ok->kind == CELL_TEXT || (ok->kind == CELL_INT && ok->i != 0 && ok->i != 1))
        return fail(j->cx, E_INVALID, "ok is not 1, 0 or NULL for %s", str_visible(j->cx, subject));
    uint32_t *flags;
    TRY(mark_subject(j, subject, &flags));
    int64_t at = row_int(&r, j->columns.at, 0);
    if (at > j->out->at) j->out->at = at;
    look_ahead(j, &r);
    if (ok->kind == CELL_NULL) return OK;
    set(flags, SUBJECT_JUDGED, &j->evidence.judged);
    see(j, &r);
    if (ok->i == 0) return add_failing(j, &r, flags);
    return add_good(j, &r);
}

static enum rc run(struct judging *j)
{
    TRY(query_open(j->cx, j->query.db, j->sql, j->o->now, j->o->since, &j->query));
    TRY(read_columns(j));
    for (bool row;;) {
        TRY(query_next(j->cx, &j->query, &row));
        if (!row) return OK;
        TRY(add_row(j));
    }
}

static struct str rendered(struct judging *j, struct str text, const struct row *r)
{
    scoped_buf b;
    buf_init(&b, 0);
    row_render(&b, text, &j->columns, r);
    return arena_str(&j->cx->arena, buf_view(&b));
}

static struct str kept_text(struct judging *j, const struct row *r, int column)
{
    struct str s = row_text(r, column);
    return s.n ? arena_str(&j->cx->arena, s) : STR_NONE;
}

/* Findings that show a hit tell by which word it can be allowed. */
static struct str allow_of(struct judging *j, const struct row *r, const struct finding *f)
{
    struct str fingerprint = row_text(r, j->columns.fingerprint), rule = STR_NONE;
    bool found = false;
    if (j->of_organization || !f->line || !fingerprint.n) return STR_NONE;
    if (!j->hit &&
        store_prepare(j->cx, j->query.db,
                      STR("SELECT rule FROM hits WHERE path = ?1 AND line = ?2 AND fingerprint = ?3"), &j->hit) != OK)
        return STR_NONE;
    store_bind_str(j->hit, 1, f->path);
    store_bind_int(j->hit, 2, f->line);
    store_bind_str(j->hit, 3, fingerprint);
    if (store_step(j->cx, j->hit, &found) == OK && found) rule = arena_str(&j->cx->arena, store_column_str(j->hit, 0));
    sqlite3_reset(j->hit);
    return rule;
}

static const struct finding_text *texts_of(struct judging *j, const struct row *r)
{
    struct finding_text *texts = arena_array(&j->cx->arena, struct finding_text, LANG_COUNT);
    for (int l = 0; l < LANG_COUNT; l++)
        texts[l] = (struct finding_text){rendered(j, j->message[l], r), rendered(j, j->fix[l], r)};
    return texts;
}

static void make_finding(struct judging *j, const struct row *r, struct finding *f)
{
    const struct columns *c = &j->columns;
    char id[33];
    int64_t line = row_int(r, c->line, 0);
    uint32_t *seen = marks_at(&j->duplicates, r->base); /* there is room: it was counted when the row came */
    do row_id(r->base, seen ? (*seen)++ : 0, id);
    while (seen && is_known(j->o, id));
    *f = (struct finding){.id = arena_str(&j->cx->arena, str_from(id)),
                          .subject = kept_text(j, r, c->subject),
                          .message = rendered(j, j->message[j->o->lang], r),
                          .fix = rendered(j, j->fix[j->o->lang], r),
                          .texts = j->o->texts ? texts_of(j, r) : NULL,
                          .path = kept_text(j, r, c->path),
                          .commit = kept_text(j, r, c->commit),
                          .at = row_int(r, c->at, 0)};
    f->line = f->path.p && line > 0 ? line : 0;
    f->allow = allow_of(j, r, f);
    f->exception = own_excuses(j->o->own, j->def, f->subject, row_int(r, c->at, 0));
    f->baseline = j->baseline && baseline_find(j->baseline, f->id, &f->baseline_owner, &f->baseline_until);
}

/* Duplicates are numbered anew, now in the findings' order. */
static void make_findings(struct judging *j)
{
    struct finding *findings = arena_array(&j->cx->arena, struct finding, j->kept.n + 1);
    marks_clear(&j->duplicates);
    kept_sort(&j->kept);
    for (size_t i = 0; i < j->kept.n; i++) make_finding(j, j->kept.rows[i], &findings[i]);
    j->out->findings = findings;
    j->out->n_findings = j->kept.n;
}

static void make_shown(struct judging *j)
{
    struct shown *shown = arena_array(&j->cx->arena, struct shown, j->good.n + 1);
    kept_sort(&j->good);
    for (size_t i = 0; i < j->good.n; i++) {
        const struct row *r = j->good.rows[i];
        shown[i] = (struct shown){.subject = kept_text(j, r, j->columns.subject),
                                  .path = kept_text(j, r, j->columns.path),
                                  .line = row_int(r, j->columns.line, 0),
                                  .commit = kept_text(j, r, j->columns.commit),
                                  .at = row_int(r, j->columns.at, 0)};
        if (!shown[i].path.p || shown[i].line < 0) shown[i].line = 0;
    }
    j->out->shown = shown;
    j->out->n_shown = j->good.n;
}

/* Whatever it had found counts for nothing. */
static void say_nothing(struct judging *j, struct str why)
{
    j->evidence =
        (struct evidence){.waived_whole = j->evidence.waived_whole, .not_applicable = j->evidence.not_applicable};
    j->out->stopped = true;
    j->out->places = 0;
    j->out->at = 0;
    j->out->due = 0;
    j->out->next = 0;
    j->n_keys = 0;
    j->not_baselined = 0;
    j->out->settles = why;
}

static void say_stopped(struct judging *j)
{
    static const char *const text[LANG_COUNT] = {"The rule was stopped: it would have taken too long or too much "
                                                 "memory. A shorter audit period (--since) helps.",
                                                 "Sääntö keskeytettiin, koska se olisi vienyt liikaa aikaa tai "
                                                 "muistia. Lyhyempi tarkastelujakso (--since) auttaa."};
    say_nothing(j, str_from(text[j->o->lang]));
}

/* One faulty rule of an organization's own must not take away where it stands on everything else. */
static void say_faulty(struct judging *j)
{
    static const char *const text[LANG_COUNT] = {"Its rule is faulty, so nothing can be said: ",
                                                 "Kohdan sääntö on viallinen, joten mitään ei voi sanoa: "};
    say_nothing(j, arena_printf(&j->cx->arena, "%s%s", text[j->o->lang], j->cx->message));
}

/* What does not apply is no finding. The counts stay: they are the verdict when it applies again. */
static void drop_findings(struct judging *j)
{
    j->out->n_findings = 0;
    j->out->n_shown = 0;
    j->out->places = 0;
    j->out->settles = STR_NONE;
    j->n_keys = 0;
    j->not_baselined = j->evidence.failing;
}

static void conclude(struct judging *j)
{
    struct obligation_result *out = j->out;
    const struct evidence *e = &j->evidence;
    if (e->not_applicable) drop_findings(j);
    out->population = e->population;
    out->judged = e->judged;
    out->waived = e->waived;
    out->treated = e->treated;
    out->failing = e->failing;
    out->baselined = e->failing - j->not_baselined;
    out->verdict = verdict_of(j->def->type, e);
    out->assurance = assurance_of(j->def->type, out->verdict, e->vouched, j->seen);
    out->keys = j->keys;
    out->n_keys = j->n_keys;
    if (!out->stopped && !e->not_applicable && (e->judged == 0 || e->judged < e->population) &&
        j->def->settles[j->o->lang].n)
        out->settles = j->def->settles[j->o->lang];
}

/* Documents are few, so that each is looked up. */
static enum rc open_vouched(struct judging *j, sqlite3 *db)
{
    if (j->def->type != EVIDENCE_DOCUMENT || j->of_organization) return OK;
    return store_prepare(j->cx, db,
                         STR("SELECT 1 FROM documents WHERE path = ?1 AND (approved = 1 OR reviewed_at IS NOT NULL)"),
                         &j->vouched);
}

enum rc judge_obligation(struct ctx *cx, sqlite3 *db, const struct catalog_obligation *def, enum judge_rule which,
                         const struct rules_options *o, const struct baseline *b, struct obligation_result *out)
{
    const bool organization = which == JUDGE_ORGANIZATION;
    struct judging *j = arena_new(&cx->arena, struct judging);
    *j = (struct judging){.cx = cx,
                          .def = def,
                          .of_organization = organization,
                          .sql = organization ? def->org.sql : def->sql,
                          .message = organization ? def->org.message : def->message,
                          .fix = organization ? def->org.fix : def->fix,
                          .o = o,
                          .baseline = b,
                          .out = out,
                          .query = {.db = db},
                          .seen = ASSURANCE_STRONG};
    *out = (struct obligation_result){.def = def, .adopted = own_adopts(o->own, o->preset, def)};
    j->evidence.tolerance = own_tolerance(o->own, def);
    j->evidence.waived_whole = own_waives(o->own, def);
    j->evidence.not_applicable = !own_applies(o->own, def);
    if (!j->sql.n || (!def->enabled && !organization)) {
        conclude(j);
        return OK;
    }
    marks_init(&j->subjects, LIMIT_RULE_SUBJECTS);
    marks_init(&j->duplicates, LIMIT_RULE_SUBJECTS);
    kept_init(&j->kept, &j->columns, LIMIT_FINDINGS);
    kept_init(&j->good, &j->columns, LIMIT_SHOWN);
    enum rc rc = open_vouched(j, db);
    if (rc == OK) {
        rc = run(j);
        bool stopped = rc == E_LIMIT && j->query.stopped;
        if (rc == OK) {
            make_findings(j);
            make_shown(j);
        }
        query_close(&j->query);
        bool faulty = organization && (rc == E_INVALID || rc == E_INTERNAL);
        if (stopped)
            say_stopped(j);
        else if (faulty)
            say_faulty(j);
        if (stopped || faulty) rc = OK;
    }
    store_finalize(&j->vouched);
    store_finalize(&j->hit);
    marks_release(&j->subjects);
    marks_release(&j->duplicates);
    kept_release(&j->kept);
    kept_release(&j->good);
    if (rc != OK)
        return fail(cx, E_INTERNAL, "rule %s/%s%s: %s", str_visible(cx, def->task), str_visible(cx, def->key),
                    organization ? ".org" : "", arena_cstr(&cx->arena, str_from(cx->message)));
    conclude(j);
    return OK;
}

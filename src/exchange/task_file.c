#include "exchange/task_file.h"

#include "base/csv.h"
#include "base/digest.h"
#include "base/limits.h"
#include "base/time.h"
#include "exchange/names.h"
#include "records/care.h"
#include "store/store.h"

#define MOST_ROWS 5000
#define MOST_TOLD 1000
#define MOST_CHANGES 8 /* fields of one task */

enum column { NAME, STATUS, OWNER, PRIORITY, DUE, DESCRIPTION, REVIEW, COLUMNS };

/* What tools call them, in lower case. */
static const struct {
    const char *key, *names;
} columns[COLUMNS] = {
    [NAME] = {"name", "name|task|task name|title|nimi|tehtävä|tehtävän nimi|otsikko"},
    [STATUS] = {"status", "status|task status|tila|tehtävän tila"},
    [OWNER] = {"owner", "owner|task owner|assigned to|omistaja|vastuuhenkilö"},
    [PRIORITY] = {"priority", "priority|prioriteetti"},
    [DUE] = {"due", "due|due date|deadline|määräpäivä|määräaika"},
    [DESCRIPTION] = {"description",
                     "description|process description|process|kuvaus|prosessi|prosessikuvaus|prosessin kuvaus"},
    [REVIEW] = {"review_days",
                "review_days|review cycle|review cycle (days)|katselmointiväli|katselmointiväli (päivää)"},
};

struct word {
    const char *key, *names;
};
static const struct word statuses[] = {
    {"fully_done", "fully_done|fully done|done|completed|täysin tehty|valmis|tehty"},
    {"mostly_done", "mostly_done|mostly done|pääosin tehty"},
    {"partly_done", "partly_done|partly done|in progress|osittain tehty|osin tehty|kesken"},
    {"not_done", "not_done|not done|not started|ei tehty|ei aloitettu"},
    {"not_relevant", "not_relevant|not relevant|not applicable|ei olennainen|ei relevantti"},
    {NULL, NULL}};
static const struct word priorities[] = {{"critical", "critical|kriittinen"},
                                         {"high", "high|korkea"},
                                         {"normal", "normal|medium|normaali"},
                                         {"low", "low|matala"},
                                         {NULL, NULL}};

struct told {
    int64_t line;
    struct str field, text[LANG_COUNT];
};

struct change {
    const char *field;
    struct str before, after;
};

struct row {
    int64_t line;
    const struct catalog_task *task;
    bool given[COLUMNS];
    struct str owner, process;     /* as written */
    const char *status, *priority; /* keys; NULL: none */
    int64_t due, review_days;
    struct care care; /* as it would be */
    struct change changes[MOST_CHANGES];
    size_t n_changes;
    bool cares, claims; /* which facts it takes */
};

struct task_file {
    const struct catalog *c;
    struct str source;
    int of[LIMIT_CSV_COLUMNS]; /* which column each cell is; -1: none */
    size_t n_cells;
    struct row *rows;
    size_t n;
    struct told *faults, *left;
    size_t n_faults, n_left, all_faults, read_faults, read_left; /* read_: of the file itself */
    char outcome[65];
};

static void fault(struct ctx *cx, struct task_file *f, int64_t line, const char *field, const char *en, const char *fi)
{
    if (f->all_faults++ >= MOST_TOLD) return;
    f->faults[f->n_faults++] = (struct told){
        line, str_from(field), {arena_str(&cx->arena, str_from(en)), arena_str(&cx->arena, str_from(fi))}};
}

static void leave(struct ctx *cx, struct task_file *f, int64_t line, const char *field, const char *en, const char *fi,
                  struct str what)
{
    const char *shown = str_visible(cx, what);
    if (f->n_left == MOST_TOLD) return;
    f->left[f->n_left++] =
        (struct told){line,
                      str_from(field),
                      {arena_printf(&cx->arena, "%s: %s", en, shown), arena_printf(&cx->arena, "%s: %s", fi, shown)}};
}

/* --- words */

static struct str lower(struct ctx *cx, struct str s)
{
    struct buf b;
    buf_init(&b, 0);
    for (size_t i = 0, step; i < s.n; i += step) {
        uint32_t cp;
        step = str_char(s, i, &cp);
        if (!step) break;
        if (cp >= 'A' && cp <= 'Z')
            buf_char(&b, (char)(cp - 'A' + 'a'));
        else if (cp == 0xc4 || cp == 0xd6 || cp == 0xc5) /* Ä Ö Å */
            buf_cstr(&b, cp == 0xc4 ? "ä" : cp == 0xd6 ? "ö" : "å");
        else
            buf_add(&b, s.p + i, step);
    }
    struct str out = arena_str(&cx->arena, buf_view(&b));
    buf_release(&b);
    return out;
}

static bool is_one_of(const char *names, struct str word)
{
    struct str rest = str_from(names), part;
    while (str_cut(&rest, '|', &part))
        if (str_eq(part, word)) return true;
    return false;
}

static const char *find_word(struct ctx *cx, const struct word *words, struct str cell)
{
    for (; words->key; words++)
        if (is_one_of(words->names, lower(cx, cell))) return words->key;
    return NULL;
}

/* 2026-06-30 or 30.6.2026: day, month and year in an order that cannot be mistaken. */
static bool read_day(struct ctx *cx, struct str cell, int64_t *out)
{
    struct str rest = cell, day, month;
    if (memchr(cell.p, '.', cell.n)) {
        int64_t d, m, y;
        if (!str_cut(&rest, '.', &day) || !str_cut(&rest, '.', &month) || !str_to_i64(day, 1, 31, &d) ||
            !str_to_i64(month, 1, 12, &m) || !str_to_i64(rest, 1970, 9999, &y))
            return false;
        cell = arena_printf(&cx->arena, "%04d-%02d-%02d", (int)y, (int)m, (int)d);
    }
    return cell.n == 10 && time_parse(arena_printf(&cx->arena, STR_FMT "T00:00:00Z", STR_ARG(cell)), out) == OK;
}

static const struct catalog_task *find_task(struct ctx *cx, const struct catalog *c, struct str name)
{
    struct str wanted = lower(cx, name);
    for (size_t i = 0; i < c->n_tasks; i++) {
        const struct catalog_task *t = &c->tasks[i];
        if (str_eq(t->key, wanted)) return t;
        for (int l = 0; l < LANG_COUNT; l++)
            if (str_eq(lower(cx, t->title[l]), wanted)) return t;
    }
    return NULL;
}

/* --- reading */

static void read_head(struct ctx *cx, struct task_file *f, const struct csv_row *head)
{
    bool seen[COLUMNS] = {false};
    f->n_cells = head->n;
    for (size_t i = 0; i < head->n; i++) {
        struct str name = str_trim(csv_plain(head->cells[i]));
        f->of[i] = -1;
        for (int k = 0; k < COLUMNS; k++)
            if (is_one_of(columns[k].names, lower(cx, name))) f->of[i] = k;
        if (f->of[i] >= 0 && seen[f->of[i]])
            fault(cx, f, head->line, columns[f->of[i]].key, "two columns say the same", "kaksi saraketta kertoo samaa");
        if (f->of[i] >= 0)
            seen[f->of[i]] = true;
        else if (name.n)
            leave(cx, f, head->line, "", "a column that is not known", "tuntematon sarake", name);
    }
    if (!seen[NAME])
        fault(cx, f, head->line, "name", "there is no column with the tasks' names",
              "tehtävien nimille ei ole saraketta");
}

static void read_cell(struct ctx *cx, struct task_file *f, struct row *r, enum column k, struct str cell)
{
    static const char status[] = "is no status: fully done, mostly done, partly done, not done, not relevant";
    static const char status_fi[] = "ei ole tila: täysin tehty, pääosin tehty, osittain tehty, ei tehty, ei olennainen";
    static const char priority_fi[] = "ei ole prioriteetti: kriittinen, korkea, normaali, matala";
    static const char priority[] = "is no priority: critical, high, normal, low";
    r->given[k] = true;
    if (k == OWNER) {
        r->owner = arena_str(&cx->arena, cell);
    } else if (k == DESCRIPTION) {
        r->process = arena_str(&cx->arena, cell);
        if (cell.n > 65536) fault(cx, f, r->line, columns[k].key, "is over 65,536 bytes", "on yli 65 536 tavua");
    } else if (k == STATUS && cell.n) {
        r->status = find_word(cx, statuses, cell);
        if (!r->status) fault(cx, f, r->line, columns[k].key, status, status_fi);
    } else if (k == PRIORITY && cell.n) {
        r->priority = find_word(cx, priorities, cell);
        if (!r->priority) fault(cx, f, r->line, columns[k].key, priority, priority_fi);
    } else if (k == DUE && cell.n) {
        if (!read_day(cx, cell, &r->due))
            fault(cx, f, r->line, columns[k].key, "is no day: 2026-06-30 or 30.6.2026",
                  "ei ole päivä: 2026-06-30 tai 30.6.2026");
    } else if (k == REVIEW && cell.n) {
        if (!str_to_i64(cell, 0, 3660, &r->review_days))
            fault(cx, f, r->line, columns[k].key, "is no number of days from 0 to 3660",
                  "ei ole päivien määrä väliltä 0–3660");
    }
}

static void read_row(struct ctx *cx, struct task_file *f, const struct csv_row *row)
{
    struct row *r = &f->rows[f->n];
    struct str name = STR("");
    *r = (struct row){.line = row->line};
    if (row->n != f->n_cells) {
        fault(cx, f, row->line, "", "has another number of cells than the first line",
              "solujen määrä poikkeaa ensimmäisestä rivistä");
        return;
    }
    for (size_t i = 0; i < row->n; i++)
        if (f->of[i] == NAME) name = str_trim(csv_plain(row->cells[i]));
    r->task = find_task(cx, f->c, name);
    if (!r->task) {
        leave(cx, f, row->line, "name", "no task is called so", "tämän nimistä tehtävää ei ole", name);
        return;
    }
    for (size_t i = 0; i < f->n; i++)
        if (f->rows[i].task == r->task) {
            fault(cx, f, row->line, "name",
                  arena_printf(&cx->arena, "the task stands in line %lld too", (long long)f->rows[i].line).p,
                  arena_printf(&cx->arena, "tehtävä on myös rivillä %lld", (long long)f->rows[i].line).p);
            return;
        }
    for (size_t i = 0; i < row->n; i++)
        if (f->of[i] > NAME) read_cell(cx, f, r, (enum column)f->of[i], str_trim(csv_plain(row->cells[i])));
    f->n++;
}

static enum rc read_rows(struct ctx *cx, struct task_file *f, struct csv *csv)
{
    struct csv_row row;
    for (size_t i = 0;; i++) {
        enum rc rc = csv_next(cx, csv, &row);
        if (rc == E_INVALID || rc == E_LIMIT) {
            fault(cx, f, row.line, "", arena_str(&cx->arena, str_from(cx->message)).p,
                  arena_printf(&cx->arena, "tiedostoa ei voi lukea: %s", cx->message).p);
            return OK;
        }
        TRY(rc);
        if (!row.n) {
            if (!i) fault(cx, f, 1, "", "the file is empty", "tiedosto on tyhjä");
            return OK;
        }
        if (row.n && str_starts(row.cells[0], STR("# "))) continue;
        if (i > MOST_ROWS) {
            fault(cx, f, row.line, "", "more than 5,000 rows", "yli 5 000 riviä");
            return OK;
        }
        if (i)
            read_row(cx, f, &row);
        else
            read_head(cx, f, &row);
        if (!i && f->all_faults) return OK;
    }
}

enum rc task_file_read(struct ctx *cx, const struct catalog *c, int fd, struct str source, struct task_file **out)
{
    struct csv *csv;
    struct task_file *f = *out = arena_new(&cx->arena, struct task_file);
    *f = (struct task_file){.c = c,
                            .source = arena_str(&cx->arena, str_slice(source, 0, source.n > 255 ? 255 : source.n))};
    f->rows = arena_array(&cx->arena, struct row, c->n_tasks + 1);
    f->faults = arena_array(&cx->arena, struct told, MOST_TOLD);
    f->left = arena_array(&cx->arena, struct told, MOST_TOLD);
    TRY(csv_open(cx, fd, &csv));
    enum rc rc = read_rows(cx, f, csv);
    csv_close(csv);
    f->read_faults = f->all_faults;
    f->read_left = f->n_left;
    return rc;
}

/* --- with what stands there */

static void add(struct row *r, const char *field, struct str before, struct str after)
{
    if (!str_eq(before, after) && r->n_changes < MOST_CHANGES)
        r->changes[r->n_changes++] = (struct change){field, before, after};
}

static struct str day_of(struct ctx *cx, int64_t at)
{
    char day[32];
    return at ? arena_str(&cx->arena, str_from(time_format_date(at, day))) : STR("");
}

static struct str days_of(struct ctx *cx, int64_t days)
{
    return days ? arena_printf(&cx->arena, "%lld", (long long)days) : STR("");
}

/* Who is not found is told, and the owner stays who it was. */
static enum rc compare_owner(struct ctx *cx, struct task_file *f, struct row *r, struct names *names)
{
    const char *wrong = NULL;
    struct str owner = STR(""), before = STR(""), after = STR("");
    if (!r->given[OWNER]) return OK;
    if (r->owner.n) TRY(names_person(cx, names, r->owner, true, &owner, &wrong));
    if (wrong) {
        leave(cx, f, r->line, "owner", "nobody, or several, who work here are called so",
              "tällä nimellä ei löydy täällä työskentelevää, tai löytyy useita", r->owner);
        return OK;
    }
    if (r->care.owner.n) TRY(names_tell(cx, names, r->care.owner, &before));
    if (owner.n) TRY(names_tell(cx, names, owner, &after));
    if (!str_eq(owner, r->care.owner)) add(r, "owner", before, after);
    r->care.owner = owner;
    return OK;
}

static enum rc compare_claim(struct ctx *cx, struct row *r, sqlite3 *db, struct str subject)
{
    scoped_stmt *st = NULL;
    bool row;
    if (!r->status) return OK;
    TRY(store_prepare(cx, db, STR("SELECT status FROM fact_claim WHERE subject = ?1"), &st));
    store_bind_str(st, 1, subject);
    TRY(store_step(cx, st, &row));
    struct str before = row ? arena_str(&cx->arena, store_column_str(st, 0)) : STR("");
    r->claims = !str_eq(before, str_from(r->status));
    add(r, "claim", before, str_from(r->status));
    return OK;
}

static enum rc compare_row(struct ctx *cx, struct task_file *f, struct row *r, sqlite3 *db, struct names *names)
{
    struct care *was = arena_new(&cx->arena, struct care);
    struct str subject = arena_printf(&cx->arena, "task:" STR_FMT, STR_ARG(r->task->key));
    TRY(care_read(cx, db, subject, STR("org"), was));
    r->care = *was;
    r->n_changes = 0;
    r->cares = r->claims = false;
    TRY(compare_owner(cx, f, r, names));
    if (r->given[PRIORITY]) {
        struct str priority = r->priority ? str_from(r->priority) : STR("");
        if (str_eq(priority, str_from(priority_name(r->task->priority))) && !was->priority.n) priority = STR("");
        add(r, "priority", was->priority, priority);
        r->care.priority = priority;
    }
    if (r->given[DUE]) {
        add(r, "due", day_of(cx, was->due), day_of(cx, r->due));
        if (!str_eq(day_of(cx, was->due), day_of(cx, r->due))) r->care.due = r->due;
    }
    if (r->given[DESCRIPTION]) {
        add(r, "description", was->process, r->process);
        r->care.process = r->process;
    }
    if (r->given[REVIEW]) {
        add(r, "review_days", days_of(cx, was->review_days), days_of(cx, r->review_days));
        r->care.review_days = r->review_days;
    }
    r->cares = !care_same(was, &r->care) && r->n_changes;
    return compare_claim(cx, r, db, subject);
}

static void make_outcome(struct task_file *f)
{
    struct digest d;
    uint8_t sum[32];
    digest_init(&d);
    digest_field(&d, f->source);
    for (size_t i = 0; i < f->n; i++)
        for (size_t k = 0; k < f->rows[i].n_changes; k++) {
            digest_field(&d, f->rows[i].task->key);
            digest_field(&d, str_from(f->rows[i].changes[k].field));
            digest_field(&d, f->rows[i].changes[k].before);
            digest_field(&d, f->rows[i].changes[k].after);
        }
    digest_final(&d, sum);
    digest_hex(sum, sizeof sum, f->outcome);
}

enum rc task_file_compare(struct ctx *cx, struct task_file *f, sqlite3 *ledger)
{
    struct names *names;
    f->all_faults = f->read_faults;
    f->n_left = f->read_left;
    TRY(names_open(cx, ledger, f->c, &names));
    enum rc rc = OK;
    for (size_t i = 0; i < f->n && rc == OK; i++) rc = compare_row(cx, f, &f->rows[i], ledger, names);
    names_close(names);
    make_outcome(f);
    return rc;
}

size_t task_file_faults(const struct task_file *f)
{
    return f->all_faults;
}

const char *task_file_outcome(const struct task_file *f)
{
    return f->outcome;
}

static void put_told(struct json *j, const char *key, enum lang lang, const struct told *list, size_t n)
{
    json_key(j, key);
    json_begin(j, '[');
    for (size_t i = 0; i < n; i++) {
        json_begin(j, '{');
        json_put_int(j, "line", list[i].line);
        json_put_str(j, "field", list[i].field);
        json_put_str(j, "text", list[i].text[lang]);
        json_end(j, '}');
    }
    json_end(j, ']');
}

static void put_row(struct json *j, const struct row *r)
{
    json_begin(j, '{');
    json_put_str(j, "task", r->task->key);
    json_put_int(j, "line", r->line);
    json_key(j, "fields");
    json_begin(j, '[');
    for (size_t i = 0; i < r->n_changes; i++) {
        json_begin(j, '{');
        json_put_cstr(j, "field", r->changes[i].field);
        json_put_str(j, "before", r->changes[i].before);
        json_put_str(j, "after", r->changes[i].after);
        json_end(j, '}');
    }
    json_end(j, ']');
    json_end(j, '}');
}

void task_file_report(const struct task_file *f, enum lang lang, struct json *j)
{
    int64_t changed = 0, claims = 0;
    for (size_t i = 0; i < f->n; i++) {
        changed += f->rows[i].n_changes > 0;
        claims += f->rows[i].claims;
    }
    json_put_cstr(j, "outcome", f->outcome);
    json_put_int(j, "changed", changed);
    json_put_int(j, "unchanged", (int64_t)f->n - changed);
    json_put_int(j, "claims", claims);
    json_put_int(j, "fault_count", (int64_t)f->all_faults);
    put_told(j, "faults", lang, f->faults, f->n_faults);
    put_told(j, "left", lang, f->left, f->n_left);
    json_key(j, "tasks");
    json_begin(j, '[');
    for (size_t i = 0; i < f->n; i++)
        if (f->rows[i].n_changes) put_row(j, &f->rows[i]);
    json_end(j, ']');
}

/* --- doing it */

struct applying {
    struct task_file *f;
    const struct identity_actor *by;
    struct str outcome;
};

static enum rc append_row(struct append *a, const struct applying *g, const struct row *r)
{
    scoped_buf payload, claim;
    struct json j;
    struct str subject = arena_printf(&a->cx->arena, "task:" STR_FMT, STR_ARG(r->task->key));
    buf_init(&payload, LIMIT_BODY);
    buf_init(&claim, 0);
    if (r->cares) {
        care_put(&payload, &r->care, STR("org"));
        TRY(buf_ok(&payload));
        const struct body fact = append_body(g->by, "task", subject, buf_view(&payload));
        TRY(append_add(a, &fact, NULL));
    }
    if (!r->claims) return OK;
    json_init(&j, &claim, false);
    json_begin(&j, '{');
    json_put_cstr(&j, "status", r->status);
    json_put_str(&j, "source", g->f->source);
    json_end(&j, '}');
    const struct body fact = append_body(g->by, "claim", subject, buf_view(&claim));
    return append_add(a, &fact, NULL);
}

static enum rc append_all(struct append *a, void *arg)
{
    const struct applying *g = arg;
    TRY(task_file_compare(a->cx, g->f, a->db));
    if (!str_eq(g->outcome, str_from(g->f->outcome)))
        return fail(a->cx, E_CONFLICT, "a task was changed meanwhile: look at it again");
    for (size_t i = 0; i < g->f->n; i++) TRY(append_row(a, g, &g->f->rows[i]));
    return OK;
}

enum rc task_file_apply(struct ctx *cx, struct task_file *f, struct facts *facts, const struct identity_actor *by,
                        int64_t now, struct str outcome)
{
    struct applying g = {f, by, outcome};
    if (f->all_faults) return fail(cx, E_INVALID, "the file has faults: nothing is taken");
    return append_run(cx, facts, now, append_all, &g);
}

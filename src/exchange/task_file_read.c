/* Reading a file of tasks: its columns, and the words and days of its cells. */
#include "base/csv.h"
#include "base/time.h"
#include "exchange/task_file_int.h"

#define MOST_ROWS 5000
#define MOST_TOLD 1000

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

static void fault(struct ctx *cx, struct task_file *f, int64_t line, const char *field, const char *en, const char *fi)
{
    if (f->all_faults++ >= MOST_TOLD) return;
    f->faults[f->n_faults++] = (struct told){
        line, str_from(field), {arena_str(&cx->arena, str_from(en)), arena_str(&cx->arena, str_from(fi))}};
}

void task_file_leave(struct ctx *cx, struct task_file *f, int64_t line, const char *field, const char *en,
                     const char *fi, struct str what)
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

/* A file of ours has the tasks' keys, and beside the status how sure it is. */
static bool is_ours(struct ctx *cx, const struct csv_row *head)
{
    bool key = false, assurance = false;
    for (size_t i = 0; i < head->n; i++) {
        struct str name = lower(cx, str_trim(csv_plain(head->cells[i])));
        key = key || str_eq(name, STR("key"));
        assurance = assurance || str_eq(name, STR("assurance"));
    }
    return key && assurance;
}

static void read_head(struct ctx *cx, struct task_file *f, const struct csv_row *head)
{
    bool seen[COLUMNS] = {false}, ours = is_ours(cx, head);
    f->n_cells = head->n;
    for (size_t i = 0; i < head->n; i++) {
        struct str name = str_trim(csv_plain(head->cells[i]));
        f->of[i] = -1;
        for (int k = 0; k < COLUMNS; k++)
            if (is_one_of(columns[k].names, lower(cx, name))) f->of[i] = k;
        if (f->of[i] == STATUS && ours) {
            task_file_leave(cx, f, head->line, "status", "a status that was computed here is no claim",
                            "täällä laskettu tila ei ole väite", name);
            f->of[i] = -1;
            continue;
        }
        if (f->of[i] >= 0 && seen[f->of[i]])
            fault(cx, f, head->line, columns[f->of[i]].key, "two columns say the same", "kaksi saraketta kertoo samaa");
        if (f->of[i] >= 0)
            seen[f->of[i]] = true;
        else if (name.n)
            task_file_leave(cx, f, head->line, "", "a column that is not known", "tuntematon sarake", name);
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
        task_file_leave(cx, f, row->line, "name", "no task is called so", "tämän nimistä tehtävää ei ole", name);
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

#include "rules/own.h"

#include "store/store.h"

#include <stdlib.h>

/* Subjects of facts name a repository by its id; derived tables call the one at hand `self`. */
#define ID_CHARACTERS 20

struct point {
    struct str obligation; /* "task/key" */
    bool has_adoption, adopted, waived, not_applicable;
    int64_t tolerance;
};

struct task {
    struct str key;
    bool has_priority, not_applicable;
    enum priority priority;
};

struct excuse {
    struct str obligation, subject;
    enum exception exception;
    int64_t checked_at; /* of a treatment */
};

struct own {
    struct str preset; /* key; empty: nothing was said */
    struct point *points;
    size_t n_points, cap_points;
    struct task *tasks;
    size_t n_tasks, cap_tasks;
    struct excuse *excuses; /* by obligation, subject */
    size_t n_excuses, cap_excuses;
};

struct reading {
    struct ctx *cx;
    sqlite3 *db;
    struct own *own;
    struct str repository, project;
    int64_t now;
};

static struct point *point_of(struct reading *r, struct str subject)
{
    struct own *own = r->own;
    struct str name = subject, type;
    (void)str_cut(&name, ':', &type);
    for (size_t i = 0; i < own->n_points; i++)
        if (str_eq(own->points[i].obligation, name)) return &own->points[i];
    if (own->n_points == own->cap_points) {
        own->cap_points = own->cap_points ? 2 * own->cap_points : 64;
        struct point *more = arena_array(&r->cx->arena, struct point, own->cap_points);
        if (own->n_points) memcpy(more, own->points, own->n_points * sizeof *more);
        own->points = more;
    }
    struct point *p = &own->points[own->n_points++];
    *p = (struct point){.obligation = arena_str(&r->cx->arena, name)};
    return p;
}

static struct task *task_of(struct reading *r, struct str key)
{
    struct own *own = r->own;
    for (size_t i = 0; i < own->n_tasks; i++)
        if (str_eq(own->tasks[i].key, key)) return &own->tasks[i];
    if (own->n_tasks == own->cap_tasks) {
        own->cap_tasks = own->cap_tasks ? 2 * own->cap_tasks : 32;
        struct task *more = arena_array(&r->cx->arena, struct task, own->cap_tasks);
        if (own->n_tasks) memcpy(more, own->tasks, own->n_tasks * sizeof *more);
        own->tasks = more;
    }
    struct task *t = &own->tasks[own->n_tasks++];
    *t = (struct task){.key = arena_str(&r->cx->arena, key)};
    return t;
}

static int hex(char c)
{
    return c >= '0' && c <= '9' ? c - '0' : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* "file:ID/a%25b" of this repository → "file:self/a%b"; another subject as it is. */
static struct str at_hand(struct reading *r, struct str about)
{
    const char *colon = about.n ? memchr(about.p, ':', about.n) : NULL;
    struct str id = str_slice(r->repository, sizeof "repo:" - 1, r->repository.n);
    size_t type = colon ? (size_t)(colon - about.p) + 1 : 0;
    if (!type || id.n != ID_CHARACTERS || !str_eq(str_slice(about, type, type + id.n), id))
        return arena_str(&r->cx->arena, about);
    scoped_buf b;
    buf_init(&b, 0);
    buf_str(&b, str_slice(about, 0, type));
    buf_cstr(&b, "self");
    for (size_t i = type + id.n; i < about.n; i++) {
        bool escaped = about.p[i] == '%' && i + 2 < about.n && hex(about.p[i + 1]) >= 0 && hex(about.p[i + 2]) >= 0;
        buf_char(&b, escaped ? (char)(hex(about.p[i + 1]) * 16 + hex(about.p[i + 2])) : about.p[i]);
        i += escaped ? 2 : 0;
    }
    return arena_str(&r->cx->arena, buf_view(&b));
}

static void add_excuse(struct reading *r, struct str subject, struct str about, enum exception exception,
                       int64_t checked_at)
{
    struct own *own = r->own;
    struct str name = subject, type;
    (void)str_cut(&name, ':', &type);
    if (own->n_excuses == own->cap_excuses) {
        own->cap_excuses = own->cap_excuses ? 2 * own->cap_excuses : 64;
        struct excuse *more = arena_array(&r->cx->arena, struct excuse, own->cap_excuses);
        if (own->n_excuses) memcpy(more, own->excuses, own->n_excuses * sizeof *more);
        own->excuses = more;
    }
    own->excuses[own->n_excuses++] =
        (struct excuse){arena_str(&r->cx->arena, name), at_hand(r, about), exception, checked_at};
}

/* Rows of general facts come before those of a project, which then hold. */
static enum rc each(struct reading *r, struct str sql, void (*take)(struct reading *r, sqlite3_stmt *st))
{
    scoped_stmt *st = NULL;
    TRY(store_prepare(r->cx, r->db, sql, &st));
    int now = sqlite3_bind_parameter_index(st, ":now"), project = sqlite3_bind_parameter_index(st, ":project");
    int repository = sqlite3_bind_parameter_index(st, ":repository");
    if (repository) store_bind_str(st, repository, r->repository.p ? r->repository : STR(""));
    if (now) store_bind_int(st, now, r->now);
    if (project) store_bind_str(st, project, r->project.p ? r->project : STR(""));
    for (bool row;;) {
        TRY(store_step(r->cx, st, &row));
        if (!row) return OK;
        take(r, st);
    }
}

static void take_adoption(struct reading *r, sqlite3_stmt *st)
{
    struct point *p = point_of(r, store_column_str(st, 0));
    p->has_adoption = true;
    p->adopted = sqlite3_column_int(st, 1) != 0;
}

static void take_policy(struct reading *r, sqlite3_stmt *st)
{
    point_of(r, store_column_str(st, 0))->tolerance = sqlite3_column_int64(st, 1);
}

static void take_waiver(struct reading *r, sqlite3_stmt *st)
{
    struct str about = store_column_str(st, 1);
    if (str_eq(about, STR("*")))
        point_of(r, store_column_str(st, 0))->waived = true;
    else
        add_excuse(r, store_column_str(st, 0), about, EXCEPTION_WAIVED, 0);
}

static void take_treatment(struct reading *r, sqlite3_stmt *st)
{
    add_excuse(r, store_column_str(st, 0), store_column_str(st, 1), EXCEPTION_TREATED, sqlite3_column_int64(st, 2));
}

static void take_applicability(struct reading *r, sqlite3_stmt *st)
{
    struct str subject = store_column_str(st, 0), key = subject, type;
    (void)str_cut(&key, ':', &type);
    if (str_eq(type, STR("task")))
        task_of(r, key)->not_applicable = true;
    else
        point_of(r, subject)->not_applicable = true;
}

static void take_task(struct reading *r, sqlite3_stmt *st)
{
    struct str key = store_column_str(st, 0), type, priority = store_column_str(st, 1);
    (void)str_cut(&key, ':', &type);
    for (int i = 0; i < PRIORITY_COUNT; i++) {
        if (!str_eq(priority, str_from(priority_name((enum priority)i)))) continue;
        struct task *t = task_of(r, key);
        t->has_priority = true;
        t->priority = (enum priority)i;
    }
}

static void take_preset(struct reading *r, sqlite3_stmt *st)
{
    r->own->preset = arena_str(&r->cx->arena, store_column_str(st, 0));
}

static void take_project(struct reading *r, sqlite3_stmt *st)
{
    if (str_eq(store_column_str(st, 0), r->repository)) r->project = arena_str(&r->cx->arena, store_column_str(st, 1));
}

static int compare(struct str obligation, struct str subject, const struct excuse *e)
{
    int d = str_cmp(obligation, e->obligation);
    return d ? d : str_cmp(subject, e->subject);
}

static int by_place(const void *a, const void *b)
{
    const struct excuse *x = a;
    return compare(x->obligation, x->subject, b);
}

/* Its own subjects, and those of no repository. */
#define OF_REPOSITORY                                                                                                  \
    "(substr(about, instr(about, ':') + 1, 20) = substr(:repository, 6)"                                               \
    " OR substr(about, 1, instr(about, ':')) NOT IN ('repo:', 'ref:', 'commit:', 'file:'))"

enum rc rules_own_read(struct ctx *cx, sqlite3 *db, int64_t now, struct str subject, struct own **out)
{
    static const struct {
        const char *sql;
        void (*take)(struct reading *r, sqlite3_stmt *st);
    } parts[] = {
        {"SELECT preset FROM fact_organization", take_preset},
        {"SELECT subject, priority FROM fact_task WHERE priority IS NOT NULL", take_task},
        {"SELECT subject, adopted FROM fact_adoption WHERE project IS NULL OR project = :project"
         " ORDER BY project IS NOT NULL, n",
         take_adoption},
        {"SELECT subject, tolerance FROM fact_policy WHERE effective_at <= :now"
         " AND (project IS NULL OR project = :project) ORDER BY project IS NOT NULL, n",
         take_policy},
        {"SELECT subject FROM fact_applicability WHERE (until IS NULL OR until > :now) AND coalesce(withdrawn, 0) = 0"
         " AND (project IS NULL OR project = :project)",
         take_applicability},
        {"SELECT subject, about FROM fact_waiver WHERE until > :now AND coalesce(withdrawn, 0) = 0 AND about = '*'",
         take_waiver},
        /* of other repositories there may be very many */
        {"SELECT subject, about FROM fact_waiver WHERE until > :now AND coalesce(withdrawn, 0) = 0"
         " AND about <> '*' AND " OF_REPOSITORY,
         take_waiver},
        {"SELECT subject, about, max(checked_at) FROM fact_treatment WHERE " OF_REPOSITORY " GROUP BY subject, about",
         take_treatment},
    };
    bool is_project = str_starts(subject, STR("project:"));
    struct reading r = {.cx = cx,
                        .db = db,
                        .own = arena_new(&cx->arena, struct own),
                        .repository = is_project ? STR_NONE : subject,
                        .project = is_project ? subject : STR_NONE,
                        .now = now};
    if (r.repository.p) TRY(each(&r, STR("SELECT subject, coalesce(project, '') FROM fact_repository"), take_project));
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) TRY(each(&r, str_from(parts[i].sql), parts[i].take));
    if (r.own->n_excuses) qsort(r.own->excuses, r.own->n_excuses, sizeof *r.own->excuses, by_place);
    *out = r.own;
    return OK;
}

/* "task/key" against a point of the catalog. */
static bool is_of(struct str name, const struct catalog_obligation *o)
{
    return name.n == o->task.n + 1 + o->key.n && str_starts(name, o->task) && name.p[o->task.n] == '/' &&
           str_ends(name, o->key);
}

static const struct point *find(const struct own *own, const struct catalog_obligation *o)
{
    for (size_t i = 0; own && i < own->n_points; i++)
        if (is_of(own->points[i].obligation, o)) return &own->points[i];
    return NULL;
}

static const struct task *find_task(const struct own *own, struct str key)
{
    for (size_t i = 0; own && i < own->n_tasks; i++)
        if (str_eq(own->tasks[i].key, key)) return &own->tasks[i];
    return NULL;
}

const struct catalog_preset *rules_preset(const struct catalog *c, const struct own *own,
                                          const struct catalog_preset *otherwise)
{
    const struct catalog_preset *p = own && own->preset.n ? catalog_find_preset(c, own->preset) : NULL;
    return p ? p : otherwise;
}

bool own_applies(const struct own *own, const struct catalog_obligation *o)
{
    const struct point *p = find(own, o);
    const struct task *t = find_task(own, o->task);
    return !(p && p->not_applicable) && !(t && t->not_applicable);
}

enum priority own_priority(const struct own *own, const struct catalog_task *def)
{
    const struct task *t = find_task(own, def->key);
    return t && t->has_priority ? t->priority : def->priority;
}

bool own_adopts(const struct own *own, const struct catalog_preset *preset, const struct catalog_obligation *o)
{
    const struct point *p = find(own, o);
    return p && p->has_adoption ? p->adopted : catalog_adopts(preset, o);
}

int64_t own_tolerance(const struct own *own, const struct catalog_obligation *o)
{
    const struct point *p = find(own, o);
    return p ? p->tolerance : 0;
}

bool own_waives(const struct own *own, const struct catalog_obligation *o)
{
    const struct point *p = find(own, o);
    return p && p->waived;
}

enum exception own_excuses(const struct own *own, const struct catalog_obligation *o, struct str subject, int64_t at)
{
    enum exception found = EXCEPTION_NONE;
    for (size_t i = 0; own && i < own->n_excuses && found != EXCEPTION_WAIVED; i++) {
        const struct excuse *e = &own->excuses[i];
        if (!is_of(e->obligation, o) || !str_eq(e->subject, subject)) continue;
        if (e->exception == EXCEPTION_WAIVED || (at && at <= e->checked_at)) found = e->exception;
    }
    return found;
}

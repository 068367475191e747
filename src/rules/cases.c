#include "rules/cases.h"

#include "base/file.h"
#include "base/limits.h"
#include "rules/case.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

struct runner {
    struct ctx *cx;
    const struct cases_options *o;
    struct cases_tally *t;
    size_t wanted; /* tasks or obligations that were asked for and found */
};

struct rule_cases {
    struct str task, key, sql;
    struct case_outcomes seen;
    size_t cases;
};

struct names {
    const char **items;
    size_t n, cap;
};

static int by_name(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Names in a folder, sorted, without those that start with a dot. */
static enum rc list(struct ctx *cx, const char *dir, struct names *out)
{
    *out = (struct names){0};
    DIR *d = opendir(dir);
    if (!d) return fail(cx, E_NOTFOUND, "%s: %s", str_visible(cx, str_from(dir)), strerror(errno));
    for (struct dirent *e; (e = readdir(d)) && out->n < LIMIT_CATALOG_ENTRIES;) {
        if (e->d_name[0] == '.') continue;
        if (out->n == out->cap) {
            const char **more = arena_array(&cx->arena, const char *, out->cap = out->cap ? 2 * out->cap : 16);
            if (out->n) memcpy(more, out->items, out->n * sizeof *more);
            out->items = more;
        }
        out->items[out->n++] = arena_cstr(&cx->arena, str_from(e->d_name));
    }
    closedir(d);
    if (out->n) qsort(out->items, out->n, sizeof *out->items, by_name);
    return OK;
}

static enum rc read_file(struct ctx *cx, const char *path, struct str *out)
{
    const char *name = str_visible(cx, str_from(path));
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    if (fd < 0) return fail(cx, E_IO, "%s: %s", name, strerror(errno));
    scoped_buf b;
    buf_init(&b, LIMIT_CATALOG_FILE);
    bool fine = file_is_ordinary(fd) && file_read_all(fd, &b);
    close(fd);
    if (!fine) return fail(cx, E_IO, "%s: not a file that can be read", name);
    if (buf_ok(&b) != OK) return fail(cx, E_LIMIT, "%s: over %llu bytes", name, LIMIT_CATALOG_FILE);
    *out = arena_str(&cx->arena, buf_view(&b));
    return OK;
}

static void say(const struct runner *r, struct str text)
{
    struct str rest = text, line;
    while (str_cut(&rest, '\n', &line)) {
        if (line.n == 0) continue;
        scoped_buf b;
        buf_init(&b, 0);
        buf_visible(&b, line);
        buf_char(&b, '\0');
        r->o->line(r->o->arg, b.p);
    }
}

/* A case lives in an arena of its own: catalogs have thousands. */
static enum rc run_case(struct runner *r, struct rule_cases *rule, const char *dir, const char *file)
{
    struct ctx cx;
    struct str json;
    scoped_buf why;
    buf_init(&why, LIMIT_CATALOG_FILE);
    ctx_init(&cx);
    enum rc rc = read_file(&cx, arena_printf(&cx.arena, "%s/%s", dir, file).p, &json);
    if (rc != OK) buf_printf(&why, "%s\n", cx.message);
    rule->cases++;
    r->t->cases++;
    if (rc != OK ||
        !case_run(&cx, r->o->catalog, str_ends(rule->key, STR(".org")), rule->sql, json, &rule->seen, &why)) {
        r->t->failed++;
        say(r, arena_printf(&cx.arena, "FAIL " STR_FMT "/cases/%s", STR_ARG(rule->task), file));
        say(r, buf_view(&why));
    }
    ctx_release(&cx);
    return OK;
}

static void judge(struct runner *r, const struct rule_cases *rule)
{
    const char *lacks = !rule->cases       ? "any case"
                        : !rule->seen.good ? "a case with ok 1"
                        : !rule->seen.bad  ? "a case with ok 0"
                        : !rule->seen.open ? "a case with ok null or no row"
                                           : NULL;
    r->t->rules++;
    if (!lacks) return;
    r->t->thin++;
    say(r, arena_printf(&r->cx->arena, "LACKS " STR_FMT "/" STR_FMT ": %s", STR_ARG(rule->task), STR_ARG(rule->key),
                        lacks));
}

static bool is_of(const char *file, struct str key)
{
    struct str name = str_from(file);
    return str_starts(name, key) && str_ends(name, STR(".json")) &&
           str_starts(str_slice(name, key.n, name.n), STR("--"));
}

static enum rc run_task(struct runner *r, const char *dir, const char *task)
{
    struct arena *a = &r->cx->arena;
    const char *cases = arena_printf(a, "%s/cases", dir).p;
    struct names rules, files = {0};
    TRY(list(r->cx, dir, &rules));
    (void)(list(r->cx, cases, &files) == OK); /* a task without rules has none */
    bool *used = arena_array(a, bool, files.n + 1);
    for (size_t i = 0; i < rules.n; i++) {
        struct str name = str_from(rules.items[i]);
        if (!str_ends(name, STR(".sql"))) continue;
        struct rule_cases rule = {.task = str_from(task), .key = str_slice(name, 0, name.n - 4)};
        bool asked =
            !r->o->obligation.p || str_eq(r->o->obligation, rule.key) ||
            (str_ends(rule.key, STR(".org")) && str_eq(r->o->obligation, str_slice(rule.key, 0, rule.key.n - 4)));
        if (asked) TRY(read_file(r->cx, arena_printf(a, "%s/%s", dir, rules.items[i]).p, &rule.sql));
        for (size_t k = 0; k < files.n; k++) {
            if (!is_of(files.items[k], rule.key)) continue;
            used[k] = true;
            if (asked) TRY(run_case(r, &rule, cases, files.items[k]));
        }
        if (!asked) continue;
        r->wanted++;
        judge(r, &rule);
    }
    for (size_t k = 0; k < files.n && !r->o->obligation.p; k++)
        if (!used[k]) {
            r->t->failed++;
            say(r,
                arena_printf(a, "FAIL %s/cases/%s\nbelongs to no rule: its name starts with the rule's and two hyphens",
                             task, files.items[k]));
        }
    r->wanted += !r->o->obligation.p;
    return OK;
}

enum rc cases_run(struct ctx *cx, const char *catalog, const struct cases_options *o, struct cases_tally *t)
{
    struct runner r = {.cx = cx, .o = o, .t = t};
    struct names tasks;
    *t = (struct cases_tally){0};
    const char *dir = arena_printf(&cx->arena, "%s/tasks", catalog).p;
    TRY(list(cx, dir, &tasks));
    for (size_t i = 0; i < tasks.n; i++) {
        struct stat st;
        const char *folder = arena_printf(&cx->arena, "%s/%s", dir, tasks.items[i]).p;
        if (o->task.p && !str_eq(o->task, str_from(tasks.items[i]))) continue;
        if (lstat(folder, &st) == 0 && S_ISDIR(st.st_mode)) TRY(run_task(&r, folder, tasks.items[i]));
    }
    if ((o->task.p || o->obligation.p) && !r.wanted)
        return fail(cx, E_NOTFOUND, "%s has no rule of that name", str_visible(cx, str_from(catalog)));
    return OK;
}

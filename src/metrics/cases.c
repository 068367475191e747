/* The cases beside the metrics, all of them. */
#include "base/file.h"
#include "base/limits.h"
#include "metrics/case.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define MOST_METRICS 4096

struct runner {
    struct ctx *cx;
    const struct catalog *c;
    struct str only;
    const char *dir;
    void (*line)(void *arg, const char *text);
    void *arg;
    struct metrics_tally *t;
    bool *measured, *empty; /* by metric: a case had something, or nothing, to measure */
};

static void say(const struct runner *r, struct str text)
{
    struct str rest = text, line;
    while (str_cut(&rest, '\n', &line)) {
        scoped_buf b;
        if (!line.n) continue;
        buf_init(&b, 0);
        buf_visible(&b, line);
        buf_char(&b, '\0');
        r->line(r->arg, b.p);
    }
}

static enum rc read_file(struct ctx *cx, const char *path, struct buf *out)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    if (fd < 0) return fail(cx, E_IO, "%s", strerror(errno));
    bool fine = file_is_ordinary(fd) && file_read_all(fd, out);
    close(fd);
    if (!fine) return fail(cx, E_IO, "not a file that can be read");
    return buf_ok(out) == OK ? OK : fail(cx, E_LIMIT, "over %llu bytes", LIMIT_CATALOG_FILE);
}

/* The metric whose key the file's name begins with; n_metrics: none. */
static size_t metric_of(const struct catalog *c, struct str name)
{
    size_t i = 0;
    for (; i < c->n_metrics; i++) {
        struct str key = c->metrics[i].key;
        if (str_starts(name, key) && str_starts(str_slice(name, key.n, name.n), STR("--"))) break;
    }
    return i;
}

static void run_case(struct runner *r, const char *file)
{
    struct ctx cx;
    scoped_buf json;
    scoped_buf why;
    bool measured = false, fine = false;
    size_t metric = metric_of(r->c, str_from(file));
    ctx_init(&cx);
    buf_init(&json, LIMIT_CATALOG_FILE);
    buf_init(&why, LIMIT_CATALOG_FILE);
    r->t->cases++;
    if (metric == r->c->n_metrics)
        buf_cstr(&why, "  belongs to no metric: its name starts with the metric's and two hyphens\n");
    else if (read_file(&cx, arena_printf(&cx.arena, "%s/%s", r->dir, file).p, &json) != OK)
        buf_printf(&why, "  %s\n", cx.message);
    else
        fine = metrics_case_run(&cx, r->c, &r->c->metrics[metric], buf_view(&json), &measured, &why);
    if (fine && measured) r->measured[metric] = true;
    if (fine && !measured) r->empty[metric] = true;
    if (!fine) {
        r->t->failed++;
        say(r, arena_printf(&cx.arena, "FAIL metrics/cases/%s", file));
        say(r, buf_view(&why));
    }
    ctx_release(&cx);
}

static int by_name(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void judge(struct runner *r)
{
    for (size_t i = 0; i < r->c->n_metrics; i++) {
        if (r->only.p && !str_eq(r->c->metrics[i].key, r->only)) continue;
        const char *lacks = !r->measured[i] ? "a case with something to measure"
                            : !r->empty[i]  ? "a case with nothing to measure"
                                            : NULL;
        r->t->metrics++;
        if (!lacks) continue;
        r->t->thin++;
        say(r, arena_printf(&r->cx->arena, "LACKS metrics/" STR_FMT ": %s", STR_ARG(r->c->metrics[i].key), lacks));
    }
}

static bool is_of(const char *file, struct str metric)
{
    struct str rest = str_from(file);
    return str_starts(rest, metric) && str_starts(str_slice(rest, metric.n, rest.n), STR("--"));
}

enum rc metrics_cases_run(struct ctx *cx, const char *dir, const struct catalog *c, struct str only,
                          void (*line)(void *arg, const char *text), void *arg, struct metrics_tally *t)
{
    const char **names = arena_array(&cx->arena, const char *, MOST_METRICS);
    size_t n = 0;
    struct runner r = {.cx = cx, .c = c, .only = only, .line = line, .arg = arg, .t = t};
    *t = (struct metrics_tally){0};
    r.dir = arena_printf(&cx->arena, "%s/metrics/cases", dir).p;
    r.measured = arena_array(&cx->arena, bool, c->n_metrics + 1);
    r.empty = arena_array(&cx->arena, bool, c->n_metrics + 1);
    DIR *d = opendir(r.dir); /* a catalog without metrics has none */
    for (struct dirent *e; d && (e = readdir(d)) && n < MOST_METRICS;)
        if (e->d_name[0] != '.' && (!only.p || is_of(e->d_name, only)))
            names[n++] = arena_cstr(&cx->arena, str_from(e->d_name));
    if (d) closedir(d);
    if (n) qsort(names, n, sizeof *names, by_name);
    for (size_t i = 0; i < n; i++) run_case(&r, names[i]);
    judge(&r);
    return OK;
}

/* sinetti catalog import: what libraries of others say, into a catalog folder. */
#include "base/file.h"
#include "catalog/library.h"
#include "cli/cli.h"
#include "cli/remote.h"
#include "exchange/library.h"

#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

struct import {
    struct ctx *cx;
    const char *file, *dir;
    bool dry, replace;
    struct catalog *before, *after;
    struct library_told told;
    struct catalog_file files[2];
    size_t n;
};

static const char usage[] = "usage: sinetti catalog import FILE --into DIR [--dry-run] [--replace]\n"
                            "A library of CISO Assistant (YAML: a framework, reference controls, mapped requirements) "
                            "or OWASP ASVS (JSON), as\n"
                            "files of the catalog folder DIR, which `--catalog DIR` then uses. All of it or nothing.\n"
                            "  --dry-run  tell what would be done, and do nothing\n"
                            "  --replace  where it is there already; tells what differs. Never by an older version\n"
                            "exit codes: 0 fine, 2 wrong usage, 3 refused or unreadable\n";

/* Behind all that are there, or where it is already. */
static int order_of(const struct catalog *c, struct str key)
{
    for (size_t i = 0; i < c->n_frameworks; i++)
        if (str_eq(c->frameworks[i].key, key)) return (int)i + 1;
    return (int)c->n_frameworks + 1;
}

static void tell_lines(const struct import *m, const char *what, const struct library_line *lines, size_t n,
                       size_t most)
{
    for (size_t i = 0; i < n && i < most; i++)
        fprintf(stderr, "%s:%d: %s" STR_FMT "\n", str_visible(m->cx, str_from(m->file)), lines[i].line, what,
                STR_ARG(lines[i].text));
    if (n > most) fprintf(stderr, "and %zu more\n", n - most);
}

static enum rc may_replace(const struct import *m, const char *folder, struct str key)
{
    if (m->replace) return OK;
    return fail(m->cx, E_CONFLICT, "%s/" STR_FMT ".yaml is there already: see what differs with --dry-run --replace",
                folder, STR_ARG(key));
}

static enum rc may_replace_library(const struct import *m)
{
    const struct catalog_library *l = catalog_find_library(m->before, m->told.key);
    if (!l) return OK;
    if (!str_eq(l->urn, m->told.urn))
        return fail(m->cx, E_CONFLICT, "libraries/" STR_FMT ".yaml is of another library, " STR_FMT ": remove it first",
                    STR_ARG(l->key), STR_ARG(l->urn));
    if (l->version > m->told.version)
        return fail(m->cx, E_CONFLICT, "version %d is older than the %d that is there: remove it first",
                    m->told.version, l->version);
    return may_replace(m, "libraries", l->key);
}

static enum rc read_framework(struct import *m, struct library *l, struct buf *out)
{
    struct buf trial; /* for its key, by which its place is found */
    buf_init(&trial, LIMIT_CATALOG_FILE);
    enum rc rc = library_framework(m->cx, l, 1, &trial, &m->told);
    buf_release(&trial);
    TRY(rc);
    struct str key = m->told.framework;
    if (catalog_find_framework(m->before, key)) TRY(may_replace(m, "frameworks", key));
    m->told = (struct library_told){0};
    TRY(library_framework(m->cx, l, order_of(m->before, key), out, &m->told));
    m->files[m->n++] =
        (struct catalog_file){arena_printf(&m->cx->arena, "frameworks/" STR_FMT ".yaml", STR_ARG(key)), buf_view(out)};
    return OK;
}

static enum rc read_rest(struct import *m, struct library *l, struct buf *out)
{
    enum rc rc = library_rest(m->cx, l, m->before, out, &m->told);
    tell_lines(m, "", m->told.fault_lines, m->told.faults, LIBRARY_FAULTS);
    if (rc == E_NOTFOUND && library_has_framework(l)) { /* the framework alone is worth having */
        m->told.key = STR("");
        return OK;
    }
    TRY(rc);
    TRY(may_replace_library(m));
    m->files[m->n++] = (struct catalog_file){
        arena_printf(&m->cx->arena, "libraries/" STR_FMT ".yaml", STR_ARG(m->told.key)), buf_view(out)};
    return OK;
}

/* Both or none: what was written first is put back when the second cannot be. */
static enum rc write_files(struct import *m)
{
    struct buf old;
    struct str folder = arena_printf(&m->cx->arena, "%s/libraries", m->dir);
    const char *first = arena_printf(&m->cx->arena, "%s/" STR_FMT, m->dir, STR_ARG(m->files[0].path)).p;
    bool was = access(first, F_OK) == 0;
    if (m->told.key.n && mkdir(folder.p, 0777) != 0 && errno != EEXIST)
        return fail(m->cx, E_IO, "%s: %s", str_visible(m->cx, folder), strerror(errno));
    buf_init(&old, LIMIT_CATALOG_FILE + 1);
    enum rc rc = was ? remote_read_file(m->cx, first, &old) : OK;
    if (rc == OK) rc = file_replace(m->cx, first, m->files[0].content);
    if (rc == OK && m->n > 1) {
        rc = file_replace(m->cx, arena_printf(&m->cx->arena, "%s/" STR_FMT, m->dir, STR_ARG(m->files[1].path)).p,
                          m->files[1].content);
        if (rc != OK && was) (void)!file_replace(m->cx, first, buf_view(&old));
        if (rc != OK && !was) unlink(first);
    }
    buf_release(&old);
    return rc;
}

static void tell_counts(const struct import *m)
{
    const struct library_told *t = &m->told;
    const char *dir = str_visible(m->cx, str_from(m->dir));
    if (t->framework.n)
        printf("%s/frameworks/" STR_FMT ".yaml: " STR_FMT ", %zu requirements under %zu headings\n", dir,
               STR_ARG(t->framework), STR_ARG(t->framework_name), t->controls, t->headings);
    if (t->key.n)
        printf("%s/libraries/" STR_FMT ".yaml: " STR_FMT " (version %d), %zu mapped pairs, %zu reference controls, "
               "suggested %zu times\n",
               dir, STR_ARG(t->key), STR_ARG(t->name), t->version, t->pairs, t->references, t->suggestions);
    if (t->repeated) printf("%zu pairs stood there twice\n", t->repeated);
    if (t->notes) printf("left out: %zu explanations between requirements\n", t->notes);
    if (t->threats || t->matrices)
        printf("left out, for a catalog has no place for them: %zu threats, %zu risk matrices\n", t->threats,
               t->matrices);
    if (t->unknown)
        printf("left out: %zu suggestions of reference controls that are not in this library\n", t->unknown);
    if (t->left) printf("left out: %zu pairs of what the catalog does not hold\n", t->left);
    fflush(stdout);
    tell_lines(m, "left out: ", t->left_lines, t->left < LIBRARY_LEFT ? t->left : LIBRARY_LEFT, LIBRARY_LEFT);
}

static enum rc finish(struct import *m)
{
    scoped_buf difference;
    size_t lines;
    buf_init(&difference, 64 * MIB);
    TRY(catalog_load_with(m->cx, m->dir, m->files, m->n, &m->after));
    tell_counts(m);
    TRY(library_difference(m->cx, m->before, m->after, &m->told, &difference, &lines));
    if (m->replace) printf("%zu differences\n" STR_FMT, lines, STR_ARG(buf_view(&difference)));
    if (m->dry) {
        puts("nothing was written");
        return OK;
    }
    return write_files(m);
}

static enum rc import(struct import *m)
{
    scoped_buf text, framework, rest;
    struct library *l;
    buf_init(&text, LIMIT_YAML_LARGE + 1);
    buf_init(&framework, LIMIT_CATALOG_FILE);
    buf_init(&rest, LIMIT_CATALOG_FILE);
    TRY(catalog_load(m->cx, m->dir, &m->before));
    TRY(remote_read_file(m->cx, m->file, &text));
    TRY(library_take(m->cx, buf_view(&text), &l));
    if (library_has_framework(l)) TRY(read_framework(m, l, &framework));
    if (library_has_rest(l)) TRY(read_rest(m, l, &rest));
    return finish(m);
}

static bool parse(int argc, char **argv, struct import *m)
{
    for (int i = 1; i < argc; i++) {
        if (!strcmp(argv[i], "--into") && i + 1 < argc && !m->dir)
            m->dir = argv[++i];
        else if (!strcmp(argv[i], "--dry-run"))
            m->dry = true;
        else if (!strcmp(argv[i], "--replace"))
            m->replace = true;
        else if (argv[i][0] != '-' && !m->file)
            m->file = argv[i];
        else
            return false;
    }
    return m->file && m->dir;
}

int cli_catalog_import(int argc, char **argv)
{
    struct ctx cx;
    struct import m = {.cx = &cx};
    if (argc > 1 && !strcmp(argv[argc - 1], "--help")) {
        fputs(usage, stdout);
        return EXIT_FINE;
    }
    if (!parse(argc, argv, &m)) {
        fputs(usage, stderr);
        return EXIT_USAGE;
    }
    ctx_init(&cx);
    enum rc rc = import(&m);
    if (rc != OK) fprintf(stderr, "sinetti: %s\n", cx.message);
    catalog_free(m.before);
    catalog_free(m.after);
    ctx_release(&cx);
    return rc == OK ? EXIT_FINE : EXIT_UNREADABLE;
}

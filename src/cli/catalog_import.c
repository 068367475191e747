/* sinetti catalog import: a framework of others into a catalog folder. */
#include "base/file.h"
#include "cli/cli.h"
#include "cli/remote.h"
#include "exchange/library.h"

#include <errno.h>
#include <stdio.h>
#include <unistd.h>

struct faults {
    struct ctx *cx;
    struct str first;
};

static void note(void *arg, const struct catalog_fault *f)
{
    struct faults *a = arg;
    if (!a->first.p)
        a->first = arena_printf(&a->cx->arena, STR_FMT ":%d: " STR_FMT, STR_ARG(f->file), f->line, STR_ARG(f->text));
}

/* Behind all that are there. */
static enum rc next_order(struct ctx *cx, const char *dir, int *order)
{
    struct catalog *c;
    TRY(catalog_load(cx, dir, &c));
    *order = (int)c->n_frameworks + 1;
    catalog_free(c);
    return OK;
}

static enum rc import(struct ctx *cx, const char *file, const char *dir)
{
    scoped_buf text, out;
    struct library_told told;
    struct faults f = {.cx = cx};
    size_t n;
    int order;
    buf_init(&text, LIMIT_YAML_LARGE + 1);
    buf_init(&out, LIMIT_CATALOG_FILE);
    TRY(next_order(cx, dir, &order));
    TRY(remote_read_file(cx, file, &text));
    TRY(library_read(cx, buf_view(&text), order, &out, &told));
    const char *path = arena_printf(&cx->arena, "%s/frameworks/" STR_FMT ".yaml", dir, STR_ARG(told.key)).p;
    if (access(path, F_OK) == 0)
        return fail(cx, E_CONFLICT, "%s is there already: remove it first", str_visible(cx, str_from(path)));
    TRY(file_replace(cx, path, buf_view(&out)));
    enum rc rc = catalog_check(cx, dir, note, &f, &n);
    if (rc == OK && n) rc = fail(cx, E_INVALID, "what came of it has faults, the first: " STR_FMT, STR_ARG(f.first));
    if (rc != OK) {
        unlink(path);
        return rc;
    }
    printf("%s: " STR_FMT ", %zu requirements under %zu headings\n", str_visible(cx, str_from(path)),
           STR_ARG(told.name), told.controls, told.headings);
    if (told.notes) printf("left out: %zu explanations between requirements\n", told.notes);
    if (told.references || told.threats || told.mappings || told.matrices)
        printf("left out, for a catalog has no place for them: %zu reference controls, %zu threats, %zu mapped pairs, "
               "%zu risk matrices\n",
               told.references, told.threats, told.mappings, told.matrices);
    return OK;
}

int cli_catalog_import(int argc, char **argv)
{
    struct ctx cx;
    if (argc != 4 || strcmp(argv[2], "--into") != 0) {
        fputs(
            "usage: sinetti catalog import FILE --into DIR\n"
            "A framework from a library of CISO Assistant (YAML) or OWASP ASVS (JSON), as a file of the catalog folder "
            "DIR,\nwhich `--catalog DIR` then uses. Nothing is written unless the folder is right with it.\n"
            "exit codes: 0 fine, 2 wrong usage, 3 refused or unreadable\n",
            stderr);
        return EXIT_USAGE;
    }
    ctx_init(&cx);
    enum rc rc = import(&cx, argv[1], argv[3]);
    if (rc != OK) fprintf(stderr, "sinetti: %s\n", cx.message);
    ctx_release(&cx);
    return rc == OK ? EXIT_FINE : rc == E_INTERNAL ? EXIT_INTERNAL : EXIT_UNREADABLE;
}

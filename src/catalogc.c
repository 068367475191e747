/* Compiles a catalog folder into the image that is built into the program, or prints every fault.
 * usage: catalogc DIR OUTPUT    exit code: 0 fine, 1 faults, 2 wrong usage, 3 unreadable, 4 internal fault */
#include "base/limits.h"
#include "catalog/compile.h"

#include <stdio.h>

struct place {
    const char *dir;
    struct ctx *cx;
};

static void print(void *arg, const struct catalog_fault *f)
{
    struct place *at = arg;
    fprintf(stderr, "%s/%s:%d: " STR_FMT ". " STR_FMT "\n", at->dir, str_visible(at->cx, f->file), f->line,
            STR_ARG(f->text), STR_ARG(f->remedy));
}

static bool write_file(const char *name, struct str bytes)
{
    FILE *f = fopen(name, "wb");
    if (!f) return false;
    bool fine = fwrite(bytes.p, 1, bytes.n, f) == bytes.n;
    return fclose(f) == 0 && fine;
}

static int compile(struct ctx *cx, const char *dir, const char *output)
{
    struct place at = {dir, cx};
    size_t faults = 0;
    scoped_buf image;
    buf_init(&image, LIMIT_CATALOG_IMAGE);
    enum rc rc = catalog_compile(cx, dir, print, &at, &faults, &image);
    if (rc != OK) {
        fprintf(stderr, "catalogc: %s\n", cx->message);
        return rc == E_INTERNAL ? 4 : 3;
    }
    if (faults) {
        fprintf(stderr, "catalogc: %zu fault%s in %s\n", faults, faults == 1 ? "" : "s", dir);
        return 1;
    }
    if (write_file(output, buf_view(&image))) return 0;
    fprintf(stderr, "catalogc: %s: cannot write\n", output);
    return 3;
}

int main(int argc, char **argv)
{
    if (argc != 3) {
        fprintf(stderr, "usage: catalogc DIR OUTPUT\n");
        return 2;
    }
    struct ctx cx;
    ctx_init(&cx);
    int code = compile(&cx, argv[1], argv[2]);
    ctx_release(&cx);
    return code;
}

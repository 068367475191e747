/* Compiles a catalog folder into the image that is built into the program, or prints every fault. HEADER names the
 * image and its digest: whoever includes it is compiled again when the catalog changes. usage: catalogc DIR IMAGE
 * HEADER    exit code: 0 fine, 1 faults, 2 wrong usage, 3 unreadable, 4 internal fault */
#include "base/digest.h"
#include "base/file.h"
#include "base/limits.h"
#include "catalog/compile.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>

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

static struct str header(struct ctx *cx, const char *output, struct str image)
{
    struct digest d;
    uint8_t hash[32];
    char hex[65], path[PATH_MAX];
    digest_init(&d);
    digest_add(&d, image);
    digest_final(&d, hash);
    digest_hex(hash, sizeof hash, hex);
    if (!realpath(output, path)) return STR_NONE;
    return arena_printf(&cx->arena, "/* SHA-256 %s */\n#define CATALOG_IMAGE \"%s\"\n", hex, path);
}

static int compile(struct ctx *cx, const char *dir, const char *output, const char *header_output)
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
    rc = file_replace(cx, output, buf_view(&image));
    if (rc == OK) rc = file_replace(cx, header_output, header(cx, output, buf_view(&image)));
    if (rc == OK) return 0;
    fprintf(stderr, "catalogc: %s\n", cx->message);
    return 3;
}

int main(int argc, char **argv)
{
    if (argc != 4) {
        fprintf(stderr, "usage: catalogc DIR IMAGE HEADER\n");
        return 2;
    }
    struct ctx cx;
    ctx_init(&cx);
    int code = compile(&cx, argv[1], argv[2], argv[3]);
    ctx_release(&cx);
    return code;
}

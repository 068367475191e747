/* A ledger's folder of tiles in memory, for the tests of the verifier. */
#ifndef SINETTI_TESTS_UNIT_LEDGER_SHELF_H
#define SINETTI_TESTS_UNIT_LEDGER_SHELF_H

#include "files.h"

#include <dirent.h>
#include <sys/stat.h>

#include "ledger/verify.h"

struct shelf_file {
    const char *path;
    struct str bytes;
    enum rc rc; /* what reading it gives, after the bytes; OK: its end */
};

struct shelf {
    struct arena arena;
    struct shelf_file *files;
    size_t n, cap;
    size_t piece; /* bytes given at a time; 0: all */
    size_t read;  /* files read so far */
};

static inline struct shelf_file *shelf_find(const struct shelf *s, struct str path)
{
    for (size_t i = 0; i < s->n; i++)
        if (str_eq(str_from(s->files[i].path), path)) return &s->files[i];
    return NULL;
}

/* Which must be there. */
static inline struct shelf_file *shelf_get(const struct shelf *s, const char *path)
{
    struct shelf_file *f = shelf_find(s, str_from(path));
    if (!f) {
        print_error("%s is not on the shelf\n", path);
        abort();
    }
    return f;
}

static inline enum rc shelf_read(struct ctx *cx, void *arg, struct str path, reader_take *take, void *take_arg)
{
    struct shelf *s = arg;
    const struct shelf_file *f = shelf_find(s, path);
    s->read++;
    if (!f) return fail(cx, E_NOTFOUND, "%s: not there", str_visible(cx, path));
    size_t piece = s->piece ? s->piece : f->bytes.n + 1;
    for (size_t i = 0; i < f->bytes.n; i += piece) TRY(take(take_arg, str_slice(f->bytes, i, i + piece)));
    return f->rc == OK ? OK : fail(cx, f->rc, "%s: cannot be read", str_visible(cx, path));
}

static inline void shelf_put(struct shelf *s, const char *path, struct str bytes)
{
    struct shelf_file *f = shelf_find(s, str_from(path));
    if (!f) {
        if (s->n == s->cap) {
            s->cap = s->cap ? 2 * s->cap : 64;
            struct shelf_file *more = realloc(s->files, s->cap * sizeof *more);
            if (!more) abort();
            s->files = more;
        }
        f = &s->files[s->n++];
        *f = (struct shelf_file){.path = arena_cstr(&s->arena, str_from(path))};
    }
    f->bytes = arena_str(&s->arena, bytes);
}

static inline void shelf_drop(struct shelf *s, const char *path)
{
    struct shelf_file *f = shelf_get(s, path);
    *f = s->files[--s->n];
}

static inline void shelf_release(struct shelf *s)
{
    free(s->files);
    arena_release(&s->arena);
}

/* The files of a folder, and of those in it. */
static inline void shelf_load_folder(struct shelf *s, const char *root, const char *under)
{
    const char *folder = arena_printf(&s->arena, "%s%s", root, under).p;
    DIR *d = opendir(folder);
    if (!d) print_error("%s: cannot read\n", folder);
    assert_non_null(d);
    for (struct dirent *e; (e = readdir(d));) {
        if (e->d_name[0] == '.') continue;
        const char *path = arena_printf(&s->arena, "%s/%s", under, e->d_name).p;
        const char *full = arena_printf(&s->arena, "%s%s", root, path).p;
        struct stat st;
        assert_int_equal(stat(full, &st), 0);
        if (S_ISDIR(st.st_mode))
            shelf_load_folder(s, root, path);
        else
            shelf_put(s, path + 1, file_bytes(&s->arena, full));
    }
    closedir(d);
}

/* A case of tests/vectors/ledger. Keys that lie beside are left out: they are no part of the folder. */
static inline void shelf_load(struct shelf *s, const char *name)
{
    *s = (struct shelf){0};
    arena_init(&s->arena);
    shelf_load_folder(s, arena_printf(&s->arena, "%s/tests/vectors/ledger/%s", source_dir(), name).p, "");
    static const char *const keys[] = {"vkey", "vkey2"};
    for (size_t i = 0; i < 2; i++)
        if (shelf_find(s, str_from(keys[i]))) shelf_drop(s, keys[i]);
}

/* Verifies what is on the shelf with one key; the message is cx's. */
static inline enum rc shelf_verify(struct ctx *cx, struct shelf *s, struct str vkey, struct verified *out)
{
    struct verify_options o = {.reader = {shelf_read, s}};
    assert_int_equal(note_key_read(cx, vkey, &o.key), OK);
    return verify_ledger(cx, &o, out);
}

#endif

#include "git/object_files.h"

#include <dirent.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "base/limits.h"
#include "git/place.h"

#define ALTERNATES_DEPTH 5         /* as git's */
#define ALTERNATES_FILE (64 * KIB) /* one list of alternates */
#define ALTERNATES_MAX 64          /* folders in all */

struct checking {
    struct ctx *cx;
    const char *seen[ALTERNATES_MAX];
    size_t n;
};

static enum rc no_file(struct checking *c, const char *dir, const char *name)
{
    const char *path = arena_printf(&c->cx->arena, "%s/%s", dir, name).p;
    return fail(c->cx, E_INVALID, "%s is neither a file nor a folder; git would wait for it",
                str_visible(c->cx, str_from(path)));
}

static bool is_waiting(int dir, const struct dirent *e)
{
    struct stat st;
    if (e->d_type == DT_REG || e->d_type == DT_DIR) return false;
    if (fstatat(dir, e->d_name, &st, 0) < 0) return false; /* git cannot open it either */
    return !S_ISREG(st.st_mode) && !S_ISDIR(st.st_mode);
}

/* One folder, and when `deep` those below it: objects/ab, objects/pack, objects/info. */
static enum rc check_folder(struct checking *c, const char *path, bool deep) // NOLINT(misc-no-recursion): one level
{
    DIR *d = opendir(path);
    if (!d) return OK;
    enum rc rc = OK;
    for (const struct dirent *e; rc == OK && (e = readdir(d));) {
        if (e->d_name[0] == '.') continue;
        if (is_waiting(dirfd(d), e)) rc = no_file(c, path, e->d_name);
        if (rc == OK && deep && e->d_type != DT_REG)
            rc = check_folder(c, arena_printf(&c->cx->arena, "%s/%s", path, e->d_name).p, false);
    }
    (void)closedir(d);
    return rc;
}

/* Takes C's quotes away; false when they are none. */
static bool unquote(struct str s, struct buf *out)
{
    if (s.n < 2 || s.p[s.n - 1] != '"') return false;
    for (size_t i = 1; i + 1 < s.n; i++) {
        if (s.p[i] != '\\') {
            buf_char(out, s.p[i]);
            continue;
        }
        static const char letters[] = "abtnvfr", values[] = "\a\b\t\n\v\f\r";
        char e = s.p[++i];
        const char *letter = i + 1 < s.n ? strchr(letters, e) : NULL;
        if (i + 1 >= s.n) return false;
        if (letter && e) {
            buf_char(out, values[letter - letters]);
        } else if (e >= '0' && e <= '3' && i + 3 < s.n) {
            buf_char(out, (char)((e - '0') * 64 + (s.p[i + 1] - '0') * 8 + s.p[i + 2] - '0'));
            i += 2;
        } else {
            buf_char(out, e);
        }
    }
    return !out->failed;
}

static bool take_new(struct checking *c, const char *objects)
{
    for (size_t i = 0; i < c->n; i++)
        if (!strcmp(c->seen[i], objects)) return false;
    if (c->n < ALTERNATES_MAX) c->seen[c->n] = objects;
    return c->n++ < ALTERNATES_MAX;
}

static enum rc check_store(struct checking *c, const char *objects, int depth);

static enum rc check_alternate(struct checking *c, const char *objects, struct str line,
                               int depth) // NOLINT(misc-no-recursion): bounded by depth
{
    scoped_buf name;
    buf_init(&name, LIMIT_PATH);
    if (line.n == 0 || line.p[0] == '#') return OK;
    if (line.p[0] != '"' || !unquote(line, &name)) {
        buf_clear(&name);
        buf_str(&name, line);
    }
    struct str path = buf_view(&name);
    if (name.failed || memchr(path.p, '\0', path.n)) return OK;
    struct arena *a = &c->cx->arena;
    const char *whole =
        path.p[0] == '/' ? arena_cstr(a, path) : arena_printf(a, "%s/" STR_FMT, objects, STR_ARG(path)).p;
    char *real = realpath(whole, NULL);
    if (!real) return OK;
    const char *kept = arena_cstr(a, str_from(real));
    free(real);
    return check_store(c, kept, depth + 1);
}

static enum rc check_store(struct checking *c, const char *objects,
                           int depth) // NOLINT(misc-no-recursion): bounded by depth
{
    scoped_buf list;
    if (!take_new(c, objects)) {
        if (c->n <= ALTERNATES_MAX) return OK;
        return fail(c->cx, E_LIMIT, "the repository borrows objects from over %d others", ALTERNATES_MAX - 1);
    }
    TRY(check_folder(c, objects, true));
    if (depth > ALTERNATES_DEPTH) return OK;
    buf_init(&list, 0);
    const char *file = arena_printf(&c->cx->arena, "%s/info/alternates", objects).p;
    enum rc rc = place_read(file, true, ALTERNATES_FILE, &list);
    if (rc == E_LIMIT) return fail(c->cx, rc, "%s is over 64 KiB", str_visible(c->cx, str_from(file)));
    if (rc != OK) return OK;
    struct str rest = buf_view(&list), line;
    while (str_cut(&rest, '\n', &line)) TRY(check_alternate(c, objects, line, depth));
    return OK;
}

enum rc object_files_check(struct ctx *cx, const char *objects)
{
    struct checking c = {.cx = cx};
    return check_store(&c, objects, 0);
}

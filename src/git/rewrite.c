/* `fast-export` tells each commit by what it changes of its first parent; what changes here goes on to `fast-import`,
 * whose parents are those made again, or the old ones by their ids. So what does not change is never written, and keeps
 * its id and signature. */
#include "git/rewrite.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/limits.h"
#include "git/oid.h"
#include "git/place.h"

#define HEX_MOST OID_HEX_SHA256
#define HELD "refs/sinetti/rewritten"
#define MARKS "sinetti.rewritten"
#define COMMITS_MOST (8U << 20)
#define BLOCK_MOST (256U << 20) /* of one commit: message and changed paths */
#define MARKS_MOST (1U << 30)

struct seen { /* by mark, which are given in a row */
    char oid[HEX_MOST + 1];
    bool changed;
};
struct pair {
    char before[HEX_MOST + 1], after[HEX_MOST + 1];
};
struct rewrite {
    struct pair *pairs; /* sorted by before */
    size_t n, hex;
};

struct filter {
    struct ctx *cx;
    size_t hex;
    struct reader in;
    FILE *out;
    struct str *blobs; /* sorted */
    size_t n_blobs;
    struct str note;
    struct seen *seen;
    size_t n, cap, changed;
    /* the commit at hand */
    struct buf head, parents, files;
    bool open, touched;
    size_t mark;
};

static int by_before(const void *a, const void *b)
{
    return strcmp(((const struct pair *)a)->before, ((const struct pair *)b)->before);
}

/* --- reading what there is */

static enum rc broken(const struct filter *f)
{
    return fail(f->cx, E_IO, "git does not tell the history as it should");
}

static enum rc add_seen(struct filter *f, struct str oid)
{
    if (f->n == f->cap) {
        size_t cap = f->cap ? 2 * f->cap : 1024;
        struct seen *more = cap > COMMITS_MOST ? NULL : realloc(f->seen, cap * sizeof *more);
        if (!more) return fail(f->cx, E_LIMIT, "the history has too many commits to be written anew");
        f->seen = more;
        f->cap = cap;
    }
    struct seen *s = &f->seen[f->n++];
    *s = (struct seen){.changed = false};
    memcpy(s->oid, oid.p, oid.n);
    if (f->n % 4096 == 0) ctx_progress(f->cx, "reading the history", (int64_t)f->n, 0);
    return OK;
}

static enum rc end_commit(struct filter *f)
{
    if (!f->open) return OK;
    f->open = false;
    if (buf_ok(&f->head) != OK || buf_ok(&f->parents) != OK || buf_ok(&f->files) != OK)
        return fail(f->cx, E_LIMIT, "a commit is too large to be written anew");
    if (f->mark != f->n) return broken(f);
    struct seen *s = &f->seen[f->n - 1];
    s->changed = f->touched;
    if (!f->touched) return OK;
    f->changed++;
    /* a commit without parents would else go on from the one before */
    if (!f->parents.n) (void)fprintf(f->out, "reset " HELD "\n\n");
    (void)fprintf(f->out, "commit " HELD "\nmark :%zu\n", f->mark);
    (void)fwrite(f->head.p, 1, f->head.n, f->out);
    if (f->parents.n) (void)fwrite(f->parents.p, 1, f->parents.n, f->out);
    if (f->files.n) (void)fwrite(f->files.p, 1, f->files.n, f->out);
    (void)fputc('\n', f->out);
    return OK;
}

static void begin_commit(struct filter *f)
{
    f->open = true;
    f->touched = false;
    f->mark = 0;
    buf_clear(&f->head);
    buf_clear(&f->parents);
    buf_clear(&f->files);
}

/* `data N`, and N bytes. What a tag says is passed over. */
static enum rc take_data(struct filter *f, struct str size)
{
    char block[8192];
    int64_t n;
    if (!str_to_i64(size, 0, BLOCK_MOST, &n)) return broken(f);
    if (f->open) buf_printf(&f->head, "data %lld\n", (long long)n);
    while (n > 0) {
        size_t part = n < (int64_t)sizeof block ? (size_t)n : sizeof block;
        if (!reader_take(&f->in, block, part)) return broken(f);
        if (f->open) buf_add(&f->head, block, part);
        n -= (int64_t)part;
    }
    if (f->open) buf_char(&f->head, '\n');
    return OK;
}

/* `from :MARK` or `merge :MARK`. */
static enum rc take_parent(struct filter *f, const char *word, struct str mark)
{
    int64_t n;
    if (!mark.n || mark.p[0] != ':' || !str_to_i64(str_slice(mark, 1, mark.n), 1, (int64_t)f->n, &n)) return broken(f);
    const struct seen *s = &f->seen[n - 1];
    if (s->changed)
        buf_printf(&f->parents, "%s :%lld\n", word, (long long)n);
    else
        buf_printf(&f->parents, "%s %s\n", word, s->oid);
    f->touched |= s->changed;
    return OK;
}

/* `M MODE ID PATH`. */
static enum rc take_file(struct filter *f, struct str line)
{
    struct str rest = str_slice(line, 2, line.n), mode, id;
    if (!str_cut(&rest, ' ', &mode) || !str_cut(&rest, ' ', &id) || !rest.n || !oid_is(id, f->hex)) return broken(f);
    if (str_among(f->blobs, f->n_blobs, id)) {
        f->touched = true;
        buf_printf(&f->files, "M 100644 " STR_FMT " " STR_FMT "\n", STR_ARG(f->note), STR_ARG(rest));
    } else {
        buf_printf(&f->files, STR_FMT "\n", STR_ARG(line));
    }
    return OK;
}

static enum rc take_of_commit(struct filter *f, struct str line)
{
    int64_t n;
    if (str_starts(line, STR("mark :"))) {
        if (!str_to_i64(str_slice(line, 6, line.n), 1, COMMITS_MOST, &n)) return broken(f);
        f->mark = (size_t)n;
        return OK;
    }
    if (str_starts(line, STR("original-oid "))) {
        struct str oid = str_slice(line, 13, line.n);
        return oid_is(oid, f->hex) ? add_seen(f, oid) : broken(f);
    }
    if (str_starts(line, STR("from "))) return take_parent(f, "from", str_slice(line, 5, line.n));
    if (str_starts(line, STR("merge "))) return take_parent(f, "merge", str_slice(line, 6, line.n));
    if (str_starts(line, STR("M "))) return take_file(f, line);
    if (str_starts(line, STR("D "))) {
        buf_printf(&f->files, STR_FMT "\n", STR_ARG(line));
        return OK;
    }
    if (!str_starts(line, STR("author ")) && !str_starts(line, STR("committer ")) &&
        !str_starts(line, STR("encoding ")))
        return broken(f);
    buf_printf(&f->head, STR_FMT "\n", STR_ARG(line));
    return OK;
}

static enum rc take_line(struct filter *f, struct str line)
{
    if (!line.n) return OK;
    if (str_starts(line, STR("data "))) return take_data(f, str_slice(line, 5, line.n));
    if (str_starts(line, STR("commit "))) {
        TRY(end_commit(f));
        begin_commit(f);
        return OK;
    }
    if (str_starts(line, STR("reset ")) || str_starts(line, STR("tag "))) return end_commit(f);
    return f->open ? take_of_commit(f, line) : OK;
}

static enum rc take_all(struct filter *f)
{
    struct str line;
    bool cut;
    while (reader_until(&f->in, '\n', &line, &cut)) {
        if (cut) return fail(f->cx, E_LIMIT, "the history has a name that is too long");
        TRY(take_line(f, line));
    }
    TRY(end_commit(f));
    return fflush(f->out) == 0 && !ferror(f->out) ? OK : fail(f->cx, E_IO, "the disk may be full");
}

static enum rc export_all(struct filter *f, const struct git *g)
{
    static const char *const argv[] = {"fast-export",         "--no-data",
                                       "--show-original-ids", "--reencode=no",
                                       "--signed-tags=strip", "--tag-of-filtered-object=rewrite",
                                       "--branches",          "--tags",
                                       "--glob=refs/changes", NULL};
    struct child c;
    int code;
    TRY(child_start(f->cx, g, argv, CHILD_NO_INPUT, &c));
    reader_init(&f->in, c.out);
    enum rc rc = take_all(f);
    reader_release(&f->in);
    if (rc != OK) {
        child_kill(&c);
        child_close_errors(&c);
        return rc;
    }
    bool fine = child_finish(&c, &code);
    if (!fine) rc = fail(f->cx, E_IO, "the history cannot be read: %s", child_complaint(f->cx, &c));
    child_close_errors(&c);
    return rc;
}

/* --- writing it anew */

static enum rc put_note(struct ctx *cx, const struct git *g, struct str note, struct str *oid)
{
    static const char *const argv[] = {"hash-object", "-t", "blob", "-w", "--stdin", NULL};
    scoped_buf out;
    int code;
    const char *why;
    buf_init(&out, 1024);
    TRY(hosted_run(cx, g, argv, note, &out, &code, &why));
    *oid = arena_str(&cx->arena, str_trim(buf_view(&out)));
    return code == 0 && oid_is(*oid, g->hex) ? OK : fail(cx, E_IO, "the note cannot be written: %s", why);
}

static enum rc read_marks(struct filter *f, struct str marks, struct rewrite *r)
{
    struct str line, mark;
    r->pairs = calloc(f->changed + 1, sizeof *r->pairs);
    if (!r->pairs) return fail(f->cx, E_IO, "no memory");
    while (str_cut(&marks, '\n', &line) && line.n) {
        int64_t n;
        if (!str_cut(&line, ' ', &mark) || mark.n < 2 || r->n == f->changed || !oid_is(line, f->hex) ||
            !str_to_i64(str_slice(mark, 1, mark.n), 1, (int64_t)f->n, &n))
            return broken(f);
        struct pair *p = &r->pairs[r->n++];
        memcpy(p->before, f->seen[n - 1].oid, f->hex);
        memcpy(p->after, line.p, f->hex);
    }
    if (r->n != f->changed) return broken(f);
    qsort(r->pairs, r->n, sizeof *r->pairs, by_before);
    return OK;
}

static enum rc import_all(struct filter *f, const struct git *g, struct rewrite *r)
{
    static const char marks[] = "--export-marks=" MARKS;
    static const char *const argv[] = {"fast-import", "--quiet", "--force", "--date-format=raw-permissive",
                                       marks,         NULL};
    const char *path = arena_printf(&f->cx->arena, "%s/" MARKS, g->dir).p;
    struct child c;
    scoped_buf said;
    int code;
    if (f->changed == 0) return read_marks(f, STR(""), r);
    ctx_progress(f->cx, "writing it anew", 0, (int64_t)f->changed);
    if (lseek(fileno(f->out), 0, SEEK_SET) < 0) return fail(f->cx, E_IO, "the history cannot be read again");
    TRY(child_start(f->cx, g, argv, fileno(f->out), &c));
    char rest[4096];
    while (read(c.out, rest, sizeof rest) > 0) continue; /* it says nothing that is needed */
    bool fine = child_finish(&c, &code);
    enum rc rc = fine ? OK : fail(f->cx, E_IO, "the history cannot be written anew: %s", child_complaint(f->cx, &c));
    child_close_errors(&c);
    buf_init(&said, MARKS_MOST);
    if (rc == OK) rc = place_read(path, false, MARKS_MOST, &said);
    if (rc == OK) rc = read_marks(f, buf_view(&said), r);
    (void)unlink(path);
    return rc;
}

enum rc rewrite_history(struct ctx *cx, const struct git *g, const struct str *blobs, size_t n, struct str note,
                        struct rewrite **out)
{
    struct filter f = {.cx = cx, .hex = g->hex, .n_blobs = n};
    struct rewrite *r = calloc(1, sizeof *r);
    *out = NULL;
    if (r) r->hex = g->hex;
    f.out = tmpfile();
    f.blobs = arena_array(&cx->arena, struct str, n + 1);
    for (size_t i = 0; i < n; i++) f.blobs[i] = blobs[i];
    str_sort(f.blobs, n);
    buf_init(&f.head, BLOCK_MOST);
    buf_init(&f.parents, BLOCK_MOST);
    buf_init(&f.files, BLOCK_MOST);
    enum rc rc = r && f.out ? put_note(cx, g, note, &f.note) : fail(cx, E_IO, "there is no room to write in");
    if (rc == OK) rc = export_all(&f, g);
    if (rc == OK) rc = import_all(&f, g, r);
    if (f.out) (void)fclose(f.out);
    buf_release(&f.head);
    buf_release(&f.parents);
    buf_release(&f.files);
    free(f.seen);
    if (rc == OK)
        *out = r;
    else
        rewrite_free(r);
    return rc;
}

void rewrite_free(struct rewrite *r)
{
    if (!r) return;
    free(r->pairs);
    free(r);
}

/* --- what became of it */

size_t rewrite_count(const struct rewrite *r)
{
    return r->n;
}

bool rewrite_of(const struct rewrite *r, struct str commit, struct str *after)
{
    struct pair key = {.before = ""};
    if (!oid_is(commit, r->hex) || !r->n) return false;
    memcpy(key.before, commit.p, commit.n);
    const struct pair *p = bsearch(&key, r->pairs, r->n, sizeof *r->pairs, by_before);
    if (p) *after = (struct str){p->after, r->hex};
    return p != NULL;
}

enum rc rewrite_tag(struct ctx *cx, const struct git *g, const struct rewrite *r, struct str tag, struct str *after)
{
    const char *const read[] = {"cat-file", "tag", arena_cstr(&cx->arena, tag), NULL};
    static const char *const write[] = {"hash-object", "-t", "tag", "-w", "--stdin", NULL};
    scoped_buf text, anew, out;
    struct str rest, line, now;
    int code;
    const char *why;
    *after = STR_NONE;
    buf_init(&text, LIMIT_GIT_HEADER + LIMIT_COMMIT_MESSAGE);
    buf_init(&anew, LIMIT_GIT_HEADER + LIMIT_COMMIT_MESSAGE);
    buf_init(&out, 1024);
    TRY(hosted_run(cx, g, read, STR_NONE, &text, &code, &why));
    rest = buf_view(&text);
    if (code != 0 || !str_cut(&rest, '\n', &line) || !str_starts(line, STR("object ")))
        return fail(cx, E_CORRUPT, "a tag cannot be read");
    if (!str_starts(rest, STR("type commit\n"))) return fail(cx, E_CONFLICT, "a tag names no commit itself");
    if (!rewrite_of(r, str_slice(line, 7, line.n), &now)) return OK;
    buf_printf(&anew, "object " STR_FMT "\n", STR_ARG(now));
    while (rest.n && !str_starts(rest, STR("-----BEGIN ")) && str_cut(&rest, '\n', &line))
        buf_printf(&anew, STR_FMT "\n", STR_ARG(line));
    TRY(buf_ok(&anew));
    TRY(hosted_run(cx, g, write, buf_view(&anew), &out, &code, &why));
    *after = arena_str(&cx->arena, str_trim(buf_view(&out)));
    return code == 0 && oid_is(*after, g->hex) ? OK : fail(cx, E_IO, "a tag cannot be written anew: %s", why);
}

enum rc rewrite_end(struct ctx *cx, const struct git *g)
{
    static const char *const argv[] = {"update-ref", "-d", HELD, NULL};
    scoped_buf out;
    int code;
    const char *why;
    buf_init(&out, 1024);
    TRY(hosted_run(cx, g, argv, STR_NONE, &out, &code, &why));
    return code == 0 ? OK : fail(cx, E_IO, "what was written anew is held on to: %s", why);
}

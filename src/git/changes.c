#include "git/changes.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/limits.h"
#include "git/batch.h"
#include "git/records.h"

#define DEATHS_BEFORE_CHECK 20 /* then ask first which trees are here: a treeless clone would kill a child a commit */

void change_list_release(struct change_list *l)
{
    free(l->items);
    free(l->text);
    *l = (struct change_list){0};
}

static bool keep_text(struct change_list *l, struct str s)
{
    if (l->room - l->used < s.n) {
        size_t room = l->room ? l->room * 2 : 64 * KIB;
        while (room - l->used < s.n) room *= 2;
        char *p = realloc(l->text, room);
        if (!p) return false;
        l->text = p;
        l->room = room;
    }
    if (s.n) memcpy(l->text + l->used, s.p, s.n);
    l->used += s.n;
    return true;
}

static bool keep_change(struct change_list *l, struct git_change c)
{
    if (l->n == l->cap) {
        size_t cap = l->cap ? l->cap * 2 : 256;
        struct git_change *p = realloc(l->items, cap * sizeof *p);
        if (!p) return false;
        l->items = p;
        l->cap = cap;
    }
    l->items[l->n++] = c;
    return true;
}

/* Texts move while the list grows, so pointers are set when it is whole: each item's ids, then its path. */
static void set_pointers(struct change_list *l, size_t hex)
{
    size_t at = 0;
    for (size_t i = 0; i < l->n; i++) {
        struct git_change *c = &l->items[i];
        c->old_oid = (struct str){l->text + at, hex};
        c->new_oid = (struct str){l->text + at + hex, hex};
        c->path.p = l->text + at + 2 * hex;
        at += 2 * hex + c->path.n;
    }
}

bool change_list_read(struct change_list *l, struct reader *r, size_t hex)
{
    l->n = l->used = 0;
    l->full = false;
    bool good = true;
    while (good && reader_peek(r) == ':' && !l->full) {
        struct str meta, path;
        struct git_change c = {0};
        bool cut;
        good = reader_until(r, '\0', &meta, &cut) && !cut && record_change(meta, hex, &c) && keep_text(l, c.old_oid) &&
               keep_text(l, c.new_oid);
        if (!good || !reader_until(r, '\0', &path, &cut)) {
            good = false;
            continue;
        }
        c.refused = cut || !record_path_is_usable(path);
        if (c.refused && !l->all) {
            l->used -= 2 * hex;
            continue;
        }
        path = str_slice(path, 0, LIMIT_PATH);
        c.path.n = path.n;
        good = keep_text(l, path) && keep_change(l, c);
        l->full = l->n == LIMIT_GIT_CHANGES;
    }
    set_pointers(l, hex);
    return good;
}

static enum rc write_input(struct ctx *cx, struct changes *c)
{
    scoped_buf b;
    buf_init(&b, LIMIT_GIT_COMMITS * 66ULL);
    for (size_t i = 0; i < c->n; i++) {
        buf_str(&b, c->oids[i]);
        buf_char(&b, '\n');
    }
    TRY(buf_ok(&b));
    if (c->input >= 0) (void)close(c->input);
    c->input = child_input(buf_view(&b));
    return c->input >= 0 ? OK : fail(cx, E_IO, "no memory for a list of commits");
}

enum rc changes_begin(struct ctx *cx, struct changes *c, struct git *g, const struct str *oids, size_t n)
{
    *c = (struct changes){.g = g, .oids = oids, .n = n, .input = -1, .child = CHILD_NONE};
    return n ? write_input(cx, c) : OK;
}

void changes_release(struct changes *c)
{
    child_kill(&c->child);
    reader_release(&c->reader);
    change_list_release(&c->list);
    if (c->input >= 0) (void)close(c->input);
    free(c->kept);
}

static enum rc ensure_child(struct ctx *cx, struct changes *c)
{
    static const char *const argv[] = {"diff-tree", "--stdin", "--always", "--root", GIT_RAW_DIFF, NULL};
    if (c->child.pid > 0) return OK;
    /* All lines have one length, so the child starts where the last one ended. */
    if (lseek(c->input, (off_t)(c->next * (c->g->hex + 1)), SEEK_SET) < 0)
        return fail(cx, E_IO, "a list of commits was lost");
    TRY(child_start(cx, c->g, argv, c->input, &c->child));
    reader_init(&c->reader, c->child.out);
    return OK;
}

/* Takes the commits out whose tree is not here. */
static enum rc check_trees(struct ctx *cx, struct changes *c)
{
    enum { NAME = 80 };
    size_t n = c->n - c->next, kept = 0;
    struct str *names = calloc(n, sizeof *names);
    char *text = malloc(n * NAME);
    c->kept = calloc(n, sizeof *c->kept);
    enum rc rc = names && text && c->kept ? OK : fail(cx, E_IO, "no memory for a list of commits");
    for (size_t i = 0; rc == OK && i < n; i++) {
        int len = snprintf(text + i * NAME, NAME, STR_FMT "^{tree}", STR_ARG(c->oids[c->next + i]));
        names[i] = (struct str){text + i * NAME, (size_t)len};
    }
    struct batch b;
    batch_init(&b, c->g);
    if (rc == OK) batch_begin(&b, names, n, BATCH_INFO, 0);
    for (size_t i = 0; rc == OK && i < n; i++) {
        struct batch_item item;
        rc = batch_next(cx, &b, &item);
        if (rc == OK && item.type == OBJECT_TREE) c->kept[kept++] = c->oids[c->next + i];
    }
    batch_release(&b);
    free(names);
    free(text);
    c->oids = c->kept;
    c->n = kept;
    c->next = 0;
    c->checked = true;
    return rc == OK && kept ? write_input(cx, c) : rc;
}

static enum rc died(struct ctx *cx, struct changes *c)
{
    int code;
    (void)child_finish(&c->child, &code);
    child_close_errors(&c->child);
    if (code == 127 || code == 129) return fail(cx, E_IO, "git diff-tree did not start, or is too old");
    c->deaths++;
    if (code == 128 + SIGXCPU || c->deaths >= LIMIT_GIT_RESTARTS) c->next = c->n; /* enough */
    return OK;
}

enum rc changes_of(struct ctx *cx, struct changes *c, struct str oid, bool *told)
{
    *told = false;
    c->list.n = 0;
    if (c->deaths == DEATHS_BEFORE_CHECK && !c->checked && c->next < c->n) TRY(check_trees(cx, c));
    if (c->next == c->n || !str_eq(c->oids[c->next], oid)) return OK; /* taken out, or given up */
    TRY(ensure_child(cx, c));
    struct str header;
    bool cut;
    c->next++;
    if (!reader_until(&c->reader, '\0', &header, &cut) || !str_eq(header, oid)) return died(cx, c);
    if (!change_list_read(&c->list, &c->reader, c->g->hex)) {
        c->list.n = 0;
        return died(cx, c);
    }
    *told = true;
    if (c->list.full) child_kill(&c->child); /* the next one starts behind this commit */
    return OK;
}

/* What a patch set changes: which files, then one file's lines. Against an earlier patch set that stood on another
 * commit, the earlier one is first set upon the newer one's base, so that what the branch has brought meanwhile is not
 * shown as the change's own. */
#include "api/code_change.h"
#include "api/show.h"
#include "gates/diff.h"
#include "gates/expunge.h"
#include "store/store.h"

enum rc code_change_commits(struct ctx *cx, struct api_call *call, struct str change, int64_t number,
                            struct str *commit, struct str *base)
{
    scoped_stmt *st = NULL;
    bool row;
    TRY(store_prepare(cx, call->ledger,
                      STR("SELECT commit_oid, base_oid FROM fact_patch_set WHERE subject = ?1 AND number = ?2"), &st));
    store_bind_str(st, 1, change);
    store_bind_int(st, 2, number);
    TRY(store_step(cx, st, &row));
    if (!row) return api_fail(cx, call, E_NOTFOUND, "there is no such patch set", "sellaista versiota ei ole");
    *commit = arena_str(&cx->arena, store_column_str(st, 0));
    *base = arena_str(&cx->arena, store_column_str(st, 1));
    return OK;
}

struct sides {
    struct code_change found;
    struct git *g;
    int64_t number, against;
    struct str from, to;
    const char *rebased; /* "no", "done", "conflict": the earlier one does not go onto the newer base */
};

static enum rc earlier_side(struct ctx *cx, struct api_call *call, struct sides *s, struct str base)
{
    struct str commit, old_base, tree, conflicts;
    TRY(code_change_commits(cx, call, s->found.change.subject, s->against, &commit, &old_base));
    s->from = commit;
    if (str_eq(old_base, base)) return OK;
    s->rebased = "conflict";
    enum rc rc = hosted_merge(cx, s->g, base, commit, old_base, &tree, &conflicts);
    if (rc == E_CONFLICT) return OK;
    TRY(rc);
    if (!tree.p) return OK;
    s->from = tree;
    s->rebased = "done";
    return OK;
}

/* git_close(s->g) in any case. */
static enum rc find_sides(struct ctx *cx, struct api_call *call, struct sides *s)
{
    struct str base;
    *s = (struct sides){.rebased = "no"};
    TRY(code_change_find(cx, call, &s->found));
    s->number = api_value_int(call, "patch_set", s->found.change.patch_set);
    s->against = api_value_int(call, "against", 0);
    TRY(code_change_commits(cx, call, s->found.change.subject, s->number, &s->to, &base));
    s->from = base;
    TRY(hosted_open(cx, s->found.place.path, NULL, &s->g));
    return s->against ? earlier_side(cx, call, s, base) : OK;
}

/* The patch sets' commits may have gone with what was taken out of the history. */
static enum rc end(struct ctx *cx, struct sides *s, enum rc rc)
{
    const struct str commits[] = {s->to, s->from};
    if (rc != OK && s->g && s->to.p) rc = expunge_explain(cx, s->g, commits, 1 + (s->from.n == s->to.n), rc);
    git_close(s->g);
    return rc;
}

static const char *kind_of(int64_t mode)
{
    return mode == 0120000   ? "symlink"
           : mode == 0160000 ? "submodule"
           : mode == 0100755 ? "program"
           : mode            ? "file"
                             : "none";
}

static void put_count(struct json *j, const char *key, int64_t n)
{
    if (n >= 0)
        json_put_int(j, key, n);
    else
        json_put_cstr(j, key, NULL);
}

static void put_entry(void *arg, const struct diff_entry *e)
{
    struct json *j = arg;
    json_begin(j, '{');
    json_put_str(j, "path", e->path);
    show_text(j, "old_path", e->old_path);
    json_put_cstr(j, "status", e->status);
    json_put_cstr(j, "old_kind", kind_of(e->old_mode));
    json_put_cstr(j, "kind", kind_of(e->new_mode));
    put_count(j, "added", e->added);
    put_count(j, "removed", e->removed);
    json_put_bool(j, "binary", e->binary);
    json_put_str(j, "id", str_slice(e->oid, 0, 16));
    json_end(j, '}');
}

API_OPERATION(code_changes_diff)
{
    struct sides s;
    struct json *j = &call->out;
    bool cut = false;
    enum rc rc = find_sides(cx, call, &s);
    if (rc == OK) {
        json_begin(j, '{');
        json_put_int(j, "patch_set", s.number);
        if (s.against)
            json_put_int(j, "against", s.against);
        else
            json_put_cstr(j, "against", NULL);
        json_put_cstr(j, "rebased", s.rebased);
        json_key(j, "files");
        json_begin(j, '[');
        rc = diff_list(cx, s.g, s.from, s.to, api_value_bool(call, "counts", false), put_entry, j, &cut);
        json_end(j, ']');
        json_put_bool(j, "cut", cut);
        json_end(j, '}');
    }
    return end(cx, &s, rc);
}

static enum rc put_text(struct ctx *cx, struct api_call *call, const struct sides *s)
{
    struct json *j = &call->out;
    struct diff_text text;
    const struct diff_wish w = {.from = s->from,
                                .to = s->to,
                                .path = api_value(call, "path"),
                                .old_path = api_value(call, "old_path"),
                                .ignore_space = api_value_bool(call, "ignore_space", false),
                                .context = api_value_int(call, "context", 3)};
    enum rc rc = diff_file(cx, s->g, &w, &text);
    if (rc == OK) rc = buf_ok(&text.text);
    if (rc == OK) {
        json_begin(j, '{');
        json_put_bool(j, "binary", text.binary);
        json_put_bool(j, "cut", text.cut);
        json_put_int(j, "hidden", text.hidden);
        json_put_str(j, "text", buf_view(&text.text));
        json_end(j, '}');
    }
    buf_release(&text.text);
    return rc;
}

API_OPERATION(code_changes_diff_file)
{
    struct sides s;
    enum rc rc = find_sides(cx, call, &s);
    if (rc == OK) rc = put_text(cx, call, &s);
    return end(cx, &s, rc);
}

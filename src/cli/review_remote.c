/* sinetti review: changes of a server's repositories, reviewed by who holds the token; the same words and texts as
 * `ssh HOST review …`. */
#include "base/json.h"
#include "base/json_read.h"
#include "cli/common.h"
#include "cli/remote.h"
#include "cli/review_print.h"

#include <jansson.h>
#include <stdio.h>
#include <string.h>

static const char help[] =
    "usage: sinetti review list REPOSITORY [OPTIONS]\n"
    "       sinetti review show|comments REPOSITORY NUMBER [OPTIONS]\n"
    "       sinetti review approve|reject|withdraw REPOSITORY NUMBER PATCH_SET [OPTIONS]\n"
    "       sinetti review comment REPOSITORY NUMBER FILE[:LINE[-LAST]] TEXT... [OPTIONS]\n"
    "       sinetti review answer|resolve|reopen REPOSITORY NUMBER THREAD [TEXT...] [OPTIONS]\n"
    "       sinetti review publish|abandon REPOSITORY NUMBER [OPTIONS]\n"
    "Reviews changes on a server, as who the token belongs to. FILE `.` is the change as a whole. The same over SSH:\n"
    "ssh git@HOST review …, where checklists are ticked, emergencies named and glass broken, too.\n\n" REMOTE_HELP
    "exit codes: 0 fine, 2 wrong usage, 3 refused or unreadable, 4 internal fault\n";

static const struct option table[] = {REMOTE_TABLE, {"help", no_argument, NULL, OPTION_HELP}, {0}};

struct reviewing {
    struct remote remote;
    struct review_asked asked;
    struct str change; /* its id */
};

static enum rc take(struct ctx *cx, void *arguments, int code, const char *value)
{
    struct reviewing *r = arguments;
    return remote_option(cx, &r->remote, code, value);
}

/* --- asking */

struct given {
    const char *name;
    struct str value;
};

static void set(struct remote_call *call, const struct given *g)
{
    for (size_t i = 0; call->op && i < call->op->n_parameters; i++)
        if (strcmp(call->op->parameters[i].name, g->name) == 0) call->values[i] = g->value;
}

/* The answer, to be let go of by json_decref(). */
static enum rc ask(struct ctx *cx, struct reviewing *r, const char *operation, const struct given *given, size_t n,
                   struct str body, json_t **out)
{
    struct remote_call call = {.body = body};
    scoped_buf answer;
    for (size_t i = 0; i < api_operations_n; i++)
        if (!strcmp(api_operations[i].id, operation)) call.op = &api_operations[i];
    for (size_t i = 0; i < n; i++) set(&call, &given[i]);
    buf_init(&answer, 64U << 20);
    TRY(remote_do(cx, &r->remote, &call, &answer));
    *out = json_loadb(answer.n ? answer.p : "{}", answer.n ? answer.n : 2, 0, NULL);
    return *out ? OK : fail(cx, E_IO, "the server's answer is no JSON");
}

static int64_t number(const json_t *o, const char *key)
{
    return json_integer_value(json_object_get(o, key));
}

static struct str person(const json_t *o, const char *key)
{
    const json_t *p = json_object_get(o, key);
    struct str name = json_member(p, "name");
    return name.n ? name : json_member(p, "id");
}

static enum rc find_change(struct ctx *cx, struct reviewing *r)
{
    const struct given g[] = {{"name", r->asked.repository},
                              {"number", arena_printf(&cx->arena, "%lld", (long long)r->asked.number)},
                              {"state", STR("all")}};
    json_t *found;
    TRY(ask(cx, r, "code_changes_list", g, 3, STR_NONE, &found));
    struct str id = json_member(json_array_get(json_object_get(found, "items"), 0), "id");
    if (str_starts(id, STR("change:"))) r->change = arena_str(&cx->arena, str_slice(id, 7, id.n));
    json_decref(found);
    return r->change.n
               ? OK
               : fail(cx, E_NOTFOUND, "there is no change %lld, or it is not for you", (long long)r->asked.number);
}

/* --- telling */

static enum rc list(struct ctx *cx, struct reviewing *r)
{
    struct str cursor = STR_NONE;
    for (;;) {
        const struct given g[] = {{"name", r->asked.repository}, {"limit", STR("200")}, {"cursor", cursor}};
        json_t *page, *item;
        size_t i;
        TRY(ask(cx, r, "code_changes_list", g, cursor.n ? 3 : 2, STR_NONE, &page));
        json_array_foreach(json_object_get(page, "items"), i, item)
            review_print_row(cx, number(item, "number"), json_member(item, "target"), json_member(item, "title"),
                             json_member(item, "owner_name"));
        cursor = arena_str(&cx->arena, json_member(page, "next"));
        json_decref(page);
        if (!cursor.n) return OK;
    }
}

/* Each person's newest word, where it is an approval of the newest patch set. */
static void say_approvers(struct ctx *cx, const json_t *c, int64_t newest)
{
    const json_t *reviews = json_object_get(c, "reviews");
    for (size_t i = 0; i < json_array_size(reviews); i++) {
        const json_t *one = json_array_get(reviews, i);
        bool first = true;
        for (size_t k = 0; k < i; k++)
            first = first && !str_eq(json_member(json_object_get(json_array_get(reviews, k), "by"), "id"),
                                     json_member(json_object_get(one, "by"), "id"));
        if (first && number(one, "patch_set") == newest && str_eq(json_member(one, "vote"), STR("approve")))
            review_print_approver(cx, person(one, "by"));
    }
}

static void say_gate(struct ctx *cx, const json_t *gate)
{
    json_t *f;
    size_t i;
    if (json_member(gate, "conflict").n) {
        printf("gate: %s\n", str_visible(cx, json_member(gate, "conflict")));
        return;
    }
    review_print_gate(json_is_true(json_object_get(gate, "allowed")));
    json_array_foreach(json_object_get(gate, "faults"), i, f)
    {
        struct str mode = json_member(f, "mode");
        if (str_eq(mode, STR("observe"))) continue;
        printf("%s: %s\n", str_eq(mode, STR("block")) ? "refused" : "warning",
               str_visible(cx, json_member(f, "message")));
        if (json_member(f, "fix").n) printf("  to fix: %s\n", str_visible(cx, json_member(f, "fix")));
        if (json_member(f, "point").n)
            printf("  task: %s (%s)\n", arena_cstr(&cx->arena, str_from(str_visible(cx, json_member(f, "task_title")))),
                   str_visible(cx, json_member(f, "point")));
    }
}

static enum rc show(struct ctx *cx, struct reviewing *r)
{
    const struct given g = {"change", r->change};
    json_t *c;
    TRY(ask(cx, r, "code_changes_get", &g, 1, STR_NONE, &c));
    const json_t *newest = json_array_get(json_object_get(c, "patch_sets"), 0);
    const struct review_shown shown = {.number = number(c, "number"),
                                       .patch_set = number(newest, "number"),
                                       .commits = number(newest, "commits"),
                                       .approvals = number(c, "approvals"),
                                       .rejections = number(c, "rejections"),
                                       .open_threads = number(c, "open_threads"),
                                       .title = json_member(c, "title"),
                                       .state = json_member(c, "state"),
                                       .target = json_member(c, "target"),
                                       .owner = person(c, "owner"),
                                       .commit = json_member(newest, "commit"),
                                       .base = json_member(newest, "base")};
    review_print_change(cx, &shown);
    say_approvers(cx, c, shown.patch_set);
    review_print_description(cx, json_member(c, "description"));
    if (str_eq(shown.state, STR("open"))) say_gate(cx, json_object_get(c, "gate"));
    json_decref(c);
    return OK;
}

static enum rc comments(struct ctx *cx, struct reviewing *r)
{
    const struct given g = {"change", r->change};
    json_t *answer, *t, *c;
    size_t i, k;
    TRY(ask(cx, r, "code_changes_threads", &g, 1, STR_NONE, &answer));
    json_array_foreach(json_object_get(answer, "threads"), i, t)
    {
        review_print_thread(cx, number(t, "thread"), json_member(t, "path"), number(t, "began_line"),
                            number(t, "began_last"), number(t, "patch_set"),
                            json_is_true(json_object_get(t, "resolved")));
        json_array_foreach(json_object_get(t, "comments"), k, c)
            review_print_comment(cx, person(c, "by"), json_member(c, "text"));
    }
    json_decref(answer);
    return OK;
}

/* --- doing */

static enum rc act(struct ctx *cx, struct reviewing *r, const char *operation, struct str body)
{
    const struct given g = {"change", r->change};
    json_t *done;
    TRY(ask(cx, r, operation, &g, 1, body, &done));
    json_decref(done);
    return OK;
}

static enum rc vote(struct ctx *cx, struct reviewing *r)
{
    const struct review_asked *a = &r->asked;
    const char *said = str_eq(a->word, STR("approve"))  ? "approved"
                       : str_eq(a->word, STR("reject")) ? "rejected"
                                                        : "withdrawn";
    scoped_buf b;
    struct json j;
    if (a->text.n)
        return fail(cx, E_INVALID,
                    "lines of a checklist are ticked in the browser, or over ssh: ssh git@HOST review approve …");
    buf_init(&b, 4096);
    json_init(&j, &b, false);
    json_begin(&j, '{');
    json_put_int(&j, "patch_set", a->patch_set);
    json_put_str(&j, "vote", a->word);
    json_end(&j, '}');
    TRY(act(cx, r, "code_changes_review", buf_view(&b)));
    printf("change %lld, patch set %lld: %s\n", (long long)a->number, (long long)a->patch_set, said);
    return OK;
}

static enum rc comment(struct ctx *cx, struct reviewing *r)
{
    const struct review_asked *a = &r->asked;
    struct str path = STR("");
    int64_t line = 0, last = 0;
    scoped_buf b;
    struct json j;
    if (a->verb == REVIEW_COMMENT) TRY(review_take_place(cx, a->place, &path, &line, &last));
    buf_init(&b, 1 << 20);
    json_init(&j, &b, false);
    json_begin(&j, '{');
    json_key(&j, "comments");
    json_begin(&j, '[');
    json_begin(&j, '{');
    if (a->verb == REVIEW_ANSWER) json_put_int(&j, "thread", a->thread);
    if (path.n) json_put_str(&j, "path", path);
    if (line) json_put_int(&j, "line", line);
    if (line) json_put_int(&j, "last", last);
    json_put_str(&j, "text", a->text);
    if (str_eq(a->word, STR("resolve"))) json_put_bool(&j, "resolved", true);
    if (str_eq(a->word, STR("reopen"))) json_put_bool(&j, "resolved", false);
    json_end(&j, '}');
    json_end(&j, ']');
    json_end(&j, '}');
    TRY(act(cx, r, "code_changes_comment", buf_view(&b)));
    printf("change %lld: said\n", (long long)a->number);
    return OK;
}

static enum rc publish(struct ctx *cx, struct reviewing *r)
{
    if (r->asked.place.n)
        return fail(cx, E_INVALID, "what hurries is published over ssh: ssh git@HOST review publish …");
    TRY(act(cx, r, "code_changes_publish", STR_NONE));
    printf("published: change %lld\n", (long long)r->asked.number);
    return OK;
}

static enum rc run(struct ctx *cx, struct reviewing *r)
{
    TRY(remote_open(cx, &r->remote));
    if (r->asked.verb == REVIEW_LIST) return list(cx, r);
    if (r->asked.verb == REVIEW_OVERRIDE)
        return fail(cx, E_INVALID, "glass is broken over ssh: ssh git@HOST review override …");
    TRY(find_change(cx, r));
    switch (r->asked.verb) {
    case REVIEW_SHOW:
        return show(cx, r);
    case REVIEW_COMMENTS:
        return comments(cx, r);
    case REVIEW_VOTE:
        return vote(cx, r);
    case REVIEW_PUBLISH:
        return publish(cx, r);
    case REVIEW_ABANDON:
        return act(cx, r, "code_changes_abandon", STR_NONE);
    case REVIEW_LIST:
    case REVIEW_OVERRIDE:
    case REVIEW_COMMENT:
    case REVIEW_ANSWER:
    default:
        return comment(cx, r);
    }
}

/* The last word is all that is left. */
static size_t take_words(struct ctx *cx, int argc, char **argv, struct str *words)
{
    size_t n = 0;
    for (int i = optind; i < argc; i++)
        if (n < REVIEW_WORDS)
            words[n++] = str_from(argv[i]);
        else
            words[n - 1] = arena_printf(&cx->arena, STR_FMT " %s", STR_ARG(words[n - 1]), argv[i]);
    return n;
}

int cli_review(int argc, char **argv)
{
    struct reviewing r = {0};
    struct str words[REVIEW_WORDS];
    struct ctx cx;
    ctx_init(&cx);
    int out = common_parse(&cx, argc, argv, table, help, take, &r);
    if (out < 0 && review_take_words(&cx, words, take_words(&cx, argc, argv, words), &r.asked) != OK)
        out = common_wrong(&cx, "review");
    if (out < 0) {
        enum rc rc = run(&cx, &r);
        out = rc == OK ? EXIT_FINE : common_failed(&cx, rc);
        remote_close(&r.remote);
    }
    ctx_release(&cx);
    return out;
}

#include "cli/review_print.h"

#include <stdio.h>

#include "base/str.h"
#include "git/refname.h"

/* Whole, unlike str_visible(). */
static void print_text(struct str text, const char *indent)
{
    struct str line;
    while (str_cut(&text, '\n', &line)) {
        scoped_buf b;
        buf_init(&b, 1 << 20);
        buf_visible(&b, line);
        printf("%s%.*s\n", indent, (int)b.n, b.p ? b.p : "");
    }
}

void review_print_row(struct ctx *cx, int64_t number, struct str target, struct str title, struct str owner)
{
    printf("%lld\t%s\t%s\t", (long long)number, str_visible(cx, refname_short(target)), str_visible(cx, title));
    printf("%s\n", str_visible(cx, owner));
}

void review_print_change(struct ctx *cx, const struct review_shown *c)
{
    printf("change %lld: %s\n", (long long)c->number, str_visible(cx, c->title));
    printf("state: %s\ntarget: %s\n", str_visible(cx, c->state), str_visible(cx, c->target));
    printf("owner: %s\n", str_visible(cx, c->owner));
    printf("patch set: %lld, commit %s, %lld commit%s on %s\n", (long long)c->patch_set, str_visible(cx, c->commit),
           (long long)c->commits, c->commits == 1 ? "" : "s", str_visible(cx, str_slice(c->base, 0, 12)));
    printf("approvals: %lld, rejections: %lld\n", (long long)c->approvals, (long long)c->rejections);
    if (c->open_threads) printf("threads to resolve: %lld\n", (long long)c->open_threads);
}

void review_print_approver(struct ctx *cx, struct str name)
{
    printf("  approved by %s\n", str_visible(cx, name));
}

void review_print_description(struct ctx *cx, struct str text)
{
    (void)cx;
    if (!text.n) return;
    putchar('\n');
    print_text(text, "");
}

void review_print_gate(bool allowed)
{
    printf("gate: %s\n", allowed ? "it may be published by you now" : "not yet");
}

void review_print_thread(struct ctx *cx, int64_t thread, struct str path, int64_t line, int64_t last, int64_t patch_set,
                         bool resolved)
{
    printf("thread %lld, %s", (long long)thread, path.n ? str_visible(cx, path) : "the change");
    if (line) printf(":%lld", (long long)line);
    if (last > line) printf("-%lld", (long long)last);
    if (patch_set) printf(", patch set %lld", (long long)patch_set);
    printf(", %s\n", resolved ? "resolved" : "open");
}

void review_print_comment(struct ctx *cx, struct str name, struct str text)
{
    printf("  %s%s\n", str_visible(cx, name), text.n ? ":" : " changed whether it is resolved");
    print_text(text, "    ");
}

enum rc review_take_place(struct ctx *cx, struct str word, struct str *path, int64_t *line, int64_t *last)
{
    size_t colon = word.n;
    struct str lines, first;
    *path = str_eq(word, STR(".")) ? STR("") : word;
    *line = *last = 0;
    while (colon > 0 && word.p[colon - 1] != ':') colon--;
    if (colon < 2) return OK;
    lines = str_slice(word, colon, word.n);
    (void)str_cut(&lines, '-', &first);
    if (!str_to_i64(first, 1, INT32_MAX, line)) return OK; /* a colon of its name */
    *last = *line;
    *path = str_slice(word, 0, colon - 1);
    return !lines.p || (str_to_i64(lines, 1, INT32_MAX, last) && *last >= *line)
               ? OK
               : fail(cx, E_INVALID, "FILE:LINE or FILE:LINE-LAST is expected, not \"%s\"", str_visible(cx, word));
}

static const struct verb {
    const char *word;
    enum review_verb verb;
    size_t least, most;
} verbs[] = {
    {"list", REVIEW_LIST, 2, 2},         {"show", REVIEW_SHOW, 3, 3},       {"comments", REVIEW_COMMENTS, 3, 3},
    {"approve", REVIEW_VOTE, 4, 5},      {"reject", REVIEW_VOTE, 4, 4},     {"withdraw", REVIEW_VOTE, 4, 4},
    {"comment", REVIEW_COMMENT, 5, 5},   {"answer", REVIEW_ANSWER, 5, 5},   {"resolve", REVIEW_ANSWER, 4, 5},
    {"reopen", REVIEW_ANSWER, 4, 5},     {"publish", REVIEW_PUBLISH, 3, 4}, {"abandon", REVIEW_ABANDON, 3, 3},
    {"override", REVIEW_OVERRIDE, 5, 5},
};

static bool take_verb(const struct verb *v, const struct str *words, size_t n, struct review_asked *out)
{
    *out = (struct review_asked){.verb = v->verb, .word = words[0], .repository = words[1], .text = STR("")};
    if (n < v->least || n > v->most) return false;
    if (v->verb == REVIEW_OVERRIDE) {
        out->place = words[2];
        out->text = words[4];
        return str_to_i64(words[3], 1, INT32_MAX, &out->minutes);
    }
    if (n > 2 && !str_to_i64(words[2], 1, INT32_MAX, &out->number)) return false;
    if (v->verb == REVIEW_VOTE && !str_to_i64(words[3], 1, INT32_MAX, &out->patch_set)) return false;
    if (v->verb == REVIEW_ANSWER && !str_to_i64(words[3], 0, INT64_MAX, &out->thread)) return false;
    if (n > 3) out->place = words[3];
    if (n > 4) out->text = words[4];
    return true;
}

enum rc review_take_words(struct ctx *cx, const struct str *words, size_t n, struct review_asked *out)
{
    for (size_t i = 0; n > 0 && i < sizeof verbs / sizeof *verbs; i++)
        if (str_eq(words[0], str_from(verbs[i].word)) && take_verb(&verbs[i], words, n, out)) return OK;
    return fail(cx, E_INVALID,
                "this is how to ask:\n"
                "review list REPOSITORY\n"
                "review show|comments REPOSITORY NUMBER\n"
                "review approve REPOSITORY NUMBER PATCH_SET [KEY]...   (keys of a checklist's lines that hold, as show "
                "tells them)\n"
                "review reject|withdraw REPOSITORY NUMBER PATCH_SET\n"
                "review comment REPOSITORY NUMBER FILE[:LINE[-LAST]] TEXT (`.`: the change as a whole)\n"
                "review answer|resolve|reopen REPOSITORY NUMBER THREAD [TEXT]\n"
                "review publish REPOSITORY NUMBER [CHG-NUMBER]   (the emergency change that hurries)\n"
                "review abandon REPOSITORY NUMBER\n"
                "review override REPOSITORY BRANCH MINUTES REASON   (break glass)");
}

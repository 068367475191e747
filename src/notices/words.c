/* What a notice is about, in words, and where it leads. */
#include "identity/identity.h"
#include "notices/notices.h"

static struct str point_title(const struct catalog *c, enum lang lang, struct str rest)
{
    struct str task;
    (void)str_cut(&rest, '/', &task);
    const struct catalog_task *t = catalog_find_task(c, task);
    for (size_t i = 0; t && i < t->n_obligations; i++)
        if (str_eq(t->obligations[i].key, rest)) return t->obligations[i].text[lang];
    return t ? t->title[lang] : STR("");
}

static struct str person_name(struct ctx *cx, const struct notices_options *o, struct str person)
{
    struct str name;
    return identity_name(cx, o->ledger, person, &name) == OK && name.p ? name : STR("");
}

static struct str after(struct str s, struct str prefix)
{
    return str_slice(s, prefix.n, s.n);
}

static struct str subject_title(struct ctx *cx, const struct notices_options *o, enum lang lang, struct str subject)
{
    if (str_starts(subject, STR("task:"))) {
        const struct catalog_task *t = catalog_find_task(o->catalog, after(subject, STR("task:")));
        return t ? t->title[lang] : STR("");
    }
    if (str_starts(subject, STR("obligation:")))
        return point_title(o->catalog, lang, after(subject, STR("obligation:")));
    if (str_starts(subject, STR("person:"))) return person_name(cx, o, subject);
    if (str_starts(subject, STR("change:")))
        return lang == LANG_FI ? STR("Muutoksen katselmointi") : STR("Code review");
    return STR("");
}

static struct str kind_of_item(const struct notices_options *o, enum lang lang, struct str subject)
{
    struct str rest = after(subject, STR("record:")), kind;
    (void)str_cut(&rest, '/', &kind);
    const struct record_kind *k = catalog_find_record(o->catalog, kind);
    return k ? k->title[lang] : STR("");
}

static struct str join(struct ctx *cx, struct str a, struct str b)
{
    if (!a.n || !b.n) return a.n ? a : b;
    return arena_printf(&cx->arena, STR_FMT ": " STR_FMT, STR_ARG(a), STR_ARG(b));
}

struct str notice_title(struct ctx *cx, const struct notices_options *o, enum lang lang, const struct notice *n)
{
    if (str_starts(n->subject, STR("record:"))) {
        struct str title = n->what == NOTICE_MENTION ? STR("") : n->title;
        return join(cx, kind_of_item(o, lang, n->subject), title);
    }
    if (str_starts(n->subject, STR("fact:"))) {
        const struct catalog_kind *k = catalog_find_kind(o->catalog, n->detail);
        return join(cx, k ? k->title[lang] : STR(""), subject_title(cx, o, lang, n->title));
    }
    if (n->what == NOTICE_CRITICAL_CANDIDATE)
        return join(cx, kind_of_item(o, lang, STR("record:critical_code/")), n->title);
    if (n->what == NOTICE_ROLE_ENDING || n->what == NOTICE_JOB_FAILING) return n->title;
    return subject_title(cx, o, lang, n->subject);
}

struct str notice_path(struct ctx *cx, const struct notice *n)
{
    struct str s = n->subject;
    if (str_starts(s, STR("task:")) && str_starts(n->detail, STR("project:")))
        return arena_printf(&cx->arena, "/tasks/" STR_FMT "?project=" STR_FMT, STR_ARG(after(s, STR("task:"))),
                            STR_ARG(after(n->detail, STR("project:"))));
    if (str_starts(s, STR("task:")))
        return arena_printf(&cx->arena, "/tasks/" STR_FMT "%s", STR_ARG(after(s, STR("task:"))),
                            n->what == NOTICE_MENTION ? "?tab=log" : "");
    if (str_starts(s, STR("obligation:"))) {
        struct str rest = after(s, STR("obligation:")), task;
        (void)str_cut(&rest, '/', &task);
        return arena_printf(&cx->arena, "/tasks/" STR_FMT, STR_ARG(task));
    }
    if (n->what == NOTICE_READING) return STR("/guidebook");
    if (str_starts(s, STR("record:")))
        return arena_printf(&cx->arena, "/registers/" STR_FMT, STR_ARG(after(s, STR("record:"))));
    if (str_starts(s, STR("fact:")))
        return arena_printf(&cx->arena, "/approvals/" STR_FMT, STR_ARG(after(s, STR("fact:"))));
    if (str_starts(s, STR("change:")))
        return arena_printf(&cx->arena, "/reviews/" STR_FMT, STR_ARG(after(s, STR("change:"))));
    if (str_starts(s, STR("repo:")) && n->what == NOTICE_CRITICAL_CANDIDATE) return STR("/registers/critical_code");
    if (str_starts(s, STR("repo:")))
        return arena_printf(&cx->arena, "/repositories/" STR_FMT, STR_ARG(after(s, STR("repo:"))));
    return STR("/notifications");
}

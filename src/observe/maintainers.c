/* Who files name as maintainers: MAINTAINERS in its many forms, Kubernetes' OWNERS, the maintainers of package
 * metadata. */
#include <ctype.h>

#include "observe/content_rows.h"

#define LINE_MAX_READ 2000
#define PEOPLE_MAX 2000 /* rows of one file */

static bool is_owners_file(const struct place *pl)
{
    return str_eq(pl->name, STR("OWNERS")) || str_eq(pl->name, STR("OWNERS_ALIASES"));
}

bool maintainers_wants(const struct place *pl)
{
    if (pl->sample || pl->test) return false;
    if (is_owners_file(pl)) return true;
    if (pl->depth < 2 && text_is(pl->stem, "maintainers|maintainer") &&
        text_is(pl->ext.n ? pl->ext : STR("txt"), "md|txt|rst|adoc"))
        return true;
    return !pl->depth && text_is(pl->name, "pyproject.toml|setup.cfg");
}

static bool is_handle(struct str s)
{
    if (!s.n || s.n > 39) return false;
    for (size_t i = 0; i < s.n; i++)
        if (!isalnum((unsigned char)s.p[i]) && s.p[i] != '-' && s.p[i] != '_') return false;
    return true;
}

static void leave(struct content *c, int64_t line, struct str name, struct str email, const char *role)
{
    if (c->rows >= PEOPLE_MAX) return;
    struct arena *a = c->arena;
    ROW(c, T_PUBLISHER, INT(line),
        PERSON(arena_str(a, str_slice(name, 0, 200)), arena_str(a, str_slice(email, 0, 200))), CTEXT(role));
}

static void leave_handle(struct content *c, int64_t line, struct str name, struct str handle, const char *role)
{
    if (!is_handle(handle)) return;
    struct str h = text_lower(c->arena, handle);
    leave(c, line, name, arena_printf(c->arena, STR_FMT "@users.noreply.github.com", STR_ARG(h)), role);
}

static bool is_address(struct str s)
{
    const char *at = s.n ? memchr(s.p, '@', s.n) : NULL;
    return at && at > s.p && at + 1 < s.p + s.n && !memchr(s.p, ' ', s.n);
}

/* "Name <mail@host>" anywhere in the line; false when there is none. */
static bool read_addresses(struct content *c, int64_t line, struct str s, const char *role)
{
    bool any = false;
    for (;;) {
        const char *lt = s.n ? memchr(s.p, '<', s.n) : NULL,
                   *gt = lt ? memchr(lt, '>', s.n - (size_t)(lt - s.p)) : NULL;
        if (!gt) return any;
        struct str email = {lt + 1, (size_t)(gt - lt - 1)}, name = str_slice(s, 0, (size_t)(lt - s.p));
        if (str_starts(email, STR("mailto:"))) email = str_slice(email, 7, email.n);
        if (is_address(email)) {
            while (name.n && strchr("-*|,;:[]() \t#\"'", name.p[0])) name = str_slice(name, 1, name.n);
            while (name.n && strchr("-*|,;:[]() \t\"'", name.p[name.n - 1])) name.n--;
            if (str_starts(name, STR("M:"))) name = str_trim(str_slice(name, 2, name.n));
            const char *bar = name.n ? memrchr(name.p, '|', name.n) : NULL;
            if (bar) name = str_trim(str_slice(name, (size_t)(bar - name.p) + 1, name.n));
            leave(c, line, name, email, role);
            any = true;
        }
        s = str_slice(s, (size_t)(gt - s.p) + 1, s.n);
    }
}

/* The text of a link whose address begins at `url`, when it reads like a person's name. */
static struct str name_of_link(struct str s, const char *url)
{
    struct str head = {s.p, (size_t)(url - s.p)};
    const char *open = head.n ? memrchr(head.p, '[', head.n) : NULL;
    const char *close = open ? memchr(open, ']', (size_t)(url - open)) : NULL;
    if (!close || close + 1 >= url || close[1] != '(') return STR("");
    struct str name = str_trim((struct str){open + 1, (size_t)(close - open - 1)});
    return name.n && name.p[0] != '@' && memchr(name.p, ' ', name.n) ? name : STR("");
}

/* "[Name](https://github.com/handle)", "@handle", table cells. */
static void read_handles(struct content *c, int64_t line, struct str s, const char *role)
{
    const char *url = str_find(s, STR("github.com/"));
    if (url) {
        struct str rest = str_slice(s, (size_t)(url - s.p) + 11, s.n);
        size_t n = 0;
        while (n < rest.n && (isalnum((unsigned char)rest.p[n]) || rest.p[n] == '-')) n++;
        if (n && (n == rest.n || strchr(")>]| ,\"", rest.p[n])))
            leave_handle(c, line, name_of_link(s, url), str_slice(rest, 0, n), role);
        return;
    }
    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] != '@' || (i && (isalnum((unsigned char)s.p[i - 1]) || strchr("./-_", s.p[i - 1])))) continue;
        size_t n = i + 1;
        while (n < s.n && (isalnum((unsigned char)s.p[n]) || s.p[n] == '-')) n++;
        if (n < s.n && (s.p[n] == '/' || s.p[n] == '.')) continue; /* a team or a package */
        leave_handle(c, line, STR(""), str_slice(s, i + 1, n), role);
        i = n - 1;
    }
}

/* A heading that ends the list: those who were, or do other things. */
static bool is_past(struct str heading)
{
    return str_has_nocase(heading, STR("emerit")) || str_has_nocase(heading, STR("former")) ||
           str_has_nocase(heading, STR("past ")) || str_has_nocase(heading, STR("retired")) ||
           str_has_nocase(heading, STR("alumni")) || str_has_nocase(heading, STR("inactive")) ||
           str_has_nocase(heading, STR("previous"));
}

static void read_list(struct content *c, struct str text)
{
    struct lines l = {.rest = text};
    struct str line;
    bool past = false;
    while (lines_next(&l, &line)) {
        struct str t = str_trim(line);
        if (!t.n || t.n > LINE_MAX_READ) continue;
        if (t.p[0] == '#' || str_ends(t, STR(":"))) past = is_past(t);
        if (past || t.p[0] == '#') continue;
        bool item = strchr("-*|@[", t.p[0]) || str_starts(t, STR("M:")) || t.n < 200;
        bool link = strchr("-*|@[", t.p[0]) != NULL;
        /* other fields of the kernel's form: R:, L:, W: … are no maintainers */
        if (t.n > 1 && t.p[1] == ':' && isupper((unsigned char)t.p[0]) && t.p[0] != 'M' && t.p[0] != 'P') continue;
        if (item && !read_addresses(c, l.line, t, "maintainer") && link) read_handles(c, l.line, t, "maintainer");
    }
}

/* One approver: a login, an address, or an alias, which is a name of its own and nobody. */
static void read_owner(struct content *c, int64_t line, struct str t)
{
    t = str_trim(t);
    if (t.n > 1 && strchr("\"'", t.p[0])) t = str_slice(t, 1, t.n - 1);
    bool alias = str_ends(t, STR("-approvers")) || str_ends(t, STR("-reviewers")) || str_ends(t, STR("-leads")) ||
                 str_ends(t, STR("-admins")) || str_ends(t, STR("-maintainers"));
    if (is_address(t))
        leave(c, line, STR(""), t, "owner");
    else if (!alias)
        leave_handle(c, line, STR(""), t, "owner");
}

/* "approvers: [a, b]", or a list below. */
static void read_owners(struct content *c, struct str text)
{
    struct lines l = {.rest = text};
    struct str line;
    bool in = false;
    while (lines_next(&l, &line)) {
        struct str t = str_trim(line), one;
        if (!t.n || t.p[0] == '#' || t.n > LINE_MAX_READ) continue;
        const char *comment = str_find(t, STR(" #"));
        if (comment) t = str_trim(str_slice(t, 0, (size_t)(comment - t.p)));
        if (str_ends(t, STR(":")) && t.p[0] != '-') {
            in = str_eq(t, STR("approvers:"));
        } else if (str_starts(t, STR("approvers:")) && str_ends(t, STR("]"))) {
            struct str list = str_trim(str_slice(t, strlen("approvers:"), t.n - 1));
            if (str_starts(list, STR("["))) list = str_slice(list, 1, list.n);
            while (str_cut(&list, ',', &one)) read_owner(c, l.line, one);
        } else if (in && t.p[0] == '-') {
            read_owner(c, l.line, str_slice(t, 1, t.n));
        }
    }
}

static struct str quoted_after(struct str s, const char *key)
{
    const char *at = str_find(s, str_from(key));
    if (!at) return STR("");
    struct str rest = str_slice(s, (size_t)(at - s.p) + strlen(key), s.n);
    const char *q = memchr(rest.p, '"', rest.n),
               *end = q ? memchr(q + 1, '"', rest.n - (size_t)(q + 1 - rest.p)) : NULL;
    return end ? (struct str){q + 1, (size_t)(end - q - 1)} : STR("");
}

/* {name = "…", email = "…"}, several on a line; else "Name <address>". */
static void read_inline(struct content *c, int64_t line, struct str t)
{
    bool any = false;
    struct str rest = t, one;
    while (str_cut(&rest, '}', &one)) {
        struct str who = quoted_after(one, "name"), email = quoted_after(one, "email");
        if (!who.n && !email.n) continue;
        leave(c, line, who, email, "maintainer");
        any = true;
    }
    if (!any) read_addresses(c, line, t, "maintainer");
}

static struct str value_of(struct str t)
{
    const char *eq = memchr(t.p, '=', t.n);
    return eq ? str_trim(str_slice(t, (size_t)(eq - t.p) + 1, t.n)) : STR("");
}

/* "a@x, b@y" with "A, B" above. */
static void read_mail_list(struct content *c, int64_t line, struct str names, struct str emails)
{
    struct str name, email;
    while (str_cut(&emails, ',', &email)) {
        if (!str_cut(&names, ',', &name)) name = STR("");
        if (is_address(str_trim(email))) leave(c, line, str_trim(name), str_trim(email), "maintainer");
    }
}

/* maintainers = [{name = "…", email = "…"}], on one line or several; setup.cfg's maintainer and maintainer_email. */
static void read_metadata(struct content *c, struct str text)
{
    struct lines l = {.rest = text};
    struct str line, names = STR("");
    bool in = false;
    while (lines_next(&l, &line)) {
        struct str t = str_trim(line);
        if (!t.n || t.n > LINE_MAX_READ) continue;
        if (str_starts(t, STR("maintainer =")) || str_starts(t, STR("maintainer="))) names = value_of(t);
        if (str_starts(t, STR("maintainer_email"))) read_mail_list(c, l.line, names, value_of(t));
        const char *list = str_starts(t, STR("maintainers")) ? memchr(t.p, '[', t.n) : NULL;
        if (list) {
            in = true;
            t = str_slice(t, (size_t)(list - t.p) + 1, t.n);
        }
        if (!in || !t.n) continue;
        read_inline(c, l.line, t);
        if (memchr(t.p, ']', t.n)) in = false;
    }
}

void maintainers_read(struct content *c, struct str text)
{
    if (str_eq(c->place.name, STR("OWNERS_ALIASES"))) return;
    if (is_owners_file(&c->place))
        read_owners(c, text);
    else if (text_is(c->place.stem, "maintainers|maintainer"))
        read_list(c, text);
    else
        read_metadata(c, text);
}

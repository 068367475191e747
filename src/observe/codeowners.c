/* CODEOWNERS in GitHub's and GitLab's syntax. Which dialect holds is known only when all files are, so lines that the
 * two read differently leave a row for each. Sources: docs.github.com "About code owners", docs.gitlab.com "Code Owners
 * file". */
#include "observe/codeowners.h"

#include <ctype.h>

#include "base/limits.h"
#include "observe/content_rows.h"

#define BOTH (OWNERS_GITHUB | OWNERS_GITLAB)

/* What stands for the lines below a GitLab section. */
struct section {
    struct str name;
    int64_t required;
    struct owners_owner owners[OWNERS_MAX];
    unsigned n;
};

bool codeowners_wants(const struct place *pl)
{
    return str_eq(pl->name, STR("CODEOWNERS")) && (!pl->dir.n || str_eq(pl->dir, STR(".github/")) ||
                                                   str_eq(pl->dir, STR("docs/")) || str_eq(pl->dir, STR(".gitlab/")));
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

/* Up to the next blank that no backslash escapes. */
static struct str cut_word(struct str *rest)
{
    while (rest->n && is_blank(rest->p[0])) *rest = str_slice(*rest, 1, rest->n);
    size_t i = 0;
    while (i < rest->n && !is_blank(rest->p[i])) i += rest->p[i] == '\\' && i + 1 < rest->n ? 2 : 1;
    struct str word = str_slice(*rest, 0, i);
    *rest = str_slice(*rest, i, rest->n);
    return word;
}

static bool all_in(struct str s, const char *more)
{
    if (!s.n) return false;
    for (size_t i = 0; i < s.n; i++)
        if (!isalnum((unsigned char)s.p[i]) && !(s.p[i] && strchr(more, s.p[i]))) return false;
    return true;
}

static bool is_address(struct str s)
{
    const char *at = s.n ? memchr(s.p, '@', s.n) : NULL;
    if (!at || at == s.p) return false;
    struct str local = str_slice(s, 0, (size_t)(at - s.p)), host = str_slice(s, local.n + 1, s.n);
    return all_in(local, "._%+-'") && all_in(host, ".-") && memchr(host.p, '.', host.n) && host.p[0] != '.';
}

/* false: no owner at all */
static bool read_owner(struct str w, enum owners_dialect dialect, struct owners_owner *o)
{
    if (str_starts(w, STR("@@")) && dialect == OWNERS_GITLAB) {
        *o = (struct owners_owner){str_slice(w, 2, w.n), "role"};
        return text_is(o->text, "developer|developers|maintainer|maintainers|owner|owners");
    }
    if (w.n > 1 && w.p[0] == '@') {
        struct str name = str_slice(w, 1, w.n);
        const char *slash = memchr(name.p, '/', name.n);
        *o = (struct owners_owner){name, slash ? "team" : "user"};
        if (!slash) return all_in(name, dialect == OWNERS_GITLAB ? "-_." : "-_");
        return slash != name.p && slash + 1 != name.p + name.n && all_in(name, "-_./") &&
               (dialect == OWNERS_GITLAB || !memchr(slash + 1, '/', name.n - (size_t)(slash + 1 - name.p)));
    }
    *o = (struct owners_owner){w, "email"};
    return is_address(w);
}

static void read_github(struct str line, struct owners_line *e)
{
    *e = (struct owners_line){.section = STR_NONE, .required = 1};
    struct str rest = line, w;
    e->pattern = cut_word(&rest);
    while ((w = cut_word(&rest)).n && w.p[0] != '#') {
        struct owners_owner o;
        if (!read_owner(w, OWNERS_GITHUB, &o))
            e->error = "invalid_owner";
        else if (e->n < OWNERS_MAX)
            e->owners[e->n++] = o;
    }
    if (str_starts(e->pattern, STR("!")))
        e->error = "unsupported_negation";
    else if (str_starts(e->pattern, STR("\\#")))
        e->error = "escaped_hash";
    else if (e->pattern.n && memchr(e->pattern.p, '[', e->pattern.n))
        e->error = "character_class";
}

static void read_owners_gitlab(struct str rest, struct owners_owner *owners, unsigned *n)
{
    struct str w;
    while ((w = cut_word(&rest)).n) {
        struct owners_owner o;
        if (read_owner(w, OWNERS_GITLAB, &o) && *n < OWNERS_MAX) owners[(*n)++] = o;
    }
}

static void read_gitlab(struct str line, const struct section *s, struct owners_line *e)
{
    *e = (struct owners_line){.section = s->name, .required = s->required};
    struct str rest = line;
    e->pattern = cut_word(&rest);
    if (str_starts(e->pattern, STR("\\#"))) e->pattern = str_slice(e->pattern, 1, e->pattern.n);
    read_owners_gitlab(rest, e->owners, &e->n);
    if (!e->n) {
        memcpy(e->owners, s->owners, s->n * sizeof *s->owners);
        e->n = s->n;
    }
    if (!e->n && !str_starts(e->pattern, STR("!"))) e->error = "no_owner";
}

/* "[Name]", "^[Name][2] @default" */
static bool read_section(struct str line, struct section *s)
{
    struct str rest = line;
    bool optional = str_starts(rest, STR("^"));
    if (optional) rest = str_slice(rest, 1, rest.n);
    if (!str_starts(rest, STR("["))) return false;
    const char *end = memchr(rest.p, ']', rest.n);
    if (!end || end == rest.p + 1) return false;
    struct section new = {.name = str_trim(str_slice(rest, 1, (size_t)(end - rest.p))), .required = optional ? 0 : 1};
    rest = str_slice(rest, (size_t)(end - rest.p) + 1, rest.n);
    if (str_starts(rest, STR("["))) {
        end = memchr(rest.p, ']', rest.n);
        int64_t n;
        if (!end || !str_to_i64(str_slice(rest, 1, (size_t)(end - rest.p)), 0, 1000, &n)) return false;
        if (!optional) new.required = n;
        rest = str_slice(rest, (size_t)(end - rest.p) + 1, rest.n);
    }
    if (rest.n && !is_blank(rest.p[0])) return false; /* "[id]/page.tsx": a path */
    read_owners_gitlab(rest, new.owners, &new.n);
    *s = new;
    return true;
}

static bool alike(const struct owners_line *a, const struct owners_line *b)
{
    if (!str_eq(a->pattern, b->pattern) || a->error || b->error || a->n != b->n || b->section.p ||
        b->required != a->required)
        return false;
    for (unsigned i = 0; i < a->n; i++)
        if (!str_eq(a->owners[i].text, b->owners[i].text) || strcmp(a->owners[i].kind, b->owners[i].kind) != 0)
            return false;
    return true;
}

/* A handle is known to people by the host's own address for it; a team by one that can be nobody's. */
static struct value person_of(struct arena *a, const struct owners_owner *o)
{
    struct str name = text_lower(a, o->text);
    if (strcmp(o->kind, "email") == 0) return PERSON(STR(""), name);
    if (strcmp(o->kind, "user") == 0)
        return PERSON(STR(""), arena_printf(a, STR_FMT "@users.noreply.github.com", STR_ARG(name)));
    return PERSON(STR(""), arena_printf(a, STR_FMT "@%s.codeowners.invalid", STR_ARG(name), o->kind));
}

static void leave(void *arg, const struct owners_line *e, int dialects)
{
    struct content *c = arg;
    struct arena *a = c->arena;
    int64_t line = e->line;
    ROW(c, T_OWNER_LINE, INT(line), INT(dialects), TEXT(e->section.p ? text_visible(a, e->section, 200) : STR_NONE),
        INT(e->required), TEXT(arena_str(a, str_slice(e->pattern, 0, LIMIT_PATH))), CTEXT(e->error));
    if (e->error) return;
    for (unsigned i = 0; i < e->n; i++)
        ROW(c, T_OWNER_NAME, INT(line), INT(dialects), INT(i), person_of(a, &e->owners[i]), CTEXT(e->owners[i].kind));
}

static void say_error(owners_take *take, void *arg, int64_t line, const char *error)
{
    const struct owners_line e = {.line = line, .pattern = STR(""), .section = STR_NONE, .required = 1, .error = error};
    take(arg, &e, BOTH);
}

void owners_read(struct str text, int dialects, owners_take *take, void *arg)
{
    if (text.n > LIMIT_CODEOWNERS) {
        say_error(take, arg, 1, "file_too_large");
        return;
    }
    bool github = dialects & OWNERS_GITHUB, gitlab = dialects & OWNERS_GITLAB;
    struct section section = {.name = STR_NONE, .required = 1};
    struct owners_line hub, lab;
    struct lines l = {.rest = text};
    struct str line;
    while (lines_next(&l, &line)) {
        line = str_trim(line);
        if (!line.n || line.p[0] == '#') continue;
        if (l.line > LIMIT_CODEOWNERS_LINES) {
            say_error(take, arg, l.line, "too_many_lines");
            return;
        }
        read_github(line, &hub);
        hub.line = l.line;
        if (read_section(line, &section)) {
            if (github) take(arg, &hub, OWNERS_GITHUB);
            continue;
        }
        read_gitlab(line, &section, &lab);
        lab.line = l.line;
        if (github && gitlab && alike(&hub, &lab)) {
            take(arg, &hub, BOTH);
            continue;
        }
        if (github) take(arg, &hub, OWNERS_GITHUB);
        if (gitlab) take(arg, &lab, OWNERS_GITLAB);
    }
}

void codeowners_read(struct content *c, struct str text)
{
    bool github = !str_eq(c->place.dir, STR(".gitlab/")), gitlab = !str_eq(c->place.dir, STR(".github/"));
    owners_read(text, (github ? OWNERS_GITHUB : 0) | (gitlab ? OWNERS_GITLAB : 0), leave, c);
}

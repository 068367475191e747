/* Changelogs: Keep a Changelog 1.1.0 and the other forms people use. An entry begins at a heading, underlined line or
 * bare line whose first thing is a version; its date stands there or in the lines before its first item. */
#include <ctype.h>

#include "base/limits.h"
#include "observe/content_rows.h"
#include "observe/dates.h"

#define HEADER_MAX 300   /* bytes of a line that can begin an entry */
#define DATE_LINES 8     /* lines behind it that may hold its date */
#define NOT_A_VERSION 40 /* longer versions are something else */

static const char note_folders[] =
    "relnotes|release-notes|release_notes|releasenotes|releases|release|changelogs|changelog";

struct entry {
    int64_t line, at, items;
    struct str version; /* STR_NONE: not released */
    bool open, dated, yanked, breaking, security, unreleased;
};

static bool is_version(struct str s, size_t *len)
{
    size_t i = 0, dots = 0;
    if (i < s.n && (s.p[i] == 'v' || s.p[i] == 'V')) i++;
    size_t from = i;
    while (i < s.n && (isdigit((unsigned char)s.p[i]) ||
                       (s.p[i] == '.' && i > from && i + 1 < s.n && isdigit((unsigned char)s.p[i + 1]))))
        dots += s.p[i++] == '.';
    if (i == from || (!dots && from == 0) || i - from > NOT_A_VERSION) return false;
    /* a prerelease or build: -rc.1, b2, .dev0, +meta, .Final */
    size_t core = i;
    while (i < s.n && (isalnum((unsigned char)s.p[i]) || strchr(".-+_~", s.p[i]))) i++;
    while (i > core && strchr(".-_", s.p[i - 1])) i--;
    if (i - from > NOT_A_VERSION) return false;
    if (i > core && s.p[core] == '.' && i - core == 2 && (s.p[core + 1] == 'x' || s.p[core + 1] == 'X'))
        return false; /* "1.x": a line of versions */
    *len = i;
    return true;
}

static bool is_date_like(struct str v)
{
    int64_t at;
    size_t end;
    return date_find(v, &at, &end) && end == v.n;
}

/* What may stand before the version: brackets, "Version", "Release", the project's name. */
static struct str skip_words(struct str s, bool heading)
{
    for (int words = 0; s.n && words < (heading ? 4 : 3); words++) {
        while (s.n && strchr("[(*_`:=# \t", s.p[0])) s = str_slice(s, 1, s.n);
        size_t n = 0, len;
        if (is_version(s, &len) && !is_date_like(str_slice(s, 0, len))) return s;
        while (n < s.n && s.p[n] != ' ') n++;
        struct str word = str_slice(s, 0, n);
        bool known = text_is(word, "version|release|released|changes|in|with|for|v|ver|ver.|release:|version:|and|the|"
                                   "to|notes|changelog|what's|new");
        /* a heading may begin with the project's name: "Rails 7.1.0", "curl and libcurl 8.0" */
        bool name =
            heading && word.n && isalpha((unsigned char)word.p[0]) && !strchr(".:;,!?", word.p[word.n - 1]) &&
            words < 3 &&
            !text_is(word, "upgrading|upgrade|from|since|supported|support|migrating|"
                           "migration|requires|require|drop|dropped|update|updated|bump|fix|fixes|fixed|add|added|"
                           "remove|removed|before|until|python|php|node|node.js|ruby|java|go|deprecated|api");
        if (!known && !name) return STR_NONE;
        s = str_slice(s, n, s.n);
    }
    return STR_NONE;
}

static bool says_unreleased(struct str s)
{
    return str_has_nocase(s, STR("unreleased")) || str_has_nocase(s, STR("not yet released")) ||
           str_has_nocase(s, STR("in development")) || str_has_nocase(s, STR("under development")) ||
           str_has_nocase(s, STR("in progress")) || str_has_nocase(s, STR("julkaisematon")) ||
           str_has_nocase(s, STR("(tbd")) || str_has_nocase(s, STR("(xx.xx"));
}

/* Whether the line begins an entry. `heading`: it is marked as one, so more may stand around the version. */
static bool read_header(struct str line, bool heading, struct entry *e)
{
    struct str t = str_trim(line), s;
    while (t.n && strchr("#= ", t.p[0])) t = str_slice(t, 1, t.n);
    while (t.n && strchr("#= ", t.p[t.n - 1])) t.n--;
    if (!t.n || t.n > HEADER_MAX) return false;
    *e = (struct entry){.open = true};
    struct str bare = t;
    while (bare.n && strchr("[(*_", bare.p[0])) bare = str_slice(bare, 1, bare.n);
    if (heading && (str_starts_nocase(bare, STR("unreleased")) || str_starts_nocase(bare, STR("next release")) ||
                    str_starts_nocase(bare, STR("next version")) || str_starts_nocase(bare, STR("upcoming")) ||
                    str_starts_nocase(bare, STR("julkaisematon")) || str_eq_nocase(bare, STR("next")))) {
        e->unreleased = true;
        return bare.n < 60;
    }
    s = skip_words(t, heading);
    if (!s.p) return false;
    size_t len, end;
    if (!is_version(s, &len)) return false;
    e->version = str_slice(s, 0, len);
    struct str rest = str_slice(s, len, s.n);
    e->dated = date_find(rest, &e->at, &end);
    e->yanked = str_has_nocase(rest, STR("yanked"));
    e->unreleased = !e->dated && says_unreleased(rest);
    /* what follows is short, or a date, or a title behind a dash or colon */
    int words = 0;
    for (size_t i = 0; i + 1 < rest.n; i++) words += rest.p[i] == ' ' && isalpha((unsigned char)rest.p[i + 1]);
    bool link = str_has(rest, STR("](")) || str_has(rest, STR("http"));
    if (heading)
        return e->dated || words <= 3 || link || str_has(rest, STR(" - ")) || str_starts(str_trim(rest), STR(":")) ||
               str_has(rest, STR("—")) || str_has(rest, STR("“"));
    if (rest.n && isalnum((unsigned char)rest.p[0])) return false;
    return (e->dated && words <= 3) || e->unreleased || !str_trim(rest).n || (words == 0 && rest.n < 4);
}

/* name (1.2-3) unstable; urgency=low */
static bool read_debian(struct str line, struct entry *e)
{
    const char *open = line.n ? memchr(line.p, '(', line.n) : NULL,
               *close = open ? memchr(open, ')', line.n - (size_t)(open - line.p)) : NULL;
    if (!close || isspace((unsigned char)line.p[0]) || !str_has(line, STR("; urgency="))) return false;
    *e = (struct entry){.open = true, .version = {open + 1, (size_t)(close - open - 1)}};
    e->unreleased = str_has(line, STR("UNRELEASED"));
    return e->version.n > 0 && e->version.n <= NOT_A_VERSION;
}

static bool is_underline(struct str s)
{
    s = str_trim(s);
    if (s.n < 3 || !strchr("=-~^*+#", s.p[0])) return false;
    for (size_t i = 1; i < s.n; i++)
        if (s.p[i] != s.p[0]) return false;
    return true;
}

static void leave(struct content *c, struct entry *e)
{
    if (!e->open) return;
    e->open = false;
    bool has_version = e->version.p && !e->unreleased;
    ROW(c, T_CHANGELOG, INT(e->line),
        has_version ? TEXT(text_visible(c->arena,
                                        e->version.p[0] == 'v' || e->version.p[0] == 'V'
                                            ? str_slice(e->version, 1, e->version.n)
                                            : e->version,
                                        60))
                    : NOTHING,
        e->dated && !e->unreleased ? INT(e->at) : NOTHING, INT(e->yanked), INT(e->items), INT(e->breaking),
        INT(e->security));
}

static bool is_item(struct str line, struct str t)
{
    size_t indent = (size_t)(t.p - line.p);
    if (t.n < 2 || indent > 3) return false;
    return (strchr("-*+", t.p[0]) && (t.p[1] == ' ' || t.p[1] == '\t')) ||
           (isdigit((unsigned char)t.p[0]) && (t.p[1] == '.' || t.p[1] == ')')) || str_starts(t, STR("•")) ||
           str_starts(t, STR("o "));
}

/* A line that announces a change which breaks what was there: by a word for it, or "Breaking:" at its start. */
static bool is_breaking(struct str t)
{
    static const char *const words[] = {"breaking change", "backwards incompatible", "backward incompatible",
                                        "backwards-incompatible", "incompatible change"};
    if (str_has(t, STR("BREAKING"))) return true;
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (str_has_nocase(t, str_from(words[i]))) return i > 0 || !str_has_nocase(t, STR("no breaking"));
    struct str word = STR("breaking"), bare = t;
    while (bare.n && strchr("#*-+_[(> \t", bare.p[0])) bare = str_slice(bare, 1, bare.n);
    return str_starts_nocase(bare, word) && (bare.n == word.n || strchr(":*_])!", bare.p[word.n]));
}

static void read_body(struct entry *e, struct str line, int64_t since)
{
    struct str t = str_trim(line);
    if (!t.n) return;
    size_t end;
    if (is_item(line, t)) e->items++;
    if (!e->dated && since <= DATE_LINES && !e->items) {
        bool says =
            str_has_nocase(t, STR("releas")) || str_has_nocase(t, STR("date")) || str_has_nocase(t, STR("julkais"));
        struct str bare = t;
        while (bare.n && strchr("*_([:> ", bare.p[0])) bare = str_slice(bare, 1, bare.n);
        int64_t at;
        if (t.n < 120 && date_find(bare, &at, &end) && (says || end + 4 >= bare.n)) {
            e->dated = true;
            e->at = at;
        } else if (t.n < 40 && str_has_nocase(t, STR("unreleased"))) {
            e->unreleased = true;
        }
    }
    if (str_starts(line, STR(" -- ")) && date_find(line, &e->at, &end)) e->dated = true; /* Debian's trailer */
    if (!e->breaking && is_breaking(t)) e->breaking = true;
    bool heading = t.p[0] == '#' || t.p[0] == '*' || t.n < 30;
    if (!e->security && (str_has(t, STR("CVE-")) || str_has(t, STR("GHSA-")) ||
                         (heading && t.n < 60 &&
                          (str_starts_nocase(t, STR("security")) || str_has_nocase(t, STR("# security")) ||
                           str_has_nocase(t, STR("tietoturva")) || str_starts(t, STR("**Security"))))))
        e->security = true;
}

static void read_log(struct content *c, struct str text)
{
    struct lines l = {.rest = text}, ahead;
    struct str line, next;
    struct entry e = {.open = false}, new;
    int64_t entries = 0;
    bool fence = false;
    int level = 0; /* of the heading that began the first entry: deeper ones are within an entry */
    while (lines_next(&l, &line)) {
        if (line.n > LIMIT_LINE_SCAN) line.n = LIMIT_LINE_SCAN;
        ahead = l;
        next = STR("");
        if (!lines_next(&ahead, &next)) next = STR("");
        struct str t = str_trim(line);
        if (str_starts(t, STR("```"))) fence = !fence;
        bool hash = line.n && line.p[0] == '#',
             underlined = t.n && is_underline(next) && !is_underline(t) && t.p == line.p;
        bool equals = str_starts(line, STR("== ")) || str_starts(line, STR("=== "));
        bool first =
            !entries && l.line <= 3 && text_is(c->place.stem, "release-notes|release_notes|releasenotes|relnotes");
        bool heading = hash || equals || underlined || first;
        int depth = 0;
        while (hash && (size_t)depth < line.n && line.p[depth] == '#') depth++;
        bool begins =
            !fence && t.n && t.p == line.p && entries < LIMIT_CHANGELOG_ENTRIES && !is_underline(t) &&
            (read_debian(line, &new) ||
             ((heading || isdigit((unsigned char)t.p[0]) || strchr("vV[C", t.p[0]) || str_starts(t, STR("Release"))) &&
              read_header(line, heading, &new)));
        if (begins && hash && level && depth > level && !new.dated && !str_has(line, STR("](")))
            begins = false; /* of an entry's own parts */
        if (begins) {
            leave(c, &e);
            e = new;
            e.line = l.line;
            if (hash && (!level || depth < level)) level = depth;
            entries++;
            continue;
        }
        if (e.open) read_body(&e, line, l.line - e.line);
    }
    leave(c, &e);
}

/* A folder of release notes: the file is the entry, its name the version. */
static bool version_of_file(const struct place *pl, struct str *version)
{
    struct str dir = pl->dir;
    if (dir.n) dir.n--;
    size_t slash = dir.n;
    while (slash && dir.p[slash - 1] != '/') slash--;
    if (!text_is(str_slice(dir, slash, dir.n), note_folders)) return false;
    struct str s = text_is(pl->ext, "md|txt|rst|adoc|html") ? pl->stem : pl->name;
    static const char *const prefixes[] = {"release-notes-", "release-",   "changelog-",
                                           "release_notes_", "Changelog-", "CHANGELOG-"};
    for (size_t i = 0; i < sizeof prefixes / sizeof prefixes[0]; i++)
        if (str_starts(s, str_from(prefixes[i]))) s = str_slice(s, strlen(prefixes[i]), s.n);
    size_t len;
    if (!is_version(s, &len) || len != s.n || is_date_like(s)) return false;
    *version = s;
    return true;
}

static bool is_log_name(const struct place *pl)
{
    if (str_eq(pl->path, STR("debian/changelog"))) return true;
    if (pl->ext.n && !text_is(pl->ext, "md|rst|txt|adoc|rdoc|markdown|asciidoc")) {
        size_t len;
        return str_starts(pl->name, STR("CHANGELOG-")) && is_version(pl->ext, &len);
    }
    if (place_below(pl, "changelog.d|changes.d|newsfragments|fragments|changesets|.changeset|news.d|unreleased|"
                        "changelog_unreleased"))
        return false;
    if (text_is(pl->stem, "changelog|changes|news|history|release-notes|release_notes|releasenotes|relnotes|changelogs|"
                          "muutokset|muutosloki|releases"))
        return !text_is(pl->stem, "news|releases|history|changes") || pl->depth < 3;
    return str_starts(pl->name, STR("CHANGELOG-")) || str_starts(pl->name, STR("CHANGELOG_"));
}

bool changelog_wants(const struct place *pl)
{
    struct str version;
    return !pl->sample && (is_log_name(pl) || (text_is(pl->ext, "md|txt|rst|adoc") && version_of_file(pl, &version)) ||
                           (str_has(pl->dir, STR("RelNotes/")) && version_of_file(pl, &version)));
}

void changelog_read(struct content *c, struct str text)
{
    struct entry e = {.open = true, .line = 1};
    if (!version_of_file(&c->place, &e.version)) {
        read_log(c, text);
        return;
    }
    struct lines l = {.rest = text};
    struct str line;
    while (lines_next(&l, &line)) {
        if (line.n > LIMIT_LINE_SCAN) line.n = LIMIT_LINE_SCAN;
        if (l.line < 12 && !e.dated && str_has_nocase(line, STR("under development"))) e.unreleased = true;
        read_body(&e, line, l.line);
    }
    leave(c, &e);
}

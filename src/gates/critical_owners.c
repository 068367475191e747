/* CODEOWNERS of a tree: which file is in force, in which dialect, and what it says. Sources as observe/codeowners.h. */
#include "base/limits.h"
#include "gates/critical_int.h"
#include "git/hosted.h"
#include "git/oid.h"

static const char *const places[] = {".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS", ".gitlab/CODEOWNERS"};
#define PLACES (sizeof places / sizeof *places)

bool owners_file_is_place(struct str path)
{
    for (size_t i = 0; i < PLACES; i++)
        if (str_eq_nocase(path, str_from(places[i]))) return true;
    return false;
}

struct found {
    struct {
        struct str oid;
        bool is_file;
    } at[PLACES];
    bool github, gitlab; /* what speaks for either host */
};

static enum rc look(struct ctx *cx, const struct git *g, struct str commit, struct found *f)
{
    const char *const argv[] = {
        "ls-tree",        "-z", arena_cstr(&cx->arena, commit), "--", ".github/", places[1], places[2], places[3],
        ".gitlab-ci.yml", NULL};
    scoped_buf out;
    int code;
    const char *why;
    buf_init(&out, 16U << 20);
    TRY(hosted_run(cx, g, argv, STR_NONE, &out, &code, &why));
    if (code != 0) return fail(cx, E_CORRUPT, "the branch's files cannot be read: %s", why);
    struct str rest = buf_view(&out), entry;
    while (str_cut(&rest, '\0', &entry)) { /* "100644 blob OID\tPATH" */
        const char *tab = entry.n ? memchr(entry.p, '\t', entry.n) : NULL;
        if (!tab || tab - entry.p < 52) continue;
        struct str path = str_slice(entry, (size_t)(tab - entry.p) + 1, entry.n);
        if (str_starts(path, STR(".github/"))) f->github = true;
        if (str_eq(path, STR(".gitlab-ci.yml")) || str_eq(path, str_from(places[3]))) f->gitlab = true;
        for (size_t i = 0; i < PLACES; i++) {
            if (!str_eq(path, str_from(places[i]))) continue;
            f->at[i].oid = arena_str(&cx->arena, str_slice(entry, 12, (size_t)(tab - entry.p)));
            f->at[i].is_file = str_starts(entry, STR("100"));
        }
    }
    return OK;
}

struct reading {
    struct ctx *cx;
    struct owners_file *f;
    size_t cap;
    int dialects;
    bool sections;
};

static void note_section(void *arg, const struct owners_line *line, int dialects)
{
    struct reading *r = arg;
    if ((dialects & OWNERS_GITLAB) && line->section.p) r->sections = true;
}

static void take_line(void *arg, const struct owners_line *line, int dialects)
{
    struct reading *r = arg;
    struct owners_file *f = r->f;
    if (!(dialects & r->dialects)) return;
    if (f->n == r->cap) {
        size_t cap = r->cap ? 2 * r->cap : 64;
        struct owners_line *more = arena_array(&r->cx->arena, struct owners_line, cap);
        if (f->n) memcpy(more, f->lines, f->n * sizeof *more);
        f->lines = more;
        r->cap = cap;
    }
    f->lines[f->n++] = *line;
}

static enum rc read_text(struct ctx *cx, const struct git *g, struct str oid, struct str *text)
{
    const char *const argv[] = {"cat-file", "blob", arena_cstr(&cx->arena, oid), NULL};
    scoped_buf out;
    int code;
    buf_init(&out, LIMIT_CODEOWNERS + 2);
    enum rc rc = hosted_run(cx, g, argv, STR_NONE, &out, &code, NULL);
    if (rc == E_LIMIT) { /* what owners_read() says of it */
        char *long_ = arena_alloc(&cx->arena, LIMIT_CODEOWNERS + 1);
        memset(long_, '#', LIMIT_CODEOWNERS + 1);
        *text = (struct str){long_, LIMIT_CODEOWNERS + 1};
        return OK;
    }
    TRY(rc);
    *text = arena_str(&cx->arena, buf_view(&out));
    return code == 0 ? OK : fail(cx, E_CORRUPT, "CODEOWNERS cannot be read");
}

/* A file of GitHub's own place is GitHub's; one with sections is GitLab's; else the other files tell. */
static bool is_gitlab(const struct found *f, bool sections)
{
    if (f->at[0].oid.p) return false;
    return sections || (!f->github && f->gitlab);
}

enum rc owners_file_find(struct ctx *cx, const struct git *g, struct str commit, struct owners_file *out)
{
    struct found f = {0};
    struct str text = STR("");
    *out = (struct owners_file){.dialect = OWNERS_GITHUB};
    TRY(look(cx, g, commit, &f));
    size_t at = 0;
    while (at < PLACES && !f.at[at].oid.p) at++;
    if (at == PLACES) return OK;
    struct reading r = {.cx = cx, .f = out};
    if (f.at[at].is_file && at > 0) {
        TRY(read_text(cx, g, f.at[at].oid, &text));
        owners_read(text, OWNERS_GITHUB | OWNERS_GITLAB, note_section, &r);
    }
    out->path = str_from(places[at]);
    out->oid = f.at[at].oid;
    out->is_file = f.at[at].is_file;
    out->dialect = is_gitlab(&f, r.sections) ? OWNERS_GITLAB : OWNERS_GITHUB;
    /* GitHub does not look into .gitlab/ */
    if (at == 3 && out->dialect == OWNERS_GITHUB) *out = (struct owners_file){.dialect = OWNERS_GITHUB};
    return OK;
}

enum rc owners_file_read(struct ctx *cx, const struct git *g, struct owners_file *f)
{
    struct str text;
    struct reading r = {.cx = cx, .f = f, .dialects = (int)f->dialect};
    f->n = 0;
    if (!f->oid.p || !f->is_file) return OK;
    TRY(read_text(cx, g, f->oid, &text));
    owners_read(text, (int)f->dialect, take_line, &r);
    return OK;
}

struct str owners_file_fault(struct ctx *cx, const struct owners_file *f, enum lang lang)
{
    static const struct {
        const char *error, *words[LANG_COUNT];
    } said[] = {
        {"invalid_owner",
         {"an owner that is no account, team or address", "omistaja, joka ei ole tunnus, tiimi eikä osoite"}},
        {"unsupported_negation", {"patterns with ! are not supported", "!-merkkiä ei tueta"}},
        {"character_class", {"patterns with [ ] are not supported", "hakasulkeita ei tueta"}},
        {"escaped_hash", {"a pattern cannot start with an escaped #", "kuvio ei voi alkaa merkeillä \\#"}},
        {"file_too_large", {"the file is over 3 MiB", "tiedosto on yli 3 Mt"}},
        {"too_many_lines", {"the file has over 100,000 lines", "tiedostossa on yli 100 000 riviä"}},
    };
    if (f->oid.p && !f->is_file)
        return arena_printf(&cx->arena,
                            lang == LANG_FI ? STR_FMT " ei ole tavallinen tiedosto" : STR_FMT " is no regular file",
                            STR_ARG(f->path));
    for (size_t i = 0; i < f->n; i++)
        for (size_t k = 0; f->lines[i].error && k < sizeof said / sizeof *said; k++)
            if (strcmp(f->lines[i].error, said[k].error) == 0)
                return arena_printf(&cx->arena, lang == LANG_FI ? STR_FMT ", rivi %lld: %s" : STR_FMT ", line %lld: %s",
                                    STR_ARG(f->path), (long long)f->lines[i].line, said[k].words[lang]);
    return STR_NONE;
}

bool owners_line_counts(const struct owners_line *line)
{
    /* of a line with an owner that is none the others count; what no host reads is no pattern */
    return !line->error || strcmp(line->error, "no_owner") == 0 || strcmp(line->error, "invalid_owner") == 0;
}

bool pattern_is_general(struct str pattern)
{
    while (pattern.n && strchr("/*", pattern.p[0])) pattern = str_slice(pattern, 1, pattern.n);
    return pattern.n == 0;
}

enum rc owners_file_index(struct ctx *cx, const struct owners_file *f, struct owners_index **exact,
                          struct owners_index **folded)
{
    struct arena *a = &cx->arena;
    *exact = *folded = NULL;
    if (!f->n) return OK;
    *exact = owners_index_new(a, f->dialect, LIMIT_CODEOWNERS_WORK);
    *folded = owners_index_new(a, f->dialect, LIMIT_CODEOWNERS_WORK);
    struct str *sections = arena_array(a, struct str, f->n + 1);
    int32_t n_sections = 1; /* 0: lines of no section */
    for (size_t i = 0; i < f->n; i++) {
        const struct owners_line *line = &f->lines[i];
        struct str pattern = line->pattern, as_folded;
        bool exclusion = f->dialect == OWNERS_GITLAB && str_starts(pattern, STR("!"));
        if (!owners_line_counts(line)) continue;
        int32_t section = 0;
        if (line->section.p) {
            for (section = 1; section < n_sections && !str_eq_nocase(sections[section], line->section);) section++;
            if (section == n_sections) sections[n_sections++] = line->section;
        }
        if (exclusion) pattern = str_slice(pattern, 1, pattern.n);
        TRY(path_folded(cx, pattern, &as_folded));
        owners_index_add(*exact, pattern, (int32_t)i, section, exclusion);
        owners_index_add(*folded, as_folded, (int32_t)i, section, exclusion);
    }
    return OK;
}

/* Scripts that people or automation call: makefiles, justfiles, package.json scripts, shell scripts, tox.ini. What a
 * target's name says counts, and what its commands are for. */
#include <ctype.h>

#include <jansson.h>

#include "base/limits.h"
#include "observe/commands.h"
#include "observe/content_rows.h"
#include "observe/downloads.h"

static const char script_folders[] =
    "scripts|script|bin|tools|ci|.ci|build|hack|dev|devtools|ops|deploy|deployment|release|.github|utils|maint|util";

static bool is_makefile(const struct place *pl)
{
    return pl->depth < 2 && (text_is(pl->name, "makefile|gnumakefile|justfile|.justfile") ||
                             str_eq_nocase(pl->name, STR("makefile.am")));
}

bool script_wants(const struct place *pl)
{
    if (pl->sample || pl->test) return false;
    if (is_makefile(pl)) return true;
    if (pl->depth < 2 && text_is(pl->name, "package.json|composer.json|tox.ini")) return true;
    bool shell = text_is(pl->ext, "sh|bash|ps1|cmd|bat");
    if (!shell && pl->ext.n) return false;
    if (!pl->dir.n) return shell;
    struct str top = str_slice(pl->dir, 0, (size_t)((char *)memchr(pl->dir.p, '/', pl->dir.n) - pl->dir.p));
    return pl->depth < 4 && text_is(top, script_folders) && (shell || text_is(str_from(pl->class), "code|ci"));
}

/* "$(GO) test" is most likely "go test": a variable stands for what it is called. */
static struct str with_variables_named(struct arena *a, struct str t)
{
    if (!str_has(t, STR("$(")) && !str_has(t, STR("${"))) return t;
    char *out = arena_alloc(a, t.n + 1);
    size_t n = 0;
    for (size_t i = 0; i < t.n; i++) {
        size_t end = i + 2;
        while (t.p[i] == '$' && end < t.n && (isupper((unsigned char)t.p[end]) || t.p[end] == '_')) end++;
        bool variable = t.p[i] == '$' && i + 1 < t.n && strchr("({", t.p[i + 1]) && end > i + 2 && end < t.n &&
                        strchr(")}", t.p[end]);
        if (!variable) {
            out[n++] = t.p[i];
            continue;
        }
        for (size_t k = i + 2; k < end; k++) out[n++] = (char)tolower((unsigned char)t.p[k]);
        i = end;
    }
    return (struct str){out, n};
}

static void read_makefile(struct content *c, struct str text)
{
    struct job j = {.name = STR_NONE, .environment = STR_NONE};
    struct lines l = {.rest = text};
    struct str line, target = STR_NONE;
    int64_t target_line = 0;
    while (lines_next(&l, &line)) {
        if (line.n > LIMIT_LINE_SCAN) continue;
        bool recipe =
            line.n && (line.p[0] == '\t' || (line.p[0] == ' ' && text_is(c->place.name, "justfile|.justfile")));
        struct str t = str_trim(line);
        if (recipe) {
            while (t.n && strchr("@-+", t.p[0])) t = str_trim(str_slice(t, 1, t.n));
            j.name = target;
            if (target.p && target_line) {
                const char *role = command_target_role(target);
                if (role) rows_step(c, &j, target_line, role);
                target_line = 0; /* a target without commands is an alias: its parts speak */
            }
            if (t.n < 4096) commands_read(c, &j, l.line, with_variables_named(c->arena, t));
            continue;
        }
        const char *colon = t.n && t.p[0] != '#' && t.p[0] != '.' ? memchr(t.p, ':', t.n) : NULL;
        if (!colon || (colon + 1 < t.p + t.n && colon[1] == '=')) {
            if (t.n) target = STR_NONE;
            continue;
        }
        struct str names = str_trim(str_slice(t, 0, (size_t)(colon - t.p)));
        const char *space = names.n ? memchr(names.p, ' ', names.n) : NULL;
        target = space ? str_slice(names, 0, (size_t)(space - names.p)) : names;
        for (size_t i = 0; i < target.n; i++)
            if (!isalnum((unsigned char)target.p[i]) && !strchr("-_.:", target.p[i])) {
                target = STR_NONE;
                break;
            }
        if (target.p) target = text_visible(c->arena, target, 100);
        target_line = l.line;
    }
}

/* The line of `"key"` behind the first `"scripts"`. jansson keeps no lines. */
static int64_t line_of_key(struct str text, const char *key)
{
    struct str quoted = {NULL, 0};
    char b[128];
    int n = snprintf(b, sizeof b, "\"%s\"", key);
    if (n > 0 && (size_t)n < sizeof b) quoted = (struct str){b, (size_t)n};
    const char *scripts = str_find(text, STR("\"scripts\"")), *at = NULL;
    if (scripts && quoted.p) at = str_find(str_slice(text, (size_t)(scripts - text.p), text.n), quoted);
    if (!at) return 1;
    int64_t line = 1;
    for (const char *p = text.p; p < at; p++) line += *p == '\n';
    return line;
}

static void read_package_json(struct content *c, struct str text)
{
    json_t *root = json_loadb(text.p, text.n, 0, NULL);
    json_t *scripts = json_object_get(root, "scripts"), *v;
    const char *key;
    int count = 0;
    json_object_foreach(scripts, key, v)
    {
        if (count++ > 200) break;
        const char *list = json_is_string(v) ? json_string_value(v) : NULL;
        struct str command = list ? str_from(list) : STR_NONE;
        /* npm's own placeholder tests nothing */
        if (str_has(command, STR("no test specified"))) continue;
        int64_t line = line_of_key(text, key);
        struct job j = {.name = text_visible(c->arena, str_from(key), 100), .environment = STR_NONE};
        const char *role = command_target_role(str_from(key));
        if (role) rows_step(c, &j, line, role);
        if (command.n && command.n < 4096 && !memchr(command.p, '\n', command.n)) commands_read(c, &j, line, command);
    }
    json_decref(root);
}

static void read_tox(struct content *c, struct str text)
{
    struct job j = {.name = STR_NONE, .environment = STR_NONE};
    struct lines l = {.rest = text};
    struct str line;
    bool commands = false;
    while (lines_next(&l, &line)) {
        struct str t = str_trim(line);
        bool indented = line.n && (line.p[0] == ' ' || line.p[0] == '\t');
        if (!indented) commands = str_starts(t, STR("commands")) && t.n < 1000;
        if (!commands || !t.n || t.n > 4096) continue;
        const char *eq = !indented ? memchr(t.p, '=', t.n) : NULL;
        if (!indented) t = eq ? str_trim(str_slice(t, (size_t)(eq - t.p) + 1, t.n)) : STR("");
        if (str_starts(t, STR("{")) && memchr(t.p, ' ', t.n)) continue; /* a substitution: what it runs is not known */
        commands_read(c, &j, l.line, t);
    }
}

void script_read(struct content *c, struct str text)
{
    const struct place *pl = &c->place;
    int64_t before = c->rows;
    if (is_makefile(pl)) {
        read_makefile(c, text);
        downloads_read(c, 1, text);
    } else if (text_is(pl->ext, "json"))
        read_package_json(c, text);
    else if (text_is(pl->name, "tox.ini"))
        read_tox(c, text);
    else {
        bool shell = text_is(pl->ext, "sh|bash|ps1|cmd|bat") ||
                     (str_starts(text, STR("#!")) && str_has(str_slice(text, 0, 100), STR("sh")));
        if (!shell) return;
        struct job j = {.name = STR_NONE, .environment = STR_NONE};
        if (text_is(pl->stem, "deploy|rollback|release|publish")) rows_step(c, &j, 1, command_target_role(pl->stem));
        commands_read(c, &j, 1, text);
        downloads_read(c, 1, text);
    }
    if (c->rows > before) ROW(c, T_CI_FILE, CTEXT("script"), INT(0), INT(0), NOTHING);
}

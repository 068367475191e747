/* A shell line is cut into simple commands; of each, what runs another command (sudo, npx, python -m, poetry run …) is
 * taken off, and the rest is looked up by its name and words. What is not understood says nothing. */
#include "observe/commands.h"

#include <ctype.h>

#include "base/limits.h"
#include "observe/commands_table.h"

#define WORDS_MAX 200   /* words looked at of one command */
#define JOINED_MAX 8192 /* bytes looked at of one joined line */
#define HEREDOC_MAX 64

/* These run what follows them; their own options are passed over. */
static const char wrappers[] =
    "sudo|time|env|nice|ionice|exec|command|nohup|xvfb-run|npx|bunx|pnpx|uvx|if|then|do|else|elif|while|until|!|"
    "{|(|@|-|catchsegv|stdbuf|unbuffer|dumb-init|tini|retry|dotenv|cross-env|setarch|ccache|valgrind|wine|faketime|"
    "chronic|eatmydata|"
    "act|doas|gosu|su-exec|linux32|linux64|&|setsid|winpty|timeout|run";
/* These do with the word behind them. */
static const struct {
    const char *first, *second;
} wrappers_of_two[] = {
    {"poetry", "run"}, {"uv", "run"},      {"pipenv", "run"},  {"hatch", "run"},   {"pdm", "run"},
    {"rye", "run"},    {"pipx", "run"},    {"bundle", "exec"}, {"npm", "exec"},    {"npm", "x"},
    {"pnpm", "exec"},  {"pnpm", "dlx"},    {"yarn", "exec"},   {"yarn", "dlx"},    {"bun", "x"},
    {"python", "-m"},  {"python3", "-m"},  {"py", "-m"},       {"python2", "-m"},  {"conda", "run"},
    {"mise", "exec"},  {"direnv", "exec"}, {"go", "tool"},     {"dotnet", "tool"}, {"wine", "cmd"},
};
/* These run a file by its name. */
static const char interpreters[] = "python|python3|python2|bash|sh|zsh|perl|ruby|php|node|pwsh|powershell|tclsh|py|"
                                   "deno|ts-node|tsx|bun|source|.|rails";
/* What follows is the name of a target. `word` must come before it, NULL for none. */
static const struct {
    const char *command, *word;
} targeted[] = {
    {"npm", "run|run-script"},
    {"pnpm", "run"},
    {"yarn", "run"},
    {"bun", "run"},
    {"make", NULL},
    {"gmake", NULL},
    {"just", NULL},
    {"task", NULL},
    {"invoke", NULL},
    {"inv", NULL},
    {"rake", NULL},
    {"composer", "run|run-script"},
    {"tox", "-e"},
    {"nox", "-s"},
    {"hatch", "run"},
    {"deno", "task"},
    {"composer", NULL},
    {"yarn", NULL},
    {"pnpm", NULL},
    {"poe", NULL},
    {"cargo", "xtask|make"},
    {"ant", NULL},
    {"mage", NULL},
    {"nx", NULL},
    {"nox", "-e|--session|--sessions"},
    {"cmake", "--target|-t"},
    {"ninja", NULL},
};
static const char no_targets[] = "install|ci|add|remove|update|upgrade|config|global|cache|why|outdated|link|create|"
                                 "dlx|version|info|require|dump-autoload";

struct words {
    struct str at[WORDS_MAX];
    size_t n;
};

static bool fits_one_of(struct str word, struct str alternatives)
{
    struct str rest = alternatives, one;
    while (str_cut(&rest, '|', &one)) {
        if (one.n > 1 && one.p[0] == '*' && one.p[one.n - 1] == '*') {
            if (str_has_nocase(word, str_slice(one, 1, one.n - 1))) return true;
        } else if (one.n > 1 && one.p[0] == '*') {
            if (str_ends_nocase(word, str_slice(one, 1, one.n))) return true;
        } else if (one.n > 1 && one.p[one.n - 1] == '*') {
            if (str_starts_nocase(word, str_slice(one, 0, one.n - 1))) return true;
        } else if (str_eq(word, one) || (one.p[0] != '-' && str_eq_nocase(word, one))) {
            return true;
        }
    }
    return false;
}

static bool word_fits(struct str word, const char *alternatives)
{
    return fits_one_of(word, str_from(alternatives));
}

const char *command_target_role(struct str name)
{
    for (size_t i = 0; i < targets_table_n; i++)
        if (word_fits(name, targets_table[i].words)) return targets_table[i].role;
    return NULL;
}

static struct str base_name(struct str word)
{
    size_t slash = word.n;
    while (slash && word.p[slash - 1] != '/' && word.p[slash - 1] != '\\') slash--;
    struct str name = str_slice(word, slash, word.n);
    static const char *const endings[] = {".exe", ".cmd", ".bat", ".phar"};
    for (size_t i = 0; i < sizeof endings / sizeof endings[0]; i++)
        if (str_ends_nocase(name, str_from(endings[i]))) name.n -= strlen(endings[i]);
    /* "npx eslint@9", "go run x/y@v1" */
    const char *at = name.n > 1 ? memchr(name.p + 1, '@', name.n - 1) : NULL;
    if (at) name.n = (size_t)(at - name.p);
    return name;
}

static bool is_assignment(struct str w)
{
    const char *eq = w.n ? memchr(w.p, '=', w.n) : NULL;
    if (!eq || eq == w.p) return false;
    for (const char *p = w.p; p < eq; p++)
        if (!isalnum((unsigned char)*p) && *p != '_') return false;
    return true;
}

static bool is_number(struct str w)
{
    for (size_t i = 0; i < w.n; i++)
        if (!isdigit((unsigned char)w.p[i]) && !(i + 1 == w.n && strchr("smhd", w.p[i]))) return false;
    return w.n > 0;
}

/* Takes off what only runs the rest; *from moves to the command's own name. */
static void unwrap(const struct words *w, size_t *from)
{
    for (size_t i = *from; i < w->n; *from = i) {
        struct str word = base_name(w->at[i]);
        if (is_assignment(w->at[i]) || w->at[i].p[0] == '-' || is_number(w->at[i])) {
            i++;
            continue;
        }
        bool two = false;
        for (size_t k = 0; i + 1 < w->n && k < sizeof wrappers_of_two / sizeof wrappers_of_two[0]; k++)
            two = two || (str_eq(word, str_from(wrappers_of_two[k].first)) &&
                          str_eq(w->at[i + 1], str_from(wrappers_of_two[k].second)));
        if (two) {
            i += 2;
            continue;
        }
        if (text_is(word, wrappers) && (i + 1 < w->n)) {
            i++;
            continue;
        }
        if (text_is(word, interpreters) && i + 1 < w->n && w->at[i + 1].p[0] != '-' && !str_eq(word, STR("deno"))) {
            /* "python manage.py", "rails" keeps its words */
            if (str_eq(word, STR("rails")) || str_eq(word, STR("bun"))) return;
            i++;
            continue;
        }
        return;
    }
}

/* "-Dcheck.skip-spotbugs=true", "-x spotbugsMain": named to be left out. */
static bool is_left_out(const struct words *w, size_t at)
{
    if (w->at[at].p[0] == '-' && str_has_nocase(w->at[at], STR("skip"))) return true;
    return at && (str_eq(w->at[at - 1], STR("-x")) || str_eq(w->at[at - 1], STR("--exclude-task")));
}

/* Whether the words from `from` on fit a row's; name is the first without its folder. */
static bool row_fits(const struct words *w, size_t from, struct str name, const char *words)
{
    struct str rest = str_from(words), want;
    size_t at = from + 1;
    if (!str_cut(&rest, ' ', &want) || !fits_one_of(name, want)) return false;
    while (str_cut(&rest, ' ', &want)) {
        while (at < w->n && (is_left_out(w, at) || !fits_one_of(w->at[at], want))) at++;
        if (at++ >= w->n) return false;
    }
    return true;
}

/* Rows by the first letter of the command's name, those that may begin with anything under 0: scripts have many
 * commands, and the table many rows. */
struct command_index {
    uint16_t *rows[256];
    uint16_t n[256];
};

static unsigned char first_letter(struct str name)
{
    return name.n ? (unsigned char)tolower((unsigned char)name.p[0]) : 0;
}

static void index_row(struct command_index *index, struct arena *a, size_t row)
{
    struct str rest = str_from(commands_table[row].words), names, one;
    (void)str_cut(&rest, ' ', &names);
    while (str_cut(&names, '|', &one)) {
        unsigned char c = one.n && one.p[0] == '*' ? 0 : first_letter(one);
        if (index->n[c] && index->rows[c][index->n[c] - 1] == row) continue;
        if (!index->rows[c]) index->rows[c] = arena_array(a, uint16_t, commands_table_n);
        index->rows[c][index->n[c]++] = (uint16_t)row;
    }
}

static const struct command_index *command_index_of(struct content *c)
{
    if (!c->command_index) {
        c->command_index = arena_new(c->arena, struct command_index);
        for (size_t i = 0; i < commands_table_n; i++) index_row(c->command_index, c->arena, i);
    }
    return c->command_index;
}

static void read_targets(struct content *c, const struct job *j, int64_t line, const struct words *w, size_t from)
{
    struct str name = base_name(w->at[from]);
    for (size_t k = 0; k < sizeof targeted / sizeof targeted[0]; k++) {
        if (!str_eq(name, str_from(targeted[k].command))) continue;
        size_t i = from + 1;
        if (targeted[k].word) {
            while (i < w->n && !word_fits(w->at[i], targeted[k].word)) i++;
            if (i++ >= w->n) continue;
        }
        for (; i < w->n; i++) {
            struct str t = w->at[i];
            if (t.p[0] == '-' && t.n == 2 && strchr("CfjW", t.p[1])) {
                i++;
                continue;
            }
            if (t.p[0] == '-' || is_assignment(t) || is_number(t)) continue;
            if (str_eq(t, STR("run")) && !targeted[k].word) return; /* another row's */
            if (text_is(t, no_targets)) return;
            struct str part, list = t;
            while (str_cut(&list, ',', &part)) {
                const char *role = command_target_role(part);
                if (role) rows_step(c, j, line, role);
            }
            if (!text_is(name, "make|gmake|rake|tox|nox")) break;
        }
        return;
    }
}

/* A script's own name: "./scripts/deploy.sh". */
static void read_script_name(struct content *c, const struct job *j, int64_t line, struct str word)
{
    struct str name = base_name(word);
    bool script = str_ends(name, STR(".sh")) || str_ends(name, STR(".py")) || str_ends(name, STR(".ps1")) ||
                  str_ends(name, STR(".rb")) || str_ends(name, STR(".pl")) || str_ends(name, STR(".bash")) ||
                  str_ends(name, STR(".js")) || str_ends(name, STR(".mjs"));
    if (!script && !memchr(word.p, '/', word.n)) return;
    const char *dot = script ? memrchr(name.p, '.', name.n) : NULL;
    if (dot) name.n = (size_t)(dot - name.p);
    if (text_is(name, "test|tests|deploy|release|publish|rollback|lint|migrate|runtests|run-tests|run_tests|fuzz|sign|"
                      "e2e|coverage|verify|"
                      "build|cibuild|ci-test|run-test|unittest|unit-tests|integration-tests|test-all|check") ||
        word_fits(name,
                  "deploy-*|deploy_*|release-*|publish-*|rollback-*|test-*|test_*|run-*-tests|*-deploy|build-*")) {
        struct str t = str_starts(name, STR("run")) || str_eq(name, STR("cibuild")) ? STR("test") : name;
        const char *role = command_target_role(t);
        if (!role && word_fits(name, "deploy*|*-deploy")) role = "deploy";
        if (role) rows_step(c, j, line, role);
    }
}

static bool is_told_otherwise(const struct words *w, size_t from, const char *role)
{
    for (size_t i = from + 1; i < w->n; i++) {
        if (str_eq(w->at[i], STR("--help")) || str_eq(w->at[i], STR("--version")) || str_eq(w->at[i], STR("-V")))
            return true;
        if (strcmp(role, "release") == 0 &&
            (str_starts(w->at[i], STR("--dry-run")) || str_eq(w->at[i], STR("--snapshot"))))
            return true;
        if (strcmp(role, "test") == 0 &&
            word_fits(w->at[i], "-DskipTests*|-Dmaven.test.skip*|--no-run|-DskipITs=true|-xtest"))
            return true;
        if (str_eq(w->at[i], STR("--collect-only"))) return true;
    }
    return false;
}

static void read_row(struct content *c, const struct job *j, int64_t line, const struct words *w, size_t from,
                     const struct command *row)
{
    struct str name = base_name(w->at[from]);
    if (!row_fits(w, from, name, row->words) || is_told_otherwise(w, from, row->role)) return;
    if (str_eq(name, STR("manage.py")) && strcmp(row->role, "test") == 0 &&
        !(from + 1 < w->n && str_eq(w->at[from + 1], STR("test"))))
        return;
    if (text_is(name, "tox|nox") && w->n > from + 1) { /* which environment says what for */
        for (size_t k = from + 1; k + 1 < w->n; k++)   /* unless it is computed */
            if (text_is(w->at[k], "-e|-s|--session|--sessions") && !memchr(w->at[k + 1].p, '$', w->at[k + 1].n)) return;
    }
    rows_step(c, j, line, row->role);
}

static void read_words(struct content *c, const struct job *j, int64_t line, const struct words *w)
{
    size_t from = 0;
    unwrap(w, &from);
    if (from >= w->n || ++c->commands > LIMIT_CI_COMMANDS) return;
    struct str name = base_name(w->at[from]);
    if (text_is(name, "echo|printf|cat|pip|pip3|apt-get|apt|brew|cd|mkdir|cp|mv|rm|which|type|test|[|[[|export|set|for|"
                      "case|grep|sed|ls|git-config|"
                      "curl|wget|tar|chmod|read|return|exit|choco|yum|dnf|apk|conda|cat|pacman|trap|local|declare|"
                      "unset|alias|function|install"))
        return;
    if (text_is(name, "gem|cargo|go|npm|dotnet|uv|helm|npx|bundle|composer") && from + 1 < w->n &&
        text_is(w->at[from + 1], "install|add|get|fetch|new") && !str_eq(name, STR("go")))
        return;
    const struct command_index *index = command_index_of(c);
    const unsigned char letters[] = {first_letter(name), 0};
    for (size_t l = 0; l < sizeof letters && (l == 0 || letters[0]); l++)
        for (size_t i = 0; i < index->n[letters[l]]; i++)
            read_row(c, j, line, w, from, &commands_table[index->rows[letters[l]][i]]);
    read_targets(c, j, line, w, from);
    read_script_name(c, j, line, w->at[from]);
}

/* "|| true" behind a command: whether it failed stays unknown, so that it shows nothing. */
static bool is_waved_through(struct str rest)
{
    if (!str_starts(rest, STR("||"))) return false;
    rest = str_trim(str_slice(rest, 2, rest.n));
    size_t n = 0;
    while (n < rest.n && !strchr(" \t;|&)`\"'", rest.p[n])) n++;
    struct str word = str_slice(rest, 0, n);
    return str_eq(word, STR("true")) || str_eq(word, STR(":")) || str_eq(word, STR("/bin/true"));
}

/* Cuts at ; | & and newlines outside quotes, and the commands into words. */
static void read_line(struct content *c, const struct job *j, int64_t line, struct str s)
{
    struct words w = {.n = 0};
    size_t i = 0;
    while (i <= s.n) {
        char ch = i < s.n ? s.p[i] : ';';
        if (ch == ' ' || ch == '\t' || ch == '\r') {
            i++;
            continue;
        }
        if (ch == '#' && (i == 0 || s.p[i - 1] == ' ' || s.p[i - 1] == '\t')) {
            s.n = i;
            continue;
        }
        if (ch == ';' || ch == '|' || ch == '&' || ch == '(' || ch == ')' || ch == '`') {
            if (w.n && !is_waved_through(str_slice(s, i, s.n))) read_words(c, j, line, &w);
            w.n = 0;
            i++;
            continue;
        }
        if (ch == '$' && i + 1 < s.n && s.p[i + 1] == '(') { /* what is inside runs too, as a command of its own */
            i += 2;
            continue;
        }
        size_t from = i;
        bool quoted = ch == '"' || ch == '\'';
        if (quoted) {
            from = ++i;
            while (i < s.n && s.p[i] != ch) i += s.p[i] == '\\' && ch == '"' ? 2 : 1;
            if (i > s.n) i = s.n;
            if (w.n < WORDS_MAX && i > from) w.at[w.n++] = str_slice(s, from, i);
            i++;
            continue;
        }
        while (i < s.n && !strchr(" \t\r;|&()`\"'", s.p[i])) {
            if (s.p[i] == '$' && i + 1 < s.n && s.p[i + 1] == '{') {
                while (i < s.n && s.p[i] != '}') i++;
            }
            i++;
        }
        if (i > s.n) i = s.n;
        if (w.n < WORDS_MAX && i > from)
            w.at[w.n++] = str_slice(s, from, i);
        else if (i == from)
            i++;
    }
}

static bool here_document(struct str line, char *end)
{
    const char *p = str_find(line, STR("<<"));
    if (!p || str_starts(str_slice(line, (size_t)(p - line.p), line.n), STR("<<<"))) return false;
    struct str rest = str_slice(line, (size_t)(p - line.p) + 2, line.n);
    while (rest.n && strchr("- \"'\\", rest.p[0])) rest = str_slice(rest, 1, rest.n);
    size_t n = 0;
    while (n < rest.n && n < HEREDOC_MAX - 1 && (isalnum((unsigned char)rest.p[n]) || rest.p[n] == '_')) n++;
    if (!n || isdigit((unsigned char)rest.p[0])) return false;
    memcpy(end, rest.p, n);
    end[n] = 0;
    return true;
}

void commands_read(struct content *c, const struct job *j, int64_t line, struct str shell)
{
    struct lines l = {.rest = shell, .line = line - 1};
    struct str s;
    char end[HEREDOC_MAX] = "";
    scoped_buf joined;
    buf_init(&joined, JOINED_MAX);
    int64_t first = line;
    while (lines_next(&l, &s)) {
        struct str t = str_trim(s);
        if (end[0]) {
            if (str_eq(t, str_from(end))) end[0] = 0;
            continue;
        }
        if (!joined.n) first = l.line;
        if (t.n && t.p[t.n - 1] == '\\' && l.rest.n) {
            buf_add(&joined, t.p, t.n - 1);
            buf_char(&joined, ' ');
            continue;
        }
        if (joined.n) {
            buf_str(&joined, t);
            t = buf_view(&joined);
        }
        if (t.n && t.p[0] != '#') read_line(c, j, first, str_slice(t, 0, JOINED_MAX));
        if (!here_document(t, end)) end[0] = 0;
        buf_clear(&joined);
    }
    if (joined.n) read_line(c, j, first, buf_view(&joined));
}

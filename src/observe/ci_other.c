/* Automation of other systems, read as text: their commands are recognized, their structure is not. */
#include "observe/commands.h"
#include "observe/content_rows.h"

static const char *system_of(const struct place *pl)
{
    if (str_starts(pl->name, STR("Jenkinsfile")) && pl->depth < 3 && !pl->sample) return "jenkins";
    if (!text_is(pl->ext, "yml|yaml")) return NULL;
    if (!pl->dir.n && (str_eq(pl->stem, STR(".travis")) || str_eq(pl->stem, STR("travis")))) return "travis";
    if (str_eq(pl->dir, STR(".circleci/")) && str_eq(pl->stem, STR("config"))) return "circleci";
    if (pl->depth < 4 &&
        (str_starts(pl->name, STR("azure-pipelines")) || str_starts(pl->dir, STR(".azure-pipelines/"))))
        return "azure";
    if ((!pl->dir.n && str_eq(pl->stem, STR(".woodpecker"))) || str_starts(pl->dir, STR(".woodpecker/")))
        return "woodpecker";
    return NULL;
}

bool ci_other_wants(const struct place *pl)
{
    return system_of(pl) != NULL;
}

/* What stands in quotes; nothing when what follows says that its failure is passed over. */
static struct str without_quotes(struct str s)
{
    struct str rest = s;
    while (rest.n && strchr("'\"", rest.p[0])) rest = str_slice(rest, 1, rest.n);
    const char *end = s.n - rest.n == 1 ? memchr(rest.p, s.p[0], rest.n) : NULL;
    if (end && str_has(str_slice(rest, (size_t)(end - rest.p), rest.n), STR("returnStatus: true"))) return STR("");
    if (end) return str_slice(rest, 0, (size_t)(end - rest.p));
    while (rest.n && strchr("'\") ,", rest.p[rest.n - 1])) rest.n--;
    return rest;
}

/* sh 'make test' and the like; for blocks in ''' each line stands alone. */
static struct str jenkins_command(struct str t)
{
    static const char *const calls[] = {"sh", "bat", "powershell", "pwsh"};
    for (size_t i = 0; i < sizeof calls / sizeof calls[0]; i++) {
        struct str call = str_from(calls[i]);
        const char *at = str_starts(t, call) ? t.p : NULL;
        if (!at || t.n <= call.n || !strchr(" ('\"", t.p[call.n])) continue;
        struct str rest = str_slice(t, call.n, t.n);
        while (rest.n && strchr(" (", rest.p[0])) rest = str_slice(rest, 1, rest.n);
        if (str_starts(rest, STR("script:"))) rest = str_trim(str_slice(rest, 7, rest.n));
        return without_quotes(rest);
    }
    return t;
}

/* "- run: make test", "command: make test", "- script: |", "- make test" */
static struct str yaml_command(struct str t)
{
    while (str_starts(t, STR("- "))) t = str_trim(str_slice(t, 2, t.n));
    static const char *const keys[] = {
        "run:",     "command:",       "script:",        "bash:",   "pwsh:",          "powershell:",
        "install:", "before_script:", "after_success:", "deploy:", "before_install:"};
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++)
        if (str_starts(t, str_from(keys[i]))) t = str_trim(str_slice(t, strlen(keys[i]), t.n));
    if (t.n > 1 && (t.p[0] == '"' || t.p[0] == '\'') && t.p[t.n - 1] == t.p[0]) t = str_slice(t, 1, t.n - 1);
    return t;
}

static bool is_key(struct str t)
{
    size_t i = 0;
    while (i < t.n &&
           (t.p[i] == '_' || t.p[i] == '-' || (t.p[i] >= 'a' && t.p[i] <= 'z') || (t.p[i] >= 'A' && t.p[i] <= 'Z')))
        i++;
    return i && i < t.n && t.p[i] == ':' && (i + 1 == t.n || t.p[i + 1] == ' ');
}

void ci_other_read(struct content *c, struct str text)
{
    const char *system = system_of(&c->place);
    bool jenkins = strcmp(system, "jenkins") == 0;
    struct job j = {.name = STR_NONE, .environment = STR_NONE};
    struct lines l = {.rest = text};
    struct str line;
    while (lines_next(&l, &line)) {
        struct str t = str_trim(line);
        if (!t.n || t.n > 4096 || t.p[0] == '#' || str_starts(t, STR("//"))) continue;
        struct str command = jenkins ? jenkins_command(t) : yaml_command(t);
        if (!jenkins && str_starts(command, STR("image:")))
            rows_image(c, l.line, str_trim(str_slice(command, 6, command.n)));
        if (!command.n || is_key(command)) continue;
        commands_read(c, &j, l.line, command);
    }
    bool change = strcmp(system, "travis") == 0 || strcmp(system, "circleci") == 0 ||
                  str_has(text, STR("pull_request")) || str_has(text, STR("changeRequest"));
    ROW(c, T_CI_FILE, CTEXT(system), INT(1), INT(change), NOTHING);
}

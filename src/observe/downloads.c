#include "observe/downloads.h"

#include "base/limits.h"
#include "scan/scan.h"

static const char checks[] =
    "sha256|sha512|sha384|sha1sum|shasum|md5sum|gpg|minisign|cosign|signify|b2sum|--checksum|digest";

static bool has_any_of(struct str text, const char *words)
{
    struct str rest = str_from(words), word;
    while (str_cut(&rest, '|', &word))
        if (str_has_nocase(text, word)) return true;
    return false;
}

/* A word without quotes and the punctuation of shells around it. */
static struct str bare(struct str word)
{
    while (word.n && strchr("\"'`(<{[@", word.p[0])) word = str_slice(word, 1, word.n);
    while (word.n && strchr("\"'`)>}],;|&", word.p[word.n - 1])) word.n--;
    return word;
}

static bool is_url(struct str word)
{
    bool scheme = str_starts_nocase(word, STR("http://")) || str_starts_nocase(word, STR("https://")) ||
                  str_starts_nocase(word, STR("ftp://"));
    return scheme && word.n < 1000 && scan_url_is_public(word);
}

/* One command with its continuation lines. */
struct command_text {
    struct str urls[16];
    int64_t lines[16];
    size_t n;
    bool curl, wget, add, keeps, asks;
};

static void see_word(struct command_text *t, struct str raw, int64_t line)
{
    struct str word = bare(raw);
    if (!word.n) {
        t->keeps = t->keeps || str_eq(raw, STR("|")) || str_eq(raw, STR(">"));
        return;
    }
    const char *slash = memrchr(word.p, '/', word.n);
    struct str name =
        slash && !str_has(word, STR("://")) ? str_slice(word, (size_t)(slash + 1 - word.p), word.n) : word;
    t->curl = t->curl || str_eq(name, STR("curl"));
    t->wget = t->wget || str_eq(name, STR("wget"));
    if (word.p[0] == '-' && word.n > 1) {
        bool letters = word.p[1] != '-';
        t->keeps = t->keeps || str_starts(word, STR("--output")) || str_starts(word, STR("--remote-name")) ||
                   (letters && t->curl && (memchr(word.p, 'o', word.n) || memchr(word.p, 'O', word.n)));
        t->asks = t->asks || str_starts(word, STR("--data")) || str_starts(word, STR("--request")) ||
                  str_starts(word, STR("--spider")) || str_starts(word, STR("--head")) ||
                  str_starts(word, STR("--upload")) || str_starts(word, STR("--form")) || str_eq(word, STR("-X")) ||
                  str_eq(word, STR("-d")) || str_eq(word, STR("-I")) || str_eq(word, STR("-T")) ||
                  str_eq(word, STR("-F"));
    }
    t->asks = t->asks || str_eq(word, STR("/dev/null")) || str_starts(word, STR("%{"));
    t->keeps = t->keeps || (raw.p[0] == '>' && raw.n > 1) || raw.p[raw.n - 1] == '|';
    if (is_url(word) && t->n < sizeof t->urls / sizeof *t->urls) {
        t->urls[t->n] = word;
        t->lines[t->n++] = line;
    }
}

static void leave(struct content *c, const struct command_text *t, bool pinned)
{
    bool downloads = t->add || ((t->curl || t->wget) && !t->asks && (t->keeps || t->wget));
    for (size_t i = 0; downloads && i < t->n; i++) rows_pin(c, t->lines[i], "download", t->urls[i], pinned, false);
}

/* Commands of one line are told apart: what one keeps says nothing about the other. */
static bool ends_command(struct str word)
{
    return str_eq(word, STR("&&")) || str_eq(word, STR(";")) || str_eq(word, STR("||")) ||
           (word.n && word.p[word.n - 1] == ';');
}

void downloads_read(struct content *c, int64_t line, struct str shell)
{
    struct lines l = {.rest = shell, .line = line - 1};
    struct command_text t = {.n = 0};
    struct str text, word;
    if (!str_has_nocase(shell, STR("://"))) return;
    bool pinned = has_any_of(shell, checks);
    while (lines_next(&l, &text)) {
        text = str_trim(text);
        if (text.n > LIMIT_LINE_SCAN || (text.n && text.p[0] == '#')) continue;
        bool goes_on = text.n && text.p[text.n - 1] == '\\';
        if (goes_on) text.n--;
        bool first = true;
        while (str_cut(&text, ' ', &word)) {
            if (!word.n) continue;
            if (first && str_eq_nocase(word, STR("add"))) t.add = true;
            first = false;
            see_word(&t, word, l.line);
            if (!ends_command(word)) continue;
            leave(c, &t, pinned);
            t = (struct command_text){.n = 0};
        }
        if (goes_on) continue;
        leave(c, &t, pinned);
        t = (struct command_text){.n = 0};
    }
    leave(c, &t, pinned);
}

/* What is fetched and run in one breath. */
#include "scan/families.h"

#include <ctype.h>

/* An id of a commit in the address fixes what comes. */
static bool has_commit_id(struct str s)
{
    size_t digits = 0;
    for (size_t i = 0; i < s.n; i++) {
        digits = isxdigit((unsigned char)s.p[i]) ? digits + 1 : 0;
        if (digits == 40 && (i + 1 == s.n || !isalnum((unsigned char)s.p[i + 1]))) return true;
    }
    return false;
}

static bool opens_quote(struct str line)
{
    bool open = false;
    for (size_t i = 0; i < line.n; i++)
        if (line.p[i] == '"' && (i == 0 || line.p[i - 1] != '\\')) open = !open;
    return open;
}

bool check_download_to_shell(struct scanner *s, struct match *m)
{
    const struct file_facts *f = scanner_file(s);
    struct str c = scanner_content(s), head = str_slice(c, m->line_at, m->begin), command = m->group[0];
    m->value = STR_NONE;
    if (f->dev) return false;
    if (!has_any(command, "://|$|.sh|.com|.io|.org|.net|.dev|.sh/|%7b")) return false;
    struct str host = url_host(command);
    if (has_any(command, "localhost|127.0.0.1|0.0.0.0|169.254.169.254|file://") || has_commit_id(command) ||
        (host.n && host_is_made_up(host) && !memchr(host.p, '$', host.n)))
        return false;
    if (has_any(command, "sha256sum|shasum|gpg --verify|cosign verify|minisign")) return false;
    if (has_any_word(head, "echo|printf|print|println|log|warn|warning|die|info|error|say|usage|puts|cat|message|msg|"
                           "description|note|notice|help|raise|"
                           "throw|fail|abort|cout|stderr|stdout|instructions|hint"))
        return false;
    if (is_any(f->ext, "md|rst|txt|adoc|html|htm|json|po|svg|css|csv|xml"))
        return is_any(f->name, "package.json|composer.json|devcontainer.json");
    bool runs = f->script || f->kind == IN_CI ||
                is_any(f->ext, "yml|yaml|tf|hcl|toml|cfg|template|service|tpl|mk|conf|j2|nix") ||
                (f->syntax == SYNTAX_NONE && f->kind != IN_TEST);
    if (!runs &&
        !has_any(head, "exec|spawn|system(|popen|subprocess|.run(|shell|sh(|`|cmd|command|check_call|check_output"))
        return false;
    /* a text printed by a here-document, or in quotes that stay open over lines */
    bool quoted = false;
    struct str rest = scanner_before(s, m->begin, 25), line;
    struct str word = STR_NONE;
    while (str_cut(&rest, '\n', &line)) {
        if (word.n && str_eq(str_trim(line), word)) word = STR_NONE;
        if (opens_quote(line)) quoted = !quoted && has_any_word(line, "echo|printf");
        const char *doc = str_find(line, STR("<<"));
        if (doc && doc[2] != '<' && !word.n && has_any_word(line, "cat|echo|tee|usage|print")) {
            word = str_trim(str_slice(line, (size_t)(doc - line.p) + 2, line.n));
            while (word.n && strchr("-~\"'\\", word.p[0])) word = str_slice(word, 1, word.n);
            size_t n = 0;
            while (n < word.n && ((word.p[n] | 0x20) >= 'a' || word.p[n] == '_') && (word.p[n] | 0x20) <= 'z') n++;
            word.n = n;
            if (memchr(line.p, '>', (size_t)(doc - line.p))) word = STR_NONE; /* written to a file that will run */
        }
    }
    return word.n == 0 && (!quoted || opens_quote(head));
}

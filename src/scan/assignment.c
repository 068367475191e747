#include "scan/assignment.h"

static bool is_name(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-' ||
           c == '.';
}

static size_t skip_blanks(struct str c, size_t i, size_t end)
{
    while (i < end && (c.p[i] == ' ' || c.p[i] == '\t')) i++;
    return i;
}

/* A string from i on; false when it does not end on the line. */
static bool read_quoted(struct str c, size_t i, size_t end, struct assignment *a)
{
    char q = c.p[i];
    size_t n = i + 1;
    while (n < end && c.p[n] != q) n += c.p[n] == '\\' && n + 1 < end ? 2 : 1;
    if (n >= end) return false;
    a->value = str_slice(c, i + 1, n);
    a->quoted = true;
    size_t after = skip_blanks(c, n + 1, end);
    if (after < end && (c.p[after] == '+' || c.p[after] == '%')) return false; /* goes on: not a literal */
    if (after < end && c.p[after] == '.' && after + 1 < end && c.p[after + 1] != 't' && c.p[after + 1] != 'e' &&
        c.p[after + 1] != 'f')
        return false; /* PHP's concatenation, "…".format(…) */
    return a->value.n > 0;
}

static bool read_bare(struct str c, size_t i, size_t end, struct assignment *a)
{
    size_t n = i;
    while (n < end && !strchr(" \t\r\"'`,;<>(){}[]", c.p[n])) n++;
    if (n == i || (n < end && strchr("\"'`<>(){}[]", c.p[n]))) return false;
    a->value = str_slice(c, i, n);
    size_t after = skip_blanks(c, n, end);
    /* a sentence or a further key, not a value; a comment and further words of a command are fine */
    return after == end || c.p[after] == '\r' || c.p[after] == '#' || c.p[after] == '\\' || c.p[after] == ';' ||
           after == n || c.p[after] == '-' || memchr(c.p + after, '=', end - after) != NULL;
}

/* <password>value</password>, <add key="password" value="x"/>, <property name="password" value="x"/>,
 * <user password="x"/> */
static bool read_xml(struct str c, size_t from, size_t to, size_t line_at, size_t end, struct assignment *a)
{
    a->attribute = true;
    if (from > line_at && c.p[from - 1] == '<' && to < end && c.p[to] == '>') {
        const char *close = memchr(c.p + to, '<', end - to);
        if (!close || close[1] != '/') return false;
        a->value = str_trim(str_slice(c, to + 1, (size_t)(close - c.p)));
        return a->value.n > 0;
    }
    if (to + 1 < end && c.p[to] == '=' && (c.p[to + 1] == '"' || c.p[to + 1] == '\''))
        return read_quoted(c, to + 1, end, a);
    if (to >= end || (c.p[to] != '"' && c.p[to] != '\'')) return false;
    size_t i = skip_blanks(c, to + 1, end);
    if (end - i > 6 && memcmp(c.p + i, "value=", 6) == 0 && (c.p[i + 6] == '"' || c.p[i + 6] == '\''))
        return read_quoted(c, i + 6, end, a);
    return false;
}

/* - name: DB_PASSWORD
 *   value: x            (Kubernetes, compose, task definitions) */
static bool read_named_value(struct str c, size_t from, size_t line_at, size_t end, struct assignment *a)
{
    struct str head = str_trim(str_slice(c, line_at, from));
    if (!str_ends_nocase(head, STR("name:")) && !str_ends_nocase(head, STR("name: \"")) &&
        !str_ends_nocase(head, STR("\"name\": \"")))
        return false;
    if (end >= c.n) return false;
    size_t i = skip_blanks(c, end + 1, c.n);
    const char *nl = i < c.n ? memchr(c.p + i, '\n', c.n - i) : NULL;
    size_t stop = nl ? (size_t)(nl - c.p) : c.n;
    if (i < stop && c.p[i] == '"') i++;
    if (stop - i < 7 || memcmp(c.p + i, "value", 5) != 0) return false;
    i += 5;
    if (c.p[i] == '"') i++;
    if (c.p[i] != ':') return false;
    i = skip_blanks(c, i + 1, stop);
    if (i >= stop) return false;
    return c.p[i] == '"' || c.p[i] == '\'' ? read_quoted(c, i, stop, a) : read_bare(c, i, stop, a);
}

/* variable "db_password" { … default = "x" } */
static bool read_terraform_default(struct str c, size_t from, size_t line_at, size_t end, struct assignment *a)
{
    if (!str_eq(str_trim(str_slice(c, line_at, from)), STR("variable \""))) return false;
    struct str rest = str_slice(c, end, end + 600), line;
    while (str_cut(&rest, '\n', &line)) {
        struct str t = str_trim(line);
        if (str_eq(t, STR("}"))) return false;
        if (!str_starts(t, STR("default"))) continue;
        const char *quote = memchr(t.p, '"', t.n);
        return quote && read_quoted(c, (size_t)(quote - c.p), (size_t)(line.p + line.n - c.p), a);
    }
    return false;
}

static bool takes_bare_values(const struct file_facts *f)
{
    if (is_any(f->ext, "json|json5|js|ts|py|rb|toml|tf|hcl")) return false;
    return f->settings || f->script || f->syntax == SYNTAX_INI || (f->syntax == SYNTAX_NONE && f->kind != IN_CODE);
}

bool assignment_read(struct scanner *s, size_t at, size_t line_at, size_t line_end, struct assignment *a)
{
    const struct file_facts *f = scanner_file(s);
    struct str c = scanner_content(s);
    *a = (struct assignment){0};
    size_t from = at, to = at, end = line_end;
    while (from > line_at && is_name(c.p[from - 1]) && at - from < 80) from--;
    while (to < end && is_name(c.p[to]) && to - at < 80) to++;
    a->name = str_slice(c, from, to);
    const char *dot = memrchr(a->name.p, '.', a->name.n);
    a->key = dot ? str_slice(a->name, (size_t)(dot - a->name.p) + 1, a->name.n) : a->name;
    if (f->syntax == SYNTAX_XML) return read_xml(c, from, to, line_at, end, a);
    size_t i = to;
    if (read_named_value(c, from, line_at, line_end, a) || read_terraform_default(c, from, line_at, line_end, a))
        return true;
    if (f->syntax == SYNTAX_C && str_eq(str_trim(str_slice(c, line_at, from)), STR("#define"))) {
        i = skip_blanks(c, i, end);
        return i < end && c.p[i] == '"' && read_quoted(c, i, end, a);
    }
    /* closing quote and bracket of the key: "password", ['password'], :password */
    if (i < end && strchr("\"'`", c.p[i])) i++;
    if (i < end && c.p[i] == ']') i++;
    i = skip_blanks(c, i, end);
    if (i >= end) return false;
    bool docker_env = false;
    if (c.p[i] == ':' && i + 1 < end && c.p[i + 1] == '=')
        i += 2;
    else if (c.p[i] == '=' && i + 1 < end && c.p[i + 1] == '>')
        i += 2;
    else if (c.p[i] == '=' && (i + 1 >= end || (c.p[i + 1] != '=' && c.p[i + 1] != '~')))
        i++;
    else if (c.p[i] == ':' && (i + 1 >= end || c.p[i + 1] != ':')) {
        i = skip_blanks(c, i + 1, end);
        /* a type between: `password: string = "x"` */
        if (i < end && !strchr("\"'`", c.p[i])) {
            size_t t = i;
            while (t < end && (is_name(c.p[t]) || strchr("<>[]|?&", c.p[t]))) t++;
            size_t e = skip_blanks(c, t, end);
            if (t > i && e < end && c.p[e] == '=' && (e + 1 >= end || (c.p[e + 1] != '=' && c.p[e + 1] != '>')) &&
                (f->syntax == SYNTAX_JS || f->syntax == SYNTAX_PYTHON || f->syntax == SYNTAX_C))
                i = e + 1;
        }
    } else if (c.p[i] == ',' && i > to && strchr("\"'", c.p[i - 1])) {
        /* define('DB_PASSWORD', 'x'), setProperty("password", "x"), ENV.fetch("X", "default") */
        struct str head = str_slice(c, line_at, from);
        if (!has_any(head, "define(|property(|putenv(|.put(|.set(|setenv(|config(|environment(|fetch(|getenv(|environ."
                           "get(|.get(|env("))
            return false;
        i++;
    } else if (i > to && takes_bare_values(f) && str_starts_nocase(str_trim(str_slice(c, line_at, from)), STR("ENV"))) {
        docker_env = true;
    } else {
        return false;
    }
    i = skip_blanks(c, i, end);
    if (i < end && strchr("brufRBUFL@$", c.p[i]) && i + 1 < end && strchr("\"'", c.p[i + 1])) {
        if (strchr("fF$", c.p[i])) return false; /* interpolated */
        i++;
    }
    if (i >= end) return false;
    if (strchr("\"'`", c.p[i])) return read_quoted(c, i, end, a);
    return (docker_env || takes_bare_values(f)) && read_bare(c, i, end, a);
}

static const char *const not_the_value = "forgot|forgotten|reset|confirm|confirmation|confirmed|repeat|again|invalid|"
                                         "wrong|missing|incorrect|bad|show|hide|toggle|enter|verify|validate|"
                                         "check|change|changed|changing|update|updated|csrf|xsrf|page|next|prev|"
                                         "previous|public|no|has|have|is|with|without|input|label|need|needs|"
                                         "type|field|column|param|parameter|header|message|msg|error|errors|help|hint|"
                                         "text|title|min|max|length|regex|pattern|policy|format|name|"
                                         "hash|hashed|encrypted|crypted|digest|salt|url|uri|path|file|dir|link|id|"
                                         "placeholder|require|required|requires|use|using|enable|enabled|disable|"
                                         "disabled|allow|old|new|current|remember|empty|blank|prompt|ask|expired|"
                                         "expire|expires|strength|test|fake|mock|dummy|example|sample|"
                                         "lexer|parser|syntax|bos|eos|unk|pad|sep|mask|stop|separator|cancellation|"
                                         "cursor|continuation|sync|list|template|resource|"
                                         "not|view|form|set|get|on|add|create|delete|remove|bearer_token_file|tooltip|"
                                         "description|attr|attribute|lost|generate|translation";

static bool ends_in(struct str key, const char *words)
{
    while (key.n && key.p[key.n - 1] >= '0' && key.p[key.n - 1] <= '9') key.n--;
    struct str rest = str_from(words), w;
    while (str_cut(&rest, '|', &w)) {
        if (!str_ends_nocase(key, w)) continue;
        size_t at = key.n - w.n;
        if (at == 0 || strchr("_-.$", key.p[at - 1]) || (key.p[at] >= 'A' && key.p[at] <= 'Z') ||
            (w.n >= 6 && w.p[0] != 't'))
            return true;
    }
    return false;
}

bool assignment_names_password(const struct assignment *a)
{
    struct str k = a->key;
    if (k.n < 3 || k.n > 60) return false;
    return ends_in(k, "password|passwd|passphrase|pwd|password_default|passwort|salasana|default_password_value|"
                      "userpass|dbpass|db_pass|"
                      "admin_pass|user_pass|root_pass|mysql_pass|smtp_pass|mail_pass") &&
           !has_any_word(k, not_the_value);
}

bool assignment_names_secret(const struct assignment *a)
{
    struct str k = a->key;
    if (k.n < 5 || k.n > 60) return false;
    return ends_in(k, "secret|token|api_key|apikey|api-key|access_key|accesskey|auth_key|authkey|private_key|"
                      "privatekey|secret_key|"
                      "secretkey|secret-key|app_key|encryption_key|encryptionkey|signing_key|signingkey|master_key|"
                      "masterkey|key_base|"
                      "session_key|hmac_key|jwt_key|account_key|accountkey|secure_auth_key|logged_in_key|nonce_key|"
                      "client_key") &&
           !has_any_word(k, not_the_value);
}

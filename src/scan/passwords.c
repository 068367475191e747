/* Values given to names that say password, secret or token. What counts is whether the literal is the thing itself:
 * random, strong, or guessable where an account is made with it. */
#include "scan/assignment.h"
#include "scan/families.h"

static const char *const first_words =
    "default|initial|init|temp|temporary|fallback|bootstrap|factory|standard|seed|seeded";

static bool is_compose_or_ci(const struct file_facts *f)
{
    return f->kind == IN_CI || has_any(f->name, "compose");
}

/* `value` stands near under a name for a user. */
static bool user_is_same(struct scanner *s, size_t at, struct str value)
{
    if (value.n < 3 || value.n > 40) return false;
    struct str rest = scanner_around(s, at, 3, 3), line;
    while (str_cut(&rest, '\n', &line)) {
        if (!has_any(line, "user|login|email|account")) continue;
        for (const char *p = line.p; p && p < line.p + line.n;) {
            struct str tail = {p, (size_t)(line.p + line.n - p)};
            const char *v = str_find(tail, value);
            if (!v) break;
            char before = v > line.p ? v[-1] : ' ';
            const char *after = v + value.n;
            bool ends = after == line.p + line.n || strchr("\"'`, \r\t;)}", *after);
            struct str head = {line.p, (size_t)(v - line.p)};
            if (strchr("\"'`= :", before) && ends &&
                has_any_word(str_slice(head, head.n > 40 ? head.n - 40 : 0, head.n),
                             "user|username|login|account|name") &&
                !has_any(str_slice(head, head.n > 30 ? head.n - 30 : 0, head.n), "passw|pwd"))
                return true;
            p = v + 1;
        }
    }
    return false;
}

static bool user_stands_near(struct scanner *s, size_t at)
{
    return has_any(scanner_around(s, at, 4, 3),
                   "username|user_name|login|email|user:|user=|'user'|\"user\"|dbuser|db_user|account");
}

/* Set up for one machine: what stands near is reached at localhost. */
static bool stays_on_own_machine(struct scanner *s, size_t at)
{
    const struct file_facts *f = scanner_file(s);
    if (f->production) return false;
    return f->own_machine || has_any(scanner_around(s, at, 12, 12), "localhost|127.0.0.1|[::1]|host.docker.internal") ||
           (f->script && has_any(scanner_content(s), "docker run|podman run|docker compose|docker-compose"));
}

/* The database goes by the same name as its user and password: a default of the set-up, not somebody's account. */
static bool value_names_database(struct scanner *s, size_t at, struct str value)
{
    const struct file_facts *f = scanner_file(s);
    if (f->production || f->deployment) return false;
    struct str rest = scanner_around(s, at, 8, 8), line;
    while (str_cut(&rest, '\n', &line)) {
        const char *v = str_find(line, value);
        struct str head = v ? (struct str){line.p, (size_t)(v - line.p)} : STR_NONE;
        if (v && has_any_word(head, "database|dbname|db|dbs|schema|grant") &&
            !has_any_word(head, "user|username|login|passw|password|pwd|pass"))
            return true;
    }
    return false;
}

/* People nobody is: what makes them is for trying things out. */
static bool makes_up_people(struct scanner *s, size_t at)
{
    return has_any(scanner_around(s, at, 8, 8), "@example.|@test.|faker|fake()|safeemail|example.com|example.org");
}

static bool is_uuid(struct str v)
{
    return v.n == 36 && v.p[8] == '-' && v.p[13] == '-' && v.p[18] == '-' && v.p[23] == '-';
}

static bool is_hex_digest(struct str v)
{
    if (v.n < 32) return false;
    for (size_t i = 0; i < v.n; i++)
        if (!strchr("0123456789abcdefABCDEF", v.p[i])) return false;
    return true;
}

static bool is_text_not_value(struct str v)
{
    return memchr(v.p, ' ', v.n) || has_any_word(v, "required|confirmed|nullable|sometimes|optional") ||
           memchr(v.p, '"', v.n) ||
           has_any(v, "://|./|..|/*|()|=>|</|.js|.py|.html|.json|.php|.yml|.txt|.pem|.key|.java") || v.p[0] == '/' ||
           v.p[0] == '.' || v.p[0] == '#' || v.p[0] == '-' || v.p[0] == '^';
}

static bool is_hash_text(struct str v)
{
    return str_starts(v, STR("$2")) || str_starts(v, STR("$argon2")) || str_starts(v, STR("pbkdf2")) ||
           str_starts(v, STR("$pbkdf2")) || str_starts(v, STR("$6$")) || str_starts(v, STR("$1$")) ||
           str_starts(v, STR("{bcrypt}")) || str_starts(v, STR("scrypt:")) || str_starts(v, STR("sha256:")) ||
           str_starts(v, STR("SCRAM-"));
}

static bool is_known_token_form(struct str v)
{
    return has_any(str_slice(v, 0, 8), "ghp_|gho_|ghs_|ghr_|ghu_|npm_|akia|asia");
}

static bool judge_password(struct scanner *s, struct match *m, const struct assignment *a)
{
    const struct file_facts *f = scanner_file(s);
    struct str v = a->value;
    if (f->dev || f->locale || is_reference(v) || v.n < 3 || v.n > 100 || is_hash_text(v) || is_hex_digest(v) ||
        is_text_not_value(v) || memchr(v.p, '*', v.n) || is_any(f->ext, "patch|diff"))
        return false;
    if (is_any(v, "null|none|nil|true|false|string|text|varchar|undefined|password_hash|str|yes|no|required|optional|"
                  "hidden|pass|basic|unset|void|encrypted|hashed|redacted|masked|replace|removed|filtered|"
                  "char|input|field|md5|sha1|sha256|bcrypt|plain|plaintext|scram-sha-256|trust|disabled|enabled|auto|"
                  "prompt|ask|keyring|file|env"))
        return false;
    bool guessable = text_is_guessable_password(v), same = user_is_same(s, m->begin, v),
         seeded = f->seed && f->kind == IN_CODE;
    bool echoes = is_any(v, "password|passwd|pwd|secret|user|test|default|username|admin_password|passphrase|new-"
                            "password|current-password");
    if (v.p[0] >= 'A' && v.p[0] <= 'Z' && is_any(v, "password|passwort|salasana|passphrase"))
        return false; /* a label */
    struct str line = str_slice(scanner_content(s), m->line_at, m->line_end);
    if (!f->settings && has_any(line, "127.0.0.1|localhost|docker run|docker exec"))
        return false; /* the developer's own machine */
    bool first = has_any_word(a->name, first_words) && !is_compose_or_ci(f) && !f->own_machine && !f->tryout;
    bool settings = f->settings || f->kind == IN_CONFIG;
    bool strong = !is_placeholder(v) && (text_is_random(v) || (text_is_strong_password(v) && !text_is_wordy(v)) ||
                                         (text_is_strong_password(v) && (a->quoted || settings)));
    if (first && f->kind != IN_CI && (guessable || strong || (a->quoted && !is_placeholder(v))) &&
        !(echoes && !settings && !seeded && !has_any_word(a->name, "default|initial"))) {
        m->rule = rules_find("default_password");
        return true;
    }
    if (seeded && a->quoted &&
        !has_any(scanner_before(s, m->begin, 15),
                 "rails.env.dev|rails.env.test|if debug|environment('local')|isdevelopment|local?|"
                 "faker|node_env")) {
        m->rule = rules_find("seeded_account_password");
        return (guessable || strong) && !f->tryout && !makes_up_people(s, m->begin) &&
               (!echoes || user_stands_near(s, m->begin)) && !str_ends_nocase(a->name, v);
    }
    if ((guessable || same) && !is_compose_or_ci(f)) {
        bool here = settings ? !echoes || user_stands_near(s, m->begin) || f->production
                             : (same || user_stands_near(s, m->begin) ||
                                has_any_word(a->name, "admin|root|db|database|superuser")) &&
                                   !echoes;
        if (f->kind == IN_CODE && !settings && !same && !guessable) here = false;
        if (stays_on_own_machine(s, m->begin) || f->tryout || makes_up_people(s, m->begin) ||
            (same && value_names_database(s, m->begin, v)) ||
            (same && !settings && has_any_word(a->name, "db|database")) ||
            has_any(line, "is changed|be changed|overridden|overwritten|replaced by"))
            here = false;
        if (here && f->kind != IN_DATA) {
            m->rule = rules_find("guessable_password");
            m->what = same ? "password equal to its user name" : NULL;
            return true;
        }
    }
    if (guessable && f->production && has_any(f->name, "compose")) {
        m->rule = rules_find("guessable_password");
        return true;
    }
    if (!strong || guessable || f->kind == IN_DATA) return false;
    if (f->kind == IN_CI && !text_is_random(v)) return false;
    m->rule = rules_find("hardcoded_password");
    return true;
}

/* Names of settings that build tools put into what browsers load: whatever they hold is public. */
static bool is_public_setting(struct str name)
{
    static const char *const prefixes[] = {"VITE_",        "NEXT_PUBLIC_", "REACT_APP_", "EXPO_PUBLIC_",
                                           "NUXT_PUBLIC_", "GATSBY_",      "VUE_APP_"};
    for (size_t i = 0; i < sizeof prefixes / sizeof *prefixes; i++)
        if (str_starts(name, str_from(prefixes[i]))) return true;
    return false;
}

/* Somebody looked at the line and told another scanner to let it be. */
static bool is_let_be(struct scanner *s, const struct match *m)
{
    return has_any(str_slice(scanner_content(s), m->line_at, m->line_end),
                   "nosec|noqa: s10|nosonar|gitleaks:allow|allowlist secret|noqa:s10|trufflehog:ignore");
}

bool check_assignment(struct scanner *s, struct match *m)
{
    struct assignment a;
    const struct file_facts *f = scanner_file(s);
    if (f->locale || is_any(f->ext, "html|htm|jsp|xhtml|svg|xsd|cshtml|aspx") ||
        !assignment_read(s, m->begin, m->line_at, m->line_end, &a))
        return false;
    bool password = assignment_names_password(&a), secret = !password && assignment_names_secret(&a);
    if ((!password && !secret) || scanner_in_comment(s, m->begin)) return false;
    m->value = a.value;
    if (password) return judge_password(s, m, &a);
    struct str v = a.value;
    if (is_reference(v) || !text_is_random(v) || is_uuid(v) || is_placeholder(v) || is_text_not_value(v) ||
        is_hash_text(v) || is_known_token_form(v) || str_starts(v, STR("eyJ")) || str_starts(v, STR("AIza")) ||
        has_any_word(a.name, "recaptcha|sitekey|site|publishable|anon"))
        return false;
    if (f->dev || f->kind == IN_DATA || is_public_setting(a.name) || is_let_be(s, m)) return false;
    /* a name elsewhere: dotted or slashed words */
    size_t dots = 0;
    for (size_t i = 0; i < v.n; i++) dots += v.p[i] == '.' || v.p[i] == '/' || v.p[i] == ':' || v.p[i] == '-';
    if (dots * 6 > v.n) return false;
    /* keys of maps in web pages are public by design */
    if (has_any(scanner_around(s, m->begin, 8, 8),
                "tilelayer|leaflet|mapprovider|here.com|mapbox|maps.google|tencent|maplayer|map-provider|mapurl"))
        return false;
    m->rule = rules_find("hardcoded_secret");
    return true;
}

/* --- credentials in addresses --- */

static bool is_name_char(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '+' || c == '-' ||
           c == '.';
}

static bool host_is_production(struct str h)
{
    return has_any_word(h, "prod|production|prd") && !host_is_made_up(h) && memchr(h.p, '.', h.n);
}

bool check_url_credentials(struct scanner *s, struct match *m)
{
    const struct file_facts *f = scanner_file(s);
    struct str c = scanner_content(s);
    size_t at = m->begin, slashes = at;
    while (slashes < at + 6 && slashes + 3 < m->line_end && memcmp(c.p + slashes, "://", 3) != 0) slashes++;
    size_t from = slashes, i = slashes + 3, user_end = 0;
    while (from > m->line_at && is_name_char(c.p[from - 1]) && slashes - from < 24) from--;
    size_t start = i;
    for (; i < m->line_end && i - start < 200; i++) {
        if (c.p[i] == ':' && !user_end) user_end = i;
        if (c.p[i] == '@') break;
        if (strchr("/?\"'`<> \t\r,;()\\|", c.p[i]) || (c.p[i] == '#' && !user_end)) return false;
    }
    if (i >= m->line_end || c.p[i] != '@' || !user_end || user_end == start || i - user_end < 4) return false;
    struct str user = str_slice(c, start, user_end), pass = str_slice(c, user_end + 1, i);
    struct str host = url_host(str_slice(c, from, m->line_end)), scheme = str_slice(c, from, slashes);
    if (host.n == 0 || is_reference(host) || is_reference(user) || is_reference(pass) || strchr("$%*", host.p[0]))
        return false;
    if (memchr(host.p, '@', host.n) || has_any(pass, "*|xxx|...|%(|{|}|[|]|$")) return false;
    if (scanner_in_comment(s, m->begin)) return false;
    m->begin = from;
    m->end = i;
    m->value = pass;
    bool web = has_any(scheme, "http|ftp"), production = host_is_production(host);
    if (f->kind == IN_TEST) {
        m->rule = rules_find("production_credentials_in_test");
        return production && !is_placeholder(pass);
    }
    if (f->dev || has_any_word(user, "user|username|example|foo|your") || has_any(pass, "pass@|passwd")) {
        if (!production) return false;
    }
    bool real = !is_placeholder(pass) && (text_is_random(pass) || text_is_strong_password(pass) ||
                                          (pass.n >= 8 && !text_is_wordy(pass) && text_entropy(pass) > 2.7));
    bool guessable = text_is_guessable_password(pass) || str_eq(user, pass);
    bool outside =
        host_is_public(host) || production ||
        (has_any(host, ".internal|.local|.lan|.corp|.intra") && !host_is_made_up(str_slice(host, 0, host.n - 6)));
    m->rule = rules_find(web ? "basic_auth_url" : "database_url_password");
    if (web && (!real || host_is_made_up(host))) return false;
    if (host_is_made_up(host) && !outside && !memchr(host.p, '.', host.n)) return false;
    if (has_any(host, "localhost|127.0.0|example|0.0.0.0|host.docker")) return false;
    if (is_compose_or_ci(f) && !outside) return false;
    if (real) return outside || text_is_random(pass) || text_is_strong_password(pass);
    return guessable && outside && !web;
}

bool check_connection_string(struct scanner *s, struct match *m)
{
    const struct file_facts *f = scanner_file(s);
    struct str host = str_trim(m->group[1]), pass = str_trim(m->group[2]);
    m->value = pass;
    if (f->dev || pass.n < 3 || is_reference(pass) || is_reference(host)) return false;
    struct str tcp = STR("tcp:");
    if (str_starts_nocase(host, tcp)) host = str_slice(host, tcp.n, host.n);
    size_t n = 0;
    while (n < host.n && host.p[n] != ',' && host.p[n] != ':' && host.p[n] != '\\') n++;
    host.n = n;
    bool production = host_is_production(host);
    if (f->kind == IN_TEST) {
        m->rule = rules_find("production_credentials_in_test");
        return production && !is_placeholder(pass);
    }
    if (host.n < 2 ||
        has_any(host, "localhost|127.0.0.1|(local|host.docker|example|contoso|your|0.0.0.0|server_name|servername"))
        return false;
    bool outside = host_is_public(host) || production || (memchr(host.p, '.', host.n) && !host_is_made_up(host));
    bool real = !is_placeholder(pass) && (text_is_random(pass) || text_is_strong_password(pass));
    return real || (outside && text_is_guessable_password(pass));
}

/* --- secrets that sign sessions and tokens --- */

bool check_signing_secret(struct scanner *s, struct match *m)
{
    const struct file_facts *f = scanner_file(s);
    struct str v = STR_NONE;
    for (int g = 1; g < MATCH_GROUPS; g++)
        if (m->group[g].n) v = m->group[g];
    if (v.n < 4 || f->dev || f->locale || is_reference(v) || is_text_not_value(v)) {
        if (!(v.n >= 8 && memchr(v.p, ' ', v.n) && !f->dev && !f->locale && !is_reference(v) && !has_any(v, "://|./")))
            return false;
    }
    if (is_any(v, "dev|development|test|testing|none|null|secret_key|base64|utf8|utf-8|hs256|rs256|true|false") ||
        has_any(v, "django-insecure|process.env|-----"))
        return false;
    if (has_any(v, "unsafe|test|dev-|dev_|example|dummy|fake|not-a-secret|notsecret|only for")) return false;
    m->value = v;
    if (has_any(str_slice(scanner_content(s), m->line_at, m->begin), "error(|throw |raise |print|log|message"))
        return false;
    return !scanner_is_guarded(s, m) && !is_let_be(s, m);
}

/* --- files made of credentials --- */

static bool decoded_is_credential(struct str base64)
{
    uint8_t out[512];
    long n = base64_decode(base64, out, sizeof out);
    if (n < 6) return false;
    struct str d = {(const char *)out, (size_t)n};
    const char *colon = memchr(d.p, ':', d.n);
    for (size_t i = 0; i < d.n; i++)
        if ((unsigned char)d.p[i] < ' ' || (unsigned char)d.p[i] > '~') return false;
    struct str pass = colon ? str_slice(d, (size_t)(colon - d.p) + 1, d.n) : d;
    return pass.n >= 4 && !is_placeholder(pass) && !has_any(d, "user:|username|example");
}

/* kind: Secret, with values only encoded */
static bool kubernetes_secret(struct scanner *s, struct match *m)
{
    struct str c = scanner_content(s), rest = str_slice(c, m->begin, m->begin + 4096), line;
    bool data = false, plain = false;
    while (str_cut(&rest, '\n', &line)) {
        struct str t = str_trim(line);
        if (str_eq(t, STR("---"))) break;
        if (str_eq(t, STR("data:")) || str_eq(t, STR("stringData:"))) {
            data = true;
            plain = t.n > 6;
            continue;
        }
        const char *colon = t.n ? memchr(t.p, ':', t.n) : NULL;
        if (!data || !colon) continue;
        if (line.n && line.p[0] != ' ') break;
        struct str key = str_slice(t, 0, (size_t)(colon - t.p)), v = str_trim(str_slice(t, key.n + 1, t.n));
        if (v.n > 2 && (v.p[0] == '"' || v.p[0] == '\'')) v = str_slice(v, 1, v.n - 1);
        if (v.n < 6 || is_reference(v) || !has_any(key, "password|passwd|secret|token|key|pwd|credential") ||
            has_any(key, "public|.crt|.pem"))
            continue;
        uint8_t out[512];
        struct str d = v;
        if (!plain) {
            long n = base64_decode(v, out, sizeof out);
            if (n < 6) continue;
            d = (struct str){(const char *)out, (size_t)n};
        }
        while (d.n && d.p[d.n - 1] == '\n') d.n--;
        if (is_placeholder(d) || !(text_is_random(d) || text_is_strong_password(d) || text_is_guessable_password(d)))
            continue;
        m->value = v;
        m->begin = (size_t)(t.p - c.p);
        m->line_at = (size_t)(line.p - c.p);
        m->line_end = m->line_at + line.n;
        return true;
    }
    return false;
}

bool check_credential_file(struct scanner *s, struct match *m)
{
    const struct file_facts *f = scanner_file(s);
    const char *id = m->rule->id;
    if (f->dev) return false;
    if (strcmp(id, "kubernetes_secret") == 0) return !scanner_in_comment(s, m->begin) && kubernetes_secret(s, m);
    if (strcmp(id, "docker_registry_auth") == 0)
        return (has_any(f->name, "dockerc|docker") || has_any(f->path, ".docker/") ||
                has_any(scanner_content(s), "\"auths\"")) &&
               decoded_is_credential(m->group[1]);
    if (strcmp(id, "npmrc_auth") == 0)
        return has_any(f->name, "npmrc|yarnrc") && !is_placeholder(m->group[1]) && !is_reference(m->group[1]);
    if (strcmp(id, "netrc_password") == 0)
        return has_any(f->name, "netrc") && !is_placeholder(m->group[1]) && !host_is_made_up(m->group[2]);
    if (strcmp(id, "pgpass_password") == 0) return has_any(f->name, "pgpass") && !is_placeholder(m->group[1]);
    if (strcmp(id, "password_hash_file") == 0)
        return has_any(f->name, "htpasswd|shadow|passwd") && !has_any(m->group[1], "example|xxxx|...");
    return false;
}

/* --- accounts made with a literal --- */

/* INSERT INTO users (name, password) VALUES ('admin', 'admin'): the literal in the password's column. */
static bool inserted_password(struct scanner *s, struct match *m, struct str *out)
{
    struct str columns = m->group[1], c = scanner_content(s), part;
    int index = -1, i = 0;
    while (str_cut(&columns, ',', &part)) {
        if (has_any(part, "passw|pwd") && !has_any(part, "reset|hash|expire|date|at|salt|changed|token|hint"))
            index = i;
        i++;
    }
    if (index < 0) return false;
    struct str rest = str_slice(c, m->end, m->end + 1024);
    i = 0;
    for (size_t k = 0; k < rest.n && rest.p[k] != ')' && rest.p[k] != ';'; k++) {
        if (rest.p[k] == ',') i++;
        if (rest.p[k] != '\'') continue;
        size_t e = k + 1;
        while (e < rest.n && rest.p[e] != '\'' && rest.p[e] != '\n') e++;
        if (i == index) {
            *out = str_slice(rest, k + 1, e);
            return true;
        }
        k = e;
    }
    return false;
}

bool check_account_literal(struct scanner *s, struct match *m)
{
    const struct file_facts *f = scanner_file(s);
    struct str v = STR_NONE;
    if (strcmp(m->rule->id, "inserted_account_password") == 0) {
        if (!inserted_password(s, m, &v)) return false;
    } else {
        for (int g = 1; g < MATCH_GROUPS; g++)
            if (m->group[g].n) v = m->group[g];
    }
    if (str_starts(v, STR("{noop}"))) v = str_slice(v, 6, v.n);
    if (f->dev || f->locale || f->own_machine || f->tryout || has_any(f->name, ".blade.") || v.n < 3 || v.n > 64 ||
        is_reference(v) || is_hash_text(v) || is_text_not_value(v) || memchr(v.p, '%', v.n))
        return false;
    if (makes_up_people(s, m->begin) || value_names_database(s, m->begin, v)) return false;
    struct str text = str_slice(scanner_content(s), m->line_at, m->line_end);
    if (has_any(m->group[0], "identified") && !has_any(text, "create user|alter user|grant |set password|mysql "))
        return false;
    if (is_any(v, "dummy|invalid|null|none|unusable|string") ||
        has_any(v, "your|xxx|***|<|example|dummy|redacted|password_here|_password_|fake|unused"))
        return false;
    if (has_any(scanner_before(s, m->begin, 12),
                "rails.env.dev|rails.env.test|environment('local')|isdevelopment|node_env|doctest|>>>"))
        return false;
    if (f->kind == IN_CI || has_any(f->name, "compose")) return false;
    if (f->script && has_any(m->group[0], "role|alter user|create user")) return false; /* a database of its own */
    m->value = v;
    if (strcmp(m->rule->id, "inserted_account_password") == 0)
        return text_is_guessable_password(v) || text_is_strong_password(v);
    return !scanner_is_guarded(s, m);
}

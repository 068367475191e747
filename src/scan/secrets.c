/* Keys and tokens that have a form of their own. */
#include "scan/families.h"

#define KEY_BODY_MAX 16384

static struct str tail_of(struct str token)
{
    /* what follows the vendor's prefix: after the last of the first two separators */
    size_t from = 0;
    for (size_t i = 0, seen = 0; i < token.n && i < 12 && seen < 2; i++) {
        if (token.p[i] != '_' && token.p[i] != '-' && token.p[i] != '.') continue;
        from = i + 1;
        seen++;
    }
    return str_slice(token, from, token.n);
}

bool check_token(struct scanner *s, struct match *m)
{
    (void)s;
    struct str tail = tail_of(m->group[1]);
    if (text_has_run(tail) || is_placeholder(tail) || text_is_wordy(tail)) return false;
    bool digit = false;
    for (size_t i = 0; i < tail.n; i++) digit = digit || (tail.p[i] >= '0' && tail.p[i] <= '9');
    return digit && text_entropy(tail) >= (tail.n >= 24 ? 3.2 : 2.8);
}

bool check_crc_token(struct scanner *s, struct match *m)
{
    (void)s;
    struct str t = m->group[1];
    if (t.n < 36) return false;
    return token_checksum_is_valid(str_slice(t, t.n - 36, t.n - 6), str_slice(t, t.n - 6, t.n)) &&
           !text_has_run(str_slice(t, t.n - 36, t.n - 6));
}

bool check_nearby_vendor(struct scanner *s, struct match *m)
{
    const char *vendor = strstr(m->rule->id, "twilio")    ? "twilio"
                         : strstr(m->rule->id, "mailgun") ? "mailgun"
                                                          : "telegram|bot";
    return check_token(s, m) && has_any(scanner_around(s, m->begin, 12, 12), vendor);
}

bool check_live_key_in_test(struct scanner *s, struct match *m)
{
    return text_is_random(tail_of(m->group[1])) && check_token(s, m);
}

/* --- AWS --- */

static bool is_secret_char(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '/' || c == '+';
}

static bool is_aws_secret(struct str v)
{
    if (v.n != 40 || text_entropy(v) < 4.3 || text_has_run(v) || text_is_wordy(v) ||
        has_any(v, "example|xxxx|wjalrxutnfemi"))
        return false;
    bool lower = false, upper = false, digit = false;
    for (size_t i = 0; i < v.n; i++) {
        lower |= v.p[i] >= 'a' && v.p[i] <= 'z';
        upper |= v.p[i] >= 'A' && v.p[i] <= 'Z';
        digit |= v.p[i] >= '0' && v.p[i] <= '9';
    }
    return lower && upper && digit;
}

static bool aws_secret_stands_in(struct str text)
{
    for (size_t i = 0; i < text.n;) {
        size_t n = 0;
        while (i + n < text.n && is_secret_char(text.p[i + n])) n++;
        if (n == 40 && is_aws_secret(str_slice(text, i, i + n))) return true;
        i += n + 1;
    }
    return false;
}

bool check_aws_id(struct scanner *s, struct match *m)
{
    struct str id = m->group[1], tail = str_slice(id, 4, id.n);
    if (has_any(id, "example|xxxx|test|fake|dummy|sample|iosfodnn7") || text_has_run(tail) || text_is_wordy(tail))
        return false;
    if (text_entropy(tail) < 2.8) return false;
    bool base32 = true;
    for (size_t i = 0; i < tail.n; i++) base32 = base32 && !strchr("0189", tail.p[i]);
    bool secret = aws_secret_stands_in(scanner_around(s, m->begin, 6, 6));
    if (secret) m->what = "AWS access key id beside its secret";
    unsigned kind = scanner_file(s)->kind;
    if (kind == IN_TEST || kind == IN_DOC) return secret && base32;
    return secret || (base32 && str_starts(id, STR("AKIA")));
}

bool check_aws_secret(struct scanner *s, struct match *m)
{
    (void)s;
    return is_aws_secret(m->group[1]);
}

bool check_azure_storage(struct scanner *s, struct match *m)
{
    (void)s;
    return !str_starts(m->group[1], STR("Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq")) &&
           !text_has_run(m->group[1]) && text_entropy(m->group[1]) >= 4.5 && !text_is_wordy(m->group[1]);
}

/* Keys of Google's browser and mobile interfaces are public by design; only their use elsewhere is worth knowing. */
bool check_google_key(struct scanner *s, struct match *m)
{
    const struct file_facts *f = scanner_file(s);
    if (is_any(f->name,
               "google-services.json|googleservice-info.plist|androidmanifest.xml|firebase.json|.firebaserc") ||
        is_any(f->ext, "html|htm|plist|xib|erb|haml|ejs|hbs|tpl|twig|vue|svelte|css|jsx|tsx|dart|swift|kt"))
        return false;
    if (has_any_word(f->name, "map|maps") ||
        has_any(scanner_around(s, m->begin, 12, 12),
                "firebase|authdomain|messagingsenderid|maps.google|maps/api|appid|public|browser|googlemap|google-map|"
                "recaptcha|client_key|youtube"))
        return false;
    return text_is_random(str_slice(m->group[1], 4, m->group[1].n)) && check_token(s, m);
}

/* --- JSON Web Tokens --- */

static int64_t json_number_after(struct str json, const char *key)
{
    const char *at = str_find(json, str_from(key));
    if (!at) return -1;
    struct str rest = str_slice(json, (size_t)(at - json.p) + strlen(key), json.n);
    while (rest.n && strchr(" :\"", rest.p[0])) rest = str_slice(rest, 1, rest.n);
    size_t n = 0;
    while (n < rest.n && rest.p[n] >= '0' && rest.p[n] <= '9') n++;
    int64_t v;
    return str_to_i64(str_slice(rest, 0, n), 0, INT64_MAX, &v) ? v : -1;
}

bool check_jwt(struct scanner *s, struct match *m)
{
    (void)s;
    uint8_t head[512], body[4096];
    long hn = base64_decode(m->group[2], head, sizeof head), bn = base64_decode(m->group[3], body, sizeof body);
    if (hn <= 0 || bn <= 0) return false;
    struct str h = {(const char *)head, (size_t)hn}, b = {(const char *)body, (size_t)bn};
    if (!str_has(h, STR("\"alg\"")) || has_any(h, "\"none\"") || b.p[0] != '{') return false;
    if (has_any(b, "1234567890|john doe|jane "
                   "doe|example|1516239022|supabase-demo|\"anon\"|test|demo|localhost|foo|sample|sandbox|publishable"))
        return false;
    int64_t exp = json_number_after(b, "\"exp\""), iat = json_number_after(b, "\"iat\"");
    if (exp >= 0 && (iat < 0 || exp - iat < 90LL * 86400)) return false; /* short-lived: long over */
    return !text_has_run(m->group[4]);
}

/* --- private keys --- */

/* The base64 between the BEGIN and END lines, whatever string syntax it is wrapped in. False when cut off or elided. */
static bool key_body(struct str after, char *copy, size_t max, size_t *n)
{
    const char *end = str_find(after, STR("-----END"));
    if (!end || end == after.p) return false;
    struct str body = {after.p, (size_t)(end - after.p)};
    if (body.n > max || str_has(body, STR("...")) || str_has(body, STR("\xe2\x80\xa6")) ||
        has_any(body, "xxxxxx|redacted|snip|<|${|{{|todo|replace|your"))
        return false;
    size_t k = 0, c = 0;
    for (size_t i = 0; i < body.n; i++) {
        if (body.p[i] == '\\' && i + 1 < body.n && (body.p[i + 1] == 'n' || body.p[i + 1] == 'r')) {
            /* an escaped newline counts as one */
            copy[c++] = '\n';
            i++;
        } else {
            copy[c++] = body.p[i];
        }
    }
    struct str rest = {copy, c}, line;
    while (str_cut(&rest, '\n', &line)) {
        line = str_trim(line);
        if (str_has(line, STR(": "))) continue; /* Proc-Type, DEK-Info, Version, Comment */
        for (size_t i = 0; i < line.n; i++) {
            char ch = line.p[i];
            if (is_secret_char(ch) || ch == '=')
                copy[k++] = ch;
            else if (!strchr(" \t\r\"'`,;.\\()#*>|", ch))
                return false;
        }
    }
    *n = k;
    return true;
}

static bool is_der_sequence(const uint8_t *p, size_t n)
{
    if (n < 40 || p[0] != 0x30) return false;
    size_t len = p[1], head = 2;
    if (p[1] & 0x80) {
        unsigned bytes = p[1] & 0x7f;
        if (bytes == 0 || bytes > 3) return false;
        len = 0;
        for (unsigned i = 0; i < bytes; i++) len = len << 8 | p[2 + i];
        head += bytes;
    }
    return head + len == n;
}

/* A body that a generator wrote: a whole DER sequence, an OpenSSH or OpenPGP container; else long and random. */
static bool is_key_material(struct str base64, bool pgp, bool encrypted)
{
    if (base64.n < 60) return false;
    uint8_t bytes[KEY_BODY_MAX];
    if (pgp) { /* the armour's CRC-24 follows the last '=' */
        const char *sum = memrchr(base64.p, '=', base64.n);
        if (sum && base64.n - (size_t)(sum - base64.p) == 5) base64.n -= 5;
    }
    long n = base64_decode(base64, bytes, sizeof bytes);
    if (n < 40) return false;
    if (memcmp(bytes, "openssh-key-v1", 15) == 0) return n > 200;
    if (pgp) return n > 150 && ((bytes[0] & 0xfc) == 0x94 || bytes[0] == 0xc5);
    if (is_der_sequence(bytes, (size_t)n)) return true;
    if (encrypted) return n >= 100 && text_entropy(base64) >= 5;
    return base64.n >= 300 && text_entropy(base64) >= 5.2 && !text_has_run(str_slice(base64, 0, 200));
}

bool check_private_key(struct scanner *s, struct match *m)
{
    const struct file_facts *f = scanner_file(s);
    struct str c = scanner_content(s);
    char text[KEY_BODY_MAX];
    size_t n = 0;
    struct str after = str_slice(c, m->end, m->end + sizeof text);
    if (!key_body(after, text, sizeof text, &n)) return false;
    bool pgp = str_has(m->group[0], STR("BLOCK"));
    bool encrypted = str_has(m->group[0], STR("ENCRYPTED")) || str_has(str_slice(after, 0, 200), STR("ENCRYPTED"));
    struct str body = {text, n};
    if (!is_key_material(body, pgp, encrypted)) return false;
    static const char *const harmless = "test|localhost|snakeoil|dummy|example|sample|demo|fake|mock|insecure|"
                                        "selfsigned|self-signed|self_signed|vagrant|"
                                        "dev-|dev_|invalid|expired|unsafe|notreal";
    if (f->dev || has_any(f->path, harmless) || has_any(scanner_before(s, m->begin, 8), harmless)) return false;
    struct str head = str_slice(c, m->line_at, m->begin);
    if (has_any(head, "test|dummy|example|sample|fake|mock")) return false;
    if (str_eq(str_trim(head), STR("*")) || str_eq(str_trim(head), STR("///")))
        return false; /* documentation shows it */
    if (has_any(str_slice(c, m->begin > 3000 ? m->begin - 3000 : 0, m->begin + 6000), "gserviceaccount.com\"") &&
        has_any(c, "\"service_account\""))
        m->rule = rules_find("gcp_service_account");
    if (encrypted) m->what = "private key, protected by a passphrase";
    m->value = str_slice(c, m->end, m->end + (n < 200 ? n : 200));
    return true;
}

bool check_putty_key(struct scanner *s, struct match *m)
{
    struct str after = str_slice(scanner_content(s), m->end, m->end + KEY_BODY_MAX);
    const char *lines = str_find(after, STR("Private-Lines:"));
    if (!lines || !str_has(after, STR("Private-MAC:")) || str_has(after, STR("..."))) return false;
    m->value = str_slice(after, (size_t)(lines - after.p), (size_t)(lines - after.p) + 100);
    return !scanner_file(s)->dev;
}

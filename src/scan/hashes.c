/* Passwords put through something that was made to be fast. The hash alone says nothing: a password must be what is
 * hashed, and no protocol may ask for it. */
#include "scan/families.h"

/* Protocols that prescribe the digest, and look-ups that are meant to be one-way prefixes. */
static bool is_prescribed(struct scanner *s, size_t at)
{
    const struct file_facts *f = scanner_file(s);
    static const char *const protocols =
        "ntlm|digest_auth|digestauth|digest-auth|cram|scram|sasl|mysql_native|caching_sha2|native_password|pgmd5|"
        "postgres_md5|apop|wsse|usernametoken|mschap|radius|htdigest|subsonic|pwned|hibp|haveibeenpwned|gravatar|"
        "rfc2617|rfc7616|rfc 2617|rfc "
        "7616|rfc2069|pkcs12|pkcs5|openssl_bytestokey|evp_bytes|keystore|httprequestmessage|sendasync|http.newrequest|"
        "urlrequest|wpa|onvif|"
        "auth_digest|aws4|vnc|old_password|md5_password|challenge|rtsp|sip_";
    if (has_any(scanner_around(s, at, 2, 2), "cookies[|cookie[")) return true; /* compared with a cookie, not stored */
    if (has_any(f->path, protocols) || has_any_word(f->name, "digest|legacy|compat|checksum")) return true;
    return has_any(scanner_around(s, at, 15, 15), protocols) ||
           has_any_word(scanner_around(s, at, 8, 8), "handshake|greeting|auth_plugin|wire|nonce|realm|cnonce|ha1|qop|"
                                                     "scramble|breach|breached|breaches|legacy|migrate|deprecated");
}

/* Argon2 and its like in the file: the digest only shortens, prepares, or knows what was stored before. Close by also
 * what repeats it, or takes it for a key of a cipher. */
static bool is_strengthened(struct scanner *s, size_t at)
{
    return has_any(scanner_content(s), "bcrypt|argon2|scrypt(|scrypt.|pbkdf2|password_hash(|password_verify(") ||
           has_any(
               scanner_around(s, at, 6, 8),
               "scrypt|crypt_blowfish|hkdf|fernet|needs_rehash|rehash|for (int i|for i in range|while (i|iterations|"
               "rounds|wrapped|prehash|rc4|cipher|secretkeyspec|rijndael|aesmanaged|aes.create|aes.new|tripledes|"
               "desede");
}

/* What follows the word for a password in the same name: `password_reset_token` is none. */
static bool name_goes_elsewhere(struct str subject)
{
    static const char *const words[] = {"password", "passwd", "passphrase", "pwd", "passwort", "pass"};
    for (size_t w = 0; w < sizeof words / sizeof *words; w++) {
        struct str word = str_from(words[w]);
        for (size_t i = 0; i + word.n <= subject.n; i++) {
            if (!str_eq_nocase(str_slice(subject, i, i + word.n), word)) continue;
            size_t e = i + word.n;
            while (e < subject.n &&
                   (subject.p[e] == '_' || ((subject.p[e] | 0x20) >= 'a' && (subject.p[e] | 0x20) <= 'z')))
                e++;
            struct str rest = str_slice(subject, i + word.n, e);
            if (!has_any(rest, "reset|token|file|path|url|link|key|id|policy|field|label|hash|hint|changed|date|expir|"
                               "mail|salt|list|encrypt|rule|type"))
                return false;
        }
    }
    return true;
}

bool check_fast_hash(struct scanner *s, struct match *m)
{
    if (name_goes_elsewhere(str_slice(scanner_content(s), m->begin, m->end + 24))) return false;
    /* handed to what creates the account, which hashes on its own; or one scheme of several to choose from */
    struct str head = str_slice(scanner_content(s), m->line_at, m->begin);
    if (has_any(head, "create(|user_create|create_user|createuser|adduser(|add_user(|register(")) return false;
    struct str rest = scanner_before(s, m->begin, 2), line;
    while (str_cut(&rest, '\n', &line))
        if (str_starts(str_trim(line), STR("case ")) && has_any(line, "md5|sha1|sha256|sha512")) return false;
    m->value = STR_NONE;
    return !is_prescribed(s, m->begin) && !is_strengthened(s, m->begin);
}

static bool hashes_password(struct str text)
{
    struct str rest = text, line;
    while (str_cut(&rest, '\n', &line)) {
        if (!has_any(line, "password|passwd|passphrase|pwd|passwort")) continue;
        if (!has_any(line,
                     "update(|.digest(|computehash(|hashdata(|dofinal(|.write(|update_final|.process(|getbytes|.sum("))
            continue;
        if (has_any(line, "update users|update user|log|print|reset|token")) continue;
        return true;
    }
    return false;
}

bool check_fast_hash_nearby(struct scanner *s, struct match *m)
{
    m->value = STR_NONE;
    return hashes_password(scanner_around(s, m->begin, 5, 8)) && !is_prescribed(s, m->begin) &&
           !is_strengthened(s, m->begin);
}

bool check_hash_function(struct scanner *s, struct match *m)
{
    struct str c = scanner_content(s), line = scanner_around(s, m->end - 1, 0, 0); /* where it hashes: told of once */
    m->value = STR_NONE;
    m->line_at = (size_t)(line.p - c.p);
    m->line_end = m->line_at + line.n - (line.n && line.p[line.n - 1] == '\n');
    return !is_prescribed(s, m->begin) && !is_strengthened(s, m->begin);
}

bool check_few_rounds(struct scanner *s, struct match *m)
{
    int64_t rounds, most = strcmp(m->rule->id, "pbkdf2_few_iterations") == 0 ? 1000 : 7;
    m->value = STR_NONE;
    return str_to_i64(m->group[1], 1, most, &rounds) && !scanner_file(s)->dev && !scanner_is_guarded(s, m) &&
           !is_prescribed(s, m->begin);
}

bool check_weak_encoder(struct scanner *s, struct match *m)
{
    struct str line = str_slice(scanner_content(s), m->line_at, m->line_end),
               head = str_slice(line, 0, m->begin - m->line_at);
    m->value = STR_NONE;
    return !scanner_file(s)->dev && !has_any(head, "import |class |using |extends |@link|instanceof") &&
           !is_prescribed(s, m->begin) && !scanner_is_guarded(s, m);
}

/* A path word alone is a guess ("session" of a training course, "token" of a parser), so the content must use a second
 * word of the same subject. Words of a path are cut at punctuation and at a change of case. */
#include "observe/critical.h"

#include <ctype.h>

#define EVIDENCE_MAX (64 * 1024) /* bytes looked at */

struct subject {
    const char *hint;
    const char *path_words; /* "a|b|c", lower case; one stands in the path */
    const char *evidence;   /* one stands in the content, any case */
};

/* In order: the first that fits names the file. */
static const struct subject subjects[] = {
    {"authentication",
     "auth|authn|authentication|authenticate|authenticator|authenticatable|login|logins|signin|logon|oauth|oauth2|oidc|"
     "saml|"
     "sso|ldap|password|passwords|passwd|totp|mfa|2fa|webauthn|passkey|jwt|kerberos|ntlm|remember|passwordreset",
     "password|credential|authenticat|bearer|jwt|oauth|login|signin|sign_in|saml|totp|ldap|kerberos"},
    {"cryptography",
     "crypto|cryptography|crypt|encrypt|encryption|encryptor|encrypter|decrypt|decryption|cipher|ciphers|hmac|aes|rsa|"
     "ecdsa|"
     "ed25519|bcrypt|scrypt|argon2|pbkdf2|vtls|ssl|openssl|gnutls|mbedtls|wolfssl|schannel|x509|keystore|pki|gpg|"
     "secureboot",
     "encrypt|decrypt|cipher|hmac|aes|sha256|sha-256|sha512|rsa|tls|ssl_|openssl|gnutls|private "
     "key|privatekey|private_key|"
     "signature|digest|x509|certificate"},
    {"session", "session|sessions|cookie|cookies|csrf|xsrf",
     "cookie|session_id|sessionid|session_key|csrf|xsrf|httponly|samesite|set-cookie|request.session|req.session|$_"
     "session|"
     "httpsession"},
    {"access_control",
     "acl|acls|rbac|abac|authz|authorization|authorize|authorizer|authorizes|permission|permissions|policy|policies|"
     "guard|guards|"
     "gate|role|roles|privilege|privileges|capabilities|seccomp|sandbox|sandboxing",
     "permission|is_allowed|isallowed|authorize|authorization|has_perm|haspermission|hasrole|has_role|can?(|forbidden|"
     "access denied|unauthorized|privilege|seccomp|access_policy|rbac"},
    {"payment", "payment|payments|checkout|billing|invoice|invoices|stripe|paypal|creditcard|paytrail|refund|refunds",
     "payment|stripe|paypal|credit_card|creditcard|card_number|cardnumber"},
    {"secrets", "secret|secrets|credential|credentials|vault|keyring|keychain|apikey|apikeys|netrc",
     "secret|credential|vault|api_key|apikey|keyring|keychain|password"},
    {"deserialization",
     "deserialize|deserializer|deserialization|unserialize|unmarshal|unpickle|pickle|unpickler|xmlparser|yamlloader",
     "deserialize|unserialize|pickle|objectinputstream|readobject|unmarshal|xmlreader|documentbuilder|yaml.load"},
    {"upload", "upload|uploads|uploader|uploaders|multipart|fileupload",
     "multipart|content-disposition|$_files|move_uploaded_file|multer|iformfile|fileupload|uploadedfile"},
    {"command_execution", "exec|shell|subprocess|popen|spawn|command_executor",
     "execve|execvp|posix_spawn|child_process|subprocess|os.system|popen|processbuilder|runtime.getruntime|exec."
     "command"},
};

/* Folders where such names are about something else. */
static const char unrelated[] =
    "doc|docs|documentation|example|examples|sample|samples|demo|demos|i18n|locale|locales|lang|"
    "translations|stories|storybook|benchmark|benchmarks|bench|migrations|migrate|scripts|script|tools|tool|build|ci|."
    "github|"
    "contrib|icons|css|styles|generators|dev|fuzz|oss-fuzz|fuzzing|fuzzers|projects|compat|doc_fragments|"
    "seed|seeds|seeder|seeders|factories|fixtures|perf|load|analytics|codefixes|types|typings|interfaces|constants|"
    "enums|dto|dtos|entity|entities|viewmodels|phpmailer|events|auditevent|configurations";

static bool has_evidence(struct str head, const char *words)
{
    struct str rest = str_from(words), w;
    while (str_cut(&rest, '|', &w))
        if (str_has_nocase(head, w)) return true;
    return false;
}

/* The next word of a path; "PasswordReset.java" gives password, reset, java. */
static bool next_word(struct str path, size_t *at, struct str *word)
{
    size_t i = *at;
    while (i < path.n && !isalnum((unsigned char)path.p[i])) i++;
    if (i >= path.n) return false;
    size_t from = i++;
    while (i < path.n && isalnum((unsigned char)path.p[i])) {
        bool upper = isupper((unsigned char)path.p[i]), was_upper = isupper((unsigned char)path.p[i - 1]);
        bool next_lower = i + 1 < path.n && islower((unsigned char)path.p[i + 1]);
        if (upper && (!was_upper || next_lower)) break;
        i++;
    }
    *word = (struct str){path.p + from, i - from};
    *at = i;
    return true;
}

static const struct subject *subject_of(struct str part)
{
    struct str word;
    for (size_t s = 0; s < sizeof subjects / sizeof subjects[0]; s++)
        for (size_t at = 0; next_word(part, &at, &word);)
            if (text_is(word, subjects[s].path_words)) return &subjects[s];
    return NULL;
}

/* The subject whose word this is, whole. */
static const struct subject *subject_named(struct str folder)
{
    for (size_t s = 0; s < sizeof subjects / sizeof subjects[0]; s++)
        if (text_is(folder, subjects[s].path_words)) return &subjects[s];
    return NULL;
}

/* Carriers and pages of the subject, and what sets a tool up; not its workings. */
static bool says_something_else(const struct place *pl)
{
    static const char *const ends[] = {
        "Exception",  "Exceptions", "EventArgs", "Dto",      "ViewModel", ".blade",   "Constants",
        "errors",     "Error",      "Errors",    "Model",    "Entity",    "Enum",     "Event",
        "Repository", "Query",      "Request",   "Response", "Options",   "Settings", "Configuration",
        "Extensions", ".config",    "Seeder",    "Mapping",  "Attribute"};
    for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++)
        if (str_ends(pl->stem, str_from(ends[i]))) return true;
    if (text_is(pl->ext, "jsx|tsx|vue|svelte|astro|cshtml|razor|mjs")) return true; /* pages and their parts */
    return text_is(pl->ext, "js|ts") &&
           place_below(pl, "public|static|assets|www|htdocs|resources|components|pages|hooks");
}

/* okhttp-testing-support/, oauth2-sample/ */
static bool is_for_trying_out(struct str dir)
{
    struct str word;
    for (size_t at = 0; next_word(dir, &at, &word);)
        if (text_is(word, "testing|sample|samples|example|examples|demo|mock|mocks")) return true;
    return false;
}

const char *critical_hint(const struct place *pl, const char *language, struct str head)
{
    if (pl->sample || pl->test || place_below(pl, unrelated) || is_for_trying_out(pl->dir) || says_something_else(pl))
        return NULL;
    if (!language ||
        text_is(str_from(language), "css|html|template|batch|protobuf|graphql|sql|shell|powershell|build|lisp"))
        return NULL;
    const struct subject *s = subject_of(pl->stem);
    bool own_name = s != NULL;
    /* else the folder it stands in, the nearest one first; "secrets", not "SecretsManager", which may be the product */
    struct str dir = pl->dir;
    for (int up = 0; !s && up < 2 && dir.n; up++) {
        dir.n--;
        size_t slash = dir.n;
        while (slash && dir.p[slash - 1] != '/') slash--;
        s = subject_named(str_slice(dir, slash, dir.n));
        dir.n = slash;
    }
    if (!s) return NULL;
    if (!head.p) return own_name ? s->hint : NULL;
    return has_evidence(str_slice(head, 0, EVIDENCE_MAX), s->evidence) ? s->hint : NULL;
}

#include "identity/quality.h"

#include "identity/accounts.h"

/* What a piece adds, in tenths of a sign that nobody can foresee. */
#define WORTH_LETTER 10
#define WORTH_DIGIT 7
#define WORTH_OTHER 12
#define WORTH_OWN 10
#define WORTH_COMMON 20
#define WORTH_RUN 15
#define WORTH_AGAIN 10
#define WORTH_YEAR 15
#define WORTH_LEAST 90

#define PARTS_MOST 64 /* parts of the owner's data that are looked for */
#define PART_LEAST 3
#define BLOCK_MOST 64 /* bytes of what is repeated */

/* What people take when they are asked for a password; each stands for all that the exchanges and pieces make of it. */
static const char *const common[] = {
    "password",  "passwort",  "passphrase", "salasana",    "tunnussana",   "salainen",  "salaisuus",     "secret",
    "hidden",    "private",   "welcome",    "tervetuloa",  "letmein",      "open",      "sesame",        "access",
    "enter",     "login",     "signin",     "kirjaudu",    "logon",        "admin",     "administrator", "root",
    "user",      "guest",     "vieras",     "test",        "testi",        "testing",   "demo",          "example",
    "default",   "changeme",  "change",     "vaihda",      "muuta",        "temp",      "temporary",     "trustno",
    "nothing",   "whatever",  "sinetti",    "qwerty",      "qwertz",       "azerty",    "asdf",          "zxcv",
    "iloveyou",  "love",      "rakkaus",    "rakastan",    "sunshine",     "princess",  "angel",         "monkey",
    "dragon",    "shadow",    "master",     "ninja",       "hunter",       "killer",    "superman",      "batman",
    "pokemon",   "starwars",  "football",   "jalkapallo",  "baseball",     "hockey",    "jaakiekko",     "soccer",
    "liverpool", "arsenal",   "chelsea",    "barcelona",   "summer",       "winter",    "autumn",        "spring",
    "kesa",      "kesä",      "talvi",      "syksy",       "kevat",        "kevät",     "kesaloma",      "joulu",
    "christmas", "january",   "february",   "march",       "april",        "june",      "july",          "august",
    "september", "october",   "november",   "december",    "tammikuu",     "helmikuu",  "maaliskuu",     "huhtikuu",
    "toukokuu",  "kesakuu",   "kesäkuu",    "heinakuu",    "heinäkuu",     "elokuu",    "syyskuu",       "lokakuu",
    "marraskuu", "joulukuu",  "monday",     "tuesday",     "wednesday",    "thursday",  "friday",        "saturday",
    "sunday",    "maanantai", "tiistai",    "keskiviikko", "torstai",      "perjantai", "lauantai",      "sunnuntai",
    "finland",   "suomi",     "helsinki",   "tampere",     "turku",        "oulu",      "espoo",         "london",
    "paris",     "berlin",    "stockholm",  "america",     "hello",        "moikka",    "terve",         "goodbye",
    "please",    "kiitos",    "thanks",     "computer",    "tietokone",    "internet",  "windows",       "linux",
    "server",    "palvelin",  "database",   "security",    "turvallisuus", "company",   "yritys",        "office",
    "toimisto",  "work",      "tyo",        "coffee",      "kahvi",        "pizza",     "chocolate",     "suklaa",
    "cookie",    "banana",    "orange",     "cheese",      "mustang",      "ferrari",   "michael",       "jennifer",
    "jordan",    "matti",     "maija",      "mikko",       "anna",         "jessica",   "charlie",       "thomas",
    "daniel",    "robert",    "black",      "white",       "green",        "purple",    "yellow",        "silver",
    "golden",    "diamond",   "flower",     "kukka",       "koira",        "kissa",     "perkele",       "saatana",
    "vittu",     "fuck",      "abcdef",     "correct",     "horse",        "battery",   "staple",        "mother",
    "father",    "aiti",      "family",     "perhe",       "freedom",      "matrix",    "jesus",         "heaven",
    "music",     "guitar",    "money",      "raha",        "number",       "numero",
};

static const char *const rows[] = {
    "1234567890",  "qwertyuiop", "asdfghjkl", "zxcvbnm", "abcdefghijklmnopqrstuvwxyz",
    "!\"#$%&/()=", "!@#$%^&*()", "1qaz",      "2wsx",    "3edc",
    "4rfv",        "5tgb",       "6yhn",      "7ujm",    "qaz",
    "wsx",         "edc",        "rfv",       "tgb",     "yhn",
    "ujm",         "0987654321",
};
#define RUN_LEAST 3

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
}

/* The letter a sign stands for where people exchange them. */
static char letter_of(char c)
{
    static const char from[] = "013457@$!|+", to[] = "oieastasilt";
    const char *at = c ? strchr(from, c) : NULL;
    return at ? to[at - from] : lower(c);
}

static bool same_letter(char sign, char letter)
{
    return lower(sign) == lower(letter) || letter_of(sign) == lower(letter) || (sign == '1' && lower(letter) == 'l');
}

static size_t matches(struct str s, size_t at, struct str word)
{
    if (word.n > s.n - at) return 0;
    for (size_t i = 0; i < word.n; i++)
        if (!same_letter(s.p[at + i], word.p[i])) return 0;
    return word.n;
}

/* --- pieces that begin at a place: how long, 0 when there is none */

/* Neighbours on a row, either way. */
static size_t run_at(struct str s, size_t at)
{
    size_t longest = 0;
    for (size_t r = 0; r < sizeof rows / sizeof *rows; r++) {
        const char *here = strchr(rows[r], lower(s.p[at]));
        if (!here || !s.p[at]) continue;
        for (int step = -1; step <= 1; step += 2) {
            ptrdiff_t i = here - rows[r];
            ptrdiff_t end = (ptrdiff_t)strlen(rows[r]);
            size_t n = 0;
            while (at + n < s.n && i >= 0 && i < end && lower(s.p[at + n]) == rows[r][i]) {
                n++;
                i += step;
            }
            if (n > longest) longest = n;
        }
    }
    return longest >= RUN_LEAST ? longest : 0;
}

/* The same again as stands right before it, as often as it goes on. */
static size_t again_at(struct str s, size_t at)
{
    size_t longest = 0;
    for (size_t block = 1; block <= at && block <= BLOCK_MOST; block++) {
        size_t n = 0;
        while (at + n < s.n && lower(s.p[at + n]) == lower(s.p[at + n - block])) n++;
        if (n >= block && n >= 2 && n > longest) longest = n;
    }
    return longest;
}

static size_t year_at(struct str s, size_t at)
{
    if (s.n - at < 4 || !(str_starts(str_slice(s, at, s.n), STR("19")) || str_starts(str_slice(s, at, s.n), STR("20"))))
        return 0;
    return s.p[at + 2] >= '0' && s.p[at + 2] <= '9' && s.p[at + 3] >= '0' && s.p[at + 3] <= '9' ? 4 : 0;
}

/* --- the owner's own */

struct parts {
    struct str all[PARTS_MOST];
    size_t n;
};

static bool is_part(char c)
{
    return (c >= '0' && c <= '9') || (lower(c) >= 'a' && lower(c) <= 'z') || (unsigned char)c >= 0x80;
}

static void cut(struct parts *p, struct str text)
{
    for (size_t i = 0; i < text.n;) {
        size_t from = i;
        while (i < text.n && is_part(text.p[i])) i++;
        if (i - from >= PART_LEAST && p->n < PARTS_MOST) p->all[p->n++] = str_slice(text, from, i);
        if (i == from) i++;
    }
}

/* --- the least a guesser needs */

struct piece {
    size_t n;
    int worth;
};

static void offer(int *best, size_t at, struct piece p)
{
    if (p.n && best[at] + p.worth < best[at + p.n]) best[at + p.n] = best[at] + p.worth;
}

static int worth_of(char c)
{
    if (c >= '0' && c <= '9') return WORTH_DIGIT;
    return (lower(c) >= 'a' && lower(c) <= 'z') || (unsigned char)c >= 0x80 ? WORTH_LETTER : WORTH_OTHER;
}

/* A character of several bytes counts once: its later bytes add nothing. */
static int worth_at(struct str s, size_t at)
{
    return ((unsigned char)s.p[at] & 0xc0) == 0x80 ? 0 : worth_of(s.p[at]);
}

static int worth(struct ctx *cx, struct str s, const struct parts *own, bool *is_own)
{
    int *best = arena_array(&cx->arena, int, s.n + 1), with_own = 0;
    for (int pass = 0; pass < 2; pass++) { /* without and with what is the owner's */
        for (size_t i = 1; i <= s.n; i++) best[i] = INT32_MAX / 2;
        for (size_t at = 0; at < s.n; at++) {
            offer(best, at, (struct piece){1, worth_at(s, at)});
            offer(best, at, (struct piece){run_at(s, at), WORTH_RUN});
            offer(best, at, (struct piece){again_at(s, at), WORTH_AGAIN});
            offer(best, at, (struct piece){year_at(s, at), WORTH_YEAR});
            for (size_t i = 0; i < sizeof common / sizeof *common; i++)
                offer(best, at, (struct piece){matches(s, at, str_from(common[i])), WORTH_COMMON});
            for (size_t i = 0; pass && i < own->n; i++)
                offer(best, at, (struct piece){matches(s, at, own->all[i]), WORTH_OWN});
        }
        if (!pass) with_own = best[s.n];
    }
    *is_own = with_own >= WORTH_LEAST;
    return best[s.n];
}

static size_t characters(struct str s)
{
    size_t n = 0;
    for (size_t i = 0; i < s.n; i++) n += ((unsigned char)s.p[i] & 0xc0) != 0x80;
    return n;
}

enum rc quality_check(struct ctx *cx, struct str password, const struct str *own, size_t n_own)
{
    struct parts parts = {.n = 0};
    bool is_own;
    if (!str_is_utf8(password)) return fail(cx, E_INVALID, "password: not UTF-8");
    if (password.n > PASSWORD_MOST) return fail(cx, E_INVALID, "password: longer than %d bytes", PASSWORD_MOST);
    if (characters(password) < PASSWORD_LEAST)
        return fail(cx, E_INVALID, "password: it needs at least %d characters; a few words in a row do well",
                    PASSWORD_LEAST);
    for (size_t i = 0; i < n_own; i++) cut(&parts, own[i]);
    if (worth(cx, password, &parts, &is_own) >= WORTH_LEAST) return OK;
    return fail(cx, E_INVALID,
                is_own
                    ? "password: it is easy to guess for who knows you: your name, address or organization is in it"
                    : "password: it is easy to guess: common words, keys in a row, repetitions or years make most of "
                      "it; a few unrelated words do well");
}

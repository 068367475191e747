#include "identity/names.h"

#include "base/library.h"

#include <pthread.h>
#include <stdlib.h>
#include <unicase.h>
#include <uninorm.h>

/* libunistring, opened when it is needed: base/library.h. */
static struct {
    LIBRARY_MEMBER(u8_normalize)
    LIBRARY_MEMBER(u8_casefold)
    const struct unicode_normalization_form *nfc, *nfkc;
} lib;
static const char *missing;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void load(void)
{
    const struct library_symbol symbols[] = {{"u8_normalize", &lib.u8_normalize},
                                             {"u8_casefold", &lib.u8_casefold},
                                             {"uninorm_nfkc", &lib.nfkc},
                                             {"uninorm_nfc", &lib.nfc}};
    missing = library_open("libunistring.so.2", symbols, sizeof symbols / sizeof *symbols);
}

#define LOCAL_MOST 64
#define ADDRESS_MOST 254
#define LABEL_MOST 63

/* Letters of Cyrillic and Greek (and a few of Latin) that are drawn as a letter of Latin is, with their case. */
static const struct {
    uint16_t from;
    char to;
} looks[] = {
    {0x0131, 'i'}, {0x017f, 's'}, {0x0237, 'j'}, {0x0251, 'a'}, {0x0261, 'g'}, /* Latin */
    {0x0391, 'A'}, {0x0392, 'B'}, {0x0395, 'E'}, {0x0396, 'Z'}, {0x0397, 'H'}, {0x0399, 'I'},
    {0x039a, 'K'}, /* Greek */
    {0x039c, 'M'}, {0x039d, 'N'}, {0x039f, 'O'}, {0x03a1, 'P'}, {0x03a4, 'T'}, {0x03a5, 'Y'},
    {0x03a7, 'X'}, {0x03b1, 'a'}, {0x03b3, 'y'}, {0x03b5, 'e'}, {0x03b7, 'n'}, {0x03b9, 'i'},
    {0x03ba, 'k'}, {0x03bd, 'v'}, {0x03bf, 'o'}, {0x03c1, 'p'}, {0x03c3, 'o'}, {0x03c4, 't'},
    {0x03c5, 'u'}, {0x03c7, 'x'}, {0x03c9, 'w'}, {0x03f2, 'c'}, {0x03f3, 'j'}, {0x03f9, 'C'},
    {0x037f, 'J'}, {0x0405, 'S'}, {0x0406, 'I'}, {0x0408, 'J'}, /* Cyrillic */
    {0x0410, 'A'}, {0x0412, 'B'}, {0x0415, 'E'}, {0x0417, '3'}, {0x041a, 'K'}, {0x041c, 'M'},
    {0x041d, 'H'}, {0x041e, 'O'}, {0x0420, 'P'}, {0x0421, 'C'}, {0x0422, 'T'}, {0x0423, 'Y'},
    {0x0425, 'X'}, {0x042c, 'b'}, {0x0430, 'a'}, {0x0433, 'r'}, {0x0435, 'e'}, {0x043a, 'k'},
    {0x043e, 'o'}, {0x043f, 'n'}, {0x0440, 'p'}, {0x0441, 'c'}, {0x0443, 'y'}, {0x0445, 'x'},
    {0x0455, 's'}, {0x0456, 'i'}, {0x0458, 'j'}, {0x0474, 'V'}, {0x0475, 'v'}, {0x04ae, 'Y'},
    {0x04af, 'y'}, {0x04ba, 'h'}, {0x04bb, 'h'}, {0x04c0, 'I'}, {0x04cf, 'l'}, {0x0501, 'd'},
    {0x050c, 'G'}, {0x051a, 'Q'}, {0x051b, 'q'}, {0x051c, 'W'}, {0x051d, 'w'},
};

static char looks_like(uint32_t cp)
{
    for (size_t i = 0; i < sizeof looks / sizeof *looks; i++)
        if (looks[i].from == cp) return looks[i].to;
    return 0;
}

enum script { SCRIPT_OTHER, SCRIPT_LATIN, SCRIPT_GREEK, SCRIPT_CYRILLIC };

static enum script script_of(uint32_t cp)
{
    uint32_t lower = cp | 0x20;
    if ((lower >= 'a' && lower <= 'z') || (cp >= 0xc0 && cp <= 0x24f && cp != 0xd7 && cp != 0xf7)) return SCRIPT_LATIN;
    if (cp >= 0x370 && cp <= 0x3ff) return SCRIPT_GREEK;
    return cp >= 0x400 && cp <= 0x52f ? SCRIPT_CYRILLIC : SCRIPT_OTHER;
}

static bool is_blank(uint32_t cp)
{
    return cp == ' ' || cp == 0xa0 || cp == 0x1680 || (cp >= 0x2000 && cp <= 0x200a) || cp == 0x202f || cp == 0x205f ||
           cp == 0x3000;
}

/* --- well-formed */

enum rc name_check(struct ctx *cx, struct str name, size_t most)
{
    if (name.n == 0) return fail(cx, E_INVALID, "name: it is empty");
    if (name.n > most) return fail(cx, E_INVALID, "name: longer than %zu bytes", most);
    bool blank = true;
    enum script word = SCRIPT_OTHER;
    for (size_t i = 0, n; i < name.n; i += n) {
        uint32_t cp = 0;
        n = str_char(name, i, &cp);
        if (n == 0) return fail(cx, E_INVALID, "name: not UTF-8 at byte %zu", i + 1);
        if (cp < 0x20 || (cp >= 0x7f && cp < 0xa0) || char_is_deceptive(cp))
            return fail(cx, E_INVALID, "name: a control or invisible character (U+%04X) at byte %zu", (unsigned)cp,
                        i + 1);
        bool is = is_blank(cp);
        if (is && blank)
            return fail(cx, E_INVALID,
                        i ? "name: two blanks in a row at byte %zu" : "name: begins with a blank (byte %zu)", i + 1);
        enum script s = script_of(cp);
        if (is || s != SCRIPT_OTHER) {
            if (!is && word != SCRIPT_OTHER && s != word)
                return fail(cx, E_INVALID, "name: letters of different scripts in one word, at byte %zu", i + 1);
            word = is ? SCRIPT_OTHER : s;
        }
        blank = is;
    }
    return blank ? fail(cx, E_INVALID, "name: ends with a blank") : OK;
}

static bool is_domain(struct str domain)
{
    struct str rest = domain, label;
    int labels = 0;
    while (str_cut(&rest, '.', &label)) {
        labels++;
        if (label.n == 0 || label.n > LABEL_MOST || label.p[0] == '-' || label.p[label.n - 1] == '-') return false;
        for (size_t i = 0; i < label.n; i++) {
            char c = label.p[i];
            if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-')) return false;
        }
    }
    return labels > 0;
}

static bool is_local(struct str local)
{
    struct str rest = local, atom;
    if (local.n == 0 || local.n > LOCAL_MOST) return false;
    while (str_cut(&rest, '.', &atom)) {
        if (atom.n == 0) return false;
        for (size_t i = 0; i < atom.n; i++) {
            char c = atom.p[i];
            bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
            if (!letter && (!c || !strchr("!#$%&'*+-/=?^_`{|}~", c))) return false;
        }
    }
    return true;
}

enum rc address_check(struct ctx *cx, struct str address)
{
    const char *at = address.n ? memchr(address.p, '@', address.n) : NULL;
    size_t local = at ? (size_t)(at - address.p) : 0;
    if (address.n > ADDRESS_MOST) return fail(cx, E_INVALID, "address: longer than %d bytes", ADDRESS_MOST);
    for (size_t i = 0; i < address.n; i++)
        if ((unsigned char)address.p[i] >= 0x7f || (unsigned char)address.p[i] <= ' ')
            return fail(cx, E_INVALID, "address \"%s\": blanks and letters beyond ASCII cannot stand in one (byte %zu)",
                        str_visible(cx, address), i + 1);
    if (at && is_local(str_slice(address, 0, local)) && is_domain(str_slice(address, local + 1, address.n))) return OK;
    return fail(cx, E_INVALID, "address \"%s\": it is to be like name@example.org", str_visible(cx, address));
}

/* --- alike */

/* Letters as what they look like, blanks run together and none at the ends, nothing invisible. */
static void put_plain(struct buf *out, struct str s, bool cased)
{
    bool blank = true;
    for (size_t i = 0, n; i < s.n; i += n) {
        uint32_t cp = 0;
        n = str_char(s, i, &cp);
        if (n == 0) { /* not UTF-8: as it is */
            buf_char(out, s.p[i]);
            n = 1;
            continue;
        }
        if (char_is_deceptive(cp) || cp < 0x20) continue;
        bool is = is_blank(cp);
        char like = looks_like(cp);
        if (cased && (cp == 'I' || cp == '1' || cp == '|' || like == 'I')) like = 'l';
        if (cased && cp == '0') like = 'O';
        if (!cased && cp == '0') like = 'o';
        if (!cased && (cp == '1' || cp == '|')) like = 'l';
        if (is && !blank) buf_char(out, ' ');
        if (!is && like) buf_char(out, like);
        if (!is && !like) buf_add(out, s.p + i, n);
        blank = is;
    }
    if (blank && out->n && out->p[out->n - 1] == ' ') out->n--;
}

static enum rc copy(struct ctx *cx, uint8_t *p, size_t n, struct str *out)
{
    if (!p) return fail(cx, E_IO, "out of memory");
    *out = arena_str(&cx->arena, (struct str){(const char *)p, n});
    free(p);
    return OK;
}

/* Normalized, and then without case when it is to be folded. */
static enum rc normal(struct ctx *cx, struct str s, bool fold, struct str *out)
{
    size_t n = 0;
    if (s.n == 0 || !str_is_utf8(s)) {
        *out = s;
        return OK;
    }
    pthread_once(&once, load);
    if (missing) return fail(cx, E_IO, "names need libunistring (Debian: libunistring2); not found: %s", missing);
    uint8_t *p = fold ? lib.u8_casefold((const uint8_t *)s.p, s.n, NULL, lib.nfkc, NULL, &n)
                      : lib.u8_normalize(lib.nfkc, (const uint8_t *)s.p, s.n, NULL, &n);
    return copy(cx, p, n, out);
}

enum rc text_composed(struct ctx *cx, struct str s, struct str *out)
{
    size_t n = 0;
    *out = s.p ? s : STR("");
    pthread_once(&once, load);
    if (missing) return fail(cx, E_IO, "passwords need libunistring (Debian: libunistring2); not found: %s", missing);
    if (s.n == 0 || !str_is_utf8(s)) return OK;
    uint8_t *p = lib.u8_normalize(lib.nfc, (const uint8_t *)s.p, s.n, NULL, &n);
    return copy(cx, p, n, out);
}

enum rc text_folded(struct ctx *cx, struct str s, struct str *out)
{
    size_t n = 0;
    *out = s;
    if (s.n == 0 || !str_is_utf8(s)) return OK;
    pthread_once(&once, load);
    if (missing) return fail(cx, E_IO, "paths need libunistring (Debian: libunistring2); not found: %s", missing);
    uint8_t *p = lib.u8_casefold((const uint8_t *)s.p, s.n, NULL, lib.nfc, NULL, &n);
    return copy(cx, p, n, out);
}

enum rc name_skeleton(struct ctx *cx, struct str name, struct name_skeleton *out)
{
    struct str text, folded;
    scoped_buf plain;
    buf_init(&plain, 64 * 1024);
    TRY(normal(cx, name, false, &text));
    put_plain(&plain, text, true);
    out->cased = arena_str(&cx->arena, buf_view(&plain));
    buf_clear(&plain);
    put_plain(&plain, text, false); /* capitals of other scripts first, then without case */
    TRY(normal(cx, arena_str(&cx->arena, buf_view(&plain)), true, &folded));
    buf_clear(&plain);
    put_plain(&plain, folded, false);
    out->folded = arena_str(&cx->arena, buf_view(&plain));
    return buf_ok(&plain) == OK ? OK : fail(cx, E_LIMIT, "name: too long to be compared");
}

bool name_alike(const struct name_skeleton *a, const struct name_skeleton *b)
{
    return str_eq(a->folded, b->folded) || str_eq(a->cased, b->cased);
}

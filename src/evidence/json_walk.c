#include "evidence/json_walk.h"

#include <assert.h>

#include "base/limits.h"

/* Paths that still hold at a level, one bit each. */
typedef uint64_t set;

struct level {
    bool is_object;
    bool begun; /* it has a value */
    set here;
};

struct walking {
    struct ctx *cx;
    struct json_walk *w;
    struct input *in;
    struct str segments[JSON_PATHS][JSON_PATH_LEVELS];
    size_t n_segments[JSON_PATHS];
    struct level levels[LIMIT_EVIDENCE_DEPTH];
    size_t depth;
    char text[JSON_TEXT_MOST];
    size_t n_text;
};

/* --- bytes */

static enum rc peek(struct walking *k, int *c)
{
    struct input *in = k->in;
    bool more;
    if (in->at == in->n) {
        TRY(input_more(k->cx, in, &more));
        if (!more) {
            *c = -1;
            return OK;
        }
    }
    *c = in->piece[in->at];
    return OK;
}

static enum rc skip_blanks(struct walking *k, int *c)
{
    for (;;) {
        TRY(peek(k, c));
        if (*c == '\n')
            k->in->line++;
        else if (*c != ' ' && *c != '\t' && *c != '\r')
            return OK;
        k->in->at++;
    }
}

static enum rc wrong(struct walking *k, const char *what)
{
    int c;
    TRY(peek(k, &c));
    return input_wrong(k->cx, k->in, c < 0 ? "it ends in the middle" : what);
}

/* --- texts */

static void keep(struct walking *k, char c)
{
    if (k->n_text < JSON_TEXT_MOST) k->text[k->n_text++] = c;
}

static void keep_char(struct walking *k, uint32_t cp)
{
    if (cp < 0x80) {
        keep(k, (char)cp);
    } else if (cp < 0x800) {
        keep(k, (char)(0xc0 | cp >> 6));
        keep(k, (char)(0x80 | (cp & 0x3f)));
    } else if (cp < 0x10000) {
        keep(k, (char)(0xe0 | cp >> 12));
        keep(k, (char)(0x80 | (cp >> 6 & 0x3f)));
        keep(k, (char)(0x80 | (cp & 0x3f)));
    } else {
        keep(k, (char)(0xf0 | cp >> 18));
        keep(k, (char)(0x80 | (cp >> 12 & 0x3f)));
        keep(k, (char)(0x80 | (cp >> 6 & 0x3f)));
        keep(k, (char)(0x80 | (cp & 0x3f)));
    }
}

static enum rc take_hex(struct walking *k, uint32_t *out)
{
    *out = 0;
    for (int i = 0, c; i < 4; i++) {
        TRY(peek(k, &c));
        int v = c >= '0' && c <= '9'   ? c - '0'
                : c >= 'a' && c <= 'f' ? c - 'a' + 10
                : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                       : -1;
        if (v < 0) return wrong(k, "\\u wants four hexadecimal digits");
        *out = *out << 4 | (uint32_t)v;
        k->in->at++;
    }
    return OK;
}

/* The second half of a pair; a half alone becomes U+FFFD. */
static enum rc take_pair(struct walking *k, uint32_t high)
{
    int c;
    uint32_t low = 0;
    TRY(peek(k, &c));
    if (c == '\\') {
        k->in->at++;
        TRY(peek(k, &c));
        if (c == 'u') {
            k->in->at++;
            TRY(take_hex(k, &low));
            if (low >= 0xdc00 && low <= 0xdfff) {
                keep_char(k, 0x10000 + ((high - 0xd800) << 10) + (low - 0xdc00));
                return OK;
            }
        }
        return wrong(k, "half of a character by \\u");
    }
    keep_char(k, 0xfffd);
    return OK;
}

static enum rc take_escape(struct walking *k)
{
    static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
    int c;
    uint32_t cp;
    TRY(peek(k, &c));
    if (c == 'u') {
        k->in->at++;
        TRY(take_hex(k, &cp));
        if (cp >= 0xd800 && cp <= 0xdbff) return take_pair(k, cp);
        keep_char(k, cp >= 0xdc00 && cp <= 0xdfff ? 0xfffd : cp);
        return OK;
    }
    const char *at = c > 0 ? strchr(from, c) : NULL;
    if (!at) return wrong(k, "there is no such escape");
    keep(k, to[at - from]);
    k->in->at++;
    return OK;
}

/* Stands on the quote. What is not wanted is passed over in long strides. */
static enum rc take_text(struct walking *k, bool wanted)
{
    struct input *in = k->in;
    k->n_text = 0;
    in->at++;
    for (;;) {
        int c;
        TRY(peek(k, &c));
        size_t from = in->at, at = from;
        while (at < in->n && in->piece[at] != '"' && in->piece[at] != '\\' && in->piece[at] >= ' ') at++;
        if (wanted && at > from) {
            size_t n = at - from < JSON_TEXT_MOST - k->n_text ? at - from : JSON_TEXT_MOST - k->n_text;
            memcpy(k->text + k->n_text, in->piece + from, n);
            k->n_text += n;
        }
        in->at = at;
        if (c < 0) return wrong(k, "");
        if (at == in->n) continue;
        c = in->piece[at];
        if (c < ' ') return wrong(k, "a control character within a text");
        in->at++;
        if (c == '"') break;
        TRY(take_escape(k));
    }
    if (!wanted) return OK;
    if (k->n_text == JSON_TEXT_MOST) /* cut: not within a character */
        while (k->n_text && ((unsigned char)k->text[k->n_text - 1] & 0x80)) k->n_text--;
    return str_is_utf8((struct str){k->text, k->n_text}) ? OK : input_wrong(k->cx, in, "a text that is no UTF-8");
}

/* --- numbers and words */

static enum rc take_digits(struct walking *k)
{
    int c;
    size_t n = 0;
    for (;; n++) {
        TRY(peek(k, &c));
        if (c < '0' || c > '9') break;
        keep(k, (char)c);
        k->in->at++;
    }
    return n ? OK : wrong(k, "a digit is expected");
}

static enum rc take_number(struct walking *k)
{
    int c;
    k->n_text = 0;
    TRY(peek(k, &c));
    if (c == '-') {
        keep(k, '-');
        k->in->at++;
    }
    TRY(peek(k, &c));
    if (c == '0') {
        keep(k, '0');
        k->in->at++;
    } else {
        TRY(take_digits(k));
    }
    TRY(peek(k, &c));
    if (c == '.') {
        keep(k, '.');
        k->in->at++;
        TRY(take_digits(k));
        TRY(peek(k, &c));
    }
    if (c != 'e' && c != 'E') return OK;
    keep(k, 'e');
    k->in->at++;
    TRY(peek(k, &c));
    if (c == '+' || c == '-') {
        keep(k, (char)c);
        k->in->at++;
    }
    return take_digits(k);
}

static enum rc take_word(struct walking *k, const char *word)
{
    for (int c; *word; word++) {
        TRY(peek(k, &c));
        if (c != (unsigned char)*word) return wrong(k, "no value of JSON");
        k->in->at++;
    }
    return OK;
}

/* --- paths */

static void split_paths(struct walking *k)
{
    assert(k->w->n_paths <= JSON_PATHS);
    for (size_t i = 0; i < k->w->n_paths; i++) {
        struct str rest = str_from(k->w->paths[i].path), part;
        k->n_segments[i] = 0;
        while (rest.n && str_cut(&rest, '/', &part)) {
            assert(k->n_segments[i] < JSON_PATH_LEVELS);
            k->segments[i][k->n_segments[i]++] = part;
        }
    }
}

/* Which paths of `from` go on over this key (or, STR_NONE, over an element) at this depth. */
static set step(const struct walking *k, set from, size_t depth, struct str key)
{
    set out = 0;
    for (set left = from; left; left &= left - 1) {
        size_t i = (size_t)__builtin_ctzll(left);
        if (depth >= k->n_segments[i]) continue;
        struct str s = k->segments[i][depth];
        if (key.p ? str_eq(s, key) || str_eq(s, STR("**")) : str_eq(s, STR("*"))) out |= (set)1 << i;
    }
    return out;
}

static enum rc give(struct walking *k, set here, size_t depth, enum json_event e)
{
    const struct str value = {k->text, e == SAW_TEXT || e == SAW_NUMBER ? k->n_text : 0};
    for (set left = here; left; left &= left - 1) {
        size_t i = (size_t)__builtin_ctzll(left);
        if (k->n_segments[i] == depth) TRY(k->w->take(k->w->arg, k->w->paths[i].id, e, value));
    }
    return OK;
}

/* --- values */

static enum rc open_level(struct walking *k, set here, bool is_object)
{
    if (k->depth == LIMIT_EVIDENCE_DEPTH) return wrong(k, "it is nested too deep");
    TRY(give(k, here, k->depth, is_object ? SAW_OBJECT : SAW_ARRAY));
    k->levels[k->depth++] = (struct level){is_object, false, here};
    k->in->at++;
    return OK;
}

static enum rc take_value(struct walking *k, set here)
{
    int c;
    enum json_event e;
    TRY(skip_blanks(k, &c));
    switch (c) {
    case '{':
    case '[':
        return open_level(k, here, c == '{');
    case '"':
        TRY(take_text(k, here != 0));
        e = SAW_TEXT;
        break;
    case 't':
        TRY(take_word(k, "true"));
        e = SAW_TRUE;
        break;
    case 'f':
        TRY(take_word(k, "false"));
        e = SAW_FALSE;
        break;
    case 'n':
        TRY(take_word(k, "null"));
        e = SAW_NULL;
        break;
    default:
        if (c != '-' && (c < '0' || c > '9')) return wrong(k, "no value of JSON");
        TRY(take_number(k));
        e = SAW_NUMBER;
    }
    return give(k, here, k->depth, e);
}

/* The next member or element of the innermost level, or its end. */
static enum rc take_next(struct walking *k)
{
    struct level *l = &k->levels[k->depth - 1];
    int c;
    set here;
    TRY(skip_blanks(k, &c));
    if (c == (l->is_object ? '}' : ']')) {
        k->in->at++;
        k->depth--;
        return give(k, l->here, k->depth, SAW_END);
    }
    if (l->begun) {
        if (c != ',') return wrong(k, l->is_object ? "a comma or } is expected" : "a comma or ] is expected");
        k->in->at++;
        TRY(skip_blanks(k, &c));
    }
    l->begun = true;
    if (l->is_object) {
        if (c != '"') return wrong(k, "a key is expected");
        TRY(take_text(k, l->here != 0));
        here = step(k, l->here, k->depth - 1, (struct str){k->text, k->n_text});
        TRY(skip_blanks(k, &c));
        if (c != ':') return wrong(k, "a colon is expected");
        k->in->at++;
    } else {
        here = step(k, l->here, k->depth - 1, STR_NONE);
    }
    return take_value(k, here);
}

enum rc json_walk(struct ctx *cx, struct json_walk *w, struct input *in)
{
    struct walking k = {.cx = cx, .w = w, .in = in};
    int c;
    w->in = in;
    split_paths(&k);
    TRY(peek(&k, &c));
    if (in->n >= 3 && !memcmp(in->piece, "\xef\xbb\xbf", 3)) in->at = 3; /* a mark some writers begin with */
    TRY(take_value(&k, w->n_paths == JSON_PATHS ? ~(set)0 : ((set)1 << w->n_paths) - 1));
    while (k.depth) TRY(take_next(&k));
    TRY(skip_blanks(&k, &c));
    return c < 0 ? OK : input_wrong(cx, in, "something follows behind the end");
}

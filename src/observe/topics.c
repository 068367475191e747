/* Words are compared one by one; phrases are found by the first byte of their first word. */
#include "observe/topics.h"

#include <ctype.h>

#define GAP_MAX 12 /* words between the parts of a phrase */
#define SENTENCE_WORDS_MIN 6
#define SENTENCE_WORDS_MAX 400
#define HEADING_WORDS_MAX 9
#define HEADING_OF_ONE_WORD 4 /* words of a heading in which one word says what it is about */
#define WORD_MAX 40

struct word {
    char text[WORD_MAX];
    unsigned char n;
};

struct topic_index {
    struct word words[SENTENCE_WORDS_MAX]; /* of the sentence at hand */
    uint16_t *by_byte[256];
    uint16_t counts[256];
};

struct topic_index *topic_index_new(struct arena *a)
{
    struct topic_index *x = arena_new(a, struct topic_index);
    for (int pass = 0; pass < 2; pass++) {
        for (int b = 0; pass && b < 256; b++) {
            x->by_byte[b] = arena_array(a, uint16_t, (size_t)x->counts[b] + 1);
            x->counts[b] = 0;
        }
        for (size_t i = 0; i < topic_phrases_n; i++) {
            bool seen[256] = {false};
            struct str rest = str_from(topic_phrases[i].text), first, one;
            str_cut(&rest, ' ', &first);
            while (str_cut(&first, '|', &one)) {
                unsigned char b = one.n ? (unsigned char)one.p[0] : 0;
                if (seen[b]) continue;
                seen[b] = true;
                if (pass) x->by_byte[b][x->counts[b]] = (uint16_t)i;
                x->counts[b]++;
            }
        }
    }
    return x;
}

/* Folds one character into the word: lower case, Finnish letters to ASCII. Bytes used, 0 when it is no part of a word.
 */
static size_t fold(struct str s, size_t i, struct word *w)
{
    unsigned char c = (unsigned char)s.p[i];
    char out = 0;
    size_t used = 1;
    if (isalnum(c))
        out = (char)tolower(c);
    else if (c == 0xc3 && i + 1 < s.n) {
        unsigned char d = (unsigned char)s.p[i + 1] | 0x20;
        out = d == 0xa4 || d == 0xa5 ? 'a' : d == 0xb6 ? 'o' : d == 0xa9 ? 'e' : '?';
        used = 2;
    } else if (c >= 0x80) {
        /* other letters end no word; dashes and quotes do */
        if (c == 0xe2) return 0;
        out = '?';
    } else {
        return 0;
    }
    if (w->n < WORD_MAX) w->text[w->n++] = out;
    return used;
}

static bool word_fits(const struct word *w, struct str alternatives)
{
    struct str one;
    while (str_cut(&alternatives, '|', &one)) {
        bool prefix = one.n && one.p[one.n - 1] == '*';
        size_t n = one.n - prefix;
        if ((prefix ? w->n >= n : w->n == n) && memcmp(w->text, one.p, n) == 0) return true;
    }
    return false;
}

static bool phrase_fits(const struct word *words, size_t n, size_t at, const char *text)
{
    struct str rest = str_from(text), want;
    bool gap = false;
    while (str_cut(&rest, ' ', &want)) {
        if (str_eq(want, STR(".."))) {
            gap = true;
            continue;
        }
        size_t last = gap ? at + GAP_MAX : at;
        while (at < n && at <= last && !word_fits(&words[at], want)) at++;
        if (at >= n || at > last) return false;
        at++;
        gap = false;
    }
    return true;
}

static void match(const struct topic_index *x, const struct word *words, size_t n, unsigned where,
                  void (*found)(void *, const char *), void *arg)
{
    for (size_t i = 0; i < n; i++) {
        unsigned char b = (unsigned char)words[i].text[0];
        for (uint16_t k = 0; k < x->counts[b]; k++) {
            const struct phrase *p = &topic_phrases[x->by_byte[b][k]];
            if (!(p->where & where) || !phrase_fits(words, n, i, p->text)) continue;
            if (n > HEADING_OF_ONE_WORD && (where & (IN_HEADING | IN_PROCESS_HEADING)) && !strchr(p->text, ' '))
                continue;
            found(arg, p->topic);
        }
    }
}

/* "e.g.", "v1.2", "x.md" end no sentence. */
static bool ends_sentence(struct str s, size_t i)
{
    if (s.p[i] == '!' || s.p[i] == '?') return i + 1 == s.n || isspace((unsigned char)s.p[i + 1]);
    if (s.p[i] != '.') return false;
    if (i + 1 < s.n && !isspace((unsigned char)s.p[i + 1])) return false;
    return !(i >= 2 && s.p[i - 2] == '.') &&
           !(i >= 2 && !isalnum((unsigned char)s.p[i - 2]) && isalpha((unsigned char)s.p[i - 1]));
}

/* Where an address behind `at` ends: nothing in it is said by the sentence. */
static size_t end_of_address(struct str s, size_t at)
{
    while (at < s.n && !isspace((unsigned char)s.p[at]) && !strchr(")>]\"'`", s.p[at])) at++;
    return at;
}

void topics_find(struct topic_index *x, struct str text, unsigned where, void (*found)(void *arg, const char *topic),
                 void *arg)
{
    bool heading = where & (IN_HEADING | IN_PROCESS_HEADING);
    struct word *words = x->words;
    size_t n = 0;
    bool in_word = false;
    for (size_t i = 0; i <= text.n;) {
        if (in_word && text.n - i > 3 && memcmp(text.p + i, "://", 3) == 0) {
            n--; /* the scheme: "https" speaks of no encryption */
            in_word = false;
            i = end_of_address(text, i);
            continue;
        }
        bool end = i == text.n || (!heading && ends_sentence(text, i)) || n == SENTENCE_WORDS_MAX;
        if (end) {
            if (heading ? n <= HEADING_WORDS_MAX : n >= SENTENCE_WORDS_MIN) match(x, words, n, where, found, arg);
            n = 0;
            in_word = false;
            i++;
            continue;
        }
        struct word scrap = {.n = 0}, *w = in_word ? &words[n - 1] : n < SENTENCE_WORDS_MAX ? &words[n] : &scrap;
        if (!in_word) w->n = 0;
        size_t used = fold(text, i, w);
        if (used) {
            if (!in_word) n++;
            in_word = true;
            i += used;
        } else {
            in_word = false;
            i++;
        }
    }
}

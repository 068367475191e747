/* The pass over one file: literals found by the prefilter, candidates read by pattern, hits judged, folded, sorted. */
#define PCRE2_CODE_UNIT_WIDTH 8
#include "scan/scan.h"

#include <pcre2.h>
#include <stdlib.h>

#include "base/digest.h"
#include "base/limits.h"
#include "scan/match.h"
#include "scan/prefilter.h"

#define MAX_RULES 256
#define MATCH_LIMIT 100000 /* steps of one pattern on one subject */
#define JOIN_LINES 8
#define LONGEST_OPENER 8     /* bytes that the lexer may be past the place it was asked about */
#define WORK_LEAST (8 * MIB) /* bytes that rules may look at in one file, again and again … */
#define WORK_SHARE 32        /* … and so many times its length */
#define AROUND_MAX 4096
#define BINARY_PROBE 8000
#define ANCHORED_COST 256 /* of a literal whose pattern begins there */
#define ANCHORED_MOST (8 * KIB)
#define PIECE_AHEAD 4096  /* of a line that is too long: so much behind the literal, at least … */
#define PIECE_BEHIND 1024 /* … and so much before it */

struct found {
    struct scan_hit hit;
    const struct rule *rule;
    size_t at, last_at; /* where its line starts, and that of its latest occurrence */
};

struct scanner {
    uint8_t key[16];
    const struct rule *rules;
    size_t n_rules;
    pcre2_code *code[MAX_RULES];
    size_t done[MAX_RULES]; /* where this rule has already looked up to, in this file */
    pcre2_match_data *data;
    pcre2_match_context *context;
    pcre2_jit_stack *stack;
    struct prefilter *prefilter;
    uint16_t *literal_rules; /* rule of each literal */
    size_t n_literals;
    /* the file at hand */
    struct file_facts file;
    struct str content;
    struct lexer lexer, at_line; /* where it is; where it was at the start of the line lexed_line */
    struct lexer allowing;       /* of its own, for questions in another order */
    size_t lexed_line;
    uint64_t work_left;
    size_t line_at, line_end; /* the line last looked at … */
    bool cut;                 /* … which goes on behind line_end */
    size_t counted_at;        /* newlines counted up to here … */
    int64_t counted;          /* … this many */
    enum rc rc;
    enum scan_want want;
    struct found found[LIMIT_HITS_PER_BLOB];
    size_t n_found, n_allowed; /* of them allowed */
    struct scan_hit hits[LIMIT_HITS_PER_BLOB];
};

static const char *const category_names[SCAN_CATEGORY_COUNT] = {
    "secret",  "default_password", "personal_data",      "weak_password_hash", "tls_verification_off",
    "old_tls", "plain_http",       "production_in_test", "download_to_shell"};

const char *scan_category_name(enum scan_category c)
{
    return category_names[c];
}

const char *scan_confidence_name(enum scan_confidence c)
{
    static const char *const names[] = {"checksum", "structure", "context"};
    return names[c];
}

/* The prefilter over the literals of all rules. */
static bool build_prefilter(struct scanner *s)
{
    size_t n = 0;
    for (size_t r = 0; r < s->n_rules; r++) {
        struct str rest = str_from(s->rules[r].literals), w;
        while (str_cut(&rest, '|', &w)) n++;
    }
    if (!n) return false;
    struct str *literals = calloc(n, sizeof *literals);
    s->literal_rules = calloc(n, sizeof *s->literal_rules);
    if (literals && s->literal_rules) {
        for (size_t r = 0; r < s->n_rules; r++) {
            struct str rest = str_from(s->rules[r].literals), w;
            while (str_cut(&rest, '|', &w)) {
                literals[s->n_literals] = w;
                s->literal_rules[s->n_literals++] = (uint16_t)r;
            }
        }
        s->prefilter = prefilter_new(literals, n);
    }
    free(literals);
    return s->prefilter != NULL;
}

struct scanner *scanner_new(const uint8_t key[16])
{
    struct scanner *s = calloc(1, sizeof *s);
    if (!s) return NULL;
    memcpy(s->key, key, sizeof s->key);
    s->rules = rules_table(&s->n_rules);
    s->data = pcre2_match_data_create(MATCH_GROUPS, NULL);
    s->context = pcre2_match_context_create(NULL);
    s->stack = pcre2_jit_stack_create(32 * KIB, 512 * KIB, NULL);
    if (s->n_rules > MAX_RULES || !s->data || !s->context || !s->stack || !build_prefilter(s)) {
        scanner_free(s);
        return NULL;
    }
    pcre2_set_match_limit(s->context, MATCH_LIMIT);
    pcre2_set_depth_limit(s->context, 1000);
    pcre2_jit_stack_assign(s->context, NULL, s->stack);
    return s;
}

void scanner_free(struct scanner *s)
{
    if (!s) return;
    for (size_t r = 0; r < MAX_RULES; r++) pcre2_code_free(s->code[r]);
    pcre2_match_data_free(s->data);
    pcre2_match_context_free(s->context);
    pcre2_jit_stack_free(s->stack);
    prefilter_free(s->prefilter);
    free(s->literal_rules);
    free(s);
}

const struct file_facts *scanner_file(const struct scanner *s)
{
    return &s->file;
}

struct str scanner_content(const struct scanner *s)
{
    return s->content;
}

/* Questions about one line come in any order, and often twice: none costs more than that line. */
bool scanner_in_comment(struct scanner *s, size_t at)
{
    if (at >= s->line_at && s->lexed_line != s->line_at) {
        if (s->lexer.at < s->line_at) (void)lexer_in_comment(&s->lexer, s->file.syntax, s->content, s->line_at - 1);
        if (s->lexer.at <= s->line_at + LONGEST_OPENER) s->at_line = s->lexer;
        s->lexed_line = s->line_at;
    }
    if (at < s->lexer.at && at >= s->at_line.at) s->lexer = s->at_line;
    return lexer_in_comment(&s->lexer, s->file.syntax, s->content, at);
}

static size_t line_start(struct str c, size_t at)
{
    const char *nl = at ? memrchr(c.p, '\n', at) : NULL;
    return nl ? (size_t)(nl - c.p) + 1 : 0;
}

static size_t line_stop(struct str c, size_t at)
{
    const char *nl = at < c.n ? memchr(c.p + at, '\n', c.n - at) : NULL;
    return nl ? (size_t)(nl - c.p) : c.n;
}

struct str scanner_before(const struct scanner *s, size_t at, unsigned lines)
{
    size_t far = at > LIMIT_LINE_SCAN ? at - LIMIT_LINE_SCAN : 0; /* a line may be megabytes */
    size_t end = far + line_start(str_slice(s->content, far, s->content.n), at - far), from = end,
           least = end > AROUND_MAX ? end - AROUND_MAX : 0;
    while (lines-- && from > least) from = line_start(s->content, from - 1);
    if (from < least) from = least;
    return str_slice(s->content, from, end);
}

struct str scanner_around(const struct scanner *s, size_t at, unsigned before, unsigned after)
{
    struct str head = scanner_before(s, at, before);
    size_t from = (size_t)(head.p - s->content.p), to = at, most = at + AROUND_MAX;
    struct str near = str_slice(s->content, 0, most < s->content.n ? most : s->content.n);
    for (unsigned i = 0; i <= after && to < s->content.n && to < most; i++) to = line_stop(near, to) + 1;
    if (to > most) to = most;
    if (at > from + 2 * AROUND_MAX) from = at - 2 * AROUND_MAX;
    return str_slice(s->content, from, to);
}

static size_t indent_of(struct str line)
{
    size_t n = 0, width = 0;
    for (; n < line.n && (line.p[n] == ' ' || line.p[n] == '\t'); n++) width += line.p[n] == '\t' ? 8 : 1;
    return width;
}

bool scanner_is_guarded(struct scanner *s, const struct match *m)
{
    static const char *const about =
        "verif|insecure|ssl|tls|cert|unsafe|skip|trust|debug|dev|test|strict|validat|check|https|"
        "secure|local|peer|ignore|allow|proxy|self_signed|selfsigned|options|config|ca_|flag|argument";
    struct str line = str_slice(s->content, m->line_at, m->line_end);
    struct str head = str_slice(s->content, m->line_at, m->begin);
    if ((has_any_word(head, "if|unless|elif|case|when|default") || str_has(head, STR("?")) ||
         str_has(head, STR("&&")) || str_has(head, STR("||"))) &&
        has_any(head, about))
        return true;
    struct str tail = str_slice(s->content, m->end, m->line_end);
    if (has_any_word(tail, "if|unless") && has_any(tail, about)) return true;
    if (has_any(line, "add_argument|add_option|argparse|optparse|.option(|@click|flag.bool|boolvar|cobra|getopt"))
        return true;
    /* the lines it stands under: each that is indented less than everything between it and the match */
    struct str above = scanner_before(s, m->begin, 14);
    size_t least = indent_of(line);
    while (above.n > 0) {
        size_t from = line_start(above, above.n - 1);
        struct str l = str_slice(above, from, above.n - 1), t = str_trim(l);
        above.n = from;
        if (t.n == 0) continue;
        bool directive = str_starts(t, STR("#if")), opens = directive;
        static const char *const openers[] = {"if",     "} else", "else",  "elif",  "} elif",
                                              "unless", "case ",  "when ", "switch"};
        for (size_t i = 0; i < sizeof openers / sizeof *openers; i++)
            opens = opens || str_starts(t, str_from(openers[i]));
        if (str_starts(t, STR("? ")) && indent_of(l) < least) return true; /* one side of a choice */
        if (opens && (directive || indent_of(l) < least) && (has_any(t, about) || str_has(t, STR("else")))) return true;
        if (indent_of(l) < least) least = indent_of(l);
    }
    return false;
}

static int64_t line_number(struct scanner *s, size_t at)
{
    if (at < s->counted_at) {
        s->counted_at = 0;
        s->counted = 0;
    }
    const char *p = s->content.p + s->counted_at, *end = s->content.p + at;
    while (p < end && (p = memchr(p, '\n', (size_t)(end - p)))) {
        s->counted++;
        p++;
    }
    s->counted_at = at;
    return s->counted + 1;
}

static bool is_allowed_by(struct scanner *s, const struct rule *r, size_t from, size_t to, bool whole_line)
{
    struct str line = str_slice(s->content, from, to), mark = STR("sinetti:allow");
    const char *at = str_find(line, mark);
    if (!at) return false;
    size_t offset = from + (size_t)(at - line.p);
    if (s->file.syntax != SYNTAX_NONE) {
        size_t first = str_trim(line).p ? from + (size_t)(str_trim(line).p - line.p) : from;
        if (!lexer_in_comment(&s->allowing, s->file.syntax, s->content, whole_line ? first + 1 : offset)) return false;
    }
    struct str rest = str_trim(str_slice(line, (size_t)(at - line.p) + mark.n, line.n)), name;
    size_t n = 0;
    while (n < rest.n && rest.p[n] != ' ' && rest.p[n] != '\t') n++;
    name = str_slice(rest, 0, n);
    if (!str_eq(name, str_from(r->id)) && !str_eq(name, str_from(category_names[r->category]))) return false;
    struct str reason = str_trim(str_slice(rest, n, rest.n)), word;
    size_t words = 0, letters = 0;
    while (str_cut(&reason, ' ', &word)) {
        bool has = false;
        for (size_t i = 0; i < word.n; i++)
            has = has || ((word.p[i] | 0x20) >= 'a' && (word.p[i] | 0x20) <= 'z') || word.p[i] & 0x80;
        words += has;
        letters += word.n;
    }
    return words >= 3 && letters >= 8;
}

static bool is_allowed(struct scanner *s, const struct rule *r, size_t line_at, size_t line_end)
{
    if (is_allowed_by(s, r, line_at, line_end, false)) return true;
    if (line_at == 0) return false;
    return is_allowed_by(s, r, line_start(s->content, line_at - 1), line_at - 1, true);
}

static void hex16(struct digest *d, char out[33])
{
    uint8_t sum[32];
    digest_final(d, sum);
    digest_hex(sum, 16, out);
}

/* Path, rule, the line without the value and without white space, and which of equal ones it is. */
static void make_fingerprint(struct scanner *s, const struct match *m, size_t nth, char out[33])
{
    struct digest d;
    digest_init(&d);
    digest_field(&d, str_from(m->rule->id));
    digest_field(&d, s->file.path);
    struct str line = str_slice(s->content, m->line_at, m->line_end);
    if (line.n > 512) line.n = 512;
    if (m->rule->category != SCAN_PERSONAL_DATA) {
        char kept[512];
        size_t n = 0;
        for (size_t i = 0; i < line.n; i++) {
            const char *p = line.p + i;
            if (m->value.p && p >= m->value.p && p < m->value.p + m->value.n) continue;
            if (*p != ' ' && *p != '\t' && *p != '\r') kept[n++] = *p;
        }
        digest_field(&d, (struct str){kept, n});
    }
    digest_field(&d, (struct str){(const char *)&(uint8_t){(uint8_t)nth}, 1});
    hex16(&d, out);
}

static void make_same_value(struct scanner *s, struct str v, char out[33])
{
    out[0] = 0;
    if (v.n == 0) return;
    struct digest d;
    digest_init(&d);
    digest_field(&d, (struct str){(const char *)s->key, sizeof s->key});
    digest_field(&d, v);
    hex16(&d, out);
}

/* Where it goes when there is room; of allowed ones it takes the place. A file full of them could hide one behind. */
static struct found *place_of(struct scanner *s, bool allowed)
{
    if (s->n_found < LIMIT_HITS_PER_BLOB) {
        s->n_allowed += allowed;
        return &s->found[s->n_found++];
    }
    for (size_t i = 0; !allowed && s->n_allowed && i < s->n_found; i++) {
        if (!s->found[i].hit.allowed) continue;
        s->n_allowed--;
        return &s->found[i];
    }
    return NULL;
}

static bool is_wanted(const struct scanner *s, const struct rule *r)
{
    if (s->want == SCAN_KEYS) return r->category == SCAN_SECRET && r->confidence != SCAN_CONTEXT;
    return s->want == SCAN_ALL || r->category == SCAN_PERSONAL_DATA;
}

void scanner_report(struct scanner *s, const struct match *m)
{
    const struct rule *r = m->rule;
    if (!is_wanted(s, r)) return;
    struct scan_hit h = {.rule = r->id,
                         .category = r->category,
                         .confidence = r->confidence,
                         .what = m->what ? m->what : r->what,
                         .count = m->count > 0 ? m->count : 1};
    make_same_value(s, m->value, h.same_value);
    size_t nth = 0;
    for (size_t i = 0; i < s->n_found; i++) {
        struct found *f = &s->found[i];
        if (strcmp(f->rule->id, r->id) != 0) continue;
        bool same = h.same_value[0] && strcmp(f->hit.same_value, h.same_value) == 0;
        if (f->at == m->line_at && (!h.same_value[0] || same)) return; /* the same line, found in two ways */
        if (same && f->last_at == m->line_at) return;
        if (same || r->flags & RULE_FOLD) {
            f->last_at = m->line_at;
            f->hit.count += h.count;
            return;
        }
    }
    if (s->n_found == LIMIT_HITS_PER_BLOB && !s->n_allowed) return;
    h.allowed = is_allowed(s, r, m->line_at, m->line_end);
    if (s->n_found == LIMIT_HITS_PER_BLOB && h.allowed) return;
    h.line = line_number(s, m->line_at);
    do {
        make_fingerprint(s, m, nth++, h.fingerprint);
        size_t i = 0;
        while (i < s->n_found && strcmp(s->found[i].hit.fingerprint, h.fingerprint) != 0) i++;
        if (i == s->n_found) break;
    } while (nth < 255);
    struct found *f = place_of(s, h.allowed);
    if (f) *f = (struct found){.hit = h, .rule = r, .at = m->line_at, .last_at = m->line_at};
}

static pcre2_code *code_of(struct scanner *s, size_t r)
{
    if (s->code[r]) return s->code[r];
    int error;
    PCRE2_SIZE offset;
    uint32_t options = PCRE2_NEVER_UTF | (s->rules[r].flags & RULE_AT ? PCRE2_ANCHORED : 0);
    pcre2_code *code =
        pcre2_compile((PCRE2_SPTR)s->rules[r].pattern, PCRE2_ZERO_TERMINATED, options, &error, &offset, NULL);
    if (!code) {
        s->rc = E_INTERNAL;
        return NULL;
    }
    (void)pcre2_jit_compile(code, PCRE2_JIT_COMPLETE); /* without JIT it is only slower */
    return s->code[r] = code;
}

static size_t subject_end(const struct scanner *s, const struct rule *r, size_t line_end)
{
    struct str c = s->content;
    size_t end = line_end;
    for (unsigned i = 0; i < r->ahead && end < c.n && end - line_end < AROUND_MAX; i++) end = line_stop(c, end + 1);
    for (unsigned i = 0; r->flags & RULE_JOIN && i < JOIN_LINES && end < c.n && end - line_end < AROUND_MAX; i++) {
        size_t last = end;
        while (last > s->line_at && strchr(" \t\r", c.p[last - 1])) last--;
        if (last == s->line_at || !strchr("\\|", c.p[last - 1])) break;
        end = line_stop(c, end + 1);
    }
    return end;
}

/* Checks read the whole line, or what is around it: a long line full of literals would cost its square, and a file full
 * of matches minutes. Once there is no room for a hit, none is looked for. */
static bool may_look(struct scanner *s, uint64_t n)
{
    size_t full = s->n_found - (s->want == SCAN_KEYS ? s->n_allowed : 0);
    if (n <= s->work_left && full < LIMIT_HITS_PER_BLOB) {
        s->work_left -= n;
        return true;
    }
    if (s->rc == OK) s->rc = E_LIMIT;
    return false;
}

static void judge(struct scanner *s, struct match *m)
{
    const struct rule *r = m->rule;
    if (!(r->flags & RULE_COMMENTS) && scanner_in_comment(s, m->begin)) return;
    if (r->check && !r->check(s, m)) return;
    scanner_report(s, m);
}

/* One rule on the line at hand; `at` is where its literal stands. */
static void try_pattern(struct scanner *s, size_t r, size_t at)
{
    const struct rule *rule = &s->rules[r];
    pcre2_code *code = code_of(s, r);
    if (!code) return;
    size_t end = subject_end(s, rule, s->line_end);
    if (rule->flags & RULE_AT && end - at > ANCHORED_MOST) end = at + ANCHORED_MOST; /* PCRE2 looks to the end */
    size_t from = rule->flags & RULE_AT ? at : s->done[r] > s->line_at ? s->done[r] : s->line_at;
    while (from <= s->line_end) {
        const char *subject = s->content.p + s->line_at;
        int n = pcre2_match(code, (PCRE2_SPTR)subject, end - s->line_at, from - s->line_at, 0, s->data, s->context);
        if (n < 0) {
            if (n != PCRE2_ERROR_NOMATCH) s->rc = s->rc == OK ? E_LIMIT : s->rc;
            break;
        }
        const PCRE2_SIZE *o = pcre2_get_ovector_pointer(s->data);
        struct match m = {.rule = rule,
                          .line_at = s->line_at,
                          .line_end = s->line_end,
                          .begin = s->line_at + o[0],
                          .end = s->line_at + o[1],
                          .count = 1};
        if (m.begin > s->line_end) break;
        for (int g = 0; g < MATCH_GROUPS && (n == 0 || g < n); g++)
            if (o[2 * g] != PCRE2_UNSET) m.group[g] = (struct str){subject + o[2 * g], o[2 * g + 1] - o[2 * g]};
        m.value = m.group[1];
        from = m.end > m.begin ? m.end : m.end + 1;
        if (!may_look(s, s->line_end - s->line_at + AROUND_MAX)) break;
        judge(s, &m);
        if (rule->flags & RULE_AT) break;
    }
    size_t seen = s->cut ? s->line_end - PIECE_AHEAD : s->line_end; /* the end of a piece is the next one's too */
    s->done[r] = rule->flags & RULE_AT ? at + 1 : from > seen ? from : seen;
}

/* The line there. Of one that is too long, a piece of it: keys hide well in such lines, and other rules would have to
 * understand what is around. */
static void find_line(struct scanner *s, size_t at)
{
    s->line_at = line_start(s->content, at);
    s->line_end = line_stop(s->content, at);
    s->cut = s->want == SCAN_KEYS && s->line_end - s->line_at > LIMIT_LINE_SCAN;
    if (!s->cut) return;
    size_t end = at + LIMIT_LINE_SCAN / 2;
    if (at - s->line_at > PIECE_BEHIND) s->line_at = at - PIECE_BEHIND;
    if (end < s->line_end)
        s->line_end = end;
    else
        s->cut = false; /* nothing of it is left behind */
}

static bool on_literal(void *arg, size_t literal, size_t at)
{
    struct scanner *s = arg;
    size_t r = s->literal_rules[literal];
    const struct rule *rule = &s->rules[r];
    if (!(rule->where & s->file.kind) || (s->file.example && !(rule->flags & RULE_EXAMPLES))) return true;
    if (at < s->done[r] || !is_wanted(s, rule)) return true;
    if (at < s->line_at || at >= s->line_end || (s->cut && at + PIECE_AHEAD > s->line_end)) find_line(s, at);
    if (s->line_end - s->line_at > LIMIT_LINE_SCAN) {
        s->done[r] = s->line_end;
        return true;
    }
    if (!may_look(s, rule->flags & RULE_AT ? ANCHORED_COST : s->line_end - s->line_at)) {
        s->done[r] = s->line_end;
    } else if (rule->pattern) {
        try_pattern(s, r, at);
    } else {
        s->done[r] = at + 1;
        struct match m = {
            .rule = rule, .line_at = s->line_at, .line_end = s->line_end, .begin = at, .end = at, .count = 1};
        if (rule->check(s, &m)) scanner_report(s, &m);
    }
    return s->rc != E_INTERNAL;
}

static int by_line(const void *a, const void *b)
{
    const struct scan_hit *x = a, *y = b;
    if (x->line != y->line) return x->line < y->line ? -1 : 1;
    return strcmp(x->rule, y->rule);
}

/* A file that hashes passwords in so many ways implements hashes, for a protocol or a tool; it stores no accounts. */
#define HASHES_OF_A_LIBRARY 6

/* Drops weak hits beside others on their line, and sorts. */
static size_t settle(struct scanner *s)
{
    size_t n = 0, hashes = 0;
    for (size_t i = 0; i < s->n_found; i++) hashes += s->found[i].hit.category == SCAN_WEAK_PASSWORD_HASH;
    for (size_t i = 0; i < s->n_found; i++) {
        const struct found *f = &s->found[i];
        bool drop = f->hit.category == SCAN_WEAK_PASSWORD_HASH && hashes >= HASHES_OF_A_LIBRARY;
        for (size_t j = 0; f->rule->flags & RULE_WEAK && j < s->n_found && !drop; j++)
            drop = j != i && s->found[j].at == f->at && (!(s->found[j].rule->flags & RULE_WEAK) || j < i) &&
                   (s->found[j].hit.category == f->hit.category || s->found[j].hit.category == SCAN_PRODUCTION_IN_TEST);
        if (!drop) s->hits[n++] = f->hit;
    }
    qsort(s->hits, n, sizeof *s->hits, by_line);
    return n;
}

enum rc scan_bytes(struct scanner *s, const struct scan_input *in, const struct scan_hit **hits, size_t *n)
{
    *hits = s->hits;
    *n = 0;
    struct str c = in->content;
    file_facts_read(&s->file, in);
    if (!s->file.kind || c.n < 8 || memchr(c.p, 0, c.n < BINARY_PROBE ? c.n : BINARY_PROBE)) return OK;
    s->content = c;
    s->lexer = s->at_line = s->allowing = (struct lexer){0};
    s->lexed_line = 0;
    s->work_left = WORK_LEAST + WORK_SHARE * (uint64_t)c.n;
    s->line_at = s->line_end = s->counted_at = 0;
    s->counted = 0;
    s->want = in->want;
    s->cut = false;
    s->n_found = s->n_allowed = 0;
    s->rc = OK;
    memset(s->done, 0, sizeof s->done);
    if (s->want != SCAN_PEOPLE) prefilter_run(s->prefilter, c, on_literal, s);
    if (s->want != SCAN_KEYS && s->rc != E_INTERNAL) personal_data_scan(s);
    *n = settle(s);
    return s->rc;
}

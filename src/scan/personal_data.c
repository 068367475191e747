/* Personal data in rows: a pass of its own over files that hold them, since digits and addresses have no literal to
 * look for. Every fourth byte is looked at: whatever is sought has four digits in a row somewhere. */
#include "scan/families.h"

#define DISTINCT_MAX 256
#define COUNTRIES_MAX 16 /* of them, kept for the countries of account numbers */
#define MAILS_LOOKED_AT 200

struct gathered {
    const char *rule;
    uint32_t seen[DISTINCT_MAX]; /* CRC-32 of each distinct value */
    size_t distinct, shapes;     /* shapes: looked like one, valid or not */
    size_t invented;             /* right but for the check digits that only a bank would know of */
    int64_t count;
    size_t until; /* the last one reaches so far */
    size_t first; /* offset of the first valid one */
    struct str value;
    bool context, sure;
};

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_alnum(char c)
{
    return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_upper(char c)
{
    return c >= 'A' && c <= 'Z';
}

static void gather(struct gathered *g, struct str v, size_t at)
{
    uint32_t h = crc32_of(v);
    g->count++;
    if (g->distinct == 0) {
        g->first = at;
        g->value = v;
    }
    for (size_t i = 0; i < g->distinct; i++)
        if (g->seen[i] == h) return;
    if (g->distinct < DISTINCT_MAX) g->seen[g->distinct++] = h;
}

/* Different values: one that stands in every row is one piece. Where they are too many to be told apart, all of them.
 */
static int64_t pieces(const struct gathered *g)
{
    return g->distinct < DISTINCT_MAX - COUNTRIES_MAX ? (int64_t)g->distinct : g->count;
}

static struct str line_of(struct scanner *s, size_t at)
{
    return scanner_around(s, at, 0, 0);
}

static struct str first_line(struct str c)
{
    const char *nl = memchr(c.p, '\n', c.n);
    size_t n = nl ? (size_t)(nl - c.p) : c.n;
    return (struct str){c.p, n > 2000 ? 2000 : n};
}

static void try_hetu(struct scanner *s, struct gathered *g, struct str c, size_t at, size_t n)
{
    static const char *const words = "hetu|henkil|henkilö|ssn|identity|personal_id|personalid|person_id|national_id|"
                                     "social_security|socialsecurity|pic|hlo";
    if (n != 6 || c.n - at < 11 ||
        (at + 11 < c.n && (is_alnum(c.p[at + 11]) || c.p[at + 11] == '-' || c.p[at + 11] == '_')))
        return;
    if (at > 0 && (is_alnum(c.p[at - 1]) || strchr("-_.+/", c.p[at - 1]))) return;
    if (!is_digit(c.p[at + 7]) || !is_digit(c.p[at + 8]) || !is_digit(c.p[at + 9]) || !is_alnum(c.p[at + 10]) ||
        is_digit(c.p[at + 6]))
        return;
    if (c.p[at + 6] != '-' && c.p[at + 6] != '+' && !strchr("ABCDEFYXWVU", c.p[at + 6])) return;
    struct str v = {c.p + at, 11};
    bool artificial;
    g->shapes++;
    if (!hetu_is_valid(v.p, &artificial)) return;
    if (artificial || str_eq(v, STR("131052-308T")) || str_eq(v, STR("010101-123N")) || str_eq(v, STR("120464-126J"))) {
        g->shapes--;
        return;
    }
    if (c.p[at + 6] != '-' || !is_digit(c.p[at + 10])) g->sure = true;
    if (has_any_word(line_of(s, at), words) || has_any_word(first_line(c), words)) g->context = true;
    gather(g, v, at);
}

static void try_iban(struct gathered *g, struct str c, size_t run)
{
    if (run < g->until) return;
    for (size_t back = 2; back <= 14 && back <= run; back++) {
        size_t at = run - back;
        if (!is_upper(c.p[at]) || !is_upper(c.p[at + 1]) || !is_digit(c.p[at + 2]) || !is_digit(c.p[at + 3])) continue;
        if (at > 0 && (is_alnum(c.p[at - 1]) || c.p[at - 1] == '_')) continue;
        char compact[36];
        size_t n = 0, i = at;
        for (; i < c.n && n < 34; i++) {
            if (is_digit(c.p[i]) || is_upper(c.p[i]))
                compact[n++] = c.p[i];
            else if (c.p[i] != ' ' || (i + 1 < c.n && !is_digit(c.p[i + 1]) && !is_upper(c.p[i + 1])) ||
                     (i - at) % 5 != 4)
                break;
            if (n >= 15 && (i + 1 == c.n || !is_alnum(c.p[i + 1])) && iban_is_valid(compact, n)) {
                g->until = i + 1;
                if (!account_number_is_valid(compact, compact + 4, n - 4)) {
                    g->invented++;
                    return;
                }
                uint32_t country = (uint32_t)(unsigned char)compact[0] << 8 | (unsigned char)compact[1];
                bool known = false;
                for (size_t k = 0; k < g->shapes; k++) known = known || g->seen[DISTINCT_MAX - 1 - k] == country;
                if (!known && g->shapes < COUNTRIES_MAX)
                    g->seen[DISTINCT_MAX - 1 - g->shapes++] = country; /* countries, from the end */
                if (g->distinct < DISTINCT_MAX - COUNTRIES_MAX) gather(g, (struct str){c.p + at, i + 1 - at}, at);
                return;
            }
        }
        return;
    }
}

static const char *const card_words =
    "card|cardnumber|cardno|ccnum|ccnumber|cc|pan|visa|mastercard|amex|credit|kortti|luottokortti|debit";

static void try_card(struct scanner *s, struct gathered *g, struct str c, size_t at, size_t n)
{
    char digits[17];
    size_t have = 0, end = at + n;
    bool grouped = false;
    if (at < g->until) return;
    if (at > 0 && (is_alnum(c.p[at - 1]) || strchr("-_.+#/", c.p[at - 1]))) return;
    if (n == 4) {
        char sep = end < c.n ? c.p[end] : 0;
        if (sep != ' ' && sep != '-') return;
        for (size_t i = at; i < c.n && have < 17; i++) {
            if (is_digit(c.p[i]))
                digits[have++] = c.p[i];
            else if (c.p[i] == sep && (have == 4 || have == 8 || have == 10 || have == 12))
                continue;
            else {
                end = i;
                break;
            }
            end = i + 1;
        }
        if (have != 16 && have != 15) return;
        grouped = true;
    } else if (n >= 14 && n <= 16) {
        memcpy(digits, c.p + at, n);
        have = n;
    } else {
        return;
    }
    if (end < c.n && (is_alnum(c.p[end]) || strchr("-_.", c.p[end]))) {
        if (c.p[end] != '.' || (end + 1 < c.n && is_digit(c.p[end + 1]))) return;
    }
    if (!card_is_plausible(digits, have)) return;
    struct str line = line_of(s, at);
    bool context = has_any_word(line, card_words) || has_any(line, "card_num|cardnum|creditcard|card number|card_no") ||
                   has_any_word(first_line(c), card_words) || has_any(first_line(c), "cardnum|creditcard");
    if (!context && !grouped) return;
    if (has_any_word(line, "test|example|dummy|fake|invalid")) return;
    if (context) g->context = true;
    g->until = end;
    gather(g, (struct str){c.p + at, end - at}, at);
}

/* --- addresses in bulk --- */

static bool is_mail_char(char c)
{
    return is_alnum(c) || c == '.' || c == '_' || c == '%' || c == '+' || c == '-';
}

static bool is_freemail_or_company(struct str domain)
{
    return memchr(domain.p, '.', domain.n) && !host_is_made_up(domain) &&
           !has_any(domain, "example|test|email.|mail.test|foo|bar.|domain|mailinator|fake|dummy|sample|nowhere|"
                            "noreply|users.noreply|invalid|localhost|acme|"
                            "lorem|ipsum|abc.|xyz.|demo|company|qa.|spam");
}

static void read_mail(struct gathered *g, struct str c, size_t at, int *named, struct scanner *s)
{
    size_t from = at, to = at + 1;
    while (from > 0 && is_mail_char(c.p[from - 1]) && at - from < 64) from--;
    while (to < c.n && (is_alnum(c.p[to]) || c.p[to] == '.' || c.p[to] == '-') && to - at < 100) to++;
    while (to > at + 1 && !is_alnum(c.p[to - 1])) to--;
    struct str local = str_slice(c, from, at), domain = str_slice(c, at + 1, to);
    if (local.n < 3 || domain.n < 4 || !is_freemail_or_company(domain)) return;
    if (has_any_word(local, "info|support|admin|sales|contact|hello|webmaster|postmaster|security|git|team|dev|noreply|"
                            "no-reply|root|mail|test|user|foo|bar|"
                            "example|help|office|abuse|hostmaster|bot|list|lists|press|jobs|sample|demo|someone|"
                            "username|editor|author"))
        return;
    bool letters = false;
    for (size_t i = 0; i < local.n; i++)
        letters = letters || ((local.p[i] | 0x20) >= 'a' && (local.p[i] | 0x20) <= 'z');
    if (!letters) return;
    struct str row = scanner_around(s, at, 3, 3);
    size_t k = (size_t)(c.p + at - row.p);
    if (k > 600) row = str_slice(row, k - 600, row.n);
    if (row.n > 1200) row.n = 1200;
    if (has_any(row, "name|phone|birth|address|street|puhelin|nimi|osoite|zip|city|gender|ssn|hetu")) (*named)++;
    gather(g, (struct str){c.p + from, to - from}, at);
}

static void scan_mails(struct scanner *s, struct str c)
{
    const struct file_facts *f = scanner_file(s);
    if (!f->rows || has_any(f->name, "author|contribut|maintain|codeowner|mailmap|credit|changelog|package|composer|"
                                     "owners|thanks|copyright|gemspec|pom.xml|"
                                     "metadata|manifest|license|history|news|commit|log|people|members|team|sponsors|"
                                     "backers|spam|mbox|mail|domain|reviewer|signature|"
                                     "keyring|crate|cargo|project|.all-"))
        return;
    struct str head = first_line(c);
    bool header = has_any(head, "name") || has_any(head, "phone|address|birth");
    bool users =
        is_any(f->ext, "sql|psql|mysql|pgsql|dump") &&
        has_any(str_slice(c, 0, 1 << 20),
                "into users|into `users|into \"users|into public.users|into customer|into `customer|copy users|"
                "copy public.users|into person|into member|into client|into employee|into contact|into patient|"
                "into accounts|into public.customer|copy public.customer|copy customer|into kayttaj|into asiak");
    struct gathered *g = &(struct gathered){.rule = "email_addresses"};
    int named = 0;
    const char *p = c.p, *end = c.p + c.n;
    while (p < end && g->distinct < DISTINCT_MAX && (p = memchr(p, '@', (size_t)(end - p)))) {
        read_mail(g, c, (size_t)(p - c.p), &named, s);
        p++;
    }
    bool csv = is_any(f->ext, "csv|tsv|psv");
    if (g->distinct < 10 || (csv && !header) || (is_any(f->ext, "sql|psql|mysql|pgsql|dump") && !users) ||
        (!csv && !users && named * 10 < (int)g->count * 8))
        return;
    if (has_any(str_slice(c, 0, 1 << 16), "signed-off-by|author:|commit |message-id|maintainers")) return;
    struct match m = {.rule = rules_find(g->rule), .begin = g->first, .count = pieces(g)};
    struct str line = line_of(s, g->first);
    m.line_at = (size_t)(line.p - c.p);
    m.line_end = m.line_at + (line.n ? line.n - 1 : 0);
    scanner_report(s, &m);
}

static void report(struct scanner *s, const struct gathered *g)
{
    struct str c = scanner_content(s), line = line_of(s, g->first);
    struct match m = {.rule = rules_find(g->rule), .begin = g->first, .count = pieces(g), .value = g->value};
    m.line_at = (size_t)(line.p - c.p);
    m.line_end = m.line_at + line.n;
    if (m.line_end > m.line_at && c.p[m.line_end - 1] == '\n') m.line_end--;
    scanner_report(s, &m);
}

/* Whoever makes up people gives them addresses that nobody can have. */
static bool has_invented_people(struct str c)
{
    int mails = 0, invented = 0;
    const char *p = c.p, *end = c.p + c.n;
    while (p < end && mails < MAILS_LOOKED_AT && (p = memchr(p, '@', (size_t)(end - p)))) {
        size_t at = (size_t)(p++ - c.p), to = at + 1;
        while (to < c.n && (is_alnum(c.p[to]) || c.p[to] == '.' || c.p[to] == '-') && to - at < 100) to++;
        while (to > at + 1 && !is_alnum(c.p[to - 1])) to--;
        struct str domain = str_slice(c, at + 1, to);
        if (!at || !is_mail_char(c.p[at - 1]) || !memchr(domain.p, '.', domain.n)) continue;
        mails++;
        invented += host_is_made_up(domain);
    }
    return invented >= 2 && invented * 2 > mails;
}

void personal_data_scan(struct scanner *s)
{
    const struct file_facts *f = scanner_file(s);
    struct str c = scanner_content(s);
    bool rows = f->rows && (f->kind & (IN_DATA | IN_CONFIG | IN_OTHER | IN_TEST | IN_CODE));
    bool code = (f->seed && f->kind == IN_CODE) || f->kind == IN_TEST;
    if ((!rows && !code) || has_any(f->name, "package.json|composer.json|swagger|openapi|schema") || f->locale) return;
    bool about_codes = has_any(f->path, "hetu|ssn|henkilo|identity_code|identitycode|personal_identity|finnish|validat|"
                                        "checksum|luhn|iban|creditcard|credit_card|faker|stdnum");
    struct gathered hetu = {.rule = "finnish_personal_identity_code"}, iban = {.rule = "iban"},
                    card = {.rule = "payment_card_number"};
    for (size_t i = 3; i < c.n; i += 4) {
        if (!is_digit(c.p[i])) continue;
        size_t from = i, to = i + 1;
        while (from > 0 && is_digit(c.p[from - 1]) && i - from < 24) from--;
        while (to < c.n && is_digit(c.p[to]) && to - from < 40) to++;
        if (!(about_codes && f->kind == IN_TEST)) try_hetu(s, &hetu, c, from, to - from);
        if (rows && to - from >= 4) {
            try_iban(&iban, c, from);
            if (to - from <= 16) try_card(s, &card, c, from, to - from);
        }
        while (i + 4 < to) i += 4; /* the loop's own step goes past the run */
    }
    bool found = hetu.distinct || iban.distinct || card.distinct;
    if (found && ((iban.invented >= 2 && iban.invented > iban.distinct) || has_invented_people(c))) return;
    if (hetu.distinct && hetu.distinct * 2 >= hetu.shapes && (hetu.context || hetu.sure || hetu.distinct >= 3))
        report(s, &hetu);
    if (about_codes || f->example) return;
    if (iban.distinct && iban.shapes < 5) report(s, &iban);
    if (card.distinct && (card.context || card.distinct >= 3)) report(s, &card);
    if (rows) scan_mails(s, c);
}

#include "rules/row.h"

#include "base/limits.h"
#include "base/time.h"

#define SHORT_OID 12

void columns_find(struct columns *c)
{
    const struct {
        const char *name;
        int *at;
    } known[] = {
        {"subject", &c->subject},
        {"ok", &c->ok},
        {"at", &c->at},
        {"due", &c->due},
        {"path", &c->path},
        {"line", &c->line},
        {"commit_oid", &c->commit},
        {"fingerprint", &c->fingerprint},
        {"approved", &c->approved},
        {"reviewed_at", &c->reviewed_at},
        {"via", &c->via},
        {"changes_at", &c->changes_at},
    };
    for (size_t k = 0; k < sizeof known / sizeof *known; k++) {
        *known[k].at = -1;
        for (int i = 0; i < c->n && *known[k].at < 0; i++)
            if (str_eq(c->names[i], str_from(known[k].name))) *known[k].at = i;
    }
}

struct str row_text(const struct row *r, int column)
{
    return column >= 0 && r->cells[column].kind == CELL_TEXT ? r->cells[column].text : STR_NONE;
}

int64_t row_int(const struct row *r, int column, int64_t otherwise)
{
    return column >= 0 && r->cells[column].kind == CELL_INT ? r->cells[column].i : otherwise;
}

static int int_cmp(int64_t a, int64_t b)
{
    return a < b ? -1 : a > b;
}

static int cell_cmp(const struct cell *a, const struct cell *b)
{
    if (a->kind != b->kind) return int_cmp(a->kind, b->kind);
    return a->kind == CELL_INT ? int_cmp(a->i, b->i) : str_cmp(a->text, b->text);
}

int row_compare(const struct columns *c, const struct row *a, const struct row *b)
{
    int d = str_cmp(row_text(a, c->path), row_text(b, c->path));
    if (!d) d = int_cmp(row_int(a, c->line, 0), row_int(b, c->line, 0));
    if (!d) d = int_cmp(row_int(b, c->at, INT64_MIN), row_int(a, c->at, INT64_MIN));
    if (!d) d = str_cmp(row_text(a, c->subject), row_text(b, c->subject));
    if (!d) d = str_cmp(row_text(a, c->fingerprint), row_text(b, c->fingerprint));
    for (int i = 0; !d && i < c->n; i++) d = cell_cmp(&a->cells[i], &b->cells[i]);
    return d;
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* A field like digest_field()'s: how many bytes, then they. */
static void add_without_digits(struct digest *d, struct str s)
{
    uint64_t n = 0;
    for (size_t i = 0; i < s.n; i++) n += !is_digit(s.p[i]);
    uint8_t length[8];
    for (int i = 0; i < 8; i++) length[i] = (uint8_t)(n >> (8 * (7 - i)));
    digest_field(d, (struct str){(const char *)length, sizeof length});
    for (size_t i = 0; i < s.n; i++)
        if (!is_digit(s.p[i])) digest_add(d, str_slice(s, i, i + 1));
}

void row_identify(const struct catalog_obligation *o, const struct columns *c, struct row *r)
{
    struct digest d;
    uint8_t out[32];
    digest_init(&d);
    digest_field(&d, o->task);
    digest_field(&d, o->key);
    digest_field(&d, row_text(r, c->subject));
    struct str fingerprint = row_text(r, c->fingerprint);
    if (fingerprint.n) {
        digest_field(&d, STR("fingerprint"));
        digest_field(&d, fingerprint);
    } else {
        for (int i = 0; i < c->n; i++) {
            struct str text = row_text(r, i);
            if (i == c->subject || i == c->fingerprint || text.n == 0 || str_ends(c->names[i], STR("_fi"))) continue;
            digest_field(&d, c->names[i]);
            if (str_ends(c->names[i], STR("_en")))
                add_without_digits(&d, text);
            else
                digest_field(&d, text);
        }
    }
    digest_final(&d, out);
    memcpy(r->base, out, sizeof r->base);
}

void row_id(const uint8_t base[IDENTITY_BYTES], uint32_t ordinal, char out[33])
{
    struct digest d;
    uint8_t hash[32],
        number[4] = {(uint8_t)(ordinal >> 24), (uint8_t)(ordinal >> 16), (uint8_t)(ordinal >> 8), (uint8_t)ordinal};
    digest_init(&d);
    digest_field(&d, (struct str){(const char *)base, IDENTITY_BYTES});
    digest_field(&d, (struct str){(const char *)number, sizeof number});
    digest_final(&d, hash);
    digest_hex(hash, 16, out);
}

/* The first `most` characters; bytes that are no UTF-8 count as one each. */
static struct str first_characters(struct str s, size_t most)
{
    size_t i = 0;
    for (size_t n = 0; i < s.n && n < most; n++) {
        i++;
        for (int more = 0; more < 3 && i < s.n && ((unsigned char)s.p[i] & 0xc0) == 0x80; more++) i++;
    }
    return str_slice(s, 0, i);
}

static bool is_time(struct str name)
{
    return str_eq(name, STR("at")) || str_eq(name, STR("due")) || str_ends(name, STR("_at"));
}

static bool is_oid(struct str name)
{
    return str_eq(name, STR("oid")) || str_ends(name, STR("_oid"));
}

/* what_en, how_fi …: sentences that the rule makes, in one of the languages. */
static bool is_words(struct str name)
{
    return str_ends(name, STR("_en")) || str_ends(name, STR("_fi"));
}

static size_t most_shown(struct str name)
{
    if (is_words(name)) return LIMIT_COLUMN_WORDS;
    bool is_path = str_eq(name, STR("path")) || str_ends(name, STR("_path"));
    return is_path ? LIMIT_COLUMN_PATH : LIMIT_COLUMN;
}

static void render_hole(struct buf *out, struct str name, const struct columns *c, const struct row *r)
{
    const struct cell *cell = NULL;
    char date[32];
    for (int i = 0; i < c->n && !cell; i++)
        if (str_eq(c->names[i], name)) cell = &r->cells[i];
    if (!cell || cell->kind == CELL_NULL) {
        buf_cstr(out, "–");
    } else if (cell->kind == CELL_INT) {
        if (is_time(name))
            buf_cstr(out, time_format_date(cell->i, date));
        else
            buf_printf(out, "%lld", (long long)cell->i);
    } else {
        struct str shown = first_characters(cell->text, most_shown(name));
        if (is_oid(name)) shown = str_slice(cell->text, 0, SHORT_OID);
        buf_visible(out, shown);
        if (shown.n < cell->text.n && !is_oid(name)) buf_cstr(out, "…");
    }
}

void row_render(struct buf *out, struct str text, const struct columns *c, const struct row *r)
{
    scoped_buf b;
    buf_init(&b, LIMIT_MESSAGE);
    while (text.n && !b.failed) {
        const char *open = memchr(text.p, '{', text.n);
        const char *close = open ? memchr(open, '}', (size_t)(text.p + text.n - open)) : NULL;
        if (!close) {
            buf_str(&b, text);
            break;
        }
        buf_add(&b, text.p, (size_t)(open - text.p));
        if (!b.failed) render_hole(&b, (struct str){open + 1, (size_t)(close - open - 1)}, c, r);
        text = str_slice(text, (size_t)(close + 1 - text.p), text.n);
    }
    buf_str(out, buf_view(&b));
    if (b.failed) buf_cstr(out, "…");
}

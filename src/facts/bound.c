#include "facts/bound.h"

#include "ledger/canonical.h"
#include "store/store.h"

#include <strings.h>

#define NAME ":payload"

static size_t skip_space(struct str s, size_t i)
{
    while (i < s.n && (s.p[i] == ' ' || s.p[i] == '\n' || s.p[i] == '\t' || s.p[i] == '\r')) i++;
    return i;
}

static bool is_word(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
}

/* -> and || bind alike, from left to right, signs bind closer: only behind these is all of it one operand. */
static bool stands_alone(struct str sql, size_t i)
{
    while (i && skip_space(sql, i - 1) >= i) i--;
    char before = i ? sql.p[i - 1] : '|';
    return before == '(' || before == ',' || before == '=' || (before >= 'A' && before <= 'Z') || is_word(before);
}

/* The key of what begins at i; *end is behind it. STR_NONE when it is something else. */
static struct str key_at(struct str sql, size_t i, size_t *end)
{
    if (!str_starts(str_slice(sql, i, sql.n), STR(NAME)) || !stands_alone(sql, i)) return STR_NONE;
    i = skip_space(sql, i + sizeof NAME - 1);
    if (!str_starts(str_slice(sql, i, sql.n), STR("->>"))) return STR_NONE;
    i = skip_space(sql, i + 3);
    if (i >= sql.n || sql.p[i] != '\'') return STR_NONE;
    size_t from = ++i;
    while (i < sql.n && is_word(sql.p[i])) i++;
    if (i == from || i >= sql.n || sql.p[i] != '\'') return STR_NONE;
    *end = i + 1;
    struct str rest = str_slice(sql, skip_space(sql, *end), sql.n);
    bool collated = rest.n >= 7 && strncasecmp(rest.p, "COLLATE", 7) == 0; /* it would be of the key */
    return collated ? STR_NONE : str_slice(sql, from, i);
}

static bool has_word(struct str sql, struct str word)
{
    for (size_t i = 0; i + word.n <= sql.n; i++)
        if (strncasecmp(sql.p + i, word.p, word.n) == 0 && (i == 0 || !is_word(sql.p[i - 1])) &&
            (i + word.n == sql.n || !is_word(sql.p[i + word.n])))
            return true;
    return false;
}

/* Columns of json_each() that tell of the place within the whole. */
static bool names_a_place(struct str sql)
{
    static const char *const words[] = {"id", "parent", "fullkey", "path", "json", "root"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (has_word(sql, str_from(words[i]))) return true;
    return false;
}

static bool is_list(const struct catalog_schema *payload, struct str key)
{
    for (size_t i = 0; i < payload->n_fields; i++)
        if (str_eq(payload->fields[i].name, key)) return payload->fields[i].schema.type == SCHEMA_ARRAY;
    return false;
}

/* So of "json_each(:payload, '$.key')". */
static struct str list_at(struct str sql, size_t i, const struct catalog_schema *payload, size_t *end)
{
    static const char begin[] = "json_each(" NAME;
    if (!str_starts(str_slice(sql, i, sql.n), STR(begin)) || (i && is_word(sql.p[i - 1]))) return STR_NONE;
    i = skip_space(sql, i + sizeof begin - 1);
    if (i >= sql.n || sql.p[i] != ',') return STR_NONE;
    i = skip_space(sql, i + 1);
    if (!str_starts(str_slice(sql, i, sql.n), STR("'$."))) return STR_NONE;
    size_t from = i += 3;
    while (i < sql.n && is_word(sql.p[i])) i++;
    struct str key = str_slice(sql, from, i);
    if (!str_starts(str_slice(sql, i, sql.n), STR("')")) || !is_list(payload, key)) return STR_NONE;
    *end = i + 2;
    return key;
}

static bool add(struct bound *b, struct str key)
{
    for (size_t i = 0; i < b->n; i++)
        if (str_eq(str_from(b->fields[i].key), key)) return true;
    if (b->n == BOUND_FIELDS || key.n >= sizeof b->fields->key) return false;
    memcpy(b->fields[b->n].key, key.p, key.n);
    b->fields[b->n].key[key.n] = 0;
    b->fields[b->n++].n = key.n;
    return true;
}

struct str bound_rewrite(struct arena *a, struct str sql, const struct catalog_schema *payload, struct bound *out)
{
    bool lists = !names_a_place(sql);
    scoped_buf text;
    buf_init(&text, 0);
    out->n = 0;
    for (size_t i = 0; i < sql.n;) {
        size_t end;
        struct str key = sql.p[i] == ':' ? key_at(sql, i, &end) : STR_NONE;
        struct str list = lists && sql.p[i] == 'j' ? list_at(sql, i, payload, &end) : STR_NONE;
        if (key.p && add(out, key)) {
            buf_printf(&text, NAME "_" STR_FMT, STR_ARG(key));
            i = end;
        } else if (list.p && add(out, list)) {
            buf_printf(&text, "json_each(" NAME "_" STR_FMT ")", STR_ARG(list));
            i = end;
        } else
            buf_char(&text, sql.p[i++]);
    }
    return arena_str(a, buf_view(&text));
}

void bound_find(struct bound *b, sqlite3_stmt *st)
{
    for (size_t i = 0; i < b->n; i++) {
        scoped_buf name;
        buf_init(&name, 0);
        buf_printf(&name, NAME "_%s", b->fields[i].key);
        buf_char(&name, 0);
        b->fields[i].at = sqlite3_bind_parameter_index(st, name.p);
    }
}

static void bind(struct arena *a, sqlite3_stmt *st, int at, struct str value)
{
    struct str text;
    int64_t number;
    if (value.p[0] == '"' && !memchr(value.p, '\\', value.n))
        store_bind_str(st, at, str_slice(value, 1, value.n - 1));
    else if (canonical_str(a, value, &text))
        store_bind_str(st, at, text);
    else if (canonical_int(value, &number))
        store_bind_int(st, at, number);
    else if (value.p[0] == 't' || value.p[0] == 'f')
        store_bind_int(st, at, value.p[0] == 't');
    else if (value.p[0] == 'n')
        store_bind_null(st, at);
    else
        store_bind_str(st, at, value); /* an object or a list: its text */
}

void bound_bind(struct arena *a, const struct bound *b, sqlite3_stmt *st, struct str payload)
{
    struct str rest = payload, key, value;
    for (size_t i = 0; i < b->n; i++) store_bind_null(st, b->fields[i].at);
    while (b->n && canonical_next(&rest, &key, &value))
        for (size_t i = 0; i < b->n; i++)
            if (b->fields[i].n == key.n && memcmp(b->fields[i].key, key.p, key.n) == 0)
                bind(a, st, b->fields[i].at, value);
}

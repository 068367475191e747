#include "base/json.h"

#include <assert.h>

void json_init(struct json *j, struct buf *out, bool pretty)
{
    *j = (struct json){.out = out, .pretty = pretty};
}

static void line(struct json *j)
{
    if (!j->pretty) return;
    buf_char(j->out, '\n');
    for (int i = 0; i < j->depth; i++) buf_char(j->out, ' ');
}

static void value(struct json *j)
{
    if (j->after_key) {
        j->after_key = false;
        return;
    }
    if (j->depth == 0) return;
    if (!j->first[j->depth - 1]) buf_char(j->out, ',');
    j->first[j->depth - 1] = false;
    line(j);
}

void json_begin(struct json *j, char bracket)
{
    assert(j->depth < LIMIT_JSON_DEPTH);
    value(j);
    buf_char(j->out, bracket);
    j->first[j->depth++] = true;
}

void json_end(struct json *j, char bracket)
{
    assert(j->depth > 0 && !j->after_key);
    bool empty = j->first[--j->depth];
    if (!empty) line(j);
    buf_char(j->out, bracket);
    if (j->depth == 0 && j->pretty) buf_char(j->out, '\n');
}

/* Also those that a terminal or a reader's eye would obey: JSON is looked at too. */
static void escaped(struct buf *b, uint32_t c)
{
    if (c >= 0x10000) {
        buf_printf(b, "\\u%04x", 0xd800 + ((c - 0x10000) >> 10));
        c = 0xdc00 + ((c - 0x10000) & 0x3ff);
    }
    buf_printf(b, "\\u%04x", c);
}

static void quoted(struct buf *b, struct str s)
{
    buf_char(b, '"');
    for (size_t i = 0; i < s.n;) {
        uint32_t c = 0;
        size_t n = str_char(s, i, &c);
        if (n == 0) {
            buf_cstr(b, "\xef\xbf\xbd");
            i++;
            continue;
        }
        if (c == '"' || c == '\\') {
            buf_char(b, '\\');
            buf_char(b, (char)c);
        } else if (c == '\n')
            buf_cstr(b, "\\n");
        else if (c == '\r')
            buf_cstr(b, "\\r");
        else if (c == '\t')
            buf_cstr(b, "\\t");
        else if (char_is_deceptive(c))
            escaped(b, c);
        else
            buf_add(b, s.p + i, n);
        i += n;
    }
    buf_char(b, '"');
}

void json_key(struct json *j, const char *key)
{
    assert(!j->after_key);
    value(j);
    quoted(j->out, str_from(key));
    buf_cstr(j->out, j->pretty ? ": " : ":");
    j->after_key = true;
}

void json_str(struct json *j, struct str s)
{
    value(j);
    quoted(j->out, s);
}

void json_cstr(struct json *j, const char *s)
{
    if (s)
        json_str(j, str_from(s));
    else
        json_nil(j);
}

void json_int(struct json *j, int64_t v)
{
    value(j);
    buf_printf(j->out, "%lld", (long long)v);
}

void json_bool(struct json *j, bool v)
{
    value(j);
    buf_cstr(j->out, v ? "true" : "false");
}

void json_raw(struct json *j, struct str text)
{
    value(j);
    buf_str(j->out, text);
}

void json_nil(struct json *j)
{
    value(j);
    buf_cstr(j->out, "null");
}

void json_put_str(struct json *j, const char *key, struct str s)
{
    json_key(j, key);
    json_str(j, s);
}

void json_put_cstr(struct json *j, const char *key, const char *s)
{
    json_key(j, key);
    json_cstr(j, s);
}

void json_put_int(struct json *j, const char *key, int64_t v)
{
    json_key(j, key);
    json_int(j, v);
}

void json_put_bool(struct json *j, const char *key, bool v)
{
    json_key(j, key);
    json_bool(j, v);
}

#include "api/page.h"

#include "api/api_int.h"
#include "base/csv.h"
#include "base/json_read.h"
#include "base/time.h"

#include <stdio.h>

#define LIMIT_DEFAULT 50
#define LIMIT_CSV 5000 /* items; the cursor goes on from there */

int64_t page_limit(const struct api_call *call)
{
    return api_wants_csv(call) ? LIMIT_CSV : api_value_int(call, "limit", LIMIT_DEFAULT);
}

enum rc page_cursor(struct ctx *cx, struct api_call *call, int64_t otherwise, int64_t *out)
{
    struct str s = api_value(call, "cursor");
    *out = otherwise;
    if (!s.p || str_to_i64(s, 0, INT64_MAX, out)) return OK;
    api_fault(call, "cursor", "is none that this list has given", "ei ole tämän luettelon antama");
    return api_faults(cx, call);
}

void page_begin(struct api_call *call)
{
    json_begin(&call->out, '{');
    json_key(&call->out, "items");
    json_begin(&call->out, '[');
}

/* --- CSV */

static void put_people(struct buf *out, const json_t *v)
{
    const char *name = json_string_value(json_object_get(v, "name")), *id = json_string_value(json_object_get(v, "id"));
    csv_put_cell(out, str_from(name ? name : id));
}

/* Texts and numbers as they are, people by name, lists with spaces between. */
static void put_value(struct buf *out, const json_t *v)
{
    scoped_buf joined;
    if (json_is_string(v)) csv_put_cell(out, json_text(v));
    if (json_is_integer(v)) buf_printf(out, "%lld", (long long)json_integer_value(v));
    if (json_is_boolean(v)) buf_cstr(out, json_is_true(v) ? "true" : "false");
    if (json_is_object(v)) put_people(out, v);
    if (!json_is_array(v)) return;
    buf_init(&joined, 0);
    for (size_t i = 0; i < json_array_size(v); i++) {
        const json_t *one = json_array_get(v, i);
        if (i) buf_char(&joined, ' ');
        if (json_is_string(one)) buf_cstr(&joined, json_string_value(one));
        if (json_is_integer(one)) buf_printf(&joined, "%lld", (long long)json_integer_value(one));
    }
    csv_put_cell(out, buf_view(&joined));
}

static void put_table(struct buf *out, json_t *items)
{
    json_t *first = json_array_get(items, 0), *item, *v;
    const char *key;
    size_t i, n = 0;
    json_object_foreach(first, key, v) buf_printf(out, "%s%s", n++ ? "," : "", key);
    buf_cstr(out, "\r\n");
    json_array_foreach(items, i, item)
    {
        n = 0;
        json_object_foreach(first, key, v)
        {
            if (n++) buf_char(out, ',');
            put_value(out, json_object_get(item, key));
        }
        buf_cstr(out, "\r\n");
    }
}

static enum rc turn_into_csv(struct ctx *cx, struct api_call *call)
{
    struct buf *out = &call->answer->body;
    TRY(buf_ok(out));
    json_t *page = json_loadb(out->p, out->n, 0, NULL);
    if (!page) return fail(cx, E_INTERNAL, "%s: its page cannot be read back", call->op->id);
    buf_clear(out);
    put_table(out, json_object_get(page, "items"));
    json_decref(page);
    api_csv_headers(cx, call, call->op->id);
    return OK;
}

enum rc page_end(struct ctx *cx, struct api_call *call, int64_t next, int64_t total)
{
    char text[24];
    (void)snprintf(text, sizeof text, "%lld", (long long)next);
    return page_end_at(cx, call, next < 0 ? STR_NONE : str_from(text), total);
}

enum rc page_end_at(struct ctx *cx, struct api_call *call, struct str next, int64_t total)
{
    struct json *j = &call->out;
    json_end(j, ']');
    json_key(j, "next");
    if (next.p)
        json_str(j, next);
    else
        json_nil(j);
    json_key(j, "total");
    if (total < 0)
        json_nil(j);
    else
        json_int(j, total);
    json_end(j, '}');
    return api_wants_csv(call) ? turn_into_csv(cx, call) : OK;
}

enum rc page_time(struct ctx *cx, struct api_call *call, const char *name, bool to_end, int64_t otherwise, int64_t *out)
{
    struct str s = api_value(call, name);
    *out = otherwise;
    if (!s.p) return OK;
    if (time_parse(s, out) != OK) {
        api_fault(call, name, "is no date or time such as 2026-06-30 or 2026-06-30T12:00:00Z",
                  "ei ole päivä tai aika, kuten 2026-06-30 tai 2026-06-30T12:00:00Z");
        return api_faults(cx, call);
    }
    bool whole_day = !memchr(s.p, 'T', s.n) && !memchr(s.p, 't', s.n) && !memchr(s.p, ' ', s.n);
    if (to_end && whole_day) *out += DAY_SECONDS - 1;
    return OK;
}

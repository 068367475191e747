/* Any bytes as JSON: what is accepted has one spelling, which reads back as itself and can be walked. */
#include "base/limits.h"
#include "ledger/canonical.h"
#include "ledger/leaf.h"

#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void walk(struct ctx *cx, struct str value)
{
    struct str rest = value, key, item, text;
    int64_t n;
    if (value.p[0] == '{')
        while (canonical_next(&rest, &key, &item)) {
            assert(key.n >= 1 && key.n <= LIMIT_BODY_KEY);
            walk(cx, item);
        }
    else if (value.p[0] == '[')
        while (canonical_item(&rest, &item)) walk(cx, item);
    else if (canonical_str(&cx->arena, value, &text)) {
        scoped_buf again;
        buf_init(&again, 0);
        canonical_put_str(&again, text);
        assert(str_eq(buf_view(&again), value));
    } else
        assert(canonical_int(value, &n) || str_eq(value, STR("true")) || str_eq(value, STR("false")) ||
               str_eq(value, STR("null")));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct ctx cx;
    scoped_buf out;
    struct str json = {(const char *)data, size};
    struct body b;
    struct leaf l;
    ctx_init(&cx);
    buf_init(&out, 0);
    enum rc rc = canonical_from(&cx, json, 0, &out);
    assert(rc == OK || rc == E_INVALID || rc == E_LIMIT);
    if (rc == OK) {
        assert(canonical_check(&cx, buf_view(&out)) == OK);
        walk(&cx, buf_view(&out));
    }
    if (body_read(&cx, json, &b) == OK) {
        buf_clear(&out);
        assert(body_write(&cx, &b, &out) == OK && str_eq(buf_view(&out), json));
    }
    if (leaf_read(&cx, json, &l) == OK) {
        char again[LIMIT_LEAF];
        assert(str_eq((struct str){again, leaf_write(&l, again)}, json));
    }
    ctx_release(&cx);
    return 0;
}

#include "base/json_read.h"

struct str json_text(const json_t *v)
{
    return json_is_string(v) ? (struct str){json_string_value(v), json_string_length(v)} : STR_NONE;
}

struct str json_member(const json_t *object, const char *name)
{
    return json_text(json_object_get(object, name));
}

bool json_list_has(const json_t *list, struct str text)
{
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *v = json_array_get(list, i);
        if (json_is_string(v) && str_eq(json_text(v), text)) return true;
    }
    return false;
}

struct str *json_list(struct arena *a, const json_t *l, size_t *n)
{
    struct str *out = arena_array(a, struct str, json_array_size(l) + 1);
    for (*n = 0; *n < json_array_size(l); ++*n) out[*n] = json_text(json_array_get(l, *n));
    return out;
}

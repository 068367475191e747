#include "gates/hook_call.h"

struct str hook_variable(const struct hook_call *h, const char *name)
{
    struct str wanted = str_from(name);
    for (const char *const *e = h->environment; *e; e++) {
        struct str s = str_from(*e);
        if (str_starts(s, wanted) && s.n > wanted.n + 1 && s.p[wanted.n] == '=') return str_slice(s, wanted.n + 1, s.n);
    }
    return STR_NONE;
}

const char *hook_data(const struct hook_call *h)
{
    return h->data ? h->data : hook_variable(h, "SINETTI_DATA").p;
}

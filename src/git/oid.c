#include "git/oid.h"

bool oid_is(struct str s, size_t hex)
{
    if (s.n != hex) return false;
    for (size_t i = 0; i < s.n; i++)
        if (!((s.p[i] >= '0' && s.p[i] <= '9') || (s.p[i] >= 'a' && s.p[i] <= 'f'))) return false;
    return true;
}

bool oid_is_zero(struct str s)
{
    for (size_t i = 0; i < s.n; i++)
        if (s.p[i] != '0') return false;
    return s.n > 0;
}

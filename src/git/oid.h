/* Object ids as git writes them: lower-case hex, 40 digits (SHA-1) or 64 (SHA-256). Pure. */
#ifndef SINETTI_GIT_OID_H
#define SINETTI_GIT_OID_H

#include "base/str.h"

#define OID_HEX_SHA1 40
#define OID_HEX_SHA256 64

/* Whether s is a whole id of `hex` digits. */
bool oid_is(struct str s, size_t hex);
/* Whether s is the id git writes for "nothing there": all zeros. */
bool oid_is_zero(struct str s);

#endif

/* How SSH spells values (RFC 4251, section 5): a string is four bytes of length, big-endian, then so many. Pure. */
#ifndef SINETTI_BASE_SSH_WIRE_H
#define SINETTI_BASE_SSH_WIRE_H

#include "base/str.h"

/* The next string of a blob, which is moved behind it. false: it ends too early. */
bool ssh_take(struct str *blob, struct str *out);
void ssh_put(struct buf *out, struct str s);

#endif

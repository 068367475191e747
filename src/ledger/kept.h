/* Kinds of facts whose bodies can never be erased (docs/formats/subjects.md, *kept*). Pure. */
#ifndef SINETTI_LEDGER_KEPT_H
#define SINETTI_LEDGER_KEPT_H

#include "base/str.h"

/* A kind that this program does not know is not kept: no erasure of it can be held against a ledger. */
bool kind_is_kept(struct str kind);

#endif

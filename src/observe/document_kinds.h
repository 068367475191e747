/* Private to observe: what kind of document a file is, by its place and name. Pure. */
#ifndef SINETTI_OBSERVE_DOCUMENT_KINDS_H
#define SINETTI_OBSERVE_DOCUMENT_KINDS_H

#include "observe/content_rows.h"

struct document_kind {
    const char *kind; /* as d_document.kind; static */
    bool process;     /* about how the team works: every phrase counts */
    bool topics;      /* topics are looked for */
    bool ambiguous;   /* the name could as well belong to a user's manual: the content has to agree */
};

/* false: no document, or one that is not looked at. kind "other": only worth a row when something is found in it. */
bool document_kind_find(const struct place *pl, struct document_kind *k);

#endif

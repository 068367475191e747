/* A catalog with what it stands on; what catalog_free() is given is its first member. */
#ifndef SINETTI_CATALOG_OWNED_H
#define SINETTI_CATALOG_OWNED_H

#include "catalog/catalog.h"

struct catalog_owned {
    struct catalog c;
    struct arena arena; /* the decoded structs */
    void *bytes;        /* the image when it is on the heap, else NULL */
};

#endif

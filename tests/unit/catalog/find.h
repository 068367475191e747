/* What the program itself never looks up by name. */
#ifndef SINETTI_TESTS_CATALOG_FIND_H
#define SINETTI_TESTS_CATALOG_FIND_H

#include "catalog/catalog.h"

static inline const struct catalog_framework *find_framework(const struct catalog *c, const char *key)
{
    for (size_t i = 0; i < c->n_frameworks; i++)
        if (str_eq(c->frameworks[i].key, str_from(key))) return &c->frameworks[i];
    return NULL;
}

#endif

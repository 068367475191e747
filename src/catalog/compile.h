/* A folder made into an image, or its faults. */
#ifndef SINETTI_CATALOG_COMPILE_H
#define SINETTI_CATALOG_COMPILE_H

#include "catalog/catalog.h"

/* Checks the folder like catalog_check(); with no faults the image is added to `image`, an empty buffer of the
 * caller's. */
enum rc catalog_compile(struct ctx *cx, const char *dir, void (*fault)(void *arg, const struct catalog_fault *f),
                        void *arg, size_t *faults, struct buf *image) MUST_CHECK;

#endif

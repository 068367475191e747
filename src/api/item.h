/* Items of registers in calls: which one is meant, and how it is answered. */
#ifndef SINETTI_API_ITEM_H
#define SINETTI_API_ITEM_H

#include "api/api.h"
#include "records/records.h"

/* The kind the path names. E_NOTFOUND. */
enum rc item_kind(struct ctx *cx, struct api_call *call, const struct record_kind **out) MUST_CHECK;
/* The item the path names, from `db`. E_NOTFOUND. */
enum rc item_read(struct ctx *cx, struct api_call *call, sqlite3 *db, struct records_item *out) MUST_CHECK;
/* Answers it whole, with its ETag. */
enum rc item_put(struct ctx *cx, struct api_call *call, sqlite3 *db, const struct records_item *item) MUST_CHECK;
/* "open": the places left open in a text, as OpenPlace. */
void item_put_open(struct ctx *cx, struct json *j, const struct record_kind *k, struct str title, struct str content);
/* What the engine finds wrong with an item becomes a fault of the call, in the caller's language: for the functions of
 * records.h and deploy.h that tell it. */
struct item_telling {
    struct ctx *cx;
    struct api_call *call;
};
void item_tell(void *telling, const char *field, const char *text);
/* Who acts, for records.h. */
struct records_by item_by(const struct api_call *call);

/* What the content's people, groups, items, repositories and projects are called, as "names". */
enum rc item_put_names(struct ctx *cx, struct api_call *call, sqlite3 *db, struct str content) MUST_CHECK;
/* The files that the version of fact n names, as "files". */
enum rc item_put_files(struct ctx *cx, struct api_call *call, sqlite3 *db, int64_t n) MUST_CHECK;

#endif

/* Writes JSON (RFC 8259) into a buffer: keys and strings escaped (char_is_deceptive() too), invalid UTF-8 replaced by
 * U+FFFD, commas and indentation by itself. Calls out of order are a bug of ours and asserted. Pure. */
#ifndef SINETTI_BASE_JSON_H
#define SINETTI_BASE_JSON_H

#include "base/limits.h"
#include "base/str.h"

struct json {
    struct buf *out;
    int depth;
    bool pretty;
    bool first[LIMIT_JSON_DEPTH];
    bool after_key;
};

void json_init(struct json *j, struct buf *out, bool pretty);
void json_begin(struct json *j, char bracket); /* '{' or '[' */
void json_end(struct json *j, char bracket);   /* '}' or ']' */
void json_key(struct json *j, const char *key);
void json_str(struct json *j, struct str s);
void json_cstr(struct json *j, const char *s); /* NULL writes null */
void json_int(struct json *j, int64_t v);
void json_bool(struct json *j, bool v);
void json_raw(struct json *j, struct str text); /* a value that is JSON already */
void json_nil(struct json *j);                  /* null; jansson has a function called json_null */

/* key and value in one call */
void json_put_str(struct json *j, const char *key, struct str s);
void json_put_cstr(struct json *j, const char *key, const char *s);
void json_put_int(struct json *j, const char *key, int64_t v);
void json_put_bool(struct json *j, const char *key, bool v);

#endif

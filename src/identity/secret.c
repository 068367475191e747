#include "identity/identity_int.h"

#include "facts/subject.h"

#include <sodium.h>

#define SECRET_BYTES 32

void secret_new(char out[SECRET_TEXT + 1])
{
    unsigned char random[SECRET_BYTES];
    randombytes_buf(random, sizeof random);
    sodium_bin2base64(out, SECRET_TEXT + 1, random, sizeof random, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    sodium_memzero(random, sizeof random);
}

/* The text is hashed, not the bytes: of the last character's spellings only one is known then. */
bool secret_hash(struct str text, uint8_t out[DIGEST_SIZE])
{
    if (text.n != SECRET_TEXT) return false;
    for (size_t i = 0; i < text.n; i++) {
        char c = text.p[i];
        bool ok = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
        if (!ok) return false;
    }
    word_hash("secret", text, out);
    return true;
}

void word_hash(const char *word, struct str text, uint8_t out[DIGEST_SIZE])
{
    struct digest d;
    digest_init(&d);
    digest_field(&d, str_from(word));
    digest_add(&d, text);
    digest_final(&d, out);
}

struct str id_new(struct ctx *cx)
{
    char id[SUBJECT_ID + 1];
    subject_new_id(id);
    return arena_str(&cx->arena, str_from(id));
}

struct str fingerprint_of(struct ctx *cx, const char *word, struct str id)
{
    uint8_t hash[DIGEST_SIZE];
    char hex[2 * DIGEST_SIZE + 1];
    word_hash(word, id, hash);
    digest_hex(hash, sizeof hash, hex);
    return arena_str(&cx->arena, str_from(hex));
}

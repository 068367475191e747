#include "identity/hashing.h"

#include <pthread.h>
#include <sodium.h>

_Static_assert(crypto_pwhash_STRBYTES == HASH_TEXT, "a hash's text");

#define OPS crypto_pwhash_argon2id_OPSLIMIT_INTERACTIVE
#define MEM crypto_pwhash_argon2id_MEMLIMIT_INTERACTIVE

/* The ceiling is the process's, whoever hashes. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t left = PTHREAD_COND_INITIALIZER;
static int at_work, waiting;

static enum rc enter(struct ctx *cx)
{
    enum rc rc = OK;
    pthread_mutex_lock(&lock);
    if (at_work == HASHES_AT_ONCE && waiting == HASHES_WAITING) rc = E_BUSY;
    waiting++;
    while (rc == OK && at_work == HASHES_AT_ONCE) pthread_cond_wait(&left, &lock);
    waiting--;
    if (rc == OK) at_work++;
    pthread_mutex_unlock(&lock);
    return rc == OK ? OK : fail(cx, rc, "too many people are signing in at this moment: try again");
}

static void leave(void)
{
    pthread_mutex_lock(&lock);
    at_work--;
    pthread_cond_signal(&left);
    pthread_mutex_unlock(&lock);
}

enum rc hashing_make(struct ctx *cx, struct str password, char out[HASH_TEXT])
{
    TRY(enter(cx));
    int failed = crypto_pwhash_argon2id_str(out, password.p, password.n, OPS, MEM);
    leave();
    return failed ? fail(cx, E_IO, "the password cannot be hashed: out of memory") : OK;
}

/* What a check costs, of nothing. */
static void spend(struct str password)
{
    unsigned char key[32], salt[crypto_pwhash_argon2id_SALTBYTES];
    randombytes_buf(salt, sizeof salt);
    if (crypto_pwhash_argon2id(key, sizeof key, password.p ? password.p : "", password.n, salt, OPS, MEM,
                               crypto_pwhash_argon2id_ALG_ARGON2ID13) == 0)
        sodium_memzero(key, sizeof key);
}

enum rc hashing_check(struct ctx *cx, struct str hash, struct str password, bool *right)
{
    char text[HASH_TEXT] = {0};
    *right = false;
    bool none = !hash.p || hash.n >= sizeof text;
    if (!none) memcpy(text, hash.p, hash.n);
    TRY(enter(cx));
    if (none)
        spend(password);
    else
        *right = crypto_pwhash_argon2id_str_verify(text, password.p ? password.p : "", password.n) == 0;
    leave();
    return OK;
}

bool hashing_is_old(struct str hash)
{
    char text[HASH_TEXT] = {0};
    if (hash.n >= sizeof text) return true;
    memcpy(text, hash.p, hash.n);
    return crypto_pwhash_argon2id_str_needs_rehash(text, OPS, MEM) != 0;
}

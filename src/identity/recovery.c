/* Recovery codes: 80 random bits each, as four groups of four letters and digits that are hard to misread. */
#include "facts/subject.h"
#include "identity/identity_int.h"
#include "identity/tokens.h"

#include <sodium.h>

#define GROUPS 4
#define IN_GROUP 4

static void code_new(char out[RECOVERY_CODE_TEXT + 1])
{
    char letters[SUBJECT_ID + 1];
    subject_new_id(letters); /* 32 signs, five bits each */
    for (int i = 0, k = 0; i < GROUPS * IN_GROUP; i++) {
        if (i && i % IN_GROUP == 0) out[k++] = '-';
        out[k++] = letters[i];
    }
    out[RECOVERY_CODE_TEXT] = 0;
    sodium_memzero(letters, sizeof letters);
}

/* However it was typed: capitals, blanks and hyphens make no difference. */
static bool code_hash(struct str person, struct str code, uint8_t out[DIGEST_SIZE])
{
    char plain[GROUPS * IN_GROUP];
    size_t n = 0;
    for (size_t i = 0; i < code.n; i++) {
        char c = code.p[i];
        if (c == '-' || c == ' ') continue;
        if (c >= 'A' && c <= 'Z') c = (char)(c + 32);
        if (n == sizeof plain || !((c >= 'a' && c <= 'z') || (c >= '2' && c <= '7'))) return false;
        plain[n++] = c;
    }
    struct digest d;
    digest_init(&d);
    digest_field(&d, STR("recovery"));
    digest_field(&d, person);
    digest_add(&d, (struct str){plain, n});
    digest_final(&d, out);
    sodium_memzero(plain, sizeof plain);
    return n == sizeof plain;
}

static enum rc replace(struct ctx *cx, struct identity *id, struct str person,
                       char out[RECOVERY_CODES][RECOVERY_CODE_TEXT + 1])
{
    scoped_stmt *st = NULL, *old = NULL;
    uint8_t hash[DIGEST_SIZE];
    TRY(state_prepare(cx, id, "DELETE FROM recovery_code WHERE person = ?1", &old));
    store_bind_str(old, 1, person);
    TRY(store_run(cx, old));
    TRY(state_prepare(cx, id, "INSERT INTO recovery_code VALUES (?1, ?2)", &st));
    for (int i = 0; i < RECOVERY_CODES; i++) {
        code_new(out[i]);
        if (!code_hash(person, str_from(out[i]), hash)) return fail(cx, E_INTERNAL, "no code was made");
        store_bind_str(st, 1, person);
        store_bind_blob(st, 2, hash, sizeof hash);
        TRY(store_run(cx, st));
    }
    return OK;
}

enum rc identity_recovery_make(struct ctx *cx, struct identity *id, const struct identity_actor *by, struct str person,
                               char out[RECOVERY_CODES][RECOVERY_CODE_TEXT + 1])
{
    TRY(state_begin(cx, id));
    enum rc rc = replace(cx, id, person, out);
    if (rc == OK) rc = identity_tell(cx, id, by, person, "recovery_codes", "changed", STR_NONE);
    return state_end(cx, id, rc);
}

enum rc identity_recovery_use(struct ctx *cx, struct identity *id, struct str person, struct str code, int *left)
{
    scoped_stmt *st = NULL;
    uint8_t hash[DIGEST_SIZE];
    *left = 0;
    if (!code_hash(person, code, hash)) return fail(cx, E_DENIED, "this code is not right, or was used before");
    TRY(state_prepare(cx, id, "DELETE FROM recovery_code WHERE person = ?1 AND hash = ?2", &st));
    store_bind_str(st, 1, person);
    store_bind_blob(st, 2, hash, sizeof hash);
    TRY(store_run(cx, st));
    if (!sqlite3_changes(id->o.state)) return fail(cx, E_DENIED, "this code is not right, or was used before");
    return identity_recovery_left(cx, id, person, left);
}

enum rc identity_recovery_left(struct ctx *cx, struct identity *id, struct str person, int *left)
{
    scoped_stmt *st = NULL;
    bool row;
    TRY(state_prepare(cx, id, "SELECT count(*) FROM recovery_code WHERE person = ?1", &st));
    store_bind_str(st, 1, person);
    TRY(store_step(cx, st, &row));
    *left = row ? sqlite3_column_int(st, 0) : 0;
    return OK;
}

/* evidence/in_toto: who signed a statement, by keys as they are registered here; what it says of tests; and that nobody
 * else's word, or another message, is taken for it. */
#include "evidence/evidence.h"

#include "base/base64.h"
#include "base/file.h"
#include "base/limits.h"
#include "base/sshsig.h"
#include "store/store.h"

#include "unit.h"

#include <gnutls/abstract.h>
#include <gnutls/gnutls.h>
#include <gnutls/x509.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#define SCHEMA                                                                                                         \
    "CREATE TABLE fact_key (n INTEGER, subject TEXT, fingerprint TEXT, type TEXT, public TEXT, state TEXT);"           \
    "CREATE TABLE fact_person (subject TEXT, state TEXT);"                                                             \
    "INSERT INTO fact_person VALUES ('person:aaaaaaaaaaaaaaaaaaaa', 'active'), ('person:bbbbbbbbbbbbbbbbbbbb', "       \
    "'left');"

#define STATEMENT(commit, predicate)                                                                                   \
    "{\"_type\":\"https://in-toto.io/Statement/"                                                                       \
    "v1\",\"subject\":[{\"name\":\"git\",\"digest\":{\"gitCommit\":\"" commit                                          \
    "\"}}],\"predicateType\":\"https://in-toto.io/attestation/test-result/v0.1\",\"predicate\":" predicate "}"
#define C40 "1111111111111111111111111111111111111111"

struct signer {
    struct ctx cx;
    sqlite3 *db;
    uint8_t secret[64], public[32];
    gnutls_privkey_t ec;
};

static void add_key(struct signer *s, int n, const char *person, const char *type, struct str public, const char *state)
{
    sqlite3_stmt *st = NULL;
    assert_int_equal(store_prepare(&s->cx, s->db, STR("INSERT INTO fact_key VALUES (?1, ?2, ?3, ?4, ?5, ?6)"), &st),
                     OK);
    store_bind_int(st, 1, n);
    store_bind_str(st, 2, str_from(person));
    store_bind_str(st, 3, str_from(type));
    store_bind_str(st, 4, str_from(type));
    store_bind_str(st, 5, public);
    store_bind_str(st, 6, str_from(state));
    assert_int_equal(store_run(&s->cx, st), OK);
    store_finalize(&st);
}

static void open_signer(struct signer *s)
{
    static const uint8_t seed[32] = {7};
    scoped_buf text;
    gnutls_pubkey_t pub;
    gnutls_datum_t der = {0};
    ctx_init(&s->cx);
    assert_true(sodium_init() >= 0);
    assert_int_equal(store_open_memory(&s->cx, SCHEMA, &s->db), OK);
    assert_int_equal(crypto_sign_seed_keypair(s->public, s->secret, seed), 0);
    buf_init(&text, 0);
    sshsig_put_key(&text, s->public);
    add_key(s, 1, "person:aaaaaaaaaaaaaaaaaaaa", "ssh", str_trim(buf_view(&text)), "added");
    assert_int_equal(gnutls_privkey_init(&s->ec), 0);
    assert_int_equal(
        gnutls_privkey_generate(s->ec, GNUTLS_PK_ECDSA, GNUTLS_CURVE_TO_BITS(GNUTLS_ECC_CURVE_SECP256R1), 0), 0);
    assert_int_equal(gnutls_pubkey_init(&pub), 0);
    assert_int_equal(gnutls_pubkey_import_privkey(pub, s->ec, 0, 0), 0);
    assert_int_equal(gnutls_pubkey_export2(pub, GNUTLS_X509_FMT_DER, &der), 0);
    buf_clear(&text);
    base64_put(&text, der.data, der.size);
    add_key(s, 2, "person:aaaaaaaaaaaaaaaaaaaa", "x509", buf_view(&text), "added");
    gnutls_free(der.data);
    gnutls_pubkey_deinit(pub);
}

static void close_signer(struct signer *s)
{
    gnutls_privkey_deinit(s->ec);
    store_close(s->db);
    ctx_release(&s->cx);
}

enum how { BY_SSH, BY_EC, BY_EC_BAD, BY_OTHER_WORDS };

static enum rc read_signed(struct signer *s, struct str statement, enum how how, struct evidence *out)
{
    scoped_buf message, sig, envelope;
    struct str words = how == BY_OTHER_WORDS ? STR("{}") : statement;
    buf_init(&message, 0);
    buf_init(&sig, 0);
    buf_init(&envelope, 0);
    dsse_preimage(&message, words);
    if (how == BY_SSH || how == BY_OTHER_WORDS) {
        uint8_t made[64];
        crypto_sign_detached(made, NULL, (const uint8_t *)message.p, message.n, s->secret);
        base64_put(&sig, made, sizeof made);
    } else {
        const gnutls_datum_t data = {(unsigned char *)message.p, (unsigned)message.n};
        gnutls_datum_t made = {0};
        assert_int_equal(gnutls_privkey_sign_data(s->ec, GNUTLS_DIG_SHA256, 0, &data, &made), 0);
        if (how == BY_EC_BAD) made.data[made.size - 1] ^= 1;
        base64_put(&sig, made.data, made.size);
        gnutls_free(made.data);
    }
    buf_cstr(&envelope, "{\"payload\":\"");
    base64_put(&envelope, statement.p, statement.n);
    buf_printf(&envelope,
               "\",\"payloadType\":\"" DSSE_STATEMENT "\",\"signatures\":[{\"keyid\":\"hint\",\"sig\":\"" STR_FMT
               "\"}]}",
               STR_ARG(buf_view(&sig)));
    int fd = memfd_create("dsse", MFD_CLOEXEC);
    assert_true(fd >= 0 && file_write_all(fd, buf_view(&envelope)));
    enum rc rc = evidence_read(&s->cx, s->db, fd, NULL, out);
    close(fd);
    return rc;
}

static void test_evidence_in_toto__signed(void **state)
{
    struct signer s;
    struct evidence e;
    (void)state;
    open_signer(&s);
    for (enum how how = BY_SSH; how <= BY_EC; how++) {
        assert_int_equal(
            read_signed(&s, STR(STATEMENT(C40, "{\"result\":\"PASSED\",\"passedTests\":[\"a\",\"b\"]}")), how, &e), OK);
        assert_true(e.type == EVIDENCE_IN_TOTO && e.has_result && e.passed && e.tests == 2 && e.failures == 0);
        assert_true(str_eq(e.signer, STR("person:aaaaaaaaaaaaaaaaaaaa")));
        assert_true(e.n_subjects == 1 && str_eq(e.subjects[0].algorithm, STR("gitCommit")) &&
                    str_eq(e.subjects[0].digest, STR(C40)));
    }
    assert_int_equal(read_signed(&s, STR(STATEMENT(C40, "{\"result\":\"FAILED\"}")), BY_EC, &e), OK);
    assert_true(e.tests == 1 && e.failures == 1 && !e.passed);
    assert_int_equal(read_signed(&s, STR(STATEMENT(C40, "{\"result\":\"PASSED\",\"failedTests\":[\"a\"]}")), BY_EC, &e),
                     OK);
    assert_true(e.failures == 1 && !e.passed);
    close_signer(&s);
}

static void test_evidence_in_toto__not_signed(void **state)
{
    static const struct str good = {STATEMENT(C40, "{\"result\":\"PASSED\"}"),
                                    sizeof(STATEMENT(C40, "{\"result\":\"PASSED\"}")) - 1};
    struct signer s;
    struct evidence e;
    (void)state;
    open_signer(&s);
    assert_int_equal(read_signed(&s, good, BY_EC_BAD, &e), E_DENIED);
    assert_int_equal(read_signed(&s, good, BY_OTHER_WORDS, &e), E_DENIED);
    /* a key that was taken back, and one of who has left */
    assert_int_equal(store_exec(&s.cx, s.db, "UPDATE fact_key SET state = 'removed' WHERE type = 'ssh'"), OK);
    assert_int_equal(read_signed(&s, good, BY_SSH, &e), E_DENIED);
    assert_int_equal(store_exec(&s.cx, s.db, "UPDATE fact_key SET subject = 'person:bbbbbbbbbbbbbbbbbbbb'"), OK);
    assert_int_equal(read_signed(&s, good, BY_EC, &e), E_DENIED);
    close_signer(&s);
}

static void test_evidence_in_toto__malformed(void **state)
{
    struct signer s;
    struct evidence e;
    (void)state;
    open_signer(&s);
    assert_int_equal(read_signed(&s, STR("{"), BY_EC, &e), E_INVALID);
    assert_non_null(strstr(s.cx.message, "payload: line 1"));
    assert_int_equal(read_signed(&s, STR("{\"_type\":\"x\"}"), BY_EC, &e), E_INVALID);
    assert_int_equal(read_signed(&s, STR(STATEMENT("ABC", "{}")), BY_EC, &e), E_INVALID);
    assert_int_equal(read_signed(&s, STR(STATEMENT(C40, "{\"result\":\"MAYBE\"}")), BY_EC, &e), E_INVALID);
    close_signer(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_evidence_in_toto__signed),
        cmocka_unit_test(test_evidence_in_toto__not_signed),
        cmocka_unit_test(test_evidence_in_toto__malformed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

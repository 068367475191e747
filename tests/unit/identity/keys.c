/* Public keys: those that ssh-keygen, gpg and openssl make are taken, cut and twisted ones are not. */
#include "identity_data.h"

#include "base/base64.h"
#include "identity/keys.h"

#include "unit.h"

#define ED "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIIFc9dvUIHk+p/bOw7ypqjvDGZSsXNlpR7TbG23X2Ezd"

/* The output of a command; NULL when it cannot be run. */
static const char *made_by(const char *command)
{
    char *out = arena_alloc(&cx.arena, 64 * 1024);
    FILE *f = popen(command, "r");
    size_t n = f ? fread(out, 1, 64 * 1024 - 1, f) : 0;
    return f && pclose(f) == 0 && n ? out : NULL;
}

static const char *generated(const char *options)
{
    return made_by(
        arena_printf(
            &cx.arena,
            "ssh-keygen -q -N '' -C somebody@home %s -f %s/k </dev/null >/dev/null && cat %s/k.pub && rm %s/k*",
            options, folder, folder, folder)
            .p);
}

static void test_identity_keys__ssh(void **state)
{
    (void)state;
    struct key k;
    WELL(key_read(&cx, STR(ED " somebody@home\n"), &k));
    assert_string_equal(k.type, "ssh");
    assert_true(str_eq(k.public, STR(ED))); /* no comment */
    assert_true(str_starts(k.shown, STR("SHA256:")) && k.shown.n == 50);
    static const struct {
        const char *options;
        enum rc rc;
    } kinds[] = {{"-t ed25519", OK},      {"-t ecdsa -b 256", OK}, {"-t ecdsa -b 384", OK},
                 {"-t ecdsa -b 521", OK}, {"-t rsa -b 3072", OK},  {"-t rsa -b 2048", E_INVALID},
                 {"-t dsa", E_INVALID}};
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        const char *text = generated(kinds[i].options);
        if (!text) {
            assert_true(strstr(kinds[i].options, "dsa") &&
                        !strstr(kinds[i].options, "ecdsa")); /* newer ones make none */
            continue;
        }
        if (key_read(&cx, str_from(text), &k) != kinds[i].rc) failed("%s: %s", kinds[i].options, cx.message);
    }
}

static void put_string(struct buf *b, struct str s)
{
    const char head[4] = {0, 0, (char)(s.n >> 8), (char)s.n};
    buf_add(b, head, 4);
    buf_str(b, s);
}

/* A line of a type with these strings behind it. */
static struct str line_of(const char *outer, const char *inner, const struct str *parts, size_t n, const char *behind)
{
    scoped_buf blob, line;
    buf_init(&blob, 0);
    buf_init(&line, 0);
    put_string(&blob, str_from(inner));
    for (size_t i = 0; i < n; i++) put_string(&blob, parts[i]);
    buf_cstr(&blob, behind);
    buf_printf(&line, "%s ", outer);
    base64_put(&line, blob.p, blob.n);
    return arena_str(&cx.arena, buf_view(&line));
}

static void test_identity_keys__ssh_hostile(void **state)
{
    (void)state;
    struct key k;
    char zeros[600] = {0};
    const struct str p32 = {zeros, 32}, p31 = {zeros, 31}, app = STR("ssh:"), none = STR("");
    zeros[100] = 4;
    const struct str point = {zeros + 100, 65};
    WELL(key_read(&cx, line_of("ssh-ed25519", "ssh-ed25519", &p32, 1, ""), &k));
    WELL(key_read(
        &cx, line_of("sk-ssh-ed25519@openssh.com", "sk-ssh-ed25519@openssh.com", (struct str[]){p32, app}, 2, ""), &k));
    WELL(key_read(&cx,
                  line_of("sk-ecdsa-sha2-nistp256@openssh.com", "sk-ecdsa-sha2-nistp256@openssh.com",
                          (struct str[]){STR("nistp256"), point, app}, 3, ""),
                  &k));
    const struct str bad[] = {
        line_of("ssh-ed25519", "ssh-ed25519", &p31, 1, ""),
        line_of("ssh-ed25519", "ssh-ed25519", &p32, 1, "x"),
        line_of("ssh-ed25519", "ssh-rsa", &p32, 1, ""),
        line_of("ssh-ed25519", "ssh-ed25519", NULL, 0, ""),
        line_of("sk-ssh-ed25519@openssh.com", "sk-ssh-ed25519@openssh.com", (struct str[]){p32, none}, 2, ""),
        line_of("sk-ssh-ed25519@openssh.com", "sk-ssh-ed25519@openssh.com", &p32, 1, ""),
        line_of("ecdsa-sha2-nistp256", "ecdsa-sha2-nistp256", (struct str[]){STR("nistp384"), point}, 2, ""),
        line_of("ecdsa-sha2-nistp384", "ecdsa-sha2-nistp384", (struct str[]){STR("nistp384"), point}, 2, ""),
        line_of("ecdsa-sha2-nistp256", "ecdsa-sha2-nistp256", (struct str[]){STR("nistp256"), {zeros, 65}}, 2, ""),
        line_of("ssh-rsa", "ssh-rsa", (struct str[]){STR("\1\0\1"), {zeros, 385}}, 2, ""),
        STR("ssh-ed25519"),
        STR("ssh-ed25519 "),
        STR("ssh-ed25519 !!!!"),
        STR(ED "x"),
        STR(""),
        STR("\n"),
        STR("command=\"x\" " ED),
        STR("no-pty," ED),
        STR(ED "\n" ED),
        STR("ssh-ed25519-cert-v01@openssh.com AAAA"),
        STR("ssh-ed25519\t"
            "AAAAC3NzaC1lZDI1NTE5AAAAIIFc9dvUIHk+p/bOw7ypqjvDGZSsXNlpR7TbG23X2Ezd"),
        STR("-----BEGIN OPENSSH PRIVATE "
            "KEY-----\nAAAA\n-----END OPENSSH PRIVATE "
            "KEY-----"),
        STR("-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----"),
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        if (key_read(&cx, bad[i], &k) != E_INVALID) failed("%zu was taken: " STR_FMT, i, STR_ARG(bad[i]));
    /* every cut and every flipped byte of a good one: an answer, and never the same key */
    struct str good = STR(ED);
    WELL(key_read(&cx, good, &k));
    char before[65];
    memcpy(before, k.fingerprint, sizeof before);
    for (size_t i = 12; i < good.n; i++) {
        char *other = arena_cstr(&cx.arena, good);
        other[i] = (char)(other[i] == 'A' ? 'B' : 'A');
        if (key_read(&cx, str_from(other), &k) == OK && memcmp(k.fingerprint, before, 64) == 0 && other[i] != good.p[i])
            failed("byte %zu makes no difference", i);
        assert_int_not_equal(key_read(&cx, str_slice(good, 0, i), &k), OK);
    }
}

static void test_identity_keys__gpg(void **state)
{
    (void)state;
    struct key k;
    const char *home = arena_printf(&cx.arena, "%s/gpg", folder).p;
    const char *text =
        made_by(arena_printf(&cx.arena,
                             "mkdir -m 700 %s && export GNUPGHOME=%s && gpg --batch -q --passphrase '' --quick-gen-key "
                             "'Anna Virta <anna@example.org>' ed25519 sign never 2>/dev/null && gpg --batch -q --armor "
                             "--export && gpgconf --kill all",
                             home, home)
                    .p);
    if (!text) skip();
    WELL(key_read(&cx, str_from(text), &k));
    assert_string_equal(k.type, "gpg");
    assert_int_equal(k.shown.n, 40);
    scoped_buf bytes;
    buf_init(&bytes, 0);
    assert_true(base64_read(&bytes, k.public));
    assert_null(memmem(bytes.p, bytes.n, "Anna", 4)); /* facts of keys are for ever: no names in them */
    assert_null(memmem(bytes.p, bytes.n, "example", 7));
    const char *listed = made_by(
        arena_printf(&cx.arena, "GNUPGHOME=%s gpg --batch -q --with-colons --list-keys && gpgconf --kill all", home).p);
    scoped_buf upper;
    buf_init(&upper, 0);
    for (size_t i = 0; i < k.shown.n; i++)
        buf_char(&upper, (char)(k.shown.p[i] >= 'a' ? k.shown.p[i] - 32 : k.shown.p[i]));
    assert_non_null(strstr(listed, arena_cstr(&cx.arena, buf_view(&upper))));

    struct str good = str_trim(str_from(text));
    for (size_t i = 0; i < good.n; i += 7) { /* cut, and damaged: the checksum tells */
        (void)!key_read(&cx, str_slice(good, 0, i), &k);
        char *other = arena_cstr(&cx.arena, good);
        if (other[i] == '\n' || i < 40 || i + 50 > good.n) continue;
        other[i] = other[i] == 'A' ? 'B' : 'A';
        if (key_read(&cx, str_from(other), &k) == OK) failed("damage at %zu was not seen", i);
    }
    assert_int_equal(key_read(&cx, arena_printf(&cx.arena, "%s\n%s", text, text), &k), E_INVALID);
}

#define CERTIFICATE(key)                                                                                               \
    "openssl req -x509 -newkey " key " -nodes -keyout /dev/null -subj '/CN=Anna Virta' -days 2 2>/dev/null"

static void test_identity_keys__x509(void **state)
{
    (void)state;
    struct key k;
    const char *text = made_by(CERTIFICATE("ec -pkeyopt ec_paramgen_curve:P-256"));
    if (!text) skip();
    WELL(key_read(&cx, str_from(text), &k));
    assert_string_equal(k.type, "x509");
    assert_true(str_eq(k.algorithm, STR("ECDSA 256")));
    scoped_buf bytes;
    buf_init(&bytes, 0);
    assert_true(base64_read(&bytes, k.public));
    assert_null(memmem(bytes.p, bytes.n, "Anna", 4));
    const char *small = made_by(CERTIFICATE("rsa:2048"));
    assert_int_equal(key_read(&cx, str_from(small), &k), E_INVALID);
    assert_int_equal(key_read(&cx, arena_printf(&cx.arena, "%s%s", text, text), &k), E_INVALID);
    assert_int_equal(key_read(&cx, str_slice(str_from(text), 0, 200), &k), E_INVALID);
    assert_int_equal(key_read(&cx, STR("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----"), &k), E_INVALID);
}

static void test_identity_keys__of_one_person(void **state)
{
    (void)state;
    struct key k;
    struct str anna = person_made("Anna", "anna@example.org"), ben = person_made("Ben", "ben@example.org");
    WELL(identity_key_add(&cx, the, &operator_, anna, STR(ED), &k));
    REFUSED(identity_key_add(&cx, the, &operator_, anna, STR(ED " again"), &k), E_CONFLICT, "you have it");
    REFUSED(identity_key_add(&cx, the, &operator_, ben, STR(ED), &k), E_CONFLICT, "somebody else's");
    struct str fingerprint = arena_str(&cx.arena, str_from(k.fingerprint));
    REFUSED(identity_key_remove(&cx, the, &operator_, ben, fingerprint), E_NOTFOUND, "no such key");
    WELL(identity_key_remove(&cx, the, &operator_, anna, fingerprint));
    REFUSED(identity_key_remove(&cx, the, &operator_, anna, fingerprint), E_NOTFOUND, "no such key");
    REFUSED(identity_key_add(&cx, the, &operator_, ben, STR(ED), &k), E_CONFLICT, "or was");
    WELL(identity_key_add(&cx, the, &operator_, anna, STR(ED), &k)); /* her own again */
    WELL(identity_person_leave(&cx, the, &operator_, anna));
    assert_string_equal(rows("SELECT state FROM fact_key"), "removed\n");
    REFUSED(identity_key_add(&cx, the, &operator_, anna, STR(ED), &k), E_DENIED, "left");
}

#define WITH(f) cmocka_unit_test_setup_teardown(f, identity_setup, identity_teardown)
int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH(test_identity_keys__ssh),  WITH(test_identity_keys__ssh_hostile),   WITH(test_identity_keys__gpg),
        WITH(test_identity_keys__x509), WITH(test_identity_keys__of_one_person),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

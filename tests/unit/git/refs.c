#include "fixture.h"

static enum rc see_ref(void *arg, const struct git_ref *r)
{
    struct seen *s = arg;
    s->n++;
    buf_visible(&s->text, r->name);
    buf_printf(&s->text, " %s %s %lld ", r->annotated ? "annotated" : "light", r->signature ? r->signature : "-",
               (long long)r->at);
    buf_visible(&s->text, r->tagger_email);
    buf_cstr(&s->text, str_eq(r->oid, r->target) ? " same\n" : " other\n");
    return OK;
}

static void see_refs(struct fixture *f, struct git *g, struct seen *s)
{
    seen_init(s);
    if (git_refs(&f->cx, g, see_ref, s) != OK) fail_msg("git_refs: %s", f->cx.message);
}

static void test_git_refs__kinds(void **state)
{
    struct fixture *f = *state;
    run(f, "git init -q repo && cd repo && echo 1 >a && git add a && git commit -qm one && git tag light && git tag "
           "-am x note &&"
           " git tag -am y nested note 2>/dev/null && git tag blob HEAD:a && git tag -am z blobnote HEAD:a && git tag "
           "tree HEAD^{tree} &&"
           " o=$(git rev-parse HEAD) && s=$(printf 'object %s\\ntype commit\\ntag signed\\ntagger T <t@x> 1600000000 "
           "+0000\\n\\nm\\n"
           "-----BEGIN PGP SIGNATURE-----\\n\\nx\\n-----END PGP SIGNATURE-----\\n' $o | git hash-object -t tag -w "
           "--stdin) && git update-ref refs/tags/signed $s &&"
           " git pack-refs --all && git commit -q --allow-empty -m two");
    struct git *g = open_good(f, "repo");
    struct seen s;
    see_refs(f, g, &s);
    assert_seen(&s, "refs/heads/main light - 1700000000  same\n"
                    "refs/tags/light light - 1700000000  same\n"
                    "refs/tags/nested annotated - 1700000000 ann@example.org other\n"
                    "refs/tags/note annotated - 1700000000 ann@example.org other\n"
                    "refs/tags/signed annotated openpgp 1600000000 t@x other\n");
    assert_str(resolve(f, g, "main"), run(f, "git -C repo rev-parse main")); /* the loose one counts */
    git_close(g);
}

static void test_git_refs__hostile_files(void **state)
{
    struct fixture *f = *state;
    run(f, "git init -q repo && cd repo && git commit -q --allow-empty -m one && o=$(git rev-parse HEAD) && cd .git &&"
           " echo $o >../../outside && ln -s ../../../../outside refs/heads/out && ln -s refs/heads/main "
           "refs/heads/inside &&"
           " ln -s /etc/passwd refs/heads/passwd && ln -s / refs/heads/root && mkfifo refs/heads/fifo && echo 'ref: "
           "../../../outside' >refs/heads/dots &&"
           " echo 'ref: refs/heads/b' >refs/heads/a && echo 'ref: refs/heads/a' >refs/heads/b && mkdir -p "
           "refs/heads/x.lock && echo $o >refs/heads/x.lock/y &&"
           " { echo '# pack-refs with: peeled fully-peeled sorted '; echo \"$o refs/tags/ok\"; echo "
           "\"^0000000000000000000000000000000000000001\";"
           " printf \"$o refs/tags/\"; head -c 5000000 /dev/zero | tr '\\0' x; echo; echo \"$o refs/tags/zlast\"; } "
           ">packed-refs");
    struct git *g = open_good(f, "repo");
    struct seen s;
    see_refs(f, g, &s);
    assert_seen(&s, "refs/heads/inside light - 1700000000  same\nrefs/heads/main light - 1700000000  same\n"
                    "refs/tags/ok light - 1700000000  same\nrefs/tags/zlast light - 1700000000  same\n");
    git_close(g);
    run(f, "cd repo/.git && mv refs ../refs && ln -s ../refs refs");
    assert_int_equal(open_at(f, "repo", &g), E_INVALID);
    assert_has(f->cx.message, "link");
}

static void test_git_refs__ten_thousand_tags(void **state)
{
    struct fixture *f = *state;
    run(f, "git init -q repo && cd repo && git commit -q --allow-empty -m one && o=$(git rev-parse HEAD) &&"
           " for i in $(seq 10000); do printf 'tag v1.%s\\nfrom %s\\ntagger T <t@x> 1600000000 +0000\\ndata "
           "2\\nx\\n\\n' $i $o; done | git fast-import --quiet");
    struct git *g = open_good(f, "repo");
    struct seen s;
    see_refs(f, g, &s);
    assert_int_equal(s.n, 10001);
    buf_release(&s.text);
    git_close(g);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        GIT_TEST(test_git_refs__kinds),
        GIT_TEST(test_git_refs__hostile_files),
        GIT_TEST(test_git_refs__ten_thousand_tags),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

"""Goal: what the server publishes carries its signature; where a branch asks for signed commits, nothing else gets in, whatever is tried."""
import subprocess

from git_gate import Host, person, settled


def verified(t, h, commit, keys, name="allowed"):
    """What git itself says of a commit's signature, by the lines that `repo keys` prints."""
    path = t.dir / name
    path.write_text(keys, encoding="utf-8")
    done = subprocess.run(["git", "--git-dir", str(h.path), "-c", "gpg.ssh.allowedSignersFile=" + str(path), "verify-commit", commit], env=t.env,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    return done.returncode, done.stdout.decode("utf-8", "replace")


def test_what_is_published_is_signed(t):
    """Merges and rebased commits, by the server's key, which git verifies; the key can be replaced, and what it signed stays good."""
    h = Host(t)
    work = h.begin()
    published = []
    for i, method in enumerate(("merge", "rebase")):
        t.run("repo", "protect", "acme", "main", "--method", method, "--data", "data", code=0)
        t.git("-C", str(work.path), "fetch", "-q", str(h.path), "main")
        work.git("checkout", "-q", "-B", "topic", "FETCH_HEAD")
        work.commit("Change %d\n\nReviewed-by: Nobody <nobody@example.org>\n" % i, {"%d.txt" % i: "x\n"}, author=person("ella"))
        number = h.propose("ella", work, "-o", "topic=t%d" % i)
        if method == "rebase":  # something else comes first, so that there is something to set upon
            work.git("checkout", "-q", "-B", "other", "FETCH_HEAD")
            work.commit("Other", {"o.txt": "x\n"}, author=person("ella"))
            other = h.propose("ella", work, "-o", "topic=other")
            h.review("mikko", "approve", "acme", other, 1)
            h.review("mikko", "publish", "acme", other)
        h.review("mikko", "approve", "acme", number, 1)
        h.review("mikko", "publish", "acme", number)
        published.append(h.ref())
    keys = t.run("repo", "keys", "--data", "data", code=0).out
    t.equal(keys.count("\n"), 1, keys)
    for commit in published:
        code, said = verified(t, h, commit, keys)
        t.equal(code, 0, said)
        t.has(said, 'Good "git" signature for sinetti@localhost')
        trailers = t.git("--git-dir", str(h.path), "log", "-1", "--format=%(trailers)", commit).decode()
        t.has(trailers, "Reviewed-by: Mikko Example <mikko@example.org>")
        t.lacks(trailers, "Nobody")
    # a new key: the old one's signatures stay good, for the times it held
    both = t.run("repo", "keys", "--replace", "--data", "data", code=0).out
    t.equal(both.count("\n"), 2, both)
    t.has(both, "valid-before")
    t.equal(verified(t, h, published[0], both)[0], 0)
    # another's key does not do
    other = "sinetti@localhost " + (t.dir / "key-ella.pub").read_text(encoding="utf-8")
    t.true(verified(t, h, published[0], other)[0] != 0, "by a key that is not the server's")
    # no signer, no publishing: nothing unsigned gets through
    t.git("-C", str(work.path), "fetch", "-q", str(h.path), "main")
    work.git("checkout", "-q", "-B", "last", "FETCH_HEAD~1")
    work.commit("Last", {"l.txt": "x\n"}, author=person("ella"))
    number = h.propose("ella", work, "-o", "topic=last")
    h.review("mikko", "approve", "acme", number, 1)
    (t.dir / "data.signer").rename(t.dir / "away")
    tip = h.ref()
    t.has(h.review("mikko", "publish", "acme", number, code=None).err, "signer")
    t.equal(h.ref(), tip)
    (t.dir / "away").rename(t.dir / "data.signer")
    h.review("mikko", "publish", "acme", number)
    t.has(settled(t), "source_key")

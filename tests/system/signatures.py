"""Goal: what the server publishes carries its signature; where a branch asks for signed commits, nothing else gets in, whatever is tried."""
import base64
import contextlib
import hashlib
import subprocess
import time

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
    t.has(h.review("mikko", "publish", "acme", number, code=None).err, "there is no signer at")
    t.equal(h.ref(), tip)
    (t.dir / "away").rename(t.dir / "data.signer")
    h.review("mikko", "publish", "acme", number)
    t.has(settled(t), "source_key")


def signed(t, work, who, message, key=None, author=None, files=None):
    """A commit of who's, signed by who's key or another."""
    work.git("config", "gpg.format", "ssh")
    return work.commit(message, files or {message.split()[0] + ".txt": "x\n"}, author=author or person(who), committer=person(who),
                       options=("-S" + str(t.dir / ("key-" + (key or who))),))


def written(work, text):
    """A commit of these very bytes, the branch on it."""
    oid = work.git("hash-object", "-t", "commit", "-w", "--stdin", data=text).decode().strip()
    work.git("reset", "-q", "--soft", oid)
    return oid


def by_hand(t, work, who, message, namespace="git"):
    """A commit signed for another purpose than git's."""
    plain = work.git("cat-file", "commit", work.commit(message, {message + ".txt": "x\n"}, author=person(who)))
    (t.dir / "plain").write_bytes(plain)
    subprocess.run(["ssh-keygen", "-q", "-Y", "sign", "-n", namespace, "-f", str(t.dir / ("key-" + who)), str(t.dir / "plain")], check=True,
                   stderr=subprocess.DEVNULL)
    armored = (t.dir / "plain.sig").read_bytes().rstrip().replace(b"\n", b"\n ")
    (t.dir / "plain.sig").unlink()
    head, body = plain.split(b"\n\n", 1)
    return written(work, head + b"\ngpgsig " + armored + b"\n\n" + body)


def states(h, n):
    """What stands in the newest patch set's fact, oldest commit first."""
    runs = h.facts("patch_set")[n]["payload"]["signatures"]
    return [(run["state"], run.get("person")) for run in reversed(runs) for _ in range(run["commits"])]


def test_what_each_signature_is_worth(t):
    """One change with every kind of it, let in while the point is only observed."""
    h = Host(t)
    ella, mikko = h.people["ella"], h.people["mikko"]
    work = h.begin()
    subprocess.run(["ssh-keygen", "-q", "-t", "ecdsa", "-b", "384", "-N", "", "-f", str(t.dir / "key-late")], check=True)
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(t.dir / "key-nobody")], check=True)
    work.commit("none", {"none.txt": "x\n"}, author=person("ella"))
    signed(t, work, "ella", "good")
    signed(t, work, "ella", "applied", author=person("paula"))  # another's work, taken over by who commits it
    signed(t, work, "ella", "other", key="mikko")
    signed(t, work, "ella", "unknown", key="nobody")
    by_hand(t, work, "ella", "namespace", "file")
    by_hand(t, work, "ella", "right")
    whole = work.git("cat-file", "commit", signed(t, work, "ella", "tampered"))
    written(work, whole.replace(b"\n\ntampered", b"\n\nTampered"))
    twice = work.git("cat-file", "commit", signed(t, work, "ella", "twice"))
    head, body = twice.split(b"\n\n", 1)
    written(work, head + b"\ngpgsig" + head.split(b"\ngpgsig", 1)[1] + b"\n\n" + body)
    signed(t, work, "ella", "late", key="late")  # before its key is anybody's here
    signed(t, work, "tuomo", "employee")  # who may not write here
    with gnupg(t) as gpg:
        for name, end in (("lasting", "never"), ("ended", "seconds=1"), ("stranger", "never")):
            gpg("--quick-gen-key", name + "@example.org", "ed25519", "sign", end)
            openpgp(work, "ella", name)
        for name in ("lasting", "ended"):
            add_openpgp(h, gpg("--export", name + "@example.org"), "ella", time.time() if name == "ended" else None)
        whole = work.git("cat-file", "commit", openpgp(work, "ella", "lasting"))
        written(work, whole.replace(b"\n\nlasting", b"\n\nTampered"))
    work.git("config", "gpg.format", "ssh")
    h.propose("ella", work, "-o", "topic=all")
    expected = [("none", None), ("good", ella), ("good", ella), ("other", mikko), ("unknown", None), ("bad", None), ("good", ella), ("bad", None), ("bad", None),
                ("unknown", None), ("may_not", h.people["tuomo"]), ("good", ella), ("expired", ella), ("unknown", None), ("bad", None)]
    ssh = 11  # so many of them
    t.equal(states(h, -1), expected)
    # git takes the good ones for good, and no other than these
    lines = "".join("%s@example.org %s" % (who, (t.dir / ("key-%s.pub" % who)).read_text(encoding="utf-8")) for who in ("ella", "mikko", "tuomo"))
    commits = work.git("rev-list", "--reverse", "HEAD~15..HEAD~4").decode().split()
    for i, (commit, (state, _)) in enumerate(zip(commits, expected[:ssh])):
        code, said = verified(t, h, commit, lines)
        if i != 8:  # of two signatures git takes the first; here none is taken
            t.equal(code == 0, state in ("good", "other", "may_not"), (state, said))
    # the key is added: what it signed before counts from now on, for what matters is whose it is when the gate asks
    kind, text = (t.dir / "key-late.pub").read_text(encoding="utf-8").split()[:2]
    h.fact("key", ella, {"fingerprint": fingerprint(text), "type": "ssh", "public": kind + " " + text, "state": "added"})
    work.git("checkout", "-q", "-B", "again", "HEAD~15")
    work.git("config", "user.name", "x")
    signed(t, work, "ella", "late", key="late")
    h.propose("ella", work, "-o", "topic=late")
    t.equal(states(h, -1), [("good", ella)])


@contextlib.contextmanager
def gnupg(t):
    """GnuPG with keys of its own."""
    (t.home / ".gnupg").mkdir(mode=0o700)
    try:
        yield lambda *args: subprocess.run(["gpg", "-q", "--batch", "--pinentry-mode", "loopback", "--passphrase", "", *args], env=t.env, check=True, stdout=subprocess.PIPE,
                                           stderr=subprocess.DEVNULL).stdout
    finally:
        subprocess.run(["gpgconf", "--kill", "all"], env=t.env, check=False)


def openpgp(work, who, name):
    work.git("config", "gpg.format", "openpgp")
    return work.commit(name, {"pgp-" + name: work.git("rev-parse", "HEAD").decode()}, author=person(who), options=("-S%s@example.org" % name,))


def add_openpgp(h, exported, who, expires):
    """What the program keeps of a key that somebody adds: without user ids and what stands on them."""
    kept, keeping, body, at = b"", False, None, 0
    while at < len(exported):
        tag, size = (exported[at] >> 2) & 15, 1 << (exported[at] & 3)
        n = 1 + size + int.from_bytes(exported[at + 1:at + 1 + size], "big")
        keeping = tag in (6, 14) or (keeping and tag not in (13, 17))
        body = body or exported[at + 1 + size:at + n]
        kept, at = kept + (exported[at:at + n] if keeping else b""), at + n
    digest = hashlib.sha256(b"\x99" + len(body).to_bytes(2, "big") + body).hexdigest()
    more = {"expires": int(expires)} if expires else {}
    h.fact("key", h.people[who], {"fingerprint": digest, "type": "gpg", "public": base64.b64encode(kept).decode(), "state": "added", **more})


def fingerprint(text):
    return hashlib.sha256(base64.b64decode(text)).hexdigest()


def set_upon(t, h, work, branch, name, commit):
    """Has the server set two commits upon a branch that has gone on by rebasing them; where it stood before."""
    rule = [] if name == "laundered" else ["--signatures"]
    t.run("repo", "protect", "acme", branch, "--method", "rebase", *rule, "--data", "data", code=0)
    before = h.ref("refs/heads/" + branch)
    t.git("-C", str(work.path), "fetch", "-q", str(h.path), branch)
    work.git("checkout", "-q", "-B", name, "FETCH_HEAD~1")
    for i in range(2):
        commit("%s%d" % (name, i))
    code, said = h.push("ella", work, "-o", "topic=" + name, "HEAD:refs/for/" + branch)
    t.equal(code, 0, said)
    number = int(said.split("change ")[1].split(",")[0])
    h.review("mikko", "approve", "acme", number, 1)
    h.review("mikko", "publish", "acme", number)
    return before


def test_a_branch_that_wants_signatures(t):
    h = Host(t)
    work = h.begin()
    t.run("repo", "protect", "acme", "main", "--signatures", "--data", "data", code=0)
    h.mode("source-code-management/unauthorized-code-prevented", "block")
    base = h.ref()
    unsigned = work.commit("plain", {"p.txt": "x\n"}, author=person("ella"))
    signed(t, work, "ella", "on top")
    code, said = h.push("ella", work, "HEAD:refs/for/main")
    t.equal(code, 1, said)
    for part in ("1 commit or tag is not signed", unsigned[:12], "it carries none", "source-code-management/unauthorized-code-prevented"):
        t.has(said, part)
    # signed, but that of another is no way in, for a reviewer neither
    work.git("reset", "-q", "--hard", base)
    signed(t, work, "ella", "forged", key="mikko")
    for who in ("ella", "mikko"):
        t.has(h.push(who, work, "HEAD:refs/for/main")[1], "another person's")
    h.mode("code-review-rules/rules-enforced", "observe")
    t.has(h.push("mikko", work, "HEAD:main")[1], "another person's")
    h.mode("code-review-rules/rules-enforced", "block")
    work.git("reset", "-q", "--hard", base)
    signed(t, work, "ella", "good")
    number = h.propose("ella", work, "-o", "topic=good")
    h.review("mikko", "approve", "acme", number, 1)
    # the key is taken away before it is published: it counts when it comes and when it is used
    kind, text = (t.dir / "key-ella.pub").read_text(encoding="utf-8").split()[:2]
    key = {"fingerprint": fingerprint(text), "type": "ssh", "public": kind + " " + text}
    h.fact("key", h.people["ella"], {**key, "state": "removed"})
    t.has(h.review("mikko", "publish", "acme", number, code=3).out, "nobody here has its key")
    h.fact("key", h.people["ella"], {**key, "state": "added"})
    # so does the role
    t.run("people", "role", h.people["ella"], "developer", "--revoke", "--data", "data", code=0)
    t.has(h.review("mikko", "publish", "acme", number, code=3).out, "may not write here")
    t.run("people", "role", h.people["ella"], "developer", "--data", "data", code=0)
    h.review("mikko", "publish", "acme", number)
    # what the server has made is signed by it: a change may bring it along
    t.git("-C", str(work.path), "fetch", "-q", str(h.path), "main")
    t.equal(h.push("mikko", work, "FETCH_HEAD:refs/heads/dev")[0], 0)
    t.run("repo", "protect", "acme", "dev", "--data", "data", code=0)
    work.git("checkout", "-q", "-B", "fordev", "FETCH_HEAD")
    signed(t, work, "ella", "dev")
    t.equal(h.push("ella", work, "-o", "topic=d", "HEAD:refs/for/dev")[0], 0)
    h.review("mikko", "approve", "acme", number + 1, 1)
    h.review("mikko", "publish", "acme", number + 1)
    t.git("-C", str(work.path), "fetch", "-q", str(h.path), "dev")
    work.git("checkout", "-q", "-B", "fromdev", "FETCH_HEAD")
    h.propose("ella", work, "-o", "topic=fromdev")
    t.equal(states(h, -1), [("good", h.people["ella"]), ("good", "system")])
    # but nobody gets its signature for what carried none, by way of a branch that asks for none
    before = set_upon(t, h, work, "dev", "laundered", lambda name: work.commit(name, {name: "x\n"}, author=person("ella")))
    laundered = h.ref("refs/heads/dev")
    t.git("-C", str(work.path), "fetch", "-q", str(h.path), "dev")
    work.git("checkout", "-q", "-B", "fromdev", "FETCH_HEAD")
    t.equal(verified(t, h, laundered, t.run("repo", "keys", "--data", "data", code=0).out)[0], 0)
    for message in ("pushed", "and under one's own"):
        code, said = h.push("ella", work, "-o", "topic=laundered", "HEAD:refs/for/main")
        t.equal(code, 1, (message, said))
        t.has(said, "2 commits or tags are not signed")
        t.has(said, laundered[:12] + ": the server made it from commits that were not asked for their signatures")
        signed(t, work, "ella", message)
    work.git("reset", "-q", "--hard", laundered)
    h.mode("code-review-rules/rules-enforced", "observe")
    t.has(h.push("mikko", work, "HEAD:main")[1], "the server made it from commits")
    h.mode("code-review-rules/rules-enforced", "block")
    # signed anew by whoever answers for it, it is theirs
    work.git("rebase", "-q", before, "--exec", "git -c user.name='Ella Example' -c user.email=ella@example.org commit -q --amend --no-edit -S" + str(t.dir / "key-ella"))
    h.propose("ella", work, "-o", "topic=anew")
    t.equal(states(h, -1)[-1], ("good", h.people["ella"]))
    # what it set upon a branch that asks for them carries its word further
    set_upon(t, h, work, "dev", "vouched", lambda name: signed(t, work, "ella", name))
    tip = h.facts("push")[-1]["payload"]
    t.equal((tip["made"][-1], len(tip["made"]), tip["signatures"][0]["wanting"]), (h.ref("refs/heads/dev"), 2, 0), tip)
    t.git("-C", str(work.path), "fetch", "-q", str(h.path), "dev")
    work.git("checkout", "-q", "-B", "fromdev", "FETCH_HEAD")
    h.mode("source-code-management/unauthorized-code-prevented", "observe")
    h.propose("ella", work, "-o", "topic=vouched")
    t.equal(states(h, -1)[-4:], [("remade", "system")] * 2 + [("good", "system")] * 2)
    h.mode("source-code-management/unauthorized-code-prevented", "block")
    # tags: by the tagger's own key
    tip = h.ref()
    work.git("tag", "plain", tip)
    work.git("tag", "-m", "two", "annotated", tip)
    env = {"GIT_COMMITTER_NAME": "Ella Example", "GIT_COMMITTER_EMAIL": "ella@example.org"}
    work.git("tag", "-u", str(t.dir / "key-ella"), "-m", "one", "v1", tip, env=env)
    work.git("tag", "-u", str(t.dir / "key-mikko"), "-m", "one", "v2", tip, env=env)
    for tag, why in (("plain", "it carries none"), ("annotated", "it carries none"), ("v2", "another person's")):
        code, said = h.push("ella", work, tag)
        t.equal(code, 1, said)
        t.has(said, why)
    code, said = h.push("ella", work, "v1")
    t.equal(code, 0, said)
    settled(t)

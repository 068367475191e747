"""Goal: what must not stand in a hosted repository's history is taken out by two people, nobody alone; nothing else changes by it, and it does not come back."""
import os
import shutil
import socket
import time

import serving
from attestations import attested, publish
from git_gate import Host, person, settled

DUMP = "insert into customers values ('somebody');\n"


def wait_for(t, what):
    until = time.monotonic() + 60
    while time.monotonic() < until:
        found = what()
        if found:
            return found
        time.sleep(0.1)
    raise AssertionError("it does not come")


def git(t, h, *args):
    return t.git("--git-dir", str(h.path), *args).decode().strip()


def there(t, h, oid):
    return oid in git(t, h, "cat-file", "--batch-all-objects", "--batch-check=%(objectname)").split()


def write(t, h, work, name, files, remove=()):
    """A change that brings these files, published."""
    t.git("-C", str(work.path), "fetch", "-q", str(h.path), "main")
    work.git("checkout", "-q", "-B", "topic", "FETCH_HEAD")
    for path in remove:
        work.git("rm", "-q", path)
    work.commit(name, files, author=person("ella"))
    number = h.propose("ella", work, "-o", "topic=" + name)
    h.review("mikko", "approve", "acme", number, 1)
    h.review("mikko", "publish", "acme", number)
    return h.ref()


def is_busy(h):
    """As if git were at it already: what the refs have let go of is not forgotten."""
    (h.path / "gc.pid").write_text("%d %s" % (os.getpid(), socket.gethostname()), encoding="utf-8")


def test_taken_out_by_two(t):
    h = Host(t)
    work = h.begin()
    first = h.ref()
    one, _ = publish(t, h, work, "one")
    bad = write(t, h, work, "bad", {"data/dump.sql": DUMP, "kept.txt": "kept\n"})
    blob = git(t, h, "rev-parse", bad + ":data/dump.sql")
    work.git("fetch", "-q", str(h.path), "main")
    work.git("tag", "-m", "tagged", "v1", bad)
    t.equal(h.push("ella", work, "v1")[0], 0)
    t.equal(h.push("ella", work, bad + ":refs/heads/ella/x")[0], 0)
    asked = "/gate/repositories/" + h.repo[5:] + "/expunges"
    wish = {"what": ["data/dump.sql"], "reason": "somebody's data"}
    t.run("people", "role", h.people["sirkka"], "security_officer", "--data", "data", code=0)
    with serving.Server(t, t.dir / "data", {"Aatu": ["admin"]}) as s:
        for name in ("ella", "mikko", "sirkka", "tuomo"):
            s.sign_in(name)
        # what stands at a tip would change by it, and nobody has reviewed that
        t.has(str(s.post("mikko", asked, wish, 422)), "still stands at the tip of main")
        clean = write(t, h, work, "clean", {}, remove=["data/dump.sql"])
        tree = git(t, h, "rev-parse", clean + "^{tree}")
        # work that goes on meanwhile, from the history as it was
        work.git("fetch", "-q", str(h.path), "main")
        work.git("checkout", "-q", "-B", "open", "FETCH_HEAD")
        work.commit("open", {"open.txt": "x\n"}, author=person("ella"))
        number = h.propose("ella", work, "-o", "topic=open")
        for what, why in (("nowhere.txt", "nothing has ever stood"), ("0" * 40, "no content is named"), ("1" * 40, "is not here"), ("main:nowhere", "there is no"), (clean, "is no file"),
                          ("--all", "nothing has ever"), ("../../ledger.db", "nothing has ever"), ("main:kept.txt", "still stands at the tip")):
            t.has(str(s.post("mikko", asked, {"what": [what], "reason": "x"}, 422)), why)
        s.post("mikko", asked, {"what": ["data/dump.sql"], "reason": " "}, 422)
        s.post("mikko", asked, {"what": [], "reason": "x"}, 422)
        for who in ("ella", "tuomo"):
            s.post(who, asked, wish, 403)
        s.post("mikko", "/gate/repositories/" + "a" * 20 + "/expunges", wish, 404)
        # nobody alone: not who asks, not the operator by a fact of their own, not who asks again
        t.equal(s.post("mikko", asked, {"what": ["data"], "reason": "all below"}, 201)["state"], "waiting")
        act = s.post("sirkka", asked, wish, 201)
        t.equal(act["state"], "solo")
        (t.dir / "alone.json").write_text('{"objects": [{"oid": "%s", "path": ""}], "reason": "alone"}' % blob, encoding="utf-8")
        t.has(t.run("fact", "add", "expunge", h.repo, "--payload", "alone.json", "--data", "data", code=3).err, "another person agrees")
        for who in ("mikko", "sirkka"):
            s.post(who, "/approvals/%d/approve" % act["request"], {"reason": ""}, 403)
        t.has(t.run("repo", "expunge", "acme", "--data", "data", code=0).out, "nothing waits")
        t.equal([e["state"] for e in s.get("mikko", "/gate/repositories")["items"][0]["expunges"]], ["alone"])
        t.equal(there(t, h, blob), True)
        # it ends before git has forgotten, and before the refs have moved: whoever comes next sees which, and it is done in the end
        before = shutil.copytree(h.path, t.dir / "before.git", symlinks=True)
        is_busy(h)
        s.post("Aatu", "/approvals/%d/approve" % act["request"], {"reason": "seen"})
        wait_for(t, lambda: s.get("Aatu", "/jobs")["items"][0]["state"] == "failed")
        t.equal((h.ref() != clean, there(t, h, blob), len(h.facts("expunged"))), (True, True, 1))
        shutil.rmtree(h.path)
        shutil.copytree(before, h.path, symlinks=True)
        t.run("gate", "check", "--data", "data", code=0)
        t.equal(([o["payload"]["outcome"] for o in h.facts("outcome")][-1], h.facts("override")), ("not_done", []))
        is_busy(h)
        t.has(t.run("repo", "expunge", "acme", "--data", "data", code=3).err, "gc is already running")
        t.equal((h.ref() != clean, there(t, h, blob)), (True, True))
        t.run("gate", "check", "--data", "data", code=0)
        t.equal(([(o["payload"]["outcome"], o["payload"].get("settled")) for o in h.facts("outcome")][-1], h.facts("override")), (("done", True), []))
        t.equal([e["state"] for e in s.get("mikko", "/gate/repositories")["items"][0]["expunges"]], ["due"])
        (h.path / "gc.pid").unlink()
        t.run("repo", "expunge", "acme", "--data", "data", code=0)
        done = wait_for(t, lambda: [e for e in s.get("mikko", "/gate/repositories")["items"][0]["expunges"] if e["state"] == "done"])
        t.equal((done[0]["objects"], done[0]["reason"]), (1, "somebody's data"))
        # a change whose patch set went says so
        gone = next(c for c in s.get("mikko", "/code-changes")["items"] if c["number"] == number)
        t.has(s.get("mikko", "/code-changes/" + gone["id"][7:])["gate"]["conflict"], "not here any more")
        t.has(str(s.get("mikko", "/code-changes/" + gone["id"][7:] + "/diff", 409)), "not here any more")
    # gone, and nothing else is
    t.equal(there(t, h, blob), False)
    t.equal(git(t, h, "fsck", "--full", "--strict"), "")
    t.equal(git(t, h, "rev-parse", "refs/heads/main^{tree}"), tree)
    main = h.ref()
    t.true(main != clean, main)
    commits = git(t, h, "rev-list", main).split()
    t.true(first in commits and one in commits, str(commits))  # what came before is as it was, signatures and all
    t.equal(len(commits), len(set(commits)))
    told = git(t, h, "log", "--format=%an %s", main).splitlines()
    t.true({"Mikko Example Merge change 3: clean", "Ella Example clean", "Ella Example bad"} <= set(told), str(told))
    now = git(t, h, "rev-parse", "v1^{commit}")
    t.has(git(t, h, "show", now + ":data/dump.sql"), "Taken out of the history: event ")
    t.equal((git(t, h, "show", now + ":kept.txt"), git(t, h, "for-each-ref", "--format=%(contents:subject)", "refs/tags/v1")), ("kept", "tagged"))
    t.equal(h.ref("refs/heads/ella/x"), now)
    t.equal(h.ref("refs/changes"), h.ref("refs/changes/01"))  # the patch set of before stays; the others held it
    fact = h.facts("expunged")[0]["payload"]
    t.equal((fact["patch_sets"], sorted(m["ref"].split("/", 1)[1] for m in fact["moved"])), (3, ["refs/heads/ella/x", "refs/heads/main", "refs/tags/v1"]))
    t.equal(h.facts("override"), [])
    t.run("gate", "check", "--data", "data", code=0)
    t.equal(h.facts("override"), [])  # no ref has strayed: the log knows where they are
    # it does not come back: from a copy of before, in a merge, under another name, as a link
    for ref in ("refs/for/main", "refs/heads/ella/old"):
        code, said = h.push("ella", work, "HEAD:" + ref)
        t.equal(code, 1, said)
        t.has(said, "brings back what was taken out")
        t.has(said, "file: data/dump.sql")
    t.has(str(h.review("mikko", "publish", "acme", number, code=None)), "the patch set is not here any more")
    t.equal(h.ref(), main)
    t.git("-C", str(work.path), "fetch", "-q", str(h.path), "main")
    for name, mode in (("other.txt", "100644"), ("link", "120000")):
        work.git("checkout", "-q", "-B", "again", "FETCH_HEAD")
        work.git("update-index", "--add", "--cacheinfo", "%s,%s,%s" % (mode, blob, name))
        work.git("commit", "-q", "-m", name)
        code, said = h.push("ella", work, "HEAD:refs/heads/ella/again")
        t.equal(code, 1, said)
        t.has(said, "file: " + name)
        work.git("reset", "-q", "--hard")
    # what is attested begins anew
    keys = t.run("repo", "keys", "--data", "data", code=0).out
    two, _ = publish(t, h, work, "two")
    p, _ = attested(t, h, two, keys)
    t.equal((p["level"], p["since"]["history"]), (4, {"gitCommit": two}))
    t.has(t.run("repo", "expunge", "acme", "--data", "data", code=0).out, "nothing waits")
    settled(t)

"""Goal: what reviewers say stands at its lines, follows them to later patch sets, and holds a change back where the branch asks for that; a diff hides nothing."""
import os
import time
import urllib.parse

import git_gate
import serving

BIDI = "\u202e"


def threads(s, who, change, **query):
    more = "&".join("%s=%s" % pair for pair in query.items())
    return s.get(who, "/code-changes/%s/threads%s" % (change, "?" + more if more else ""))["threads"]


def change_id(s, who, number):
    return [c["id"][7:] for c in s.get(who, "/code-changes?state=all")["items"] if c["number"] == number][0]


def commented(h, s, work):
    """Comments by the API and by the door, on lines that move, and what becomes of them."""
    t = h.t
    lines = ["line %d" % i for i in range(1, 21)]
    work.commit("Twenty lines", {"a b.txt": "\n".join(lines) + "\n", "other.txt": "x\n"}, author=git_gate.person("ella"))
    number = h.propose("ella", work, "-o", "topic=lines")
    change = change_id(s, "mikko", number)
    at = "/code-changes/%s" % change
    call = "@" + h.people["ella"]
    ok = {"path": "a b.txt", "line": 10, "last": 11, "text": "Why **this**?"}
    for wrong, status in (({"path": "a b.txt", "line": 21, "text": "x"}, 422), ({"path": "no.txt", "text": "x"}, 422), ({"path": "../etc/passwd", "text": "x"}, 422),
                          ({"path": "a b.txt", "line": 3, "last": 2, "text": "x"}, 422), ({"text": "  "}, 422), ({"thread": 1, "text": "x"}, 404),
                          ({"text": "@person:" + "a" * 20}, 422), ({"path": "a b.txt", "side": "old", "line": 1, "text": "x"}, 422)):
        t.equal(s.call("mikko", "POST", at + "/comments", {"comments": [ok, wrong]}).status, status, wrong)
    t.equal(threads(s, "mikko", change), [])  # all or nothing
    s.post("mikko", at + "/reviews", {"patch_set": 1, "vote": "approve", "comments": [ok, {"path": "a b.txt", "line": 20, "text": "the last one " + call},
                                                                                  {"path": "other.txt", "text": "the file"}, {"text": "the change", "resolved": True}]}, 200)
    found = threads(s, "ella", change)
    t.equal([(x["path"], x["line"], x["last"], x["resolved"]) for x in found],
            [("a b.txt", 10, 11, False), ("a b.txt", 20, 20, False), ("other.txt", None, None, False), (None, None, None, True)])
    t.equal([m["name"] for m in found[1]["comments"][0]["mentions"]], ["Ella Example"])
    t.true(any(n["what"] == "mention" and n["subject"] == "change:" + change for n in s.get("ella", "/notifications")["items"]), "a notice")
    t.equal(s.call("paula", "POST", at + "/reviews", {"patch_set": 1, "vote": "approve", "comments": [ok]}).status, 403)
    # everything is approved, and yet: the branch asks for resolved threads
    t.has(h.review("mikko", "publish", "acme", number, code=3).out, "threads of its review that are not resolved: 3")
    first, last, whole = (x["thread"] for x in found[:3])
    t.has(h.review("ella", "resolve", "acme", number, first, code=3).err, "resolved by who began it")
    t.equal(s.call("ella", "POST", at + "/comments", {"comments": [{"thread": first, "text": "done", "resolved": True}]}).status, 403)
    h.review("ella", "answer", "acme", number, first, "Because of $(touch pwned) that")
    t.has(h.review("mikko", "comments", "acme", number).out, "thread %d, a b.txt:10-11, patch set 1, open" % first)
    # a later patch set: two lines before it, the last one changed
    work.write("a b.txt", "\n".join(["new", "new"] + lines[:19] + ["line twenty"]) + "\n")
    work.git("commit", "-q", "-a", "--amend", "--no-edit")
    h.propose("ella", work, "-o", "topic=lines")
    found = threads(s, "ella", change)
    t.equal([(x["line"], x["last"], x["outdated"]) for x in found[:3]], [(12, 13, False), (None, None, True), (None, None, False)])
    t.equal([x["line"] for x in threads(s, "ella", change, patch_set=1)[:2]], [10, 20])
    h.review("mikko", "approve", "acme", number, 2)
    h.review("mikko", "publish", "acme", number, code=3)
    h.review("sirkka", "resolve", "acme", number, first)  # a reviewer without a part
    h.review("mikko", "resolve", "acme", number, last, "good")
    h.review("ella", "reopen", "acme", number, first, "not yet")
    t.has(h.review("mikko", "publish", "acme", number, code=3).out, "not resolved: 2")
    for n in (first, whole):
        h.review("mikko", "resolve", "acme", number, n)
    t.has(h.review("mikko", "comment", "acme", number, "other.txt:9", "no", code=3).err, "has no line 9")
    h.review("mikko", "publish", "acme", number)
    push = h.facts("push")[-1]["payload"]["refs"][0]
    t.equal((push["approvals"], push.get("threads")), (1, None))


def hostile(h, s, work):
    """A change that tries to be read otherwise than it is."""
    t = h.t
    work.git("fetch", "-q", str(h.path), "main")
    work.git("checkout", "-q", "-B", "second", "FETCH_HEAD")
    work.commit("before", {"old name.txt": "".join("keep %d\n" % i for i in range(40)), "crlf.txt": "a\r\nb\r\n", "run.sh": "#!/bin/sh\n", "space.c": "int a;\n",
                           "was.txt": "x\n"}, author=git_gate.person("ella"))
    number = h.propose("ella", work, "-o", "topic=before")
    h.review("mikko", "approve", "acme", number, 1)
    h.review("mikko", "publish", "acme", number)
    work.git("fetch", "-q", str(h.path), "main")
    work.git("checkout", "-q", "-B", "third", "FETCH_HEAD")
    work.git("mv", "old name.txt", "new name.txt")
    work.write(".gitattributes", "*.c -diff\n*.txt diff=evil\n")
    work.write("crlf.txt", "a\nb\r\n")
    work.write("space.c", "int\ta;\n\n")
    work.write("bidi.c", "/* %s end */ if (admin)\u200b {\n" % BIDI)
    work.write("huge.txt", "y" * 100000 + "\n")
    (work.path / "raw.bin").write_bytes(b"\0\1\2" * 100)
    (work.path / "latin.txt").write_bytes(b"caf\xe9\n")
    os.chmod(work.path / "run.sh", 0o755)
    (work.path / "was.txt").unlink()
    os.symlink("/etc/passwd", work.path / "was.txt")
    work.git("add", "-A")
    work.git("update-index", "--add", "--cacheinfo", "160000," + "1" * 40 + ",module")
    work.git("-c", "user.name=Ella Example", "-c", "user.email=ella@example.org", "commit", "-q", "-m", "hostile")
    h.t.git("--git-dir", str(h.path), "config", "diff.evil.textconv", "touch %s/pwned; cat" % t.dir)
    h.t.git("--git-dir", str(h.path), "config", "diff.external", "touch %s/pwned" % t.dir)
    change = change_id(s, "mikko", h.propose("ella", work, "-o", "topic=hostile"))
    files = {f["path"]: f for f in s.get("mikko", "/code-changes/%s/diff" % change)["files"]}

    def text(path, **more):
        query = "".join("&%s=%s" % (k, urllib.parse.quote(v)) for k, v in more.items())
        return s.get("mikko", "/code-changes/%s/diff/file?path=%s%s" % (change, urllib.parse.quote(path), query))

    t.equal({p: (f["status"], f["old_kind"], f["kind"]) for p, f in files.items() if p in ("new name.txt", "run.sh", "was.txt", "module", "bidi.c")},
            {"new name.txt": ("renamed", "file", "file"), "run.sh": ("mode", "file", "program"), "was.txt": ("type", "file", "symlink"),
             "module": ("added", "none", "submodule"), "bidi.c": ("added", "none", "file")})
    t.equal(files["new name.txt"]["old_path"], "old name.txt")
    t.equal((files["space.c"]["binary"], files["raw.bin"]["binary"], text("raw.bin")["binary"]), (False, True, True))
    shown = text("bidi.c")
    t.equal(shown["hidden"], 2)
    t.has(shown["text"], "+/* \1U+202E\2 end */ if (admin)\1U+200B\2 {\n")
    t.lacks(shown["text"], BIDI)
    t.has(text("latin.txt")["text"], "caf\0010xE9\2")
    t.has(text("crlf.txt")["text"], "-a\1CR\2\n+a\n b\1CR\2\n")
    t.equal(text("crlf.txt")["hidden"], 0)
    t.has(text("space.c")["text"], "+int\ta;")
    t.equal(text("space.c", ignore_space="true")["text"], "")
    t.has(text("module")["text"], "+Subproject commit " + "1" * 40)
    t.has(text("was.txt")["text"], "+/etc/passwd")
    t.equal(text("new name.txt", old_path="old name.txt")["text"], "")
    t.true(len(text("huge.txt")["text"]) < 20000 and "\1…\2" in text("huge.txt")["text"], "cut")
    t.true(not (t.dir / "pwned").exists(), "executed")
    t.equal(text(":(glob)*")["text"], "")


def rebased(h, s, work):
    """Between patch sets that stand on different commits only what the author changed is shown."""
    t = h.t
    work.git("checkout", "-q", "-B", "fourth", "FETCH_HEAD")
    work.commit("mine", {"mine.txt": "1\n2\n3\n"}, author=git_gate.person("ella"))
    change = change_id(s, "mikko", h.propose("ella", work, "-o", "topic=mine"))
    work.git("checkout", "-q", "-B", "others", "FETCH_HEAD")
    work.commit("theirs", {"theirs.txt": "x\n"}, author=git_gate.person("ella"))
    number = h.propose("ella", work, "-o", "topic=theirs")
    h.review("mikko", "approve", "acme", number, 1)
    h.review("mikko", "publish", "acme", number)
    work.git("fetch", "-q", str(h.path), "main")
    work.git("checkout", "-q", "fourth")
    work.git("-c", "user.name=E", "-c", "user.email=ella@example.org", "rebase", "-q", "FETCH_HEAD")
    work.write("mine.txt", "1\n2\nthree\n")
    work.git("commit", "-q", "-a", "--amend", "--no-edit")
    h.propose("ella", work, "-o", "topic=mine")
    found = s.get("mikko", "/code-changes/%s/diff?patch_set=2&against=1" % change)
    t.equal((found["rebased"], [f["path"] for f in found["files"]]), ("done", ["mine.txt"]))
    t.has(s.get("mikko", "/code-changes/%s/diff/file?patch_set=2&against=1&path=mine.txt" % change)["text"], "-3\n+three\n")


def terminal(h, s):
    """The same on the command line, with a token."""
    t = h.t
    number = [c["number"] for c in s.get("mikko", "/code-changes?state=open")["items"] if c["title"] == "mine"][0]
    tokens, until = {}, time.strftime("%Y-%m-%dT00:00:00Z", time.gmtime(time.time() + 30 * 86400))
    for who, rights in (("mikko", ["code.read", "code.write", "code.review", "code.publish"]), ("ella", ["code.read", "code.write", "code.review"])):
        tokens[who] = s.post(who, "/me/tokens", {"name": "terminal", "permissions": rights, "until": until}, 201)["secret"]

    def review(who, *words, code=0):
        return t.run("review", *words, "--server", "http://127.0.0.1:%d" % s.port, env={"SINETTI_TOKEN": tokens[who]}, code=code)
    t.has(review("mikko", "list", "acme").out, "%d\tmain\tmine\tElla Example" % number)
    review("mikko", "comment", "acme", number, "mine.txt:3", "Why", "in *words*?")
    said = review("ella", "comments", "acme", number).out
    t.has(said, "mine.txt:3, patch set 2, open\n  Mikko Example:\n    Why in *words*?")
    thread = said.split("thread ")[1].split(",")[0]
    t.has(review("ella", "resolve", "acme", number, thread, code=3).err, "resolved by who began it")
    review("ella", "answer", "acme", number, thread, "To be read")
    t.has(review("ella", "approve", "acme", number, 2, code=3).err, "you had a part")
    review("mikko", "resolve", "acme", number, thread)
    shown = review("mikko", "show", "acme", number).out
    t.has(shown, "gate: not yet\nrefused: 1 commit reaches it without a full review: 0 of 1 approvals are there\n  to fix: ")
    t.has(review("mikko", "approve", "acme", number, 2).out, "patch set 2: approved")
    t.has(review("mikko", "show", "acme", number).out, "  approved by Mikko Example\n")
    t.has(review("mikko", "publish", "acme", number).out, "published")
    t.has(review("mikko", "publish", "acme", number, code=3).err, "is published")
    review("mikko", "show", "acme", 999, code=3)
    review("mikko", "look", "acme", code=2)


def protected(h, s):
    """What a branch is held to is changed by two people, and what the gate would have stopped is told to those who may read the log."""
    t = h.t
    at = "/gate/repositories/%s/protections" % h.repo[5:]
    wish = {"pattern": "refs/heads/main", "state": "active", "reviewers": 2, "resolved": True, "publishers": [h.people["mikko"]], "reason": "two reviewers"}
    for wrong, status in (({"pattern": "main"}, 422), ({"reviewers": 10}, 422), ({"publishers": ["person:" + "a" * 20]}, 422), ({"reason": " "}, 422),
                          ({"publishers": [h.people["mikko"]] * 2}, 422)):
        t.equal(s.call("mikko", "POST", at, {**wish, **wrong}).status, status, wrong)
    t.equal(s.call("ella", "POST", at, wish).status, 403)
    t.equal(s.call("mikko", "POST", "/gate/repositories/%s/protections" % ("a" * 20), wish).status, 404)
    asked = s.post("mikko", at, wish, 201)
    t.equal(asked["state"], "waiting")
    main = {"pattern": "refs/heads/main", "reviewers": 1, "method": "merge", "publishers": [], "resolved": True, "signatures": False}
    t.equal(s.get("mikko", "/gate/repositories")["items"][0]["protections"], [main])
    t.equal(s.call("mikko", "POST", "/approvals/%d/approve" % asked["request"], {"reason": "me"}).status, 403)
    s.post("sirkka", "/approvals/%d/approve" % asked["request"], {"reason": "yes"}, 200)
    now = s.get("mikko", "/gate/repositories")["items"][0]["protections"][0]
    t.equal((now["reviewers"], now["resolved"], [p["name"] for p in now["publishers"]]), (2, True, ["Mikko Example"]))
    t.equal(s.call("ella", "GET", "/gate/replay").status, 403)
    told = s.get("sirkka", "/gate/replay?days=30&repository=" + h.repo[5:])
    points = {p["point"]: p for p in told["points"]}
    two = points["code-review-rules/two-reviewers"]
    t.true(two["would"] >= 3 and two["people"] == 1 and two["mode"] == "observe" and two["rows"][0]["by"]["name"] == "Mikko Example", two)
    t.true(points["code-review-rules/rules-enforced"]["refused"] >= 3 and told["refused"] >= 3, told)


def test_review(t):
    h = git_gate.Host(t)
    t.run("repo", "protect", "acme", "main", "--resolved", "--data", "data", code=0)
    work = h.begin()
    for who in ("sirkka", "tuomo"):
        t.run("people", "role", h.people[who], "security_officer", "--data", "data", code=0)
    with serving.Server(t, t.dir / "data", {}) as s:
        for who in ("ella", "mikko", "sirkka", "paula", "tuomo"):
            s.sign_in(who)
        commented(h, s, work)
        hostile(h, s, work)
        rebased(h, s, work)
        terminal(h, s)
        protected(h, s)
    git_gate.settled(t)

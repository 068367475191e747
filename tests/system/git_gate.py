"""Goal: only reviewed, authorized code reaches a protected branch of a hosted repository, whatever is tried, and each decision stands in the log."""
import base64
import hashlib
import json
import os
import pathlib
import shlex
import shutil
import signal
import socket
import subprocess
import tempfile
import time

import serving
import values

ADDRESS = {"ella": "developer", "mikko": "development_manager", "sirkka": "development_manager", "paula": "partner", "tuomo": "employee"}


class Host:
    """A data folder with a hosted repository and people who have keys. Git comes in by the door itself, as sshd starts it."""

    def __init__(self, t, reviewers=1, block=True):
        self.t, self.keys, self.people = t, {}, {}
        t.run("init", "--data", "data", "--origin", "test.example/org", code=0)
        for name, role in ADDRESS.items():
            more = ["--until", "2099-01-01"] if role == "partner" else []
            person = serving.person_id(name)
            self.fact("person", person, {"name": name.title() + " Example", "addresses": [name + "@example.org"], "accounts": [], "state": "active"})
            t.run("people", "role", person, role, *more, "--data", "data", code=0)
            self.people[name] = person
            self.key(name, person)
        self.repo = t.run("repo", "create", "acme", "--data", "data", code=0).out.strip()
        t.run("repo", "protect", "acme", "main", "--reviewers", reviewers, "--data", "data", code=0)
        self.path = t.dir / "data" / "hosted" / (self.repo[5:] + ".git")
        if block:
            for point in ("code-review-rules/rules-enforced", "source-code-management/need-to-know"):
                self.mode(point, "block")
        door = t.dir / "door.sh"
        door.write_text("#!/bin/sh\nfor last; do :; done\nSSH_ORIGINAL_COMMAND=\"$last\" exec %s door --data %s --key \"$DOOR_KEY\"\n"
                        % (shlex.quote(t.program), shlex.quote(str(t.dir / "data"))), encoding="utf-8")
        door.chmod(0o755)
        self.door = str(door)

    def key(self, name, person):
        self.t.env.setdefault("SSH_AUTH_SOCK", "")
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", name, "-f", str(self.t.dir / ("key-" + name))], check=True)
        kind, text = (self.t.dir / ("key-%s.pub" % name)).read_text(encoding="utf-8").split()[:2]
        self.keys[name] = hashlib.sha256(base64.b64decode(text)).hexdigest()
        self.fact("key", person, {"fingerprint": self.keys[name], "type": "ssh", "public": kind + " " + text, "state": "added"})

    def fact(self, kind, subject, payload):
        return self.t.run("fact", "add", kind, subject, "--payload", "-", "--data", "data", data=json.dumps(payload).encode(), code=0)

    def mode(self, point, mode):
        self.fact("policy", "obligation:" + point, {"mode": mode, "parameters": [], "tolerance": 0, "effective_at": 0, "reason": "roll-out"})

    def env(self, who):
        return {"GIT_SSH_COMMAND": self.door, "GIT_SSH_VARIANT": "simple", "DOOR_KEY": self.keys[who]}

    def clone(self, who, name):
        done = subprocess.run(["git", "clone", "-q", "ssh://git@test.example/acme", name], cwd=self.t.dir, env={**self.t.env, **self.env(who)},
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=120, check=False)
        return done.returncode, done.stdout.decode("utf-8", "replace")

    def push(self, who, work, *args, env=None):
        """Exit code and what git said."""
        done = subprocess.run(["git", "-C", str(work.path), "push", *args[:-1], "ssh://git@test.example/acme", args[-1]] if args else [], cwd=self.t.dir,
                              env={**self.t.env, **self.env(who), **(env or {})}, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=240, check=False)
        said = done.stdout.decode("utf-8", "replace")
        self.t.lacks(said, "Sanitizer")
        return done.returncode, said

    def review(self, who, *words, code=0, lang="C"):
        asked = {"SSH_ORIGINAL_COMMAND": " ".join(["review", *map(str, words)]), "LANG": lang}
        done = self.t.run("door", "--data", "data", "--key", self.keys[who], env=asked)
        if code is not None:
            self.t.equal(done.code, code, done)
        return done

    def facts(self, kind):
        """All of them, by number."""
        found, page, after = [], 1000, []
        while True:
            listed = self.t.run("fact", "list", "--kind", kind, "--limit", page, *after, "--format", "json", "--data", "data", code=0).out.splitlines()
            found += [json.loads(line) for line in listed]
            if len(listed) < page:
                return found
            after = ["--after", found[-1]["n"]]

    def ref(self, name="refs/heads/main"):
        return self.t.git("--git-dir", str(self.path), "for-each-ref", "--format=%(objectname)", name).decode().strip()

    def begin(self, who="mikko"):
        """The first commit on main, and a working copy."""
        work = self.t.repo("work")
        work.commit("first", {"a.txt": "one\n"}, author=person(who))
        code, said = self.push(who, work, "main")
        self.t.equal(code, 0, said)
        return work

    def propose(self, who, work, *options):
        code, said = self.push(who, work, *options, "HEAD:refs/for/main")
        self.t.equal(code, 0, said)
        return int(said.split("change ")[1].split(",")[0])


def person(name):
    return "%s Example <%s@example.org>" % (name.title(), name)


def settled(t):
    """Each allowed decision has its outcome, and the log is whole."""
    listed = t.run("fact", "list", "--limit", 1000, "--format", "json", "--data", "data", code=0)
    kinds = [json.loads(line)["kind"] for line in listed.out.splitlines()]
    t.run("fsck", "--data", "data", code=0)
    return kinds


def test_from_change_to_branch(t):
    h = Host(t)
    work = h.begin()
    tip = work.commit("Add two\n\nBecause one is not enough.\n\nReviewed-By : Sirkka Example <sirkka@example.org>\nchange: 9/9", {"a.txt": "one\ntwo\n"}, author=person("ella"))
    code, said = h.push("ella", work, "main")
    t.equal(code, 1, said)
    for part in ("refused: refs/heads/main", "1 commit reaches it without a full review", "HEAD:refs/for/main;", "code-review-rules/rules-enforced", "8.",
                 "  can approve: Mikko Example, Sirkka Example", "  can break glass in an emergency: Mikko Example, Sirkka Example"):
        t.has(said, part)
    t.lacks(h.push("paula", work, "main")[1], "Mikko")  # a partner sees no people
    number = h.propose("ella", work, "-o", "topic=two", "-o", "title=Two lines")
    t.has(h.review("mikko", "list", "acme").out, "Two lines")
    t.has(h.review("ella", "show", "acme", number).out, "0 of 1 approvals are there")
    said = h.review("ella", "show", "acme", number, lang="fi_FI.UTF-8").out
    for part in ("evätty: refs/heads/main", "hyväksyä voi: Mikko Example, Sirkka Example", "portin voi ohittaa: Mikko Example"):
        t.has(said, part)
    t.has(h.review("ella", "approve", "acme", number, 1, code=3, lang="fi_FI.UTF-8").err, "olet ollut mukana tekemässä muutosta")
    t.has(h.review("ella", "approve", "acme", number, 1, code=3).err, "you had a part in change")
    t.has(h.review("tuomo", "list", "acme", code=3).err, "there is no repository")
    t.has(h.review("paula", "approve", "acme", number, 1, code=3).err, "you may not review")
    h.review("ella", "publish", "acme", number, code=3)
    h.review("mikko", "approve", "acme", number, 1)
    t.has(h.review("mikko", "publish", "acme", number).out, "published: refs/heads/main")
    merge = h.ref()
    t.equal(t.git("--git-dir", str(h.path), "rev-parse", merge + "^2").decode().strip(), tip)
    # what the server says of it is the server's alone
    said = t.git("--git-dir", str(h.path), "log", "-1", "--format=%B", merge).decode()
    t.has(said, "\n\n    Reviewed-By : Sirkka Example <sirkka@example.org>\n    change: 9/9\n\nChange: 1/1\nReviewed-by: Mikko Example <mikko@example.org>\n")
    (t.dir / "junit.xml").write_text('<testsuite name="x" tests="1"><testcase name="a"/></testsuite>', encoding="utf-8")
    t.run("evidence", "add", "junit.xml", "--repo", "acme", "--commit", tip, "--data", "data", code=0)
    t.has(h.review("ella", "show", "acme", number).out, "state: published")
    h.review("mikko", "publish", "acme", number, code=3)
    kinds = settled(t)
    t.equal([p["payload"].get("way") for p in h.facts("push")], ["ssh", "ssh", None])  # the beginning, the change, its publication
    t.equal(kinds.count("outcome"), 3)
    decisions = [d["payload"] for d in h.facts("decision")]
    t.equal([d["decision"] for d in decisions], ["allowed", "refused", "refused", "allowed", "refused", "allowed"])
    refused = decisions[1]
    t.equal([v["obligation"] for v in refused["verdicts"] if not v["ok"] and v["mode"] == "block"], ["code-review-rules/rules-enforced"])
    t.true("push" not in refused, refused)


def test_approvals_fall_and_nobody_approves_their_own(t):
    h = Host(t)
    work = h.begin()
    work.commit("Change", {"a.txt": "changed\n"}, author=person("ella"))
    number = h.propose("ella", work, "-o", "topic=x")
    h.review("mikko", "approve", "acme", number, 1)
    # amended after the approval: a new patch set that nobody has approved
    work.git("commit", "-q", "--amend", "-m", "Change", "--author", person("ella"))
    work.write("a.txt", "something else\n")
    work.git("commit", "-q", "-a", "--amend", "--no-edit")
    t.equal(h.propose("ella", work, "-o", "topic=x"), number)
    t.has(h.review("mikko", "publish", "acme", number, code=3).out, "0 of 1 approvals")
    t.equal(h.push("mikko", work, "main")[0], 1)
    h.review("mikko", "approve", "acme", number, 1, code=3)  # of what is not there any more
    # whoever adds a patch set has a part in it
    work.write("a.txt", "mikko's\n")
    work.git("commit", "-q", "-a", "--amend", "--no-edit")
    t.equal(h.propose("mikko", work, "-o", "change=%d" % number), number)
    t.has(h.review("mikko", "approve", "acme", number, 3, code=3).err, "you had a part")
    h.review("sirkka", "approve", "acme", number, 3)
    h.review("sirkka", "withdraw", "acme", number, 3)
    h.review("mikko", "publish", "acme", number, code=3)
    h.review("sirkka", "approve", "acme", number, 3)
    # by a role that has ended since
    t.run("people", "role", h.people["sirkka"], "development_manager", "--revoke", "--data", "data", code=0)
    t.has(h.review("mikko", "publish", "acme", number, code=3).out, "0 of 1 approvals")
    t.run("people", "role", h.people["sirkka"], "developer", "--data", "data", code=0)
    h.review("mikko", "publish", "acme", number)


def test_a_forged_author_is_no_reviewer(t):
    h = Host(t)
    work = h.begin()
    # Mikko writes in Ella's name, and names himself co-author of nothing: he has pushed it
    work.commit("By Ella", {"a.txt": "x\n"}, author=person("ella"))
    number = h.propose("mikko", work)
    t.has(h.review("mikko", "approve", "acme", number, 1, code=3).err, "you had a part")
    t.has(h.review("ella", "approve", "acme", number, 1, code=3).err, "you had a part")
    # a trailer is no approval, and a co-author no reviewer
    work.commit("More\n\nReviewed-by: %s\nCo-authored-by: %s\n" % (person("sirkka"), person("sirkka")), {"a.txt": "y\n"}, author=person("mikko"))
    number = h.propose("mikko", work)
    t.has(h.review("mikko", "show", "acme", number).out, "approvals: 0")
    t.has(h.review("sirkka", "approve", "acme", number, 1, code=3).err, "you had a part")


def test_refs_keep_their_shape(t):
    h = Host(t)
    work = h.begin()
    first = h.ref()
    work.git("tag", "v1")
    work.git("tag", "-m", "two", "v2", first)
    t.equal(h.push("ella", work, "v1")[0], 0)
    t.equal(h.push("ella", work, "v2")[0], 0)
    unpublished = work.commit("not reviewed", {"b.txt": "b\n"}, author=person("ella"))
    work.git("tag", "v3")
    work.git("tag", "-f", "v1", unpublished)
    tried = {"v3": "on no protected branch", "+v1": "written once", ":refs/tags/v2": "written once", ":refs/heads/main": "not deleted",
             "HEAD:refs/heads/MAIN": "can be taken for another one's (refs/heads/main)", "HEAD:refs/heads/Main/x": "(refs/heads/main)", "HEAD:refs/heads/m\u0430in": "(refs/heads/main)",
             "HEAD:refs/tags/main": "(refs/heads/main)", "HEAD:refs/heads/refs/heads/x": "something else", "HEAD:refs/meta/config": "refs/for/", "HEAD:refs/changes/01/1/1": "refs/for/",
             "HEAD:refs/replace/" + first: "refs/for/", "HEAD:refs/notes/commits": "refs/for/", "HEAD:refs/for/nothing": "no such branch",
             first + ":refs/for/main": "has all of it", "HEAD:refs/heads/a\u202eb": "cannot be seen", "HEAD:refs/heads/" + "x" * 250: "255 bytes"}
    for spec, why in tried.items():
        code, said = h.push("mikko", work, spec)
        t.equal(code, 1, (spec, said))
        t.has(said, why)
    # a branch of one's own is one's own: made, rewritten, taken away
    for spec in ("HEAD:refs/heads/ella/try", "+HEAD~1:refs/heads/ella/try", ":refs/heads/ella/try"):
        code, said = h.push("ella", work, spec)
        t.equal(code, 0, (spec, said))
    t.equal(h.push("ella", work, "+HEAD~1:refs/heads/main")[0], 0)  # as it is: nothing to do
    work.git("checkout", "-q", "--orphan", "other")
    work.commit("other", {"c.txt": "c\n"}, author=person("mikko"))
    code, said = h.push("mikko", work, "+HEAD:refs/heads/main")
    t.equal(code, 1, said)
    t.has(said, "only go forward")
    t.has(h.push("mikko", work, "HEAD:refs/for/main")[1], "no history in common")
    t.equal(h.ref(), first)
    settled(t)


def test_who_may_and_who_may_not(t):
    h = Host(t)
    h.begin()
    t.equal(h.clone("ella", "c1")[0], 0)
    t.has(h.clone("tuomo", "c2")[1], "there is no repository")
    said = t.run("door", "--data", "data", "--key", h.keys["tuomo"], env={"SSH_ORIGINAL_COMMAND": "git-upload-pack 'acme'", "LANG": "fi_FI.UTF-8"}, code=3)
    t.has(said.err, "repositoriota \"acme\" ei ole, tai se ei ole sinulle")
    t.run("people", "leave", h.people["ella"], "--data", "data", code=0)
    t.has(h.clone("ella", "c3")[1], "nobody")
    for said in ("", "sh", "git-upload-pack '../../../etc'", "git-upload-pack 'acme' --x", "git-receive-archive 'acme'", "git-upload-pack"):
        done = t.run("door", "--data", "data", "--key", h.keys["mikko"], env={"SSH_ORIGINAL_COMMAND": said})
        t.true(done.code != 0, said)
    work = t.repo("w2")
    work.commit("x", {"a.txt": "x\n"}, author=person("paula"))
    code, said = h.push("paula", work, "HEAD:refs/heads/paula/x")
    t.equal(code, 0, said)
    # past the door nobody is let in
    done = subprocess.run(["git", "-C", str(work.path), "push", str(h.path), "HEAD:refs/heads/evil"], env=t.env, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, check=False)
    t.equal(done.returncode, 1)
    t.has(done.stdout.decode(), "nobody is let in this way")
    # publishers by name
    t.run("repo", "protect", "acme", "main", "--publisher", "sirkka@example.org", "--data", "data", code=0)
    t.git("-C", str(work.path), "fetch", "-q", str(h.path), "main")
    work.git("checkout", "-q", "-B", "topic", "FETCH_HEAD")
    work.commit("y", {"y.txt": "y\n"}, author=person("paula"))
    # what a release is made of is not a partner's to name
    code, said = h.push("paula", work, h.ref() + ":refs/tags/v9")
    t.equal(code, 1, said)
    t.has(said, "a tag is made by somebody who may publish")
    number = h.propose("paula", work)
    h.review("mikko", "approve", "acme", number, 1)
    said = h.review("mikko", "publish", "acme", number, code=3).out
    for part in ("not among those who publish", "HEAD:refs/for/main;", "  can publish: Sirkka Example\n"):
        t.has(said, part)
    h.review("sirkka", "publish", "acme", number)


def test_an_approval_is_for_one_branch(t):
    """What one branch holds by one approval does not reach another that asks for two, nor a new one; a branch may begin where as much was asked."""
    h = Host(t)
    work = h.begin()
    t.equal(h.push("mikko", work, "HEAD:refs/heads/dev")[0], 0)
    t.run("repo", "protect", "acme", "dev", "--method", "fast_forward", "--data", "data", code=0)
    t.run("repo", "protect", "acme", "main", "--reviewers", 2, "--data", "data", code=0)
    t.run("repo", "protect", "acme", "release/*", "--reviewers", 2, "--data", "data", code=0)
    work.commit("for dev", {"a.txt": "dev\n"}, author=person("ella"))
    code, said = h.push("ella", work, "-o", "topic=d", "HEAD:refs/for/dev")
    t.equal(code, 0, said)
    h.review("sirkka", "approve", "acme", 1, 1)
    h.review("mikko", "publish", "acme", 1)
    t.equal(h.ref("refs/heads/dev"), work.git("rev-parse", "HEAD").decode().strip())
    for spec in ("HEAD:main", "HEAD:refs/heads/release/1"):
        code, said = h.push("mikko", work, spec)
        t.equal(code, 1, (spec, said))
        t.has(said, "without a full review")
    t.equal(h.push("mikko", work, "HEAD~1:refs/heads/release/1")[0], 0)  # main asks for two as well
    code, said = h.push("ella", work, "-o", "reviewer=mikko", "HEAD:refs/for/main")
    t.equal(code, 1, said)
    t.has(said, "is not known")


def test_a_hosted_repository_stays_one(t):
    """Nobody takes the gate away by editing the repository."""
    h = Host(t)
    work = h.begin()
    with serving.Server(t, t.dir / "data", {}) as s:
        s.sign_in("mikko")
        at = "/repositories/" + h.repo[5:]
        row = s.get("mikko", "/repositories")["items"][0]
        t.equal((row["location"], row["host"]), (None, "hosted"))
        tag = s.call("mikko", "GET", at).headers["ETag"]
        for change in ({"main": "refs/heads/other"}, {"location": "/tmp/elsewhere"}):
            t.true(s.call("mikko", "PATCH", at, change, If_Match=tag).status in (400, 422), change)
        s.patch("mikko", at, {"name": "renamed", "schedule": 12}, 200, If_Match=tag)
    t.has(t.run("repo", "list", "--data", "data", code=0).out, "renamed")
    work.commit("direct", {"a.txt": "x\n"}, author=person("mikko"))
    done = subprocess.run(["git", "-C", str(work.path), "push", "ssh://git@test.example/renamed", "main"], env={**t.env, **h.env("mikko")},
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=120, check=False)
    t.equal(done.returncode, 1)
    t.has(done.stdout.decode(), "without a full review")


def test_access_explained(t):
    h = Host(t)
    said = t.run("access", "explain", "ella@example.org", "acme", "main", "--data", "data", code=0).out
    for part in ("code.write    yes: developer in the organization", "code.protect  no", "protected by refs/heads/main: 1 approval", "publish here  yes"):
        t.has(said, part)
    said = t.run("access", "explain", h.people["tuomo"], "acme", "x/y", "--data", "data", code=0).out
    t.has(said, "code.read     no: none of their roles here gives it; these would: security_officer")
    t.has(said, "not protected")
    t.run("access", "explain", "nobody@example.org", "acme", "--data", "data", code=3)
    t.run("access", "explain", "ella@example.org", "other", "--data", "data", code=3)


def test_secrets_do_not_get_in(t):
    h = Host(t)
    work = h.begin()
    key = "AKIA" + "Q7Z3XW5LM2NP4RT6"
    work.commit("config", {"deploy/settings.py": 'AWS_ACCESS_KEY_ID = "%s"\n' % key}, author=person("ella"))
    code, said = h.push("ella", work, "HEAD:refs/heads/ella/x")
    t.equal(code, 1, said)
    t.has(said, "deploy/settings.py:1")
    t.lacks(said, key)
    stored = subprocess.run(["grep", "-rl", key, str(t.dir / "data")], stdout=subprocess.PIPE, check=False)
    t.equal(stored.stdout, b"")
    work.git("rm", "-q", "deploy/settings.py")
    work.commit("gone", author=person("ella"))  # it is still in the history
    t.equal(h.push("ella", work, "HEAD:refs/heads/ella/x")[0], 1)
    blob = work.git("rev-parse", "HEAD~1:deploy/settings.py").decode().strip()
    tree = work.git("mktree", data=("100644 blob %s\t%s.py\n" % (blob, "n" * 5000)).encode()).decode().strip()
    long = work.git("commit-tree", "-m", "by a name that nobody can check out", tree, env={"GIT_AUTHOR_EMAIL": "ella@example.org"}).decode().strip()
    code, said = h.push("ella", work, long + ":refs/heads/ella/x")
    t.equal(code, 1, said)
    t.has(said, "secret")
    # what is said with a commit: never told, also not where it is only observed
    work.git("reset", "-q", "--hard", "HEAD~2")
    commit = work.commit("subject\n\nby " + key, {"b.txt": "x\n"}, author=person("ella"))
    code, said = h.push("ella", work, "HEAD:refs/for/main")
    t.equal(code, 1, said)
    for part in ("the message of commit %s, line 3 (aws_access_key)" % commit[:12], "git commit --amend", "need-to-know"):
        t.has(said, part)
    t.lacks(said, key)
    h.mode("source-code-management/need-to-know", "observe")
    work.git("commit", "-q", "--amend", "-m", "all of it: " + key)
    number = h.propose("ella", work)
    t.equal(h.facts("change")[-1]["payload"]["title"], "(a message with a key or token in it)")
    fact = h.facts("push")[-1]["payload"]
    t.equal([(x["path"], x["line"], x["found_in"]) for x in fact["hits"]], [("", 1, "message")])
    t.equal(subprocess.run(["grep", "-rla", key, str(t.dir / "data"), "--include=*.db*"], stdout=subprocess.PIPE, check=False).stdout, b"")
    # what was let in then goes nowhere when more is asked: neither published, nor pushed by a name that has it
    h.mode("source-code-management/need-to-know", "block")
    h.review("mikko", "approve", "acme", number, 1)
    t.has(h.review("mikko", "publish", "acme", number, code=3).out, "the message of commit")
    code, said = h.push("mikko", work, "HEAD:refs/heads/main")
    t.equal(code, 1, said)
    t.has(said, "the message of commit")
    code, said = h.push("ella", work, "HEAD:refs/heads/" + values.github_token())
    t.equal(code, 1, said)
    t.has(said, "the name of a ref, or a push option, holds a key or token (github_token)")


def test_personal_data_does_not_get_in(t):
    """Rows of real people's data are refused, however they come; those that stood there, examples and invented ones are nobody's fault."""
    h = Host(t, block=False)
    work = h.begin()
    codes = [values.hetu() for _ in range(9)]

    def rows(some):
        return "name,code\n" + "".join("n%d,%s\n" % (i, code) for i, code in enumerate(some))
    old = work.commit("of before", {"seed/old.csv": rows(codes[:6])}, author=person("mikko"))
    code, said = h.push("mikko", work, "main")
    t.equal(code, 0, said)  # it is only observed
    fact = h.facts("push")[-1]["payload"]
    t.equal(fact["personal"], [{"path": "seed/old.csv", "line": 2, "rule": "finnish_personal_identity_code", "items": 6}])
    h.mode("environment-separation/personal-data-kept-out", "block")
    side = work.commit("a side", {"a.txt": "x\n"}, author=person("ella"))
    for message, files in (("data", {"seed/people.csv": rows(codes)}), ("tests too", {"tests/fixtures/people.csv": rows(codes)}), ("one more", {"seed/old.csv": rows(codes[:7])})):
        work.git("reset", "-q", "--hard", old)
        work.commit(message, files, author=person("ella"))
        code, said = h.push("ella", work, "HEAD:refs/heads/ella/x")
        t.equal(code, 1, said)
        t.has(said, next(iter(files)) + ":2, Finnish personal identity codes, ")
        t.true(not any(one in said for one in codes), "a value is told")
    # taken out again, it is still in the history; and a merge alone may bring it
    work.git("rm", "-q", "seed/old.csv")
    work.commit("gone", author=person("ella"))
    t.equal(h.push("ella", work, "HEAD:refs/heads/ella/x")[0], 1)
    work.git("reset", "-q", "--hard", old)
    work.commit("other side", {"b.txt": "x\n"}, author=person("ella"))
    work.git("merge", "-q", "--no-commit", side)
    work.commit("by a merge", {"seed/people.csv": rows(codes)}, author=person("ella"))
    code, said = h.push("ella", work, "HEAD:refs/heads/ella/x")
    t.equal(code, 1, said)
    t.has(said, "seed/people.csv:2")
    # what is fine
    fine = {"seed/old.csv": rows(reversed(codes[:6])), "seed/four.csv": rows(codes[:4]), "seed/wrong.csv": rows(values.hetu(valid=False) for _ in range(9))}
    work.git("reset", "-q", "--hard", old)
    work.commit("fine", fine, author=person("ella"))
    code, said = h.push("ella", work, "HEAD:refs/heads/ella/x")
    t.equal(code, 0, said)
    t.true("personal" not in h.facts("push")[-1]["payload"], "what stood there before")


def test_observe_lets_in_and_says_what_it_would_stop(t):
    h = Host(t, block=False)
    work = h.begin()
    work.commit("direct", {"a.txt": "x\n"}, author=person("mikko"))
    t.equal(h.push("mikko", work, "main")[0], 0)
    verdicts = h.facts("decision")[-1]["payload"]["verdicts"]
    t.equal([(v["ok"], v["mode"]) for v in verdicts if v["obligation"] == "code-review-rules/rules-enforced"], [(False, "observe")])
    status = t.run("status", "--data", "data", "--format", "json", code=0).json()
    point = [o for k in status["tasks"] if k["key"] == "code-review-rules" for o in k["obligations"] if o["key"] == "rules-enforced"][0]
    t.equal(point["verdict"], "violated", point)
    h.mode("code-review-rules/rules-enforced", "warn")
    work.commit("direct again", {"a.txt": "y\n"}, author=person("mikko"))
    code, said = h.push("mikko", work, "main")
    t.equal(code, 0, said)
    t.has(said, "warning: refs/heads/main")
    # the same rules over the past: who would have been stopped, and by which
    said = t.run("rules", "try", "--gate", "push", "--data", "data", code=0).out
    t.has(said, "code-review-rules/rules-enforced (warn): 2 of 2 would have been stopped")
    t.has(said, "Mikko Example  acme refs/heads/main: 1 commit reaches it without a full review")
    told = json.loads(t.run("rules", "try", "--gate", "push", "--days", 1, "--format", "json", "--data", "data", code=0).out)
    points = {p["point"]: p for p in told["points"]}
    t.equal([(r["person"], r["ref"], r["event"]) for r in points["code-review-rules/rules-enforced"]["rows"]],
            [(h.people["mikko"], "refs/heads/main", f["n"]) for f in h.facts("push")[:0:-1]])
    t.equal(points["authorized-publishers/only-listed-publish"]["would"], 0)
    for wrong in (["--gate", "pull"], ["--gate", "push", "--days", 0], ["--gate", "push", "code-review-rules/rules-enforced"]):
        t.run("rules", "try", *wrong, "--data", "data", code=2)
    h.mode("code-review-rules/rules-enforced", "block")
    work.commit("again", {"a.txt": "y\n"}, author=person("mikko"))
    t.equal(h.push("mikko", work, "main")[0], 1)
    t.has(t.run("rules", "try", "--gate", "push", "--data", "data", code=0).out, "rules-enforced (block): 2 of 2 would have been stopped, 1 were refused")


def test_killed_at_any_step(t):
    """Whatever is killed, every moved ref has its decision, and every decision is settled by whoever comes next."""
    h = Host(t)
    work = h.begin()
    for i in range(12 if t.soak else 5):
        work.commit("change %d" % i, {"a.txt": "%d\n" % i}, author=person("ella"))
        push = subprocess.Popen(["git", "-C", str(work.path), "push", "-q", "ssh://git@test.example/acme", "HEAD:refs/heads/ella/k%d" % i],
                                env={**t.env, **h.env("ella")}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
        time.sleep(0.15 * (i + 1))
        os.killpg(push.pid, signal.SIGKILL)
        push.wait()
        subprocess.run(["pkill", "-KILL", "-f", str(h.path)], check=False)
    time.sleep(1)
    code, said = h.push("ella", work, "HEAD:refs/heads/ella/last")
    t.equal(code, 0, said)
    kinds = settled(t)
    allowed = [d for d in h.facts("decision") if d["payload"]["decision"] == "allowed"]
    t.equal(kinds.count("outcome"), len(allowed))
    moved = {r["ref"] for p in h.facts("push") for r in p["payload"]["refs"]}
    for ref in t.git("--git-dir", str(h.path), "for-each-ref", "--format=%(refname)", "refs/heads").decode().split():
        t.true("ref:%s/%s" % (h.repo[5:], ref) in moved, ref)


def test_methods(t):
    h = Host(t)
    work = h.begin()
    t.run("repo", "protect", "acme", "main", "--method", "rebase", "--data", "data", code=0)
    base = h.ref()
    for i, name in enumerate(("b.txt", "c.txt")):
        work.git("checkout", "-q", "-B", "t%d" % i, base)
        work.commit("Add %s" % name, {name: name}, author=person("ella"))
        number = h.propose("ella", work, "-o", "topic=" + name)
        h.review("mikko", "approve", "acme", number, 1)
        h.review("mikko", "publish", "acme", number)
    log = t.git("--git-dir", str(h.path), "log", "--format=%an|%s|%P", "main").decode().splitlines()
    t.equal([line.split("|")[:2] for line in log[:2]], [["Ella Example", "Add c.txt"], ["Ella Example", "Add b.txt"]])
    t.true(all(" " not in line.split("|")[2] for line in log), log)
    # conflicts are named, nothing moves
    work.git("checkout", "-q", "-B", "t9", base)
    work.commit("Other b", {"b.txt": "other"}, author=person("ella"))
    number = h.propose("ella", work, "-o", "topic=conflict")
    h.review("mikko", "approve", "acme", number, 1)
    t.has(h.review("mikko", "publish", "acme", number, code=3).err, "without conflicts (b.txt")
    t.run("repo", "protect", "acme", "main", "--method", "fast_forward", "--data", "data", code=0)
    t.has(h.review("mikko", "publish", "acme", number, code=3).err, "rebase change")


def test_many_refs_at_once(t):
    h = Host(t)
    work = h.begin()
    for i in range(300):
        work.git("update-ref", "refs/heads/n/%d" % i, "HEAD")
    began = time.monotonic()
    code, said = h.push("ella", work, "refs/heads/n/*:refs/heads/n/*")
    t.equal(code, 0, said)
    t.true(time.monotonic() - began < 60, "300 refs took %.1f s" % (time.monotonic() - began))
    t.equal(len(h.ref("refs/heads/n").split()), 300)


def test_in_the_browser(t):
    """The same by the server's operations, by who may and who may not."""
    h = Host(t)
    work = h.begin()
    work.commit("Greet\n\nWhoever starts it.", {"a.txt": "one\ntwo\u202e\n", "b\u00e4.txt": "new\n"}, author=person("ella"))
    h.propose("ella", work, "-o", "topic=g")
    with serving.Server(t, t.dir / "data", {}) as s:
        for name in ("ella", "mikko", "tuomo"):
            s.sign_in(name)
        row = s.get("mikko", "/code-changes")["items"][0]
        t.equal((row["title"], row["repository_name"], row["state"], row["patch_set"], row["approvals"]), ("Greet", "acme", "open", 1, 0))
        at = "/code-changes/" + row["id"][7:]
        change = s.get("mikko", at)
        t.equal((change["description"], change["gate"]["allowed"], change["gate"]["may_review"]), ("Whoever starts it.", False, True))
        t.equal([f["point"] for f in change["gate"]["faults"] if f["mode"] == "block"], ["code-review-rules/rules-enforced"])
        diff = s.get("mikko", at + "/diff")
        t.equal([(f["path"], f["status"], f["added"], f["removed"]) for f in diff["files"]], [("a.txt", "changed", 1, 0), ("b\u00e4.txt", "added", 1, 0)])
        lines = s.get("mikko", at + "/diff/file?path=a.txt")
        t.equal(lines["hidden"], 1)
        t.has(lines["text"], "+two\u0001U+202E\u0002")  # what turns text around is spelled out
        t.equal(s.get("ella", at)["gate"]["may_review"], False)
        s.post("ella", at + "/reviews", {"patch_set": 1, "vote": "approve"}, 403)
        s.get("tuomo", at, 403)
        s.post("mikko", at + "/publication", None, 409)
        s.post("mikko", at + "/reviews", {"patch_set": 2, "vote": "approve"}, 409)
        s.post("mikko", at + "/reviews", {"patch_set": 1, "vote": "approve"}, 200)
        s.post("mikko", at + "/publication", None, 200)
        change = s.get("ella", at)
        t.equal((change["state"], change["published"]["level"], change["published"]["commit"]), ("published", 4, h.ref()))
        t.equal(change["patch_sets"][0]["signatures"], [{"state": "none", "commits": 1, "by": None}])
        at_repository = "/repositories/" + h.repo[5:]
        attested = s.get("ella", at_repository + "/attestations/" + h.ref())["attestations"]
        t.equal([(a["ref"], a["level"]) for a in attested], [("refs/heads/main", 4)])
        (t.dir / "envelopes").write_text(attested[0]["provenance"] + "\n" + attested[0]["summary"] + "\n", encoding="utf-8")
        (t.dir / "keys").write_text(s.get("ella", at_repository + "/source-keys")["allowed_signers"], encoding="utf-8")
        t.run("attest", "verify", "envelopes", "--keys", "keys", "--commit", h.ref(), "--level", 4, code=0)
        s.get("ella", at_repository + "/attestations/" + "0" * 40, 404)
        for path in ("/attestations/" + h.ref(), "/source-keys"):
            s.get("tuomo", at_repository + path, 403)
        t.equal(s.get("ella", "/code-changes?state=all")["total"], 1)
        row = s.get("ella", "/code-changes?state=published&from=2000-01-01&until=2099-12-31")["items"][0]
        t.equal((row["approvers"], row["published_by_name"], row["decision"], row["override"]),
                ("Mikko Example", "Mikko Example", change["published"]["decision"], None))
        t.equal(s.get("ella", "/code-changes?state=all&until=2000-01-01")["total"], 0)
        for day in ("2026-13-45", "2026-01-32", "yesterday.", "2026-1-1"):
            s.get("ella", "/code-changes?from=" + day, 422)  # not an empty answer
    settled(t)


def test_over_ssh(t):
    """With a real sshd that asks the program about each key."""
    if os.geteuid() != 0 or not shutil.which("sshd", path="/usr/sbin:/usr/bin"):
        t.skip("needs root, for sshd to run its AuthorizedKeysCommand, and openssh-server")
    h = Host(t)
    work = h.begin()
    place = pathlib.Path(tempfile.mkdtemp(prefix="sinetti-test-", dir=os.path.expanduser("~root")))  # sshd wants a path that only root writes
    ssh = None
    try:
        asks = place / "keys"
        asks.write_text("#!/bin/sh\nexec %s authorized-keys --data %s \"$@\"\n" % (shlex.quote(t.program), shlex.quote(str(t.dir / "data"))), encoding="utf-8")
        asks.chmod(0o755)
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(place / "host")], check=True)
        with socket.socket() as s:
            s.bind(("127.0.0.1", 0))
            port = s.getsockname()[1]
        (place / "config").write_text(
            "Port %d\nListenAddress 127.0.0.1\nHostKey %s/host\nPidFile none\nUsePAM no\nPasswordAuthentication no\nPermitRootLogin prohibit-password\n"
            "AuthorizedKeysFile none\nAuthorizedKeysCommand %s/keys %%t %%k\nAuthorizedKeysCommandUser root\nAcceptEnv GIT_PROTOCOL\nStrictModes no\n"
            % (port, place, place), encoding="utf-8")
        pathlib.Path("/run/sshd").mkdir(exist_ok=True)
        with open(place / "log", "wb") as log:
            ssh = subprocess.Popen(["/usr/sbin/sshd", "-D", "-e", "-f", str(place / "config")], stdout=log, stderr=log)
        for _ in range(200):
            with socket.socket() as s:
                if s.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.05)

        def by(name):
            return dict(t.env, GIT_SSH_COMMAND="ssh -F none -i %s -o IdentitiesOnly=yes -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null"
                        " -o LogLevel=ERROR -p %d" % (t.dir / ("key-" + name), port))
        url = "ssh://root@127.0.0.1/acme.git"
        done = subprocess.run(["git", "clone", "-q", url, "over"], cwd=t.dir, env=by("ella"), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=120, check=False)
        t.equal(done.returncode, 0, done.stdout.decode() + (place / "log").read_text())
        work.commit("x", {"x.txt": "x\n"}, author=person("ella"))
        done = subprocess.run(["git", "-C", str(work.path), "push", "-o", "topic=ssh", url, "HEAD:refs/for/main"], env=by("ella"), stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, timeout=120, check=False)
        t.equal(done.returncode, 0, done.stdout.decode())
        t.has(done.stdout.decode(), "change 1, patch set 1")
        done = subprocess.run(["git", "clone", "-q", url, "no"], cwd=t.dir, env=by("tuomo"), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=120, check=False)
        t.has(done.stdout.decode(), "there is no repository")
        command = by("mikko")["GIT_SSH_COMMAND"].split() + ["root@127.0.0.1"]
        done = subprocess.run(command + ["review", "approve", "acme", "1", "1"], env=t.env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=60, check=False)
        t.has(done.stdout.decode(), "approved")
        done = subprocess.run(command + ["id"], env=t.env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=60, check=False)
        t.has(done.stdout.decode(), "no place for a shell")
    finally:
        if ssh:
            ssh.terminate()
            ssh.wait()
        shutil.rmtree(place)

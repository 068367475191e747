"""Goal: the same gate stands in repositories that other hosts keep: by their hooks, by their word for who pushes, and every ref they move has its decision and its outcome."""
import shutil
import subprocess

import git_gate
import serving


class Elsewhere(git_gate.Host):
    """A bare repository that somebody else's receive-pack serves, with the gate connected to it."""

    def __init__(self, t, kind, hook=None):
        super().__init__(t)
        self.begin_at(kind, hook)
        for name, person in self.people.items():
            self.fact("person", person, {"name": name.title() + " Example", "addresses": [name + "@example.org"],
                                         "accounts": [{"host": "git.example.org", "name": name + "-there"}], "state": "active"})
        for point in ("source-code-management/unauthorized-code-prevented", "source-code-management/unintended-changes-avoided",
                      "authorized-publishers/only-listed-publish"):
            self.mode(point, "block")

    def begin_at(self, kind, hook=None):
        self.bare, self.kind = self.t.dir / ("%s.git" % kind), kind
        self.t.git("init", "-q", "--bare", "-b", "main", str(self.bare))
        if hook:
            self.script(self.bare / "hooks" / "pre-receive", hook)
        self.other = self.connect().out.strip()

    def connect(self, code=0):
        return self.t.run("repo", "connect", "at-" + self.kind, self.bare, "--host", self.kind, "--accounts", "git.example.org", "--data", "data", code=code)

    def script(self, path, text):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("#!/bin/sh\n" + text + "\n", encoding="utf-8")
        path.chmod(0o755)

    def send(self, work, *specs, options=(), door=None, **env):
        """Straight into it, as its host does; or through our own door, by somebody's key."""
        options = [word for o in options for word in ("-o", o)]
        to = "ssh://git@test.example/at-" + self.kind if door else str(self.bare)
        done = subprocess.run(["git", "-C", str(work.path), "push", *options, to, *specs], env={**self.t.env, **env, **(self.env(door) if door else {})},
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=240, check=False)
        said = done.stdout.decode("utf-8", "replace")
        self.t.lacks(said, "Sanitizer")
        return done.returncode, said

    def tip(self, name):
        return self.t.git("--git-dir", str(self.bare), "for-each-ref", "--format=%(objectname)", name).decode().strip()

    def decided(self):
        """Decisions of the connected repository, each with what became of it."""
        ends = {o["payload"]["decision"]: o["payload"] for o in self.facts("outcome")}
        return [(d["payload"]["decision"], ends.get(d["n"], {}).get("outcome"), ends.get(d["n"], {}).get("stayed"), d["actor"])
                for d in self.facts("decision") if d["subject"] == self.other]


def test_in_a_bare_repository(t):
    """With a hook that was there before, which goes on to be asked; changes are proposed and published as here."""
    h = Elsewhere(t, "bare", hook="while read old new ref; do case $ref in */no) echo not this one >&2; exit 1;; esac; done")
    before = (h.bare / "hooks" / "pre-receive").read_bytes()
    t.equal(h.connect().out.strip(), h.other)  # again: the same
    t.equal((h.bare / "hooks" / "pre-receive").read_bytes(), before)
    t.equal(len([f for f in h.facts("repository") if f["subject"] == h.other]), 1)
    work = t.repo("work")
    first = work.commit("first", {"a.txt": "one\n"}, author=git_gate.person("mikko"))
    code, said = h.send(work, "main", door="mikko")
    t.equal(code, 0, said)
    t.equal(h.decided(), [("allowed", "done", None, h.people["mikko"])])
    # nobody in particular, somebody who has declared nothing, and a variable of another kind of host
    for env in ({}, {"SINETTI_ACCOUNT": "stranger"}, {"GL_USER": "mikko-there"}, {"GITEA_PUSHER_NAME": "mikko-there"}):
        code, said = h.send(work, "HEAD:refs/heads/x", **env)
        t.equal(code, 1, (env, said))
        t.has(said, "nobody has declared the account")
        t.has(said, "source-code-management/unauthorized-code-prevented")
    code, said = h.send(work, "HEAD:refs/heads/ella/x", SINETTI_ACCOUNT="ella-there")
    t.equal(code, 0, said)
    t.equal([p["payload"]["way"] for p in h.facts("push")], ["ssh", "host"])
    t.has(h.send(work, "HEAD:refs/heads/no", door="mikko")[1], "not this one")
    # what the rules want
    work.commit("second", {"a.txt": "two\n"}, author=git_gate.person("ella"))
    code, said = h.send(work, "main", door="mikko")
    t.equal(code, 1, said)
    t.has(said, "code-review-rules/rules-enforced")
    for spec, word in (("+HEAD:refs/tags/v1", "unintended-changes-avoided"), (":refs/heads/main", "unintended-changes-avoided"), ("HEAD:refs/meta/x", "refs/for/"),
                       ("HEAD:refs/replace/" + first, "refs/for/")):
        code, said = h.send(work, spec, door="mikko")
        t.equal(code, 1, (spec, said))
        t.has(said, word)
    t.equal(h.tip("refs/heads/main"), first)
    # a change, reviewed and published by the gate itself
    code, said = h.send(work, "HEAD:refs/for/main", options=["topic=x"], SINETTI_ACCOUNT="ella-there")
    t.equal(code, 0, said)
    t.has(said, "change 1, patch set 1")
    code, said = h.send(work, "HEAD:refs/for/main", "HEAD:refs/heads/ella/y", options=["ci.skip"], SINETTI_ACCOUNT="ella-there")
    t.equal(code, 1, said)
    h.review("mikko", "approve", "at-bare", 1, 1)
    t.has(h.review("mikko", "publish", "at-bare", 1).out, "published: refs/heads/main")
    t.true(h.tip("refs/heads/main") != first, "published")
    t.equal({d[1] for d in h.decided() if d[0] == "allowed"}, {"done"})
    t.equal([p.name for p in h.bare.glob("sinetti.*")], ["sinetti.lock"])
    # a hook that is copied along does not speak for another repository
    shutil.copytree(h.bare, t.dir / "copy.git")
    done = subprocess.run(["git", "-C", str(work.path), "push", str(t.dir / "copy.git"), "HEAD:refs/heads/z"], env={**t.env, "SINETTI_ACCOUNT": "mikko-there"}, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, check=False)
    t.equal(done.returncode, 1)
    t.has(done.stdout.decode(), "was made for the repository at")
    # what the log does not take changes nothing there: it never says "gated" of what is open
    fact = [f["payload"] for f in h.facts("repository") if f["subject"] == h.other][-1]
    twin = "repo:" + serving.subject_id("twin")
    h.fact("repository", twin, {**{key: fact[key] for key in ("name", "project", "main", "state")}, "location": "/nowhere"})
    t.has(t.run("repo", "disconnect", "at-bare", "--data", "data", code=3).err, "another repository has this name")
    t.equal((h.bare / "hooks" / "pre-receive").read_bytes(), before)
    t.equal(h.send(work, "HEAD:refs/heads/free")[0], 1)
    h.fact("repository", twin, {**{key: fact[key] for key in ("name", "project", "main")}, "location": "/nowhere", "state": "closed"})
    fresh = t.dir / "fresh.git"
    t.git("init", "-q", "--bare", "-b", "main", str(fresh))
    alone = t.dir / "alone" / "sinetti"  # without sinetti-hook beside it
    alone.parent.mkdir()
    shutil.copy(t.program, alone)
    done = subprocess.run([str(alone), "repo", "connect", "fresh", str(fresh), "--host", "bare", "--data", "data"], cwd=t.dir, env=t.env, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, check=False)
    t.equal(done.returncode, 3, done)
    t.has(done.stdout.decode(), "is missing, without which nothing can be let in")
    t.lacks(t.run("repo", "list", "--data", "data", code=0).out, "fresh")
    t.equal(sorted(p.name for p in (fresh / "hooks").glob("p*-receive")), [])
    # a crash between the fact and the hooks: nobody gets in, and it can be ended again
    h.fact("repository", h.other, {key: fact[key] for key in fact if key not in ("gate", "accounts")})
    t.equal(h.send(work, "HEAD:refs/heads/free", door=None, SINETTI_ACCOUNT="mikko-there")[0], 1)
    t.run("repo", "disconnect", "at-bare", "--data", "data", code=0)
    t.run("repo", "disconnect", "at-bare", "--data", "data", code=3)
    t.has((h.bare / "hooks" / "pre-receive").read_text(encoding="utf-8"), "not this one")
    t.true(not (h.bare / "hooks" / "post-receive").exists(), "taken away")
    code, said = h.send(work, "HEAD:refs/heads/free")
    t.equal(code, 0, said)
    git_gate.settled(t)


def test_what_the_host_did_not_move(t):
    """Another hook keeps a ref where it was, or everything is killed: the outcome says so, and whoever comes next settles."""
    h = Elsewhere(t, "bare")
    mikko = {"SINETTI_ACCOUNT": "mikko-there"}
    work = t.repo("work")
    work.commit("first", {"a.txt": "one\n"}, author=git_gate.person("mikko"))
    h.script(h.bare / "hooks" / "update", 'case $1 in */kept) exit 1;; esac')
    code, said = h.send(work, "main", **mikko)
    t.equal(code, 0, said)
    code, said = h.send(work, "HEAD:refs/heads/kept", "HEAD:refs/heads/moved", **mikko)
    t.equal(h.tip("refs/heads/kept"), "")
    t.true(h.tip("refs/heads/moved"), said)
    t.equal(h.decided()[-1][:3], ("allowed", "done", ["ref:%s/refs/heads/kept" % h.other[5:]]))
    h.send(work, "HEAD:refs/heads/kept", **mikko)  # nothing moved: git tells nobody
    t.equal(h.decided()[-1][1], None)
    # killed before git moves anything, and after
    h.script(h.bare / "hooks" / "update", "kill -9 $PPID")
    h.send(work, "HEAD:refs/heads/lost", **mikko)
    (h.bare / "hooks" / "update").unlink()
    post = (h.bare / "hooks" / "post-receive").read_text(encoding="utf-8")
    h.script(h.bare / "hooks" / "post-receive", "kill -9 $PPID; exit 1")
    h.send(work, "HEAD:refs/heads/silent", **mikko)
    (h.bare / "hooks" / "post-receive").write_text(post, encoding="utf-8")
    # while receive-pack is still there, nobody settles for it: the hook of one push pushes another
    h.script(h.bare / "hooks" / "update", "case $1 in */slow) unset GIT_DIR GIT_QUARANTINE_PATH GIT_OBJECT_DIRECTORY GIT_ALTERNATE_OBJECT_DIRECTORIES\n"
             "git -C %s push -q %s HEAD:refs/heads/quick;; esac" % (work.path, h.bare))
    code, said = h.send(work, "HEAD:refs/heads/slow", **mikko)
    t.equal(code, 0, said)
    t.true(h.tip("refs/heads/quick") and h.tip("refs/heads/slow"), said)
    t.equal([d[1] for d in h.decided()], ["done", "done", "not_done", "not_done", "done", "done", "done"])
    settled = [o["payload"].get("settled", False) for o in h.facts("outcome")]
    t.equal(settled.count(True), 3)
    t.equal([p.name for p in h.bare.glob("sinetti.*")], ["sinetti.lock"])
    git_gate.settled(t)


def test_by_the_word_of_other_hosts(t):
    """What gitolite, Gitea and GitLab tell of who pushes, their own places for hooks, and keys that are nobody's."""
    h = Elsewhere(t, "gitolite")
    work = t.repo("work")
    work.commit("first", {"a.txt": "one\n"}, author=git_gate.person("ella"))
    for kind, folder, good, bad in (
            ("gitolite", "hooks", {"GL_USER": "ella-there"}, {"SINETTI_PERSON": h.people["ella"], "GL_USERNAME": "ella-there"}),
            ("gitea", "hooks", {"GITEA_PUSHER_NAME": "Ella-there", "GITEA_DEPLOY_KEY_ID": "0"}, {"GITEA_PUSHER_NAME": "ella-there", "GITEA_DEPLOY_KEY_ID": "7"}),
            ("gitlab", "custom_hooks", {"GL_ID": "user-4", "GL_USERNAME": "ella-there"}, {"GL_ID": "key-4", "GL_USERNAME": "ella-there"})):
        if kind != "gitolite":  # what those hosts do themselves: each file of the folder is started
            h.begin_at(kind)
            for name in ("pre-receive", "post-receive"):
                h.script(h.bare / "hooks" / name, 'lines=$(cat); for f in %s/%s.d/*; do echo "$lines" | "$f" || exit 1; done' % (h.bare / folder, name))
        code, said = h.send(work, "HEAD:refs/heads/x", **bad)
        t.equal(code, 1, (kind, said))
        t.has(said, "nobody has declared the account git.example.org")
        code, said = h.send(work, "HEAD:refs/heads/x", **good)
        t.equal(code, 0, (kind, said))
        t.equal(h.decided()[-1], ("allowed", "done", None, h.people["ella"]))
        if kind != "gitolite":
            t.has(h.send(work, "HEAD:refs/for/main", **good)[1], "not proposed by refs/for/")
    git_gate.settled(t)


def test_in_gitolite(t):
    """A real one: its own rules go on to hold, and who it says pushes is who the gate asks about."""
    shell = "/usr/share/gitolite3/gitolite-shell"
    if not shutil.which("gitolite") or not shutil.which(shell):
        t.skip("needs gitolite3")
    h = Elsewhere(t, "gitolite")
    home = t.dir / "home"
    home.mkdir()
    env = {**t.env, "HOME": str(home), "USER": "git"}
    for name in ("ella", "tuomo"):
        shutil.copy(t.dir / ("key-%s.pub" % name), t.dir / (name + "-there.pub"))
    subprocess.run(["gitolite", "setup", "-pk", str(t.dir / "ella-there.pub")], env=env, check=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    h.bare = home / "repositories" / "testing.git"
    h.other = t.run("repo", "connect", "testing", h.bare, "--host", "gitolite", "--main", "main", "--accounts", "git.example.org", "--data", "data", code=0).out.strip()
    h.script(t.dir / "gl", 'for last; do :; done\nexport HOME=%s\nSSH_ORIGINAL_COMMAND="$last" exec %s $WHO' % (home, shell))
    work = t.repo("work")

    def push(who, spec, *options):
        done = subprocess.run(["git", "-C", str(work.path), "push", *options, "ssh://git@test.example/testing", spec],
                              env={**t.env, "GIT_SSH_COMMAND": str(t.dir / "gl"), "GIT_SSH_VARIANT": "simple", "SSH_CONNECTION": "127.0.0.1 1 127.0.0.1 22", "WHO": who + "-there"}, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, timeout=120, check=False)
        return done.returncode, done.stdout.decode("utf-8", "replace")
    work.commit("first", {"a.txt": "one\n"}, author=git_gate.person("ella"))
    code, said = push("ella", "HEAD:refs/heads/main")
    t.equal(code, 0, said)
    t.equal(h.decided(), [("allowed", "done", None, h.people["ella"])])
    work.commit("second", {"a.txt": "two\n"}, author=git_gate.person("ella"))
    t.has(push("ella", "HEAD:refs/heads/main")[1], "code-review-rules/rules-enforced")
    t.has(push("tuomo", "HEAD:refs/heads/x")[1], "unauthorized-code-prevented")
    t.has(push("stranger", "HEAD:refs/heads/x")[1], "nobody has declared the account git.example.org stranger-there")
    code, said = push("ella", "HEAD:refs/for/main", "-o", "topic=two")
    t.equal(code, 0, said)
    h.review("mikko", "approve", "testing", 1, 1)
    h.review("mikko", "publish", "testing", 1)
    # gitolite makes its hooks anew, and the gate's stay
    subprocess.run(["gitolite", "setup"], env=env, check=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    t.has(push("stranger", "HEAD:refs/heads/x")[1], "nobody has declared")
    git_gate.settled(t)

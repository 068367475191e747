"""Goal: a hosted repository's branches and tags go to its mirror after each move, over a real sshd, and nothing else does; what is not from here is left alone."""
import os
import pathlib
import shutil
import socket
import subprocess
import tempfile
import time

import git_gate
import serving
from git_gate import person


class Elsewhere:
    """A host that lets one key in."""

    def __init__(self, t):
        self.t, self.child = t, None
        self.place = pathlib.Path(tempfile.mkdtemp(prefix="sinetti-test-", dir=os.path.expanduser("~root")))  # sshd wants a path that only root writes
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(self.place / "host")], check=True)
        with socket.socket() as s:
            s.bind(("127.0.0.1", 0))
            self.port = s.getsockname()[1]
        (self.place / "config").write_text(
            "Port %d\nListenAddress 127.0.0.1\nHostKey %s/host\nPidFile none\nUsePAM no\nPasswordAuthentication no\nPermitRootLogin prohibit-password\n"
            "AuthorizedKeysFile %s/keys\nStrictModes no\n" % (self.port, self.place, self.place), encoding="utf-8")
        t.git("init", "-q", "--bare", "-b", "main", str(self.place / "acme.git"))
        self.url = "ssh://root@127.0.0.1:%d%s/acme.git" % (self.port, self.place)

    def start(self):
        pathlib.Path("/run/sshd").mkdir(exist_ok=True)
        with open(self.place / "log", "wb") as log:
            self.child = subprocess.Popen(["/usr/sbin/sshd", "-D", "-e", "-f", str(self.place / "config")], stdout=log, stderr=log)
        for _ in range(200):
            with socket.socket() as s:
                if s.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            time.sleep(0.05)

    def stop(self):
        if self.child:
            self.child.terminate()
            self.child.wait()
        self.child = None

    def refs(self):
        return self.t.git("--git-dir", str(self.place / "acme.git"), "for-each-ref", "--format=%(objectname) %(refname)").decode().splitlines()


def test_what_goes_out(t):
    if os.geteuid() != 0 or not shutil.which("sshd", path="/usr/sbin:/usr/bin"):
        t.skip("needs root and openssh-server")
    h = git_gate.Host(t)
    work = h.begin()
    work.commit("proposed", {"a.txt": "two\n"}, author=person("ella"))
    h.propose("ella", work)
    work.git("tag", "v1", "HEAD~1")
    t.equal(h.push("ella", work, "v1")[0], 0)
    t.equal(h.push("ella", work, "HEAD:refs/heads/ella/x")[0], 0)

    def here():
        listed = t.git("--git-dir", str(h.path), "for-each-ref", "--format=%(objectname) %(refname)", "refs/heads", "refs/tags").decode().splitlines()
        return listed

    there = Elsewhere(t)
    try:
        for url, why in (("https://a:b@example.org/x", "holds no password"), ("https://ghp_" + "a" * 36 + "@example.org/x", "holds no token: put it into keys/credentials"), ("/srv/x", "https or ssh"), ("ext::sh -c id", "https or ssh"), ("http://example.org/x", "https or ssh"),
                         ("file:///srv/x", "https or ssh")):
            t.has(t.run("repo", "mirror", "acme", url, "--data", "data", code=3).err, why)
        t.run("repo", "mirror", "acme", "--end", "--data", "data", code=3)
        key = t.run("repo", "mirror", "acme", there.url, "--data", "data", code=0).out.split("to write: ")[1]
        there.start()
        job = ("job", "mirror", h.repo, "--data", "data")
        t.has(t.run(*job, code=3).out, "leads to an address inside")  # unless the operator has said that it may
        with open(t.dir / "data" / "config", "a", encoding="utf-8") as f:
            f.write("repositories_inside: true\n")
        t.has(t.run(*job, code=3).out, "register its key there: ssh-ed25519")
        (there.place / "keys").write_text(key, encoding="utf-8")
        t.run(*job, code=0)
        t.equal(there.refs(), here())  # no patch set among them
        # somebody has written there: it is theirs, and stays
        work.git("checkout", "-q", "--orphan", "other")
        other = work.commit("elsewhere", {"b.txt": "b\n"}, author=person("ella"))
        work.git("push", "-q", str(there.place / "acme.git"), "HEAD:refs/heads/theirs")
        t.has(t.run(*job, code=3).out, "refs/heads/theirs, which is not from here")
        t.true(other + " refs/heads/theirs" in there.refs(), there.refs())
        t.git("--git-dir", str(there.place / "acme.git"), "update-ref", "-d", "refs/heads/theirs")
        # after each move, by the server; what is gone here goes there
        t.run("people", "role", h.people["sirkka"], "security_officer", "--data", "data", code=0)
        with serving.Server(t, t.dir / "data", {}) as s:
            s.sign_in("mikko")
            s.sign_in("sirkka")
            s.sign_in("tuomo")
            at = "/repositories/%s/hosting" % h.repo[5:]

            def wait(state):
                until = time.monotonic() + 60
                while True:
                    got = s.get("mikko", at)["mirror"]
                    if got["state"] == state:
                        return got
                    t.true(time.monotonic() < until, got)
                    time.sleep(0.1)
            wait("current")
            t.equal(h.push("ella", work, "HEAD:refs/heads/ella/y")[0], 0)
            t.equal(h.push("ella", work, ":refs/heads/ella/x")[0], 0)
            until = time.monotonic() + 60
            while there.refs() != here():
                t.true(time.monotonic() < until, there.refs())
                time.sleep(0.1)
            t.equal(s.get("mikko", at)["hosted"], True)
            s.get("tuomo", at, 403)
            there.stop()
            t.equal(h.push("ella", work, ":refs/heads/ella/y")[0], 0)
            got = wait("fails")
            t.equal(got["failed"], 1)
            t.has(got["message"], "cannot be read")
            t.has(s.get("mikko", "/jobs?repository=" + h.repo[5:])["items"][0]["message"], "cannot be read")
            # what is taken out of the history here goes there too, as far as that lets it
            there.start()
            t.equal(h.push("ella", work, "HEAD:refs/heads/ella/z")[0], 0)
            t.run(*job, code=0)
            t.git("--git-dir", str(there.place / "acme.git"), "config", "receive.denyNonFastForwards", "true")

            def taken_out():
                return s.get("mikko", "/gate/repositories")["items"][0]["expunges"][0]
            act = s.post("mikko", "/gate/repositories/%s/expunges" % h.repo[5:], {"what": ["ella/z:b.txt"], "reason": "not ours"}, 201)
            s.post("sirkka", "/approvals/%d/approve" % act["request"], {"reason": "seen"})
            until = time.monotonic() + 60
            while taken_out()["state"] != "done":
                t.true(time.monotonic() < until, taken_out())
                time.sleep(0.1)
            t.equal(taken_out()["mirror"], "waits")
            for _ in range(2):  # said once
                t.has(t.run(*job, code=3).out, "denying non-fast-forward refs/heads/ella/z")
            t.equal(taken_out()["mirror"], "refused")
            t.has(taken_out()["mirror_says"], "denying non-fast-forward refs/heads/ella/z")
            t.true(other + " refs/heads/ella/z" in there.refs(), there.refs())
            t.git("--git-dir", str(there.place / "acme.git"), "config", "receive.denyNonFastForwards", "false")
            t.run(*job, code=0)
            t.equal((taken_out()["mirror"], taken_out()["mirror_says"]), ("done", ""))
            t.true(other not in str(there.refs()), there.refs())
            t.equal([(c["outcome"], c["refs"], "why" in c) for c in (f["payload"] for f in h.facts("cleared"))], [("refused", 1, True), ("done", 1, False)])
        there.stop()
        there.start()
        t.run(*job, code=0)
        t.equal(there.refs(), here())
        t.run("repo", "mirror", "acme", "--end", "--reason", "it moves", "--data", "data", code=0)
        t.has(t.run(*job, code=3).out, "has no mirror")
    finally:
        there.stop()
        shutil.rmtree(there.place)
    git_gate.settled(t)

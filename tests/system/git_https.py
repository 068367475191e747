"""Goal: clone and push over HTTPS with tokens, as far as a token and its owner may, through git's own client; whatever is sent or cut off, nothing is half done and nothing is left running."""
import base64
import gzip
import http.client
import os
import pathlib
import re
import signal
import socket
import subprocess
import time

import git_gate
import serve_http
import serving
from git_gate import person

ALL = ("code.read", "code.write", "code.review", "code.publish")


class Served:
    """A hosted repository with its beginning, behind a server that is running."""

    def __init__(self, t, h, server):
        self.t, self.h, self.s = t, h, server
        for name in ("ella", "mikko", "tuomo"):
            server.sign_in(name)

    def token(self, who, only=ALL):
        until = time.strftime("%Y-%m-%dT00:00:00Z", time.gmtime(time.time() + 3 * 86400))
        return self.s.post(who, "/me/tokens", {"name": "git", "permissions": list(only), "until": until}, 201)

    def url(self, secret=None, name="acme.git"):
        return "http://%s127.0.0.1:%d/git/%s" % ("any:%s@" % secret if secret else "", self.s.port, name)

    def git(self, *args, env=None, cwd=None):
        """Exit code and what git said."""
        done = subprocess.run(["git", *args], cwd=cwd or self.t.dir, env={**self.t.env, "GIT_TERMINAL_PROMPT": "0", **(env or {})},
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=240, check=False)
        said = done.stdout.decode("utf-8", "replace")
        self.t.lacks(said, "Sanitizer")
        return done.returncode, said

    def ask(self, method, path, secret=None, body=None, **headers):
        """Raw HTTP; an iterable body goes in chunks."""
        connection = http.client.HTTPConnection("127.0.0.1", self.s.port, timeout=60)
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        if secret:
            sent["Authorization"] = "Basic " + base64.b64encode(b"x:" + secret.encode()).decode()
        try:
            connection.request(method, "/git/" + path, body, sent, encode_chunked=body is not None and not isinstance(body, bytes))
            got = connection.getresponse()
            return serving.Answer(got.status, got.getheaders(), got.read())
        finally:
            connection.close()

    def gits(self):
        """Processes of git that run for the server."""
        found = subprocess.run(["pgrep", "-f", "(upload|receive)-pack.*" + re.escape(str(self.h.path))], stdout=subprocess.PIPE, check=False)
        return found.stdout.split()

    def wait_for(self, what, condition):
        until = time.monotonic() + 60
        while not condition():
            self.t.true(time.monotonic() < until, what)
            time.sleep(0.05)


def test_by_git(t):
    h = git_gate.Host(t)
    work = h.begin()
    with serving.Server(t, t.dir / "data", {}) as s:
        v = Served(t, h, s)
        ella, mikko = v.token("ella")["secret"], v.token("mikko")["secret"]
        t.equal(v.git("clone", "-q", v.url(ella), "c1"), (0, ""))
        trace = v.git("-C", "c1", "fetch", env={"GIT_TRACE_PACKET": "1"})[1]
        t.has(trace, "version 2")
        t.equal(v.git("clone", "-q", "-c", "protocol.version=0", v.url(ella, "acme"), "c0"), (0, ""))
        # shallow, deepened, and without blobs
        for i in range(3):
            work.commit("c%d" % i, {"a.txt": "%d\n" % i, "n%d" % i: "n"}, author=person("ella"))
        t.equal(v.git("-C", str(work.path), "push", "-q", v.url(ella), "HEAD:refs/heads/ella/x")[0], 0)
        t.equal(v.git("clone", "-q", "--depth", "1", "-b", "ella/x", v.url(ella), "c2"), (0, ""))
        t.equal(v.git("-C", "c2", "rev-list", "--count", "HEAD")[1].strip(), "1")
        t.equal(v.git("-C", "c2", "fetch", "-q", "--deepen", "2"), (0, ""))
        t.equal(v.git("-C", "c2", "rev-list", "--count", "HEAD")[1].strip(), "3")
        t.equal(v.git("clone", "-q", "--filter=blob:none", "-b", "ella/x", v.url(ella), "c3")[0], 0)
        # a change is proposed; what the gate refuses says why, in the pusher's language
        code, said = v.git("-C", str(work.path), "push", "-o", "topic=web", v.url(ella), "HEAD:refs/for/main")
        t.equal(code, 0, said)
        t.has(said, "change 1, patch set 1")
        code, said = v.git("-C", str(work.path), "push", v.url(mikko), "HEAD:main")
        t.equal(code, 1, said)
        for part in ("refused: refs/heads/main", "without a full review", "refs/for/", "[remote rejected]"):
            t.has(said, part)
        code, said = v.git("-C", str(work.path), "push", v.url(mikko), "HEAD:main", env={"LANGUAGE": "fi"})
        t.equal(code, 1, said)
        t.has(said, "evätty: refs/heads/main")
        code, said = v.git("-C", str(work.path), "push", "-o", "reviewer=mikko", v.url(ella), "HEAD:refs/for/main", env={"LANGUAGE": "fi"})
        t.equal(code, 1, said)
        t.has(said, "työnnön valitsinta ”reviewer=mikko” ei tunneta")
        if os.path.exists("/usr/sbin/nginx"):  # by TLS, through the sample of docs; a pack of no length that is said before
            work.commit("large", {"large": os.urandom(3 << 20)}, author=person("ella"))
            with serve_http.nginx(t, s.port) as (_, secure):
                url = "https://x:%s@localhost:%d/git/acme.git" % (ella, secure)
                code, said = v.git("-C", str(work.path), "-c", "http.sslVerify=false", "push", "-q", url, "HEAD:refs/heads/ella/large")
                t.equal(code, 0, said)
                code, said = v.git("-c", "http.sslVerify=false", "clone", "-q", "-b", "ella/large", url, "c4")
                t.equal(code, 0, said)
            work.git("reset", "-q", "--hard", "HEAD~1")
        # as far as the token goes, which may be less than its owner
        reads, writes = v.token("mikko", ["code.read"])["secret"], v.token("mikko", ["code.read", "code.write"])["secret"]
        t.equal(v.git("ls-remote", "-q", v.url(reads))[0], 0)
        code, said = v.git("-C", str(work.path), "push", v.url(reads), "HEAD:refs/heads/mikko/x")
        t.true(code != 0 and "it lacks code.write" in said and "403" in said, said)
        h.review("mikko", "approve", "acme", 1, 1)
        code, said = v.git("-C", str(work.path), "push", v.url(writes), "HEAD:main")
        t.equal(code, 1, said)
        t.has(said, "token it comes with may not publish: it lacks code.publish")  # mikko may
        t.lacks(said, "not among those who publish")
        code, said = v.git("-C", str(work.path), "push", v.url(writes), "HEAD:main", env={"LANGUAGE": "fi"})
        t.has(said, "rajapintatunnuksella ei voi julkaista")
        t.equal(v.git("-C", str(work.path), "push", "-q", v.url(mikko), "HEAD:main"), (0, ""))  # approved, and by a publisher
        t.equal(h.ref(), work.git("rev-parse", "HEAD").decode().strip())
        pushed = [f for f in h.facts("push") if f["credential"]]
        t.equal({f["payload"]["way"] == "ssh" for f in pushed if f["credential"] in h.keys.values()}, {True}, pushed)
        t.equal({f["payload"]["way"] for f in pushed if f["credential"] not in h.keys.values()}, {"https"}, pushed)
        t.equal(len({f["credential"] for f in pushed}), 3, pushed)  # mikko's key, ella's token and his
        # who may not hears what somebody hears who asks for what is not there
        other = v.token("ella", ["tasks.read"])["secret"]
        told = [v.git("ls-remote", v.url(other, name + ".git"))[1].replace(name, "NAME") for name in ("acme", "none")]
        t.equal(told[0], told[1])
        t.has(told[0], "there is no repository")
        none = v.token("tuomo", ["frameworks.read"])["secret"]
        t.equal(v.git("ls-remote", v.url(none))[1].replace(none, other), told[0].replace("NAME", "acme"))
        # wrong, over, taken back
        made = v.token("ella")
        t.equal(v.git("ls-remote", "-q", v.url(made["secret"]))[0], 0)
        s.call("ella", "DELETE", "/me/tokens/" + made["id"])
        with serving.sqlite3.connect(t.dir / "data" / "state.db", timeout=30) as db:
            db.execute("UPDATE token SET until = 1 WHERE id = (SELECT id FROM token WHERE person = ? AND only_may LIKE '%tasks.read%')", (h.people["ella"],))
        db.close()
        for secret in (made["secret"], other, ella[:-4] + "AAAA", "snt_", "password"):
            code, said = v.git("ls-remote", v.url(secret))
            t.true(code != 0 and "Authentication failed" in said, said)
        t.run("people", "leave", h.people["ella"], "--data", "data", code=0)
        t.has(v.git("ls-remote", v.url(ella))[1], "Authentication failed")
        for secret in (ella, mikko, reads, writes, made["secret"]):
            t.lacks(s.said(), secret[:30])
    kinds = git_gate.settled(t)
    t.equal(kinds.count("outcome"), kinds.count("push"))


def packet(text):
    return b"%04x" % (len(text) + 4) + text


class Held:
    """A push that has begun and does not go on."""

    def __init__(self, v, secret, first=b""):
        self.socket = socket.create_connection(("127.0.0.1", v.s.port), timeout=60)
        self.socket.sendall(b"POST /git/acme.git/git-receive-pack HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nAuthorization: Basic %s\r\n"
                            b"Content-Type: application/x-git-receive-pack-request\r\nTransfer-Encoding: chunked\r\n\r\n"
                            % (v.s.port, base64.b64encode(b"x:" + secret.encode())))
        if first:
            self.socket.sendall(b"%x\r\n%s\r\n" % (len(first), first))

    def end(self):
        """What is answered when it ends."""
        self.socket.sendall(b"0\r\n\r\n")
        return self.socket.recv(4096).decode("latin-1")


def serving_process(s, name):
    for pid in pathlib.Path("/proc/%d/task/%d/children" % (s.child.pid, s.child.pid)).read_text(encoding="ascii").split():
        if pathlib.Path("/proc/%s/comm" % pid).read_text(encoding="ascii").strip() == name:
            return int(pid)
    return None


def test_by_who_means_harm(t):
    h = git_gate.Host(t)
    work = h.begin()
    work.commit("large", {"large": os.urandom(6 << 20)}, author=person("ella"))
    t.equal(h.push("ella", work, "HEAD:refs/heads/ella/large")[0], 0)
    tip = h.ref()
    old = h.path / "objects" / "tmp_objdir-incoming-killed"  # what a git that was killed has left
    (old / "pack").mkdir(parents=True)
    os.utime(old, (1, 1))
    with serving.Server(t, t.dir / "data", {}) as s:
        v = Served(t, h, s)
        ella, mikko = v.token("ella")["secret"], v.token("mikko")["secret"]
        begins = "acme.git/info/refs?service=git-upload-pack"
        # nobody in particular learns nothing
        for path in (begins, begins.replace("acme", "none"), "acme.git/info/refs?service=git-receive-pack", "acme.git/info/lfs/locks/verify"):
            got = v.ask("GET" if "refs" in path else "POST", path)
            t.equal((got.status, got.headers.get("WWW-Authenticate", "")[:5]), (401, "Basic"), path)
        # a token is a password, and nothing else; a session is none
        for path in (ella + "/acme.git/info/refs?service=git-upload-pack", begins + "&token=" + ella, begins + "&private_token=" + ella):
            t.true(v.ask("GET", path).status in (401, 404), path)
        t.equal(v.ask("GET", begins, Cookie="sinetti=" + s.cookies["ella"]).status, 401)
        t.equal(v.ask("GET", begins, Authorization="Bearer " + ella).status, 200)
        t.equal(v.ask("GET", "acme.git/info/refs", ella).status, 400)
        t.equal(v.ask("GET", begins + "&service=git-receive-pack", ella).status, 400)
        t.equal(v.ask("GET", "acme.git/info/refs?service=git-shell", ella).status, 400)
        for path in ("acme.git/HEAD", "acme.git/objects/info/packs", "../data/state.db", "acme.git/git-upload-archive", "acme.git"):
            t.true(v.ask("GET", path, ella).status in (400, 404), path)
        t.equal(v.ask("PUT", "acme.git/git-upload-pack", ella, b"").status, 405)
        t.equal(v.ask("GET", "acme.git/git-upload-pack", ella).status, 405)
        asks = {"Content_Type": "application/x-git-upload-pack-request"}
        t.equal(v.ask("POST", "acme.git/git-upload-pack", ella, b"0000", Content_Type="text/plain").status, 415)
        t.equal(v.ask("POST", "acme.git/git-upload-pack", ella, b"0000", Content_Encoding="br", **asks).status, 415)
        t.equal(v.ask("POST", "acme.git/git-upload-pack", ella, b"0000", Content_Encoding="gzip", **asks).status, 400)
        t.equal(v.ask("POST", "acme.git/git-upload-pack", ella, **asks).status, 400)
        lfs = v.ask("POST", "acme.git/info/lfs/objects/batch", ella, b'{"operation":"upload","objects":[]}', Content_Type="application/vnd.git-lfs+json")
        t.equal((lfs.status, lfs.headers["Content-Type"]), (501, "application/vnd.git-lfs+json"))
        t.has(lfs.json()["message"], "Git LFS is not served here")
        took = []
        for _ in range(4):
            began = time.monotonic()
            t.equal(v.ask("GET", begins, ella).status, 200)
            took.append(time.monotonic() - began)
        t.true(min(took) < 0.8, took)  # nothing waits for a turn of a clock
        # packed a hundredfold; endless, said and unsaid
        want = packet(b"want " + tip.encode() + b"\n")
        t.equal(v.ask("POST", "acme.git/git-upload-pack", ella, gzip.compress(want * ((65 << 20) // len(want)), 1), Content_Encoding="gzip", **asks).status, 413)
        t.equal(v.ask("POST", "acme.git/git-upload-pack", ella, Content_Length=str(1 << 40), **asks).status, 413)
        if t.soak:  # it is read past for a while, and then cut off
            lines, sent = want * (1 << 14), 0
            c = http.client.HTTPConnection("127.0.0.1", s.port, timeout=60)
            try:
                c.putrequest("POST", "/git/acme.git/git-upload-pack")
                for name, value in (("Content-Type", asks["Content_Type"]), ("Transfer-Encoding", "chunked"), ("Authorization", "Bearer " + ella)):
                    c.putheader(name, value)
                c.endheaders()
                while sent < 1 << 30:
                    c.send(b"%x\r\n%s\r\n" % (len(lines), lines))
                    sent += len(lines)
            except OSError:
                pass
            c.close()
            t.true(64 << 20 < sent < 200 << 20, sent)
            v.wait_for("git ends", lambda: not v.gits())
        small = v.ask("POST", "acme.git/git-upload-pack", ella, gzip.compress(want + b"0000" + packet(b"done\n")), Content_Encoding="gzip", **asks)
        t.equal(small.status, 200)
        t.has(small.raw[:80].decode("latin-1"), "NAK")
        # more than one may hold; others go on meanwhile, and git knows no token
        line = packet(tip.encode() + b" " + b"1" * 40 + b" refs/heads/ella/cut\0 report-status side-band-64k")
        held = [Held(v, ella, line + b"0000PACK\0\0\0\2\0\0\0\x09") for _ in range(8)]
        v.wait_for("eight pushes", lambda: len(v.gits()) == 8)
        t.has(Held(v, ella, b"0000").end(), " 503 ")
        for pid in v.gits():
            for name in ("cmdline", "environ"):
                with open("/proc/%s/%s" % (pid.decode(), name), "rb") as f:
                    seen = f.read()
                t.true(ella.encode() not in seen and (name == "cmdline" or b"SINETTI_CREDENTIAL" in seen), seen)
        t.equal(v.git("clone", "-q", v.url(mikko), "meanwhile"), (0, ""))
        two = [subprocess.Popen(["git", "-C", str(work.path), "push", "-q", v.url(mikko), "HEAD~1:refs/heads/mikko/%d" % i], env=t.env) for i in range(2)]
        t.equal([p.wait(120) for p in two], [0, 0])
        for one in held:
            one.socket.close()
        # a clone whose client goes away
        with socket.create_connection(("127.0.0.1", s.port), timeout=60) as c:
            body = packet(b"want " + h.ref("refs/heads/ella/large").encode() + b" side-band-64k\n") + b"0000" + packet(b"done\n")
            c.sendall(b"POST /git/acme.git/git-upload-pack HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nAuthorization: Basic %s\r\nContent-Type: application/x-git-upload-pack-request\r\n"
                      b"Content-Length: %d\r\n\r\n%s" % (s.port, base64.b64encode(b"x:" + mikko.encode()), len(body), body))
            t.has(c.recv(200).decode("latin-1"), " 200 ")
        v.wait_for("git ends", lambda: not v.gits())
        left = [p.name for p in (h.path / "objects").iterdir() if "incoming" in p.name]
        t.equal(left, [])
        t.equal((h.ref(), h.ref("refs/heads/ella/cut")), (tip, ""))
        t.lacks(s.said(), ella)
        # worker and web killed in the middle: git ends with them, and both are back
        for name in ("worker", "web"):
            with Held(v, mikko, line + b"0000PACK\0\0\0\2\0\0\0\x09").socket:
                v.wait_for("a push", v.gits)
                os.kill(serving_process(s, name), signal.SIGKILL)
                v.wait_for("git ends with " + name, lambda: not v.gits())
            v.wait_for(name + " is back", lambda: v.git("ls-remote", "-q", v.url(mikko))[0] == 0)
        # the server stops in the middle of one
        last = Held(v, mikko, line + b"0000PACK")
        v.wait_for("a push", lambda: v.gits())
    last.socket.close()
    v.wait_for("git ends", lambda: not v.gits())
    git_gate.settled(t)

"""Goal: a ledger's heads are cosigned by a witness on another machine, which never cosigns two histories and cannot be stalled."""
import base64
import contextlib
import hashlib
import http.client
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import time

VECTORS = pathlib.Path(__file__).resolve().parent.parent / "vectors" / "ledger"


def ledger(t, name="data", facts=2):
    folder = t.dir / name
    t.run("init", "--data", folder, "--origin", "acme.example/ledger", code=0)
    add(t, folder, facts)
    (t.dir / "logs").write_text("# keys\n" + t.run("ledger", "vkey", "--data", folder, code=0).out, encoding="utf-8")
    return folder


def add(t, folder, facts=1):
    t.run("fact", "add", "--batch", "-", "--data", folder, code=0,
          data=b'{"kind":"note","subject":"org","payload":{"text":"so"}}\n' * facts)


def make(t, name="witness"):
    vkey = t.run("ledger", "witness", "--state", t.dir / name, "--init", "%s.example/1" % name, code=0).out
    (t.dir / (name + ".vkey")).write_text(vkey, encoding="utf-8")
    return vkey.strip()


class Server:
    def __init__(self, t, name):
        self.errors = t.dir / (name + ".err")
        with open(self.errors, "ab") as errors:
            self.child = subprocess.Popen([t.program, "ledger", "witness", "--state", str(t.dir / name), "--logs", str(t.dir / "logs"), "--listen", "127.0.0.1:0"],
                                          env=t.env, stdout=subprocess.PIPE, stderr=errors)
        line = self.child.stdout.readline().decode()
        t.true(line.startswith("listening on http://127.0.0.1:"), "%r %s" % (line, self.errors.read_text()))
        self.url = line.split()[2]
        self.port = int(self.url.rsplit(":", 1)[1])

    def post(self, body, path="/add-checkpoint", method="POST"):
        c = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            c.request(method, path, body)
            answer = c.getresponse()
            return answer.status, answer.getheader("Content-Type"), answer.read().decode()
        finally:
            c.close()


@contextlib.contextmanager
def witness(t, name="witness", ends=signal.SIGTERM):
    server = Server(t, name)
    try:
        yield server
        server.child.send_signal(ends)
        code = server.child.wait(10)
        t.equal(code, -9 if ends == signal.SIGKILL else 0, "the witness's exit code")
    finally:
        server.child.kill()
        server.child.wait()
        server.child.stdout.close()
    t.lacks(server.errors.read_text(), "Sanitizer")


def request(old, head, proof=""):
    return ("old %d\n%s\n%s" % (old, proof, head)).encode()


def consistency(t, folder, old, size):
    return t.run("ledger", "consistency", old, size, "--data", folder, code=0).out


def test_cosigned(t):
    folder, vkey = ledger(t), make(t)
    with witness(t) as w:
        ran = t.run("ledger", "checkpoint", "--data", folder, "--witness", "%s=%s" % (w.url, vkey), code=0)
        t.has(ran.out, "\n— witness.example/1 ")
        t.equal(ran.err, "")
        add(t, folder, 300)
        ran = t.run("ledger", "checkpoint", "--data", folder, "--witness", "%s=@%s" % (w.url, t.dir / "witness.vkey"), code=0)
        t.equal((ran.out.count("\n— "), ran.err), (2, ""))
        # signed again without a witness, the head keeps what it had
        t.equal(t.run("ledger", "checkpoint", "--data", folder, code=0).out, ran.out)
        t.run("ledger", "tiles", t.dir / "tiles", "--data", folder, code=0)
        # it was told what it had cosigned last: nothing had to be asked twice
        t.lacks(w.errors.read_text(), "status=409")
        # a head it was not asked about: on 409 the ledger goes on from where the witness is
        add(t, folder)
        t.run("ledger", "checkpoint", "--data", folder, code=0)
        add(t, folder)
        t.run("ledger", "checkpoint", "--data", folder, "--witness", "%s=%s" % (w.url, vkey), code=0)
        t.equal([line.split()[1] for line in w.errors.read_text().splitlines()], ["status=200", "status=200", "status=409", "status=200"])
    head = (t.dir / "tiles/checkpoint").read_text(encoding="utf-8")
    t.has(head, "— witness.example/1 ")
    key = t.run("ledger", "vkey", "--data", folder, code=0).out.strip()
    ran = t.run("verify", t.dir / "tiles", "--key", key, "--witness", vkey, code=0)
    t.has(ran.out, "  Witness       witness.example/1+")
    t.lacks(ran.out, "another history")
    (t.dir / "proof").write_text(t.run("ledger", "prove", 3, "--data", folder, code=0).out, encoding="utf-8")
    t.run("verify", "--proof", t.dir / "proof", "--key", key, "--witness", vkey, code=0)
    t.has(t.run("fsck", "--data", folder, code=0).out, "0 problems")


def test_monitors_read_what_was_cosigned(t):
    folder, vkey = ledger(t), make(t)
    origin = hashlib.sha256(b"acme.example/ledger").hexdigest()
    path = "/%s/checkpoint" % origin
    with witness(t) as w:
        t.equal(w.post(b"", path, "GET")[0], 404)
        head = t.run("ledger", "checkpoint", "--data", folder, "--witness", "%s=%s" % (w.url, vkey), code=0).out
        status, kind, body = w.post(None, path, "GET")
        t.equal((status, kind, body), (200, "text/plain; charset=utf-8", head))
        add(t, folder)
        later = t.run("ledger", "checkpoint", "--data", folder, "--witness", "%s=%s" % (w.url, vkey), code=0).out
        t.equal(w.post(None, path, "GET")[2], later)
        t.equal(w.post(None, path, "HEAD")[::2], (200, ""))
        for method in ("POST", "PUT", "DELETE"):
            t.equal(w.post(b"x", path, method)[0], 405, method)
        for wrong in ("/%s/checkpoint" % origin.upper(), "/%s/checkpoint" % hashlib.sha256(b"other").hexdigest(), path + "/", "/" + path, "/%s" % origin,
                      "/%s/checkpoint" % ("../" * 21 + "x")):
            t.equal(w.post(None, wrong, "GET")[0], 404, wrong)
    with witness(t) as w:  # it is on the disk
        t.equal(w.post(None, path, "GET")[2], later)
        seen = [f for f in (t.dir / "witness").iterdir() if f.name.startswith("seen-")][0]
        seen.write_text(later.replace("acme", "acne"), encoding="utf-8")
        t.equal(w.post(None, path, "GET")[0], 500)


def test_settings_and_silence(t):
    folder, vkey = ledger(t), make(t)
    other = make(t, "other")
    with witness(t) as w, socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # and does not listen
        (folder / "config").write_text("format: 1\nlog: sqlite\nwitnesses:\n  - http://127.0.0.1:%d=%s\n  - %s/=%s\n" % (taken.getsockname()[1], other, w.url, vkey))
        ran = t.run("ledger", "checkpoint", "--data", folder, code=1)
        t.has(ran.out, "— witness.example/1 ")
        t.has(ran.err, "sinetti: not cosigned by other.example/1 (http://127.0.0.1:")
        # a key that is not this witness's
        ran = t.run("ledger", "checkpoint", "--data", folder, "--witness", "%s=%s" % (w.url, other), code=1)
        t.has(ran.err, "not cosigned by other.example/1")
        t.equal(ran.out.count("— other"), 0)
    for text, says in (("x", '"witnesses" is a list'), ("[x]", "witness x: URL=VKEY"), ("\n  - http://a.example=b", "witness: key"), ("\n  - a: b", "config:2: a witness")):
        (folder / "config").write_text("witnesses: %s\n" % text)
        t.has(t.run("ledger", "checkpoint", "--data", folder, code=3).err, says)
    (folder / "config").unlink()
    key = t.run("ledger", "vkey", "--data", folder, code=0).out.strip()
    for bad in ("x", "=" + vkey, "http://127.0.0.1:1=", "http://127.0.0.1:1=%s" % key, "http://127.0.0.1:1=@%s" % (t.dir / "logs")):
        t.run("ledger", "checkpoint", "--data", folder, "--witness", bad, code=2)
    # what is no URL to ask is told like a witness that does not answer
    for bad in ("ftp://a.example", "http://a.example/?x"):
        t.has(t.run("ledger", "checkpoint", "--data", folder, "--witness", "%s=%s" % (bad, vkey), code=1).err, "not cosigned by witness.example/1")
    t.has(t.run("ledger", "vkey", "--data", folder, "--witness", "http://a.example=" + vkey, code=2).err, "--witness is of")


def test_statuses(t):
    folder = ledger(t)
    make(t)
    one = t.run("ledger", "checkpoint", "--data", folder, code=0).out
    size = int(one.splitlines()[1])
    shutil.copytree(folder, t.dir / "fork")
    shutil.copytree(t.dir / "data.signer", t.dir / "fork.signer")
    add(t, folder)
    add(t, t.dir / "fork")
    two, fork = (t.run("ledger", "checkpoint", "--data", f, code=0).out for f in (folder, t.dir / "fork"))
    stranger = (VECTORS / "tiles/checkpoint").read_text(encoding="utf-8")
    proof = consistency(t, folder, size, size + 1)
    text = "text/plain; charset=utf-8"
    with witness(t, ends=signal.SIGKILL) as w:
        t.equal(w.post(b"x", path="/")[0], 404)
        t.equal(w.post(b"x", path="/add-checkpoint/")[0], 404)
        t.equal(w.post(None, method="GET")[0], 405)
        t.equal(w.post(b"x", method="PUT")[0], 405)
        t.equal(w.post(b"")[0], 400)
        t.equal(w.post(b"x" * 300000)[0], 413)
        t.equal(w.post(b"old 0\n\nx")[:2], (400, text))
        t.equal(w.post(request(0, stranger))[:2], (404, text))
        forged = one.rsplit(" ", 1)[0] + " " + base64.b64encode(bytes(68)).decode() + "\n"
        t.equal(w.post(request(0, forged))[:2], (403, text))
        t.equal(w.post(request(9, one))[:2], (400, text))
        t.equal(w.post(request(1, one)), (409, "text/x.tlog.size", "0\n"))
        t.equal(w.post(request(0, one, proof))[:2], (422, text))
        status, _, line = w.post(request(0, one))
        t.equal((status, line.startswith("— witness.example/1 "), line.count("\n")), (200, True, 1))
    # killed: it knows what it cosigned
    with witness(t) as w:
        t.equal(w.post(request(0, one)), (409, "text/x.tlog.size", "%d\n" % size))
        t.equal(w.post(request(size, two))[0], 422)
        t.equal(w.post(request(size, two, proof))[0], 200)
        # the other history, by the same key
        t.equal(w.post(request(size + 1, fork))[0], 422)
        t.equal(w.post(request(size, fork, consistency(t, t.dir / "fork", size, size + 1))), (409, "text/x.tlog.size", "%d\n" % (size + 1)))
        vkey = (t.dir / "witness.vkey").read_text().strip()
        ran = t.run("ledger", "checkpoint", "--data", t.dir / "fork", "--witness", "%s=%s" % (w.url, vkey), code=1)
        t.has(ran.err, "it answers 422: another tree")
        t.equal(ran.out, fork)
        # an older copy of ledger and signer is told what it is
        for f in ("data", "data.signer"):
            shutil.copytree(t.dir / f, t.dir / f.replace("data", "old"))
        add(t, folder, 3)
        t.run("ledger", "checkpoint", "--data", folder, "--witness", "%s=%s" % (w.url, vkey), code=0)
        ran = t.run("ledger", "checkpoint", "--data", t.dir / "old", "--witness", "%s=%s" % (w.url, vkey), code=1)
        t.has(ran.err, "it has cosigned a head of %d facts, and this ledger has %d" % (size + 4, size + 1))


def test_new_key(t):
    folder, vkey = ledger(t), make(t)
    old = t.run("ledger", "vkey", "--data", folder, code=0).out.strip()
    with witness(t) as w:
        asks = ["ledger", "checkpoint", "--data", folder, "--witness", "%s=%s" % (w.url, vkey)]
        t.has(t.run(*asks, code=0).out, "— witness.example/1 ")
        t.run("ledger", "rotate-key", "--reason", "yearly", "--data", folder, code=0)
        t.has(t.run(*asks, code=1).err, "it answers 403: not signed by a key of this ledger that is known here")
    with open(t.dir / "logs", "a", encoding="utf-8") as logs:
        logs.write(t.run("ledger", "vkey", "--data", folder, code=0).out)
    with witness(t) as w:
        asks[-1] = "%s=%s" % (w.url, vkey)
        ran = t.run(*asks, code=0)
        t.equal((ran.out.count("\n— "), ran.err), (2, ""))
    # the head is of the handover's size, and the one that was cosigned is what readers get
    t.run("ledger", "tiles", t.dir / "tiles", "--data", folder, code=0)
    t.equal((t.dir / "tiles/checkpoint").read_text(encoding="utf-8"), ran.out)
    t.has(t.run("verify", t.dir / "tiles", "--key", old, "--witness", vkey, code=0).out, "Rotation")


def test_cannot_be_stalled(t):
    folder, vkey = ledger(t), make(t)
    with witness(t, ends=signal.SIGINT) as w:
        silent = [socket.create_connection(("127.0.0.1", w.port)) for _ in range(40)]
        for s in silent[:20]:
            s.sendall(b"POST /add-checkpoint HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nold")
        endless = socket.create_connection(("127.0.0.1", w.port))
        endless.sendall(b"POST /add-checkpoint HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n")
        chunk, sent = b"1000\r\n" + b"x" * 4096 + b"\r\n", 0
        with contextlib.suppress(OSError):
            for _ in range(16384):
                endless.sendall(chunk)
                sent += 4096
        t.true(sent < 32 << 20, "an endless body was read: %d bytes" % sent)
        start = time.monotonic()
        t.has(t.run("ledger", "checkpoint", "--data", folder, "--witness", "%s=%s" % (w.url, vkey), code=0).out, "— witness")
        t.true(time.monotonic() - start < 5, "others had to wait")
        silent[0].settimeout(30)
        t.equal(silent[0].recv(10), b"", "who says nothing keeps the connection")
        for s in silent + [endless]:
            s.close()


def test_folder(t):
    ledger(t)
    vkey = make(t)
    t.equal(os.stat(t.dir / "witness/key").st_mode & 0o777, 0o600)
    seed = (t.dir / "witness/key").read_text().splitlines()[1]
    start = ["ledger", "witness", "--state", t.dir / "witness", "--logs", t.dir / "logs", "--listen", "127.0.0.1:0"]
    with witness(t) as w:
        t.has(t.run(*start, code=3).err, "another process is this witness")
        t.lacks(w.errors.read_text(), seed)
    t.has(t.run("ledger", "witness", "--state", t.dir / "witness", "--init", "x.example", code=3).err, "File exists")
    os.chmod(t.dir / "witness/key", 0o644)
    t.has(t.run(*start, code=3).err, "others could read the key")
    os.chmod(t.dir / "witness/key", 0o600)
    (t.dir / "logs").write_text("x\n")
    t.has(t.run(*start, code=3).err, "keys of ledgers, line 1")
    (t.dir / "logs").write_text(vkey + "\n")
    t.has(t.run(*start, code=3).err, "line 1: this is the key of a witness")
    for options, says in (([], "--state is missing"), (["--state", "x"], "--logs is missing"), (["--state", "x", "--init", "a", "--logs", "b"], "--init makes"),
                          (["--state", "x", "--logs", "b", "y"], "options only")):
        t.has(t.run("ledger", "witness", *options, code=2).err, says)
    ledger(t, "again")
    for at in ("x", "127.0.0.1", "localhost:80", "127.0.0.1:x", "127.0.0.1:70000", "::1:80", "127.0.0.1:-1"):
        t.has(t.run(*start[:-1], at, code=2).err, "--listen: ADDRESS:PORT")
    t.has(t.run("ledger", "witness", "--help", code=0).out, "never put it back from an older copy")

"""Goal: an auditor verifies a ledger on another machine, from a folder or a server, and nobody can mislead or stall them."""
import contextlib
import gzip
import http.server
import os
import pathlib
import shutil
import socket
import threading

VECTORS = pathlib.Path(__file__).resolve().parent.parent / "vectors" / "ledger"


def key(name, which="vkey"):
    return "@%s" % (VECTORS / name / which)


def copy(t, name):
    shutil.copytree(VECTORS / name, t.dir / name)
    return t.dir / name


@contextlib.contextmanager
def serving(handler):
    """Answers on loopback; handler(request) writes the answer to one GET."""
    asked = []

    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self):
            asked.append((self.command, self.path, self.headers.get("User-Agent", "")))
            handler(self)

        do_POST = do_PUT = do_GET

        def log_message(self, *_args):
            pass

    class Server(http.server.ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, *_args):
            pass  # the other side hung up, as it should

    server = Server(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield "http://127.0.0.1:%d/" % server.server_address[1], asked
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def answer(request, data, status=200, headers=()):
    request.send_response(status)
    for name, value in headers:
        request.send_header(name, value)
    request.send_header("Content-Length", str(len(data)))
    request.end_headers()
    request.wfile.write(data)


def files_of(root):
    def handler(request):
        path = root / request.path.lstrip("/")
        if path.is_file():
            answer(request, path.read_bytes())
        else:
            answer(request, b"no such page", 404)
    return handler


def test_vectors(t):
    for name, which, lines in (
            ("tiles", "vkey", ["sinetti.example/acme verifies", "3: none changed, removed", "bodies checked: 3 of 3; erased: 0; not handed over: 0"]),
            ("erasure", "vkey", ["bodies checked: 4 of 5; erased: 1; not handed over: 0", "bodies that were erased: 1."]),
            ("rotation", "vkey", ["sinetti.example/acme+a1f0ca09, the one given", "fact 5, 2026-01-01T00:00:04Z", "Signed by     sinetti.example/acme+6a07c4e9"]),
            ("rotation", "vkey2", ["sinetti.example/acme+6a07c4e9, the one given", "Signed by     sinetti.example/acme+6a07c4e9"]),
            ("restored", "vkey", ["sinetti.example/acme/2 verifies", "lost are facts 3 – 4 (sinetti.example/acme)"]),
            ("restored", "vkey2", ["sinetti.example/acme/2+9a2575fa, the one given"])):
        ran = t.run("verify", VECTORS / name, "--key", key(name, which), code=0)
        for line in lines + ["Whether others were shown another history.", "Whether what was recorded is true"]:
            t.has(ran.out, line)
        t.equal(ran.err, "")
    ran = t.run("verify", VECTORS / "rotation", "--key", (VECTORS / "rotation/vkey").read_text().strip(), "--lang", "fi", code=0)
    t.has(ran.out, "pitää paikkansa")
    t.has(ran.out, "tarkistettu: 6 / 7; hävitetty: 1; luovuttamatta: 0")
    t.equal(t.run("verify", VECTORS / "rotation", "--key", key("rotation"), "--quiet", code=0).out, "")


def test_json(t):
    got = t.run("verify", VECTORS / "rotation", "--key", key("rotation"), "--format", "json", code=0).json()
    t.equal((got["verified"], got["wrong"], got["head"]["size"], got["facts_checked"]), (True, None, 7, 7))
    t.equal(got["bodies"], {"checked": 6, "erased": 1, "not_handed_over": 0, "still_there": 0, "missing_bundles": 0})
    t.equal([h["fact"] for h in got["handovers"]], [5])
    t.equal(got["key_trusted"], (VECTORS / "rotation/vkey2").read_text().strip())
    t.equal(got["not_checked"], ["other_history", "erased_bodies", "truth"])
    got = t.run("verify", VECTORS / "tiles", "--key", key("rotation", "vkey2"), "--format", "json", code=1).json()
    t.equal((got["verified"], got["wrong"]["file"], "fact" in got["wrong"]), (False, "checkpoint", False))


def test_names_what_is_wrong(t):
    folder = copy(t, "rotation")
    bundle = folder / "bodies/000.p/7"
    bundle.write_bytes(bundle.read_bytes().replace(b"trial", b"TRIAL"))
    ran = t.run("verify", folder, "--key", key("rotation"), code=1)
    t.has(ran.out, "sinetti.example/acme DOES NOT VERIFY")
    t.has(ran.out.replace("\n                ", " "), "bodies/000.p/7, fact 3: body: not what was recorded")
    got = t.run("verify", folder, "--key", key("rotation"), "--format", "json", code=1).json()
    t.equal((got["wrong"]["file"], got["wrong"]["fact"]), ("bodies/000.p/7", 3))
    shutil.rmtree(folder / "bodies")
    ran = t.run("verify", folder, "--key", key("rotation", "vkey2"), code=0)
    t.has(ran.out, "bodies checked: 0 of 7; erased: 0; not handed over: 7")
    t.has(ran.out, "Files of bodies that are missing or may not be read: 1 (bodies/000.p/7).")
    t.has(ran.out, "Rotations and seams whose body is not here, the first: fact 5.")
    (folder / "handover/6").unlink()
    (folder / "tile/0/000.p/7").unlink()
    t.has(t.run("verify", folder, "--key", key("rotation", "vkey2"), code=1).out, "tile/0/000.p/7: missing")


def test_witnesses_and_heads(t):
    folder, witness = copy(t, "tiles"), key("checkpoint", "witness.vkey")
    ran = t.run("verify", folder, "--key", key("tiles"), "--witness", witness, code=1)
    t.has(ran.out, "checkpoint: not cosigned by witness.example/w1+")
    t.has(ran.out, "HAS NOT COSIGNED")
    shutil.copyfile(VECTORS / "checkpoint/cosigned", folder / "checkpoint")
    ran = t.run("verify", folder, "--key", key("tiles"), "--witness", witness, code=0)
    t.has(ran.out, ": 2026-01-01T00:00:00Z")
    t.lacks(ran.out, "another history")
    held = VECTORS / "tiles/checkpoint"
    ran = t.run("verify", VECTORS / "rotation", "--key", key("rotation"), "--held", held, code=0)
    t.has(ran.out.replace("\n                ", " "), "3 facts, and the ledger still begins with them")
    ran = t.run("verify", folder, "--key", key("tiles"), "--held", VECTORS / "rotation/checkpoint", code=1)
    t.has(ran.out.replace("\n                ", " "), "it has 3 facts, the head in")
    t.has(t.run("verify", folder, "--key", key("tiles"), "--held", folder / "vkey", code=3).err, "no checkpoint")


def test_proofs(t):
    proof = VECTORS / "proof/1.tlog-proof"
    ran = t.run("verify", "--proof", proof, "--key", key("proof"), code=0)
    for line in ("fact 1 of 5", "2026-01-01T00:00:01Z", "person:mf4gk3tvoq2xs5lznb7a", '"name":"Ann"'):
        t.has(ran.out, line)
    t.has(t.run("verify", "--proof", VECTORS / "proof/2.tlog-proof", "--key", key("proof"), code=0).out, "not shown")
    got = t.run("verify", "--proof", proof, "--key", key("proof"), "--format", "json", code=0).json()
    t.equal((got["fact"], got["kind"], got["subject"], got["has_body"]), (1, "person", "person:mf4gk3tvoq2xs5lznb7a", True))
    t.has(t.run("verify", "--proof", proof, "--key", key("rotation", "vkey2"), code=1).out, "DOES NOT VERIFY")
    bad = t.dir / "bad.tlog-proof"
    bad.write_bytes(proof.read_bytes().replace(b"index 1", b"index 2"))
    t.has(t.run("verify", "--proof", bad, "--key", key("proof"), code=1).out, "the leaf is that of fact 1, not 2")
    t.run("verify", "--proof", proof, "--key", key("proof"), "--witness", key("checkpoint", "witness.vkey"), code=1)
    t.run("verify", "--proof", t.dir / "nowhere", "--key", key("proof"), code=3)
    large = t.dir / "large"
    with open(large, "wb") as f:
        f.truncate(1 << 36)
    t.has(t.run("verify", "--proof", large, "--key", key("proof"), code=3).err, "over 2097152 bytes")


def test_usage(t):
    folder = VECTORS / "tiles"
    for args in ([folder], ["--key", key("tiles")], ["--key", "x", folder], ["--key", key("checkpoint", "witness.vkey"), folder],
                 ["--key", key("tiles"), "--witness", key("tiles"), folder], ["--key", key("tiles"), folder, folder],
                 ["--key", key("tiles"), "--format", "html", folder], ["--key", key("tiles"), "--lang", "sv", folder],
                 ["--key", key("tiles"), "--timeout", "0", folder], ["--key", key("tiles"), "--proof", folder / "vkey", folder],
                 ["--key", key("tiles"), "--key", key("tiles"), folder], ["--nothing"], ["--key", key("tiles"), "file:///tmp"],
                 ["--key", key("tiles"), "https://user:secret@a.example/x?y"]):
        ran = t.run("verify", *args, code=2)
        t.true(ran.err.startswith("sinetti: ") and not ran.out, ran)
        t.lacks(ran.err, "secret")
    t.run("verify", "--key", "@" + str(t.dir / "nowhere"), folder, code=3)
    t.run("verify", "--key", key("tiles"), t.dir / "nowhere", code=3)
    t.has(t.run("verify", "--key", key("tiles"), t.dir, code=3).err, "there is no ledger here")
    t.has(t.run("verify", "--help", code=0).out, "--witness VKEY")


def test_what_stands_in_place_of_files(t):
    for path in ("checkpoint", "tile/0/000.p/7", "tile/entries/000.p/7", "bodies/000.p/7", "handover/6"):
        folder = copy(t, "rotation")
        file = folder / path
        whole = file.read_bytes()
        file.unlink()
        file.symlink_to(VECTORS / "rotation" / path)
        t.has(t.run("verify", folder, "--key", key("rotation"), code=1).out.replace("\n                ", " "), "%s: a symbolic link" % path)
        file.unlink()
        file.mkdir()
        t.has(t.run("verify", folder, "--key", key("rotation"), code=1).out, "%s: a folder, not a file" % path)
        file.rmdir()
        os.mkfifo(file)
        t.has(t.run("verify", folder, "--key", key("rotation"), code=1).out, "%s: a pipe or a device" % path)
        file.unlink()
        with open(file, "wb") as f:
            f.write(whole)
            f.truncate(1 << 36)
        ran = t.run("verify", folder, "--key", key("rotation"), code=1)
        t.has(ran.out, path)
        t.true(ran.peak < 256 << 20, "%d MiB" % (ran.peak >> 20))
        shutil.rmtree(folder)
    folder = copy(t, "rotation")
    shutil.move(folder / "tile", t.dir / "elsewhere")
    (folder / "tile").symlink_to(t.dir / "elsewhere")
    t.has(t.run("verify", folder, "--key", key("rotation"), code=1).out.replace("\n                ", " "), "a symbolic link")


def test_server(t):
    with serving(files_of(VECTORS)) as (url, asked):
        t.has(t.run("verify", url + "rotation", "--key", key("rotation"), code=0).out, "bodies checked: 6 of 7")
        t.equal(sorted(a[1] for a in asked), ["/rotation/" + p for p in (
            "bodies/000.p/7", "checkpoint", "handover/6", "tile/0/000.p/7", "tile/entries/000.p/7")], "each file once")
        t.equal({a[0] for a in asked}, {"GET"})
        t.true(all(a[2].startswith("sinetti/") for a in asked), asked)
        t.run("verify", url + "restored///", "--key", key("restored"), code=0)
        t.has(t.run("verify", url + "nowhere", "--key", key("tiles"), code=3).err, "there is no ledger here")
        t.has(t.run("verify", url.replace("http:", "https:"), "--key", key("tiles"), code=3).err, "checkpoint: ")
    t.has(t.run("verify", url + "rotation", "--key", key("rotation"), code=3).err, "checkpoint: ")


def test_server_with_rights(t):
    """Who may not read bodies can still verify the rest; who may read nothing is told so."""
    def no_bodies(request):
        if "/bodies/" in request.path:
            answer(request, b"", 403)
        else:
            files_of(VECTORS)(request)
    with serving(no_bodies) as (url, _):
        ran = t.run("verify", url + "erasure", "--key", key("erasure"), code=0)
        t.has(ran.out, "bodies checked: 0 of 5; erased: 0; not handed over: 5")
    with serving(lambda request: answer(request, b"", 401)) as (url, _):
        t.has(t.run("verify", url, "--key", key("tiles"), code=3).err, "checkpoint: the server refuses it (401)")


def test_redirects(t):
    def sent_on(to):
        return lambda request: answer(request, b"", 302, [("Location", to)])
    with serving(files_of(VECTORS)) as (url, _):
        def moved(request):
            answer(request, b"", 301, [("Location", url + "tiles" + request.path)])
        with serving(moved) as (there, _):
            t.run("verify", there, "--key", key("tiles"), code=0)
    secret = t.dir / "secret"
    secret.write_text((VECTORS / "tiles/checkpoint").read_text())
    for to in ("file://%s" % secret, "ftp://127.0.0.1/", "gopher://127.0.0.1/", "/again", "dict://127.0.0.1:1/"):
        with serving(sent_on(to)) as (url, asked):
            t.has(t.run("verify", url, "--key", key("tiles"), "--timeout", "5", code=3).err, "checkpoint: ")
            t.true(len(asked) < 10, asked)


def test_hostile_servers(t):
    def endless(request):
        request.send_response(200)
        request.end_headers()
        for _ in range(1 << 14):
            request.wfile.write(b"x" * (1 << 16))

    def endless_headers(request):
        request.send_response_only(200)
        for i in range(1 << 16):
            request.wfile.write(b"X-%d: %s\r\n" % (i, b"y" * 1000))

    def bomb(request):
        answer(request, gzip.compress(bytes(1 << 28), 9), headers=[("Content-Encoding", "gzip")])

    def cut(request):
        request.send_response(200)
        request.send_header("Content-Length", "1000")
        request.end_headers()
        request.wfile.write(b"sinetti.example/acme\n")
        request.close_connection = True

    def endless_refusal(request):
        request.send_response(404)
        request.end_headers()
        for _ in range(1 << 14):
            request.wfile.write(b"x" * (1 << 16))

    for handler, code, text in ((endless, 1, "checkpoint: over 262144 bytes"), (endless_headers, 3, "checkpoint: "),
                                (bomb, 1, "checkpoint: over 262144 bytes"), (cut, 3, "checkpoint: "),
                                (endless_refusal, 3, "there is no ledger here"),
                                (lambda r: answer(r, b"", 500), 3, "checkpoint: the server answers 500"),
                                (lambda r: answer(r, b"\0\1\2"), 1, "checkpoint: "),
                                (lambda r: r.wfile.write(b"\x1b[2Jnonsense\r\n\r\n"), 3, "checkpoint: ")):
        with serving(handler) as (url, _):
            ran = t.run("verify", url, "--key", key("tiles"), "--timeout", "10", code=code)
            t.has(ran.out + ran.err, text)
            t.lacks(ran.out + ran.err, "\x1b")
            t.true(ran.peak < 256 << 20, "%d MiB" % (ran.peak >> 20))


def test_silent_server(t):
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        s.listen(8)
        ran = t.run("verify", "http://127.0.0.1:%d/x" % s.getsockname()[1], "--key", key("tiles"), "--timeout", "2", code=3)
        t.has(ran.err, "checkpoint: ")


def test_erasure_of_what_is_kept(t):
    """Whatever the body of a kept fact says: its bundle may lack it, an erasure of it may not be there."""
    folder = copy(t, "erasure")
    ran = t.run("verify", folder, "--key", key("erasure"), "--format", "json", code=0).json()
    t.equal(ran["bodies"]["erased"], 1)
    bundle = (folder / "bodies/000.p/5").read_bytes()
    at = 0
    records = []
    while at < len(bundle):
        n = int.from_bytes(bundle[at:at + 4], "big")
        records.append(bundle[at:at + 4 + n])
        at += 4 + n
    records[3] = bytes(4)  # the policy
    (folder / "bodies/000.p/5").write_bytes(b"".join(records))
    got = t.run("verify", folder, "--key", key("erasure"), "--format", "json", code=0).json()
    t.equal((got["bodies"]["erased"], got["bodies"]["not_handed_over"]), (1, 1))
    t.equal(got["not_checked"], ["other_history", "erased_bodies", "bodies_not_handed_over", "truth"])


def test_a_life_of_a_ledger(t):
    """Facts, a new key, and a restoring that lost some: whoever holds the first key or the last follows, and whoever holds a
    head of what was lost is told."""
    def ledger(*args, code=0, data=b""):
        return t.run(*args, "--data", "data", *([] if args[0] == "fact" else ["--signer", "signer"]), code=code, data=data).out

    def add(n):
        ledger("fact", "add", "--batch", "-", data=b"".join(b'{"kind":"note","subject":"org","payload":{"text":"%d"}}\n' % i for i in range(n)))

    def export():
        ledger("ledger", "checkpoint")
        ledger("ledger", "tiles", "tiles")
        return (t.dir / "tiles/checkpoint").read_text()

    def check(*options, code=0):
        return t.run("verify", "tiles", *options, "--format", "json", code=code).json()

    t.run("init", "--origin", "sinetti.example/life", "--data", "data", "--signer", "signer", code=0)
    first = ledger("ledger", "vkey").strip()
    add(300)
    early = t.dir / "early"
    early.write_text(export())
    got = check("--key", first)
    t.equal((got["bodies"]["checked"], got["bodies"]["not_handed_over"]), (got["head"]["size"], 0))
    size = got["head"]["size"]
    ledger("ledger", "rotate-key", "--reason", "yearly")
    second = ledger("ledger", "vkey").strip()
    add(5)
    export()
    got = check("--key", first, "--held", early)
    t.equal((got["key_trusted"], [h["fact"] for h in got["handovers"]], got["head"]["size"]), (second, [size], size + 6))
    t.equal(check("--key", second)["handovers"][0]["trusted"], False)
    for n in (0, size, size + 5):
        (t.dir / "proof").write_text(ledger("ledger", "prove", n))
        t.equal(t.run("verify", "--proof", "proof", "--key", second, "--format", "json", code=0).json()["fact"], n)
    (t.dir / "backups").mkdir()
    t.run("backup", "backups/one", "--data", "data", "--signer", "signer", code=0)
    add(7)
    lost = t.dir / "lost"
    lost.write_text(export())
    t.run("restore", "backups/one", "--reason", "disk", "--data", "data", "--signer", "signer", code=0)
    third = ledger("ledger", "vkey").strip()
    t.true(third.startswith("sinetti.example/life/2+"), third)
    add(2)
    shutil.rmtree(t.dir / "tiles")
    export()
    for key_held in (first, second, third):
        got = check("--key", key_held, "--held", early)
        t.equal((got["key_trusted"], got["head"]["origin"]), (third, "sinetti.example/life/2"))
        t.equal([(h["kind"], h.get("lost_from"), h.get("lost_to")) for h in got["handovers"]],
                [("rotation", None, None), ("restored", size + 6, size + 13)])
    t.has(check("--key", first, "--held", lost, code=1)["wrong"]["text"], "lost has %d" % (size + 13))
    add(20)  # as many again: now the numbers are there, and the facts are others
    export()
    t.has(check("--key", first, "--held", lost, code=1)["wrong"]["text"], "this is another history")

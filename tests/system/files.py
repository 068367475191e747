"""Goal: attachments come whole or not at all, whatever a client, a disk or a process does; they are what they say, and only who may read the item gets them, to be saved."""
import hashlib
import io
import json
import os
import signal
import socket
import struct
import subprocess
import time
import urllib.parse
import zipfile
import zlib

import serving
from serving import AUDITOR, DEVELOPER, EMPLOYEE, MANAGER, SECURITY_OFFICER

PEOPLE = {"Sirkka": [SECURITY_OFFICER], "Mikko": [MANAGER], "Ella": [DEVELOPER], "Aino": [AUDITOR], "Timo": [EMPLOYEE]}
AT = "/registers/audit/items"
PDF = b"%PDF-1.7\n" + b"1 0 obj\n<< >>\nendobj\n" * 50


def png():
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 2, 0, 0, 0)) + chunk(b"IDAT", zlib.compress(b"\0\xff\0\0"))
            + chunk(b"IEND", b""))


def archive(*names, first=None):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as z:
        if first:
            z.writestr(zipfile.ZipInfo("mimetype"), first)
        for name in names:
            z.writestr(name, "x")
    return out.getvalue()


def served(t, **more):
    t.run("init", "--data", "data", "--origin", "test.example/org", code=0)
    return serving.Server(t, t.dir / "data", PEOPLE, **more)


def add(s, who, name, content, kind="application/octet-stream", **headers):
    return s.call(who, "POST", "/files?" + urllib.parse.urlencode({"name": name}), raw=content, Content_Type=kind, **headers)


def added(s, who, name, content):
    return s.expect("POST", "/files", add(s, who, name, content), 201)


def sha(content):
    return hashlib.sha256(content).hexdigest()


def at(item):
    return AT + "/" + item["subject"].split("/")[1]


def kept(t):
    return sorted(p.name for p in (t.dir / "data" / "files").glob("*/*")) if (t.dir / "data" / "files").exists() else []


def incoming(t):
    return os.listdir(t.dir / "data" / "incoming")


def eventually(t, what, expected):
    for _ in range(100):
        if what() == expected:
            break
        time.sleep(0.1)
    t.equal(what(), expected)


def test_from_upload_to_download(t):
    with served(t) as s:
        got = added(s, "Ella", "raportti ä.pdf", PDF)
        t.equal((got["digest"], got["name"], got["type"], got["size"]), (sha(PDF), "raportti ä.pdf", "application/pdf", len(PDF)))
        t.equal((kept(t), incoming(t)), ([sha(PDF)], []))
        item = s.post("Ella", AT, {"title": "Audit 2026", "content": {"attachments": [got["digest"]]}}, 201)
        t.equal([(f["digest"], f["name"], f["size"], f["by"]) for f in item["files"]], [(sha(PDF), "raportti ä.pdf", len(PDF), serving.person_id("Ella"))])
        path = at(item) + "/files/" + got["digest"]
        answer = s.call("Aino", "GET", path)
        t.equal((answer.status, answer.raw), (200, PDF))
        t.equal(answer.headers["Content-Type"], "application/pdf")
        t.has(answer.headers["Content-Disposition"], "attachment; filename=\"raportti .pdf\"; filename*=UTF-8''raportti%20%C3%A4.pdf")
        t.equal(answer.headers["X-Content-Type-Options"], "nosniff")
        t.true(any("sandbox" in one for one in answer.all("Content-Security-Policy")), answer.all("Content-Security-Policy"))
        t.equal(s.call("Aino", "GET", path, If_None_Match=answer.headers["ETag"]).status, 304)
        part = s.call("Aino", "GET", path, Range="bytes=5-8")
        t.equal((part.status, part.raw, part.headers["Content-Range"]), (206, PDF[5:9], "bytes 5-8/%d" % len(PDF)))
        # a version later it is gone from the item, and still there with the version that named it
        tag = s.call("Ella", "GET", at(item)).headers["ETag"]
        item = s.put("Ella", at(item), {"title": "Audit 2026", "content": {}}, If_Match=tag)
        t.equal(item["files"], [])
        t.equal([f["name"] for f in s.get("Aino", at(item) + "/versions/1")["files"]], ["raportti ä.pdf"])
        t.equal(s.call("Aino", "GET", path).raw, PDF)
        # and can be named again by somebody who has not handed it in
        tag = s.call("Mikko", "GET", at(item)).headers["ETag"]
        item = s.put("Mikko", at(item), {"title": "Audit 2026", "content": {"attachments": [got["digest"]]}}, If_Match=tag)
        t.equal(item["files"][0]["by"], serving.person_id("Ella"))
        t.run("fsck", "--data", "data", code=0)


def test_who_may(t):
    with served(t) as s:
        got = added(s, "Ella", "a.txt", b"hello\n")
        t.equal(add(s, None, "a.txt", b"x").status, 401)
        t.equal(add(s, "Aino", "a.txt", b"x").status, 403)
        t.equal(add(s, "Ella", "a.txt", b"x", Sec_Fetch_Site="cross-site").status, 403)
        t.equal(add(s, "Ella", "a.txt", b"x", X_Sinetti="0").status, 403)
        # by its digest alone nobody gets at what another has handed in
        refused = s.post("Mikko", AT, {"title": "Mine", "content": {"attachments": [got["digest"]]}}, 422)
        t.equal([(e["field"], "hand it in" in e["detail"]) for e in refused.json()["errors"]], [("attachments", True)])
        item = s.post("Ella", AT, {"title": "Audit", "content": {"attachments": [got["digest"]]}}, 201)
        other = s.post("Ella", AT, {"title": "Other", "content": {}}, 201)
        path = at(item) + "/files/" + got["digest"]
        t.equal(s.call("Timo", "GET", path).status, 403)
        t.equal(s.call(None, "GET", path).status, 401)
        t.equal(s.call("Aino", "GET", path).status, 200)
        t.equal(s.call("Aino", "GET", at(other) + "/files/" + got["digest"]).status, 404)
        t.equal(s.call("Aino", "GET", at(item) + "/files/" + "0" * 64).status, 404)
        t.equal(s.call("Aino", "GET", at(item) + "/files/../../../config").status, 400)


def test_what_a_file_is(t):
    sheet = archive("[Content_Types].xml", "xl/workbook.xml")
    macros = archive("[Content_Types].xml", "xl/workbook.xml", "xl/vbaProject.bin")
    odt = archive("content.xml", first="application/vnd.oasis.opendocument.text")
    fine = [("a.pdf", PDF, "application/pdf"), ("a.png", png(), "image/png"), ("a.JPG", b"\xff\xd8\xff\xe0abc", "image/jpeg"),
            ("a.webp", b"RIFF\x10\0\0\0WEBPVP8 ", "image/webp"), ("a.txt", "ä\n".encode(), "text/plain"), ("vanha.csv", b"a;b\r\n\xe4;1\r\n", "text/csv"),
            ("a.md", b"# A\n", "text/markdown"), ("a.json", b" {\"a\": 1}", "application/json"), ("a.zip", archive("a"), "application/zip"),
            ("a.xlsx", sheet, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"), ("a.odt", odt, "application/vnd.oasis.opendocument.text"),
            ("x" * 251 + ".txt", b"x", "text/plain")]
    wrong = [("a.html", b"<script>alert(1)</script>"), ("a.svg", b"<svg onload='x'/>"), ("a.exe", b"MZ\x90\0"), ("a.pdf", b"<html>"), ("a.png", PDF),
             ("a.txt", b"MZ\0\0"), ("a.csv", PDF), ("a.json", b"alert(1)"), ("a.xlsx", macros), ("a.docx", sheet), ("a.xlsm", macros), ("a.zip", b"PK\x03\x04rest"),
             ("a", b"text"), ("a.txt", b""), (".txt", b"x"), ("../a.txt", b"x"), ("a\\b.txt", b"x"), ("a\u202egnp.txt", b"x"), ("a\nb.txt", b"x"), ("a\0.txt", b"x"),
             ("x" * 252 + ".txt", b"x"), ("a.txt.", b"x"), ("a\u200b.txt", b"x"), ("", b"x")]
    with served(t) as s:
        for name, content, kind in fine:
            t.equal(added(s, "Ella", name, content)["type"], kind, name)
        before = kept(t)
        for name, content in wrong:
            answer = add(s, "Ella", name, content)
            t.true(answer.status in (400, 422), "%r: %s" % (name, answer))
        said = add(s, "Ella", "a.png", PDF, Accept_Language="fi").json()["detail"]
        t.has(said, "tiedosto")
        eventually(t, lambda: (kept(t), incoming(t)), (before, []))


def raw(s, who, headers, *parts, wait=0.0, read=True):
    """A request by hand; parts of the body with pauses."""
    c = socket.create_connection(("127.0.0.1", s.port), timeout=60)
    head = "POST /api/v1/files?name=a.txt HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nX-Sinetti: 1\r\nSec-Fetch-Site: same-origin\r\nCookie: sinetti=%s\r\nContent-Type: text/plain\r\n%s\r\n\r\n"
    c.sendall((head % (s.port, s.cookies[who], headers)).encode())
    for part in parts:
        c.sendall(part)
        time.sleep(wait)
    if not read:
        return c
    out = b""
    while b"\r\n\r\n" not in out or (b"Content-Length: " in out and len(out.split(b"\r\n\r\n", 1)[1]) < int(out.split(b"Content-Length: ")[1].split(b"\r\n")[0])):
        got = c.recv(65536)
        if not got:
            break
        out += got
    c.close()
    return out


def test_bodies_of_all_shapes(t):
    text = b"all lines are alike\n" * 50000
    with served(t) as s:
        def chunks(content, n=4000):
            return b"".join(b"%x\r\n%s\r\n" % (len(content[i:i + n]), content[i:i + n]) for i in range(0, len(content), n)) + b"0\r\n\r\n"
        t.has(raw(s, "Ella", "Content-Length: %d" % len(text), text).decode(), sha(text))
        t.has(raw(s, "Ella", "Transfer-Encoding: chunked", chunks(text)).decode(), sha(text))
        t.has(raw(s, "Ella", "Transfer-Encoding: chunked", *[b"1\r\n%c\r\n" % c for c in b"slow\n"], b"0\r\n\r\n", wait=0.1).decode(), sha(b"slow\n"))
        t.has(raw(s, "Ella", "Content-Length: 0").decode(), " 400 ")
        t.has(raw(s, "Ella", "Content-Length: 999999999999").decode(), " 413 ")
        before = kept(t)
        # what breaks off, and what is no chunk
        for headers, part in (("Content-Length: 100000", b"x" * 50000), ("Transfer-Encoding: chunked", b"ffff\r\nxxxx"), ("Transfer-Encoding: chunked", b"zz\r\n")):
            raw(s, "Ella", headers, part, read=False, wait=0.2).close()
        # what has no length is refused when it becomes too long, and nothing of it stays
        part = b"%x\r\n" % (1 << 20) + b"y" * (1 << 20) + b"\r\n"
        answer = raw(s, "Ella", "Transfer-Encoding: chunked", *([part] * 101), b"0\r\n\r\n")
        t.true(b" 413 " in answer, answer[:300])
        eventually(t, lambda: incoming(t), [])
        t.equal(kept(t), before)
        # too many of one person at once
        held = [raw(s, "Ella", "Content-Length: 10", b"x", read=False) for _ in range(8)]
        eventually(t, lambda: len(incoming(t)), 8)
        t.has(raw(s, "Ella", "Content-Length: 2", b"xx").decode(), " 503 ")
        t.equal(add(s, "Mikko", "m.txt", b"of another").status, 201)
        for c in held:
            c.close()
        eventually(t, lambda: incoming(t), [])
        t.equal(added(s, "Ella", "a.txt", b"again\n")["size"], 6)


def children(s, name):
    out = []
    for pid in open("/proc/%d/task/%d/children" % (s.child.pid, s.child.pid), encoding="ascii").read().split():
        with open("/proc/%s/comm" % pid, encoding="ascii") as f:
            if f.read().strip() == name:
                out.append(int(pid))
    return out


def test_processes_that_die_in_the_middle(t):
    with served(t) as s:
        c = raw(s, "Ella", "Content-Length: 1000000", b"x" * 300000, read=False)
        eventually(t, lambda: len(incoming(t)), 1)
        os.kill(children(s, "worker")[0], signal.SIGKILL)
        time.sleep(0.5)
        c.sendall(b"x" * 700000)
        said = c.recv(65536).decode()
        t.has(said, " 503 ")
        t.has(said, "nothing was done")
        c.close()
        eventually(t, lambda: incoming(t), [])  # the next worker begins with nothing
        c = raw(s, "Ella", "Content-Length: 1000000", b"x" * 300000, read=False)
        eventually(t, lambda: len(incoming(t)), 1)
        os.kill(children(s, "web")[0], signal.SIGKILL)
        eventually(t, lambda: incoming(t), [])
        c.close()
        for _ in range(100):
            try:
                t.equal(added(s, "Ella", "a.txt", b"and on\n")["size"], 7)
                break
            except OSError:
                time.sleep(0.1)
        t.equal(kept(t), [sha(b"and on\n")])


def test_sent_again(t):
    with served(t) as s:
        for _ in range(2):
            answer = add(s, "Ella", "a.txt", b"once\n", Idempotency_Key="key-1")
            t.equal((answer.status, answer.json()["digest"]), (201, sha(b"once\n")))
        t.equal(answer.headers.get("Idempotent-Replayed"), "true")
        t.equal(add(s, "Ella", "a.txt", b"other\n", Idempotency_Key="key-1").status, 409)


def test_memory_stays_the_same(t):
    content = os.urandom(1 << 20) * 90
    content = b"%PDF-" + content
    # what a sanitizer keeps of memory that was given back is not the program's
    t.env["ASAN_OPTIONS"] = "quarantine_size_mb=1:thread_local_quarantine_size_kb=64"
    with served(t) as s:
        small = added(s, "Ella", "small.txt", b"x")
        item = s.post("Ella", AT, {"title": "Audit", "content": {"attachments": [small["digest"]]}}, 201)
        s.call("Aino", "GET", at(item) + "/files/" + small["digest"])
        time.sleep(3)  # what comes of events is computed

        def resident():
            out = 0
            for name in ("web", "worker"):
                with open("/proc/%d/status" % children(s, name)[0], encoding="ascii") as f:
                    out += sum(int(line.split()[1]) for line in f if line.startswith("VmHWM"))
            return out
        before = resident()
        got = added(s, "Ella", "large.pdf", content)
        t.equal(got["digest"], sha(content))
        tag = s.call("Ella", "GET", at(item)).headers["ETag"]
        s.put("Ella", at(item), {"title": "Audit", "content": {"attachments": [got["digest"]]}}, If_Match=tag)
        t.true(s.call("Aino", "GET", at(item) + "/files/" + got["digest"]).raw == content, "what comes back")
        t.true(resident() - before < 20000, "%d KiB more" % (resident() - before))


def test_by_command(t):
    with served(t) as s:
        token = s.post("Ella", "/me/tokens", {"name": "t", "permissions": ["registers.read", "registers.write"], "until": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 86400))}, 201)["secret"]
        (t.dir / "token").write_text(token, encoding="ascii")
        (t.dir / "bericht.pdf").write_bytes(PDF)
        base = ["--server", "http://127.0.0.1:%d" % s.port, "--token-file", "token"]
        got = json.loads(t.run("api", "files_add", "--file", "bericht.pdf", *base, code=0).out)
        t.equal((got["name"], got["digest"]), ("bericht.pdf", sha(PDF)))
        item = s.post("Ella", AT, {"title": "Audit", "content": {"attachments": [got["digest"]]}}, 201)
        where = ["register=audit", "item=" + item["subject"].split("/")[1], "digest=" + got["digest"]]
        t.run("api", "items_file", *where, "--output", "out.pdf", *base, code=0)
        t.equal((t.dir / "out.pdf").read_bytes(), PDF)
        with open(t.dir / "bericht.pdf", "rb") as stdin:
            done = subprocess.run([t.program, "api", "files_add", "name=stdin.pdf", "--file", "-", *base], cwd=t.dir, env=t.env, stdin=stdin, stdout=subprocess.PIPE, check=True)
        t.equal(json.loads(done.stdout)["name"], "stdin.pdf")
        # what is refused leaves no file
        where[2] = "digest=" + "0" * 64
        t.has(t.run("api", "items_file", *where, "--output", "none.pdf", *base, code=3).err, "404")
        t.true(not (t.dir / "none.pdf").exists(), "nothing is left")
        t.has(t.run("api", "files_add", "name=a.exe", "--file", "bericht.pdf", *base, code=3).err, "422")
        t.run("api", "files_add", "name=a.pdf", *base, code=2)
        t.run("api", "files_add", "--file", "missing", *base, code=2)
        t.run("api", "items_list", "register=audit", "--file", "bericht.pdf", *base, code=2)


def test_fsck_looks_at_files(t):
    with served(t) as s:
        got = added(s, "Ella", "a.txt", b"hello\n")
        s.post("Ella", AT, {"title": "Audit", "content": {"attachments": [got["digest"]]}}, 201)
    t.has(t.run("fsck", "--data", "data", code=0).out, "1 attachment\n")
    path = t.dir / "data" / "files" / got["digest"][:2] / got["digest"]
    path.chmod(0o600)
    path.write_bytes(b"other\n")
    t.has(t.run("fsck", "--data", "data", code=1).out, "not what was handed in")
    path.unlink()
    t.has(t.run("fsck", "--data", "data", code=1).out, "is not here")

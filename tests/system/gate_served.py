"""Goal: while a server runs, it does what hooks and doors ask, with the same answers; whatever becomes of it, a push is done once, or told that nobody knows."""
import concurrent.futures
import fcntl
import os
import pathlib
import shutil
import signal
import socket
import struct
import subprocess
import time

import git_gate
import serving
from git_gate import person


def place(program, at):
    at.mkdir()
    for name in ("sinetti", "sinetti-hook"):
        source = pathlib.Path(program).with_name(name)
        try:
            os.link(source, at / name)
        except OSError:  # another file system
            shutil.copy2(source, at / name)


def worker(server):
    found = subprocess.run(["pgrep", "-P", str(server.child.pid), "-x", "worker"], stdout=subprocess.PIPE, check=False).stdout.split()
    return int(found[0]) if found else 0


def new_worker(t, server, old):
    until = time.monotonic() + 60
    while worker(server) in (0, old):
        t.true(time.monotonic() < until, "no worker comes")
        time.sleep(0.02)
    return worker(server)


def message(*words):
    body = b"".join(w.encode() + b"\0" for w in words)
    return struct.pack(">I", len(body)) + body


def speak(data, raw, descriptors):
    """What the server says to this; "" when it closes."""
    with socket.socket(socket.AF_UNIX) as s:
        s.settimeout(20)
        s.connect(str(data / "gate.sock"))
        socket.send_fds(s, [raw[:4]], list(descriptors))
        s.sendall(raw[4:])
        try:
            head = s.recv(4, socket.MSG_WAITALL)
            return s.recv(struct.unpack(">I", head)[0], socket.MSG_WAITALL) if head else b""
        except ConnectionResetError:
            return b""


def test_does_what_hooks_and_doors_ask(t):
    h = git_gate.Host(t)
    place(t.program, t.dir / "bin")
    t.program = str(t.dir / "bin" / "sinetti")
    pathlib.Path(h.door).write_text("#!/bin/sh\nfor last; do :; done\nSSH_ORIGINAL_COMMAND=\"$last\" exec %s door --data %s --key \"$DOOR_KEY\"\n"
                                    % (t.dir / "bin" / "sinetti-hook", t.dir / "data"), encoding="utf-8")
    work = h.begin()  # without a server
    data, whole, away = t.dir / "data", t.dir / "bin" / "sinetti", t.dir / "bin" / "away"
    (data / "gate.sock").write_text("not ours", encoding="utf-8")  # in its way: no reason not to serve
    with serving.Server(t, data, {}) as s:
        work.commit("c0", {"b.txt": "0\n"}, author=person("ella"))
        code, said = h.push("ella", work, "HEAD:refs/heads/ella/before")
        t.equal(code, 0, said)
        t.has(s.said(), "pushes are slower")
    (data / "gate.sock").unlink()  # it was left alone
    with serving.Server(t, data, {}) as s:
        t.equal((data / "gate.sock").stat().st_mode & 0o777, 0o600)
        whole.rename(away)  # so that it is the server or nobody
        work.commit("c1", {"a.txt": "1\n"}, author=person("ella"))
        t.equal(h.propose("ella", work), 1)
        code, said = h.push("mikko", work, "HEAD:main")
        t.equal(code, 1, said)
        for part in ("refused: refs/heads/main", "without a full review", "refs/for/", "[remote rejected]"):
            t.has(said, part)
        code, said = h.push("mikko", work, "HEAD:main", env={"LANG": "fi_FI.UTF-8"})
        t.has(said, "evätty: refs/heads/main")
        t.equal(h.clone("ella", "c1")[0], 0)
        told = {}
        for who, name in (("tuomo", "acme"), ("tuomo", "none"), ("ella", "none")):
            done = subprocess.run(["git", "ls-remote", "ssh://git@test.example/" + name], env={**t.env, **h.env(who)}, stdout=subprocess.PIPE,
                                  stderr=subprocess.STDOUT, check=False)
            told[who, name] = done.stdout.decode().replace(name, "NAME")
            t.true(done.returncode != 0, told)
        t.has(told["ella", "none"], "sinetti: there is no repository")
        t.equal(len(set(told.values())), 1, told)
        # more at once than it has threads: the others are their hooks' to do
        away.rename(whole)
        def one(i):
            return h.push("ella", work, "HEAD:refs/heads/ella/p%d" % i)
        with concurrent.futures.ThreadPoolExecutor(12) as pool:
            for code, said in pool.map(one, range(12)):
                t.equal(code, 0, said)
        # what is none of its business
        null = os.open("/dev/null", os.O_RDWR)
        env = ["SINETTI_DATA=" + str(data), "SINETTI_REPOSITORY=" + h.repo, "SINETTI_PERSON=" + h.people["ella"]]
        good = message("1", "hook", "pre-receive", str(h.path), "1", str(data), "", *env)
        for raw in (b"", b"GET / HTTP/1.1\r\n\r\n", struct.pack(">I", 1 << 31), message("2", "hook"), message("1", "shell", "id"), good, good[:-1],
                    message("1", "hook", "pre-receive", str(h.path), "-1", str(data), "", *env),
                    message("1", "door", "/elsewhere", "0" * 64, "git-upload-pack 'acme'", "", "")):
            with socket.socket(socket.AF_UNIX) as c:
                c.settimeout(20)
                c.connect(str(data / "gate.sock"))
                c.sendall(raw)
                c.shutdown(socket.SHUT_WR)
                try:
                    t.equal(c.recv(1000), b"", raw)
                except ConnectionResetError:
                    pass
        t.has(speak(data, good, (null, null)).decode(), "yours?")  # and goes away: nothing is done
        elsewhere = message("1", "hook", "pre-receive", str(h.path), "1", str(data), "", "SINETTI_DATA=/elsewhere", *env[1:])
        t.equal(speak(data, elsewhere, (null, null)), b"")
        # all threads waiting for somebody who says no more: a hook does not wait for them
        silent = [socket.socket(socket.AF_UNIX) for _ in range(8)]
        for c in silent:
            c.connect(str(data / "gate.sock"))
            c.sendall(good[:10])
        code, said = h.push("ella", work, "HEAD:refs/heads/ella/q")
        t.equal(code, 0, said)
        for c in silent:
            c.close()
        # one that dies in the middle of it
        old = worker(s)
        with open(h.path / "sinetti.lock", "rb") as held:
            fcntl.flock(held, fcntl.LOCK_EX)
            push = subprocess.Popen(["git", "-C", str(work.path), "push", "ssh://git@test.example/acme", "HEAD:refs/heads/ella/r"], env={**t.env, **h.env("ella")},
                                    stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
            until = time.monotonic() + 60
            while subprocess.run(["pgrep", "-f", "hooks/proc-receive"], stdout=subprocess.DEVNULL, check=False).returncode != 0:
                t.true(time.monotonic() < until, "no proc-receive")
                time.sleep(0.02)
            time.sleep(0.3)
            os.kill(old, signal.SIGKILL)
            said = push.communicate(timeout=60)[0].decode()
            t.true(push.returncode != 0, said)
            t.has(said, "the server broke off")
        old = new_worker(t, s, old)
        t.equal(h.ref("refs/heads/ella/r"), "")
        # at any step
        for i in range(6 if t.soak else 2):
            push = subprocess.Popen(["git", "-C", str(work.path), "push", "-q", "ssh://git@test.example/acme", "HEAD:refs/heads/ella/k%d" % i],
                                    env={**t.env, **h.env("ella")}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            time.sleep(0.1 * (i + 1))
            os.kill(old, signal.SIGKILL)
            push.wait(60)
            old = new_worker(t, s, old)
        code, said = h.push("ella", work, "HEAD:refs/heads/ella/last")
        t.equal(code, 0, said)
    t.true(not (data / "gate.sock").exists(), "its socket is left behind")
    code, said = h.push("ella", work, "HEAD:refs/heads/ella/after")
    t.equal(code, 0, said)
    kinds = git_gate.settled(t)
    t.equal(kinds.count("outcome"), len([d for d in h.facts("decision") if d["payload"]["decision"] == "allowed"]))
    whole.rename(away)  # nobody at all
    code, said = h.push("ella", work, "HEAD:refs/heads/ella/none")
    t.true(code != 0 and "sinetti-hook: " in said, said)

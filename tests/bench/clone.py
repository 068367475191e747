#!/usr/bin/env python3
"""A clone by the server over HTTP, beside git's own programs: nginx with git-http-backend by fcgiwrap (left out where that is not installed), and git-upload-pack at the end of a pipe, as git-shell has it behind sshd.
The pack alone, as curl takes it, and all of git clone --bare; interleaved, medians. usage: tests/bench/clone.py SINETTI [ROUNDS [MB]]"""
import base64
import contextlib
import hashlib
import os
import pathlib
import re
import shutil
import socket
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time

ONLY = '["code.read","code.write"]'


def run(*args, cwd=None, env=None, data=None):
    done = subprocess.run(list(map(str, args)), cwd=cwd, env=env, input=data, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    if done.returncode:
        sys.exit("%s: %s" % (" ".join(map(str, args)), done.stdout.decode(errors="replace")[:2000]))
    return done.stdout.decode(errors="replace")


def make(at, env, megabytes):
    """Files of which little can be packed, and some history of small ones."""
    work = at / "work"
    run("git", "init", "-q", "-b", "main", work, env=env)
    for i in range(megabytes):
        (work / ("large%d" % i)).write_bytes(os.urandom(1 << 20))
    for i in range(20):
        for k in range(50):
            (work / ("f%d.c" % k)).write_text("int f%d(void) { return %d; }\n" % (k, i), encoding="utf-8")
        run("git", "add", "-A", cwd=work, env=env)
        run("git", "-c", "user.name=Dev", "-c", "user.email=dev@example.org", "commit", "-qm", "change %d" % i, cwd=work, env=env)
    return work


def token(data, person):
    """As one that was made in a browser: its hash alone is kept."""
    secret = base64.urlsafe_b64encode(os.urandom(32)).decode().rstrip("=")
    digest = hashlib.sha256(len("secret").to_bytes(8, "big") + b"secret" + secret.encode()).digest()
    now = int(time.time())
    with sqlite3.connect(data / "state.db", timeout=30) as db:
        db.execute("INSERT INTO token VALUES (?, ?, ?, 'bench', 'snt_', ?, ?, ?, ?)", (digest, "b" * 20, person, ONLY, now, now + 86400, now))
    db.close()
    return "snt_" + secret


@contextlib.contextmanager
def ours(sinetti, data):
    child = subprocess.Popen([sinetti, "serve", "--data", data, "--http", "--listen", "127.0.0.1:0", "--access-log", "/dev/null"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    try:
        yield int(re.search(r":(\d+)/", child.stdout.readline().decode()).group(1))
    finally:
        child.terminate()
        child.wait()
        child.stdout.close()


@contextlib.contextmanager
def theirs(at, path):
    """The port of nginx before git-http-backend; None where it cannot be had."""
    wrap = shutil.which("fcgiwrap", path="/usr/sbin:/usr/bin")
    if not wrap or not os.path.exists("/usr/sbin/nginx"):
        yield None
        return
    where = at / "nginx"
    where.mkdir()
    os.chmod(at, 0o755)
    (where / "git").mkdir()
    (where / "git" / "bench.git").symlink_to(path)
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        port = s.getsockname()[1]
    (where / "conf").write_text("""daemon off; pid %(w)s/pid; error_log /dev/null; worker_processes auto; user root;
events { worker_connections 1024; }
http { access_log off; %(temp)s
server { listen 127.0.0.1:%(p)d; client_max_body_size 0;
location / { fastcgi_pass unix:%(w)s/socket; fastcgi_buffering off; fastcgi_request_buffering off; fastcgi_param SCRIPT_FILENAME /usr/lib/git-core/git-http-backend;
fastcgi_param GIT_PROJECT_ROOT %(w)s; fastcgi_param GIT_HTTP_EXPORT_ALL 1; fastcgi_param GIT_PROTOCOL $http_git_protocol; fastcgi_param PATH_INFO $uri; fastcgi_param QUERY_STRING $query_string;
fastcgi_param REQUEST_METHOD $request_method; fastcgi_param CONTENT_TYPE $content_type; fastcgi_param CONTENT_LENGTH $content_length; fastcgi_param REMOTE_ADDR 127.0.0.1; } } }
""" % {"w": where, "p": port, "temp": " ".join("%s_temp_path %s/%s;" % (n, where, n) for n in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))}, encoding="utf-8")
    env = {"PATH": "/usr/bin:/bin", "HOME": str(at), "GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": "safe.directory", "GIT_CONFIG_VALUE_0": "*"}
    several = [subprocess.Popen([wrap, "-c", "4", "-s", "unix:%s/socket" % where], env=env, stderr=subprocess.DEVNULL),
               subprocess.Popen(["/usr/sbin/nginx", "-e", "/dev/null", "-c", where / "conf"])]
    time.sleep(0.5)
    try:
        yield port
    finally:
        for child in several:
            child.terminate()
            child.wait()


def packet(text):
    return b"%04x" % (len(text) + 4) + text


def pack_from(url, body, at):
    """Seconds until the whole pack has come."""
    (at / "body").write_bytes(body)
    began = time.perf_counter()
    run("curl", "-sSf", "-o", "/dev/null", "-H", "Git-Protocol: version=2", "-H", "Content-Type: application/x-git-upload-pack-request", "--data-binary", "@%s" % (at / "body"), url)
    return time.perf_counter() - began


def pack_from_pipe(path, body, env):
    began = time.perf_counter()
    child = subprocess.Popen(["git", "upload-pack", "--stateless-rpc", path], stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=dict(env, GIT_PROTOCOL="version=2"))
    child.stdin.write(body)
    child.stdin.close()
    while child.stdout.read(1 << 16):
        pass
    child.wait()
    return time.perf_counter() - began


def clone(url, at, env):
    shutil.rmtree(at / "clone", ignore_errors=True)
    began = time.perf_counter()
    run("git", "clone", "-q", "--bare", url, at / "clone", env=env)
    return time.perf_counter() - began


def main():
    sinetti, rounds, megabytes = pathlib.Path(sys.argv[1]).resolve(), int(sys.argv[2]) if len(sys.argv) > 2 else 7, int(sys.argv[3]) if len(sys.argv) > 3 else 100
    with tempfile.TemporaryDirectory(prefix="sinetti-bench-") as name:
        at = pathlib.Path(name)
        env = dict(os.environ, HOME=name, GIT_CONFIG_NOSYSTEM="1", GIT_SSH_VARIANT="simple", GIT_TERMINAL_PROMPT="0")
        data = at / "data"
        run(sinetti, "init", "--data", data, "--origin", "bench.example/org")
        person = run(sinetti, "people", "add", "Dev", "dev@example.org", "--role", "developer", "--data", data).strip()
        work = make(at, env, megabytes)
        run("git", "clone", "-q", "--bare", work, at / "packed.git", env=env)
        run("git", "-C", at / "packed.git", "repack", "-adq", env=env)
        repository = run(sinetti, "repo", "create", "bench", "--import", at / "packed.git", "--data", data).strip()
        path = data / "hosted" / (repository[5:] + ".git")
        body = (packet(b"command=fetch") + b"0001" + packet(b"ofs-delta") + packet(b"want " + run("git", "--git-dir", path, "rev-parse", "main").strip().encode() + b"\n")
                + packet(b"done\n") + b"0000")
        with ours(sinetti, data) as port, theirs(at, path) as other:
            secret = token(data, person)
            pipe = at / "pipe.sh"
            pipe.write_text("#!/bin/sh\nexec git upload-pack '%s'\n" % path, encoding="utf-8")
            pipe.chmod(0o755)
            places = {"sinetti": "http://x:%s@127.0.0.1:%d/git/bench.git" % (secret, port), "git-shell": "ssh://x/bench"}
            if other:
                places["nginx"] = "http://127.0.0.1:%d/git/bench.git" % other
            else:
                print("clone: fcgiwrap or nginx is not installed: git-http-backend is left out")
            packs, clones = {name: [] for name in places}, {name: [] for name in places}
            for _ in range(rounds):
                for name, url in places.items():
                    packs[name].append(pack_from_pipe(path, body, env) if name == "git-shell" else pack_from(url + "/git-upload-pack", body, at))
                    clones[name].append(clone(url, at, dict(env, GIT_SSH_COMMAND=str(pipe))))
            for what, all_ in (("pack of %d MB" % megabytes, packs), ("clone of it", clones)):
                medians = {name: statistics.median(times) for name, times in all_.items()}
                print("%-16s %s" % (what, "; ".join("%s %.2f s%s" % (name, s, "" if name == "sinetti" else ": ours is %.2f times as fast" % (s / medians["sinetti"])) for name, s in medians.items())))


if __name__ == "__main__":
    main()

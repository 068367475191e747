#!/usr/bin/env python3
"""A push of one small commit to a hosted repository, with a server that runs and without one, beside one to a bare repository with an empty hook and, where it is installed, to gitolite3 with rules for
who may write what; pushes of 3,000 refs; of 10,000 commits, and how long another writer waits meanwhile. Interleaved, medians.
usage: tests/bench/push.py SINETTI [ROUNDS]"""
import base64
import fcntl
import hashlib
import json
import os
import pathlib
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time


def run(*args, cwd=None, env=None, data=None):
    done = subprocess.run(list(map(str, args)), cwd=cwd, env=env, input=data, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    if done.returncode:
        sys.exit("%s: %s" % (" ".join(map(str, args)), done.stdout.decode()[:2000]))
    return done.stdout.decode()


SHELL = "/usr/share/gitolite3/gitolite-shell"
RULES = """repo testing
    RW+ dev/    = dev
    RW  main    = dev
    -   refs/tags/ = @all
"""


def gitolite(at, env):
    """A door into one that lets `dev` write; None where it is not installed."""
    if not shutil.which(SHELL):
        return None
    home = at / "gitolite"
    home.mkdir()
    shutil.copy(at / "key.pub", at / "dev.pub")
    mine = dict(env, HOME=str(home), USER="git")
    run("gitolite", "setup", "-pk", at / "dev.pub", env=mine)
    (home / ".gitolite" / "conf" / "gitolite.conf").write_text(RULES, encoding="utf-8")
    run("gitolite", "compile", env=mine)
    return script(at / "gitolite.sh", 'export HOME=%s SSH_CONNECTION="127.0.0.1 1 127.0.0.1 22" SSH_ORIGINAL_COMMAND="git-receive-pack \'testing\'"\nexec %s dev' % (home, SHELL))


class Waiter(threading.Thread):
    """Takes the log's turnstile again and again, as a writer does, and keeps how long it took at most."""

    def __init__(self, data):
        super().__init__()
        self.files, self.worst, self.over = [open(data / name, "rb+") for name in ("door", "main")], 0.0, False

    def run(self):
        while not self.over:
            began = time.perf_counter()
            for f in self.files:
                fcntl.flock(f, fcntl.LOCK_EX)
            self.worst = max(self.worst, time.perf_counter() - began)
            for f in self.files:
                fcntl.flock(f, fcntl.LOCK_UN)
            time.sleep(0.002)

    def end(self):
        self.over = True
        self.join()
        return self.worst


def commits(work, env, n):
    """n commits upon HEAD, by fast-import."""
    lines = []
    for i in range(n):
        text = "int g%d(void) { return %d; }\n" % (i, i)
        lines.append("commit refs/heads/many\ncommitter Dev <dev@example.org> %d +0000\ndata 2\nx\n%sM 100644 inline g%d.c\ndata %d\n%s" % (
            1700000000 + i, "from HEAD\n" if i == 0 else "", i % 100, len(text), text))
    run("git", "fast-import", "--quiet", cwd=work, env=env, data="".join(lines).encode())


def script(path, text):
    path.write_text("#!/bin/sh\n" + text + "\n", encoding="utf-8")
    path.chmod(0o755)
    return str(path)


def main():
    sinetti, rounds = pathlib.Path(sys.argv[1]).resolve(), int(sys.argv[2]) if len(sys.argv) > 2 else 25
    with tempfile.TemporaryDirectory(prefix="sinetti-bench-") as name:
        at = pathlib.Path(name)
        env = dict(os.environ, HOME=name, GIT_CONFIG_NOSYSTEM="1", GIT_SSH_VARIANT="simple", GIT_AUTHOR_NAME="Dev", GIT_AUTHOR_EMAIL="dev@example.org",
                   GIT_COMMITTER_NAME="Dev", GIT_COMMITTER_EMAIL="dev@example.org")
        data = at / "data"
        run(sinetti, "init", "--data", data, "--origin", "bench.example/org")
        person = run(sinetti, "people", "add", "Dev", "dev@example.org", "--role", "developer", "--data", data).strip()
        run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", at / "key")
        kind, text = (at / "key.pub").read_text(encoding="utf-8").split()[:2]
        finger = hashlib.sha256(base64.b64decode(text)).hexdigest()
        run(sinetti, "fact", "add", "key", person, "--payload", "-", "--data", data,
            data=json.dumps({"fingerprint": finger, "type": "ssh", "public": kind + " " + text, "state": "added"}).encode())
        run(sinetti, "repo", "create", "bench", "--data", data)
        for point in ("code-review-rules/rules-enforced", "source-code-management/need-to-know"):
            run(sinetti, "fact", "add", "policy", "obligation:" + point, "--payload", "-", "--data", data,
                data=json.dumps({"mode": "block", "parameters": [], "tolerance": 0, "effective_at": 0, "reason": "bench"}).encode())
        run("git", "init", "-q", "--bare", at / "plain.git", env=env)
        script(at / "plain.git" / "hooks" / "pre-receive", "cat >/dev/null")
        door = script(at / "gate.sh", 'for last; do :; done\nSSH_ORIGINAL_COMMAND="$last" exec %s-hook door --data %s --key %s' % (sinetti, data, finger))
        doors = {"gate": door,
                 "empty hook": script(at / "plain.sh", "exec git receive-pack %s" % (at / "plain.git"))}
        if (third := gitolite(at, env)):
            doors["gitolite3"] = third
        run("git", "init", "-q", "-b", "main", at / "work", env=env)
        work = at / "work"
        for i in range(50):
            (work / ("f%d.c" % i)).write_text("int f%d(void) { return %d; }\n" % (i, i), encoding="utf-8")
        run("git", "add", "-A", cwd=work, env=env)
        run("git", "commit", "-qm", "first", cwd=work, env=env)
        for one in doors.values():
            run("git", "push", "-q", "ssh://x/bench", "main", cwd=work, env=dict(env, GIT_SSH_COMMAND=one))
        alone = one_commit(work, env, doors, rounds)["gate"]
        server = subprocess.Popen([sinetti, "serve", "--data", data, "--http", "--listen", "127.0.0.1:0"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        server.stdout.readline()
        try:
            with_server(work, env, data, doors, rounds, alone)
        finally:
            server.terminate()
            server.wait()


def one_commit(work, env, doors, rounds):
    """Medians in milliseconds."""
    times = {name: [] for name in doors}
    for i in range(rounds):
        (work / "f1.c").write_text("int f1(void) { return %d; }\n" % time.time_ns(), encoding="utf-8")
        run("git", "commit", "-qam", "change %d" % i, cwd=work, env=env)
        for name, door in doors.items():
            began = time.perf_counter()
            run("git", "push", "-q", "ssh://x/bench", "HEAD:refs/heads/dev/x", cwd=work, env=dict(env, GIT_SSH_COMMAND=door))
            times[name].append(time.perf_counter() - began)
    return {name: statistics.median(all_) * 1000 for name, all_ in times.items()}


def with_server(work, env, data, doors, rounds, alone):
    medians = one_commit(work, env, doors, rounds)
    print("push of one commit: gate %.1f ms, empty hook %.1f ms: %.1f ms more, %.2f times; without a server %.1f ms" % (
        medians["gate"], medians["empty hook"], medians["gate"] - medians["empty hook"], medians["gate"] / medians["empty hook"], alone))
    print("  gitolite3: %s" % ("%.1f ms, %.1f ms more than an empty hook" % (medians["gitolite3"], medians["gitolite3"] - medians["empty hook"])
                               if "gitolite3" in medians else "not installed"))
    for i in range(3000):
        (work / ".git" / "refs" / "heads" / "n").mkdir(exist_ok=True)
        (work / ".git" / "refs" / "heads" / "n" / str(i)).write_text(run("git", "rev-parse", "HEAD", cwd=work, env=env) if i == 0 else head, encoding="utf-8")
        if i == 0:
            head = (work / ".git" / "refs" / "heads" / "n" / "0").read_text(encoding="utf-8")
    many = {}
    for name in ("gate", "empty hook"):
        door = doors[name]
        began = time.perf_counter()
        run("git", "push", "-q", "ssh://x/bench", "refs/heads/n/*:refs/heads/n/*", cwd=work, env=dict(env, GIT_SSH_COMMAND=door))
        many[name] = time.perf_counter() - began
    print("push of 3000 refs: gate %.2f s, empty hook %.2f s: %.2f s more" % (many["gate"], many["empty hook"], many["gate"] - many["empty hook"]))
    commits(work, env, 10000)
    waiter = Waiter(data)
    waiter.start()
    began = time.perf_counter()
    run("git", "push", "-q", "ssh://x/bench", "many:refs/heads/dev/many", cwd=work, env=dict(env, GIT_SSH_COMMAND=doors["gate"]))
    print("push of 10000 commits: %.2f s, in which another writer waited at most %.1f ms" % (time.perf_counter() - began, waiter.end() * 1000))


if __name__ == "__main__":
    main()

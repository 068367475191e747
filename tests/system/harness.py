#!/usr/bin/env python3
"""Runs the system tests: each file tests/system/NAME.py has a first line `Goal: …` and functions test_*(t), each with an
empty folder of its own. `t` (class Case) makes repositories, runs the program and says what should be so.
usage: harness.py --sinetti PROGRAM [--soak] [--slow N] [NAME[.test]]...      ends with `N passed, N failed, N skipped`"""
import argparse
import concurrent.futures
import importlib.util
import inspect
import json
import os
import pathlib
import re
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import traceback

import values

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
SHARED = ROOT.parent / "shared"  # read where it is
NOW = 1767225600  # 2026-01-01, the tests' present
DAY = 86400
TIME_LIMIT = 300  # seconds for one run of the program, generous for sanitizers on a busy machine
MEMORY_LIMIT = 1 << 30  # resident bytes, generous for ASan
WORKERS = 2 * (os.cpu_count() or 1)  # servers and their clients wait for one another about half of the time


class Skip(Exception):
    pass


class Fault(AssertionError):
    pass


class Ran:
    """What a run of the program gave."""

    def __init__(self, argv, code, out, err, peak):
        self.argv, self.code, self.raw, self.peak = argv, code, out, peak
        self.out, self.err = out.decode("utf-8", "replace"), err.decode("utf-8", "replace")

    def __str__(self):
        return "%s\nexit code %d\n--- stdout\n%s\n--- stderr\n%s" % (" ".join(map(str, self.argv)), self.code, self.out[-3000:], self.err[-3000:])

    def json(self):
        return json.loads(self.raw)

    def obligation(self, name):
        """One obligation of the JSON report, by TASK/KEY."""
        task, key = name.split("/")
        return [o for t in self.json()["tasks"] if t["key"] == task for o in t["obligations"] if o["key"] == key][0]

    def findings(self):
        """All findings of the JSON report, each with its obligation as TASK/KEY."""
        return [dict(f, of="%s/%s" % (t["key"], o["key"])) for t in self.json()["tasks"] for o in t["obligations"] for f in o["findings"]]

    def places(self):
        """The files that the findings name, each with its obligations."""
        places = {}
        for f in self.findings():
            places.setdefault(f.get("path", f["subject"]), set()).add(f["of"])
        return places


class Repo:
    """A repository with a clock of its own: each commit is an hour after the one before."""

    def __init__(self, case, path, *options):
        self.case, self.path, self.clock = case, pathlib.Path(path), NOW - 300 * DAY
        case.git("init", "-q", "-b", "main", *options, str(path))

    def git(self, *args, data=None, env=None, check=True):
        return self.case.git("-C", str(self.path), *args, data=data, env=env, check=check)

    def write(self, name, content=""):
        path = self.path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    def commit(self, message="change", files=None, author="Ann Aalto <ann@example.org>", committer=None, at=None, options=()):
        """Writes the files given, commits everything; returns the commit."""
        for name, content in (files or {}).items():
            self.write(name, content)
        self.clock = at if at is not None else self.clock + 3600
        name, mail = re.fullmatch(r"(.*) <(.*)>", author).groups()
        other, other_mail = re.fullmatch(r"(.*) <(.*)>", committer or author).groups()
        when = "%d +0200" % self.clock
        env = {"GIT_AUTHOR_NAME": name, "GIT_AUTHOR_EMAIL": mail, "GIT_AUTHOR_DATE": when,
               "GIT_COMMITTER_NAME": other, "GIT_COMMITTER_EMAIL": other_mail, "GIT_COMMITTER_DATE": when}
        self.git("add", "-A")
        self.git("commit", "-q", "--allow-empty", "--allow-empty-message", "--cleanup=verbatim", "-F", "-", *options,
                 data=message.encode() if isinstance(message, str) else message, env=env)
        return self.git("rev-parse", "HEAD").decode().strip()


class Case:
    def __init__(self, folder, program, soak):
        self.dir, self.program, self.soak = pathlib.Path(folder), program, soak
        self.home = self.dir / ".home"
        self.home.mkdir()
        self.env = {"HOME": str(self.home), "PATH": "/usr/bin:/bin:/usr/sbin:/sbin", "LC_ALL": "C.UTF-8", "TZ": "UTC",
                    "GIT_CONFIG_NOSYSTEM": "1", "TMPDIR": str(self.dir / ".tmp")}
        (self.dir / ".tmp").mkdir()
        (self.home / ".gitconfig").write_text(
            "[user]\n name = Ann Aalto\n email = ann@example.org\n[gc]\n auto = 0\n[protocol \"file\"]\n allow = always\n"
            "[maintenance]\n auto = false\n[advice]\n detachedHead = false\n", encoding="utf-8")

    def git(self, *args, data=None, env=None, check=True):
        done = subprocess.run(["git", *args], cwd=self.dir, env={**self.env, **(env or {})}, input=data, stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, check=False)
        if check and done.returncode != 0:
            raise Fault("git %s: %s" % (" ".join(args), done.stderr.decode("utf-8", "replace")))
        return done.stdout

    def repo(self, name="repo", *options):
        return Repo(self, self.dir / name, *options)

    def assess(self, repo, *options, code=0, **more):
        """`sinetti assess` at the tests' present, as JSON."""
        path = repo.path if isinstance(repo, Repo) else repo
        return self.run("assess", "--now", "2026-01-01T00:00:00Z", "--format", "json", *options, path, code=code, **more)

    def run(self, *args, code=None, cwd=None, data=b"", env=None, home=True):
        """Runs `sinetti`. No sanitizer may speak, memory and time are bounded, and nothing stays behind in TMPDIR."""
        argv = [self.program, *map(str, args)]
        out, err = self.dir / ".out", self.dir / ".err"
        with open(out, "wb") as o, open(err, "wb") as e:
            child = subprocess.Popen(argv, cwd=cwd or self.dir, env={**self.env, **(env or {})} if home else env, stdin=subprocess.PIPE, stdout=o, stderr=e)
            try:
                child.stdin.write(data)
                child.stdin.close()
            except BrokenPipeError:
                pass
            peak = self.wait(child, argv)
        ran = Ran(argv, child.returncode, out.read_bytes(), err.read_bytes(), peak)
        if "Sanitizer" in ran.err or "runtime error:" in ran.err or child.returncode < 0:
            raise Fault("a fault inside: %s" % ran)
        if peak > MEMORY_LIMIT:
            raise Fault("%d MiB of memory: %s" % (peak >> 20, ran))
        left = list((self.dir / ".tmp").iterdir())
        if left:
            raise Fault("left behind: %s: %s" % (left, ran))
        if code is not None and ran.code != code:
            raise Fault("exit code %d, not %d: %s" % (ran.code, code, ran))
        return ran

    @staticmethod
    def wait(child, argv):
        """Waits with a limit; returns the peak of resident memory in bytes."""
        def stop(_signal, _frame):
            child.kill()
            raise Fault("longer than %d s: %s" % (TIME_LIMIT, argv))
        signal.signal(signal.SIGALRM, stop)
        signal.alarm(TIME_LIMIT)
        try:
            _, status, usage = os.wait4(child.pid, 0)
        finally:
            signal.alarm(0)
        child.returncode = os.waitstatus_to_exitcode(status)
        return usage.ru_maxrss * 1024

    # what should be so

    @staticmethod
    def equal(got, wanted, what=""):
        if got != wanted:
            raise Fault("%s: %r, not %r" % (what or "got", got, wanted))

    @staticmethod
    def true(value, what):
        if not value:
            raise Fault(str(what))

    @staticmethod
    def has(text, part):
        if part not in text:
            raise Fault("%r is not in:\n%s" % (part, text[-3000:]))

    @staticmethod
    def lacks(text, part):
        if part in text:
            at = text.index(part)
            raise Fault("%r is in: …%r…" % (part, text[max(0, at - 200):at + 200]))

    @staticmethod
    def skip(why):
        raise Skip(why)


def load(path):
    spec = importlib.util.spec_from_file_location(path.stem.replace("-", "_"), path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def spent():
    """Seconds of processors that the processes which have ended took."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime + time.process_time()


def run_one(path, name, program, soak):
    """Returns passed, failed or skipped, why, and the seconds it took: by the clock, and of processors."""
    start, before = time.monotonic(), spent()
    result, why = run_alone(path, name, program, soak)
    return result, why, time.monotonic() - start, spent() - before


def run_alone(path, name, program, soak):
    folder = tempfile.mkdtemp(prefix="sinetti-system-")
    try:
        values.dice.seed(name)  # the same values in each run, whatever ran before
        getattr(load(pathlib.Path(path)), name)(Case(folder, program, soak))
        return "passed", ""
    except Skip as why:
        return "skipped", str(why)
    except Exception as e:  # pylint: disable=broad-except
        return "failed", str(e) if isinstance(e, Fault) else traceback.format_exc()
    finally:
        subprocess.run(["chmod", "-R", "u+rwX", folder], check=False, stderr=subprocess.DEVNULL)
        shutil.rmtree(folder, ignore_errors=True)


def find(wanted):
    found = []
    for path in sorted(HERE.glob("*.py")):
        if path.name in ("browser.py", "harness.py", "oidc_server.py", "receivers.py", "serving.py", "shapes.py", "values.py"):
            continue
        first = path.read_text(encoding="utf-8").split("\n", 1)[0].strip('"')
        if not first.startswith("Goal: "):
            raise SystemExit("%s: its first line is to say `Goal: …`" % path.relative_to(ROOT))
        for name, _ in inspect.getmembers(load(path), inspect.isfunction):
            full = "%s.%s" % (path.stem, name)
            if name.startswith("test_") and (not wanted or path.stem in wanted or full in wanted):
                found.append((str(path), name, full))
    return found


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--sinetti", required=True)
    parser.add_argument("--soak", action="store_true")
    parser.add_argument("--slow", type=int, default=0, metavar="N", help="say which N took longest: by the clock, and of processors")
    parser.add_argument("tests", nargs="*")
    args = parser.parse_args()
    sys.path.insert(0, str(HERE))
    counts, times = {"passed": 0, "failed": 0, "skipped": 0}, []
    program = str(pathlib.Path(args.sinetti).resolve())
    with concurrent.futures.ProcessPoolExecutor(WORKERS) as pool:
        ran = [(full, pool.submit(run_one, path, name, program, args.soak)) for path, name, full in find(set(args.tests))]
        for full, future in ran:
            result, why, took, worked = future.result()
            counts[result] += 1
            times.append((took, worked, full))
            if result != "passed":
                print("system: %s: %s: %s" % (full, result, why), flush=True)
    if args.slow:
        print("system: %.1f s by the clock, %.1f s of processors" % (sum(t[0] for t in times), sum(t[1] for t in times)))
    for took, worked, full in sorted(times, reverse=True)[:args.slow]:
        print("system: %6.1f s %6.1f s  %s" % (took, worked, full))
    print("%(passed)d passed, %(failed)d failed, %(skipped)d skipped" % counts)
    return 1 if counts["failed"] else 0


if __name__ == "__main__":
    sys.exit(main())

#!/usr/bin/env python3
"""Times `sinetti assess` beside git's own commands on the same objects, in the same run. assess does the work of three
of them (walk and diff a year, count the whole history, read each blob) and judges besides.
usage: assess.py SINETTI [REPOSITORY...]     without repositories: two that it makes, of 10^4 and 10^5 commits
Prints a table in Markdown: medians of five runs, in milliseconds, and ratios. Never fails on time."""
import os
import pathlib
import platform
import statistics
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import repositories

RUNS = 5
YEAR = 365 * 86400


def run(argv, stdin=None):
    """Wall-clock milliseconds and peak resident memory in MB."""
    start = time.monotonic()
    with open(stdin or os.devnull, "rb") as given, open(os.devnull, "wb") as nothing:
        child = subprocess.Popen(argv, stdin=given, stdout=nothing)
        _, status, usage = os.wait4(child.pid, 0)
    if status != 0:
        raise SystemExit("%s ended with %d" % (argv, status))
    return (time.monotonic() - start) * 1000, usage.ru_maxrss / 1024


def median(argv, stdin=None):
    results = [run(argv, stdin) for _ in range(RUNS)]
    return statistics.median(r[0] for r in results), max(r[1] for r in results)


def git(repo, *args):
    return subprocess.run(["git", "-C", repo, *args], check=True, capture_output=True).stdout


def measure(sinetti, repo, folder):
    head = git(repo, "rev-parse", "HEAD").decode().strip()
    newest = int(git(repo, "log", "-1", "--format=%ct", head))
    now = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(newest + 1))
    tree = [line.split() for line in git(repo, "ls-tree", "-r", head).splitlines()]
    blobs = os.path.join(folder, "blobs")
    with open(blobs, "wb") as out:
        out.writelines(words[2] + b"\n" for words in tree if words[1] == b"blob")
    halves = [os.path.join(folder, "half%d" % i) for i in range(os.cpu_count() or 1)]
    lines = open(blobs, "rb").readlines()
    for i, half in enumerate(halves):
        with open(half, "wb") as out:
            out.writelines(lines[i::len(halves)])
    cache = os.path.join(folder, "cache")
    base = [sinetti, "assess", "--quiet", "--now", now]
    one = "git -C '%s' cat-file --batch --buffer <'%s' >/dev/null"
    log, _ = median(["git", "-C", repo, "log", "--raw", "--no-renames", "--since=%d" % (newest - YEAR), head])
    cat, _ = median(["sh", "-c", " & ".join(one % (repo, half) for half in halves) + " & wait"])
    count, _ = median(["git", "-C", repo, "-c", "core.commitGraph=false", "rev-list", "--count", head])
    whole, memory = median(base + [repo])
    tree_only, _ = median(base + ["--since", now, repo])
    if os.path.exists(cache):
        os.unlink(cache)
    run(base + ["--cache", cache, repo])
    again, _ = median(base + ["--cache", cache, repo])
    commits = int(git(repo, "rev-list", "--count", head))
    return (os.path.basename(repo.rstrip("/")), commits, len(tree), log, count, cat, whole, whole / (log + count + cat),
            tree_only, tree_only / (count + cat), again, memory)


def main():
    sinetti, repos = os.path.abspath(sys.argv[1]), sys.argv[2:]
    with tempfile.TemporaryDirectory(prefix="sinetti-bench-") as folder:
        if not repos:
            for commits, files in ((10_000, 2_000), (100_000, 10_000)):
                repo = os.path.join(folder, "made-%d" % commits)
                print("making %s" % os.path.basename(repo), file=sys.stderr)
                repositories.make(repo, commits, files)
                repos.append(repo)
        print("assess on %s, %d cores, git %s, median of %d" %
              (platform.machine(), os.cpu_count() or 1, subprocess.run(["git", "version"], capture_output=True, text=True,
                                                                         check=True).stdout.split()[2], RUNS))
        print()
        print("| repository | commits | files | git log, a year | git rev-list --count | git cat-file, all cores | assess | "
              "of the three | without history | of the last two | again with cache | peak MB |")
        print("|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|")
        for repo in repos:
            print("| %s | %d | %d | %.0f | %.0f | %.0f | %.0f | %.2f | %.0f | %.2f | %.0f | %.0f |" % measure(sinetti, repo, folder),
                  flush=True)


if __name__ == "__main__":
    main()

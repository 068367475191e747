#!/usr/bin/env python3
"""Runs all tests, and ends with `N passed, N failed[, N skipped]`. The program is built with ASan and UBSan in build-test,
the fuzz targets with clang in build-fuzz.
usage: tests/run.py [--soak] [unit|shipped|rules|system|browser|fuzz]...   --soak: the long versions of the long tests"""
import argparse
import concurrent.futures
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
BUILD, FUZZ, SHIPPED = ROOT / "build-test", ROOT / "build-fuzz", ROOT / "build-lint"
PROGRAM = BUILD / "src" / "sinetti"
CORES = os.cpu_count() or 1
# Tests of servers wait for one another about half of the time, so twice as many run at once (here and in tests/system/harness.py).
FUZZ_SECONDS, FUZZ_SECONDS_SOAK = 4, 600


class Tally:
    def __init__(self):
        self.passed = self.failed = self.skipped = 0

    def add(self, passed=0, failed=0, skipped=0):
        self.passed += passed
        self.failed += failed
        self.skipped += skipped

    def __str__(self):
        return "%d passed, %d failed%s" % (self.passed, self.failed, ", %d skipped" % self.skipped if self.skipped else "")


def build(folder, options, env=None):
    """Configures and compiles. The output is shown only when it fails."""
    env = dict(os.environ, **(env or {}))
    for command in ["tools/configure.sh", folder.name] + options, ["ninja", "-C", str(folder)]:
        done = subprocess.run(command, cwd=ROOT, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace")
        if done.returncode != 0:
            print(done.stdout[-8000:])
            print("build: %s does not compile" % folder.name)
            return False
    return True


def build_tests():
    return build(BUILD, ["-Db_sanitize=address,undefined", "-Dwerror=true", "-Dtests=enabled", "-Doptimization=1"])


def build_shipped():
    """The folder is shared with tools/lint.py, which wants the same."""
    return build(SHIPPED, ["-Dwerror=true", "-Dtests=enabled"])


def build_fuzz():
    extra = "-fsanitize=fuzzer-no-link"
    return build(FUZZ, ["-Dfuzz=true", "-Dtests=disabled", "-Db_lundef=false", "-Db_sanitize=address,undefined", "-Dwerror=true",
                        "-Doptimization=1", "-Dc_args=" + extra, "-Dc_link_args=" + extra], {"CC": "clang"})


def unit(tally, soak, folder=BUILD):
    log = folder / "meson-logs" / "testlog.json"
    log.unlink(missing_ok=True)
    subprocess.run(["meson", "test", "-C", str(folder), "--no-rebuild", "--suite", "unit", "--num-processes", str(2 * CORES)]
                   + (["--timeout-multiplier", "30"] if soak else []), env=dict(os.environ, **({"SINETTI_KILLS": "1000"} if soak else {})),
                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
    programs = [json.loads(line) for line in log.read_text(encoding="utf-8").splitlines()] if log.exists() else []
    if not programs:
        print("unit: meson ran no test; try `meson test -C %s`" % folder.name)
        tally.add(failed=1)
    for p in programs:
        out = p.get("stdout") or ""
        groups = "".join(out.split("[==========]")[1::2])  # without the lists of failures at their ends
        ended = {word: len(re.findall(r"^\[\s*%s\s*\] test_" % word, groups, re.M)) for word in ("OK", "FAILED", "SKIPPED")}
        crashed = p["result"] not in ("OK", "SKIP") and not ended["FAILED"]
        tally.add(ended["OK"], ended["FAILED"] + crashed, ended["SKIPPED"])
        for reason in re.findall(r"^skipped: .*", out, re.M):
            print("unit: %s: %s" % (p["name"], reason))
        if p["result"] not in ("OK", "SKIP"):
            print("unit: %s: %s\n%s%s" % (p["name"], p["result"], out[-4000:], (p.get("stderr") or "")[-6000:]))


def shipped(tally, soak):
    unit(tally, soak, SHIPPED)


def rules(tally, _soak):
    done = subprocess.run([str(PROGRAM), "catalog", "check", "catalog"], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          text=True, errors="replace", check=False)
    found = re.search(r"^(\d+) cases of \d+ rules: (\d+) failed, (\d+) rules lack", done.stdout, re.M)
    if not found:
        print(done.stdout[-8000:])
        tally.add(failed=1)
        return
    cases, failed, thin = (int(n) for n in found.groups())
    tally.add(cases - failed, failed + thin or (1 if done.returncode else 0))
    if done.returncode:
        print(done.stdout[-8000:])


def system(tally, soak):
    command = [sys.executable, str(ROOT / "tests" / "system" / "harness.py"), "--sinetti", str(PROGRAM)] + (["--soak"] if soak else [])
    done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, errors="replace", check=False)
    *lines, last = done.stdout.splitlines() or [""]
    for line in lines:
        print(line)
    found = re.fullmatch(r"(\d+) passed, (\d+) failed, (\d+) skipped", last)
    if not found:
        print(last)
        tally.add(failed=1)
        return
    tally.add(*(int(n) for n in found.groups()))


def seeds_of(name):
    """Folders to start from. What the repository holds already is a seed too."""
    here = ROOT / "tests" / "fuzz" / "corpus" / name
    folders = [here] if here.is_dir() else []
    made = FUZZ / "seeds" / name
    sources = {"yaml": ROOT.glob("catalog/*/*/*.yaml"), "catalog_image": [FUZZ / "src" / "catalog.img"],
               "scan": ROOT.glob("tests/vectors/scan/*/*.txt"),
               "signatures": ROOT.glob("tests/vectors/sshsig/*.sig")}.get(name, [])
    made.mkdir(parents=True, exist_ok=True)
    for i, path in enumerate(sorted(sources)):
        shutil.copyfile(path, made / str(i))
    return [str(f) for f in folders + [made]]


def fuzz_one(program, seconds):
    """Old crashes first, each alone; then a search for new ones. Returns passed, failed and what to print."""
    name = program.name[len("fuzz_"):]
    said, passed, failed = [], 0, 0
    env = dict(os.environ, ASAN_OPTIONS="allocator_may_return_null=1", UBSAN_OPTIONS="print_stacktrace=1")
    old = ROOT / "tests" / "fuzz" / "regression" / name
    for path in sorted(old.glob("*")) if old.is_dir() else []:
        done = subprocess.run([str(program), "-timeout=10", str(path)], env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                              text=True, errors="replace", check=False)
        passed, failed = passed + (done.returncode == 0), failed + (done.returncode != 0)
        if done.returncode:
            said.append("fuzz: %s fails again on %s\n%s" % (name, path.relative_to(ROOT), done.stdout[-4000:]))
    corpus, crashes = FUZZ / "corpus" / name, FUZZ / "crashes"
    corpus.mkdir(parents=True, exist_ok=True)
    crashes.mkdir(parents=True, exist_ok=True)
    done = subprocess.run([str(program), str(corpus)] + seeds_of(name) +
                          ["-max_total_time=%d" % seconds, "-max_len=%d" % (1 << 18 if name == "catalog_image" else 1 << 14),
                           "-timeout=20", "-rss_limit_mb=2048", "-artifact_prefix=%s/%s-" % (crashes, name), "-print_final_stats=0"],
                          env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace", check=False)
    if done.returncode == 0:
        return passed + 1, failed, said
    said.append("fuzz: %s\n%s\nfuzz: put the file named above into tests/fuzz/regression/%s/ with the mending" % (name, done.stdout[-6000:], name))
    return passed, failed + 1, said


def fuzz(tally, soak):
    programs = sorted(p for p in (FUZZ / "tests").glob("fuzz_*") if p.is_file() and os.access(p, os.X_OK))
    if not programs:
        print("fuzz: no target was built")
        tally.add(failed=1)
    seconds = FUZZ_SECONDS_SOAK if soak else FUZZ_SECONDS
    with concurrent.futures.ThreadPoolExecutor(CORES) as pool:
        for passed, failed, said in pool.map(lambda p: fuzz_one(p, seconds), programs):
            tally.add(passed, failed)
            for text in said:
                print(text)


def build_pages():
    """The program as it is shipped, with the pages in it."""
    done = subprocess.run(["tools/web.sh"], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace", check=False)
    if done.returncode != 0:
        print(done.stdout[-8000:])
        return False
    return build_shipped()


def browser(tally, _soak):
    command = [sys.executable, str(ROOT / "tests" / "browser" / "browser.py"), "--sinetti", str(SHIPPED / "src" / "sinetti")]
    done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, errors="replace", check=False)
    *lines, last = done.stdout.splitlines() or [""]
    for line in lines:
        print(line)
    found = re.fullmatch(r"(\d+) passed, (\d+) failed, (\d+) skipped", last)
    if not found:
        print(last)
        tally.add(failed=1)
        return
    tally.add(*(int(n) for n in found.groups()))


STAGES = {  # name → what it needs built, what runs it, what it is
    "unit": (build_tests, unit, "functions, room by room"),
    "shipped": (build_shipped, shipped, "the same as they are shipped: optimized, blocks of memory shared"),
    "rules": (build_tests, rules, "the rules' cases"),
    "system": (build_tests, system, "the program on repositories made for it"),
    "browser": (build_pages, browser, "the pages of a running server, in Chromium"),
    "fuzz": (build_fuzz, fuzz, "the parsers on made-up bytes"),
}


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--soak", action="store_true", help="the long versions of the long tests")
    parser.add_argument("stages", nargs="*", metavar="|".join(STAGES), help="default: all")
    args = parser.parse_args()
    for name in args.stages:
        if name not in STAGES:
            parser.error("no such stage: %s" % name)
    total, built = Tally(), {}
    for name in args.stages or STAGES:
        needs, run, what = STAGES[name]
        tally, start = Tally(), time.monotonic()
        if needs not in built:
            print("test: building for %s" % name, flush=True)
            built[needs] = needs()
        if not built[needs]:
            total.add(failed=1)
            continue
        print("test: %s: %s" % (name, what), flush=True)
        run(tally, args.soak)
        print("test: %s: %s (%d s)" % (name, tally, time.monotonic() - start), flush=True)
        total.add(tally.passed, tally.failed, tally.skipped)
    print(total)
    return 1 if total.failed or not total.passed else 0


if __name__ == "__main__":
    sys.exit(main())

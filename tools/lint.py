#!/usr/bin/env python3
"""Looks at the source without running it, and ends with `N passed, N failed`: each check below is one.
usage: tools/lint.py [CHECK]..."""
import concurrent.futures
import hashlib
import os
import pathlib
import re
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
BUILD = ROOT / "build-lint"
CORES = os.cpu_count() or 1
WARN_LINES, MOST_LINES = 500, 800
FLAGS = ["-std=gnu11", "-Isrc", "-Itests/unit", "-Ibuild-lint/src", "-D_GNU_SOURCE", '-DSINETTI_VERSION="0"'] + [
    flag for flag in subprocess.run(["pkg-config", "--cflags-only-I", "libpq"], stdout=subprocess.PIPE, text=True, check=False).stdout.split()]


def flags():
    """For one file alone: as meson has them, with the folders of libraries that stand elsewhere."""
    commands = BUILD / "compile_commands.json"
    text = commands.read_text(encoding="utf-8") if commands.exists() else ""
    return FLAGS + sorted(set(re.findall(r'-I/usr/[^ "]+', text)))


def run(command, cwd=ROOT):
    done = subprocess.run(command, cwd=cwd, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace", check=False)
    return done.returncode, done.stdout


def files(*patterns):
    """Of the work tree, known to git or new."""
    out = run(["git", "ls-files", "--cached", "--others", "--exclude-standard", "--"] + list(patterns))[1]
    return sorted(name for name in set(out.splitlines()) if (ROOT / name).exists())


def each(command_of, names):
    """Runs a command for each name on all cores; returns what the failing ones said."""
    with concurrent.futures.ThreadPoolExecutor(CORES) as pool:
        return [out.strip() or "%s: failed" % name
                for name, (code, out) in zip(names, pool.map(lambda name: run(command_of(name)), names)) if code]


def warnings():
    """everything compiles without a warning, as it is shipped"""
    code, out = run(["tools/configure.sh", BUILD.name, "-Dwerror=true", "-Dtests=enabled"])
    if code:
        return [out[-3000:]]
    code, out = run(["ninja", "-k", "0", "-C", str(BUILD)])
    return ["\n".join(line for line in out.splitlines() if not re.match(r"\[\d+/\d+\] (Comp|Link|Gen)", line))[-6000:]] if code else []


def layout():
    """C is laid out by clang-format"""
    return each(lambda name: ["clang-format", "--dry-run", "--Werror", name], files("*.c", "*.h"))


def layers():
    """rooms use only the rooms below them"""
    code, out = run([sys.executable, "tools/layers.py"])
    return [out] if code else []


def headers():
    """each header compiles alone"""
    return each(lambda name: ["gcc", "-fsyntax-only", "-Wall", "-Wextra", "-Werror", "-Wno-unused-function", "-Wno-unused-variable", "-x", "c"]
                + flags() + ["-include", name, "/dev/null"], [h for h in files("src/*.h", "tests/*.h")])


def length():
    """files have one idea: a word over 500 lines, a stop over 800"""
    said = []
    for name in files("src/*.[ch]", "src/*.sql", "tests/*.[ch]", "tests/*.py", "tools/*.py", "tools/*.sh"):
        lines = len((ROOT / name).read_bytes().splitlines())
        if lines > MOST_LINES:
            said.append("%s: %d lines, the most is %d" % (name, lines, MOST_LINES))
        elif lines > WARN_LINES:
            print("lint: length: %s has %d lines; is it still one idea?" % (name, lines))
    return said


def dead():
    """nothing is exported that the program does not use"""
    code, out = run([sys.executable, "tools/dead.py", str(BUILD)])
    return [out] if code else []


def shell():
    """shell scripts pass shellcheck"""
    scripts = [name for name in files("*")
               if name.endswith(".sh") or ((ROOT / name).is_file() and re.match(rb"#!/bin/(ba)?sh", (ROOT / name).read_bytes()[:20]))]
    return each(lambda name: ["shellcheck", name], scripts)


def python():
    """Python compiles"""
    code = "import ast, sys; [ast.parse(open(name, encoding='utf-8').read(), name) for name in sys.argv[1:]]"
    result, out = run([sys.executable, "-c", code] + files("*.py"))
    return [out] if result else []


def cppcheck():
    """cppcheck finds nothing"""
    code, out = run(["cppcheck", "--enable=warning,performance,portability", "--inline-suppr", "--error-exitcode=1", "--quiet", "-j%d" % CORES,
                     "--std=c11", "--suppress=missingIncludeSystem",
                     # what it cannot see inside jansson.h
                     '-Djson_object_foreach(o,k,v)=while((k="")&&(v=o))', "-Djson_array_foreach(a,i,v)=while((i=0,v=a))"]
                    + FLAGS[1:] + ["src"])
    return [out] if code else []


def includes(name, seen):
    """The file and all headers of ours that it includes, however deep."""
    path = ROOT / name
    if name in seen or not path.exists():
        return seen
    seen.add(name)
    for header in re.findall(r'^\s*#\s*include\s+"([^"]+)"', path.read_text(encoding="utf-8"), re.M):
        includes("src/" + header, seen)
    return seen


def tidy_one(name):
    """A file that was looked at as it is, with the headers and the settings as they are, is not looked at again."""
    key = hashlib.sha256()
    for path in [".clang-tidy"] + sorted(includes(name, set())):
        key.update(path.encode() + b"\0" + (ROOT / path).read_bytes())
    mark = BUILD / "tidy" / key.hexdigest()
    if mark.exists():
        return ""
    code, out = run(["clang-tidy", "--quiet", name, "--"] + flags())
    if code == 0:
        mark.parent.mkdir(parents=True, exist_ok=True)
        mark.touch()
        return ""
    return out


def tidy():
    """clang-tidy finds nothing (.clang-tidy says what is off, and why)"""
    with concurrent.futures.ThreadPoolExecutor(CORES) as pool:
        return [out for out in pool.map(tidy_one, files("src/*.c")) if out]


def web():
    """the pages: types, texts in both languages, accessibility, eslint"""
    pages = ROOT / "web"
    if run(["tools/web.sh", "fetch"])[0]:
        return ["web: what the pages are built with is not there; see `tools/web.sh`"]
    return [out for code, out in (run(["npx", "--no-install", *command], cwd=pages) for command in (
        ["svelte-check", "--fail-on-warnings", "--tsconfig", "./tsconfig.json", "--output", "human"], ["eslint", "--max-warnings", "0", "."])) if code]


CHECKS = [warnings, layout, layers, headers, length, dead, shell, python, cppcheck, tidy, web]


def main():
    wanted = sys.argv[1:]
    unknown = set(wanted) - {check.__name__ for check in CHECKS}
    if unknown:
        sys.exit("lint: no such check: %s (there are %s)" % (" ".join(unknown), " ".join(check.__name__ for check in CHECKS)))
    passed = failed = 0
    for check in CHECKS:
        if wanted and check.__name__ not in wanted:
            continue
        start = time.monotonic()
        said = check()
        for text in said:
            print(text)
        passed, failed = passed + (not said), failed + bool(said)
        print("lint: %s: %s: %s (%d s)" % (check.__name__, check.__doc__, "NO" if said else "yes", time.monotonic() - start), flush=True)
    print("%d passed, %d failed" % (passed, failed))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())

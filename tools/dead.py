#!/usr/bin/env python3
"""Lists what is exported and used nowhere in the program, neither by another file nor by its own. Tests do not count as
users, but what they and its own file use may stay exported. tools/dead.txt names the rooms that are still being built.
usage: tools/dead.py BUILD-FOLDER"""
import collections
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
SRC, WAITING = ROOT / "src", ROOT / "tools" / "dead.txt"


def symbols(path):
    """(name, kind) of each global symbol of an object file"""
    out = subprocess.run(["nm", "-g", "-P", str(path)], stdout=subprocess.PIPE, text=True, check=True).stdout
    return [line.split()[:2] for line in out.splitlines() if line.strip()]


def is_used_at_home(source, name):
    """Whether the file that defines it speaks of it a second time (the compiler may have inlined the call)."""
    return source.exists() and len(re.findall(r"\b%s\b" % re.escape(name), source.read_text(encoding="utf-8"))) > 1


def main():
    build = pathlib.Path(sys.argv[1])
    objects = sorted(build.glob("src/*.p/*.o"))
    if not objects:
        sys.exit("dead: no objects in %s" % build)
    defined, users = collections.defaultdict(set), collections.defaultdict(set)
    for path in objects:
        for name, kind in symbols(path):
            (users if kind == "U" else defined)[name].add(path.name)
    waiting = {line.split(":")[0] for line in WAITING.read_text(encoding="utf-8").splitlines() if line and line[0] != "#"}
    dead, waited = 0, set()
    for name, files in sorted(defined.items()):
        source = SRC / min(files)[:-2].replace("_", "/", 1)
        if name == "main" or users[name] or is_used_at_home(source, name):
            continue
        room = source.relative_to(SRC).parts[0]
        waited.add(room)
        if room not in waiting:
            print("src/%s: nothing uses %s: remove it" % (source.relative_to(SRC), name))
            dead += 1
    for room in sorted(waiting - waited):
        print("tools/dead.txt: all of %s is used by now: take its line out" % room)
        dead += 1
    return 1 if dead else 0


if __name__ == "__main__":
    sys.exit(main())

#!/usr/bin/env python3
"""Lists what is exported and used nowhere in the program, neither by another file nor by its own. Tests do not count as
users, but what they and its own file use may stay exported.
usage: tools/dead.py BUILD-FOLDER"""
import collections
import pathlib
import re
import subprocess
import sys

SRC = pathlib.Path(__file__).resolve().parent.parent / "src"


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
    dead = 0
    for name, files in sorted(defined.items()):
        source = SRC / min(files)[:-2].replace("_", "/", 1)
        if name != "main" and not users[name] and not is_used_at_home(source, name):
            print("src/%s: nothing uses %s: remove it" % (source.relative_to(SRC), name))
            dead += 1
    return 1 if dead else 0


if __name__ == "__main__":
    sys.exit(main())

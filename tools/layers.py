#!/usr/bin/env python3
"""Checks that every #include in src/ follows tools/layers.txt.
usage: tools/layers.py"""
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
SRC = ROOT / "src"
LAYERS = ROOT / "tools" / "layers.txt"


def read_layers(faults):
    """room → the rooms it may use"""
    uses = {}
    for n, line in enumerate(LAYERS.read_text(encoding="utf-8").splitlines(), 1):
        line = line.split("#")[0].strip()
        if not line:
            continue
        where = "%s:%d" % (LAYERS.relative_to(ROOT), n)
        room, _, names = (part.strip() for part in line.partition(":"))
        below = set(uses)
        named = below if names == "all above" else set(names.split()) - {"-"}
        if room in uses:
            faults.append("%s: %s stands here twice" % (where, room))
        for name in sorted(named - below):
            faults.append("%s: %s uses %s, which does not stand above it" % (where, room, name))
        uses[room] = named | {room}
    return uses


def main():
    faults = []
    uses = read_layers(faults)
    for path in sorted(SRC.rglob("*.[ch]")):
        where, room = path.relative_to(ROOT), path.relative_to(SRC).parts[0]
        if path.parent == SRC:
            continue  # the programs themselves use what they like
        if room not in uses:
            faults.append("%s: room %s has no line in tools/layers.txt" % (where, room))
            continue
        for n, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            found = re.match(r'\s*#\s*include\s+"([^"]+)"', line)
            if not found:
                continue
            other = found.group(1).split("/")[0]
            if "/" not in found.group(1) and not (SRC / found.group(1)).exists():
                if found.group(1) not in ("catalog_image.h", "assets_table.h"):  # generated
                    faults.append('%s:%d: include "%s" with its room' % (where, n, found.group(1)))
            elif other not in uses[room]:
                faults.append("%s:%d: %s may not use %s (tools/layers.txt)" % (where, n, room, other))
    for fault in faults:
        print(fault)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())

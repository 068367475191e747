#!/usr/bin/env python3
"""Writes text files as C strings: src/ROOM/NAME.EXT becomes `const char ROOM_NAME_EXT[]`.
usage: embed.py OUTPUT INPUT..."""
import pathlib
import sys


def c_string(text):
    lines = text.splitlines(keepends=True)
    return "\n".join('    "%s"' % line.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") for line in lines)


output, *inputs = sys.argv[1:]
with open(output, "w", encoding="utf-8") as out:
    for name in inputs:
        path = pathlib.Path(name)
        symbol = "_".join([path.parent.name, path.stem, path.suffix[1:]]).replace("-", "_")
        out.write("extern const char %s[];\nconst char %s[] =\n%s;\n\n" % (symbol, symbol, c_string(path.read_text(encoding="utf-8"))))

#!/usr/bin/env python3
"""Puts the built pages together, to be part of the program: their bytes as they are, beside them those made smaller by
brotli and gzip, each content once; and a table of them sorted by path.
usage: assets.py DIST IMAGE TABLE      DIST need not be there: then there are no pages"""
import hashlib
import pathlib
import sys

TYPES = {".html": "text/html; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8", ".svg": "image/svg+xml",
         ".json": "application/json", ".txt": "text/plain; charset=utf-8", ".woff2": "font/woff2", ".png": "image/png", ".ico": "image/x-icon",
         ".webmanifest": "application/manifest+json"}
PACKED = {".br": "br", ".gz": "gzip"}

dist, image, table = map(pathlib.Path, sys.argv[1:])
files = sorted(p for p in dist.rglob("*") if p.is_file()) if dist.is_dir() else []
blob, rows = bytearray(), []


def place(path):
    """Where the bytes of a file are: their offset and how many; (0, 0) when there is none."""
    if not path.is_file():
        return "{0, 0}"
    data = path.read_bytes()
    at = len(blob)
    blob.extend(data)
    return "{%d, %d}" % (at, len(data))


for path in files:
    if path.suffix in PACKED:
        continue
    if path.suffix not in TYPES:
        sys.exit("assets: %s: no type is known for such a file; name it in tools/assets.py" % path)
    name = "/" + path.relative_to(dist).as_posix()
    digest = hashlib.sha256(path.read_bytes()).hexdigest()[:16]
    parts = [place(path)] + [place(path.with_name(path.name + end)) for end in PACKED]
    rows.append('    {"%s", "%s", "%s", %s, {%s}},' % (name, TYPES[path.suffix], digest, "true" if name.startswith("/assets/") else "false",
                                                       ", ".join(parts)))

image.write_bytes(blob)
with open(table, "w", encoding="ascii") as out:
    out.write('#define ASSETS_IMAGE "%s"\n#define ASSETS_N %d\n' % (image.resolve(), len(rows)))
    out.write("static const struct asset assets[ASSETS_N + 1] = {\n%s\n    {0},\n};\n" % "\n".join(rows))

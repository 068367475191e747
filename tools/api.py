#!/usr/bin/env python3
"""Reads the API's files in src/api, says what is wrong in them, and makes what the build and the web need of them.
usage: tools/api.py check            every fault, with file and line
       tools/api.py c OUT            tables for the program (the build does this)
       tools/api.py rights OUT       what each role may do, for the program
       tools/api.py types OUT        types for the web, web/src/api/types.ts
       tools/api.py json OUT         the document as it is served
       tools/api.py inputs           the files it reads
Options: --api DIR (src/api), --catalog DIR (catalog)"""
import argparse
import pathlib
import sys

sys.dont_write_bytecode = True  # nothing is left beside the sources
try:
    from apigen import c_tables, model, page, served, typescript
except ModuleNotFoundError as error:
    sys.exit("api: Python's module %s is missing; `tools/deps.sh build` installs it (Debian: python3-yaml)" % error.name)

ROOT = pathlib.Path(__file__).resolve().parent.parent


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=["check", "c", "rights", "types", "json", "inputs"])
    parser.add_argument("out", nargs="?")
    parser.add_argument("--api", type=pathlib.Path, default=ROOT / "src" / "api")
    parser.add_argument("--catalog", type=pathlib.Path, default=ROOT / "catalog")
    wanted = parser.parse_args()
    if wanted.what == "inputs":
        for pattern in ("*.yaml", "lists/*.sql"):
            for path in sorted(wanted.api.glob(pattern)):
                print(path.relative_to(wanted.api))
        return 0
    kinds = {path.parent.name for path in wanted.catalog.glob("facts/*/schema.yaml")}
    api = model.read(wanted.api, kinds)
    for fault in api.faults.found:
        print("api: %s" % fault, file=sys.stderr)
    if api.faults.found:
        return 1
    if wanted.what == "check":
        print("api: %d operations, no fault" % len(api.operations))
        return 0
    if not wanted.out:
        parser.error("OUT is missing")
    if wanted.what == "c":
        text = c_tables.write(api, served.write(api), page.write(api))
    else:
        text = {"rights": c_tables.permissions, "types": typescript.write, "json": served.write}[wanted.what](api)
    pathlib.Path(wanted.out).write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())

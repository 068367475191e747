"""Goal: what documentation and comments name is there: commands and their options, fields of facts, rooms, tests, files, functions."""
import re
import sqlite3

import harness
import yaml

ROOT = harness.ROOT
PAGES = [ROOT / "README.md", ROOT / "web/README.md"] + sorted((ROOT / "docs").rglob("*.md"))
WITHIN = {("catalog", "import"), ("record", "deploy"), ("ledger", "witness")}  # with a help of their own


def test_commands_and_options(t):
    named = re.findall(r"^  ([a-z-]+)  ", t.run("--help", code=0).out, re.M)
    helps = {(name,): t.run(name, "--help", code=0).out for name in named}
    t.true(len(helps) > 25, named)
    for page in PAGES:
        text = page.read_text(encoding="utf-8")
        fence = re.compile(r"^```\w*\n(.*?)^```", re.M | re.S)
        blocks = "\n".join(fence.findall(text)).replace("\\\n", " ")
        asked = re.findall(r"(?:^|[ /])sinetti ([a-z][^\n#]*)", blocks, re.M) + re.findall(r"`sinetti ([a-z][^`]*)`", fence.sub("", text))
        for line in asked:
            words = re.split(r"\s(?:&&|[|>;])\s?", line)[0].split()
            command = tuple(words[:2]) if tuple(words[:2]) in WITHIN else tuple(words[:1])
            if command not in helps:
                helps[command] = t.run(*command, "--help", code=0).out
            for option in re.findall(r"(?<![\w-])--[a-z][a-z-]*", " ".join(words)):
                t.true(option == "--help" or option in helps[command], "%s: sinetti %s has no %s" % (page.name, " ".join(command), option))


def fields(schema):
    for name, one in (schema.get("properties") or {}).items():
        yield name, name in schema.get("required", [])
        yield from fields(one.get("items", {}))


def test_each_field_of_each_kind_of_fact(t):
    rows = dict(re.findall(r"^\| `([a-z_]+)` \| (.*)$", (ROOT / "docs/formats/subjects.md").read_text(encoding="utf-8"), re.M))
    kinds = sorted((ROOT / "catalog/facts").glob("*/schema.yaml"))
    t.true(len(kinds) > 40, len(kinds))
    for path in kinds:
        kind = yaml.safe_load(path.read_text(encoding="utf-8"))
        row = rows.get(kind["key"], "")
        cells = row.split(" | ")
        t.true(len(cells) >= 4, "subjects.md has no row of %s" % kind["key"])
        t.equal((cells[1], cells[2].split(" ")[0]), ("yes" if kind["kept"] else "no", kind["project"]), kind["key"])
        for name, required in fields(kind["payload"]):
            t.true("`%s`%s" % (name, "" if required else "?") in row, "subjects.md: %s of %s" % (name, kind["key"]))


def test_each_column_that_rules_may_read(t):
    page = (ROOT / "docs/formats/facts.md").read_text(encoding="utf-8")
    db = sqlite3.connect(":memory:")
    db.executescript((ROOT / "src/observe/schema.sql").read_text(encoding="utf-8"))
    views = [name for name, in db.execute("SELECT name FROM sqlite_schema WHERE type = 'view'")]
    t.true(len(views) > 20, views)
    for view in views:
        row = re.search(r"^\| `%s` \|.*\| (.*) \|$" % view, page, re.M)
        t.true(row, "facts.md has no row of %s" % view)
        there = {name for _, name, *_ in db.execute("PRAGMA table_info(%s)" % view)}
        t.equal(set(re.findall(r"`([a-z_]+)`", row.group(1))) ^ there, set(), view)


def test_rooms_tests_and_links(t):
    architecture = (ROOT / "docs/ARCHITECTURE.md").read_text(encoding="utf-8")
    t.equal(sorted(re.findall(r"^\| `([a-z]+)` \|", architecture, re.M)), sorted(p.name for p in (ROOT / "src").iterdir() if p.is_dir()))
    for page in PAGES:
        text = page.read_text(encoding="utf-8")
        for module, test in re.findall(r"`([a-z_]+)\.(test_[a-z_]+)`", text):
            source = ROOT / "tests/system" / (module + ".py")
            t.true(source.exists() and "\ndef %s(" % test in source.read_text(encoding="utf-8"), "%s: %s.%s" % (page.name, module, test))
        for path in re.findall(r"\]\(([^):#]+)\)", text):
            t.true((page.parent / path).exists(), "%s leads to %s" % (page.name, path))
        for path in re.findall(r"`((?:src|docs|tests|tools|catalog)/[\w./-]*\w)`", text):
            if re.search(r"[A-Z]{3}", path):
                continue
            there = (ROOT / path).exists() or (page.parent / path).exists()
            t.true(there, "%s names %s" % (page.name, path))


def test_what_comments_name(t):
    """A function written with its parentheses, a header."""
    comment = re.compile(r"/\*.*?\*/", re.S)
    texts = {path: path.read_text(encoding="utf-8") for path in sorted((ROOT / "src").rglob("*.[ch]"))}
    words = set(re.findall(r"\w+", "\n".join(comment.sub(" ", text) for text in texts.values())))
    headers = {path.name for path in texts} | {str(path.relative_to(ROOT / "src")) for path in texts}
    seen = 0
    for path, text in texts.items():
        for said in comment.findall(text):
            for name in re.findall(r"\b([a-z]\w*_\w+)\(\)", said):
                seen += 1
                t.true(name in words, "%s: there is no %s()" % (path.name, name))
            for name in re.findall(r"(?<![\w./])((?:[a-z]\w*/)?[a-z]\w+\.h)\b", said):
                t.true(name in headers, "%s: there is no %s" % (path.name, name))
    t.true(seen > 100, seen)

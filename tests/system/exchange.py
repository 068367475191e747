"""Goal: items go out to files and come back as they were; what is wrong with a file is said exactly, and then nothing of it is done."""
import csv
import io
import json
import pathlib
import random
import re
import zipfile
import xml.etree.ElementTree

import yaml

from harness import ROOT
from memory import peak

KINDS = {p.stem: yaml.load(p.read_text(encoding="utf-8"), Loader=yaml.BaseLoader) for p in sorted((ROOT / "catalog" / "kinds").glob("*.yaml"))}
ANN, BEN = "ann@example.org", "ben@example.org"


def folder(t, name="data"):
    t.run("init", "--data", name, "--origin", "test.example/org", code=0)
    for person, address in (("Ann Aalto", ANN), ("Ben Berg", BEN), ("Same Name", "same1@example.org")):
        t.run("people", "add", person, address, "--data", name, code=0)


def rows_of(text):
    return list(csv.reader(io.StringIO(text, newline="")))


def put(t, name, text, *options, code=0, data="data"):
    """Imports a CSV file; the report."""
    path = t.dir / "in.csv"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return t.run("record", "import", name, path, "--data", data, "--format", "json", *options, code=code).json()


def faults(report):
    return [(f["line"], f["column"], f["field"], f["text"]) for f in report["faults"]]


def facts(t, data="data"):
    return len(t.run("fact", "list", "--data", data, "--format", "json", code=0).out.splitlines())


# --- what comes out goes in

STRANGE = ["plain", "=1+1", "'=1+1", "''@x", "-5", "+358", "@name", "a;b", "a\\;b\\\\", 'say "hi"', "ä, ö; €", "'", "\\", "# not a note", "  spaces  ", "x|y"]
LONG = STRANGE + ["two\nlines", "=first\n=second", "\ttab"]


def some_value(r, f):
    """A cell of a field, as an export spells it; None: leave it empty."""
    kind = f["type"]
    if isinstance(f.get("choices"), str):  # named elsewhere in the catalog
        return ""
    if kind == "text" and not f.get("many"):
        return r.choice(STRANGE)
    if kind == "text":
        return "; ".join(re.sub(r"([;\\])", r"\\\1", x.strip()) for x in r.sample(["a", "b;c", "d\\", "=e"], 2))
    if kind == "markdown":
        return r.choice(LONG)
    if kind == "number":
        return r.choice(["12", "-12.5", "0"])
    if kind == "date":
        return "2026-0%d-15" % r.randint(1, 9)
    if kind == "duration":
        return str(r.randint(0, 400))
    if kind == "choice":
        keys = [c["key"] for c in f["choices"]]
        return "; ".join(r.sample(keys, 2)) if f.get("many") else r.choice(keys)
    if kind == "checklist":
        return "; ".join(c["key"] for c in f["choices"] if r.random() < 0.7)
    if kind == "yes_no":
        return r.choice(["true", "false"])
    if kind == "person":
        return "; ".join([ANN, BEN]) if f.get("many") else r.choice([ANN, BEN])
    if kind == "table":
        cell = {"text": "=x; y", "markdown": "m", "number": "3", "date": "2026-01-01", "duration": 3, "yes_no": True}
        row = {c["key"]: c["choices"][0]["key"] if c["type"] == "choice" else cell[c["type"]] for c in f["columns"] if c["type"] in cell or c["type"] == "choice"}
        return json.dumps([row], separators=(",", ":"), sort_keys=True)
    return ""  # links, groups, files: there is nothing they could lead to yet


def neutral(cell):
    """As it is written, so that no spreadsheet computes it (a number is no formula)."""
    return "'" + cell if re.match(r"'*[=+\-@\t\r]", cell) else cell


def test_every_kind_comes_back_as_it_was(t):
    folder(t)
    folder(t, "other")
    r = random.Random(5)
    for key, kind in KINDS.items():
        fields = kind["fields"]
        out = io.StringIO(newline="")
        w = csv.writer(out, lineterminator="\r\n")
        w.writerow(["number", "title", "owner", "state", "shows"] + [f["key"] for f in fields])
        first = kind["states"][0]["key"]
        for i in range(6):
            cells = [(f, some_value(r, f)) for f in fields]
            w.writerow([i + 1, neutral("=title %d, of; %s" % (i, key)), r.choice([ANN, BEN, ""]), first, ""]
                       + [c if f["type"] == "number" else neutral(c) for f, c in cells])
        expected = rows_of(out.getvalue())
        fresh = [expected[0]] + [[""] + row[1:] for row in expected[1:]]
        given = io.StringIO(newline="")
        csv.writer(given).writerows(fresh)
        report = put(t, key, given.getvalue())
        t.equal((faults(report), report["counts"]["new"]), ([], 6), key)
        back = t.run("record", "export", key, "--data", "data", code=0).raw.decode()
        t.equal(rows_of(back)[:-1], expected, key)
        t.true(rows_of(back)[-1][0].startswith("# ") and "root" in rows_of(back)[-1][0], key)
        # the same again is nothing new, by number and with the line that tells of it
        again = put(t, key, back)["counts"]
        t.equal((again["unchanged"], again["changed"], again["new"], again["faults"]), (6, 0, 0, 0), key)
        # and somewhere else it is the same
        there = [back_row if i == 0 else [""] + back_row[1:] for i, back_row in enumerate(rows_of(back)[:-1])]
        given = io.StringIO(newline="")
        csv.writer(given).writerows(there)
        put(t, key, given.getvalue(), data="other")
        plain = t.run("record", "export", key, "--data", "other", "--plain", code=0).raw.decode()
        t.equal(rows_of(plain), expected, key)
    t.run("fsck", "--data", "data", code=0)


def test_links_by_number_and_name(t):
    folder(t)
    put(t, "service", "title\nShop\nPay\n")
    report = put(t, "decision", "title\nOne\n")
    t.equal(report["counts"]["new"], 1)
    kind = [k for k, v in KINDS.items() if any(f["type"] == "link" and f["to"] == ["service"] and not f.get("many") for f in v["fields"])][0]
    field = [f["key"] for f in KINDS[kind]["fields"] if f["type"] == "link" and f["to"] == ["service"]][0]
    prefix = KINDS["service"]["prefix"]
    t.equal(put(t, kind, "title,%s\nA,%s-2\n" % (field, prefix))["counts"]["new"], 1)
    out = rows_of(t.run("record", "export", kind, "--data", "data", code=0).out)
    t.equal(out[1][out[0].index(field)], prefix + "-2")
    report = put(t, kind, "title,%s\nB,%s-9\nC,DEC-1\nD,nothing\n" % (field, prefix), code=1)
    t.equal([f[:3] for f in faults(report)], [(2, 2, field), (3, 2, field), (4, 2, field)])


# --- what is wrong is told exactly, and nothing is done

def test_faults_have_line_column_and_field(t):
    folder(t)
    t.run("people", "add", "Ann Aalto-Berg", "ann2@example.org", "--data", "data", code=0)
    put(t, "policy", "title,purpose\nFirst,Why\n")
    before = facts(t)
    text = ("\ufeffnumber;title;owner;state;purpose\r\n"
            ";New one;%s;;fine\r\n"
            "9;Nobody;;;\r\n"
            "1;Moved;;in_force;\r\n"
            ";;;;no title\r\n"
            ";X;carl@example.org;;\r\n"
            ";Y;Nobody At All;;\"two\r\nlines\"\r\n"
            "1;Twice;;;\r\n"
            ";Short;\r\n"
            "x;Z;;;\r\n" % ANN)
    report = put(t, "policy", text, code=1)
    t.equal([f[:3] for f in faults(report)], [
        (3, 1, "number"), (4, 4, "state"), (5, 2, "title"), (6, 3, "owner"), (7, 3, "owner"), (9, 1, "number"), (10, 0, ""), (11, 1, "number")])
    t.equal(report["counts"]["rows"], 9)
    t.equal(facts(t), before)
    for name, text, expected in (
            ("a column", "title,colour\nx,y\n", [(1, 2, "colour", "is no column of this register")]),
            ("twice", "title,title\nx,y\n", [(1, 2, "title", "stands in two columns")]),
            ("no title", "purpose\nx\n", [(1, 0, "title", "new items need a title: no column is called so")]),
            ("a quote", 'title\n"x\n', [(2, 0, "", "a quote (\") that begins a cell is never closed")]),
            ("empty", "", [(1, 0, "", "the file is empty")])):
        t.equal(faults(put(t, "policy", text, code=1)), expected, name)
    t.equal(faults(put(t, "policy", b"title\n\xe4\n", code=1)), [(2, 0, "", "the row is not UTF-8: save the file as CSV in UTF-8")])
    t.equal(facts(t), before)
    # a thousand are told, all are counted
    report = put(t, "policy", "number,title\n" + "77,x\n" * 1500, code=1)
    t.equal((len(report["faults"]), report["counts"]["faults"]), (1000, 1500))


def test_ambiguous_names_are_refused(t):
    folder(t)
    t.run("fact", "add", "person", "person:new", "--data", "data", "--payload", "-", code=0,
          data=json.dumps({"name": "Same Name", "addresses": ["same2@example.org"], "accounts": [], "state": "active"}).encode())
    t.run("fact", "add", "person", "person:new", "--data", "data", "--payload", "-", code=0,
          data=json.dumps({"name": "Gone", "addresses": ["gone@example.org"], "accounts": [], "state": "left"}).encode())
    report = put(t, "policy", "title,owner\na,Same Name\nb,same2@example.org\nc,ben berg\nd,gone@example.org\n", code=1)
    t.equal(faults(report), [(2, 2, "owner", "is the name of several people: write an address"), (5, 2, "owner", "is nobody's address here")])


def test_matched_by_a_field(t):
    folder(t)
    put(t, "release", "title,version\nA,1.0\nB,2.0\nC,2.0\n")
    report = put(t, "release", "title,version,what_for\nA new,1.0,Production\nD,3.0,\n", "--match", "version")
    t.equal((report["counts"]["changed"], report["counts"]["new"]), (1, 1))
    t.equal([(i["change"], i["number"], i["fields"]) for i in report["items"]], [
        ("changed", 1, [{"field": "title", "before": "A", "after": "A new"}, {"field": "what_for", "before": "", "after": "production"}]),
        ("new", 0, [{"field": "title", "before": "", "after": "D"}, {"field": "version", "before": "", "after": "3.0"}])])
    report = put(t, "release", "title,version\nx,2.0\ny,\nz,4\nw,4\n", "--match", "version", code=1)
    t.equal([f[:3] for f in faults(report)], [(2, 2, "version"), (3, 2, "version"), (5, 2, "version")])
    t.equal(faults(put(t, "release", "title\nx\n", "--match", "version", code=1))[0][:3], (1, 0, "version"))
    t.equal(faults(put(t, "release", "title,changes\nx,y\n", "--match", "changes", code=1))[0][:3], (1, 2, "changes"))


def test_columns_that_are_not_there_are_left_alone(t):
    folder(t)
    put(t, "policy", "title,owner,purpose,applies_to\nP,%s,why,all\n" % ANN)
    report = put(t, "policy", "number,purpose\n1,\n")
    t.equal(report["items"][0]["fields"], [{"field": "purpose", "before": "why", "after": ""}])
    shown = t.run("record", "list", "policy", "--data", "data", "--format", "json", code=0).json()["items"][0]
    t.equal((shown["title"], shown["owner_called"], shown["content"]), ("P", ANN, {"applies_to": "all"}))


def test_dry_run_changes_nothing_and_tells_all(t):
    folder(t)
    before = facts(t)
    report = put(t, "policy", "title\na\nb\n", "--dry-run")
    t.equal((report["counts"]["new"], facts(t)), (2, before))
    ran = t.run("record", "import", "policy", t.dir / "in.csv", "--data", "data", "--dry-run", code=0)
    t.true("+ line 2: a" in ran.out and "2 rows: 2 new, 0 changed, 0 unchanged: would be done" in ran.out, "it is there")


# --- for spreadsheet programs

def sheet(raw, number):
    """Rows of texts and numbers, and the whole XML."""
    with zipfile.ZipFile(io.BytesIO(raw)) as z:
        text = z.read("xl/worksheets/sheet%d.xml" % number).decode()
    ns = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
    rows = []
    for row in xml.etree.ElementTree.fromstring(text).iter(ns + "row"):
        cells = {}
        for c in row.iter(ns + "c"):
            value = c.find(ns + "v")
            cells[re.sub(r"\d", "", c.get("r"))] = float(value.text) if value is not None else "".join(x.text or "" for x in c.iter(ns + "t"))
        rows.append(cells)
    return rows, text


def test_workbook(t):
    folder(t)
    put(t, "release", "title,owner,version,released,what_for,documentation\n=1+1,%s,-1,2026-06-30,production,true\n" % ANN)
    raw = t.run("record", "export", "release", "--data", "data", "--format", "xlsx", "--lang", "fi", code=0).raw
    rows, text = sheet(raw, 1)
    t.true("<f>" not in text and 'state="frozen"' in text and "<autoFilter" in text, "it is there")
    letters = dict((v, k) for k, v in rows[0].items())
    t.equal([rows[1][letters[x]] for x in ("Numero", "Nimi", "Omistaja", "Tila", "Versio", "Kohde", "Dokumentaatio ajan tasalla")],
            ["REL-1", "=1+1", ANN, "Luonnos", "-1", "Tuotanto", "kyllä"])
    t.equal(rows[1][letters["Päivä"]], 46203.0)  # 2026-06-30, in days since 1899-12-30
    about = [r["A"] for r in sheet(raw, 2)[0]]
    t.true(about[3].startswith("audit log test.example/org") and about[5].startswith("root "), "it is there")


def test_export_says_filters_and_checkpoint(t):
    folder(t)
    put(t, "policy", "title,owner\na,%s\nb,%s\n" % (ANN, BEN))
    out = t.run("record", "export", "policy", "--data", "data", "--owner", "ben berg", "--format", "json", code=0).json()
    t.equal([i["title"] for i in out["items"]], ["b"])
    t.true(out["filters"].startswith("owner=person:"), "it is there")
    t.equal((out["checkpoint"]["origin"], out["checkpoint"]["events"]), ("test.example/org", facts(t)))


def test_items_one_by_one(t):
    folder(t)
    t.run("record", "put", "policy", "title=Review; always", "owner=Ann Aalto", "purpose==why", "--data", "data", code=0)
    t.run("record", "put", "POL-1", "applies_to=all", "--data", "data", code=0)
    shown = t.run("record", "show", "POL-1", "--data", "data", "--format", "json", code=0).json()
    t.equal((shown["version"], shown["title"], shown["content"]), (2, "Review; always", {"applies_to": "all", "purpose": "=why"}))
    t.true("POL-1     draft" in t.run("record", "list", "POL", "--data", "data", code=0).out, "it is there")
    t.run("record", "put", "POL-1", "colour=red", "--data", "data", code=1)
    t.run("record", "show", "POL-2", "--data", "data", code=3)
    t.run("record", "show", "nothing-1", "--data", "data", code=3)
    t.run("record", "move", "POL-1", "--data", "data", code=2)


def test_many_rows_in_bounded_memory(t):
    folder(t)
    sizes = []
    for n in (1000, 100000 if t.soak else 8000):
        text = io.StringIO(newline="")
        w = csv.writer(text)
        w.writerow(["title", "owner", "version", "changes"])
        for i in range(n):
            w.writerow(["Release %d" % i, ANN, "1.%d" % i, "What changed. " * 10])
        (t.dir / "many.csv").write_text(text.getvalue(), encoding="utf-8")
        sizes.append(peak(t, "record", "import", "release", "many.csv", "--data", "data"))
        t.run("record", "export", "release", "--data", "data", "--output", "out.csv", code=0)
        t.equal(len(rows_of((t.dir / "out.csv").read_text(encoding="utf-8"))), sum((1000, n)[:1 + (n > 1000)]) + 2)
    t.true(sizes[1] < sizes[0] + 60, sizes)
    t.run("fsck", "--data", "data", code=0)

"""Goal: what people keep of lists (saved views), tasks from and into files, and the catalog and its results as others read them."""
import csv

import serving
from serving import AUDITOR, DEVELOPER, MANAGER, SECURITY_OFFICER

PEOPLE = {"Sirkka": [SECURITY_OFFICER], "Mikko": [MANAGER], "Ella": [DEVELOPER], "Aino": [AUDITOR]}


def served(t):
    t.run("init", "--data", "data", "--origin", "test.example/org", code=0)
    t.run("refresh", "--data", "data", code=0)  # so that tasks can be read at once
    return serving.Server(t, t.dir / "data", PEOPLE)


def names(s, who, place="tasks"):
    return [(v["name"], v["own"], v["shared"], v["first"]) for v in s.get(who, "/views?place=" + place)["items"]]


def test_saved_views(t):
    with served(t) as s:
        mine = s.post("Ella", "/views", {"place": "tasks", "name": "Open ones", "query": "status=not_done&sort=due", "first": True}, 201)
        t.equal((mine["query"], mine["own"], mine["shared"], mine["first"], mine["by"]["name"]), ("status=not_done&sort=due", True, False, True, "Ella"))
        at = "/views/" + mine["id"]
        # others neither see nor reach it, whatever their role
        t.equal((names(s, "Sirkka"), names(s, "Ella", "register:change")), ([], []))
        for method, path, body in (("PATCH", at, {"name": "x"}), ("DELETE", at, None), ("PUT", at + "/share", {"shared": True})):
            t.equal(s.call("Sirkka", method, path, body).status, 404, path)
        # sharing is a right of its own
        t.equal(s.call("Ella", "PUT", at + "/share", {"shared": True}).status, 403)
        shared = s.post("Mikko", "/views", {"place": "tasks", "name": "For all", "query": "overdue=true"}, 201)
        s.put("Mikko", "/views/%s/share" % shared["id"], {"shared": True})
        t.equal(names(s, "Ella"), [("Open ones", True, False, True), ("For all", False, True, False)])
        # one may begin with what is shared, and change nothing of it
        s.call("Ella", "PATCH", "/views/" + shared["id"], {"first": True})
        t.equal(names(s, "Ella"), [("Open ones", True, False, False), ("For all", False, True, True)])
        for body in ({"name": "Mine now"}, {"query": ""}, {"name": "Mine now", "first": False}):
            t.equal(s.call("Ella", "PATCH", "/views/" + shared["id"], body).status, 403, body)
        t.equal(s.call("Ella", "DELETE", "/views/" + shared["id"]).status, 403)
        # taken back, it is nobody's first but its owner's
        s.put("Sirkka", "/views/%s/share" % shared["id"], {"shared": False})
        t.equal(names(s, "Ella"), [("Open ones", True, False, False)])
        t.equal(names(s, "Mikko"), [("For all", True, False, False)])
        # names, bounds, words that are no query
        again = s.post("Ella", "/views", {"place": "tasks", "name": "Late", "query": ""}, 201)
        for body, field in (({"name": "Open ones"}, "name"), ({"name": "  "}, "name"), ({"name": "a\u202eb"}, "name"), ({"query": "a=<script>"}, "query"), ({"name": "x" * 81}, "name")):
            refused = s.call("Ella", "PATCH", "/views/" + again["id"], body)
            t.true(refused.status == 422 and field in str(refused), (body, refused.status, str(refused)))
        t.equal(s.call("Ella", "POST", "/views", {"place": "register:../x", "name": "n", "query": ""}).status, 422)
        t.equal(s.call("Ella", "DELETE", at).status, 204)
        t.equal(names(s, "Ella"), [("Late", True, False, False)])
        for i in range(99):
            s.post("Ella", "/views", {"place": "findings", "name": "v%d" % i, "query": ""}, 201)
        full = s.call("Ella", "POST", "/views", {"place": "tasks", "name": "one more", "query": ""})
        t.true(full.status in (409, 413, 422, 429) and "100" in str(full), (full.status, str(full)))


TASKS = """\
Task name;Status;Owner;Priority;Due date;Description;Unit
General rules for reviewing and publishing code;Fully done;ella@example.org;High;2026-12-31;"=HYPERLINK(""x"")";Head office
Turvallisen kehittämisen ohjeistus;Pääosin tehty;Nobody Here;;31.12.2026;;
Backups of laptops;Fully done;;;;;
"""


def test_tasks_from_a_file(t):
    with served(t) as s:
        def send(text, query="", who="Mikko", status=200):
            sent = s.call(who, "POST", "/tasks/import?name=tasks.csv" + query, raw=text, Content_Type="text/csv")
            t.equal(sent.status, status, str(sent))
            return sent.json()

        title = s.get("Mikko", "/tasks/secure-development-guidelines", Accept_Language="fi")["task"]["title"]
        text = TASKS.replace("Turvallisen kehittämisen ohjeistus", title)
        told = send(text)
        t.equal((told["done"], told["changed"], told["unchanged"], told["claims"], told["fault_count"]), (False, 2, 0, 2, 0))
        t.equal([(x["line"], x["text"].split(":")[0]) for x in told["left"]], [
            (1, "a column that is not known"), (4, "no task is called so"), (3, "nobody, or several, who work here are called so")])
        review = next(x for x in told["tasks"] if x["task"] == "code-review-rules")
        t.equal({f["field"]: f["after"] for f in review["fields"]}, {
            "owner": "ella@example.org", "priority": "high", "due": "2026-12-31", "description": '=HYPERLINK("x")', "claim": "fully_done"})
        before = s.get("Mikko", "/tasks/code-review-rules")
        t.equal((before["claim"], before["task"]["owner"]), (None, None))
        # what was told is done, and not what has become of it meanwhile
        s.call("Mikko", "POST", "/tasks/bulk", {"tasks": ["code-review-rules"], "due": "2026-06-01"})
        send(text, "&outcome=" + told["outcome"], status=409)
        told = send(text)
        t.equal(send(text, "&outcome=" + told["outcome"])["done"], True)
        now = s.get("Mikko", "/tasks/code-review-rules")
        t.equal((now["claim"]["status"], now["claim"]["source"], now["claim"]["by"]["name"]), ("fully_done", "tasks.csv", "Mikko"))
        # a claim is no status
        t.equal((now["task"]["status"], now["task"]["assurance"]), (before["task"]["status"], before["task"]["assurance"]))
        t.equal((now["task"]["owner"]["name"], now["task"]["due"][:10], now["process"]), ("Ella", "2026-12-31", '=HYPERLINK("x")'))
        again = send(text)
        t.equal((again["changed"], again["unchanged"], again["claims"]), (0, 2, 0))
        # faults, each with its line: nothing is done, whatever is said
        bad = text.replace("Fully done;ella", "Superb;ella").replace("31.12.2026", "12/31/26") + "General rules for reviewing and publishing code;;;;;;\n"
        wrong = send(bad, "&outcome=" + "0" * 64)
        t.equal([(f["line"], f["field"]) for f in wrong["faults"]], [(2, "status"), (3, "due"), (5, "name")])
        t.equal(wrong["done"], False)
        for broken in ("", "a,b\n1,2\n", "name,name\n", 'name\n"x\n', "name,status\n%s\n" % title, "name\n\xff\x00"):
            t.true(send(broken)["fault_count"] > 0, broken)
        t.equal(s.call("Ella", "POST", "/tasks/import", raw=text, Content_Type="text/csv").status, 403)
    # the same on the folder, and out again: what a spreadsheet would compute is made harmless
    (t.dir / "tasks.csv").write_text(text.replace("High", "Low"), encoding="utf-8")
    t.true("1 tasks would change, 1 unchanged; 0 statuses would be kept" in t.run("import", "tasks", "tasks.csv", "--data", "data", "--dry-run", code=0).out, "dry")
    t.run("import", "tasks", "tasks.csv", "--data", "data", code=0)
    out = t.run("export", "tasks", "--data", "data", code=0).out
    row = next(line for line in out.splitlines() if line.startswith("code-review-rules,"))
    t.true(",not_done," in row and ",ella@example.org,low,2026-12-31," in row and "'=HYPERLINK" in row, row)
    t.true(out.splitlines()[-1].startswith("# tasks exported"), out[-200:])
    # what we wrote is read again and changes nothing: a computed status is not claimed
    (t.dir / "own.csv").write_text(out, encoding="utf-8")
    t.true("0 tasks would change, 24 unchanged; 0 statuses" in t.run("import", "tasks", "own.csv", "--data", "data", "--dry-run", code=0).out, "own")
    (t.dir / "bad.csv").write_text(bad, encoding="utf-8")
    t.true("bad.csv:2: status: is no status" in t.run("import", "tasks", "bad.csv", "--data", "data", code=1).out, "bad")
    t.run("fsck", "--data", "data", code=0)


def test_catalog_and_results_for_others(t):
    import yaml
    t.run("init", "--data", "data", "--origin", "test.example/org", code=0)
    library = yaml.safe_load(t.run("export", "library", code=0).out)
    objects = library["objects"]
    nodes = objects["framework"]["requirement_nodes"]
    urns = {n["urn"] for n in nodes}
    t.equal(len(urns), len(nodes))
    t.equal((sum(not n["assessable"] for n in nodes), all(n["urn"] == n["urn"].lower() for n in nodes)), (24, True))
    t.true(all(n["parent_urn"] in urns for n in nodes if n["assessable"]), "parents")
    known = {r["urn"] for r in objects["reference_controls"]}
    t.true(all(u in known for n in nodes for u in n.get("reference_controls", [])), "reference controls")
    sets = objects["requirement_mapping_sets"]
    t.true(len(sets) >= 5 and len(library["dependencies"]) == len(sets), sets)
    for s in sets:
        t.true(all(m["source_requirement_urn"] in urns and m["relationship"] == "intersect" for m in s["requirement_mappings"]), s["urn"])
        pairs = [(m["source_requirement_urn"], m["target_requirement_urn"]) for m in s["requirement_mappings"]]
        t.equal(len(pairs), len(set(pairs)))
    # our own reader takes it, with every pair
    import shutil
    from harness import ROOT
    shutil.copytree(ROOT / "catalog", t.dir / "own")
    (t.dir / "own.yaml").write_text(t.run("export", "library", code=0).out, encoding="utf-8")
    total = sum(len(s["requirement_mappings"]) for s in sets)
    t.true("%d mapped pairs, %d reference controls" % (total, len(known)) in t.run("catalog", "import", "own.yaml", "--into", "own", code=0).out, total)
    rows = t.run("export", "assessment", "--data", "data", "--plain", code=0).out.splitlines()
    t.equal(len(rows), len(nodes) + 1)
    refs = {n["urn"]: n["ref_id"] for n in nodes}
    # the columns CISO Assistant's import of an assessment reads
    for row in csv.DictReader(rows):
        t.equal((row["ref_id"], row["assessable"] == "true"), (refs[row["urn"]], bool(row["compliance_result"])))
        t.equal(bool(row["requirement_progress"] and row["observations"]), row["assessable"] == "true")
    t.true(all(",not_assessed,to_do,no_evidence," in r for r in rows[1:] if ",true," in r), rows[:4])
    t.run("export", "nothing", code=2)

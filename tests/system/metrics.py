"""Goal: metrics are figures over events: measured now, recorded once a day, computed again for days that are past; one's own need no rebuild, and none is about people."""
import json
import re
import shutil
import time

import serving
from harness import ROOT
from serving import AUDITOR, DEVELOPER, EMPLOYEE, MANAGER, SECURITY_OFFICER, person_id

BAD = {"app/client.py": "import requests\nr = requests.get(url, verify=False)\n"}
GOOD = {"app/client.py": "import requests\nr = requests.get(url)\n"}


def folder(t):
    t.run("init", "--data", "data", "--origin", "test.example/org", code=0)
    return t.dir / "data"


def figures(t, *options):
    out = t.run("metrics", "--data", "data", *options, code=0).out
    return {line.split()[0]: line.rsplit(": ", 1)[-1] for line in out.splitlines()}


def assess(t, repo, *options):
    t.run("assess", "--data", "data", "--quiet", *options, repo.path, code=0)
    t.run("refresh", "--data", "data", "--quiet", code=0)


def test_nothing_to_measure_is_said(t):
    folder(t)
    t.run("refresh", "--data", "data", code=0)
    t.equal(set(figures(t).values()) - {"0.0 % (0/24)", "-"}, {f for f in figures(t).values() if "%" in f} - {"0.0 % (0/24)"})
    t.equal(figures(t)["open_findings"], "-")
    t.equal(figures(t)["data_copies_overdue"], "-")


def test_findings_come_and_go(t):
    folder(t)
    repo = t.repo("app")
    repo.commit("plant", BAD, at=int(time.time()) - 7200)
    assess(t, repo)
    before = figures(t)
    t.true(re.match(r"[1-9]\d* findings$", before["open_findings"]), before["open_findings"])
    t.equal(before["time_to_fix"], "-")
    t.equal(before["repositories_assessed"], "100.0 % (1/1)")
    repo.commit("mend", GOOD, at=int(time.time()) - 3600)
    assess(t, repo)
    after = figures(t)
    t.true(int(after["open_findings"].split()[0]) < int(before["open_findings"].split()[0]), "%r, %r" % (before, after))
    t.true(re.match(r"0\.0 days \(n = [1-9]", after["time_to_fix"]), after["time_to_fix"])
    t.equal(figures(t, "--lang", "fi")["open_findings"].split()[1], "havaintoa")


def test_a_day_is_recorded_once_and_can_be_computed_again(t):
    folder(t)
    repo = t.repo("app")
    repo.commit("plant", BAD, at=int(time.time()) - 7200)
    assess(t, repo)
    t.has(t.run("refresh", "--data", "data", "--record", code=0).out, "metrics of the day: recorded")
    t.has(t.run("refresh", "--data", "data", "--record", code=0).out, "metrics of the day: were there")
    listed = t.run("fact", "list", "--data", "data", "--kind", "measure", "--format", "json", code=0).out.splitlines()
    t.equal(len(listed), 1)
    then = figures(t)
    time.sleep(1.05 - time.time() % 1)  # figures are to the second: what the same second brings counts as before
    repo.commit("mend", GOOD, at=int(time.time()) - 3600)
    assess(t, repo)
    t.true(figures(t)["open_findings"] != then["open_findings"], "mended")
    again = t.run("metrics", "--data", "data", "--recompute", "--all", code=0).out
    t.has(again, "31 days, 30 without a record, 0 figures differ")
    today = time.strftime("%Y-%m-%d", time.gmtime())
    t.has(again, "%s  %-24s recorded %s, recomputed %s" % (today, "open_findings", then["open_findings"], then["open_findings"]))
    t.run("fsck", "--data", "data", code=0)


def test_what_was_recorded_otherwise_is_told(t):
    folder(t)
    t.run("refresh", "--data", "data", "--quiet", code=0)
    zeros = "0" * 64
    payload = {"catalog": zeros, "program": "1", "measures": [{"metric": "open_findings", "rule": zeros, "value": 7000, "numerator": 7, "denominator": 1}]}
    (t.dir / "payload.json").write_text(json.dumps(payload), encoding="utf-8")
    t.run("fact", "add", "measure", "org", "--data", "data", "--payload", "payload.json", code=0)
    ran = t.run("metrics", "--data", "data", "--recompute", code=0)  # somebody typed it in: that is no measure
    t.has(ran.out, "0 figures differ")


def test_ones_own_metric_needs_no_rebuild(t):
    folder(t)
    shutil.copytree(ROOT / "catalog", t.dir / "catalog")
    metrics = t.dir / "catalog" / "metrics"
    (metrics / "projects_open.yaml").write_text(
        'key: projects_open\norder: 900\ntitle: {en: "Projects", fi: "Projektit"}\nsummary: {en: "How many there are.", fi: "Kuinka monta niitä on."}\n'
        'value: count\nunit: {en: "projects", fi: "projektia"}\nbetter: higher\nwindow: 30\nshows: [appsec-metrics/objectives-served]\n', encoding="utf-8")
    sql = metrics / "projects_open.sql"
    head = "-- Evidence: projects that are active.\n-- Blind spots: projects nobody has made.\n"
    sql.write_text(head + "SELECT subject, name, state = 'active' AS part, 1 AS whole, at FROM fact_project", encoding="utf-8")
    ran = t.run("catalog", "check", "catalog", "--only", "projects_open", code=1)
    t.has(ran.out, "LACKS metrics/projects_open: a case with something to measure")
    project = {"kind": "project", "subject": "project:" + "b" * 20, "payload": {"name": "p", "title": "P", "state": "active"}}
    case = {"about": "One.", "day": "2026-06-30T00:00:00Z", "facts": [project], "value": 1}
    (metrics / "cases" / "projects_open--one.json").write_text(json.dumps(case), encoding="utf-8")
    (metrics / "cases" / "projects_open--none.json").write_text(json.dumps({"about": "None.", "day": "2026-06-30T00:00:00Z", "value": None}), encoding="utf-8")
    t.run("catalog", "check", "catalog", "--only", "projects_open", code=0)
    (metrics / "cases" / "projects_open--one.json").write_text(json.dumps(dict(case, value=2)), encoding="utf-8")
    t.has(t.run("catalog", "check", "catalog", "--only", "projects_open", code=1).out, "value is 1000 / 1000")
    (metrics / "cases" / "projects_open--one.json").write_text(json.dumps(case), encoding="utf-8")
    t.run("fact", "add", "project", "project:" + "b" * 20, "--data", "data", "--payload", write(t, project["payload"]), code=0)
    t.run("refresh", "--data", "data", "--catalog", "catalog", code=0)
    t.equal(figures(t, "--catalog", "catalog")["projects_open"], "1 projects")


def write(t, payload):
    path = t.dir / "payload.json"
    path.write_text(json.dumps(payload), encoding="utf-8")
    return path


def test_no_metric_is_about_people(t):
    shutil.copytree(ROOT / "catalog", t.dir / "catalog")
    sql = t.dir / "catalog" / "metrics" / "solo_acts.sql"
    head = "-- Evidence: x.\n-- Blind spots: y.\n"
    for query, fault in (
            ("SELECT subject, name, 1 AS part, 1 AS whole, at FROM fact_person", "the query reads who people are"),
            ("SELECT subject, NULL AS name, 1 AS part, 1 AS whole, NULL AS at FROM fact_person", None),
            ("SELECT 'org' AS subject, actor AS name, 1 AS part, 1 AS whole, at FROM fact_approval", None),
            ("SELECT subject, NULL AS name, 1 AS part, 1 AS whole, at FROM p_approval", "\"p_approval\" is no view for metrics"),
            ("SELECT repository AS subject, NULL AS name, 1 AS part, 1 AS whole, first AS at FROM derived.seen", "\"derived\" is no view for metrics"),
            ("SELECT 'org' AS subject, NULL AS name, random() AS part, 1 AS whole, NULL AS at", "the query calls random"),
            ("SELECT 'org' AS subject, NULL AS name, unixepoch('now') AS part, 1 AS whole, NULL AS at", "reads the machine's clock"),
            ("SELECT 'org' AS subject, NULL AS name, :other AS part, 1 AS whole, NULL AS at", "unknown parameter :other"),
            ("SELECT 'org' AS subject, 1 AS part", "return subject, name, part, whole, at"),
            ("DELETE FROM fact_approval", "mend the SQL")):
        sql.write_text(head + query, encoding="utf-8")
        ran = t.run("catalog", "check", "catalog", "--only", "solo_acts", code=1)
        t.has(ran.out, fault or "FAIL metrics/cases/solo_acts--")
    sql.write_text(head + "SELECT 'person:' || substr(subject, 6) AS subject, NULL AS name, 1 AS part, 1 AS whole, at FROM fact_approval", encoding="utf-8")
    t.has(t.run("catalog", "check", "catalog", "--only", "solo_acts", code=1).out, "its rows are people")


PEOPLE = {"Sirkka": [SECURITY_OFFICER], "Mikko": [MANAGER], "Ella": [DEVELOPER], "Aino": [AUDITOR], "Timo": [EMPLOYEE]}


def served(t):
    folder(t)
    repo = t.repo("app")
    repo.commit("plant", BAD, at=int(time.time()) - 7200)
    assess(t, repo)
    shutil.copytree(ROOT / "catalog", t.dir / "catalog")  # the day is recorded by another query of one metric than the server has
    sql = t.dir / "catalog" / "metrics" / "tasks_done.sql"
    sql.write_text(sql.read_text(encoding="utf-8").replace("status = 'fully_done' AS part", "1 AS part").replace("status <> 'not_relevant' AS whole", "1 AS whole"), encoding="utf-8")
    t.run("refresh", "--data", "data", "--record", "--quiet", "--catalog", "catalog", code=0)
    return serving.Server(t, t.dir / "data", PEOPLE)


def of(s, metric):
    return next(m for m in s.get("Aino", "/metrics")["items"] if m["metric"] == metric)


def wait_for(t, what):
    for _ in range(300):
        found = what()
        if found:
            return found
        time.sleep(0.1)
    return t.true(False, "it did not come")


def in_force(s, subject, content, title="Open findings"):
    register, item = subject[7:].split("/")
    at = "/registers/%s/items/%s" % (register, item)
    seen = s.call("Ella", "GET", at).headers["ETag"]
    s.put("Ella", at, {"title": title, "owner": person_id("Ella"), "content": content}, If_Match=seen)
    for who, move in (("Ella", "submit"), ("Sirkka", "approve")):
        s.post(who, at + "/moves", {"move": move, "digest": s.get(who, at)["digest"]})


def test_from_a_ready_metric_to_a_review(t):
    with served(t) as s:
        now = wait_for(t, lambda: of(s, "open_findings")["now"])
        t.true(now["value"] > 0 and now["value"] == 1000 * now["numerator"], str(now))
        listed = wait_for(t, lambda: s.get("Aino", "/metrics")["days"] and s.get("Aino", "/metrics"))
        t.equal((len(listed["days"]), listed["recorded"]), (1, [True]))
        t.equal(of(s, "data_copies_overdue")["now"], None)
        s.get("Timo", "/metrics", 403)
        s.post("Aino", "/metric-items", {"metrics": ["open_findings"]}, 403)
        s.post("Ella", "/metric-reviews", None, 409)
        begun = s.post("Ella", "/metric-items", {"metrics": ["open_findings", "tasks_done", "open_findings"]})
        t.equal((len(begun["begun"]), begun["there"]), (2, []))
        t.equal(s.post("Mikko", "/metric-items", {"metrics": ["open_findings"]}), {"begun": [], "there": ["open_findings"]})
        s.post("Ella", "/metric-items", {"metrics": ["no_such"]}, 404)
        item = of(s, "open_findings")["items"][0]
        t.equal((item["phase"], item["target"], item["objective"]), ("open", None, None))
        content = {"measure": "open_findings", "objective": "Nothing known stays open", "requirement": "Law", "formula": "Counted", "target": "0", "alarm": "10",
                   "direction": "lower", "cycle": 30}
        register, ident = item["subject"][7:].split("/")
        draft = s.get("Ella", "/registers/%s/items/%s" % (register, ident))
        s.post("Ella", "/registers/%s/items/%s/moves" % (register, ident), {"move": "submit", "digest": draft["digest"]}, 422)  # not before somebody has thought
        in_force(s, item["subject"], content)
        item = of(s, "open_findings")["items"][0]
        t.equal((item["phase"], item["target"], item["alarm"], item["presented"]), ("in_force", "0", "10", None))
        review = s.post("Ella", "/metric-reviews", None)["subject"]
        made = s.get("Ella", "/registers/management_review/items/" + review.split("/")[1])
        t.equal(made["content"]["metrics"], [item["subject"]])
        t.has(made["content"]["observations"], "Open findings: %d (target 0, alarm 10)" % (now["value"] // 1000))
        t.equal(of(s, "open_findings")["items"][0]["presented"], None)  # a draft presents nothing
        in_force(s, review, dict(made["content"], present=[person_id("Sirkka")], decisions=[{"decision": "Mend them"}]), made["title"])
        item = of(s, "open_findings")["items"][0]
        t.equal((item["presented"], item["review"]), (made["content"]["held"], review))
        one = s.get("Aino", "/metrics/open_findings")
        t.equal([r["subject"] for r in one["reviews"]], [review])
        t.has(one["sql"], "FROM repositories r")
        rows = s.get("Aino", "/metrics/open_findings/rows")
        t.equal([(r["name"], r["part"], r["whole"]) for r in rows["items"]], [("app", now["numerator"], 1)])
        days = s.get("Aino", "/metrics/open_findings/days")["items"]
        t.equal([(d["value"], d["figure"], d["rule"]) for d in days], [(now["value"], "%d.000" % now["numerator"], one["rule"])])
        csv = s.call("Aino", "GET", "/metrics/open_findings/days?format=csv").raw.decode()
        t.true(csv.startswith("day,figure,value,"), csv)
        t.has(s.call("Aino", "GET", "/metrics/points_evidenced/rows?format=csv").raw.decode(), "subject,name,part,whole,at\r\nobligation:")
        s.get("Aino", "/metrics/no_such", 404)
        days_again(t, s)


def days_again(t, s):
    """Days that are past, computed again from the page: who may, what is refused, and what differs from the record."""
    today = time.strftime("%Y-%m-%d", time.gmtime())
    wish = {"since": time.strftime("%Y-%m-%d", time.gmtime(time.time() - 2 * 86400)), "until": today}
    t.equal(s.get("Aino", "/metric-recount"), {"recount": None})
    s.get("Timo", "/metric-recount", 403)
    s.post("Ella", "/metric-recount", wish, 403)
    for wrong in ({"since": today, "until": wish["since"]}, {"since": today, "until": "2999-01-01"}, {"since": "1999-01-01", "until": today}, {"since": "2026-02-30", "until": today}):
        s.post("Aino", "/metric-recount", wrong, 422)
    t.equal(s.get("Aino", "/metric-recount"), {"recount": None})
    before = s.get("Aino", "/events?limit=1")["items"][0]["n"]
    begun = s.post("Aino", "/metric-recount", wish, 202)["recount"]
    t.equal((begun["state"], begun["report"], begun["by"]["name"]), ("queued", None, "Aino"))
    s.post("Sirkka", "/metric-recount", wish, 409)  # one at a time
    done = wait_for(t, lambda: next((r for r in [s.get("Ella", "/metric-recount")["recount"]] if r["state"] not in ("queued", "running")), None))
    t.equal((done["state"], done["since"], done["until"], done["message"]), ("done", wish["since"], today, ""))
    report = done["report"]
    t.equal((report["days"], report["gaps"], report["differ"]), (3, 2, 1))
    t.true(report["figures"] > 10, str(report))
    row = report["rows"][0]
    t.equal((row["day"], row["metric"], row["same_rule"], row["failed"], row["recorded"]["value"]), (today, "tasks_done", False, False, 100000))
    t.equal(row["again"], {k: of(s, "tasks_done")["now"][k] for k in ("value", "numerator", "denominator")})
    t.equal(s.get("Aino", "/events?limit=1")["items"][0]["n"], before)  # nothing was recorded by it
    s.post("Sirkka", "/metric-recount", wish, 202)

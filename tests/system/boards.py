"""Goal: registers as boards, the life cycle of projects, audits answered one requirement at a time, and what a task asks to be written."""
import serving
from serving import AUDITOR, DEVELOPER, EMPLOYEE, MANAGER, SECURITY_OFFICER

PEOPLE = {"Sirkka": [SECURITY_OFFICER], "Mikko": [MANAGER], "Ella": [DEVELOPER], "Aino": [AUDITOR], "Timo": [EMPLOYEE]}


def served(t):
    t.run("init", "--data", "data", "--origin", "test.example/org", code=0)
    return serving.Server(t, t.dir / "data", PEOPLE)


def make(s, kind, title, content, who="Ella", **more):
    return s.post(who, "/registers/%s/items" % kind, {"title": title, "content": content, **more}, 201)


def at(item):
    return "/registers/%s/items/%s" % (item["register"], item["subject"].split("/")[1])


def move(s, who, item, name, status=200, **more):
    return s.post(who, at(item) + "/moves", {"move": name, "digest": item["digest"], **more}, status)


def approved(s, item, *way):
    for who, name in way or (("Ella", "submit"), ("Sirkka", "approve")):
        item = move(s, who, item, name)
    return item


def service(s):
    return make(s, "service", "Shop", {"purpose": "Orders", "criticality": "high", "audience": "customers", "public": True, "passwords": "none", "personal_data": True})


CHANGE = {"definition": "d", "risks": "r", "impact": "i", "tests": "t", "plan": "p", "way_back": "w"}


def test_a_board_of_changes(t):
    with served(t) as s:
        shop = service(s)
        one = make(s, "change", "New payment", {"type": "normal", "services": [shop["subject"]], **CHANGE})
        make(s, "change", "Fix now", {"type": "emergency", "services": [shop["subject"]], **CHANGE})
        rows = s.get("Aino", "/registers/change/board?sort=number")["items"]
        t.equal([(r["title"], r["content"]["type"], r["state"]) for r in rows], [("New payment", "normal", "draft"), ("Fix now", "emergency", "draft")])
        t.equal(rows[0]["names"], [{"id": shop["subject"], "name": "Shop"}])
        t.equal(len(s.get("Aino", "/registers/change/board?links=" + shop["subject"])["items"]), 2)
        t.equal([r["title"] for r in s.get("Aino", at(shop) + "/linked?sort=title")["items"]], ["Fix now", "New payment"])
        s.get("Timo", "/registers/change/board", 403)
        # an approval holds through what is done with it later
        one = approved(s, one, ("Ella", "ask"), ("Mikko", "approve"))
        one = move(s, "Ella", one, "complete", reason="Runs since noon")
        t.equal((one["state"], one["approved"]), ("done", True))
        t.equal(bool(s.get("Aino", "/registers/change/board?state=done")["items"][0]["approved_at"]), True)
        # an edit takes a link away
        seen = s.call("Ella", "GET", at(shop)).headers["ETag"]
        s.put("Ella", at(shop), {"title": "Shop 2", "content": {"purpose": "Orders"}}, If_Match=seen)
        t.equal(s.get("Aino", "/registers/change/board?state=done")["items"][0]["names"], [{"id": shop["subject"], "name": "Shop 2"}])
        t.run("fsck", "--data", "data", code=0)


def test_an_edit_takes_links_away(t):
    with served(t) as s:
        shop = service(s)
        one = make(s, "change", "New payment", {"services": [shop["subject"]]})
        seen = s.call("Ella", "GET", at(one)).headers["ETag"]
        s.put("Ella", at(one), {"title": "New payment", "content": {"definition": "record:service/" + "a" * 20}}, If_Match=seen)
        t.equal(s.get("Aino", at(shop) + "/linked")["items"], [])


STEPS = [
    {"step": "B", "gives": "requirements", "criteria": "They are approved", "before": "requirements", "register": "security_requirement"},
    {"step": "D", "gives": "code", "criteria": "Reviewed", "before": "development", "point": "obligation:code-review-rules/rules-enforced"},
    {"step": "A", "gives": "skills", "criteria": "Trained", "before": "training", "register": "training", "anywhere": True},
    {"step": "C", "gives": "a plan", "criteria": "Someone looked"},
]


def test_projects_by_the_steps_of_the_process(t):
    with served(t) as s:
        shop = service(s)
        made = make(s, "project", "Payments", {"purpose": "Pay", "start": "2026-01-01", "service": shop["subject"]}, "Mikko")
        t.run("refresh", "--data", "data", "--quiet", code=0)
        row = s.get("Aino", "/ssdlc")["items"][0]
        t.equal((row["title"], row["state"], row["criteria"], row["service"]["name"]), ("Payments", "training", [], "Shop"))
        process = make(s, "process", "Ours", {"steps": STEPS, "text": "t"})
        t.equal(s.get("Aino", "/ssdlc")["items"][0]["criteria"], [])  # a draft binds nobody
        approved(s, process)

        def criteria():
            return {c["before"]: (c["items"], c["verdict"]) for c in s.get("Aino", "/ssdlc")["items"][0]["criteria"]}
        t.equal(criteria(), {"requirements": (0, None), "development": (None, "no_evidence"), "training": (0, None)})
        other = make(s, "security_requirement", "Other", dict(REQUIREMENTS))
        approved(s, other)
        t.equal(criteria()["requirements"], (0, None))  # of no service of the project's
        ours = make(s, "security_requirement", "For payments", dict(REQUIREMENTS, service=shop["subject"]))
        t.equal(criteria()["requirements"], (0, None))  # not approved yet
        approved(s, ours)
        t.equal(criteria()["requirements"], (1, None))
        trained = make(s, "training", "Course", {"topic": "x", "held": "2026-01-01", "valid_until": "2027-12-31", "people": [serving.person_id("Ella")]})
        approved(s, trained, ("Mikko", "confirm"))
        t.equal(criteria()["training"], (1, None))
        move(s, "Mikko", made, "end", reason="Stopped")
        t.equal(s.get("Aino", "/ssdlc")["items"], [])
        t.equal(len(s.get("Aino", "/ssdlc?closed=true")["items"]), 1)


REQUIREMENTS = {"protects": "orders", "requirements": [{"requirement": "r", "checked_by": "c"}]}
LIST = {"guide": "Ours", "requirements": [{"id": "1.1", "requirement": "It is written down"}, {"id": "1.2", "requirement": "It is done"}]}
AUDIT = {"standard": "other", "standard_other": "Ours", "scope": "s", "auditor": "a", "independence": "i", "held_from": "2026-01-01", "held_to": "2026-01-02",
         "result": "conform", "report": "r"}


def test_an_audit_is_answered_one_by_one(t):
    with served(t) as s:
        shop = service(s)
        checks = make(s, "audit_checklist", "Ours", LIST)
        audit = make(s, "audit", "Shop 2026", dict(AUDIT, service=shop["subject"], checklist=checks["subject"]), "Ella")
        url = "/audits/%s/answers" % audit["subject"].split("/")[1]

        def say(who, requirement, answer, seen, status=200, note="", which=checks["subject"]):
            return s.post(who, url, {"list": which, "requirement": requirement, "answer": answer, "note": note, "evidence": "", "seen": seen}, status)
        n = say("Aino", "1.1", "pass", -1)["n"]
        t.equal(say("Aino", "1.1", "pass", -1)["n"], n)  # the same again, as after a lost answer
        say("Ella", "1.1", "fail", -1, 409)  # would write over what was not seen
        n = say("Ella", "1.1", "fail", n, note="Only half of it")["n"]
        say("Ella", "9.9", "pass", -1, 422)
        say("Ella", "V6", "pass", -1, 422, which="framework:nothing")
        say("Ella", "V6.2", "not_applicable", -1, which="framework:asvs-5.0")
        say("Timo", "1.2", "pass", -1, 403)
        s.post("Ella", url, {"list": "x", "requirement": "1", "answer": "perhaps", "note": "", "evidence": "", "seen": -1}, 422)
        t.equal([(a["requirement"], a["answer"], a["note"], a["n"]) for a in s.get("Aino", url + "?list=" + checks["subject"])["items"]], [("1.1", "fail", "Only half of it", n)])
        row = s.get("Aino", "/audits")["items"][0]
        t.equal((row["passed"], row["failed"], row["left_out"], row["findings_open"], row["service"]["name"]), (0, 1, 1, 0, "Shop"))
        make(s, "finding", "Half", {"source": audit["subject"], "severity": "high", "description": "d", "due": "2026-12-01", "requirement": "1.1"})
        t.equal(s.get("Aino", "/audits")["items"][0]["findings_open"], 1)
        audit = move(s, "Ella", audit, "submit")
        say("Ella", "1.2", "pass", -1, 409)  # what is being read does not change
        move(s, "Sirkka", audit, "return", reason="Answer 1.2 too")
        say("Ella", "1.2", "pass", -1)
        t.run("fsck", "--data", "data", code=0)


def test_what_a_task_asks_to_be_written(t):
    with served(t) as s:
        got = s.get("Aino", "/tasks/secure-deployment/registers")
        t.equal({r["register"]: (r["home"], r["open"], r["waiting"], r["in_force"]) for r in got["registers"]},
                {"deployment": (True, 0, 0, 0), "deployment_strategy": (True, 0, 0, 0), "guideline": (True, 0, 0, 0), "policy": (True, 0, 0, 0), "release": (True, 0, 0, 0)})
        shop = service(s)
        plan = make(s, "deployment_strategy", "Slowly", {"services": [shop["subject"]], "strategy": "canary", "automation": "a", "stops": "s"}, shows=["secure-deployment/strategy-defined"])

        def stands():
            got = s.get("Aino", "/tasks/secure-deployment/registers")
            kind = next(r for r in got["registers"] if r["register"] == "deployment_strategy")
            point = next(p for p in got["points"] if p["point"] == "strategy-defined")
            t.equal(point["needs"][0], "deployment_strategy")
            t.equal([(i["title"], i["waiting"]) for i in point["items"]], [("Slowly", bool(point["waiting"]))])
            return [(x["open"], x["waiting"], x["in_force"], x["overdue"]) for x in (kind, point)]
        t.equal(stands(), [(1, 0, 0, 0)] * 2)
        plan = move(s, "Ella", plan, "submit")
        t.equal(stands(), [(1, 1, 0, 0)] * 2)
        move(s, "Sirkka", plan, "approve")
        t.equal(stands(), [(0, 0, 1, 0)] * 2)
        s.get("Aino", "/tasks/nothing/registers", 404)
        s.get("Timo", "/tasks/secure-deployment/registers", 403)


def test_what_one_has_accepted_before(t):
    with served(t) as s:
        content = {"purpose": "p", "applies_to": "All", "text": "First words"}
        item = approved(s, make(s, "policy", "Reviews", content))
        url = "/guidebook/policy/%s/accepted" % item["subject"].split("/")[1]
        s.get("Ella", url, 404)
        s.post("Ella", at(item) + "/acceptances", {"digest": item["digest"]})
        seen = s.call("Ella", "GET", at(item)).headers["ETag"]
        changed = s.put("Ella", at(item), {"title": "Reviews", "content": dict(content, text="Other words")}, If_Match=seen)
        approved(s, changed)
        mine = s.get("Ella", "/guidebook")["items"][0]
        t.equal((mine["accepted"], mine["accepted_version"], mine["version"]), (False, 1, 2))
        t.equal(s.get("Ella", url)["content"]["text"], "First words")
        s.get("Sirkka", url, 404)


def test_what_runs_where(t):
    with served(t) as s:
        shop = service(s)
        where = {name: make(s, "environment", name, {"purpose": "production"}) for name in ("Live", "Trial")}

        def deploy(version, day, place="Live", **more):
            return make(s, "deployment", "Shop " + version, {"service": shop["subject"], "environment": where[place]["subject"], "version": version, "type": "deploy",
                                                             "outcome": "done", "deployed": day, "decision": "Weekly meeting", **more})
        deploy("1.0", "2026-01-01")
        deploy("1.1", "2026-02-01", time="09:00")
        deploy("1.2", "2026-02-01", time="10:00", outcome="failed")
        deploy("2.0", "2026-01-15", "Trial")
        wrong = deploy("9.9", "2026-03-01")
        s.post("Mikko", at(wrong) + "/moves", {"move": "withdraw", "digest": wrong["digest"], "reason": "Never happened"})
        make(s, "release", "Shop 1.1", {"version": "1.1", "released": "2026-01-31", "service": shop["subject"]})
        log = [(r["version"], r["register"], r["environment"]["name"], r["runs"]) for r in s.get("Aino", "/release-log")["items"]]
        t.equal(log, [("9.9", "deployment", "Live", False), ("1.2", "deployment", "Live", False), ("1.1", "deployment", "Live", True), ("1.1", "release", None, False),
                      ("2.0", "deployment", "Trial", True), ("1.0", "deployment", "Live", False)])
        t.equal([r["version"] for r in s.get("Aino", "/release-log?runs=true&environment=" + where["Live"]["subject"])["items"]], ["1.1"])
        deploy("1.0", "2026-02-02", type="rollback")
        t.equal([(r["version"], r["type"]) for r in s.get("Aino", "/release-log?runs=true&environment=" + where["Live"]["subject"])["items"]], [("1.0", "rollback")])
        page = s.get("Aino", "/release-log?limit=2")
        more = s.get("Aino", "/release-log?limit=200&cursor=" + page["next"])
        t.equal(len(page["items"]) + len(more["items"]), 7)


def test_risks_changes_and_partners(t):
    with served(t) as s:
        shop = service(s)
        make(s, "risk", "Leak", {"description": "d", "likelihood": "l4", "impact": "i5", "likelihood_after": "l2", "impact_after": "i4", "treatment": "reduce"})
        make(s, "risk", "Unknown", {"description": "d"})
        t.equal([(r["title"], r["level"], r["level_after"], r["likelihood"]) for r in s.get("Aino", "/risks")["items"]], [("Leak", 20, 8, 4), ("Unknown", 0, 0, None)])
        one = make(s, "change", "Fix now", {"type": "emergency", "risk_level": "high", "services": [shop["subject"]]})
        t.equal([(r["type"], r["hurried"], r["services"][0]["name"]) for r in s.get("Aino", "/changes?risk=high&type=emergency&service=" + shop["subject"])["items"]],
                [("emergency", False, "Shop")])
        t.equal(s.get("Aino", "/changes?type=normal")["items"], [])
        move(s, "Ella", one, "hurry", 422, reason="It burns")  # what is required is wanted of an emergency too
        firm = make(s, "partner", "Firm", {"does": "Code", "access_until": "2027-01-01", "subcontractors": ["Another"], "people": [serving.person_id("Ella")],
                                           "duties": [{"what": "Test report", "due": "2026-01-01"}, {"what": "Plan", "due": "2026-02-01", "received": "2026-01-20"}]})
        deal = make(s, "contract", "With Firm", {"partner": firm["subject"], "parties": ["Us", "Firm"], "signed": "2026-01-01", "clauses": ["audit", "law"], "clause_text": "§ 4", "audited": "2026-05-05"})
        row = s.get("Aino", "/partners")["items"][0]
        t.equal([row[k] for k in ("people", "subcontractors", "duties", "duties_late", "duty_next", "contracts", "audit_right", "audited")],
                [1, 1, 2, 1, "2026-01-01", 0, False, "2026-05-05"])
        approved(s, deal)
        row = s.get("Aino", "/partners")["items"][0]
        t.equal((row["contracts"], row["audit_right"]), (1, True))

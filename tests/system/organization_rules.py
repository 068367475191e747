"""Goal: rules over the organization judge what registers hold: the same on the command line, on the pages' API and in recorded verdicts, and again when an item moves."""
import time

import serving
import values
from serving import DEVELOPER, MANAGER, SECURITY_OFFICER, person_id

DATA_OWNER = "data_owner"
PEOPLE = {"Sirkka": [SECURITY_OFFICER], "Mikko": [MANAGER], "Ella": [DEVELOPER], "Olli": [DATA_OWNER]}
TASK, POINT = "production-data-safeguards", "copy-removed"
DAY = 86400


def served(t):
    t.run("init", "--data", "data", "--origin", "test.example/org", code=0)
    return serving.Server(t, t.dir / "data", PEOPLE)


def date(days):
    return time.strftime("%Y-%m-%d", time.gmtime(time.time() + days * DAY))


def make(s, kind, content, title="An item", who="Ella"):
    return s.post(who, "/registers/%s/items" % kind, {"title": title, "owner": person_id(who), "content": content}, 201)


def move(s, who, item, name):
    kind, key = item["subject"].removeprefix("record:").split("/")
    return s.post(who, "/registers/%s/items/%s/moves" % (kind, key), {"move": name, "digest": item["digest"], "reason": "because"})


def copy_in_use(s, until):
    data, environment = make(s, "data_set", {})["subject"], make(s, "environment", {})["subject"]
    item = make(s, "data_copy", {"data": data, "data_owner": person_id("Olli"), "environment": environment, "until": until, "scope": "10 rows", "purpose": "p",
                                 "why_not_made": "w", "risks": "r", "masking": "m"}, "Invoices")
    return move(s, "Olli", move(s, "Ella", item, "ask"), "approve")


def point(answer):
    return [p for p in answer["points"] if p["key"] == POINT][0]


def until(what, seconds=60):
    end = time.time() + seconds
    while not what():
        if time.time() > end:
            raise AssertionError("it did not come to that")
        time.sleep(0.2)


def test_from_the_register_to_the_task(t):
    with served(t) as s:
        task = lambda: point(s.get("Sirkka", "/tasks/" + TASK))  # noqa: E731
        item = copy_in_use(s, date(-2))
        until(lambda: s.call("Sirkka", "GET", "/tasks/" + TASK).status == 200)  # computed for the first time
        until(lambda: task()["verdict"] == "violated")
        p = task()
        t.equal((p["scope"], p["judged"], p["failing"], p["findings_total"]), (1, 1, 1, 1))
        t.equal((p["organization"]["verdict"], p["organization"]["failing"]), ("violated", 1))
        t.true(p["organization"]["evidence"] and p["organization"]["blind_spots"], p)
        f = p["findings"][0]
        t.equal((f["subject"], f["repository"], f["assessment"], f["first_seen"]), (item["subject"], None, None, date(-1) + "T00:00:00Z"))
        t.has(f["message"], "COP-1 (Invoices)")
        t.has(f["fix"], "COP-1")
        t.equal([x["id"] for x in s.get("Sirkka", "/findings?task=" + TASK)["items"]], [f["id"]])
        t.equal(s.get("Sirkka", "/dashboard")["findings"], 1)
        fi = s.call("Sirkka", "GET", "/tasks/" + TASK, Accept_Language="fi").json()
        t.has(point(fi)["findings"][0]["message"], "piti poistaa viimeistään")

        told = t.run("status", "--data", "data", code=0).out
        t.has(told, "In the registers\n  COP-1 (Invoices)")
        json = t.run("status", "--data", "data", "--format", "json", code=0).json()
        o = [o for x in json["tasks"] if x["key"] == TASK for o in x["obligations"] if o["key"] == POINT][0]
        t.equal((o["verdict"], o["findings"][0]["id"], o["assurance"]), ("violated", f["id"], "weak"))
        explained = t.run("rules", "explain", TASK + "/" + POINT, "--data", "data", code=0, cwd=t.dir).out
        t.has(explained, "1 rows: 0 with ok 1, 1 with ok 0, 0 with NULL")
        t.has(t.run("rules", "explain", TASK + "/" + POINT, code=0, cwd=t.dir).out, "--data DIR")

        move(s, "Sirkka", move(s, "Ella", item, "remove"), "attest")
        until(lambda: task()["verdict"] == "met")
        t.equal(task()["findings_total"], 0)
        t.equal(task()["assurance"], "fair")
    t.run("refresh", "--data", "data", "--record", code=0)
    before = t.run("status", "--data", "data", "--format", "json", code=0).json()["tasks"]
    t.run("refresh", "--data", "data", "--rebuild", code=0)
    t.equal(t.run("status", "--data", "data", "--format", "json", code=0).json()["tasks"], before)


def test_as_it_stood(t):
    """A past day is judged by what the registers held then."""
    with served(t) as s:
        copy_in_use(s, date(-2))
    now = t.run("status", "--data", "data", "--format", "json", code=0).json()
    past = t.run("status", "--data", "data", "--format", "json", "--at", date(-1), code=0).json()
    verdict = lambda told: [o["verdict"] for x in told["tasks"] if x["key"] == TASK for o in x["obligations"] if o["key"] == POINT]  # noqa: E731
    t.equal((verdict(now), verdict(past)), (["violated"], ["no_evidence"]))


def test_a_rule_from_a_file(t):
    with served(t) as s:
        copy_in_use(s, date(5))
    rule = t.dir / "mine.org.sql"
    rule.write_text("SELECT subject, until > :now AS ok, NULL AS at, NULL AS due, via FROM item_data_copy", encoding="utf-8")
    t.has(t.run("rules", "try", rule, "--data", "data", code=0, cwd=t.dir).out, "1 rows: 1 with ok 1")
    t.run("rules", "try", rule, code=3, cwd=t.dir)
    for sql in ("DELETE FROM p_record", "SELECT subject FROM item_data_copy", "SELECT subject, random() AS ok FROM item_data_copy", "SELECT subject, 1 AS ok FROM item_nothing",
                "SELECT 'org' AS subject, 2 AS ok", "PRAGMA user_version", "DROP VIEW temp.records", ""):
        rule.write_text(sql, encoding="utf-8")
        ran = t.run("rules", "try", rule, "--data", "data", code=3, cwd=t.dir)
        t.true(ran.err.startswith("sinetti: ") and "rows" not in ran.out, ran)


def test_a_repository_against_a_register(t):
    """Who published is compared with the list that is in force, from its approval on; the report says at how many facts."""
    repo = t.repo("app")
    with served(t) as s:
        for who in ("Ella", "Mikko"):  # addresses of examples are nobody's
            s.add_fact("person", person_id(who), {"name": who, "addresses": [who.lower() + "@sinetti.test"], "accounts": [], "state": "active"})
        people = [{"person": person_id("Ella"), "what": "ref", "where": "main"}]
        item = move(s, "Ella", make(s, "publisher_list", {"publishers": people, "why": "They lead."}), "submit")
        move(s, "Sirkka", item, "approve")
    POINT = "authorized-publishers/only-listed-publish"
    for who, address in (("Ella", "ella@sinetti.test"), ("Mikko", "mikko@sinetti.test"), ("A stranger", "stranger@example.net")):
        repo.commit("change by " + who, {who + ".py": "x = 1\n"}, author="%s <%s>" % (who, address), at=int(time.time()) + 5)
    later = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 60))
    alone = t.run("assess", "--format", "json", "--now", later, repo.path, code=0)
    t.equal(alone.obligation(POINT)["verdict"], "no_evidence")
    t.lacks(alone.out, '"facts"')
    judged = t.run("assess", "--data", "data", "--format", "json", "--now", later, repo.path, code=0)
    o = judged.obligation(POINT)
    t.equal((o["verdict"], o["population"], o["judged"], o["failing"]), ("violated", 3, 2, 1))
    facts = len(t.run("fact", "list", "--data", "data", "--format", "json", "--limit", "1000", code=0).out.splitlines())
    t.true(0 < judged.json()["run"]["facts"] < facts, "at the facts before its own")
    t.has(t.run("status", "--data", "data", "--recompute", "--repo", repo.path, "--now", later, code=0).out, "0 verdicts differ")


def test_a_guideline_that_a_repository_does_not_follow(t):
    """A repository it covers violates a point it names, as it was assessed last: the task says so, until the repository is mended and assessed again."""
    practice, key = "environment-separation/personal-data-kept-out", "secure-development-guidelines/compliance-monitored"
    repo, other = t.repo("app"), t.repo("other")
    rows = "name,code\n" + "".join("A person,%s\n" % values.hetu() for _ in range(6))
    repo.commit("begin", {"seed.csv": rows})
    other.commit("begin", {"seed.csv": rows})
    with served(t) as s:
        def verdict():
            answer = s.call("Sirkka", "GET", "/tasks/" + key.split("/")[0]).json()
            p = [p for p in answer.get("points", ()) if p["key"] == key.split("/")[1]]
            return ((p[0]["organization"] or {}).get("verdict"), [f["message"] for f in p[0]["findings"] if not f["repository"]]) if p else None
        for r in (repo, other):
            t.run("assess", "--data", "data", "--quiet", r.path, code=0, cwd=t.dir)
        until(lambda: s.get("Sirkka", "/repositories?q=app")["items"])
        covered = s.get("Sirkka", "/repositories?q=app")["items"][0]["id"]
        item = make(s, "guideline", {"topic": "test_data", "text": "No data of people in repositories.", "repositories": [covered], "practices": ["obligation:" + practice]}, "Test data")
        item = move(s, "Ella", item, "submit")
        until(lambda: verdict() == ("no_evidence", []))  # a draft asks nothing of anybody
        move(s, "Sirkka", item, "approve")
        until(lambda: verdict() == ("violated", ["The repository app does not follow GUI-1: it violates %s." % practice]))  # and the other is not covered
        repo.commit("take people out", {"seed.csv": "name,code\nNobody,1\n"})
        t.run("assess", "--data", "data", "--quiet", repo.path, code=0, cwd=t.dir)
        until(lambda: verdict() == ("met", []))

"""Goal: what pages read and write about tasks, points, approvals, frameworks and the audit log is what the facts say, and misuse is refused."""
import base64
import concurrent.futures
import hashlib
import json
import time

import serving
from serving import AUDITOR, DEVELOPER, EMPLOYEE, MANAGER, SECURITY_OFFICER, person_id

TASK = "public-network-encryption"
POINT = TASK + "/fraud-prevented"
PEOPLE = {"Sirkka": [SECURITY_OFFICER], "Mikko": [MANAGER], "Ella": [DEVELOPER], "Aino": [AUDITOR], "Timo": [EMPLOYEE]}
FILES = {"app/client.py": "import requests\nr = requests.get(url, verify=False)\n"}


def served(t, people=PEOPLE, assessed=True, files=FILES):
    t.run("init", "--data", "data", "--origin", "test.example/org", code=0)
    if assessed:
        repo = t.repo("app")
        repo.commit("plant", files, at=int(time.time()) - 3600)
        t.run("assess", "--data", "data", "--quiet", repo.path, code=0)
    t.run("refresh", "--data", "data", "--quiet", code=0)
    return serving.Server(t, t.dir / "data", people)


def soon(days):
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + days * 86400))


def waiver(reason="Mended in the next release."):
    return {"about": "*", "until": soon(30), "reason": reason}


def facts_of(t, kind):
    return [json.loads(line) for line in t.run("fact", "list", "--data", "data", "--kind", kind, "--format", "json", code=0).out.splitlines()]


def test_one_officer_acts_alone_and_a_second_person_reviews(t):
    with served(t, {**PEOPLE, "Aatu": [serving.ADMIN]}) as s:
        alone = s.post("Sirkka", "/tasks/%s/points/fraud-prevented/waivers" % TASK, waiver(), 201)
        t.equal(alone["state"], "solo")
        t.equal([f["payload"]["approved_by"] for f in facts_of(t, "waiver")], [[person_id("Sirkka")]])
        t.equal(alone["event"], facts_of(t, "waiver")[0]["n"])
        s.post("Sirkka", "/approvals/%d/approve" % alone["request"], {}, 403)
        got = s.post("Aatu", "/approvals/%d/approve" % alone["request"], {})
        t.equal((got["state"], got["solo"], got["event"]), ("reviewed", True, alone["event"]))
        s.post("Aatu", "/approvals/%d/reject" % alone["request"], {"reason": "late"}, 409)


def test_two_officers_decide_for_one_another(t):
    with served(t, {**PEOPLE, "Onni": [SECURITY_OFFICER]}) as s:
        wish = waiver()
        asked = s.post("Sirkka", "/tasks/%s/points/fraud-prevented/waivers" % TASK, wish, 201)
        t.equal((asked["state"], asked["event"]), ("waiting", None))
        t.equal(facts_of(t, "waiver"), [])
        again = s.post("Sirkka", "/tasks/%s/points/fraud-prevented/waivers" % TASK, wish, 409)
        t.has(again.json()["detail"], "waits")
        s.post("Sirkka", "/approvals/%d/approve" % asked["request"], {}, 403)
        s.post("Mikko", "/approvals/%d/approve" % asked["request"], {}, 403)
        s.post("Ella", "/approvals/%d/approve" % asked["request"], {}, 403)
        s.post("Onni", "/approvals/%d/withdraw" % asked["request"], {}, 403)
        s.post("Onni", "/approvals/%d/reject" % asked["request"], {}, 422)
        t.equal([x["may_decide"] for x in s.get("Onni", "/approvals?state=open")["items"]], [True])
        t.equal([x["may_decide"] for x in s.get("Sirkka", "/approvals?state=open")["items"]], [False])
        done = s.post("Onni", "/approvals/%d/approve" % asked["request"], {})
        fact = facts_of(t, "waiver")[0]
        t.equal((done["state"], done["event"]), ("approved", fact["n"]))
        t.equal((fact["actor"], fact["payload"]["approved_by"]), (person_id("Sirkka"), [person_id("Onni")]))
        s.post("Onni", "/approvals/%d/approve" % asked["request"], {}, 409)
        t.equal(s.get("Onni", "/approvals?state=open")["items"], [])
        other = s.post("Mikko", "/tasks/%s/points/fraud-prevented/not-applicable" % TASK, {"applicable": False, "reason": "No network."}, 201)
        t.equal(s.post("Sirkka", "/approvals/%d/reject" % other["request"], {"reason": "There is one."})["state"], "rejected")
        last = s.post("Mikko", "/tasks/%s/not-applicable" % TASK, {"applicable": False, "reason": "No network."}, 201)
        t.equal(s.post("Mikko", "/approvals/%d/withdraw" % last["request"], {})["state"], "withdrawn")
        t.equal(facts_of(t, "applicability"), [])
        s.post("Onni", "/approvals/999999/approve", {}, 404)
        t.run("fsck", "--data", "data", code=0)


def test_nobody_approves_what_is_about_themselves(t):
    with served(t, {**PEOPLE, "Onni": [SECURITY_OFFICER], "Aatu": [serving.ADMIN]}) as s:
        wish = {"subject": person_id("Aatu"), "role": "security_officer", "scope": "org", "state": "granted", "reason": "A third one."}
        asked = s.post("Sirkka", "/role-grants", wish, 201)
        t.equal((asked["state"], s.get("Aatu", "/approvals/%d" % asked["request"])["subject_title"]), ("waiting", "Aatu"))
        s.post("Aatu", "/approvals/%d/approve" % asked["request"], {}, 403)
        s.post("Sirkka", "/approvals/%d/approve" % asked["request"], {}, 403)
        t.equal([f for f in facts_of(t, "role") if f["payload"]["role"] == "security_officer" and f["subject"] == person_id("Aatu")], [])
        mine = s.get("Aatu", "/approvals/%d" % asked["request"])
        t.equal((mine["may_decide"], mine["may_approve"]), (True, False))
        t.equal(s.post("Onni", "/approvals/%d/approve" % asked["request"], {})["state"], "approved")
        # nor what is about a group they are in
        group = s.post("Aatu", "/groups", {"name": "Watch", "members": [person_id("Sirkka"), person_id("Onni")]}, 201)["id"]
        asked = s.post("Sirkka", "/role-grants", {"subject": group, "role": "developer", "scope": "org", "state": "granted", "reason": "We write code."}, 201)
        mine = s.get("Onni", "/approvals/%d" % asked["request"])
        t.equal((mine["state"], mine["subject_title"], mine["may_decide"], mine["may_approve"]), ("waiting", "Watch", True, False))
        s.post("Onni", "/approvals/%d/approve" % asked["request"], {}, 403)
        t.equal(s.post("Aatu", "/approvals/%d/approve" % asked["request"], {})["state"], "approved")


def test_a_leavers_request_is_not_approved(t):
    with served(t, {**PEOPLE, "Onni": [SECURITY_OFFICER]}) as s:
        asked = s.post("Mikko", "/tasks/%s/points/fraud-prevented/waivers" % TASK, waiver(), 201)
        s.add_fact("person", person_id("Mikko"), {"name": "Mikko", "addresses": [], "accounts": [], "state": "left"})
        t.equal(s.post("Onni", "/approvals/%d/approve" % asked["request"], {}, 409).status, 409)
        s.post("Onni", "/approvals/%d/reject" % asked["request"], {"reason": "gone"})


def test_misuse_of_points_is_refused(t):
    at = "/tasks/%s/points/fraud-prevented" % TASK
    with served(t) as s:
        for body in ({"about": "*", "reason": "x"}, {**waiver(), "until": soon(-1)}, {**waiver(), "until": soon(900)}, {**waiver(), "until": "for ever"},
                     {**waiver(), "reason": "  "}, {**waiver(), "about": "everything"}, {**waiver(), "approved_by": [person_id("Ella")]}):
            s.post("Sirkka", at + "/waivers", body, 422)
        s.post("Ella", at + "/waivers", waiver(), 403)
        s.post("Timo", at + "/waivers", waiver(), 403)
        s.post("Aino", at + "/waivers", waiver(), 403)
        s.post(None, at + "/waivers", waiver(), 401)
        s.post("Sirkka", "/tasks/%s/points/no-such/waivers" % TASK, waiver(), 404)
        s.post("Sirkka", "/tasks/no-such/points/x/waivers", waiver(), 404)
        s.post("Sirkka", at + "/waivers/withdraw", {"about": "*", "reason": "none there"}, 404)
        s.post("Sirkka", at + "/treatments", {"about": "*", "cause": "a", "correction": "b", "check": "c", "checked_at": soon(1)}, 422)
        s.post("Sirkka", at + "/policy", {"mode": "perhaps", "reason": "x"}, 422)
        s.post("Sirkka", at + "/conclusions", {"conclusion": "conform", "text": "fine"}, 403)
        t.equal([len(facts_of(t, k)) for k in ("waiver", "request", "treatment", "conclusion", "policy")], [0] * 5)
        s.post("Sirkka", at + "/waivers", waiver(), 201)
        s.post("Sirkka", at + "/waivers/withdraw", {"about": "*", "reason": "mended"}, 201)
        t.equal(facts_of(t, "waiver")[-1]["payload"].get("withdrawn"), True)


def test_comments_call_people(t):
    with served(t) as s:
        text = "See @%s, and not @person:nobody" % person_id("Ella")
        made = s.post("Mikko", "/tasks/%s/comments" % TASK, {"text": text}, 201)
        t.equal([m["name"] for m in made["mentions"]], ["Ella"])
        s.post("Mikko", "/tasks/%s/comments" % TASK, {"text": "@" + person_id("Nobody")}, 422)
        s.post("Mikko", "/tasks/%s/comments" % TASK, {"text": " \n"}, 422)
        s.post("Mikko", "/tasks/no-such/comments", {"text": "x"}, 404)
        s.post("Timo", "/tasks/%s/comments" % TASK, {"text": "x"}, 403)
        t.equal([c["text"] for c in s.get("Ella", "/tasks/%s/comments" % TASK)["items"]], [text])
        t.equal([(e["kind"], e["actor"]["name"]) for e in s.get("Ella", "/tasks/%s/events" % TASK)["items"]], [("note", "Mikko")])


def test_the_log_is_filtered(t):
    with served(t) as s:
        s.post("Mikko", "/tasks/%s/comments" % TASK, {"text": "Where is the Needle?"}, 201)
        everything = s.get("Aino", "/events?limit=200")["items"]
        t.equal([e["n"] for e in everything], list(reversed(range(len(everything)))))
        for query, wanted in (("kind=note", lambda e: e["kind"] == "note"), ("theme=people", lambda e: e["theme"] == "people"),
                              ("actor=" + person_id("Mikko"), lambda e: (e["actor"] or {}).get("id") == person_id("Mikko")),
                              ("subject=task:" + TASK, lambda e: e["subject"] == "task:" + TASK), ("q=needle", lambda e: e["kind"] == "note"),
                              ("theme=tasks&actor=" + person_id("Ella"), lambda e: False), ("from=%s" % soon(1), lambda e: False),
                              ("until=%s" % soon(-1), lambda e: False)):
            got = s.get("Aino", "/events?limit=200&" + query)
            t.equal([e["n"] for e in got["items"]], [e["n"] for e in everything if wanted(e)], query)
        first = s.get("Aino", "/events?limit=4")
        second = s.get("Aino", "/events?limit=200&cursor=" + first["next"])
        t.equal([e["n"] for e in first["items"] + second["items"]], [e["n"] for e in everything])
        table = s.get("Aino", "/events?format=csv&kind=note")
        t.has(table.raw.decode(), "Where is the Needle?")
        t.has(table.headers["Content-Type"], "text/csv")
        s.get("Ella", "/events", 403)
        s.get("Aino", "/events?cursor=x", 422)
        s.get("Aino", "/events/999999", 404)
        t.equal(s.get("Aino", "/events/0")["event"]["kind"], "catalog")


def test_tasks_stand_as_status_tells(t):
    with served(t) as s:
        told = t.run("status", "--data", "data", "--format", "json", code=0).json()
        page = s.get("Ella", "/tasks?limit=200")
        t.equal(page["total"], len(told["tasks"]))
        t.equal({x["key"]: (x["status"], x["assurance"]) for x in page["items"]}, {x["key"]: (x["status"], x["assurance"]) for x in told["tasks"]})
        for task in told["tasks"]:
            points = s.get("Ella", "/tasks/" + task["key"])["points"]
            t.equal([(p["key"], p["verdict"], p["scope"], p["judged"], p["failing"]) for p in points],
                    [(o["key"], o["verdict"], o["population"], o["judged"], o["failing"]) for o in task["obligations"]])
        board = s.get("Ella", "/dashboard")
        t.equal(board["status"], told["summary"])
        t.equal(len(board["first"]), 3)
        bad = [p for p in s.get("Ella", "/tasks/" + TASK)["points"] if p["key"] == "fraud-prevented"][0]
        t.equal((bad["verdict"], bad["findings"][0]["path"], bad["findings"][0]["line"], bad["findings_total"]), ("violated", "app/client.py", 2, 1))
        t.equal([r["name"] for r in bad["repositories"]], ["app"])
        t.equal([f["id"] for f in s.get("Ella", "/findings?point=" + POINT)["items"]], [f["id"] for f in bad["findings"]])
        t.true("app/client.py" in [f["path"] for f in s.get("Ella", "/findings?limit=200")["items"]], "all findings")
        t.equal(s.get("Ella", "/findings?state=excused")["items"], [])
        t.equal({f["task"] for f in s.get("Ella", "/findings?task=" + TASK)["items"]}, {TASK})
        t.equal([f["path"] for f in s.get("Ella", "/findings?q=CLIENT.py&limit=1")["items"]], ["app/client.py"])


def test_findings_come_in_pages(t):
    with served(t, files={"app/client%d.py" % i: FILES["app/client.py"] for i in range(8)}) as s:
        whole = s.get("Ella", "/findings?limit=200")["items"]
        t.equal(len(whole), 8)
        for sort in ("point", "-first_seen"):
            paged, cursor = [], ""
            while cursor is not None:
                page = s.get("Ella", "/findings?limit=3&sort=%s%s" % (sort, cursor and "&cursor=" + cursor))
                paged, cursor = paged + page["items"], page["next"]
            t.equal(sorted(f["id"] for f in paged), sorted(f["id"] for f in whole), sort)
        s.get("Ella", "/findings?cursor=%s" % s.get("Ella", "/findings?limit=3&sort=-first_seen")["next"], 422)
        t.equal(s.get("Ella", "/findings?limit=4&path=app/client7")["items"][0]["path"], "app/client7.py")


def test_a_waiver_counts_in_the_status(t):
    with served(t) as s:
        s.post("Sirkka", "/tasks/%s/points/fraud-prevented/waivers" % TASK, waiver(), 201)
        t.run("refresh", "--data", "data", "--quiet", code=0)
        point = [p for p in s.get("Ella", "/tasks/" + TASK)["points"] if p["key"] == "fraud-prevented"][0]
        t.equal((point["verdict"], point["waivers"][0]["in_force"], point["waivers"][0]["by"]["name"], len(point["requests"])), ("waived", True, "Sirkka", 1))
        s.post("Sirkka", "/tasks/%s/not-applicable" % TASK, {"applicable": False, "reason": "No network."}, 201)
        t.run("refresh", "--data", "data", "--quiet", code=0)
        task = s.get("Ella", "/tasks/" + TASK)
        t.equal((task["task"]["status"], task["not_applicable"]["reason"]), ("not_relevant", "No network."))
        s.post("Sirkka", "/tasks/%s/not-applicable" % TASK, {"applicable": True, "reason": "There is one."}, 201)
        t.run("refresh", "--data", "data", "--quiet", code=0)
        t.equal(s.get("Ella", "/tasks/" + TASK)["not_applicable"], None)


def test_tasks_are_looked_after(t):
    with served(t) as s:
        seen = s.call("Mikko", "GET", "/tasks/" + TASK).headers["ETag"]
        body = {"owner": person_id("Ella"), "participants": [person_id("Mikko")], "due": soon(-2), "priority": "low", "process": "We look each week.", "review_days": 20}
        s.patch("Mikko", "/tasks/" + TASK, body, 428)
        s.patch("Ella", "/tasks/" + TASK, body, 403, If_Match=seen)
        got = s.patch("Mikko", "/tasks/" + TASK, body, If_Match=seen)
        t.equal((got["task"]["owner"]["name"], got["task"]["overdue"], got["task"]["priority"], got["process"], [p["name"] for p in got["participants"]]),
                ("Ella", True, "low", "We look each week.", ["Mikko"]))
        s.patch("Mikko", "/tasks/" + TASK, {"owner": ""}, 412, If_Match=seen)
        now = s.call("Mikko", "GET", "/tasks/" + TASK).headers["ETag"]
        for wrong in ({"owner": person_id("Nobody")}, {"participants": [person_id("Nobody")]}, {"due": "tomorrow"}, {"review_days": -1}, {"priority": "urgent"},
                      {"status": "fully_done"}):
            s.patch("Mikko", "/tasks/" + TASK, wrong, 422, If_Match=now)
        s.patch("Mikko", "/tasks/" + TASK, {}, If_Match=now)
        t.equal(len(facts_of(t, "task")), 1)
        t.equal([x["key"] for x in s.get("Ella", "/tasks?owner=me")["items"]], [TASK])
        t.equal([x["key"] for x in s.get("Ella", "/tasks?overdue=true")["items"]], [TASK])
        t.equal([x["key"] for x in s.get("Ella", "/tasks?priority=low&sort=-title")["items"] if x["key"] == TASK], [TASK])
        mine = s.get("Ella", "/my-tasks")
        t.equal(([x["key"] for x in mine["owned"]], mine["participating"], [x["key"] for x in mine["reviews"]]), ([TASK], [], [TASK]))
        t.equal([x["key"] for x in s.get("Mikko", "/my-tasks")["participating"]], [TASK])
        t.equal(s.get("Ella", "/notifications")["overdue"], 1)
        got = s.patch("Mikko", "/tasks/" + TASK, {"reviewed": True, "due": "", "owner": "", "priority": ""}, If_Match=now)
        t.equal((got["task"]["owner"], got["task"]["due"], got["task"]["overdue"], got["reviewed_at"] is not None), (None, None, False, True))
        table = s.get("Ella", "/tasks?format=csv").raw.decode()
        t.equal(table.split("\r\n", 1)[0].split(",")[:3], ["key", "order", "title"])
        t.equal(len(table.strip().split("\r\n")) - 1, s.get("Ella", "/tasks?limit=1")["total"])


def test_tasks_change_together_or_not_at_all(t):
    with served(t) as s:
        keys = [x["key"] for x in s.get("Mikko", "/tasks?limit=3")["items"]]
        got = s.post("Mikko", "/tasks/bulk", {"tasks": keys, "owner": person_id("Ella"), "add_participants": [person_id("Mikko")]})
        t.equal(got, {"changed": keys, "same": []})
        t.equal(s.post("Mikko", "/tasks/bulk", {"tasks": keys[:1], "owner": person_id("Ella")}), {"changed": [], "same": keys[:1]})
        s.post("Mikko", "/tasks/bulk", {"tasks": keys + ["no-such"], "owner": ""}, 422)
        s.post("Mikko", "/tasks/bulk", {"tasks": keys, "owner": person_id("Nobody")}, 422)
        s.post("Mikko", "/tasks/bulk", {"tasks": keys[:1] * 2, "owner": ""}, 422)
        s.post("Ella", "/tasks/bulk", {"tasks": keys, "owner": ""}, 403)
        t.equal(sorted(x["key"] for x in s.get("Mikko", "/tasks?owner=" + person_id("Ella"))["items"]), sorted(keys))


def test_conclusions_are_the_auditors(t):
    with served(t) as s:
        s.post("Sirkka", "/tasks/%s/conclusions" % TASK, {"conclusion": "conform", "text": "fine"}, 403)
        s.post("Aino", "/tasks/%s/conclusions" % TASK, {"conclusion": "minor", "text": "One client does not check."}, 201)
        s.post("Aino", "/tasks/%s/points/fraud-prevented/conclusions" % TASK, {"conclusion": "major", "text": "Nor does that."}, 201)
        task = s.get("Aino", "/tasks/" + TASK)
        t.equal([(c["conclusion"], c["by"]["name"]) for c in task["conclusions"]], [("minor", "Aino")])
        t.equal([c["conclusion"] for p in task["points"] for c in p["conclusions"]], ["major"])
        s.post("Aino", "/tasks/%s/comments" % TASK, {"text": "x"}, 403)


def test_frameworks_say_what_is_not_covered(t):
    with served(t) as s:
        rows = s.get("Timo", "/frameworks")["items"]
        t.true(len(rows) > 5, rows)
        for row in rows:
            whole = s.get("Timo", "/frameworks/" + row["key"])
            plain = [c for c in whole["controls"] if not c["heading"]]
            t.equal((row["controls"], row["coverage"]["outside"]), (len(plain), len([c for c in plain if c["coverage"] == "outside"])), row["key"])
            grid = s.get("Timo", "/coverage/" + row["key"])
            t.equal((grid["counts"], grid["cells"]), (row["coverage"], whole["controls"]))
        control = s.get("Timo", "/frameworks/iso27001-2022/controls/8.28")
        t.true(control["tasks"] and control["equivalents"] and all(e["sources"] and e["tasks"] for e in control["equivalents"]), control)
        theme = {x["key"] for x in control["theme_tasks"]}
        t.true(theme and not theme & {x["key"] for x in control["tasks"]}, theme)
        s.get("Timo", "/frameworks/nis2-art21-2/controls/21(2)(e)")
        s.get("Timo", "/frameworks/slsa/controls/Source%20L3")
        s.get("Timo", "/frameworks/iso27001-2022/controls/99", 404)
        s.get("Timo", "/frameworks/nowhere", 404)
        past = s.get("Timo", "/coverage/iso27001-2022?at=2020-01-01")
        t.equal((past["recorded_at"], past["counts"]["all_done"]), (None, 0))
        s.get("Timo", "/coverage/iso27001-2022?at=2999-01-01", 422)
        s.get("Timo", "/coverage/iso27001-2022?at=yesterday11", 422)
        # what a control rests on, now and on a past day, as a table for an auditor
        rests = "/frameworks/iso27001-2022/controls/8.28/points"
        s.get("Timo", rests, 403)
        points = s.get("Aino", rests)["items"]
        t.equal({p["task"] for p in points}, {x["key"] for x in control["tasks"]})
        task = s.get("Aino", "/tasks/" + points[0]["task"])
        t.equal([(p["point"], p["verdict"], p["judged"]) for p in points if p["task"] == points[0]["task"]], [(p["key"], p["verdict"], p["judged"]) for p in task["points"]])
        t.run("refresh", "--data", "data", "--record", "--quiet", code=0)
        t.run("refresh", "--data", "data", "--quiet", code=0)
        recorded = s.get("Aino", rests + "?at=" + time.strftime("%Y-%m-%d", time.gmtime()))["items"]
        t.true(recorded and all(p["event"] is not None for p in recorded) and all(p["event"] is None for p in points), recorded)
        t.equal(s.get("Aino", rests + "?at=2020-01-01")["items"], [])
        table = s.call("Aino", "GET", rests + "?format=csv").raw.decode()
        t.equal((len(table.splitlines()), table.split(",", 1)[0]), (len(points) + 1, "task"))
        s.get("Aino", "/frameworks/iso27001-2022/controls/99/points", 404)


def test_setup_is_done_once(t):
    answers = {"organization": "Kolmonen Oy", "language": "fi", "preset": "small-team", "time_zone": "Europe/Helsinki", "security_officer": person_id("Ella"),
               "repositories": [{"name": "app", "location": "/srv/app.git"}]}
    with served(t, {"Aatu": [serving.ADMIN], "Ella": [DEVELOPER], "Timo": [EMPLOYEE]}, assessed=False) as s:
        t.equal(s.get("Timo", "/setup")["done"], False)
        s.post("Timo", "/setup", answers, 403)
        for field, wrong in (("preset", "huge"), ("language", "sv"), ("security_officer", person_id("Nobody")), ("organization", " "),
                             ("repositories", [{"name": "a", "location": "https://me:secret@host/x"}]), ("repositories", [{"name": "a", "location": "ext::sh -c id"}]),
                             ("repositories", [{"name": "a", "location": "--upload-pack=id"}]), ("repositories", [{"name": "a", "location": "file:///etc"}])):
            s.post("Aatu", "/setup", {**answers, field: wrong}, 422)
        s.post("Aatu", "/setup", {**answers, "repositories": answers["repositories"] * 2}, 409)
        t.equal([len(facts_of(t, k)) for k in ("organization", "repository")], [0, 0])
        done = s.post("Aatu", "/setup", answers, 201)
        t.equal((done["organization"]["name"], [r["name"] for r in done["repositories"]]), ("Kolmonen Oy", ["app"]))
        s.post("Aatu", "/setup", answers, 409)
        t.equal(s.get("Timo", "/setup")["done"], True)
        t.equal([f["payload"]["role"] for f in facts_of(t, "role") if f["subject"] == person_id("Ella")], ["developer", "security_officer"])
        seen = s.call("Aatu", "GET", "/organization").headers["ETag"]
        t.equal(s.patch("Aatu", "/organization", {"name": "Nelonen Oy"}, If_Match=seen)["name"], "Nelonen Oy")
        s.patch("Aatu", "/organization", {"name": "Vitonen Oy"}, 412, If_Match=seen)
        s.patch("Timo", "/organization", {"name": "x"}, 403, If_Match="*")


def test_repositories_are_seen_by_scope(t):
    ours, theirs = "project:" + serving.subject_id("ours"), "project:" + serving.subject_id("theirs")
    with served(t, {**PEOPLE, "Aatu": [serving.ADMIN], "Pia": ["developer@" + ours], "Osmo": ["contributor"]}) as s:
        for subject in (ours, theirs):
            s.add_fact("project", subject, {"name": "p", "title": "P", "state": "active"})
        made = {name: s.post("Aatu", "/repositories", {"name": name, "location": "/srv/%s.git" % name, "project": project}, 201)["repository"]
                for name, project in (("one", ours), ("two", theirs))}
        s.post("Aatu", "/repositories", {"name": "one", "location": "/x"}, 409)
        s.post("Aatu", "/repositories", {"name": "three", "location": "/x", "project": "project:" + serving.subject_id("none")}, 422)
        s.post("Ella", "/repositories", {"name": "three", "location": "/x"}, 403)
        t.run("refresh", "--data", "data", "--quiet", code=0)
        t.equal([r["name"] for r in s.get("Pia", "/repositories")["items"]], ["one"])
        # who takes part in tasks alone sees how they stand, and no repository, by whichever way
        s.get("Osmo", "/repositories", 403)
        s.get("Osmo", "/findings", 403)
        for path in ("/tasks/" + POINT.split("/")[0], "/dashboard"):
            seen = [any('"%s"' % name in json.dumps(s.get(who, path)) for name in ("app", "one", "two")) for who in ("Osmo", "Ella")]
            t.equal(seen, [False, True], path)
        t.equal([r["name"] for r in s.get("Ella", "/repositories")["items"]], ["app", "one", "two"])
        # which of them no gate keeps
        kept = {"name": "kept", "project": "", "main": "refs/heads/main", "state": "active", "hosted": True}
        s.add_fact("repository", "repo:" + serving.subject_id("kept"), kept)
        t.equal({r["name"]: r["gate"] for r in s.get("Ella", "/repositories")["items"]}, {"app": "none", "kept": "open", "one": "none", "two": "none"})
        guard = {"pattern": "refs/heads/*/*", "reviewers": 1, "method": "merge", "publishers": [], "state": "active", "reason": ""}
        s.add_fact("protection", "repo:" + serving.subject_id("kept"), guard)
        t.equal([r["name"] for r in s.get("Ella", "/repositories?gate=open")["items"]], ["kept"])
        s.add_fact("protection", "repo:" + serving.subject_id("kept"), dict(guard, pattern="refs/heads/m*"))
        t.equal([r["name"] for r in s.get("Ella", "/repositories?gate=protected")["items"]], ["kept"])
        t.equal([r["name"] for r in s.get("Ella", "/repositories?gate=none")["items"]], ["app", "one", "two"])
        s.add_fact("repository", "repo:" + serving.subject_id("kept"), dict(kept, state="closed"))
        t.equal(s.get("Ella", "/repositories?sort=-at")["items"][0]["name"], "app")
        t.equal(s.get("Ella", "/repositories?sort=at")["items"][2]["name"], "app")
        one, two = (made[name]["id"].split(":")[1] for name in ("one", "two"))
        s.get("Pia", "/repositories/" + one)
        s.get("Pia", "/repositories/" + two, 404)
        t.equal([h["title"] for h in s.get("Pia", "/search?q=one")["items"] if h["type"] == "repository"], ["one"])
        t.equal([h["title"] for h in s.get("Pia", "/search?q=two")["items"] if h["type"] == "repository"], [])
        seen = s.call("Aatu", "GET", "/repositories/" + one).headers["ETag"]
        got = s.patch("Aatu", "/repositories/" + one, {"state": "closed", "schedule": 0}, If_Match=seen)
        t.equal((got["repository"]["state"], got["repository"]["schedule"], got["repository"]["location"]), ("closed", 0, "/srv/one.git"))
        s.patch("Aatu", "/repositories/" + one, {"state": "active"}, 412, If_Match=seen)
        t.equal([r["name"] for r in s.get("Ella", "/repositories?state=closed")["items"]], ["kept", "one"])


def test_assessments_are_compared(t):
    with served(t) as s:
        repo = t.dir / "app"
        first = [f["n"] for f in facts_of(t, "assessment")][0]
        (repo / "app" / "client.py").write_text("import requests\nr = requests.get(url)\n", encoding="utf-8")
        t.git("-C", str(repo), "commit", "-qam", "mend")
        t.run("assess", "--data", "data", "--quiet", repo, code=0)
        t.run("refresh", "--data", "data", "--quiet", code=0)
        ident = s.get("Ella", "/repositories")["items"][0]["id"].split(":")[1]
        rows = s.get("Ella", "/repositories/%s/assessments" % ident)["items"]
        t.equal((len(rows), rows[1]["assessment"], rows[0]["gone"] > 0), (2, first, True))
        got = s.get("Ella", "/assessments/%d/compare/%d" % (rows[0]["assessment"], first))
        t.true(POINT in [p["point"] for p in got["points"]], got)
        t.equal((got["before"]["assessment"], got["gone"], got["findings_known"]), (first, rows[0]["gone"], True))
        one = s.get("Ella", "/assessments/%d" % first)
        t.equal([p["verdict"] for p in one["points"] if p["point"] == POINT], ["violated"])
        s.get("Ella", "/assessments/0", 404)
        s.get("Timo", "/assessments/%d" % first, 403)
        t.equal(len(s.get("Ella", "/repositories/" + ident)["trend"]), 2)


def test_search_finds_what_may_be_seen(t):
    with served(t) as s:
        kinds = {h["type"] for q in ("client.py", "review", "8.28", "app", "Mikko", "Repository") for h in s.get("Sirkka", "/search?q=" + q)["items"]}
        t.equal(kinds, {"task", "point", "control", "repository", "person", "finding", "event"})
        t.equal({h["type"] for q in ("client.py", "review", "app", "Mikko") for h in s.get("Timo", "/search?q=" + q)["items"]} - {"control"}, set())
        t.equal([h["id"] for h in s.get("Sirkka", "/search?q=%231")["items"] if h["type"] == "event"], ["1"])
        s.get("Sirkka", "/search?q=x", 422)
        made = s.post("Ella", "/registers/policy/items", {"title": "Äänet of Review", "content": {}}, 201)
        for q in ("of%20review", "POL-1", "pol-1"):
            t.equal([(h["id"], h["detail"].split(" ")[0]) for h in s.get("Mikko", "/search?q=" + q)["items"] if h["type"] == "item"],
                    [(made["subject"].split(":")[1], "POL-1")], q)
        t.equal([h for q in ("POL-2", "POL-", "XXX-1") for h in s.get("Mikko", "/search?q=" + q)["items"] if h["type"] == "item"], [])
        t.equal([h for h in s.get("Timo", "/search?q=POL-1")["items"]], [])
        t.equal([h["id"] for h in s.get("Timo", "/search?q=A.8.28")["items"]], [h["id"] for h in s.get("Timo", "/search?q=8.28")["items"]])
        found = [h["detail"] for h in s.get("Sirkka", "/search?q=CLIENT.py%20check")["items"] if h["type"] == "finding"]
        t.true(found and all("client.py" in d for d in found), "each of the words: %s" % found)
        t.equal([h for h in s.get("Sirkka", "/search?q=client.py%20nowhere")["items"] if h["type"] == "finding"], [])
        for hostile in ("%22%22", "a%22b", "AND%20OR", "NEAR(", "text:x", "%2a%2a", "^a", "client*", "%E2%80%9C%E2%80%9D", "-x%20-y", "a%20b%20c", "%22%20%22", "()", "x%00y"):
            t.true(s.call("Sirkka", "GET", "/search?q=" + hostile).status in (200, 400, 422), hostile)


def sha256(*parts):
    return hashlib.sha256(b"".join(parts)).digest()


def root_by(leaf, index, size, hashes):
    """RFC 9162, section 2.1.3.2."""
    last, root = size - 1, sha256(b"\0", leaf)
    for sibling in hashes:
        if index & 1 or index == last:
            root = sha256(b"\1", sibling, root)
            while not index & 1 and index:
                index, last = index >> 1, last >> 1
        else:
            root = sha256(b"\1", root, sibling)
        index, last = index >> 1, last >> 1
    return root if last == 0 else None


def test_a_browser_can_verify(t):
    with served(t) as s:
        t.run("ledger", "checkpoint", "--data", "data", "--signer", t.dir / "data" / "signer.sock", code=0)
        head = s.get("Aino", "/checkpoint")
        root = base64.b64decode(head["checkpoint"].split("\n")[2])
        t.equal((base64.b64decode(head["root"]), head["checkpoint"].split("\n")[1], head["witnesses"]), (root, str(head["size"]), []))
        t.equal(head["key"], t.run("ledger", "vkey", "--signer", t.dir / "data" / "signer.sock", code=0).out.strip())
        for n in range(head["size"]):
            proof = s.get("Aino", "/events/%d/proof" % n)
            leaf = json.loads(proof["leaf"])
            t.equal((leaf["n"], leaf["digest"]), (n, sha256(b"sinetti-fact-v1\n", base64.b64decode(proof["salt"]), proof["body"].encode()).hex()))
            t.equal(root_by(proof["leaf"].encode(), n, proof["size"], [base64.b64decode(h) for h in proof["hashes"]]), root)
            t.equal(json.loads(proof["body"])["payload"], s.get("Aino", "/events/%d" % n)["payload"])
        got = s.get("Aino", "/checkpoint/consistency?from=3&to=%d" % head["size"])
        t.equal(got["hashes"], t.run("ledger", "consistency", "3", head["size"], "--data", "data", code=0).out.split())
        s.get("Aino", "/checkpoint/consistency?from=0&to=3", 422)
        s.get("Aino", "/checkpoint/consistency?from=4&to=3", 422)
        s.get("Aino", "/checkpoint/consistency?from=1&to=99999", 422)
        s.get("Aino", "/events/99999/proof", 404)
        s.get("Ella", "/events/0/proof", 403)


def wait_for(t, what, ready):
    for _ in range(600):
        got = ready()
        if got:
            return got
        time.sleep(0.1)
    return t.true(False, "waited in vain for " + what)


def test_from_setup_to_the_true_board(t):
    repo = t.repo("app")
    repo.commit("plant", FILES, at=int(time.time()) - 3600)
    answers = {"organization": "Kolmonen Oy", "language": "fi", "preset": "page", "security_officer": person_id("Ella"),
               "repositories": [{"name": "app", "location": str(repo.path)}]}
    with served(t, {"Aatu": [serving.ADMIN], "Ella": [DEVELOPER], "Timo": [EMPLOYEE]}, assessed=False) as s:
        made = s.post("Aatu", "/setup", answers, 201)["repositories"][0]
        ended = wait_for(t, "the job", lambda: (lambda j: j if j["ended"] else None)(s.get("Ella", "/jobs/" + made["job"])))
        t.equal((ended["state"], ended["subject"]), ("done", made["id"]), ended)
        board = wait_for(t, "the board", lambda: (lambda b: b if b["assessed"] else None)(s.get("Ella", "/dashboard")))
        t.equal((board["organization"], board["repositories"], board["assessed"], len(board["first"])), ("Kolmonen Oy", 1, 1, 3))
        t.true(board["findings"] > 0 and board["unblock"]["total"] > 0 and board["progress"]["total"] > 0, board)
        t.true("app/client.py" in [f["finding"]["path"] for f in board["first"] if f["finding"]], board["first"])
        t.equal(board["status"], t.run("status", "--data", "data", "--format", "json", "--preset", "page", code=0).json()["summary"])
        wait_for(t, "a signed head", lambda: s.get("Ella", "/dashboard")["signed_size"])
        ident = made["id"].split(":")[1]
        again = s.post("Ella", "/repositories/%s/assessments" % ident, None, 202)["job"]
        wait_for(t, "the second job", lambda: s.get("Ella", "/jobs/" + again)["ended"])
        s.post("Timo", "/repositories/%s/assessments" % ident, None, 403)
        wait_for(t, "its row", lambda: len(s.get("Ella", "/repositories/%s/assessments" % ident)["items"]) == 2)


def at_once(count, call):
    """Statuses of so many calls that begin together."""
    with concurrent.futures.ThreadPoolExecutor(count) as pool:
        return sorted(a.status for a in pool.map(lambda _: call(), range(count)))


def test_of_many_at_once_one_wins(t):
    with served(t, {**PEOPLE, "Onni": [SECURITY_OFFICER]}) as s:
        asked = s.post("Sirkka", "/tasks/%s/points/fraud-prevented/waivers" % TASK, waiver(), 201)["request"]
        t.equal(at_once(6, lambda: s.call("Onni", "POST", "/approvals/%d/approve" % asked, {})), [200] + [409] * 5)
        t.equal(len(facts_of(t, "waiver")), 1)
        seen = s.call("Mikko", "GET", "/tasks/" + TASK).headers["ETag"]
        t.equal(at_once(6, lambda: s.call("Mikko", "PATCH", "/tasks/" + TASK, {"review_days": 9}, If_Match=seen)), [200] + [412] * 5)
        t.equal(len(facts_of(t, "task")), 1)
        names = at_once(6, lambda: s.call("Mikko", "POST", "/repositories", {"name": "new", "location": "/srv/new.git"}))
        t.equal(names, [201] + [409] * 5)
        wish = {"conclusion": "minor", "text": "Seen once."}
        first, second = (s.post("Aino", "/tasks/%s/conclusions" % TASK, wish, 201, Idempotency_Key="one") for _ in range(2))
        t.equal((first, len(facts_of(t, "conclusion"))), (second, 1))

"""Goal: what pages read and write about tasks, points, approvals, frameworks and the audit log is what the facts say, and misuse is refused."""
import json
import time

import serving
from serving import AUDITOR, DEVELOPER, EMPLOYEE, MANAGER, SECURITY_OFFICER, person_id

TASK = "public-network-encryption"
POINT = TASK + "/fraud-prevented"
PEOPLE = {"Sirkka": [SECURITY_OFFICER], "Mikko": [MANAGER], "Ella": [DEVELOPER], "Aino": [AUDITOR], "Timo": [EMPLOYEE]}
FILES = {"app/client.py": "import requests\nr = requests.get(url, verify=False)\n"}


def served(t, people=PEOPLE, assessed=True):
    t.run("init", "--data", "data", "--origin", "test.example/org", code=0)
    if assessed:
        repo = t.repo("app")
        repo.commit("plant", FILES, at=int(time.time()) - 3600)
        t.run("assess", "--data", "data", "--quiet", repo.path, code=0)
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
        asked = s.post("Sirkka", "/tasks/%s/points/fraud-prevented/waivers" % TASK, waiver(), 201)
        t.equal((asked["state"], asked["event"]), ("waiting", None))
        t.equal(facts_of(t, "waiver"), [])
        again = s.post("Sirkka", "/tasks/%s/points/fraud-prevented/waivers" % TASK, waiver(), 409)
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

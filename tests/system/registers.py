"""Goal: items of registers live by their kind, through the server, and nothing comes into force that nobody entitled has approved."""
import serving
from serving import AUDITOR, DEVELOPER, EMPLOYEE, MANAGER, SECURITY_OFFICER, person_id

PEOPLE = {"Sirkka": [SECURITY_OFFICER], "Mikko": [MANAGER], "Ella": [DEVELOPER], "Aino": [AUDITOR], "Timo": [EMPLOYEE]}
AT = "/registers/policy/items"
CONTENT = {"purpose": "Why we review", "applies_to": "All teams", "text": "Each change is read by another."}


def served(t):
    t.run("init", "--data", "data", "--origin", "test.example/org", code=0)
    return serving.Server(t, t.dir / "data", PEOPLE)


def make(s, who="Ella", **more):
    return s.post(who, AT, {"title": "Review policy", "owner": person_id(who), "content": CONTENT, **more}, 201)


def at(item):
    return AT + "/" + item["subject"].split("/")[1]


def move(s, who, item, name, status=200, **more):
    return s.post(who, at(item) + "/moves", {"move": name, "digest": item["digest"], **more}, status)


def moves(item):
    return {m["key"]: m["may"] for m in item["moves"]}


def test_from_draft_to_acceptance(t):
    with served(t) as s:
        item = make(s, shows=["code-review-rules/rules-defined"])
        t.equal((item["number"], item["version"], item["state"], item["approved"]), (1, 1, "draft", False))
        t.equal(moves(item), {"submit": True, "retire": True})
        item = move(s, "Ella", item, "submit")
        t.equal(moves(s.get("Ella", at(item))), {"return": True, "approve": False, "retire": True})
        t.equal(moves(s.get("Sirkka", at(item)))["approve"], True)
        item = move(s, "Sirkka", item, "approve")
        t.equal((item["state"], item["phase"], item["approved"]), ("in_force", "in_force", True))
        t.equal(item["people"], {"asked": 2, "accepted": 0})
        mine = s.get("Ella", "/guidebook")["items"]
        t.equal([(i["title"], i["accepted"], i["content"]["text"]) for i in mine], [("Review policy", False, CONTENT["text"])])
        s.post("Ella", at(item) + "/acceptances", {"digest": item["digest"]})
        t.equal(s.get("Ella", "/guidebook")["items"][0]["accepted"], True)
        t.equal(s.get("Mikko", at(item))["people"], {"asked": 2, "accepted": 1})
        t.equal([r["number"] for r in s.get("Aino", AT + "?phase=in_force")["items"]], [1])
        t.equal([r["number"] for r in s.get("Aino", AT + "?phase=open")["items"]], [])
        counts = {r["register"]: (r["open"], r["in_force"]) for r in s.get("Aino", "/registers")["items"]}
        t.equal((counts["policy"], counts["audit"]), ((0, 1), (0, 0)))
        t.equal([c["title"] for c in s.get("Aino", "/calendar")["items"]], ["Review policy"])
        t.run("fsck", "--data", "data", code=0)


def test_an_edit_takes_the_approval_away(t):
    with served(t) as s:
        item = make(s)
        item = move(s, "Sirkka", move(s, "Ella", item, "submit"), "approve")
        seen = s.call("Ella", "GET", at(item)).headers["ETag"]
        changed = s.put("Ella", at(item), {"title": item["title"], "content": dict(CONTENT, text="Nobody reads it.")}, If_Match=seen)
        t.equal((changed["version"], changed["state"], changed["approved"]), (2, "draft", False))
        s.put("Mikko", at(item), {"title": "Other", "content": CONTENT}, 412, If_Match=seen)
        move(s, "Sirkka", item, "approve", 409)
        move(s, "Sirkka", item, "submit", 409)  # of the first version
        old = s.get("Aino", at(item) + "/versions/1")
        t.equal((old["content"], old["digest"]), (CONTENT, item["digest"]))
        t.equal([v["version"] for v in s.get("Aino", at(item))["versions"]], [2, 1])


def test_nobody_approves_what_they_wrote(t):
    with served(t) as s:
        item = move(s, "Sirkka", make(s, "Sirkka"), "submit")
        move(s, "Sirkka", item, "approve", 403)
        move(s, "Ella", item, "approve", 403)
        move(s, "Aino", item, "approve", 403)
        t.equal([m["may"] for m in s.get("Aino", at(item))["moves"]], [False] * 3)
        t.equal(move(s, "Mikko", item, "approve")["state"], "in_force")
        # what an auditor has asked for, the auditor judges
        asked = {"asked_by": "Aino", "question": "Who approved this?", "due": "2030-01-01", "answer": "The log tells."}
        item = s.post("Ella", "/registers/assessor_request/items", {"title": "Approvals", "content": asked}, 201)
        there = "/registers/assessor_request/items/" + item["subject"].split("/")[1]
        s.post("Ella", there + "/moves", {"move": "answer", "digest": item["digest"]})
        t.equal({m["key"]: m["may"] for m in s.get("Ella", there)["moves"]}, {"flag": False, "accept": False, "withdraw": False})
        t.equal({m["key"]: m["may"] for m in s.get("Aino", there)["moves"]}, {"flag": True, "accept": True, "withdraw": True})
        s.post("Timo", there + "/moves", {"move": "accept", "digest": item["digest"]}, 403)
        t.equal(s.post("Aino", there + "/moves", {"move": "accept", "digest": item["digest"]})["state"], "accepted")


def test_bad_items_are_refused_by_field(t):
    with served(t) as s:
        got = s.post("Ella", AT, {"title": "x", "content": {"purpose": 1, "colour": "red"}}, 422).json()
        t.equal(sorted(e["field"] for e in got["errors"]), ["colour", "purpose"])
        s.post("Ella", AT, {"title": "x", "content": {"purpose": 1.5}}, 400)
        s.post("Ella", AT, {"title": "x", "content": CONTENT, "shows": ["appsec-metrics/metrics-documented"]}, 422)
        s.post("Ella", AT, {"title": "x", "content": CONTENT, "owner": "person:" + "z" * 20}, 422)
        s.post("Ella", "/registers/nothing/items", {"title": "x", "content": {}}, 404)
        s.post("Aino", AT, {"title": "x", "content": CONTENT}, 403)
        s.post("Timo", AT, {"title": "x", "content": CONTENT}, 403)
        s.get("Timo", AT, 403)
        draft = s.post("Ella", AT, {"title": "Begun", "content": {}}, 201)
        got = move(s, "Ella", draft, "submit", 422).json()
        t.equal(sorted(e["field"] for e in got["errors"]), ["applies_to", "purpose", "text"])
        move(s, "Ella", draft, "retire", 422)  # wants a reason
        t.equal(move(s, "Ella", draft, "retire", reason="Not needed")["phase"], "closed")


def test_items_are_begun_from_ready_records(t):
    with served(t) as s:
        ready = {r["register"] + "/" + r["template"]: r for r in s.get("Aino", "/templates")["items"]}
        name = "definition_of_done/team"
        t.equal((ready[name]["used"], ready[name]["open"] > 0), (0, True))
        t.equal({r["register"] for r in s.get("Aino", "/templates?register=guideline")["items"]} <= {"guideline"}, True)
        t.equal(name in {r["register"] + "/" + r["template"] for r in s.get("Aino", "/templates?task=definition-of-done")["items"]}, True)
        for lang, mark in (("en", "[fill in: "), ("fi", "[täydennä: ")):
            text = s.get("Aino", f"/registers/definition_of_done/templates/team?lang={lang}")
            t.equal((text["lang"], {p["place"].startswith(mark) for p in text["open"]}), (lang, {True}))
        s.get("Aino", "/registers/definition_of_done/templates/none", 404)
        s.post("Aino", "/templates/starts", {"templates": [name]}, 403)
        s.post("Ella", "/templates/starts", {"templates": [name, "policy/none"]}, 404)
        s.post("Ella", "/templates/starts", {"templates": [name, name]}, 422)
        t.equal(s.get("Aino", "/registers/definition_of_done/items")["items"], [])
        got = s.post("Ella", "/templates/starts", {"templates": [name], "lang": "fi"}, 200)
        t.equal((len(got["items"]), got["skipped"]), (1, []))
        again = s.post("Ella", "/templates/starts", {"templates": [name]}, 200)
        t.equal((again["items"], again["skipped"]), ([], [name]))
        where = "/registers/definition_of_done/items/" + got["items"][0]["subject"].split("/")[1]
        item = s.get("Ella", where)
        t.equal((item["origin"], item["phase"], item["approved"], item["owner"]["id"]), (name, "open", False, person_id("Ella")))
        t.equal(item["title"].startswith("Valmiin määritelmä"), True)
        s.post("Ella", where + "/moves", {"move": "submit", "digest": item["digest"]}, 422)  # it names no repository yet
        t.equal(len(s.post("Ella", "/templates/starts", {"templates": [name], "again": True}, 200)["items"]), 1)
        t.equal({r["template"]: r["used"] for r in s.get("Aino", "/templates?register=definition_of_done")["items"]}["team"], 2)
        t.run("fsck", "--data", "data", code=0)


def test_nothing_left_open_comes_into_force(t):
    with served(t) as s:
        item = make(s)
        seen = s.call("Ella", "GET", at(item)).headers["ETag"]
        item = s.put("Ella", at(item), {"title": item["title"], "content": dict(CONTENT, text="Ask [fill in: whom]. See [a](b), [x].")}, If_Match=seen)
        t.equal(item["open"], [{"field": "text", "place": "[fill in: whom]"}])
        item = move(s, "Ella", item, "submit")
        got = move(s, "Sirkka", item, "approve", 422).json()
        t.equal([(e["field"], "[fill in: whom]" in e["detail"]) for e in got["errors"]], [("text", True)])
        t.equal(s.get("Sirkka", at(item))["state"], "in_review")


def points(s, task):
    return {p["key"]: (p["verdict"], p["assurance"]) for p in s.get("Aino", "/tasks/" + task)["points"]}


def test_an_item_in_force_shows_its_points(t):
    with served(t) as s:
        point = "change-management/process-documented"
        item = make(s, shows=[point])
        t.run("refresh", "--data", "data", "--quiet", code=0)
        t.equal(points(s, "change-management")["process-documented"], ("no_evidence", "none"))
        move(s, "Sirkka", move(s, "Ella", item, "submit"), "approve")
        t.run("refresh", "--data", "data", "--quiet", code=0)
        t.equal(points(s, "change-management")["process-documented"], ("met", "fair"))

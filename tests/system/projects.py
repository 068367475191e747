"""Goal: whoever has a role in a project alone does there what the role may, and nothing of it elsewhere."""
import contextlib
import time

import serving
from serving import DEVELOPER, MANAGER, SECURITY_OFFICER, person_id, subject_id

ONE, TWO = "project:" + subject_id("one"), "project:" + subject_id("two")
IN_ONE, IN_TWO = "repo:" + subject_id("in one"), "repo:" + subject_id("in two")
PEOPLE = {"Sirkka": [SECURITY_OFFICER], "Matti": [MANAGER], "Paula": ["%s@%s" % (MANAGER, ONE)], "Rami": ["%s@%s" % (DEVELOPER, ONE)],
          "Kaisa": ["%s@%s" % (MANAGER, ONE), "%s@%s" % (MANAGER, TWO)], "Toini": ["%s@%s" % (MANAGER, TWO)]}
TASK = "public-network-encryption"
PATH = "/tasks/" + TASK


@contextlib.contextmanager
def served(t):
    t.run("init", "--data", "data", "--origin", "test.example/org", code=0)
    with serving.Server(t, t.dir / "data", PEOPLE) as s:
        for project, repository in ((ONE, IN_ONE), (TWO, IN_TWO)):
            s.add_fact("project", project, {"name": project[-4:], "title": "Project " + project[-4:], "state": "active"})
            s.add_fact("repository", repository, {"name": repository[-4:], "project": project, "main": "refs/heads/main", "state": "active"})
        for who in ("Paula", "Toini"):  # the standing of a new project takes a moment
            until = time.time() + 20
            while s.call(who, "GET", PATH).status != 200 and time.time() < until:
                time.sleep(0.1)
        yield s


def change(s, who, body, code=200, project=None):
    query = "?project=" + project[8:] if project else ""
    seen = s.call(who, "GET", PATH + query)
    return s.patch(who, PATH + query, body, code, If_Match=seen.headers.get("ETag", '"v0-00"'))


def test_who_looks_after_a_task_in_a_project(t):
    with served(t) as s:
        change(s, "Matti", {"owner": person_id("Matti"), "due": "2031-01-01T00:00:00Z", "process": "for all"})
        t.equal(s.get("Paula", PATH)["task"]["owner"]["name"], "Matti", "where the project has nobody of its own")
        mine = change(s, "Paula", {"owner": person_id("Rami"), "due": "2030-06-01T00:00:00Z", "participants": [person_id("Paula")]})
        t.equal((mine["task"]["owner"]["name"], mine["task"]["due"], mine["process"], [p["name"] for p in mine["participants"]]),
                ("Rami", "2030-06-01T00:00:00Z", "for all", ["Paula"]))
        t.equal(s.get("Matti", PATH)["task"]["owner"]["name"], "Matti", "the organization's stays")
        t.equal(s.get("Matti", PATH)["participants"], [])
        t.equal(s.get("Matti", PATH + "?project=" + ONE[8:])["task"]["owner"]["name"], "Rami")
        t.equal(s.get("Toini", PATH)["task"]["owner"]["name"], "Matti")
        t.equal([r["key"] for r in s.get("Rami", "/my-tasks")["owned"]], [TASK])
        t.equal([r["key"] for r in s.get("Paula", "/my-tasks")["participating"]], [TASK])
        t.equal([r["key"] for r in s.get("Matti", "/my-tasks")["owned"]], [TASK])
        change(s, "Rami", {"owner": person_id("Rami")}, 403)
        change(s, "Paula", {"owner": person_id("Paula")}, 403, project=TWO)
        change(s, "Paula", {"priority": "low"}, 422)
        s.post("Paula", "/tasks/bulk?project=" + TWO[8:], {"tasks": [TASK], "owner": ""}, 403)
        s.post("Paula", "/tasks/bulk", {"tasks": [TASK], "owner": ""})
        t.equal(s.get("Paula", PATH)["task"]["owner"], None)
        answer = s.patch("Kaisa", PATH, {"owner": person_id("Kaisa")}, 422, If_Match='"v0-00"').json()
        t.equal([e["field"] for e in answer["errors"]], ["project"], "who has several says which")
        t.equal(change(s, "Kaisa", {"owner": person_id("Kaisa")}, project=TWO)["task"]["owner"]["name"], "Kaisa")
        t.equal(s.get("Toini", PATH)["task"]["owner"]["name"], "Kaisa")
        t.equal(s.get("Paula", PATH)["task"]["owner"], None)
        stale = s.call("Toini", "GET", PATH).headers["ETag"]
        change(s, "Kaisa", {"owner": ""}, project=TWO)
        s.patch("Toini", PATH, {"owner": person_id("Toini")}, 412, If_Match=stale)


def test_what_is_said_in_a_project(t):
    with served(t) as s:
        s.post("Matti", PATH + "/comments", {"text": "for all"}, 201)
        s.post("Rami", PATH + "/comments", {"text": "in one"}, 201)
        s.post("Toini", PATH + "/comments", {"text": "in two"}, 201)
        s.post("Rami", PATH + "/comments?project=" + TWO[8:], {"text": "not mine"}, 403)
        s.post("Kaisa", PATH + "/comments", {"text": "in which?"}, 422)

        def said(who, query=""):
            return [c["text"] for c in s.get(who, PATH + "/comments" + query)["items"]]
        t.equal(said("Rami"), ["in one"])
        t.equal(said("Kaisa"), ["in two", "in one"])
        t.equal(said("Kaisa", "?project=" + TWO[8:]), ["in two"])
        t.equal(said("Rami", "?project=" + TWO[8:]), [])
        t.equal(said("Matti"), ["in two", "in one", "for all"])
        t.equal((s.get("Rami", PATH)["comments"], s.get("Matti", PATH)["comments"]), (1, 3))


def test_what_is_decided_in_a_project(t):
    with served(t) as s:
        point = s.get("Paula", PATH)["points"][0]["key"]
        treatment = {"cause": "c", "correction": "c", "check": "c", "checked_at": "2020-01-01T00:00:00Z"}
        waiver = {"until": "2027-01-01T00:00:00Z", "reason": "until the new one is here"}
        for about, allowed in ((IN_ONE, True), ("file:%s/src/a.c" % IN_ONE[5:], True), ("ref:%s/refs/heads/main" % IN_ONE[5:], True), (IN_TWO, False),
                               ("file:%s/src/a.c" % IN_TWO[5:], False), ("*", False), ("repo:" + subject_id("unknown"), False), (ONE, False), (person_id("Rami"), False)):
            for who in ("Paula", "Kaisa"):
                in_two = IN_TWO[5:] in about
                code = 201 if allowed or (who == "Kaisa" and in_two) else 403
                s.post(who, "%s/points/%s/treatments" % (PATH, point), {"about": about, **treatment}, code)
                s.post(who, "%s/points/%s/waivers" % (PATH, point), {"about": about, **waiver, "reason": who}, code)
        s.post("Rami", "%s/points/%s/treatments" % (PATH, point), {"about": IN_ONE, **treatment}, 201)
        s.post("Rami", "%s/points/%s/waivers" % (PATH, point), {"about": IN_ONE, **waiver}, 403)
        for path, body in (("adoption", {"adopted": True, "reason": "r"}), ("applicability", {"applicable": False, "reason": "r"})):
            answer = s.call("Paula", "PUT", "%s/points/%s/%s" % (PATH, point, path), body)
            t.true(answer.status in (403, 404, 405), "%s: %s" % (path, answer))
        own = s.get("Paula", "/approvals")["items"]
        t.true(own and all(r["by"]["name"] == "Paula" and not r["may_decide"] for r in own), own)
        s.get("Toini", "/approvals/%d" % own[0]["request"], 404)
        for_sirkka = s.get("Sirkka", "/approvals?for_me=true")["items"]
        t.true(for_sirkka and all(r["may_decide"] for r in for_sirkka), for_sirkka)
        t.equal(s.get("Paula", "/approvals?for_me=true")["items"], [])
        request = next(r for r in for_sirkka if r["by"]["name"] == "Paula" and r["payload"]["about"] == IN_ONE)
        s.post("Sirkka", "/approvals/%d/approve" % request["request"], {})
        t.true(request["request"] not in [r["request"] for r in s.get("Sirkka", "/approvals?for_me=true")["items"]], "it waits no more")
        s.post("Toini", "%s/points/%s/waivers/withdraw" % (PATH, point), {"about": IN_ONE, "reason": "no"}, 403)
        s.post("Paula", "%s/points/%s/waivers/withdraw" % (PATH, point), {"about": IN_ONE, "reason": "not needed any more"}, 201)
        events = s.get("Sirkka", "/events?subject=" + person_id("Paula"))["items"]
        t.equal({e["subject_title"] for e in events}, {"Paula"}, "events about a person have the name")

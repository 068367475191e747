"""Goal: what people keep of lists (saved views), tasks from and into files, and the catalog and its results as others read them."""
import serving
from serving import AUDITOR, DEVELOPER, MANAGER, SECURITY_OFFICER

PEOPLE = {"Sirkka": [SECURITY_OFFICER], "Mikko": [MANAGER], "Ella": [DEVELOPER], "Aino": [AUDITOR]}


def served(t):
    t.run("init", "--data", "data", "--origin", "test.example/org", code=0)
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

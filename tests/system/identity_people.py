"""Goal: people, groups and roles are changed only by whom they may be, nobody gives themselves a role, and a leaver loses everything at once."""
import time

import serving
from serving import ADMIN, AUDITOR, DEVELOPER, EMPLOYEE, MANAGER, SECURITY_OFFICER, person_id, subject_id

PEOPLE = {"Aatu": [ADMIN], "Sirkka": [SECURITY_OFFICER], "Ella": [DEVELOPER], "Timo": [EMPLOYEE], "Aino": [AUDITOR], "Mikko": [MANAGER]}


def served(t, people=None):
    t.run("init", "--data", "data", "--origin", "test.example/org", code=0)
    return serving.Server(t, t.dir / "data", people or PEOPLE)


def at(who):
    return "/people/" + subject_id(who)


def test_people_are_listed_and_changed(t):
    with served(t) as s:
        made = s.post("Aatu", "/people", {"name": "Veera Lehto", "addresses": ["veera@example.org"]}, 201)
        path = "/people/" + made["id"].split(":")[1]
        answer = s.call("Aatu", "GET", path)
        t.equal((answer.status, answer.json()["name"], answer.json()["state"]), (200, "Veera Lehto", "active"))
        tag = {k.lower(): v for k, v in answer.headers.items()}["etag"]
        s.patch("Aatu", path, {"name": "Veera Koski"}, 428)
        s.patch("Aatu", path, {"name": "Veera Koski"}, If_Match=tag)
        s.patch("Aatu", path, {"name": "Veera Salo"}, 412, If_Match=tag)
        t.equal([p["name"] for p in s.get("Aatu", "/people?q=VEERA")["items"]], ["Veera Koski"])
        t.equal([p["name"] for p in s.get("Aatu", "/people?role=developer")["items"]], ["Ella"])
        t.equal(s.get("Aatu", "/people?limit=2")["total"], 7)
        for who, code in (("Ella", 403), ("Timo", 403), ("Aino", 403), ("Sirkka", 403), (None, 401)):
            s.post(who, "/people", {"name": "Somebody", "addresses": ["x@example.org"]}, code)
        s.get("Timo", "/people", 403)
        s.get("Ella", "/people")
        for body in ({"name": "VEERA  KOSKI", "addresses": ["v@example.org"]}, {"name": "Veera Koski ", "addresses": ["v@example.org"]},
                     {"name": "\u0412eera", "addresses": ["v@example.org"]}, {"name": "V", "addresses": ["\u0430@example.org"]}, {"name": "V", "addresses": []}):
            t.equal(s.call("Aatu", "POST", "/people", body).status in (409, 422), True, str(body))
        s.post("Aatu", "/people", {"name": "Veera Koski", "addresses": ["v@example.org"]}, 409)
        s.post("Aatu", "/people", {"name": "Other", "addresses": ["VEERA@example.org"]}, 409)


def test_what_is_wrong_is_said_in_ones_language(t):
    with served(t) as s:
        body = {"name": "ELLA", "addresses": ["x@example.org"]}
        en, fi = s.post("Aatu", "/people", body, 409).json(), s.post("Aatu", "/people", body, 409, Accept_Language="fi").json()
        t.equal([e["field"] for e in en["errors"]], ["name"])
        t.has(en["errors"][0]["detail"], '"ELLA" can be taken for "Ella"')
        t.has(fi["errors"][0]["detail"], "”ELLA” on sekoitettavissa nimeen ”Ella”")
        t.has(fi["detail"], "name: ”ELLA”")
        wrong = s.post("Aatu", "/people", {"name": "X", "addresses": ["no address"]}, 422, Accept_Language="fi").json()
        t.equal([e["field"] for e in wrong["errors"]], ["addresses"])
        key = s.post("Ella", "/me/keys", {"public": "ssh-dss AAAA"}, 422, Accept_Language="fi").json()
        t.equal(key["errors"], [{"field": "public", "detail": "”ssh-dss” ei kelpaa; ssh-ed25519, ecdsa-sha2-…, ssh-rsa ja sk-… kelpaavat"}])
        got = s.call("Aatu", "POST", "/people/import", raw="name,address\nElla,e@example.org\n", Content_Type="text/csv", Accept_Language="fi").json()
        t.has(got["faults"][0]["detail"], "sekoitettavissa")


def test_a_leaver_loses_everything(t):
    with served(t) as s:
        secret = s.post("Ella", "/me/tokens", {"name": "build", "permissions": ["people.read"], "until": soon(5)}, 201)["secret"]
        s.post("Ella", "/me/keys", {"public": KEY}, 201)
        link = s.post("Aatu", at("Ella") + "/links", {"purpose": "invitation"}, 201)["path"].split("#")[1]
        s.get("Ella", "/people")
        t.equal(s.call(None, "GET", "/people", Authorization="Bearer " + secret).status, 200)
        s.post("Aatu", at("Ella") + "/leave", None)
        s.get("Ella", "/people", 401)
        t.equal(s.call(None, "GET", "/people", Authorization="Bearer " + secret).status, 401)
        s.post(None, "/session/link/look", {"secret": link}, 401)
        t.equal(s.get("Aatu", at("Ella"))["roles"], [])
        s.post("Aatu", at("Ella") + "/return", None)
        s.get("Ella", "/people", 401)
        t.equal(s.call(None, "GET", "/people", Authorization="Bearer " + secret).status, 401)
        # what two people decide is not done by one who says that somebody has left
        for who in ("Sirkka", "Aatu"):
            s.post("Aatu", at(who) + "/leave", None, 409)
            s.get(who, "/people")


KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIIFc9dvUIHk+p/bOw7ypqjvDGZSsXNlpR7TbG23X2Ezd"


def soon(days):
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + days * 86400))


def grant(subject, role, state="granted", scope="org", **more):
    return {"subject": subject, "role": role, "scope": scope, "state": state, "reason": "test", **more}


def test_roles_are_given_by_whom_they_may_be(t):
    with served(t, {**PEOPLE, "Onni": [SECURITY_OFFICER]}) as s:
        t.equal(s.post("Aatu", "/role-grants", grant(person_id("Timo"), "developer"), 201)["state"], "done")
        s.get("Timo", "/people")
        s.post("Aatu", "/role-grants", grant(person_id("Timo"), "developer", "revoked"), 201)
        s.get("Timo", "/people", 403)
        for who in ("Ella", "Aino", "Mikko", "Timo"):
            s.post(who, "/role-grants", grant(person_id(who), "admin"), 403)
        # Admin, Security officer, and whatever is one's own: asked of a second person
        asked = s.post("Aatu", "/role-grants", grant(person_id("Aatu"), "security_officer"), 201)
        t.equal((asked["state"], asked["event"]), ("waiting", None))
        s.post("Aatu", "/approvals/%d/approve" % asked["request"], {}, 403)
        own = s.post("Aatu", "/role-grants", grant(person_id("Aatu"), "development_manager"), 201)
        t.equal(own["state"], "waiting")
        t.equal(sorted(r["role"] for r in s.get("Aatu", at("Aatu"))["roles"]), ["admin"])
        s.post("Sirkka", "/approvals/%d/approve" % asked["request"], {})
        t.equal(sorted(r["role"] for r in s.get("Aatu", at("Aatu"))["roles"]), ["admin", "security_officer"])
        s.post("Aatu", "/role-grants", grant(person_id("Timo"), "partner"), 422)
        s.post("Aatu", "/role-grants", grant(person_id("Timo"), "partner", until=soon(-1)), 422)
        s.post("Aatu", "/role-grants", grant(person_id("Timo"), "partner", until=soon(1)), 201)
        s.post("Aatu", "/role-grants", grant("person:" + "a" * 20, "employee"), 404)
        t.equal([g["name"] for g in s.get("Aatu", "/role-grants?role=partner")["items"]], ["Timo"])


def test_the_last_officer_stays(t):
    with served(t) as s:
        s.post("Sirkka", "/role-grants", grant(person_id("Sirkka"), "security_officer", "revoked"), 409)
        s.post("Aatu", "/role-grants", grant(person_id("Sirkka"), "security_officer", "revoked"), 409)
        s.post("Aatu", "/role-grants", grant(person_id("Sirkka"), "security_officer", until=soon(1)), 409)
        t.equal([g["name"] for g in s.get("Aatu", "/role-grants?role=security_officer")["items"]], ["Sirkka"])


def test_groups(t):
    with served(t) as s:
        made = s.post("Aatu", "/groups", {"name": "Builders", "members": [person_id("Timo")]}, 201)
        path = "/groups/" + made["id"].split(":")[1]
        s.post("Aatu", "/groups", {"name": "BUILDERS", "members": []}, 409)
        s.post("Aatu", "/groups", {"name": "Twice", "members": [person_id("Timo")] * 2}, 422)
        s.post("Aatu", "/role-grants", grant(made["id"], "developer"), 201)
        s.get("Timo", "/people")
        s.post("Aatu", "/role-grants", grant(made["id"], "admin"), 422)
        # nobody joins a group by their own hand
        tag = {k.lower(): v for k, v in s.call("Aatu", "GET", path).headers.items()}["etag"]
        s.patch("Aatu", path, {"members": [person_id("Timo"), person_id("Aatu")]}, 403, If_Match=tag)
        s.patch("Ella", path, {"members": []}, 403, If_Match=tag)
        s.patch("Aatu", path, {"members": []}, If_Match=tag)
        s.get("Timo", "/people", 403)
        t.equal(s.get("Aatu", "/groups")["items"], [{"id": made["id"], "name": "Builders", "state": "active", "members": 0}])


def test_import_is_all_or_nothing(t):
    def send(text, query=""):
        return s.call("Aatu", "POST", "/people/import" + query, raw=text, Content_Type="text/csv")

    with served(t) as s:
        good = "name,address,role,until\r\nVeera Lehto,veera@example.org;v@example.org,developer,\r\n\"Salo, Ilkka\",ilkka@example.org,partner,%s\r\n" % soon(30)
        t.equal(send(good, "?dry_run=true").json(), {"added": False, "people": 2, "roles": 2, "fault_count": 0, "faults": []})
        t.equal(len(s.get("Aatu", "/people?q=example")["items"]), 6)
        bad = good + "Ella,new@example.org,,\nX,not an address,admin,\nVEERA LEHTO,vv@example.org,,\nonly one field\n"
        got = send(bad).json()
        t.equal((got["added"], [f["line"] for f in got["faults"]]), (False, [4, 5, 5, 6, 7]))
        t.equal(len(s.get("Aatu", "/people?q=example")["items"]), 6)
        t.equal(send(good).json()["added"], True)
        t.equal(sorted(p["name"] for p in s.get("Aatu", "/people?limit=100")["items"])[-2:], ["Timo", "Veera Lehto"])
        t.equal(send(good).json()["fault_count"], 2)
        t.equal(send(b"name,address\n\xff\xfe,x@example.org\n").status, 400)
        t.equal(send("name,address\n" + "A,a@b\n" * 5001).status, 413)
        many = "name,address\n" + "".join("Person %s,%s@example.org\n" % (letters(i), letters(i)) for i in range(2000))
        t.equal((send(many).json()["people"], s.get("Aatu", "/people?limit=1")["total"]), (2000, 2008))


def letters(i):
    return "".join(chr(97 + int(c)) for c in "%04d" % i)


def test_sign_in_of_the_powerful_is_not_reset_by_others(t):
    with served(t) as s:
        s.post("Aatu", at("Timo") + "/links", {"purpose": "reset"}, 201)
        for who in ("Ella", "Timo", "Mikko", "Aino"):
            s.post(who, at("Timo") + "/links", {"purpose": "reset"}, 403)
        link = s.post("Aatu", at("Sirkka") + "/links", {"purpose": "invitation"}, 201)["path"].split("#")[1]
        s.post(None, "/session/link", {"secret": link, "password": "murmelin vihko tuulee"})
        s.post("Aatu", at("Sirkka") + "/links", {"purpose": "reset"}, 403)
        t.run("people", "change", person_id("Sirkka"), "Sirkka", "sirkka@example.org", "s@example.org", "--data", "data", code=0)
        tag = s.call("Aatu", "GET", at("Sirkka")).all("ETag")[0]
        s.patch("Aatu", at("Sirkka"), {"addresses": ["aatu2@example.org"]}, 403, If_Match=tag)
        s.patch("Aatu", at("Sirkka"), {"name": "Sirkka Salo"}, If_Match=tag)
        listed = [x for x in s.get("Aatu", "/invitations")["items"] if x["person"]["name"] == "Timo"]
        t.equal([(x["person"]["name"], x["purpose"]) for x in listed], [("Timo", "reset")])
        t.equal(s.call("Aatu", "DELETE", "/invitations/" + listed[0]["id"]).status, 204)
        t.equal([x for x in s.get("Aatu", "/invitations")["items"] if x["person"]["name"] == "Timo"], [])
        t.equal(s.call("Aatu", "DELETE", at("Ella") + "/access").status, 204)
        s.get("Ella", "/session")
        t.equal(s.get("Ella", "/session")["person"], None)

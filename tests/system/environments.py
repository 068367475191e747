"""Goal: who gets into production and who into test: access lists beside one another, from files and into files; nobody is called a leaver whom nobody knows."""
import csv
import io
import time
import zipfile

import serving
from organization_rules import make, move, until
from serving import AUDITOR, DEVELOPER, EMPLOYEE, MANAGER, SECURITY_OFFICER, person_id

PEOPLE = {"Sirkka": [SECURITY_OFFICER], "Mikko": [MANAGER], "Ella": [DEVELOPER], "Aino": [AUDITOR], "Timo": [EMPLOYEE], "Outi": []}
TODAY = time.strftime("%Y-%m-%d", time.gmtime())
SERVICE = {"purpose": "Orders", "criticality": "high", "audience": "customers", "public": True, "passwords": "none", "personal_data": False}
ENVIRONMENT = {"account": "a", "network": "n", "production_data": "never", "parity": "p"}
PRODUCTION = """User name;Display name;E-mail;Role;Last seen
ella;Ella;ella@example.org;operator;yesterday
ella;Ella;ella@example.org;admin;yesterday
root;;;admin;
=cmd|x;A stranger;stranger@example.net;Viewer;
outi;Outi;OUTI@example.org;write;
"""


def environments(s):
    shop = make(s, "service", SERVICE, "Shop")["subject"]
    production = make(s, "environment", dict(ENVIRONMENT, purpose="production", production_data="yes", services=[shop], developers="read", account="prod", access=[
        {"account": "ELLA", "level": "viewer", "allows": "read"}, {"account": "old", "person": person_id("Mikko"), "level": "admin"}]), "Shop production")
    test = make(s, "environment", dict(ENVIRONMENT, purpose="test", services=[shop], access=[{"account": "ella", "person": person_id("Ella"), "level": "Operator; Admin"},
                                                                                          {"account": "timo@example.org", "level": "viewer"}]), "Shop test")
    alone = make(s, "environment", dict(ENVIRONMENT, purpose="staging", access=[]), "Alone")
    told = bring(s, alone, PRODUCTION)
    seen = s.call("Ella", "GET", "/registers/environment/items/" + key(alone)).headers["ETag"]
    s.put("Ella", "/registers/environment/items/" + key(alone), {"title": "Alone", "content": dict(ENVIRONMENT, purpose="staging", access=[], network="other")}, If_Match=seen)
    bring(s, alone, PRODUCTION, 409, outcome=told["outcome"])  # edited since it was told
    return production, test


def key(item):
    return item["subject"].split("/")[1]


def bring(s, item, text, code=200, who="Ella", lang="en", **query):
    path = "/environments/%s/access/import?" % key(item) + "&".join("%s=%s" % x for x in query.items())
    return s.expect("POST", path, s.call(who, "POST", path, raw=text, Content_Type="text/csv", Accept_Language=lang), code)


def check_an_import(t, s, production):
    url = "/registers/environment/items/" + key(production)
    told = bring(s, production, PRODUCTION)
    t.equal([told[x] for x in ("done", "falls", "accounts", "joined", "left", "changed", "unchanged", "unmatched", "fault_count", "ignored")],
            [False, False, 4, 3, 1, 1, 0, 2, 0, ["Last seen"]])
    rows = {(r["change"], r["account"]): r for r in told["rows"]}
    t.equal(rows["left", "old"]["person"], "Mikko")
    t.equal(rows["joined", "outi"]["person"], "Outi")
    t.equal(rows["joined", "=cmd|x"]["person"], "")
    t.equal({f["field"]: (f["before"], f["after"]) for f in rows["changed", "ella"]["fields"]},
            {"person": ("", "Ella"), "name": ("", "Ella"), "level": ("viewer", "operator; admin"), "allows": ("read", "admin")})
    t.equal(s.get("Ella", url)["version"], 1)  # only told
    bring(s, production, PRODUCTION, 409, outcome="0" * 64)
    bring(s, production, PRODUCTION.replace("write", "read"), 409, outcome=told["outcome"])
    bring(s, production, PRODUCTION, 403, who="Aino", outcome=told["outcome"])
    bring(s, production, PRODUCTION, 403, who="Timo")
    bring(s, production, PRODUCTION, 422, day="2999-01-01")
    bring(s, production, PRODUCTION, 422, day="2026-02-31")
    t.equal(bring(s, production, PRODUCTION, outcome=told["outcome"])["done"], True)
    bring(s, production, PRODUCTION, 200, outcome=told["outcome"])  # the same again changes nothing
    item = s.get("Ella", url)
    t.equal((item["version"], item["content"]["list_day"]), (2, TODAY))
    t.equal(item["content"]["access"][0], {"account": "ella", "person": person_id("Ella"), "name": "Ella", "level": "operator; admin", "allows": "admin"})
    t.equal(item["content"]["access"][3], {"account": "outi", "person": person_id("Outi"), "name": "Outi", "level": "write", "allows": "change"})
    t.equal((item["content"]["parity"], item["content"]["developers"]), ("p", "read"))  # what the file does not say stays
    again = bring(s, production, PRODUCTION.replace("Role", "Taso").replace(";", "\t"))
    t.equal((again["changes"], again["unchanged"]), (False, 4))
    return item


def check_faults(t, s, production):
    def faults(text, lang="en"):
        told = bring(s, production, text, lang=lang)
        t.equal(bring(s, production, text, outcome=told["outcome"])["done"], False)
        return [(f["line"], f["field"]) for f in told["faults"]]
    t.equal(faults("person,seen\nElla,yes\n"), [(1, "account"), (1, "level")])
    t.equal(faults("user,login,role\na,b,c\n"), [(1, "account")])
    t.equal(faults("user,role,shared,allows\n,x,,\nb,,,\nc,x,perhaps,\nd,x,,everything\n\"e\nf\",x,,\ng,x\n"),
            [(2, "account"), (3, "level"), (4, "shared"), (5, "allows"), (6, "account"), (6, "account"), (8, "")])
    t.equal(faults("user,name,role\na,Ella,x\nA,Mikko,y\n"), [(3, "name")])
    t.equal(faults("user,role\n" + "".join("u%d,x\n" % i for i in range(501))), [(502, "")])
    t.equal(faults(""), [(1, "")])
    t.equal(faults("user,role\n"), [(1, "")])
    t.equal(faults("user,role\n\"a,b\n"), [(2, "")])
    bring(s, production, b"user,role\na\xff,b\n", 400)
    t.has(bring(s, production, "user,role\nb,\n", lang="fi")["faults"][0]["text"], "mitä tunnuksella saa tehdä")


def check_beside(t, s, production, test):
    rows = {r["title"]: r for r in s.get("Aino", "/environments?sort=title")["items"]}
    t.equal([b["name"] for b in rows["Shop production"]["beside"]], ["Shop test"])
    t.equal([b["name"] for b in rows["Shop test"]["beside"]], ["Shop production"])
    t.equal(rows["Alone"]["beside"], [])
    t.equal([rows["Shop production"][x] for x in ("accounts", "shared", "left", "unmatched", "list_day", "list_late")], [4, 0, 0, 2, TODAY, False])
    s.get("Timo", "/environments", 403)
    url = "/environments/%s/access?beside=%s" % (key(production), key(test))
    got = {r["name"]: r for r in s.get("Aino", url)["items"]}
    t.equal({n: r["side"] for n, r in got.items()}, {"Ella": "both", "root": "here", "A stranger": "here", "Outi": "here", "Timo": "there"})
    ella = got["Ella"]
    t.equal([ella[x] for x in ("account_here", "level_here", "allows_here", "account_there", "allows_there", "differs", "developer", "beyond")],
            ["ella", "operator; admin", "admin", "ella", None, False, True, True])
    t.equal([(n, r["matched"], r["left"], r["generic"]) for n, r in sorted(got.items()) if n != "Ella"],
            [("A stranger", False, False, False), ("Outi", True, False, False), ("Timo", True, False, False), ("root", False, False, True)])
    names = lambda query: sorted(r["name"] for r in s.get("Aino", url + query)["items"])  # noqa: E731
    t.equal((names("&side=there"), names("&mark=beyond"), names("&mark=unmatched"), names("&mark=shared"), names("&mark=left"), names("&q=OUT")),
            (["Timo"], ["Ella"], ["A stranger", "root"], ["root"], [], ["Outi"]))
    t.equal(len(s.get("Aino", "/environments/%s/access?beside=%s" % (key(production), key(production)))["items"]), 4)  # beside itself: alone
    for where in ("access/export", "access/export?as=xlsx&beside=" + key(test)):
        s.get("Timo", "/environments/%s/%s" % (key(production), where), 403)
    table = list(csv.reader(io.StringIO(s.call("Aino", "GET", url.replace("access?", "access/export?") + "&side=here", Accept_Language="fi").raw.decode("utf-8-sig"))))
    t.equal(table[0][:3], ["Kuka", "Missä luettelossa", "Tunnus: Shop production"])
    t.equal([r[2] for r in table[1:-1]], ["'=cmd|x", "outi", "root"])  # no formula
    t.has(table[-1][0], "# Shop production / Shop test")
    book = s.call("Aino", "GET", url.replace("access?", "access/export?") + "&as=xlsx")
    t.has(book.headers["Content-Disposition"], "access-ENV-")
    t.has(zipfile.ZipFile(io.BytesIO(book.raw)).read("xl/worksheets/sheet1.xml").decode(), "stranger")
    for bad in ("&side=nowhere", "&mark=x", "&q="):
        s.get("Aino", url + bad, 422)
    s.get("Aino", "/environments/%s/access/export" % ("a" * 20), 404)


def point(s):
    task = s.call("Sirkka", "GET", "/tasks/environment-separation").json()
    return [p for p in task.get("points", ()) if p["key"] == "production-undisturbed"][0] if "points" in task else {"verdict": None}


def check_who_has_left(t, s, production):
    """A person who leaves stands out wherever the list knows them, and once the list is confirmed the task says so; then it is mended."""
    move(s, "Sirkka", production, "confirm")
    until(lambda: point(s)["verdict"] == "violated")
    t.equal([f["message"] for f in point(s)["findings"]],
            ["A developer has the account ella in Shop production (ENV-1) and may do more by it than ENV-1 leaves to developers."])
    s.add_fact("person", person_id("Outi"), {"name": "Outi", "addresses": ["outi@example.org"], "accounts": [], "state": "left"})
    until(lambda: point(s)["findings_total"] == 2)
    t.has(" ".join(f["message"] for f in point(s)["findings"]), "The account outi in Shop production (ENV-1) belongs to somebody who has left")
    t.equal([r["left"] for r in s.get("Aino", "/environments?purpose=production")["items"]], [1])
    t.equal([r["name"] for r in s.get("Aino", "/environments/%s/access?mark=left" % key(production))["items"]], ["Outi"])
    mended = "account,level,allows,shared\nella,viewer,read,no\nroot,admin,admin,no\n"
    told = bring(s, production, mended)
    t.equal((told["falls"], told["left"]), (True, 2))
    bring(s, production, mended, outcome=told["outcome"])
    item = s.get("Ella", "/registers/environment/items/" + key(production))
    t.equal((item["state"], item["content"]["access"][0]["person"]), ("draft", person_id("Ella")))  # whose it is was said before
    item = move(s, "Sirkka", item, "confirm")
    until(lambda: point(s)["verdict"] == "met")
    move(s, "Sirkka", item, "close")
    bring(s, production, mended, 409)  # what is closed is not written any more
    t.equal([r["title"] for r in s.get("Aino", "/environments?purpose=production")["items"]], [])
    t.run("fsck", "--data", "data", code=0)


def test_access_lists(t):
    t.run("init", "--data", "data", "--origin", "test.example/org", code=0)
    with serving.Server(t, t.dir / "data", PEOPLE) as s:
        production, test = environments(s)
        item = check_an_import(t, s, production)
        check_faults(t, s, production)
        check_beside(t, s, production, test)
        check_who_has_left(t, s, item)

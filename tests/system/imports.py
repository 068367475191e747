"""Goal: on a server a file of items is checked, looked at and recorded exactly so by whoever may; exports come as files."""
import csv
import io
import sqlite3
import time

import serving
from serving import AUDITOR, DEVELOPER, EMPLOYEE, SECURITY_OFFICER, person_id

PEOPLE = {"Sirkka": [SECURITY_OFFICER], "Ella": [DEVELOPER], "Aino": [AUDITOR], "Timo": [EMPLOYEE]}
AT = "/registers/policy"


def served(t):
    t.run("init", "--data", "data", "--origin", "test.example/org", code=0)
    return serving.Server(t, t.dir / "data", PEOPLE)


def hand_in(s, who, text, query="", code=201):
    return s.expect("POST", AT + "/imports" + query, s.call(who, "POST", AT + "/imports" + query, raw=text.encode(), Content_Type="text/csv"), code)


def wait(s, who, i, *stages):
    for _ in range(600):
        i = s.get(who, "/imports/" + i["id"])
        if i["stage"] in stages:
            return i
        time.sleep(0.05)
    raise AssertionError("the import stays %s: %s" % (i["stage"], i["message"]))


def test_looked_at_then_recorded(t):
    with served(t) as s:
        i = wait(s, "Ella", hand_in(s, "Ella", "title;purpose\nA;=1\nB;b\n", "?name=policies.csv"), "checked")
        t.equal((i["name"], i["report"]["counts"]["new"], [x["title"] for x in i["report"]["items"]]), ("policies.csv", 2, ["A", "B"]))
        t.equal(s.get("Ella", AT + "/items")["items"], [])
        s.post("Ella", "/imports/%s/confirm" % i["id"], {"outcome": "0" * 64}, 409)
        s.get("Sirkka", "/imports/" + i["id"], 404)  # another's
        s.post("Ella", "/imports/%s/confirm" % i["id"], {"outcome": i["report"]["outcome"]}, 202)
        wait(s, "Ella", i, "done")
        items = s.get("Ella", AT + "/items?sort=number")["items"]
        t.equal([(x["number"], x["title"], x["owner"]) for x in items], [(1, "A", person_id("Ella")), (2, "B", person_id("Ella"))])
        s.post("Ella", "/imports/%s/confirm" % i["id"], {"outcome": i["report"]["outcome"]}, 409)  # done once
        out = s.call("Aino", "GET", AT + "/export?as=csv&q=a")
        rows = list(csv.reader(io.StringIO(out.raw.decode(), newline="")))
        t.equal((rows[1][:2], rows[1][5], len(rows)), (["1", "A"], "'=1", 3))
        t.true("filters: q=a" in rows[2][0] and "attachment" in out.headers["Content-Disposition"], rows[2])
        t.true(s.call("Aino", "GET", AT + "/export?as=xlsx").raw.startswith(b"PK\3\4"), "a workbook")
        t.equal([x["title"] for x in s.call("Aino", "GET", AT + "/export?as=json").json()["items"]], ["A", "B"])
        t.run("fsck", "--data", "data", code=0)


def test_what_was_recorded_is_done_whoever_was_killed(t):
    """Between the log's word and that of state.db there is time to die."""
    with served(t) as s:
        i = wait(s, "Ella", hand_in(s, "Ella", "title\nA\n"), "checked")
        s.post("Ella", "/imports/%s/confirm" % i["id"], {"outcome": i["report"]["outcome"]}, 202)
        wait(s, "Ella", i, "done")
        other = wait(s, "Ella", hand_in(s, "Ella", "title\nB\n"), "checked")
        with sqlite3.connect(t.dir / "data" / "state.db", timeout=30) as db:
            db.execute("UPDATE import SET stage = 'recording'")
            db.execute("UPDATE job SET state = 'failed', message = 'its process ended before it was done'")
        db.close()
        t.equal((s.get("Ella", "/imports/" + i["id"])["stage"], s.get("Ella", "/imports/" + i["id"])["message"]), ("done", ""))
        t.equal((s.get("Ella", "/imports/" + other["id"])["stage"], s.get("Ella", "/imports/" + other["id"])["message"]),
                ("failed", "its process ended before it was done"))


def test_faults_are_told_in_the_language_of_the_reader(t):
    with served(t) as s:
        i = wait(s, "Ella", hand_in(s, "Ella", "title,owner\nA,nobody@example.org\n"), "checked")
        t.equal([(f["line"], f["column"], f["field"]) for f in i["report"]["faults"]], [(2, 2, "owner")])
        t.equal(s.get("Ella", "/imports/" + i["id"], Accept_Language="fi")["report"]["faults"][0]["text"], "ei ole kenenkään osoite täällä")
        s.post("Ella", "/imports/%s/confirm" % i["id"], {"outcome": i["report"]["outcome"]}, 202)
        i = wait(s, "Ella", i, "failed")
        t.equal(s.get("Ella", AT + "/items")["items"], [])


def test_what_changed_since_is_looked_at_again(t):
    with served(t) as s:
        one = wait(s, "Ella", hand_in(s, "Ella", "title\nA\n"), "checked")
        s.post("Ella", "/imports/%s/confirm" % one["id"], {"outcome": one["report"]["outcome"]}, 202)
        wait(s, "Ella", one, "done")
        i = wait(s, "Ella", hand_in(s, "Ella", "number,title\n1,A new\n"), "checked")
        item = s.get("Ella", AT + "/items")["items"][0]
        at = AT + "/items/" + item["subject"].split("/")[1]
        tag = s.call("Ella", "GET", at).headers["ETag"]
        s.put("Ella", at, {"title": "A else", "content": {}}, If_Match=tag)
        s.post("Ella", "/imports/%s/confirm" % i["id"], {"outcome": i["report"]["outcome"]}, 202)
        i = wait(s, "Ella", i, "checked")
        t.equal((i["stage"], i["report"]["items"][0]["fields"][0]["before"]), ("checked", "A else"))
        t.true("look again" in i["message"], i["message"])
        t.equal(s.get("Ella", at)["title"], "A else")
        s.post("Ella", "/imports/%s/confirm" % i["id"], {"outcome": i["report"]["outcome"]}, 202)
        wait(s, "Ella", i, "done")
        t.equal(s.get("Ella", at)["title"], "A new")


def test_who_may(t):
    with served(t) as s:
        hand_in(s, "Aino", "title\nA\n", code=403)
        hand_in(s, "Timo", "title\nA\n", code=403)
        s.get("Timo", AT + "/export", 403)
        s.get("Ella", "/registers/nothing/export", 404)
        hand_in(s, "Ella", "title\nA\n", "?match=x", 201)

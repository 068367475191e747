"""Goal: whoever is to be told of events outside is told, signed and whole, and by no trick does the server knock at doors inside or give away what people wrote."""
import base64
import json
import sqlite3
import time

from receivers import Receiver, verified
from serving import ADMIN, DEVELOPER, SECURITY_OFFICER, Server, person_id

PEOPLE = {"Aatu": [ADMIN], "Sirkka": [SECURITY_OFFICER], "Ella": [DEVELOPER]}


def served(t):
    t.run("init", "--data", "data", "--origin", "test.example/org", code=0)
    return Server(t, t.dir / "data", PEOPLE)


def make(server, url, events=("*",), **more):
    return server.post("Aatu", "/webhooks", {"name": "CI", "url": url, "events": list(events), "inside": True, **more}, 201)


def hurry(server):
    with sqlite3.connect(server.data / "state.db", timeout=30) as db:
        db.execute("UPDATE delivery SET next = 0 WHERE state = 'queued'")
    db.close()


def wait_for(what, check, seconds=40):
    end = time.time() + seconds
    while time.time() < end:
        found = check()
        if found:
            return found
        time.sleep(0.2)
    raise AssertionError("it never came: " + what)


def deliveries(server, made):
    return server.get("Aatu", "/webhooks/%s/deliveries" % made["webhook"])["items"]


def test_events_arrive_signed_and_without_what_people_wrote(t):
    with served(t) as server, Receiver() as receiver:
        made = make(server, receiver.url)
        t.equal(len(base64.b64decode(made["secret"][len("whsec_"):])), 32)
        server.post("Ella", "/tasks/secure-development-guidelines/comments", {"text": "confidential words"}, 201)
        server.post("Aatu", "/people", {"name": "Uusi Ihminen", "addresses": ["uusi@example.org"]}, 201)
        got = receiver.wait(3)  # of itself, the comment, the person
        for headers, body, path in got:
            t.equal(verified(headers, body, made["secret"]), [made["secret"]])
            t.equal(path, "/hook?part=of")
            t.equal(headers["Content-Type"], "application/json")
            event = json.loads(body)
            t.equal(sorted(event), ["data", "timestamp", "type"])
            for word in (b"confidential", b"Uusi", b"uusi@", b"whsec_", b"part=of"):
                t.equal(word in body, False, body)
        types = [json.loads(body)["type"] for _, body, _ in got]
        t.equal(sorted(types), ["note", "person", "webhook"])
        t.equal(len({h["webhook-id"] for h, _, _ in got}), 3)
        t.equal({d["state"] for d in wait_for("deliveries", lambda: [d for d in deliveries(server, made) if d["state"] == "delivered"])}, {"delivered"})
        shown = json.dumps([server.get("Aatu", "/webhooks"), server.get("Aatu", "/webhooks/" + made["webhook"]), deliveries(server, made)])
        t.equal("whsec_" in shown, False)
        t.equal("whsec_" in server.said(), False)
        facts = t.run("fact", "list", "--data", "data", "--kind", "webhook", "--format", "json", code=0).out
        t.equal("part=of" in facts, False, facts)


def test_only_what_is_wanted(t):
    with served(t) as server, Receiver() as receiver:
        make(server, receiver.url, ["note", "reminder.*"])
        server.post("Aatu", "/people", {"name": "Uusi Ihminen", "addresses": ["uusi@example.org"]}, 201)
        server.add_fact("task", "task:code-review-rules", {"owner": person_id("Ella"), "participants": [], "due": int(time.time()) - 86400, "process": "", "review_days": 0})
        server.post("Ella", "/tasks/code-review-rules/comments", {"text": "x"}, 201)
        got = receiver.wait(2)
        events = {json.loads(b)["type"]: json.loads(b)["data"] for _, b, _ in got}
        t.equal(sorted(events), ["note", "reminder.task_overdue"])
        t.equal((events["reminder.task_overdue"]["subject"], events["reminder.task_overdue"]["person"]), ("task:code-review-rules", person_id("Ella")))
        time.sleep(13)  # another pass tells nothing again
        t.equal(len(receiver.got), 2)


def test_again_and_again_with_the_same_id(t):
    with served(t) as server, Receiver() as receiver:
        receiver.answers = [500, 301, 200, 204]
        receiver.location = receiver.url.replace("/hook", "/elsewhere")
        made = make(server, receiver.url, ["note"])
        server.post("Ella", "/tasks/code-review-rules/comments", {"text": "x"}, 201)
        receiver.wait(1)
        for n in (2, 3):  # a redirection is not followed, and counts as a failure
            wait_for("the failure to be noted", lambda: [d for d in deliveries(server, made) if d["tries"] == n - 1 and d["answer"]])
            hurry(server)
            receiver.wait(n)
        t.equal({h["webhook-id"] for h, _, _ in receiver.got}, {receiver.got[0][0]["webhook-id"]})
        t.equal({p for _, _, p in receiver.got}, {"/hook?part=of"})
        one = wait_for("the delivery", lambda: [d for d in deliveries(server, made) if d["state"] == "delivered"])[0]
        t.equal((one["status"], one["tries"]), (200, 3))
        server.post("Aatu", "/webhooks/%s/deliveries/%d" % (made["webhook"], one["delivery"]), None, 204)
        t.equal(receiver.wait(4)[3][0]["webhook-id"], receiver.got[0][0]["webhook-id"])


def test_two_secrets_while_one_is_changed(t):
    with served(t) as server, Receiver() as receiver:
        made = make(server, receiver.url, ["note"])
        new = server.post("Aatu", "/webhooks/%s/secret" % made["webhook"], None)["secret"]
        t.equal(new == made["secret"], False)
        server.post("Aatu", "/webhooks/%s/test" % made["webhook"], None, 204)
        headers, body, _ = receiver.wait(1)[0]
        t.equal(json.loads(body)["type"], "webhook.test")
        t.equal(verified(headers, body, made["secret"], new), [made["secret"], new])
        with sqlite3.connect(server.data / "state.db", timeout=30) as db:
            db.execute("UPDATE hook SET old_until = 1")
        db.close()
        server.post("Aatu", "/webhooks/%s/test" % made["webhook"], None, 204)
        headers, body, _ = receiver.wait(2)[1]
        t.equal(verified(headers, body, made["secret"], new), [new])


def test_nobody_knocks_at_doors_inside(t):
    with served(t) as server, Receiver() as receiver:
        port = receiver.url.rsplit(":", 1)[1].split("/")[0]
        for url in ("http://example.org/x", "ftp://example.org/", "https://", "https://user:pw@example.org/", "https://example.org/#x", "https://exa mple.org/", "file:///etc/passwd",
                    "http://127.0.0.1@example.org/", receiver.url):
            server.post("Aatu", "/webhooks", {"name": "x", "url": url, "events": ["note"]}, 422)
        server.post("Aatu", "/webhooks", {"name": "x", "url": "https://example.org/", "events": ["no_such"]}, 422)
        # names that lead inside are found out when they are connected to
        for host in ("localhost", "127.0.0.1", "[::1]", "[::ffff:127.0.0.1]", "2130706433", "0x7f.1", "169.254.169.254", "10.0.0.1", "[fe80::1]", "0.0.0.0"):
            made = make(server, "https://%s:%s/" % (host, port), ["note"], inside=False, name=host)
            server.post("Aatu", "/webhooks/%s/test" % made["webhook"], None, 204)
            found = wait_for("an answer of " + host, lambda: [d for d in deliveries(server, made) if d["answer"]])
            t.equal("inside" in found[0]["answer"], True, (host, found))
            t.equal(server.call("Aatu", "DELETE", "/webhooks/" + made["webhook"]).status, 204)
        # where clouds keep their metadata, never
        made = make(server, "https://169.254.169.254/", ["note"])
        server.post("Aatu", "/webhooks/%s/test" % made["webhook"], None, 204)
        found = wait_for("an answer", lambda: [d for d in deliveries(server, made) if d["answer"]])
        t.equal("inside" in found[0]["answer"], True, found)
        t.equal(receiver.got, [])
        for who in ("Sirkka", "Ella"):
            for method, path in (("GET", "/webhooks"), ("GET", "/webhooks/" + made["webhook"]), ("DELETE", "/webhooks/" + made["webhook"]), ("GET", "/webhooks/types")):
                t.equal(server.call(who, method, path).status, 403)


def test_turned_off_after_days_and_on_again(t):
    with served(t) as server, Receiver() as receiver:
        made = make(server, receiver.url, ["note"])
        receiver.answers = [503]
        server.post("Aatu", "/webhooks/%s/test" % made["webhook"], None, 204)
        wait_for("a failure", lambda: [d for d in deliveries(server, made) if d["answer"]])
        with sqlite3.connect(server.data / "state.db", timeout=30) as db:
            db.execute("UPDATE hook SET failing = failing - 6 * 86400")
        db.close()
        receiver.answers = [503]
        hurry(server)
        wait_for("its end", lambda: server.get("Aatu", "/webhooks/" + made["webhook"])["state"] == "failed")
        facts = wait_for("the event", lambda: "failed" in t.run("fact", "list", "--data", "data", "--kind", "webhook", "--format", "json", code=0).out)
        t.equal(facts, True)
        tag = server.call("Aatu", "GET", "/webhooks/" + made["webhook"]).headers["ETag"]
        t.equal(server.patch("Aatu", "/webhooks/" + made["webhook"], {"active": True}, If_Match=tag)["state"], "active")
        hurry(server)
        receiver.wait(3)
        # who is gone is not asked again
        receiver.answers = [410]
        server.post("Aatu", "/webhooks/%s/test" % made["webhook"], None, 204)
        wait_for("its end", lambda: server.get("Aatu", "/webhooks/" + made["webhook"])["state"] == "failed")


def test_calendar(t):
    with served(t) as server:
        server.add_fact("task", "task:code-review-rules", {"owner": person_id("Ella"), "participants": [], "due": int(time.time()) + 40 * 86400, "process": "", "review_days": 0})
        path = server.post("Ella", "/me/calendar", None, 201)["path"].replace("/api/v1", "")
        calendar = wait_for("what comes due", lambda: (lambda a: a if b"VEVENT" in a.raw else None)(server.call(None, "GET", path)))
        t.equal((calendar.status, calendar.headers["Content-Type"].split(";")[0]), (200, "text/calendar"))
        lines = calendar.raw.decode().split("\r\n")
        t.equal((lines[0], lines[-2], lines[-1]), ("BEGIN:VCALENDAR", "END:VCALENDAR", ""))
        t.equal([line for line in lines if len(line.encode()) > 75], [])
        t.equal(calendar.raw.count(b"BEGIN:VEVENT"), 1, calendar.raw)
        key = path.split("=")[1]
        t.equal(key in server.said(), False, "the link stands in the log")
        t.equal(server.call(None, "GET", "/calendar.ics?key=" + "A" * 43).status, 404)
        again = server.post("Ella", "/me/calendar", None, 201)["path"].replace("/api/v1", "")
        t.equal((server.call(None, "GET", path).status, server.call(None, "GET", again).status), (404, 200))
        server.post("Aatu", "/people/%s/leave" % person_id("Ella")[7:], None)
        t.equal(server.call(None, "GET", again).status, 404)

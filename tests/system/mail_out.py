"""Goal: what waits for somebody reaches them by mail once, and nothing gets lost, doubled or to the wrong one, whatever the mail server does."""
import json
import sqlite3
import time

from receivers import PASSWORD, MailServer, certificate
from serving import ADMIN, DEVELOPER, SECURITY_OFFICER, Server, person_id, subject_id

PEOPLE = {"Aatu": [ADMIN], "Sirkka": [SECURITY_OFFICER], "Ella": [DEVELOPER]}
AT_ONCE = {"work": "now", "approvals": "now", "mentions": "now", "exceptions": "now", "summary": False, "quiet_from": 0, "quiet_to": 0, "weekends": False}


def init(t):
    t.run("init", "--data", "data", "--origin", "test.example/org", code=0)
    return t.dir / "data"


def set_up(server, mail, **changes):
    tag = server.call("Aatu", "GET", "/mail").headers["ETag"]
    return server.put("Aatu", "/mail", mail.settings(**changes), If_Match=tag)


def hurry(server):
    """Whatever waits for its time waits no longer."""
    with sqlite3.connect(server.data / "state.db", timeout=30) as db:
        db.execute("UPDATE mail SET next = 0 WHERE state = 'queued'")
        db.execute("UPDATE mail_server SET again = 0")
    db.close()


def states(server):
    with sqlite3.connect(server.data / "state.db", timeout=30) as db:
        rows = db.execute("SELECT address, state, tries, answer FROM mail ORDER BY created, id").fetchall()
    db.close()
    return rows


def wait_for(what, check, seconds=40):
    end = time.time() + seconds
    while time.time() < end:
        found = check()
        if found:
            return found
        time.sleep(0.2)
    raise AssertionError("it never came: " + what)


def late_task(server, who, task="secure-development-guidelines"):
    server.add_fact("task", "task:" + task, {"owner": person_id(who), "participants": [], "due": int(time.time()) - 86400, "process": "", "review_days": 0})


def test_each_kind_of_security(t):
    data = init(t)
    with Server(t, data, PEOPLE) as server:
        for security in ("starttls", "tls", "none"):
            folder = t.dir / security
            folder.mkdir()
            with MailServer(folder, security) as mail:
                set_up(server, mail)
                answer = server.post("Aatu", "/mail/test", None)
                t.equal((answer["works"], answer["to"]), (True, "aatu@example.org"), answer)
                to, message, raw = mail.box.wait(1)[0]
                t.equal(to, "aatu@example.org")
                t.equal(message["From"], "Sinetti <sinetti@example.org>")
                t.equal(message["Auto-Submitted"], "auto-generated")
                t.equal([p.get_content_type() for p in message.iter_parts()], ["text/plain", "text/html"])
                html = message.get_body(("html",)).get_content()
                t.equal([w for w in ("<img", "<script", "src=", "url(", "<link") if w in html], [])
        shown = server.get("Aatu", "/mail")
        t.equal(PASSWORD in json.dumps(shown), False)


def test_who_cannot_be_believed_gets_nothing(t):
    data = init(t)
    with Server(t, data, PEOPLE) as server:
        with MailServer(t.dir, "starttls") as mail:
            other = t.dir / "other"
            other.mkdir()
            for changes, word in (({"ca": certificate(other)[0].read_text()}, "certificate"), ({"ca": ""}, "certificate"), ({"password": "wrong"}, "Login denied")):
                set_up(server, mail, **changes)
                answer = server.post("Aatu", "/mail/test", None)
                t.equal((answer["works"], word.lower() in answer["detail"].lower()), (False, True), answer)
            set_up(server, mail)
            # nobody gets the password by naming another host, and none goes in the clear
            tag = server.call("Aatu", "GET", "/mail").headers["ETag"]
            body = mail.settings(host="127.0.0.1")
            del body["password"]
            server.put("Aatu", "/mail", body, 422, If_Match=tag)
            server.put("Aatu", "/mail", mail.settings(host="mail.example.org", security="none"), 422, If_Match=tag)
            for bad in ({"host": "a b"}, {"host": "-x"}, {"host": "x/../y"}, {"from": "x\r\nBcc: y@example.org"}, {"from": "nobody"}, {"user": "a\nb"}, {"ca": "nothing"}):
                server.put("Aatu", "/mail", mail.settings(**bad), 422, If_Match=tag)
            t.equal(mail.box.messages, [])
        with MailServer(other, "starttls", name="mail.example.org") as wrong_name:
            set_up(server, wrong_name)
            answer = server.post("Aatu", "/mail/test", None)
            t.equal(answer["works"], False, "a certificate for another name was believed")
        # only who may set it up
        for who in ("Sirkka", "Ella"):
            for method, path in (("GET", "/mail"), ("POST", "/mail/test"), ("DELETE", "/mail"), ("GET", "/mail/messages")):
                t.equal(server.call(who, method, path).status, 403)


def test_nothing_twice_and_nothing_lost(t):
    data = init(t)
    with MailServer(t.dir) as mail:
        with Server(t, data, PEOPLE) as server:
            for who in PEOPLE:
                server.call(who, "PUT", "/me/notifications", AT_ONCE)
            set_up(server, mail)
            late_task(server, "Ella")
            mail.box.wait(1)
            t.equal(mail.box.messages[0][0], "ella@example.org")
            message = mail.box.messages[0][1]
            text = message.get_body(("plain",)).get_content()
            t.equal("Was due" in text and "/tasks/secure-development-guidelines" in text, True, text)
            t.equal(message["List-Unsubscribe"].startswith("<http://") and message["List-Unsubscribe"].endswith("/account?tab=notifications>"), True, message["List-Unsubscribe"])
        with Server(t, data, {}) as server:  # after a restart, and with a new fact that wakes the rounds
            server.sign_in("Ella")
            server.add_fact("note", "task:secure-development-guidelines", {"text": "@%s look" % person_id("Ella"), "mentions": [person_id("Ella")]})
            mail.box.wait(2)
            time.sleep(13)
            t.equal([m[1]["Subject"].split(" – ")[0].split(" ")[-1] for m in mail.box.messages][1], "you")
            t.equal(len(mail.box.messages), 2, [m[1]["Subject"] for m in mail.box.messages])


def test_bad_days_of_a_mail_server(t):
    data = init(t)
    mail = MailServer(t.dir)
    with Server(t, data, PEOPLE) as server:
        for who in PEOPLE:
            server.call(who, "PUT", "/me/notifications", AT_ONCE)
        set_up(server, mail)  # it is down
        answer = server.post("Aatu", "/mail/test", None)
        t.equal(answer["works"], False)
        late_task(server, "Ella")
        wait_for("a message that waits", lambda: [s for s in states(server) if s[1] == "queued"])
        hurry(server)
        wait_for("an attempt", lambda: [s for s in states(server) if s[1] == "queued" and s[2]])
        t.equal("connect" in (server.get("Aatu", "/mail")["trouble"] or "").lower(), True, server.get("Aatu", "/mail"))
        # other work goes on meanwhile
        began = time.time()
        server.post("Ella", "/tasks/secure-development-guidelines/comments", {"text": "still here"}, 201)
        t.equal(time.time() - began < 2, True)
        mail.box.refuse["ella@example.org"] = ["451 4.7.1 come again later"]
        with mail:
            hurry(server)
            wait_for("greylisting", lambda: [s for s in states(server) if "451" in s[3]])
            t.equal(server.get("Aatu", "/mail")["trouble"], None)  # the server is there
            hurry(server)
            mail.box.wait(1)
            # one that is never taken is shown, and can be sent again
            mail.box.refuse["sirkka@example.org"] = ["550 5.1.1 no such user"]
            late_task(server, "Sirkka", "code-review-rules")
            failed = wait_for("a failure", lambda: server.get("Aatu", "/mail/messages?state=failed")["items"])
            t.equal((failed[0]["to"], "550" in failed[0]["answer"]), ("sirkka@example.org", True), failed)
            server.post("Aatu", "/mail/messages/%s/retry" % failed[0]["message"], None, 204)
            hurry(server)
            mail.box.wait(2)
            t.equal(mail.box.to("sirkka@example.org")[0]["To"], "Sirkka <sirkka@example.org>")


def test_a_crash_while_it_is_handed_over(t):
    data = init(t)
    with MailServer(t.dir) as mail:
        mail.box.slow = 4
        with Server(t, data, PEOPLE) as server:
            server.call("Ella", "PUT", "/me/notifications", AT_ONCE)
            set_up(server, mail)
            late_task(server, "Ella")
            wait_for("the handing over", lambda: [s for s in states(server) if s[1] == "sending"])
        # the server took it although nobody heard: it is not sent again by itself
        mail.box.wait(1)
        mail.box.slow = 0
        with Server(t, data, {}) as server:
            server.sign_in("Aatu")
            unknown = wait_for("what is unknown", lambda: server.get("Aatu", "/mail/messages?state=unknown")["items"])
            t.equal(unknown[0]["to"], "ella@example.org")
            time.sleep(4)
            t.equal(len(mail.box.messages), 1)


def test_only_who_may_and_who_is_here(t):
    data = init(t)
    with MailServer(t.dir) as mail:
        with Server(t, data, {**PEOPLE, "Nolla": [], "Lassi": [DEVELOPER]}) as server:
            for who in ("Sirkka", "Ella", "Nolla", "Lassi"):
                server.call(who, "PUT", "/me/notifications", AT_ONCE)
            late_task(server, "Nolla")  # who has no role sees no tasks
            late_task(server, "Lassi", "code-review-rules")
            server.add_fact("note", "repo:" + subject_id("r"), {"text": "@%s" % person_id("Nolla"), "mentions": [person_id("Nolla")]})
            server.post("Aatu", "/people/%s/leave" % subject_id("Lassi"), None)
            set_up(server, mail)
            late_task(server, "Ella", "definition-of-done")
            mail.box.wait(1)
            time.sleep(12)
            t.equal([m[0] for m in mail.box.messages], ["ella@example.org"])


def test_an_invitation_by_mail_is_for_one_alone(t):
    data = init(t)
    with MailServer(t.dir) as mail:
        with Server(t, data, {**PEOPLE, "Uusi": [DEVELOPER]}) as server:
            path = "/people/%s/links" % subject_id("Uusi")
            made = server.post("Aatu", path, {"purpose": "invitation"}, 201)
            t.equal((made["path"] is None, made["mailed_to"]), (False, None))  # no mail server yet: by hand
            set_up(server, mail)
            made = server.post("Aatu", path, {"purpose": "invitation"}, 201)
            t.equal((made["path"], made["mailed_to"]), (None, "uusi@example.org"))
            _, message, _ = mail.box.wait(1)[0]
            text = message.get_body(("plain",)).get_content()
            secret = text.split("/link#")[1].split()[0]
            t.equal("/link#" + secret in message.get_body(("html",)).get_content(), True)
            t.equal(server.post(None, "/session/link/look", {"secret": secret})["purpose"], "invitation")
            wait_for("the end of it", lambda: [s for s in states(server) if s[1] == "sent"])
            kept = (data / "state.db").read_bytes() + b"".join(p.read_bytes() for p in data.glob("state.db-*"))
            t.equal(secret in server.said(), False)
            with sqlite3.connect(data / "state.db", timeout=30) as db:
                t.equal(db.execute("SELECT count(*) FROM mail WHERE text <> '' OR html <> ''").fetchone(), (0,))
            db.close()
            t.equal(len(kept) > 0, True)
            made = server.post("Aatu", path, {"purpose": "reset", "by_hand": True}, 201)
            t.equal(made["path"].startswith("/link#"), True)

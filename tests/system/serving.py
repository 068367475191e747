"""A running `sinetti serve` for system tests, and people who are signed in to it."""
import base64
import hashlib
import http.client
import json
import os
import re
import signal
import sqlite3
import subprocess
import time

import harness

SECURITY_OFFICER, ADMIN, MANAGER, DEVELOPER, AUDITOR, EMPLOYEE = ("security_officer", "admin", "development_manager", "developer", "auditor", "employee")


def subject_id(name):
    """A subject's id that is always the same for a name."""
    return base64.b32encode(hashlib.sha256(name.encode()).digest()).decode().lower()[:20]


def person_id(name):
    return "person:" + subject_id(name)


class Answer:
    def __init__(self, status, headers, raw):
        self.status, self.headers, self.every, self.raw = status, dict(headers), headers, raw

    def json(self):
        return json.loads(self.raw)

    def all(self, name):
        return [value for key, value in self.every if key.lower() == name.lower()]

    def __str__(self):
        return "%d %s" % (self.status, self.raw[:2000])


class Server:
    """Over HTTP on a data folder. People: names with their roles, active and signed in."""

    def __init__(self, t, data, people, options=()):
        self.t, self.data, self.cookies = t, data, {}
        for name, roles in people.items():
            self.add_person(name, roles)
        self.log = open(t.dir / "serve.err", "wb")
        self.child = subprocess.Popen([t.program, "serve", "--data", str(data), "--http", "--listen", "127.0.0.1:0", *options],
                                      cwd=t.dir, env=t.env, stdout=subprocess.PIPE, stderr=self.log)
        line = self.child.stdout.readline().decode()
        found = re.search(r"http://[^:/]+:(\d+)/", line)
        if not found:
            raise harness.Fault("serve said %r: %s" % (line, self.said()))
        self.port = int(found.group(1))
        for name in people:
            self.sign_in(name)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.child.send_signal(signal.SIGTERM)
        self.child.wait(60)
        self.child.stdout.close()
        self.log.close()
        if "Sanitizer" in self.said() or "runtime error:" in self.said() or "answers something else" in self.said():
            raise harness.Fault(self.said()[-3000:])

    def said(self):
        return (self.t.dir / "serve.err").read_text(encoding="utf-8", errors="replace")

    def add_fact(self, kind, subject, payload):
        path = self.t.dir / "payload.json"
        path.write_text(json.dumps(payload), encoding="utf-8")
        self.t.run("fact", "add", kind, subject, "--data", self.data, "--payload", path, code=0)

    def add_person(self, name, roles=()):
        self.add_fact("person", person_id(name), {"name": name, "addresses": [name.lower() + "@example.org"], "accounts": [], "state": "active"})
        for role in roles:
            role, _, scope = role.partition("@")
            payload = {"role": role, "scope": scope or "org", "state": "granted"}
            if role in ("auditor", "partner"):
                payload["until"] = int(time.time()) + 86400
            self.add_fact("role", person_id(name), payload)

    def sign_in(self, name):
        """A session as signing in would have made it: state.db holds its hash alone."""
        secret = base64.urlsafe_b64encode(os.urandom(32)).decode().rstrip("=")
        digest = hashlib.sha256(len("secret").to_bytes(8, "big") + b"secret" + secret.encode()).digest()
        now = int(time.time())
        with sqlite3.connect(self.data / "state.db", timeout=30) as db:
            db.execute("INSERT INTO session VALUES (?, ?, ?, 1, 2, 'password+totp', ?, ?, ?, ?, 0, '127.0.0.1', 'test')",
                       (digest, subject_id(secret), person_id(name), now, now, now, now + 86400))
        db.close()
        self.cookies[name] = secret

    def link(self, name, purpose):
        """The secret of a one-time link, so too."""
        secret = base64.urlsafe_b64encode(os.urandom(32)).decode().rstrip("=")
        digest = hashlib.sha256(len("secret").to_bytes(8, "big") + b"secret" + secret.encode()).digest()
        now = int(time.time())
        with sqlite3.connect(self.data / "state.db", timeout=30) as db:
            db.execute("INSERT INTO link VALUES (?, ?, ?, ?, 'unknown', ?, ?)", (digest, subject_id(secret), person_id(name), purpose, now, now + 600))
        db.close()
        return secret

    def call(self, who, method, path, body=None, raw=None, **headers):
        """`who`: a name, or None for nobody. Names of headers with _ for -."""
        sent = {"X-Sinetti": "1", "Sec-Fetch-Site": "same-origin"}
        if who:
            sent["Cookie"] = "sinetti=" + self.cookies[who]
        if body is not None:
            sent["Content-Type"] = "application/json"
        sent.update({name.replace("_", "-"): value for name, value in headers.items()})
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            connection.request(method, "/api/v1" + path, (raw.encode() if isinstance(raw, str) else raw) if raw is not None else json.dumps(body) if body is not None else None, sent)
            answer = connection.getresponse()
            return Answer(answer.status, answer.getheaders(), answer.read())
        finally:
            connection.close()

    def get(self, who, path, code=200, **headers):
        return self.expect("GET", path, self.call(who, "GET", path, **headers), code)

    def post(self, who, path, body, code=200, **headers):
        return self.expect("POST", path, self.call(who, "POST", path, body, **headers), code)

    def patch(self, who, path, body, code=200, **headers):
        return self.expect("PATCH", path, self.call(who, "PATCH", path, body, **headers), code)

    def put(self, who, path, body, code=200, **headers):
        return self.expect("PUT", path, self.call(who, "PUT", path, body, **headers), code)

    def expect(self, method, path, answer, code):
        if answer.status != code:
            raise harness.Fault("%s %s: %s, not %d\n%s" % (method, path, answer, code, self.said()[-1500:]))
        return answer.json() if code < 300 and "json" in answer.headers.get("Content-Type", "") else answer

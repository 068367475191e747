"""Goal: whoever signs in is let in by what they know alone, nobody else is by guessing, planting, replaying or asking from elsewhere, and no secret is written anywhere."""
import json
import os
import re
import signal
import sqlite3
import statistics
import time

import harness
import serve_life
import serving
from browser import totp
from serving import ADMIN, DEVELOPER, EMPLOYEE, SECURITY_OFFICER, person_id, subject_id

PEOPLE = {"Aatu": [ADMIN], "Sirkka": [SECURITY_OFFICER], "Ella": [DEVELOPER], "Timo": [EMPLOYEE], "Olli": [DEVELOPER]}
GOOD = "murmelin vihko tuulee"
OTHER = "lampi kirves ohdake"


def served(t, people=None, options=()):
    t.run("init", "--data", "data", "--origin", "test.example/org", code=0)
    return serving.Server(t, t.dir / "data", people or PEOPLE, options)


class Browser:
    """Keeps cookies, as a browser does."""

    def __init__(self, s):
        self.s, self.cookies = s, {}

    def call(self, method, path, body=None, **headers):
        sent = {"Cookie": "; ".join("%s=%s" % pair for pair in self.cookies.items())} if self.cookies else {}
        answer = self.s.call(None, method, path, body, **{**sent, **headers})
        for value in answer.all("Set-Cookie"):
            name, _, rest = value.partition("=")
            self.cookies[name] = rest.partition(";")[0]
            if "Max-Age=0" in value:
                del self.cookies[name]
        return answer

    def ok(self, method, path, body=None, code=200, **headers):
        answer = self.call(method, path, body, **headers)
        if answer.status != code:
            raise harness.Fault("%s %s: %s, not %d" % (method, path, answer, code))
        return answer.json() if answer.raw and code < 300 else answer


def with_password(s, name, password=GOOD):
    b = Browser(s)
    b.ok("POST", "/session/link", {"secret": s.link(name, "invitation"), "password": password})
    return b


def sign_in(b, name, password, code=200):
    return b.ok("POST", "/session", {"address": name.lower() + "@example.org", "password": password}, code)


def test_by_password_and_out_again(t):
    with served(t) as s:
        first = with_password(s, "Ella")
        t.equal(first.ok("GET", "/session")["name"], "Ella")
        b = Browser(s)
        sign_in(b, "Ella", "wrong", 401)
        t.equal(sign_in(b, "Ella", GOOD), {"step": "done", "methods": []})
        answer = b.call("POST", "/session", {"address": "ella@example.org", "password": GOOD})
        for value in answer.all("Set-Cookie"):
            t.has(value, "HttpOnly; SameSite=Strict")
            t.has(value, "Path=/;")
        mine = b.ok("GET", "/me/sessions")["items"]
        t.equal((sorted(x["method"] for x in mine), sum(x["current"] for x in mine), {x["network"] for x in mine}), (["link", "password"], 1, {"127.0.0.1"}))
        b.ok("DELETE", "/session", code=204)
        t.equal(b.ok("GET", "/session")["person"], None)
        first.ok("DELETE", "/me/sessions/" + first.ok("GET", "/me/sessions")["items"][0]["id"], code=204)


def test_a_session_ends_at_once(t):
    with served(t) as s:
        a = with_password(s, "Ella")
        b = Browser(s)
        sign_in(b, "Ella", GOOD)
        other = [x["id"] for x in a.ok("GET", "/me/sessions")["items"] if not x["current"] and x["method"] == "password"][0]
        Browser(s).ok("DELETE", "/me/sessions/" + other, code=401)
        timo = with_password(s, "Timo")
        timo.ok("DELETE", "/me/sessions/" + other, code=404)
        b.ok("GET", "/me")
        a.ok("DELETE", "/me/sessions/" + other, code=204)
        b.ok("GET", "/me", code=401)
        sign_in(b, "Ella", GOOD)
        a.ok("DELETE", "/me/sessions", code=204)
        b.ok("GET", "/me", code=401)
        a.ok("GET", "/me")


def test_a_planted_session_is_void(t):
    with served(t) as s:
        with_password(s, "Ella")
        attacker = with_password(s, "Timo")
        victim = Browser(s)
        victim.cookies = dict(attacker.cookies)  # what an attacker has put into her browser
        planted = victim.cookies["sinetti"]
        sign_in(victim, "Ella", GOOD)
        t.equal(victim.cookies["sinetti"] != planted, True)
        t.equal(victim.ok("GET", "/session")["name"], "Ella")
        attacker.ok("GET", "/me", code=401)
        made_up = Browser(s)
        made_up.cookies = {"sinetti": "A" * 43}
        sign_in(made_up, "Ella", GOOD)
        t.equal(made_up.cookies["sinetti"] != "A" * 43, True)
        # a changed password gives the session another secret, too
        before = dict(victim.cookies)
        victim.ok("PUT", "/me/password", {"present": GOOD, "password": OTHER}, 204)
        t.equal(victim.ok("GET", "/session")["name"], "Ella")
        made_up.ok("GET", "/me", code=401)
        victim.cookies = before
        victim.ok("GET", "/me", code=401)


def test_requests_from_elsewhere_are_refused(t):
    with served(t) as s:
        b = with_password(s, "Ella")
        body = {"language": "fi"}
        b.ok("PUT", "/me/language", body, 204)
        for headers in ({"X_Sinetti": ""}, {"Sec_Fetch_Site": "cross-site"}, {"Sec_Fetch_Site": "same-site"}, {"Origin": "https://elsewhere.example"},
                        {"Origin": "null"}, {"Origin": "http://127.0.0.1:1"}):
            b.ok("PUT", "/me/language", body, 403, **headers)
            Browser(s).ok("POST", "/session", {"address": "ella@example.org", "password": GOOD}, 403, **headers)
        b.ok("PUT", "/me/language", body, 204, Origin="http://127.0.0.1:%d" % s.port)
        b.ok("POST", "/session", {"address": "ella@example.org", "password": GOOD}, 415, Content_Type="text/plain")


def test_links_are_used_once(t):
    with served(t) as s:
        secret = s.link("Ella", "invitation")
        b = Browser(s)
        t.equal(b.ok("POST", "/session/link/look", {"secret": secret}), {"purpose": "invitation", "name": "Ella", "address": "ella@example.org", "password": True})
        b.ok("POST", "/session/link", {"secret": secret}, 422)
        b.ok("POST", "/session/link", {"secret": secret, "password": "short"}, 422)
        b.ok("POST", "/session/link", {"secret": secret, "password": "Ella example 2026!"}, 422)
        b.ok("POST", "/session/link", {"secret": secret, "password": GOOD, "name": "Mallory"}, 422)
        b.ok("POST", "/session/link", {"secret": secret, "password": GOOD})
        b.ok("POST", "/session/link", {"secret": secret, "password": OTHER}, 401)
        b.ok("POST", "/session/link/look", {"secret": secret}, 401)
        sign_in(Browser(s), "Ella", GOOD)
        once = s.link("Ella", "sign_in")
        t.equal(b.ok("POST", "/session/link/look", {"secret": once})["password"], False)
        c = Browser(s)
        c.ok("POST", "/session/link", {"secret": once})
        # who has come in by a link may have forgotten the password
        c.ok("PUT", "/me/password", {"password": OTHER}, 204)
        sign_in(Browser(s), "Ella", OTHER)
        sign_in(Browser(s), "Ella", GOOD, 401)
        with sqlite3.connect(t.dir / "data" / "state.db", timeout=30) as db:
            late = s.link("Timo", "reset")
            db.execute("UPDATE link SET until = ?", (int(time.time()) - 1,))
        db.close()
        b.ok("POST", "/session/link", {"secret": late, "password": GOOD}, 401)


def test_nobody_is_kept_out_by_others_bad_links(t):
    with served(t, options=("--trusted-proxy", "127.0.0.1/32")) as s:
        codes = [s.call(None, "POST", "/session/link/look", {"secret": "A" * 43}, X_Forwarded_For="198.51.100.%d" % (i % 8)).status for i in range(64)]
        t.equal(set(codes), {401, 429})
        s.post(None, "/session/link/look", {"secret": s.link("Ella", "reset")}, X_Forwarded_For="192.0.2.7")


def test_one_link_is_used_by_one(t):
    import concurrent.futures
    with served(t) as s:
        secret = s.link("Ella", "sign_in")
        with concurrent.futures.ThreadPoolExecutor(12) as pool:
            codes = list(pool.map(lambda _: Browser(s).call("POST", "/session/link", {"secret": secret}).status, range(12)))
        t.equal(codes.count(200), 1, str(codes))


def test_guessing_is_slowed_down_and_the_owner_is_not(t):
    with served(t, options=("--trusted-proxy", "127.0.0.1/32")) as s:
        home = {"X_Forwarded_For": "192.0.2.10"}
        owner = Browser(s)
        owner.ok("POST", "/session/link", {"secret": s.link("Ella", "invitation"), "password": GOOD}, **home)
        owner.ok("DELETE", "/session", code=204, **home)
        codes = {"ella": [], "nobody": []}
        for i in range(9):
            for name, network in (("ella", "198.51.100.1"), ("nobody", "198.51.100.2")):
                answer = s.call(None, "POST", "/session", {"address": name + "@example.org", "password": "wrong %d" % i}, X_Forwarded_For=network)
                codes[name].append(answer.status)
                if answer.status == 429:
                    t.equal(int(dict(answer.headers)["Retry-After"]) >= 1, True)
        for name, all_of in codes.items():
            t.equal((name, all_of[:5], all_of[-1]), (name, [401] * 5, 429))
        # who is not here waits as long; a delay may end between two calls that stand side by side
        t.true(abs(codes["nobody"].count(401) - codes["ella"].count(401)) <= 1, str(codes))
        # right, but too soon, from the guesser's network; she comes in from home, and with her own browser from there
        s.post(None, "/session", {"address": "ella@example.org", "password": GOOD}, 429, X_Forwarded_For="198.51.100.1")
        sign_in_from_home = Browser(s)
        sign_in_from_home.ok("POST", "/session", {"address": "ella@example.org", "password": GOOD}, **home)
        owner.ok("POST", "/session", {"address": "ella@example.org", "password": GOOD}, X_Forwarded_For="198.51.100.1")
        # many at once gain nothing
        import concurrent.futures
        with concurrent.futures.ThreadPoolExecutor(20) as pool:
            many = list(pool.map(lambda i: s.call(None, "POST", "/session", {"address": "timo@example.org", "password": "x%d" % i},
                                                  X_Forwarded_For="198.51.100.9").status, range(20)))
        t.equal(many.count(401) <= 10, True, str(many))  # five, and those whose delay has passed on a slow machine


def test_nobody_is_told_who_is_here(t):
    with served(t, options=("--trusted-proxy", "127.0.0.1/32")) as s:
        with_password(s, "Ella")
        bodies, addresses = {}, ("ella@example.org", "nobody@example.org", "timo@example.org", "no address")
        for turn in range(4):  # a busy machine may disturb some of them
            times = {address: [] for address in addresses}
            for i in range(12):
                for k, address in enumerate(addresses):
                    begun = time.monotonic()
                    answer = s.call(None, "POST", "/session", {"address": address, "password": "wrong"}, X_Forwarded_For="10.%d.%d.%d" % (k, i, turn))
                    times[address].append(time.monotonic() - begun)
                    text = re.sub(r'"request":"[0-9a-f]+"', "", answer.raw.decode())
                    bodies.setdefault((answer.status, text), set()).add(address)
            middle = {address: statistics.median(all_of) for address, all_of in times.items()}
            if max(middle.values()) < 1.3 * min(middle.values()):  # each costs a hash: without one it would be a tenth
                break
        else:
            raise harness.Fault("how long it takes tells who is here: %s" % middle)
        t.equal({status for status, _ in bodies}, {401})
        t.equal(len(bodies), 1, str(list(bodies)))


def test_a_token_does_what_it_is_for(t):
    with served(t) as s:
        b = with_password(s, "Ella")
        until = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 86400))
        wish = {"name": "for the build", "permissions": ["people.read"], "until": until}
        b.ok("POST", "/me/tokens", {**wish, "permissions": ["people.edit"]}, 422)
        b.ok("POST", "/me/tokens", {**wish, "until": "2020-01-01T00:00:00Z"}, 422)
        b.ok("POST", "/me/tokens", {**wish, "permissions": []}, 422)
        made = b.ok("POST", "/me/tokens", wish, 201)
        t.has(made["secret"], "snt_")
        listed = b.ok("GET", "/me/tokens")["items"]
        t.equal([(x["name"], x["permissions"], x["prefix"]) for x in listed], [("for the build", ["people.read"], made["secret"][:8])])
        bearer = {"Authorization": "Bearer " + made["secret"], "X_Sinetti": ""}
        t.equal(s.call(None, "GET", "/people", **bearer).status, 200)
        t.equal(s.call(None, "GET", "/repositories", **bearer).status, 403)
        for method, path, body in (("PUT", "/me/password", {"present": GOOD, "password": OTHER}), ("POST", "/me/tokens", wish), ("PUT", "/me/language", {"language": "fi"}),
                                   ("POST", "/me/recovery-codes", None), ("DELETE", "/session", None), ("POST", "/session/confirm", {"password": GOOD})):
            t.equal(s.call(None, method, path, body, **bearer).status, 403, path)
        t.equal(s.call(None, "GET", "/people", Authorization="Bearer " + made["secret"][:-1] + "A").status, 401)
        t.equal(s.call(None, "GET", "/people", Authorization="Basic " + made["secret"]).status, 401)
        s.add_fact("role", person_id("Ella"), {"role": "developer", "scope": "org", "state": "revoked"})
        t.equal(s.call(None, "GET", "/people", **bearer).status, 403)
        b.ok("DELETE", "/me/tokens/" + made["id"], code=204)
        t.equal(s.call(None, "GET", "/people", **bearer).status, 401)


def test_credentials_change_only_by_who_showed_them(t):
    with served(t) as s:
        b = with_password(s, "Ella")
        with sqlite3.connect(t.dir / "data" / "state.db", timeout=30) as db:
            db.execute("UPDATE session SET proved = proved - 10000, method = 'password'")
        db.close()
        for method, path, body in (("POST", "/me/recovery-codes", None), ("POST", "/me/keys", {"public": "ssh-ed25519 AAAA"}),
                                   ("POST", "/me/tokens", {"name": "x", "permissions": ["people.read"], "until": "2030-01-01T00:00:00Z"})):
            t.has(b.ok(method, path, body, 403).json()["type"], "stale")
        b.ok("PUT", "/me/password", {"password": OTHER}, 422)
        b.ok("PUT", "/me/password", {"present": "wrong", "password": OTHER}, 401)
        b.ok("POST", "/session/confirm", {"password": "wrong"}, 401)
        before = b.cookies["sinetti"]
        b.ok("POST", "/session/confirm", {"password": GOOD}, 204)
        t.equal(b.cookies["sinetti"] != before, True)
        codes = b.ok("POST", "/me/recovery-codes")["codes"]
        t.equal((len(codes), len(set(codes))), (10, 10))


def with_factor(s, name):
    b = with_password(s, name)
    offer = b.ok("POST", "/me/totp")
    b.ok("POST", "/me/totp/confirm", {"code": totp(offer["secret"])}, 204)
    return b, b.ok("POST", "/me/recovery-codes")["codes"]


def test_a_recovery_code_stands_in_once(t):
    with served(t) as s:
        ella, codes = with_factor(s, "Ella")
        b = Browser(s)
        b.ok("POST", "/session/recovery-code", {"code": codes[0]}, 401)  # no first step
        t.equal(sign_in(b, "Ella", GOOD), {"step": "second_factor", "methods": ["totp", "recovery_code"]})
        pending = dict(b.cookies)
        t.equal((b.ok("GET", "/session")["person"], b.ok("GET", "/session")["second_factor"]), (None, ["totp", "recovery_code"]))
        b.ok("GET", "/me", code=401)
        b.ok("POST", "/session/recovery-code", {"code": "aaaa-aaaa-aaaa-aaaa"}, 401)
        b.ok("POST", "/session/recovery-code", {"code": codes[0].upper().replace("-", " ")})
        t.equal((b.ok("GET", "/session")["level"], b.ok("GET", "/me")["recovery_codes"]), (2, 9))
        again = Browser(s)
        again.cookies = pending
        again.ok("POST", "/session/recovery-code", {"code": codes[1]}, 401)  # that first step is used up
        sign_in(again, "Ella", GOOD)
        again.ok("POST", "/session/recovery-code", {"code": codes[0]}, 401)
        for i in range(6):
            again.call("POST", "/session/recovery-code", {"code": "aaaa-aaaa-aaaa-aaa%s" % "abcdef"[i]})
        t.equal(again.call("POST", "/session/recovery-code", {"code": codes[1]}).status in (401, 429), True)
        ella.ok("GET", "/me")


def test_lost_factors_are_taken_away_by_another(t):
    with served(t) as s:
        ella, _ = with_factor(s, "Ella")
        with_factor(s, "Aatu")
        for name in ("Ella", "Aatu"):
            s.sign_in(name)  # a password ends what was before
        path = "/people/%s/second-factor"
        for who, whose, code in (("Timo", "Ella", 403), ("Ella", "Ella", 403), ("Sirkka", "Aatu", 403), ("Aatu", "Aatu", 403), ("Aatu", "Timo", 404)):
            t.equal(s.call(who, "DELETE", path % subject_id(whose)).status, code, who + whose)
        t.equal(s.get("Aatu", "/people/" + subject_id("Ella"))["second_factor"], True)
        t.equal(s.call("Aatu", "DELETE", path % subject_id("Ella")).status, 204)
        ella.ok("GET", "/me", code=401)
        t.equal(sign_in(Browser(s), "Ella", GOOD)["step"], "done")
        t.equal(sign_in(Browser(s), "Aatu", GOOD)["step"], "second_factor")


def test_no_secret_is_written(t):
    secrets = [GOOD, OTHER]
    with served(t) as s:
        link = s.post("Aatu", "/people/%s/links" % subject_id("Ella"), {"purpose": "invitation"}, 201)["path"].split("#")[1]
        b = Browser(s)
        b.ok("POST", "/session/link", {"secret": link, "password": GOOD})
        secrets += [link, b.cookies["sinetti"], b.cookies["sinetti-device"]]
        b.ok("PUT", "/me/password", {"present": GOOD, "password": OTHER}, 204)
        secrets += [b.cookies["sinetti"]]
        secrets += [b.ok("POST", "/me/tokens", {"name": "x", "permissions": ["people.read"], "until": time.strftime("%Y-%m-%d", time.gmtime(time.time() + 2 * 86400))}, 201)["secret"]]
        secrets += b.ok("POST", "/me/recovery-codes")["codes"]
        sign_in(Browser(s), "Ella", "wrong secret guess", 401)
        secrets += ["wrong secret guess"]
        time.sleep(0.3)
        places = [p for p in (t.dir / "data").rglob("*") if p.is_file()] + [t.dir / "serve.err"]
        for place in places:
            content = place.read_bytes()
            for secret in secrets:
                if secret.encode() in content:
                    raise harness.Fault("%s holds a secret (%s…)" % (place.name, secret[:4]))
        t.has((t.dir / "serve.err").read_text(encoding="utf-8"), "/api/v1/session/link")
    facts = t.run("fact", "list", "--data", "data", "--kind", "credential", "--format", "json", code=0).out
    t.equal([(f["payload"]["what"], f["payload"]["change"]) for f in map(json.loads, facts.splitlines()) if f["subject"] == person_id("Ella")],
            [("link", "added"), ("link", "used"), ("password", "added"), ("password", "changed"), ("token", "added"), ("recovery_codes", "changed")])


def test_the_operator_lets_somebody_in(t):
    with served(t, {"Ella": [DEVELOPER]}) as s:
        first = t.run("admin-link", "--data", "data", "--url", "https://sinetti.example", code=0)
        t.has(first.out, "https://sinetti.example/link#")
        secret = first.out.strip().split("#")[1]
        b = Browser(s)
        t.equal(b.ok("POST", "/session/link/look", {"secret": secret}), {"purpose": "invitation", "name": "Admin", "address": None, "password": True})
        b.ok("POST", "/session/link", {"secret": secret, "password": GOOD}, 422)
        b.ok("POST", "/session/link", {"secret": secret, "password": GOOD, "name": "Ella", "address": "x@example.org"}, 409)
        b.ok("POST", "/session/link", {"secret": secret, "password": "Suominenkatu1", "name": "Aatu Suominenkatu", "address": "aatu@example.org"}, 422)
        b.ok("POST", "/session/link", {"secret": secret, "password": GOOD, "name": "Aatu Suominenkatu", "address": "aatu@example.org"})
        t.equal([r["role"] for r in b.ok("GET", "/session")["roles"]], ["admin"])
        sign_in(Browser(s), "Aatu", GOOD)
        again = t.run("admin-link", "--data", "data", code=0).out.strip().split("#")[1]
        c = Browser(s)
        t.equal(c.ok("POST", "/session/link/look", {"secret": again})["purpose"], "sign_in")
        c.ok("POST", "/session/link", {"secret": again})
        t.equal(c.ok("GET", "/session")["name"], "Aatu Suominenkatu")
        t.run("admin-link", "nobody@example.org", "--data", "data", code=3)
        t.run("people", "leave", "ella@example.org", "--data", "data", code=0)
        s.get("Ella", "/me", 401)


def test_the_account_says_what_it_holds(t):
    with served(t) as s:
        b = with_password(s, "Ella")
        me = b.ok("GET", "/me")
        t.equal((me["has_password"], me["factors"], me["fresh"]), (True, [], True))
        en, fi = b.ok("GET", "/me/privacy"), b.ok("GET", "/me/privacy", Accept_Language="fi")
        t.equal([x["count"] for x in en["items"]], [x["count"] for x in fi["items"]])
        t.equal([a["title"] != c["title"] for a, c in zip(en["items"], fi["items"])], [True] * len(en["items"]))
        t.equal({x["key"]: x["count"] for x in en["items"]}["sessions"], 1)
        b.ok("PUT", "/me/language", {"language": "fi"}, 204)
        t.equal(b.ok("GET", "/me")["language"], "fi")
        b.ok("PUT", "/me/language", {"language": "sv"}, 422)


def test_limits(t):
    with served(t) as s:
        for body in ({}, {"address": "a"}, {"address": "a", "password": ""}, {"address": "a" * 321, "password": "x"}, {"address": "a", "password": "x" * 4097},
                     {"address": ["a"], "password": "x"}, {"address": "a", "password": "x", "more": 1}):
            t.equal(s.call(None, "POST", "/session", body).status, 422, str(body)[:40])
        t.equal(s.call(None, "POST", "/session", raw="{", Content_Type="application/json").status, 400)
        t.equal(s.call(None, "POST", "/session", {"address": "a\u0000b", "password": "x"}).status in (400, 401, 422), True)
        t.equal(s.call(None, "POST", "/session", {"address": "ella@example.org", "password": "x" * 4096}).status, 401)
        for cookie in ("x" * 3000, "'; DROP TABLE session; --", "A" * 43, ""):
            t.equal(s.call(None, "GET", "/me", Cookie="sinetti=" + cookie).status, 401)
        t.equal(s.call(None, "GET", "/me", Cookie="sinetti=%s; sinetti=%s" % (s.cookies["Ella"], s.cookies["Timo"])).status, 401)


def facts(t, kind, subject=None):
    listed = [json.loads(line) for line in t.run("fact", "list", "--data", "data", "--kind", kind, "--format", "json", "--limit", "1000", code=0).out.splitlines()]
    return [f for f in listed if subject in (None, f["subject"])]


def test_a_first_sign_in_is_whole_or_nothing(t):
    with served(t, {"Ella": [DEVELOPER]}) as s:
        secret = t.run("admin-link", "--data", "data", code=0).out.strip().split("#")[1]  # void is that of the server's start
        before = serve_life.processes(s)["worker"]
        os.kill(before, signal.SIGKILL)  # the next one makes none: nobody would be told of it
        while serve_life.processes(s).get("worker", before) == before:
            time.sleep(0.02)
        serve_life.wait_ready(t, s)
        first = next(f["subject"] for f in facts(t, "role") if f["payload"]["role"] == "admin")
        b = Browser(s)
        before = (len(facts(t, "person")), len(facts(t, "credential")))
        for wrong in ({"name": "Aino Salakala", "address": "aino@example.org", "password": "Aino Salakala 1"},  # made of the name that comes with it
                      {"name": "Aino Salakala", "address": "murmelin.vihko@example.org", "password": "Murmelin Vihko"},
                      {"name": "Aino Salakala", "address": "no address", "password": GOOD},
                      {"name": "Ella", "address": "aino@example.org", "password": GOOD},  # can be taken for somebody else
                      {"name": "Aino Salakala", "address": "ella@example.org", "password": GOOD}):
            answer = b.call("POST", "/session/link", {"secret": secret, **wrong})
            t.true(answer.status in (409, 422), "%s: %s" % (wrong, answer))
            t.equal((len(facts(t, "person")), len(facts(t, "credential"))), before, "something of it was done: %s" % wrong)
        t.equal(b.ok("GET", "/session")["person"], None)
        b.ok("POST", "/session/link", {"secret": secret, "name": "Aino Salakala", "address": "aino@example.org", "password": GOOD})
        t.equal(b.ok("GET", "/session")["person"], first)
        t.equal([(f["payload"]["what"], f["payload"]["change"]) for f in facts(t, "credential", first)], [("link", "added"), ("link", "added"), ("link", "used"), ("password", "added")])
        Browser(s).ok("POST", "/session/link", {"secret": secret, "password": GOOD}, 401)


def test_who_uses_a_link_they_made_is_seen(t):
    with served(t) as s:
        aatu = Browser(s)
        aatu.ok("POST", "/session/link", {"secret": s.link("Aatu", "sign_in")})
        for name, browser in (("Ella", Browser(s)), ("Timo", aatu)):
            made = s.post("Aatu", "/people/%s/links" % subject_id(name), {"purpose": "invitation"}, 201)
            t.equal(s.get("Sirkka", "/people/" + subject_id(name))["came_in"], None)
            browser.ok("POST", "/session/link", {"secret": made["path"].split("#")[1], "password": GOOD})
            seen = s.get("Sirkka", "/people/" + subject_id(name))["came_in"]
            t.equal((seen["made_by"]["id"], seen["made_by"]["name"], seen["makers_browser"]), (person_id("Aatu"), "Aatu", name == "Timo"))
            t.equal(browser.ok("GET", "/me")["came_in"], seen, "the person sees it too")
            added, used = [f for f in facts(t, "credential", person_id(name)) if f["payload"]["what"] == "link"]
            t.equal((added["actor"], added["payload"]["change"], used["actor"], used["payload"]["change"], used["payload"]["made_by"]),
                    (person_id("Aatu"), "added", person_id(name), "used", person_id("Aatu")))
            t.equal(added["payload"]["fingerprint"], used["payload"]["fingerprint"])
        t.equal(s.get("Olli", "/people/" + subject_id("Timo"))["came_in"], None, "for those who may know")
        told = [x for x in s.get("Sirkka", "/dashboard")["unblock"]["items"] if x["what"] == "link_by_maker"]
        t.equal([x["subject"] for x in told], [person_id("Timo")])
        t.equal([x for x in s.get("Olli", "/dashboard")["unblock"]["items"] if x["what"] == "link_by_maker"], [])

"""Goal: passkeys and one-time passwords let their owners in, once each, here alone; what is replayed, copied or made for somewhere else lets nobody in."""
import contextlib
import json
import time

import serving
from browser import Authenticator, Browser, b64, totp, unb64
from serving import DEVELOPER, person_id

PEOPLE = {"Ella": [DEVELOPER], "Mikko": [DEVELOPER]}
PASSWORD = " ".join(("lumi", "kahvila", "seitikki", "1893"))


@contextlib.contextmanager
def served(t):
    t.run("init", "--data", "data", "--origin", "test.example/org", code=0)
    with serving.Server(t, t.dir / "data", PEOPLE) as server:
        server.passwords = set()
        yield server


def changes(t, what):
    lines = t.run("fact", "list", "--data", "data", "--kind", "credential", "--format", "json", code=0).out.splitlines()
    return [f["payload"]["change"] for f in map(json.loads, lines) if f["payload"]["what"] == what]


def add_passkey(browser, alg=-7, code=201, **wrong):
    """Registers one; the authenticator, which can be made wrong for that."""
    key = Authenticator(browser, alg)
    before = {name: getattr(key, name) for name in wrong}
    key.__dict__.update(wrong)
    options = browser.api("POST", "/me/passkeys/options", code=200)
    browser.api("POST", "/me/passkeys", key.create(options), code=code)
    key.__dict__.update(before)
    return key


def use_passkey(server, key, code=200, change=None):
    """In a browser that knows nothing; the browser."""
    browser = Browser(server)
    options = browser.api("POST", "/session/passkey/options", code=200)
    body = key.get(options)
    if change:
        change(body)
    browser.api("POST", "/session/passkey", body, code=code)
    return browser


def first_step(server, name):
    """By a password: set by a link at first, which ends every other session."""
    browser = Browser(server)
    if name not in server.passwords:
        server.passwords.add(name)
        browser.api("POST", "/session/link", {"secret": server.link(name, "reset"), "password": PASSWORD}, code=200)
        return browser
    browser.api("POST", "/session", {"address": name.lower() + "@example.org", "password": PASSWORD}, code=200)
    return browser


def test_a_passkey_alone_is_enough(t):
    with served(t) as server:
        for alg in (-7, -8, -257):
            ella = Browser(server).signs_in_as("Ella")
            key = add_passkey(ella, alg)
            t.equal(ella.session()["level"], 2)
            browser = use_passkey(server, key)
            t.equal((browser.session()["person"], browser.session()["level"]), (person_id("Ella"), 2), alg)
        keys = ella.api("GET", "/me/passkeys", code=200)["items"]
        t.equal((len(keys), {k["site"] for k in keys}, all(k["used_at"] for k in keys)), (3, {"localhost"}, True))
        ella.api("PATCH", "/me/passkeys/" + keys[0]["passkey"], {"name": "Työkone"}, code=204)
        t.equal(ella.api("GET", "/me/passkeys", code=200)["items"][0]["name"], "Työkone")
        Browser(server).signs_in_as("Mikko").api("DELETE", "/me/passkeys/" + keys[0]["passkey"], code=404)
        for k in keys:
            ella.api("DELETE", "/me/passkeys/" + k["passkey"], code=204)
        use_passkey(server, key, 401)
        t.equal(changes(t, "passkey"), ["added"] * 3 + ["removed"] * 3)


def test_a_passkey_as_the_second_step(t):
    with served(t) as server:
        ella = Browser(server).signs_in_as("Ella")
        key, mikkos = add_passkey(ella), add_passkey(Browser(server).signs_in_as("Mikko"))
        browser = first_step(server, "Ella")
        t.equal((browser.session()["person"], browser.session()["second_factor"]), (None, ["passkey"]))
        options = browser.api("POST", "/session/passkey/options", code=200)
        t.equal(options["allow"], [b64(key.id)])
        browser.api("POST", "/session/passkey", mikkos.get(options), code=401)
        options = browser.api("POST", "/session/passkey/options", code=200)
        key.flags = 0x01  # the finger alone is enough beside the first step
        browser.api("POST", "/session/passkey", key.get(options), code=200)
        t.equal(browser.session()["level"], 2)
        browser = first_step(server, "Ella")
        for _ in range(5):
            options = browser.api("POST", "/session/passkey/options", code=200)
            browser.api("POST", "/session/passkey", mikkos.get(options), code=401)
        options = browser.api("POST", "/session/passkey/options", code=200)  # the first step is void now
        t.equal(options["allow"], [])


def test_what_was_made_elsewhere_is_not_taken(t):
    with served(t) as server:
        ella = Browser(server).signs_in_as("Ella")
        for wrong in ({"origin": "https://localhost"}, {"origin": "http://localhost"}, {"origin": "http://attacker.example"}, {"rp_id": "attacker.example"},
                      {"rp_id": ""}, {"flags": 0x04}, {"flags": 0x01}, {"extra": {"crossOrigin": True}}, {"extra": {"type": "webauthn.get"}},
                      {"extra": {"topOrigin": "http://attacker.example"}}):
            add_passkey(ella, code=403, **wrong)
        key = add_passkey(ella)
        for wrong in ({"origin": "http://attacker.example"}, {"rp_id": "attacker.example"}, {"flags": 0x04}, {"flags": 0x01}, {"user": b"x" * 20}, {"user": b""},
                      {"extra": {"crossOrigin": True}}, {"extra": {"type": "webauthn.create"}}, {"id": b"another"}):
            before = {name: getattr(key, name) for name in wrong}
            key.__dict__.update(wrong)
            t.equal(use_passkey(server, key, 401).session()["person"], None, wrong)
            key.__dict__.update(before)
        for what in ("client_data", "authenticator_data", "signature"):
            def cut(body, what=what):
                body[what] = b64(unb64(body[what])[:-1])
            t.true(use_passkey(server, key, None, cut).session()["person"] is None, what)
        use_passkey(server, key)  # and it still is


def test_a_challenge_is_answered_once(t):
    with served(t) as server:
        key = add_passkey(Browser(server).signs_in_as("Ella"))
        browser, other = Browser(server), Browser(server)
        body = key.get(browser.api("POST", "/session/passkey/options", code=200))
        browser.api("POST", "/session/passkey", body, code=200)
        other.api("POST", "/session/passkey", body, code=401)  # replayed
        options = other.api("POST", "/session/passkey/options", code=200)
        other.api("POST", "/session/passkey", key.get({**options, "challenge": b64(b"x" * 32)}), code=401)  # of its own
        making = browser.api("POST", "/me/passkeys/options", code=200)  # one made for another purpose
        other.api("POST", "/session/passkey", key.get(making), code=401)
        t.equal(other.session()["person"], None)


def test_a_copied_passkey_is_noticed(t):
    with served(t) as server:
        ella = Browser(server).signs_in_as("Ella")
        key = add_passkey(ella)
        use_passkey(server, key)
        key.counter -= 1  # as a copy has it that was made before
        use_passkey(server, key, 401)
        key.counter += 5
        use_passkey(server, key, 401)  # and now nobody knows which is which
        t.equal([k["doubtful"] for k in ella.api("GET", "/me/passkeys", code=200)["items"]], [True])


def test_codes(t):
    with served(t) as server:
        ella = Browser(server).signs_in_as("Ella")
        offer = ella.api("POST", "/me/totp", code=200)
        t.has(offer["uri"], "otpauth://totp/Sinetti:ella%40example.org?secret=" + offer["secret"])
        t.has(ella.api("POST", "/me/totp/confirm", {"code": "000000"}, code=403)["detail"], "the code is wrong")
        t.has(ella.api("POST", "/me/totp/confirm", {"code": "000000"}, code=403, Accept_Language="fi")["detail"], "koodi on väärä")
        t.equal(first_step(server, "Ella").session()["level"], 1)  # not turned on yet
        ella.signs_in_as("Ella")
        before = ella.cookies["sinetti"]
        ella.api("POST", "/me/totp/confirm", {"code": totp(offer["secret"], time.time() - 30)}, code=204)
        t.true(ella.cookies["sinetti"] != before, "the session kept its secret")
        ella.api("POST", "/me/totp", code=409)
        browser = first_step(server, "Ella")
        t.equal((browser.session()["person"], browser.session()["second_factor"]), (None, ["totp"]))
        browser.api("GET", "/me/passkeys", code=401)
        code = totp(offer["secret"])
        browser.api("POST", "/session/totp", {"code": code}, code=200)
        t.equal((browser.session()["person"], browser.session()["level"]), (person_id("Ella"), 2))
        again = first_step(server, "Ella")
        again.api("POST", "/session/totp", {"code": code}, code=401)  # used
        again.api("POST", "/session/totp", {"code": totp(offer["secret"], time.time() - 90)}, code=401)  # too old
        again.api("POST", "/session/totp", {"code": "12345"}, code=422)
        again.api("POST", "/session/totp", {"code": totp(offer["secret"], time.time() + 30)}, code=200)
        Browser(server).api("POST", "/session/totp", {"code": code}, code=401)  # no first step
        ella.api("DELETE", "/me/totp", code=204)
        t.equal(first_step(server, "Ella").session()["level"], 1)
        t.equal(changes(t, "totp"), ["added", "removed"])
        said = server.said() + t.run("fact", "list", "--data", "data", "--format", "json", code=0).out
        t.lacks(said, offer["secret"])


def test_codes_are_not_guessed(t):
    with served(t) as server:
        ella = Browser(server).signs_in_as("Ella")
        offer = ella.api("POST", "/me/totp", code=200)
        ella.api("POST", "/me/totp/confirm", {"code": totp(offer["secret"], time.time() - 30)}, code=204)
        answers = []
        for i in range(40):
            if i % 5 == 0:
                browser = first_step(server, "Ella")
            answers.append(browser.ask("POST", "/api/v1/session/totp", {"code": "%06d" % i}).status)
        t.true(answers.count(401) <= 20 and answers[-1] == 429, answers)


def test_only_soon_after_signing_in(t):
    with served(t) as server:
        ella = Browser(server).signs_in_as("Ella")
        key = add_passkey(ella)
        with contextlib.closing(serving.sqlite3.connect(t.dir / "data" / "state.db", timeout=30)) as db, db:
            db.execute("UPDATE session SET proved = proved - 1000")
        for method, path, body in (("POST", "/me/totp", None), ("POST", "/me/totp/confirm", {"code": "000000"}), ("DELETE", "/me/totp", None),
                                   ("POST", "/me/passkeys/options", None), ("DELETE", "/me/passkeys/" + "a" * 20, None), ("DELETE", "/me/accounts/" + "a" * 20, None)):
            answer = ella.ask(method, "/api/v1" + path, body)
            t.equal((answer.status, answer.json()["type"]), (403, "/api/#stale"), path)
        body = key.get(ella.api("POST", "/session/passkey/options", code=200))
        ella.api("POST", "/session/confirm-passkey", body, code=204)
        ella.api("POST", "/me/totp", code=200)
        mikko = Browser(server).signs_in_as("Mikko")
        body = key.get(mikko.api("POST", "/session/passkey/options", code=200))
        mikko.api("POST", "/session/confirm-passkey", body, code=401)  # another's passkey

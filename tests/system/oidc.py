"""Goal: signing in at an OpenID provider is for whom it is meant, and no misbehaving provider, browser or link gets anybody in or leads them elsewhere."""
import concurrent.futures
import contextlib
import sqlite3
import time
import urllib.parse

import serving
from browser import Browser, totp
from oidc_server import CLIENT, Key, Provider, running
from serving import ADMIN, DEVELOPER, SECURITY_OFFICER, person_id

PEOPLE = {"Aatu": [ADMIN], "Sirkka": [SECURITY_OFFICER], "Ella": [DEVELOPER], "Mikko": [DEVELOPER]}


@contextlib.contextmanager
def served(t, alg="RS256", **options):
    t.run("init", "--data", "data", "--origin", "test.example/org", code=0)
    with running(Provider(alg)) as provider, serving.Server(t, t.dir / "data", PEOPLE) as server:
        body = {"name": "Id", "issuer": provider.issuer, "client": CLIENT, "secret": provider.secret, "by_address": True, **options}
        provider.id = server.post("Aatu", "/providers", body, 201)["provider"]
        yield provider, server


def begin(browser, provider, **body):
    return browser.api("POST", "/session/providers/" + provider.id, body, code=200)["address"]


def sign_in(browser, provider, **body):
    """The whole way; where it leads to."""
    answer = browser.follow(browser.visit(begin(browser, provider, **body)))
    if answer.status != 303:
        raise AssertionError(str(answer))
    return answer.headers["Location"]


def oidc_of(location):
    return dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(location).query)).get("oidc")


def facts_of(t, kind):
    return [f for f in serving.json.loads("[%s]" % ",".join(t.run("fact", "list", "--data", "data", "--kind", kind, "--format", "json", code=0).out.splitlines()))]


def test_each_algorithm_gets_the_right_person_in(t):
    for i, alg in enumerate(("RS256", "PS256", "ES256", "EdDSA")):
        case = t.dir / alg
        case.mkdir()
        t.run("init", "--data", case / "data", "--origin", "test.example/org%d" % i, code=0)
        with running(Provider(alg)) as provider, serving.Server(t, case / "data", {"Aatu": [ADMIN], "Ella": []}) as server:
            provider.id = server.post("Aatu", "/providers", {"name": "Id", "issuer": provider.issuer, "client": CLIENT, "secret": provider.secret,
                                                             "by_address": True}, 201)["provider"]
            browser = Browser(server)
            t.equal(sign_in(browser, provider, landing="/tasks?status=open"), "/tasks?status=open", alg)
            t.equal(browser.session()["person"], person_id("Ella"), alg)


def test_an_account_stays_the_persons(t):
    with served(t) as (provider, server):
        browser = Browser(server)
        t.equal(sign_in(browser, provider), "/")
        t.equal(browser.session()["person"], person_id("Ella"))
        provider.user["email"] = "mikko@example.org"  # the same subject, with another address
        other = Browser(server)
        sign_in(other, provider)
        t.equal(other.session()["person"], person_id("Ella"))
        t.equal([f["payload"]["change"] for f in facts_of(t, "credential") if f["payload"]["what"] == "account"], ["added"])
        provider.user = {"sub": "subject-2", "email": "nobody@example.org", "email_verified": True}
        stranger = Browser(server)
        t.equal(sign_in(stranger, provider), "/sign-in?next=/&oidc=unknown")
        t.equal(stranger.session()["person"], None)


def test_only_a_verified_address_counts(t):
    with served(t) as (provider, server):
        right = provider.user
        for members in ({"email_verified": False}, {"email_verified": "true"}, {"email_verified": 1}, {"email": ""}):
            provider.user = {**right, **members}
            t.equal(oidc_of(sign_in(Browser(server), provider)), "unknown", members)
        provider.user = right
        provider.userinfo = {"sub": "subject-1", "email": "ella@example.org", "email_verified": True}
        browser = Browser(server)
        t.equal(sign_in(browser, provider), "/")
        t.equal(browser.session()["person"], person_id("Ella"))
        provider.user = {"sub": "subject-9"}
        t.equal(oidc_of(sign_in(Browser(server), provider)), "wrong")  # userinfo speaks of subject-1


def slow(handler):
    handler.send_response(200)
    handler.send_header("Content-Length", "100000")
    handler.end_headers()
    for _ in range(60):
        handler.wfile.write(b" ")
        handler.wfile.flush()
        time.sleep(0.5)


def huge(handler):
    handler.send_response(200)
    handler.end_headers()
    for _ in range(1000):
        handler.wfile.write(b" " * 65536)


def elsewhere(provider):
    return lambda handler: handler.send(307, b"", Location=provider.issuer + handler.path + "x")


# What is wrong, how it becomes so, and what who set the provider up reads of it.
WRONGS = [
    ("another issuer in the token", "another issuer's", lambda p: p.claims.update(iss="https://id.example")),
    ("the issuer with a slash", "another issuer's", lambda p: p.claims.update(iss=p.issuer + "/")),
    ("another audience", "for another client", lambda p: p.claims.update(aud="another")),
    ("another audience besides", "for another client", lambda p: p.claims.update(aud=[CLIENT, "another"])),
    ("another party", "for another client", lambda p: p.claims.update(azp="another")),
    ("another nonce", "another request", lambda p: p.claims.update(nonce="x" * 43)),
    ("no nonce", "another request", lambda p: p.claims.update(nonce=None)),
    ("over", "it was over", lambda p: p.claims.update(exp=int(time.time()) - 120)),
    ("without an end", "exp and iat", lambda p: p.claims.update(exp=None)),
    ("of the future", "of the future", lambda p: p.claims.update(iat=int(time.time()) + 600)),
    ("no subject", "a subject of", lambda p: p.claims.update(sub=None)),
    ("alg none", "signed by \"none\"", lambda p: (p.header.update(alg="none"), setattr(p, "sign", lambda data: b""))),
    ("alg None", "signed by \"None\"", lambda p: (p.header.update(alg="None"), setattr(p, "sign", lambda data: b""))),
    ("HS256 by the public key", "signed by \"HS256\"", lambda p: (p.header.update(alg="HS256"), setattr(p, "sign", p.sign_with_public_key))),
    ("HS256 under RS256", "signature is wrong", lambda p: setattr(p, "sign", p.sign_with_public_key)),
    ("a key that is not shown", "keys have not", lambda p: setattr(p, "key", Key("RS256", "hidden"))),
    ("a shown name, a hidden key", "signature is wrong", lambda p: setattr(p, "key", Key("RS256", "first"))),
    ("a key within the token", "keys have not", lambda p: (setattr(p, "key", Key("RS256", "own")), p.header.update(jwk=p.key.public()))),
    ("a damaged signature", "signature is wrong", lambda p: setattr(p, "sign", lambda data: p.key.sign(data + b"x"))),
    ("crit", "\"crit\"", lambda p: p.header.update(crit=["exp"])),
    ("no keys", "keys have not", lambda p: setattr(p, "keys", [])),
    ("a secret among the keys", "keys have not", lambda p: p.answer.update({"/jwks": lambda h: h.send(200, {"keys": [{"kty": "oct", "k": "c2VjcmV0", "kid": "first"}]})})),
    ("keys that are none", "not a JSON object", lambda p: p.answer.update({"/jwks": lambda h: h.send(200, b"<html>")})),
    ("keys where clouds keep theirs", "where the server never goes", lambda p: setattr(p, "document", {"jwks_uri": "https://169.254.169.254/keys"})),
    ("keys elsewhere", "sends us elsewhere", lambda p: p.answer.update({"/jwks": elsewhere(p)})),
    ("a token endpoint elsewhere", "sends us elsewhere", lambda p: p.answer.update({"/token": elsewhere(p)})),
    ("a token endpoint that refuses", "answers 400 invalid_grant", lambda p: p.answer.update({"/token": lambda h: h.send(400, {"error": "invalid_grant"})})),
    ("a token endpoint of HTML", "not a JSON object", lambda p: p.answer.update({"/token": lambda h: h.send(200, b"<html>")})),
    ("no ID token", "no ID token", lambda p: p.answer.update({"/token": lambda h: h.send(200, {"access_token": "x", "token_type": "Bearer"})})),
    ("an endless token", "over 262144 bytes", lambda p: p.answer.update({"/token": huge})),
    ("another server's answer", "another server's", lambda p: p.back.update(iss="https://id.example")),
    ("nobody's answer", "does not say whose", lambda p: p.back.update(iss=None)),
    ("no code", "has no code", lambda p: p.back.update(code=None)),
    ("a code that is none", "answers 400", lambda p: p.answer.update({"/token": lambda h: h.send(400, {"error": "invalid_grant"})})),
]


def test_no_wrong_provider_gets_anybody_in(t):
    with served(t) as (provider, server):
        t.equal(sign_in(Browser(server), provider), "/")  # so that there is an account to get at
        right = dict(provider.__dict__)
        for what, why, spoil in WRONGS:
            provider.__dict__.update(right, claims={}, header={}, answer={}, back={}, sign=None, keys=list(right["keys"]))
            with sqlite3.connect(t.dir / "data" / "state.db", timeout=30) as db:
                db.execute("UPDATE provider SET document = NULL, keys = NULL, failed_at = NULL")
            db.close()
            spoil(provider)
            browser = Browser(server)
            t.equal(sign_in(browser, provider), "/sign-in?next=/&oidc=wrong", what)
            t.equal(browser.session()["person"], None, what)
            t.true("sinetti" not in browser.cookies, what)
            t.has(server.get("Aatu", "/providers/" + provider.id)["trouble"], why)
        provider.__dict__.update(right, claims={}, header={}, answer={}, back={}, sign=None)
        browser = Browser(server)
        provider.back = {"code": None, "error": "access_denied"}
        t.equal(sign_in(browser, provider, landing="/tasks"), "/sign-in?next=/tasks&oidc=refused")
        t.has(server.get("Aatu", "/providers/" + provider.id)["trouble"], "access_denied")
        t.lacks(server.said(), provider.secret)


def test_a_slow_provider_holds_nobody_up(t):
    with served(t) as (provider, server):
        address = begin(Browser(server), provider)
        browser = Browser(server)
        address = begin(browser, provider)
        provider.answer["/token"] = slow
        began = time.monotonic()
        t.equal(oidc_of(browser.follow(browser.visit(address)).headers["Location"]), "wrong")
        t.true(time.monotonic() - began < 20, "it took %.0f s" % (time.monotonic() - began))


def test_a_provider_that_hangs_holds_up_only_its_own(t):
    """Eight threads work: many who come back from a provider that says nothing must leave some for all others."""
    with served(t) as (provider, server):
        ways = []
        for _ in range(12):
            browser = Browser(server)
            ways.append((browser, browser.visit(begin(browser, provider))))
        provider.answer["/token"] = slow
        with concurrent.futures.ThreadPoolExecutor(12) as pool:
            ends = [pool.submit(lambda w: w[0].follow(w[1]).headers["Location"], way) for way in ways]
            time.sleep(1)
            began = time.monotonic()
            Browser(server).signs_in_as("Ella").api("POST", "/me/passkeys/options", code=200)
            t.true(time.monotonic() - began < 5, "another's request waited %.1f s" % (time.monotonic() - began))
            t.equal({oidc_of(end.result()) for end in ends}, {"wrong"})


def test_documents_of_a_provider_are_judged(t):
    with served(t) as (provider, server):
        at = "/providers/%s/test" % provider.id
        t.equal(server.post("Aatu", at, None), {"works": True, "detail": None})
        for document, part in (({"issuer": "https://id.example"}, "of issuer"), ({"token_endpoint": "http://id.example/token"}, "https"),
                               ({"jwks_uri": None}, "jwks_uri"), ({"authorization_endpoint": "javascript:alert(1)"}, "https"),
                               ({"id_token_signing_alg_values_supported": ["HS256", "none"]}, "RS256"), ({"code_challenge_methods_supported": ["plain"]}, "S256")):
            provider.document = document
            found = server.post("Aatu", at, None)
            t.equal(found["works"], False, document)
            t.has(found["detail"], part)
        provider.document = {}
        for answer, part in ((elsewhere(provider), "elsewhere"), (huge, "bytes"), (lambda h: h.send(500, b""), "500"), (lambda h: h.send(200, b"[]"), "JSON")):
            provider.answer = {"/.well-known/openid-configuration": answer}
            found = server.post("Aatu", at, None)
            t.equal(found["works"], False)
            t.has(found["detail"], part)


def test_keys_change(t):
    with served(t) as (provider, server):
        t.equal(sign_in(Browser(server), provider), "/")
        fetched = provider.asked.count("/jwks")
        t.equal(sign_in(Browser(server), provider), "/")
        t.equal(provider.asked.count("/jwks"), fetched)  # kept
        old, provider.key = provider.key, Key("RS256", "second")
        provider.keys = [provider.key]
        with sqlite3.connect(t.dir / "data" / "state.db", timeout=30) as db:  # a while later
            db.execute("UPDATE provider SET keys_at = keys_at - 60")
        db.close()
        t.equal(sign_in(Browser(server), provider), "/")
        t.equal(provider.asked.count("/jwks"), fetched + 1)
        provider.key = old
        t.equal(oidc_of(sign_in(Browser(server), provider)), "wrong")


def test_the_way_back_is_one_browsers_and_of_one_use(t):
    with served(t) as (provider, server):
        mine, thief = Browser(server), Browser(server)
        back = mine.visit(begin(mine, provider))
        t.equal(oidc_of(thief.follow(back).headers["Location"]), "over")  # without the cookie
        t.equal(oidc_of(mine.follow(back).headers["Location"]), "over")  # and used up by it
        back = mine.visit(begin(mine, provider))
        begin(thief, provider)
        t.equal(oidc_of(thief.follow(back).headers["Location"]), "over")  # with another one
        back = mine.visit(begin(mine, provider))
        t.equal(mine.follow(back).headers["Location"], "/")
        t.equal(mine.session()["person"], person_id("Ella"))
        replay = Browser(server)
        replay.cookies = dict(mine.cookies)
        t.equal(oidc_of(replay.follow(back).headers["Location"]), "over")
        back = mine.visit(begin(mine, provider))
        mixed = back.replace(provider.id, "a" * 20)  # answered at another provider's address
        t.equal(oidc_of(mine.follow(mixed).headers["Location"]), "over")
        for query in ("", "?state=x", "?code=x&state=" + "A" * 43):
            at = "/api/v1/session/providers/%s/callback" % provider.id
            t.equal(oidc_of(mine.ask("GET", at + query).headers["Location"]), "over")
        back = mine.visit(begin(mine, provider))
        with sqlite3.connect(t.dir / "data" / "state.db", timeout=30) as db:
            db.execute("UPDATE flow SET until = until - 700")
        db.close()
        t.equal(oidc_of(mine.follow(back).headers["Location"]), "over")


def test_nobody_is_led_elsewhere(t):
    with served(t) as (provider, server):
        for landing in ("//attacker.example", "/\\attacker.example", "https://attacker.example", "\\\\attacker.example", "/\t/attacker.example", "javascript:alert(1)",
                        "/%0d%0aSet-Cookie:a=b", "/@attacker.example", "//attacker.example/%2e%2e", "/api/v1/session", "", "/a\u2044b", "/nothing-of-ours", ".", "/./", "/tasks#x"):
            browser = Browser(server)
            t.equal(sign_in(browser, provider, landing=landing), "/", landing)
        for landing in ("/tasks", "/tasks/guidelines?tab=log", "/search?q=a%20b"):
            t.equal(sign_in(Browser(server), provider, landing=landing), landing)
        answer = Browser(server).ask("GET", "/api/v1/session/providers/%s/callback?redirect_uri=//attacker.example" % provider.id)
        t.equal(answer.status, 422)


def test_linking_and_invitations(t):
    with served(t, by_address=False) as (provider, server):
        t.equal(oidc_of(sign_in(Browser(server), provider)), "unknown")
        ella = Browser(server).signs_in_as("Ella")
        way = ella.api("POST", "/me/accounts", {"provider": provider.id, "landing": "/me"}, code=200)["address"]
        t.equal(ella.follow(ella.visit(way)).headers["Location"], "/me")
        t.equal([a["name"] for a in ella.api("GET", "/me/accounts", code=200)["items"]], ["Id"])
        again = Browser(server)
        sign_in(again, provider)
        t.equal(again.session()["person"], person_id("Ella"))
        mikko = Browser(server).signs_in_as("Mikko")  # the same account
        way = mikko.api("POST", "/me/accounts", {"provider": provider.id, "landing": "/me"}, code=200)["address"]
        t.equal(mikko.follow(mikko.visit(way)).headers["Location"], "/me?oidc=taken")
        t.equal(mikko.session()["person"], person_id("Mikko"))
        ella.api("DELETE", "/me/accounts/" + ella.api("GET", "/me/accounts", code=200)["items"][0]["account"], code=204)
        t.equal(oidc_of(sign_in(Browser(server), provider)), "unknown")
        way = ella.api("POST", "/me/accounts", {"provider": provider.id}, code=200)["address"]  # its session ends meanwhile
        back = ella.visit(way)
        with sqlite3.connect(t.dir / "data" / "state.db", timeout=30) as db:
            db.execute("DELETE FROM session WHERE person = ?", (person_id("Ella"),))
        db.close()
        t.equal(oidc_of(ella.follow(back).headers["Location"]), "over")
        # an invitation
        provider.user["sub"] = "subject-of-mikko"
        secret = server.link("Mikko", "invitation")
        t.equal(oidc_of(sign_in(Browser(server), provider, invitation="A" * 43)), "over")
        t.equal(oidc_of(sign_in(Browser(server), provider, invitation=server.link("Ella", "sign_in"))), "over")  # a link, but no invitation
        guest = Browser(server)
        t.equal(sign_in(guest, provider, invitation=secret), "/")
        t.equal(guest.session()["person"], person_id("Mikko"))
        provider.user["sub"] = "a third"
        t.equal(oidc_of(sign_in(Browser(server), provider, invitation=secret)), "over")
        changes = [(f["subject"], f["payload"]["change"]) for f in facts_of(t, "credential") if f["payload"]["what"] == "account"]
        t.equal(changes, [(person_id("Ella"), "added"), (person_id("Ella"), "removed"), (person_id("Mikko"), "added")])


def test_a_second_factor_is_still_asked(t):
    with served(t) as (provider, server):
        ella = Browser(server).signs_in_as("Ella")
        offer = ella.api("POST", "/me/totp", code=200)
        ella.api("POST", "/me/totp/confirm", {"code": totp(offer["secret"], time.time() - 30)}, code=204)
        browser = Browser(server)
        t.equal(sign_in(browser, provider, landing="/tasks?a=b"), "/sign-in?next=/tasks%3Fa%3Db")
        t.equal((browser.session()["person"], browser.session()["second_factor"]), (None, ["totp"]))
        browser.api("POST", "/session/totp", {"code": totp(offer["secret"])}, code=200)
        t.equal((browser.session()["person"], browser.session()["level"]), (person_id("Ella"), 2))
        provider.claims = {"amr": ["pwd", "mfa"]}  # said, but not believed
        t.equal(sign_in(Browser(server), provider, landing="/tasks"), "/sign-in?next=/tasks")
        tag = server.call("Aatu", "GET", "/providers/" + provider.id).headers["ETag"]
        server.patch("Aatu", "/providers/" + provider.id, {"believes": True}, If_Match=tag)
        server.patch("Aatu", "/providers/" + provider.id, {"believes": False}, 412, If_Match=tag)
        browser = Browser(server)
        t.equal(sign_in(browser, provider, landing="/tasks"), "/tasks")
        t.equal(browser.session()["level"], 2)


def test_who_leaves_and_what_is_turned_off(t):
    with served(t) as (provider, server):
        t.equal(sign_in(Browser(server), provider), "/")
        server.add_fact("person", person_id("Ella"), {"name": "Ella", "addresses": [], "accounts": [], "state": "left"})
        browser = Browser(server)
        t.equal(oidc_of(sign_in(browser, provider)), "unknown")
        t.equal(browser.session()["person"], None)
        provider.user = {"sub": "m", "email": "mikko@example.org", "email_verified": True}
        waiting = Browser(server)
        back = waiting.visit(begin(waiting, provider))
        tag = server.call("Aatu", "GET", "/providers/" + provider.id).headers["ETag"]
        server.patch("Aatu", "/providers/" + provider.id, {"active": False}, If_Match=tag)
        t.equal(oidc_of(waiting.follow(back).headers["Location"]), "wrong")
        browser.api("POST", "/session/providers/" + provider.id, {}, code=404)
        t.equal(browser.api("GET", "/session/providers", code=200), {"items": []})
        t.equal(server.call("Aatu", "DELETE", "/providers/" + provider.id).status, 204)
        t.equal(server.get("Aatu", "/providers")["items"], [])
        t.equal([f["payload"]["state"] for f in facts_of(t, "provider")], ["active", "off", "removed"])


def test_a_secret_goes_in_and_never_comes_out(t):
    with served(t) as (provider, server):
        for who in ("Sirkka", "Ella"):
            server.get(who, "/providers", 403)
            server.post(who, "/providers", {"name": "x", "issuer": "https://x.example", "client": "x"}, 403)
        server.get(None, "/providers", 401)
        shown = server.call("Aatu", "GET", "/providers/" + provider.id)
        t.lacks(shown.raw.decode() + server.call("Aatu", "GET", "/providers").raw.decode(), provider.secret)
        t.equal(shown.json()["has_secret"], True)
        for issuer in ("http://id.example", "https://id.example?x=1", "https://user@id.example", "file:///etc/passwd", "https://", "http://127.0.0.1.example"):
            server.post("Aatu", "/providers", {"name": "x", "issuer": issuer, "client": "x"}, 422)
        server.post("Aatu", "/providers", {"name": "x", "issuer": provider.issuer, "client": "x"}, 409)
        sign_in(Browser(server), provider)
        t.lacks(t.run("fact", "list", "--data", "data", "--format", "json", code=0).out, provider.secret)
        t.lacks(server.said(), provider.secret)


def test_the_way_back_leads_to_the_public_address(t):
    t.run("init", "--data", "data", "--origin", "test.example/org", code=0)
    with running(Provider("RS256")) as provider, serving.Server(t, t.dir / "data", PEOPLE, ["--public-url", "https://sinetti.example.org"]) as server:
        body = {"name": "Id", "issuer": provider.issuer, "client": CLIENT, "secret": provider.secret, "by_address": True}
        provider.id = server.post("Aatu", "/providers", body, 201)["provider"]
        public = {"Host": "sinetti.example.org", "Origin": "https://sinetti.example.org"}  # its proxy does not even say that TLS was there
        address = Browser(server).api("POST", "/session/providers/" + provider.id, {}, code=200, **public)["address"]
        sent = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(address).query))
        t.true(sent["redirect_uri"].startswith("https://sinetti.example.org/api/v1/"), sent["redirect_uri"])
        t.equal(Browser(server).ask("POST", "/api/v1/session/providers/" + provider.id, {}, Host="evil.example", Origin="http://evil.example").status, 421)
        t.equal(Browser(server).ask("POST", "/api/v1/session/providers/" + provider.id, {}, Host="sinetti.example.org", Origin="http://evil.example").status, 403)

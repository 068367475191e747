"""Goal: signing in works with OpenID providers that others have made: npm's oidc-provider and Debian's glewlwyd."""
import contextlib
import html
import http.client
import json
import pathlib
import re
import secrets
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.parse

import harness
import serving
from browser import Browser
from serving import ADMIN, DEVELOPER, person_id

sys.path.insert(0, str(harness.ROOT / "tests" / "oidc-provider"))
import modules  # noqa: E402

PEOPLE = {"Aatu": [ADMIN], "Ella": [DEVELOPER]}
SCHEMA = pathlib.Path("/usr/share/dbconfig-common/data/glewlwyd/install/sqlite3")


class Elsewhere:
    """A browser at another server: cookies are kept, redirects are followed as long as they stay there."""

    def __init__(self):
        self.cookies = {}

    def ask(self, method, address, body=None, kind="application/x-www-form-urlencoded"):
        to = urllib.parse.urlsplit(address)
        connection = http.client.HTTPConnection(to.hostname, to.port, timeout=60)
        try:
            sent = {"Cookie": "; ".join("%s=%s" % pair for pair in self.cookies.items())} if self.cookies else {}
            if body is not None:
                sent["Content-Type"] = kind
            connection.request(method, to.path + ("?" + to.query if to.query else ""), body, sent)
            answer = connection.getresponse()
            raw = answer.read().decode()
            for line in answer.headers.get_all("Set-Cookie") or []:
                name, _, value = line.split(";")[0].partition("=")
                self.cookies[name] = value
            return answer.status, urllib.parse.urljoin(address, answer.headers["Location"]) if answer.headers["Location"] else None, raw
        finally:
            connection.close()

    def json(self, method, address, body=None, code=200):
        status, _, raw = self.ask(method, address, json.dumps(body) if body is not None else None, "application/json")
        if status != code:
            raise harness.Fault("%s %s: %d %s" % (method, address, status, raw[:2000]))

    def follow(self, method, address, body, host):
        """Where it ends: (address, None) when that is elsewhere, else (address, page)."""
        for _ in range(20):
            status, to, raw = self.ask(method, address, body)
            if not to or status not in (302, 303):
                return address, raw
            if urllib.parse.urlsplit(to).netloc != host:
                return to, None
            method, address, body = "GET", to, None
        raise harness.Fault("round and round: " + address)


@contextlib.contextmanager
def served(t):
    t.run("init", "--data", "data", "--origin", "test.example/org", code=0)
    with serving.Server(t, t.dir / "data", PEOPLE) as server:
        yield server


def set_up(t, server, issuer, secret, **more):
    made = server.post("Aatu", "/providers", {"name": "Other", "issuer": issuer, "client": "sinetti", "secret": secret, "by_address": True, **more}, 201)
    made["callback"] = made["callback"].replace("127.0.0.1", "localhost")  # as browsers of this test call it
    return made


def is_let_in(t, browser, back, person):
    t.equal(browser.follow(back).headers["Location"], "/tasks", browser.server.said()[-500:])
    t.equal(browser.session()["person"], person)


def begin(browser, made):
    return browser.api("POST", "/session/providers/" + made["provider"], {"landing": "/tasks"}, code=200)["address"]


# --- npm's oidc-provider

@contextlib.contextmanager
def node(t, alg):
    with open(t.dir / "node.err", "wb") as err, subprocess.Popen(["node", "server.mjs", alg], cwd=modules.fetched(t.program), stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                                                  stderr=err, text=True) as child:
        try:
            yield child, "http://127.0.0.1:%d" % int(child.stdout.readline())
        finally:
            child.kill()


def agree(t, address, host):
    """Signs in at oidc-provider's own pages and agrees; the address to go back to."""
    there = Elsewhere()
    at, page = there.follow("GET", address, None, host)
    for _ in range(3):
        if page is None:
            return at
        form = re.search(r'<form[^>]* action="([^"]+)"', page)
        t.true(form, page)
        fields = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page))
        if "login" in fields.values():
            fields.update(login="account-1", password="any")
        at, page = there.follow("POST", urllib.parse.urljoin(at, html.unescape(form.group(1))), urllib.parse.urlencode(fields), host)
    raise harness.Fault("it asks again and again: " + page[:2000])


def test_oidc_provider(t):
    with served(t) as server:
        for alg in ("RS256", "PS256", "ES256", "EdDSA"):
            secret = secrets.token_urlsafe(32)
            with node(t, alg) as (child, issuer):
                made = set_up(t, server, issuer, secret)
                child.stdin.write(json.dumps({"redirect": made["callback"], "secret": secret, "email": "ella@example.org"}) + "\n")
                child.stdin.flush()
                t.equal(child.stdout.readline(), "ready\n")
                t.equal(server.post("Aatu", "/providers/%s/test" % made["provider"], None), {"works": True, "detail": None})
                browser = Browser(server)
                back = agree(t, begin(browser, made), urllib.parse.urlsplit(issuer).netloc)
                t.has(back, "iss=" + urllib.parse.quote(issuer, safe=""))
                is_let_in(t, browser, back, person_id("Ella"))
                browser = Browser(server)  # it knows the account now, and says no to a code that was used
                address = begin(browser, made)
                back = agree(t, address, urllib.parse.urlsplit(issuer).netloc)
                is_let_in(t, browser, back, person_id("Ella"))
                thief = Browser(server)
                thief.cookies = dict(browser.cookies)
                t.has(thief.follow(back).headers["Location"], "oidc=over")


# --- glewlwyd

CONFIG = """port=%(port)d
bind_address="127.0.0.1"
external_url="http://127.0.0.1:%(port)d/"
login_url="login.html"
api_prefix="api"
log_mode="file"
log_level="WARNING"
log_file="%(dir)s/glewlwyd.log"
cookie_secure=0
session_expiration=3600
session_key="SESSION"
admin_session_authentication="cookie"
profile_session_authentication="cookie"
admin_scope="g_admin"
profile_scope="g_profile"
user_module_path="/usr/lib/glewlwyd/user"
client_module_path="/usr/lib/glewlwyd/client"
user_auth_scheme_module_path="/usr/lib/glewlwyd/scheme"
plugin_module_path="/usr/lib/glewlwyd/plugin"
use_secure_connection=false
secure_connection_key_file=""
secure_connection_pem_file=""
secure_connection_ca_file=""
hash_algorithm = "SHA512"
database = { type = "sqlite3"; path = "%(dir)s/glewlwyd.db"; };
"""


@contextlib.contextmanager
def glewlwyd(t):
    folder = t.dir / "glewlwyd"
    folder.mkdir()
    with contextlib.closing(sqlite3.connect(folder / "glewlwyd.db")) as db:
        db.executescript(SCHEMA.read_text(encoding="utf-8"))
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    (folder / "conf").write_text(CONFIG % {"port": port, "dir": folder}, encoding="utf-8")
    with open(folder / "out", "wb") as out, subprocess.Popen(["glewlwyd", "--config-file=%s" % (folder / "conf")], cwd=folder, stdout=out, stderr=out) as child:
        try:
            for _ in range(300):
                with socket.socket() as s:
                    if s.connect_ex(("127.0.0.1", port)) == 0:
                        break
                if child.poll() is not None:
                    raise harness.Fault("glewlwyd: " + (folder / "out").read_text())
                time.sleep(0.1)
            yield "http://127.0.0.1:%d" % port
        finally:
            child.kill()


def with_everything(there, root, callback, secret):
    """As its administrator: the plugin, a client and a person."""
    from oidc_server import Key
    from cryptography.hazmat.primitives import serialization
    key = Key("RS256", "k")
    pem = key.private.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()).decode()
    there.json("POST", root + "/api/auth/", {"username": "admin", "password": "password"})
    there.json("POST", root + "/api/scope/", {"name": "email", "display_name": "email", "description": "address", "password_required": False, "scheme": {}})
    there.json("POST", root + "/api/mod/plugin/", {
        "module": "oidc", "name": "oidc", "display_name": "oidc", "parameters": {
            "iss": root + "/api/oidc", "jwt-type": "rsa", "jwt-key-size": "256", "key": pem, "cert": key.pem().decode(),
            "access-token-duration": 3600, "refresh-token-duration": 3600, "code-duration": 600, "refresh-token-rolling": True,
            "auth-type-code-enabled": True, "auth-type-refresh-enabled": True, "pkce-allowed": True, "pkce-method-plain-allowed": False, "pkce-required": True,
            "allow-non-oidc": False, "subject-type": "public", "oauth-as-iss-id": True, "email-claim": "mandatory", "email-claim-scope": ["email"], "scope-claim": "no",
            "name-claim": "no", "service-documentation": "", "op-policy-uri": "", "op-tos-uri": "",
            "claims": [{"name": "email_verified", "user-property": "username", "type": "boolean", "boolean-value-true": "ella", "boolean-value-false": "nobody",
                        "mandatory": True, "on-demand": False, "scope": []}]}})
    there.json("POST", root + "/api/client/", {
        "client_id": "sinetti", "name": "sinetti", "confidential": True, "password": secret, "client_secret": secret, "enabled": True,
        "redirect_uri": [callback], "authorization_type": ["code"], "scope": [], "token_endpoint_auth_method": ["client_secret_basic"]})
    there.json("POST", root + "/api/user/", {"username": "ella", "name": "Ella", "email": "ella@example.org", "password": "a password of 2 words",
                                             "scope": ["openid", "email", "g_profile"], "enabled": True})


def test_glewlwyd(t):
    with served(t) as server, glewlwyd(t) as root:
        secret = secrets.token_urlsafe(24)
        made = set_up(t, server, root + "/api/oidc", secret)
        with_everything(Elsewhere(), root, made["callback"], secret)
        t.equal(server.post("Aatu", "/providers/%s/test" % made["provider"], None), {"works": True, "detail": None})
        ella = Elsewhere()
        ella.json("POST", root + "/api/auth/", {"username": "ella", "password": "a password of 2 words"})
        ella.json("PUT", root + "/api/auth/grant/sinetti", {"scope": "openid email"})
        for _ in range(2):
            browser = Browser(server)
            _, back, raw = ella.ask("GET", begin(browser, made) + "&g_continue")
            t.true(back and "code=" in back, (back, raw))
            is_let_in(t, browser, back, person_id("Ella"))
        refused = Browser(server)
        stranger = Elsewhere()  # somebody who has not signed in there is sent to its own page, and not back to us
        _, to, _ = stranger.ask("GET", begin(refused, made) + "&g_continue")
        t.true(to.startswith(root), to)

"""Goal: a real browser makes passkeys here and signs in by them: Chromium with authenticators of its own making."""
import contextlib
import json
import os
import select
import subprocess
import time

import harness
import serving
from serving import DEVELOPER, person_id

# What the pages do with the API's options, in the page's own world.
SCRIPT = """
const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));
const text = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\\+/g, "-").replace(/\\//g, "_").replace(/=+$/, "");
const api = async (method, path, body) => {
  const headers = { "X-Sinetti": "1", ...(body ? { "Content-Type": "application/json" } : {}) };
  const answer = await fetch("/api/v1" + path, { method, headers, body: body && JSON.stringify(body) });
  const got = await answer.text();
  if (!answer.ok) throw new Error(method + " " + path + ": " + answer.status + " " + got);
  return got ? JSON.parse(got) : null;
};
const make = async (name) => {
  const o = await api("POST", "/me/passkeys/options");
  const made = await navigator.credentials.create({ publicKey: {
    challenge: bytes(o.challenge), rp: { id: o.rp_id, name: o.rp_name }, user: { id: bytes(o.user_id), name: o.user_name, displayName: o.user_display_name },
    pubKeyCredParams: o.algorithms.map((alg) => ({ type: "public-key", alg })), excludeCredentials: o.exclude.map((id) => ({ type: "public-key", id: bytes(id) })),
    authenticatorSelection: { residentKey: "preferred", userVerification: "required" }, attestation: "none", timeout: o.timeout } });
  return api("POST", "/me/passkeys", { name, client_data: text(made.response.clientDataJSON), attestation: text(made.response.attestationObject) });
};
const show = async (path) => {
  const o = await api("POST", "/session/passkey/options");
  const got = await navigator.credentials.get({ publicKey: { challenge: bytes(o.challenge), rpId: o.rp_id, userVerification: o.user_verification,
    allowCredentials: o.allow.map((id) => ({ type: "public-key", id: bytes(id) })), timeout: o.timeout } });
  const r = got.response;
  const body = { id: text(got.rawId), client_data: text(r.clientDataJSON), authenticator_data: text(r.authenticatorData), signature: text(r.signature) };
  if (r.userHandle) body.user_handle = text(r.userHandle);
  return api("POST", path, body);
};
"""


class Chromium:
    """Spoken to by its pipe (the DevTools protocol); one page."""

    def __init__(self, t):
        self.n, self.rest, self.waiting = 0, b"", {}
        to_read, self.write = os.pipe()
        self.read, to_write = os.pipe()
        home = t.dir / "chromium"
        home.mkdir()
        self.err = open(home / "err", "wb")
        command = "exec chromium --headless=new --no-sandbox --disable-gpu --disable-dev-shm-usage --no-first-run --user-data-dir=%s --remote-debugging-pipe about:blank 3<&%d 4>&%d"
        self.child = subprocess.Popen(["bash", "-c", command % (home, to_read, to_write)], pass_fds=(to_read, to_write), env={**t.env, "HOME": str(home)},
                                      stdout=self.err, stderr=self.err)
        os.close(to_read)
        os.close(to_write)
        self.session = None
        target = self.ask("Target.createTarget", url="about:blank")["targetId"]
        self.session = self.ask("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        self.ask("Page.enable")
        self.ask("Page.setBypassCSP", enabled=True)
        self.ask("WebAuthn.enable", enableUI=False)

    def ask(self, what, **parameters):
        self.n += 1
        message = {"id": self.n, "method": what, "params": parameters, **({"sessionId": self.session} if self.session else {})}
        os.write(self.write, json.dumps(message).encode() + b"\0")
        until = time.monotonic() + 120
        while time.monotonic() < until:
            head, found, rest = self.rest.partition(b"\0")
            if not found:
                if not select.select([self.read], [], [], 1)[0]:
                    continue
                got = os.read(self.read, 1 << 20)
                if not got:
                    break
                self.rest += got
                continue
            self.rest = rest
            answer = json.loads(head)
            if answer.get("id") == self.n:
                if "error" in answer:
                    raise harness.Fault("%s: %s" % (what, answer["error"]))
                return answer["result"]
        raise harness.Fault("%s: no answer from Chromium" % what)

    def go(self, address):
        self.ask("Page.navigate", url=address)
        for _ in range(300):
            if self.run("return document.readyState + location.href") == "complete" + address:
                return
            time.sleep(0.1)
        raise harness.Fault("Chromium does not come to " + address)

    def run(self, script):
        """The body of an async function in the page; what it returns."""
        got = self.ask("Runtime.evaluate", expression="(async () => { %s })()" % script, awaitPromise=True, returnByValue=True, userGesture=True)
        if "exceptionDetails" in got:
            raise harness.Fault(got["exceptionDetails"]["exception"].get("description", str(got)))
        return got["result"].get("value")

    def authenticator(self, **more):
        options = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True, "isUserVerified": True,
                   "automaticPresenceSimulation": True, **more}
        return self.ask("WebAuthn.addVirtualAuthenticator", options=options)["authenticatorId"]

    def close(self):
        self.child.kill()
        self.child.wait()
        for fd in (self.read, self.write):
            os.close(fd)
        self.err.close()


@contextlib.contextmanager
def browsing(t):
    t.run("init", "--data", "data", "--origin", "test.example/org", code=0)
    with serving.Server(t, t.dir / "data", {"Ella": [DEVELOPER]}) as server, contextlib.closing(Chromium(t)) as page:
        page.go("http://localhost:%d/api/" % server.port)
        yield server, page


def test_a_passkey_of_chromium(t):
    with browsing(t) as (server, page):
        page.authenticator()
        secret = server.link("Ella", "sign_in")
        first = page.run(SCRIPT + "await api('POST', '/session/link', {secret: '%s'}); await make('Chromium'); return api('GET', '/session')" % secret)
        t.equal((first["person"], first["level"]), (person_id("Ella"), 2))
        for _ in range(2):
            after = page.run(SCRIPT + "await api('DELETE', '/session'); const out = await api('GET', '/session'); await show('/session/passkey');"
                             "await show('/session/confirm-passkey'); return [out, await api('GET', '/session')]")
            t.equal([s["person"] for s in after], [None, person_id("Ella")])
        keys = page.run(SCRIPT + "return api('GET', '/me/passkeys')")["items"]
        t.equal([(k["name"], k["site"], k["doubtful"]) for k in keys], [("Chromium", "localhost", False)])
        again = page.run(SCRIPT + "return make('again').then(() => 'made', (e) => e.name)")
        t.equal(again, "InvalidStateError")  # the browser was told which it has


def test_a_key_of_usb_and_one_that_verifies_nobody(t):
    with browsing(t) as (server, page):
        one = page.authenticator(transport="usb", hasResidentKey=False)
        secret = server.link("Ella", "sign_in")
        page.run(SCRIPT + "await api('POST', '/session/link', {secret: '%s'}); await make('usb')" % secret)
        t.equal(page.run(SCRIPT + "await show('/session/confirm-passkey'); return (await api('GET', '/session')).level"), 2)
        page.ask("WebAuthn.setUserVerified", authenticatorId=one, isUserVerified=False)
        wrong = page.run(SCRIPT + "return make('nobody').then(() => 'made', (e) => e.name)")
        t.true(wrong in ("NotAllowedError", "InvalidStateError"), wrong)
        credential = page.ask("WebAuthn.getCredentials", authenticatorId=one)["credentials"][0]
        page.ask("WebAuthn.setUserVerified", authenticatorId=one, isUserVerified=True)
        page.ask("WebAuthn.clearCredentials", authenticatorId=one)
        page.ask("WebAuthn.addCredential", authenticatorId=one, credential={**credential, "signCount": 1})  # as an older copy of it
        copied = page.run(SCRIPT + "return show('/session/confirm-passkey').then(() => 'taken', (e) => e.message)")
        t.has(copied, "401")
        t.has(copied, "counter")

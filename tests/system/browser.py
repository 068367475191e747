"""A browser for system tests, as far as signing in goes: its cookies, its redirects, and an authenticator in software."""
import base64
import hashlib
import hmac
import http.client
import json
import os
import struct
import time
import urllib.parse

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa

import harness
import serving


def b64(raw):
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def unb64(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


class Browser:
    """One browser at one server (serving.Server), which it knows as localhost."""

    def __init__(self, server):
        self.server, self.cookies = server, {}
        self.host = "localhost:%d" % server.port
        self.origin = "http://" + self.host

    def ask(self, method, path, body=None, **headers):
        """`path` from the root. Keeps cookies. Follows nothing."""
        sent = {"Host": self.host}
        if method != "GET":
            sent.update({"X-Sinetti": "1", "Sec-Fetch-Site": "same-origin", "Origin": self.origin})
        if self.cookies:
            sent["Cookie"] = "; ".join("%s=%s" % pair for pair in self.cookies.items())
        if body is not None:
            sent["Content-Type"] = "application/json"
        sent.update({name.replace("_", "-"): value for name, value in headers.items()})
        connection = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=60)
        try:
            connection.request(method, path, json.dumps(body) if body is not None else None, sent)
            answer = connection.getresponse()
            raw = answer.read()
            for name, value in answer.getheaders():
                if name.lower() == "set-cookie":
                    self.keep(value)
            return serving.Answer(answer.status, dict(answer.getheaders()), raw)
        finally:
            connection.close()

    def keep(self, line):
        pair, *rest = line.split("; ")
        name, _, value = pair.partition("=")
        if "HttpOnly" not in rest or "Path=/" not in rest or not any(r.startswith("SameSite=") for r in rest):
            raise harness.Fault("a careless cookie: %s" % line)
        if "Max-Age=0" in rest:
            self.cookies.pop(name, None)
        else:
            self.cookies[name] = value

    def api(self, method, path, body=None, code=None, **headers):
        answer = self.ask(method, "/api/v1" + path, body, **headers)
        if code is not None and answer.status != code:
            raise harness.Fault("%s %s: %s, not %d\n%s" % (method, path, answer, code, self.server.said()[-1500:]))
        return answer.json() if answer.raw and "json" in answer.headers.get("Content-Type", "") else answer

    def session(self):
        return self.api("GET", "/session", code=200)

    def signs_in_as(self, name):
        """By a session that is there already (serving.Server.sign_in)."""
        self.server.sign_in(name)
        self.cookies["sinetti"] = self.server.cookies[name]
        return self

    # another server's pages

    def visit(self, address):
        """GETs at another server, which answers with a redirect: where to."""
        to = urllib.parse.urlsplit(address)
        connection = http.client.HTTPConnection(to.hostname, to.port, timeout=60)
        try:
            connection.request("GET", to.path + ("?" + to.query if to.query else ""))
            answer = connection.getresponse()
            answer.read()
            return answer.headers["Location"]
        finally:
            connection.close()

    def follow(self, address):
        """An address of the server this browser is at: the answer."""
        to = urllib.parse.urlsplit(address)
        assert to.netloc == self.host, address
        return self.ask("GET", to.path + ("?" + to.query if to.query else ""), Sec_Fetch_Site="cross-site")


def totp(secret, when=None):
    """RFC 6238, of a secret in base32."""
    key = base64.b32decode(secret + "=" * (-len(secret) % 8))
    digest = hmac.digest(key, struct.pack(">Q", int(when if when is not None else time.time()) // 30), "sha1")
    at = digest[-1] & 15
    return "%06d" % ((struct.unpack(">I", digest[at:at + 4])[0] & 0x7fffffff) % 1000000)


def cbor(v):
    """RFC 8949: what attestation objects have."""
    def head(kind, n):
        if n < 24:
            return bytes([kind << 5 | n])
        if n < 256:
            return bytes([kind << 5 | 24, n])
        return bytes([kind << 5 | 25]) + struct.pack(">H", n)
    if isinstance(v, int):
        return head(0, v) if v >= 0 else head(1, -1 - v)
    if isinstance(v, bytes):
        return head(2, len(v)) + v
    if isinstance(v, str):
        return head(3, len(v.encode())) + v.encode()
    return head(5, len(v)) + b"".join(cbor(k) + cbor(w) for k, w in v.items())


class Authenticator:
    """One passkey in software. What it answers can be made wrong: origin, rp_id, flags (a set of bits), counter, challenge."""

    def __init__(self, browser, alg=-7):
        self.alg, self.id, self.counter, self.user = alg, os.urandom(32), 1, b""
        self.origin, self.rp_id, self.flags, self.extra = browser.origin, "localhost", 0x05, {}
        self.key = {-7: lambda: ec.generate_private_key(ec.SECP256R1()), -8: ed25519.Ed25519PrivateKey.generate,
                    -257: lambda: rsa.generate_private_key(65537, 2048)}[alg]()

    def cose(self):
        public = self.key.public_key()
        if self.alg == -8:
            return {1: 1, 3: -8, -1: 6, -2: public.public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)}
        n = public.public_numbers()
        if self.alg == -7:
            return {1: 2, 3: -7, -1: 1, -2: n.x.to_bytes(32, "big"), -3: n.y.to_bytes(32, "big")}
        return {1: 3, 3: -257, -1: n.n.to_bytes(256, "big"), -2: n.e.to_bytes(3, "big")}

    def sign(self, data):
        if self.alg == -8:
            return self.key.sign(data)
        if self.alg == -7:
            return self.key.sign(data, ec.ECDSA(hashes.SHA256()))
        return self.key.sign(data, padding.PKCS1v15(), hashes.SHA256())

    def client_data(self, kind, challenge):
        return json.dumps({"type": kind, "challenge": challenge, "origin": self.origin, "crossOrigin": False, **self.extra}).encode()

    def data(self, flags, more=b""):
        return hashlib.sha256(self.rp_id.encode()).digest() + bytes([flags]) + struct.pack(">I", self.counter) + more

    def create(self, options, name="Key"):
        """The body of me_passkeys_create."""
        self.user = unb64(options["user_id"])
        client = self.client_data("webauthn.create", options["challenge"])
        data = self.data(self.flags | 0x40, bytes(16) + struct.pack(">H", len(self.id)) + self.id + cbor(self.cose()))
        statement = {"alg": self.alg, "sig": self.sign(data + hashlib.sha256(client).digest())}
        attestation = cbor({"fmt": "packed", "attStmt": statement, "authData": data})
        return {"name": name, "client_data": b64(client), "attestation": b64(attestation)}

    def get(self, options):
        """The body of session_passkey."""
        self.counter += 1
        client, data = self.client_data("webauthn.get", options["challenge"]), self.data(self.flags)
        return {"id": b64(self.id), "client_data": b64(client), "authenticator_data": b64(data),
                "signature": b64(self.sign(data + hashlib.sha256(client).digest())), "user_handle": b64(self.user)}

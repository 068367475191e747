"""An OpenID provider for tests, on the loopback: right in everything, or wrong in one thing on request."""
import base64
import contextlib
import hashlib
import hmac
import http.server
import json
import secrets
import threading
import time
import urllib.parse

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

CLIENT = "sinetti"


def b64(raw):
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def number(n, size=None):
    return b64(n.to_bytes(size or (n.bit_length() + 7) // 8, "big"))


class Key:
    """A key and its name; `alg` RS256, PS256, ES256 or EdDSA."""

    def __init__(self, alg, kid):
        self.alg, self.kid = alg, kid
        self.private = {"ES256": lambda: ec.generate_private_key(ec.SECP256R1()), "EdDSA": ed25519.Ed25519PrivateKey.generate}.get(
            alg, lambda: rsa.generate_private_key(65537, 2048))()

    def public(self):
        out = {"kid": self.kid, "use": "sig", "alg": self.alg}
        public = self.private.public_key()
        if self.alg == "EdDSA":
            raw = public.public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
            return dict(out, kty="OKP", crv="Ed25519", x=b64(raw))
        n = public.public_numbers()
        if self.alg == "ES256":
            return dict(out, kty="EC", crv="P-256", x=number(n.x, 32), y=number(n.y, 32))
        return dict(out, kty="RSA", n=number(n.n), e=number(n.e))

    def pem(self):
        return self.private.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)

    def sign(self, data):
        if self.alg == "EdDSA":
            return self.private.sign(data)
        if self.alg == "ES256":
            r, s = decode_dss_signature(self.private.sign(data, ec.ECDSA(hashes.SHA256())))
            return r.to_bytes(32, "big") + s.to_bytes(32, "big")
        if self.alg == "PS256":
            return self.private.sign(data, padding.PSS(padding.MGF1(hashes.SHA256()), 32), hashes.SHA256())
        return self.private.sign(data, padding.PKCS1v15(), hashes.SHA256())


class Provider:
    def __init__(self, alg="RS256"):
        self.key = Key(alg, "first")
        self.keys = [self.key]           # those that are shown
        self.secret = secrets.token_urlsafe(24)
        self.user = {"sub": "subject-1", "email": "ella@example.org", "email_verified": True}
        self.userinfo = None             # else what the userinfo endpoint says, instead of the token
        self.document = {}               # members of the discovery document to be others; None: absent
        self.claims = {}                 # so too of ID tokens
        self.header = {}                 # so too of their headers
        self.sign = None                 # function of the data, instead of the key's
        self.answer = {}                 # path → function(handler) instead of the right answer
        self.back = {}                   # parameters of the way back to be others; None: absent
        self.codes, self.asked, self.access = {}, [], set()

    # what the endpoints say

    def discovery(self):
        out = {"issuer": self.issuer, "authorization_endpoint": self.issuer + "/auth", "token_endpoint": self.issuer + "/token",
               "jwks_uri": self.issuer + "/jwks", "userinfo_endpoint": self.issuer + "/userinfo", "response_types_supported": ["code"],
               "id_token_signing_alg_values_supported": ["RS256", "PS256", "ES256", "EdDSA"], "code_challenge_methods_supported": ["S256"],
               "authorization_response_iss_parameter_supported": True, "subject_types_supported": ["public"]}
        return without_none({**out, **self.document})

    def authorize(self, query):
        """As if somebody had signed in and agreed: the address to go back to."""
        for name, wanted in (("response_type", "code"), ("client_id", CLIENT), ("code_challenge_method", "S256")):
            assert query[name] == wanted, query
        assert set(query["scope"].split()) == {"openid", "email"}, query
        assert min(len(query[name]) for name in ("state", "nonce", "code_challenge")) == 43, query
        code = secrets.token_urlsafe(16)
        self.codes[code] = query
        back = without_none({"code": code, "state": query["state"], "iss": self.issuer, **self.back})
        return query["redirect_uri"] + "?" + urllib.parse.urlencode(back)

    def token(self, form, authorization):
        pair = base64.b64decode(authorization.split()[1]).decode()
        assert pair == "%s:%s" % (CLIENT, urllib.parse.quote(self.secret)), pair
        query = self.codes.pop(form["code"])
        assert form["redirect_uri"] == query["redirect_uri"] and form["grant_type"] == "authorization_code", form
        assert b64(hashlib.sha256(form["code_verifier"].encode()).digest()) == query["code_challenge"], form
        access = secrets.token_urlsafe(16)
        self.access.add(access)
        return {"id_token": self.id_token(query["nonce"]), "access_token": access, "token_type": "Bearer", "expires_in": 60}

    def id_token(self, nonce):
        now = int(time.time())
        user = self.user if self.userinfo is None else {"sub": self.user["sub"]}
        header = without_none({"alg": self.key.alg, "kid": self.key.kid, **self.header})
        claims = without_none({"iss": self.issuer, "aud": CLIENT, "exp": now + 60, "iat": now, "nonce": nonce, **user, **self.claims})
        data = b64(json.dumps(header).encode()) + "." + b64(json.dumps(claims).encode())
        return data + "." + b64((self.sign or self.key.sign)(data.encode()))

    def sign_with_public_key(self, data):
        """HS256 whose secret is what everybody knows."""
        return hmac.digest(self.key.pem(), data, "sha256")


def without_none(members):
    return {name: value for name, value in members.items() if value is not None}


@contextlib.contextmanager
def running(provider):
    class Handler(http.server.BaseHTTPRequestHandler):
        def log_message(self, *_):
            pass

        def send(self, status, body, **headers):
            raw = body if isinstance(body, bytes) else json.dumps(body).encode()
            self.send_response(status)
            for name, value in {"Content-Type": "application/json", "Content-Length": str(len(raw)), **headers}.items():
                self.send_header(name.replace("_", "-"), value)
            self.end_headers()
            self.wfile.write(raw)

        def do_GET(self):
            path, _, query = self.path.partition("?")
            provider.asked.append(path)
            if path in provider.answer:
                return provider.answer[path](self)
            if path == "/.well-known/openid-configuration":
                return self.send(200, provider.discovery())
            if path == "/jwks":
                return self.send(200, {"keys": [k.public() for k in provider.keys]})
            if path == "/auth":
                return self.send(302, b"", Location=provider.authorize(dict(urllib.parse.parse_qsl(query))))
            if path == "/userinfo" and self.headers["Authorization"].split()[1] in provider.access:
                return self.send(200, provider.userinfo or provider.user)
            return self.send(404, {})

        def do_POST(self):
            provider.asked.append(self.path)
            form = dict(urllib.parse.parse_qsl(self.rfile.read(int(self.headers["Content-Length"])).decode()))
            if self.path in provider.answer:
                return provider.answer[self.path](self)
            return self.send(200, provider.token(form, self.headers["Authorization"]))

    class Server(http.server.ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, request, address):
            kind = __import__("sys").exc_info()[0]
            if not issubclass(kind, (BrokenPipeError, ConnectionResetError)):
                super().handle_error(request, address)

    server = Server(("127.0.0.1", 0), Handler)
    provider.issuer = "http://127.0.0.1:%d" % server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield provider
    finally:
        server.shutdown()
        server.server_close()

"""A mail server and a receiver of webhooks for tests, on the loopback: right in everything, or wrong in one thing on request."""
import base64
import datetime
import email
import email.policy
import hashlib
import hmac
import http.server
import ipaddress
import logging
import socket
import ssl
import threading
import time
import warnings

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

warnings.filterwarnings("ignore", module="aiosmtpd")
logging.getLogger("mail.log").setLevel(logging.CRITICAL)
logging.getLogger("mail.debug").setLevel(logging.CRITICAL)
USER, PASSWORD = "sinetti", "a long pass phrase"


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def certificate(folder, name="localhost"):
    """A certificate for that name that signs itself: its file, its key's."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.datetime.utcnow()
    names = [x509.DNSName(name)] + ([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))] if name == "localhost" else [])
    cert = (x509.CertificateBuilder().subject_name(subject).issuer_name(subject).public_key(key.public_key()).serial_number(x509.random_serial_number())
            .not_valid_before(now - datetime.timedelta(days=1)).not_valid_after(now + datetime.timedelta(days=30))
            .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
            .add_extension(x509.SubjectAlternativeName(names), critical=False).sign(key, hashes.SHA256()))
    files = folder / (name + ".crt"), folder / (name + ".key")
    files[0].write_bytes(cert.public_bytes(serialization.Encoding.PEM))
    files[1].write_bytes(key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()))
    return files


class Mailbox:
    """What a mail server took. `refuse`: address → the answers it gives first, one an attempt ("451 4.7.1 later"); `slow`: seconds before it takes a message."""

    def __init__(self):
        self.messages, self.refuse, self.slow, self.tries, self.lost = [], {}, 0, [], 0

    async def handle_RCPT(self, server, session, envelope, address, options):
        self.tries.append(address)
        answers = self.refuse.get(address, [])
        if answers:
            return answers.pop(0) if len(answers) > 1 or not answers[0].startswith("!") else answers[0][1:]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        if self.slow:
            import asyncio
            await asyncio.sleep(self.slow)
        message = email.message_from_bytes(envelope.content, policy=email.policy.default)
        self.messages.append((envelope.rcpt_tos[0], message, envelope.content))
        return "250 OK"

    def to(self, address):
        return [m for a, m, _ in self.messages if a == address]

    def wait(self, n, seconds=40):
        end = time.time() + seconds
        while len(self.messages) < n and time.time() < end:
            time.sleep(0.1)
        if len(self.messages) < n:
            raise AssertionError("%d messages came, not %d: %r" % (len(self.messages), n, self.tries))
        return self.messages


class MailServer:
    """security: tls, starttls or none; with sign-in unless it is none."""

    def __init__(self, folder, security="starttls", name="localhost", port=None):
        self.box, self.security, self.port = Mailbox(), security, port or free_port()
        self.cert, self.key = certificate(folder, name)
        self.controller = None

    def start(self):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.cert, self.key)
        options = {}
        if self.security != "none":
            def judge(server, session, envelope, mechanism, data):
                right = (data.login, data.password) == (USER.encode(), PASSWORD.encode())
                return AuthResult(success=right, handled=right)

            options = {"authenticator": judge, "auth_required": True, "auth_require_tls": self.security == "starttls"}
        if self.security == "starttls":
            options.update(tls_context=context, require_starttls=True)
        self.controller = Controller(self.box, hostname="127.0.0.1", port=self.port, ssl_context=context if self.security == "tls" else None, **options)
        self.controller.start()
        return self

    def stop(self):
        if self.controller:
            self.controller.stop()
        self.controller = None

    def __enter__(self):
        return self.start()

    def __exit__(self, *_):
        self.stop()

    def settings(self, **changes):
        out = {"host": "localhost", "port": self.port, "security": self.security, "from": "sinetti@example.org", "from_name": "Sinetti"}
        if self.security != "none":
            out.update(user=USER, password=PASSWORD, ca=self.cert.read_text())
        return {**out, **changes}


class Receiver:
    """Of webhooks: keeps what came; `answers` are given first, one a message, then 204."""

    def __init__(self):
        self.got, self.answers, self.location, self.pause = [], [], None, 0
        receiver = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                receiver.got.append((dict(self.headers), body, self.path))
                time.sleep(receiver.pause)
                status = receiver.answers.pop(0) if receiver.answers else 204
                self.send_response(status)
                if receiver.location:
                    self.send_header("Location", receiver.location)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = "http://127.0.0.1:%d/hook?part=of" % self.server.server_address[1]
        self.thread = threading.Thread(target=self.server.serve_forever, daemon=True)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()

    def wait(self, n, seconds=40):
        end = time.time() + seconds
        while len(self.got) < n and time.time() < end:
            time.sleep(0.1)
        if len(self.got) < n:
            raise AssertionError("%d webhooks came, not %d" % (len(self.got), n))
        return self.got


def verified(headers, body, *secrets):
    """Which of the secrets have signed it, as a verifier of Standard Webhooks does it."""
    lower = {k.lower(): v for k, v in headers.items()}
    if abs(time.time() - int(lower["webhook-timestamp"])) > 300:
        raise AssertionError("its time is not now: " + lower["webhook-timestamp"])
    signed = ("%s.%s." % (lower["webhook-id"], lower["webhook-timestamp"])).encode() + body
    given = [s.split(",", 1)[1] for s in lower["webhook-signature"].split(" ") if s.startswith("v1,")]
    return [s for s in secrets if base64.b64encode(hmac.new(base64.b64decode(s[len("whsec_"):]), signed, hashlib.sha256).digest()).decode() in given]



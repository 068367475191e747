"""Goal: clone and push over HTTPS with tokens, as far as a token and its owner may, through git's own client; whatever is sent or cut off, nothing is half done and nothing is left running."""
import base64
import gzip
import http.client
import json
import os
import re
import signal
import socket
import subprocess
import time

import git_gate
import harness
import serving
from git_gate import person

ALL = ("code.read", "code.write", "code.review", "code.publish")


class Served:
    """A hosted repository with its beginning, behind a server that is running."""

    def __init__(self, t, h, server):
        self.t, self.h, self.s = t, h, server
        for name in ("ella", "mikko", "tuomo"):
            server.sign_in(name)

    def token(self, who, only=ALL):
        until = time.strftime("%Y-%m-%dT00:00:00Z", time.gmtime(time.time() + 3 * 86400))
        return self.s.post(who, "/me/tokens", {"name": "git", "permissions": list(only), "until": until}, 201)

    def url(self, secret=None, name="acme.git"):
        return "http://%s127.0.0.1:%d/git/%s" % ("any:%s@" % secret if secret else "", self.s.port, name)

    def git(self, *args, env=None, cwd=None):
        """Exit code and what git said."""
        done = subprocess.run(["git", *args], cwd=cwd or self.t.dir, env={**self.t.env, "GIT_TERMINAL_PROMPT": "0", **(env or {})},
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=240, check=False)
        said = done.stdout.decode("utf-8", "replace")
        self.t.lacks(said, "Sanitizer")
        return done.returncode, said

    def ask(self, method, path, secret=None, body=None, **headers):
        """Raw HTTP; an iterable body goes in chunks."""
        connection = http.client.HTTPConnection("127.0.0.1", self.s.port, timeout=60)
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        if secret:
            sent["Authorization"] = "Basic " + base64.b64encode(b"x:" + secret.encode()).decode()
        try:
            connection.request(method, "/git/" + path, body, sent, encode_chunked=body is not None and not isinstance(body, bytes))
            got = connection.getresponse()
            return serving.Answer(got.status, got.getheaders(), got.read())
        finally:
            connection.close()

    def gits(self):
        """Processes of git that run for the server."""
        found = subprocess.run(["pgrep", "-f", "(upload|receive)-pack.*" + re.escape(str(self.h.path))], stdout=subprocess.PIPE, check=False)
        return found.stdout.split()

    def wait_for(self, what, condition):
        until = time.monotonic() + 60
        while not condition():
            self.t.true(time.monotonic() < until, what)
            time.sleep(0.05)


def packet(text):
    return b"%04x" % (len(text) + 4) + text


def test_by_git(t):
    h = git_gate.Host(t)
    work = h.begin()
    with serving.Server(t, t.dir / "data", {}) as s:
        v = Served(t, h, s)
        ella = v.token("ella")["secret"]
        t.equal(v.git("clone", "-q", v.url(ella), "c1"), (0, ""))

#!/usr/bin/env python3
"""Times `sinetti serve` beside nginx on the same machine in the same run, with wrk: a small JSON answer, plain and TLS,
taking turns so that both see the same weather; then how long until it is ready, and what idle connections cost.
usage: serve.py SINETTI [SECONDS]      skips what it lacks (wrk, nginx: Debian's wrk, nginx-light)
Prints tables in Markdown: medians of the rounds, and ratios. Never fails on time."""
import json
import os
import pathlib
import re
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time

ROUNDS = 5
CONNECTIONS = 64
IDLE = 1000
SMALL = json.dumps({"status": "ok", "padding": "x" * 160}).encode()


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def wait_for(port, limit=20):
    """Seconds until something answers there."""
    start = time.monotonic()
    while time.monotonic() - start < limit:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return time.monotonic() - start
        except OSError:
            time.sleep(0.002)
    raise SystemExit("serve.py: nothing answers on port %d" % port)


def resident(pid):
    """Kilobytes of a process and all below it, shared pages counted by their share."""
    total = 0
    for folder in pathlib.Path("/proc").glob("[0-9]*"):
        try:
            parents, at = [int(folder.name)], int(folder.name)
            while at > 1:
                at = int(re.search(r"^PPid:\s+(\d+)", (pathlib.Path("/proc") / str(at) / "status").read_text(), re.M).group(1))
                parents.append(at)
            if pid in parents:
                total += int(re.search(r"^Pss:\s+(\d+)", (folder / "smaps_rollup").read_text(), re.M).group(1))
        except (OSError, AttributeError):
            continue
    return total


class Server:
    """`sinetti serve` on a folder of its own."""

    def __init__(self, sinetti, folder, name, *options):
        self.port, self.data = free_port(), folder / name
        subprocess.run([sinetti, "init", "--data", str(self.data), "--signer", str(folder / (name + "-signer")), "--origin", "bench.example/" + name],
                       check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        start = time.monotonic()
        self.process = subprocess.Popen([sinetti, "serve", "--data", str(self.data), "--signer", str(folder / (name + "-signer")),
                                         "--listen", "127.0.0.1:%d" % self.port, *options],
                                        stdout=subprocess.DEVNULL, stderr=open(folder / (name + ".log"), "wb"))
        wait_for(self.port)
        self.ready = time.monotonic() - start

    def close(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(30)


NGINX = """daemon off; master_process on; worker_processes 1; pid %(dir)s/pid; error_log %(dir)s/error.log;
events { worker_connections 4096; }
http { access_log off; client_body_temp_path %(dir)s/b; proxy_temp_path %(dir)s/p; fastcgi_temp_path %(dir)s/f; uwsgi_temp_path %(dir)s/u; scgi_temp_path %(dir)s/s;
  server { listen 127.0.0.1:%(plain)d; listen 127.0.0.1:%(tls)d ssl; ssl_certificate %(cert)s; ssl_certificate_key %(key)s;
    location / { default_type application/json; return 200 '%(text)s'; } } }
"""


def start_nginx(folder, cert, key):
    plain, tls = free_port(), free_port()
    conf = folder / "nginx.conf"
    conf.write_text(NGINX % {"dir": folder, "plain": plain, "tls": tls, "cert": cert, "key": key, "text": SMALL.decode()})
    process = subprocess.Popen(["/usr/sbin/nginx", "-p", str(folder), "-c", str(conf)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    wait_for(plain)
    return process, plain, tls


def wrk(url, seconds):
    """Requests a second, p99 in milliseconds."""
    out = subprocess.run(["wrk", "-t1", "-c%d" % CONNECTIONS, "-d%ds" % seconds, "--latency", url], check=True, capture_output=True, text=True).stdout
    bad = re.search(r"Non-2xx or 3xx responses: (\d+)", out)
    if bad:
        raise SystemExit("serve.py: %s answered %s times with an error" % (url, bad.group(1)))
    value, unit = re.search(r"99%\s+([\d.]+)(us|ms|s)", out).groups()
    return float(re.search(r"Requests/sec:\s+([\d.]+)", out).group(1)), float(value) * {"us": 0.001, "ms": 1, "s": 1000}[unit]


def side_by_side(name, ours, theirs, seconds):
    results = {"ours": [], "theirs": []}
    for _ in range(ROUNDS):
        results["theirs"].append(wrk(theirs, seconds))
        results["ours"].append(wrk(ours, seconds))
    (a, a99), (b, b99) = [tuple(statistics.median(r[i] for r in results[who]) for i in (0, 1)) for who in ("ours", "theirs")]
    print("| %s | %d | %.2f | %d | %.2f | %.2f |" % (name, b, b99, a, a99, a / b))


def idle(server):
    """What so many open connections that say nothing cost, in kilobytes."""
    before = resident(server.process.pid)
    held = []
    for i in range(IDLE):
        s = socket.socket()
        s.bind(("127.0.%d.%d" % (1 + i // 200, 1 + i % 200), 0))  # as from many clients: each address has a ceiling of its own
        s.connect(("127.0.0.1", server.port))
        s.sendall(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
        held.append(s)
    answered = sum(1 for s in held if s.recv(64).startswith(b"HTTP/1.1 200"))
    after = resident(server.process.pid)
    for s in held:
        s.close()
    return before, after, answered


def main():
    sinetti, seconds = os.path.abspath(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 3
    missing = [tool for tool in ("wrk", "/usr/sbin/nginx") if not shutil.which(tool)]
    if missing:
        print("serve.py: skipped, there is no %s" % " nor ".join(missing))
        return
    with tempfile.TemporaryDirectory(prefix="sinetti-bench-") as tmp:
        folder = pathlib.Path(tmp)
        os.chmod(folder, 0o755)
        plain = Server(sinetti, folder, "plain", "--http")
        tls = Server(sinetti, folder, "tls")
        cert, key = folder / "cert.pem", folder / "key.pem"
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-subj", "/CN=localhost",
                        "-keyout", str(key), "-out", str(cert)], check=True, capture_output=True)
        nginx, nginx_plain, nginx_tls = start_nginx(folder, cert, key)
        try:
            print("| small JSON, %d connections | nginx/s | p99 ms | sinetti/s | p99 ms | ratio |\n|---|--:|--:|--:|--:|--:|" % CONNECTIONS)
            side_by_side("plain", "http://127.0.0.1:%d/healthz" % plain.port, "http://127.0.0.1:%d/" % nginx_plain, seconds)
            side_by_side("TLS", "https://127.0.0.1:%d/healthz" % tls.port, "https://127.0.0.1:%d/" % nginx_tls, seconds)
            before, after, answered = idle(plain)
            print("\nready in %.0f ms plain, %.0f ms TLS (first start: key made). Resident, all processes: %.1f MB; with %d idle connections (%d answered before) %.1f MB more."
                  % (plain.ready * 1000, tls.ready * 1000, before / 1024, IDLE, answered, (after - before) / 1024))
        finally:
            nginx.send_signal(signal.SIGTERM)
            nginx.wait(10)
            plain.close()
            tls.close()


if __name__ == "__main__":
    main()

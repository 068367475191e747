#!/usr/bin/env python3
"""How fast the server is, beside nginx in the same run: from start to ready, memory when idle and of 1,000 idle connections, small JSON with wrk,
plain and by TLS. usage: serve.py SINETTI"""
import contextlib
import os
import pathlib
import re
import socket
import ssl
import subprocess
import sys
import tempfile
import time

PROGRAM = pathlib.Path(sys.argv[1]).resolve()
CONNECTIONS = 1000


def children(pid):
    found = {}
    for folder in pathlib.Path("/proc").iterdir():
        with contextlib.suppress(OSError, ValueError, IndexError):
            name, rest = (folder / "stat").read_text().rsplit(")", 1)
            if int(rest.split()[1]) == pid:
                found[name.split("(", 1)[1]] = int(folder.name)
    return found


def memory(pid, field="Pss"):
    """kB; what is shared with others counts in part."""
    return int(re.search(field + r":\s+(\d+)", pathlib.Path("/proc/%d/smaps_rollup" % pid).read_text()).group(1))


@contextlib.contextmanager
def server(folder, *options):
    began = time.perf_counter()
    child = subprocess.Popen([PROGRAM, "serve", "--data", folder / "data", "--listen", "127.0.0.1:0", "--access-log", "/dev/null", *options], stdout=subprocess.PIPE,
                             stderr=subprocess.DEVNULL)
    line = child.stdout.readline().decode()
    took = time.perf_counter() - began
    try:
        yield int(re.search(r":(\d+)/", line).group(1)), child.pid, took * 1000
    finally:
        child.terminate()
        child.wait()
        child.stdout.close()


def idle_connections(port, pid, secure):
    before = memory(pid)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    held = []
    for i in range(CONNECTIONS):
        c = socket.create_connection(("127.0.0.1", port), source_address=("127.0.0.%d" % (2 + i // 200), 0))
        c = context.wrap_socket(c) if secure else c
        c.sendall(b"GET /healthz HTTP/1.1\r\nHost: h\r\n\r\n")
        c.recv(4096)
        held.append(c)
    more = memory(pid) - before
    for c in held:
        c.close()
    return more


def wrk(url, connections=64, seconds=3):
    said = subprocess.run(["wrk", "-t1", "-c%d" % connections, "-d%ds" % seconds, "--latency", url], capture_output=True, text=True, check=True).stdout
    wrong = re.search(r"Non-2xx or 3xx responses: (\d+)", said)
    return float(re.search(r"Requests/sec:\s+([\d.]+)", said).group(1)), re.search(r"99%\s+(\S+)", said).group(1), int(wrong.group(1)) if wrong else 0


@contextlib.contextmanager
def nginx(folder, size):
    where = folder / "nginx"
    where.mkdir()
    (where / "j").write_text("x" * size, encoding="ascii")
    with socket.socket() as a, socket.socket() as b:
        a.bind(("127.0.0.1", 0))
        b.bind(("127.0.0.1", 0))
        plain, secure = a.getsockname()[1], b.getsockname()[1]
    tls = folder / "data" / "tls"
    (where / "conf").write_text("""daemon off; pid %(w)s/pid; error_log /dev/null; worker_processes auto; user root;
events { worker_connections 4096; }
http { access_log off; keepalive_requests 1000000; %(temp)s
server { listen 127.0.0.1:%(p)d; listen 127.0.0.1:%(s)d ssl; ssl_certificate %(tls)s/cert.pem; ssl_certificate_key %(tls)s/key.pem;
default_type application/json; root %(w)s; } }
""" % {"w": where, "p": plain, "s": secure, "tls": tls,
       "temp": " ".join("%s_temp_path %s/%s;" % (n, where, n) for n in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))}, encoding="utf-8")
    os.chmod(folder, 0o755)
    child = subprocess.Popen(["/usr/sbin/nginx", "-e", "/dev/null", "-c", where / "conf"])
    time.sleep(0.5)
    try:
        yield plain, secure
    finally:
        child.terminate()
        child.wait()


def main():
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        subprocess.run([PROGRAM, "init", "--data", folder / "data", "--origin", "bench.example.org/x"], check=True, stdout=subprocess.DEVNULL)
        with server(folder) as _:
            pass
        times = []
        for _ in range(7):
            with server(folder, "--http") as (_, _, took):
                times.append(took)
        print("ready after             %6.0f ms (median of 7)" % sorted(times)[3])
        with server(folder, "--http") as (port, pid, _):
            time.sleep(1)
            print("idle                    %6.1f MB, all processes" % ((memory(pid) + sum(memory(p) for p in children(pid).values())) / 1024))
            print("1,000 idle, plain       %6.1f MB more" % (idle_connections(port, children(pid)["web"], False) / 1024))
        with server(folder) as (port, pid, _):
            print("1,000 idle, TLS         %6.1f MB more" % (idle_connections(port, children(pid)["web"], True) / 1024))
        path = "/api/v1/session"
        with server(folder, "--http", "--requests-per-second", "0") as (plain, _, _), server_of_its_own(folder) as secure, nginx(folder, 200) as (np, ns):
            for what, ours, theirs in (("plain", "http://127.0.0.1:%d%s" % (plain, path), "http://127.0.0.1:%d/j" % np),
                                       ("TLS", "https://127.0.0.1:%d%s" % (secure, path), "https://127.0.0.1:%d/j" % ns)):
                rounds = [(wrk(ours), wrk(theirs)) for _ in range(3)]
                (mine, p99, wrong), (other, _, _) = sorted(rounds, key=lambda r: r[0][0] / r[1][0])[1]
                print("small JSON, %-8s %8.0f /s, p99 %s, %d refused; nginx %.0f /s: %.2f of it" % (what, mine, p99, wrong, other, mine / other))


@contextlib.contextmanager
def server_of_its_own(folder):
    other = folder / "other"
    other.mkdir()
    subprocess.run([PROGRAM, "init", "--data", other / "data", "--origin", "bench.example.org/y"], check=True, stdout=subprocess.DEVNULL)
    with server(other, "--requests-per-second", "0") as (port, _, _):
        yield port


if __name__ == "__main__":
    main()

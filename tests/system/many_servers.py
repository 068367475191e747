"""Goal: two servers share a log in PostgreSQL by commands alone; passwords stand nowhere but in ~/.pgpass; what its owner changes by SQL is found."""
import contextlib
import ctypes
import json
import os
import pathlib
import pwd
import signal
import subprocess
import time

from harness import Skip

BIN = pathlib.Path("/usr/lib/postgresql/15/bin")
PASSWORD = "hunter2hunter2"


@contextlib.contextmanager
def postgresql(t):
    """A server in a folder of its own, by a user that is not root, that dies with the test. Gives the socket's folder."""
    if not (BIN / "postgres").exists():
        raise Skip("PostgreSQL 15 is not installed (tools/deps.sh test)")
    root = os.geteuid() == 0
    folder = t.dir / "pg"
    folder.mkdir()
    (folder / "password").write_text(PASSWORD + "\n", encoding="utf-8")
    user = pwd.getpwnam("postgres") if root else pwd.getpwuid(os.geteuid())
    ids = {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []} if root else {}
    opened = []
    if root:
        for path in [folder, folder / "password"]:
            os.chown(path, user.pw_uid, user.pw_gid)
        for path in folder.parents:  # the way there
            if path != pathlib.Path("/") and not path.stat().st_mode & 0o001:
                opened.append((path, path.stat().st_mode))
                path.chmod(path.stat().st_mode | 0o011)
    libc = ctypes.CDLL(None)
    subprocess.run([BIN / "initdb", "-D", folder / "data", "-A", "scram-sha-256", "-U", "owner", "--pwfile", folder / "password", "-E", "UTF8",
                    "--no-locale", "--no-sync"], check=True, stdout=subprocess.DEVNULL, cwd="/", **ids)
    server = subprocess.Popen([BIN / "postgres", "-D", folder / "data", "-k", folder, "-c", "listen_addresses=", "-c", "shared_buffers=16MB"],
                              cwd="/", stderr=subprocess.DEVNULL, preexec_fn=lambda: libc.prctl(1, signal.SIGQUIT), **ids)
    try:
        for _ in range(200):
            if subprocess.run([BIN / "pg_isready", "-q", "-h", folder], check=False).returncode == 0:
                break
            time.sleep(0.1)
        yield folder
    finally:
        server.send_signal(signal.SIGQUIT)
        server.wait()
        for path, mode in opened:
            path.chmod(mode)


def sql(folder, text):
    subprocess.run([BIN / "psql", "-X", "-q", "-h", folder, "-U", "owner", "-d", "postgres", "-v", "ON_ERROR_STOP=1", "-c", text], check=True,
                   env={"PGPASSWORD": PASSWORD, "PATH": "/usr/bin:/bin"}, stdout=subprocess.DEVNULL)


def listed(t, data):
    return [json.loads(line) for line in t.run("fact", "list", "--format", "json", "--data", data, code=0).out.splitlines()]


def test_two_servers(t):
    with postgresql(t) as folder:
        # what docs/many-servers.md asks for
        sql(folder, "CREATE ROLE sinetti LOGIN PASSWORD '%s'; GRANT pg_monitor TO sinetti; GRANT CREATE ON DATABASE postgres TO sinetti" % PASSWORD)
        url = "postgresql://sinetti@/postgres?host=%s" % folder
        init = ["init", "--origin", "sinetti.example/acme", "--log", url]

        without = t.run(*init, "--single-node", "--data", "a", code=3)
        assert "password" in without.err and PASSWORD not in without.err, without
        inside = t.run("init", "--origin", "sinetti.example/acme", "--single-node", "--log", "postgresql://sinetti:%s@/postgres" % PASSWORD, "--data", "a", code=3)
        assert ".pgpass" in inside.err and PASSWORD not in inside.err, inside
        assert not (t.dir / "a" / "ledger.db").exists() and not (t.dir / "a" / "config").exists()
        pgpass = t.home / ".pgpass"
        pgpass.write_text("*:*:*:sinetti:%s\n" % PASSWORD, encoding="utf-8")
        pgpass.chmod(0o600)
        alone = t.run(*init, "--data", "a", code=3)
        assert "--single-node" in alone.err and "standby" in alone.err, alone
        t.run("init", "--origin", "sinetti.example/acme", "--single-node", "--data", "a", code=2)
        t.run("init", "--origin", "sinetti.example/acme", "--log", "mysql://x", "--data", "a", code=2)

        t.run(*init, "--single-node", "--data", "a", code=0)
        other = t.run("init", "--origin", "sinetti.example/other", "--log", url, "--single-node", "--data", "c", code=3)
        assert "another one" in other.err, other
        t.run(*init, "--single-node", "--data", "b", code=0)
        assert not (t.dir / "b.signer").exists()  # a ledger has one signer
        for n, data in enumerate(["b", "a", "a", "b"], start=1):
            added = t.run("fact", "add", "note", "org", "--payload", "-", "--data", data, data=b'{"text":"%d"}' % n, code=0)
            assert added.out.split()[0] == str(n), added
        assert listed(t, "a") == listed(t, "b") and len(listed(t, "a")) == 5
        t.run("ledger", "checkpoint", "--data", "a", code=0)
        for data in "ab":  # the signed head is on both
            t.run("ledger", "tiles", "tiles-" + data, "--data", data, "--signer", "a.signer", code=0)
            assert PASSWORD not in (t.dir / data / "config").read_text(encoding="utf-8")
            assert "5 entries in PostgreSQL" in t.run("fsck", "--data", data, code=0).out
        key = t.run("ledger", "vkey", "--data", "a", code=0).out.strip()
        t.run("verify", "tiles-b", "--key", key, code=0)

        sql(folder, "UPDATE sinetti.bodies SET body = replace(convert_from(body, 'UTF8'), '\"3\"', '\"4\"')::bytea WHERE n = 3")
        found = t.run("fsck", "--data", "a", code=1)
        assert "PostgreSQL, fact 3: body: not what was recorded" in found.out, found
        restore = t.run("restore", "nothing", "--reason", "test", "--data", "a", code=3)
        assert "PostgreSQL" in restore.err, restore
    gone = t.run("fact", "list", "--data", "a", code=0)  # what is here can still be read
    assert "cannot connect" in gone.err and "so far" in gone.err and len(gone.out.splitlines()) == 5, gone
    t.run("fact", "add", "note", "org", "--payload", "-", "--data", "a", data=b'{"text":"x"}', code=3)


TABLES = ["head", "entries", "bodies", "requests", "checkpoints"]


def test_postgresql_is_put_back(t):
    """An older backup of PostgreSQL: servers that saw more refuse; they join again, and the log goes on under a new name."""
    with postgresql(t) as folder:
        init = ["init", "--origin", "sinetti.example/acme", "--log", "postgresql://owner@/postgres?host=%s" % folder, "--single-node"]
        pgpass = t.home / ".pgpass"
        pgpass.write_text("*:*:*:owner:%s\n" % PASSWORD, encoding="utf-8")
        pgpass.chmod(0o600)

        def add(data, code=0):
            return t.run("fact", "add", "note", "org", "--payload", "-", "--data", data, data=b'{"text":"x"}', code=code)

        for data in "ab":
            t.run(*init, "--data", data, code=0)
        add("a")
        add("b")
        sql(folder, "CREATE SCHEMA saved;" + ";".join("CREATE TABLE saved.%s AS TABLE sinetti.%s" % (name, name) for name in TABLES))
        add("b")
        add("a")
        t.run("ledger", "checkpoint", "--data", "a", code=0)
        key = t.run("ledger", "vkey", "--data", "a", code=0).out.strip()
        sql(folder, ";".join("TRUNCATE sinetti.%s; INSERT INTO sinetti.%s TABLE saved.%s" % (name, name, name) for name in TABLES))

        for data in "ab":
            assert "older state" in add(data, code=3).err
            assert "it lacks facts that this server has seen, from number 3 on" in t.run("fsck", "--data", data, code=1).out
        for data in "ab":
            for path in (t.dir / data).glob("ledger.db*"):
                path.unlink()
            t.run(*init, "--data", data, code=0)
        restored = t.run("restore", "--reason", "disk lost", "--data", "a", code=0)
        assert "2 facts from number 3 on" in restored.out and "sinetti.example/acme/2" in restored.out, restored
        add("b")
        t.run("ledger", "checkpoint", "--data", "a", code=0)
        for data in "ab":
            t.run("fsck", "--data", data, code=0)
            t.run("ledger", "tiles", "tiles-" + data, "--data", data, code=0)
            seen = t.run("verify", "tiles-" + data, "--key", key, code=0)
            assert "sinetti.example/acme/2" in seen.out, seen
        assert listed(t, "a") == listed(t, "b") and len(listed(t, "a")) == 5

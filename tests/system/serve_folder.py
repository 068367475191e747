"""Goal: doctor names what is amiss and how to mend it; upgrade brings an older folder along, refuses a newer one untouched, and leaves a running server alone."""
import hashlib
import os
import shutil
import sqlite3

import serving


def data_of(t):
    data = t.dir / "data"
    t.run("init", "--data", data, "--origin", "test.example.org/folder", code=0)
    return data


def served_once(t, data):
    with serving.Server(t, data, {"Sirkka": [serving.SECURITY_OFFICER]}) as s:
        s.get("Sirkka", "/session")


def state(data, sql, *values):
    with sqlite3.connect(data / "state.db") as db:
        rows = db.execute(sql, values).fetchall()
    db.close()
    return rows


def test_doctor_finds_what_is_amiss(t):
    data = data_of(t)
    t.has(t.run("doctor", "--data", data, code=0).out, "nothing is amiss")
    served_once(t, data)
    t.has(t.run("doctor", "--data", data, code=0).out, "nothing is amiss")
    os.chmod(data, 0o755)
    t.has(t.run("doctor", "--data", data, code=1).out, "chmod 700")
    os.chmod(data, 0o700)
    os.chmod(t.dir / "data.signer" / "key", 0o644)
    t.has(t.run("doctor", "--data", data, code=1).out, "amiss  signer")
    os.chmod(t.dir / "data.signer" / "key", 0o600)
    shutil.copytree(t.dir / "data.signer", data / "signer")
    t.has(t.run("doctor", "--data", data, "--signer", data / "signer", code=1).out, "in its backups")
    state(data, "DELETE FROM state_step WHERE room = 'jobs'")
    t.has(t.run("doctor", "--data", data, code=1).out, "sinetti upgrade")
    (data / "config").write_text("format: 99\n", encoding="utf-8")
    t.has(t.run("doctor", "--data", data, code=1).out, "newer version")
    t.has(t.run("doctor", "--data", t.dir / "nothing", code=1).out, "no data folder")
    with serving.Server(t, data_of_another(t), {}):
        t.has(t.run("doctor", "--data", t.dir / "other", code=0).out, "nothing is amiss")
        t.run("ledger", "checkpoint", "--data", t.dir / "other", code=0)  # by the server's signer


def data_of_another(t):
    data = t.dir / "other"
    t.run("init", "--data", data, "--origin", "test.example.org/other", code=0)
    return data


def test_upgrade_brings_an_older_folder_along(t):
    data = data_of(t)
    served_once(t, data)
    state(data, "DROP TABLE job")
    state(data, "DELETE FROM state_step WHERE room = 'jobs'")
    (data / "derived.db").unlink()
    people = state(data, "SELECT count(*) FROM session")
    ran = t.run("upgrade", "--data", data, code=0)
    t.has(ran.out, "0 problems")
    t.equal(state(data, "SELECT count(*) FROM job"), [(0,)])
    t.equal(state(data, "SELECT count(*) FROM session"), people)
    backups = sorted(p.name for p in (data / "backups").iterdir())
    t.equal(len(backups), 2, str(backups))
    for path in (data / "backups").iterdir():
        t.equal(path.stat().st_mode & 0o077, 0, "%s is for its owner alone" % path)
    served_once(t, data)


def test_upgrade_refuses_to_go_back(t):
    data = data_of(t)
    served_once(t, data)
    state(data, "INSERT INTO state_step VALUES ('jobs', 99, x'00')")
    state(data, "UPDATE state_step SET n = 2 WHERE n = 99")

    def sums():
        return {p.name: hashlib.sha256(p.read_bytes()).hexdigest() for p in data.iterdir() if p.is_file() and not p.name.endswith(("-shm", "-wal"))}

    before = sums()
    t.has(t.run("upgrade", "--data", data, code=3).err, "newer version")
    t.equal(sums(), before, "something was changed")
    t.true(not (data / "backups").exists(), "a backup was made of what is refused")
    t.has(t.run("serve", "--data", data, "--http", "--listen", "127.0.0.1:0", code=3).err, "newer version")


def test_upgrade_leaves_a_running_server_alone(t):
    data = data_of(t)
    with serving.Server(t, data, {}):
        t.has(t.run("upgrade", "--data", data, code=3).err, "another process")


def test_serve_says_what_it_lacks(t):
    t.has(t.run("serve", "--data", t.dir / "nothing", "--listen", "127.0.0.1:0", code=3).err, "sinetti init")
    data = data_of(t)
    for options, said in [(["--listen", "nowhere"], "ADDR:PORT"), (["--tls-cert", "x"], "belong together"), (["--http", "--tls-cert", "x", "--tls-key", "y"], "--http"),
                          (["--trusted-proxy", "everybody"], "network"), (["--threads", "0"], "--threads"), (["more"], "options only")]:
        t.has(t.run("serve", "--data", data, *options, code=2).err, said)

"""Goal: no command needs more memory because the log is longer."""
import json
import os
import random
import subprocess
import sys
import time

# In a process of its own, whose memory is small: what a process takes over from the one that started it counts as its own.
MEASURE = """
import os, subprocess, sys
with open(sys.argv[1], "wb") as err:
    child = subprocess.Popen(sys.argv[2:], stdout=subprocess.DEVNULL, stderr=err)
    _, status, usage = os.wait4(child.pid, 0)
print(os.waitstatus_to_exitcode(status), usage.ru_maxrss)
"""
LETTERS = "abcdefghijklmnopqrstuvwxyz234567"


def some_facts(n):
    """Of kinds that add, kinds that replace, and those that standing and assessments read."""
    r = random.Random(n)
    for i in range(n):
        one = "".join(r.choice(LETTERS) for _ in range(20))
        commit = "commit:%s/%040x" % (one, i)
        yield [{"kind": "policy", "subject": "obligation:t/p%d" % (i % 5000), "payload": {"mode": "warn", "parameters": [{"name": "a", "value": "b"}], "tolerance": 3,
                                                                                       "effective_at": 5, "reason": "r%d" % i}},
               {"kind": "person", "subject": "person:" + one, "payload": {"name": "N%d" % i, "addresses": ["a%d@example.org" % i], "accounts": [], "state": "active"}},
               {"kind": "treatment", "subject": "obligation:a/b", "payload": {"about": commit, "cause": "c", "correction": "d", "check": "e", "checked_at": 5}},
               {"kind": "waiver", "subject": "obligation:a/b", "payload": {"about": commit, "until": 4000000000, "reason": "d", "approved_by": []}},
               {"kind": "note", "subject": "org", "payload": {"text": "hello %d" % i}}][i % 5]


def peak(t, *args):
    """MiB of memory at most."""
    env = dict(t.env, ASAN_OPTIONS="quarantine_size_mb=1:thread_local_quarantine_size_kb=64")
    ran = subprocess.run([sys.executable, "-c", MEASURE, str(t.dir / "err"), t.program, *map(str, args)], cwd=t.dir, env=env, stdout=subprocess.PIPE, check=True)
    code, kib = map(int, ran.stdout.split())
    t.equal(code, 0, "%s: %s" % (args, (t.dir / "err").read_text(encoding="utf-8")[-500:]))
    return kib / 1024


def peaks(t, n):
    data, out = "data%d" % n, "out%d" % n
    (t.dir / out).mkdir()
    batch = t.dir / "batch"
    with open(batch, "w", encoding="utf-8") as lines:
        for fact in some_facts(n):
            lines.write(json.dumps(fact) + "\n")
    t.run("init", "--data", data, "--origin", "test.example/org", code=0)
    found = {"add": peak(t, "fact", "add", "--batch", batch, "--data", data)}
    key = t.run("ledger", "vkey", "--data", data, code=0).out.strip()
    erased = ["ledger", "erase", "5", "--reason", "x", "--approved-by", "person:" + "a" * 20, "--approved-by", "person:" + "b" * 20]
    for name, args in (("list", ["fact", "list"]), ("list as json", ["fact", "list", "--format", "json"]), ("list of a kind", ["fact", "list", "--kind", "waiver"]),
                       ("show", ["fact", "show", "7"]), ("checkpoint", ["ledger", "checkpoint"]), ("prove", ["ledger", "prove", "7"]),
                       ("consistency", ["ledger", "consistency", "7", str(n // 2)]), ("tiles", ["ledger", "tiles", out + "/tiles"]), ("fsck", ["fsck"]),
                       ("replay", ["ledger", "replay", "--into", out + "/replayed"]), ("backup", ["backup", out + "/backup"]), ("status", ["status"]),
                       ("status of the past", ["status", "--at", time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())]),
                       ("assess", ["assess", "--quiet", t.dir / "repo"]), ("refresh", ["refresh"]), ("record the day", ["refresh", "--record"]), ("erase", erased)):
        found[name] = peak(t, *args, "--data", data)
    found["verify"] = peak(t, "verify", out + "/tiles", "--key", key)
    os.rename(t.dir / data / "ledger.db", t.dir / out / "gone")
    found["restore"] = peak(t, "restore", out + "/backup", "--reason", "lost", "--data", data)
    return found


def test_a_longer_log_takes_no_more_memory(t):
    t.repo("repo").commit("x", {"a": "b"})
    few, many = (10000, 200000) if t.soak else (6000, 40000)
    small, large = peaks(t, few), peaks(t, many)
    # the caches of the databases open at once, 8 MiB for one that is read, 16 MiB for one that is written, are not full with the few
    grown = {name: "%d → %d MiB" % (small[name], large[name]) for name in small if large[name] > small[name] + (26 if name == "add" else 18)}
    t.equal(grown, {})

#!/usr/bin/env python3
"""What one more event costs a server that runs, beside 200,000: the processor's time of its worker until the pages' tables hold it and nothing more is done for it.
After some of them metrics are counted again, for at most a twentieth of the time: those are the long ones.
usage: appended.py SINETTI [FACTS [FOLDER]]      FOLDER as pages.py has it"""
import glob
import json
import pathlib
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent / "system"), str(HERE)]
import harness
import pages
import serving

ROUNDS = 9


def worker_of(server):
    return int(subprocess.run(["pgrep", "-P", str(server.child.pid), "-x", "worker"], stdout=subprocess.PIPE, check=True).stdout.split()[0])


def spent(pid):
    """Milliseconds."""
    return sum(int(pathlib.Path(f).read_text(encoding="ascii").split()[0]) for f in glob.glob("/proc/%d/task/*/schedstat" % pid)) / 1e6


def settle(pid):
    still = 0
    while still < 10:
        before = spent(pid)
        time.sleep(0.1)
        still = still + 1 if spent(pid) - before < 0.3 else 0


def held(data):
    with sqlite3.connect("file:%s?mode=ro" % (data / "derived.db"), uri=True, timeout=30) as db:
        return db.execute("SELECT facts FROM refreshed").fetchone()[0]


def main():
    count = int(sys.argv[2]) if len(sys.argv) > 2 else 200000
    with tempfile.TemporaryDirectory(prefix="sinetti-bench-") as gone:
        folder = pathlib.Path(sys.argv[3] if len(sys.argv) > 3 else gone)
        t = harness.Case(gone, str(pathlib.Path(sys.argv[1]).resolve()), False)
        data = folder / "data"
        if not data.exists():
            folder.mkdir(exist_ok=True)
            pages.make(t, data, count)

        def add(kind, subject, payload):
            (t.dir / "payload.json").write_text(json.dumps(payload), encoding="utf-8")
            t.run("fact", "add", kind, subject, "--data", data, "--payload", t.dir / "payload.json", code=0)

        point = "obligation:change-management/process-followed"
        events = {
            "a note": lambda i: add("note", "task:change-management", {"text": "hello %d" % i, "mentions": []}),
            "a person": lambda i: add("person", serving.person_id("Late %d" % i), {"name": "Late %d" % i, "addresses": [], "accounts": [], "state": "active"}),
            "a policy, for which all is asked again": lambda i: add("policy", point, {"mode": "observe", "parameters": [], "tolerance": 0, "effective_at": 0, "reason": str(i)}),
        }
        with serving.Server(t, data, {}) as server:
            worker = worker_of(server)
            settle(worker)
            for name, append in events.items():
                times = []
                for i in range(ROUNDS):
                    before, there = spent(worker), held(data)
                    append(i)
                    while held(data) <= there:
                        time.sleep(0.001)
                    settle(worker)
                    times.append(spent(worker) - before)
                print("%s: %.1f ms at least, %.1f in the median" % (name, min(times), statistics.median(times)))


if __name__ == "__main__":
    main()

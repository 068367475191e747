#!/usr/bin/env python3
"""Times what each page asks of the server, on a data folder of a million facts, as the server itself counts it (its access log).
usage: pages.py SINETTI [FACTS [FOLDER]]      FOLDER is made when it is not there, and kept; else one that is gone afterwards
Prints a table in Markdown: median and 99th percentile of the calls, and the processor's time of one, in milliseconds. The last tells the same on a busy
machine as on an idle one. Never fails on time."""
import json
import os
import pathlib
import random
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent / "system")]
import harness
import serving

FACTS = 1000000
CALLS = 200
A_SESSION = 40  # calls in a row
DAYS = 365
METRICS = sorted(p.stem for p in (HERE.parent.parent / "catalog" / "metrics").glob("*.sql"))
PEOPLE, REPOSITORIES, ASSESSMENTS, FINDINGS = 200, 50, 2000, 20000
VERDICTS = ["met", "violated", "no_evidence", "partly_met", "not_applicable"]
WORDS = ["kuori", "review", "tarkistus", "release", "avain", "risk", "poikkeus", "backup", "loki", "merge"]


def tasks(catalog):
    """Keys of tasks, each with its points."""
    return {t["key"]: [o["key"] for o in t["obligations"]] for t in catalog}


def verdicts(dice, known):
    points = [{"obligation": "%s/%s" % (t, p), "verdict": dice.choice(VERDICTS), "assurance": dice.choice(["none", "weak", "fair", "strong"]), "scope": 10,
               "judged": 8, "failing": dice.randrange(3)} for t, keys in known.items() for p in keys]
    return {"catalog": "0" * 64, "program": "bench", "refs": [], "points": points}


def facts(dice, known, count):
    """(kind, subject, payload), in an order that many days might have made."""
    people = [serving.person_id("Person %d" % i) for i in range(PEOPLE)]
    repos = ["repo:" + serving.subject_id("repository %d" % i) for i in range(REPOSITORIES)]
    points = ["obligation:%s/%s" % (t, p) for t, keys in known.items() for p in keys]
    for i, person in enumerate(people):
        yield "person", person, {"name": "Person %d" % i, "addresses": ["p%d@example.org" % i], "accounts": [], "state": "active"}
    for i, repo in enumerate(repos):
        yield "repository", repo, {"name": "repository %d" % i, "project": "", "main": "refs/heads/main", "state": "active"}
    for i in range(ASSESSMENTS):
        repo = repos[i % REPOSITORIES]
        yield "assessment", repo, {"head": "%040x" % i, "since": 0, "until": i, "catalog": "0" * 64, "refs": "0" * 64, "report": "%064x" % i, "program": "bench"}
        yield "verdicts", repo, verdicts(dice, known)
    made = PEOPLE + REPOSITORIES + 2 * ASSESSMENTS
    while made < count:
        made += 1
        what = dice.random()
        if what < 0.70:
            yield "credential", dice.choice(people), {"what": "session", "change": "added", "fingerprint": "%064x" % dice.getrandbits(250)}
        elif what < 0.90:
            yield "note", "task:" + dice.choice(list(known)), {"text": " ".join(dice.choices(WORDS, k=12)), "mentions": [dice.choice(people)]}
        elif what < 0.95:
            yield "treatment", dice.choice(points), {"about": dice.choice(repos), "cause": "a", "correction": "b", "check": "c", "checked_at": made}
        elif what < 0.97:
            yield "request", dice.choice(points), {"kind": "waiver", "payload": json.dumps({"about": "*", "reason": "x%d" % made, "until": 9999999999}), "reason": "x",
                                                   "until": 1 if made % 100 else 9999999999}
        elif what < 0.98:
            yield "waiver", dice.choice(points), {"about": "fact:%d" % made, "until": 9999999999, "reason": "x", "approved_by": [dice.choice(people)]}
        else:
            yield "task", "task:" + dice.choice(list(known)), {"owner": dice.choice(people), "participants": dice.sample(people, 3), "due": made, "process": "x",
                                                               "review_days": 30}


def make(t, data, count):
    t.run("init", "--data", data, "--origin", "test.example/bench", code=0)
    known = tasks(t.run("status", "--data", data, "--format", "json", code=0).json()["tasks"])
    child = subprocess.Popen([t.program, "fact", "add", "--data", str(data), "--batch", "/dev/stdin"], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, env=t.env)
    start = time.monotonic()
    for kind, subject, payload in facts(random.Random(1), known, count):
        child.stdin.write(json.dumps({"kind": kind, "subject": subject, "payload": payload}).encode() + b"\n")
    child.stdin.close()
    if child.wait() != 0:
        raise SystemExit("the facts were refused")
    print("%d facts in %.0f s" % (count, time.monotonic() - start), file=sys.stderr)
    start = time.monotonic()
    t.run("refresh", "--data", data, "--quiet", code=0)
    print("refreshed in %.1f s" % (time.monotonic() - start), file=sys.stderr)
    plant_findings(data, known)
    plant_records(data, count // 10)
    plant_measures(data)
    for what in (["metrics", "--data", data], ["refresh", "--data", data, "--record", "--quiet"]):
        start = time.monotonic()
        t.run(*what, code=0)
        print("sinetti %s in %.2f s" % (what[0], time.monotonic() - start), file=sys.stderr)


def plant_records(data, count):
    """Items of registers, most in force, in the tables alone: a request each would take longer than all else. Half of them are of one register."""
    dice = random.Random(3)
    now = int(time.time())
    kinds = ["change", "risk", "policy", "release", "service", "training"]
    people = [serving.person_id("Person %d" % i) for i in range(PEOPLE)]
    numbers = dict.fromkeys(kinds, 0)
    with sqlite3.connect(data / "ledger.db") as db:
        n = db.execute("SELECT max(n) FROM entries").fetchone()[0] - 4 * count
        for i in range(count):
            kind = "change" if dice.random() < 0.5 else dice.choice(kinds)
            numbers[kind] += 1
            subject, owner, digest = "record:%s/%s" % (kind, serving.subject_id("record %d" % i)), dice.choice(people), "%064x" % i
            title = "%s %s %d" % (dice.choice(WORDS), dice.choice(WORDS), i)
            content = json.dumps({"text": " ".join(dice.choices(WORDS, k=60)), "purpose": "x"}, separators=(",", ":"))
            n += 1
            db.execute("INSERT INTO p_record (n, at, subject, actor, via, kind, number, version, title, owner, content, digest, definition, state, phase, origin) "
                       "VALUES (?, ?, ?, ?, 'person', ?, ?, 1, ?, ?, ?, ?, ?, 'draft', 'open', '')",
                       (n, now - count + i, subject, owner, kind, numbers[kind], title, owner, content, digest, digest))
            db.execute("INSERT INTO p_record_versions VALUES (?, 1, ?, ?, ?, ?)", (subject, n, now - count + i, owner, digest))
            if i % 100 == 0:
                continue  # still a draft
            state, phase = ("retired", "closed") if i % 10 == 1 else ("in_force", "in_force")
            due = now + dice.randrange(-30, 700) * 86400 if phase == "in_force" else None
            for step in range(2):
                n += 1
                db.execute("INSERT INTO p_step VALUES (?, ?, ?, ?, 'person', 'move', 1, ?, 'approve', ?, ?, 1, ?, 'x')",
                           (n, now - count + i, subject, owner, digest, state if step else "in_review", phase if step else "open", due if step else None))
            db.execute("INSERT INTO p_step_last VALUES (?, ?, ?, ?, 1, ?, ?, ?, 1, ?)", (subject, n, now - count + i, owner, digest, state, phase, due))
        db.execute("UPDATE joined SET digest = ''")  # items_now is made of them when the tables are looked at next,
        db.execute("DELETE FROM made")  # which they are only when nobody has found them right
    db.close()


def plant_findings(data, known):
    """As many as reports would have left."""
    dice = random.Random(2)
    with sqlite3.connect(data / "derived.db") as db:
        repos = [r for r, in db.execute("SELECT repository FROM repository")]
        names = [(t, "%s/%s" % (t, p)) for t, keys in known.items() for p in keys]
        rows = []
        for i in range(FINDINGS):
            task, point = dice.choice(names)
            repo = dice.choice(repos)
            rows.append((repo, "%032x" % i, i, task, point, repo, "src/%s/%d.c" % (dice.choice(WORDS), i % 977), i % 500, "Found %d" % i, "Löytyi %d" % i, i // 10))
        db.executemany("INSERT INTO finding VALUES (?, ?, ?, ?, ?, ?, ?, ?, NULL, ?, ?, 'Fix', 'Korjaa', '', NULL, 1, ?, 1)", rows)
        db.execute("INSERT INTO finding_doc (repository, id, text) SELECT repository, id, message_en || ' ' || message_fi || ' ' || coalesce(path, '') FROM finding")
        db.execute("INSERT INTO finding_words (rowid, text) SELECT doc, text FROM finding_doc")
    db.close()


def plant_measures(data):
    """A year of metrics, and findings that came and went."""
    dice = random.Random(3)
    now = int(time.time())
    with sqlite3.connect(data / "derived.db") as db:
        repos = [r for r, in db.execute("SELECT repository FROM repository")]
        db.executemany("INSERT INTO seen VALUES (?, ?, ?, 1, 'code-review-rules', 'rules-enforced', 'critical', ?, NULL)",
                       [(dice.choice(repos), "%032x" % i, now - dice.randrange(400) * 86400, now - dice.randrange(90) * 86400 if i % 3 else None) for i in range(FINDINGS)])
    db.close()
    with sqlite3.connect(data / "ledger.db") as db:
        for day in range(DAYS):
            n = 10 ** 9 + day
            db.execute("INSERT INTO p_measure VALUES (?, ?, 'org', 'system', 'probe', '', '')", (n, now - (DAYS - day) * 86400))
            db.executemany("INSERT INTO p_measure_measures VALUES (?, ?, ?, '', ?, 1, 2)",
                           [(n, i, key, dice.randrange(100000)) for i, key in enumerate(METRICS)])
    db.close()


def paths(server):
    repo = server.get("Sirkka", "/repositories")["items"][0]["id"].split(":")[1]
    size = server.get("Sirkka", "/events?limit=1")["items"][0]["n"]
    person = serving.person_id("Person 7")
    item = server.get("Sirkka", "/registers/change/items?phase=in_force")["items"][-1]["subject"].split("/")[1]  # of a page of fifty, or of fewer
    return ["/tasks", "/tasks?status=partly_done&sort=-due", "/tasks/code-review-rules", "/tasks/code-review-rules/comments",
            "/tasks/code-review-rules/events", "/dashboard", "/my-tasks", "/notifications", "/approvals", "/approvals?state=open", "/frameworks",
            "/frameworks/iso27001-2022", "/frameworks/iso27001-2022/controls/8.28", "/coverage/iso27001-2022", "/repositories", "/repositories/" + repo,
            "/repositories/%s/assessments" % repo, "/findings", "/findings?point=code-review-rules/rules-enforced", "/findings?repository=repo:" + repo,
            "/findings?q=nowhere", "/findings?sort=-first_seen",
            "/events", "/events?kind=waiver", "/events?theme=decisions", "/events?theme=decisions&actor=" + person, "/events?actor=" + person, "/events?q=kuori",
            "/events?q=nowhere", "/events?subject=task:code-review-rules", "/events?from=2026-01-01&until=2999-01-01", "/events/%d" % (size // 2),
            "/registers", "/registers/change/items", "/registers/change/items?sort=title", "/registers/change/items?sort=-at", "/registers/change/items?state=draft",
            "/registers/change/items?phase=closed&sort=title", "/registers/change/items?overdue=true", "/registers/change/items?owner=" + person,
            "/registers/change/items?q=kuori", "/registers/change/items?q=nowhere", "/registers/change/items/" + item, "/calendar", "/calendar?owner=" + person,
            "/events?subject=repo:" + repo, "/search?q=kuori", "/search?q=nowhere", "/organization", "/setup",
            "/metrics", "/metrics?days=365", "/metrics/open_findings", "/metrics/open_findings/days?limit=200", "/metrics/open_findings/rows", "/metrics/restore_tests/rows"]


def processor_ms(pid):
    """Of a process's children so far."""
    ticks = 0
    for child in pathlib.Path("/proc/%d/task/%d/children" % (pid, pid)).read_text().split():
        fields = pathlib.Path("/proc/%s/stat" % child).read_text().rsplit(")", 1)[1].split()
        ticks += int(fields[11]) + int(fields[12])
    return ticks * 1000 / os.sysconf("SC_CLK_TCK")


def measure(t, data):
    officer = {"Sirkka": [serving.SECURITY_OFFICER]}
    log = t.dir / "access.log"
    with serving.Server(t, data, officer, ["--access-log", str(log)]) as server:
        wanted = paths(server)
        for path in wanted:
            server.get("Sirkka", path)
        before = len(log.read_text().splitlines())
        spent = []
        for path in wanted:
            start = processor_ms(server.child.pid)
            for i in range(CALLS):
                if i % A_SESSION == 0:
                    server.sign_in("Sirkka")  # nobody may ask as often as we do
                server.call("Sirkka", "GET", path)
            spent.append((processor_ms(server.child.pid) - start) / CALLS)
    lines = [json.loads(line) for line in log.read_text().splitlines()[before:]]
    wrong = [line for line in lines if line["status"] != 200]
    if wrong:
        raise SystemExit(wrong[0])
    print("| call | median | p99 | processor |\n|---|---:|---:|---:|")
    for i, path in enumerate(wanted):
        took = sorted(line["us"] / 1000 for line in lines[i * CALLS:(i + 1) * CALLS])
        print("| `%s` | %.2f | %.2f | %.2f |" % (path, statistics.median(took), took[int(len(took) * 0.99) - 1], spent[i]))


def main():
    program = str(pathlib.Path(sys.argv[1]).resolve())
    count = int(sys.argv[2]) if len(sys.argv) > 2 else FACTS
    harness.TIME_LIMIT = 3600
    with tempfile.TemporaryDirectory(prefix="sinetti-bench-") as folder:
        t = harness.Case(folder, program, False)
        data = pathlib.Path(sys.argv[3]).resolve() if len(sys.argv) > 3 else pathlib.Path(folder) / "data"
        if not data.exists():
            make(t, data, count)
        measure(t, data)


if __name__ == "__main__":
    main()

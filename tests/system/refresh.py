"""Goal: what pages read of where the organization stands (derived.db) is what `sinetti status` says and what the kept reports say; brought up to date by and by
it is what it would be made from nothing; it can be deleted or damaged and nothing is lost."""
import harness
import gzip
import hashlib
import json
import random
import shutil
import sqlite3
import time

POINT = "public-network-encryption/fraud-prevented"
BAD = "import requests\nr = requests.get(url, verify=False)\n"
GOOD = "import requests\nr = requests.get(url)\n"
APPROVED = {"reason": "decided", "approved_by": ["person:aaaaaaaaaaaaaaaaaaaa"]}
PROJECTS = ["project:" + c * 20 for c in "pqr"]


def folder(t):
    t.run("init", "--data", "data", "--origin", "test.example/org", code=0)
    return t.dir / "data"


def clock(seconds):
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(seconds))


def refresh(t, data, *options, code=0):
    return t.run("refresh", "--data", data, *options, code=code)


def rows(data, sql, *values):
    db = sqlite3.connect("file:%s/derived.db?mode=ro" % data, uri=True)
    try:
        return db.execute(sql, values).fetchall()
    finally:
        db.close()


def tables(data):
    """All of it but when it was last looked at."""
    names = [name for name, in rows(data, "SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name")]
    everything = {name: sorted(rows(data, "SELECT * FROM %s" % name), key=repr) for name in names if name != "refreshed" and not name.startswith("finding_words") and name != "finding_doc"}
    everything["words"] = sorted(rows(data, "SELECT repository, id FROM finding_words w JOIN finding_doc d ON d.doc = w.rowid WHERE finding_words MATCH 'the OR a OR in OR is'"))
    everything["refreshed"] = rows(data, "SELECT facts, last_fact, catalog, preset FROM refreshed")
    if everything["finding"] and len(everything["words"]) < len(everything["finding"]) / 2:
        raise harness.Fault("no finding has words")
    return everything


def same(t, is_now, should, what):
    for name, wanted in should.items():
        if is_now[name] != wanted:
            extra = [r for r in is_now[name] if r not in wanted][:3]
            missing = [r for r in wanted if r not in is_now[name]][:3]
            t.true(False, "%s: table %s: not wanted %r, missing %r" % (what, name, extra, missing))


def add(t, data, kind, subject, payload, code=0):
    path = t.dir / "payload.json"
    path.write_text(json.dumps(payload), encoding="utf-8")
    return t.run("fact", "add", kind, subject, "--data", data, "--payload", path, code=code)


def facts(t, data, kind):
    return [json.loads(line) for line in t.run("fact", "list", "--data", data, "--kind", kind, "--format", "json", code=0).out.splitlines()]


def planted(t, name="app", content=BAD):
    repo = t.repo(name)
    repo.commit("plant", {"app/client.py": content}, at=int(time.time()) - 3600)
    return repo


def assess(t, data, repo, *options):
    return t.run("assess", "--data", data, "--quiet", *options, repo.path, code=0)


def agrees_with_status(t, data, *options):
    told = t.run("status", "--data", data, "--format", "json", *options, code=0).json()
    day = rows(data, "SELECT fully_done, mostly_done, partly_done, not_done, not_relevant FROM day WHERE scope = 'org' AND day = 'now'")[0]
    t.equal(day, tuple(told["summary"][k] for k in ("fully_done", "mostly_done", "partly_done", "not_done", "not_relevant")), "summary")
    t.equal(rows(data, "SELECT task, status, exceptions, designed, operating, assurance FROM task WHERE scope = 'org' AND day = 'now' ORDER BY seq"),
            [(x["key"], x["status"], int(x["exceptions"]), x["designed"], x["operating"], x["assurance"]) for x in told["tasks"]])
    t.equal(rows(data, "SELECT point, adopted, verdict, assurance, in_scope, judged, failing FROM point WHERE scope = 'org' AND day = 'now' ORDER BY seq"),
            [("%s/%s" % (x["key"], o["key"]), int(o["adopted"]), o["verdict"], o["assurance"], o["population"], o["judged"], o["failing"])
             for x in told["tasks"] for o in x["obligations"]])
    t.equal(rows(data, "SELECT repository, name, verdicts, stale FROM repository ORDER BY name, repository"),
            [(r["subject"], r["name"], r.get("verdicts"), None if "stale" not in r else int(r["stale"])) for r in told["repositories"]])


def test_it_says_what_status_says(t):
    data = folder(t)
    refresh(t, data)
    agrees_with_status(t, data)
    assess(t, data, planted(t))
    assess(t, data, planted(t, "other", GOOD))
    t.has(refresh(t, data).out, "facts, 1 scope computed; next by")
    agrees_with_status(t, data)
    add(t, data, "organization", "org", {"name": "Acme", "language": "en", "preset": "page", "time_zone": "Europe/Helsinki"})
    add(t, data, "task", "task:" + POINT.split("/", maxsplit=1)[0],
        {"owner": "", "participants": [], "due": 0, "priority": "low", "process": "", "review_days": 0})
    refresh(t, data)
    agrees_with_status(t, data)
    t.equal(rows(data, "SELECT priority FROM task WHERE task = ?", POINT.split("/", maxsplit=1)[0]), [("low",)])
    later = clock(time.time() + 40 * 86400)
    refresh(t, data, "--now", later)
    agrees_with_status(t, data, "--now", later)
    t.equal(rows(data, "SELECT stale FROM day WHERE day = 'now'"), [(2,)])


def test_projects_have_their_own(t):
    data = folder(t)
    assess(t, data, planted(t))
    assess(t, data, planted(t, "other", GOOD))
    app, other = [f["subject"] for f in facts(t, data, "repository")]
    add(t, data, "project", PROJECTS[0], {"name": "p", "title": "P", "state": "active"})
    add(t, data, "repository", other, {"name": "other", "project": PROJECTS[0], "main": "refs/heads/main", "state": "active"})
    refresh(t, data)
    verdict = "SELECT scope, verdict FROM point WHERE point = ? AND day = 'now' ORDER BY scope"
    t.equal(rows(data, "SELECT scope, repositories, assessed FROM day ORDER BY scope"), [("org", 2, 2), (PROJECTS[0], 1, 1)])
    t.equal(dict(rows(data, verdict, POINT))["org"], "violated")
    t.true(dict(rows(data, verdict, POINT))[PROJECTS[0]] != "violated", "the project's repository is clean")
    t.equal(rows(data, "SELECT verdict FROM repository_point WHERE repository = ? AND point = ?", app, POINT), [("violated",)])
    add(t, data, "project", PROJECTS[0], {"name": "p", "title": "P", "state": "closed"})
    refresh(t, data)
    t.equal(rows(data, "SELECT scope FROM day"), [("org",)])
    t.equal(rows(data, "SELECT DISTINCT scope FROM control"), [("org",)])


def test_findings_of_the_newest_assessment(t):
    """In both languages, since when, and what came and went; from reports that are the bytes the fact names."""
    data = folder(t)
    repo = planted(t)
    assess(t, data, repo, "--lang", "fi", "--now", clock(time.time() - 200))
    refresh(t, data)
    first = rows(data, "SELECT id, path, line, subject, message_en, message_fi, exception, open, first_seen FROM finding WHERE point = ?", POINT)
    t.equal(len(first), 1)
    (_, path, line, subject, english, finnish, exception, is_open, seen) = first[0]
    repository = facts(t, data, "repository")[0]["subject"]
    t.equal((path, line, subject, exception, is_open), ("app/client.py", 2, repository.replace("repo:", "file:") + "/app/client.py", "", 1))
    t.has(english, "turns off the check")
    t.has(finnish, "ottaa")
    for fact in facts(t, data, "assessment"):
        report = data / "reports" / (fact["payload"]["report"] + ".json.gz")
        t.equal(hashlib.sha256(gzip.decompress(report.read_bytes())).hexdigest(), fact["payload"]["report"])
        t.equal(report.stat().st_mode & 0o777, 0o600)
    repo.commit("more", {"b c.py": BAD}, at=int(time.time()) - 1800)
    assess(t, data, repo, "--now", clock(time.time() - 100))
    refresh(t, data)
    t.equal(rows(data, "SELECT path, first_seen = ? FROM finding WHERE point = ? ORDER BY path", seen, POINT), [("app/client.py", 1), ("b c.py", 0)])
    repo.commit("mend", {"app/client.py": GOOD}, at=int(time.time()) - 900)
    assess(t, data, repo)
    refresh(t, data)
    t.equal(rows(data, "SELECT path FROM finding WHERE point = ?", POINT), [("b c.py",)])
    t.equal([r[1:] for r in rows(data, "SELECT assessment, has_report, new, gone FROM assessment ORDER BY assessment")], [(1, None, None), (1, 1, 0), (1, 0, 1)])
    t.equal(rows(data, "SELECT findings FROM repository"), rows(data, "SELECT count(*) FROM finding WHERE open"))
    kept = tables(data)
    newest = data / "reports" / (facts(t, data, "assessment")[-1]["payload"]["report"] + ".json.gz")
    moved = t.dir / "moved.json"
    shutil.move(newest, moved)
    refresh(t, data, "--rebuild")
    t.equal(rows(data, "SELECT has_report, findings FROM repository"), [(0, None)])
    t.equal(rows(data, "SELECT count(*) FROM finding"), [(0,)])
    newest.write_bytes(gzip.compress(gzip.decompress(moved.read_bytes()).replace(b"b c.py", b"b_c.py")))
    refresh(t, data, "--rebuild")
    t.equal(rows(data, "SELECT has_report FROM repository"), [(0,)])
    newest.write_bytes(moved.read_bytes()[:-9])  # cut off
    refresh(t, data, "--rebuild")
    t.equal(rows(data, "SELECT has_report FROM repository"), [(0,)])
    newest.unlink()
    newest.with_suffix("").write_bytes(gzip.decompress(moved.read_bytes()))  # as older versions kept it
    refresh(t, data, "--now", clock(time.time() + 3601))  # the hour's whole refresh notices
    refresh(t, data)
    same(t, tables(data), kept, "after the report came back")


def test_a_typed_in_assessment_has_no_findings(t):
    data = folder(t)
    assess(t, data, planted(t))
    fact = facts(t, data, "assessment")[0]
    report = json.dumps({"tasks": [{"key": "release-log", "obligations": [{"key": "x", "findings": [{"id": "0" * 32, "subject": "org", "message": "m", "fix": "f"}]}]}]})
    digest = hashlib.sha256(report.encode()).hexdigest()
    (data / "reports" / (digest + ".json")).write_text(report, encoding="utf-8")
    add(t, data, "assessment", fact["subject"], dict(fact["payload"], report=digest))
    refresh(t, data)
    t.equal(rows(data, "SELECT assessment FROM assessment"), [(fact["n"],)])
    t.equal(rows(data, "SELECT count(*) FROM finding WHERE id = ?", "0" * 32), [(0,)])


def test_deleted_or_damaged_it_is_made_again(t):
    data = folder(t)
    assess(t, data, planted(t))
    refresh(t, data, "--record")
    kept = tables(data)
    path = data / "derived.db"
    whole = path.read_bytes()
    path.unlink()
    refresh(t, data)
    same(t, tables(data), kept, "deleted")
    middle = len(whole) // 2
    for what, content in (("no database", b"hello"), ("empty", b""), ("cut", whole[:8192]), ("another schema", None),
                          ("a page overwritten", whole[:middle] + b"\x55" * 4096 + whole[middle + 4096:])):
        if content is None:
            db = sqlite3.connect(path)
            db.executescript("DROP TABLE point; CREATE TABLE strange (x); PRAGMA user_version = 7")
            db.close()
        else:
            path.write_bytes(content)
        refresh(t, data, "--rebuild")
        same(t, tables(data), kept, what)
        t.equal(path.stat().st_mode & 0o777, 0o600)
    t.run("refresh", "--data", t.dir / "nowhere", code=3)
    refresh(t, data, "x", code=2)
    refresh(t, data, "--now", "soon", code=2)


def test_who_reads_goes_on(t):
    """A reader that has it open sees each refresh, also when all was made anew in the same file."""
    data = folder(t)
    refresh(t, data)
    reader = sqlite3.connect("file:%s/derived.db?mode=ro" % data, uri=True)
    t.equal(reader.execute("SELECT count(*) FROM repository").fetchall(), [(0,)])
    assess(t, data, planted(t))
    refresh(t, data)
    t.equal(reader.execute("SELECT count(*) FROM repository").fetchall(), [(1,)])
    reader.execute("BEGIN")
    t.equal(reader.execute("SELECT count(*) FROM repository").fetchall(), [(1,)])
    assess(t, data, planted(t, "other"))
    refresh(t, data, "--rebuild")
    t.equal(reader.execute("SELECT count(*) FROM repository").fetchall(), [(1,)])
    reader.execute("COMMIT")
    t.equal(reader.execute("SELECT count(*) FROM repository").fetchall(), [(2,)])
    reader.close()


def test_the_grid_on_any_day(t):
    """By one query; a day is recorded once; later decisions do not change it."""
    data = folder(t)
    assess(t, data, planted(t))
    t.has(refresh(t, data, "--record").out, "verdicts of the day: recorded")
    t.has(refresh(t, data, "--record").out, "verdicts of the day: were there")
    t.equal(len([f for f in facts(t, data, "verdicts") if f["subject"] == "org"]), 1)
    today = clock(time.time())[:10]
    at = "SELECT verdict, must FROM point WHERE scope = 'org' AND point = ? AND day = (SELECT max(day) FROM day WHERE scope = 'org' AND day <= ?)"
    grid = "SELECT control, coverage FROM control WHERE scope = 'org' AND framework = 'iso27001-2022' AND day = (SELECT max(day) FROM day WHERE scope = 'org' AND day <= ?) ORDER BY seq"
    t.equal(rows(data, at, POINT, today), [("violated", 1)])
    t.equal(rows(data, at, POINT, "2001-01-01"), [])
    t.equal(rows(data, grid, today), rows(data, grid, "now"))
    add(t, data, "applicability", "obligation:" + POINT, APPROVED)
    add(t, data, "adoption", "obligation:" + POINT, {"adopted": False, "reason": "no"})
    refresh(t, data)
    t.equal(rows(data, at, POINT, today)[0][0], "violated")
    t.equal(rows(data, at, POINT, "now")[0][0], "not_applicable")
    was = tables(data)
    refresh(t, data, "--rebuild")
    same(t, tables(data), was, "rebuilt")
    verdicts = [f for f in facts(t, data, "verdicts") if f["subject"] == "org"][0]["payload"]
    typed = dict(verdicts, points=[dict(p, verdict="met", assurance="proven") for p in verdicts["points"]])
    add(t, data, "verdicts", "org", typed)
    refresh(t, data)
    t.equal(rows(data, at, POINT, today)[0][0], "violated", "a typed-in day is none")


class Random:
    """A data folder to which anything happens, in any order."""

    def __init__(self, t, data, seed):
        self.t, self.data, self.r = t, data, random.Random(seed)
        self.repos = [planted(t, "repo%d" % i, self.r.choice([BAD, GOOD])) for i in range(3)]
        self.points = [(x["key"], o["key"]) for x in t.run("status", "--data", data, "--format", "json", code=0).json()["tasks"] for o in x["obligations"]]
        self.now = int(time.time())

    def project(self):
        return self.r.choice([{}, {}, {"project": self.r.choice(PROJECTS)}])

    def obligation(self):
        return "obligation:%s/%s" % self.r.choice(self.points + [tuple(POINT.split("/"))] * 40)

    def end(self):
        return self.now + self.r.choice([-5, 5, 3000, 86400, 40 * 86400])

    def repository(self):
        known = facts(self.t, self.data, "repository")
        return self.r.choice(known) if known else None

    def happen(self):
        r, t, data = self.r, self.t, self.data
        what = r.choice(["assess", "assess", "adoption", "policy", "waiver", "subject", "applicability", "task", "project", "move", "typed", "note", "organization"])
        if what == "assess":
            repo = r.choice(self.repos)
            repo.commit("change", {r.choice(["a.py", "app/client.py", "d d.py"]): r.choice([BAD, GOOD])}, at=int(time.time()) - 60)
            assess(t, data, repo)
        elif what == "adoption":
            add(t, data, "adoption", self.obligation(), {"adopted": r.random() < .7, "reason": "r", **self.project()})
        elif what == "policy":
            add(t, data, "policy", self.obligation(), {"mode": "warn", "parameters": [], "tolerance": r.choice([0, 500, 1000]), "effective_at": max(0, self.end()),
                                                       "reason": "r", **self.project()})
        elif what == "waiver":
            add(t, data, "waiver", self.obligation(), {"about": "*", "until": self.end(), **APPROVED, **r.choice([{}, {}, {"withdrawn": True}])})
        elif what == "subject" and self.repository():
            about = self.repository()["subject"].replace("repo:", "file:") + "/app/client.py"
            add(t, data, "waiver", "obligation:" + POINT, {"about": about, "until": self.end(), **APPROVED, **r.choice([{}, {}, {"withdrawn": True}])})
        elif what == "applicability":
            subject = r.choice([self.obligation(), "task:" + r.choice(self.points)[0]])
            add(t, data, "applicability", subject, {**APPROVED, **r.choice([{}, {"until": max(0, self.end())}, {"withdrawn": True}]), **self.project()})
        elif what == "task":
            add(t, data, "task", "task:" + r.choice(self.points)[0],
                {"owner": "", "participants": [], "due": 0, "priority": r.choice(["low", "critical"]), "process": "", "review_days": 0})
        elif what == "project":
            add(t, data, "project", r.choice(PROJECTS), {"name": "p", "title": "P", "state": r.choice(["active", "active", "closed"])})
        elif what == "move" and self.repository():
            known = self.repository()
            add(t, data, "repository", known["subject"], dict(known["payload"], project=r.choice(["", *PROJECTS]), state=r.choice(["active", "active", "closed"]),
                                                              name="r" + str(r.randrange(9))))
            self.repos.append(planted(t, "repo%d" % len(self.repos)))
        elif what == "typed" and facts(t, data, "verdicts"):
            fact = r.choice(facts(t, data, "verdicts"))
            points = [dict(p, due=max(0, self.end())) if p["verdict"] in ("met", "violated") else p for p in fact["payload"]["points"] if r.random() < .95]
            add(t, data, "verdicts", fact["subject"], dict(fact["payload"], points=points))
        elif what == "organization":
            add(t, data, "organization", "org", {"name": "Acme", "language": "en", "preset": r.choice(["", "page", "small-team"]), "time_zone": "UTC"})
        else:
            add(t, data, "note", "org", {"text": "nothing of this concerns it"})


def test_by_and_by_is_from_nothing(t):
    seeds, steps = (12, 60) if t.soak else (2, 22)
    for seed in range(seeds):
        data = t.dir / ("data%d" % seed)
        t.run("init", "--data", data, "--origin", "test.example/org", code=0)
        world = Random(t, data, seed)
        for step in range(steps):
            for _ in range(world.r.choice([1, 1, 1, 3])):
                world.happen()
            world.now += world.r.choice([0, 0, 1, 700, 4000, 86400, -50])
            refresh(t, data, "--now", clock(world.now), *world.r.choice([[], [], [], ["--record"]]))
            if world.r.random() < .7:
                continue
            by_and_by = tables(data)
            shutil.move(data / "derived.db", t.dir / "by-and-by.db")
            refresh(t, data, "--now", clock(world.now))
            same(t, by_and_by, tables(data), "seed %d, step %d" % (seed, step))
            agrees_with_status(t, data, "--now", clock(world.now))
            (data / "derived.db").unlink()
            shutil.move(t.dir / "by-and-by.db", data / "derived.db")
        for repo in world.repos:
            shutil.rmtree(repo.path)


def test_reports_go_with_the_backup(t):
    data, repo = folder(t), planted(t)
    assess(t, data, repo)
    repo.commit("more", {"b c.py": BAD}, at=int(time.time()) - 1800)
    assess(t, data, repo)
    refresh(t, data)
    kept = tables(data)
    reports = {p.name: p.read_bytes() for p in (data / "reports").iterdir()}
    t.has(t.run("backup", t.dir / "saved", "--data", data, code=0).out, " 2 reports and 0 attachments")
    t.run("backup", t.dir / "saved", "--data", data, code=3)
    t.has(t.run("fsck", "--data", data, code=0).out, "2 reports")
    newest = data / "reports" / (facts(t, data, "assessment")[-1]["payload"]["report"] + ".json.gz")
    newest.write_bytes(gzip.compress(b"{}"))
    t.has(t.run("fsck", "--data", data, code=1).out, "is not the report that was recorded")
    newest.unlink()
    t.has(t.run("fsck", "--data", data, code=0).out, "1 report of assessments are not here")
    shutil.rmtree(data / "reports")
    t.has(t.run("restore", t.dir / "saved", "--reason", "disk", "--data", data, code=0).out, "back are 2 reports")
    t.equal({p.name: gzip.decompress(p.read_bytes()) for p in (data / "reports").iterdir()}, {n: gzip.decompress(b) for n, b in reports.items()})
    refresh(t, data, "--rebuild")
    same(t, tables(data), kept, "after the restore")
    db = sqlite3.connect(t.dir / "saved.files")  # one that was changed is left out
    with db:
        db.execute("UPDATE kept SET content = ? WHERE digest = ?", (gzip.compress(b"{}"), newest.name[:64]))
    db.close()
    shutil.rmtree(data / "reports")
    out = t.run("restore", t.dir / "saved", "--reason", "disk", "--data", data, code=0).out
    t.has(out, "back are 1 report ")
    t.has(out, "1 are damaged")
    t.true(not newest.exists(), "what is of another digest came back")

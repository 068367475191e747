"""Goal: every option does what its help says, wrong usage is told in one line, and exit codes are 0, 1, 2 and 3 as documented."""
import datetime
import json

VIOLATION = {"app/client.py": "import requests\nr = requests.get(url, verify=False)\n"}  # a must of a task of high priority
WEAK = {"config/app.yml": "admin:\n  username: admin\n  password: admin\n"}  # a recommended point of a critical task


def with_violation(t, files=None):
    repo = t.repo()
    repo.commit("plant", files or VIOLATION)
    return repo


def test_wrong_usage(t):
    repo = with_violation(t)
    for argv in (["--nonsense"], ["--since", "yesterday"], ["--now", "soon"], ["--since", "2027-01-01", "--now", "2026-01-01T00:00:00Z"], ["--format", "pdf"],
                 ["--output", "report.pdf"], ["--output", "html:"], ["--fail-on", "sometimes"], ["--lang", "sv"], ["--write-baseline", "b.json"],
                 ["--owner", "me"], ["--preset", "no-such"], ["--task", "no-such"], [str(repo.path)]):
        ran = t.run("assess", *argv, repo.path, code=2)
        t.equal(ran.out, "", argv)
        t.true(ran.err.startswith("sinetti: "), ran)
        t.true(len(ran.err.splitlines()) <= 2, ran)
    t.run("assess", repo.path, "--rev", code=2)


def test_fail_on(t):
    repo = with_violation(t)
    for level, code in (("critical", 0), ("high", 1), ("normal", 1), ("low", 1), ("never", 0)):
        t.run("assess", "--fail-on", level, repo.path, code=code)
    t.run("assess", repo.path, code=0)


def test_a_preset_makes_recommended_points_count(t):
    repo = with_violation(t, WEAK)
    t.run("assess", "--fail-on", "critical", repo.path, code=0)
    t.run("assess", "--fail-on", "critical", "--preset", "page", repo.path, code=1)
    adopted = t.assess(repo, "--preset", "page").obligation("temporary-credentials/not-guessable")
    t.equal((adopted["strength"], adopted["adopted"], adopted["verdict"]), ("recommended", True, "violated"))


def test_task_restricts(t):
    repo = with_violation(t, {**VIOLATION, **WEAK})
    told = t.assess(repo, "--task", "public-network-encryption").json()
    t.equal([task["key"] for task in told["tasks"]], ["public-network-encryption"])
    t.run("assess", "--fail-on", "low", "--task", "release-log", repo.path, code=0)
    t.run("assess", "--fail-on", "low", "--task", "public-network-encryption", repo.path, code=1)


def test_outputs_by_suffix_and_by_name(t):
    repo = with_violation(t)
    ran = t.run("assess", "--quiet", "--output", "r.html", "--output", "r.json", "--output", "r.sarif", "--output", "r.md", "--output", "r.txt",
                "--output", "json:plain", repo.path, code=0)
    t.equal((ran.out, ran.err), ("", ""))
    files = {name: (t.dir / name).read_text(encoding="utf-8") for name in ("r.html", "r.json", "r.sarif", "r.md", "r.txt", "plain")}
    t.true(files["r.html"].lower().startswith("<!doctype html>"), "HTML")
    t.equal(json.loads(files["r.json"]), json.loads(files["plain"]))
    t.equal(json.loads(files["r.sarif"])["version"], "2.1.0")
    t.has(files["r.md"], "#")
    for text in files.values():
        t.has(text, "app/client.py")


def test_a_report_that_cannot_be_written(t):
    repo = with_violation(t)
    ran = t.run("assess", "--quiet", "--output", t.dir / "nowhere" / "r.html", repo.path)
    t.equal(ran.code, 3)
    t.has(ran.err, "nowhere")


def test_since_and_now(t):
    repo = t.repo()
    repo.commit("old", {"a": "1"}, at=1600000000)
    repo.commit("new", {"a": "2"}, at=1767000000)
    for since, commits in (("30d", 1), ("4w", 1), ("2025-12-01", 1), ("10y", 2), ("2020-01-01T00:00:00Z", 2), ("2025-12-31", 0)):
        t.equal(t.assess(repo, "--since", since).json()["repository"]["period_commits"], commits, since)
    t.equal(t.assess(repo).json()["run"]["since"], "2025-01-01T00:00:00Z")


def test_rev_looks_at_that_tree(t):
    repo = with_violation(t)
    repo.commit("mend", {"app/client.py": "import requests\nr = requests.get(url)\n"})
    repo.git("tag", "-a", "-m", "t", "v1.0.0", "HEAD~1")
    key = "public-network-encryption/fraud-prevented"
    t.equal(t.assess(repo).obligation(key)["failing"], 0)
    for rev in ("HEAD~1", "v1.0.0", repo.git("rev-parse", "HEAD~1").decode().strip()):
        t.equal(t.assess(repo, "--rev", rev).obligation(key)["failing"], 1, rev)


def test_uncommitted_files_do_not_count(t):
    repo = with_violation(t)
    repo.write("app/other.py", "import requests\nrequests.get(u, verify=False)\n")
    t.equal(t.assess(repo).obligation("public-network-encryption/fraud-prevented")["failing"], 1)


def test_another_catalog(t):
    import shutil
    from harness import ROOT
    shutil.copytree(ROOT / "catalog", t.dir / "mine")
    repo = with_violation(t)
    plain = t.assess(repo)
    t.equal(t.assess(repo, "--catalog", t.dir / "mine").raw == plain.raw, True, "the same catalog, the same report")
    task = t.dir / "mine" / "tasks" / "release-log" / "task.yaml"
    lines = task.read_text(encoding="utf-8").splitlines(True)
    at = next(i for i, line in enumerate(lines) if line.startswith("title:"))
    lines[at:at + (1 if "{" in lines[at] else 3)] = ['title: {en: "Ours", fi: "Oma"}\n']
    task.write_text("".join(lines), encoding="utf-8")
    told = t.assess(repo, "--catalog", t.dir / "mine").json()
    t.equal([k["title"] for k in told["tasks"] if k["key"] == "release-log"], ["Ours"])
    shutil.rmtree(t.dir / "mine" / "tasks" / "release-log")  # which kinds and presets name
    t.has(t.run("assess", "--catalog", t.dir / "mine", repo.path, code=3).err, "release-log")
    ran = t.run("assess", "--catalog", t.dir / "nowhere", repo.path)
    t.true(ran.code in (2, 3), ran)


def test_a_baseline_takes_what_is_known_out(t):
    repo, file = with_violation(t), t.dir / "baseline.json"
    t.run("assess", "--quiet", "--write-baseline", file, "--owner", "platform team", "--now", "2026-01-01T00:00:00Z", repo.path, code=0)
    entries = json.loads(file.read_text(encoding="utf-8"))["entries"]
    t.equal({e["owner"] for e in entries}, {"platform team"})
    t.true("public-network-encryption/fraud-prevented" in {e["obligation"] for e in entries}, entries)
    argv = ("--fail-on", "low", "--baseline", file)
    ran = t.assess(repo, *argv, code=0)
    found = [f for f in ran.findings() if f["of"].endswith("/fraud-prevented")]
    t.true(len(found) == 1 and found[0].get("baseline"), found)
    t.equal(ran.obligation("public-network-encryption/fraud-prevented")["verdict"], "violated", "the verdict stays")
    # a new one counts, and an old one does when its time is over
    repo.commit("plant", {"app/other.py": "import requests\nr = requests.get(url, verify=False)\n"})
    t.assess(repo, *argv, code=1)
    repo.git("reset", "-q", "--hard", "HEAD~1")
    t.run("assess", "--now", "2026-12-01T00:00:00Z", *argv, repo.path, code=1)


def test_a_broken_baseline_is_refused(t):
    repo, file = with_violation(t), t.dir / "baseline.json"
    for content in ("", "[]", '{"sinetti_baseline": 2, "entries": []}', '{"sinetti_baseline": 1, "entries": [{"id": "x"}]}', '{"sinetti_baseline": 1, "entries": [], "more": 1}'):
        file.write_text(content, encoding="utf-8")
        ran = t.run("assess", "--baseline", file, repo.path)
        t.equal((ran.code, ran.out), (3, ""), content)
        t.has(ran.err, "baseline")
    ran = t.run("assess", "--baseline", t.dir / "nowhere.json", repo.path, code=3)
    t.has(ran.err, "nowhere.json")


def test_a_written_baseline_keeps_what_was_decided(t):
    repo, file = with_violation(t), t.dir / "baseline.json"
    t.run("assess", "--quiet", "--write-baseline", file, "--owner", "first", "--until", "2026-06-30", "--now", "2026-01-01T00:00:00Z", repo.path, code=0)
    repo.commit("plant", WEAK)
    t.run("assess", "--quiet", "--write-baseline", file, "--owner", "second", "--now", "2026-02-01T00:00:00Z", repo.path, code=0)
    entries = {e["obligation"]: e for e in json.loads(file.read_text(encoding="utf-8"))["entries"]}
    old, new = entries["public-network-encryption/fraud-prevented"], entries["temporary-credentials/not-guessable"]
    t.equal((old["owner"], old["until"][:10], new["owner"]), ("first", "2026-06-30", "second"))


def test_without_now_it_is_now(t):
    repo = with_violation(t)
    now = json.loads(t.run("assess", "--format", "json", repo.path, code=0).out)["run"]["now"]
    told = datetime.datetime.strptime(now, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=datetime.timezone.utc)
    t.true(abs((datetime.datetime.now(datetime.timezone.utc) - told).total_seconds()) < 600, now)

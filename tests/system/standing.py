"""Goal: assessments recorded in a data folder tell where the organization stands, on any day, as recorded and as recomputed; its own waivers, treatments and
adoptions are heeded; nothing is recorded by halves."""
import json
import shutil
import time

import harness

POINT = "public-network-encryption/fraud-prevented"
FILES = {"app/client.py": "import requests\nr = requests.get(url, verify=False)\n"}


def folder(t):
    t.run("init", "--data", "data", "--origin", "test.example/org", code=0)
    return t.dir / "data"


def record(t, data, repo, *options, code=0):
    return t.run("assess", "--data", data, "--quiet", *options, repo.path, code=code)


def standing(t, data, *options, code=0):
    return t.run("status", "--data", data, "--format", "json", *options, code=code)


def point(ran, name=POINT):
    task, key = name.split("/")
    return [o for x in ran.json()["tasks"] if x["key"] == task for o in x["obligations"] if o["key"] == key][0]


def facts(t, data, kind):
    return [json.loads(line) for line in t.run("fact", "list", "--data", data, "--kind", kind, "--format", "json", code=0).out.splitlines()]


def add(t, data, kind, subject, payload):
    path = t.dir / "payload.json"
    path.write_text(json.dumps(payload), encoding="utf-8")
    return t.run("fact", "add", kind, subject, "--data", data, "--payload", path, code=0)


def planted(t, name="app"):
    repo = t.repo(name)
    repo.commit("plant", FILES, at=int(time.time()) - 3600)
    return repo


def test_what_is_recorded_is_what_was_assessed(t):
    data, repo = folder(t), planted(t)
    empty = standing(t, data)
    t.equal(empty.json()["summary"]["not_done"], len(empty.json()["tasks"]))
    ran = t.run("assess", "--data", data, "--format", "json", repo.path, code=0)
    t.has(ran.err, "recorded as fact 3")
    told = standing(t, data).json()
    t.equal([r["name"] for r in told["repositories"]], ["app"])
    was = {(x["key"], o["key"]): (o["verdict"], o["population"], o["judged"], o["failing"]) for x in ran.json()["tasks"] for o in x["obligations"]}
    now = {(x["key"], o["key"]): (o["verdict"], o["population"], o["judged"], o["failing"]) for x in told["tasks"] for o in x["obligations"]}
    # rules over the organization may have the repository itself in their scope: then there is one thing more, and nothing else is another
    more = {key for key in was if now[key] != was[key]}
    t.equal({key: (v, p - (key in more), j, f) for key, (v, p, j, f) in now.items()}, was)
    t.true(more <= {("definition-of-done", "criteria-listed")}, more)
    t.equal(told["summary"], {k: v for k, v in ran.json()["summary"].items()})
    t.run("fsck", "--data", data, code=0)


def test_one_repository_is_known_by_its_name(t):
    data, repo = folder(t), planted(t)
    record(t, data, repo)
    record(t, data, repo)
    record(t, data, repo, "--name", "other")
    t.equal(len(facts(t, data, "repository")), 2)
    t.equal([r["name"] for r in standing(t, data).json()["repositories"]], ["app", "other"])
    bare = t.dir / "bare" / "app.git"
    t.git("clone", "-q", "--bare", str(repo.path), str(bare))
    t.run("assess", "--data", data, "--quiet", bare, code=0)
    t.equal(len(facts(t, data, "repository")), 2)


def test_only_whole_assessments(t):
    data, repo = folder(t), planted(t)
    record(t, data, repo, "--task", "release-log", code=2)
    t.run("assess", "--name", "x", repo.path, code=2)
    t.run("assess", "--data", t.dir / "nowhere", "--quiet", repo.path, code=3)
    record(t, data, repo, "--rev", "no-such", code=3)
    record(t, data, repo, "--output", t.dir / "no" / "such" / "report.json", code=3)
    t.equal(len(facts(t, data, "verdicts")), 0)


def test_a_waiver_holds_until_its_end(t):
    data, repo = folder(t), planted(t)
    record(t, data, repo)
    before = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    t.equal(point(standing(t, data))["verdict"], "violated")
    people = ["person:aaaaaaaaaaaaaaaaaaaa", "person:bbbbbbbbbbbbbbbbbbbb"]
    repository = facts(t, data, "repository")[0]["subject"]
    about = repository.replace("repo:", "file:") + "/app/client.py"
    time.sleep(1.1)
    add(t, data, "waiver", "obligation:" + POINT, {"about": about, "until": int(time.time()) + 86400, "reason": "until the new gateway", "approved_by": people})
    ran = t.run("assess", "--data", data, "--format", "json", "--fail-on", "low", repo.path)
    judged = ran.obligation(POINT)
    t.equal((judged["verdict"], judged["failing"], judged["waived"]), ("waived", 0, 1))
    t.equal([f["exception"] for f in judged["findings"]], ["waived"])
    t.equal(point(standing(t, data))["verdict"], "waived")
    t.equal(point(standing(t, data, "--at", before))["verdict"], "violated")
    later = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 2 * 86400))
    t.equal(t.run("assess", "--data", data, "--now", later, "--format", "json", repo.path, code=0).obligation(POINT)["verdict"], "violated")


def test_what_does_not_apply(t):
    """To the organization, or to one project of it; with a reason and somebody who approved, until its end."""
    data, repo = folder(t), planted(t)
    record(t, data, repo)
    task = POINT.split("/", maxsplit=1)[0]
    word = {"reason": "nothing of it is reachable from outside", "approved_by": ["person:aaaaaaaaaaaaaaaaaaaa"]}
    add(t, data, "applicability", "obligation:" + POINT, dict(word, until=int(time.time()) + 86400))
    t.equal((point(standing(t, data))["verdict"], point(standing(t, data))["assurance"]), ("not_applicable", "none"))
    judged = t.run("assess", "--data", data, "--format", "json", repo.path, code=0).obligation(POINT)
    t.equal((judged["verdict"], judged["findings"], judged["findings_total"]), ("not_applicable", [], 0))
    later = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 2 * 86400))
    t.equal(t.run("assess", "--data", data, "--now", later, "--format", "json", repo.path, code=0).obligation(POINT)["verdict"], "violated")
    t.equal(point(standing(t, data, "--now", later))["verdict"], "violated")
    add(t, data, "applicability", "task:" + task, word)
    t.equal([x["status"] for x in standing(t, data).json()["tasks"] if x["key"] == task], ["not_relevant"])
    add(t, data, "applicability", "task:" + task, dict(word, withdrawn=True))
    add(t, data, "applicability", "obligation:" + POINT, dict(word, withdrawn=True))
    t.equal(point(standing(t, data))["verdict"], "violated")
    add(t, data, "applicability", "obligation:" + POINT, dict(word, project="project:pppppppppppppppppppp"))
    t.equal(point(standing(t, data))["verdict"], "violated")
    for wrong in ({"reason": "nobody approved", "approved_by": []}, {"reason": "", "approved_by": word["approved_by"]}, {"approved_by": word["approved_by"]}):
        path = t.dir / "wrong.json"
        path.write_text(json.dumps(wrong), encoding="utf-8")
        t.run("fact", "add", "applicability", "obligation:" + POINT, "--data", data, "--payload", path, code=3)
    t.run("fsck", "--data", data, code=0)


def test_verdicts_typed_in_are_worth_little(t):
    data, repo = folder(t), planted(t)
    record(t, data, repo)
    verdicts = facts(t, data, "verdicts")[0]
    strong = [p for p in verdicts["payload"]["points"] if p["assurance"] == "strong"][0]["obligation"]
    t.equal(point(standing(t, data), strong)["assurance"], "strong")
    add(t, data, "verdicts", verdicts["subject"], verdicts["payload"])
    t.equal(point(standing(t, data), strong)["assurance"], "weak")


def test_adopted_points_count_as_musts(t):
    data, repo = folder(t), planted(t)
    add(t, data, "adoption", "obligation:temporary-credentials/not-guessable", {"adopted": True, "reason": "our rule"})
    judged = t.run("assess", "--data", data, "--format", "json", repo.path, code=0).obligation("temporary-credentials/not-guessable")
    t.equal((judged["strength"], judged["adopted"]), ("recommended", True))
    t.true(point(standing(t, data), "temporary-credentials/not-guessable")["adopted"], "adopted in the standing")


def test_a_changed_rule_shows_as_a_difference(t):
    data, repo = folder(t), planted(t)
    record(t, data, repo)
    same = t.run("status", "--data", data, "--quiet", "--recompute", "--repo", repo.path, code=0)
    t.has(same.out, "0 verdicts differ")
    catalog = t.dir / "catalog"
    shutil.copytree(harness.ROOT / "catalog", catalog)
    rule = catalog / "tasks" / (POINT + ".sql")
    rule.write_text(rule.read_text(encoding="utf-8").replace("h.category = 'tls_verification_off'", "h.category = 'no_such'"), encoding="utf-8")
    changed = t.run("status", "--data", data, "--quiet", "--recompute", "--repo", repo.path, "--catalog", catalog, code=1)
    t.has(changed.out, POINT + ": recorded violated, recomputed no_evidence")
    t.has(changed.out, "1 verdicts differ")
    t.equal(point(standing(t, data, "--catalog", catalog))["verdict"], "violated")
    other = t.repo("other")
    other.commit("else", {"a": "b"})
    t.has(t.run("status", "--data", data, "--quiet", "--recompute", "--repo", other.path, code=1).out, "none of the repositories named has its commit")


def test_the_day_can_be_kept(t):
    data, repo = folder(t), planted(t)
    record(t, data, repo)
    t.has(t.run("status", "--data", data, "--record", code=0).err, "recorded as fact")
    t.equal([f["subject"] for f in facts(t, data, "verdicts")][-1], "org")
    t.equal(point(standing(t, data))["verdict"], "violated")


def test_wrong_usage(t):
    data = folder(t)
    for argv in (["x"], ["--at", "yesterday"], ["--at", "2999-01-01"], ["--recompute"], ["--repo", "."], ["--format", "sarif"], ["--record", "--at", "2026-01-01"]):
        t.run("status", "--data", data, *argv, code=2)
    t.run("status", "--data", t.dir / "nowhere", code=3)

"""Goal: `sinetti rules` lists every rule, tells why a verdict is as it is, and tries a rule from a file as safely as one of the catalog."""

FILES = {"app/client.py": "import requests\nr = requests.get(url, verify=False)\n"}
OPTIONS = ("--now", "2026-01-01T00:00:00Z")


def planted(t):
    repo = t.repo()
    repo.commit("plant", FILES)
    return repo


def test_list_names_what_the_catalog_has(t):
    rules = t.run("rules", "list", code=0).out.splitlines()
    points = t.run("catalog", "check", code=0, cwd=t.dir).out
    t.has(points, " %d rules over repositories" % len([line for line in rules if ", over the organization)" not in line]))
    t.has(points, " %d over the organization" % len([line for line in rules if "over the organization)" in line]))
    some = t.run("rules", "list", "--task", "release-log", code=0).out.splitlines()
    t.true(some and all(" release-log/" in line for line in some), some)


def test_explain_shows_the_rule_and_its_rows(t):
    repo = planted(t)
    told = t.run("rules", "explain", "public-network-encryption/fraud-prevented", "--repo", repo.path, *OPTIONS, code=0).out
    for part in ("Evidence: ", "Blind spots: ", "FROM hits", "path=app/client.py", "1 with ok 0"):
        t.has(told, part)
    other = t.run("rules", "explain", "public-network-encryption/fraud-prevented", "file:self/other", "--repo", repo.path, *OPTIONS, code=0).out
    t.has(other, "0 rows: ")
    records = t.run("rules", "explain", "critical-software-audit/digital-services-audited", code=0, cwd=repo.path).out
    t.has(records, "Records that can show it: ")
    t.lacks(records, "rows:")


def test_try_agrees_with_the_assessment(t):
    repo = planted(t)
    judged = t.assess(repo).obligation("public-network-encryption/fraud-prevented")
    told = t.run("rules", "try", "public-network-encryption/fraud-prevented", "--ok", "0", "--repo", repo.path, *OPTIONS, code=0).out
    t.has(told, "%d with ok 0" % judged["findings_total"])
    t.equal(len([line for line in told.splitlines() if line.startswith("ok 0")]), judged["findings_total"])


def test_a_rule_from_a_file(t):
    repo = planted(t)
    rule = t.dir / "mine.sql"
    rule.write_text("SELECT a.subject, f.size > 1000 AS ok, f.path FROM asked a JOIN files f ON f.path = a.name WHERE a.type = 'file'", encoding="utf-8")
    t.has(t.run("rules", "try", rule, "--repo", repo.path, *OPTIONS, code=0).out, "1 rows: 0 with ok 1, 1 with ok 0")
    t.has(t.run("rules", "try", rule, "--repo", repo.path, "--limit", "0", *OPTIONS, code=0).out, "… 1 more")
    for sql in ("DELETE FROM asked", "SELECT 1; SELECT 2", "SELECT subject FROM asked", "SELECT subject, 2 AS ok FROM asked", "SELECT subject, random() AS ok FROM asked",
                "ATTACH 'x' AS y", "SELECT '' AS subject, 1 AS ok", "SELECT subject, load_extension('x') AS ok FROM asked", "PRAGMA user_version", "nonsense", ""):
        rule.write_text(sql, encoding="utf-8")
        ran = t.run("rules", "try", rule, "--repo", repo.path, *OPTIONS, code=3)
        t.true(ran.err.startswith("sinetti: ") and "rows" not in ran.out, ran)


def test_wrong_usage(t):
    repo = planted(t)
    for argv in ([], ["nonsense"], ["list", "x"], ["explain"], ["try"], ["try", "a", "b", "c"], ["list", "--ok", "2"], ["list", "--limit", "-1"]):
        t.run("rules", *argv, code=2, cwd=repo.path)
    for argv in (["explain", "release-log/nonsense"], ["try", "release-log"], ["try", "absent.sql"], ["explain", "release-log/production-updates-logged", "--repo", t.dir]):
        t.run("rules", *argv, code=3, cwd=repo.path)


def test_what_shows_a_point_is_named(t):
    repo = planted(t)
    repo.commit("rules", {"CONTRIBUTING.md": "# Contributing\n\n## Code review\n\nEvery change must be reviewed by another developer before it is merged.\n\n"
                                             "## Releases\n\nReleases are made by the maintainers: tag the version, run the release workflow, publish the notes.\n"
                                             "Ask on the mailing list when a change does not fit what is planned for the next version, and add yourself to the list of people.\n"})
    met = t.assess(repo).obligation("code-review-rules/rules-defined")
    t.equal(met["verdict"], "met")
    t.equal([s["path"] for s in met["shown_by"]], ["CONTRIBUTING.md"])
    t.has(t.run("assess", *OPTIONS, "--format", "html", repo.path, code=0).out, "Shown by")


def test_the_scanner_tells_its_rules_and_how_to_keep_a_line(t):
    repo = planted(t)
    listed = t.run("catalog", "scanner", code=0).out
    [finding] = [f for f in t.assess(repo).findings() if f["of"] == "public-network-encryption/fraud-prevented"]
    t.true(any(line.split()[0] == finding["allow"] for line in listed.splitlines()), finding)
    repo.commit("keep", {"app/client.py": "import requests\n# sinetti:allow %s the device has no certificate of its own\nr = requests.get(url, verify=False)\n" % finding["allow"]})
    t.equal(t.assess(repo).obligation("public-network-encryption/fraud-prevented")["verdict"], "met")

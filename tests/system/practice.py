"""Goal: what a history and its documents show is judged as the rules promise, and a project that shows no practice is never blamed for it."""
from harness import DAY, NOW

ANN, BO, CAI = "Ann Aalto <ann@shop.fi>", "Bo Berg <bo@shop.fi>", "Cai Koski <cai@shop.fi>"


def history(t, name, n, message=lambda i: "change %d" % i, files=lambda i: {"src/m.c": "int x = %d;\n" % i}, author=lambda i: ANN, committer=lambda i: None):
    """n commits, two days apart, up to the tests' present."""
    repo = t.repo(name)
    repo.commit("start", {"src/start.c": "int s;\n"}, at=NOW - (2 * n + 10) * DAY)
    for i in range(n):
        repo.commit(message(i), files(i), author=author(i), committer=committer(i), at=NOW - 2 * (n - i) * DAY)
    return repo


def failing(t, repo, obligation, *options):
    return t.assess(repo, *options).obligation(obligation)


def reviewed(*names):
    return "".join("Reviewed-by: %s\n" % name for name in names)


def test_review_by_another(t):
    key = "code-review-rules/rules-enforced"
    bad = history(t, "bad", 24, lambda i: "change %d\n\n%s" % (i, reviewed(BO) if i != 20 else "Signed-off-by: %s\n" % ANN))
    point = failing(t, bad, key)
    t.equal((point["verdict"], point["failing"], len(point["findings"])), ("violated", 1, 1))
    t.has(point["findings"][0]["message"], "change 20")
    t.equal(failing(t, history(t, "good", 24, lambda i: "change %d\n\n%s" % (i, reviewed(BO))), key)["failing"], 0)
    own = history(t, "own", 24, lambda i: "change %d\n\n%s" % (i, reviewed(BO if i != 20 else ANN)))
    t.equal(failing(t, own, key)["failing"], 1, "a review of one's own")
    both = history(t, "both", 24, lambda i: "change %d\n\n%s" % (i, reviewed(BO) if i != 20 else "Co-authored-by: %s\n%s" % (BO, reviewed(BO))))
    point = failing(t, both, key)
    t.equal((point["population"] - point["judged"], point["failing"]), (1, 0), "a co-author's review is none, and two have seen it")
    point = failing(t, history(t, "silent", 24), key)
    t.equal((point["verdict"], point["failing"]), ("no_evidence", 0), "a project without the practice")


def test_two_reviewers(t):
    key = "code-review-rules/two-reviewers"
    bad = history(t, "bad", 24, lambda i: "change %d\n\n%s" % (i, reviewed(BO) + (reviewed(CAI) if i != 9 else "")))
    t.equal(failing(t, bad, key)["failing"], 1)
    twice = history(t, "twice", 24, lambda i: "change %d\n\n%s" % (i, reviewed(BO) + (reviewed(CAI) if i != 9 else reviewed("B. Berg <bo@shop.fi>"))))
    t.equal(failing(t, twice, key)["failing"], 1, "one person under two names")
    t.equal(failing(t, history(t, "good", 24, lambda i: "change %d\n\n%s" % (i, reviewed(BO, CAI))), key)["failing"], 0)
    t.equal(failing(t, history(t, "one", 24, lambda i: "change %d\n\n%s" % (i, reviewed(BO))), key)["failing"], 0, "nobody practises it")


def test_published_by_the_listed(t):
    key = "authorized-publishers/only-listed-publish"
    listed = {"MAINTAINERS.md": "# Maintainers\n\n- Ann Aalto <ann@shop.fi>\n- Bo Berg <bo@shop.fi>\n"}

    def files(i):
        return {**(listed if i == 0 else {}), "src/m.c": "int x = %d;\n" % i}
    bad = history(t, "bad", 24, files=files, author=lambda i: [ANN, BO][i % 2], committer=lambda i: CAI if i == 20 else None)
    point = failing(t, bad, key)
    t.equal(point["failing"], 1)
    good = history(t, "good", 24, files=files, author=lambda i: CAI if i == 20 else [ANN, BO][i % 2], committer=lambda i: ANN if i == 20 else None)
    t.equal(failing(t, good, key)["failing"], 0, "applied by a listed person")
    t.equal(failing(t, history(t, "none", 24, author=lambda i: [ANN, BO, CAI][i % 3]), key)["failing"], 0, "no list")


def test_releases_are_logged(t):
    key = "release-log/production-updates-logged"

    def build(name, without=(), undated=()):
        entries, repo = ["# Changelog\n"], t.repo(name)
        for i in range(6):
            if i not in without:
                entries.insert(1, "## [1.%d.0]%s\n\n- a change\n" % (i, "" if i in undated else " - 2025-%02d-03" % (i + 4)))
            repo.commit("release 1.%d.0" % i, {"CHANGELOG.md": "\n".join(entries), "src/a.c": "int a = %d;\n" % i}, at=NOW - (240 - 30 * i) * DAY)
            repo.git("tag", "-a", "-m", "release", "v1.%d.0" % i, env={"GIT_COMMITTER_DATE": "%d +0000" % repo.clock})
        return repo
    point = failing(t, build("bad", without=(4,)), key)
    t.equal(point["failing"], 1)
    t.has(point["findings"][0]["message"], "1.4.0")
    t.equal(failing(t, build("undated", undated=(3,)), key)["failing"], 1)
    t.equal(failing(t, build("good"), key)["verdict"], "met")
    t.equal(failing(t, build("unlogged", without=range(6)), key)["failing"], 0, "no log at all is another point's matter")


def test_migrations_have_a_way_down(t):
    key = "restoration-strategy/way-back-before-release"
    up, down = "CREATE TABLE a (b int);\n", "DROP TABLE a;\n"
    bad, good = t.repo("bad"), t.repo("good")
    pairs = {"migrations/%06d_make.%s.sql" % (i, way): text for i in (1, 2, 3) for way, text in (("up", up), ("down", down))}
    bad.commit("one", {k: v for k, v in pairs.items() if k != "migrations/000002_make.down.sql"}, at=NOW - 30 * DAY)
    good.commit("one", pairs, at=NOW - 30 * DAY)
    point = failing(t, bad, key)
    t.equal([f.get("path") for f in point["findings"]], ["migrations/000002_make.up.sql"])
    t.equal(failing(t, good, key)["failing"], 0)


def test_critical_code_has_owners(t):
    key = "critical-code-identification/new-critical-code-found"
    code = {"src/auth/login.py": "def login(password):\n    return check(password)\n", "src/crypto/cipher.py": "def encrypt(key):\n    return aes(key)\n",
            "src/payment/checkout.py": "import stripe\n\ndef pay(card_number):\n    return stripe.charge(card_number)\n", "src/page.py": "def page():\n    return 1\n"}
    bad, good, none = t.repo("bad"), t.repo("good"), t.repo("none")
    bad.commit("one", {**code, "CODEOWNERS": "/src/auth/ @ann\n/src/crypto/ @ann\n"}, at=NOW - 30 * DAY)
    good.commit("one", {**code, "CODEOWNERS": "/src/auth/ @ann\n/src/crypto/ @ann\n/src/payment/ @bo\n"}, at=NOW - 30 * DAY)
    none.commit("one", code, at=NOW - 30 * DAY)
    t.equal([f.get("path") for f in failing(t, bad, key)["findings"]], ["src/payment/checkout.py"])
    t.equal(failing(t, good, key)["failing"], 0)
    t.equal(failing(t, none, key)["failing"], 0, "no CODEOWNERS: another point's matter")


def test_codeowners_that_are_not_read(t):
    key = "critical-code-identification/new-critical-code-found"
    repo = t.repo()
    repo.commit("one", {"src/a.py": "x = 1\n", ".github/CODEOWNERS": "*.py @ann\n!/src/b.py @bo\n/src/[ab].py @bo\n/gone/ @bo\n/src/a.py not-an-owner\n"}, at=NOW - 30 * DAY)
    found = failing(t, repo, key)["findings"]
    t.equal([f.get("line") for f in found], [2, 3, 4, 5])


def test_guidelines_are_reviewed_each_year(t):
    key = "secure-development-guidelines/reviewed-yearly"
    text = "# Secure coding guidelines\n\nLast reviewed: %s\n\n%s"
    for name, when, verdict in (("bad", "2024-06-01", "violated"), ("good", "2025-09-01", "met")):
        repo = t.repo(name)
        repo.commit("one", {"docs/secure-coding.md": text % (when, "Every input is validated before it is used. Secrets never stand in code. Code is reviewed by two people.\n\n" * 9)}, at=NOW - 20 * DAY)
        t.equal(failing(t, repo, key)["verdict"], verdict, name)


def test_tests_whose_failure_is_ignored(t):
    key = "definition-of-done/tested-before-live"
    ci = "on: [push, pull_request]\njobs:\n  t:\n    runs-on: ubuntu-latest\n    steps:\n      - uses: actions/checkout@v4\n      - run: %s\n"
    for name, command, verdict in (("bad", "npm test\n        continue-on-error: true", "violated"), ("good", "npm test", "met"), ("none", "npm run build", "no_evidence")):
        repo = t.repo(name)
        repo.commit("one", {".github/workflows/ci.yml": ci % command, "src/a.js": "1\n"})
        t.equal(failing(t, repo, key)["verdict"], verdict, name)


def test_workflows_with_all_rights(t):
    key = "source-code-management/need-to-know"
    ci = "on: push\npermissions: %s\njobs:\n  t:\n    runs-on: ubuntu-latest\n    steps:\n      - run: make\n"
    for name, rights, verdict in (("bad", "write-all", "violated"), ("good", "{contents: read}", "met")):
        repo = t.repo(name)
        repo.commit("one", {".github/workflows/ci.yml": ci % rights})
        t.equal(failing(t, repo, key)["verdict"], verdict, name)


def test_breaking_changes_are_announced(t):
    key = "change-management/impacts-assessed"

    def build(name, version, entry):
        repo = t.repo(name)
        repo.commit("start", {"src/a.c": "int a;\n", "CHANGELOG.md": "# Changelog\n\n## 1.0.0 - 2025-06-01\n- first\n"}, at=NOW - 200 * DAY)
        repo.git("tag", "-a", "-m", "x", "v1.0.0", env={"GIT_COMMITTER_DATE": "%d +0000" % repo.clock})
        repo.commit("feat!: drop the old call\n\nBREAKING CHANGE: old() is gone\n", {"src/a.c": "int b;\n"}, at=NOW - 100 * DAY)
        repo.commit("release", {"CHANGELOG.md": "# Changelog\n\n## %s - 2025-10-01\n%s\n\n## 1.0.0 - 2025-06-01\n- first\n" % (version, entry)}, at=NOW - 90 * DAY)
        repo.git("tag", "-a", "-m", "x", "v" + version, env={"GIT_COMMITTER_DATE": "%d +0000" % repo.clock})
        return repo
    t.equal(failing(t, build("bad", "1.1.0", "- faster"), key)["failing"], 1)
    t.equal(failing(t, build("major", "2.0.0", "- faster"), key)["failing"], 0)
    t.equal(failing(t, build("told", "1.1.0", "- **Breaking:** old() is gone"), key)["failing"], 0)


def test_an_empty_project_is_blamed_for_nothing(t):
    repo = t.repo()
    repo.commit("one", {"README.md": "# A project\n", "src/a.c": "int main(void)\n{\n    return 0;\n}\n"})
    ran = t.assess(repo, "--preset", "page")
    t.equal(ran.findings(), [])
    t.equal(ran.json()["summary"]["fully_done"], 0)

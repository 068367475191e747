"""Goal: `sinetti check` tells only what a change brings, with how to fix it, on a screenful; its hooks stop it."""
BAD = "import requests\nr = requests.get(url, verify=False)\n"
GOOD = "import requests\nr = requests.get(url)\n"


def with_old_defect(t):
    repo = t.repo()
    repo.commit("old", {"src/old.py": BAD, "README.md": "# A\n"})
    return repo


def check(t, repo, *argv, code=None):
    return t.run("check", "--repo", repo.path, "--now", "2026-01-01T00:00:00Z", *argv, code=code)


def test_what_was_there_is_left_out(t):
    repo = with_old_defect(t)
    repo.commit("more", {"src/other.py": GOOD})
    t.lacks(check(t, repo, "HEAD~1..HEAD", code=0).out, "src/old.py")


def test_what_is_new_is_told_with_its_fix(t):
    repo = with_old_defect(t)
    repo.commit("worse", {"src/new.py": BAD})
    ran = check(t, repo, "HEAD~1..HEAD", code=1)
    t.has(ran.out, "src/new.py:2")
    t.lacks(ran.out, "src/old.py")
    t.has(ran.out, "certificate")
    t.true(len(ran.out.splitlines()) <= 40, "a screenful")
    check(t, repo, "--fail-on", "never", "HEAD~1..HEAD", code=0)
    check(t, repo, "--fail-on", "critical", "HEAD~1..HEAD", code=0)


def test_what_is_mended_or_moved_is_silent(t):
    repo = with_old_defect(t)
    repo.commit("mend", {"src/old.py": GOOD})
    check(t, repo, "HEAD~1..HEAD", code=0)
    repo.git("reset", "-q", "--hard", "HEAD~1")
    repo.commit("lines move", {"src/old.py": "import os\n\n" + BAD})
    check(t, repo, "HEAD~1..HEAD", code=0)


def test_the_staged_change(t):
    repo = with_old_defect(t)
    repo.write("src/new.py", BAD)
    check(t, repo, "--staged", code=0)
    repo.git("add", "src/new.py")
    t.has(check(t, repo, "--staged", code=1).out, "src/new.py:2")
    repo.write("src/new.py", GOOD)  # only in the work tree
    check(t, repo, "--staged", code=1)


def test_staged_before_the_first_commit(t):
    repo = t.repo()
    repo.write("src/new.py", BAD)
    repo.git("add", "-A")
    t.has(check(t, repo, "--staged", code=1).out, "src/new.py:2")


def test_without_a_range_since_the_upstream(t):
    upstream = with_old_defect(t)
    t.git("clone", "-q", str(upstream.path), "clone")
    repo = t.repo("scratch")
    repo.path = t.dir / "clone"
    repo.clock = upstream.clock
    repo.commit("worse", {"src/new.py": BAD})
    ran = check(t, repo, code=1)
    t.has(ran.out, "src/new.py:2")
    t.lacks(ran.out, "src/old.py")


def test_wrong_ranges(t):
    repo = with_old_defect(t)
    check(t, repo, "HEAD", code=2)
    check(t, repo, "HEAD...HEAD", code=2)
    check(t, repo, "--staged", "HEAD~1..HEAD", code=2)
    check(t, repo, "nowhere..HEAD", code=3)


def test_a_baseline_is_left_out(t):
    repo = with_old_defect(t)
    repo.commit("worse", {"src/new.py": BAD})
    t.run("assess", "--quiet", "--write-baseline", "b.json", "--owner", "us", "--now", "2026-01-01T00:00:00Z", repo.path, code=0)
    check(t, repo, "--baseline", "b.json", "HEAD~1..HEAD", code=0)


def test_hooks_stop_commit_and_push(t):
    repo = with_old_defect(t)
    t.git("init", "-q", "--bare", "remote.git")
    repo.git("remote", "add", "origin", str(t.dir / "remote.git"))
    repo.git("push", "-q", "origin", "main")
    t.run("check", "--repo", repo.path, "--install-hook", code=0)
    t.run("check", "--repo", repo.path, "--install-hook", code=0)  # renews its own
    repo.write("src/new.py", BAD)
    repo.git("add", "-A")
    repo.git("commit", "-q", "-m", "worse", check=False)
    t.equal(repo.git("rev-list", "--count", "HEAD").decode().strip(), "1", "commits after the refused one")
    repo.git("commit", "-q", "--no-verify", "-m", "worse")
    repo.git("push", "-q", "origin", "main", check=False)
    t.equal(t.git("-C", "remote.git", "rev-list", "--count", "main").decode().strip(), "1", "commits pushed")
    repo.write("src/new.py", GOOD)
    repo.git("add", "-A")
    repo.git("commit", "-q", "--amend", "-m", "good")
    repo.git("push", "-q", "origin", "main")
    t.equal(t.git("-C", "remote.git", "rev-list", "--count", "main").decode().strip(), "2", "commits pushed")


def test_a_hook_of_somebody_else_is_kept(t):
    repo = with_old_defect(t)
    hook = repo.path / ".git" / "hooks" / "pre-commit"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text("#!/bin/sh\nexit 0\n", encoding="utf-8")
    ran = t.run("check", "--repo", repo.path, "--install-hook")
    t.true(ran.code != 0, ran)
    t.has(ran.err, "sinetti check --staged")
    t.equal(hook.read_text(encoding="utf-8"), "#!/bin/sh\nexit 0\n")


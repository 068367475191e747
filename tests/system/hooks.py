"""Goal: the hooks ask about what a commit or a push brings, however git is called: nothing bad slips by, nobody answers for others' commits."""
import os

from change import BAD, GOOD


def hooked(t, name="repo", *options):
    repo = t.repo(name)
    repo.commit("start", {"README.md": "# A\n"})
    t.git("init", "-q", "--bare", "-b", "main", "remote.git")
    repo.git("remote", "add", "origin", str(t.dir / "remote.git"))
    t.run("check", "--repo", repo.path, "--install-hook", *options, code=0)
    return repo


def git(t, repo, *argv):
    """Whether it went through, and what was said."""
    import subprocess
    done = subprocess.run(["git", "-C", str(repo.path), *argv], cwd=t.dir, env=t.env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    out = done.stdout.decode("utf-8", "replace")
    if "Sanitizer" in out or "runtime error:" in out:
        t.true(False, out)
    return done.returncode == 0, out


def passes(t, repo, *argv):
    went, out = git(t, repo, *argv)
    t.true(went, "git %s: %s" % (" ".join(argv), out))
    return out


def stopped(t, repo, *argv):
    went, out = git(t, repo, *argv)
    t.true(not went, "git %s went through" % " ".join(argv))
    return out


def unseen(repo, message, files):
    """A commit past the hook."""
    repo.commit(message, files, options=("--no-verify",))


def test_the_first_push_of_a_repository(t):
    repo = hooked(t)
    unseen(repo, "bad", {"src/a.py": BAD})
    t.has(stopped(t, repo, "push", "-q", "origin", "main"), "src/a.py:2")
    t.has(t.run("check", "--repo", repo.path, code=1).out, "src/a.py:2")  # by hand, too
    unseen(repo, "good", {"src/a.py": GOOD})
    passes(t, repo, "push", "-q", "origin", "main")
    t.has(stopped_after(t, repo, "src/b.py"), "src/b.py:2")


def stopped_after(t, repo, name):
    unseen(repo, "bad", {name: BAD})
    return stopped(t, repo, "push", "-q", "origin", "HEAD")


def test_a_branch_on_a_published_branch(t):
    repo = hooked(t)
    passes(t, repo, "push", "-q", "origin", "main")
    repo.git("checkout", "-q", "-b", "theirs")
    unseen(repo, "of others", {"src/theirs.py": BAD})
    repo.git("push", "-q", "--no-verify", "origin", "theirs")
    repo.git("checkout", "-q", "-b", "mine")
    repo.commit("mine", {"src/mine.py": GOOD})
    passes(t, repo, "push", "-q", "origin", "mine")
    out = stopped_after(t, repo, "src/worse.py")
    t.lacks(out, "theirs.py")
    t.has(out, "refs/heads/mine")


def test_a_rebased_branch(t):
    repo = hooked(t)
    passes(t, repo, "push", "-q", "origin", "main")
    repo.git("checkout", "-q", "-b", "mine")
    repo.commit("mine", {"src/mine.py": GOOD})
    passes(t, repo, "push", "-q", "origin", "mine")
    repo.git("checkout", "-q", "main")
    unseen(repo, "of others", {"src/theirs.py": BAD})
    repo.git("push", "-q", "--no-verify", "origin", "main")
    repo.git("checkout", "-q", "mine")
    repo.git("rebase", "-q", "main")
    passes(t, repo, "push", "-q", "--force", "origin", "mine")


def test_a_merged_main(t):
    """The published commits that were merged in are not the branch's."""
    repo = hooked(t)
    passes(t, repo, "push", "-q", "origin", "main")
    repo.git("checkout", "-q", "-b", "mine")
    repo.commit("mine", {"src/mine.py": GOOD})
    for i in range(3):
        repo.git("checkout", "-q", "main")
        unseen(repo, "of others", {"src/theirs%d.py" % i: BAD})
        repo.git("push", "-q", "--no-verify", "origin", "main")
        repo.git("checkout", "-q", "mine")
        repo.git("merge", "-q", "--no-edit", "--no-verify", "main")
    passes(t, repo, "push", "-q", "origin", "mine")


def test_a_history_of_its_own(t):
    repo = hooked(t)
    passes(t, repo, "push", "-q", "origin", "main")
    repo.git("checkout", "-q", "--orphan", "pages")
    repo.git("rm", "-q", "-rf", ".")
    repo.commit("pages", {"index.html": "<p>\n"})
    passes(t, repo, "push", "-q", "origin", "pages")
    t.run("check", "--repo", repo.path, "main..pages", code=0)
    stopped_after(t, repo, "src/a.py")
    t.has(t.run("check", "--repo", repo.path, "main..pages", code=1).out, "src/a.py:2")


def test_tags_and_deletions(t):
    repo = hooked(t)
    passes(t, repo, "push", "-q", "origin", "main")
    for name, what in (("light", "HEAD"), ("file", "HEAD:README.md"), ("tree", "HEAD^{tree}")):
        repo.git("tag", name, what)
    repo.git("tag", "-a", "-m", "x", "whole")
    repo.git("tag", "-a", "-m", "x", "of-a-file", "file")
    passes(t, repo, "push", "-q", "origin", "light", "file", "tree", "whole", "of-a-file")
    passes(t, repo, "push", "-q", "origin", ":light")
    unseen(repo, "bad", {"src/a.py": BAD})
    repo.git("tag", "-a", "-m", "x", "bad")
    t.has(stopped(t, repo, "push", "-q", "origin", "bad"), "src/a.py:2")
    stopped(t, repo, "push", "-q", "--mirror", "origin")


def test_a_remote_by_its_address(t):
    """There are no branches of it here; what git says it has is all there is."""
    repo = hooked(t)
    repo.git("remote", "remove", "origin")
    remote = str(t.dir / "remote.git")
    unseen(repo, "of others", {"src/theirs.py": BAD})
    stopped(t, repo, "push", "-q", remote, "main")
    repo.git("push", "-q", "--no-verify", remote, "main")
    repo.commit("mine", {"src/mine.py": GOOD})
    passes(t, repo, "push", "-q", remote, "main")


def test_every_way_to_commit(t):
    repo = hooked(t)
    repo.write("src/bad.py", BAD)
    repo.write("README.md", "# B\n")
    passes(t, repo, "commit", "-q", "-m", "all that is tracked", "-a")
    repo.write("README.md", "# C\n")
    repo.git("add", "-N", "src/bad.py")
    passes(t, repo, "commit", "-q", "-m", "one file", "README.md")
    stopped(t, repo, "commit", "-q", "-m", "only that", "src/bad.py")
    stopped(t, repo, "commit", "-q", "-m", "all", "-a")
    for before, after in ((("update-index", "--split-index"), ("update-index", "--no-split-index")),
                          (("sparse-checkout", "init", "--cone", "--sparse-index"), ("sparse-checkout", "disable"))):
        repo.git(*before)
        repo.git("add", "src/bad.py", check=False)
        repo.git("update-index", "--add", "--cacheinfo", "100644,%s,src/bad.py" % repo.git("hash-object", "-w", "--stdin", data=BAD.encode()).decode().strip())
        stopped(t, repo, "commit", "-q", "-m", "all")
        repo.git("reset", "-q")
        repo.git(*after)
    repo.git("worktree", "add", "-q", str(t.dir / "linked"), "-b", "side")
    linked = t.repo("scratch")
    linked.path = t.dir / "linked"
    linked.write("src/a.py", BAD)
    linked.git("add", "-A")
    stopped(t, linked, "commit", "-q", "-m", "in a linked work tree")


def test_odd_names_of_folders(t):
    name = "it's a \"$HOME\" `x` \\ repo"
    repo = hooked(t, name)
    repo.write("src/a.py", BAD)
    repo.git("add", "-A")
    t.has(stopped(t, repo, "commit", "-q", "-m", "bad"), "src/a.py:2")


def test_options_are_checked_and_files_found_from_anywhere(t):
    repo = t.repo()
    repo.commit("start", {"README.md": "# A\n", "sub/a": ""})
    for argv in (("--fail-on", "sometimes"), ("--task", "nothing"), ("--preset", "nothing"), ("--baseline", "nowhere.json"), ("--catalog", "nowhere")):
        ran = t.run("check", "--install-hook", *argv, cwd=repo.path / "sub")
        t.equal(ran.code, 2 if argv[0] in ("--fail-on", "--task", "--preset") else 3, argv)
    t.true(not (repo.path / ".git" / "hooks" / "pre-commit").exists(), "installed all the same")
    unseen(repo, "bad", {"src/a.py": BAD})
    t.run("assess", "--quiet", "--write-baseline", repo.path / "sub" / "known.json", "--owner", "us", repo.path, code=0)
    repo.git("reset", "-q", "--hard", "HEAD~1")
    t.run("check", "--install-hook", "--baseline", "known.json", cwd=repo.path / "sub", code=0)
    repo.write("src/a.py", BAD)
    repo.git("add", "-A")
    passes(t, repo, "commit", "-q", "-m", "known")
    os.rename(repo.path, t.dir / "moved")
    repo.path = t.dir / "moved"
    repo.write("src/b.py", BAD)
    repo.git("add", "-A")
    t.has(stopped(t, repo, "commit", "-q", "-m", "new"), "src/b.py:2")


def test_nothing_to_compare_with_in_a_shallow_clone(t):
    repo = t.repo()
    for i in range(4):
        repo.commit("c%d" % i, {"a": str(i)})
    repo.git("branch", "side", "HEAD~2")
    t.git("clone", "-q", "--depth", "1", "--no-single-branch", "file://%s" % repo.path, "shallow")
    ran = t.run("check", "--repo", t.dir / "shallow", "origin/side..HEAD", code=3)
    t.has(ran.err, "git fetch --unshallow")

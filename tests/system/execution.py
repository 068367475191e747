"""Goal: nothing of a repository is executed, its configuration has no effect, nothing is written and nothing is fetched."""
import os
import subprocess

BLOB = "a003ef79b149f0f62ae533496392b1cc94c5ef54"  # "y = 1"


def armed(t):
    """A repository full of programs that leave a file called canary."""
    evil = t.dir / "evil"
    evil.write_text("#!/bin/sh\ntouch '%s/canary'\ncat\n" % t.dir, encoding="utf-8")
    evil.chmod(0o755)
    repo = t.repo()
    repo.commit("one", {".gitattributes": "* filter=evil diff=evil merge=evil\n", "src/a.py": "x = 1\n", "README.md": "# a\n",
                        "Makefile": "all:\n\ttouch %s/canary\n" % t.dir, ".mailmap": "!%s\n" % evil, "package.json": '{"scripts": {"prepare": "%s"}}\n' % evil})
    repo.commit("two", {"src/b.py": "y = 1\n"})
    config = repo.path / ".git" / "config"
    for key in ("core.fsmonitor", "core.sshCommand", "core.pager", "core.editor", "core.gitProxy", "core.askPass", "core.alternateRefsCommand", "credential.helper",
                "gpg.program", "gpg.ssh.program", "diff.external", "diff.evil.command", "diff.evil.textconv", "filter.evil.clean", "filter.evil.smudge",
                "filter.evil.process", "pager.log", "uploadpack.packObjectsHook", "sequence.editor", "trailer.x.command"):
        t.git("config", "--file", str(config), key, str(evil))
    with open(config, "a", encoding="utf-8") as f:
        f.write("[alias]\n log = !%s\n cat-file = !%s\n rev-list = !%s\n" % (evil, evil, evil))
        f.write("[core]\n hooksPath = %s\n attributesFile = %s\n" % (t.dir / "hooks", evil))
        f.write("[log]\n showSignature = true\n[remote \"origin\"]\n url = ext::%s\n promisor = true\n partialclonefilter = blob:none\n" % evil)
        f.write("[protocol \"ext\"]\n allow = always\n[extensions]\n partialClone = origin\n[core]\n repositoryformatversion = 1\n")
    for folder in (t.dir / "hooks", repo.path / ".git" / "hooks"):
        folder.mkdir(exist_ok=True)
        for hook in ("pre-commit", "post-index-change", "reference-transaction", "fsmonitor-watchman", "post-checkout", "pre-push", "proc-receive"):
            (folder / hook).write_bytes(evil.read_bytes())
            (folder / hook).chmod(0o755)
    return repo, evil


def state(path):
    return sorted((str(p), p.lstat().st_mtime_ns, p.lstat().st_size, p.lstat().st_mode) for p in path.rglob("*"))


def test_nothing_runs_and_nothing_is_written(t):
    repo, _ = armed(t)
    (repo.path / ".git" / "objects" / BLOB[:2] / BLOB[2:]).unlink()  # the promisor remote would be asked for it
    (t.dir / "canary").unlink(missing_ok=True)
    before = state(repo.path)
    t.assess(repo)
    t.run("check", "--repo", repo.path, "HEAD~1..HEAD")
    t.run("check", "--repo", repo.path, "--staged")
    t.true(not (t.dir / "canary").exists(), "something was executed")
    t.equal(state(repo.path), before, "the repository")


def test_the_trap_works(t):
    """Git itself falls into it, so that the test above can fail."""
    repo, _ = armed(t)
    (t.dir / "canary").unlink(missing_ok=True)
    t.git("-C", str(repo.path), "status", check=False)
    t.true((t.dir / "canary").exists(), "git status did not run core.fsmonitor")


def test_the_environment_cannot_turn_it(t):
    repo, evil = armed(t)
    (t.dir / "canary").unlink(missing_ok=True)
    other = t.repo("other")
    other.commit("else", {"z": "1"})
    t.assess(repo, env={"GIT_DIR": str(other.path / ".git"), "GIT_EXTERNAL_DIFF": str(evil), "GIT_SSH_COMMAND": str(evil), "GIT_CONFIG_COUNT": "1",
                        "GIT_CONFIG_KEY_0": "core.fsmonitor", "GIT_CONFIG_VALUE_0": str(evil), "GIT_OBJECT_DIRECTORY": str(other.path / ".git" / "objects"),
                        "GIT_TRACE": str(t.dir / "canary"), "GIT_PAGER": str(evil), "PAGER": str(evil)})
    t.true(not (t.dir / "canary").exists(), "something was executed or traced")


def test_configuration_of_the_user_has_no_effect(t):
    repo, evil = armed(t)
    plain = t.assess(repo).raw
    (t.home / ".gitconfig").write_text("[core]\n fsmonitor = %s\n quotePath = false\n[log]\n showSignature = true\n[diff]\n renames = copies\n[i18n]\n logOutputEncoding = latin1\n"
                                       "[safe]\n directory = /nowhere\n" % evil, encoding="utf-8")
    (t.dir / "canary").unlink(missing_ok=True)
    t.equal(t.assess(repo).raw == plain, True, "the same report")
    t.true(not (t.dir / "canary").exists(), "something was executed")


def test_replaced_and_grafted_objects_do_not_count(t):
    repo = t.repo()
    repo.commit("one", {"a": "1"})
    repo.commit("two", {"a": "2"})
    plain = t.assess(repo).json()
    other = repo.git("commit-tree", "-m", "replaced", "HEAD^{tree}").decode().strip()
    repo.git("replace", "HEAD", other)
    told = t.assess(repo).json()
    t.equal(told["repository"]["commits"], plain["repository"]["commits"])
    t.true(told["notices"], "no word about the replaced object")


def test_no_network(t):
    """In a network of its own, where there is none, the report is the same."""
    if subprocess.run(["unshare", "-rn", "true"], check=False, stderr=subprocess.DEVNULL).returncode != 0:
        t.skip("this kernel gives no network namespace")
    repo, _ = armed(t)
    plain = t.assess(repo).raw
    argv = ["unshare", "-n" if os.getuid() == 0 else "-rn", t.program, "assess", "--now", "2026-01-01T00:00:00Z", "--format", "json", str(repo.path)]
    alone = subprocess.run(argv, cwd=t.dir, env=t.env, stdout=subprocess.PIPE, check=True).stdout
    t.equal(alone == plain, True, "the same report")


def test_programs_in_the_path_of_the_repository(t):
    """The folder it runs in is not searched for programs."""
    repo, evil = armed(t)
    for name in ("git", "sh", "gpg", "ssh"):
        (repo.path / name).write_bytes(evil.read_bytes())
        (repo.path / name).chmod(0o755)
    (t.dir / "canary").unlink(missing_ok=True)
    t.assess(".", cwd=repo.path, env={"PATH": ".:" + t.env["PATH"]})
    t.true(not (t.dir / "canary").exists(), "a program of the repository was executed")

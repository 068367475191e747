"""Goal: what an operator meets in the first hour: a history taken over under the name its main branch has, and advice that does no harm when the disk is full or unreadable."""
import os
import resource
import signal
import subprocess

from git_gate import Host, person, settled


def mains(t):
    return {line.split("\t")[0]: line.split("\t")[2] for line in t.run("repo", "list", "--data", "data", code=0).out.splitlines()}


def test_import_protects_the_main_branch_that_there_is(t):
    t.run("init", "--data", "data", "--origin", "test.example.org/first", code=0)
    repo = t.repo("old", "--initial-branch=trunk")
    repo.commit("first", {"a.txt": "a\n"})
    create = ("repo", "create", "--data", "data", "--import", repo.path)
    t.run(*create, "shop", code=0)
    t.has(t.run(*create, "other", "--main", "main", code=3).err, "has no branch refs/heads/main: say by --main")
    repo.git("branch", "next")
    t.run(*create, "next", "--main", "next", code=0)
    repo.git("checkout", "-q", "--detach")
    t.has(t.run(*create, "adrift", code=3).err, "say by --main")
    t.has(t.run(*create, "adrift", "--main", "refs/tags/x", code=3).err, "is no branch")
    t.has(t.run("repo", "create", "--data", "data", "far", "--import", "https://example.org/far.git", code=3).err, "git clone --mirror")
    t.run("repo", "create", "--data", "data", "--import", t.repo("empty").path, "empty", code=0)
    t.run("repo", "create", "--data", "data", "new", code=0)
    t.equal(mains(t), {"shop": "refs/heads/trunk", "next": "refs/heads/next", "empty": "refs/heads/main", "new": "refs/heads/main"})
    t.equal(len(list((t.dir / "data" / "hosted").iterdir())), 4)


def test_no_backup_is_put_in_place_of_a_log_that_is_whole(t):
    t.run("init", "--data", "data", "--origin", "test.example.org/first", code=0)

    def no_room():
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    done = subprocess.run([t.program, "doctor", "--data", "data"], cwd=t.dir, env=t.env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, preexec_fn=no_room, check=False)
    said = done.stdout.decode()
    t.equal(done.returncode, 1, said)
    t.has(said, "amiss  audit log: ledger.db: ")
    t.has(said, "put no backup in its place")
    with open(t.dir / "data" / "ledger.db", "r+b") as log:
        log.write(b"nothing of a database")
    t.has(t.run("doctor", "--data", "data", code=1).out, "`sinetti restore` puts a backup in its place")


def test_what_cannot_be_connected_is_not_listed_as_if_it_were(t):
    t.run("init", "--data", "data", "--origin", "test.example.org/first", code=0)
    for kind, name, locked in (("bare", "b", "hooks"), ("bare", "c", "."), ("gitea", "d", "hooks"), ("gitlab", "e", ".")):
        bare = t.dir / (name + ".git")
        t.git("init", "-q", "--bare", str(bare))
        (bare / locked).chmod(0o500)
        command = [t.program, "repo", "connect", name, str(bare), "--host", kind, "--data", "data"]
        # root is held by modes too without its capabilities
        done = subprocess.run(["setpriv", "--inh-caps=-all", "--bounding-set=-all", *command] if os.geteuid() == 0 else command,
                              cwd=t.dir, env=t.env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)
        (bare / locked).chmod(0o755)
        t.equal(done.returncode, 3, done)
        t.has(done.stderr.decode(), "so no gate can stand there")
    t.equal(mains(t), {})


def test_what_a_killed_git_has_left_locked_stops_nobody(t):
    """As a power cut leaves it, in the middle of moving the main branch: HEAD is locked with it."""
    h = Host(t)
    work = h.begin()

    def cut(*names):
        for name in ("HEAD", "packed-refs", *names):
            (h.path / (name + ".lock")).touch()
    work.commit("x", {"x.txt": "x\n"}, author=person("ella"))
    number = h.propose("ella", work)
    h.review("mikko", "approve", "acme", number, 1)
    cut("refs/heads/main")
    t.has(h.review("mikko", "publish", "acme", number).out, "published")
    cut("refs/heads/mine")
    code, said = h.push("ella", work, "HEAD:refs/heads/mine")
    t.equal(code, 0, said)
    t.equal(list(h.path.rglob("*.lock")), [h.path / "sinetti.lock"])
    settled(t)

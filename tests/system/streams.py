"""Goal: reports go where they were sent and nowhere else, a report that could not be written whole is no success, and a run that is ended leaves nothing behind."""
import json
import os
import signal
import subprocess
import time


def small(t):
    repo = t.repo()
    repo.commit("one", {"app/client.py": "import requests\nr = requests.get(url, verify=False)\n"})
    return repo


def start(t, *argv, **more):
    return subprocess.Popen([t.program, *map(str, argv)], cwd=t.dir, env=t.env, **more)


def left(t):
    return list((t.dir / ".tmp").iterdir())


def test_output_that_cannot_be_written_is_no_success(t):
    repo = small(t)
    commands = (("--help",), ("--version",), ("assess", "--help"), ("catalog", "list"), ("assess", repo.path), ("assess", "--format", "json", repo.path),
                ("check", "--repo", repo.path, "--fail-on", "never"))
    for argv in commands:
        with open("/dev/full", "wb") as full:
            child = start(t, *argv, stdout=full, stderr=subprocess.PIPE)
            _, err = child.communicate(timeout=60)
        t.equal(child.returncode, 3, argv)
        t.has(err.decode(), "standard output")


def test_closed_descriptors(t):
    """What is opened next must not become standard output or error, and be written to as such."""
    repo = small(t)
    for closed in ((0,), (1,), (2,), (0, 1, 2)):
        cache, report = t.dir / ("cache%d" % len(closed)), t.dir / ("r%d.json" % len(closed))
        argv = [t.program, "assess", "--cache", str(cache), "--output", str(report), str(repo.path)]
        shell = 'exec "$0" "$@" ' + " ".join("%d>&-" % fd for fd in closed)
        done = subprocess.run(["sh", "-c", shell, *argv], cwd=t.dir, env=t.env, check=False, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        t.equal(done.returncode, 3 if 1 in closed else 0, closed)
        json.loads(report.read_text(encoding="utf-8"))
        t.equal(t.assess(repo, "--cache", cache).err, "", "the cache is whole")
        cache.unlink()


def test_a_reader_that_leaves(t):
    repo = small(t)
    read, write = os.pipe()
    os.close(read)
    child = start(t, "assess", repo.path, stdout=write, stderr=subprocess.DEVNULL, preexec_fn=lambda: signal.signal(signal.SIGPIPE, signal.SIG_DFL))
    os.close(write)
    t.equal(child.wait(60), -signal.SIGPIPE)
    t.equal(left(t), [])


def test_signals_leave_nothing_behind(t):
    repo = small(t)
    head = repo.git("rev-parse", "HEAD").decode().strip()
    # many refs, so that opening takes its time too
    (repo.path / ".git" / "packed-refs").write_text("# pack-refs with: sorted \n" + "".join("%s refs/heads/b%06d\n" % (head, i) for i in range(30000)), encoding="utf-8")
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGPIPE, signal.SIGUSR1):
        for wait in (0.002, 0.01, 0.03, 0.06, 0.12):
            child = start(t, "assess", "--output", "r.html", repo.path, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                          preexec_fn=lambda: [signal.signal(n, signal.SIG_DFL) for n in (signal.SIGINT, signal.SIGPIPE)])
            time.sleep(wait)
            child.send_signal(number)
            t.true(child.wait(60) in (0, -number), child.returncode)
            t.equal(left(t), [], "after %s" % number)
    if (t.dir / "r.html").exists():
        t.has((t.dir / "r.html").read_text(encoding="utf-8"), "</html>")


def test_a_report_behind_a_link_and_its_rights(t):
    repo = small(t)
    (t.dir / "real").mkdir()
    real = t.dir / "real" / "report"
    real.write_text("old", encoding="utf-8")
    real.chmod(0o640)
    (t.dir / "r.json").symlink_to("real/report")
    t.run("assess", "--quiet", "--output", "r.json", repo.path, code=0)
    t.true((t.dir / "r.json").is_symlink(), "the link stays one")
    t.equal(real.stat().st_mode & 0o777, 0o640)
    json.loads(real.read_text(encoding="utf-8"))
    t.equal(sorted(p.name for p in real.parent.iterdir()), ["report"])
    long = "x" * 250 + ".json"
    t.run("assess", "--quiet", "--output", long, repo.path, code=0)
    json.loads((t.dir / long).read_text(encoding="utf-8"))


def test_standard_output_by_name(t):
    """As a link in /dev it would be replaced itself; opened, the second report would lie over the first."""
    repo = small(t)
    for name in ("/dev/stdout", "/dev/fd/1", "/proc/self/fd/1"):
        out = t.dir / "out"
        with open(out, "wb") as o:
            t.equal(start(t, "assess", "--quiet", "--output", "json:" + name, "--output", "markdown:" + name, repo.path, stdout=o).wait(60), 0)
        text = out.read_text(encoding="utf-8")
        _, end = json.JSONDecoder().raw_decode(text)
        t.true(text[end:].lstrip().startswith("# "), text[end:end + 100])
    t.true(os.path.islink("/dev/stdout"), "/dev/stdout is a link")


def test_one_file_for_two_things(t):
    repo = small(t)
    for argv in (("--output", "json:x", "--output", "html:x"), ("--output", "x.json", "--cache", "x.json"),
                 ("--output", "x.json", "--write-baseline", "x.json", "--owner", "me")):
        ran = t.run("assess", *argv, repo.path, code=2)
        t.has(ran.err, "twice")
    t.true(not (t.dir / "x").exists() and not (t.dir / "x.json").exists(), "written all the same")


def test_a_file_of_mine_is_no_cache(t):
    repo, mine = small(t), t.dir / "notes.txt"
    mine.write_text("precious\n" * 1000, encoding="utf-8")
    told = t.assess(repo, "--cache", mine).json()
    t.true(any("notes.txt" in n for n in told["notices"]), told["notices"])
    t.equal(mine.read_text(encoding="utf-8"), "precious\n" * 1000)
    os.mkfifo(t.dir / "fifo")
    t.assess(repo, "--cache", t.dir / "fifo")
    null = os.stat("/dev/null")
    t.assess(repo, "--cache", "/dev/null")
    t.equal(os.stat("/dev/null").st_rdev, null.st_rdev)


def test_write_protected(t):
    """The folder is mine, the file is not to be written: renaming over it would be easy."""
    repo, folder = small(t), t.dir / "mine"
    folder.mkdir()
    file = folder / "r.json"
    file.write_text("kept", encoding="utf-8")
    file.chmod(0o444)

    def become_nobody():
        if os.getuid() == 0:
            os.setgid(65534)
            os.setuid(65534)
    if os.getuid() == 0:
        t.dir.chmod(0o755)
        (t.dir / ".tmp").chmod(0o777)
        os.chown(folder, 65534, 65534)
        os.chown(file, 65534, 65534)
    child = start(t, "assess", "--quiet", "--output", file, repo.path, stderr=subprocess.PIPE, preexec_fn=become_nobody)
    _, err = child.communicate(timeout=60)
    t.equal(child.returncode, 3, err)
    t.has(err.decode(), "denied")
    t.equal(file.read_text(encoding="utf-8"), "kept")
    t.equal(left(t), [])

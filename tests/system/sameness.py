"""Goal: the same repository, time and catalog give the same bytes; a cache changes nothing but the time, and a damaged one is noticed."""
import os
import shutil

FORMS = ("text", "json", "html", "sarif", "markdown")


def varied(t):
    repo = t.repo()
    repo.commit("start", {"README.md": "# Shop\n", "src/tls.py": "import ssl\nc = ssl.SSLContext(ssl.PROTOCOL_TLSv1)\n", "CODEOWNERS": "* @ann\n",
                          ".github/workflows/ci.yml": "on: push\njobs:\n  t:\n    runs-on: ubuntu-latest\n    steps:\n      - uses: a/b@main\n      - run: make test\n"})
    for i in range(12):
        repo.commit("change %d\n\nReviewed-by: Bo <bo@example.org>\n" % i, {"src/m%d.py" % (i % 5): "x = %d\n" % i, "tests/test_m%d.py" % (i % 5): "assert %d\n" % i},
                    author="P%d <p%d@example.org>" % (i % 3, i % 3))
        if i % 4 == 0:
            repo.git("tag", "-a", "-m", "release", "v1.%d.0" % i)
    repo.commit("last", {"CHANGELOG.md": "# Changelog\n\n## 1.8.0 - 2025-03-05\n- x\n"})
    return repo


def test_the_same_bytes_twice(t):
    repo = varied(t)
    for form in FORMS:
        argv = ("assess", "--now", "2026-01-01T00:00:00Z", "--format", form, repo.path)
        t.equal(t.run(*argv, code=0).raw == t.run(*argv, code=0).raw, True, form)


def test_another_place_changes_run_only(t):
    repo = varied(t)
    shutil.copytree(repo.path, t.dir / "elsewhere" / "copy", symlinks=True)
    t.git("clone", "-q", "--mirror", str(repo.path), "mirror.git")
    here, there, packed = (t.assess(path).json() for path in (repo.path, t.dir / "elsewhere" / "copy", t.dir / "mirror.git"))
    for other in (there, packed):
        t.true(other["run"] != here["run"], "the path is told")
        t.equal({k: v for k, v in other.items() if k != "run"} == {k: v for k, v in here.items() if k != "run"}, True, "all but `run`")


def test_language_changes_no_identity(t):
    repo = varied(t)
    english, finnish = (t.assess(repo, "--lang", lang) for lang in ("en", "fi"))
    t.equal([f["id"] for f in english.findings()], [f["id"] for f in finnish.findings()])
    t.true(english.raw != finnish.raw, "both languages say the same")


def test_another_day_changes_no_identity(t):
    repo = varied(t)
    first = t.run("assess", "--now", "2026-01-01T00:00:00Z", "--format", "json", repo.path, code=0)
    later = t.run("assess", "--now", "2026-01-20T00:00:00Z", "--format", "json", repo.path, code=0)
    ids = {f["id"] for f in first.findings()}
    t.true(ids, "no findings to compare")
    t.equal(ids, {f["id"] for f in later.findings()})


def test_a_cache_changes_nothing(t):
    repo = varied(t)
    plain = t.assess(repo).raw
    for what in ("written", "read", "read again"):
        t.equal(t.assess(repo, "--cache", t.dir / "cache").raw == plain, True, what)
    repo.commit("more", {"src/new.py": "import requests\nrequests.get(u, verify=False)\n"})
    plain = t.assess(repo).raw
    t.equal(t.assess(repo, "--cache", t.dir / "cache").raw == plain, True, "after a commit")
    repo.git("tag", "v9.0.0")
    plain = t.assess(repo).raw
    t.equal(t.assess(repo, "--cache", t.dir / "cache").raw == plain, True, "after a tag")
    repo.git("checkout", "-q", "-b", "side", "HEAD~3")
    repo.commit("side", {"src/other.py": "z = 1\n"})
    plain = t.assess(repo).raw
    t.equal(t.assess(repo, "--cache", t.dir / "cache").raw == plain, True, "on another branch")
    for options in (("--since", "2025-06-01"), ("--rev", "main"), ("--preset", "page")):
        plain = t.assess(repo, *options).raw
        t.equal(t.assess(repo, *options, "--cache", t.dir / "cache").raw == plain, True, options)


def test_a_damaged_cache_is_not_used(t):
    repo, cache = varied(t), t.dir / "cache"
    plain = t.assess(repo, "--cache", cache).raw
    whole = cache.read_bytes()
    damages = {"empty": b"", "cut": whole[:len(whole) // 2], "one byte short": whole[:-1], "longer": whole + b"\0"}
    for at in (0, 20, 40, 60, 100, len(whole) // 3, len(whole) // 2, len(whole) - 40, len(whole) - 1):
        damages["byte %d" % at] = whole[:at] + bytes([whole[at] ^ 0x41]) + whole[at + 1:]
    for what, content in damages.items():
        cache.write_bytes(content)
        ran = t.run("assess", "--now", "2026-01-01T00:00:00Z", "--format", "json", "--cache", cache, repo.path)
        t.equal((ran.code, ran.raw == plain), (0, True), "%s: %s" % (what, ran.err))
        t.has(ran.err, "was not used")


def test_the_cache_of_another_repository(t):
    repo, cache = varied(t), t.dir / "cache"
    other = t.repo("other")
    other.commit("one", {"a": "1"})
    plain = t.assess(other).raw
    t.assess(repo, "--cache", cache)
    t.equal(t.assess(other, "--cache", cache).raw == plain, True, "the other's report")


def test_a_cache_that_cannot_be_written(t):
    repo = varied(t)
    plain = t.assess(repo).json()
    told = t.assess(repo, "--cache", t.dir / "no" / "such" / "folder").json()
    t.true(any("cache" in n for n in told["notices"]), told["notices"])
    t.equal(told["summary"], plain["summary"])
    os.symlink("/dev/full", t.dir / "full")
    t.run("assess", "--cache", t.dir / "full", repo.path, code=0)

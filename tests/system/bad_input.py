"""Goal: whatever a repository holds, there is a clear message or a finding; no crash, bounded memory and time, nothing fetched."""
import os
import shutil

from harness import DAY, NOW


def refused(t, path, *said):
    """Unreadable input: exit code 3 and one line that says why."""
    ran = t.run("assess", path, code=3)
    t.equal(ran.out, "")
    for part in said:
        t.has(ran.err, part)
    t.equal(len(ran.err.strip().splitlines()), 1, "lines of the message")


def test_not_there(t):
    refused(t, t.dir / "nowhere", "nowhere")


def test_not_a_repository(t):
    (t.dir / "folder").mkdir()
    refused(t, t.dir / "folder", "folder")
    (t.dir / "file").write_text("x", encoding="utf-8")
    refused(t, t.dir / "file", "file")


def test_empty_repository(t):
    repo = t.repo()
    refused(t, repo.path, "no commit")


def test_unborn_branch(t):
    repo = t.repo()
    repo.commit("one", {"a": "1"})
    repo.git("symbolic-ref", "HEAD", "refs/heads/other")
    refused(t, repo.path, "no commit")
    t.equal(t.assess(repo, "--rev", "main").json()["repository"]["commits"], 1)


def test_unknown_revision(t):
    repo = t.repo()
    repo.commit("one", {"a": "1"})
    ran = t.run("assess", "--rev", "no\x1b[31msuch", repo.path, code=3)
    t.lacks(ran.err, "\x1b")


def three(t, name="repo", *options):
    repo = t.repo(name, *options)
    for i in range(3):
        repo.commit("change %d" % i, {"a.txt": str(i), "b/c%d.py" % i: "x = %d\n" % i})
    return repo


def test_every_way_to_name_it(t):
    repo = three(t)
    t.git("clone", "-q", "--bare", str(repo.path), "bare.git")
    heads = {t.assess(path).json()["repository"]["head"] for path in (repo.path, repo.path / ".git", repo.path / "b", t.dir / "bare.git")}
    t.equal(len(heads), 1)
    repo.git("worktree", "add", "-q", "../linked", "-b", "side")
    t.equal(t.assess(t.dir / "linked").json()["repository"]["head"], heads.pop())


def test_shallow(t):
    repo = three(t)
    t.git("clone", "-q", "--depth", "2", "file://%s" % repo.path, "shallow")
    ran = t.assess(t.dir / "shallow")
    told = ran.json()
    t.equal((told["repository"]["shallow"], told["repository"]["commits"]), (True, 2))
    t.true(any("shallow" in n.lower() for n in told["notices"]), told["notices"])


def test_partial_fetches_nothing(t):
    repo = three(t)
    repo.git("config", "uploadpack.allowFilter", "true")
    t.git("clone", "-q", "--no-checkout", "--filter=blob:none", "file://%s" % repo.path, "partial")
    before = sorted((t.dir / "partial" / ".git").rglob("*"))
    told = t.assess(t.dir / "partial").json()
    t.equal(told["repository"]["partial"], True)
    t.true(any("partial clone: the content of 4 files" in n for n in told["notices"]), told["notices"])
    t.equal(sorted((t.dir / "partial" / ".git").rglob("*")), before)


def loose(repo, rev):
    oid = repo.git("rev-parse", rev).decode().strip()
    return repo.path / ".git" / "objects" / oid[:2] / oid[2:]


def test_missing_objects(t):
    repo = three(t)
    for rev in ("HEAD:b/c1.py", "HEAD~1^{tree}"):
        loose(repo, rev).unlink()
    told = t.assess(repo).json()
    t.true(told["repository"]["missing"] > 0, told["repository"])
    t.true(told["notices"], "no word about missing objects")


def test_missing_commit(t):
    repo = three(t)
    loose(repo, "HEAD~1").unlink()
    told = t.assess(repo).json()
    t.equal(told["repository"]["commits"], 1)
    t.true(told["notices"], "no word about the missing commit")


def test_corrupt_objects(t):
    repo = three(t)
    path = loose(repo, "HEAD:a.txt")
    path.chmod(0o644)
    path.write_bytes(b"garbage")
    told = t.assess(repo).json()
    t.true(told["repository"]["missing"] > 0, told["repository"])
    head = loose(repo, "HEAD")
    head.chmod(0o644)
    head.write_bytes(b"garbage")
    refused(t, repo.path)


def test_corrupt_refs(t):
    repo = three(t)
    (repo.path / ".git" / "refs" / "heads" / "broken").write_text("not an id\n", encoding="utf-8")
    (repo.path / ".git" / "packed-refs").write_bytes(b"\0\0\xff garbage\n" * 100)
    ran = t.run("assess", "--format", "json", repo.path)
    t.true(ran.code in (0, 3), ran)


def test_sha256(t):
    told = t.assess(three(t, "repo", "--object-format=sha256")).json()
    t.equal(told["repository"]["object_format"], "sha256")
    t.equal(len(told["repository"]["head"]), 64)


def test_of_another_owner(t):
    if os.getuid() != 0:
        t.skip("only root can give a repository to somebody else")
    repo = three(t)
    for path in [repo.path, *repo.path.rglob("*")]:
        os.lchown(path, 4711, 4711)
    t.equal(t.assess(repo).json()["repository"]["commits"], 3)


def test_odd_paths(t):
    repo = t.repo()
    odd = [b"latin-\xe4.py", b"two\nlines.py", b"tab\there.py", b"\x1b[31mred.py", b"quote\"'<b>&amp;.py", "bidi-\u202egnp.py".encode(), b"-rf", b" "]
    for name in odd:
        (repo.path / os.fsdecode(name)).write_bytes(b"import requests\nrequests.get(url, verify=False)\n")
    repo.commit("odd")
    ran = t.assess(repo)
    t.equal(ran.json()["repository"]["files"], len(odd))
    found = [f for f in ran.findings() if f["of"].endswith("fraud-prevented")]
    t.equal(len(found), 6, "findings in the .py files")
    ran.raw.decode("utf-8")
    clean(t, repo)


def clean(t, repo):
    """No format passes on control or bidi characters, and HTML no tags of the repository's."""
    for form in ("text", "html", "markdown", "json", "sarif"):
        ran = t.run("assess", "--format", form, "--now", "2026-01-01T00:00:00Z", repo.path, code=0)
        text = ran.raw.decode("utf-8")
        for c in text:
            t.true(c == "\n" or (ord(c) >= 32 and not 0x7f <= ord(c) < 0xa0 and c not in "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f"),
                   "%s has the character U+%04X: …%r…" % (form, ord(c), text[max(0, text.index(c) - 60):text.index(c) + 20]))
        if form == "html":
            t.lacks(text, "<b>&amp;.py")
            t.lacks(text, "<script>alert")


def test_messages_with_control_characters(t):
    repo = t.repo()
    repo.commit("one", {"a": "1"})
    evil = b"title \x1b[2J\x1b]0;owned\x07 \xe2\x80\xae bidi <script>alert(1)</script>\n\nReviewed-by: B\x1b[31mo <bo@example.org>\n\xff\xfe\n"
    repo.commit(evil, {"src/a.c": "int x;\n"}, author="A\x1b]0;x\x07 <script>alert(2)</script> \u202e <a\x1b@example.org>".replace("<script>alert(2)</script>", "script"))
    # git itself writes no NUL, so this commit is made by hand
    tree = repo.git("rev-parse", "HEAD^{tree}").decode().strip()
    parent = repo.git("rev-parse", "HEAD").decode().strip()
    raw = ("tree %s\nparent %s\nauthor A <a@example.org> %d +0000\ncommitter A <a@example.org> %d +0000\n\nbefore" % (tree, parent, NOW - DAY, NOW - DAY)).encode()
    oid = repo.git("hash-object", "-t", "commit", "-w", "--literally", "--stdin", data=raw + b"\0after \x1b[31m\n").decode().strip()
    repo.git("update-ref", "refs/heads/main", oid)
    repo.git("tag", "-a", "-m", "tag \x1b[31m \u202e", "v1.0.0")
    t.equal(t.assess(repo).json()["repository"]["commits"], 3)
    clean(t, repo)


def test_symlinks_out_of_the_tree(t):
    (t.dir / "outside.py").write_text("requests.get(url, verify=False)\n", encoding="utf-8")
    (t.dir / "away").mkdir()
    (t.dir / "away" / "SECURITY.md").write_text("# Security policy\n", encoding="utf-8")
    repo = t.repo()
    (repo.path / "link.py").symlink_to("../outside.py")
    (repo.path / "docs").symlink_to("../away")
    (repo.path / "CODEOWNERS").symlink_to("/etc/passwd")
    repo.commit("links")
    ran = t.assess(repo)
    t.equal(ran.json()["repository"]["files"], 3)
    t.lacks(ran.out, "outside.py\"")
    t.equal([f for f in ran.findings() if f["of"].endswith("fraud-prevented")], [])
    t.lacks(ran.out, "root:x:0")


def test_git_folder_that_points_elsewhere(t):
    three(t)
    (t.dir / "cuckoo").mkdir()
    (t.dir / "cuckoo" / ".git").write_text("gitdir: ../repo/.git\n", encoding="utf-8")
    (t.dir / "loop").mkdir()
    (t.dir / "loop" / ".git").write_text("gitdir: ../loop\n", encoding="utf-8")
    t.run("assess", t.dir / "cuckoo", code=0)
    refused(t, t.dir / "loop")


def test_submodules(t):
    inner, repo = three(t, "inner"), t.repo()
    repo.git("-c", "protocol.file.allow=always", "submodule", "add", "-q", str(inner.path), "lib/inner")
    repo.commit("submodule")
    shutil.rmtree(inner.path)
    t.equal(t.assess(repo).json()["repository"]["files"], 2)


def test_large_blob(t):
    big = 4 << 30 if t.soak else 96 << 20
    repo = t.repo()
    path = repo.write("data/zeros.bin")
    with open(path, "wb") as f:
        f.truncate(big)
    repo.git("config", "core.bigFileThreshold", "1m")  # streamed, not held in memory
    repo.git("config", "core.compression", "1")
    repo.write("src/tls.py", "import ssl\ncontext = ssl.SSLContext(ssl.PROTOCOL_TLSv1)\n")
    repo.commit("big")
    path.unlink()
    ran = t.assess(repo)
    t.true(ran.peak < 400 << 20, "%d MiB" % (ran.peak >> 20))
    t.true([f for f in ran.findings() if f.get("path") == "src/tls.py"], "the file beside it was not looked at")


def test_large_text(t):
    repo = t.repo()
    repo.commit("big", {"dump.sql": b"INSERT INTO t VALUES (1, 'password');\n" * (1 << 19), "src/tls.py": "import ssl\nc = ssl.SSLContext(ssl.PROTOCOL_TLSv1)\n"})
    t.true([f for f in t.assess(repo).findings() if f.get("path") == "src/tls.py"], "the file beside it was not looked at")


def test_a_line_of_10_mb(t):
    repo = t.repo()
    repo.commit("long", {"src/a.js": "var a = '" + "password=x;" * (10 << 20 >> 3) + "';\n", "src/b.py": "x" * (10 << 20) + "\nrequests.get(url, verify=False)\n",
                         "README.md": "# " + "word " * (2 << 20), "CHANGELOG.md": "## 1.0.0 - 2025-01-01\n" + "a" * (10 << 20)})
    t.equal(t.assess(repo).json()["repository"]["files"], 4)


def test_codeowners_of_100000_lines(t):
    repo = t.repo()
    lines = ["/src/room%d/**/*.c @ann%d" % (i, i % 50) for i in range(50000)] + ["**/a%d/*b*/**/c%d? @bo" % (i, i) for i in range(50000)]
    repo.commit("owners", {"CODEOWNERS": "\n".join(lines) + "\n", **{"src/room%d/x/y.c" % i: "int x;\n" for i in range(300)}})
    t.equal(t.assess(repo).json()["repository"]["files"], 301)


def test_patterns_that_take_for_ever(t):
    repo = t.repo()
    repo.commit("owners", {"CODEOWNERS": "*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*b @ann\n**/**/**/**/**/**/**/**/**/x @bo\n" * 50, "src/" + "a" * 200: "1",
                           "/".join("d" * 60) + "/" + "a" * 200: "1"})
    t.assess(repo)


def test_yaml_bombs(t):
    repo = t.repo()
    bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n" + "".join("a%d: &a%d [%s]\n" % (i, i, ", ".join(["*a%d" % (i - 1)] * 9)) for i in range(1, 12))
    deep = "a: " + "[" * 100000 + "]" * 100000 + "\n"
    wide = "".join("k%d: {a: 1}\n" % i for i in range(300000))
    repo.commit("bombs", {".github/workflows/%s.yml" % name: text for name, text in (("bomb", bomb), ("deep", deep), ("wide", wide), ("self", "a: &a [*a]\n"))} | {
        ".gitlab-ci.yml": bomb, "docker-compose.yml": deep, "mkdocs.yml": wide,
        ".github/workflows/good.yml": "on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n      - uses: someone/tool@main\n"})
    ran = t.assess(repo)
    t.has(ran.out, ".github/workflows/good.yml")


def test_json_and_xml_bombs(t):
    repo = t.repo()
    repo.commit("bombs", {"package.json": "[" * 200000, "a/package.json": '{"a":' * 100000, "b/package.json": "{\"dependencies\": {%s}}" % ",".join('"p%d": "1"' % i for i in range(100000)),
                          "pom.xml": '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">%s]><project>&z;</project>' % "".join('<!ENTITY %s "%s">' % (chr(98 + i), ("&%s;" % chr(97 + i)) * 10) for i in range(25))})
    t.equal(t.assess(repo).json()["repository"]["files"], 4)


def test_ten_thousand_tags(t):
    repo = three(t)
    head = repo.git("rev-parse", "HEAD").decode().strip()
    (repo.path / ".git" / "packed-refs").write_text("# pack-refs with: peeled fully-peeled sorted \n" + "".join(
        sorted("%s refs/tags/v%d.%d.%d\n" % (head, i // 400, i // 20 % 20, i % 20) for i in range(10000))), encoding="utf-8")
    t.assess(repo)


def test_clocks_in_the_future_and_before_time(t):
    repo = t.repo()
    repo.commit("now", {"a": "1"})
    repo.commit("future", {"a": "2"}, at=NOW + 4000 * DAY)
    tree = repo.git("rev-parse", "HEAD^{tree}").decode().strip()
    oids = [repo.git("rev-parse", "HEAD").decode().strip()]
    for when in ("99999999999 +0200", "-1 +0000", "18446744073709551615 +0000", "12 +9999999", "nonsense", "99999999999999999999999999 -2400"):
        raw = "tree %s\nparent %s\nauthor A <a@example.org> %s\ncommitter A <a@example.org> %s\n\nx\n" % (tree, oids[-1], when, when)
        oids.append(repo.git("hash-object", "-t", "commit", "-w", "--literally", "--stdin", data=raw.encode()).decode().strip())
    repo.git("update-ref", "refs/heads/main", oids[-1])
    told = t.assess(repo).json()
    t.equal(told["repository"]["commits"], 8)
    t.true(any("future" in n for n in told["notices"]), told["notices"])


def test_endless_configuration(t):
    repo = three(t)
    config = repo.path / ".git" / "config"
    config.write_text(config.read_text(encoding="utf-8") + "[a]\n" + " k = v\n" * 500000, encoding="utf-8")
    refused(t, repo.path, "config")


def test_unknown_extension(t):
    repo = three(t)
    repo.git("config", "core.repositoryformatversion", "1")
    repo.git("config", "extensions.novelty", "true")
    refused(t, repo.path, "novelty")


def test_a_commit_of_many_parents_and_a_deep_tree(t):
    repo = three(t)
    tree = repo.git("rev-parse", "HEAD^{tree}").decode().strip()
    roots = [repo.git("commit-tree", "-m", "r%d" % i, tree).decode().strip() for i in range(60)]
    oid = repo.git("commit-tree", "-m", "octopus", tree, *[x for root in roots for x in ("-p", root)]).decode().strip()
    repo.git("update-ref", "refs/heads/main", oid)
    blob = repo.git("rev-parse", "HEAD:a.txt").decode().strip()
    deep = repo.git("mktree", data=("100644 blob %s\tx\n" % blob).encode()).decode().strip()
    for _ in range(600):
        deep = repo.git("mktree", data=("040000 tree %s\td\n" % deep).encode()).decode().strip()
    repo.git("update-ref", "refs/heads/deep", repo.git("commit-tree", "-m", "deep", deep).decode().strip())
    t.equal(t.assess(repo).json()["repository"]["commits"], 61)
    ran = t.run("assess", "--rev", "deep", "--format", "json", repo.path)
    t.true(ran.code in (0, 3), ran)

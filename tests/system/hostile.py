"""Goal: a repository made to mislead or to hold up its reader does neither: what it says stays in its place, and what cannot be trusted is told."""
import json
import os
import resource
import subprocess

BAD = b"import requests\nr = requests.get(url, verify=False)\n"


class Trees:
    """Trees as git itself would not write them."""

    def __init__(self, repo):
        self.repo = repo
        self.bad = self.blob(BAD)

    def blob(self, content):
        return self.repo.git("hash-object", "-w", "--stdin", data=content).decode().strip()

    def tree(self, *entries):
        raw = b"".join(mode + b" " + name + b"\0" + bytes.fromhex(oid) for mode, name, oid in entries)
        return self.repo.git("hash-object", "-t", "tree", "-w", "--literally", "--stdin", data=raw).decode().strip()

    def commit(self, tree, *parents):
        oid = self.repo.git("commit-tree", "-m", "x", tree, *[x for p in parents for x in ("-p", p)]).decode().strip()
        self.repo.git("update-ref", "refs/heads/main", oid)
        return oid


def paths_with(ran, key):
    return {f.get("path") for f in ran.findings() if f["of"].endswith("/" + key)}


def test_paths_that_leave_the_tree(t):
    repo = t.repo()
    trees = Trees(repo)
    inner = trees.tree((b"100644", b"in.py", trees.bad))
    start = trees.commit(trees.tree((b"100644", b"a.py", trees.blob(b"x\n"))))
    names = [b"..", b".git", b"../../etc/x.py", b"/abs.py", b"//host/x.py", b"n" * 65535 + b".py"]
    trees.commit(trees.tree((b"40000", b"..", inner), (b"40000", b".GIT", inner), *[(b"100644", n, trees.bad) for n in names], (b"100644", b"z.py", trees.bad)), start)
    ran = t.assess(repo)
    told = ran.json()
    t.equal(paths_with(ran, "fraud-prevented"), {"z.py"})
    t.equal(told["repository"]["files"], 1)
    t.true(any("8 paths were passed over" in n for n in told["notices"]), told["notices"])
    sarif = t.run("assess", "--format", "sarif", repo.path, code=0).json()
    for result in sarif["runs"][0]["results"]:
        for place in result["locations"]:
            uri = place.get("physicalLocation", {}).get("artifactLocation", {}).get("uri", "x")
            t.true(not uri.startswith("/") and ".." not in uri.split("/"), uri)
    change = t.run("check", "--repo", repo.path, "HEAD~1..HEAD", code=1)
    t.has(change.out, "z.py:2")
    t.lacks(change.out, "abs.py:2")


def test_one_path_twice(t):
    repo = t.repo()
    trees = Trees(repo)
    inner, fine = trees.tree((b"100644", b"b.py", trees.bad)), trees.blob(b"x\n")
    trees.commit(trees.tree((b"100644", b"a.py", trees.bad), (b"100644", b"a.py", fine), (b"100644", b"a.py", trees.bad), (b"100644", b"d", fine),
                            (b"40000", b"d", inner), (b"100644", b"d/b.py", trees.bad)))
    for form in ("json", "text", "html", "sarif", "markdown"):
        t.run("assess", "--format", form, repo.path, code=0)
    t.run("check", "--repo", repo.path, code=1)


def test_names_that_differ_in_case_only(t):
    repo = t.repo()
    trees = Trees(repo)
    trees.commit(trees.tree(*[(b"100644", n, trees.bad) for n in (b"A.py", b"CODEOWNERS", b"README.md", b"Readme.md", b"a.py", b"codeowners", b"readme.md")]))
    t.equal(paths_with(t.assess(repo), "fraud-prevented"), {"A.py", "a.py"})


def test_markdown_calls_nobody_and_links_nowhere(t):
    """Hosts look for @names and #numbers in the finished text, where an escape is gone."""
    repo = t.repo()
    odd = "src/`@octocat #12 !34 GH-56 [x](evil.fi) ![i](y) <img src=z> www.evil.fi |t|.py"
    repo.git("update-index", "--add", "--cacheinfo", "100644,%s,%s" % (Trees(repo).bad, odd))
    repo.git("commit", "-q", "-m", "odd")
    text = t.run("assess", "--format", "markdown", repo.path, code=0).out
    t.has(text, "octocat")
    for part in ("@", "#12", "!34", "GH-56", "](", "<img", "www.evil", " | t"):
        t.lacks(text, part)
    t.has(text, "&#64;&#8203;octocat \\#&#8203;12 \\!&#8203;34 GH-&#8203;56")


def test_pipes_where_git_looks_for_objects(t):
    repo = t.repo()
    repo.commit("one", {"a": "1"})
    for name in ("objects/info/alternates", "objects/pack/pack-1.idx", "objects/00/11"):
        path = repo.path / ".git" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        os.mkfifo(path)
        t.has(t.run("assess", repo.path, code=3).err, name)
        path.unlink()


def test_a_file_larger_than_allowed(t):
    """ulimit -f: an error to tell, not an end."""
    repo = t.repo()
    repo.commit("one", {"a": "1"})
    done = subprocess.run([t.program, "assess", "--quiet", "--output", "r.json", str(repo.path)], cwd=t.dir, env=t.env, check=False, stderr=subprocess.PIPE,
                          preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (8192, 8192)))
    t.equal(done.returncode, 3)
    t.has(done.stderr.decode(), "r.json")
    t.equal([p.name for p in t.dir.iterdir() if "r.json" in p.name or ".new" in p.name], [])


def test_submodules_are_no_news_to_a_change(t):
    repo = t.repo()
    repo.git("update-index", "--add", "--cacheinfo", "160000,%s,sub" % ("1" * 40))
    repo.git("commit", "-q", "-m", "one")
    repo.write("a", "1")
    repo.git("add", "a")
    t.lacks(t.run("check", "--repo", repo.path, "--staged", code=0).out, "submodule")
    t.true(any("submodule" in n for n in json.loads(t.assess(repo).raw)["notices"]), "a report tells it")

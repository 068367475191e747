"""Goal: what somebody tries to get past the gate of a hosted repository is refused, moves nothing and loses nothing; and races are decided by the log's order."""
import os
import random
import subprocess
import threading
import time

import git_gate
from git_gate import person

KEY = "AKIA" + "Q7Z3XW5LM2NP4RT6"


def merge(work, *parents, message="merge", author="ella", **files):
    """A commit upon these parents, with the tree of the first and these files, whatever a merge would give."""
    work.git("checkout", "-q", "-B", "made", parents[0])
    for path, text in files.items():
        work.write(path.replace("__", "/").replace("_py", ".py"), text)
    work.git("add", "-A")
    tree = work.git("write-tree").decode().strip()
    name, address = person(author).rstrip(">").split(" <")
    env = {**work.case.env, "GIT_AUTHOR_NAME": name, "GIT_AUTHOR_EMAIL": address, "GIT_COMMITTER_NAME": name, "GIT_COMMITTER_EMAIL": address}
    made = subprocess.run(["git", "-C", str(work.path), "commit-tree", tree, "-m", message] + [word for p in parents for word in ("-p", p)], env=env,
                          stdout=subprocess.PIPE, check=True).stdout.decode().strip()
    work.git("reset", "-q", "--hard", made)
    return made


def test_merges_bring_nothing_unseen(t):
    """Secrets that a merge alone brings, evil merges, octopuses, `-s ours`, the same tree on other parents."""
    h = git_gate.Host(t)
    work = h.begin()
    base = h.ref()
    sides = []
    for name in ("b", "c", "d"):
        work.git("checkout", "-q", "-B", name, base)
        sides.append(work.commit(name, {name + ".py": "x = 1\n"}, author=person("ella")))
    secret = 'AWS_ACCESS_KEY_ID = "%s"\n' % KEY
    for parents, files in ((sides[:2], {"deploy_py": secret}), (sides, {"b_py": secret}), ((sides[0], base), {"deploy_py": secret})):
        merge(work, *parents, **files)
        code, said = h.push("ella", work, "HEAD:refs/heads/ella/x")
        t.equal(code, 1, said)
        t.has(said, ".py:1")
        t.lacks(said, KEY)
    # the same bytes where nobody minds them do not hide those where programs read them
    work.git("checkout", "-q", "-B", "two", base)
    work.commit("two places", {"docs/a.md": secret, "tests/a.py": secret, "src/z.py": secret}, author=person("ella"))
    code, said = h.push("ella", work, "HEAD:refs/heads/ella/x")
    t.equal(code, 1, said)
    t.has(said, "src/z.py:1")
    # a clean merge is let in, and one with an old secret of neither's making is nobody's fault
    merge(work, *sides[:2], c_py="x = 1\n")
    t.equal(h.push("ella", work, "HEAD:refs/heads/ella/x")[0], 0)
    # reviewed content, then merged by hand with something else, in other order, or with nothing of the branch
    work.git("checkout", "-q", "-B", "topic", sides[0])
    number = h.propose("ella", work)
    h.review("mikko", "approve", "acme", number, 1)
    for made in (merge(work, base, sides[0], evil_py="evil\n"), merge(work, sides[0], sides[1]), merge(work, base, sides[0]),
                 merge(work, base, sides[0], sides[1], b_py="x = 1\n"), merge(work, sides[1], sides[0], b_py="x = 1\n")):
        code, said = h.push("mikko", work, "+%s:main" % made)
        t.equal(code, 1, said)
        t.has(said, "without a full review")
    # the approved tree on another parent is another commit
    tree = work.git("rev-parse", sides[0] + "^{tree}").decode().strip()
    other = work.git("commit-tree", tree, "-p", base, "-m", "b\n\nReviewed-by: %s\nChange: %d" % (person("mikko"), number)).decode().strip()
    t.equal(h.push("mikko", work, other + ":main")[0], 1)
    t.equal(h.ref(), base)
    # exactly what was approved may be pushed by a publisher
    t.equal(h.push("mikko", work, sides[0] + ":main")[0], 0)
    git_gate.settled(t)


def push_large_file(t, h, work, first):
    """It takes seconds to make and to unpack."""
    big = t.dir / "big"
    with open(big, "wb") as f:
        f.truncate((257 << 20))  # a quarter of a megabyte when it is packed
    work.git("checkout", "-q", "-B", "big", first)
    oid = work.git("hash-object", "-w", str(big)).decode().strip()
    work.git("update-index", "--add", "--cacheinfo", "100644,%s,data/big.bin" % oid)
    tree = work.git("write-tree").decode().strip()
    work.git("reset", "-q", "--hard", first)
    made = work.git("commit-tree", tree, "-p", first, "-m", "big").decode().strip()
    code, said = h.push("ella", work, made + ":refs/heads/ella/big")
    t.equal(code, 1, said)
    t.has(said, "more than 256 MiB")
    t.has(said, "data/big.bin")


def test_forged_packs_and_names(t):
    """Bombs, names that are not what they seem, replace refs, grafts and alternates, LFS, files too large to let in."""
    h = git_gate.Host(t)
    work = h.begin()
    first = h.ref()
    if t.soak:
        push_large_file(t, h, work, first)
    # a tree of a billion files in ten objects
    oid = work.git("hash-object", "-w", "--stdin", data=b"x").decode().strip()
    row, mode = "100644 blob " + oid, "040000 tree "
    for _ in range(9):
        listed = "".join("%s\tf%d\n" % (row, i) for i in range(10))
        row = mode + work.git("mktree", data=listed.encode()).decode().strip()
    bomb = work.git("commit-tree", row.split()[2], "-p", first, "-m", "bomb").decode().strip()
    code, said = h.push("ella", work, bomb + ":refs/heads/ella/bomb")
    t.equal(code, 1, said)
    t.has(said, "cannot be read")
    # names with escapes are spelled out, and no line of theirs stands for itself
    for name, why in (("ella/\u202eslap", "cannot be seen"), ("ella/x\u200b", "cannot be seen"), ("ella/\u0430dmin\u2066", "cannot be seen")):
        code, said = h.push("ella", work, first + ":refs/heads/" + name)
        t.equal(code, 1, said)
        t.has(said, why)
        t.true(not any(c in line for line in said.splitlines() if line.startswith("remote:") for c in "\u202e\u200b\u2066"), said)
    # what the pusher's own repository pretends is nothing to the gate
    work.git("checkout", "-q", "-B", "topic", first)
    evil = work.commit("evil", {"a.txt": "evil\n"}, author=person("ella"))
    work.git("replace", first, evil)
    (work.path / ".git" / "info" / "grafts").write_text("%s\n" % evil, encoding="utf-8")
    t.equal(h.push("mikko", work, evil + ":main")[0], 1)
    t.equal(h.push("mikko", work, "refs/replace/%s" % first)[0], 1)
    work.git("replace", "-d", first)
    (work.path / ".git" / "info" / "grafts").unlink()
    pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:%064d\nsize 12\n" % 0
    work.git("checkout", "-q", "-B", "lfs", first)
    work.commit("lfs", {"a.bin": pointer}, author=person("ella"))
    t.has(h.push("ella", work, "HEAD:refs/heads/ella/lfs")[1], "Git LFS")
    # neither files, links and submodules that show by another name, nor ones that a merge alone brings
    work.git("checkout", "-q", "-B", "odd", first)
    link = work.git("hash-object", "-w", "--stdin", data=b"a.txt").decode().strip()
    for path, row in {"src/\u202egnp.py": "100644," + link, "li\u200bb/x": "120000," + link, "a\nrefused: b\x1b[2J": "160000," + first}.items():
        work.git("update-index", "--add", "--cacheinfo", row + "," + path)
        tree = work.git("write-tree").decode().strip()
        made = [work.git("commit-tree", tree, "-p", first, *more, "-m", "odd").decode().strip() for more in ((), ("-p", evil))]
        for commit in made:
            code, said = h.push("ella", work, commit + ":refs/heads/ella/odd")
            t.equal(code, 1, said)
            t.has(said, "file whose name has signs that cannot be seen")
            t.true(not any(c in line for line in said.splitlines() if line.startswith("remote:") for c in "\u202e\u200b\x1b"), said)
        work.git("read-tree", first)
    # branches are of commits, and tags of what is published
    blob = work.git("rev-parse", first + ":a.txt").decode().strip()
    unseen = work.git("hash-object", "-w", "--stdin", data=('key = "%s"\n' % KEY).encode()).decode().strip()
    for spec in (blob + ":refs/heads/ella/blob", blob + ":refs/tags/blob", unseen + ":refs/tags/unseen", evil + ":refs/tags/evil", first + "^{tree}:refs/heads/ella/tree"):
        t.equal(h.push("ella", work, spec)[0], 1, spec)
    t.equal(h.ref(), first)
    t.equal(t.git("--git-dir", str(h.path), "for-each-ref", "--format=%(refname)", "refs/heads", "refs/tags", "refs/replace", "refs/changes").decode(), "refs/heads/main\n")
    t.equal([p.name for p in (h.path / "objects").glob("tmp_objdir*")], [])
    git_gate.settled(t)


def sound(t, h, numbers):
    """By the log alone: nothing was published by an approval that was taken back, or left behind, before its decision."""
    votes, sets = {}, {}
    facts = sorted(h.facts("review") + h.facts("patch_set") + h.facts("push") + h.facts("decision") + h.facts("change"), key=lambda f: f["n"])
    published = 0
    for f in facts:
        p = f["payload"]
        if f["kind"] == "patch_set":
            sets[f["subject"]] = p["commit_oid"]
        elif f["kind"] == "review":
            votes[(f["subject"], f["actor"])] = (p["vote"], p["commit_oid"])
        elif f["kind"] == "push":
            for r in p["refs"]:
                if not (r.get("protected") and r.get("change")):
                    continue
                published += 1
                good = [who for (change, who), (vote, commit) in votes.items() if change == r["change"] and vote == "approve" and commit == sets[change]]
                t.true(good, (f["n"], r))
    t.true(published <= len(numbers), published)
    return published


def start(t, argv, env):
    return subprocess.Popen(argv, cwd=t.dir, env={**t.env, **env}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def door(t, h, who, words):
    return start(t, [t.program, "door", "--data", "data", "--key", h.keys[who]], {"SSH_ORIGINAL_COMMAND": words})


def test_approvals_race_with_publishing(t):
    """Somebody withdraws, or pushes a new patch set, in the very moment somebody publishes: whichever the log has first holds."""
    h = git_gate.Host(t)
    work = h.begin()
    chance = random.Random(7)
    numbers, base, rounds = [], h.ref(), 500 if t.soak else 6
    for i in range(rounds):
        work.git("checkout", "-q", "-B", "topic", base)
        work.commit("change %d" % i, {"f%d.txt" % i: "x\n"}, author=person("ella"))
        number = h.propose("ella", work, "-o", "topic=t%d" % i)
        h.review("mikko", "approve", "acme", number, 1)
        numbers.append(number)
        if i % 2:
            work.git("commit", "-q", "--amend", "-m", "change %d, other" % i)
            other = start(t, ["git", "-C", str(work.path), "push", "-q", "-o", "topic=t%d" % i, "ssh://git@test.example/acme", "HEAD:refs/for/main"], h.env("ella"))
        else:
            other = door(t, h, "mikko", "review withdraw acme %d 1" % number)
        time.sleep(chance.uniform(0, 0.05) if i % 4 else 0)  # what comes first is to be different each time
        door(t, h, "sirkka", "review publish acme %d" % number).wait()
        other.wait()
    published = sound(t, h, numbers)
    if t.soak:
        t.true(0 < published < rounds, published)
    git_gate.settled(t)
    moved = {r["ref"]: r["after"] for p in h.facts("push") for r in p["payload"]["refs"]}
    t.equal(moved["ref:%s/refs/heads/main" % h.repo[5:]], h.ref())


def test_two_pushes_at_once(t):
    """Of one branch: one goes through, the other is told, and each has its decision. What pushes that were cut off have left beside the repository is gone then."""
    h = git_gate.Host(t)
    work = h.begin()
    dead = subprocess.Popen(["true"])
    dead.wait()
    for pid in (dead.pid, os.getpid()):
        (h.path / ("sinetti.receive.%d" % pid)).write_text("{}", encoding="utf-8")
    commits = []
    for i in range(4):
        work.git("checkout", "-q", "-B", "t%d" % i, h.ref())
        commits.append(work.commit("c%d" % i, {"f.txt": "%d\n" % i}, author=person("ella")))
    done = [None] * 4

    def push(i):
        done[i] = h.push("ella", work, "%s:refs/heads/ella/one" % commits[i])
    threads = [threading.Thread(target=push, args=(i,)) for i in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    t.equal(sorted(code for code, _ in done), [0, 1, 1, 1], done)
    t.equal(h.ref("refs/heads/ella/one"), commits[[code for code, _ in done].index(0)])
    t.equal([p.name for p in h.path.glob("sinetti.receive.*")], ["sinetti.receive.%d" % os.getpid()])
    git_gate.settled(t)


def test_bots_and_partners(t):
    """A bot pushes and publishes by its roles, and is no reviewer whatever they give; a partner gets as far as their project, and as long as their role lasts."""
    h = git_gate.Host(t)
    work = h.begin()
    bot = t.run("people", "add", "Release bot", "bot@example.org", "--bot", "--role", "development_manager", "--data", "data", code=0).out.strip()
    h.key("bot", bot)
    t.has(t.run("people", "list", "--data", "data", code=0).out, "active bot")
    t.has(t.run("people", "role", bot, "security_officer", "--data", "data", code=3).err, "not to bots")
    work.commit("x", {"x.txt": "x\n"}, author=person("ella"))
    number = h.propose("ella", work)
    t.has(h.review("bot", "approve", "acme", number, 1, code=3).err, "you may not review")
    # an approval that a bot's key would have given before it was told to be one does not count either
    h.review("sirkka", "approve", "acme", number, 1)
    h.fact("person", h.people["sirkka"], {"name": "Sirkka Example", "addresses": ["sirkka@example.org"], "accounts": [], "state": "active", "bot": True})
    t.has(h.review("bot", "publish", "acme", number, code=3).out, "0 of 1 approvals")
    h.review("mikko", "approve", "acme", number, 1)
    h.review("bot", "publish", "acme", number)
    t.equal(h.push("bot", work, "HEAD:refs/heads/bot/x")[0], 0)
    # changed by name, it is a bot still
    t.run("people", "change", bot, "Release machine", "bot@example.org", "--data", "data", code=0)
    t.equal([f["payload"]["bot"] for f in h.facts("person") if f["subject"] == bot], [True, True])
    # a partner of another project sees nothing here, nor does one whose role has ended
    other = "project:" + "b" * 20
    h.fact("project", other, {"name": "other", "title": "Other", "state": "active"})
    guest = t.run("people", "add", "Guest", "guest@example.org", "--data", "data", code=0).out.strip()
    h.key("guest", guest)
    t.run("people", "role", guest, "partner", "--scope", other, "--until", "2099-01-01", "--data", "data", code=0)
    t.has(h.clone("guest", "g1")[1], "there is no repository")
    t.has(h.push("guest", work, "HEAD:refs/heads/guest/x")[1], "there is no repository")
    t.equal(h.push("paula", work, "HEAD:refs/heads/paula/x")[0], 0)
    t.run("people", "role", h.people["paula"], "partner", "--revoke", "--data", "data", code=0)
    t.has(h.push("paula", work, "HEAD:refs/heads/paula/y")[1], "there is no repository")
    t.has(t.run("people", "role", h.people["paula"], "partner", "--data", "data", code=3).err, "has an end")
    git_gate.settled(t)

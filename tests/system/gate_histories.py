"""Goal: what a history is made to look like, or who is made to push it, does not bring a branch other content than people saw."""
import git_gate
from git_gate import person
from gate_attacks import merge


def names(t, h, ref="refs/heads/main"):
    return t.git("--git-dir", str(h.path), "ls-tree", "-r", "--name-only", ref).decode().split()


def side(h, work, name, base, who="sirkka"):
    """A commit with one file of its name."""
    work.git("checkout", "-q", "-B", name, base)
    return work.commit(name, {name + ".txt": name + "\n"}, author=person(who))


def publish(h, number, code=0):
    return h.review("mikko", "publish", "acme", number, code=code)


def change(h, work, who, topic, patch_set=1):
    number = h.propose(who, work, "-o", "topic=" + topic)
    h.review("mikko", "approve", "acme", number, patch_set)
    return number


def test_what_is_taken_back_unseen(t):
    """A change that drops what others have brought, by a merge of its own, shows it or stays out; whichever way and whenever it comes."""
    h = git_gate.Host(t)
    work = h.begin()
    root = h.ref()
    fix, other = side(h, work, "fix", root), side(h, work, "other", root)
    n = change(h, work, "sirkka", "other")
    # what the branch will hold, merged with nothing of it left: made before the fix is published, and approved
    early = merge(work, root, fix, early_py="x = 1\n")
    h.propose("ella", work, "-o", "topic=early")
    h.review("mikko", "approve", "acme", 2, 1)
    publish(h, n)
    before = h.ref()
    work.git("checkout", "-q", "fix")
    publish(h, change(h, work, "sirkka", "fix"))
    t.has(names(t, h), "fix.txt")
    t.has(publish(h, 2, code=3).err, "has taken in part of change 2")
    t.has(h.review("ella", "show", "acme", 2, lang="fi_FI.UTF-8").out, "haara on saanut osan muutoksesta 2")
    # two beginnings in common: no difference shows all that it would do
    work.git("fetch", "-q", str(h.path), "main")
    late = merge(work, before, fix, late_py="x = 1\n")
    code, said = h.push("ella", work, "-o", "topic=late", late + ":refs/for/main")
    t.equal(code, 1, said)
    t.has(said, "no one difference to review")
    # pushed again, the same commit is another patch set, which shows what it takes away; its approval is gone
    code, said = h.push("ella", work, "-o", "topic=early", early + ":refs/for/main")
    t.equal((code, "patch set 2" in said), (0, True), said)
    sets = [f["payload"] for f in h.facts("patch_set") if f["payload"]["commit_oid"] == early]
    t.equal([s["base_oid"] for s in sets], [root, fix])
    t.has(work.git("diff", "--name-status", sets[1]["base_oid"], early).decode(), "D\tfix.txt")
    t.has(publish(h, 2, code=3).out, "0 of 1 approvals are there")
    # a stack is published in order: what stands on another is shown anew when that one is in
    work.git("checkout", "-q", "-B", "stack", h.ref())
    first = work.commit("first", {"s.txt": "1\n"}, author=person("ella"))
    one = change(h, work, "ella", "one")
    work.commit("second", {"s.txt": "2\n"}, author=person("ella"))
    two = change(h, work, "ella", "two")
    t.equal(h.push("mikko", work, first + ":main")[0], 0)
    code, said = h.push("mikko", work, "HEAD:main")
    t.equal(code, 1, said)
    t.has(said, "the branch has gone on since their change left it")
    t.equal(h.propose("ella", work, "-o", "topic=two"), two)
    h.review("mikko", "approve", "acme", two, 2)
    publish(h, two)
    t.equal((one != two, "fix.txt" in names(t, h), "other.txt" in names(t, h)), (True, True, True), other)
    git_gate.settled(t)


def test_what_is_taken_back_commit_by_commit(t):
    """Set upon the branch one by one, commits that bring what is there and take it back again are not what was reviewed."""
    h = git_gate.Host(t)
    t.run("repo", "protect", "acme", "main", "--method", "rebase", "--data", "data", code=0)
    work = h.begin()
    root = h.ref()
    side(h, work, "fix", root)
    n = change(h, work, "sirkka", "fix")
    side(h, work, "evil", root, "ella")
    work.commit("the same", {"fix.txt": "fix\n"}, author=person("ella"))
    work.git("rm", "-q", "fix.txt")
    work.commit("and back", author=person("ella"))
    m = change(h, work, "ella", "evil")
    side(h, work, "good", root, "ella")
    k = change(h, work, "ella", "good")
    for number in (n, k):
        publish(h, number)
    t.has(publish(h, m, code=3).err, "another result than was reviewed")
    t.equal(names(t, h), ["a.txt", "fix.txt", "good.txt"])
    git_gate.settled(t)


def test_a_machine_is_nobody_who_looks(t):
    """Whoever has a bot push what they have written, in whosever name, is not the only one who looks at it."""
    h = git_gate.Host(t)
    work = h.begin()
    bot = t.run("people", "add", "Build bot", "bot@example.org", "--bot", "--role", "developer", "--data", "data", code=0).out.strip()
    h.key("bot", bot)
    work.commit("by nobody", {"b.txt": "b\n"}, author="Somebody <somebody@elsewhere.example>")
    number = h.propose("bot", work)
    h.review("ella", "approve", "acme", number, 1)
    t.has(publish(h, number, code=3).out, "1 of 2 approvals are there (a machine pushed the change, so one more is asked)")
    t.equal(h.push("mikko", work, "HEAD:main")[0], 1)
    h.review("sirkka", "approve", "acme", number, 1)
    publish(h, number)
    git_gate.settled(t)

"""Goal: critical code of a hosted repository changes with its owner's approval alone, whatever is tried."""
import serving
from git_gate import Host, person

POINT = "critical-code-identification/critical-changes-checked"
CHECKLIST = ["I have read its threat model", "It fails closed"]


def item(s, who, register, title, content, approver="sirkka"):
    """An item in force."""
    at = "/registers/%s/items" % register
    made = s.post(who, at, {"title": title, "owner": serving.person_id(who), "content": content}, 201)
    at += "/" + made["subject"].split("/")[1]
    s.post(who, at + "/moves", {"move": "submit", "digest": made["digest"]})
    s.post(approver, at + "/moves", {"move": "approve", "digest": made["digest"]})
    return at, made


def read(s, who, number):
    for row in s.get(who, "/code-changes?state=all")["items"]:
        if row["number"] == number:
            return "/code-changes/" + row["id"][7:], s.get(who, "/code-changes/" + row["id"][7:])
    return None, None


def touched(change):
    return {n["title"] + (":%d" % n["line"] if n["line"] else ""): sorted(n["paths"]) for n in change["gate"]["critical"]}


def start(t):
    h = Host(t)
    h.mode(POINT, "block")
    work = t.repo("work")
    work.commit("first", {"src/auth/login.c": "int login(void) { return 0; }\n", "src/auth/token.c": "int token(void) { return 1; }\n", "lib/util.c": "int util;\n",
                          "pay/card.c": "int card;\n", "CODEOWNERS": "/pay/ sirkka@example.org @not-here\n/pay/open/\n"}, author=person("mikko"))
    code, said = h.push("mikko", work, "main")
    t.equal(code, 0, said)
    return h, work


def branch(h, work, name):
    work.git("fetch", "-q", str(h.path), "main")
    work.git("checkout", "-q", "-f", "-B", name, "FETCH_HEAD")
    work.git("clean", "-q", "-ffd")


def test_owners_of_critical_code(t):
    h, work = start(t)
    base = h.ref()
    with serving.Server(t, t.dir / "data", {}) as s:
        for name in ("ella", "mikko", "sirkka"):
            s.sign_in(name)
        at, definition = item(s, "mikko", "critical_code", "Sign-in", {"repository": h.repo, "paths": [{"pattern": "/src/auth/", "why": "who is who"}],
                                                                       "found_how": "by review", "checklist": CHECKLIST, "owners": [serving.person_id("sirkka")]})
        # every way to it counts, under the name it has in the change
        branch(h, work, "ways")
        work.git("mv", "src/auth/token.c", "lib/token.c")
        work.git("update-index", "--chmod=+x", "src/auth/login.c")
        work.git("update-index", "--add", "--cacheinfo", "160000,%s,src/auth/vendor" % base, "--cacheinfo", "160000,%s,lib/other" % base)
        for name, text in {"SRC/Auth/evil.c": "int evil;\n", "lib/copy.c": "int login(void) { return 0; }\n", "lib/plain.c": "int plain;\n",
                           "pay/open/free.c": "int free_;\n", "docs/auth.md": "about\n"}.items():
            work.write(name, text)
            work.git("update-index", "--add", name)
        for name, to in {"lib/link": "../src/auth/login.c", "lib/folder": "../src", "lib/out": "../../etc", "lib/fine": "util.c"}.items():
            (work.path / name).symlink_to(to)
            work.git("update-index", "--add", name)
        work.git("commit", "-q", "-m", "many ways", "--author", person("ella"))
        number = h.propose("ella", work, "-o", "topic=ways")
        change = read(s, "mikko", number)[1]
        t.equal(touched(change), {"CRI-1 Sign-in": sorted(["src/auth/token.c", "lib/token.c", "src/auth/login.c", "src/auth/vendor", "SRC/Auth/evil.c", "lib/copy.c",
                                                           "lib/link", "lib/folder"])}, change["gate"])
        need = change["gate"]["critical"][0]
        t.equal(([p["name"] for p in need["owners"]], need["mine"], [c["text"] for c in need["checklist"]]), (["Sirkka Example"], False, CHECKLIST))
        # another's approval is not the owner's; the owner's without the checklist is none; an edit of the definition loosens nothing
        path = read(s, "mikko", number)[0]
        s.post("mikko", path + "/reviews", {"patch_set": 1, "vote": "approve"})
        said = h.review("mikko", "publish", "acme", number, code=3).out
        for part in ("critical code (CRI-1 Sign-in)", "none of its owners has approved", "Sirkka Example", POINT):
            t.has(said, part)
        h.review("sirkka", "approve", "acme", number, 1)
        t.has(h.review("mikko", "publish", "acme", number, code=3).out, "without its whole checklist")
        tag = s.call("mikko", "GET", at).headers["ETag"]
        s.put("mikko", at, {"title": "Sign-in", "content": {"repository": h.repo, "paths": [{"pattern": "/nothing/", "why": "x"}], "found_how": "x", "checklist": ["x"],
                                                           "owners": [serving.person_id("mikko")]}}, If_Match=tag)
        t.has(h.review("mikko", "publish", "acme", number, code=3).out, "without its whole checklist")
        keys = [c["key"] for c in need["checklist"]]
        s.post("sirkka", path + "/reviews", {"patch_set": 1, "vote": "approve", "ticked": keys[:1]})
        t.equal(read(s, "sirkka", number)[1]["gate"]["critical"][0]["met"], False)
        t.has(h.review("sirkka", "approve", "acme", number, 1, "00000000", code=3).err, "is no key")
        h.review("sirkka", "approve", "acme", number, 1, *[k[:8] for k in keys])
        h.review("mikko", "publish", "acme", number)
        push = h.facts("push")[-1]["payload"]["critical"]
        t.equal([(c["files"], c["approvals"], c["wanted"]) for c in push], [(8, 1, 1)])
        # who had a part in it is no owner of it, and then nobody is left
        branch(h, work, "own")
        work.commit("by its owner", {"src/auth/login.c": "int login(void) { return 2; }\n"}, author=person("sirkka"))
        number = h.propose("sirkka", work, "-o", "topic=own")
        h.review("mikko", "approve", "acme", number, 1)
        said = h.review("mikko", "publish", "acme", number, code=3).out
        t.has(said, "nobody named can approve it")
        # CODEOWNERS of the branch as it was decides, also about itself; what it takes out of itself is nobody's
        branch(h, work, "codeowners")
        work.commit("mine now", {"pay/card.c": "int other;\n", "CODEOWNERS": "* ella@example.org mikko@example.org\n"}, author=person("ella"))
        number = h.propose("ella", work, "-o", "topic=owners")
        h.review("mikko", "approve", "acme", number, 1)
        change = read(s, "mikko", number)[1]
        t.equal(touched(change), {"CODEOWNERS": ["CODEOWNERS"], "CODEOWNERS:1": ["pay/card.c"]})
        h.review("mikko", "publish", "acme", number, code=3)
        h.review("sirkka", "approve", "acme", number, 1)
        h.review("mikko", "publish", "acme", number)
        # a faulty one is not brought in, by whichever way
        branch(h, work, "faulty")
        for text, why in {"/pay/ nobody\n": "line 1", "# fine\n!x @ella\n": "line 2"}.items():
            work.commit("faulty", {"CODEOWNERS": text}, author=person("ella"))
            code, said = h.push("ella", work, "HEAD:refs/for/main")
            t.equal(code, 1, said)
            t.has(said, "cannot be read as it is meant (CODEOWNERS, " + why)
            work.git("reset", "-q", "--hard", "HEAD~1")
        # new files that look critical are said, and who approved stays said
        work.commit("more", {"core/cipher.c": "int cipher(void) { return encrypt(); }\n"}, author=person("ella"))
        number = h.propose("ella", work, "-o", "topic=new")
        change = read(s, "ella", number)[1]
        t.equal([(c["path"], c["hint"]) for c in change["gate"]["candidates"]], [("core/cipher.c", "cryptography")])
    status = t.run("status", "--data", "data", "--format", "json", code=0).json()
    point = [o for k in status["tasks"] if k["key"] == POINT.split("/")[0] for o in k["obligations"] if o["key"] == POINT.split("/")[1]][0]
    t.equal((point["verdict"] in ("met", "partly_met"), point["judged"], point["failing"]), (True, 1, 0), point)
    t.run("fsck", "--data", "data", code=0)

"""Goal: critical code of a hosted repository changes with its owner's approval alone, whatever is tried."""
import time

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
        gate = read(s, "sirkka", number)[1]["gate"]
        t.equal((gate["critical"][0]["met"], gate["ticked"], read(s, "mikko", number)[1]["gate"]["ticked"]), (False, keys[:1], []))
        s.post("sirkka", path + "/reviews", {"patch_set": 1, "vote": "withdraw"})
        t.equal(read(s, "sirkka", number)[1]["gate"]["ticked"], [])
        s.post("sirkka", path + "/reviews", {"patch_set": 1, "vote": "approve", "ticked": keys[:1]})
        t.has(h.review("sirkka", "show", "acme", number).out, keys[0][:8] + "*")
        t.has(h.review("sirkka", "approve", "acme", number, 1, "00000000", code=3).err, "is no key")
        h.review("sirkka", "approve", "acme", number, 1, *[k[:8] for k in keys[1:]])  # what was ticked stays ticked
        # also when the message alone is amended, which asks for another approval; not when a byte of the content is
        work.git("commit", "-q", "--amend", "-m", "in many ways")
        h.propose("ella", work, "-o", "topic=ways")
        t.equal(read(s, "sirkka", number)[1]["gate"]["ticked"], sorted(keys))
        t.has(h.review("mikko", "publish", "acme", number, code=3).out, "none of its owners has approved")
        work.write("lib/plain.c", "int plainer;\n")
        work.git("update-index", "lib/plain.c")
        work.git("commit", "-q", "--amend", "-m", "in many ways")
        h.propose("ella", work, "-o", "topic=ways")
        t.equal(read(s, "sirkka", number)[1]["gate"]["ticked"], [])
        s.post("mikko", path + "/reviews", {"patch_set": 3, "vote": "approve"})
        h.review("sirkka", "approve", "acme", number, 3, *[k[:8] for k in keys])
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
        # from one of its places to another, which is two of them
        branch(h, work, "moved")
        (work.path / "docs").mkdir(exist_ok=True)
        work.git("mv", "CODEOWNERS", "docs/CODEOWNERS")
        work.write(".gitlab/CODEOWNERS", "# none\n")
        work.commit("moved", author=person("ella"))
        number = h.propose("ella", work, "-o", "topic=moved")
        t.equal(touched(read(s, "mikko", number)[1]), {"CODEOWNERS": [".gitlab/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS"]})
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
        # whoever answers for critical code here is asked about it
        def asked(who):
            return [(n["title"], n["detail"].split(": ")[1], n["path"]) for n in s.get(who, "/notifications")["items"] if n["what"] == "critical_candidate"]
        notice = [("Critical code definition: acme", "core/cipher.c", "/reviews/" + read(s, "ella", number)[0].split("/")[2])]
        t.equal({who: asked(who) for who in ("ella", "mikko", "sirkka")}, {"ella": [], "mikko": [], "sirkka": notice})  # CRI-1 is approved, and edited
        item(s, "mikko", "critical_code", "Else", {"repository": h.repo, "paths": [{"pattern": "/lib/", "why": "x"}], "found_how": "x", "checklist": ["x"],
                                                  "owners": [serving.person_id("mikko")]})
        t.equal((asked("mikko"), asked("sirkka")), (notice, notice))
        # the same again is no other thing; a second file is; the line for everything names nothing
        work.commit("again", {"core/cipher.c": "int cipher(void) { return encrypt() + 1; }\n"}, author=person("ella"))
        h.propose("ella", work, "-o", "topic=new")
        work.commit("one more", {"core/password.c": "int check_password(void) { return 0; }\n"}, author=person("ella"))
        h.propose("ella", work, "-o", "topic=new")
        t.equal(asked("mikko"), [("Critical code definition: acme", "core/cipher.c (+ 1)", notice[0][2])])
        # decided: one is named, the other was looked at and is not critical; a draft decides nothing
        decided = {"repository": h.repo, "paths": [{"pattern": "cipher.c", "why": "x"}], "cleared": [{"pattern": "/core/password.c", "why": "it only asks"}], "found_how": "x",
                   "checklist": ["x"], "owners": [serving.person_id("mikko")]}
        made = s.post("mikko", "/registers/critical_code/items", {"title": "Core", "owner": serving.person_id("mikko"), "content": decided}, 201)
        t.equal(len(asked("mikko")), 1)
        place = "/registers/critical_code/items/" + made["subject"].split("/")[1]
        s.post("mikko", place + "/moves", {"move": "submit", "digest": made["digest"]})
        s.post("sirkka", place + "/moves", {"move": "approve", "digest": made["digest"]})
        t.equal((asked("mikko"), read(s, "ella", number)[1]["gate"]["candidates"]), ([], []))
        # what was published undecided is asked about until CODEOWNERS names it
        for topic, files, now in (("session", {"core/session.c": "int session_id(void) { return cookie(); }\n"}, [("Critical code definition: acme", "core/session.c", "/registers/critical_code")]),
                                  ("owners", {"CODEOWNERS": "* ella@example.org mikko@example.org\n/core/session.c sirkka@example.org\n"}, [])):
            branch(h, work, topic)
            work.commit(topic, files, author=person("ella"))
            number = h.propose("ella", work, "-o", "topic=" + topic)
            h.review("mikko", "approve", "acme", number, 1)
            h.review("mikko", "publish", "acme", number)
            t.equal(asked("mikko"), now)
        t.equal(h.facts("push")[-1]["payload"]["settled"], ["core/session.c"])
    status = t.run("status", "--data", "data", "--format", "json", code=0).json()
    point = [o for k in status["tasks"] if k["key"] == POINT.split("/")[0] for o in k["obligations"] if o["key"] == POINT.split("/")[1]][0]
    t.equal((point["verdict"] in ("met", "partly_met"), point["judged"], point["failing"]), (True, 1, 0), point)
    t.run("fsck", "--data", "data", code=0)


TIMES = "code-review-rules/publication-time"
DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def test_times_emergencies_and_broken_glass(t):
    h = Host(t, block=False)
    h.mode(TIMES, "block")
    work = h.begin()

    def change(topic):
        branch(h, work, topic)
        work.commit("Change " + topic, {topic + ".txt": "x\n"}, author=person("ella"))
        number = h.propose("ella", work, "-o", "topic=" + topic)
        h.review("mikko", "approve", "acme", number, 1)
        return number

    with serving.Server(t, t.dir / "data", {"Tiina": ["security_officer"]}) as s:
        for name in ("ella", "mikko", "sirkka"):
            s.sign_in(name)
        # a window on other days alone: the day after tomorrow, wherever the clock stands
        today = time.gmtime().tm_wday
        at, made = item(s, "mikko", "publishing_times", "Office hours", {"time_zone": "Pacific/Auckland", "reason": "calm", "branches": ["main"],
                                                                         "windows": [{"day": DAYS[(today + 3) % 7], "from": "h0900", "until": "h1500"}]})
        number = change("late")
        said = h.review("mikko", "publish", "acme", number, code=3).out
        for part in ("code is not published at this time (PTI-1 Office hours)", "09:00 Pacific/Auckland", "emergency=CHG-NUMBER", TIMES):
            t.has(said, part)
        t.equal(h.push("mikko", work, "HEAD:refs/heads/ella/own")[0], 0)  # what is not protected has no time
        # an emergency is one that was decided on, of this repository, and named
        changes = "/registers/change/items"
        service = s.post("ella", "/registers/service/items", {"title": "Shop", "owner": serving.person_id("ella"), "content": {}}, 201)
        content = dict({k: "x" for k in ("definition", "risks", "impact", "tests", "plan", "way_back")}, type="emergency", services=[service["subject"]])
        for wrong, why in (("CHG-9", "there is no change"), ("x", "an item of the register")):
            t.has(h.review("mikko", "publish", "acme", number, wrong, code=3).err, why)
        hurried = s.post("ella", changes, {"title": "Mend it", "owner": serving.person_id("ella"), "content": content}, 201)
        t.has(h.review("mikko", "publish", "acme", number, "CHG-1", code=3).err, "no emergency change that was decided on")
        s.post("ella", changes + "/" + hurried["subject"].split("/")[1] + "/moves", {"move": "hurry", "digest": hurried["digest"], "reason": "it is down"})
        t.has(h.review("mikko", "publish", "acme", number, "CHG-1", code=3).err, "none of the services")
        service_at = "/registers/service/items/" + service["subject"].split("/")[1]
        tag = s.call("ella", "GET", service_at).headers["ETag"]
        s.put("ella", service_at, {"title": "Shop", "owner": serving.person_id("ella"), "content": {"repositories": [h.repo]}}, If_Match=tag)
        h.review("mikko", "publish", "acme", number, "CHG-1")
        t.equal([(x["state"], x["emergency"]) for x in h.facts("push")[-1]["payload"]["times"]], [("closed", hurried["subject"])])
        # an approved item that nobody can understand stops everything, and says so
        tag = s.call("mikko", "GET", at).headers["ETag"]
        edited = s.put("mikko", at, {"title": "Office hours", "content": {"time_zone": "Europe/Nowhere", "reason": "calm"}}, If_Match=tag)
        number = change("zone")
        t.has(h.review("mikko", "publish", "acme", number, code=3).out, "not published at this time")  # the draft does not count
        s.post("mikko", at + "/moves", {"move": "submit", "digest": edited["digest"]})
        s.post("sirkka", at + "/moves", {"move": "approve", "digest": edited["digest"]})
        t.has(h.review("mikko", "publish", "acme", number, code=3).err, "is no time zone")
        tag = s.call("mikko", "GET", at).headers["ETag"]
        edited = s.put("mikko", at, {"title": "Office hours", "content": {"time_zone": "Europe/Helsinki", "reason": "calm",
                                                                         "freezes": [{"from_day": "2020-01-01", "until_day": "2120-01-01", "why": "end of year"}]}}, If_Match=tag)
        s.post("mikko", at + "/moves", {"move": "submit", "digest": edited["digest"]})
        s.post("sirkka", at + "/moves", {"move": "approve", "digest": edited["digest"]})
        t.has(h.review("mikko", "publish", "acme", number, code=3).out, "everything is frozen now")

        # glass is broken by who may, for a while, for one branch, with a reason; whoever used it does not review it
        t.has(h.review("ella", "override", "acme", "main", 30, "it", "burns", code=3).err, "you may not break glass")
        h.review("mikko", "override", "acme", "main", 30, code=3)
        h.review("mikko", "override", "acme", "other", 30, "of another branch")
        t.has(h.review("mikko", "publish", "acme", number, code=3).out, "everything is frozen now")
        t.run("gate", "override", "acme", "main", "--data", "data", code=2)
        opened = t.run("gate", "override", "acme", "main", "--reason", "the shop is down", "--minutes", 30, "--for", "ella@example.org", "--data", "data", code=0).out
        t.has(h.review("mikko", "publish", "acme", number, code=3).out, "everything is frozen now")  # it is Ella's
        t.has(h.review("ella", "publish", "acme", number).out, "warning: refs/heads/main")
        used = h.facts("decision")[-1]["payload"]
        t.equal((used["decision"], used["override"]), ("allowed", int(opened.split()[1].rstrip(":"))))
        t.true(any(not v["ok"] and v["mode"] == "block" for v in used["verdicts"]), used)
        request = int(opened.split("request ")[1].split()[0])
        waiting = s.get("Tiina", "/approvals?for_me=true")["items"]
        t.equal([(a["request"], a["kind"], a["state"]) for a in waiting if a["request"] == request], [(request, "override", "solo")])
        t.run("people", "role", h.people["ella"], "admin", "--data", "data", code=0)
        t.has(s.post("ella", "/approvals/%d/approve" % request, {}, 403).raw.decode(), "made use of")
        s.post("Tiina", "/approvals/%d/approve" % request, {})

    # the way out, when nothing can be decided: git itself, on the machine; then it is found and waits for review
    branch(h, work, "out")
    work.commit("past the gate", {"out.txt": "x\n"}, author=person("ella"))
    t.git("--git-dir", str(h.path), "fetch", "-q", str(work.path), "+out:refs/heads/main")
    t.has(t.run("gate", "check", "--data", "data", code=1).out, "1 branch has moved without a decision")
    t.run("gate", "check", "acme", "--data", "data", code=0)  # told once
    found = h.facts("override")[-1]["payload"]["found"]
    t.equal([(f["ref"].split("/", 1)[1], f["after"]) for f in found], [("refs/heads/main", h.ref())])
    # … also by whoever comes next
    h.mode(TIMES, "observe")
    work.commit("more", {"out.txt": "z\n"}, author=person("ella"))
    t.git("--git-dir", str(h.path), "fetch", "-q", str(work.path), "+out:refs/heads/main")
    work.commit("by the gate", {"in.txt": "x\n"}, author=person("ella"))
    t.equal(h.push("mikko", work, "HEAD:refs/heads/main")[0], 0)
    t.equal(len(h.facts("override")), 4)
    t.run("gate", "check", "acme", "--data", "data", code=0)
    # … and by a server that starts
    work.commit("again", {"out.txt": "y\n"}, author=person("ella"))
    t.git("--git-dir", str(h.path), "fetch", "-q", str(work.path), "+out:refs/heads/main")
    with serving.Server(t, t.dir / "data", {}) as s:
        s.sign_in("Tiina")
        for _ in range(100):
            waiting = [a for a in s.get("Tiina", "/approvals?for_me=true")["items"] if a["kind"] == "override"]
            if len(waiting) == 4:
                break
            time.sleep(0.1)
        t.equal(sorted(len(a["payload"].get("found", [])) for a in waiting), [0, 1, 1, 1], waiting)
        t.equal({a["subject_title"] for a in waiting}, {"acme"})
    t.run("fsck", "--data", "data", code=0)

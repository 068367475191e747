"""Goal: an organization's own register is a file in its catalog, and a register that changes under its items loses nothing of what stands in them."""
import pathlib
import shutil
import subprocess

import serving
from serving import AUDITOR, DEVELOPER, SECURITY_OFFICER, person_id

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
PEOPLE = {"Sirkka": [SECURITY_OFFICER], "Ella": [DEVELOPER], "Aino": [AUDITOR]}
AT = "/registers/meeting/items"
KIND = """key: meeting
title: {en: "Meeting", fi: "Kokous"}
plural: {en: "Meetings", fi: "Kokoukset"}
summary:
  en: "What was decided, and by whom."
  fi: "Mitä päätettiin ja kuka päätti."
prefix: MEET
tasks: [security-by-design]
fields:
  - {key: minutes, type: markdown, label: {en: "Minutes", fi: "Pöytäkirja"}, required: true}
  - {key: mood, type: choice, label: {en: "Mood", fi: "Tunnelma"}, choices: [{key: calm, title: {en: "Calm", fi: "Rauhallinen"}}, {key: tense, title: {en: "Tense", fi: "Kireä"}}]}
  - {key: follows, type: link, label: {en: "Follows", fi: "Jatkoa"}, to: [meeting], many: true}
  - {key: handouts, type: file, label: {en: "Handouts", fi: "Jaetut"}, many: true}
  - key: votes
    type: table
    label: {en: "Votes", fi: "Äänestykset"}
    columns: [{key: about, type: text, label: {en: "About", fi: "Aihe"}}, {key: ayes, type: number, label: {en: "Ayes", fi: "Puolesta"}}]
states:
  - {key: draft, title: {en: "Draft", fi: "Luonnos"}, phase: open}
  - {key: read, title: {en: "Read", fi: "Luettu"}, phase: open}
  - {key: in_force, title: {en: "In force", fi: "Voimassa"}, phase: in_force, edit: draft}
moves:
  - {key: hand_out, title: {en: "Hand out", fi: "Jaa"}, from: [draft], to: read, who: [owner]}
  - {key: approve, title: {en: "Approve", fi: "Hyväksy"}, from: [draft, read], to: in_force, who: [security_officer], approves: true}
"""


def catalog(t, kind=KIND):
    folder = t.dir / "own"
    if not folder.exists():
        shutil.copytree(ROOT / "catalog", folder)
    (folder / "kinds" / "meeting.yaml").write_text(kind, encoding="utf-8")
    return folder


def served(t, folder):
    return serving.Server(t, t.dir / "data", PEOPLE, ["--catalog", str(folder)])


def at(item):
    return AT + "/" + item["subject"].split("/")[1]


def edit(s, who, item, title, content, status=200):
    return s.put(who, at(item), {"title": title, "content": content}, status, If_Match=s.call(who, "GET", at(item)).headers["ETag"])


def test_a_register_of_ones_own(t):
    t.run("init", "--data", "data", "--origin", "test.example/org", code=0)
    folder = catalog(t)
    t.run("catalog", "check", folder, "--only", "security-by-design", code=0)
    with served(t, folder) as s:
        kind = s.get("Aino", "/registers/meeting", Accept_Language="fi")
        t.equal((kind["title"], [f["label"] for f in kind["fields"]]), ("Kokous", ["Pöytäkirja", "Tunnelma", "Jatkoa", "Jaetut", "Äänestykset"]))
        content = {"minutes": "We met.", "mood": "calm", "votes": [{"about": "Lunch", "ayes": "12.5"}]}
        item = s.post("Ella", AT, {"title": "First", "owner": person_id("Ella"), "content": content}, 201)
        t.equal((item["number"], item["state"]), (1, "draft"))
        item = s.post("Sirkka", at(item) + "/moves", {"move": "approve", "digest": item["digest"]})
        t.equal((item["phase"], item["approved"]), ("in_force", True))
        t.equal([r["title"] for r in s.get("Aino", AT + "?phase=in_force")["items"]], ["First"])
        wrong = s.post("Ella", AT, {"title": "Second", "content": {"mood": "cheerful", "nothing": 1, "votes": [{"ayes": "many"}]}}, 422).json()
        t.equal(sorted(e["field"] for e in wrong["errors"]), ["mood", "nothing", "votes[0].ayes"])
    t.run("fsck", "--data", "data", code=0)
    # without its catalog the register is not there, and its items stay in the log
    with serving.Server(t, t.dir / "data", PEOPLE) as s:
        t.equal(s.call("Aino", "GET", at(item)).status, 404)
    with served(t, folder) as s:
        t.equal(s.get("Aino", at(item))["content"], content)


def test_faults_are_told_with_their_line(t):
    t.run("init", "--data", "data", "--origin", "test.example/org", code=0)
    for old, new in ((", type: markdown", ", type: marked"), ("prefix: MEET", "prefix: meet"), ("to: in_force", "to: nowhere"), ("who: [owner]", "who: [emperor]"),
                     ("phase: open}", "phase: ajar}"), ("to: [meeting]", "to: [gathering]")):
        wrong = KIND.replace(old, new, 1)
        line = wrong[:wrong.index(new)].count("\n") + 1
        folder = catalog(t, wrong)
        t.has(t.run("catalog", "check", folder, code=1).out, "kinds/meeting.yaml:%d: " % line)
        done = subprocess.run([t.program, "serve", "--data", str(t.dir / "data"), "--http", "--listen", "127.0.0.1:0", "--catalog", str(folder)], cwd=t.dir, env=t.env,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=60, check=False)
        t.true(done.returncode not in (0, -11), done.returncode)
        t.has(done.stderr.decode(), "kinds/meeting.yaml:")  # the first of them


def test_a_register_that_changes_under_its_items(t):
    t.run("init", "--data", "data", "--origin", "test.example/org", code=0)
    before = {"minutes": "We met.", "mood": "tense", "votes": [{"about": "Lunch", "ayes": "3"}]}
    with served(t, catalog(t)) as s:
        item = s.post("Ella", AT, {"title": "First", "owner": person_id("Ella"), "content": before}, 201)
        item = s.post("Ella", at(item) + "/moves", {"move": "hand_out", "digest": item["digest"]})
        other = s.post("Ella", AT, {"title": "Second", "owner": person_id("Ella"), "content": before}, 201)
        other = s.post("Sirkka", at(other) + "/moves", {"move": "approve", "digest": other["digest"]})
    changed = KIND
    for line in KIND.splitlines(keepends=True):  # a state, a choice, two fields and a move go; a field comes, one changes its type
        if "key: read," in line or "key: hand_out" in line or "key: follows" in line:
            changed = changed.replace(line, "")
    changed = changed.replace("key: tense, title: {en: \"Tense\", fi: \"Kireä\"}", "key: warm, title: {en: \"Warm\", fi: \"Lämmin\"}").replace("from: [draft, read]", "from: [draft]")
    changed = changed[:changed.index("  - key: votes")] + "  - {key: votes, type: text, label: {en: \"Votes\", fi: \"Äänet\"}}\n  - {key: place, type: text, label: {en: \"Place\", fi: \"Paikka\"}}\n" + changed[changed.index("states:"):]
    with served(t, catalog(t, changed)) as s:
        # what was written stays as it was, and so does its approval
        for one in (item, other):
            t.equal(s.get("Aino", at(one))["content"], before)
            t.equal(s.get("Aino", at(one) + "/versions/1")["content"], before)
        t.equal(s.get("Aino", at(other))["approved"], True)
        t.equal((s.get("Aino", at(item))["state"], s.get("Aino", at(item))["moves"]), ("read", []))
        t.equal(sorted(r["title"] for r in s.get("Aino", AT)["items"]), ["First", "Second"])
        # a new version is held to the register as it is now, and begins in its first state, also from a state that went
        t.equal(sorted(e["field"] for e in edit(s, "Ella", item, "First", dict(before, place="Turku"), 422).json()["errors"]), ["mood", "votes"])
        item = edit(s, "Ella", item, "First", {"minutes": "We met.", "mood": "warm", "votes": "3 ayes", "place": "Turku"})
        t.equal((item["version"], item["state"], item["may_edit"]), (2, "draft", True))
        t.equal(s.get("Aino", at(item) + "/versions/1")["content"], before)
        item = s.post("Sirkka", at(item) + "/moves", {"move": "approve", "digest": item["digest"]})
        t.equal(item["approved"], True)
    with served(t, catalog(t)) as s:  # and back again
        t.equal(s.get("Aino", at(item))["content"]["votes"], "3 ayes")
        t.equal(s.get("Aino", at(item) + "/versions/1")["content"], before)
    t.run("fsck", "--data", "data", code=0)


def test_links_in_a_ring(t):
    t.run("init", "--data", "data", "--origin", "test.example/org", code=0)
    with served(t, catalog(t)) as s:
        ring = [s.post("Ella", AT, {"title": "No %d" % i, "content": {"minutes": "x"}}, 201) for i in range(3)]
        for i, one in enumerate(ring):
            ring[i] = edit(s, "Ella", one, "No %d" % i, {"minutes": "x", "follows": [ring[(i + 1) % 3]["subject"], one["subject"]]})
        for i, one in enumerate(ring):
            got = s.get("Aino", at(one))
            t.equal({n["id"]: n["name"] for n in got["names"]}, {ring[(i + 1) % 3]["subject"]: "No %d" % ((i + 1) % 3), one["subject"]: "No %d" % i})
            linked = s.get("Aino", at(one) + "/linked")["items"]
            t.equal(sorted(x["title"] for x in linked), sorted({"No %d" % i, "No %d" % ((i + 2) % 3)}))
        t.equal(len(s.get("Aino", AT)["items"]), 3)
        t.equal(s.call("Aino", "GET", AT, Accept="text/csv").status, 200)
        t.equal(s.call("Aino", "GET", "/search?q=No").status, 200)
        t.equal(s.call("Aino", "GET", "/registers").status, 200)
    t.run("fsck", "--data", "data", code=0)

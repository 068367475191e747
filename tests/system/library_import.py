"""Goal: on a server a library of others is looked through, told and imported exactly so, or refused; what it changes is shown, and nothing that is judged changes."""
import json
import sqlite3
import time

import serving
from serving import ADMIN, AUDITOR, DEVELOPER

PEOPLE = {"Pekka": [ADMIN], "Ella": [DEVELOPER], "Aino": [AUDITOR]}
AT = "/library-imports"

HOUSE = """\
urn: urn:example:risk:library:house
ref_id: House
name: House rules
copyright: Example, all may use it
version: %d
provider: example
objects:
  framework:
    urn: urn:example:risk:framework:house
    ref_id: house-rules
    name: House rules
    requirement_nodes:
    - {urn: 'urn:example:risk:req_node:house:a', assessable: false, ref_id: A, name: Doors}
    - {urn: 'urn:example:risk:req_node:house:a.1', assessable: true, parent_urn: 'urn:example:risk:req_node:house:a', ref_id: A.1, description: '%s', reference_controls: ['urn:example:risk:function:house:c1']}
%s  reference_controls:
  - {urn: 'urn:example:risk:function:house:c1', ref_id: C1, name: Lock, category: physical, csf_function: protect}
"""
MORE = "    - {urn: 'urn:example:risk:req_node:house:a.2', assessable: true, parent_urn: 'urn:example:risk:req_node:house:a', ref_id: A.2, name: Keys <b>are</b> kept}\n"
MAPPED = """\
urn: urn:example:risk:library:house-to-iso
ref_id: house-to-iso
name: House rules and ISO
version: 1
objects:
  requirement_mapping_sets:
  - urn: urn:example:risk:req_mapping_set:house-to-iso
    source_framework_urn: urn:example:risk:framework:house
    target_framework_urn: urn:intuitem:risk:framework:iso27001-2022
    requirement_mappings:
    - {source_requirement_urn: 'urn:example:risk:req_node:house:a.1', target_requirement_urn: 'urn:intuitem:risk:req_node:iso27001-2022:a.7.1', relationship: %s, strength_of_relationship: 90}
    - {source_requirement_urn: 'urn:example:risk:req_node:house:a.9', target_requirement_urn: 'urn:intuitem:risk:req_node:iso27001-2022:a.7.1', relationship: equal}
"""
ASVS = "\ufeffchapter_id,chapter_name,section_id,section_name,req_id,req_description,L\nV1,Encoding,V1.1,Architecture,V1.1.1,\"Only once, and first\",2\nV1,Encoding,V1.1,Architecture,V1.1.2,Last,2\n"


def house(version=1, text="Doors are locked", more=""):
    return HOUSE % (version, text, more)


def hand_in(s, text, who="Pekka", code=201, name="house.yaml"):
    raw = text if isinstance(text, bytes) else text.encode()
    return s.expect("POST", AT, s.call(who, "POST", AT + "?name=" + name, raw=raw, Content_Type="text/yaml"), code)


def wait(s, i, *stages):
    for _ in range(600):
        i = s.get("Pekka", AT + "/" + i["id"])
        if i["stage"] in stages:
            return i
        time.sleep(0.05)
    raise AssertionError("the import stays %s: %s" % (i["stage"], i["message"]))


def checked(s, text):
    return wait(s, hand_in(s, text), "checked")


def imported(s, text):
    i = checked(s, text)
    assert i["report"]["counts"]["faults"] == 0, i["report"]["faults"]
    s.post("Pekka", "%s/%s/confirm" % (AT, i["id"]), {"outcome": i["report"]["outcome"]}, 202)
    return wait(s, i, "done")


def faults(s, text):
    return [(f["line"], f["text"]) for f in checked(s, text)["report"]["faults"]]


def wait_standing(s):
    for _ in range(600):
        answer = s.call("Aino", "GET", "/tasks")
        if answer.status == 200:
            return [(x["key"], x["status"], x["assurance"]) for x in answer.json()["items"]]
        time.sleep(0.05)
    raise AssertionError(answer)


def test_libraries_come_and_go(t):
    t.run("init", "--data", "data", "--origin", "test.example/org", code=0)
    with serving.Server(t, t.dir / "data", PEOPLE) as s:
        before = s.get("Aino", "/frameworks")["items"]
        standing = wait_standing(s)

        # a mapping may come before what it maps: it waits
        i = checked(s, MAPPED % "equal")
        t.equal((i["report"]["change"], i["report"]["counts"]["left"], i["report"]["counts"]["new"]), ("new", 2, 0))
        imported(s, MAPPED % "equal")
        t.equal([(x["key"], x["pairs"], x["left"]) for x in s.get("Aino", "/libraries")["items"]], [("house-to-iso", 0, 2)])

        # looked at: nothing is there yet; then exactly so
        i = checked(s, house())
        r = i["report"]
        t.equal((r["change"], r["library"]["licence"], r["library"]["framework"], r["counts"]["controls"], r["counts"]["new"]), ("new", "Example, all may use it", "house-rules", 1, 4))
        t.equal([(c["what"], c["change"], c["id"]) for c in r["changes"]][:2], [("control", "new", "A"), ("control", "new", "A.1")])
        s.get("Aino", "/frameworks/house-rules", 404)
        s.post("Pekka", "%s/%s/confirm" % (AT, i["id"]), {"outcome": "0" * 64}, 409)
        s.post("Pekka", "%s/%s/confirm" % (AT, i["id"]), {"outcome": r["outcome"]}, 202)
        wait(s, i, "done")
        s.post("Pekka", "%s/%s/confirm" % (AT, i["id"]), {"outcome": r["outcome"]}, 409)  # once
        rows = {x["key"]: x for x in s.get("Aino", "/libraries")["items"]}
        t.equal((rows["house"]["by"]["name"], rows["house"]["references"], rows["house"]["controls"], rows["house"]["imported"]), ("Pekka", 1, 1, True))
        t.equal((rows["house-to-iso"]["pairs"], rows["house-to-iso"]["left"]), (1, 1))  # it has waited for it
        c = s.get("Aino", "/frameworks/house-rules/controls/A.1")
        t.equal([(e["framework"], e["id"], e["mappings"][0]["relation"]) for e in c["equivalents"]], [("iso27001-2022", "7.1", "equal")])
        t.equal((c["references"][0]["name"], c["control"]["coverage"]), ("Lock", "outside"))
        t.equal([h["id"] for h in s.get("Aino", "/search?q=locked")["items"] if h["type"] == "control"], ["house-rules/A.1"])
        t.equal(s.call("Aino", "GET", "/libraries/house/export").raw, house().encode())

        own = s.call("Aino", "GET", "/library")
        t.true(own.status == 200 and b"sinetti-secure-development" in own.raw and b"house" not in own.raw, (own.status, own.raw[:200]))

        # what is judged is as it was
        t.equal([f for f in s.get("Aino", "/frameworks")["items"] if f["key"] != "house-rules"], before)
        t.equal(wait_standing(s), standing)

        # the same again is nothing; older, damaged and another's are refused; newer tells what differs
        t.equal(checked(s, house())["report"]["change"], "same")
        i = checked(s, house(3, "Doors are shut", MORE))
        t.equal((i["report"]["change"], i["report"]["before"]["version"]), ("replaced", 1))
        t.equal([(c["change"], c["id"], c["before"], c["after"]) for c in i["report"]["changes"]],
                [("changed", "A.1", "Doors are locked", "Doors are shut"), ("new", "A.2", "", "Keys <b>are</b> kept")])
        imported(s, house(3, "Doors are shut", MORE))
        t.equal(s.get("Aino", "/frameworks/house-rules/controls/A.2")["control"]["title"], "Keys <b>are</b> kept")
        t.equal(faults(s, house(2)), [(0, "version 2 is older than the 3 that is there: remove it first")])

        # an audit under way answers to it: it stays
        audit = s.post("Ella", "/registers/audit/items", {"title": "Doors", "content": {}}, 201)
        answer = {"list": "framework:house-rules", "requirement": "A.2", "answer": "pass", "note": "", "evidence": "", "seen": -1}
        s.post("Aino", "/audits/%s/answers" % audit["subject"].split("/")[1], dict(answer, requirement="A.9"), 422)
        s.post("Aino", "/audits/%s/answers" % audit["subject"].split("/")[1], answer)
        s.post("Pekka", "/libraries/house/remove", {"reason": "not ours"}, 409)
        t.equal(checked(s, house(4))["report"]["counts"]["audits"], 1)
        at = "/registers/audit/items/" + audit["subject"].split("/")[1]
        s.post("Ella", at + "/moves", {"move": "retire", "digest": audit["digest"], "reason": "done"})

        # removed: its frameworks are gone, what mapped to it waits again, its events stay, and it may come back in any version
        s.post("Aino", "/libraries/house/remove", {"reason": "not ours"}, 403)
        s.post("Pekka", "/libraries/house/remove", {"reason": ""}, 422)
        s.post("Pekka", "/libraries/house/remove", {"reason": "not ours"}, 204)
        s.post("Pekka", "/libraries/house/remove", {"reason": "not ours"}, 404)
        s.get("Aino", "/libraries/house/export", 404)
        s.get("Aino", "/frameworks/house-rules", 404)
        t.equal([(x["key"], x["pairs"], x["left"]) for x in s.get("Aino", "/libraries")["items"]], [("house-to-iso", 0, 2)])
        events = [json.loads(line) for line in t.run("fact", "list", "--data", "data", "--kind", "library", "--format", "json", code=0).out.splitlines()]
        t.equal([e["payload"]["state"] for e in events], ["active", "active", "active", "removed"])
        # who may; whose it is; what is wrong, in the reader's language; what changed meanwhile
        hand_in(s, house(), "Ella", 403)
        hand_in(s, house(), "Aino", 403)
        i = checked(s, b"\xff")
        s.get("Ella", AT + "/" + i["id"], 403)
        s.get("Pekka", "/imports/" + i["id"], 404)  # no import of items
        t.equal(s.get("Pekka", AT + "/" + i["id"], Accept_Language="fi")["report"]["faults"], [{"line": 0, "text": "tiedosto ei ole UTF-8-tekstiä"}])
        s.post("Pekka", "%s/%s/confirm" % (AT, i["id"]), {"outcome": i["report"]["outcome"]}, 202)
        t.equal(wait(s, i, "failed")["message"], "1 faults: nothing was imported")
        i = checked(s, ASVS)
        t.equal((i["report"]["library"]["key"], i["report"]["counts"]["controls"], i["report"]["counts"]["headings"]), ("owasp-asvs-5", 2, 2))
        imported(s, house(2))
        s.post("Pekka", "%s/%s/confirm" % (AT, i["id"]), {"outcome": i["report"]["outcome"]}, 202)
        i = wait(s, i, "checked", "done")
        t.equal((i["stage"], i["message"]), ("checked", "the libraries have changed since: look again at what the file would do"))
    t.run("fsck", "--data", "data", code=0)
    with sqlite3.connect(t.dir / "data" / "state.db") as db:
        db.execute("DELETE FROM shelf")  # as after a restore: it is made anew of facts
    with serving.Server(t, t.dir / "data", PEOPLE) as s:
        for _ in range(600):
            if s.call("Aino", "GET", "/frameworks/house-rules").status == 200:
                break
            time.sleep(0.05)
        t.equal(len(s.get("Aino", "/frameworks/house-rules")["controls"]), 2)

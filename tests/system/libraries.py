"""Goal: frameworks of others become part of a catalog folder, whole or not at all, and what has no place there is told."""
import json
import os
import pathlib
import shutil

from harness import ROOT

LIBRARY = """\
urn: urn:example:risk:library:house
locale: en
ref_id: House
name: House rules
description: >-
  What holds
  in this house
copyright: ours
version: 3
provider: example
packager: example
objects:
  framework:
    urn: urn:example:risk:framework:house
    ref_id: House Rules-2
    name: House rules
    translations: {fi: {name: Talon säännöt}}
    requirement_nodes:
    - urn: urn:example:risk:req_node:house:a
      assessable: false
      depth: 1
      ref_id: A
      name: "Doors \\u2013 and\\
        \\ windows"
    - {urn: 'urn:example:risk:req_node:house:a.1', assessable: true, depth: 2, parent_urn: 'urn:example:risk:req_node:house:a', ref_id: A.1, description: Doors are locked}
    - {urn: 'urn:example:risk:req_node:house:a.1.note', assessable: false, depth: 3, parent_urn: 'urn:example:risk:req_node:house:a.1', description: For example at night}
    - {urn: 'urn:example:risk:req_node:house:a.1.1', assessable: true, depth: 3, parent_urn: 'urn:example:risk:req_node:house:a.1', ref_id: '4.1', name: Keys are kept, reference_controls: ['urn:example:risk:function:house:C1', 'urn:other:risk:function:x:y']}
    - {urn: 'urn:example:risk:req_node:house:node9', assessable: true, depth: 1, name: No number}
  reference_controls:
  - {urn: 'urn:example:risk:function:house:c1', ref_id: C1, name: Lock, category: physical, csf_function: protect}
  requirement_mapping_sets:
  - urn: urn:example:risk:req_mapping_set:house-to-iso
    source_framework_urn: urn:example:risk:framework:house
    target_framework_urn: urn:intuitem:risk:framework:iso27001-2022
    requirement_mappings:
    - {source_requirement_urn: 'urn:example:risk:req_node:house:a.1', target_requirement_urn: 'urn:intuitem:risk:req_node:iso27001-2022:a.8.28', relationship: equal}
    - {source_requirement_urn: 'urn:example:risk:req_node:house:A.1', target_requirement_urn: 'urn:intuitem:risk:req_node:iso27001-2022:a.8.29', relationship: subset, rationale: semantic, strength_of_relationship: 90}
    - {source_requirement_urn: 'urn:example:risk:req_node:house:node9', target_requirement_urn: 'urn:intuitem:risk:req_node:iso27001-2022:a.8.28', relationship: superset, strength_of_relationship: null}
    - {source_requirement_urn: 'urn:example:risk:req_node:house:node9', target_requirement_urn: 'urn:intuitem:risk:req_node:iso27001-2022:a.8.29', relationship: intersect}
    - {source_requirement_urn: 'urn:example:risk:req_node:house:node9', target_requirement_urn: 'urn:intuitem:risk:req_node:iso27001-2022:a.8.29', relationship: intersect}
    - {source_requirement_urn: 'urn:example:risk:req_node:house:node9', target_requirement_urn: 'urn:intuitem:risk:req_node:iso27001-2022:a.8.30', relationship: not_related}
    - {source_requirement_urn: 'urn:example:risk:req_node:house:node9', target_requirement_urn: 'urn:intuitem:risk:req_node:iso27001-2022:6.1.2', relationship: intersect}
  - urn: urn:example:risk:req_mapping_set:house-to-moon
    source_framework_urn: urn:example:risk:framework:house
    target_framework_urn: urn:example:risk:framework:moon
    requirement_mappings:
    - {source_requirement_urn: 'urn:example:risk:req_node:house:a.1', target_requirement_urn: 'urn:example:risk:req_node:moon:1', relationship: equal}
"""
ASVS = {"Name": "Verification standard", "ShortName": "ASVS", "Version": "9.1", "Requirements": [
    {"Shortcode": "V1", "Name": "Words", "Items": [{"Shortcode": "V1.1", "Name": "Spelling", "Items": [
        {"Shortcode": "V1.1.1", "Description": "Verify that words are spelled."}]}]}]}


def catalog(t):
    shutil.copytree(ROOT / "catalog", t.dir / "own")


def taken(t, name, text, *options, code=0):
    (t.dir / name).write_text(text, encoding="utf-8")
    return t.run("catalog", "import", t.dir / name, "--into", t.dir / "own", *options, code=code)


def test_library(t):
    catalog(t)
    ran = taken(t, "house.yaml", LIBRARY)
    t.true("3 requirements under 1 headings" in ran.out and "1 explanations" in ran.out, ran)
    t.true("5 mapped pairs, 1 reference controls, suggested 1 times" in ran.out and "1 pairs stood there twice" in ran.out, ran)
    t.true("2 pairs of what the catalog does not hold" in ran.out and "1 suggestions of reference controls" in ran.out, ran)
    line = LIBRARY.splitlines().index(next(x for x in LIBRARY.splitlines() if "2022:6.1.2" in x)) + 1
    t.true(f"house.yaml:{line}: left out: urn:intuitem:risk:req_node:iso27001-2022:6.1.2 is no requirement" in ran.err, ran)
    t.true("1 pairs: the framework urn:example:risk:framework:moon is not in the catalog" in ran.err, ran)
    text = (t.dir / "own" / "frameworks" / "house-rules-2.yaml").read_text(encoding="utf-8")
    t.equal([line.strip() for line in text.splitlines() if line.startswith("  - ")], [
        '- {id: "A", title: "Doors – and windows", heading: true}',
        '- {id: "A.1", title: "Doors are locked", group: "A"}',
        '- {id: "4.1", title: "Keys are kept", group: "A", node: "a.1.1"}',
        '- {id: "node9", title: "No number"}'])
    t.true('title: {en: "House rules", fi: "Talon säännöt"}' in text, text)
    t.run("catalog", "list", "--catalog", t.dir / "own", code=0)
    t.true("is there already" in taken(t, "house.yaml", LIBRARY, code=3).err, "again")


def snapshot(t):
    return {str(p): p.read_bytes() for p in sorted((t.dir / "own").rglob("*.yaml"))}


def test_again_tells_what_differs(t):
    catalog(t)
    before = snapshot(t)
    t.true("nothing was written" in taken(t, "house.yaml", LIBRARY, "--dry-run").out, "dry")
    t.equal(snapshot(t), before)
    taken(t, "house.yaml", LIBRARY)
    before = snapshot(t)
    t.true("0 differences" in taken(t, "house.yaml", LIBRARY, "--replace").out, "the same")
    t.equal(snapshot(t), before)
    newer = (LIBRARY.replace("version: 3", "version: 4").replace("Keys are kept", "Keys are counted").replace("name: Lock", "name: Two locks")
             .replace("relationship: equal}", "relationship: subset}", 1).replace("superset, strength_of_relationship: null", "superset, strength_of_relationship: 40"))
    for options in (["--dry-run"], []):
        ran = taken(t, "house.yaml", newer, "--replace", *options)
        t.equal([x for x in ran.out.splitlines() if x[:2] in ("~ ", "+ ", "- ")], [
            "~ control 4.1: Keys are kept -> Keys are counted",
            "~ reference control C1: Lock -> Two locks",
            "~ pair house-rules-2 A.1 ↔ iso27001-2022 8.28: equal -> subset",
            "~ pair house-rules-2 node9 ↔ iso27001-2022 8.28: superset -> superset, strength 40"])
        t.equal(snapshot(t) == before, bool(options))
    t.true("version 3 is older than the 4 that is there" in taken(t, "house.yaml", LIBRARY, "--replace", code=3).err, "older")
    other = LIBRARY.replace("urn: urn:example:risk:library:house", "urn: urn:example:risk:library:shed")
    t.true("of another library" in taken(t, "house.yaml", other, "--replace", code=3).err, "another")


def test_each_fault_with_its_line(t):
    catalog(t)
    before = snapshot(t)
    bad = (LIBRARY.replace("relationship: not_related", "relationship: cousin").replace("strength_of_relationship: 90", "strength_of_relationship: 101")
           .replace(", relationship: superset, strength_of_relationship: null", "", 1))
    ran = taken(t, "house.yaml", bad, code=3)
    lines = {n: x for n, x in enumerate(bad.splitlines(), 1)}
    for what, wanted in (('the relationship "cousin" is not known', "cousin"), ("strength_of_relationship is no whole number from 0 to 100", ": 101"), ("a mapping has no relationship", "a.8.28'}")):
        n = next(n for n, x in lines.items() if wanted in x)
        t.true(f"house.yaml:{n}: {what}" in ran.err, (what, ran.err))
    t.true("3 faults" in ran.err, ran)
    twice = LIBRARY.replace("a.8.29', relationship: intersect}", "a.8.29', relationship: equal}", 1)
    t.true("the pair stands in line" in taken(t, "house.yaml", twice, code=3).err, "said otherwise")
    t.equal(snapshot(t), before)


def test_their_own_libraries(t):
    """Only where they are: CISO_ASSISTANT_LIBRARIES names a folder with them."""
    folder = os.environ.get("CISO_ASSISTANT_LIBRARIES")
    if not folder:
        return
    catalog(t)
    for name, pairs in (("map-nist-csf-1.1-iso27001-2022", 180), ("mapping-nist-csf-2.0-to-iso27001-2022", 200), ("map-nist-csf-1.1-nist-csf-2.0", 100),
                        ("mapping-iso27001-2013-to-iso27001-2022", 80)):
        out = t.run("catalog", "import", pathlib.Path(folder) / f"{name}.yaml", "--into", t.dir / "own", code=0).out
        t.true(int(out.split(" mapped pairs")[0].rsplit(" ", 1)[1]) >= pairs, out)


def test_asvs(t):
    catalog(t)
    t.true("1 requirements under 2 headings" in taken(t, "asvs.json", json.dumps(ASVS)).out, "asvs")
    t.true((t.dir / "own" / "frameworks" / "owasp-asvs-9.1.yaml").exists(), "the file")


def test_what_is_wrong_leaves_nothing(t):
    catalog(t)
    before = sorted(p.name for p in (t.dir / "own" / "frameworks").iterdir())
    for name, text in (("no.yaml", "a: b\n"), ("bad.yaml", "objects: [\n"), ("empty.yaml", ""), ("no.json", "{}"), ("bad.json", '{"a": 1, "a": 2}'),
                       ("mapping.yaml", LIBRARY.replace("requirement_nodes", "other_nodes").replace("reference_controls:\n", "others:\n").replace("req_node:house", "req_node:moon")),
                       ("urn.yaml", LIBRARY.replace("urn: 'urn:example:risk:req_node:house:node9', ", "")),
                       ("bom.yaml", LIBRARY.replace("No number", "\\u0007"))):
        taken(t, name, text, code=0 if name == "bom.yaml" else 3)
    (t.dir / "own" / "frameworks" / "house-rules-2.yaml").unlink()
    t.equal(sorted(p.name for p in (t.dir / "own" / "frameworks").iterdir()), before)
    t.run("catalog", "import", t.dir / "no.yaml", code=2)

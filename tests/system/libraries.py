"""Goal: frameworks of others become part of a catalog folder, whole or not at all, and what has no place there is told."""
import json
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
    - {urn: 'urn:example:risk:req_node:house:a.1.1', assessable: true, depth: 3, parent_urn: 'urn:example:risk:req_node:house:a.1', ref_id: '4.1', name: Keys are kept}
    - {urn: 'urn:example:risk:req_node:house:node9', assessable: true, depth: 1, name: No number}
  reference_controls:
  - {urn: 'urn:example:risk:function:house:c1', ref_id: C1, name: Lock}
  requirement_mapping_sets:
  - requirement_mappings:
    - {source_requirement_urn: a, target_requirement_urn: b, relationship: equal}
    - {source_requirement_urn: a, target_requirement_urn: c, relationship: subset}
"""
ASVS = {"Name": "Verification standard", "ShortName": "ASVS", "Version": "9.1", "Requirements": [
    {"Shortcode": "V1", "Name": "Words", "Items": [{"Shortcode": "V1.1", "Name": "Spelling", "Items": [
        {"Shortcode": "V1.1.1", "Description": "Verify that words are spelled."}]}]}]}


def catalog(t):
    shutil.copytree(ROOT / "catalog", t.dir / "own")


def taken(t, name, text, code=0):
    (t.dir / name).write_text(text, encoding="utf-8")
    return t.run("catalog", "import", t.dir / name, "--into", t.dir / "own", code=code)


def test_library(t):
    catalog(t)
    ran = taken(t, "house.yaml", LIBRARY)
    t.true("3 requirements under 1 headings" in ran.out and "1 explanations" in ran.out and "1 reference controls, 0 threats, 2 mapped pairs" in ran.out, ran)
    text = (t.dir / "own" / "frameworks" / "house-rules-2.yaml").read_text(encoding="utf-8")
    t.equal([line.strip() for line in text.splitlines() if line.startswith("  - ")], [
        '- {id: "A", title: "Doors – and windows", heading: true}',
        '- {id: "A.1", title: "Doors are locked", group: "A"}',
        '- {id: "4.1", title: "Keys are kept", group: "A"}',
        '- {id: "node9", title: "No number"}'])
    t.true('title: {en: "House rules", fi: "Talon säännöt"}' in text, text)
    t.run("catalog", "list", "--catalog", t.dir / "own", code=0)
    t.true("is there already" in taken(t, "house.yaml", LIBRARY, code=3).err, "again")


def test_asvs(t):
    catalog(t)
    t.true("1 requirements under 2 headings" in taken(t, "asvs.json", json.dumps(ASVS)).out, "asvs")
    t.true((t.dir / "own" / "frameworks" / "owasp-asvs-9.1.yaml").exists(), "the file")


def test_what_is_wrong_leaves_nothing(t):
    catalog(t)
    before = sorted(p.name for p in (t.dir / "own" / "frameworks").iterdir())
    for name, text in (("no.yaml", "a: b\n"), ("bad.yaml", "objects: [\n"), ("empty.yaml", ""), ("no.json", "{}"), ("bad.json", '{"a": 1, "a": 2}'),
                       ("mapping.yaml", LIBRARY.replace("requirement_nodes", "other_nodes")),
                       ("urn.yaml", LIBRARY.replace("urn: 'urn:example:risk:req_node:house:node9', ", "")),
                       ("bom.yaml", LIBRARY.replace("No number", "\\u0007"))):
        taken(t, name, text, code=0 if name == "bom.yaml" else 3)
    (t.dir / "own" / "frameworks" / "house-rules-2.yaml").unlink()
    t.equal(sorted(p.name for p in (t.dir / "own" / "frameworks").iterdir()), before)
    t.run("catalog", "import", t.dir / "no.yaml", code=2)

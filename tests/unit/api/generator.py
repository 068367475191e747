#!/usr/bin/env python3
"""tools/api.py: each fault in the API's files is told, by itself, with file and line; and what is made of good ones.
usage: generator.py"""
import json
import pathlib
import re
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[3]

HEAD = """openapi: 3.1.0
info: {title: T, version: "1"}
tags:
  - {name: things, description: Things}
components:
  parameters:
    limit: {name: limit, in: query, schema: {type: integer, minimum: 1, maximum: 200}}
    cursor: {name: cursor, in: query, schema: {type: string, maxLength: 9}}
    format: {name: format, in: query, schema: {type: string, enum: [json, csv]}}
x-problems:
  internal: {status: 500, en: Wrong, fi: Vika}
"""
ROLES = "permissions:\n  things.read: {project: true, en: See, fi: Nähdä}\n  things.edit: {en: Change, fi: Muuttaa}\nroles:\n" + "".join(
    "  %s: {title: {en: A, fi: B}, description: {en: C, fi: D}, permissions: [things.read, things.edit]}\n" % role
    for role in "admin security_officer development_manager developer data_owner contributor employee partner auditor".split())
THINGS = """tag: things
paths:
  /api/v1/things:
    get:
      operationId: things_list
      summary: All
      x-permission: things.read
      x-process: web
      x-scope: filtered
      x-list: things
      x-items: Thing
      parameters:
        - {name: name, in: query, schema: {type: string, maxLength: 40}}
    post:
      operationId: things_create
      summary: One more
      x-permission: things.edit
      x-process: worker
      x-fact: [note]
      requestBody:
        required: true
        content: {application/json: {schema: {$ref: "#/components/schemas/Thing"}}}
      responses:
        "201": {description: It, content: {application/json: {schema: {$ref: "#/components/schemas/Thing"}}}}
  /api/v1/things/{thing}:
    get:
      operationId: things_get
      summary: One
      x-permission: things.read
      x-process: web
      parameters:
        - {name: thing, in: path, required: true, schema: {type: string, pattern: "^[a-z]+$", maxLength: 9}}
      responses:
        "200": {description: It, content: {application/json: {schema: {$ref: "#/components/schemas/Thing"}}}}
components:
  schemas:
    Thing:
      type: object
      required: [id]
      properties:
        id: {type: string, maxLength: 20}
        size: {type: integer, minimum: 0, maximum: 5}
        made: {type: string, format: date-time, maxLength: 30}
"""
SQL = """-- Sorts: name, -made
-- Total: yes
SELECT id, name AS _name, name, made FROM things WHERE (:name IS NULL OR name = :name)
  AND (:projects IS NULL OR project IN (SELECT value FROM json_each(:projects)));
"""
GOOD = {"openapi.yaml": HEAD, "roles.yaml": ROLES, "things.yaml": THINGS, "lists/things.sql": SQL.replace("name AS _name, name, made", "name AS _name, made").replace(
    "Sorts: name", "Sorts: _name").replace("-made", "-_made").replace(", made FROM", ", made, made AS _made FROM")}

# (file, what stands there, what is put instead, what is said of it; the line is where it was put unless another is told)
FAULTS = [
    ("things.yaml", "      x-permission: things.edit\n", "", 'things_create: "x-permission" is missing', "operationId: things_create"),
    ("things.yaml", "x-permission: things.edit", "x-permission: things.eat", 'there is no permission "things.eat" in roles.yaml'),
    ("things.yaml", "      x-process: worker\n", "", 'things_create: "x-process" is missing', "operationId: things_create"),
    ("things.yaml", "x-process: worker", "x-process: other", '"x-process" is web or worker'),
    ("things.yaml", "x-process: worker", "x-process: web", "web only reads"),
    ("things.yaml", "summary: One more", "sumary: One more", '"sumary" is not known here'),
    ("things.yaml", "operationId: things_create", "operationId: things_list", "the operationId is taken"),
    ("things.yaml", "operationId: things_create", "operationId: thingsCreate", "operationId is snake_case"),
    ("things.yaml", "x-fact: [note]", "x-fact: [notes]", 'there is no kind of fact "notes" in the catalog'),
    ("things.yaml", "tag: things", "tag: thing", 'the tag "thing" is none of openapi.yaml\'s'),
    ("things.yaml", "{type: string, maxLength: 20}", "{type: string}", '"body.id" has no bound', "content: {application/json: {schema: {$ref: \"#/components/schemas/Thing\"}}}\n      responses"),
    ("things.yaml", "maximum: 5}", "maximum: 5, multipleOf: 2}", '"multipleOf" is not known here'),
    ("things.yaml", "{type: integer, minimum: 0", "{type: number, minimum: 0", '"type" is to be one of object'),
    ("things.yaml", "minimum: 0, maximum: 5", "minimum: 6, maximum: 5", '"minimum" is over "maximum"'),
    ("things.yaml", "made: {type: string, format: date-time, maxLength: 30}", "made: {type: object}", "it would have no field at all"),
    ("things.yaml", "required: [id]", "required: [id, ib]", '"ib" is required and is none of the properties'),
    ("things.yaml", "format: date-time", "format: datetime", '"format" is to be one of'),
    ("things.yaml", '"^[a-z]+$"', '"[a-z]+"', "it begins with ^ and ends with $"),
    ("things.yaml", '"^[a-z]+$"', '"^\\\\d+$"', "is not known there"),
    ("things.yaml", "name: thing, in: path", "name: think, in: path", "{thing} of the path is none of the parameters", "operationId: things_get"),
    ("things.yaml", 'Thing"}}}}\n  /api', 'Think"}}}}\n  /api', 'there is no schema "Think"'),
    ("things.yaml", '        "201":', '        "400":', "problems come by themselves"),
    ("things.yaml", "x-list: things", "x-list: think", "there is no lists/think.sql"),
    ("things.yaml", "x-items: Thing", "x-item: Thing", '"x-item" is not known here'),
    ("things.yaml", "/api/v1/things/{thing}:", "/api/v1/Things/{thing}:", "a path is of lower-case words"),
    ("lists/things.sql", "\n  AND (:projects IS NULL OR project IN (SELECT value FROM json_each(:projects)))", "", "does not keep to :projects"),
    ("things.yaml", "      x-scope: filtered\n", "", "the list's SQL asks for :projects: write filtered"),
    ("roles.yaml", "things.edit: {en", "things.edit: {project: true, en", "no operation keeps it to a project"),
    ("roles.yaml", "  things.edit: {en: Change, fi: Muuttaa}", "  things.edit: {en: Change, fi: Muuttaa}\n  things.lose: {en: Lose, fi: Kadottaa}", "no operation asks for it"),
    ("things.yaml", "x-permission: things.edit", "x-permission: things.read", "what may only read does not write"),
    ("things.yaml", "x-fact: [note]", "x-fact: [note]\n      x-scope: filtered", "its permission is never given for a project alone"),
    ("things.yaml", "x-fact: [note]", "x-fact: [note]\n      x-max-body: 2000000", '"x-max-body" is at most'),
    ("things.yaml", "x-fact: [note]", "x-fact: [note]\n      x-answer: stream", '"x-answer" is file, or absent'),
    ("things.yaml", "      x-scope: filtered\n", "      x-scope: filtered\n      x-answer: file\n", "files pass through web: they are worker's"),
    ("things.yaml", "      summary: One more", "      summary: One more\n      summary: Two", '"summary" stands here twice'),
    ("things.yaml", "tag: things", "tag: [things", "no YAML"),
    ("roles.yaml", "en: See, fi: Nähdä", "en: See", '"fi" is missing'),
    ("roles.yaml", "  auditor: {", "  auditors: {", 'there is no such role'),
    ("roles.yaml", "things.edit: {en", "thingsedit: {en", "a permission is one word, noun.verb"),
    ("openapi.yaml", "openapi: 3.1.0", "openapi: 3.0.0", "is to be OpenAPI 3.1"),
    ("lists/things.sql", "-- Sorts: _name, -_made\n", "", 'the head has no line "-- Sorts'),
    ("lists/things.sql", "name = :name)", "name = :nam)", "asks for :nam, which is no parameter"),
    ("lists/things.sql", "json_each(:projects)));", "json_each(:projects))); DELETE FROM things;", "one SELECT is expected"),
    ("lists/things.sql", "(:name IS NULL OR name = :name)\n  AND ", "", "does not use the parameter :name"),
]


def run(folder, *arguments):
    done = subprocess.run([sys.executable, str(ROOT / "tools" / "api.py"), *arguments, "--api", str(folder), "--catalog", str(ROOT / "catalog")],
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    return done.returncode, done.stdout


def write(folder, files):
    (folder / "lists").mkdir(parents=True)
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def check_faults(work):
    failed = 0
    for i, (name, old, new, said, *place) in enumerate(FAULTS):
        assert GOOD[name].count(old) >= 1, (name, old)
        folder = write(work / str(i), {**GOOD, name: GOOD[name].replace(old, new, 1)})
        code, out = run(folder, "check")
        text = (folder / name).read_text(encoding="utf-8")
        line = text[:text.index(place[0])].count("\n") + 1 if place else None
        told = [one for one in out.splitlines() if said in one and re.match(r"api: [a-z/]+\.(yaml|sql):\d+: ", one)]
        if code != 1 or not told or "Traceback" in out or (line and ":%d: " % line not in told[0]):
            print("%s: %r instead of %r: exit %d, not told %r at line %s:\n%s" % (name, new, old, code, said, line, out))
            failed += 1
    return failed


def check_good(work):
    folder = write(work / "good", GOOD)
    code, out = run(folder, "check")
    assert code == 0 and "3 operations, no fault" in out, out
    for what in ("c", "types", "json"):
        code, out = run(folder, what, str(work / what))
        assert code == 0, out
    c = (work / "c").read_text(encoding="utf-8")
    assert "api_function api_things_create;" in c and "api_things_list" not in c
    assert "(_name, id) > (:after_sort, :after_key) ORDER BY _name ASC, id ASC" in c
    assert "(_made, id) < (:after_sort, :after_key) ORDER BY _made DESC, id DESC" in c
    types = (work / "types").read_text(encoding="utf-8")
    assert "things_create: {\n    parameters: Record<string, never>;\n    body: Thing;" in types
    document = json.loads((work / "json").read_text(encoding="utf-8"))
    listed = document["paths"]["/api/v1/things"]["get"]
    assert [p["name"] for p in listed["parameters"]] == ["name", "limit", "cursor", "format", "sort"]
    assert listed["responses"]["200"]["content"]["application/json"]["schema"]["properties"]["items"]["items"] == {"$ref": "#/components/schemas/Thing"}
    assert document["paths"]["/api/v1/things/{thing}"]["get"]["parameters"][0]["schema"]["pattern"] == "^[a-z]+$"


def main():
    with tempfile.TemporaryDirectory() as name:
        work = pathlib.Path(name)
        check_good(work)
        failed = check_faults(work)
    print("%d faults told, %d not" % (len(FAULTS) - failed, failed))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())

/* A small right catalog in a temporary folder, for tests that then spoil one thing in it. */
#ifndef SINETTI_TESTS_CATALOG_FOLDER_H
#define SINETTI_TESTS_CATALOG_FOLDER_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct test_file {
    const char *path, *content;
};

static const struct test_file right_catalog[] = {
    {"facts/mark/project.sql",
     "CREATE TABLE p_mark (n INTEGER PRIMARY KEY, at INTEGER, subject TEXT, actor TEXT, via TEXT, text TEXT) STRICT;\n"
     "CREATE VIEW fact_mark AS SELECT * FROM p_mark;\n"
     "INSERT INTO p_mark VALUES (:n, :at, :subject, :actor, :via, :payload ->> 'text');\n"},
    {"facts/mark/schema.yaml", "key: mark\n"
                               "title: {en: Mark, fi: Merkki}\n"
                               "kept: false\n"
                               "subjects: [any]\n"
                               "project: adds\n"
                               "payload:\n"
                               "  type: object\n"
                               "  additionalProperties: false\n"
                               "  properties:\n"
                               "    text: {type: string, maxLength: 10}\n"},
    {"facts/thing/project.sql",
     "-- The newest of a thing.\n"
     "CREATE TABLE p_thing (n INTEGER, at INTEGER, subject TEXT PRIMARY KEY, actor TEXT, via TEXT, size INTEGER)\n"
     "  STRICT, WITHOUT ROWID;\n"
     "CREATE VIEW fact_thing AS SELECT n, at, subject, actor, via, size AS \"order\" FROM p_thing;\n"
     "CREATE TABLE p_thing_parts (n INTEGER, seq INTEGER, name TEXT, PRIMARY KEY (n, seq)) STRICT, WITHOUT ROWID;\n"
     "CREATE INDEX p_thing_name ON p_thing_parts (name);\n"
     "CREATE VIEW fact_thing_parts AS SELECT n, seq, name FROM p_thing_parts;\n"
     "DELETE FROM p_thing_parts WHERE n = (SELECT n FROM p_thing WHERE subject = :subject);\n"
     "INSERT OR REPLACE INTO p_thing VALUES (:n, :at, :subject, :actor, :via, :payload ->> 'size'); /* ; */\n"
     "INSERT INTO p_thing_parts SELECT :n, key, value ->> 'name' FROM json_each(:payload, '$.parts');\n"},
    {"facts/thing/schema.yaml", "key: thing\n"
                                "title: {en: Thing, fi: Esine}\n"
                                "kept: true\n"
                                "subjects: [project, repo]\n"
                                "project: replaces\n"
                                "subject_fields: [about]\n"
                                "different: [parts]\n"
                                "payload:\n"
                                "  type: object\n"
                                "  additionalProperties: false\n"
                                "  required: [size, parts]\n"
                                "  properties:\n"
                                "    size: {type: integer, minimum: 1, maximum: 9}\n"
                                "    mode: {type: string, enum: [on, \"1\"]}\n"
                                "    about: {type: string, pattern: \"^(\\\\*|[a-z]+:.+)$\", maxLength: 100}\n"
                                "    parts:\n"
                                "      type: array\n"
                                "      maxItems: 3\n"
                                "      items:\n"
                                "        {type: object, additionalProperties: false, required: [name],\n"
                                "         properties: {name: {type: string, maxLength: 20}}}\n"},
    {"frameworks/fw-1.0.yaml", "key: fw-1.0\n"
                               "order: 1\n"
                               "name: Frame\n"
                               "edition: \"1.0\"\n"
                               "title: {en: Frame, fi: Kehys}\n"
                               "legacy: false\n"
                               "controls:\n"
                               "  - {id: \"1\", title: Heading, heading: true}\n"
                               "  - {id: \"1.1\", title: First, group: \"1\"}\n"
                               "  - {id: \"1.2\", title: Second, group: \"1\", outside: true}\n"},
    {"frameworks/old.yaml", "key: old\n"
                            "order: 2\n"
                            "name: Old\n"
                            "edition: \"0\"\n"
                            "title: {en: Old, fi: Vanha}\n"
                            "legacy: true\n"
                            "controls: [{id: \"9\", title: Nine}]\n"},
    {"libraries/two.yaml", "key: two\n"
                           "urn: \"urn:x:risk:library:two\"\n"
                           "name: Two\n"
                           "version: 2\n"
                           "references:\n"
                           "  - {urn: \"urn:x:c1\", id: C1, name: Lock, category: physical}\n"
                           "suggests:\n"
                           "  - {framework: fw-1.0, id: \"1.1\", reference: \"urn:x:c1\"}\n"
                           "mappings:\n"
                           "  - urn: \"urn:x:set\"\n"
                           "    source: fw-1.0\n"
                           "    target: old\n"
                           "    pairs:\n"
                           "      - {from: \"1.2\", to: \"9\", relation: equal}\n"
                           "      - {from: \"1.1\", to: \"9\", relation: subset, rationale: semantic, strength: 50}\n"},
    {"kinds/memo.yaml", "key: memo\n"
                        "title: {en: Memo, fi: Muistio}\n"
                        "plural: {en: Memos, fi: Muistiot}\n"
                        "summary: {en: A note., fi: Merkintä.}\n"
                        "prefix: MEM\n"
                        "tasks: [second]\n"
                        "fields:\n"
                        "  - {key: body, type: text, label: {en: Body, fi: Teksti}}\n"
                        "states:\n"
                        "  - {key: open, title: {en: Open, fi: Avoin}, phase: open}\n"
                        "  - {key: done, title: {en: Done, fi: Valmis}, phase: closed}\n"
                        "moves:\n"
                        "  - {key: close, title: {en: Close, fi: Sulje}, from: [open], to: done, who: [owner]}\n"},
    {"kinds/paper.yaml",
     "key: paper\n"
     "title: {en: Paper, fi: Paperi}\n"
     "plural: {en: Papers, fi: Paperit}\n"
     "summary: {en: What is written., fi: Mitä on kirjoitettu.}\n"
     "prefix: PAP\n"
     "tasks: [first]\n"
     "fields:\n"
     "  - {key: why, type: markdown, label: {en: Why, fi: Miksi}, required: true}\n"
     "  - {key: sort, type: choice, label: {en: Sort, fi: Laji}, choices: [{key: long, title: {en: Long, fi: Pitkä}}, "
     "{key: short, title: {en: Short, fi: Lyhyt}}]}\n"
     "  - {key: pages, type: number, label: {en: Pages, fi: Sivut}, unit: {en: pages, fi: sivua}, when: {field: sort, "
     "is: long}}\n"
     "  - {key: reader, type: person, label: {en: Reader, fi: Lukija}}\n"
     "  - {key: related, type: link, label: {en: Related, fi: Liittyy}, to: [paper, repo], many: true}\n"
     "  - {key: parts, type: table, label: {en: Parts, fi: Osat}, columns: [{key: name, type: text, label: {en: Name, "
     "fi: Nimi}}]}\n"
     "states:\n"
     "  - {key: draft, title: {en: Draft, fi: Luonnos}, phase: open}\n"
     "  - {key: approved, title: {en: Approved, fi: Hyväksytty}, phase: in_force, edit: draft}\n"
     "  - {key: retired, title: {en: Retired, fi: Poistettu}, phase: closed, edit: \"no\"}\n"
     "moves:\n"
     "  - {key: approve, title: {en: Approve, fi: Hyväksy}, from: [draft], to: approved, who: [security_officer, "
     "reader], other_than: [editor], people: 2, approves: true, needs: [sort]}\n"
     "  - {key: retire, title: {en: Retire, fi: Poista}, from: [draft, approved], to: retired, who: [owner], reason: "
     "true}\n"
     "review: {days: 365}\n"
     "accept: [developer]\n"},
    {"presets/few.yaml", "key: few\ntitle: {en: Few, fi: Vähän}\nadopts: [second/shown]\n"},
    {"presets/page.yaml", "key: page\ntitle: {en: Page, fi: Sivu}\nadopts: {strengths: [recommended, example]}\n"},
    {"tasks/first/task.yaml", "key: first\n"
                              "order: 1\n"
                              "theme: the_theme\n"
                              "theme_title: {en: Theme, fi: Teema}\n"
                              "policy: the_policy\n"
                              "policy_title: {en: Policy, fi: Politiikka}\n"
                              "priority: high\n"
                              "title: {en: First, fi: Eka}\n"
                              "summary: {en: About it., fi: Siitä.}\n"
                              "controls:\n"
                              "  - {framework: old, id: \"9\", source: page}\n"
                              "  - {framework: fw-1.0, id: \"1.1\", source: own_judgement}\n"
                              "obligations:\n"
                              "  - key: named\n"
                              "    point: 1\n"
                              "    strength: must\n"
                              "    aspect: design\n"
                              "    type: document\n"
                              "    text: {en: It is named., fi: Se on nimetty.}\n"
                              "    settles: {en: Name it., fi: Nimeä se.}\n"
                              "    needs: [paper, memo]\n"},
    {"tasks/second/cases/shown--bad.json",
     "{\"about\": \"bad\", \"now\": \"2026-06-01T00:00:00Z\", \"since\": \"2025-06-01T00:00:00Z\",\n"
     " \"tables\": {\"commit\": [{\"oid\": \"c1\", \"paths\": 2}]},\n"
     " \"rows\": [{\"subject\": \"commit:self/c1\", \"ok\": 0}]}\n"},
    {"tasks/second/cases/shown--good.json",
     "{\"about\": \"good\", \"now\": \"2026-06-01T00:00:00Z\", \"since\": \"2025-06-01T00:00:00Z\",\n"
     " \"tables\": {}, \"rows\": [{\"subject\": \"commit:self/c1\", \"ok\": 1}]}\n"},
    {"tasks/second/cases/shown--none.json",
     "{\"about\": \"none\", \"now\": \"2026-06-01T00:00:00Z\", \"since\": \"2025-06-01T00:00:00Z\",\n"
     " \"tables\": {}, \"rows\": []}\n"},
    {"tasks/second/shown.sql",
     "-- Evidence: a commit\n"
     "-- that shows it.\n"
     "-- Blind spots: all else.\n"
     "SELECT c.subject, c.paths > 1 AS ok, c.at AS at, NULL AS due, c.subject_line AS title\n"
     "FROM asked a JOIN commits c ON a.type = 'commit' AND c.oid = a.name WHERE c.at >= :since\n"},
    {"tasks/second/task.yaml", "key: second\n"
                               "order: 2\n"
                               "theme: the_theme\n"
                               "theme_title: {en: Theme, fi: Teema}\n"
                               "policy: the_policy\n"
                               "policy_title: {en: Policy, fi: Politiikka}\n"
                               "priority: low\n"
                               "title: {en: Second, fi: Toka}\n"
                               "summary: {en: About it., fi: Siitä.}\n"
                               "obligations:\n"
                               "  - key: also\n"
                               "    point: 2\n"
                               "    strength: example\n"
                               "    aspect: operation\n"
                               "    type: record\n"
                               "    text: {en: Also., fi: Myös.}\n"
                               "    settles: {en: Name it., fi: Nimeä se.}\n"
                               "    needs: [paper]\n"
                               "  - key: shown\n"
                               "    point: 1\n"
                               "    strength: recommended\n"
                               "    aspect: operation\n"
                               "    type: practice\n"
                               "    check: true\n"
                               "    text: {en: It is shown., fi: Se näkyy.}\n"
                               "    message: {en: \"{title} does not show it.\", fi: \"{title} ei näytä sitä.\"}\n"
                               "    fix: {en: Mend it., fi: Korjaa se.}\n"
                               "    settles: {en: Show it., fi: Näytä se.}\n"},
    {"templates/paper/rules.yaml", "key: rules\n"
                                   "title: {en: \"Rules of [fill in: team]\", fi: \"Säännöt: [täydennä: tiimi]\"}\n"
                                   "about: {en: What it is for., fi: Mitä varten se on.}\n"
                                   "shows: [first/named]\n"
                                   "content:\n"
                                   "  why: {en: \"We [fill in: what].\", fi: \"Me [täydennä: mitä].\"}\n"
                                   "  sort: long\n"
                                   "  pages: \"12\"\n"
                                   "  parts:\n"
                                   "    - name: {en: One, fi: Yksi}\n"
                                   "    - name: ISO\n"},
};
enum { N_RIGHT = sizeof right_catalog / sizeof *right_catalog };

static void folder_put(const char *dir, const char *path, const char *content, size_t n)
{
    char name[512];
    (void)snprintf(name, sizeof name, "%s/%s", dir, path);
    for (char *p = name + strlen(dir) + 1; (p = strchr(p, '/')) != NULL; *p++ = '/') {
        *p = 0;
        (void)mkdir(name, 0700);
    }
    FILE *f = fopen(name, "wb");
    if (!f || fwrite(content, 1, n, f) != n || fclose(f) != 0) abort();
}

static void folder_make(char dir[64])
{
    strcpy(dir, "/tmp/sinetti-catalog-XXXXXX");
    if (!mkdtemp(dir)) abort();
    for (int i = 0; i < N_RIGHT; i++)
        folder_put(dir, right_catalog[i].path, right_catalog[i].content, strlen(right_catalog[i].content));
}

#endif

"""Goal: each report passes its schema, says the same as the others, stands alone, and cuts what is too long while it tells the full count."""
import html.parser
import json
import re

import jsonschema

from harness import ROOT, SHARED

SCHEMA = ROOT / "docs" / "formats" / "assessment.schema.json"


def report(t, repo, form, *options):
    return t.run("assess", "--now", "2026-01-01T00:00:00Z", "--format", form, *options, repo.path, code=0)


def varied(t):
    repo = t.repo()
    repo.commit("one\n\nReviewed-by: Bo <bo@example.org>\n", {
        "src/a.py": "import requests\nrequests.get(u, verify=False)\n", "two words/b<i>&.py": "import requests\nrequests.get(u, verify=False)\n",
        "config/app.yml": "admin:\n  username: admin\n  password: admin\n", "README.md": "# A\n", "SECURITY.md": "# Security policy\n\nWrite to security@example.org.\n",
        ".github/workflows/ci.yml": "on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n      - uses: someone/tool@main\n"})
    repo.git("tag", "-a", "-m", "x", "v1.0.0")
    return repo


def check(value, schema):
    validator = jsonschema.validators.validator_for(schema)
    validator.check_schema(schema)
    validator(schema).validate(value)


def test_json_passes_its_schema(t):
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    repo = varied(t)
    for options in ((), ("--lang", "fi"), ("--preset", "page"), ("--task", "release-log")):
        check(report(t, repo, "json", *options).json(), schema)


def test_the_schema_refuses(t):
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    good = report(t, varied(t), "json").json()
    for spoil in (lambda d: d.pop("tasks"), lambda d: d.update(schema_version="1"), lambda d: d["tasks"][0].update(status="splendid"),
                  lambda d: d["tasks"][0]["obligations"][0].pop("verdict"), lambda d: d["summary"].update(fully_done=-1)):
        bad = json.loads(json.dumps(good))
        spoil(bad)
        try:
            check(bad, schema)
        except jsonschema.ValidationError:
            continue
        t.true(False, "a spoiled report passes the schema")


def test_json_has_what_was_promised(t):
    told = report(t, varied(t), "json").json()
    t.equal(told["tool"]["name"], "sinetti")
    t.equal(told["schema_version"], 1)
    t.equal([task["order"] for task in told["tasks"]], list(range(1, 25)))
    t.equal(sum(told["summary"].values()), 24)
    for task in told["tasks"]:
        t.equal({"key", "order", "title", "theme", "policy", "priority", "status", "designed", "operating", "assurance", "controls", "obligations"} - set(task), set())
        for point in task["obligations"]:
            t.equal({"key", "point", "strength", "adopted", "text", "verdict", "population", "judged", "failing", "findings"} - set(point), set())
            t.true(point["failing"] <= point["judged"] <= point["population"], point)
            t.equal(len(point["findings"]), min(point["failing"], 1000))
            for finding in point["findings"]:
                t.true(re.fullmatch("[0-9a-f]{32}", finding["id"]) and finding["message"] and finding["fix"], finding)
    ids = [f["id"] for f in report(t, varied_again(t), "json").findings()]
    t.equal(len(ids), len(set(ids)), "ids")


def varied_again(t):
    repo = t.repo("again")
    repo.commit("one", {"src/a%d.py" % i: "import requests\nrequests.get(u, verify=False)\nrequests.get(v, verify=False)\n" for i in range(5)})
    return repo


def test_sarif_passes_its_schema(t):
    repo = varied(t)
    sarif = report(t, repo, "sarif").json()
    found = report(t, repo, "json").findings()
    results = sarif["runs"][0]["results"]
    prints = {p for r in results for p in r["fingerprints"].values()} if "fingerprints" in results[0] else {p for r in results for p in r["partialFingerprints"].values()}
    t.true({f["id"] for f in found if "path" in f} <= prints, "each id of the JSON stands in the SARIF")
    rules = {r["id"] for r in sarif["runs"][0]["tool"]["driver"]["rules"]}
    t.true({r["ruleId"] for r in results} <= rules, "each result has its rule")
    uris = {l["physicalLocation"]["artifactLocation"]["uri"] for r in results for l in r.get("locations", []) if "physicalLocation" in l}
    t.true("two%20words/b%3Ci%3E&.py" in uris or "two%20words/b%3Ci%3E%26.py" in uris, uris)
    schema = SHARED / "standards" / "sarif" / "sarif-schema-2.1.0.json"
    if not schema.exists():
        t.skip("the schema of SARIF is not there")
    check(sarif, json.loads(schema.read_text(encoding="utf-8")))


class Page(html.parser.HTMLParser):
    """Which tags are open, what is loaded from where, and the text."""
    VOID = {"area", "base", "br", "col", "hr", "img", "input", "link", "meta", "source", "wbr", "path", "circle", "rect", "line", "use"}

    def __init__(self):
        super().__init__()
        self.open, self.faults, self.loads, self.text, self.scripts, self.ids, self.targets = [], [], [], [], 0, [], []

    def handle_starttag(self, tag, attrs):
        if tag not in self.VOID:
            self.open.append(tag)
        self.scripts += tag == "script"
        for key, value in attrs:
            if key in ("src", "srcset", "background", "action") or (key == "href" and tag in ("link", "use", "base")):
                self.loads.append(value)
            if key.startswith("on"):
                self.faults.append("%s has %s" % (tag, key))
            if key == "id":
                self.ids.append(value)
            if key == "href" and value.startswith("#"):
                self.targets.append(value[1:])

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)
        if tag not in self.VOID:
            self.open.pop()

    def handle_endtag(self, tag):
        if tag in self.VOID:
            return
        if not self.open or self.open[-1] != tag:
            self.faults.append("</%s> closes %s" % (tag, self.open[-3:]))
        else:
            self.open.pop()

    def handle_data(self, data):
        self.text.append(data)


def test_html_stands_alone(t):
    repo = varied(t)
    for lang in ("en", "fi"):
        page = Page()
        text = report(t, repo, "html", "--lang", lang).out
        page.feed(text)
        t.equal((page.faults, page.open), ([], []))
        t.equal([u for u in page.loads if not u.startswith(("data:", "#"))], [], "loaded from elsewhere")
        t.equal(re.findall(r"(?:@import|url\()\s*[\"']?(?!data:|#)[^)]*", text), [], "loaded from elsewhere")
        t.equal(page.scripts, 0, "scripts")
        t.equal(len(page.ids), len(set(page.ids)), "ids")
        t.equal(set(page.targets) - set(page.ids), set(), "links inside the page")
        t.has(text, 'lang="%s"' % lang)
        t.has("".join(page.text), "two words/b<i>&.py")


def test_all_formats_tell_every_finding(t):
    repo = varied(t)
    found = report(t, repo, "json").findings()
    t.true(len(found) > 3, found)
    page = Page()
    page.feed(report(t, repo, "html").out)
    shown = {"html": "".join(page.text), "text": report(t, repo, "text").out, "markdown": report(t, repo, "markdown").out}
    for form, text in shown.items():
        for f in found:
            if "path" in f and "<" not in f["path"]:
                t.has(text, f["path"])


def test_long_lists_are_cut_and_counted(t):
    repo = t.repo()
    repo.commit("many", {"src/a%d.py" % i: "import requests\nrequests.get(u, verify=False)\n" for i in range(1100)})
    point = t.assess(repo).obligation("public-network-encryption/fraud-prevented")
    t.equal((point["failing"], len(point["findings"])), (1100, 1000))
    t.has(report(t, repo, "text").out, "100")


def test_text_is_plain_where_it_is_no_terminal(t):
    text = report(t, varied(t), "text").out
    t.lacks(text, "\x1b")
    t.true(max(map(len, text.splitlines())) <= 120, "lines of at most 120 characters")

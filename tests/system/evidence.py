"""Goal: a change carries the checks that its repository's definition of done asks for, shown by evidence about its very content, and nothing gets round it."""
import hashlib
import json
import pathlib
import select
import socket
import time
import urllib.error
import urllib.request

import git_gate
import receivers
import serve_life
import serving
from serving import ADMIN, MANAGER, SECURITY_OFFICER

PASSED = '<testsuites><testsuite><testcase name="a"/><testcase name="b"/></testsuite></testsuites>'
FAILED = '<testsuites><testsuite><testcase name="a"/><testcase name="b"><failure/></testcase></testsuite></testsuites>'
POINTS = ("definition-of-done/tested-before-live", "definition-of-done/security-tested", "code-review-rules/system-docs-updated")


def sarif(*findings):
    return json.dumps({"version": "2.1.0", "runs": [{"tool": {"driver": {"name": "x"}}, "results": [
        {"ruleId": rule, "level": "warning", "message": {"text": "m"}, "locations": [{"physicalLocation": {"artifactLocation": {"uri": path}, "region": {"startLine": line}}}]}
        for rule, path, line in findings]}]})


def lcov(path, **lines):
    return "TN:\nSF:%s\n%send_of_record\n" % (path, "".join("DA:%s,%d\n" % (n[1:], hits) for n, hits in lines.items()))


class Team:
    """A hosted repository with a definition of done in force, a server on it, and a token of automation."""

    def __init__(self, t):
        self.t, self.host = t, git_gate.Host(t, block=False)
        self.server = serving.Server(t, t.dir / "data", {"Sanna": [SECURITY_OFFICER], "Maija": [MANAGER], "Aada": [ADMIN]})
        until = time.strftime("%Y-%m-%dT00:00:00Z", time.gmtime(time.time() + 30 * 86400))
        self.token = self.server.post("Maija", "/me/tokens", {"name": "ci", "permissions": ["evidence.add"], "until": until}, 201)["secret"]
        for point in POINTS:
            self.host.mode(point, "block")

    def __enter__(self):
        return self

    def __exit__(self, *args):
        self.server.__exit__(*args)

    def define(self, **content):
        s = self.server
        item = s.post("Maija", "/registers/definition_of_done/items", {"title": "Done", "content": {
            "team": "Shop", "repositories": [self.host.repo], "criteria": [{"criterion": "Tested"}], "review": "One", "documentation": "Yes", "testing": "Yes", **content}}, 201)
        return self.move("Sanna", self.move("Maija", item, "submit"), "approve")

    def at(self, item):
        return "/registers/definition_of_done/items/" + item["subject"].split("/")[1]

    def move(self, who, item, name, **more):
        return self.server.post(who, self.at(item) + "/moves", {"move": name, "digest": item["digest"], **more}, 200)

    def edit(self, who, item, **content):
        seen = self.server.call(who, "GET", self.at(item)).headers["ETag"]
        return self.server.put(who, self.at(item), {"title": "Done", "content": {k: v for k, v in {**item["content"], **content}.items() if v is not None}}, If_Match=seen)

    def add(self, commit, text, name="unit", code=0, **more):
        path = self.t.dir / "report"
        path.write_text(text, encoding="utf-8")
        env = {"SINETTI_TOKEN": self.token, "SINETTI_SERVER": "http://127.0.0.1:%d" % self.server.port}
        done = self.t.run("evidence", "add", path, "--commit", commit, "--repo", more.pop("repo", "acme"), "--name", name, "--format", "json", env={**env, **more})
        self.t.equal(done.code, code, done)
        return json.loads(done.out) if code == 0 else done

    def post(self, commit, text, language):
        """As a problem, in a reader's language."""
        request = urllib.request.Request("http://127.0.0.1:%d/api/v1/evidence?repository=acme&commit=%s&name=x" % (self.server.port, commit), text.encode(),
                                         {"Authorization": "Bearer " + self.token, "Content-Type": "application/octet-stream", "Accept-Language": language})
        try:
            urllib.request.urlopen(request, timeout=60).close()
        except urllib.error.HTTPError as refused:
            return json.loads(refused.read())
        return None

    def wants(self, number):
        """What the gate still wants of a change, in a reader's words."""
        return self.host.review("mikko", "show", "acme", number).out

    def publish(self, number, code=0):
        return self.host.review("mikko", "publish", "acme", number, code=code)


def propose(team, work, message, files):
    """A change's number and commit."""
    commit = work.commit(message, files, author=git_gate.person("ella"))
    number = team.host.propose("ella", work, "-o", "topic=x")
    return number, commit


def test_a_change_waits_for_its_evidence(t):
    with Team(t) as team:
        h, s = team.host, team.server
        work = h.begin()
        tip = h.ref()
        # nothing is defined: nothing is asked, and it is said
        number, one = propose(team, work, "Change\n", {"src/a.c": "1\n2\n3\n"})
        h.review("mikko", "approve", "acme", number, 1)
        t.lacks(team.wants(number), "No evidence")
        change = s.get("Maija", "/code-changes?state=open")["items"][0]["id"].split(":")[1]
        seen = s.get("Maija", "/code-changes/" + change)
        t.equal((seen["checks"], seen["evidence"]), ([], []))
        done = team.define(tests_pass=True, coverage="50", findings_level="warning", docs_when=["src/"], docs_in=["docs/", "*.md"])
        # a draft that would ask less changes nothing until somebody else has approved it
        team.edit("Maija", done, tests_pass=False, coverage="0", findings_level=None, docs_when=[], docs_in=[])
        for part in ("No evidence shows that tests passed", "No evidence shows which changed lines", "No evidence of static analysis", "1 file changed and system documentation did not",
                     "sinetti evidence add", "definition-of-done/tested-before-live"):
            t.has(team.wants(number), part)
        team.publish(number, code=3)
        t.equal(h.ref(), tip)
        # evidence about something else does not count
        team.add(tip, PASSED)
        t.has(team.wants(number), "No evidence shows that tests passed")
        # its own does, one after the other; a failure in a second suite is one, and a later run of that suite takes its place
        t.equal((team.add(one, PASSED)["repeated"], team.add(one, PASSED)["repeated"]), (False, True))
        t.lacks(team.wants(number), "tests passed")
        team.add(one, FAILED, "slow")
        t.has(team.wants(number), "1 test has failed on this content")
        team.add(one, PASSED, "slow")
        t.lacks(team.wants(number), "has failed")
        team.add(one, lcov("/build/src/a.c", _1=1, _2=0, _3=0), "cover")
        t.has(team.wants(number), "Tests run 1 of 3 changed lines; 50 % are asked for")
        team.add(one, lcov("src/a.c", _2=1), "more")  # what one run missed, another has run
        t.lacks(team.wants(number), "changed lines")
        # findings: what the branch has is not new, one more of the same kind is
        team.add(one, sarif(("R", "src/a.c", 1), ("OLD", "a.txt", 1)), "scan")
        t.has(team.wants(number), "2 new findings of static analysis at level warning or over (there is no analysis of the branch")
        team.add(tip, sarif(("OLD", "a.txt", 9)), "scan")
        t.has(team.wants(number), "1 new finding of static")
        team.add(one, sarif(("OLD", "a.txt", 1)), "scan")
        t.lacks(team.wants(number), "static analysis")
        team.publish(number, code=3)  # the documentation
        # amended: the message alone takes nothing away, content takes all of it, approval and evidence
        work.git("commit", "-q", "--amend", "-m", "Another message")
        again = work.git("rev-parse", "HEAD").decode().strip()
        t.equal(h.propose("ella", work, "-o", "topic=x"), number)
        t.true(again != one, again)
        t.lacks(team.wants(number), "No evidence")
        number2, two = propose(team, work, "And says so\n", {"docs/a.md": "What it does\n"})
        t.equal(number2, number)
        t.has(team.wants(number), "No evidence shows that tests passed")
        t.lacks(team.wants(number), "documentation did not")
        team.add(two, PASSED)
        team.add(two, lcov("src/a.c", _1=1, _2=1), "cover")
        team.add(two, sarif(), "scan")
        h.review("mikko", "approve", "acme", number, 3)
        shown = s.get("Maija", "/code-changes/" + change)
        t.equal([(c["what"], c["ok"]) for c in shown["checks"]], [("tests", True), ("findings", True), ("coverage", True), ("documentation", True)])
        t.equal(sorted((e["type"], e["name"]) for e in shown["evidence"]), [("junit", "unit"), ("lcov", "cover"), ("sarif", "scan")])
        team.publish(number)
        checks = [p["payload"]["checks"] for p in h.facts("push") if "checks" in p["payload"]]
        t.equal([(c["what"], c.get("found"), c.get("total")) for c in checks[0]], [("tests", 0, 2), ("findings", 0, 0), ("coverage", 2, 2), ("documentation", 1, 1)])
        # of a direct push the same is asked
        work.git("fetch", "-q", str(h.path), "main")
        work.git("checkout", "-q", "FETCH_HEAD")
        three = work.commit("Straight", {"docs/b.md": "x\n"}, author=git_gate.person("mikko"))
        code, said = h.push("mikko", work, "HEAD:refs/heads/main")
        t.equal(code, 1, said)
        t.has(said, "No evidence shows that tests passed on this content")
        team.add(three, PASSED, code=3)  # what was refused is not here
        # the report itself, whole, and not for everybody
        listed = s.get("Maija", "/evidence?repository=%s&type=junit" % h.repo[5:])
        t.true(listed["total"] >= 4, listed)
        newest = listed["items"][0]
        t.equal((newest["commit"], newest["tests"], newest["failures"], newest["via"], newest["by_name"]), (two, 2, 0, "import", "Maija"))
        t.equal(s.call("Maija", "GET", "/evidence/%d/file" % newest["id"]).raw.decode(), PASSED)
        s.get("Aada", "/evidence/%d" % newest["id"], 403)
        # a backup has the reports
        t.has(t.run("backup", "back", "--data", "data", code=0).out + (t.dir / "back.files").read_bytes().decode("latin-1"), PASSED)
        # a definition that is retired asks nothing any more, and that is on record
        item = s.get("Maija", team.at(done))
        team.move("Sanna", item, "retire", reason="The team is gone")
        code, said = h.push("mikko", work, "HEAD:refs/heads/main")
        t.equal(code, 0, said)
        ticked_by_reviewers(t, team, work)
        git_gate.settled(t)


def ticked_by_reviewers(t, team, work):
    """Requirements that approvals tick: each by somebody whose approval counts, of the newest patch set."""
    h, s = team.host, team.server
    lines = ["V6.2.1 Passwords", "V8.3.1 Access"]
    keys = [hashlib.sha256(line.encode()).hexdigest() for line in lines]
    team.define(asvs=[*lines, lines[0]])
    work.git("checkout", "-q", "-B", "ticks", "FETCH_HEAD")
    number, _ = propose(team, work, "Ticks\n", {"t.c": "1\n"})
    subject = next(c for c in s.get("Maija", "/code-changes?state=open")["items"] if c["number"] == number)["id"][7:]
    h.review("mikko", "approve", "acme", number, 1)
    t.has(team.wants(number), "2 of 2 ASVS requirements of the definition of done are ticked by nobody")
    team.publish(number, code=3)
    t.has(h.review("mikko", "approve", "acme", number, 1, "0" * 8, code=None).err, "is no key")
    h.review("mikko", "approve", "acme", number, 1, keys[0][:8])
    s.post("Maija", "/code-changes/%s/reviews" % subject, {"patch_set": 1, "vote": "approve", "ticked": ["f" * 64]}, 200)  # no line of it
    t.has(team.wants(number), "1 of 2 ASVS requirements of the definition of done is ticked by nobody")
    s.post("Maija", "/code-changes/%s/reviews" % subject, {"patch_set": 1, "vote": "approve", "ticked": [keys[1]]}, 200)
    shown = s.get("Maija", "/code-changes/" + subject)["checks"][0]
    t.equal((shown["what"], shown["ok"], shown["items"]), ("asvs", True, [{"key": k, "text": text, "ticked": True} for k, text in zip(keys, lines)]))
    h.review("mikko", "withdraw", "acme", number, 1)  # ticks go with their approval …
    t.has(team.wants(number), "1 of 2 ASVS")
    work.commit("More\n", {"t.c": "2\n"}, author=git_gate.person("ella"))
    t.equal(h.propose("ella", work, "-o", "topic=x"), number)  # … and all with the patch set
    t.has(team.wants(number), "2 of 2 ASVS")
    h.review("mikko", "approve", "acme", number, 2, keys[0][:8], keys[1])
    team.publish(number)


def resident(s):
    """What web and worker have had in memory at most, in KiB."""
    found = serve_life.processes(s)
    return sum(int(line.split()[1]) for name in ("web", "worker") for line in pathlib.Path("/proc/%d/status" % found[name]).read_text().splitlines() if line.startswith("VmHWM"))


def refuses_a_gigabyte(t, team, commit):
    """Whichever way it comes: early, in the same memory, and nothing of it stays."""
    gigabyte, s, data = 1 << 30, team.server, t.dir / "data"
    with open(t.dir / "huge.xml", "wb") as f:
        f.write(PASSED.encode())
        f.truncate(gigabyte)  # takes no room
    before, kept, memory = len(team.host.facts("evidence")), sorted(data.rglob("*")), resident(s)
    at = ("evidence", "add", "huge.xml", "--commit", commit, "--repo", "acme")
    by_server = {"SINETTI_TOKEN": team.token, "SINETTI_SERVER": "http://127.0.0.1:%d" % s.port}
    t.has(t.run(*at, code=3, env=by_server).err, "huge.xml: it is larger than 256 MiB")
    t.has(t.run(*at, "--data", "data", code=3).err, "huge.xml: it is larger than 256 MiB")
    head = ("POST /api/v1/evidence?repository=acme&commit=%s&name=huge HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer %s\r\n"
            "Content-Type: application/octet-stream\r\n" % (commit, team.token))
    with socket.create_connection(("127.0.0.1", s.port), timeout=60) as c:  # says how long it is
        c.sendall((head + "Content-Length: %d\r\n\r\n" % gigabyte).encode())
        t.has(c.recv(65536).decode(), " 413 ")
    with socket.create_connection(("127.0.0.1", s.port), timeout=60) as c:  # does not say it
        c.sendall((head + "Transfer-Encoding: chunked\r\n\r\n").encode())
        piece, sent = b"400000\r\n" + b" " * (4 << 20) + b"\r\n", 0
        while sent < gigabyte and not select.select([c], [], [], 0)[0]:
            c.sendall(piece)
            sent += len(piece)
        t.true(sent < gigabyte // 2, "%d MiB were taken" % (sent >> 20))
        said = c.recv(65536).decode()
        t.has(said, " 413 ")
        t.has(said, "at most 268435456 bytes")
    t.equal(len(team.host.facts("evidence")), before)
    t.equal([p for p in sorted(data.rglob("*")) if p not in kept], [])
    t.true(resident(s) - memory < 30000, "%d KiB more" % (resident(s) - memory))


def test_who_may_and_what_is_taken(t):
    with Team(t) as team, receivers.Receiver() as ci:
        h, s = team.host, team.server
        work = h.begin()
        s.post("Aada", "/webhooks", {"name": "CI", "url": ci.url, "events": ["patch_set"], "inside": True}, 201)
        team.define(tests_pass=True, evidence_from=["person:" + serving.subject_id("Sanna")])
        number, one = propose(team, work, "Change\n", {"a.txt": "2\n"})
        # a CI hears of it, and can fetch it by nothing but that
        s.get("Aada", "/webhooks")
        told = json.loads(ci.wait(1)[0][1])
        fields = told["data"]["fields"]
        t.equal((told["type"], told["data"]["repository_name"], fields["commit_oid"], fields["change_number"], fields["ref"]),
                ("patch_set", "acme", one, number, "refs/changes/01/1/1"))
        t.equal(h.ref(fields["ref"]), one)
        h.review("mikko", "approve", "acme", number, 1)
        # the token of automation does this and nothing else
        bearer = {"Authorization": "Bearer " + team.token, "X-Sinetti": "", "Sec-Fetch-Site": "none"}
        change = s.get("Maija", "/code-changes?state=open")["items"][0]["id"].split(":")[1]
        for method, path, body in (("GET", "/code-changes", None), ("POST", "/code-changes/%s/reviews" % change, {"patch_set": 1, "vote": "approve"}),
                                   ("POST", "/code-changes/%s/publication" % change, None), ("GET", "/evidence", None)):
            t.equal(s.call(None, method, path, body, **bearer).status, 403)
        # evidence counts from whom the definition names
        team.add(one, PASSED)
        t.has(team.wants(number), "No evidence shows that tests passed")
        until = time.strftime("%Y-%m-%dT00:00:00Z", time.gmtime(time.time() + 86400))
        named = s.post("Sanna", "/me/tokens", {"name": "ci", "permissions": ["evidence.add"], "until": until}, 201)["secret"]
        team.add(one, PASSED, SINETTI_TOKEN=named)
        t.lacks(team.wants(number), "No evidence")
        # whatever is wrong is said, and nothing of it is kept
        before = len(h.facts("evidence"))
        for text, commit, said in ((PASSED[:-3], one, "line 1, byte"), ("hello", one, "it is none of JUnit XML"), (PASSED, "0" * 40, "has no commit"),
                                   ("<!DOCTYPE a><testsuites/>", one, "DOCTYPE"), ('{"_type":"https://in-toto.io/Statement/v1"}', one, "not signed"),
                                   ('{"payloadType":"application/vnd.in-toto+json","payload":"e30=","signatures":[{"sig":"AAAA"}]}', one, "signed by no key")):
            t.has(team.add(commit, text, code=3).err, said)
        said = team.post(one, "<testsuites>\n<testcase></testsuites>", "fi")
        t.equal((said["title"], said["detail"]), ("Jokin pyynnössä ei ole niin kuin pitää", "rivi 2, tavu 25: lopputunniste sulkee eri elementin"))
        team.add(one, PASSED, code=3, repo="other")
        t.equal(len(h.facts("evidence")), before)
        # as the operator, on the folder itself
        (t.dir / "unit.xml").write_text(FAILED, encoding="utf-8")
        done = t.run("evidence", "add", "unit.xml", "--commit", one[:12], "--repo", "acme", "--data", "data", code=0, env={"CI_JOB_NAME": "slow"})
        t.has(done.out, "unit.xml: junit for " + one)
        t.equal([(f["via"], f["payload"]["name"]) for f in h.facts("evidence")][-1], ("operator", "slow/unit.xml"))
        t.lacks(team.wants(number), "has failed")  # it is nobody's whom the definition names
        t.run("evidence", "add", "unit.xml", "--repo", "acme", code=2)
        refuses_a_gigabyte(t, team, one)

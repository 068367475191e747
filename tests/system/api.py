"""Goal: every operation of the API lets in whom roles.yaml permits and nobody else, refuses whatever breaks its schemas and tells the field, and answers as documented."""
import http.client
import json
import re
import signal
import subprocess
import time
import urllib.parse

import harness
import serving
import shapes

PROJECT, OTHER = "project:" + serving.subject_id("project one"), "project:" + serving.subject_id("project two")
ROLES = ["admin", "security_officer", "development_manager", "developer", "data_owner", "contributor", "employee", "partner", "auditor"]
PEOPLE = {**{"Org " + role: [role] for role in ROLES}, **{"Project " + role: [role + "@" + PROJECT] for role in ROLES},
          "Everything": ROLES, "Nothing": []}


def rights():
    """roles.yaml, read apart from the program: permissions with `project`, and roles with what they have, what comes with another included."""
    import yaml
    with open(harness.ROOT / "src" / "api" / "roles.yaml", encoding="utf-8") as file:
        data = yaml.safe_load(file)
    for role in data["roles"].values():
        has = role["permissions"]
        has += [name for name, p in data["permissions"].items() if p.get("with") in has and name not in has]
    return data


class Client:
    """One connection that is kept. What comes too fast, or before what it reads is there, waits."""

    def __init__(self, server):
        self.server, self.connection, self.patience = server, None, 100

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.connection:
            self.connection.close()

    def send(self, who, method, path, body=None, headers=None):
        sent = {"X-Sinetti": "1", "Sec-Fetch-Site": "same-origin"}
        if who:
            sent["Cookie"] = "sinetti=" + self.server.cookies[who]
        sent.update(headers or {})
        sent = {name: value for name, value in sent.items() if value is not None}
        for _ in range(200):
            if not self.connection:
                self.connection = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=60)
            try:
                self.connection.request(method, path, body, sent)
                got = self.connection.getresponse()
                answer = serving.Answer(got.status, dict(got.getheaders()), got.read())
            except (http.client.RemoteDisconnected, BrokenPipeError, ConnectionResetError):
                self.connection.close()
                self.connection = None
                continue
            if answer.headers.get("Connection", "") == "close":
                self.connection.close()
                self.connection = None
            if answer.status not in (429, 503) or not self.patience:
                return answer
            self.patience -= answer.status == 503
            time.sleep(0.1)
        raise harness.Fault("%s %s: no answer" % (method, path))


def operations(document):
    return [(path, method.upper(), op) for path, methods in document["paths"].items() for method, op in methods.items()]


def parameters(op, where):
    return [p for p in op.get("parameters", []) if p["in"] == where]


def filled(document, path, op, values=None):
    """The path with parameters that are right, or as given."""
    for p in parameters(op, "path"):
        value = (values or {}).get(p["name"], str(shapes.right(document, p["schema"])))
        path = path.replace("{%s}" % p["name"], urllib.parse.quote(value, safe=""))
    needed = [(p["name"], str(shapes.right(document, p["schema"]))) for p in parameters(op, "query") if p["required"]]
    return path, needed


def target(path, query):
    return path + ("?" + urllib.parse.urlencode(query) if query else "")


def body_schema(op):
    content = op.get("requestBody", {}).get("content", {})
    return content.get("application/json", {}).get("schema"), next(iter(content), None)


def running(t, assessed=False):
    t.run("init", "--data", "data", "--origin", "test.example/org", code=0)
    for name, subject in (("one", PROJECT), ("two", OTHER)):
        (t.dir / "project.json").write_text(json.dumps({"name": name, "title": name, "state": "active"}), encoding="utf-8")
        t.run("fact", "add", "project", subject, "--data", "data", "--payload", "project.json", code=0)
    if assessed:
        repo = t.repo("app")
        repo.commit("plant", {"app/client.py": "import requests\nr = requests.get(url, verify=False)\n"}, at=int(time.time()) - 3600)
        t.run("assess", "--data", "data", "--quiet", repo.path, code=0)
        t.run("refresh", "--data", "data", code=0)
        t.run("ledger", "checkpoint", "--data", "data", code=0)
    return serving.Server(t, t.dir / "data", PEOPLE)


def document_of(client):
    return client.send(None, "GET", "/api/v1/openapi.json").json()


def may(data, op, roles, in_project):
    """What is to come of it: whether roles of the organization, or of a project alone, let one in."""
    permission = op["x-permission"]
    if permission == "public":
        return True
    if permission in ("self", "session"):
        return roles is not None
    held = any(permission in data["roles"][role]["permissions"] for role in roles or [])
    if not in_project:
        return held
    return held and data["permissions"][permission].get("project", False) and op.get("x-scope", "org") != "org"


def test_each_role_may_what_its_permissions_say(t):
    data = rights()
    callers = [(None, None, False), ("Nothing", [], False)] + [(where + role, [role], where == "Project ") for where in ("Org ", "Project ") for role in ROLES]
    with running(t) as s, Client(s) as client:
        document = document_of(client)
        t.equal({name: sorted(role["permissions"]) for name, role in document["x-roles"].items()},
                {name: sorted(role["permissions"]) for name, role in data["roles"].items()}, "roles as served")
        faults, allowed = [], 0
        for path, method, op in operations(document):
            scope = op.get("x-scope", "org")
            scoped = scope not in ("org", "filtered")
            for who, roles, in_project in callers:
                values = {scope: PROJECT.split(":")[1] if scoped else ""}
                at, query = filled(document, path, op, values if scoped else None)
                query = [(n, PROJECT if n == scope else v) for n, v in query]
                # what nobody may send: who is let in hears of it, and nothing is done
                got = client.send(who, method, target(at, query + [("zz_unknown", "1")]), headers={"If-Match": "*"})
                wanted = 422 if may(data, op, roles, in_project) else 403 if who else 401
                allowed += wanted == 422
                if got.status != wanted:
                    faults.append("%s as %s: %s, not %d" % (op["operationId"], who, got, wanted))
                if scoped and in_project and wanted == 422:
                    at, query = filled(document, path, op, {scope: OTHER.split(":")[1]})
                    query = [(n, OTHER if n == scope else v) for n, v in query]
                    if client.send(who, method, target(at, query + [("zz_unknown", "1")])).status != 403:
                        faults.append("%s as %s: lets into another project" % (op["operationId"], who))
        t.true(allowed > len(document["paths"]), "some are let in")
        t.equal(faults, [])


def test_a_token_has_what_it_was_given_and_no_more(t):
    with running(t) as s, Client(s) as client:
        document, data, faults, tokens = document_of(client), rights(), [], {}
        until = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 3600))
        for name in document["x-permissions"]:
            made = client.send("Everything", "POST", "/api/v1/me/tokens", json.dumps({"name": name, "permissions": [name], "until": until}), {"Content-Type": "application/json"})
            t.equal((name, made.status), (name, 201))
            tokens[name] = made.json()["secret"]
        names = list(tokens)
        for path, method, op in operations(document):
            at, query = filled(document, path, op)
            permission = op["x-permission"]
            for name in (permission, names[(names.index(permission) + 1) % len(names)]) if permission in names else names[:1]:
                got = client.send(None, method, target(at, query + [("zz_unknown", "1")]), headers={"Authorization": "Bearer " + tokens[name], "X-Sinetti": None, "If-Match": "*"})
                reads_self = permission == "self" and method == "GET"
                given = name == permission or (permission in names and data["permissions"][permission].get("with") == name)
                wanted = 422 if given or permission == "public" or reads_self else 403
                if got.status != wanted:
                    faults.append("%s with a token for %s: %s, not %d" % (op["operationId"], name, got, wanted))
        t.equal(faults, [])


def test_a_page_elsewhere_cannot_act_for_one(t):
    with running(t) as s, Client(s) as client:
        document = document_of(client)
        foreign = [{"X-Sinetti": None}, {"X-Sinetti": "0"}, {"Origin": "https://evil.example"}, {"Origin": "null"}, {"Origin": "https://127.0.0.1:%d" % s.port},
                   {"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}]
        checked = 0
        for path, method, op in operations(document):
            if method == "GET":
                continue
            at, query = filled(document, path, op)
            for headers in foreign:
                got = client.send("Everything", method, target(at, query), headers=headers)
                t.equal((op["operationId"], headers, got.status), (op["operationId"], headers, 403))
                checked += 1
            own = client.send("Everything", method, target(at, query + [("zz_unknown", "1")]), headers={"Origin": "http://127.0.0.1:%d" % s.port, "If-Match": "*"})
            t.equal((op["operationId"], own.status), (op["operationId"], 422))
        t.true(checked > 20, "operations that change something")


def is_told(answer, field):
    """A problem that names the field, and says nothing of the machine."""
    if "problem+json" not in answer.headers.get("Content-Type", "") or b"/data" in answer.raw or not 400 <= answer.status < 500:
        return False
    return field is None or field in [e["field"] for e in answer.json().get("errors", [])]


def test_what_breaks_a_schema_is_refused_with_its_field(t):
    with running(t) as s, Client(s) as client:
        document, faults, sent = document_of(client), [], 0

        def refused(op, method, at, field, body=None, codes=(422,), **headers):
            got = client.send("Everything", method, at, body, dict({"Content-Type": "application/json", "If-Match": "*"} if body is not None else {"If-Match": "*"}, **headers))
            if got.status not in codes or not is_told(got, field):
                faults.append("%s %s %r %s: %s" % (op["operationId"], at, (body or "")[:300], field, got))
            return 1

        for path, method, op in operations(document):
            at, query = filled(document, path, op)
            sent += refused(op, method, target(at, query + [("zz_unknown", "1")]), "zz_unknown")
            sent += refused(op, method, target(at, query) + "?%zz" if not query else target(at, query) + "&%zz", None, codes=(400,))
            for p in parameters(op, "query"):
                others = [one for one in query if one[0] != p["name"]]
                if p["required"]:
                    sent += refused(op, method, target(at, others), p["name"])
                value = str(shapes.right(document, p["schema"]))
                sent += refused(op, method, target(at, others + [(p["name"], value)] * 2), p["name"])
                for bad in shapes.wrong_parameter(document, p):
                    sent += refused(op, method, target(at, others + [(p["name"], bad)]), p["name"])
            for p in parameters(op, "path"):
                for bad in shapes.wrong_parameter(document, p):
                    if bad and len(bad) < 1000:
                        broken, _ = filled(document, path, op, {p["name"]: bad})
                        sent += refused(op, method, target(broken, query), p["name"])
            schema, kind = body_schema(op)
            if kind is None:
                sent += refused(op, method, target(at, query), None, "{}", codes=(400,))
            if schema is None:
                continue
            for field, value in shapes.wrong(document, schema):
                if value is not None and field:
                    sent += refused(op, method, target(at, query), field, json.dumps(value))
            good = json.dumps(shapes.right(document, schema))
            for text in ("", "{", "[]", "7", "null", good[:-1] + ",}", good + "x", '{"a":1,"a":2}', '{"a":' * 60 + "1" + "}" * 60, '{"a":1.5}', '{"a":NaN}', '{"a":"\\ud800"}'):
                needed = op["requestBody"]["required"] or text
                if needed:
                    sent += refused(op, method, target(at, query), None, text, codes=(400, 413, 422))
            sent += refused(op, method, target(at, query), None, good, codes=(415,), **{"Content-Type": "text/plain"})
            sent += refused(op, method, target(at, query), None, good, codes=(415,), **{"Content-Type": "application/json; charset=latin1"})
            sent += refused(op, method, target(at, query), None, "", codes=(413,), **{"Content-Length": str(op["x-max-body"] + 1)})
        t.equal(faults[:20], [], "%d faults of %d" % (len(faults), sent))
        t.true(sent > 200, "requests")


def known_values(client, document):
    """Values for parameters of paths, from the lists above them: /things/{thing} from the items of /things."""
    out = {}
    for path, method, _op in sorted(operations(document)):
        match = re.match(r"(.*)/\{([a-z_]+)\}$", path)
        above = match and document["paths"].get(match.group(1), {}).get("get")
        if not above or method != "GET" or match.group(2) in out:
            continue
        at, query = filled(document, match.group(1), above, out)
        got = client.send("Everything", "GET", target(at, query))
        items = next((v for v in got.json().values() if isinstance(v, list)), []) if got.status == 200 else []
        for item in items[:1]:
            for key in (match.group(2), "id", "key", "n"):
                if key in item:
                    out[match.group(2)] = str(item[key]).split(":")[-1]
                    break
    return out


def test_reading_answers_as_documented(t):
    """Builds for tests hold each answer against its schema, and fail when it is another."""
    with running(t, assessed=True) as s, Client(s) as client:
        document = document_of(client)
        values, answered, faults = known_values(client, document), [], []
        for path, method, op in operations(document):
            if method != "GET" or path.endswith("/events") and "event-stream" in str(op["responses"]):
                continue
            at, query = filled(document, path, op, values)
            got = client.send("Everything", "GET", target(at, query))
            if got.status not in (404, 409, 422, 503) and str(got.status) not in op["responses"]:
                faults.append("%s: %s" % (op["operationId"], got))
            if got.status != 200:
                continue
            answered.append(op["operationId"])
            if "x-secret" in op or "ETag" not in got.headers:
                continue
            again = client.send("Everything", "GET", target(at, query), headers={"If-None-Match": got.headers["ETag"]})
            if again.status not in (304, 200) or (again.status == 304 and again.raw):
                faults.append("%s with its tag: %s" % (op["operationId"], again))
            head = client.send("Everything", "HEAD", target(at, query))
            if head.status != 200 or head.raw:
                faults.append("HEAD %s: %s" % (op["operationId"], head))
        t.equal(faults, [])
        unanswered = [op["operationId"] for _, method, op in operations(document) if method == "GET" and op["operationId"] not in answered]
        t.true(len(answered) >= 2 * len(unanswered), "most are answered; these were not: %s (known: %s)" % (unanswered, values))


def test_lists_page_sort_and_export(t):
    with running(t, assessed=True) as s, Client(s) as client:
        document, lists = document_of(client), 0
        values = known_values(client, document)
        for path, method, op in operations(document):
            names = [p["name"] for p in parameters(op, "query")]
            if method != "GET" or not {"cursor", "limit", "format"} <= set(names):
                continue
            at, query = filled(document, path, op, values)
            whole = client.send("Everything", "GET", target(at, query + [("limit", "200")]))
            if whole.status != 200:
                continue
            lists += 1
            items = whole.json()["items"]
            sorts = [p["schema"]["enum"] for p in parameters(op, "query") if p["name"] == "sort"]
            for sort in (sorts[0] if sorts else [None]):
                order = query + ([("sort", sort)] if sort else [])
                seen, cursor = [], None
                for _ in range(len(items) // 3 + 2):
                    page = client.send("Everything", "GET", target(at, order + [("limit", "3")] + ([("cursor", cursor)] if cursor else []))).json()
                    seen += page["items"]
                    cursor = page["next"]
                    if not cursor:
                        break
                t.equal(sorted(map(json.dumps, seen)), sorted(map(json.dumps, items[:200])), "%s by %s" % (op["operationId"], sort))
            first = client.send("Everything", "GET", target(at, query + [("limit", "1")])).json()
            for bad in [first["next"][:-2] + "AA", first["next"] + "A", "AAAA"] if first["next"] else ["AAAA"]:
                got = client.send("Everything", "GET", target(at, query + [("cursor", bad)]))
                t.true(got.status in (400, 422) and is_told(got, "cursor"), "%s refuses the cursor %s: %s" % (op["operationId"], bad, got))
            table = client.send("Everything", "GET", target(at, query), headers={"Accept": "text/csv"})
            t.equal((table.status, table.headers["Content-Type"]), (200, "text/csv; charset=utf-8"))
            t.true(table.raw.count(b"\r\n") >= len(items) + 1, "%s as a table has a line for each" % op["operationId"])
        t.true(lists >= 1, "lists")


def test_the_command_line_does_operations(t):
    with running(t, assessed=True) as s, Client(s) as client:
        server = "http://127.0.0.1:%d" % s.port
        t.equal(t.run("api", "session_get", "--server", server, code=0).json()["person"], None)
        refused = t.run("api", "roles_list", "--server", server, "--lang", "fi", code=3)
        t.has(refused.err, "Kirjaudu ensin sisään")
        t.has(t.run("api", code=0).out, "session_get")
        t.has(t.run("api", "session_get", "x=1", "--server", server, code=2).err, "takes no x")
        (t.dir / "token").write_text("snt_unknown\n", encoding="utf-8")
        t.has(t.run("api", "session_get", "--server", server, "--token-file", "token", code=3).err, "token")
        for url in ("http://192.0.2.1", "http://localhost.example.org", "http://127.0.0.1.example.org:80", "http://127.0.0.1@192.0.2.1/"):
            t.has(t.run("api", "session_get", "--server", url, "--token-file", "token").err, "not sent over plain http")

        made = client.send("Everything", "POST", "/api/v1/me/tokens", json.dumps({"name": "a test", "permissions": ["tasks.read", "tasks.comment", "tasks.edit", "repositories.read"],
                                                                                 "until": "%sZ" % time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(time.time() + 3600))}),
                           {"Content-Type": "application/json"})
        t.equal(made.status, 201)
        (t.dir / "token").write_text(made.json()["secret"], encoding="utf-8")

        def api(*arguments, code=0):
            return t.run("api", *arguments, "--server", server, "--token-file", "token", code=code)

        task = "task=public-network-encryption"
        t.true(len(api("tasks_list", "limit=5").json()["items"]) == 5, "five tasks")
        t.equal(api("task_comments_create", task, "text=Looked at it: ä \"quoted\".").json()["text"], "Looked at it: ä \"quoted\".")
        once = [api("task_comments_create", task, "text=Once.", "--key", "k").raw for _ in range(2)]
        t.equal(once[0], once[1])
        got = api("task_comments_list", task, "format=csv").out
        t.equal(got.count("\r\n"), 3)
        t.has(api("tasks_patch", task, "review_days=90", code=2).err, "--if-match")
        tag = api("tasks_get", task, "--tag").err.strip()
        path, headers = "/api/v1/tasks/public-network-encryption", {"If-None-Match": tag, "Accept-Language": "en"}
        t.equal(client.send("Everything", "GET", path, headers=headers).status, 304)
        # the same version in another language, or with another comment beside it, is something else
        t.equal(client.send("Everything", "GET", path, headers=dict(headers, **{"Accept-Language": "fi"})).status, 200)
        api("task_comments_create", task, "text=One more.")
        t.equal(client.send("Everything", "GET", path, headers=headers).status, 200)
        t.equal(api("tasks_patch", task, "review_days=90", "--if-match", tag).json()["review_days"], 90)
        t.has(api("tasks_patch", task, "review_days=80", "--if-match", tag, code=3).err, "changed")
        t.has(api("tasks_patch", task, "review_days=-1", "--if-match", "*", code=3).err, "review_days")
        t.has(api("events_list", code=3).err, "events.read")
        for operation in ("me_sessions_list", "me_keys_list", "me_privacy", "me_tokens_list"):
            t.has(api(operation, code=3).err, "in a browser")
        (t.dir / "body").write_text('{"text":"From a file."}', encoding="utf-8")
        t.equal(api("task_comments_create", task, "--body", "body").json()["text"], "From a file.")
        t.lacks(s.said(), made.json()["secret"])


def test_commands_of_a_folder_work_on_a_server(t):
    with running(t, assessed=True) as s, Client(s) as client:
        server = "http://127.0.0.1:%d" % s.port
        until = "%sZ" % time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(time.time() + 3600))
        made = client.send("Everything", "POST", "/api/v1/me/tokens", json.dumps({"name": "cli", "until": until, "permissions": ["tasks.read", "events.read"]}),
                           {"Content-Type": "application/json"})
        (t.dir / "token").write_text(made.json()["secret"], encoding="utf-8")
        here = ("--server", server, "--token-file", "token")
        rows = [line.split("\t") for line in t.run("status", *here, code=0).out.splitlines()]
        t.equal([r[0] for r in rows], [str(i) for i in range(1, 25)])
        t.true(rows[0][3] in ("not_done", "partly_done"), rows[0])
        t.has(t.run("status", "--lang", "fi", *here, code=0).out, "tietoturvamittar")
        one = [json.loads(line) for line in t.run("status", "--format", "json", *here, code=0).out.splitlines()]
        t.equal(len(one), 24)
        events = t.run("fact", "list", "--kind", "person", "--limit", 1, *here, code=0).out.splitlines()
        t.equal((len(events), events[0].split("\t")[2]), (1, "person"))
        t.run("status", "--at", "2026-01-01", *here, code=2)
        t.run("fact", "show", 1, *here, code=2)
        t.run("status", "--server", "http://127.0.0.1:1", "--token-file", "token", code=3)


def test_the_command_line_checks_certificates(t):
    t.run("init", "--data", "data", "--origin", "test.example/org", code=0)
    with open(t.dir / "serve.err", "wb") as log:
        child = subprocess.Popen([t.program, "serve", "--data", str(t.dir / "data"), "--listen", "127.0.0.1:0"], cwd=t.dir, env=t.env, stdout=subprocess.PIPE, stderr=log)
    try:
        port = re.search(r"https://[^:/]+:(\d+)/", child.stdout.readline().decode()).group(1)
        certificate = next((t.dir / "data" / "tls").glob("*cert*"))
        t.has(t.run("api", "session_get", "--server", "https://localhost:" + port, code=3).err, "ertificate")
        t.equal(t.run("api", "session_get", "--server", "https://localhost:" + port, "--ca", certificate, code=0).json()["person"], None)
        t.run("api", "session_get", "--server", "https://localhost:" + port, "--ca", t.dir / "serve.err", code=3)
    finally:
        child.send_signal(signal.SIGTERM)
        child.wait(60)
        child.stdout.close()


def test_a_project_is_seen_alone(t):
    with running(t, assessed=True) as s, Client(s) as client:
        repository = [json.loads(line) for line in t.run("fact", "list", "--data", "data", "--kind", "repository", "--format", "json", code=0).out.splitlines()][0]
        s.add_fact("repository", repository["subject"], dict(repository["payload"], project=OTHER))
        t.run("refresh", "--data", "data", code=0)

        def task(who, project=None):
            got = client.send(who, "GET", target("/api/v1/tasks/public-network-encryption", [("project", project.split(":")[1])] if project else []))
            return got.status, got.json()

        def found(answer):
            return sum(len(point["findings"]) + len(point["repositories"]) for point in answer["points"])

        code, whole = task("Org developer")
        t.equal(code, 200)
        t.true(found(whole) > 0, "the organization sees what was planted")
        code, other = task("Org developer", OTHER)
        t.equal((code, found(other)), (200, found(whole)))
        code, one = task("Project developer")
        t.equal((code, found(one)), (200, 0))
        t.equal(task("Project developer", PROJECT)[1]["points"], one["points"])
        t.true("violated" in [p["verdict"] for p in whole["points"]] and "violated" not in [p["verdict"] for p in one["points"]], "verdicts are the project's")
        t.equal(task("Project developer", OTHER)[0], 403)
        t.equal(task("Org developer", "project:" + "z" * 20)[0], 404)
        for path in ("/api/v1/dashboard", "/api/v1/tasks", "/api/v1/frameworks"):
            t.equal((path, client.send("Project developer", "GET", path).status), (path, 200))
            t.equal((path, client.send("Project developer", "GET", target(path, [("project", OTHER.split(":")[1])])).status), (path, 403))
        seen = client.send("Project developer", "GET", "/api/v1/dashboard").raw
        t.true(repository["subject"].encode() not in seen, "nothing of another project's repository on the board")


def test_a_post_with_a_key_is_done_once(t):
    with running(t, assessed=True) as s, Client(s) as client:
        path = "/api/v1/tasks/public-network-encryption/comments"

        def post(key, text, who="Everything"):
            return client.send(who, "POST", path, json.dumps({"text": text}), {"Content-Type": "application/json", "Idempotency-Key": key})

        def comments():
            return [f for f in t.run("fact", "list", "--data", "data", "--kind", "note", "--format", "json", code=0).out.splitlines()]

        first = post("one", "Looked at it.")
        t.equal(first.status, 201)
        for _ in range(3):
            again = post("one", "Looked at it.")
            t.equal((again.status, again.raw, again.headers.get("Location"), again.headers.get("ETag")),
                    (201, first.raw, first.headers.get("Location"), first.headers.get("ETag")))
        t.equal(len(comments()), 1)
        t.equal(post("one", "Something else.").status, 409)
        t.equal(post("two", "Looked at it.").status, 201)
        t.equal(post("one", "Looked at it.", "Org security_officer").status, 201)
        t.equal(len(comments()), 3)
        for bad in ("", "a b", "x" * 201):
            t.equal(post(bad, "Looked at it.").status, 400)
        t.equal(post("three", "").status, 422)
        t.equal(post("three", "Mended what was wrong.").status, 201)
        # many at once: one of them does it
        import concurrent.futures
        with concurrent.futures.ThreadPoolExecutor(8) as pool:
            def one(_):
                with Client(s) as own:
                    return own.send("Everything", "POST", path, '{"text":"At once."}', {"Content-Type": "application/json", "Idempotency-Key": "four"})
            got = list(pool.map(one, range(8)))
        t.equal({a.status for a in got}, {201})
        t.equal(len({a.raw for a in got}), 1)
        t.equal(len(comments()), 5)

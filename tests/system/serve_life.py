"""Goal: whichever process of a server is killed, whenever, nothing that was acknowledged is lost, nothing is done twice, nobody gets in, and it goes on."""
import contextlib
import http.client
import json
import os
import pathlib
import random
import signal
import sqlite3
import subprocess
import threading
import time

import harness
import many_servers
import serving

PEOPLE = {"Sirkka": [serving.SECURITY_OFFICER]}
TASK = "public-network-encryption"


def data_of(t):
    data = t.dir / "data"
    t.run("init", "--data", data, "--origin", "test.example.org/life", code=0)
    return data


def processes(server):
    """The server's processes by their names."""
    found = {}
    for folder in pathlib.Path("/proc").iterdir():
        with contextlib.suppress(OSError, ValueError, IndexError):
            fields = (folder / "stat").read_text().rsplit(")", 1)
            if int(fields[1].split()[1]) == server.child.pid:
                found[fields[0].split("(", 1)[1]] = int(folder.name)
    return found


def wait_ready(t, server, seconds=30):
    until = time.time() + seconds
    while time.time() < until:
        with contextlib.suppress(OSError, http.client.HTTPException):
            connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=5)
            connection.request("GET", "/readyz")
            if connection.getresponse().status == 200 and len(processes(server)) == 3:
                return
        time.sleep(0.05)
    raise harness.Fault("not ready in %d s: %s" % (seconds, server.said()[-2000:]))


class Writer(threading.Thread):
    """Writes comments, each with a key of its own, and asks again until it is told what became of it."""

    def __init__(self, server, name, until):
        super().__init__()
        self.server, self.name_, self.until = server, name, until
        self.acknowledged, self.unknown, self.wrong = [], [], []

    def run(self):
        i = 0
        while time.time() < self.until:
            text = "%s-%d" % (self.name_, i)
            i += 1
            for _ in range(200):
                try:
                    answer = self.server.call("Sirkka", "POST", "/tasks/%s/comments" % TASK, {"text": text}, Idempotency_Key="key-" + text)
                except (OSError, http.client.HTTPException):
                    time.sleep(0.05)
                    continue
                if answer.status == 201:
                    self.acknowledged.append(text)
                    break
                if answer.status not in (409, 429, 503):  # 409: what is asked again is still under way
                    self.wrong.append(str(answer))
                    return
                time.sleep(0.05)
            else:
                self.unknown.append(text)


class Stranger(threading.Thread):
    """Tries to get in all the time."""

    def __init__(self, server, until):
        super().__init__()
        self.server, self.until, self.wrong, self.tries = server, until, [], 0

    def run(self):
        self.server.cookies["stranger"] = "x" * 43
        while time.time() < self.until:
            for who in (None, "stranger"):
                for method, path, body in (("GET", "/people", None), ("POST", "/tasks/%s/comments" % TASK, {"text": "stranger"})):
                    with contextlib.suppress(OSError, http.client.HTTPException):
                        answer = self.server.call(who, method, path, body)
                        self.tries += 1
                        if answer.status not in (401, 403, 429, 503):
                            self.wrong.append("%s %s: %s" % (method, path, answer))
            time.sleep(0.02)


def comments(t, data):
    listed = t.run("fact", "list", "--data", data, "--kind", "note", "--format", "json", "--limit", "100000", code=0)
    return [json.loads(line)["payload"]["text"] for line in listed.out.splitlines()]


def kill_under_load(t, names, seconds):
    data = data_of(t)
    with serving.Server(t, data, PEOPLE) as s:
        wait_ready(t, s)
        until = time.time() + seconds
        writers = [Writer(s, "w%d" % i, until) for i in range(4)]
        stranger = Stranger(s, until)
        for thread in [*writers, stranger]:
            thread.start()
        killed = 0
        while time.time() < until - 1.5:
            for name in names:
                pid = processes(s).get(name)
                if pid:
                    os.kill(pid, signal.SIGKILL)
                    killed += 1
                time.sleep(0.7)
        for thread in [*writers, stranger]:
            thread.join()
        wait_ready(t, s)
        t.true(killed >= 3, "killed %d times" % killed)
        wrong = [w for writer in writers for w in writer.wrong] + stranger.wrong
        t.equal(wrong, [], "answers")
        t.true(stranger.tries > 0, "the stranger tried")
        acknowledged = [text for writer in writers for text in writer.acknowledged]
        t.true(len(acknowledged) >= 4, "%d comments were acknowledged" % len(acknowledged))
        s.get("Sirkka", "/tasks/" + TASK)
    there = comments(t, data)
    t.equal(sorted(set(acknowledged) - set(there)), [], "acknowledged and lost")
    t.equal(len(there), len(set(there)), "written twice")
    t.lacks(" ".join(there), "stranger")
    t.run("fsck", "--data", data, code=0)


def test_web_killed_under_load(t):
    kill_under_load(t, ["web"], 20 if t.soak else 7)


def test_worker_killed_under_load(t):
    kill_under_load(t, ["worker"], 20 if t.soak else 7)


def test_signer_and_all_killed_under_load(t):
    kill_under_load(t, ["signer", "web", "worker"], 30 if t.soak else 8)


def test_each_goes_on_without_the_others(t):
    with serving.Server(t, data_of(t), PEOPLE) as s:
        wait_ready(t, s)
        before = processes(s)
        t.equal(sorted(before), ["signer", "web", "worker"])
        for _ in range(300):  # where the organization stands is computed for the first time
            if s.call("Sirkka", "GET", "/tasks/" + TASK).status == 200:
                break
            time.sleep(0.1)
        os.kill(before["worker"], signal.SIGSTOP)  # hangs
        s.get("Sirkka", "/tasks/" + TASK)  # what reads is answered
        os.kill(before["worker"], signal.SIGKILL)
        for _ in range(300):
            after = processes(s)
            if after.get("worker", before["worker"]) != before["worker"]:
                break
            time.sleep(0.1)
        t.equal((after["web"], after["signer"]), (before["web"], before["signer"]))
        t.true(after["worker"] != before["worker"], "a new worker")
        for _ in range(50):  # what went to the one that was killed may be asked again
            answer = s.call("Sirkka", "POST", "/tasks/%s/comments" % TASK, {"text": "hello"}, Idempotency_Key="hello")
            if answer.status != 503:
                break
            time.sleep(0.1)
        t.equal(answer.status, 201)


def test_the_end_answers_what_has_begun(t):
    data = data_of(t)
    with serving.Server(t, data, PEOPLE) as s:
        wait_ready(t, s)
        answers = []

        def write(i):
            with contextlib.suppress(ConnectionRefusedError):
                try:
                    answers.append((i, s.call("Sirkka", "POST", "/tasks/%s/comments" % TASK, {"text": "end-%d" % i}).status))
                except (OSError, http.client.HTTPException) as e:
                    answers.append((i, repr(e)))

        threads = [threading.Thread(target=write, args=(i,)) for i in range(40)]
        for thread in threads:
            thread.start()
        time.sleep(0.02)
        began = time.time()
        s.child.send_signal(signal.SIGTERM)
        code = s.child.wait(60)
        t.equal(code, 0, "its exit code")
        t.true(time.time() - began < 30, "took %d s to end" % (time.time() - began))
        for thread in threads:
            thread.join()
        done = [i for i, status in answers if status == 201]
        # who was connected but not read yet hears the connection end, and may ask again; nobody gets half an answer
        strange = [a for a in answers if a[1] not in (201, 429, 503) and not str(a[1]).startswith(("ConnectionReset", "RemoteDisconnected"))]
        t.equal(strange, [], "half answers")
    t.equal(sorted(set("end-%d" % i for i in done) - set(comments(t, data))), [], "acknowledged and lost")
    t.equal(processes(s), {}, "left behind")
    t.true(not (data / "signer.sock").exists(), "the signer's socket is left behind")


def test_the_supervisor_takes_all_along(t):
    data = data_of(t)
    with serving.Server(t, data, PEOPLE) as s:
        wait_ready(t, s)
        pids = list(processes(s).values())
        s.child.kill()
        s.child.wait()
        for _ in range(300):
            if not any(pathlib.Path("/proc/%d" % pid).exists() for pid in pids):
                break
            time.sleep(0.1)
        t.equal([pid for pid in pids if pathlib.Path("/proc/%d/exe" % pid).exists()], [], "still there")
    with serving.Server(t, data, {}) as s:  # and another begins where it ended
        wait_ready(t, s)


def test_only_one_server_has_a_folder(t):
    data = data_of(t)
    with serving.Server(t, data, PEOPLE) as s:
        wait_ready(t, s)
        done = subprocess.run([t.program, "serve", "--data", str(data), "--http", "--listen", "127.0.0.1:0"], env=t.env, capture_output=True, timeout=60, check=False)
        t.equal(done.returncode, 3)
        t.has(done.stderr.decode(), "another process")
        t.true("Traceback" not in done.stderr.decode(), "")
        done = subprocess.run([t.program, "serve", "--data", str(data), "--http", "--listen", "127.0.0.1:%d" % s.port], env=t.env, capture_output=True, timeout=60, check=False)
        t.equal(done.returncode, 3)
        t.has(done.stderr.decode(), "another program listens there")


def registered(t, s, repo, schedule=0):
    s.add_fact("repository", "repo:" + serving.subject_id("app"),
               {"name": "app", "project": "", "main": "refs/heads/main", "state": "active", "location": str(repo.path), "schedule": schedule})
    return serving.subject_id("app")


def job(s, repository, states, seconds=60):
    until = time.time() + seconds
    while time.time() < until:
        items = s.get("Sirkka", "/jobs?repository=" + repository)["items"]
        if items and items[0]["state"] in states:
            return items[0]
        time.sleep(0.1)
    raise harness.Fault("no job became %s: %s" % (states, items))


def test_a_job_survives_its_worker(t):
    repo = t.repo("app")
    for i in range(40):
        repo.commit("change %d" % i, {"f%d.py" % i: "x = 1\n" * 50}, at=int(time.time()) - 90000 + i * 60)
    data = data_of(t)
    with serving.Server(t, data, PEOPLE) as s:
        wait_ready(t, s)
        repository = registered(t, s, repo, schedule=1)
        os.kill(processes(s)["worker"], signal.SIGKILL)  # a new one looks at once at what is due
        wait_ready(t, s)
        job(s, repository, ("running", "done"))
        os.kill(processes(s)["worker"], signal.SIGKILL)
        wait_ready(t, s)
        ended = job(s, repository, ("done", "failed"))
        t.equal(ended["state"], "done", str(ended))
        recorded = t.run("fact", "list", "--data", data, "--kind", "assessment", "--format", "json", code=0).out.splitlines()
        t.true(len(recorded) >= 1, "an assessment was recorded")
        events = s.call("Sirkka", "GET", "/jobs/%s/events" % ended["id"])
        t.equal(events.headers.get("Content-Type"), "text/event-stream")
        t.equal(json.loads(events.raw.decode().split("data: ", 1)[1].split("\n")[0])["state"], "done")
        t.equal(s.call(None, "GET", "/jobs/%s/events" % ended["id"]).status, 401)
        t.equal(s.call("Sirkka", "POST", "/jobs/%s/cancel" % ended["id"]).status, 409)


def test_heads_are_signed_by_themselves(t):
    data = data_of(t)
    with serving.Server(t, data, PEOPLE) as s:
        wait_ready(t, s)
        said = s.post("Sirkka", "/tasks/%s/comments" % TASK, {"text": "seal this"}, 201)
        for _ in range(100):
            answer = s.call("Sirkka", "GET", "/checkpoint")
            if answer.status == 200 and answer.json()["size"] > said["n"]:
                break
            time.sleep(0.1)
        t.equal(answer.status, 200)
        t.true(answer.json()["size"] > said["n"], "the head holds it: %s" % answer)


def test_two_servers_share_a_log(t):
    with many_servers.postgresql(t) as folder:
        url = "postgresql://owner@/postgres?host=%s" % folder
        passwords = t.home / ".pgpass"
        passwords.write_text("*:*:*:*:%s\n" % many_servers.PASSWORD, encoding="utf-8")
        passwords.chmod(0o600)
        for name in ("one", "two"):
            t.run("init", "--data", t.dir / name, "--signer", t.dir / (name + ".signer"), "--origin", "test.example.org/both", "--log", url, "--single-node", code=0)
        t.true(not (t.dir / "two.signer").exists(), "the second joins")
        with serving.Server(t, t.dir / "one", PEOPLE) as one, serving.Server(t, t.dir / "two", {}) as two:
            two.sign_in("Sirkka")
            for i, (writes, reads) in enumerate([(one, two), (two, one)] * 2):
                writes.post("Sirkka", "/tasks/%s/comments" % TASK, {"text": "over-%d" % i}, 201)
                until = time.time() + 20
                while time.time() < until:
                    there = [c["text"] for c in reads.get("Sirkka", "/tasks/%s/comments" % TASK)["items"]]
                    if "over-%d" % i in there:
                        break
                    time.sleep(0.2)
                t.has(" ".join(there), "over-%d" % i)


class Load(threading.Thread):
    """Asks for one thing again and again, until nobody answers any more."""

    def __init__(self, server, ask):
        super().__init__(daemon=True)
        self.server, self.ask, self.acknowledged, self.over = server, ask, [], threading.Event()

    def run(self):
        i = 0
        while not self.over.is_set():
            i += 1
            with contextlib.suppress(OSError, http.client.HTTPException, ValueError, KeyError, IndexError):
                text = self.ask(self.server, i)
                if text:
                    self.acknowledged.append(text)


def writes(s, i):
    text = "load-%s-%d" % (os.urandom(6).hex(), i)
    return text if s.call("Sirkka", "POST", "/tasks/%s/comments" % TASK, {"text": text}).status == 201 else None


def reads(s, i):
    s.call("Sirkka", "GET", ("/tasks", "/dashboard", "/events?limit=200", "/tasks/%s/comments" % TASK)[i % 4])


def streams(s, _):
    s.call("Sirkka", "POST", "/repositories/%s/assessments" % serving.subject_id("app"), {})
    running = s.call("Sirkka", "GET", "/jobs").json()["items"][0]["id"]
    connection = http.client.HTTPConnection("127.0.0.1", s.port, timeout=20)
    connection.request("GET", "/api/v1/jobs/%s/events" % running, None, {"Cookie": "sinetti=" + s.cookies["Sirkka"]})
    connection.getresponse().read(1)  # and leaves it open, with the rest unread
    time.sleep(0.05)
    connection.close()


def told_to_end(t, s, reload, rest):
    """Ends it after `rest` seconds of load; what was acknowledged."""
    wait_ready(t, s)
    pids = [s.child.pid, *processes(s).values()]
    loads = [Load(s, ask) for ask in (writes, writes, reads, reads, streams, streams)]
    for load in loads:
        load.start()
    time.sleep(rest)
    if reload is not None:  # as worker asks for when derived.db is another file
        s.child.send_signal(signal.SIGHUP)
        time.sleep(reload)
    s.child.send_signal(signal.SIGTERM)
    try:
        code = s.child.wait(20)
    except subprocess.TimeoutExpired:
        what = {pid: [(pathlib.Path("/proc/%d/%s" % (pid, n)).read_text(errors="replace"))[:200] for n in ("comm", "wchan")] for pid in pids if pathlib.Path("/proc/%d" % pid).exists()}
        raise harness.Fault("it does not end: %s\n%s" % (what, s.said()[-2000:])) from None
    finally:
        for load in loads:
            load.over.set()
    for load in loads:
        load.join(30)
    t.equal(code, 0, "its exit code")
    t.equal([pid for pid in pids if pathlib.Path("/proc/%d/exe" % pid).exists()], [], "left behind")
    t.lacks(s.said(), "it was killed")
    return [text for load in loads for text in load.acknowledged]


def test_it_ends_whenever_it_is_told(t):
    rounds, data, acknowledged = 100 if t.soak else 6, data_of(t), []
    repo = t.repo("app")
    for i in range(20):
        repo.commit("change %d" % i, {"f%d.py" % i: "x = 1\n" * 50}, at=int(time.time()) - 90000 + i * 60)
    for i in range(rounds):
        with serving.Server(t, data, PEOPLE if i == 0 else {}) as s:
            s.sign_in("Sirkka")
            if i == 0:
                registered(t, s, repo)
            acknowledged += told_to_end(t, s, None if i % 2 else random.random() * 0.03, random.random() * 0.7)
    t.equal(sorted(set(acknowledged) - set(comments(t, data))), [], "acknowledged and lost")
    t.run("fsck", "--data", data, code=0)


def test_many_who_sign_in_hold_up_nobody_else(t):
    with serving.Server(t, data_of(t), PEOPLE, ["--trusted-proxy", "127.0.0.1", "--requests-per-second", "0"]) as s:
        wait_ready(t, s)
        answers = []

        def sign_in(i):
            body = {"address": "nobody%d@example.org" % i, "password": "correct horse battery"}
            answers.append(s.call(None, "POST", "/session", body, X_Forwarded_For="198.51.100.%d" % i))

        threads = [threading.Thread(target=sign_in, args=(i,)) for i in range(120)]
        for thread in threads:
            thread.start()
        while not answers and any(thread.is_alive() for thread in threads):
            time.sleep(0.01)
        for i in range(10):
            s.post("Sirkka", "/tasks/%s/comments" % TASK, {"text": "meanwhile %d" % i}, 201)
        still = [thread for thread in threads if thread.is_alive()]
        for thread in threads:
            thread.join()
        t.true(len(still) > 3, "%d passwords were still looked at" % len(still))
        t.equal(sorted({a.status for a in answers}), [401, 503])
        refused = [a for a in answers if a.status == 503]
        t.equal({(a.headers["Retry-After"], a.json()["type"]) for a in refused}, {("2", "/api/#busy")})
        t.true(len(answers) - len(refused) >= 20, "%d were looked at" % (len(answers) - len(refused)))


def test_another_derived_db_is_noticed(t):
    """As when somebody puts a copy in its place: what is answered goes on to be true, with no restart by hand."""
    data = data_of(t)
    with serving.Server(t, data, PEOPLE) as s:
        wait_ready(t, s)
        while s.call("Sirkka", "GET", "/tasks/" + TASK).status == 503:
            time.sleep(0.1)
        for i in range(2):
            copy = data / "derived.copy"
            with sqlite3.connect(data / "derived.db") as db, sqlite3.connect(copy) as to:
                db.backup(to)
            for end in ("-wal", "-shm"):
                (data / ("derived.db" + end)).unlink(missing_ok=True)
            copy.rename(data / "derived.db")
            s.add_fact("repository", "repo:" + serving.subject_id("new %d" % i), {"name": "new %d" % i, "project": "", "main": "refs/heads/main", "state": "active"})
            until, seen = time.time() + 30, None
            while time.time() < until and seen != i + 1:
                answer = s.call("Sirkka", "GET", "/dashboard")
                seen = answer.json()["repositories"] if answer.status == 200 else None
                time.sleep(0.2)
            t.equal(seen, i + 1, "repositories on the dashboard")

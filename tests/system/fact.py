"""Goal: an operator records facts by hand and in batches; each is there once it was answered, and what is refused says why and changes nothing."""
import json
import os
import pathlib
import pwd
import shutil
import sqlite3
import subprocess
import threading

NOTE = '{"text": "hello"}'
ANN = {"name": "Ann", "addresses": ["ann@example.org"], "accounts": [{"host": "github.com", "name": "ann"}], "state": "active"}


def start(t):
    t.run("init", "--origin", "sinetti.example/acme", "--data", "data", code=0)
    t.env["SINETTI_DATA"] = str(t.dir / "data")


def note(text="x", **more):
    return {"kind": "note", "subject": "org", "payload": {"text": text}, **more}


def lines(*facts):
    return "".join(json.dumps(fact) + "\n" for fact in facts).encode()


def listed(t, *options):
    return [json.loads(line) for line in t.run("fact", "list", "--format", "json", *options, code=0).out.splitlines()]


def state(t):
    """Everything in the data folder but SQLite's companions, as one value."""
    db = sqlite3.connect("file:%s/ledger.db?mode=ro" % (t.dir / "data"), uri=True)
    try:
        return list(db.iterdump())
    finally:
        db.close()


def test_init_makes_a_folder_for_its_owner_alone(t):
    start(t)
    t.equal((t.dir / "data").stat().st_mode & 0o777, 0o700)
    t.equal((t.dir / "data" / "ledger.db").stat().st_mode & 0o777, 0o600)
    first, = listed(t)
    t.equal((first["n"], first["kind"], first["actor"], first["via"]), (0, "catalog", "system", "operator"))
    before = state(t)
    t.has(t.run("init", "--origin", "sinetti.example/other", code=3).err, "there is a ledger already; nothing was changed")
    t.equal(state(t), before)
    t.run("init", code=2)
    for origin in ("Acme", "sinetti.example/acme/2", "a b", ""):
        t.has(t.run("init", "--origin", origin, "--data", "other", code=3).err, "cannot be an origin")
    t.run("init", "--origin", "sinetti.example/acme", "--data", "deep/er/data", code=0)
    t.run("fsck", code=0)


def test_init_that_fails_leaves_what_was_there_and_can_be_asked_again(t):
    data, signer = t.dir / "data", t.dir / "kept" / "signer"
    init = ("init", "--origin", "sinetti.example/acme", "--data", data, "--signer", signer)
    data.mkdir()
    (data / "config").write_text("public_url: https://sinetti.example.org\n", encoding="utf-8")
    (data / "mine").write_text("mine", encoding="utf-8")
    t.has(t.run(*init, code=3).err, "cannot make")  # there is no folder `kept`
    t.equal({path.name for path in data.iterdir()} - {"door", "main"}, {"config", "mine"})
    signer.mkdir(parents=True)
    (signer / "theirs").write_text("theirs", encoding="utf-8")
    t.has(t.run(*init, code=3).err, "there is something in it already")
    t.equal([path.name for path in signer.iterdir()], ["theirs"])
    t.equal({path.name for path in data.iterdir()} - {"door", "main"}, {"config", "mine"})
    (signer / "theirs").unlink()
    signer.chmod(0o755)
    answers = []
    asked = [threading.Thread(target=lambda: answers.append(subprocess.run([t.program, *init], env=t.env, capture_output=True, check=False))) for _ in range(4)]
    for one in asked:
        one.start()
    for one in asked:
        one.join()
    t.equal(sorted(one.returncode for one in answers), [0, 3, 3, 3], [one.stderr for one in answers])
    t.equal((signer.stat().st_mode & 0o777, (data / "mine").read_text(encoding="utf-8")), (0o700, "mine"))
    t.has((data / "config").read_text(encoding="utf-8"), "public_url")
    t.run("ledger", "checkpoint", "--data", data, "--signer", signer, code=0)
    t.run("fsck", "--data", data, code=0)
    (t.dir / "elsewhere").mkdir()
    (t.dir / "elsewhere" / "config").write_text('log: "postgresql://sinetti@127.0.0.1/none"\n', encoding="utf-8")
    t.has(t.run("init", "--origin", "sinetti.example/acme", "--data", "elsewhere", code=3).err, "the log is in PostgreSQL")
    t.equal([path.name for path in (t.dir / "elsewhere").iterdir()], ["config"])


def owned(place, user):
    for path in [place, *place.rglob("*")]:
        os.lchown(path, user, user)


def test_root_changes_nothing_in_a_folder_of_somebody_else(t):
    if os.getuid() != 0:
        t.skip("only root could")
    user = pwd.getpwnam("daemon")
    start(t)
    data, signer = t.dir / "data", t.dir / "data.signer"
    owned(data, user.pw_uid)
    owned(signer, user.pw_uid)
    t.dir.chmod(0o755)
    before = {path: path.stat().st_uid for path in [*data.rglob("*"), *signer.rglob("*")]}
    for command in (("fact", "add", "note", "org", "--payload", "-"), ("repo", "create", "shop"), ("refresh",), ("ledger", "checkpoint"),
                    ("people", "add", "Ann", "ann@example.org"), ("ledger", "rotate-key", "--reason", "r"), ("ledger", "vkey")):
        t.has(t.run(*command, code=3).err, "runuser -u daemon --")
    for command in (("fact", "list"), ("status",), ("fsck",), ("doctor",), ("backup", t.dir / "copy")):
        t.run(*command, code=0)
    t.equal({path: path.stat().st_uid for path in [*data.rglob("*"), *signer.rglob("*")] if path.name != "lock"}.items() - before.items(), set())
    for path in (data / "ledger.db-wal", data / "ledger.db-shm", signer / "lock"):
        t.true(not path.exists() or path.stat().st_uid == user.pw_uid, path)
    # … who it belongs to can go on
    as_owner = dict(env={**t.env, "HOME": "/"}, user=user.pw_uid, group=user.pw_gid, extra_groups=[], cwd=t.dir, capture_output=True, check=False)
    told = subprocess.run([t.program, "fact", "add", "note", "org", "--payload", "-"], input=NOTE.encode(), **as_owner)
    t.equal(told.returncode, 0, told)
    told = subprocess.run([t.program, "ledger", "checkpoint"], **as_owner)
    t.equal(told.returncode, 0, told)
    owned(t.dir, 0)


def test_add_list_show(t):
    start(t)
    t.equal(t.run("fact", "add", "note", "org", "--payload", "-", data=NOTE.encode(), code=0).out, "1\n")
    number, subject = t.run("fact", "add", "person", "person:new", "--payload", "-", data=json.dumps(ANN).encode(), code=0).out.split()
    t.equal(number, "2")
    again = t.run("fact", "add", "person", subject, "--payload", "-", data=json.dumps({**ANN, "name": "Anna"}).encode(), code=0)
    t.equal(again.out, "3\n")
    t.equal([fact["n"] for fact in listed(t, "--kind", "person")], [2, 3])
    t.equal([fact["n"] for fact in listed(t, "--subject", subject, "--after", "2")], [3])
    t.equal([fact["n"] for fact in listed(t, "--limit", "2")], [0, 1])
    t.equal(listed(t, "--kind", "person")[1]["payload"]["name"], "Anna")
    shown = t.run("fact", "show", "1", code=0).out
    t.has(shown, "kind        note")
    t.has(shown, "via         operator")
    t.has(shown, '{"text":"hello"}')
    t.equal(json.loads(t.run("fact", "show", "1", "--format", "json", code=0).out)["payload"], {"text": "hello"})
    t.has(t.run("fact", "show", "9", code=3).err, "there is no fact 9")
    t.has(t.run("fact", "list", code=0).out, "person")
    t.run("fsck", code=0)


def test_requests_with_a_key(t):
    start(t)
    for wanted in ("1\n", "1\n"):
        t.equal(t.run("fact", "add", "note", "org", "--key", "k", "--payload", "-", data=NOTE.encode(), code=0).out, wanted)
    t.has(t.run("fact", "add", "note", "ledger", "--key", "k", "--payload", "-", data=NOTE.encode(), code=3).err, "used for another request")
    ran = t.run("fact", "add", "--batch", "-", data=lines(note("a", key="b"), note("a"), note("a", key="b"), note("c", key="b")), code=3)
    t.equal(ran.out, "2\n3\n2\n")
    t.has(ran.err, "line 4: this key was used for another request (fact 2)")
    t.equal(len(listed(t)), 4)


def test_batch_stops_at_the_first_bad_line(t):
    start(t)
    (t.dir / "facts.jsonl").write_bytes(lines(note("a")) + b"\n" + lines(note("b"), {**note(), "payload": {"text": 7}}, note("c")))
    ran = t.run("fact", "add", "--batch", "facts.jsonl", code=3)
    t.equal(ran.out, "1\n2\n")
    t.has(ran.err, "line 4: payload.text: integer, it is to be string")
    t.equal(len(listed(t)), 3)
    for bad, why in ((b"[]\n", "JSON"), (b"{\n", "JSON"), (b'{"kind":"note"}\n', '"subject" is missing'),
                     (lines({**note(), "actor": "person:x"}), 'no field "actor"'), (lines({**note(), "via": "gate"}), 'no field "via"'),
                     (lines({**note(), "kind": 3}), '"kind" is to be a text'), (lines(note(key="")), '"key"'),
                     (b'{"kind":"note","subject":"org","payload":{"text":"' + b"a" * (1 << 20) + b'"}}\n', "1048576")):
        ran = t.run("fact", "add", "--batch", "-", data=bad, code=3)
        t.has(ran.err, "line 1: ")
        t.has(ran.err, why)
    t.equal(len(listed(t)), 3)
    t.equal(t.run("fact", "add", "--batch", "-", data=b"", code=0).out, "")
    t.equal(t.run("fact", "add", "--batch", "-", data=lines(note("without an end"))[:-1], code=0).out, "3\n")
    t.run("fact", "add", "--batch", "nothing", code=3)


def test_batch_answers_while_it_is_fed(t):
    start(t)
    with subprocess.Popen([t.program, "fact", "add", "--batch", "-"], cwd=t.dir, env=t.env, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as child:
        for i in range(5):
            child.stdin.write(lines(note(str(i))))
            child.stdin.flush()
            t.equal(child.stdout.readline(), b"%d\n" % (i + 1))
            t.equal(listed(t)[-1]["payload"], {"text": str(i)})
        child.stdin.close()
        t.equal(child.wait(), 0)


def test_bad_input_changes_nothing(t):
    start(t)
    before = state(t)
    big = t.dir / "big"
    with open(big, "wb") as f:
        f.write(b'{"text": "')
        f.truncate(100 << 20)
    for payload, why in ((b"", "JSON"), (b"{}", "payload.text: is missing"), (b'{"text":"a","text":"b"}', "text"),
                         (b'{"text":"a","t\\u0065xt":"b"}', "text"), (b'{"text":1.5}', "write a decimal as a string"),
                         (b'{"text":1e3}', "write a decimal as a string"), (b'{"text":9007199254740992}', "2^53-1"),
                         (b'{"text":-9007199254740992}', "2^53-1"), (b'{"text":"\xff"}', "UTF-8"), (b'{"text":"\\u0000"}', "U+0000"),
                         (b'{"text":null}', "payload.text: null"), (b'{"text":"a","more":1}', "payload.more: there is no such field"),
                         (b'{"text":' + b"[" * 100 + b"]" * 100 + b"}", "JSON")):
        t.has(t.run("fact", "add", "note", "org", "--payload", "-", data=payload, code=3).err, why)
    t.has(t.run("fact", "add", "note", "org", "--payload", big, code=3).err, "at most 1048576 bytes")
    t.has(t.run("fact", "add", "--batch", big, code=3).err, "line 1: longer than 1048576 bytes")
    t.has(t.run("fact", "add", "nothing", "org", code=3).err, 'no kind of fact "nothing"')
    t.has(t.run("fact", "add", "person", "org", "--payload", "-", data=json.dumps(ANN).encode(), code=3).err, "not about such a thing")
    for subject in ("", "nothing", "person:Ann", "repo:self", "org:", "fact:01"):
        t.has(t.run("fact", "add", "note", subject, "--payload", "-", data=NOTE.encode(), code=3).err, "subject")
    for kind, subject in (("erasure", "fact:0"), ("rotation", "ledger"), ("restored", "ledger")):
        t.has(t.run("fact", "add", kind, subject, code=3).err, "only by the command that does what it says")
    for wrong in (("fact",), ("fact", "take"), ("fact", "add"), ("fact", "add", "note"), ("fact", "add", "note", "org", "--key", ""),
                  ("fact", "list", "--limit", "x"), ("fact", "show"), ("fact", "show", "-1"), ("fact", "show", "1", "--kind", "note"),
                  ("fact", "list", "--format", "xml"), ("fact", "list", "--payload", "x"), ("fact", "add", "--batch", "-", "note", "org")):
        t.run(*wrong, code=2)
    t.equal(state(t), before)


def test_other_folders(t):
    t.env["SINETTI_DATA"] = str(t.dir / "nowhere")
    t.run("fact", "list", code=3)
    t.run("fact", "add", "note", "org", "--payload", "-", data=NOTE.encode(), code=3)
    t.true(not (t.dir / "nowhere").exists(), "the folder was made")
    start(t)
    before = state(t)
    config = t.dir / "data" / "config"
    text = config.read_text(encoding="utf-8")
    for changed, why in (("format: 2\n", "config:1: the data folder was made by a newer version of sinetti"), ("format: one\n", "config:1: "),
                         ("log: tape\n", "config:1: "), ("format: 1\nlogg: sqlite\n", 'config:2: there is no setting "logg"'), ("- a\n", "config")):
        config.write_text(changed, encoding="utf-8")
        t.has(t.run("fact", "add", "note", "org", "--payload", "-", data=NOTE.encode(), code=3).err, why)
    config.write_text(text, encoding="utf-8")
    t.equal(state(t), before)
    db = sqlite3.connect(t.dir / "data" / "ledger.db")
    db.execute("PRAGMA user_version = 2")
    db.close()
    for command in (("fact", "list"), ("fact", "add", "note", "org", "--payload", "-")):
        t.has(t.run(*command, data=NOTE.encode(), code=3).err, "newer version of sinetti")


def test_another_catalog(t):
    """A kind of one's own, without a line of C; and one that shrank is refused."""
    root = pathlib.Path(__file__).resolve().parent.parent.parent
    start(t)
    shutil.copytree(root / "catalog", t.dir / "catalog")
    kind = t.dir / "catalog" / "facts" / "lunch"
    kind.mkdir()
    (kind / "schema.yaml").write_text("key: lunch\ntitle: {en: Lunch, fi: Lounas}\nkept: false\nsubjects: [org]\nproject: adds\npayload:\n"
                                      "  type: object\n  additionalProperties: false\n  required: [soup]\n  properties:\n"
                                      "    soup: {type: string, enum: [pea, tomato]}\n", encoding="utf-8")
    (kind / "project.sql").write_text("CREATE TABLE p_lunch (n INTEGER PRIMARY KEY, at INTEGER, subject TEXT, actor TEXT, via TEXT, soup TEXT) STRICT;\n"
                                      "CREATE VIEW fact_lunch AS SELECT * FROM p_lunch;\n"
                                      "INSERT INTO p_lunch VALUES (:n, :at, :subject, :actor, :via, :payload ->> 'soup');\n", encoding="utf-8")
    t.has(t.run("catalog", "check", "catalog", "--against", root / "catalog", "--only", "release-log", code=0).out,
          "%d kinds of facts" % len(list((t.dir / "catalog" / "facts").iterdir())))
    t.run("fact", "add", "lunch", "org", "--payload", "-", "--catalog", "catalog", data=b'{"soup":"pea"}', code=0)
    db = sqlite3.connect(t.dir / "data" / "ledger.db")
    t.equal(db.execute("SELECT n, soup FROM fact_lunch").fetchall(), [(1, "pea")])
    db.close()
    text = (kind / "schema.yaml").read_text(encoding="utf-8")
    (kind / "schema.yaml").write_text(text.replace("[pea, tomato]", "[tomato]"), encoding="utf-8")
    ran = t.run("fact", "add", "lunch", "org", "--payload", "-", "--catalog", "catalog", data=b'{"soup":"tomato"}', code=3)
    t.has(ran.err, "facts/lunch/schema.yaml: payload.soup admits fewer values")
    shutil.copytree(t.dir / "catalog", t.dir / "older")
    (t.dir / "older" / "facts" / "lunch" / "schema.yaml").write_text(text, encoding="utf-8")
    t.has(t.run("catalog", "check", "catalog", "--against", "older", code=1).out, "payload.soup admits fewer values")
    t.equal(len(listed(t)), 2)


def test_many_at_once(t):
    """Each fact that was answered is there once, whoever wrote beside it; also after some were killed."""
    start(t)
    answered, broken, lock = [], [], threading.Lock()

    def write(name):
        with subprocess.Popen([t.program, "fact", "add", "--batch", "-"], cwd=t.dir, env=t.env, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE) as child:
            for i in range(40):
                child.stdin.write(lines(note("%s-%d" % (name, i))))
                child.stdin.flush()
                number = child.stdout.readline()
                with lock:
                    if not number:
                        broken.append(child.stderr.read().decode("utf-8", "replace"))
                        return
                    answered.append((int(number), "%s-%d" % (name, i)))
                if name % 3 == 0 and i == 25:
                    child.stdin.write(lines(note("unanswered")))
                    child.stdin.flush()
                    child.kill()
                    break
            child.stdin.close()
            child.wait()

    writers = [threading.Thread(target=write, args=(i,)) for i in range(6)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    t.equal(broken, [])
    there = {fact["n"]: fact["payload"].get("text") for fact in listed(t)}
    for number, text in answered:
        t.equal(there.pop(number), text)
    t.true(len(answered) == 2 * 26 + 4 * 40, answered)
    t.true(all(text in (None, "unanswered") for text in there.values()), there)
    t.run("fsck", code=0)


def test_tables_made_anew_survive_kills(t):
    """Whoever is killed while tables are made for another catalog leaves them as they were; the next goes on."""
    root = pathlib.Path(__file__).resolve().parent.parent.parent
    start(t)
    t.run("fact", "add", "--batch", "-", data=lines(*[note(str(i)) for i in range(8000)]), code=0)
    shutil.copytree(root / "catalog", t.dir / "catalog")
    sql = t.dir / "catalog" / "facts" / "note" / "project.sql"
    text = sql.read_text(encoding="utf-8")
    sql.write_text(text.replace("project TEXT)", "project TEXT, size INTEGER)").replace("text, project FROM", "text, project, size FROM")
                   .replace("text, project)", "text, project, size)").replace(":payload ->> 'project')", ":payload ->> 'project', length(:payload ->> 'text'))"),
                   encoding="utf-8")
    t.run("catalog", "check", "catalog", "--only", "release-log", code=0)
    kills, there = 0, 8001
    for i in range(200 if t.soak else 12):
        catalog = ["--catalog", "catalog"] if i % 4 != 3 else []  # now and then the other way
        with subprocess.Popen([t.program, "fact", "add", "note", "org", "--payload", "-", *catalog], cwd=t.dir, env=t.env, stdin=subprocess.PIPE,
                              stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as child:
            child.stdin.write(NOTE.encode())
            child.stdin.close()
            try:
                child.wait(0.04 + 0.03 * (i * 7 % 10))
            except subprocess.TimeoutExpired:
                child.kill()
                kills += 1
        db = sqlite3.connect(t.dir / "data" / "ledger.db")
        facts, = db.execute("SELECT count(*) FROM entries").fetchone()
        t.equal(db.execute("SELECT count(*) FROM fact_note").fetchone(), (facts - 1,))
        db.close()
        t.true(there <= facts <= there + 1, (there, facts))
        there = facts
    t.true(kills > 0, "nothing was killed")
    t.run("fact", "add", "note", "org", "--payload", "-", "--catalog", "catalog", data=NOTE.encode(), code=0)
    db = sqlite3.connect(t.dir / "data" / "ledger.db")
    t.equal(db.execute("SELECT size FROM fact_note ORDER BY n DESC LIMIT 1").fetchone(), (5,))
    db.close()
    t.has(t.run("fsck", code=0).out, "tables of 1 kind of facts were made by another version")
    t.run("fact", "add", "note", "org", "--payload", "-", data=NOTE.encode(), code=0)
    t.lacks(t.run("fsck", code=0).out, "another version")


def test_output_that_cannot_be_written(t):
    start(t)
    for options in (("list",), ("show", "0"), ("add", "--batch", "-")):
        with open("/dev/full", "wb") as full:
            ran = subprocess.run([t.program, "fact", *options], cwd=t.dir, env=t.env, input=lines(note()), stdout=full, stderr=subprocess.PIPE, check=False)
        t.equal(ran.returncode, 3)
        t.has(ran.stderr.decode(), "standard output")


def test_texts_do_not_move_the_terminal(t):
    start(t)
    t.run("fact", "add", "note", "org", "--payload", "-", data='{"text":"a\u202eb\\u001b[2J\u200b"}'.encode(), code=0)
    for command in (("list", "--format", "json"), ("show", "1"), ("show", "1", "--format", "json")):
        out = t.run("fact", *command, code=0).out
        t.true(not any(c in out for c in "\u202e\u200b\x1b"), out)
    t.equal(listed(t)[1]["payload"]["text"], "a\u202eb\x1b[2J\u200b")


def test_replay(t):
    start(t)
    t.run("fact", "add", "--batch", "-", data=lines(*[note(str(i)) for i in range(50)]), code=0)
    for name in ("one", "two"):
        t.has(t.run("ledger", "replay", "--into", name, code=0).out, "51 facts, 0 of them erased")
    t.equal((t.dir / "one").read_bytes(), (t.dir / "two").read_bytes())
    db = sqlite3.connect(t.dir / "one")
    t.equal(db.execute("SELECT count(*), max(n) FROM fact_note").fetchone(), (50, 50))
    db.close()
    t.run("ledger", "replay", "--into", "one", code=3)
    t.equal((t.dir / "one").read_bytes(), (t.dir / "two").read_bytes())
    t.has(t.run("ledger", "replay", "--into", "none", "--until", "2020-01-01", code=0).out, "0 facts")
    t.run("ledger", "replay", "--into", "x", "--until", "yesterday", code=2)
    t.run("ledger", "replay", code=2)


def test_erasure(t):
    start(t)
    people = ["person:%s" % ("abcdefghij234567klm" + c) for c in "ab"]
    ask = ["--reason", "health data", "--approved-by", people[0], "--approved-by", people[1]]
    t.run("fact", "add", "note", "org", "--payload", "-", data=b'{"text":"has a cold"}', code=0)
    t.equal(t.run("ledger", "erase", "1", *ask, code=0).out, "2\n")
    for path in (t.dir / "data").iterdir():
        t.true(b"has a cold" not in path.read_bytes(), path)
    t.has(t.run("fact", "show", "1", code=0).out, "its body was erased")
    t.equal(listed(t)[1]["erased"], True)
    t.has(t.run("ledger", "erase", "1", *ask, code=3).err, "was erased before")
    t.has(t.run("ledger", "erase", "0", *ask, code=3).err, "kept for ever")
    t.has(t.run("ledger", "erase", "2", *ask, code=3).err, "kept for ever")
    t.has(t.run("ledger", "erase", "9", *ask, code=3).err, "there is no fact 9")
    t.has(t.run("ledger", "erase", "1", "--reason", "x", "--approved-by", people[0], "--approved-by", people[0], code=3).err, "stands twice")
    t.run("ledger", "erase", "1", "--reason", "x", "--approved-by", people[0], code=2)
    t.run("ledger", "erase", "1", *ask[2:], code=2)
    t.has(t.run("ledger", "replay", "--into", "x", code=0).out, "3 facts, 1 of them erased")
    t.run("fsck", code=0)


def test_fsck_names_a_changed_row(t):
    start(t)
    t.run("fact", "add", "note", "org", "--payload", "-", data=NOTE.encode(), code=0)
    t.run("fsck", code=0)
    db = sqlite3.connect(t.dir / "data" / "ledger.db")
    db.execute("UPDATE p_note SET text = 'bye'")
    db.commit()
    db.close()
    t.has(t.run("fsck", code=1).out, "table p_note, row (1): its text is not what the facts say")

"""Goal: automation records what version was put where, once however often it says so, by a token that may do nothing else."""
import time

import serving
from serving import DEVELOPER, EMPLOYEE, SECURITY_OFFICER, person_id

MUST = ("--service", "Shop", "--environment", "production", "--version", "1.2.3", "--decision", "CHG-7")


def prepared(t):
    t.run("init", "--data", "data", "--origin", "test.example/org", code=0)
    t.run("record", "put", "service", "title=Shop", "--data", "data", code=0)
    t.run("record", "put", "environment", "title=Production", "--data", "data", code=0)


def deploy(t, *options, code=0, env=None):
    return t.run("record", "deploy", "--data", "data", *options, code=code, env=env)


def test_once_however_often(t):
    prepared(t)
    run = {"CI_JOB_URL": "https://ci.example.org/run/5", "CI_COMMIT_SHA": "0" * 40}
    first = deploy(t, *MUST, "--format", "json", env=run).json()
    t.equal((first["label"], first["title"], first["repeated"]), ("DPL-1", "Shop 1.2.3, Production", False))
    again = deploy(t, *MUST, "--format", "json", env=run).json()
    t.equal((again["subject"], again["repeated"]), (first["subject"], True))
    other = deploy(t, *MUST, "--format", "json", env=dict(run, CI_JOB_URL="https://ci.example.org/run/6")).json()
    t.equal((other["label"], other["repeated"]), ("DPL-2", False))
    item = t.run("record", "show", "DPL-1", "--data", "data", "--format", "json", code=0).json()
    c = item["content"]
    t.equal((c["version"], c["type"], c["outcome"], c["automation"], c["commit"], item["state"]),
            ("1.2.3", "deploy", "done", run["CI_JOB_URL"], "0" * 40, "recorded"))
    t.true(c["service"].startswith("record:service/") and len(c["deployed"]) == 10 and c["time"].endswith("Z"), c)


def test_keys(t):
    prepared(t)
    t.equal(deploy(t, *MUST, "--key", "k").out, "DPL-1 Shop 1.2.3, Production\n")
    t.equal(deploy(t, *MUST, "--key", "k").out, "DPL-1 Shop 1.2.3, Production (recorded before)\n")
    t.true("its outcome differs" in deploy(t, *MUST, "--key", "k", "--failed", code=3).err, "another deployment")
    t.equal(deploy(t, *MUST, "--rollback", "--at", "2026-11-25T14:05:00Z").out, "DPL-2 Shop 1.2.3, Production\n")
    t.equal(deploy(t, *MUST, "--rollback", "--at", "2026-11-25T14:05:00Z").out[:5], "DPL-2")


def test_what_is_wrong(t):
    prepared(t)
    deploy(t, *MUST[:-2], code=2)
    ran = deploy(t, *MUST[2:], "--service", "Nothing", "--decided-by", "nobody", code=3)
    t.true("service: is nothing" in ran.err and "decided_by: is nobody's name" in ran.err, ran)
    t.run("record", "put", "service", "title=shop", "--data", "data", code=0)
    t.true("is the title of several items" in deploy(t, *MUST, code=3).err, "two services")
    t.equal(deploy(t, "--service", "SER-1", *MUST[2:]).out[:5], "DPL-1")


def test_by_a_token_that_may_do_nothing_else(t):
    prepared(t)
    with serving.Server(t, t.dir / "data", {"Sirkka": [SECURITY_OFFICER], "Ella": [DEVELOPER], "Timo": [EMPLOYEE]}) as s:
        made = s.post("Ella", "/me/tokens", {"name": "ci", "permissions": ["deployments.record"], "until": time.strftime("%Y-%m-%dT00:00:00Z", time.gmtime(time.time() + 30 * 86400))}, 201)
        env = {"SINETTI_TOKEN": made["secret"], "CI_JOB_URL": "https://ci.example.org/run/9"}
        at = ("--server", "http://127.0.0.1:%d" % s.port)
        ran = t.run("record", "deploy", *at, *MUST, "--format", "json", code=0, env=env).json()
        t.equal((ran["label"], ran["repeated"]), ("DPL-1", False))
        t.equal(t.run("record", "deploy", *at, *MUST, "--format", "json", code=0, env=env).json()["repeated"], True)
        item = s.get("Ella", "/registers/deployment/items")["items"][0]
        t.equal((item["owner"], item["title"]), (person_id("Ella"), "Shop 1.2.3, Production"))
        t.run("api", "items_list", "register=service", *at, code=3, env=env)
        ran = t.run("record", "deploy", *at, *MUST[2:], "--service", "x", code=3, env=env)
        t.true("service: is nothing" in ran.err, ran)
        s.post("Timo", "/deployments", {"service": "Shop", "environment": "Production", "version": "1", "decision": "d"}, 403)
        t.run("fsck", "--data", "data", code=0)

"""Goal: each published revision has provenance and a source verification summary, signed, of a level that is computed from what was enforced; gaps begin anew."""
import base64
import json
import shutil
import time

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.serialization import load_ssh_public_key

import serving
import values
from git_gate import Host, person, settled

STATEMENT = "application/vnd.in-toto+json"


def opened(envelope, keys):
    """The statement of a DSSE envelope, by this verifier of our own (protocol.md); None when its signature is none of these keys'."""
    envelope = json.loads(envelope)
    payload = base64.b64decode(envelope["payload"], validate=True)
    kind = envelope["payloadType"].encode()
    preimage = b"DSSEv1 %d %s %d %s" % (len(kind), kind, len(payload), payload)
    for line in keys.splitlines():
        key = load_ssh_public_key(line[line.index("ssh-ed25519"):].encode())
        try:
            key.verify(base64.b64decode(envelope["signatures"][0]["sig"], validate=True), preimage)
        except InvalidSignature:
            continue
        return json.loads(payload) if envelope["payloadType"] == STATEMENT else None
    return None


def attested(t, h, commit, keys):
    """Provenance and summary of the newest attestation, as git hands them out."""
    lines = t.git("--git-dir", str(h.path), "notes", "--ref=attestations", "show", commit).decode().splitlines()
    both = [opened(line, keys) for line in lines[-2:]]
    provenance, summary = both
    t.equal([s["_type"] for s in both], ["https://in-toto.io/Statement/v1"] * 2)
    t.equal([s["predicateType"] for s in both], ["tag:sinetti,2026:source-provenance/v1", "https://slsa.dev/verification_summary/v1"])
    for s in both:
        t.equal(s["subject"][0]["digest"]["gitCommit"], commit)
    predicate = summary["predicate"]
    for key in ("verifier", "timeVerified", "resourceUri", "policy", "verificationResult", "verifiedLevels", "inputAttestations"):
        t.true(key in predicate, key)
    t.equal(predicate["resourceUri"], "git+ssh://git@test.example/acme")
    t.equal(predicate["verifier"]["id"], "https://test.example/org")
    t.equal(predicate["verifiedLevels"][0], "SLSA_SOURCE_LEVEL_%d" % provenance["predicate"]["level"])
    t.true(all(word.startswith("ORG_SOURCE_") for word in predicate["verifiedLevels"][1:]), predicate)
    return provenance["predicate"], summary


def publish(t, h, work, name, reviewer="mikko", uploader="ella"):
    t.git("-C", str(work.path), "fetch", "-q", str(h.path), "main")
    work.git("checkout", "-q", "-B", "topic", "FETCH_HEAD")
    tip = work.commit(name, {name + ".txt": "x\n"}, author=person(uploader))
    number = h.propose(uploader, work, "-o", "topic=" + name)
    h.review(reviewer, "approve", "acme", number, 1)
    said = h.review(reviewer if uploader == "ella" else "sirkka", "publish", "acme", number).out
    t.lacks(said, "not attested")
    return h.ref(), tip


def test_levels_and_gaps(t):
    h = Host(t)
    work = h.begin()
    keys = t.run("repo", "keys", "--data", "data", code=0).out
    first = h.ref()
    p, _ = attested(t, h, first, keys)
    t.equal(p["level"], 2, p)  # nothing is asked of what is there at the beginning, so nothing is claimed
    t.equal(p["since"], {"history": {"gitCommit": first}})
    one, tip = publish(t, h, work, "one")
    p, summary = attested(t, h, one, keys)
    t.equal(p["level"], 4, p)
    t.equal(summary["subject"][0]["annotations"]["sourceRefs"], ["refs/heads/main"])
    t.equal(p["since"], {"history": {"gitCommit": first}, "controls": {"gitCommit": one}, "twoPartyReview": {"gitCommit": one}})
    t.equal((p["ref"], p["before"], p["parents"], p["actor"], p["gate"]), ("refs/heads/main", first, [first, tip], h.people["mikko"], "publish"))
    change = p["change"]
    t.equal((change["commit"], change["uploader"], change["reviewers"], change["approvals"]), (tip, h.people["ella"], [h.people["mikko"]], 1))
    t.true({"point": "code-review-rules/rules-enforced", "mode": "block", "held": True} in p["controls"], p)
    # a partner may propose, but approves nobody's work: one reviewer is one trusted person
    two, _ = publish(t, h, work, "two", uploader="paula")
    p, _ = attested(t, h, two, keys)
    t.equal(p["level"], 3, p)
    three, _ = publish(t, h, work, "three")
    p, _ = attested(t, h, three, keys)
    t.equal((p["level"], p["since"]["twoPartyReview"], p["since"]["controls"]), (4, {"gitCommit": three}, {"gitCommit": one}))
    # while the rule is observed only, one person's commit gets in: what is attested says so, and it begins anew
    h.mode("code-review-rules/rules-enforced", "observe")
    t.git("-C", str(work.path), "fetch", "-q", str(h.path), "main")
    work.git("checkout", "-q", "-B", "own", "FETCH_HEAD")
    alone = work.commit("alone", {"own.txt": "x\n"}, author=person("mikko"))
    t.equal(h.push("mikko", work, "HEAD:main")[0], 0)
    p, _ = attested(t, h, alone, keys)
    t.equal((p["level"], p["since"], "change" in p), (2, {"history": {"gitCommit": first}}, False))
    h.mode("code-review-rules/rules-enforced", "block")
    four, _ = publish(t, h, work, "four")
    p, _ = attested(t, h, four, keys)
    t.equal((p["level"], p["since"]), (4, {"history": {"gitCommit": first}, "controls": {"gitCommit": four}, "twoPartyReview": {"gitCommit": four}}))
    # somebody with hands on the disk moves the branch: no decision, no attestation, and history begins anew behind it
    work.git("checkout", "-q", "-B", "alien", "FETCH_HEAD")
    alien = work.commit("alien", {"alien.txt": "x\n"}, author=person("mikko"))
    t.git("--git-dir", str(h.path), "fetch", "-q", str(work.path), "alien")
    t.git("--git-dir", str(h.path), "update-ref", "refs/heads/main", alien)
    five, _ = publish(t, h, work, "five")
    p, _ = attested(t, h, five, keys)
    t.equal((p["level"], p["since"]["history"]), (4, {"gitCommit": five}))
    # a tag is as good as what it names
    t.git("-C", str(work.path), "fetch", "-q", str(h.path), "main")
    work.git("tag", "-m", "one", "v1", five)
    t.equal(h.push("ella", work, "v1")[0], 0)
    p, summary = attested(t, h, five, keys)
    t.equal((p["level"], p["ref"], summary["subject"][0]["digest"]["gitTag"]), (4, "refs/tags/v1", work.git("rev-parse", "v1").decode().strip()))
    # the signer is away: what has moved has moved, and is attested when somebody next moves a ref
    t.equal(h.push("mikko", work, five + ":refs/heads/quiet")[0], 0)
    (t.dir / "data.signer").rename(t.dir / "away")
    work.git("tag", "-m", "two", "v2", five)
    t.has(h.push("ella", work, "v2")[1], "not attested yet")
    (t.dir / "away").rename(t.dir / "data.signer")
    t.equal(h.push("mikko", work, ":refs/heads/quiet")[0], 0)
    t.equal(attested(t, h, five, keys)[0]["ref"], "refs/tags/v2")
    # … or when a server looks after its repositories
    (t.dir / "data.signer").rename(t.dir / "away")
    work.git("tag", "-m", "three", "v3", five)
    t.has(h.push("ella", work, "v3")[1], "not attested yet")
    (t.dir / "away").rename(t.dir / "data.signer")
    with serving.Server(t, t.dir / "data", {}) as s:
        for _ in range(600):
            if "are attested that were not" in s.said():
                break
            time.sleep(0.1)
    t.equal(attested(t, h, five, keys)[0]["ref"], "refs/tags/v3")
    # the program's own verifier, on another machine: it believes what it is given keys for, and what it is asked
    note = t.git("--git-dir", str(h.path), "notes", "--ref=attestations", "show", one)
    (t.dir / "note").write_bytes(note)
    (t.dir / "keys").write_text(keys, encoding="utf-8")
    t.equal(t.run("attest", "show", "acme", one, "--data", "data", code=0).out.encode(), note)
    wanted = ("attest", "verify", "note", "--keys", "keys", "--commit", one)
    t.run(*wanted, "--level", 4, "--ref", "refs/heads/main", "--repository", "git+ssh://git@test.example/acme", code=0)
    for options, why in ((("--ref", "refs/heads/other", "--level", 4), "no summary says"), (("--repository", "git+ssh://git@test.example/other"), "another repository")):
        t.has(t.run(*wanted, *options, code=1).out, why)
    t.has(t.run(*wanted[:-1], two, code=1).out, "another commit")
    (t.dir / "keys").write_text((t.dir / "key-ella.pub").read_text(encoding="utf-8"), encoding="utf-8")
    t.has(t.run(*wanted, code=1).out, "none of the keys")
    (t.dir / "keys").write_text(keys, encoding="utf-8")
    for change in ((b'"payload":"', b'"payload":"A'), (b"in-toto", b"in-tote"), (b"{", b"[")):
        (t.dir / "note").write_bytes(note.replace(*change))
        t.has(t.run(*wanted, code=1).out, "no:")
    (t.dir / "note").write_bytes(b"")
    t.run(*wanted, code=1)
    # a changed word, another key
    line = t.git("--git-dir", str(h.path), "notes", "--ref=attestations", "show", one).decode().splitlines()[1]
    t.equal(opened(line, keys) is None, False)
    envelope = json.loads(line)
    envelope["payload"] = base64.b64encode(base64.b64decode(envelope["payload"]).replace(b"LEVEL_4", b"LEVEL_3")).decode()
    t.equal(opened(json.dumps(envelope), keys), None)
    t.equal(settled(t).count("attestation"), 10)
    # nobody but the server writes notes
    t.equal(h.push("mikko", work, "HEAD:refs/notes/attestations")[0], 1)


def test_properties_of_their_own(t):
    """What the organization attests beside the level is what was enforced and held, by the text approved before, and begins anew at a gap."""
    h = Host(t)
    work = h.begin()
    keys = t.run("repo", "keys", "--data", "data", code=0).out
    t.run("repo", "create", "other", "--data", "data", code=0)
    other = h.facts("repository")[-1]["subject"]
    scanned, owners = "source-code-management/need-to-know", "critical-code-identification/critical-changes-checked"

    def said(commit):
        p, summary = attested(t, h, commit, keys)
        held = {x["name"]: x["since"]["gitCommit"] for x in p["properties"] if x["held"]}
        t.equal(summary["predicate"]["verifiedLevels"][1:], list(held), summary)
        return held, {x["name"] for x in p["properties"] if not x["held"]}

    with serving.Server(t, t.dir / "data", {"Sanna": [serving.SECURITY_OFFICER], "Maija": [serving.MANAGER]}) as s:
        def write(name, points, **more):
            item = s.post("Maija", "/registers/source_property/items", {"title": name, "content": {"name": name, "meaning": "x", "points": ["obligation:" + p for p in points], **more}}, 201)
            return approve(item)

        def approve(item):
            at = "/registers/source_property/items/" + item["subject"].split("/")[1]
            item = s.post("Maija", at + "/moves", {"move": "submit", "digest": item["digest"]}, 200)
            return s.post("Sanna", at + "/moves", {"move": "approve", "digest": item["digest"]}, 200)

        write("SCANNED", [scanned])
        write("ORG_SOURCE_OWNERS", [owners], unasked=True)
        write("OWNERS_STRICT", [owners])
        for name in ("SLSA_SOURCE_LEVEL_4 ", "lower", "A__B", "A-B", "A" * 65):  # no names; the first would have been ours, with the prefix
            write(name, [scanned])
        write("NOT_ASKED", ["definition-of-done/review-required"], unasked=True)  # the gate does not ask that
        write("BOTH", [scanned, owners], unasked=True)
        write("TWICE", [scanned])
        write("TWICE", [scanned])
        write("ELSEWHERE", [scanned], repositories=[other])
        draft = s.post("Maija", "/registers/source_property/items", {"title": "D", "content": {"name": "DRAFT", "meaning": "x", "points": ["obligation:" + scanned]}}, 201)
        h.mode(owners, "observe")
        two, _ = publish(t, h, work, "two")
        t.equal(said(two), ({"ORG_SOURCE_SCANNED": two, "ORG_SOURCE_SLSA_SOURCE_LEVEL_4": two}, {"ORG_SOURCE_" + n for n in ("OWNERS", "OWNERS_STRICT", "NOT_ASKED", "BOTH", "TWICE")}))
        h.mode(owners, "block")
        three, _ = publish(t, h, work, "three")
        t.equal(said(three)[0], {"ORG_SOURCE_SCANNED": two, "ORG_SOURCE_OWNERS": three, "ORG_SOURCE_SLSA_SOURCE_LEVEL_4": two, "ORG_SOURCE_BOTH": three})
        change = next(c for c in s.get("Maija", "/code-changes?state=published")["items"] if c["title"] == "three")
        shown = s.get("Maija", "/code-changes/" + change["id"][7:])["published"]["properties"]
        t.equal([(p["name"], p["since"]) for p in shown], list(said(three)[0].items()))
        # one move that does not hold, by broken glass: a gap; what did hold then goes on
        t.run("gate", "override", "acme", "main", "--reason", "now", "--for", h.people["mikko"], "--data", "data", code=0)
        t.git("-C", str(work.path), "fetch", "-q", str(h.path), "main")
        work.git("checkout", "-q", "-B", "own", "FETCH_HEAD")
        leak = work.commit("leak", {"deploy/settings.py": 'AWS_ACCESS_KEY_ID = "%s"\n' % values.aws_id()}, author=person("mikko"))
        t.equal(h.push("mikko", work, "HEAD:main")[0], 0)
        t.equal(said(leak)[0], {"ORG_SOURCE_OWNERS": three})
        four, _ = publish(t, h, work, "four")
        t.equal(said(four)[0], {"ORG_SOURCE_SCANNED": four, "ORG_SOURCE_OWNERS": three, "ORG_SOURCE_SLSA_SOURCE_LEVEL_4": four, "ORG_SOURCE_BOTH": four})
        # a draft says nothing; a text approved later says nothing of before, also when it is attested after that
        (t.dir / "data.signer").rename(t.dir / "away")
        t.git("-C", str(work.path), "fetch", "-q", str(h.path), "main")
        work.git("tag", "-m", "v", "v1", four)
    t.has(h.push("ella", work, "v1")[1], "not attested yet")
    (t.dir / "away").rename(t.dir / "data.signer")
    with serving.Server(t, t.dir / "data", {}) as s:
        s.sign_in("Maija")
        s.sign_in("Sanna")
        approve(draft)
        t.equal(h.push("ella", work, "HEAD:refs/heads/ella/x")[0], 0)
        held = said(four)[0]
        t.equal(held["ORG_SOURCE_SCANNED"], four)
        t.true("ORG_SOURCE_DRAFT" not in held, held)
        five, _ = publish(t, h, work, "five")
        t.equal(said(five)[0]["ORG_SOURCE_DRAFT"], five)
    # who verifies asks for them by name
    (t.dir / "note").write_bytes(t.git("--git-dir", str(h.path), "notes", "--ref=attestations", "show", three))
    (t.dir / "keys").write_text(keys, encoding="utf-8")
    wanted = ("attest", "verify", "note", "--keys", "keys", "--commit", three, "--ref", "refs/heads/main", "--level", 4)
    t.has(t.run(*wanted, "--property", "ORG_SOURCE_SCANNED", "--property", "ORG_SOURCE_BOTH", code=0).out, "ORG_SOURCE_OWNERS")
    t.has(t.run(*wanted, "--property", "ORG_SOURCE_SCANNED", "--property", "ORG_SOURCE_OWNERS_STRICT", code=1).out, "with all that is asked for")
    settled(t)


def test_half_moved(t):
    """Git gives up between two refs of a push: what stayed is neither attested nor missed, and its next push goes on from where it is."""
    h = Host(t, block=False)
    work = h.begin()
    t.run("repo", "protect", "acme", "dev", "--data", "data", code=0)
    first = h.ref()
    t.equal(h.push("mikko", work, "HEAD:refs/heads/dev")[0], 0)
    second = work.commit("second", {"b.txt": "x\n"}, author=person("mikko"))
    work.git("branch", "-q", "-f", "dev", second)
    t.git("--git-dir", str(h.path), "pack-refs", "--all")
    blocked = h.path / "refs" / "heads" / "main"  # git sees it when it has moved dev already
    blocked.mkdir()
    (blocked / "file.lock").write_text("", encoding="utf-8")
    code, said = h.push("mikko", work, "refs/heads/*:refs/heads/*")
    t.equal((code, h.ref(), h.ref("refs/heads/dev")), (1, first, second), said)
    shutil.rmtree(blocked)
    stayed, moved = ["ref:%s/refs/heads/%s" % (h.repo[5:], name) for name in ("main", "dev")]
    outcome = h.facts("outcome")[-1]["payload"]
    t.equal((outcome["outcome"], outcome["stayed"], outcome["settled"]), ("done", [stayed], True))
    t.equal(h.push("ella", work, "HEAD:refs/heads/ella/x")[0], 0)
    t.equal([a["payload"]["ref"] for a in h.facts("attestation") if a["subject"].endswith(second)], [moved])
    t.run("gate", "check", "--data", "data", code=0)
    t.equal(h.push("mikko", work, "main")[0], 0)
    t.equal(h.facts("override"), [])  # nothing has gone past the gate
    main = [a["payload"] for a in h.facts("attestation") if a["payload"]["ref"] == stayed][-1]
    t.equal((main["history_since"], main["push"]), (first, h.facts("push")[-1]["n"]))
    settled(t)

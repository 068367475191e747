#!/usr/bin/env python3
"""Makes the ten vectors of docs/formats/ledger.md, beside this file and in the document itself.

A second implementation of the format, written from the document and sharing nothing with src/ledger: both must come to
the same bytes. Needs python3-cryptography for Ed25519.
usage: make.py          writes
       make.py --check  writes nothing, fails when a file or the document differs (77: Ed25519 is missing)
"""
import base64
import hashlib
import json
import pathlib
import struct
import sys

try:
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
except ImportError:
    print("skipped: python3-cryptography is not installed")
    sys.exit(77)

HERE = pathlib.Path(__file__).resolve().parent
DOCUMENT = HERE.parents[2] / "docs/formats/ledger.md"
MAX = 2**53 - 1
ORIGIN = "sinetti.example/acme"
T0 = 1_767_225_600_000_000  # 2026-01-01T00:00:00Z


def sha(b):
    return hashlib.sha256(b).digest()


def b64(b):
    return base64.b64encode(b).decode()


# --- canonical JSON ---------------------------------------------------------------------------------------------
SHORT = {'"': '\\"', "\\": "\\\\", "\b": "\\b", "\f": "\\f", "\n": "\\n", "\r": "\\r", "\t": "\\t"}


def text(s):
    return '"' + "".join(SHORT.get(c) or (f"\\u{ord(c):04x}" if c < " " else c) for c in s) + '"'


def canonical(v):
    if v is True:
        return "true"
    if v is False:
        return "false"
    if v is None:
        return "null"
    if isinstance(v, int):
        assert -MAX <= v <= MAX
        return str(v)
    if isinstance(v, str):
        assert "\0" not in v
        return text(v)
    if isinstance(v, list):
        return "[" + ",".join(map(canonical, v)) + "]"
    assert isinstance(v, dict)
    return "{" + ",".join(f"{text(k)}:{canonical(v[k])}" for k in sorted(v)) + "}"


# --- facts ------------------------------------------------------------------------------------------------------
def salt(name):
    """A salt is random; here it is made from a word, so that it comes out the same each time."""
    return sha(b"salt of " + name.encode())[:16]


def digest(salt16, body):
    return sha(b"sinetti-fact-v1\n" + salt16 + body)


def leaf(n, at, kind, d):
    return canonical({"at": at, "digest": d.hex(), "kind": kind, "n": n, "v": 1}).encode()


class Fact:
    def __init__(self, n, at, name, kind, subject, payload, actor, via, credential=""):
        self.n, self.kind, self.salt = n, kind, salt(name)
        self.body = canonical({"actor": actor, "credential": credential, "kind": kind, "payload": payload,
                               "subject": subject, "via": via}).encode()
        self.digest = digest(self.salt, self.body)
        self.leaf = leaf(n, at, kind, self.digest)


# --- tree (RFC 6962, section 2.1) -------------------------------------------------------------------------------
def leaf_hash(entry):
    return sha(b"\0" + entry)


def split(n):
    k = 1
    while k * 2 < n:
        k *= 2
    return k


def root(hashes):
    if not hashes:
        return sha(b"")
    level = list(hashes)
    # The recursion of the RFC, bottom up: an odd one out at the end waits for the next level.
    while len(level) > 1:
        level = [sha(b"\1" + level[i] + level[i + 1]) if i + 1 < len(level) else level[i]
                 for i in range(0, len(level), 2)]
    return level[0]


def inclusion(m, h):
    if len(h) == 1:
        return []
    k = split(len(h))
    return inclusion(m, h[:k]) + [root(h[k:])] if m < k else inclusion(m - k, h[k:]) + [root(h[:k])]


def consistency(m, h, whole=True):
    if m == len(h):
        return [] if whole else [root(h)]
    k = split(len(h))
    if m <= k:
        return consistency(m, h[:k], whole) + [root(h[k:])]
    return consistency(m - k, h[k:], False) + [root(h[:k])]


# --- notes ------------------------------------------------------------------------------------------------------
class Key:
    def __init__(self, name, word, kind=1):
        self.name, self.kind, self.seed = name, kind, sha(b"key of " + word.encode())
        self.private = Ed25519PrivateKey.from_private_bytes(self.seed)
        self.public = self.private.public_key().public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
        material = bytes([kind]) + self.public
        self.id = sha(name.encode() + b"\n" + material)[:4]
        self.vkey = f"{name}+{self.id.hex()}+{b64(material)}"

    def sign(self, note, time=None):
        if time is None:
            signature = self.private.sign(note.encode())
        else:
            signature = struct.pack(">Q", time) + self.private.sign(f"cosignature/v1\ntime {time}\n{note}".encode())
        return f"\u2014 {self.name} {b64(self.id + signature)}\n"


def checkpoint_text(origin, hashes):
    return f"{origin}\n{len(hashes)}\n{b64(root(hashes))}\n"


def checkpoint(origin, hashes, *keys):
    note = checkpoint_text(origin, hashes)
    return note + "\n" + "".join(k.sign(note) for k in keys)


# --- tiles ------------------------------------------------------------------------------------------------------
def tile_path(kind, n, width):
    parts = [f"{n % 1000:03d}"]
    while n >= 1000:
        n //= 1000
        parts.insert(0, f"x{n % 1000:03d}")
    return "/".join([kind, *parts]) + (f".p/{width}" if width < 256 else "")


def levels(hashes):
    """The rows of hashes at heights 0, 8, 16, …, full subtrees only."""
    level = 0
    while hashes:
        yield level, hashes
        hashes = [root(hashes[i:i + 256]) for i in range(0, len(hashes) - 255, 256)]
        level += 1


def tiles(hashes):
    for level, row in levels(hashes):
        for i in range(0, len(row), 256):
            part = row[i:i + 256]
            yield tile_path(f"tile/{level}", i // 256, len(part)), b"".join(part)


def entry_record(f):
    return struct.pack(">H", len(f.leaf)) + f.leaf


def body_record(f, absent=False):
    return struct.pack(">I", 0) if absent else struct.pack(">I", 16 + len(f.body)) + f.salt + f.body


def folder(facts, checkpoint, handovers=(), absent=()):
    """What `ledger tiles` writes for up to 256 facts."""
    out = {"checkpoint": checkpoint}
    out.update(tiles([leaf_hash(f.leaf) for f in facts]))
    out[tile_path("tile/entries", 0, len(facts))] = b"".join(map(entry_record, facts))
    out[tile_path("bodies", 0, len(facts))] = b"".join(body_record(f, f.n in absent) for f in facts)
    for size, note in handovers:
        out[f"handover/{size}"] = note
    return out


def proof(facts, n, checkpoint, disclosed=True):
    hashes = [leaf_hash(f.leaf) for f in facts]
    extra = entry_record(facts[n]) + body_record(facts[n], not disclosed)
    lines = ["c2sp.org/tlog-proof@v1", "extra " + b64(extra), f"index {n}", *map(b64, inclusion(n, hashes)), ""]
    return "\n".join(lines) + "\n" + checkpoint


# --- the cases --------------------------------------------------------------------------------------------------
ANN, BEN = "person:mf4gk3tvoq2xs5lznb7a", "person:p6rw2hj5yd3uc7eqkx4i"
OPERATOR = sha(b"credential of operator").hex()


def cases():
    key, key2 = Key(ORIGIN, "first"), Key(ORIGIN, "second")
    restored_key = Key(ORIGIN + "/2", "third")
    witness = Key("witness.example/w1", "witness", 4)
    facts = [
        Fact(0, T0, "zero", "catalog", "org", {"digest": sha(b"catalog").hex(), "program": "0.1.0"}, "system", "operator"),
        Fact(1, T0 + 1_000_000, "one", "person", ANN, {"accounts": [], "addresses": ["ann@acme.example"],
             "name": "Ann", "state": "active"}, "unknown", "operator", OPERATOR),
        Fact(2, T0 + 1_000_000, "two", "note", ANN, {"text": "on leave until March"}, BEN, "person",
             sha(b"credential of ben").hex()),
        Fact(3, T0 + 2_500_000, "three", "policy", "obligation:code-review-rules/two-reviewers",
             {"effective_at": T0 // 1_000_000, "mode": "warn", "parameters": [], "reason": "trial", "tolerance": 0},
             ANN, "person", sha(b"credential of ann").hex()),
        Fact(4, T0 + 3_000_000, "four", "erasure", "fact:2",
             {"approved_by": [ANN, BEN], "n": 2, "reason": "health data"}, ANN, "person", sha(b"credential of ann").hex()),
        Fact(5, T0 + 4_000_000, "five", "rotation", "ledger",
             {"new": key2.vkey, "old": key.vkey, "reason": "yearly"}, ANN, "operator", OPERATOR),
        Fact(6, T0 + 5_000_000, "six", "note", "org", {"text": "first fact under the second key"}, BEN, "person",
             sha(b"credential of ben").hex()),
    ]
    hashes = [leaf_hash(f.leaf) for f in facts]

    # 1. fact
    loose = ('{ "via":"person", "subject":"org", "kind":"note",\n\t"payload":{"text":"caf\\u00e9 \\/ \\ud83d\\ude00"},'
             f'\n "credential":"", "actor":"{ANN}" }}\n')
    f = Fact(41, T0 + 7, "fact", "note", "org", {"text": "caf\u00e9 / \U0001f600"}, ANN, "person")
    yield "fact", {"input.json": loose, "body.json": f.body, "salt.hex": f.salt.hex() + "\n",
                   "digest.hex": f.digest.hex() + "\n", "leaf.json": f.leaf, "hash.hex": leaf_hash(f.leaf).hex() + "\n"}

    # 2. values
    hard = {"z": [], "a": {}, "_": None, "0": True, "aa": False, "a_": "a/b", "max": MAX, "min": -MAX, "zero": 0,
            "controls": "".join(map(chr, range(1, 32))) + "\x7f\x80", "quote": '"\\', "ends": ["\u2028", "\ufb33", "\U0001f600"],
            "decimal": "0.1", "deep": [[[{"x": [1, -1, 10]}]]]}
    yield "values", {"input.json": json.dumps(hard, indent=2, ensure_ascii=True) + "\n", "canonical.json": canonical(hard)}

    # 3. refused
    yield "refused", {f"{name}.json": value for name, value in REFUSED.items()}

    # 4. tree
    def many(n):
        return [leaf_hash(canonical({"n": i}).encode()) for i in range(n)]
    big = many(65793)
    rows = ["# size root"] + [f"{n} {root(big[:n]).hex()}" for n in (0, 1, 2, 3, 4, 5, 7, 8, 255, 256, 257, 1000, 65536, 65793)]
    rows += ["# inclusion index size hash..."]
    rows += [" ".join([f"inclusion {m} {n}", *(h.hex() for h in inclusion(m, big[:n]))]) for m, n in ((0, 1), (2, 3), (4, 7), (256, 1000))]
    rows += ["# consistency old new hash..."]
    rows += [" ".join([f"consistency {m} {n}", *(h.hex() for h in consistency(m, big[:n]))]) for m, n in ((1, 2), (3, 7), (4, 7), (256, 1000))]
    rows += ["# tile path sha256-of-the-file"]
    listed = {p: d for p, d in tiles(big)}
    rows += [f"{p} {sha(listed[p]).hex()}" for p in ("tile/0/000", "tile/0/256", "tile/0/257.p/1", "tile/1/000", "tile/1/001.p/1", "tile/2/000.p/1")]
    yield "tree", {"tree.txt": "\n".join(rows) + "\n"}

    # 5. checkpoint
    note = checkpoint_text(ORIGIN, hashes[:3])
    yield "checkpoint", {"seed.hex": key.seed.hex() + "\n", "vkey": key.vkey + "\n", "witness.seed.hex": witness.seed.hex() + "\n",
                         "witness.vkey": witness.vkey + "\n", "checkpoint": note + "\n" + key.sign(note),
                         "cosigned": note + "\n" + key.sign(note) + witness.sign(note, T0 // 1_000_000)}

    # 6. tiles
    yield "tiles", {"vkey": key.vkey + "\n", **folder(facts[:3], checkpoint(ORIGIN, hashes[:3], key))}

    # 7. proof
    head = checkpoint(ORIGIN, hashes[:5], key)
    yield "proof", {"vkey": key.vkey + "\n", "1.tlog-proof": proof(facts[:5], 1, head),
                    "2.tlog-proof": proof(facts[:5], 2, head, disclosed=False),
                    "consistency-3-5.txt": "".join(b64(h) + "\n" for h in consistency(3, hashes[:5]))}

    # 8. erasure
    yield "erasure", {"vkey": key.vkey + "\n", **folder(facts[:5], head, absent={2})}

    # 9. rotation
    handover = checkpoint(ORIGIN, hashes[:6], key, key2)
    yield "rotation", {"vkey": key.vkey + "\n", "vkey2": key2.vkey + "\n",
                       **folder(facts[:7], checkpoint(ORIGIN, hashes[:7], key2), [(6, handover)], absent={2})}

    # 10. restored: the backup held facts 0 to 2, the signer had signed five
    back = Fact(3, T0 + 9_000_000, "back", "restored", "ledger",
                {"head": head, "lost_from": 3, "lost_to": 5, "new": restored_key.vkey, "old": key.vkey,
                 "reason": "disk lost; backup of 2026-01-01"}, ANN, "operator", OPERATOR)
    chain = facts[:3] + [back]
    seam = checkpoint(ORIGIN + "/2", [leaf_hash(f.leaf) for f in chain], key, restored_key)
    yield "restored", {"vkey": key.vkey + "\n", "vkey2": restored_key.vkey + "\n",
                       **folder(chain, checkpoint(ORIGIN + "/2", [leaf_hash(f.leaf) for f in chain], restored_key), [(4, seam)])}


REFUSED = {
    "fraction": '{"a":1.0}', "exponent": '{"a":1e2}', "too-large": '{"a":9007199254740992}',
    "too-small": '{"a":-9007199254740992}', "minus-zero": '{"a":-0}', "leading-zero": '{"a":01}', "plus": '{"a":+1}',
    "duplicate": '{"a":1,"a":1}', "duplicate-escaped": '{"a":1,"\\u0061":2}', "key-case": '{"A":1}', "key-dash": '{"a-b":1}',
    "key-empty": '{"":1}', "key-long": '{"' + "k" * 65 + '":1}', "nul": '{"a":"\\u0000"}', "lone-surrogate": '{"a":"\\ud800"}',
    "reversed-surrogates": '{"a":"\\udc00\\ud800"}', "not-utf8": b'{"a":"\xff"}', "overlong": b'{"a":"\xc0\xaf"}',
    "raw-control": '{"a":"\n"}', "bad-escape": '{"a":"\\x41"}', "trailing": '{"a":1} {}', "trailing-comma": '{"a":1,}',
    "comment": '{"a":1/**/}', "nan": '{"a":NaN}', "byte-order-mark": b'\xef\xbb\xbf{"a":1}', "empty": "", "array": "[1]",
    "deep": '{"a":' + "[" * 32 + "]" * 32 + "}", "unclosed": '{"a":"b', "single-quote": "{'a':1}",
}


# --- writing ----------------------------------------------------------------------------------------------------
def document(made):
    """The vectors as the document shows them: text as it is, tiles and bundles in hexadecimal."""
    out = []
    for number, (case, files) in enumerate(made, 1):
        out.append(f"\n### {number}. `{case}`\n")
        if case == "refused":
            out += ["Each of these is refused (`bytes` in Python's notation):\n", "```"]
            out += [f"{n[:-5]:20} {v if isinstance(v, bytes) else v.encode()!r}"[:118] for n, v in files.items()]
            out.append("```")
            continue
        for name, value in files.items():
            data = value if isinstance(value, bytes) else value.encode()
            shown = name.startswith(("tile/", "bodies/", "canonical.json"))
            out += [f"`{name}`, {len(data)} bytes" + (" (hexadecimal)" if shown else "") + ":", "```"]
            if shown:
                out += [data.hex()[i:i + 112] for i in range(0, 2 * len(data), 112)]
            else:
                out.append(data.decode().rstrip("\n"))
            out.append("```")
    return "\n".join(out) + "\n"


def main():
    check = sys.argv[1:] == ["--check"]
    made, wrong = list(cases()), []
    keep = {HERE / "make.py"}
    for case, files in made:
        for name, value in files.items():
            path, data = HERE / case / name, value if isinstance(value, bytes) else value.encode()
            keep.add(path)
            if check:
                if not path.is_file() or path.read_bytes() != data:
                    wrong.append(path)
            else:
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(data)
    wrong += [p for p in HERE.rglob("*") if p.is_file() and p not in keep]
    mark = "<!-- made by tests/vectors/ledger/make.py: change it there -->\n"
    old = DOCUMENT.read_text()
    if mark not in old:
        print("the document has no place for the vectors")
        return 1
    new = old[:old.index(mark) + len(mark)] + document(made)
    if new != old and check:
        wrong.append(DOCUMENT)
    elif new != old:
        DOCUMENT.write_text(new)
    for path in wrong:
        print("differs:", path)
    return 1 if wrong else 0


sys.exit(main())

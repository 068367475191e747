#!/usr/bin/env python3
"""Public clients agree with us: golang.org/x/mod/sumdb/{note,tlog} over our vectors and over a ledger that this program
wrote, and this program over ledgers that they wrote. Ends with `N passed, N failed, N skipped`; everything is skipped
where there is no Go toolchain or its modules cannot be had.
usage: run.py --sinetti PROGRAM"""
import argparse
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
VECTORS = HERE.parent / "vectors" / "ledger"
SIZES = [0, 1, 2, 255, 256, 257, 1000, 65536, 65793]  # of ledgers written in Go
GROWTH = [1, 3, 255, 256, 257, 600]  # of the one written by us
ORIGIN = "sinetti.example/interop"


class Wrong(Exception):
    pass


def run(command, data=None, cwd=None):
    done = subprocess.run([str(c) for c in command], cwd=cwd, input=data, stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)
    if done.returncode != 0:
        raise Wrong("%s\n%s%s" % (" ".join(map(str, command)), done.stdout.decode("utf-8", "replace")[-2000:],
                                  done.stderr.decode("utf-8", "replace")[-2000:]))
    return done.stdout


def build(folder):
    """The Go program, or None and why not."""
    if not shutil.which("go"):
        return None, "there is no Go toolchain"
    env = dict(os.environ, GOTOOLCHAIN="local", GOFLAGS="-mod=readonly", GOWORK="off")
    for command in (["go", "mod", "download"], ["go", "mod", "verify"]):
        try:
            done = subprocess.run(command, cwd=HERE, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=120, check=False)
        except subprocess.TimeoutExpired:
            return None, "`%s` takes too long" % " ".join(command)
        if done.returncode != 0:
            return None, "`%s`: %s" % (" ".join(command), done.stdout.decode("utf-8", "replace").strip()[-300:])
    subprocess.run(["go", "build", "-o", str(folder / "interop"), "."], cwd=HERE, env=env, check=True)
    return folder / "interop", ""


def vkey(path):
    return path.read_text(encoding="utf-8").strip()


class Checks:
    def __init__(self, sinetti, go, folder):
        self.sinetti, self.go, self.dir = sinetti, go, folder
        self.tiles = folder / "tiles"
        self.data = ["--data", folder / "data"]

    def vectors(self):
        for case, keys in (("tiles", ["vkey"]), ("erasure", ["vkey"]), ("rotation", ["vkey", "vkey2"]), ("restored", ["vkey", "vkey2"])):
            run([self.go, "folder", VECTORS / case] + [vkey(VECTORS / case / k) for k in keys])
        for name in ("1.tlog-proof", "2.tlog-proof"):
            run([self.go, "proof", VECTORS / "proof" / name, vkey(VECTORS / "proof/vkey")])
        run([self.go, "consistency", VECTORS / "proof/consistency-3-5.txt", VECTORS / "erasure", 3, 5, vkey(VECTORS / "erasure/vkey")])

    def ledgers_written_in_go(self):
        for n in SIZES:
            folder = self.dir / ("go-%d" % n)
            key = run([self.go, "write", folder, n, "go.example/ledger"]).decode().strip()
            out = run([self.sinetti, "verify", folder, "--key", key]).decode()
            if "bodies checked: %d of %d" % (n, n) not in out:
                raise Wrong("%d facts: %s" % (n, out))
            run([self.go, "folder", folder, key])
            shutil.rmtree(folder)

    def ledger_of_ours(self):
        """It grows, and is written out each time into the same folder."""
        run([self.sinetti, "init", "--origin", ORIGIN, *self.data])
        self.keys = [run([self.sinetti, "ledger", "vkey", *self.data]).decode().strip()]
        done = 0
        for n in GROWTH:
            lines = "".join('{"kind":"note","subject":"org","payload":{"text":"number %d"}}\n' % i for i in range(done, n))
            run([self.sinetti, "fact", "add", "--batch", "-", *self.data], lines.encode())
            done = n
            self.write_and_check()

    def write_and_check(self):
        run([self.sinetti, "ledger", "checkpoint", *self.data])
        run([self.sinetti, "ledger", "tiles", self.tiles, *self.data])
        run([self.go, "folder", self.tiles] + self.keys)
        run([self.sinetti, "verify", self.tiles, "--key", self.keys[0]])

    def rotation_of_ours(self):
        run([self.sinetti, "ledger", "rotate-key", "--reason", "yearly", *self.data])
        self.keys.append(run([self.sinetti, "ledger", "vkey", *self.data]).decode().strip())
        if self.keys[0] == self.keys[1]:
            raise Wrong("the key is the same")
        run([self.sinetti, "fact", "add", "note", "org", "--payload", "-", *self.data], b'{"text":"behind it"}')
        self.write_and_check()

    def proofs_of_ours(self):
        size = int((self.tiles / "checkpoint").read_text(encoding="utf-8").split("\n")[1])
        proof = self.dir / "proof"
        for n in (0, 1, 2, 100, 254, 255, 256, 257, size - 2, size - 1):
            for options in ([], ["--without-body"]):
                proof.write_bytes(run([self.sinetti, "ledger", "prove", n, *options, *self.data]))
                run([self.go, "proof", proof, self.keys[-1]])
                run([self.sinetti, "verify", "--proof", proof, "--key", self.keys[-1]])
        for old, new in ((1, 2), (1, size), (3, 7), (255, 256), (256, 257), (256, size), (257, 600), (size - 1, size), (size, size)):
            proof.write_bytes(run([self.sinetti, "ledger", "consistency", old, new, *self.data]))
            run([self.go, "consistency", proof, self.tiles, old, new, self.keys[-1]])


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--sinetti", required=True)
    args = parser.parse_args()
    sinetti = pathlib.Path(args.sinetti).resolve()
    names = ["vectors", "ledgers_written_in_go", "ledger_of_ours", "rotation_of_ours", "proofs_of_ours"]
    passed = failed = 0
    with tempfile.TemporaryDirectory(prefix="sinetti-interop-") as folder:
        go, why_not = build(pathlib.Path(folder))
        if not go:
            print("interop: skipped: %s" % why_not)
            print("0 passed, 0 failed, %d skipped" % len(names))
            return 0
        checks = Checks(sinetti, go, pathlib.Path(folder))
        for name in names:
            try:
                getattr(checks, name)()
                passed += 1
                print("interop: %s: yes" % name, flush=True)
            except Wrong as e:
                failed += 1
                print("interop: %s: NO: %s" % (name, e), flush=True)
    print("%d passed, %d failed, 0 skipped" % (passed, failed))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())

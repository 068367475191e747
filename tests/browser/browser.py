#!/usr/bin/env python3
"""Starts `sinetti serve` on a data folder and a repository made for it, and walks through its pages with Debian's Chromium (main.mjs).
Ends with `N passed, N failed, N skipped`.
usage: tests/browser/browser.py --sinetti PROGRAM [--shots DIR] [NAME]...   only the tests whose names have that in them"""
import argparse
import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
WEB = ROOT / "web"
sys.path.insert(0, str(ROOT / "tests" / "oidc-provider"))
import modules  # noqa: E402
SECONDS = 900  # two minutes on a machine that has nothing else to do
FILES = {
    "README.md": "# A project\n\nSee CONTRIBUTING.md.\n",
    "CONTRIBUTING.md": "# How we work\n\nEvery change is reviewed by somebody else before it reaches main.\n",
    "src/main.c": "#include <stdio.h>\n\nint main(void)\n{\n    puts(\"hello\");\n    return 0;\n}\n",
    "Makefile": "all:\n\tcc -o hello src/main.c\n\ntest: all\n\t./hello\n",
}


def repository(folder, env):
    """A small project with a few months of history."""
    git = ["git", "-C", str(folder)]
    subprocess.run(["git", "init", "-q", "-b", "main", str(folder)], check=True, env=env)
    for i, (name, text) in enumerate(FILES.items()):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        when = "2026-0%d-0%dT10:00:00Z" % (6 + i // 2, 2 + i)
        who = {"GIT_AUTHOR_NAME": "Dev %d" % (i % 2), "GIT_AUTHOR_EMAIL": "dev%d@example.org" % (i % 2), "GIT_AUTHOR_DATE": when}
        committed = {key.replace("AUTHOR", "COMMITTER"): value for key, value in who.items()}
        subprocess.run(git + ["add", "-A"], check=True, env=env)
        subprocess.run(git + ["commit", "-q", "-m", "add " + name], check=True, env=dict(env, **who, **committed))


LIBRARY = """\
urn: urn:example:risk:library:two-lists
ref_id: two-lists
name: Two lists beside one another
provider: example
version: 2
objects:
  reference_controls:
  - {urn: 'urn:example:risk:function:lists:c1', ref_id: C1, name: A second pair of eyes, category: process}
  requirement_mapping_sets:
  - urn: urn:example:risk:req_mapping_set:two-lists
    source_framework_urn: urn:intuitem:risk:framework:iso27001-2022
    target_framework_urn: urn:intuitem:risk:framework:nist-csf-2.0
    requirement_mappings:
    - {source_requirement_urn: 'urn:intuitem:risk:req_node:iso27001-2022:a.8.25', target_requirement_urn: 'urn:intuitem:risk:req_node:nist-csf-2.0:pr.ps-06', relationship: superset, rationale: semantic, strength_of_relationship: 90}
    - {source_requirement_urn: 'urn:intuitem:risk:req_node:iso27001-2022:a.8.25', target_requirement_urn: 'urn:intuitem:risk:req_node:nist-csf-2.0:gv.oc-01', relationship: intersect}
  framework:
    urn: urn:example:risk:framework:lists
    ref_id: own-list
    name: A list of our own
    requirement_nodes:
    - {urn: 'urn:example:risk:req_node:lists:1', assessable: true, ref_id: '1', name: Somebody else looks, reference_controls: ['urn:example:risk:function:lists:c1']}
"""


def catalog(folder, program, env):
    """The catalog with a library of others, so that pages have its mappings to show."""
    own = folder / "catalog"
    shutil.copytree(ROOT / "catalog", own)
    (folder / "library.yaml").write_text(LIBRARY, encoding="utf-8")
    subprocess.run([program, "catalog", "import", str(folder / "library.yaml"), "--into", str(own)], check=True, env=env, stdout=subprocess.DEVNULL)
    return str(own)


def missing():
    """Why it cannot be run here, or None."""
    if not shutil.which("node"):
        return "Node.js is not installed (tools/deps.sh test)"
    if not shutil.which("chromium"):
        return "Chromium is not installed (tools/deps.sh test)"
    if not (WEB / "node_modules" / "playwright-core").is_dir():
        return "playwright-core is not there (tools/web.sh fetch)"
    if not (WEB / "dist" / "index.html").is_file():
        return "the pages are not built (tools/web.sh)"
    return None


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--sinetti", required=True, type=pathlib.Path)
    parser.add_argument("--shots", type=pathlib.Path, help="keep pictures of the pages there, to be looked at")
    parser.add_argument("names", nargs="*")
    args = parser.parse_args()
    why = missing()
    if why:
        print("browser: %s" % why)
        print("0 passed, 0 failed, 1 skipped")
        return 0
    with tempfile.TemporaryDirectory(prefix="sinetti-browser-") as made:
        folder = pathlib.Path(made)
        env = dict(os.environ, HOME=made, LC_ALL="C.UTF-8", TZ="UTC", GIT_CONFIG_NOSYSTEM="1")
        program, data = str(args.sinetti.resolve()), folder / "data"
        repository(folder / "project", env)
        subprocess.run([program, "init", "--origin", "browser.example/x", "--data", str(data)], check=True, stdout=subprocess.DEVNULL, env=env)
        with open(folder / "serve.err", "wb") as log:
            server = subprocess.Popen([program, "serve", "--http", "--listen", "127.0.0.1:0", "--data", str(data), "--catalog", catalog(folder, program, env)], env=env,
                                      stdout=subprocess.PIPE, stderr=log)
        try:
            found = re.search(r"http://[^:/]+:(\d+)/", server.stdout.readline().decode())
            threading.Thread(target=server.stdout.read, daemon=True).start()
            address = "http://localhost:%s" % found.group(1)
            settings = {"address": address, "program": program, "data": str(data), "repository": str(folder / "project"), "web": str(WEB),
                        "shots": str(args.shots.resolve()) if args.shots else None, "names": args.names, "home": made, "provider": str(modules.fetched(program))}
            done = subprocess.run(["node", "--test-reporter=tap", str(ROOT / "tests" / "browser" / "main.mjs")], check=False, timeout=SECONDS,
                                  env=dict(env, SINETTI_BROWSER=json.dumps(settings)), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        except subprocess.TimeoutExpired as late:
            print((late.stdout or b"").decode(errors="replace")[-8000:] if isinstance(late.stdout, bytes) else late.stdout)
            print("browser: not done after %d seconds" % SECONDS)
            print("0 passed, 1 failed, 0 skipped")
            return 1
        finally:
            server.send_signal(signal.SIGTERM)
            server.wait(60)
        count = {word: int((re.findall(r"^# %s (\d+)" % word, done.stdout, re.M) or ["0"])[-1]) for word in ("pass", "fail", "skipped", "cancelled")}
        failed = count["fail"] + count["cancelled"]
        if failed or done.returncode or not count["pass"]:
            print(done.stdout[-20000:])
            said = (folder / "serve.err").read_text(encoding="utf-8", errors="replace").splitlines()
            print("\n".join(line for line in said if not line.startswith('{"at"') or '"status":5' in line)[-4000:])  # not the access log
            failed = max(failed, 1)
        print("%d passed, %d failed, %d skipped" % (count["pass"], failed, count["skipped"]))
        return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())

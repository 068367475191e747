"""Goal: each error that a page or a push can show is said in Finnish, and what is said in Finnish is said for texts that are still there."""
import re

import harness

SOURCE = harness.ROOT / "src"


def code(text):
    """Without comments and characters; a string may have the signs of either."""
    return re.sub(r"""("(?:[^"\\\n]|\\.)*")|'(?:\\.|[^'\\\n])'|/\*.*?\*/""", lambda m: m.group(1) or " ", text, flags=re.S)


def literals(text):
    """Strings of C, neighbours joined; format macros count as %s."""
    text = code(text).replace("STR_FMT", '"%s"')
    for run in re.findall(r'"(?:[^"\\\n]|\\.)*"(?:\s*"(?:[^"\\\n]|\\.)*")*', text):
        yield "".join(re.findall(r'"((?:[^"\\\n]|\\.)*)"', run)).replace('\\"', '"')


def shape(text):
    return re.sub(r"U\+%04X|%[-.*0-9]*(?:ll|l|z|h)?[a-zA-Z]", "{}", text)


def said_within(english, known):
    """A part of a longer text, as an answer written by SQL; or one text put into the hole of another."""
    if any(english in text for text in known):
        return True
    return any(re.fullmatch(re.escape(text).replace(re.escape("{}"), ".+"), english) for text in known if text.count("{}") and len(text) > 14)


def rows():
    pair = r"\{\s*((?:\"(?:[^\"\\\n]|\\.)*\"\s*)+),\s*((?:\"(?:[^\"\\\n]|\\.)*\"\s*)+)\}"
    for path in sorted(SOURCE.glob("base/texts_fi*.c")):
        for two in re.findall(pair, path.read_text(encoding="utf-8")):
            yield ["".join(literals(one)) for one in two]


def test_each_finnish_text_has_its_english(t):
    known = set()
    for path in SOURCE.glob("*/*.c"):
        if path.name.startswith("texts_fi"):
            continue
        for text in literals(path.read_text(encoding="utf-8")):
            known.add(re.sub(r"^(?:\{\})?[a-z_]+(?:: | (?=\"))", "", shape(text)))
            known.add(shape(text))
    all_rows = list(rows())
    t.true(len(all_rows) > 250, len(all_rows))
    missing, holes = [], []
    for english, finnish in all_rows:
        two = english.replace("{}", "person").replace('person "person"', 'person "{}"')
        forms = {english, two, english.removeprefix("{}: "), english.replace("no person", "no {}", 1), english.replace("no group", "no {}", 1)}
        if not forms & known and not said_within(english, known):
            missing.append(english)
        if any(int(n) > english.count("{}") for n in re.findall(r"\{(\d)\}", finnish)):
            holes.append(finnish)
    t.equal((missing, holes), ([], []))


# Rooms whose errors people read, and files of them that others than people read, or that have their Finnish elsewhere.
ROOMS = ("records", "identity", "exchange", "files", "hooks", "mail", "notices", "jobs", "gates", "evidence")
JOBS = ("elsewhere", "fetch", "mirror_job", "assess_job")  # of serve: what they say, the page of jobs shows
OPERATOR = {"attest_verify", "connect", "connect_hooks", "host", "mirror", "operator", "deploy"}  # a terminal, CI
OWN = {"door"} | {path.stem for name in ("oidc", "totp", "webauthn") for path in SOURCE.glob("identity/%s*.c" % name)}  # both languages; browser_words
GIT = {"pkt"}  # what git itself got wrong


def errors(text):
    text = code(text).replace("STR_FMT", '"%s"')
    for run in re.findall(r'\bfail\([\w>.-]+,\s*E_(?:INVALID|DENIED|NOTFOUND|CONFLICT|LIMIT),\s*((?:"(?:[^"\\\n]|\\.)*"\s*)+)[,)]', text):
        yield "".join(literals(run))
    # readers of reports: what is wrong at the place they have come to
    for run in re.findall(r'\b(?:input_)?wrong\((?:[^";]*,\s*)?((?:"(?:[^"\\\n]|\\.)*"\s*)+)', text):
        yield "".join(literals(run))


def test_each_error_for_people_has_its_finnish(t):
    known = [english for english, _ in rows()]
    patterns = [re.compile(re.escape(one).replace(re.escape("{}"), r"\S*")) for one in known]
    seen, missing = 0, []
    for path in [path for room in ROOMS for path in sorted(SOURCE.glob(room + "/*.c"))] + [SOURCE / "serve" / (name + ".c") for name in JOBS]:
        for error in () if path.stem in OPERATOR | OWN | GIT else errors(path.read_text(encoding="utf-8")):
            error = re.sub(r"^(?:\{\})?[a-z_]+(?:: | (?=\"))", "", shape(error))
            if path.parent.name == "evidence":  # a place in the report stands before it
                error = re.sub(r"^[a-z_.\[\]{}]+: (?!\{)", "", error)
                if error.endswith("line {}, byte {}: {}") or error == "line %":
                    continue
            if path.stem.startswith("library"):  # the line stands beside what a page shows
                error = error.removeprefix("line {}: ")
            if len(re.sub(r"\{\}|\W", "", error)) < 4:
                continue
            seen += 1
            wide = re.compile(re.escape(error).replace(re.escape("{}"), ".*"))
            if not any(p.fullmatch(error) for p in patterns) and not any(wide.fullmatch(one) or wide.fullmatch("{}: " + one) for one in known):
                missing.append("%s: %s" % (path.name, error))
    t.true(seen > 250, seen)
    t.equal(missing, [])


def test_what_a_job_is_at(t):
    """The page names each step in both languages."""
    steps = {"replaying", "putting facts into tables"}
    for room in ("serve", "observe", "gates", "git", "exchange", "records", "rules", "metrics"):
        for path in SOURCE.glob(room + "/*.c"):
            steps.update(re.findall(r'ctx_progress\([\w>.-]+, "([^"]+)"', path.read_text(encoding="utf-8")))
    t.true(len(steps) > 10, steps)
    for lang in ("en", "fi"):
        block = re.search(r"steps: \{(.*?)\}", (harness.ROOT / "web/src/text" / lang / "frame.ts").read_text(encoding="utf-8"), re.S).group(1)
        told = set(re.findall(r'^\s+"?([\w ]+?)"?: "', block, re.M))
        t.equal((steps - told, told - steps), (set(), set()), lang)

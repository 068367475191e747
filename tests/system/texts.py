"""Goal: what is said in Finnish for the rooms below is said for texts that they still have."""
import re

import harness

SOURCE = harness.ROOT / "src"


def literals(text):
    """Strings of C, neighbours joined; format macros count as %s."""
    text = re.sub(r"'(?:\\.|[^'\\\n])'", " ", re.sub(r"/\*.*?\*/", " ", text, flags=re.S)).replace("STR_FMT", '"%s"')
    for run in re.findall(r'"(?:[^"\\\n]|\\.)*"(?:\s*"(?:[^"\\\n]|\\.)*")*', text):
        yield "".join(re.findall(r'"((?:[^"\\\n]|\\.)*)"', run)).replace('\\"', '"')


def shape(text):
    return re.sub(r"U\+%04X|%[-.*0-9]*(?:ll|l|z|h)?[a-zA-Z]", "{}", text)


def said_within(english, known):
    """A part of a longer text, as an answer written by SQL; or one text put into the hole of another."""
    if any(english in text for text in known):
        return True
    return any(re.fullmatch(re.escape(text).replace(re.escape("{}"), ".+"), english) for text in known if text.count("{}") and len(text) > 25)


def test_each_finnish_text_has_its_english(t):
    known = set()
    for path in SOURCE.glob("*/*.c"):
        if path.name == "texts_fi.c":
            continue
        for text in literals(path.read_text(encoding="utf-8")):
            known.add(re.sub(r"^(?:\{\})?[a-z_]+(?:: | (?=\"))", "", shape(text)))
            known.add(shape(text))
    rows = re.findall(r"\{\s*((?:\"(?:[^\"\\\n]|\\.)*\"\s*)+),\s*((?:\"(?:[^\"\\\n]|\\.)*\"\s*)+)\}", (SOURCE / "api" / "texts_fi.c").read_text(encoding="utf-8"))
    t.equal(len(rows) > 80, True, str(len(rows)))
    missing, holes = [], []
    for english, finnish in rows:
        english, finnish = ("".join(literals(one)) for one in (english, finnish))
        two = english.replace("{}", "person").replace('person "person"', 'person "{}"')
        forms = {english, two, english.removeprefix("{}: "), english.replace("no person", "no {}", 1), english.replace("no group", "no {}", 1)}
        if not forms & known and not said_within(english, known):
            missing.append(english)
        if any(int(n) > english.count("{}") for n in re.findall(r"\{(\d)\}", finnish)):
            holes.append(finnish)
    t.equal((missing, holes), ([], []))

"""Goal: the catalog can be checked, listed and shown by anyone, and every fault of a changed one is told with file, line and remedy."""
import shutil

from harness import ROOT


def copy(t):
    shutil.copytree(ROOT / "catalog", t.dir / "catalog")
    return t.dir / "catalog"


def test_own_catalog_has_no_fault_and_is_the_built_in_one(t):
    inside = t.run("catalog", "check", code=0).out
    outside = t.run("catalog", "check", ROOT / "catalog", code=0).out
    t.has(outside, "no faults: ")
    t.has(outside, " 0 failed, 0 rules lack")
    digest = [line for line in inside.splitlines() if line.startswith("digest ")]
    t.equal(len(digest), 1)
    t.has(outside, digest[0])


def test_each_fault_names_file_line_and_remedy(t):
    task = sorted(copy(t).glob("tasks/*/task.yaml"))[0]
    text = task.read_text(encoding="utf-8").replace("priority: ", "priorty: ", 1)
    task.write_text(text, encoding="utf-8")
    line = text.split("priorty")[0].count("\n") + 1
    ran = t.run("catalog", "check", "catalog", code=1)
    t.has(ran.out, "catalog/tasks/%s/task.yaml:%d: " % (task.parent.name, line))
    t.has(ran.out, "priorty")


def test_a_wrong_case_fails(t):
    case = sorted(copy(t).glob("tasks/*/cases/*.json"))[0]
    only = ["--only", case.parent.parent.name]  # each has cases of its own
    t.run("catalog", "check", "catalog", *only, code=0)
    text = case.read_text(encoding="utf-8")
    for before, after in (('"ok": 1', '"ok": 0'), ('"ok": 0', '"ok": 1')):
        if before in text:
            case.write_text(text.replace(before, after, 1), encoding="utf-8")
            break
    ran = t.run("catalog", "check", "catalog", *only, code=1)
    t.has(ran.out, " 1 failed")
    other = next(d.name for d in sorted((t.dir / "catalog" / "tasks").iterdir()) if d.name != only[1])
    t.has(t.run("catalog", "check", "catalog", "--only", other, code=0).out, " 0 failed, 0 rules lack")
    t.has(t.run("catalog", "check", "catalog", "--only", "nothing", code=2).err, "nothing")


def test_a_rule_that_reads_no_view_is_refused(t):
    rule = sorted(copy(t).glob("tasks/*/*.sql"))[0]
    rule.write_text("-- Evidence: nothing.\n-- Blind spots: everything.\nSELECT * FROM sqlite_master;\n", encoding="utf-8")
    ran = t.run("catalog", "check", "catalog")
    t.true(ran.code == 1, ran)


def test_list_names_every_task_in_order(t):
    lines = t.run("catalog", "list", code=0).out.splitlines()
    t.equal(len(lines), len(list((ROOT / "catalog" / "tasks").glob("*/task.yaml"))))
    orders = [int(line.split()[0]) for line in lines]
    t.equal(orders, sorted(orders))


def test_list_and_show_in_finnish_differ(t):
    key = t.run("catalog", "list", code=0).out.split()[2]
    english, finnish = (t.run("catalog", "show", key, "--lang", lang, code=0).out for lang in ("en", "fi"))
    t.has(english, key)
    t.has(finnish, key)
    t.true(english != finnish, "both languages say the same")


def test_wrong_usage_is_told_apart(t):
    t.run("catalog", code=2)
    t.run("catalog", "nonsense", code=2)
    t.run("catalog", "list", "--lang", "xx", code=2)
    t.run("catalog", "show", "no-such-task", code=2)
    t.run(code=2)
    t.run("no-such-command", code=2)
    t.run("--help", code=0)


def test_a_catalog_that_is_not_there(t):
    ran = t.run("catalog", "list", "--catalog", t.dir / "nowhere")
    t.true(ran.code in (1, 3), ran)
    t.has(ran.err, "nowhere")


def test_a_yaml_bomb_is_refused_fast(t):
    task = sorted(copy(t).glob("tasks/*/task.yaml"))[0]
    bomb = "a0: &a0 [x,x,x,x,x,x,x,x,x]\n" + "".join("a%d: &a%d [%s]\n" % (i, i, ",".join(["*a%d" % (i - 1)] * 9)) for i in range(1, 12))
    task.write_text(bomb, encoding="utf-8")
    ran = t.run("catalog", "check", "catalog", code=1)
    t.has(ran.out, task.parent.name)

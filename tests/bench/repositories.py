"""Makes repositories for benchmarks: the same bytes each time, of a size asked for, with a busy project's history: ten
thousand commits a year that change a few files each. By git fast-import."""
import random
import subprocess

WORDS = ("account address amount archive audit batch buffer cache channel client column config context counter customer "
         "default device digest driver element engine entry error event field filter format frame group handle header "
         "index input invoice item journal kernel label layer ledger limit line list lock message meter method model "
         "module name node number object offset option order output owner packet page parse path pattern person policy "
         "pool port price process profile query queue range reader record region report request result role route rule "
         "sample schema scope section sensor server session signal size source stage state status store stream string "
         "table target task thread time token total trace update user value vector version view window worker").split()
FOLDERS = ["src/core", "src/net", "src/store", "src/auth", "src/ui", "lib/util", "tests/unit", "docs", "tools", "deploy"]
SUFFIXES = {"docs": ".md", "deploy": ".yaml", "tools": ".sh", "tests/unit": ".py"}
PEOPLE = [("Ann", "ann@example.org"), ("Ben", "ben@example.org"), ("Cid", "cid@example.org"), ("Dee", "dee@example.org")]
END = 1790000000  # the newest commit
COMMITS_A_YEAR = 10_000


def content(rng, lines):
    def word():
        return rng.choice(WORDS)
    return "".join("    %s_%s = %s(%s, %d);\n" % (word(), word(), word(), word(), rng.randrange(1000)) for _ in range(lines))


def make(path, commits, files):
    rng = random.Random(commits * 31 + files)
    subprocess.run(["git", "init", "-q", "--bare", "-b", "main", path], check=True)
    git = subprocess.Popen(["git", "-C", path, "fast-import", "--quiet", "--done"], stdin=subprocess.PIPE)
    out = git.stdin
    names = []
    for i in range(files):
        folder = FOLDERS[i % len(FOLDERS)]
        names.append("%s/%s_%d%s" % (folder, rng.choice(WORDS), i, SUFFIXES.get(folder, ".c")))

    def write(text):
        out.write(text.encode())

    def modify(name):
        data = content(rng, rng.randrange(20, 200))
        write("M 100644 inline %s\ndata %d\n%s\n" % (name, len(data), data))

    for i in range(commits):
        author, committer = rng.choice(PEOPLE), rng.choice(PEOPLE)
        at = END - (commits - i) * 365 * 86400 // COMMITS_A_YEAR
        message = "%s: change %s (#%d)\n\nReviewed-by: %s <%s>\n" % (rng.choice(WORDS), rng.choice(WORDS), i, *rng.choice(PEOPLE))
        write("commit refs/heads/main\nauthor %s <%s> %d +0200\ncommitter %s <%s> %d +0200\ndata %d\n%s" %
              (*author, at, *committer, at, len(message), message))
        if i == 0:
            for name in names:
                modify(name)
        else:
            for _ in range(rng.choice((1, 1, 2, 3))):
                modify(rng.choice(names))
        write("\n")
    write("done\n")
    out.close()
    if git.wait() != 0:
        raise SystemExit("git fast-import failed")
    subprocess.run(["git", "-C", path, "repack", "-adq", "--depth=20", "--window=5"], check=True)

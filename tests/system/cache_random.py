"""Goal: over random histories, whatever moves between two runs, a report made with a cache is the one made without, byte for byte."""
import random

from harness import DAY, NOW, Case

NAMES = ["src/a.py", "src/b.c", "tests/test_a.py", "docs/guide.md", "CHANGELOG.md", "CODEOWNERS", ".mailmap", "SECURITY.md", "Dockerfile",
         ".github/workflows/ci.yml", "package.json", "db/migrations/001_up.sql", "src/auth/login.py", "config/app.yml", "MAINTAINERS", "vendor/x.js"]
PIECES = ["import requests\nr = requests.get(url, verify=False)\n", "x = 1\n", "# Title\n\ntext\n", "## 1.2.0 - 2025-06-01\n- x\n", "* @ann\n/src/ @bo\n", "[broken\n",
          "Ann Aalto <ann@example.org> <a2@example.org>\n", "Bo <ann@example.org>\n", "FROM debian:latest\nRUN curl http://get.shop.fi/x | sh\n",
          "on: push\njobs:\n  t:\n    runs-on: x\n    steps:\n      - uses: a/b@main\n      - run: make test\n", '{"dependencies": {"x": "*"}}\n', "admin:\n  password: admin\n",
          "CREATE TABLE t (id int);\n", "Reviewed 2025-03-01 by Ann.\n", "Contact: mailto:sec@example.org\n"]
PEOPLE = ["Ann Aalto <ann@example.org>", "Ann <a2@example.org>", "Bo <bo@example.org>", "Bo B <bo@other.example>", "dependabot[bot] <bot@example.org>"]
TRAILERS = ["", "", "\n\nReviewed-by: Bo <bo@example.org>", "\n\nReviewed-by: Ann <a2@example.org>\nSigned-off-by: Bo <bo@example.org>", "\n\nFixes: #12", "\n\nCo-authored-by: Bo <bo@other.example>"]


class World:
    """A repository and what may happen to it."""

    def __init__(self, t, dice):
        self.t, self.dice, self.repo = t, dice, t.repo()
        self.repo.clock = NOW - 700 * DAY
        self.commit()

    def commit(self):
        d = self.dice
        files = {d.choice(NAMES): "".join(d.choice(PIECES) for _ in range(d.randint(1, 4))) for _ in range(d.randint(1, 3))}
        self.repo.clock += d.choice([60, 3600, DAY, 20 * DAY, -DAY])
        self.repo.commit(d.choice(["change", "Fix login (#%d)" % d.randint(1, 99), "feat!: drop x", "Release 1.2.0"]) + d.choice(TRAILERS) + "\n", files,
                         author=d.choice(PEOPLE), committer=d.choice(PEOPLE))

    def heads(self):
        return self.repo.git("for-each-ref", "--format=%(refname:short)", "refs/heads").decode().split()

    def amend(self):
        self.repo.git("commit", "-q", "--amend", "--allow-empty", "-m", "amended %d" % self.dice.randint(0, 99))

    def back(self):
        self.repo.git("reset", "-q", "--hard", "HEAD~1", check=False)

    def branch(self):
        self.repo.git("checkout", "-q", "-B", "b%d" % self.dice.randint(0, 2), check=False)

    def switch(self):
        self.repo.git("checkout", "-q", self.dice.choice(self.heads()), check=False)

    def merge(self):
        self.repo.git("merge", "-q", "-X", "ours", "-m", "Merge pull request #%d from x/y" % self.dice.randint(1, 99), self.dice.choice(self.heads()), check=False)
        self.repo.git("merge", "--abort", check=False)

    def rebase(self):
        self.repo.git("rebase", "-q", "-X", "ours", self.dice.choice(self.heads()), check=False)
        self.repo.git("rebase", "--abort", check=False)

    def tag(self):
        name = "v1.%d.0" % self.dice.randint(0, 3)
        options = self.dice.choice([["-f"], ["-f", "-a", "-m", "release"], ["-d"]])
        self.repo.git("tag", *options, name, check=False)

    def remove(self):
        self.repo.git("rm", "-q", "-r", "--ignore-unmatch", self.dice.choice(NAMES))
        self.repo.commit("remove")

    def move(self):
        self.repo.git("mv", "-f", self.dice.choice(NAMES), "src/moved%d.py" % self.dice.randint(0, 3), check=False)
        self.repo.commit("move")

    def pack(self):
        if not (self.repo.path / ".git" / "shallow").exists():  # what lies behind it would be gone
            self.repo.git("gc", "-q", "--prune=now")

    def shallow(self):
        """History is cut, or whole again."""
        path = self.repo.path / ".git" / "shallow"
        if path.exists():
            path.unlink()
        elif self.dice.random() < 0.3:
            path.write_bytes(self.repo.git("rev-parse", "HEAD"))

    def step(self):
        self.dice.choice([self.commit] * 6 + [self.amend, self.back, self.branch, self.switch, self.merge, self.rebase, self.tag, self.tag, self.remove, self.move,
                                              self.pack, self.shallow])()


def test_with_a_cache_as_without(t):
    for seed in range(60 if t.soak else 3):
        dice = random.Random(seed)
        (t.dir / ("seed%d" % seed)).mkdir()
        case = Case(t.dir / ("seed%d" % seed), t.program, t.soak)
        world, told = World(case, dice), []
        for round_ in range(12):
            for _ in range(dice.randint(0, 4)):
                world.step()
                told.append(world.repo.git("log", "-1", "--format=%h %s").decode().strip())
            options = ["--since", dice.choice(["1y", "2y", "30d", "2025-06-01"]), "--rev", dice.choice(["HEAD", "HEAD"] + world.heads())]
            options += dice.choice([[], [], ["--lang", "fi"], ["--preset", "page"]])
            now = dice.choice(["2026-01-01T00:00:00Z", "2026-01-01T00:00:00Z", "2025-09-01T00:00:00Z"])
            argv = ("assess", "--now", now, "--format", "json", *options, world.repo.path)
            plain, cached = case.run(*argv, code=0), case.run(*argv, "--cache", case.dir / "cache", code=0)
            t.equal(cached.raw == plain.raw, True, "seed %d, round %d, %s, after %s: the same report" % (seed, round_, options, told[-8:]))

"""Goal: the HTML report is one sound page whatever the repository holds, and the command it names makes the same bytes again."""
import html.parser
import re
import shlex

VOID = {"meta"}
HOSTILE = "<script>x()<!-- \" onload='y()' ]]> & \u202e"


class Page(html.parser.HTMLParser):
    """Every element is closed where it must be; what was seen is kept."""

    def __init__(self, text):
        super().__init__(convert_charrefs=True)
        self.open, self.seen, self.ids, self.links, self.headings, self.text, self.faults = [], set(), [], [], [], [], []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.handle_startendtag(tag, attrs)
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        attrs = dict(attrs)
        self.seen.add(tag)
        self.faults += ["%s of %s" % (name, tag) for name in attrs if name.startswith("on") or name in ("style", "src", "srcset", "action")]
        if "id" in attrs:
            self.ids.append(attrs["id"])
        if "href" in attrs:
            self.links.append(attrs["href"])
        if re.fullmatch("h[1-6]", tag):
            self.headings.append(int(tag[1]))
        if tag == "th" and "scope" not in attrs:
            self.faults.append("a heading cell without scope")
        if tag == "html":
            self.lang = attrs.get("lang")

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.faults.append("</%s> where it does not belong, line %d" % (tag, self.getpos()[0]))

    def handle_data(self, data):
        if self.open and self.open[-1] != "style":
            self.text.append(data)


def read(t, path):
    text = path.read_text(encoding="utf-8")
    page = Page(text)
    t.equal(page.faults, [])
    t.equal(page.open, [])
    t.equal(page.seen & {"script", "iframe", "object", "embed", "img", "link", "form", "base"}, set())
    t.equal(sorted(set(page.ids)), sorted(page.ids), "ids")
    t.equal([link for link in page.links if link[0] != "#" or link[1:] not in page.ids], [], "links to nowhere")
    t.equal(page.headings.count(1), 1, "headings of level 1")
    t.equal([b for a, b in zip(page.headings, page.headings[1:]) if b > a + 1], [], "headings that skip a level")
    for never in ("\u202e", "\x1b"):
        t.lacks(text, never)
    for never in ("http:", "https:", "url(", "@import"):
        t.lacks(text.split("</style>")[0], never)
    return page, text


def hostile(t, name="repo"):
    repo = t.repo(name)
    repo.commit("start", {"README.md": "# Thing\n", "SECURITY.md": "# Security\n\nTell us.\n"})
    repo.commit(HOSTILE + "\x1b[31m", {HOSTILE.replace("/", "_") + "/.github/ci.sh": "curl https://get.shop.fi/x.sh | sh\n"})
    repo.commit(HOSTILE, {"deploy/" + HOSTILE + ".yml": "admin_password: changeme\n", "a'b\n.sh": "#!/bin/sh\ncurl https://get.shop.fi/x.sh | bash\n"},
                author="&lt;Mallory&quot;' <m@example.org>")
    repo.git("tag", "v1.0.0")
    return repo


def test_whatever_the_repository_holds(t):
    hostile(t)
    for lang in ("en", "fi"):
        t.run("assess", "--now", "2026-01-01T00:00:00Z", "--lang", lang, "--preset", "page", "--quiet", "--output", "report.html", "repo", code=0)
        page, _ = read(t, t.dir / "report.html")
        t.equal(page.lang, lang)
        t.has("".join(page.text), "<script>x()<!--")


def test_a_finding_has_its_place_and_its_fix(t):
    repo = t.repo()
    repo.commit("start", {"install.sh": "#!/bin/sh\nset -e\ncurl https://get.shop.fi/x.sh | sh\n"})
    t.run("assess", "--now", "2026-01-01T00:00:00Z", "--quiet", "--output", "report.html", "repo", code=0)
    _, text = read(t, t.dir / "report.html")
    t.has(text, '<p class="where"><code>install.sh:3</code>')
    t.has(text, "<b>How to fix</b> ")


def test_the_command_it_names_makes_the_same_bytes(t):
    hostile(t, "it's here")
    t.run("assess", "--now", "2026-01-01T00:00:00Z", "--since", "6mo", "--preset", "small-team", "--quiet", "--cache", "cache", "--output", "one.html",
          "it's here", code=0)
    page, _ = read(t, t.dir / "one.html")
    command = re.search(r"sinetti assess (.*?report\.html .*?)\n", "".join(page.text) + "\n", re.S).group(1)
    t.run("assess", "--quiet", *shlex.split(command.replace("\\\n", "")), code=0)
    t.true((t.dir / "one.html").read_bytes() == (t.dir / "report.html").read_bytes(), command)


def test_one_task(t):
    hostile(t)
    t.run("assess", "--now", "2026-01-01T00:00:00Z", "--task", "release-log", "--quiet", "--output", "one.html", "repo", code=0)
    page, text = read(t, t.dir / "one.html")
    t.equal(text.count('<article class="task"'), 1)
    t.true("coverage" not in page.ids, "a grid over a part")
    t.has("".join(page.text), "--task release-log")

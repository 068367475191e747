"""The reference page served at /api/: static HTML, no script."""
import html
import re

from apigen.model import MOST_TEXT, ROLES


def esc(text):
    return html.escape(str(text), quote=True)


def line(text):
    """A little Markdown: **bold**, *stressed*, `code`."""
    text = esc(re.sub(r"\s+", " ", text))
    text = re.sub(r"`([^`]*)`", r"<code>\1</code>", text)
    text = re.sub(r"\*\*([^*]+)\*\*", r"<strong>\1</strong>", text)
    return re.sub(r"\*([^*]+)\*", r"<em>\1</em>", text)


def prose(text):
    """The same in paragraphs."""
    return "".join("<p>%s</p>" % line(part) for part in re.split(r"\n\s*\n", text.strip()))


def broken(path):
    """May go on in a new line before each slash."""
    return esc(path).replace("/", "<wbr>/")


def bounds(s):
    said = []
    if s.values:
        said.append(" · ".join("<code>%s</code>" % esc(str(v).lower() if isinstance(v, bool) else v) for v in s.values))
    if s.pattern:
        said.append("like <code>%s</code>" % esc(s.pattern))
    if s.type == "string" and s.most < MOST_TEXT and not s.values and not s.pattern:
        said.append("%s to %d bytes" % (s.least, s.most) if s.least else "at most %d bytes" % s.most)
    if s.type == "array" and s.most < MOST_TEXT:
        said.append("at most %d" % s.most)
    if s.type == "integer" and not s.values and s.most < (1 << 53) - 1:
        said.append("%d to %d" % (s.least, s.most))
    if s.default is not None:
        said.append("<code>%s</code> when absent" % esc(str(s.default).lower() if isinstance(s.default, bool) else s.default))
    return ", ".join(said)


def kind(s):
    if s.ref:
        out = '<a href="#schema-%s">%s</a>' % (s.ref, s.ref)
    elif s.type == "array":
        out = "list of " + kind(s.items)
    else:
        out = {"date-time": "time", "date": "date"}.get(s.format) or {"string": "text", "integer": "number"}.get(s.type, s.type)
    return out + (" or null" if s.null else "")


def rows(s, prefix=""):
    out = []
    for name, (inner, required) in s.fields.items():
        out.append("<tr><td><code>%s%s</code>%s</td><td>%s</td><td>%s</td></tr>" % (
            esc(prefix), esc(name), "" if required else ' <span class="soft">optional</span>', kind(inner),
            " ".join(part for part in (line(inner.description), bounds(inner)) if part)))
        below = inner.items if inner.type == "array" else inner
        if not below.ref and below.type == "object" and below.fields:
            out.append(rows(below, prefix + name + ("[]." if inner.type == "array" else ".")))
    return "".join(out)


def table(s):
    if s.type == "array" and not s.items.ref:
        return "<p>A list of:</p>" + table(s.items)
    if s.type != "object" or not s.fields:
        return "<p>%s %s</p>" % (kind(s), bounds(s))
    return '<div class="wide"><table><thead><tr><th>Field</th><th>Type</th><th>Meaning</th></tr></thead><tbody>%s</tbody></table></div>' % rows(s)


def who(model, op):
    if op.permission == "public":
        return "anybody"
    if op.permission == "self":
        return "anybody who is signed in"
    if op.permission == "session":
        return "anybody who is signed in, in a browser"
    roles = [model.roles[role]["title"]["en"] for role in ROLES if op.permission in model.roles[role]["permissions"]]
    scope = {"org": "", "filtered": "; by project too"}.get(op.scope, "; for that project too")
    return '<a href="#roles"><code>%s</code></a>: %s%s' % (esc(op.permission), esc(", ".join(roles)), scope)


def operation(model, op):
    out = ['<article id="%s"><h3><span class="method %s">%s</span> <code>%s</code></h3><p class="what">%s</p>'
           % (op.id, op.method, op.method.upper(), esc(op.path), line(op.summary))]
    if op.description:
        out.append(prose(op.description))
    out.append('<dl><div><dt>Who</dt><dd>%s</dd></div><div><dt>Operation</dt><dd><code>%s</code></dd></div>' % (who(model, op), op.id))
    if op.facts:
        out.append("<div><dt>Events</dt><dd>%s</dd></div>" % ", ".join("<code>%s</code>" % esc(f) for f in op.facts))
    if op.if_match:
        out.append("<div><dt>If-Match</dt><dd>needed</dd></div>")
    out.append("</dl>")
    if op.parameters:
        lines = "".join("<tr><td><code>%s</code>%s</td><td>%s</td><td>%s</td></tr>" % (
            esc(p.name), "" if p.required else ' <span class="soft">optional</span>', p.where,
            " ".join(part for part in (line(p.description), bounds(p.schema)) if part)) for p in op.parameters)
        out.append('<h4>Parameters</h4><div class="wide"><table><thead><tr><th>Name</th><th>In</th><th>Meaning</th></tr></thead><tbody>%s</tbody></table></div>' % lines)
    if op.body_type:
        most = "%d KiB" % (op.max_body // 1024) if op.max_body < 1 << 20 else "%d MiB" % (op.max_body >> 20)
        out.append("<h4>Body <span class=\"soft\">%s%s, at most %s</span></h4>"
                   % ("a file, " if op.takes_file else "", esc("any type" if op.body_type == "*/*" else op.body_type.replace(" ", ", ")), most))
        if op.body:
            out.append("<p>%s</p>" % kind(op.body) if op.body.ref else table(op.body))
    for a in op.answers:
        out.append("<h4>%d <span class=\"soft\">%s%s</span></h4>" % (a.status, esc(a.description), " · " + esc(", ".join(a.types)) if a.types else ""))
        if a.schema:
            out.append("<p>%s</p>" % kind(a.schema) if a.schema.ref else table(a.schema))
    return "".join(out) + "</article>"


def roles(model):
    head = "".join('<th scope="col"><span>%s</span></th>' % esc(model.roles[role]["title"]["en"]) for role in ROLES)
    body = []
    for name, p in model.permissions.items():
        marks = "".join("<td>%s</td>" % ("yes" if name in model.roles[role]["permissions"] else "") for role in ROLES)
        body.append("<tr><th scope=\"row\"><code>%s</code> %s%s</th>%s</tr>" % (esc(name), esc(p["en"]), ' <span class="soft">by project too</span>' if p["project"] else "", marks))
    return '<div class="wide"><table class="roles"><thead><tr><td></td>%s</tr></thead><tbody>%s</tbody></table></div>' % (head, "".join(body))


def write(model):
    info = model.head.get("info", {})
    out = ["<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">"
           '<title>%s: API</title><link rel="stylesheet" href="/api/reference.css"></head><body>' % esc(info.get("title", ""))]
    out.append('<nav aria-label="Operations"><h2>%s API</h2><a href="#top">About</a><a href="#roles">Roles</a><a href="#problems">Problems</a>' % esc(info.get("title", "")))
    by_tag = [(name, what, [op for op in model.operations if op.tag == name]) for name, what in model.tags]
    for name, _what, ops in by_tag:
        if ops:
            out.append("<h3>%s</h3>" % esc(name))
            out += ['<a href="#%s"><span class="method %s">%s</span> <span>%s</span></a>' % (op.id, op.method, op.method.upper(), broken(re.sub("^/api/v1", "", op.path))) for op in ops]
    out.append('</nav><main id="top"><h1>%s API</h1>%s<p>As a document: <a href="/api/v1/openapi.json">openapi.json</a></p>' % (esc(info.get("title", "")), prose(info.get("description", ""))))
    for name, what, ops in by_tag:
        if ops:
            out.append('<section><h2 id="tag-%s">%s</h2><p>%s</p>%s</section>' % (esc(name), esc(name), esc(what), "".join(operation(model, op) for op in ops)))
    out.append('<section><h2 id="roles">Roles</h2>%s</section>' % roles(model))
    lines = "".join('<tr id="%s"><td><code>/api/#%s</code></td><td>%d</td><td>%s</td></tr>' % (esc(n), esc(n), p["status"], esc(p["en"])) for n, p in model.problems.items())
    out.append('<section><h2 id="problems">Problems</h2><div class="wide"><table><thead><tr><th>Type</th><th>Status</th><th>Title</th></tr></thead><tbody>%s</tbody></table></div></section>' % lines)
    out.append('<section><h2 id="schemas">Schemas</h2>')
    for name, s in sorted(model.schemas.items()):
        bare = s.copy()
        bare.ref = None
        out.append('<article id="schema-%s"><h3>%s</h3>%s%s</article>' % (esc(name), esc(name), "<p>%s</p>" % line(s.description) if s.description else "", table(bare)))
    out.append("</section></main></body></html>\n")
    return "".join(out)

"""The C behind src/api/api.h: operations, their schemas and SQL, roles, problems, and the way to an operation."""
from apigen.model import MOST_TEXT, ROLES

TYPES = {"object": "SCHEMA_OBJECT", "array": "SCHEMA_ARRAY", "string": "SCHEMA_STRING", "integer": "SCHEMA_INTEGER", "boolean": "SCHEMA_BOOLEAN"}


def quoted(text):
    out = []
    for byte in text.encode("utf-8"):
        if byte in b'"\\':
            out.append("\\" + chr(byte))
        elif byte == 10:
            out.append("\\n")
        elif 32 <= byte < 127 and byte != 63:  # no trigraphs
            out.append(chr(byte))
        else:
            out.append("\\%03o" % byte)
    return '"%s"' % "".join(out)


def long_text(text):
    """A literal over several lines."""
    return "\n".join("    " + quoted(line) for line in text.splitlines(keepends=True)) or '    ""'


def text(value):
    return "{%s, %d}" % (quoted(value), len(value.encode("utf-8")))


def word(value):
    return {True: "true", False: "false"}[value] if isinstance(value, bool) else str(value)


def schema(s):
    out = ["%s.type = %s" % (".nullable = true, " if s.null else "", TYPES[s.type]), ".least = %dLL, .most = %dLL" % (s.least, s.most)]
    out.append(".pattern = %s" % text(s.pattern or ""))
    if s.values:
        out.append(".values = (const struct str[]){%s}, .n_values = %d" % (", ".join(text(word(v)) for v in s.values), len(s.values)))
    if s.open:
        out.append(".open = true")
    if s.fields:
        names = sorted(s.fields, key=lambda name: name.encode())
        each = ["{.name = %s, .required = %s, .schema = %s}" % (text(n), word(s.fields[n][1]), schema(s.fields[n][0])) for n in names]
        out.append(".fields = (const struct catalog_field[]){%s}, .n_fields = %d" % (", ".join(each), len(each)))
    if s.items:
        out.append(".items = &(const struct catalog_schema)%s" % schema(s.items))
    return "{%s}" % ", ".join(out)


def parameter(p):
    s = p.schema
    values = "NULL, 0"
    if s.values:
        values = "(const struct str[]){%s}, %d" % (", ".join(text(word(v)) for v in s.values), len(s.values))
    kind = {"string": "API_STRING", "integer": "API_INTEGER", "boolean": "API_BOOLEAN"}[s.type]
    return "    {%s, %s, %s, %s, %dLL, %dLL, %s, %s},\n" % (quoted(p.name), word(p.where == "path"), word(p.required), kind, s.least, s.most,
                                                           text(s.pattern or ""), values)


def columns(op):
    """Fields of an item, in the order of its schema."""
    out = []
    for name, (s, _) in op.answers[0].schema.fields["items"][0].items.fields.items():
        kind = "API_TIME" if s.type == "string" and s.format == "date-time" else \
            {"string": "API_STRING", "integer": "API_INTEGER", "boolean": "API_BOOLEAN"}.get(s.type, "API_JSON")
        out.append("{%s, %s}" % (quoted(name), kind))
    return out


def list_table(op):
    out = []
    for i, (sort, first, more) in enumerate(op.list.orders()):
        out.append("static const char sql_%s_%d[] =\n%s;\nstatic const char sql_%s_%d_more[] =\n%s;\n"
                   % (op.list.name, i, long_text(first), op.list.name, i, long_text(more)))
    if op.list.total:
        out.append("static const char sql_%s_count[] =\n%s;\n" % (op.list.name, long_text(op.list.count())))
    orders = ", ".join("{%s, sql_%s_%d, sql_%s_%d_more}" % (quoted(sort), op.list.name, i, op.list.name, i)
                       for i, (sort, _, _) in enumerate(op.list.orders()))
    cols = columns(op)
    out.append("static const struct api_list list_%s = {%s, %s, %s, (const struct api_order[]){%s}, %d, %s, (const struct api_column[]){%s}, %d};\n"
               % (op.id, quoted(op.list.name), word(op.list.derived), word(op.list.given), orders, len(op.list.sorts),
                  "sql_%s_count" % op.list.name if op.list.total else "NULL", ", ".join(cols), len(cols)))
    return "".join(out)


def operation(op, names):
    scope = {"org": "API_SCOPE_ORG", "filtered": "API_SCOPE_FILTERED"}.get(op.scope)
    if not scope:
        scope = str(names.index(op.scope))
    permission = {"public": "API_PUBLIC", "self": "API_SELF", "session": "API_SESSION"}.get(op.permission, "PERMISSION_" + op.permission.replace(".", "_").upper())
    answers = ", ".join("{%d, %s, %s}" % (a.status, quoted(a.types[0]) if a.types else "NULL",
                                          "&answer_%s_%d" % (op.id, a.status) if a.schema else "NULL") for a in op.answers)
    facts = "(const char *const[]){%s}, %d" % (", ".join(quoted(f) for f in op.facts), len(op.facts)) if op.facts else "NULL, 0"
    return """    {
        .id = %s, .method = %s, .path = %s,
        .permission = %s, .scope = %s, .process = API_%s,
        .facts = %s%s,
        .most_body = %s, .body_type = %s, .body_needed = %s, .takes_file = %s, .gives_file = %s, .body = %s,
        .parameters = %s, .n_parameters = %d,
        .answers = (const struct api_answer[]){%s}, .n_answers = %d,
        .if_match = %s, .secret = %s, .passwords = %s, .list = %s, .run = %s,
    },
""" % (quoted(op.id), quoted(op.method.upper()), quoted(op.path), permission, scope, op.process.upper(),
       facts.split(", ")[0] if not op.facts else facts.rsplit(", ", 1)[0], ", .n_facts = %d" % len(op.facts),
       op.limit or op.max_body, quoted(op.body_type) if op.body_type else "NULL", word(op.body_needed), word(op.takes_file), word(op.gives_file), "&body_" + op.id if op.body else "NULL",
       "parameters_" + op.id if op.parameters else "NULL", len(op.parameters), answers, len(op.answers), word(op.if_match), word(op.secret), word(op.passwords),
       "&list_" + op.id if op.list else "NULL", "NULL" if op.list else "api_" + op.id)


def tree(model):
    """Nodes of path segments; children of a node stand together, the parameter last."""
    root = {"children": {}, "ops": []}
    for index, op in enumerate(model.operations):
        node = root
        for part in op.path.strip("/").split("/"):
            node = node["children"].setdefault("" if part.startswith("{") else part, {"children": {}, "ops": []})
        node["ops"].append(index)
    nodes, order = [("", root)], [root]
    for node in order:
        names = sorted(name for name in node["children"] if name) + [name for name in node["children"] if not name]
        node["first"] = len(nodes)
        for name in names:
            nodes.append((name, node["children"][name]))
            order.append(node["children"][name])
    ops, lines = [], []
    for name, node in nodes:
        lines.append("    {%s, %d, %d, %d, %d},\n" % (text(name), node["first"], len(node["children"]), len(ops), len(node["ops"])))
        ops += node["ops"]
    return ("const struct api_node api_nodes[] = {\n%s};\nconst uint16_t api_node_operations[] = {%s};\n"
            % ("".join(lines), ", ".join(str(i) for i in ops or [0])))


def permissions(model):
    """The C behind src/identity/rights.h."""
    out = ["/* Made by tools/api.py of src/api/roles.yaml. */\n#include \"identity/rights.h\"\n\nconst struct identity_permission identity_permissions[] = {\n"]
    for name, p in model.permissions.items():
        roles = " | ".join("1u << ROLE_%s" % role.upper() for role in ROLES if name in model.roles[role]["permissions"])
        out.append("    {%s, {%s, %s}, %s, %s, %s},\n" % (quoted(name), quoted(p["en"]), quoted(p["fi"]), quoted(p["with"]) if p["with"] else "NULL", word(p["project"]), roles))
    out.append("};\nconst size_t identity_permissions_n = %d;\n" % len(model.permissions))
    return "".join(out)


def rights(model):
    names = list(model.permissions)
    out = ["const struct api_role api_roles[ROLE_COUNT] = {\n"]
    for role in ROLES:
        r = model.roles[role]
        out.append("    [ROLE_%s] = {{%s, %s}, {%s, %s}},\n" % (role.upper(), quoted(r["title"]["en"]), quoted(r["title"]["fi"]),
                                                                quoted(r["description"]["en"]), quoted(r["description"]["fi"])))
    out.append("};\n")
    enum = "enum {\n%s};\n" % "".join("    PERMISSION_%s,\n" % name.replace(".", "_").upper() for name in names)
    return enum, "".join(out)


def problems(model):
    rows = "".join("    {%s, %d, {%s, %s}},\n" % (quoted(name), p["status"], quoted(p["en"]), quoted(p["fi"])) for name, p in model.problems.items())
    return "const struct api_problem api_problems[] = {\n%s};\nconst size_t api_problems_n = %d;\n" % (rows, len(model.problems))


def write(model, served, page):
    enum, tables = rights(model)
    out = ["/* Made by tools/api.py of src/api. */\n#include \"api/table.h\"\n#include \"base/limits.h\"\n\n", enum, tables, problems(model)]
    for op in model.operations:
        if op.body:
            out.append("static const struct catalog_schema body_%s = %s;\n" % (op.id, schema(op.body)))
        for a in op.answers:
            if a.schema:
                out.append("static const struct catalog_schema answer_%s_%d = %s;\n" % (op.id, a.status, schema(a.schema)))
        if op.parameters:
            out.append("static const struct api_parameter parameters_%s[] = {\n%s};\n" % (op.id, "".join(parameter(p) for p in op.parameters)))
        if op.list:
            out.append(list_table(op))
        else:
            out.append("api_function api_%s;\n" % op.id)
    out.append("const struct api_operation api_operations[] = {\n")
    out += [operation(op, [p.name for p in op.parameters]) for op in model.operations]
    out.append("};\nconst size_t api_operations_n = %d;\n" % len(model.operations))
    out.append(tree(model))
    for name, content in (("json", served), ("page", page)):
        size = len(content.encode("utf-8"))
        out.append("static const char %s[] =\n%s;\nconst struct str api_document_%s = {%s, %d};\n" % (name, long_text(content), name, name, size))
    return "".join(out)

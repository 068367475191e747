"""The whole API: openapi.yaml, a file per resource, roles.yaml and lists/*.sql, read and checked."""
import copy
import pathlib
import re

from apigen import lists, source
from apigen.schema import MOST_TEXT, NAME, Reader, Schema, unbounded

METHODS = ["get", "post", "put", "patch", "delete"]
ROLES = ["admin", "security_officer", "development_manager", "developer", "data_owner", "contributor", "employee", "partner", "auditor"]
MOST_PARAMETERS = 16
BODY = 64 * 1024
MOST_BODY = 1 << 20
OPERATION = ["operationId", "summary", "description", "parameters", "requestBody", "responses", "x-permission", "x-process", "x-scope", "x-fact",
             "x-max-body", "x-body", "x-answer", "x-list", "x-items", "x-if-match", "x-secret", "x-passwords"]
SPECIAL = ["public", "self", "session"]
MEDIA_TYPE = re.compile(r"(\*/\*|[a-z]+/[a-z0-9.+-]+)\Z")
LIMITS = pathlib.Path(__file__).resolve().parent.parent.parent / "src" / "base" / "limits.h"
PERMISSION = re.compile(r"[a-z_]+\.[a-z_]+\Z")


class Parameter:
    def __init__(self, name, where, required, schema, description):
        self.name, self.where, self.required, self.schema, self.description = name, where, required, schema, description


class Answer:
    def __init__(self, status, description, types, schema):
        self.status, self.description, self.types, self.schema = status, description, types, schema


class Operation:
    id = tag = method = path = summary = description = permission = process = scope = ""
    facts, parameters, answers = [], [], []
    max_body, body, body_type, body_needed = 0, None, None, False
    limit, takes_file, gives_file = None, False, False  # limit: its name in limits.h
    list, items, if_match, secret, passwords = None, None, False, False, False


class Model:
    def __init__(self):
        self.faults = source.Faults()
        self.head = source.Map()
        self.tags, self.problems = [], {}  # [(name, description)], {name: (status, en, fi)}
        self.permissions, self.roles = {}, {}  # {name: Map}
        self.operations, self.schemas = [], {}


def bytes_of(name):
    """A figure of src/base/limits.h, None when there is no such."""
    found = re.search(r"^#define %s \(?(\d+)(?:ULL)?(?: \* (KIB|MIB))?\)?(?:\s|$)" % re.escape(name), LIMITS.read_text(encoding="utf-8"), re.M)
    return int(found.group(1)) * {None: 1, "KIB": 1 << 10, "MIB": 1 << 20}[found.group(2)] if found else None


def words(place, what):
    """{en, fi}, both there."""
    return {lang: place.get(lang, str, "", needed=True) for lang in ("en", "fi")} if place else {"en": what, "fi": what}


def read_roles(model, path):
    top = source.Place(model.faults, path.name, source.load(path, model.faults), path.name)
    top.only(["permissions", "roles"])
    places = dict(top.each("permissions"))
    for name, place in places.items():
        place.only(["project", "gate", "with", "en", "fi"])
        if not PERMISSION.match(name):
            place.say("a permission is one word, noun.verb")
        model.permissions[name] = {"project": place.get("project", bool, False), "gate": place.get("gate", bool, False), "with": place.get("with", str, ""), **words(place, name)}
        if model.permissions[name]["with"] not in ("", *places):
            place.say('there is no permission "%s"' % model.permissions[name]["with"], "with")
    for name, place in top.each("roles"):
        place.only(["title", "description", "permissions"])
        if name not in ROLES:
            place.say("there is no such role (src/identity/identity.h)")
        for one in place.get("permissions", list, [], needed=True):
            if one not in model.permissions:
                place.say('there is no permission "%s"' % one, "permissions")
        given = place.get("permissions", list, [])
        if len(set(given)) != len(given):
            place.say("a permission stands twice", "permissions")
        given = given + [one for one, p in model.permissions.items() if p["with"] in given and one not in given]
        model.roles[name] = {"title": words(place.below("title"), name), "description": words(place.below("description"), name), "permissions": given}
    for name in ROLES:
        if name not in model.roles:
            top.say('the role "%s" is missing' % name)
    for name in model.permissions:
        if not any(name in role["permissions"] for role in model.roles.values()):
            places[name].say("no role has it")
    return places


class Resource:
    """One file: its operations."""

    def __init__(self, model, reader, where, shared):
        self.model, self.reader, self.where, self.shared = model, reader, where, shared

    def parameter(self, place):
        if "$ref" in place.map:
            place.only(["$ref"])
            match = re.match(r"#/components/parameters/([a-z_]+)\Z", str(place.map["$ref"]))
            if not match or match.group(1) not in self.shared:
                place.say('there is no parameter "%s"' % place.map["$ref"], "$ref")
                return None
            place = self.shared[match.group(1)]
        place.only(["name", "in", "description", "required", "schema"])
        name, where = place.get("name", str, "", needed=True), place.get("in", str, "", needed=True)
        if not NAME.match(name):
            place.say('"%s" cannot be a parameter: lower-case letters, digits and underscores' % name, "name")
        if where not in ("path", "query"):
            place.say('"in" is to be path or query', "in")
        schema = self.reader.read(place.below("schema", "parameter " + name))
        if schema.type not in ("string", "integer", "boolean") or schema.null:
            place.say("a parameter is a string, an integer or a boolean", "schema")
        for path in unbounded(schema, name):
            place.say('"%s" needs a maxLength' % path, "schema")
        required = place.get("required", bool, False)
        if where == "path" and not required:
            place.say("a parameter of the path is required", "name")
        if where == "path" and schema.type == "string":
            schema = schema.copy()
            schema.least = max(schema.least, 1)
        return Parameter(name, where, required, schema, place.get("description", str, schema.description))

    def parameters(self, place, op, common):
        out = []
        for holder in (common, place):
            for i, one in enumerate(holder.get("parameters", list, [])):
                found = self.parameter(source.Place(self.model.faults, self.where, one, "%s, parameter %d" % (place.what, i + 1), holder.line))
                if found:
                    out.append(found)
        if op.list:
            names = [p.name for p in out]
            for name in ("limit", "cursor", "format"):
                if name not in names and name in self.shared:
                    out.append(self.parameter(self.shared[name]))
            if op.list.sorts:
                schema = Schema()
                schema.type, schema.values, schema.default = "string", op.list.sorts, op.list.sorts[0]
                schema.most = max(len(s) for s in op.list.sorts)
                out.append(Parameter("sort", "query", False, schema, "What it is sorted by; with - from the other end"))
        names = [p.name for p in out]
        if len(set(names)) != len(names):
            place.say("a parameter stands twice", "parameters")
        if len(out) > MOST_PARAMETERS:
            place.say("more than %d parameters" % MOST_PARAMETERS, "parameters")
        holes = re.findall(r"\{([^}]*)\}", op.path)
        for name in holes:
            if not any(p.name == name and p.where == "path" for p in out):
                place.say("{%s} of the path is none of the parameters" % name)
        for p in out:
            if p.where == "path" and p.name not in holes:
                place.say("the path has no {%s}" % p.name, "parameters")
        op.parameters = out

    def body(self, place, op):
        inner = place.below("requestBody", needed=False)
        if not inner:
            return
        if op.method in ("get", "delete"):
            place.say("a %s has no body" % op.method, "requestBody")
        inner.only(["required", "content", "description"])
        op.body_needed = inner.get("required", bool, False)
        types = inner.each("content")
        if op.takes_file:
            op.body_type = " ".join(kind for kind, _ in types)
            for kind, content in types:
                content.only([])
                if not MEDIA_TYPE.match(kind):
                    content.say("a media type, or */* for any, is expected")
            return
        if len(types) != 1:
            inner.say("one content type is expected", "content")
            return
        op.body_type, content = types[0]
        content.only(["schema"])
        if op.body_type != "application/json":
            return
        op.body = self.reader.read(content.below("schema", "body of " + op.id))
        if op.body.type != "object":
            inner.say("a body is an object", "content")
        if "x-max-body" in place.map: # the whole is bounded by a figure of its own
            return
        for path in unbounded(op.body, "body"):
            inner.say('"%s" has no bound: maxLength, maxItems, additionalProperties: false, or x-max-body of the operation' % path, "content")

    def answers(self, place, op):
        op.answers = []
        if op.items:
            schema = self.reader.named(op.items, place, "x-items").copy()
            schema.ref = op.items
            op.answers = [Answer(200, "A page of the list", ["application/json", "text/csv"] if any(p.name == "format" for p in op.parameters) else ["application/json"], envelope(schema))]
            if "responses" in place.map:
                place.say("the answer of a list comes by itself", "responses")
            return
        for status, inner in place.each("responses"):
            if not re.match(r"[23]\d\d\Z", status):
                inner.say("write successes; problems come by themselves")
                continue
            inner.only(["description", "content"])
            types, schema = [], None
            for kind, content in inner.each("content", needed=False):
                content.only(["schema"])
                types.append(kind)
                if kind == "application/json":
                    schema = self.reader.read(content.below("schema", "answer of " + op.id))
            op.answers.append(Answer(int(status), inner.get("description", str, "", needed=True), types, schema))
        if not op.answers:
            place.say("it has no answer", "responses")

    def size(self, place, op):
        if not op.takes_file:
            op.max_body = place.get("x-max-body", int, BODY) if op.body_type else 0
            if op.max_body > MOST_BODY:
                place.say('"x-max-body" is at most %d' % MOST_BODY, "x-max-body")
            return
        if not op.body_type:
            place.say("a body that is a file has its media types under requestBody", "x-body")
        op.limit = place.get("x-max-body", str, "", needed=True)
        op.max_body = bytes_of(op.limit) or 0
        if not op.max_body:
            place.say("of a file it is the name of a figure in src/base/limits.h", "x-max-body")

    def rights(self, place, op):
        op.permission = place.get("x-permission", str, "", needed=True)
        if op.permission and op.permission not in SPECIAL and op.permission not in self.model.permissions:
            place.say('there is no permission "%s" in roles.yaml' % op.permission, "x-permission")
        if op.method != "get" and op.permission.endswith(".read"):
            place.say("what may only read does not write: choose another permission", "x-permission")
        op.process = place.get("x-process", str, "", needed=True)
        if op.process not in ("", "web", "worker"):
            place.say('"x-process" is web or worker', "x-process")
        op.facts = place.get("x-fact", list, [])
        for kind in op.facts:
            if self.model.kinds is not None and kind not in self.model.kinds:
                place.say('there is no kind of fact "%s" in the catalog' % kind, "x-fact")
        if op.process == "web" and (op.method != "get" or op.facts):
            place.say("web only reads: a GET without facts", "x-process")
        op.scope = place.get("x-scope", str, "org")
        by_project = self.model.permissions.get(op.permission, {}).get("project", False)
        if op.scope not in ("org", "filtered") and not any(p.name == op.scope for p in op.parameters):
            place.say('"x-scope" is org, filtered, or the name of a parameter', "x-scope")
        if op.scope != "org" and not by_project and op.permission not in SPECIAL:
            place.say("its permission is never given for a project alone", "x-scope")
        if op.scope == "filtered" and op.list and "projects" not in op.list.holes:
            place.say("the list's SQL does not keep to :projects", "x-scope")
        if op.scope != "filtered" and op.list and "projects" in op.list.holes:
            place.say("the list's SQL asks for :projects: write filtered", "x-scope")

    def operation(self, path, method, place, common):
        op = Operation()
        op.method, op.path, op.tag = method, path, self.tag
        op.id = place.get("operationId", str, "", needed=True)
        place.what = op.id or place.what
        op.where, op.line = self.where, place.line
        place.only(OPERATION)
        if not re.match(r"[a-z][a-z0-9_]{0,59}\Z", op.id):
            place.say("operationId is snake_case", "operationId")
        if any(other.id == op.id for other in self.model.operations):
            place.say("the operationId is taken", "operationId")
        op.summary = place.get("summary", str, "", needed=True)
        op.description = place.get("description", str, "")
        op.items = place.get("x-items", str)
        name = place.get("x-list", str)
        if name:
            op.list = self.model.lists.get(name)
            if not op.list:
                place.say("there is no lists/%s.sql" % name, "x-list")
            if not op.items:
                place.say('a list needs "x-items"', "x-list")
        if op.items and method != "get":
            place.say("a list is a GET", "x-items")
        self.parameters(place, op, common)
        op.takes_file, op.gives_file = (place.get(key, str) is not None for key in ("x-body", "x-answer"))
        for key in ("x-body", "x-answer"):
            if place.get(key, str, "file") != "file":
                place.say('"%s" is file, or absent' % key, key)
        self.body(place, op)
        self.size(place, op)
        self.rights(place, op)
        if (op.takes_file or op.gives_file) and op.process != "worker":
            place.say("files pass through web: they are worker's", "x-process")
        self.answers(place, op)
        op.if_match, op.secret = place.get("x-if-match", bool, False), place.get("x-secret", bool, False)
        op.passwords = place.get("x-passwords", bool, False)
        if op.passwords and op.process == "web":
            place.say("passwords are worker's matter", "x-passwords")
        if op.list:
            op.list.check(place, op)
        self.model.operations.append(op)

    def read(self, top):
        top.only(["tag", "paths", "components"])
        self.tag = top.get("tag", str, "", needed=True)
        if self.tag not in [name for name, _ in self.model.tags]:
            top.say('the tag "%s" is none of openapi.yaml\'s' % self.tag, "tag")
        for path, place in top.each("paths"):
            if not re.match(r"(/[a-z0-9_.-]+|/\{[a-z_]+\})+\Z", path):
                place.say("a path is of lower-case words and {parameters}")
            place.only(["parameters"] + METHODS)
            for method in METHODS:
                if method in place.map:
                    self.operation(path, method, place.below(method, "%s %s" % (method.upper(), path)), place)


def envelope(items):
    def text():
        out = Schema()
        out.type, out.null, out.most = "string", True, MOST_TEXT
        return out
    out, many, total = Schema(), Schema(), Schema()
    many.type, many.items, many.most = "array", items, MOST_TEXT
    total.type, total.null = "integer", True
    total.description = "How many there are in all, where that is known"
    after = text()
    after.description = "`cursor` of the next page"
    out.fields = {"items": [many, True], "next": [after, True], "total": [total, True]}
    return out


def read_head(model, path):
    top = source.Place(model.faults, path.name, source.load(path, model.faults), path.name)
    top.only(["openapi", "info", "tags", "components", "x-problems"])
    model.head = top.map
    if not str(top.map.get("openapi", "")).startswith("3.1"):
        top.say("is to be OpenAPI 3.1", "openapi")
    for i, tag in enumerate(top.get("tags", list, [], needed=True)):
        place = source.Place(model.faults, path.name, tag, "tag %d" % (i + 1), top.line)
        place.only(["name", "description"])
        model.tags.append((place.get("name", str, "", needed=True), place.get("description", str, "", needed=True)))
    for name, place in top.each("x-problems"):
        place.only(["status", "en", "fi"])
        model.problems[name] = {"status": place.get("status", int, 500, needed=True), **words(place, name)}
    return top


def read(folder, kinds=None):
    """The Model of a folder; its faults say what is wrong. kinds: names of the catalog's kinds of facts, or None."""
    model = Model()
    model.kinds = kinds
    top = read_head(model, folder / "openapi.yaml")
    rights = read_roles(model, folder / "roles.yaml")
    model.lists = {path.stem: lists.List(path, model.faults) for path in sorted((folder / "lists").glob("*.sql"))}
    tops, components = [top], {}
    for path in sorted(folder.glob("*.yaml")):
        if path.name not in ("openapi.yaml", "roles.yaml"):
            tops.append(source.Place(model.faults, path.name, source.load(path, model.faults), path.name))
    shared = {}
    for one in tops:
        holder = one.below("components", needed=False)
        if not holder:
            continue
        holder.only(["schemas", "parameters"])
        for name, place in holder.each("schemas", needed=False):
            if name in components:
                place.say('the schema "%s" is in %s already' % (name, components[name].where))
            if not re.match(r"[A-Z][A-Za-z0-9]*\Z", name):
                place.say("a schema's name is of letters, the first a capital")
            components[name] = place
        for name, place in holder.each("parameters", needed=False):
            if name in shared:
                place.say('the parameter "%s" is in %s already' % (name, shared[name].where))
            shared[name] = place
    reader = Reader(components)
    for one in tops[1:]:
        Resource(model, reader, one.where, shared).read(one)
    for name, place in components.items():
        model.schemas[name] = reader.named(name, place, None)
    order = [name for name, _ in model.tags]
    model.operations.sort(key=lambda op: (order.index(op.tag) if op.tag in order else 99, op.path, METHODS.index(op.method)))
    for name, place in rights.items():
        ops = [op for op in model.operations if op.permission == name]
        if model.permissions[name]["gate"]:
            continue
        if not ops:
            place.say("no operation asks for it")
        elif model.permissions[name]["project"] and all(op.scope == "org" for op in ops):
            place.say("no operation keeps it to a project (x-scope), so that a grant for a project would give nothing")
    used = {op.list.name for op in model.operations if op.list}
    for name, one in model.lists.items():
        if name not in used:
            model.faults.add("lists/%s.sql" % name, 1, "no operation uses it")
    shapes = {}
    for op in model.operations:
        shape = re.sub(r"\{[^}]*\}", "{}", op.path)
        if shapes.setdefault(shape, op.path) != op.path:
            model.faults.add(op.where, op.line, "%s is %s under another name" % (op.path, shapes[shape]))
    return model


def plain(schema):
    """As JSON Schema, for the served document."""
    if schema.ref and not schema.null:
        return {"$ref": "#/components/schemas/" + schema.ref}
    if schema.ref:
        return {"anyOf": [{"$ref": "#/components/schemas/" + schema.ref}, {"type": "null"}]}
    return shape(schema)


def shape(schema):
    out = {"type": [schema.type, "null"] if schema.null else schema.type}
    if schema.description:
        out["description"] = schema.description
    if schema.type == "object":
        out["properties"] = {name: plain(inner) for name, (inner, _) in schema.fields.items()}
        out["required"] = [name for name, (_, needed) in schema.fields.items() if needed]
        out["additionalProperties"] = plain(schema.of) if schema.of else schema.open
        for key in ("properties", "required"):
            if not out[key]:
                del out[key]
    elif schema.type == "array":
        out["items"] = plain(schema.items)
        if schema.least:
            out["minItems"] = schema.least
        if schema.most < MOST_TEXT:
            out["maxItems"] = schema.most
    elif schema.type == "string":
        if schema.least:
            out["minLength"] = schema.least
        if schema.most < MOST_TEXT:
            out["maxLength"] = schema.most
        if schema.pattern:
            out["pattern"] = schema.pattern
        if schema.format:
            out["format"] = schema.format
    elif schema.type == "integer":
        if schema.least > -(1 << 53) + 1:
            out["minimum"] = schema.least
        if schema.most < (1 << 53) - 1:
            out["maximum"] = schema.most
    if schema.values:
        out["enum"] = copy.copy(schema.values) + ([None] if schema.null else [])
    if schema.default is not None:
        out["default"] = schema.default
    return out

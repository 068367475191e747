"""Our subset of JSON Schema: read, checked, with references put in."""
import re

MOST = (1 << 53) - 1
MOST_TEXT = 1 << 20
MOST_DEPTH = 8
NAME = re.compile(r"[a-z][a-z0-9_]{0,39}\Z")
WORDS = {
    "object": ["type", "title", "description", "properties", "required", "additionalProperties", "example"],
    "array": ["type", "title", "description", "items", "minItems", "maxItems", "example"],
    "string": ["type", "title", "description", "enum", "const", "pattern", "minLength", "maxLength", "format", "default", "example"],
    "integer": ["type", "title", "description", "enum", "const", "minimum", "maximum", "default", "example"],
    "boolean": ["type", "title", "description", "const", "default", "example"],
}
FORMATS = ["date-time", "date", "email", "uri", "markdown", "password"]
# One sign of a pattern, as src/base/pattern.h has them: something to repeat, or ( ) |
SIGN = re.compile(r"\\[\\.*+?()\[\]{}|^$/-]|\[\^?(?:\\[\\\]^\[-]|[^\\\[\]])+\]|\((?![?*])|\)|\||[^\\\[\](){}|?*+^$\n]")
TIMES = re.compile(r"[?*+]|\{\d+(?:,\d*)?\}")


def pattern_fault(text):
    """None, or what is wrong with it."""
    if len(text) < 2 or text[0] != "^" or text[-1] != "$":
        return "it begins with ^ and ends with $"
    at, depth = 1, 0
    while at < len(text) - 1:
        sign = SIGN.match(text, at, len(text) - 1)
        if not sign:
            return "%r is not known there (src/base/pattern.h)" % text[at]
        at, depth = sign.end(), depth + {"(": 1, ")": -1}.get(sign.group(), 0)
        if depth < 0 or (sign.group() == "|" and not depth):
            return "a ) without (, or a | outside of a group"
        times = TIMES.match(text, at, len(text) - 1)
        if times and sign.group() in "(|":
            return "a quantifier needs one thing before it"
        at = times.end() if times else at
    return "a ( without )" if depth else None


class Schema:
    """type: object, array, string, integer, boolean."""

    def __init__(self):
        self.type, self.null, self.open = "object", False, False
        self.least, self.most, self.pattern, self.values, self.format = 0, MOST, None, [], None
        self.fields, self.items, self.of, self.ref = {}, None, None, None
        self.description, self.default = "", None

    def copy(self):
        out = Schema()
        out.__dict__.update(self.__dict__)
        return out


def _bounds(place, schema, least, most, top):
    schema.least = place.get(least, int, 0 if top != MOST else -MOST)
    schema.most = place.get(most, int, top)
    if schema.least > schema.most:
        place.say('"%s" is over "%s"' % (least, most), least)
    if most in place.map and schema.most > top:
        place.say('"%s" is over %d' % (most, top), most)


def _values(place, schema):
    kind = {"string": str, "integer": int, "boolean": bool}[schema.type]
    if "const" in place.map:
        values = [place.map["const"]]
    else:
        values = place.get("enum", list, [])
        if "enum" in place.map and not values:
            place.say('"enum" is empty', "enum")
    for value in values:
        if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
            place.say("%r is no %s" % (value, schema.type), "enum")
    if len({str(v) for v in values}) != len(values):
        place.say("a value stands twice", "enum")
    schema.values = values


class Reader:
    """Reads schemas; `components`: {name: Place} of all files."""

    def __init__(self, components):
        self.components = components
        self.done, self.open = {}, []

    def named(self, name, place, key):
        """A schema of the components."""
        if name not in self.components:
            place.say('there is no schema "%s"' % name, key)
            return Schema()
        if name in self.open:
            place.say('"%s" holds itself; say it flatter' % name, key)
            return Schema()
        if name not in self.done:
            self.open.append(name)
            self.done[name] = self.read(self.components[name], len(self.open))
            self.open.pop()
        return self.done[name]

    def ref(self, place, text):
        match = re.match(r"#/components/schemas/([A-Z][A-Za-z0-9]*)\Z", text) if isinstance(text, str) else None
        if not match:
            place.say('write "$ref": "#/components/schemas/Name"', "$ref")
            return Schema()
        out = self.named(match.group(1), place, "$ref").copy()
        out.ref = match.group(1)
        return out

    def read(self, place, depth=0):
        if depth > MOST_DEPTH:
            place.say("more than %d levels; make it flatter" % MOST_DEPTH)
            return Schema()
        if "$ref" in place.map:
            place.only(["$ref", "description"])
            out = self.ref(place, place.map["$ref"])
            out.description = place.get("description", str, out.description)
            return out
        if "anyOf" in place.map:
            return self.nullable(place, depth)
        out = Schema()
        kind = place.map.get("type")
        if isinstance(kind, list):
            out.null = "null" in kind
            kinds = [k for k in kind if k != "null"]
            kind = kinds[0] if len(kinds) == 1 and len(kind) == 2 and out.null else None
        if kind not in WORDS:
            place.say('"type" is to be one of %s, or a list of one of them and "null"' % ", ".join(WORDS), "type")
            return out
        out.type = kind
        place.only(WORDS[kind])
        out.description = place.get("description", str, "")
        out.default = place.map.get("default")
        getattr(self, "_" + kind)(place, out, depth)
        return out

    def nullable(self, place, depth):
        place.only(["anyOf", "description"])
        both = place.get("anyOf", list, [])
        refs = [one for one in both if isinstance(one, dict) and "$ref" in one]
        if len(both) != 2 or len(refs) != 1 or {"type": "null"} not in both:
            place.say('"anyOf" is only for {$ref: …} beside {type: "null"}', "anyOf")
            return Schema()
        out = self.ref(place, refs[0]["$ref"])
        out.null = True
        out.description = place.get("description", str, out.description)
        return out

    def _object(self, place, out, depth):
        more = place.map.get("additionalProperties", False)
        if isinstance(more, dict):
            out.of, out.open = self.read(place.below("additionalProperties"), depth + 1), True
        elif isinstance(more, bool):
            out.open = more
        else:
            place.say('"additionalProperties" is to be false, true or a schema', "additionalProperties")
        for name, inner in place.each("properties", needed=False):
            if not NAME.match(name):
                place.below("properties").say('"%s" cannot be a field: lower-case letters, digits and underscores, at most 40' % name, name)
            inner.what = "%s.%s" % (place.what, name)
            out.fields[name] = [self.read(inner, depth + 1), False]
        for name in place.get("required", list, []):
            if name not in out.fields or out.fields[name][1]:
                place.say('"%s" is required %s' % (name, "twice" if name in out.fields else "and is none of the properties"), "required")
            else:
                out.fields[name][1] = True
        if not out.open and not out.fields and "properties" not in place.map:
            place.say('it would have no field at all; name its "properties", or write additionalProperties: true')
        if out.open and out.fields:
            place.say("properties beside additionalProperties: choose one", "additionalProperties")

    def _array(self, place, out, depth):
        _bounds(place, out, "minItems", "maxItems", MOST_TEXT)
        if "items" not in place.map:
            place.say('"items" is missing')
            out.items = Schema()
        else:
            out.items = self.read(place.below("items", place.what + "[]"), depth + 1)

    def _string(self, place, out, _depth):
        _bounds(place, out, "minLength", "maxLength", MOST_TEXT)
        _values(place, out)
        out.pattern, out.format = place.get("pattern", str), place.get("format", str)
        why = pattern_fault(out.pattern) if out.pattern is not None else None
        if why:
            place.say('"pattern": %s' % why, "pattern")
        if out.format and out.format not in FORMATS:
            place.say('"format" is to be one of %s' % ", ".join(FORMATS), "format")

    def _integer(self, place, out, _depth):
        _bounds(place, out, "minimum", "maximum", MOST)
        _values(place, out)

    def _boolean(self, place, out, _depth):
        _values(place, out)


def unbounded(schema, path):
    """Paths of texts and lists a caller could make as long as they like."""
    if schema.type == "string" and schema.most == MOST_TEXT and not schema.values:
        yield path
    if schema.type == "array":
        if schema.most == MOST_TEXT:
            yield path
        yield from unbounded(schema.items, path + "[]")
    if schema.open:
        yield path
    for name, (inner, _required) in schema.fields.items():
        yield from unbounded(inner, "%s.%s" % (path, name))

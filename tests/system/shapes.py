"""Values made of the schemas of the served API (src/api): one that is right, and many that are each wrong in one place."""
import re


def resolve(document, schema):
    """Without $ref at its top; `null` is said by the second."""
    null = False
    if "anyOf" in schema:
        null = True
        schema = [one for one in schema["anyOf"] if one != {"type": "null"}][0]
    if "$ref" in schema:
        schema = document["components"]["schemas"][schema["$ref"].rsplit("/", 1)[1]]
    kind = schema.get("type")
    if isinstance(kind, list):
        return [k for k in kind if k != "null"][0], schema, True
    return kind, schema, null


# --- a text that a pattern admits

def _class(text, at):
    """The first character of a class of a pattern, and where it ends."""
    end = at + 1
    negated = text[end] == "^"
    end += negated
    first = None
    taken = set()
    while text[end] != "]" or first is None:
        if text[end] == "\\":
            end += 1
        if first is None:
            first = text[end]
        taken.add(text[end])
        end += 1
    if negated:
        first = [c for c in "abcxyz019-" if c not in taken][0]
    return first, end + 1


def _atom(text, at):
    if text[at] == "[":
        return _class(text, at)
    if text[at] == "(":
        out, at = _group(text, at + 1)
        return out, at + 1
    if text[at] == "\\":
        return text[at + 1], at + 2
    return ("a" if text[at] == "." else text[at]), at + 1


def _group(text, at):
    """Of the alternatives the first."""
    out, first = "", None
    while at < len(text) and text[at] != ")":
        if text[at] == "|":
            first, out = (out if first is None else first), ""
            at += 1
            continue
        one, at = _atom(text, at)
        times = re.match(r"[?*+]|\{(\d+)(?:,\d*)?\}", text[at:])
        count = 1
        if times:
            count = int(times.group(1)) if times.group(1) else 1 if times.group() == "+" else 0
            at += times.end()
        out += one * count
    return (out if first is None else first), at


def like(pattern):
    out = _group(pattern[1:-1], 0)[0]
    assert re.match(pattern, out), (pattern, out)
    return out


# --- what is right

def right(document, schema, deep=False):
    """A value the schema admits; with what is optional when deep."""
    kind, schema, _null = resolve(document, schema)
    if "enum" in schema:
        return [one for one in schema["enum"] if one is not None][0]
    if kind == "object":
        needed = schema.get("required", [])
        return {name: right(document, inner, deep) for name, inner in schema.get("properties", {}).items() if deep or name in needed}
    if kind == "array":
        return [right(document, schema["items"], deep) for _ in range(max(schema.get("minItems", 0), 1 if deep else 0))]
    if kind == "string":
        if "pattern" in schema:
            return like(schema["pattern"])
        if schema.get("format") == "date-time":
            return "2031-01-31T12:00:00Z"
        return "a" * max(schema.get("minLength", 0), 1)
    if kind == "integer":
        return max(schema.get("minimum", 0), min(1, schema.get("maximum", 1)))
    return True


# --- what is wrong

WRONG = {"object": 7, "array": "text", "string": 7, "integer": "text", "boolean": "true"}


def wrong(document, schema, path=""):
    """(path of the fault, value) for each way to be wrong in one place; all else in the value is right."""
    kind, schema, null = resolve(document, schema)
    yield path, WRONG[kind]
    if not null:
        yield path, None
    if "enum" in schema and kind == "string":
        yield path, "no such word"
    elif kind == "string":
        if schema.get("maxLength", 1 << 20) < 1 << 16:
            yield path, "a" * (schema["maxLength"] + 1)
        if schema.get("minLength"):
            yield path, ""
        if "pattern" in schema and not re.match(schema["pattern"], "\u00a7"):
            yield path, "\u00a7"
    elif kind == "integer":
        if "minimum" in schema:
            yield path, schema["minimum"] - 1
        if "maximum" in schema:
            yield path, schema["maximum"] + 1
        yield path, True
    elif kind == "array":
        if "maxItems" in schema and schema["maxItems"] <= 200:
            one = right(document, schema["items"])
            yield path, [one] * (schema["maxItems"] + 1)
        if schema.get("minItems"):
            yield path, []
        for at, value in wrong(document, schema["items"], path + "[0]"):
            yield at, [value]
    elif kind == "object" and "properties" in schema:
        yield from _wrong_object(document, schema, path)


def _wrong_object(document, schema, path):
    base = right(document, schema)
    dot = path + "." if path else ""
    yield dot + "zz_unknown", dict(base, zz_unknown=1)
    for name in schema.get("required", []):
        yield dot + name, {key: value for key, value in base.items() if key != name}
    for name, inner in schema["properties"].items():
        for at, value in wrong(document, inner, dot + name):
            yield at, dict(base, **{name: value})


def wrong_parameter(document, parameter):
    """Texts that a parameter does not admit."""
    kind, schema, _null = resolve(document, parameter["schema"])
    if kind == "boolean":
        return ["1", "TRUE", ""]
    if kind == "integer":
        out = ["x", "1.0", "", "99999999999999999999", "+1" if schema.get("minimum", 0) > 1 else "0x1"]
        out += [str(schema["minimum"] - 1)] if "minimum" in schema else []
        return out + ([str(schema["maximum"] + 1)] if "maximum" in schema else [])
    if "enum" in schema:
        return ["no such word"]
    out = ["a" * (schema["maxLength"] + 1)] if schema.get("maxLength", 1 << 20) <= 2000 else []
    return out + ["\u00a7"] * ("pattern" in schema and not re.match(schema["pattern"], "\u00a7"))

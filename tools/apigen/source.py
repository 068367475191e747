"""YAML whose every key knows its line, and the list of what is wrong with it."""
import yaml


class Map(dict):
    """A mapping; line: its own, lines: those of its keys."""
    line = 0
    lines: dict = {}


class Faults:
    def __init__(self):
        self.found = []

    def add(self, where, line, text):
        self.found.append("%s:%d: %s" % (where, line, text))


class _Loader(yaml.SafeLoader):
    faults = None
    where = ""

    def mapping(self, node, deep=True):
        out = Map()
        out.line, out.lines = node.start_mark.line + 1, {}
        for key_node, value_node in node.value:
            key, line = self.construct_object(key_node, deep=deep), key_node.start_mark.line + 1
            if not isinstance(key, str):
                self.faults.add(self.where, line, "the key %r is no text; put it into quotes" % (key,))
                key = str(key)
            if key in out:
                self.faults.add(self.where, line, '"%s" stands here twice' % key)
            out[key] = self.construct_object(value_node, deep=deep)
            out.lines[key] = line
        return out


_Loader.add_constructor("tag:yaml.org,2002:map", lambda loader, node: loader.mapping(node))
_Loader.add_constructor("tag:yaml.org,2002:timestamp", yaml.SafeLoader.construct_yaml_str)


def load(path, faults):
    """The file as a Map; an empty one when it cannot be read, which is a fault."""
    try:
        loader = _Loader(path.read_text(encoding="utf-8"))
        loader.faults, loader.where = faults, path.name
        out = loader.get_single_data()
    except (OSError, UnicodeDecodeError) as error:
        faults.add(path.name, 0, str(error))
        return Map()
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        faults.add(path.name, mark.line + 1 if mark else 0, "no YAML: %s" % getattr(error, "problem", error))
        return Map()
    if not isinstance(out, Map):
        faults.add(path.name, 1, "a mapping is expected")
        return Map()
    return out


class Place:
    """A mapping of a file, with what it stands for, so that faults can be told."""

    def __init__(self, faults, where, value, what, line=0):
        self.faults, self.where, self.what = faults, where, what
        self.line = getattr(value, "line", line) or line
        self.map = value if isinstance(value, Map) else Map()
        if not isinstance(value, Map):
            self.say("is to be a mapping")

    def say(self, text, key=None):
        self.faults.add(self.where, self.map.lines.get(key, self.line) if key else self.line, "%s: %s" % (self.what, text))

    def only(self, known):
        for key in self.map:
            if key not in known:
                self.say('"%s" is not known here; known are: %s' % (key, ", ".join(known)), key)

    def get(self, key, kind, default=None, needed=False):
        value = self.map.get(key)
        if value is None:
            if needed:
                self.say('"%s" is missing' % key)
            return default
        if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
            self.say('"%s" is to be %s' % (key, {str: "a text", int: "a whole number", bool: "true or false", list: "a list", Map: "a mapping"}[kind]), key)
            return default
        return value

    def below(self, key, what=None, needed=True):
        if key not in self.map and not needed:
            return None
        return Place(self.faults, self.where, self.map.get(key), what or "%s.%s" % (self.what, key), self.map.lines.get(key, self.line))

    def each(self, key, needed=True):
        """(name, place) of what stands under a key."""
        inner = self.below(key, needed=needed)
        return [(name, inner.below(name, name)) for name in inner.map] if inner else []

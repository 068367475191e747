"""lists/NAME.sql: one SELECT, and in its head what it can be sorted by.

    -- Sorts: name, -due, priority      the first is the default; a leading - is from the other end. Each may be had both
                                        ways. What is sorted by is a column and never NULL: `_due`, where there is one, else `due`.
    -- Key: person                      the column that makes the order whole: unique, never NULL (default: id)
    -- Total: yes                       counting all is cheap
    -- Filters: given                   `(:name IS NULL OR …)` becomes `(…)` where the parameter is given and goes where it is not, so that an index can be used

Tables and views of ledger.db stand bare, those of derived.db as derived.NAME. Columns whose names begin with _ are for sorting and not shown. :names are parameters of the operation, or one of
:now, :lang, :person, :projects. The tool makes a statement for each order and for the first page and those after."""
import re

BUILTIN = ["now", "lang", "person", "projects"]


class List:
    def __init__(self, path, faults):
        self.name, self.where, self.faults = path.stem, "lists/" + path.name, faults
        text = path.read_text(encoding="utf-8")
        self.sorts, self.key, self.total, self.given = [], "id", False, False
        for number, line in enumerate(text.splitlines(), 1):
            match = re.match(r"-- ([A-Z][a-z]+): *(.*?)\s*$", line)
            if match:
                self.head(number, match.group(1), match.group(2))
        if not self.sorts:
            faults.add(self.where, 1, 'the head has no line "-- Sorts: column, …"')
            self.sorts = [self.key]
        self.default = self.sorts[0]
        names = [s.lstrip("-") for s in self.sorts]
        self.sorts = [self.default] + [s for s in (sign + n for n in names for sign in ("", "-")) if s != self.default]
        self.sql = re.sub(r"^\s*--.*\n?", "", text, flags=re.M).strip().rstrip(";").strip()
        if ";" in re.sub(r"'[^']*'", "", self.sql):
            faults.add(self.where, 1, "one SELECT is expected")
        if not re.match(r"(SELECT|WITH)\b", self.sql, re.I):
            faults.add(self.where, 1, "it is to begin with SELECT or WITH")
        self.derived = re.search(r"\bderived\.", self.sql) is not None
        self.holes = sorted(set(re.findall(r":([a-z_]+)", re.sub(r"'[^']*'", "", self.sql))))

    def head(self, number, word, value):
        if word == "Sorts":
            self.sorts = [one.strip() for one in value.split(",")]
            for one in self.sorts:
                if not re.match(r"-?[a-z_][a-z0-9_]*\Z", one):
                    self.faults.add(self.where, number, '"%s" is no column' % one)
        elif word == "Key":
            self.key = value
        elif word == "Total":
            self.total = value == "yes"
        elif word == "Filters":
            self.given = value == "given"

    def check(self, place, op):
        names = [p.name for p in op.parameters]
        for hole in self.holes:
            if hole not in names and hole not in BUILTIN:
                place.say("lists/%s.sql asks for :%s, which is no parameter" % (self.name, hole), "x-list")
        for name in names:
            if name not in self.holes and name not in ("limit", "cursor", "format", "sort"):
                place.say("lists/%s.sql does not use the parameter :%s" % (self.name, name), "x-list")
        for name in ("limit", "cursor", "format"):
            if name not in names:
                place.say("the shared parameter %s is missing in openapi.yaml" % name)

    def orders(self):
        """(sort, column, down, first page, further pages)."""
        for sort in self.sorts:
            column, down = sort.lstrip("-"), sort.startswith("-")
            if re.search(r"\bAS _%s\b" % column, self.sql):
                column = "_" + column
            way, sign = ("DESC", "<") if down else ("ASC", ">")
            pair = [column] if column == self.key else [column, self.key]
            order = ", ".join("%s %s" % (one, way) for one in pair)
            left = "%s" % pair[0] if len(pair) == 1 else "(%s)" % ", ".join(pair)
            right = ":after_key" if len(pair) == 1 else "(:after_sort, :after_key)"
            head = "SELECT *, %s AS _sort, %s AS _key FROM (\n%s\n)" % (column, self.key, self.sql)
            tail = " ORDER BY %s LIMIT :limit" % order
            yield sort, head + tail, "%s WHERE %s %s %s%s" % (head, left, sign, right, tail)

    def count(self):
        return "SELECT count(*) FROM (\n%s\n)" % self.sql

"""The web's types: schemas, operations, permissions, roles; and the table of operations it calls by."""
import json
import re

from apigen.model import ROLES


def kind(schema, depth=0, named=True):
    if named and schema.ref:
        out = schema.ref
    elif schema.values:
        out = " | ".join(json.dumps(v, ensure_ascii=False) for v in schema.values)
        out = "(%s)" % out if schema.null else out
    elif schema.type == "object" and schema.open:
        out = "Record<string, %s>" % (kind(schema.of, depth) if schema.of else "unknown")
    elif schema.type == "object":
        pad = "  " * (depth + 1)
        lines = []
        for name, (inner, required) in schema.fields.items():
            if inner.description:
                lines.append("%s/** %s */\n" % (pad, re.sub(r"\s+", " ", inner.description).replace("*/", "* /")))
            lines.append("%s%s%s: %s;\n" % (pad, name, "" if required else "?", kind(inner, depth + 1)))
        out = "{\n%s%s}" % ("".join(lines), "  " * depth) if lines else "Record<string, never>"
    elif schema.type == "array":
        inner = kind(schema.items, depth)
        out = "%s[]" % (inner if re.match(r"[A-Za-z]+\Z", inner) or inner.startswith("{") else "(%s)" % inner)
    else:
        out = {"string": "string", "integer": "number", "boolean": "boolean"}[schema.type]
    return out + (" | null" if schema.null else "")


def parameters(op):
    if not op.parameters:
        return "Record<string, never>"
    return "{ %s }" % "; ".join("%s%s: %s" % (p.name, "" if p.required else "?", kind(p.schema)) for p in op.parameters)


def answer(op):
    kinds = []
    for a in op.answers:
        one = kind(a.schema, 2) if a.schema else ("Blob" if op.gives_file else "string" if a.types else "undefined")
        if one not in kinds:
            kinds.append(one)
    return " | ".join(kinds)


def write(model):
    out = ["// Made by tools/api.py of src/api. Not to be edited.\n\n"]
    out.append("export type Permission =\n%s;\n\n" % "\n".join('  | "%s"' % name for name in model.permissions))
    out.append("export type Role = %s;\n\n" % " | ".join('"%s"' % role for role in ROLES))
    out.append("export type ProblemType = %s;\n\n" % " | ".join('"/api/#%s"' % name for name in model.problems))
    for name, schema in sorted(model.schemas.items()):
        if schema.description:
            out.append("/** %s */\n" % re.sub(r"\s+", " ", schema.description))
        text = kind(schema, named=False)
        out.append("export interface %s %s\n\n" % (name, text) if text.startswith("{") and not schema.null else "export type %s = %s;\n\n" % (name, text))
    out.append("export interface Operations {\n")
    for op in model.operations:
        body = "undefined"
        if op.body_type:
            body = (kind(op.body, 2) if op.body else "Blob" if op.takes_file else "string") + ("" if op.body_needed else " | undefined")
        out.append("  /** %s */\n  %s: {\n    parameters: %s;\n    body: %s;\n    answer: %s;\n  };\n" % (op.summary, op.id, parameters(op), body, answer(op)))
    out.append("}\n\nexport interface Operation {\n  method: \"%s\";\n  path: string;\n" % '" | "'.join(["GET", "POST", "PUT", "PATCH", "DELETE"]))
    out.append('  /** "public", "self", or what one must be permitted */\n  permission: Permission | "public" | "self";\n')
    out.append("  /** it has a parameter `project`: of which project it speaks, to who has a role in projects alone */\n  scoped?: true;\n}\n\n")
    out.append("export const operations: { readonly [K in keyof Operations]: Operation } = {\n")
    for op in model.operations:
        scoped = ", scoped: true" if op.scope == "filtered" and any(p.name == "project" and p.schema.most == 20 for p in op.parameters) else ""
        out.append('  %s: { method: "%s", path: "%s", permission: "%s"%s },\n'
                   % (op.id, op.method.upper(), op.path, "self" if op.permission == "session" else op.permission, scoped))
    out.append("};\n")
    return "".join(out)

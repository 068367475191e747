"""The document served at /api/v1/openapi.json: OpenAPI 3.1, all files together, problems and security said in full."""
import json

from apigen.model import plain, shape


def parameter(p):
    return {"name": p.name, "in": p.where, "required": p.required, "description": p.description, "schema": shape(p.schema)}


def operation(model, op):
    out = {"operationId": op.id, "tags": [op.tag], "summary": op.summary}
    if op.description:
        out["description"] = op.description
    if op.parameters:
        out["parameters"] = [parameter(p) for p in op.parameters]
    if op.body_type:
        content = {"schema": plain(op.body)} if op.body else {}
        out["requestBody"] = {"required": op.body_needed, "content": {kind: content for kind in op.body_type.split(" ")}}
    out["responses"] = {}
    for a in op.answers:
        one = out["responses"][str(a.status)] = {"description": a.description}
        if a.types:
            one["content"] = {kind: {"schema": plain(a.schema)} if kind == "application/json" and a.schema else {} for kind in a.types}
    out["responses"]["default"] = {"$ref": "#/components/responses/Problem"}
    out["security"] = {"public": [], "session": [{"session": []}]}.get(op.permission, [{"session": []}, {"token": []}])
    out["x-permission"] = op.permission
    out["x-process"] = op.process
    if op.facts:
        out["x-fact"] = op.facts
    if op.scope != "org":
        out["x-scope"] = op.scope
    if op.body_type:
        out["x-max-body"] = op.max_body
    for key, value in (("x-body", op.takes_file), ("x-answer", op.gives_file)):
        if value:
            out[key] = "file"
    for key, value in (("x-if-match", op.if_match), ("x-secret", op.secret)):
        if value:
            out[key] = True
    return out


def document(model):
    paths = {}
    for op in model.operations:
        paths.setdefault(op.path, {})[op.method] = operation(model, op)
    return {
        "openapi": "3.1.0",
        "info": dict(model.head.get("info", {})),
        "servers": [{"url": "/"}],
        "tags": [{"name": name, "description": what} for name, what in model.tags],
        "paths": paths,
        "components": {
            "securitySchemes": {
                "session": {"type": "apiKey", "in": "cookie", "name": "__Host-sinetti"},
                "token": {"type": "http", "scheme": "bearer"},
            },
            "responses": {"Problem": {"description": "A problem (RFC 9457)",
                                      "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}}},
            "schemas": {name: shape(schema) for name, schema in model.schemas.items()},
        },
        "x-problems": model.problems,
        "x-roles": {name: {"permissions": role["permissions"]} for name, role in model.roles.items()},
        "x-permissions": model.permissions,
    }


def write(model):
    return json.dumps(document(model), ensure_ascii=False, separators=(",", ":"))

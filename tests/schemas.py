"""Checks reports against docs/schemas, and that each field of a schema occurs in some report.

Reads one JSON value per line: `schema`, the name of a file there; `report`; `command`.
"""

import json
import pathlib
import sys

from jsonschema import Draft202012Validator
from referencing import Registry, Resource

FOLDER = pathlib.Path(__file__).parent.parent / "docs" / "schemas"
SCHEMAS = {path.name: json.loads(path.read_text()) for path in sorted(FOLDER.glob("*.json"))}
REGISTRY = Registry().with_resources(
    (name, Resource.from_contents(schema)) for name, schema in SCHEMAS.items()
)


def validator(place):
    return Draft202012Validator({"$ref": place}, registry=REGISTRY)


def at(place):
    """The schema at `file.json#/a/b`."""
    file, pointer = place.split("#")
    schema = SCHEMAS[file]
    for part in filter(None, pointer.split("/")):
        schema = schema[int(part)] if isinstance(schema, list) else schema[part]
    return schema


def target(place, ref):
    file, _ = place.split("#")
    return file + ref if ref.startswith("#") else ref + "#"


def fields(place, schema):
    """The places of all fields below a schema."""
    for name, inner in schema.get("properties", {}).items():
        yield f"{place}/properties/{name}"
        yield from fields(f"{place}/properties/{name}", inner)
    for name, inner in schema.get("$defs", {}).items():
        yield from fields(f"{place}/$defs/{name}", inner)
    for number, inner in enumerate(schema.get("oneOf", [])):
        yield from fields(f"{place}/oneOf/{number}", inner)


def visit(place, value, seen):
    """Notes which fields a value has."""
    schema = at(place)
    if "$ref" in schema:
        return visit(target(place, schema["$ref"]), value, seen)
    for number in range(len(schema.get("oneOf", []))):
        if validator(f"{place}/oneOf/{number}").is_valid(value):
            visit(f"{place}/oneOf/{number}", value, seen)
    if isinstance(value, list) and "items" in schema:
        for item in value:
            visit(f"{place}/items", item, seen)
    if isinstance(value, dict):
        for name, item in value.items():
            if name in schema.get("properties", {}):
                seen.add(f"{place}/properties/{name}")
                visit(f"{place}/properties/{name}", item, seen)
            elif isinstance(schema.get("additionalProperties"), dict):
                visit(f"{place}/additionalProperties", item, seen)


def main():
    wrong, seen = [], set()
    for schema in SCHEMAS.values():
        Draft202012Validator.check_schema(schema)
    for line in sys.stdin:
        case = json.loads(line)
        place = case["schema"] + ".json#"
        errors = list(validator(place).iter_errors(case["report"]))
        for error in errors:
            wrong.append(f"{case['command']}: {place}: {error.json_path}: {error.message[:200]}")
        if not errors:
            visit(place, case["report"], seen)
    for name, schema in SCHEMAS.items():
        unseen = [field for field in fields(name + "#", schema) if field not in seen]
        wrong.extend(f"no report has {field}" for field in unseen)
    print("\n".join(wrong))


main()

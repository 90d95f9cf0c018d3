"""What a request asks: its account, its parameters checked by name and range, its body."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tests.platforms.x.accounts import Account
from tests.platforms.x.problems import Json, Refused, invalid, problem

if TYPE_CHECKING:
    from tests.platforms.x_server import XServer

NUMBER = re.compile(r"[0-9]{1,19}")


@dataclass(frozen=True, slots=True)
class Asked:
    """One request after its signature was found right."""

    account: Account
    named: Mapping[str, str]
    query: Mapping[str, str]
    body: Json = field(default_factory=dict)

    def number(self, name: str = "id") -> str:
        """Return an id of the path; refused where it is none."""
        value = self.named[name]
        if not NUMBER.fullmatch(value):
            raise invalid(f"The `{name}` query parameter value [{value}] is not valid",
                          {name: [value]})  # fmt: skip
        return value

    def only(self, *names: str) -> None:
        """Refuse a query parameter that there is not."""
        for name, value in self.query.items():
            if name not in names:
                known = ",".join(sorted((*names, "id")))
                raise invalid(
                    f"The query parameter [{name}] is not one of [{known}]", {name: [value]}
                )

    def within(self, name: str, usual: int, low: int, high: int) -> int:
        """Return a whole number of the query; refused outside its range."""
        value = self.query.get(name, str(usual))
        if not value.isdigit() or not low <= int(value) <= high:
            said = (
                f"The `{name}` query parameter value [{value}] is not between {low} and {high}"
            )
            raise invalid(said, {name: [value]})
        return int(value)

    def listed(self, name: str, known: Collection[str]) -> set[str]:
        """Return a list of the query; refused where X does not know one of it."""
        values = set(filter(None, self.query.get(name, "").split(",")))
        for value in values - set(known):
            among = ",".join(sorted(known))
            said = f"The `{name}` query parameter value [{value}] is not one of [{among}]"
            raise invalid(said, {name: [value]})
        return values


@dataclass(frozen=True, slots=True)
class Created:
    """An answer of 201."""

    body: Json


Handler = Callable[["XServer", Asked], Json | Created]


def object_of(body: Json, name: str, allowed: Collection[str], path: str = "$") -> Json:
    """Return an object inside a body, {} where there is none; refused as the schema says."""
    value = body.get(name, {})
    if not isinstance(value, dict):
        raise invalid(f"{path}.{name}: {_kind(value)} found, object expected")
    only_fields(value, allowed, f"{path}.{name}")
    return value


def only_fields(body: Json, allowed: Collection[str], path: str = "$") -> None:
    """Refuse what is not in the schema."""
    for name in body:
        if name not in allowed:
            raise invalid(
                f"{path}.{name}: is not defined in the schema and the schema does not allow "
                "additional properties"
            )


def text_of(body: Json, name: str, path: str = "$") -> str:
    """Return a text inside a body, "" where there is none."""
    value = body.get(name, "")
    if not isinstance(value, str):
        raise invalid(f"{path}.{name}: {_kind(value)} found, string expected")
    return value


def id_of(value: Any, path: str) -> str:
    """Return an id of a body; refused where it is not one as text."""
    if not isinstance(value, str):
        raise invalid(f"{path}: {_kind(value)} found, string expected")
    if not NUMBER.fullmatch(value):
        raise invalid(f"{path}: does not match the regex pattern ^[0-9]{{1,19}}$")
    return value


def bytes_of(value: Any) -> bytes:
    """Return the bytes of an upload, which are base64 where the body is JSON."""
    if isinstance(value, bytes):
        return value
    try:
        return base64.b64decode(str(value), validate=True)
    except binascii.Error:
        raise invalid("$.media: is not base64") from None


def _kind(value: Any) -> str:
    kinds = {bool: "boolean", int: "integer", float: "number", list: "array", dict: "object",
             type(None): "null", str: "string"}  # fmt: skip
    return kinds[type(value)]


def forbidden(detail: str) -> Refused:
    """Return a 403 with these words."""
    return problem(403, detail)

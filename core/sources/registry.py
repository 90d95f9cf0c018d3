"""Which sources there are: a name for each, and where its class stands."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from types import MappingProxyType

from core.sources.contract import Source
from core.sources.http import Fetcher

SOURCES: Mapping[str, str] = MappingProxyType(
    {
        "cpsc": "core.sources.cpsc:Cpsc",
        "safety_gate": "core.sources.safety_gate:SafetyGate",
        "health_canada": "core.sources.health_canada:HealthCanada",
        "opss": "core.sources.opss:Opss",
        "rappelconso": "core.sources.rappelconso:RappelConso",
        "accc": "core.sources.accc:Accc",
        "sg_cpso": "core.sources.sg_cpso:SgCpso",
        "nhtsa": "core.sources.nhtsa:Nhtsa",
        "fda": "core.sources.fda:Fda",
        "usda_fsis": "core.sources.usda_fsis:UsdaFsis",
    }
)


class UnknownSource(Exception):  # noqa: N818 - it says what is the matter
    """No source has that name; the text is one line that names those there are."""


def build(name: str, fetcher: Fetcher, base_url: str | None = None) -> Source:
    """Return the source of that name; with a `base_url` every address lies there instead.

    Raises UnknownSource.
    """
    try:
        module, _, kind = SOURCES[name].partition(":")
    except KeyError:
        raise UnknownSource(
            f"there is no source {name!r}; there are {', '.join(SOURCES)}"
        ) from None
    source: Source = getattr(import_module(module), kind)(fetcher, base_url)
    return source

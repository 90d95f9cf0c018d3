"""How authorities are called in few words, for posts without room for their whole names."""

from __future__ import annotations

# The long names of the sources and the catalogue, the longest of those that overlap first.
_SHORT = (
    ("U.S. Department of Agriculture, Food Safety and Inspection Service", "USDA FSIS"),
    ("U.S. National Highway Traffic Safety Administration", "NHTSA"),
    ("U.S. Consumer Product Safety Commission", "CPSC"),
    ("U.S. Food and Drug Administration", "FDA"),
    ("Australian Competition and Consumer Commission", "ACCC"),
    ("UK Office for Product Safety and Standards", "UK OPSS"),
    ("Office for Product Safety and Standards (UK)", "UK OPSS"),
    ("Consumer Product Safety Office, Singapore", "CPSO Singapore"),
    ("Consumer Product Safety Office (Singapore)", "CPSO Singapore"),
    ("Bureau of Standards, Metrology and Inspection (Taiwan)", "BSMI (Taiwan)"),
    ("State Administration for Market Regulation (China)", "SAMR (China)"),
    ("Shenzhen Administration for Market Regulation (China)", "Shenzhen AMR (China)"),
    ("Consumer Affairs Agency and METI (Japan)", "CAA, METI (Japan)"),
)


def short_name(authority: str) -> str:
    """Return the name with the authorities we know by what everybody calls them."""
    for long, short in _SHORT:
        authority = authority.replace(long, short)
    return authority

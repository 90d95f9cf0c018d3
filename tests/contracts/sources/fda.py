"""How the FDA's feeds and openFDA answer, and what iRES gives to those who have a key."""

from __future__ import annotations

import json

from tests.contracts.source_case import SourceCase, recorded
from tests.contracts.source_pages import ITEMS, JsonList, json_mutants, xml_mutants

_PRESS = recorded("fda", "press.xml")
_REPORTS = recorded("fda", "openfda.json")
_IRES = recorded("fda", "ires.json")
_NO_FEED = (
    b'<?xml version="1.0"?><rss version="2.0"><channel><title>FDA</title></channel></rss>'
)
_NOT_FOUND = b'{"error": {"code": "NOT_FOUND", "message": "No matches found!"}}'
_DENIED = (
    b'{"MESSAGE": "Authorization denied", "RESULTCOUNT": 0, "STATUSCODE": 401, "RESULT": []}'
)

CASES = (
    SourceCase(
        name="fda",
        part="press",
        payload=_PRESS,
        url="https://www.fda.gov/about-fda/contact-fda/stay-informed/rss-feeds/recalls/rss.xml",
        count=_PRESS.count(b"<item>"),
        shape=ITEMS,
        mutants=xml_mutants,
        answers={"enforcement.json": _REPORTS},
        content_type="application/rss+xml",
        errors=(_NO_FEED,),
    ),
    SourceCase(
        name="fda",
        part="openfda",
        payload=_REPORTS,
        url="https://api.fda.gov/food/enforcement.json?sort=report_date:asc&limit=1000",
        count=len(json.loads(_REPORTS)["results"]),
        shape=JsonList(("results",)),
        mutants=json_mutants,
        answers={"rss.xml": _PRESS},
        errors=(_NOT_FOUND, b"{}", b"[]"),
    ),
    SourceCase(
        name="fda",
        part="ires",
        payload=_IRES,
        url="https://www.accessdata.fda.gov/rest/iresapi/recalls/",
        count=len(json.loads(_IRES)["RESULT"]),
        shape=JsonList(("RESULT",)),
        mutants=json_mutants,
        # iRES is not asked; openFDA gives the same reports.
        answers={"rss.xml": _PRESS, "enforcement.json": _REPORTS},
        errors=(_DENIED,),
    ),
)

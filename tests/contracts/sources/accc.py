"""How Product Safety Australia answers: its feed, and a page for each notice."""

from __future__ import annotations

from tests.contracts.source_case import SourceCase, recorded
from tests.contracts.source_pages import ITEMS, xml_mutants

CASES = (
    SourceCase(
        name="accc",
        payload=recorded("accc", "feed.xml"),
        url="https://www.productsafety.gov.au/rss/feed.xml/psa_recall",
        count=4,
        shape=ITEMS,
        mutants=xml_mutants,
        answers={"search-consumer-product-recalls": recorded("accc", "page.html")},
        content_type="application/rss+xml",
        errors=(b"<rss><channel></channel></rss>", b"<html><body>Sorry</body></html>"),
    ),
)

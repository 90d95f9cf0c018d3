"""Whatever a text says: drafting never fails, and no unit is cleared by a draft."""

from __future__ import annotations

from hypothesis import example, given
from hypothesis import strategies as st

from core.match.decide import decide
from core.model.unit import Unit
from core.model.verdict import Verdict
from core.sources.drafts.draft import draft
from tests.builders import STEADY, a_notice, knowledge

WORDS = (
    *(
        "model",
        "Models",
        "Model No.",
        "serial numbers",
        "lot",
        "date codes",
        "UPC",
        "VIN",
        "SKU",
    ),
    *("A1263", "B-77", "2313", "711B", "57X", "XXXX24XXX", "4006381333931", "12M", "E2037"),
    *("through", "to", "-", "between", "and", "or", "starting with", "ending in", "from"),
    *("made", "before", "June 2022", "4/28/2024", "2024-01-02", "sold", "best by", "2020-2023"),
    *("not included", "except", "only", "certain", "following", "or higher", "to determine if"),
    *(
        ".",
        ",",
        ";",
        ":",
        "(",
        ")",
        '"',
        "|",
        "/",
        "#",
        "This recall involves",
        "Color",
        "Blue",
    ),
    *("5398705/31/2027", "date de durabilité minimale", "represents", "all units", "YYWW"),
)
TEXTS = st.lists(st.sampled_from(WORDS), max_size=40).map(" ".join) | st.text(max_size=80)
FACTS = st.dictionaries(
    st.sampled_from(("serial", "lot", "batch", "date_code", "upc", "manufactured", "bought")),
    st.sampled_from(("2313", "57X1234", "A1263", "4006381333931", "2024-01-02", "99")),
)


@STEADY
@given(st.lists(TEXTS, max_size=3), st.text(max_size=30), st.lists(TEXTS, max_size=2))
@example(["lot 2022-09-14; 2021-01-01"], "", ["\u0130"])
@example(["4006381333931; E2037; best by; 2024-01-02; 2020-05-05"], "x", [])
def test_any_text_has_a_draft(texts: list[str], product: str, models: list[str]) -> None:
    drafted = draft(texts, product, models)

    assert drafted.complete or drafted.left_over


@STEADY
@given(TEXTS, st.sampled_from((None, "A1263", "E2037", "711B", "Z9")), FACTS)
@example("Model A1263 with serial numbers 2313 to 2318.", "A1263", {"serial": "9999"})
def test_no_unit_is_cleared_by_a_draft(
    text: str, model: str | None, facts: dict[str, str]
) -> None:
    drafted = draft([text], "Power bank", ())
    notice = a_notice(drafted.rule, complete=False)
    unit = Unit(notice.brands[0], model, facts, confirmed=True)

    decision = decide(unit, [notice], knowledge())

    assert decision.verdict is not Verdict.NOT_AFFECTED

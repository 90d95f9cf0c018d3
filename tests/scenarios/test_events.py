"""Stories of events: what several authorities tell of one thing, and what takes up another."""

from __future__ import annotations

import json

from tests.scenarios.desk import Desk, Record, another, cpsc, recorded


def canada(number: str, url: str) -> Record:
    """Return a row of Health Canada with another number and page."""
    return recorded("health_canada/recorded.json")[0] | {"NID": number, "URL": url}


async def test_s25_a_joint_recall_and_health_canadas_notice_of_it_are_one_event(
    desk: Desk,
) -> None:
    [linked] = cpsc("26349")["Inconjunctions"]
    await desk.reads("cpsc", cpsc("26349"), cpsc("26166"))

    await desk.reads(
        "health_canada",
        canada("1", linked["URL"]),
        canada("2", f"{linked['URL']}-0"),
        canada("3", ""),
        canada("4", ""),
    )

    assert await desk.event("cpsc-26349") == ["cpsc-26349", "health-canada-1"]
    assert await desk.event("health-canada-2") == ["health-canada-2"]
    assert await desk.event("health-canada-3") == ["health-canada-3"]
    assert await desk.event("cpsc-26166") == ["cpsc-26166"]


async def test_a_recall_of_transport_canada_is_met_by_its_number(desk: Desk) -> None:
    page = "https://wwwapps.tc.gc.ca/Saf-Sec-Sur/7/VRDB-BDRV/search-recherche/detail.aspx"
    snowmobile = another(25343, Inconjunctions=[{"URL": f"{page}?rn=2025124"}])
    pages = "https://recalls-rappels.canada.ca/en/alert-recall/transport-canada-recall"
    await desk.reads("health_canada", canada("1", f"{pages}-2025124-polaris"))
    await desk.reads("health_canada", canada("2", f"{pages}-2025125-polaris"))

    await desk.reads("cpsc", snowmobile)

    assert await desk.event("cpsc-25343") == ["health-canada-1", "cpsc-25343"]


async def test_two_recalls_of_one_canadian_page_are_one_event_once_it_is_here(
    desk: Desk,
) -> None:
    expanded = cpsc("26166")
    first = another(24222, Inconjunctions=expanded["Inconjunctions"])
    await desk.reads("cpsc", expanded, first)
    before = await desk.event("cpsc-26166")

    await desk.reads("health_canada", canada("7", expanded["Inconjunctions"][0]["URL"]))

    assert before == ["cpsc-26166"]
    assert set(await desk.event("cpsc-26166")) == {
        "cpsc-26166",
        "cpsc-24222",
        "health-canada-7",
    }


async def test_a_fiche_that_repeats_an_alert_is_one_event_with_it(desk: Desk) -> None:
    fiches = recorded("rappelconso/records.json")
    [repeated] = [one for one in fiches if one["numero_fiche"] == "sr/00842/26"]
    alert, other = recorded("safety_gate/alerts.json")[:2]
    await desk.reads("safety_gate", alert | {"reference": "SR/00842/26"}, other)

    await desk.reads("rappelconso", *fiches)

    assert await desk.event("rappelconso-sr-00842-26") == [
        "safety-gate-sr-00842-26",
        "rappelconso-sr-00842-26",
    ]
    assert repeated["lien_vers_la_fiche_rappel"].endswith("/rapex")
    assert await desk.event("safety-gate-sr-00581-26") == ["safety-gate-sr-00581-26"]
    assert await desk.event("rappelconso-2026-06-0249") == ["rappelconso-2026-06-0249"]


async def test_an_alert_that_links_to_a_fiche_is_one_event_with_it(desk: Desk) -> None:
    [alert] = [
        one for one in recorded("safety_gate/alerts.json") if one["reference"] == "SR/00484/26"
    ]
    fiches = recorded("rappelconso/records.json")
    fiche, other = fiches[1] | {"numero_fiche": "2026-02-0062"}, fiches[2]
    await desk.reads("rappelconso", fiche, other)

    await desk.reads("safety_gate", alert)

    assert await desk.event("safety-gate-sr-00484-26") == [
        "rappelconso-2026-02-0062",
        "safety-gate-sr-00484-26",
    ]


# Expansions under a new number


async def test_an_expansion_of_the_cpsc_is_linked_to_what_it_extends(desk: Desk) -> None:
    first, more = cpsc("25437"), cpsc("26011")
    await desk.reads("cpsc", cpsc("26349"), cpsc("26010"), first)

    counts = await desk.reads("cpsc", more, first)

    assert counts == {"expanded": 1, "same": 1}
    assert (await desk.kept("cpsc-26011")).expands == ("cpsc-25437",)
    assert (await desk.kept("cpsc-25437")).expands == ()


async def test_an_expansion_of_fsis_is_linked_even_where_the_firm_is_called_otherwise(
    desk: Desk,
) -> None:
    rows = recorded("usda_fsis/recalls.json")
    named = {one["field_recall_number"].strip(): one for one in rows}
    more = named["030-2024-EXP"]
    renamed = json.loads(json.dumps(more).replace("Yu Shang", "Golden Spoon"))
    await desk.reads("usda_fsis", named["030-2024"], named["031-2024"])

    counts = await desk.reads("usda_fsis", renamed)

    assert counts == {"expanded": 1}
    assert (await desk.kept("usda-fsis-030-2024-exp")).expands == ("usda-fsis-030-2024",)


async def test_health_canada_says_only_in_the_title_that_a_recall_was_expanded(
    desk: Desk,
) -> None:
    row, other = recorded("health_canada/recorded.json")[:2]
    await desk.reads("health_canada", row, other)

    counts = await desk.reads(
        "health_canada", row | {"Title": f"Expanded recall: {row['Title']}"}, other
    )

    assert counts == {"expanded": 1, "same": 1}

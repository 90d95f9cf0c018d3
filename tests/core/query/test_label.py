"""What is picked from a label: models, serials and codes as printed, and nothing invented."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from core.catalogue.load import FOLDER, load
from core.match.decide import judge
from core.model.identifier import fold, skeleton
from core.model.label import Barcode, Box, Line, Reading
from core.model.lexicon import Lexicon
from core.query.label import Label, read_label

SERIAL = "AFVDC20G17301234"
ROW, LETTER, COLUMN = 40, 14, 500


def shipped() -> Lexicon:
    files = load(FOLDER, judge)
    return Lexicon.of(
        [maker for file in files for maker in file.makers],
        [notice for file in files for notice in file.recalls],
    )


LEXICON = shipped()


def seen(text: str, *codes: tuple[str, str]) -> Reading:
    """Return a reading of these lines; a tab parts columns, a code is its format and text."""
    lines = [
        Line(text=cell, box=placed(column, row, len(cell)))
        for row, cells in enumerate(text.strip().split("\n"))
        for column, cell in enumerate(cells.split("\t"))
        if cell
    ]
    barcodes = [
        Barcode(format=kind, text=told, box=placed(0, 20 + index * 3, 20))
        for index, (kind, told) in enumerate(codes)
    ]
    return Reading(lines=tuple(lines), barcodes=tuple(barcodes), width=2000, height=1500)


def placed(column: int, row: int, letters: int) -> Box:
    left, top = 10 + column * COLUMN, 10 + row * ROW
    return Box(left=left, top=top, right=left + letters * LETTER, bottom=top + 28)


def read(text: str, *codes: tuple[str, str]) -> Label:
    return read_label(seen(text, *codes), LEXICON)


def values(label: Label, field: str) -> list[str]:
    return [part.value for part in label.parts if part.field == field]


ANKER = ("Anker", "A1263", SERIAL)


@pytest.mark.parametrize(
    "text",
    [
        f"ANKER\nModel: A1263\nSN: {SERIAL}",
        f"AnkerPowerCore1oo00\nModel：A1263\nSN：{SERIAL}",
        f"ANKER\nMODELA1263\nSN{SERIAL}",
        f"ANKER\nModel\tA1263\nS/N\t{SERIAL}",
        f"ANKER\nModel\tSerial No.\nA1263\t{SERIAL}",
        f"ANKER\nModel  Serial No.\nA1263 {SERIAL}",
        f"ANKER\nModel\nA1263\nSerial Number\n{SERIAL}",
        f"ANKER\nModel:A1263 SN:{SERIAL}",
        "ANKER\nModel: A1263\nSN: AFVDC2OGI73OI234",
        "ANKER\nModel: AI263\nSN: AFVDC20Gl7301234",
        "ANKER\nModel: A1263\nSN: AFVD C20G 1730 1234",
        "ANKER\nModel: A1263\nSN: AFVDC20G1\n7301234\nMade in China",
        f"ANKER\nMode1: A1263\n5N: {SERIAL}",
        f"ANKER\nM0del: A1263\nS|N: {SERIAL}",
        f"ANKER\nModel: A1263\n{SERIAL}\nInput: 5V=2A",
        f"ANKER\nModel: A1263\nSN: {SERIAL}Made in China",
        f"安克\n型号：A1263\n序列号：{SERIAL}",
        f"アンカー\n型番:A1263\nシリアル番号:{SERIAL}",
        f"앤커\n모델명: A1263\n제조번호: {SERIAL}",
        f"ANKER\nМодель: A1263\nСерийный номер: {SERIAL}",
        f"ANKER\nModèle : A1263\nN° de série : {SERIAL}",
        f"ANKER\nModelo: A1263\nNúmero de série: {SERIAL}",
        f"ANKER\nModell-Nr.: A1263\nSeriennummer: {SERIAL}",
        f"ANKER\nالموديل: A1263\nالرقم التسلسلي: {SERIAL}",
        f"ANKER\n型号/Model: A1263\n序列号/SN: {SERIAL}",
        f"ANKER\nModel: A1263 (compatible with A1257)\nSN: {SERIAL}",
        f"ANKER\nP/N: 88-1234\nModel: A1263\nSN: {SERIAL}",
    ],
)
def test_a_label_is_read_however_it_is_laid_out_or_spoilt(text: str) -> None:
    unit = read(text).unit

    assert (unit.brand, unit.model, unit.serial) == ANKER


@pytest.mark.parametrize(
    ("text", "brand", "model"),
    [
        ("belkin\nBoostCharge Pro\nBPD005\nInput: 5V=3A", "Belkin", "BPD005"),
        ("IKEA\nType E2038\nDate code 2313", "IKEA", "E2038"),
        ("Instant Pot\nModel: Gem 65\n120V~60Hz 1000W", "Instant Pot", "Gem 65"),
        ("SAMSUNG\nMODEL CODE: WA50B5100AV/US", "Samsung", "WA50B5100AV/US"),
        ("Acme\nModel: XJ-900\nInput: 5V=2A", None, "XJ-900"),
        ("ANKER\nModel: A1263016", "Anker", "A1263016"),
        ("Model: A1263", "Anker", "A1263"),
        ("ANKER\nPart No. X-77\n5V=2A", "Anker", "X-77"),
    ],
)
def test_models_are_read_with_and_without_their_word(
    text: str, brand: str | None, model: str
) -> None:
    unit = read(text).unit

    assert (unit.brand, unit.model) == (brand, model)


@pytest.mark.parametrize(
    "line",
    [
        "Input: 5V⎓3A / 9V⎓2A",
        "Output:5V3A9V2A12V1.5A",
        "3.7V/10000mAh",
        "3.7V10000mAh37Wh",
        "37Wh 10000mAh",
        "Capacity: 20000mAh/74Wh",
        "Rated: 100-240V~50/60Hz 0.5A",
        "FCC ID: 2AB7K-X9912",
        "IC: 12345A-X9912",
        "GB/T 35590-2017",
        "GB4943.1-2022",
        "EN 62368-1:2014",
        "UN38.3 UL2056",
        "R-41012345 IS 13252",
        "Room 1318-19, Hollywood Plaza, 610 Nathan Road",
        "Shenzhen 518000 China",
        "Tel: +86-755-1234 5678",
        "Hotline 400-0550-036",
        "1-800-988-7973",
        "www.a-maker2.com/x9912",
        "support@maker99.com",
        "Made in China 2023",
        "USB-C PD3.0 QC3.0 IP67",
        "Type-C: 5V/3A",
        "Designed for iPhone 15 and A1263",
        "2024-03-12",
        "18650 Li-ion INR19/66",
        "CE0197 RoHS",
        "1234",
    ],
)
def test_what_looks_like_a_code_and_is_none_is_left_alone(line: str) -> None:
    unit = read(f"Power Bank\n{line}").unit

    assert (unit.brand, unit.model, unit.serial) == (None, None, None)


def test_of_two_equally_likely_models_none_is_taken() -> None:
    assert read("ANKER\nA1263\nA1257").unit.model is None
    assert read("ANKER\nModel: A1263\nModel: A1257").unit.model is None


def test_of_two_serials_the_one_of_the_usual_length_is_taken_and_of_equals_none() -> None:
    usual = read(f"ANKER\nModel: A1263\nSN: 12345678\nS/N: {SERIAL}")
    equal = read("Acme\nModel: XJ-900\nSN: 12345678\nS/N: 87654321")

    assert usual.unit.serial == SERIAL
    assert equal.unit.serial is None


def test_of_several_brands_the_model_s_own_or_the_tallest_is_the_unit_s() -> None:
    own = read("ANKER\nfor Samsung\nModel: A1263")
    lines = (
        Line(text="BELKIN", box=Box(left=0, top=0, right=400, bottom=90)),
        Line(text="Samsung", box=Box(left=0, top=100, right=100, bottom=120)),
    )
    tall = read_label(Reading(lines=lines, width=500, height=200), LEXICON)

    assert own.unit.brand == "Anker"
    assert tall.unit.brand == "Belkin"
    assert read("Belkin\nSamsung").unit.brand is None
    assert read("Samsung\nBrand: Belkin").unit.brand == "Belkin"


def test_look_alikes_stay_where_the_maker_s_letters_are_not_known() -> None:
    assert read("Acme\nModel: XJ-900\nSN: O0I1L234").unit.serial == "O0I1L234"


@pytest.mark.parametrize(
    ("line", "field", "value"),
    [
        ("Batch: C14-P6", "batch", "C14-P6"),
        ("批次号:C14-P6", "batch", "C14-P6"),
        ("LOT L2304A", "batch", "L2304A"),
        ("Charge: 4711B", "batch", "4711B"),
        ("Date code: 2313", "date_code", "2313"),
        ("MFG: 2203", "date_code", "2203"),
        ("MFG Date: 2024-03-05", "manufactured", "2024-03-05"),
        ("生产日期：2023年06月12日", "manufactured", "2023-06-12"),
        ("Herstellungsdatum 03/2024", "manufactured", "2024-03"),
        ("Production date: 25/12/2023", "manufactured", "2023-12-25"),
        ("Production date: 12/25/2023", "manufactured", "2023-12-25"),
        ("DOM 20230612", "manufactured", "2023-06-12"),
        ("EXP 2026-05", "expiry", "2026-05"),
        ("賞味期限 2026年5月", "expiry", "2026-05"),
        ("EAN: 4006381333931", "gtin", "4006381333931"),
        ("UPC 036000291452", "upc", "036000291452"),
        ("IMEI: 490154203237518", "imei", "490154203237518"),
        ("FCC ID: 2AB7K-A1263", "fcc_id", "2AB7K-A1263"),
    ],
)
def test_codes_and_dates_become_facts(line: str, field: str, value: str) -> None:
    assert read(f"ANKER\n{line}").unit.facts.get(field) == value


@pytest.mark.parametrize(
    "line",
    [
        "Production date: 04/05/2023",
        "MFG 2024-13-45",
        "EAN: 4006381333930",
        "IMEI: 490154203237519",
        "Lot: see bottom",
    ],
)
def test_a_date_or_number_that_cannot_be_told_is_left_out(line: str) -> None:
    assert read(f"ANKER\n{line}").unit.facts == {}


def test_a_bar_code_that_agrees_with_the_print_is_one_part() -> None:
    label = read(f"ANKER\nModel: A1263\nSN: {SERIAL}", ("Code128", SERIAL))

    serials = [part for part in label.parts if part.field == "serial"]
    assert [(part.value, part.by_barcode) for part in serials] == [(SERIAL, True)]
    assert not label.unit.confirmed


def test_a_bar_code_that_disagrees_leads_and_both_are_shown() -> None:
    other = "AFVDC20G17309999"

    label = read(f"ANKER\nModel: A1263\nSN: {SERIAL}", ("Code128", f"SN{other}"))

    assert values(label, "serial") == [other, SERIAL]
    assert label.unit.serial == other


@pytest.mark.parametrize(
    "told",
    [
        SERIAL,
        f"SN{SERIAL}",
        f"SN:{SERIAL}",
        f"A1263;{SERIAL}",
        f"Model:A1263,SN:{SERIAL}",
        f"https://www.anker.com/check?sn={SERIAL}",
        f"https://example.com/r?Model=A1263&serialNo={SERIAL}",
    ],
)
def test_a_serial_in_a_bar_code_is_found_beside_an_unreadable_print(told: str) -> None:
    label = read("ANKER\nModel: A1263", ("QRCode", told))

    assert (label.unit.model, label.unit.serial) == ("A1263", SERIAL)


@pytest.mark.parametrize(
    "told",
    [
        "]C10104006381333931211234567\x1d10ABC123\x1d17261231",
        "(01)04006381333931(21)1234567(10)ABC123(17)261231",
        "0104006381333931211234567\x1d10ABC123\x1d17261231",
        "https://id.gs1.org/01/04006381333931/10/ABC123/21/1234567?17=261231",
    ],
)
def test_a_gs1_code_gives_number_serial_lot_and_expiry(told: str) -> None:
    facts = read("Acme", ("DataMatrix", told)).unit.facts

    assert facts["gtin"] == "4006381333931"
    assert facts["serial"] == "1234567"
    assert facts["batch"] == "ABC123"
    assert facts["expiry"] == "2026-12-31"


@pytest.mark.parametrize(
    ("kind", "told", "field", "value"),
    [
        ("EAN13", "4006381333931", "gtin", "4006381333931"),
        ("EAN13", "0036000291452", "upc", "036000291452"),
        ("UPCA", "036000291452", "upc", "036000291452"),
        ("EAN8", "96385074", "gtin", "96385074"),
    ],
)
def test_a_shop_s_bar_code_is_a_number_of_the_product(
    kind: str, told: str, field: str, value: str
) -> None:
    assert read("Acme", (kind, told)).unit.facts == {field: value}


@pytest.mark.parametrize(
    "told",
    ["X0012ABCDE", "4006381333931", "https://example.org/manual", "]C1nonsense", "WIFI:S:x;;"],
)
def test_any_other_bar_code_names_no_serial(told: str) -> None:
    label = read("Acme\nModel: XJ-900", ("QRCode", told))

    assert label.unit.serial is None
    assert set(values(label, "barcode")) <= {told, "WIFI:S:x"}


def test_the_crop_holds_the_codes_and_stays_inside_the_picture() -> None:
    reading = seen(f"ANKER\nPower Bank\nModel: A1263\nSN: {SERIAL}")

    label = read_label(reading, LEXICON)

    crop = label.crop
    assert crop is not None
    model, serial = (
        next(part.box for part in label.parts if part.field == field)
        for field in ("model", "serial")
    )
    assert crop.around(model) == crop
    assert crop.around(serial) == crop
    assert 0 <= crop.left < crop.right <= reading.width
    assert 0 <= crop.top < crop.bottom <= reading.height


def test_a_brand_alone_is_shown_and_nothing_at_all_gives_nothing() -> None:
    alone, nothing = read("ANKER\nPower Bank"), read("Power Bank")

    assert values(alone, "brand") == ["Anker"]
    assert alone.crop is not None
    assert (nothing.parts, nothing.crop, nothing.unit.brand) == ((), None, None)


words = st.sampled_from(
    [
        *("ANKER", "IKEA", "Samsung", "Model", "Model:", "型号：", "A1263", "AI263", "E2038"),
        *("SN:", "S/N", "Serial No.", SERIAL, "AFVDC2O", "G17301234", "12345678", "l0O1"),
        *("Lot", "EXP", "2024-03", "5V=2A", "10000mAh", "BPD005", "P/N", "FCC ID:"),
        *("2AB7K-A1263", "EAN", "4006381333931", "https://a.com/?sn=1", "-", "(", "\u200b"),
    ]
)
rows = st.lists(
    st.one_of(st.lists(words, min_size=1, max_size=5).map(" ".join), st.text(max_size=30)),
    max_size=8,
)
boxes = st.builds(
    lambda left, top, wide, tall: Box(left=left, top=top, right=left + wide, bottom=top + tall),
    *(st.integers(0, 500), st.integers(0, 500), st.integers(0, 400), st.integers(0, 60)),
)


@given(
    st.lists(st.tuples(rows.map("\n".join), boxes), max_size=6),
    st.lists(
        st.tuples(st.sampled_from(["Code128", "EAN13", "QRCode"]), words, boxes), max_size=3
    ),
)
@example([("ANKER", Box(left=0, top=0, right=0, bottom=0))], [])
def test_nothing_is_confirmed_and_nothing_is_invented(
    printed: list[tuple[str, Box]], coded: list[tuple[str, str, Box]]
) -> None:
    reading = Reading(
        lines=tuple(Line(text=text, box=box) for text, box in printed),
        barcodes=tuple(Barcode(format=kind, text=text, box=box) for kind, text, box in coded),
        width=1000,
        height=600,
    )

    label = read_label(reading, LEXICON)

    there = "".join(text for text, _ in printed) + "".join(text for _, text, _ in coded)
    characters = set(skeleton(fold(there)))
    codes = [
        part for part in label.parts if part.field not in {"brand", "manufactured", "expiry"}
    ]
    assert not label.unit.confirmed
    assert all(set(skeleton(fold(part.value))) <= characters for part in codes)
    assert all(part.value for part in label.parts)

"""Every word at the desk comes from the catalogue, and every word there is used."""

from __future__ import annotations

import re
from io import BytesIO

from babel.messages.pofile import read_po

from bots.web.desk.roles import Role
from bots.web.desk.seasons import Season
from bots.web.pages import HERE
from core.model.message import Role as BlockRole
from core.model.public import Links, Mode, Sort
from core.publish.deciding import NO_LONGER_SO
from core.publish.desk import BLOCKED
from core.publish.drafting import CHANGED_SINCE, DOES_NOT_FIT
from core.store.piles import Pile
from core.text.translations import languages, translator
from tests.bots.web.conftest import TEXTS

KEY = re.compile(r"""["'](desk_[a-z0-9_]+)["']""")
# Keys that are put together from one of these and a value.
PREFIXES = (
    *("desk_role_", "desk_did_", "desk_mode_", "desk_links_", "desk_link_", "desk_season_"),
    *("desk_pile_", "desk_status_", "desk_why_", "desk_sort_", "desk_role_of_"),
)
TEMPLATES = sorted((HERE / "templates/desk").glob("*.html"))
MODULES = sorted((HERE / "desk").glob("*.py"))
DOCUMENTED = re.compile(r'""".*?"""', re.DOTALL)


def written() -> set[str]:
    sources = [template.read_text() for template in TEMPLATES]
    sources += [DOCUMENTED.sub("", module.read_text()) for module in MODULES]
    return {key for source in sources for key in KEY.findall(source)} - set(PREFIXES)


def texts() -> set[str]:
    keys = {
        str(text.id[0] if isinstance(text.id, tuple) else text.id)
        for text in read_po(BytesIO(TEXTS.read_bytes()))
    }
    return {key for key in keys if key.startswith("desk_")}


def test_every_text_the_desk_asks_for_exists_and_is_asked_for() -> None:
    asked = written()

    assert asked - texts() == set()
    assert {key for key in texts() - asked if not key.startswith(PREFIXES)} == set()


def test_every_role_and_every_deed_of_ours_has_its_words() -> None:
    sources = "".join(module.read_text() for module in MODULES)
    done = set(re.findall(r'Done\(\s*"([a-z_]+)"', DOCUMENTED.sub("", sources)))
    keys = {f"desk_did_{did}" for did in done} | {f"desk_role_{role}" for role in Role}

    missing = [
        (lang, key) for lang in languages() for key in keys if not translator(lang).has(key)
    ]

    assert len(done) > 5
    assert missing == []


def test_every_value_that_is_shown_has_its_words() -> None:
    keys = [f"desk_pile_{pile}" for pile in Pile]
    keys += [f"desk_status_{pile}" for pile in Pile if pile not in {Pile.COUNTING, Pile.POSTED}]
    keys += [f"desk_mode_{mode}" for mode in Mode]
    keys += [f"desk_links_{links}" for links in Links]
    keys += [f"desk_sort_{sort}" for sort in Sort]
    keys += [f"desk_role_of_{role}" for role in BlockRole]
    keys += [f"desk_season_{season}" for season in Season]
    keys += [f"advice_{season}_{part}" for season in Season for part in ("title", "text")]
    decided = ("approve", "release", "schedule", "held", "dropped", "take_up", "edit", "again")
    keys += [f"desk_did_{did}" for did in (*decided, "seen_there", "taken_down")]
    reasons = (BLOCKED, DOES_NOT_FIT, CHANGED_SINCE, NO_LONGER_SO)
    keys += [f"desk_why_{why}" for why in reasons]

    assert [key for key in keys if not translator("en").has(key)] == []


def test_templates_hold_no_words_of_their_own() -> None:
    said = []
    for template in TEMPLATES:
        text = re.sub(
            r"\{#.*?#\}|\{\{.*?\}\}|\{%.*?%\}|<[^>]*>",
            " ",
            template.read_text(),
            flags=re.DOTALL,
        )
        said += re.findall(r"[A-Za-z]{2,}", text)

    # One macro writes attributes of a tag that stands elsewhere.
    attributes = {"aria", "describedby", "hint", "error", "invalid", "true"}
    assert set(said) <= {"noindex", "nofollow"} | attributes

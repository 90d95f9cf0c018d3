"""Notices as the authorities' feeds hold them become posts that fit and say everything."""

from __future__ import annotations

import pytest

from core.model.public import Links
from core.publish.posts.elements import missing
from core.publish.posts.recalls import recall_post
from core.text.translations import translator
from tests.contracts.source_case import SourceCase
from tests.contracts.source_cases import CASES
from tests.core.match.test_concern_of_notices import SHARED, cpsc
from tests.core.publish.posts_stage import LANGS, LONG, TIGHT, reads, style, text_of
from tests.core.text.test_alerts_recorded import recorded

# A few of each are enough: what they say differs little.
MOST = 5


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_whatever_a_feed_holds_is_posted_whole(case: SourceCase, lang: str) -> None:
    for notice in recorded(case)[:MOST]:
        for platform in (TIGHT, LONG):
            for threads, links in (
                (False, Links.POST),
                (False, Links.NONE),
                (True, Links.REPLY),
            ):
                own = style(lang, threads=threads, links=links)

                parts = recall_post((notice,), own, reads(lang, "US"), platform)

                first = text_of(parts[0])
                assert missing(first, translator(lang)) == (), (notice.id, first)
                assert threads or len(parts) == 1
                for part in parts:
                    assert platform.fits(part.message(lang), part.picture is not None)
                    assert all("{" not in block.text for block in part.blocks)


@pytest.mark.shared
@pytest.mark.skipif(not SHARED.exists(), reason="no shared folder beside the repository")
@pytest.mark.parametrize("lang", LANGS)
def test_sixty_recalls_of_the_cpsc_are_one_tight_post_each(lang: str) -> None:
    notices = cpsc()[:: len(cpsc()) // 60][:60]

    for notice in notices:
        (part,) = recall_post((notice,), style(lang), reads(lang, "US"), TIGHT)

        assert missing(text_of(part), translator(lang)) == (), notice.id
        assert TIGHT.fits(part.message(lang), part.picture is not None)

    assert len(notices) == 60

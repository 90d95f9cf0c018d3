"""From an account and what is told to the parts of its draft; pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from core.model.outbox import Background
from core.model.public import Account, Part
from core.model.recall import Notice
from core.publish.deciding import concerns
from core.publish.posts.corrections import Corrected, Correction, correction_post
from core.publish.posts.platform import DoesNotFit
from core.publish.posts.recalls import recall_post
from core.publish.posts.round_ups import Week, round_up_post
from core.publish.posts.summaries import Missed, summary_post
from core.publish.voice import Voice
from core.text.alerts.changes import Revised
from core.text.alerts.parts import Reader
from core.text.translations import translator

NOTHING: tuple[Part, ...] = ()


@dataclass(frozen=True, slots=True)
class Earlier:
    """The post that is corrected: when it was posted, and in how many parts."""

    at: datetime
    parts: int


def reader_of(account: Account, now: datetime) -> Reader:
    """Return whom the account writes to."""
    style = account.style
    return Reader(translator(style.lang), now, style.region, account.rules.zone)


def recall_parts(
    account: Account, notices: tuple[Notice, ...], voice: Voice, now: datetime
) -> tuple[Part, ...]:
    """Return the post of a recall, () where it fits in no form: then a human writes it."""
    style = voice.style(account.style)
    lead = tuple(sorted(notices, key=lambda one: not concerns(account, one)))
    try:
        return recall_post(lead, style, reader_of(account, now), voice.platform(style))
    except DoesNotFit:
        return NOTHING


def correction_parts(
    account: Account, told: Background, earlier: Earlier, voice: Voice, now: datetime
) -> Corrected:
    """Return the post that corrects one, and the new versions of the old parts."""
    style = voice.style(account.style)
    if told.now is None or told.now.kind not in set(Revised):
        return Corrected(NOTHING, NOTHING)
    before = told.before.notice if told.before else None
    correction = Correction(
        Revised(told.now.kind), told.notices, before, earlier.at, earlier.parts
    )
    # A correction is as loud as what it corrects.
    replies = voice.capabilities.threads and not voice.capabilities.aside
    reader, platform = reader_of(account, now), voice.platform(style)
    try:
        return correction_post(correction, style, reader, platform, replies=replies)
    except DoesNotFit:
        return Corrected(NOTHING, NOTHING)


def summary_parts(
    account: Account, missed: Missed, voice: Voice, now: datetime
) -> tuple[Part, ...]:
    """Return one post on many recalls."""
    style = voice.style(account.style)
    try:
        return summary_post(missed, style, reader_of(account, now), voice.platform(style))
    except DoesNotFit:
        return NOTHING


def round_up_parts(
    account: Account, week: Week, voice: Voice, now: datetime
) -> tuple[Part, ...]:
    """Return the week's post."""
    style = voice.style(account.style)
    try:
        return round_up_post(week, style, reader_of(account, now), voice.platform(style))
    except DoesNotFit:
        return NOTHING

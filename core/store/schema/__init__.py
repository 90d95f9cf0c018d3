"""The tables: what they hold, by name."""

from __future__ import annotations

from core.store.schema.alerts import AlertRow
from core.store.schema.kinds import (
    BYTEWISE,
    CODE,
    PLACE,
    NaiveTimeError,
    PlainText,
    UtcDateTime,
    storable,
)
from core.store.schema.notices import NoticeRow
from core.store.schema.people import SubscriberRow

__all__ = [
    "ADDRESS",
    "ALERT",
    "ANSWERED",
    "BYTEWISE",
    "CLAIM",
    "CODE",
    "CONVERSATION",
    "DELIVERY",
    "EVENT_KEY",
    "GROUP_FEED",
    "INTEREST",
    "INTEREST_SPEC",
    "LINK_CODE",
    "META",
    "METADATA",
    "NOTICE",
    "NOTICE_FACET",
    "NOTICE_KEY",
    "OWNED_ITEM",
    "PLACE",
    "PRESSED",
    "PRESSED_CODE",
    "PRODUCT",
    "PRODUCT_KEY",
    "QUEUE",
    "RAW_RECORD",
    "REVISION",
    "SOURCE_RUN",
    "SOURCE_STATE",
    "SUBSCRIBER",
    "WISH",
    "AlertRow",
    "NaiveTimeError",
    "NoticeRow",
    "PlainText",
    "SubscriberRow",
    "UtcDateTime",
    "storable",
]

METADATA = AlertRow.metadata
NOTICE = METADATA.tables["notice"]
REVISION = METADATA.tables["revision"]
NOTICE_KEY = METADATA.tables["notice_key"]
NOTICE_FACET = METADATA.tables["notice_facet"]
EVENT_KEY = METADATA.tables["event_key"]
RAW_RECORD = METADATA.tables["raw_record"]
SOURCE_RUN = METADATA.tables["source_run"]
SOURCE_STATE = METADATA.tables["source_state"]
SUBSCRIBER = METADATA.tables["subscriber"]
ADDRESS = METADATA.tables["address"]
LINK_CODE = METADATA.tables["link_code"]
WISH = METADATA.tables["wish"]
INTEREST_SPEC = METADATA.tables["interest_spec"]
INTEREST = METADATA.tables["interest"]
GROUP_FEED = METADATA.tables["group_feed"]
PRESSED = METADATA.tables["pressed"]
PRESSED_CODE = METADATA.tables["pressed_code"]
PRODUCT = METADATA.tables["product"]
PRODUCT_KEY = METADATA.tables["product_key"]
OWNED_ITEM = METADATA.tables["owned_item"]
ANSWERED = METADATA.tables["answered"]
ALERT = METADATA.tables["alert"]
QUEUE = METADATA.tables["queue"]
DELIVERY = METADATA.tables["delivery"]
CLAIM = METADATA.tables["claim"]
CONVERSATION = METADATA.tables["conversation"]
META = METADATA.tables["meta"]

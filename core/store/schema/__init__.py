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
from core.store.schema.publish import AccountRow

__all__ = [
    "ACCOUNT",
    "ADDRESS",
    "ALERT",
    "ANSWERED",
    "APPROVAL",
    "AUDIT",
    "BYTEWISE",
    "CLAIM",
    "CODE",
    "CONVERSATION",
    "DELIVERY",
    "DESK_SESSION",
    "DRAFT",
    "EVENT_KEY",
    "EXPENSE",
    "GROUP_FEED",
    "INTEREST",
    "INTEREST_SPEC",
    "LINK_CODE",
    "META",
    "METADATA",
    "NOTICE",
    "NOTICE_FACET",
    "NOTICE_KEY",
    "OPERATOR",
    "OWNED_ITEM",
    "PHOTO",
    "PLACE",
    "POSITION",
    "POSTED",
    "PRESSED",
    "PRESSED_CODE",
    "PRODUCT",
    "PRODUCT_KEY",
    "QUEUE",
    "RAW_RECORD",
    "REVISION",
    "SOURCE_RUN",
    "SOURCE_STATE",
    "SPENT_MONTH",
    "SUBSCRIBER",
    "WISH",
    "AccountRow",
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
ACCOUNT = METADATA.tables["account"]
DRAFT = METADATA.tables["draft"]
POSTED = METADATA.tables["posted"]
PHOTO = METADATA.tables["photo"]
APPROVAL = METADATA.tables["approval"]
OPERATOR = METADATA.tables["operator"]
DESK_SESSION = METADATA.tables["desk_session"]
AUDIT = METADATA.tables["audit"]
EXPENSE = METADATA.tables["expense"]
SPENT_MONTH = METADATA.tables["spent_month"]
POSITION = METADATA.tables["position"]

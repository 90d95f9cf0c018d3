"""The SQL by which deliveries are planned: sets of people, from an index to deliveries."""

# ruff: noqa: S608 - only fixed words go into the SQL, never a value

from __future__ import annotations

from sqlalchemy import TextClause, bindparam, text

from core.model.delivery import Because, State
from core.store.outbox import QUEUED
from core.store.schema import CODE, UtcDateTime

_MOMENT = UtcDateTime()
# Of this connection alone: who is to get the alert, and of whom that had to be found out.
_CHOSEN = (
    "CREATE TEMPORARY TABLE IF NOT EXISTS chosen (address INTEGER PRIMARY KEY,"
    " channel TEXT NOT NULL, rank SMALLINT NOT NULL, item INTEGER, answered INTEGER)"
)
_PICKS = (
    "CREATE TEMPORARY TABLE IF NOT EXISTS picked (subscriber INTEGER PRIMARY KEY,"
    " item INTEGER NOT NULL)"
)
TABLES = (_CHOSEN, _PICKS)
EMPTY = ("DELETE FROM chosen", "DELETE FROM picked")
GONE = ("DROP TABLE IF EXISTS chosen", "DROP TABLE IF EXISTS picked")

_MEMBERS = (
    "(SELECT m.pk FROM notice m WHERE m.event = {event}"
    " UNION ALL SELECT CAST({event} AS INTEGER))"
)
_EVENT = "COALESCE(n.event, n.pk)"
OLDEST = text(
    "SELECT r.notice, r.number, r.kind, r.quiet, n.exercise, n.source, n.body,"
    f" {_EVENT} AS event, (SELECT o.body FROM notice o WHERE o.id = n.reviewed_as) AS reviewed,"
    " EXISTS (SELECT 1 FROM interest_spec) AS watched,"
    " EXISTS (SELECT 1 FROM group_feed WHERE active) AS fed,"
    f" EXISTS (SELECT 1 FROM alert WHERE event IN {_MEMBERS.format(event=_EVENT)}) AS alerted"
    " FROM revision r JOIN notice n ON n.pk = r.notice"
    # Of one notice, no two were seen in the same moment.
    " WHERE r.planned_at IS NULL ORDER BY r.seen_at LIMIT :most"
)
PRODUCTS = (
    "SELECT p.pk, p.brand, p.model, p.facts FROM product p"
    " WHERE p.pk IN (SELECT k.product FROM product_key k WHERE k.key IN ({keys}))"
)
ALERTS = text(
    "SELECT pk, event, reason, occurrence, planned_at FROM alert"
    f" WHERE event IN {_MEMBERS.format(event=':event')} ORDER BY pk"
)
# Notices may become one event after both were announced: their alerts follow, as far as each
# is still one of its kind.
REHOME = text(
    f"UPDATE alert SET event = :event WHERE event IN {_MEMBERS.format(event=':event')}"
    " AND event <> :event AND NOT EXISTS (SELECT 1 FROM alert l WHERE (l.event = :event"
    f" OR (l.pk < alert.pk AND l.event IN {_MEMBERS.format(event=':event')}))"
    " AND l.reason = alert.reason AND l.occurrence = alert.occurrence)"
)
# A danger that was found to be worse no longer waits for a digest, nor for the end of a night.
WORSE = text("UPDATE alert SET serious = :serious WHERE pk = :alert AND serious <> :serious")
NOT_YET = text(
    "UPDATE delivery SET state = 0, due_at = NULL, why = NULL"
    " WHERE alert = :alert AND state = 3 AND due_at IS NOT NULL"
)
QUEUE_AGAIN = text(
    "INSERT INTO queue (channel, rank, alert) SELECT DISTINCT a.channel, d.rank, d.alert"
    " FROM delivery d JOIN address a ON a.pk = d.address"
    f" WHERE d.alert = :alert AND d.state = 0{QUEUED}"
)
ADD_ALERT = text(
    "INSERT INTO alert (event, reason, occurrence, notice, revision, serious, created_at,"
    " planned_at) VALUES (:event, :reason, :occurrence, :notice, :revision, :serious, :now,"
    " :planned_at) ON CONFLICT (event, reason, occurrence) DO NOTHING"
).bindparams(bindparam("now", type_=_MOMENT), bindparam("planned_at", type_=_MOMENT))
ALERT = text(
    "SELECT pk FROM alert WHERE event = :event AND reason = :reason"
    " AND occurrence = :occurrence"
)

_CHOOSE = "INSERT INTO chosen (address, channel, rank, item, answered) SELECT a.pk, a.channel,"
_WANTED = (
    " AND a.gone_at IS NULL AND (a.takes = 'everything' OR (:serious AND a.takes = 'serious'))"
    " AND NOT EXISTS (SELECT 1 FROM wish w WHERE w.subscriber = a.subscriber AND NOT w.alerts)"
)
# Given up for what need not be so any more: whoever is chosen again is told.
_FOR_NOW = ", ".join(
    f"'{why.value}'"
    for why in (
        *(Because.ALERTS_OFF, Because.FEED_OFF),
        *(Because.NO_LONGER_OWNED, Because.NO_LONGER_CONCERNED),
    )
)


def came_to_nothing(row: str) -> str:
    """Return the condition that a delivery was given up, and may be told after all."""
    given_up = f"{row}.state = {State.ABANDONED.value}"
    return f"({given_up} AND COALESCE({row}.why, '') IN ({_FOR_NOW}))"


ANEW = (
    " ON CONFLICT (alert, address) DO UPDATE SET rank = excluded.rank,"
    " state = 0, item = excluded.item, answered = excluded.answered, why = NULL,"
    " due_at = NULL, attempts = 0, sent_at = NULL, message = NULL"
    f" WHERE {came_to_nothing('delivery')}"
)
# On none of the person's addresses.
_NOT_TOLD = (
    " AND NOT EXISTS (SELECT 1 FROM address b WHERE b.subscriber = a.subscriber AND EXISTS"
    " (SELECT 1 FROM delivery d WHERE d.alert IN :told AND d.address = b.pk"
    f" AND NOT {came_to_nothing('d')}))"
)
_ONCE = " ON CONFLICT DO NOTHING"
_OWNERS = (
    f"{_CHOOSE} :rank, o.pk, CAST(NULL AS INTEGER) FROM owned_item o"
    " JOIN address a ON a.subscriber = o.subscriber WHERE o.product = :product"
)
_IN_ORDER = " ORDER BY o.subscriber, o.pk"
_PICKED = (
    f"{_CHOOSE} :rank, o.item, CAST(NULL AS INTEGER) FROM picked o"
    " JOIN address a ON a.subscriber = o.subscriber WHERE true"
)
_ASKED = (
    f"{_CHOOSE} :rank, CAST(NULL AS INTEGER), n.pk FROM answered n"
    " JOIN address a ON a.subscriber = n.subscriber"
    " WHERE n.product = :product AND n.verdict = :verdict"
    " AND COALESCE(n.region, '') = :region AND COALESCE(n.field, '') = :field"
    " AND ((:others AND n.code IS NULL) OR (:unlisted AND n.code IS NOT NULL)"
    " OR n.code IN :codes)"
)
_WATCHERS = (
    f"{_CHOOSE} :rank, CAST(NULL AS INTEGER), CAST(NULL AS INTEGER) FROM interest i"
    " JOIN address a ON a.subscriber = i.subscriber WHERE i.spec IN :specs"
)
_FEEDS = (
    f"{_CHOOSE} :rank, CAST(NULL AS INTEGER), CAST(NULL AS INTEGER) FROM address a"
    " WHERE a.pk IN :addresses AND a.gone_at IS NULL AND a.takes <> 'nothing'"
    " AND NOT EXISTS (SELECT 1 FROM delivery d WHERE d.alert IN :told AND d.address = a.pk"
    f" AND NOT {came_to_nothing('d')})"
)
_TOLD = (
    "INSERT INTO chosen (address, channel, rank, item, answered)"
    " SELECT d.address, a.channel, d.rank, d.item, d.answered FROM delivery d"
    " JOIN address a ON a.pk = d.address WHERE d.alert = :alert AND d.state IN (1, 4, 5)"
    " AND a.gone_at IS NULL AND a.takes <> 'nothing'"
)
# Where that chat is gone or silent now, the person's others stand in for it.
_TOLD_ELSEWHERE = (
    "INSERT INTO chosen (address, channel, rank, item, answered)"
    " SELECT b.pk, b.channel, d.rank, d.item, d.answered FROM delivery d"
    " JOIN address a ON a.pk = d.address JOIN address b ON b.subscriber = a.subscriber"
    " WHERE d.alert = :alert AND d.state IN (1, 4, 5) AND b.pk <> a.pk"
    " AND (a.gone_at IS NOT NULL OR a.takes = 'nothing')"
    " AND b.gone_at IS NULL AND b.takes <> 'nothing'"
)


def _many(sql: str, *names: str) -> TextClause:
    return text(sql).bindparams(*(bindparam(name, expanding=True) for name in names))


# Each by whether somebody was told of the event before.
OWNERS = {
    False: text(f"{_OWNERS}{_WANTED}{_IN_ORDER}{_ONCE}"),
    True: _many(f"{_OWNERS}{_WANTED}{_NOT_TOLD}{_IN_ORDER}{_ONCE}", "told"),
}
PICKED = {
    False: text(f"{_PICKED}{_WANTED}{_ONCE}"),
    True: _many(f"{_PICKED}{_WANTED}{_NOT_TOLD}{_ONCE}", "told"),
}
_CODES = bindparam("codes", expanding=True, type_=CODE)
ASKED = {
    False: text(f"{_ASKED}{_WANTED}{_ONCE}").bindparams(_CODES),
    True: _many(f"{_ASKED}{_WANTED}{_NOT_TOLD}{_ONCE}", "told").bindparams(_CODES),
}
WATCHERS = {
    False: _many(f"{_WATCHERS}{_WANTED}{_ONCE}", "specs"),
    True: _many(f"{_WATCHERS}{_WANTED}{_NOT_TOLD}{_ONCE}", "specs", "told"),
}
FEEDS = _many(f"{_FEEDS}{_ONCE}", "addresses", "told")
TOLD = text(f"{_TOLD}{_ONCE}")
TOLD_ELSEWHERE = text(f"{_TOLD_ELSEWHERE}{_ONCE}")

ANSWERS = _many(
    "SELECT DISTINCT product, verdict, region, field FROM answered WHERE product IN :products",
    "products",
)
ACTIVE_FEEDS = text(
    "SELECT f.* FROM group_feed f JOIN address a ON a.pk = f.address"
    " WHERE f.active AND a.gone_at IS NULL"
)
ITEMS = (
    "SELECT pk, subscriber, facts, confirmed FROM owned_item"
    " WHERE product = {mark} AND (subscriber, pk) > ({mark}, {mark})"
    " ORDER BY subscriber, pk LIMIT {mark}"
)

UNTIL = text(
    "SELECT MAX(address) FROM (SELECT address FROM chosen WHERE address > :after"
    " ORDER BY address LIMIT :most) AS chunk"
)
# Whoever was forgotten or left meanwhile is left out.
DELIVER = text(
    "INSERT INTO delivery (alert, address, rank, state, item, answered)"
    " SELECT :alert, c.address, c.rank, 0, c.item, c.answered"
    " FROM chosen c JOIN address a ON a.pk = c.address"
    " WHERE c.address > :after AND c.address <= :until AND a.gone_at IS NULL"
    f" ORDER BY c.address{ANEW}"
)
QUEUE = text(
    "INSERT INTO queue (channel, rank, alert) SELECT DISTINCT channel, rank,"
    " CAST(:alert AS INTEGER) FROM chosen WHERE address > :after AND address <= :until"
    f"{QUEUED}"
)
PLANNED = text(
    "UPDATE alert SET planned_at = :now"
    " WHERE notice = :notice AND revision = :number AND planned_at IS NULL"
).bindparams(bindparam("now", type_=_MOMENT))
ALERT_PLANNED = text(
    "UPDATE alert SET planned_at = :now WHERE pk = :alert AND planned_at IS NULL"
).bindparams(bindparam("now", type_=_MOMENT))
DONE = text(
    "UPDATE revision SET planned_at = :now"
    " WHERE notice = :notice AND number = :number AND planned_at IS NULL"
).bindparams(bindparam("now", type_=_MOMENT))
_NOBODY = (
    "NOT EXISTS (SELECT 1 FROM owned_item) AND NOT EXISTS (SELECT 1 FROM answered)"
    " AND NOT EXISTS (SELECT 1 FROM interest) AND NOT EXISTS (SELECT 1 FROM alert)"
    " AND NOT EXISTS (SELECT 1 FROM group_feed WHERE active)"
)
NOBODY_AT_ALL = text(f"SELECT {_NOBODY}")
ALL_DONE = text(
    f"UPDATE revision SET planned_at = :now WHERE planned_at IS NULL AND {_NOBODY}"
).bindparams(bindparam("now", type_=_MOMENT))

LEASE = text(
    "INSERT INTO meta (name, value) VALUES ('planning', :mine)"
    " ON CONFLICT (name) DO UPDATE SET value = excluded.value"
    " WHERE meta.value < :now OR meta.value LIKE :holder"
)
RELEASE = text("DELETE FROM meta WHERE name = 'planning' AND value LIKE :holder")

REPLIED = text(
    "INSERT INTO delivery (alert, address, rank, state, item, sent_at, message, remind_at,"
    " attempts, progress) VALUES (:alert, :address, :rank, 4, :item, :now, :message,"
    " :remind_at, 1, :progress) ON CONFLICT (alert, address) DO UPDATE SET state = 4,"
    " item = COALESCE((SELECT o.pk FROM owned_item o WHERE o.pk = delivery.item),"
    " excluded.item, delivery.item), sent_at = excluded.sent_at,"
    " message = excluded.message, remind_at = excluded.remind_at, due_at = NULL, why = NULL"
    " WHERE delivery.state IN (0, 2, 3, 6, 7, 8)"
).bindparams(bindparam("now", type_=_MOMENT), bindparam("remind_at", type_=_MOMENT))
# On one address, what it did not get because it was gone.
RETURNED = text(
    "UPDATE delivery SET state = 0, why = NULL, due_at = NULL, attempts = 0"
    " WHERE address = :address AND state = 6 AND alert IN (SELECT pk FROM alert"
    " WHERE reason IN ('alert', 'answer', 'correction', 'remedy') AND created_at >= :since)"
).bindparams(bindparam("since", type_=_MOMENT))
REQUEUE = text(
    "INSERT INTO queue (channel, rank, alert) SELECT :channel, d.rank, d.alert FROM alert l"
    " JOIN delivery d ON d.alert = l.pk AND d.address = :address"
    f" WHERE l.created_at >= :since AND d.state = 0{QUEUED}"
).bindparams(bindparam("since", type_=_MOMENT))

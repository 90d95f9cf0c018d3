"""The products that people own or asked about, each kept once, and the keys that find them."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from types import MappingProxyType

from sqlalchemy import Row, bindparam, delete, exists, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from core.model.products import Product, product_keys
from core.store.rows import Into, put_rows
from core.store.schema import ANSWERED, META, OWNED_ITEM, PRODUCT, PRODUCT_KEY, PlainText

# The next number whenever product_keys says something else: all keys are then made anew.
KEYS_VERSION = "1"
KEYS = "product_keys"
AT_ONCE = 1000
_KEYS = Into(PRODUCT_KEY, ("key", "product"), " ON CONFLICT DO NOTHING")
# Doing the same again instead of nothing returns, and holds, a row that is there already.
_MAKE = text(
    "INSERT INTO product (mark, brand, model, facts) VALUES (:mark, :brand, :model, :facts)"
    " ON CONFLICT (mark) DO UPDATE SET mark = excluded.mark RETURNING pk"
).bindparams(*(bindparam(name, type_=PlainText()) for name in ("brand", "model", "facts")))
_STAND = text(
    "INSERT INTO meta (name, value) VALUES (:name, :value)"
    " ON CONFLICT (name) DO UPDATE SET value = excluded.value"
)


async def intern(connection: AsyncConnection, product: Product) -> int:
    """Return the number of the product, kept from now on under its keys if it was not before.

    However it is spelt it is the same one, and reads as it was spelt first.
    """
    mark = product.mark
    # Held, so that nobody takes it away before our caller refers to it.
    known = select(PRODUCT.c.pk).where(PRODUCT.c.mark == mark)
    found: int | None = await connection.scalar(
        known.with_for_update(read=True, key_share=True)
    )
    if found is not None:
        return found
    made = await connection.execute(
        _MAKE,
        {
            "mark": mark,
            "brand": product.brand,
            "model": product.model,
            "facts": json.dumps(dict(product.facts)),
        },
    )
    number: int = made.scalar_one()
    await put_rows(connection, _KEYS, _key_rows(number, product))
    return number


def read_product(row: Row[tuple[object, ...]]) -> Product:
    """Return the product of a row that has its brand, model and facts."""
    facts: Mapping[str, str] = json.loads(row.facts)
    return Product(row.brand, row.model, MappingProxyType(facts))


def _key_rows(number: int, product: Product) -> list[tuple[str, int]]:
    return [(key, number) for key in sorted(product_keys(product))]


async def drop_unused(connection: AsyncConnection, numbers: Collection[int]) -> None:
    """Forget those of the products that nobody owns and nobody asked about any more.

    What somebody called a thing that no one else has is theirs, and goes with them.
    """
    gone = await _unused(connection, numbers)
    if not gone:
        return
    # Held while we look again: somebody may just have begun to own one of them.
    held = select(PRODUCT.c.pk).where(PRODUCT.c.pk.in_(gone)).order_by(PRODUCT.c.pk)
    await connection.execute(held.with_for_update())
    gone = await _unused(connection, gone)
    await connection.execute(delete(PRODUCT_KEY).where(PRODUCT_KEY.c.product.in_(gone)))
    await connection.execute(delete(PRODUCT).where(PRODUCT.c.pk.in_(gone)))


async def _unused(connection: AsyncConnection, numbers: Collection[int]) -> list[int]:
    used = (exists().where(table.c.product == PRODUCT.c.pk) for table in (OWNED_ITEM, ANSWERED))
    of_these = PRODUCT.c.pk.in_(numbers)
    found = select(PRODUCT.c.pk).where(of_these, *(~each for each in used))
    return list(await connection.scalars(found))


async def keys_stand(connection: AsyncConnection) -> bool:
    """Say whether every product stands under the keys that this version finds it by."""
    kept = await connection.scalar(select(META.c.value).where(META.c.name == KEYS))
    if kept == KEYS_VERSION:
        return True
    return kept is None and await connection.scalar(select(PRODUCT.c.pk).limit(1)) is None


async def missing_keys(connection: AsyncConnection, after: int = 0) -> int | None:
    """Make the keys of the next thousand products behind `after` anew; return the last of them.

    None where there are no more: then they all stand. Each batch may be a transaction of its
    own; stopped in the middle, it is begun anew the next time.
    """
    some = select(PRODUCT).where(PRODUCT.c.pk > after).order_by(PRODUCT.c.pk).limit(AT_ONCE)
    rows = (await connection.execute(some)).all()
    if not rows:
        await connection.execute(_STAND, {"name": KEYS, "value": KEYS_VERSION})
        return None
    first, last = rows[0].pk, rows[-1].pk
    await connection.execute(
        delete(PRODUCT_KEY).where(PRODUCT_KEY.c.product.between(first, last))
    )
    keys = [pair for row in rows for pair in _key_rows(row.pk, read_product(row))]
    await put_rows(connection, _KEYS, keys)
    return int(last)

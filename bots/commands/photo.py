"""`recallbot check --photo`: what the label on a photo says, and the answer to it."""

from __future__ import annotations

import asyncio
import json
import sys
from dataclasses import replace
from pathlib import Path

from bots.ask import Asker, Options
from bots.commands.check import show
from bots.failure import Failure
from bots.photo.eyes import open_eyes
from core.model.lexicon import Lexicon
from core.query.label import Label
from core.query.memory import Memory
from core.query.photo import asked, parts_block, refusal, seen_on
from core.query.report import as_json as values
from core.query.understand import understand
from core.text.translations import Translator, translator


def check_photo(
    asker: Asker, file: Path, said: str, options: Options, *, as_json: bool
) -> None:
    """Print what was read on the photo and the answer; raises Failure where nothing was.

    `said` is what the person tells besides: the country, when it was bought.
    """
    words = translator(options.lang)
    label = asyncio.run(_label(file, asker.lexicon, words))
    query = asked(understand(said, asker.lexicon), label, Memory())
    found = asker.ask(query, options)
    if not as_json:
        read = parts_block(label, words)
        show(replace(found.message, blocks=(read, *found.message.blocks)))
        return
    parts = [
        {"field": part.field, "value": part.value, "by_barcode": part.by_barcode}
        for part in label.parts
    ]
    told = {**values(found), "photo": parts}
    sys.stdout.write(json.dumps(told, ensure_ascii=False) + "\n")


async def _label(file: Path, lexicon: Lexicon, words: Translator) -> Label:
    try:
        photo = await asyncio.to_thread(file.read_bytes)
    except OSError as error:
        raise Failure(f"cannot read {file}: {error.strerror}") from None
    async with open_eyes() as eyes:
        if eyes is None:
            raise Failure("photos need more packages: pip install 'recallbot[photo]'")
        seen = await seen_on(photo, eyes, lexicon)
        if seen.label is None:
            raise Failure(refusal(seen.refused, eyes.limits, words).blocks[0].text)
        return seen.label

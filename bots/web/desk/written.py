"""The log of the desk as a page: who did what, to which post, the newest first."""

from __future__ import annotations

from starlette.responses import Response

from bots.web.desk.frame import Frame, Visit
from bots.web.desk.names import COMMAND_LINE
from bots.web.form import whole_number
from core.store import audit
from core.text.translations import Translator

AUDIT = "/desk/audit"
A_PAGE = 50


class Written:
    """Serves it."""

    def __init__(self, frame: Frame) -> None:
        """Stand in `frame`."""
        self._frame = frame
        frame.page(AUDIT, self.page)

    async def page(self, visit: Visit) -> Response:
        """Show fifty entries, and the way to older ones."""
        before = whole_number(visit.request.query_params.get("before", "")) or None
        async with self._frame.database.reading() as connection:
            found = await audit.page(connection, A_PAGE + 1, before)
        older = found[A_PAGE - 1].pk if len(found) > A_PAGE else None
        return self._frame.show(
            visit,
            "desk/audit.html",
            entries=found[:A_PAGE],
            older=older,
            newest=before is None,
            told=told,
            command_line=COMMAND_LINE,
        )


def told(did: str, words: Translator) -> str:
    """Return what was done in words, and as it is kept where there are none."""
    key = f"desk_did_{did}"
    return words(key) if words.has(key) else did

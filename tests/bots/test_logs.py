"""Logs say where something went wrong, and nothing of anybody."""

from __future__ import annotations

import pytest
import structlog

from bots.logs import set_up
from core.settings import Settings


@pytest.mark.parametrize("as_json", [True, False])
def test_a_mistake_is_logged_without_the_values_it_met(
    capsys: pytest.CaptureFixture[str],
    *,
    as_json: bool,
) -> None:
    set_up(Settings(log_json=as_json))
    log, serial = structlog.get_logger(), "SERIAL-0042"

    try:
        _stumble(serial)
    except ValueError:
        log.exception("stumbled")

    written = capsys.readouterr().err
    assert "SERIAL-0042" not in written
    assert "ValueError" in written
    assert "_stumble" in written


def _stumble(serial: str) -> None:
    raise ValueError(serial)

"""What several tests share: a real PostgreSQL, started once."""

from __future__ import annotations

import os
import shutil
import tempfile
import warnings
from collections.abc import Iterator

import pytest
from hypothesis import settings

from tests.builders import STEADY

# Also where a test does not say so itself: no machine is too slow for a test.
settings.register_profile("steady", STEADY)
settings.load_profile("steady")


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """Give the URL of a PostgreSQL server on which databases may be made and dropped."""
    named = os.environ.get("RECALLBOT_TEST_POSTGRES_URL")
    if named:
        yield named
        return
    with warnings.catch_warnings():
        # It asks for a run-time folder that containers do not have, and makes do without.
        warnings.simplefilter("ignore")
        pgserver = pytest.importorskip(
            "pgserver", reason="no PostgreSQL: set RECALLBOT_TEST_POSTGRES_URL"
        )
        # Not pytest's own folder: the server may run as another user, who cannot enter that.
        folder = tempfile.mkdtemp(prefix="recallbot-postgres-")
        server = pgserver.get_server(folder)
    # Programs are killed in these tests, the machine is not.
    server.psql("ALTER SYSTEM SET fsync = off; SELECT pg_reload_conf();")
    yield server.get_uri()
    server.cleanup()
    shutil.rmtree(folder, ignore_errors=True)

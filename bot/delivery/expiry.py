"""Deletes what is kept no longer: by the clock, whether or not anybody writes or taps."""

import asyncio
import logging

from bot.errors import StoreError
from bot.logs import FailureLog
from bot.store.base import Store

INTERVAL = 1_800.0
"""Seconds between deletions, the first of which is at the start."""
FAILURE_INTERVAL = 60.0
"""Seconds until it is tried again when the database failed."""
BATCH = 500
"""Rows of each kind that are deleted in one transaction, which holds up votes for a moment."""
PAUSE = 0.1
"""Seconds between transactions, for votes that wait."""

log = logging.getLogger(__name__)


async def delete_expired(store: Store) -> None:
    """Delete what is kept no longer, again and again until cancelled."""
    failures = FailureLog(log)
    while True:
        pause, deleted = INTERVAL, 0
        try:
            while n := await store.delete_expired(BATCH):
                deleted += n
                await asyncio.sleep(PAUSE)
            if deleted:
                log.info("Deleted %s rows of the database that are kept no longer.", f"{deleted:,}")
            failures.recovered("What is kept no longer is deleted again.")
        except StoreError as error:
            failures.failed(f"What is kept no longer is deleted later: {error}")
            pause = FAILURE_INTERVAL
        except Exception:
            # One unexpected error must not end it: readers were promised that it goes on.
            log.exception("What is kept no longer could not be deleted")
        await asyncio.sleep(pause)

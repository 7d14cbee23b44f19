"""A run's figures, out of the taps that were made and what the server saw of the bot."""

import math
from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tests.benchmarks.copies.bound import Limits, freshest, least
from tests.benchmarks.copies.history import History
from tests.benchmarks.copies.server import ChatKey, Edit, Seen, Shown
from tests.benchmarks.copies.taps import Tapped

NEVER = math.inf


@dataclass(frozen=True)
class Run:
    """Everything that a run left behind. before: what each copy showed at first."""

    taps: Sequence[Tapped]
    seen: Seen
    before: Mapping[ChatKey, Shown]
    truth: Shown
    limits: Limits


def share(values: Sequence[float], most: float) -> float:
    """How many of the values are no more than `most`."""
    return sum(value <= most for value in values) / len(values)


def percentile(values: Sequence[float], part: float) -> float:
    """The value below which this part of them lies."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, math.ceil(part * len(ordered)) - 1)]


def button_times(run: Run) -> list[float]:
    """Seconds from each tap to its answer."""
    return [run.seen.answered.get(made.query, NEVER) - made.at for made in run.taps]


def fresh_times(run: Run, history: History) -> tuple[list[float], int]:
    """Seconds from each tap until its copy shows it; and the edits with counts that never were.

    A tap is shown by the first edit of its copy with counts that include its vote. Where the copy
    already showed the counts after its vote, none was needed: then the answer is what counts.
    """
    edits: dict[ChatKey, list[tuple[Edit, int]]] = defaultdict(list)
    strange = 0
    for edit in _done(run.seen.edits):
        number = history.shown_by(edit.shown, edit.at)
        strange += number is None
        edits[edit.copy].append((edit, -1 if number is None else number))
    times = []
    for made in run.taps:
        number = history.number.get(made.query)
        answered = run.seen.answered.get(made.query, NEVER)
        if number is None:
            times.append(NEVER)
            continue
        own = edits[made.tap.copy]
        last = bisect_right(own, answered, key=lambda pair: pair[0].at) - 1
        showed = own[last][0].shown if last >= 0 else run.before[made.tap.copy]
        when = min((edit.at for edit, n in own if n >= number), default=NEVER)
        if showed == history.after(number):
            when = min(when, answered)
        times.append(max(0.0, when - made.at))
    return times, strange


def best_times(run: Run) -> list[float]:
    """The same times, for the best that the limits allow."""
    return freshest(run.taps, run.limits)


@dataclass(frozen=True)
class End:
    """How the copies came to agree. took: seconds after the last tap; infinity when they do not.

    least: what the limits need with all their room; least_now: with the room that they had, after
    what had been written before.
    """

    stale: int
    took: float
    least: float
    least_now: float


def end(run: Run) -> End:
    """Look at what came after the last tap."""
    over = max(made.at for made in run.taps)
    shows, when = dict(run.before), dict[ChatKey, float]()
    stale: list[ChatKey] | None = None
    for edit in _done(run.seen.edits):
        if stale is None and edit.at > over:
            stale = [copy for copy, shown in shows.items() if shown != run.truth]
        if (shows[edit.copy] == run.truth) != (edit.shown == run.truth):
            when[edit.copy] = edit.at
        shows[edit.copy] = edit.shown
    if stale is None:
        stale = [copy for copy, shown in shows.items() if shown != run.truth]
    agree = all(shown == run.truth for shown in shows.values())
    took = max(0.0, max(when.values(), default=over) - over) if agree else NEVER
    used = [(e.at - over, e.copy[0]) for e in _counted(run.seen.edits) if e.at <= over]
    return End(len(stale), took, least(stale, run.limits), least(stale, run.limits, used))


def all_true(run: Run) -> bool:
    """Whether every copy shows the true counts by now."""
    shows = dict(run.before)
    shows.update((edit.copy, edit.shown) for edit in _done(run.seen.edits))
    return all(shown == run.truth for shown in shows.values())


def refusals(run: Run) -> tuple[int, int]:
    """Edits that were refused with 429, and those of them in a chat after that chat's first."""
    refused = Counter(edit.copy[0] for edit in run.seen.edits if edit.status == 429)
    return refused.total(), sum(number - 1 for number in refused.values())


def busiest(run: Run) -> tuple[int, float]:
    """The most edits in any second, and on average from the first to the last of them."""
    times = sorted(edit.at for edit in run.seen.edits)
    most = max((bisect_right(times, at + 1.0) - n for n, at in enumerate(times)), default=0)
    span = times[-1] - times[0] if len(times) > 1 else 1.0
    return most, len(times) / span


def _done(edits: Sequence[Edit]) -> list[Edit]:
    return sorted((edit for edit in edits if edit.status == 200), key=lambda edit: edit.at)


def _counted(edits: Sequence[Edit]) -> list[Edit]:
    return sorted((edit for edit in edits if edit.status != 429), key=lambda edit: edit.at)

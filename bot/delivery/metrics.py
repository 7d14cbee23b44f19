"""What is counted and measured while the bot runs, for Prometheus.

Counting is adding a number to a dictionary on the event loop, so that it costs a question nothing
that can be noticed. Prometheus' own client library is only imported, and only works, when somebody
asks for the numbers.
"""

import time
from bisect import bisect_left
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from prometheus_client import Metric

BUCKETS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 120.0)
"""Upper bounds of a histogram's buckets, in seconds."""
PREFIX = "article_bot_"


class Counter:
    """How often something has happened, by one label.

    Attributes:
        name: The metric's name without PREFIX and "_total".
        help: What is counted.
        label: The name of the label.
        values: The number for each value of the label.
    """

    def __init__(self, name: str, help_: str, label: str) -> None:
        self.name, self.help, self.label = name, help_, label
        self.values: dict[str, int] = {}

    def add(self, value: str) -> None:
        """Count one more.

        Args:
            value: The label's value; one of a few, and nothing that readers write.
        """
        self.values[value] = self.values.get(value, 0) + 1


class Histogram:
    """How many seconds something has taken, by one label; attributes as for Counter.

    Attributes:
        values: For each value of the label, the sum of the seconds and how often each of BUCKETS,
            or more than the last, was the first that was long enough.
    """

    def __init__(self, name: str, help_: str, label: str) -> None:
        self.name, self.help, self.label = name, help_, label
        self.values: dict[str, tuple[float, list[int]]] = {}

    def add(self, value: str, seconds: float) -> None:
        """Count one more that has taken so many seconds; ``value`` as for ``Counter.add``."""
        total, counts = self.values.get(value) or (0.0, [0] * (len(BUCKETS) + 1))
        counts[bisect_left(BUCKETS, seconds)] += 1
        self.values[value] = (total + seconds, counts)


class Metrics:
    """Everything that is counted.

    Attributes:
        counters: Every counter; each has a name of its own here, too.
        histograms: Every histogram, likewise.
        telegram_answered: When Telegram last answered a call, on ``time.monotonic``'s clock; minus
            infinity before the first answer.
    """

    def __init__(self) -> None:
        self.updates = Counter("updates", "Updates that came from Telegram, by kind.", "kind")
        self.dropped = Counter(
            "updates_dropped",
            "Updates that were not answered, because their reader sent too many or has typed on.",
            "kind",
        )
        self.handling = Histogram(
            "update_seconds",
            "From the arrival of an update until it was handled and answered, by kind.",
            "kind",
        )
        self.answers = Counter("answers", "Questions that were answered, by verdict.", "verdict")
        self.votes = Counter("votes", "Taps on reactions, by what became of the vote.", "change")
        self.edits = Counter("edits", "Edits of messages with counts, by outcome.", "outcome")
        self.calls = Counter(
            "telegram_calls",
            "Calls of the Bot API, by the status of the answer; 0 if there was none.",
            "status",
        )
        self.call_seconds = Histogram(
            "telegram_call_seconds", "How long Telegram took to answer, by method.", "method"
        )
        self.errors = Counter("errors", "What went wrong, by part of the bot.", "part")
        self.counters = (
            *(self.updates, self.dropped, self.answers, self.votes, self.edits, self.calls),
            self.errors,
        )
        self.histograms = (self.handling, self.call_seconds)
        self.telegram_answered = float("-inf")
        self._gauges: dict[str, tuple[str, Callable[[], float]]] = {}

    def gauge(self, name: str, help_: str, read: Callable[[], float]) -> None:
        """Show a number that goes up and down.

        Args:
            name: The metric's name without PREFIX.
            help_: What it is.
            read: Returns it; called whenever somebody asks for the numbers.
        """
        self._gauges[name] = (help_, read)

    def called(self, method: str, status: int, started: float) -> None:
        """Note a call of the Bot API.

        Args:
            method: The method's name.
            status: The HTTP status of Telegram's answer; 0 if it did not answer.
            started: When the call began, on ``time.monotonic``'s clock.
        """
        now = time.monotonic()
        self.calls.add(str(status))
        if status:
            self.telegram_answered = now
            # A long poll takes as long as nobody writes.
            if method != "getUpdates":
                self.call_seconds.add(method, now - started)

    def collect(self) -> "Iterator[Metric]":
        """Return everything in the form of Prometheus' client library."""
        from prometheus_client.metrics_core import (  # noqa: PLC0415
            CounterMetricFamily,
            GaugeMetricFamily,
            HistogramMetricFamily,
        )

        for each in self.counters:
            counter = CounterMetricFamily(PREFIX + each.name, each.help, labels=[each.label])
            for value, number in each.values.items():
                counter.add_metric([value], number)
            yield counter
        for times in self.histograms:
            histogram = HistogramMetricFamily(PREFIX + times.name, times.help, labels=[times.label])
            for value, (total, counts) in times.values.items():
                histogram.add_metric([value], _cumulative(counts), total)
            yield histogram
        for name, (help_, read) in self._gauges.items():
            yield GaugeMetricFamily(PREFIX + name, help_, value=read())

    def exposition(self) -> bytes:
        """Return everything in Prometheus' text format, with what the process uses."""
        from prometheus_client import (  # noqa: PLC0415
            CollectorRegistry,
            ProcessCollector,
            generate_latest,
        )

        registry = CollectorRegistry(auto_describe=False)
        registry.register(self)
        ProcessCollector(registry=registry)
        return generate_latest(registry)


def _cumulative(counts: list[int]) -> list[tuple[str, float]]:
    """Return a histogram's buckets as Prometheus has them: each with all that were shorter."""
    bounds = (*map(str, BUCKETS), "+Inf")
    return [(bound, sum(counts[: number + 1])) for number, bound in enumerate(bounds)]

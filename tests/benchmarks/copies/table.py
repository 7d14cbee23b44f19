"""What a run is told as: figures wanted and measured, and the best that could be."""

import argparse
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tests.benchmarks.copies.figures import (
    Run,
    best_times,
    busiest,
    button_times,
    end,
    fresh_times,
    percentile,
    refusals,
    share,
)
from tests.benchmarks.copies.history import History
from tests.benchmarks.copies.usage import Usage

Row = tuple[str, str, str]


@dataclass
class Measured:
    """A run, and what was seen beside it.

    usage: of the bot and of the server, before the load, after it and at the end. wrong: copies
    that the server shows with other counts than the database's. votes_true: whether these are the
    readers' last reactions. known: copies in the database before the restart.
    """

    run: Run
    history: History
    usage: Sequence[Sequence[Usage]]
    not_modified: int
    calls: Mapping[str, Mapping[str, int]]
    wrong: int
    votes_true: bool
    ready: float = 0.0
    stopped: float = 0.0
    exit_code: int = 0
    known: int = 0
    bot_log: str = ""


def print_tables(measured: Measured, options: argparse.Namespace) -> None:
    """Print what was wanted and measured, then what else there is to know."""
    run = measured.run
    print(
        f"\n{options.copies} copies in {options.chats} private chats and {options.groups} groups, "
        f"{len(run.taps)} taps in {options.seconds:g} s by {options.readers} readers, "
        f"{options.overall:g} edits a second in all, {options.engine}, seed {options.seed}\n"
    )
    rows = [*_speed(measured), _strange(measured, options.engine)]
    _print(("what", "figure", "measured"), [*rows, *_limits(measured), *_end(run)])
    print()
    _print(("also", "", "measured"), _also(measured))
    lines = [line for line in measured.bot_log.splitlines() if " INFO " not in line]
    print("\nThe bot's log:", *lines[:20], sep="\n    ")


def _speed(measured: Measured) -> list[Row]:
    run = measured.run
    buttons, best = button_times(run), best_times(run)
    fresh, _ = fresh_times(run, measured.history)
    return [
        ("button answered, median", "", _ms(percentile(buttons, 0.5))),
        ("button answered, 99 %", "100 ms", _ms(percentile(buttons, 0.99))),
        ("pressed copy shows the tap, median", "", _ms(percentile(fresh, 0.5))),
        ("pressed copy shows the tap, 99 %", "1 s", _ms(percentile(fresh, 0.99))),
        ("pressed copies that show it within 1 s", "", f"{share(fresh, 1.0):.1%}"),
        ("- had every edit gone to the last pressed: median", "", _ms(percentile(best, 0.5))),
        ("- had every edit gone to the last pressed: 99 %", "", _ms(percentile(best, 0.99))),
        ("- had every edit gone to the last pressed: within 1 s", "", f"{share(best, 1.0):.1%}"),
    ]


def _strange(measured: Measured, engine: str) -> Row:
    _, strange = fresh_times(measured.run, measured.history)
    # PostgreSQL counts several votes at once, and does not tell in which order.
    figure = "0" if engine == "sqlite" else "few"
    return "edits with counts that never were", figure, str(strange)


def _limits(measured: Measured) -> list[Row]:
    refused, again = refusals(measured.run)
    return [
        ('"message is not modified"', "0", str(measured.not_modified)),
        ("edits refused with 429", "", str(refused)),
        ("- in a chat after its first", "0", str(again)),
    ]


def _end(run: Run) -> list[Row]:
    found = end(run)
    ratio = found.took / found.least if found.least else float("nan")
    return [
        ("copies stale at the last tap", "", str(found.stale)),
        ("then all copies agree after", "", f"{found.took:.1f} s"),
        ("- the least the limits allow", "", f"{found.least:.1f} s"),
        ("- the same after what was written before", "", f"{found.least_now:.1f} s"),
        ("- ratio to the least", "1.2", f"{ratio:.2f}"),
    ]


def _also(measured: Measured) -> list[Row]:
    (bot, server), (bot_after, server_after), (bot_end, server_end) = measured.usage
    run = measured.run
    posting = [tapped.took for tapped in run.taps]
    most, average = busiest(run)
    calls = sum(number for by_status in measured.calls.values() for number in by_status.values())
    return [
        ("copies with wrong counts at the end", "0", str(measured.wrong)),
        ("database has each reader's last reaction", "yes", _yes(measured.votes_true)),
        ("copies known at the restart", str(len(run.before)), str(measured.known)),
        ("bot ready after its start", "", f"{measured.ready:.1f} s"),
        ("bot's end, exit code", "0", f"{measured.stopped:.1f} s, {measured.exit_code}"),
        ("server took a tap, median and 99 %", "", _both(posting)),
        ("edits in the busiest second, on average", "", f"{most}, {average:.1f}"),
        ("calls of the bot in all", "", str(calls)),
        ("bot's processor under load, at the end", "", _shares(bot, bot_after, bot_end)),
        (
            "server's processor under load, at the end",
            "",
            _shares(server, server_after, server_end),
        ),
        ("processors busy under load, all processes", "", f"{bot.machine_until(bot_after):.2f}"),
        (
            "bot's memory before, after the load, most",
            "",
            f"{bot.memory:.0f}, {bot_after.memory:.0f}, {bot_end.peak:.0f} MB",
        ),
    ]


def _print(head: Row, rows: Sequence[Row]) -> None:
    print("| {} | {} | {} |\n|---|---|---|".format(*head))
    for row in rows:
        print("| {} | {} | {} |".format(*row))


def _ms(seconds: float) -> str:
    return f"{seconds * 1000:.0f} ms" if seconds < 10 else f"{seconds:.1f} s"


def _both(values: Sequence[float]) -> str:
    return f"{_ms(percentile(values, 0.5))}, {_ms(percentile(values, 0.99))}"


def _shares(before: Usage, after: Usage, end: Usage) -> str:
    return f"{before.share_until(after):.0%}, {after.share_until(end):.0%}"


def _yes(whether: bool) -> str:
    return "yes" if whether else "no"

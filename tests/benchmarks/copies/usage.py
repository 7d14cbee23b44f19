"""How much processor time and memory a process takes, as Linux tells it."""

import os
import time
from dataclasses import dataclass
from pathlib import Path

_TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Usage:
    """A process at one moment: processor seconds so far, memory and the most it ever had in MB.

    machine: processor seconds that all processes of the machine took so far.
    """

    at: float
    processor: float
    machine: float
    memory: float
    peak: float

    @classmethod
    def of(cls, process: int) -> "Usage":
        """Look at a process now."""
        folder = Path("/proc") / str(process)
        # The name in brackets may hold spaces; user and system time are 11 fields behind it.
        fields = (folder / "stat").read_text().rpartition(")")[2].split()
        status = dict(
            line.split(":", maxsplit=1) for line in (folder / "status").read_text().splitlines()
        )
        return cls(
            time.monotonic(),
            (int(fields[11]) + int(fields[12])) / _TICKS,
            _machine(),
            int(status["VmRSS"].split()[0]) / 1024,
            int(status["VmHWM"].split()[0]) / 1024,
        )

    def share_until(self, later: "Usage") -> float:
        """The share of a processor that it took from this moment to a later one."""
        return (later.processor - self.processor) / (later.at - self.at)

    def machine_until(self, later: "Usage") -> float:
        """The number of processors that were busy in all."""
        return (later.machine - self.machine) / (later.at - self.at)


def _machine() -> float:
    first = Path("/proc/stat").read_text().splitlines()[0].split()[1:]
    # user, nice, system, idle, iowait, irq, softirq, steal: all but those that wait.
    return sum(int(ticks) for n, ticks in enumerate(first[:8]) if n not in (3, 4)) / _TICKS

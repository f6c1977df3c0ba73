# SPDX-License-Identifier: LGPL-2.1-or-later
"""What the provider's request log tells about polling: how late each poll came, whether one came too
early, and who had more of them than others."""

import collections
import dataclasses
import statistics

MARGIN = 0.1            # badged pauses a tenth longer than it has to (daemon/core/device-flow.c)
LOG_LIMIT = 100000      # of the scripted provider; beyond it nothing is written down


@dataclasses.dataclass(frozen=True)
class Polls:
    """Of the logins that somebody waited for."""

    by_login: dict[int, list[float]]     # login → milliseconds of its code and of each poll
    successes: int
    interval_ms: float

    @property
    def count(self) -> int:
        return sum(len(times) - 1 for times in self.by_login.values())

    def gaps(self) -> list[float]:
        """Milliseconds from code to first poll and from poll to poll."""
        return [later - earlier for times in self.by_login.values()
                for earlier, later in zip(times, times[1:])]

    def too_early(self) -> list[float]:
        return [gap for gap in self.gaps() if gap < self.interval_ms]

    def late_ms(self) -> tuple[float, float]:
        """Median and 99th percentile beyond the pause that badged intends, from poll to poll: the
        first poll waits for the person, too."""
        intended = self.interval_ms * (1 + MARGIN)
        return percentiles([later - earlier - intended for times in self.by_login.values()
                            for earlier, later in zip(times[1:], times[2:])])

    def spread(self, begin_ms: float, end_ms: float) -> tuple[int, int]:
        """The fewest and the most polls that one login had in that time."""
        counts = [sum(begin_ms <= time < end_ms for time in times[1:])
                  for times in self.by_login.values()]
        return min(counts), max(counts)


def polls_of(provider) -> Polls:
    entries = provider.requests()
    assert len(entries) < LOG_LIMIT, "the provider's log is full"
    by_login: dict[int, list[float]] = collections.defaultdict(list)
    for entry in entries:
        if entry.endpoint in ("device", "token"):
            by_login[entry.more["login"]].append(entry.time_ms)
    return Polls({login: times for login, times in by_login.items() if len(times) > 1},
                 sum(entry.endpoint == "token" and entry.status == 200 for entry in entries),
                 provider.row["interval"] * 1000)


def percentiles(values: list[float]) -> tuple[float, float]:
    if len(values) < 2:
        return (values[0] if values else 0.0,) * 2
    cuts = statistics.quantiles(values, n=100, method="inclusive")
    return cuts[49], cuts[98]

# SPDX-License-Identifier: LGPL-2.1-or-later
"""The table at the end of the bench: what was measured, what stood beside it in the same run, and the
one figure that comes of it. Nothing here passes or fails."""

import dataclasses
import os
import pathlib
import statistics

USEC, MSEC = 1e3, 1e6     # in nanoseconds
NOISY = 0.25              # of the middle: how far apart the lowest and the highest turn may be


NOTE = f"noisy: the turns are more than {NOISY:.0%} of the figure apart"


@dataclasses.dataclass(frozen=True)
class Row:
    what: str
    measured: str
    beside: str
    figure: str
    samples: str


class Comparison:
    """The same thing measured several times over, with everything else that is measured in between:
    what one turn meets (a busy neighbour, a cold cache) is not the figure of the run."""

    def __init__(self, what: str, name: str, unit: str) -> None:
        self._what, self._name, self._unit = what, name, unit
        self._ours: list[float] = []
        self._others: list[float] = []
        self._ratios: list[float] = []
        self._differences: list[float] = []
        self._samples = ""

    def add_turn(self, ours: list[float], others: list[float], pick) -> None:
        self._ours.append(pick(ours))
        self._others.append(pick(others))
        self._samples = str(len(ours)) if len(ours) == len(others) else f"{len(ours)}, {len(others)}"
        if len(ours) != len(others) or pick is not statistics.median:
            self._ratios.append(pick(ours) / pick(others))
            return
        self._ratios.append(statistics.median(a / b for a, b in zip(ours, others)))
        self._differences.append(statistics.median(a - b for a, b in zip(ours, others)))

    def row(self) -> Row:
        ratio, low, high = middle_and_ends(self._ratios)
        figure = f"x {ratio:.3g} ({low:.3g} to {high:.3g})"
        if self._differences:
            middle, *ends = middle_and_ends(self._differences)
            first, last = (show(end, self._unit, "+", False) for end in ends)
            figure = f"{show(middle, self._unit, '+')} ({first} to {last}), {figure}"
        if high - low > NOISY * ratio:
            figure += ", noisy"
        return Row(self._what, show(statistics.median(self._ours), self._unit),
                   f"{self._name} {show(statistics.median(self._others), self._unit)}", figure,
                   f"{len(self._ratios)} x {self._samples}")


class Report:
    """Rows in groups, in the order in which the tests bring them."""

    def __init__(self) -> None:
        self._groups: dict[str, dict[tuple, Row | Comparison]] = {}
        self._load_before = os.getloadavg()[0]
        self.comes_first = True

    def add(self, group: str, what: str, measured: str, beside: str = "", figure: str = "",
            samples: str = "") -> None:
        """A row as it is; a later one of the same name takes its place."""
        rows = self._groups.setdefault(group, {})
        rows[(what,)] = Row(what, measured, beside, figure, samples)

    def compare(self, group: str, what: str, ours: list[float], name: str, others: list[float],
                unit: str = "ms", pick=statistics.median) -> None:
        """One turn of a row of medians, or of what pick makes of a list. Both lists are in
        nanoseconds; of equal length when they were measured by turns: then each is compared with its
        neighbour."""
        rows = self._groups.setdefault(group, {})
        comparison = rows.setdefault((what, name), Comparison(what, name, unit))
        comparison.add_turn(ours, others, pick)

    def __bool__(self) -> bool:
        return bool(self._groups)

    def text(self) -> str:
        groups = {name: [row.row() if isinstance(row, Comparison) else row for row in rows.values()]
                  for name, rows in self._groups.items()}
        titles = Row("medians", "badged", "beside it", "in one figure (lowest to highest turn)",
                     "samples")
        columns = [dataclasses.astuple(row) for row in [titles, *sum(groups.values(), [])]]
        widths = [max(len(row[column]) for row in columns) for column in range(5)]

        def line(row: Row) -> str:
            return "  ".join(cell.ljust(width)
                             for cell, width in zip(dataclasses.astuple(row), widths)).rstrip()

        lines = [line(titles), "-" * len(line(titles))]
        for name, group in groups.items():
            lines += [f"[{name}]", *map(line, group)]
        return "\n".join([*lines, "", NOTE, self._machine()]) + "\n"

    def _machine(self) -> str:
        models = [line.partition(":")[2].strip()
                  for line in pathlib.Path("/proc/cpuinfo").read_text().splitlines()
                  if line.startswith("model name")]
        rank = "before everything else" if self.comes_first else "no sooner than anything else"
        return (f"on {os.cpu_count()} x {models[0] if models else os.uname().machine}, {rank} "
                f"that ran there, load {self._load_before:.1f} before and {os.getloadavg()[0]:.1f} after: "
                "times are this machine's, ratios carry over best")


def middle_and_ends(values: list[float]) -> tuple[float, float, float]:
    return statistics.median(values), min(values), max(values)


def percentile(percent: int):
    """For Report.compare(pick=...)."""
    return lambda values: statistics.quantiles(values, n=100, method="inclusive")[percent - 1]


def show(nsec: float, unit: str, sign: str = "", with_unit: bool = True) -> str:
    number = f"{nsec / USEC:{sign}.0f}" if unit == "us" else f"{nsec / MSEC:{sign}.2f}"
    return f"{number} {unit}" if with_unit else number

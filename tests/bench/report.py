# SPDX-License-Identifier: LGPL-2.1-or-later
"""The table at the end of the bench: what was measured, what stood beside it in the same run, and the
one figure that comes of it. Nothing here passes or fails."""

import dataclasses
import os
import pathlib
import statistics

USEC, MSEC = 1e3, 1e6     # in nanoseconds


@dataclasses.dataclass(frozen=True)
class Row:
    what: str
    measured: str
    beside: str
    figure: str
    samples: str


class Report:
    """Rows in groups, in the order in which the tests bring them."""

    def __init__(self) -> None:
        self._groups: dict[str, list[Row]] = {}
        self._load_before = os.getloadavg()[0]

    def add(self, group: str, what: str, measured: str, beside: str = "", figure: str = "",
            samples: str = "") -> None:
        self._groups.setdefault(group, []).append(Row(what, measured, beside, figure, samples))

    def compare(self, group: str, what: str, ours: list[float], name: str, others: list[float],
                unit: str = "ms") -> None:
        """A row of medians. Both lists are in nanoseconds; of equal length when they were measured
        in turns: then each is compared with its neighbour."""
        ours_median, others_median = statistics.median(ours), statistics.median(others)
        figure = f"x {ours_median / others_median:.3g}"
        if len(ours) == len(others):
            differences = [a - b for a, b in zip(ours, others)]
            low, middle, high = quartiles(differences)
            figure = (f"{show(middle, unit, '+')} ({show(low, unit, '+', False)} to "
                      f"{show(high, unit, '+', False)}), {figure}")
        self.add(group, what, show(ours_median, unit), f"{name} {show(others_median, unit)}", figure,
                 str(len(ours)) if len(ours) == len(others) else f"{len(ours)}, {len(others)}")

    def __bool__(self) -> bool:
        return bool(self._groups)

    def text(self) -> str:
        rows = [row for group in self._groups.values() for row in group]
        titles = Row("medians", "badged", "beside it", "in one figure (quartiles)", "samples")
        columns = [dataclasses.astuple(row) for row in [titles, *rows]]
        widths = [max(len(row[column]) for row in columns) for column in range(5)]

        def line(row: Row) -> str:
            return "  ".join(cell.ljust(width)
                             for cell, width in zip(dataclasses.astuple(row), widths)).rstrip()

        lines = [line(titles), "-" * len(line(titles))]
        for name, group in self._groups.items():
            lines += [f"[{name}]", *map(line, group)]
        return "\n".join([*lines, "", self._machine()]) + "\n"

    def _machine(self) -> str:
        models = [line.partition(":")[2].strip()
                  for line in pathlib.Path("/proc/cpuinfo").read_text().splitlines()
                  if line.startswith("model name")]
        return (f"on {os.cpu_count()} x {models[0] if models else os.uname().machine}, "
                f"load {self._load_before:.1f} before and {os.getloadavg()[0]:.1f} after: "
                "times are this machine's, and a busy one's are long; ratios carry over best")


def quartiles(values: list[float]) -> tuple[float, float, float]:
    if len(values) < 2:
        return (values[0],) * 3
    low, middle, high = statistics.quantiles(values, n=4, method="inclusive")
    return low, middle, high


def show(nsec: float, unit: str, sign: str = "", with_unit: bool = True) -> str:
    number = f"{nsec / USEC:{sign}.0f}" if unit == "us" else f"{nsec / MSEC:{sign}.2f}"
    return f"{number} {unit}" if with_unit else number

# SPDX-License-Identifier: Apache-2.0
"""What was measured, as plain text of at most 80 columns."""

from collections.abc import Sequence
from statistics import median

from experiments import Experiment, Results
from findings import Finding
from loading import PROCESSES, Loading

LABEL_WIDTH = 22
COLUMN_WIDTHS = (18, 18, 18, 4)
HEADINGS = ("us CPU/object", "CPU ratio", "1000 objects/s", "MiB")


def number(value: float) -> str:
    """Three figures, or all that stand before the point."""
    decimals = 0 if value >= 100 else 1 if value >= 10 else 2
    return f"{value:.{decimals}f}"


def spread(values: Sequence[float]) -> str:
    return f"{number(median(values))} ({number(min(values))}-{number(max(values))})"


def row(label: str, *cells: str) -> str:
    padded = (cell.rjust(width) for cell, width in zip(cells, COLUMN_WIDTHS, strict=False))
    return label.ljust(LABEL_WIDTH) + "".join(padded)


def experiment_lines(experiment: Experiment, results: Results) -> list[str]:
    lines = [experiment.title, row("", *HEADINGS)]
    first = results[experiment.contenders[0].label]
    for contender in experiment.contenders:
        its = results[contender.label]
        lines.append(
            row(
                contender.label,
                spread(its.cpu_us),
                "1" if its is first else spread(its.cpu_ratios(first)),
                spread([rate / 1e3 for rate in its.rate]),
                f"{median(its.peak_kib) / 1024:.0f}",
            )
        )
    return lines


def loading_lines(loading: Loading) -> list[str]:
    return [
        f"Load the library, in {PROCESSES} processes",
        row("", "ms"),
        row("dlopen of libcurl", spread(loading.libcurl_ms)),
        row("then of libdatapanel", spread(loading.libdatapanel_ms)),
    ]


def finding_lines(findings: Sequence[Finding]) -> list[str]:
    lines = ["Bounds, held against the medians"]
    for its in findings:
        side = "at most" if its.is_upper else "at least"
        measured = f"{number(its.value)} {its.unit}"
        limit = f"{side} {its.limit:g} {its.unit}"
        verdict = "met" if its.met else "MISSED"
        lines.append(f"{its.promise:40}{measured:>12}   {limit:19}{verdict}")
    return lines

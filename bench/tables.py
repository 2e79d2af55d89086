# SPDX-License-Identifier: Apache-2.0
"""What was measured, as plain text of at most 100 columns."""

from collections.abc import Sequence
from statistics import median

from calls import Calls, memory_mb, values
from command import FILE_BYTES, Sendings
from experiments import Experiment, Results
from findings import Finding
from loading import PROCESSES, Loading
from measure import Measured
from pythons import Pythons
from sparks import NOOP, ROWS, Sparks
from streams import BY_HAND, OURS, WIRE, Cell, Lengths
from streams import Results as Streams

LABEL_WIDTH = 22
COLUMN_WIDTHS = (18, 18, 18, 4)
HEADINGS = ("us CPU/object", "CPU ratio", "1000 objects/s", "MB")


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
    return comparison_lines(experiment.title, results)


def comparison_lines(title: str, results: Results) -> list[str]:
    lines = [title, row("", *HEADINGS)]
    first = next(iter(results.values()))
    for label, its in results.items():
        lines.append(
            row(
                label,
                spread(its.cpu_us),
                "1" if its is first else spread(its.cpu_ratios(first)),
                spread([rate / 1e3 for rate in its.rate]),
                f"{median(its.peak_mb):.0f}",
            )
        )
    return lines


# Of three contenders side by side: `hand` is libcurl + jansson, `wire` has no JSON work.
STREAM_HEADINGS = (
    "batch  ms   n",
    "   ours   hand   wire  ours/wire  hand/ours ",  # CPU
    "  ours  hand  wire  ours/wire",  # rate
    " ours hand wire",  # memory
)
STREAM_GROUPS = ("", "us CPU/object", "1000 objects/s", "MB")


def ratio(values: Sequence[float]) -> str:
    """The median, and how far the others are from it."""
    middle = median(values)
    away = max(abs(value - middle) for value in values) / middle
    return f"{number(middle)} ±{100 * away:.0f}%"


def stream_line(cell: Cell, its: dict[str, Measured]) -> str:
    ours, hand, wire = its[OURS], its[BY_HAND], its[WIRE]
    where = f"{cell.batch:5}{cell.latency_ms:4}{cell.in_flight:4}"
    cpu = "".join(f"{number(median(each.cpu_us)):>7}" for each in (ours, hand, wire))
    rate = "".join(f"{number(median(each.rate) / 1e3):>6}" for each in (ours, hand, wire))
    peak = "".join(f"{median(each.peak_mb):>5.0f}" for each in (ours, hand, wire))
    cpu += f"{ratio(ours.cpu_ratios(wire)):>11}{ratio(hand.cpu_ratios(ours)):>11}"
    return f"{where}{cpu} {rate}{ratio(ours.rate_ratios(wire)):>11}{peak}"


def stream_lines(results: Streams, lengths: Lengths) -> list[str]:
    lines = ["Stream objects in requests of `batch`, `n` at once, to a server that takes `ms`"]
    groups = zip(STREAM_GROUPS, STREAM_HEADINGS, strict=True)
    groups_line = "".join(name.center(len(headings)) for name, headings in groups).rstrip()
    for tls in (False, True):
        lines += ["", "with TLS" if tls else "plain HTTP", groups_line, "".join(STREAM_HEADINGS)]
        lines += [stream_line(cell, its) for cell, its in results.items() if cell.tls == tls]
    few, many = lengths.few, lengths.many
    lines += ["", "dp_producer, batches of 100, 16 at once, 0 ms, plain: peak of"]
    lines += [f"10,000 objects {few.peak_mb:.1f} MB, 10,000,000 objects {many.peak_mb:.1f} MB"]
    return lines


def call_lines(calls: Calls) -> list[str]:
    def line(label: str, values: Sequence[float], unit: str) -> str:
        return f"{label:42}{spread(values):>20} {unit}"

    return [
        f"Calls of a producer: medians of {len(calls.send)} processes (lowest-highest)",
        line("dp_producer_send, median", values(calls.send, "send_median_us"), "us"),
        line("dp_producer_send, 99 of 100 below", values(calls.send, "send_p99_us"), "us"),
        line("taken from four threads", values(calls.threads, "taken_per_s"), "objects/s"),
        line("wake-ups of an idle thread", values(calls.idle, "wakeups"), "in 2 s"),
        line("a refusal, median", values(calls.refuse, "refusal_median_us"), "us"),
        line("a refusal, 99 of 100 below", values(calls.refuse, "refusal_p99_us"), "us"),
        line("memory, server down, nobody collects", memory_mb(calls.refuse), "MB"),
        line("memory, and objects expire after 1 s", memory_mb(calls.expire), "MB"),
        line("taken with spool.sync = always", values(calls.synced, "synced_per_s"), "objects/s"),
        line("for each sync of the disk", values(calls.synced, "objects_per_sync"), "objects"),
        line("a producer that finds 1 GiB in its spool", values(calls.reopen, "reopen_s"), "s"),
    ]


def command_lines(found: Sendings) -> list[str]:
    lines = [
        f"datapanel send, batches of 100, 4 at once; files of {FILE_BYTES / 1e9:g} GB, start-up included",
        row("", HEADINGS[0], HEADINGS[2], HEADINGS[3]),
    ]
    for label, runs in found.items():
        cpu, rates = [each.cpu_us for each in runs], [each.rate / 1e3 for each in runs]
        peak = f"{max(each.peak_mb for each in runs):.0f}"
        lines.append(row(label, spread(cpu), spread(rates), peak))
    return lines


def python_lines(pythons: Pythons) -> list[str]:
    lines = comparison_lines("From Python, in requests of 100, plain HTTP", pythons.results)
    return [
        *lines,
        "",
        "Of the thread that calls, without orjson",
        row("", "us"),
        row("Producer.send(dict)", spread(values(pythons.calls, "send_us"))),
        row("json.dumps", spread(values(pythons.calls, "dumps_us"))),
        f"import datapanel: {spread(pythons.import_ms)} ms",
    ]


def spark_lines(sparks: Sparks) -> list[str]:
    title = f"Spark on this machine, {ROWS:,} rows of {sparks.size} bytes, first writes left out"
    lines = [title, row("", "1000 rows/s", "of the noop sink")]
    for label, rates in sparks.rates.items():
        share = f"{median(rates) / median(sparks.rates[NOOP]):.0%}"
        lines.append(row(label, spread([rate / 1e3 for rate in rates]), share))
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
        lines.append(f"{its.promise:42}{measured:>12}   {limit:22}{verdict}")
    return lines

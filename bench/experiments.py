# SPDX-License-Identifier: Apache-2.0
"""What is compared, and what must come out. A new contender has its line here."""

from collections.abc import Callable
from dataclasses import dataclass
from statistics import median

from findings import Finding, at_least, at_most
from measure import Contender, Measured
from sample import SIZE

BATCH = 100

# The sink asks nobody for a token or a signature.
KEYS = {
    "DATAPANEL_AUTH": "aksk",
    "DATAPANEL_AUTH_ACCESS_KEY": "AKEXAMPLE",
    "DATAPANEL_AUTH_SECRET_KEY": "SKEXAMPLE",
}

# On the disk of this folder; each run leaves it empty.
SPOOL = "build/bench/spool"
WRITTEN = {"BENCH_FILE": "build/bench/written"}
KEPT = {how: {**WRITTEN, "BENCH_KEEP": how} for how in ("write", "ask", "map")}

Results = dict[str, Measured]


@dataclass(frozen=True)
class Experiment:
    """One table; its first contender is what the others are compared with."""

    name: str
    title: str
    contenders: tuple[Contender, ...]
    server: str = ""  # "sink", "emulator" or none
    batch: int = BATCH
    judge: Callable[[Results], list[Finding]] = lambda _: []


def judge_adding(results: Results) -> list[Finding]:
    ours, jansson = results["dp_request_add"], results["json_loadb, no copy"]
    simdjson = results["simdjson, no splicing"]
    ratio = median(jansson.cpu_ratios(ours))
    return [
        at_most("CPU of dp_request_add for one object", median(ours.cpu_us), 1.5, "us"),
        at_least("CPU of json_loadb, compared with that", ratio, 10, "times"),
        at_most(
            "CPU of dp_request_add / simdjson's", median(ours.cpu_ratios(simdjson)), 2, "times"
        ),
    ]


def judge_signing(results: Results) -> list[Finding]:
    """Of the hash of the body and all that is done once a request."""
    pairs = zip(results["signed"].cpu_us, results["token"].cpu_us, strict=True)
    extra = median(signed - token for signed, token in pairs)
    return [at_most("CPU of signing 1000 bytes of body", extra * 1000 / SIZE, 1.0, "us")]


def judge_spool(results: Results) -> list[Finding]:
    memory, spool = results["memory only"], results["spool, synced every 500 ms"]
    many, many_spool = results["memory only, send_many"], results["spool, send_many"]
    unit = "times that without"
    return [
        at_most("CPU with a spool", median(spool.cpu_ratios(memory)), 1.5, unit),
        at_most("CPU with a spool, many at once", median(many_spool.cpu_ratios(many)), 1.5, unit),
        at_least("objects a second with a spool", median(spool.rate), 100_000, "/s"),
    ]


def judge_emulator(results: Results) -> list[Finding]:
    rate = median(results["libcurl, no JSON work"].rate)
    return [at_least("objects that datapanel-emulator takes", rate, 30_000, "/s")]


EXPERIMENTS = (
    Experiment(
        name="add",
        title=f"Check an object and copy it into a request of {BATCH}",
        contenders=(
            Contender("add_datapanel", "dp_request_add", 1_000_000),
            Contender("add_simdjson", "simdjson, no splicing", 1_000_000),
            Contender("add_jansson", "json_loadb, no copy", 40_000),
        ),
        judge=judge_adding,
    ),
    Experiment(
        name="send",
        title=f"Send requests of {BATCH} objects, one at a time, and read the ids",
        contenders=(
            Contender("send_datapanel", "dp_client_submit", 300_000),
            Contender("send_simdjson", "libcurl + simdjson", 300_000),
            Contender("send_jansson", "libcurl + jansson", 40_000),
            Contender("send_prebuilt", "libcurl, no JSON work", 300_000),
        ),
        server="sink",
    ),
    Experiment(
        name="sign",
        title=f"Send requests of {BATCH} objects with a token, and signed",
        contenders=(
            Contender("send_datapanel", "token", 300_000),
            Contender("send_datapanel", "signed", 300_000, settings=KEYS),
        ),
        server="sink",
        judge=judge_signing,
    ),
    Experiment(
        name="spool",
        title=f"A producer in memory and with a spool: requests of {BATCH}, 4 at a time",
        contenders=(
            Contender("produce_datapanel", "memory only", 300_000, in_flight=4),
            Contender(
                "produce_written",
                "memory only, and a pwrite of each object",
                300_000,
                in_flight=4,
                settings=WRITTEN,
            ),
            Contender(
                "produce_datapanel",
                "spool, synced every 500 ms",
                300_000,
                in_flight=4,
                settings={"DATAPANEL_SPOOL_PATH": SPOOL},
            ),
            Contender(
                "produce_datapanel",
                "spool, never synced",
                300_000,
                in_flight=4,
                settings={"DATAPANEL_SPOOL_PATH": SPOOL, "DATAPANEL_SPOOL_SYNC": "none"},
            ),
            Contender("produce_many", "memory only, send_many", 300_000, in_flight=4),
            Contender(
                "produce_many",
                "spool, send_many",
                300_000,
                in_flight=4,
                settings={"DATAPANEL_SPOOL_PATH": SPOOL},
            ),
        ),
        server="sink",
        judge=judge_spool,
    ),
    Experiment(
        name="keep",
        title="Keep an object on disk so that it survives a kill, synced every 500 ms",
        contenders=(
            Contender("keep", "pwrite", 3_000_000, settings=KEPT["write"]),
            Contender("keep", "getrlimit, pwrite", 3_000_000, settings=KEPT["ask"]),
            Contender("keep", "a mapped file", 3_000_000, settings=KEPT["map"]),
        ),
    ),
    Experiment(
        name="emulator",
        title=f"What datapanel-emulator takes: requests of {BATCH}, 4 at a time",
        contenders=(Contender("send_prebuilt", "libcurl, no JSON work", 100_000, in_flight=4),),
        server="emulator",
        judge=judge_emulator,
    ),
)

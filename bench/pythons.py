# SPDX-License-Identifier: Apache-2.0
"""The Python package, and the other ways to do its work in Python."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from statistics import median

from findings import Finding, at_least, at_most
from measure import Contender, Measured, Place, compare, facts, process
from servers import Sinks

BATCH = 100
ROUNDS_MAX = 3
CALLS_ROUNDS = 5
CALLS_OBJECTS = 20_000
IMPORTS = 31

MANY, SDK = "send_many, text", "vendor's SDK"
# In requests of 100; the producer has four under way at once, the others one.
CONTENDERS = (
    Contender("python_many.py", MANY, 500_000),
    Contender("python_many.py", "the same, with ids", 200_000, settings={"BENCH_IDS": "1"}),
    Contender("python_send.py", "send, dict, orjson", 100_000),
    Contender("python_send.py", "send, dict, json", 50_000, settings={"BENCH_ENCODER": "json"}),
    Contender("python_client.py", "Client.submit", 50_000),
    Contender("python_httpx.py", "httpx + orjson", 50_000),
    Contender("python_requests.py", "requests", 20_000),
    Contender("python_sdk.py", SDK, 30_000),
)


@dataclass(frozen=True)
class Pythons:
    """What an object costs by each way, what calls take, and what an import takes."""

    results: dict[str, Measured]
    calls: list[dict[str, float]]
    import_ms: list[float]


def measure_pythons(
    place: Place, rounds: int, sinks: Sinks, progress: Callable[[str], None]
) -> Pythons:
    with sinks.start() as server:
        results = compare(CONTENDERS, place, BATCH, min(rounds, ROUNDS_MAX), server, progress)
        calls = []
        for _ in range(CALLS_ROUNDS):
            command = [*place.command("python_calls.py"), str(place.objects)]
            command += [str(CALLS_OBJECTS), str(BATCH)]
            printed, _cost = process(command, place.environment | server.settings())
            calls.append({name: float(value) for name, value in facts(printed).items()})
    return Pythons(results, calls, list(import_times(place)))


def import_times(place: Place) -> Iterator[float]:
    """What a process takes longer that imports the package, pair by pair.

    The modules are compiled beforehand, as they are when pip has installed them.
    """
    environment = place.environment | {"PYTHONPYCACHEPREFIX": str(place.programs / "pycache")}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    process([place.python, "-c", "import datapanel"], environment)
    for _ in range(IMPORTS):
        walls = [
            process([place.python, "-c", program], environment)[1].wall_us
            for program in ("pass", "import datapanel")
        ]
        yield (walls[1] - walls[0]) / 1e3


def ratios(pythons: Pythons) -> list[float]:
    return [each["send_us"] / each["dumps_us"] for each in pythons.calls]


def judge_pythons(pythons: Pythons) -> Iterator[Finding]:
    many, sdk = pythons.results[MANY], pythons.results[SDK]
    yield at_least("Python: objects of send_many", median(many.rate), 250_000, "/s")
    yield at_least("CPU of the SDK / send_many's", median(sdk.cpu_ratios(many)), 15, "times")
    yield at_most("Producer.send(dict) / json.dumps", median(ratios(pythons)), 1.3, "times")
    yield at_most("import datapanel", median(pythons.import_ms), 30, "ms")

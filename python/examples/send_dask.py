#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Send a table of Parquet from the workers of Dask.

    send_dask.py 'lake/*.parquet' target=name:Indicator id.column=key

All that another engine needs is in `to_datapanel`: the plan goes to the tasks, each writes its
rows, and their messages are added up. The options are those of docs/SPARK.md; the token comes from
the environment of the workers.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from datapanel import DatapanelError
from datapanel.sink import Plan, Summary, Task, write_frame

if TYPE_CHECKING:
    from collections.abc import Mapping


def to_datapanel(frame: Any, options: Mapping[str, str]) -> Summary:
    """Write a frame of Dask; when this returns, each row was acknowledged or is a dead letter."""
    from dask import compute, delayed  # noqa: PLC0415

    plan = Plan.of(options)
    write = delayed(write_frame)
    parts = frame.to_delayed()
    messages = compute(*(write(plan, Task(number), part) for number, part in enumerate(parts)))
    return Summary.of(messages)


def main() -> int:
    """Take the files and the options from the command line."""
    from dask import dataframe  # noqa: PLC0415

    files, *options = sys.argv[1:]
    try:
        summary = to_datapanel(
            dataframe.read_parquet(files), dict(each.split("=", 1) for each in options)
        )
    except DatapanelError as error:
        print(error, file=sys.stderr)
        return 2
    print(summary.line())
    return 1 if summary.failed else 0


if __name__ == "__main__":
    sys.exit(main())

# SPDX-License-Identifier: Apache-2.0
"""The tasks of an engine such as Spark, Ray or Dask, each with a producer of its own.

The driver makes a `Plan` of options, plain texts that can travel to any worker. A task writes its
rows with it and returns a `Message`; the driver makes a `Summary` of those.

>>> from datapanel.sink import Plan, Summary, Task, write_rows
>>> plan = Plan.of({"target": alerts, "endpoint": endpoint, "id.column": "key"})
>>> messages = [write_rows(plan, Task(partition=0), [{"key": "a", "n": 1}, {"key": "b", "n": 2}])]
>>> Summary.of(messages).stored
2

It promises at least once: when a task has returned, each of its rows was acknowledged, or is a dead
letter if the plan has those. Who runs a task again sends its rows again, under the same ids.
"""

from .columns import write_batches
from .messages import Message, Summary
from .plan import Identity, Plan
from .task import Task, TaskError
from .texts import write_frame, write_rows

__all__ = [
    "Identity",
    "Message",
    "Plan",
    "Summary",
    "Task",
    "TaskError",
    "write_batches",
    "write_frame",
    "write_rows",
]

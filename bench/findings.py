# SPDX-License-Identifier: Apache-2.0
"""Promises, and what came out."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Finding:
    """A bound and the median that it is held against."""

    promise: str
    value: float
    unit: str
    limit: float
    is_upper: bool

    @property
    def met(self) -> bool:
        return self.value <= self.limit if self.is_upper else self.value >= self.limit


def at_most(promise: str, value: float, limit: float, unit: str) -> Finding:
    return Finding(promise, value, unit, limit, is_upper=True)


def at_least(promise: str, value: float, limit: float, unit: str) -> Finding:
    return Finding(promise, value, unit, limit, is_upper=False)

"""What a run found, for people and for machines."""

import json
from pathlib import Path
from statistics import median
from typing import Any

from tests.load.measure import CONNECTIONS
from tests.load.runner import CONSTANT, OURS, SQL, Result
from tests.load.seed import Sizes

# Design section 12: the slowest requests take no more than ten times as long as the middle one.
P99_WITHIN = 10


def summary(result: Result) -> dict[str, Any]:
    """The median of the rounds, the share of both limits, and which goals are reached (None: there is no goal)."""
    ours, sql, constant = (_median(result, way, "per_second") for way in (OURS, SQL, CONSTANT))
    p50, p99 = _median(result, OURS, "p50_ms"), _median(result, OURS, "p99_ms")
    goal = result.case.goal
    return {
        "case": result.case.name,
        "requests_per_second": ours,
        "p50_ms": p50,
        "p99_ms": p99,
        "statements": result.captured.queries,
        "transaction_statements": result.captured.controls,
        "sql_limit_per_second": sql,
        "of_sql_limit": ours / sql,
        "constant_per_second": constant,
        "of_constant": ours / constant,
        "goal_of_sql_limit": goal,
        "goal_reached": None if goal is None else ours / sql >= goal,
        "p99_reached": p99 <= P99_WITHIN * p50,
    }


def table(results: list[Result]) -> str:
    """One line a case; `!` marks a goal that is missed."""
    head = ("case", "req/s", "p50 ms", "p99 ms", "statements", "SQL limit/s", "ratio", "goal", "constant/s", "ratio")
    rows = [head, *(_row(summary(result)) for result in results)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(head))]
    lines = [
        "  ".join(
            cell.ljust(width) if not column else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        for row in rows
    ]
    notes = "statements: queries + BEGIN, COMMIT and savepoints.  !: a goal that is missed (p99: ten times p50)."
    return "\n".join([lines[0], "-" * len(lines[0]), *lines[1:], "", notes])


def save(file: Path, results: list[Result], sizes: Sizes, *, rounds: int, seconds: int) -> None:
    file.parent.mkdir(exist_ok=True)
    report = {
        "sizes": vars(sizes) | {"sessions": sizes.sessions},
        "rounds": rounds,
        "seconds": seconds,
        "connections": CONNECTIONS,
        "cases": [
            summary(result)
            | {
                "rounds": {way: [vars(figures) for figures in rounds] for way, rounds in result.figures.items()},
                "sql": result.captured.statements,
            }
            for result in results
        ],
    }
    file.write_text(json.dumps(report, indent=2) + "\n")


def _row(found: dict[str, Any]) -> tuple[str, ...]:
    goal = found["goal_of_sql_limit"]
    return (
        found["case"],
        f"{found['requests_per_second']:.0f}",
        f"{found['p50_ms']:.1f}",
        f"{found['p99_ms']:.1f}" + ("" if found["p99_reached"] else "!"),
        f"{found['statements']}+{found['transaction_statements']}",
        f"{found['sql_limit_per_second']:.0f}",
        f"{found['of_sql_limit']:.3f}" + ("!" if found["goal_reached"] is False else ""),
        f"{goal:.2f}" if goal else "",
        f"{found['constant_per_second']:.0f}",
        f"{found['of_constant']:.3f}",
    )


def _median(result: Result, way: str, name: str) -> float:
    return median(getattr(figures, name) for figures in result.figures[way])

"""Comparing an answer with a document's example."""

from typing import Any


def differences(actual: Any, example: Any, path: str = "") -> list[str]:
    """Where `actual` lacks or contradicts what the example shows; more than the example shows is fine."""
    if isinstance(example, dict):
        if not isinstance(actual, dict):
            return [f"{path or 'body'} is not an object: {actual!r}"]
        lost = [f"{path}.{key} is missing" for key in example if key not in actual]
        shared = [key for key in example if key in actual]
        return lost + [d for key in shared for d in differences(actual[key], example[key], f"{path}.{key}")]
    if isinstance(example, list):
        if not isinstance(actual, list) or len(actual) != len(example):
            return [f"{path or 'body'} is not a list of {len(example)}: {actual!r}"]
        pairs = enumerate(zip(actual, example, strict=True))
        return [d for index, (a, e) in pairs for d in differences(a, e, f"{path}[{index}]")]
    return [] if actual == example else [f"{path or 'body'} is {actual!r}, not {example!r}"]

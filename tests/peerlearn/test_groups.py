"""Races and outages rely on it: what the test runner is told to keep together, it does not run side by side."""

import pytest


@pytest.mark.xdist_group("together")
def test_the_tests_of_a_group_run_in_one_process(request):
    is_spread_over_processes = hasattr(request.config, "workerinput")

    assert request.node.nodeid.endswith("@together") or not is_spread_over_processes

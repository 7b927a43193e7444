"""Both kinds of figures in the text form that Prometheus reads."""

from collections.abc import Iterator

from django.conf import settings
from prometheus_client import CONTENT_TYPE_LATEST as CONTENT_TYPE
from prometheus_client import REGISTRY, CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector

from peerlearn.metrics.state import families

__all__ = ["CONTENT_TYPE", "text"]


class StateCollector:
    """The rows' figures, in the library's own form."""

    def collect(self) -> Iterator[Metric]:
        for family in families():
            gauge = GaugeMetricFamily(family.name, family.meaning, labels=family.labels)
            for labels, value in family.rows:
                gauge.add_metric(labels, value)
            yield gauge


def text() -> bytes:
    """Everything there is now. With PROMETHEUS_MULTIPROC_DIR the requests of all workers of this server."""
    if not settings.METRICS_FOLDER:
        return generate_latest(REGISTRY) + _state()
    workers = CollectorRegistry()
    MultiProcessCollector(workers, path=settings.METRICS_FOLDER)
    return generate_latest(workers) + _state()


def _state() -> bytes:
    registry = CollectorRegistry()
    registry.register(StateCollector())
    return generate_latest(registry)

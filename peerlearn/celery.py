"""The Celery application: used when REDIS_URL is set; without it tasks run in the process (common.work)."""

import os
from typing import Any

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "peerlearn.settings")

app = Celery("peerlearn")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.conf.update(
    # A killed worker gives its task back; the rows make a repeated task harmless.
    task_acks_late=True,
    task_reject_on_worker_lost=True,
    task_ignore_result=True,
    worker_prefetch_multiplier=1,
    # A dead broker costs nothing: the sweep sends again what the rows say is due.
    task_publish_retry=False,
    broker_connection_retry_on_startup=True,
    broker_transport_options={
        "socket_connect_timeout": 2,
        "socket_timeout": 10,
        "visibility_timeout": 300,
        "global_keyprefix": "peerlearn:celery:",
    },
    worker_hijack_root_logger=False,
    timezone="UTC",
)
app.autodiscover_tasks()


@app.on_after_finalize.connect
def plan_periodic_tasks(sender: Celery, **kwargs: Any) -> None:
    from django.conf import settings

    sender.conf.beat_schedule = {
        path: {"task": path, "schedule": seconds, "options": {"expires": seconds}}
        for path, seconds in settings.PERIODIC_TASKS.items()
    }

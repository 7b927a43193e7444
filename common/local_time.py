"""Instants as people read them: on a wall of their zone."""

from datetime import datetime
from zoneinfo import ZoneInfo


def on_a_wall(moment: datetime, zone: ZoneInfo) -> dict[str, str]:
    """What answers show besides UTC where a zone is asked for: `start_local` and `utc_offset` (R-GEN-2)."""
    local = moment.astimezone(zone)
    offset = local.strftime("%z")
    return {"start_local": local.strftime("%Y-%m-%dT%H:%M:%S"), "utc_offset": f"{offset[:3]}:{offset[3:5]}"}

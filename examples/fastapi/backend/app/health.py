"""What /health answers: every component with its own status, and the worst of them as the whole."""

import asyncio
import resource
import time
from typing import Any

from .notes import Notebook

LAG_LIMIT_MS = 100
MEMORY_LIMIT_MIB = 256


async def check_health(notebook: Notebook) -> dict[str, Any]:
    components = {
        "notebook": _check_notebook(notebook),
        "event_loop": await _check_event_loop(),
        "memory": _check_memory(),
    }
    is_ok = all(component["status"] == "ok" for component in components.values())
    return {"status": "ok" if is_ok else "degraded", "components": components}


def _check_notebook(notebook: Notebook) -> dict[str, Any]:
    count = len(notebook.all())
    is_full = count >= notebook.capacity
    return {"status": "degraded" if is_full else "ok", "message": f"{count} of {notebook.capacity} notes"}


async def _check_event_loop() -> dict[str, Any]:
    started_at = time.perf_counter()
    await asyncio.sleep(0)
    lag_ms = round((time.perf_counter() - started_at) * 1000, 2)
    return {"status": "ok" if lag_ms < LAG_LIMIT_MS else "degraded", "message": f"{lag_ms} ms behind"}


def _check_memory() -> dict[str, Any]:
    # The peak, in KiB on Linux.
    peak_mib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    is_ok = peak_mib < MEMORY_LIMIT_MIB
    return {"status": "ok" if is_ok else "degraded", "message": f"{peak_mib} MiB at most, {MEMORY_LIMIT_MIB} MiB allowed"}

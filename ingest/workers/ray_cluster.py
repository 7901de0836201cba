"""Files read on the machines of a Ray cluster (集群解析): the only file that imports Ray.

A worker reads each file in a process of its own within its limits, as a single machine does. What
it understood is stored by the program that owns the library, in order: a run that is broken off
is simply started again. A worker that dies is replaced by Ray, and its file is read once more.
"""

import logging
import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from itertools import chain
from queue import SimpleQueue
from typing import Any

from ingest.config import Limits
from ingest.errors import LoadError, place
from ingest.templates.types import Taught
from ingest.types.library import FileReport
from ingest.workers.parse_file import Parsed, Upload
from ingest.workers.pool import DIED, FILES_AHEAD_PER_WORKER, ReaderPool, in_order
from ingest.workers.protocol import Place, Request, decoded, encoded, speaks_of

LOCAL = "local"
"""The address, in Ray's words, of a Ray on this machine that ends with this program."""
MAX_RETRIES = 1
"""Maximum number of times a file is read again after the worker that had it died."""
OBJECT_STORE_BYTES = 256 * 1024 * 1024
"""Memory in which a local Ray passes files on."""
ENVIRONMENT = {"RAY_USAGE_STATS_ENABLED": "0", "RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO": "0"}
"""Ray reports to nobody that and how it is used; it leaves the choice of devices alone."""


def parse_on_cluster(
    uploads: Iterable[Upload | FileReport],
    *,
    address: str,
    keep_contacts: bool,
    limits: Limits,
    on_page: Callable[[str, int, int], None],
) -> Iterator[Parsed | FileReport | Upload]:
    """Every file in the order given, as `pool.parse_all` has it. Raises LoadError.

    Nothing is started until there is a file to read.
    """
    rest = iter(uploads)
    first = next(rest, None)
    while isinstance(first, FileReport):
        yield first
        first = next(rest, None)
    if first is None:
        return
    readers = ClusterReaders(address, keep_contacts=keep_contacts, limits=limits)
    try:
        yield from in_order(
            chain([first], rest), readers, readers.count * FILES_AHEAD_PER_WORKER, on_page
        )
    finally:
        readers.close()


class ClusterReaders:
    """A worker for each core that the cluster has; each reads one file at a time."""

    def __init__(self, address: str, *, keep_contacts: bool, limits: Limits) -> None:
        self.pages: dict[str, deque[Place]] = {}
        ray = _connected(address)
        self._limits = limits
        self.count = max(int(ray.cluster_resources().get("CPU", 1)), 1)
        kind = ray.remote(num_cpus=1, max_restarts=-1, max_task_retries=MAX_RETRIES)(Worker)
        self._idle: SimpleQueue[Any] = SimpleQueue()
        for _ in range(self.count):
            self._idle.put(kind.remote(keep_contacts=keep_contacts, limits=limits))
        self._threads = ThreadPoolExecutor(self.count, thread_name_prefix="cluster")

    def submit(self, upload: Upload) -> Future[Parsed]:
        """Has a file read by the next worker that is free."""
        return self._threads.submit(self._read, upload)

    def close(self) -> None:
        """Lets go of the cluster; what the workers have in hand is lost."""
        import ray

        self._threads.shutdown(wait=False, cancel_futures=True)
        ray.shutdown()
        self._threads.shutdown(wait=True)

    def _read(self, upload: Upload) -> Parsed:
        import ray
        from ray.exceptions import RayError

        worker = self._idle.get()
        try:
            answer: bytes = ray.get(
                worker.read.remote(upload.file, upload.data, encoded(upload.taught))
            )
            parsed = decoded(answer, Parsed)
        except (RayError, ValueError):
            return Parsed(upload, None, DIED.format(file=upload.file))
        finally:
            self._idle.put(worker)
        if parsed.packed and not speaks_of(parsed.packed, Request(upload.file, upload.data)):
            return Parsed(upload, None, DIED.format(file=upload.file))
        return replace(parsed, upload=upload)


class Worker:
    """What runs on a machine of the cluster: one process that reads, replaced when it dies."""

    def __init__(self, *, keep_contacts: bool, limits: Limits) -> None:
        self._readers = ReaderPool(1, keep_contacts=keep_contacts, limits=limits)

    def read(self, file: str, data: bytes, taught: bytes) -> bytes:
        """What was understood of the file, as a message; so is what was `taught`."""
        upload = Upload(file, data, decoded(taught, tuple[Taught, ...]))
        parsed = self._readers.submit(upload).result()
        return encoded(replace(parsed, upload=Upload("", b"")))


def _connected(address: str) -> Any:
    """Ray, connected; raises LoadError where it is not installed or nobody answers."""
    for name, value in ENVIRONMENT.items():
        os.environ.setdefault(name, value)
    try:
        import ray
    except ImportError as error:
        raise LoadError(
            "没有安装 Ray：请先运行 pip install 'jiwen[cluster]'，或去掉 --cluster。"
        ) from error
    own = (
        {"include_dashboard": False, "object_store_memory": OBJECT_STORE_BYTES}
        if address == LOCAL
        else {}
    )
    quiet = {"log_to_driver": False, "logging_level": logging.ERROR}
    options: Any = {**own, **quiet, "ignore_reinit_error": True}
    try:
        ray.init(address, **options)
    except (OSError, RuntimeError, ValueError) as error:
        raise LoadError(
            f"Ray 集群 {place(address)} 无法连接，"
            "请检查地址、集群是否在运行、各机器的 Ray 版本是否一致。"
        ) from error
    return ray

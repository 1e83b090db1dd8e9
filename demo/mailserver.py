"""A mail server on loopback that keeps every message as a file."""

import asyncio
import contextlib
import os
import re
import socket
import threading
from pathlib import Path
from typing import Any

from core.errors import EnvironmentFailure
from demo.web import HOST


class MailServer:
    """Takes mail on the given or a free port and writes each message, per recipient, as `NNN-<recipient>.eml` into a folder."""

    def __init__(self, folder: Path, port: int = 0) -> None:
        self.folder = folder
        self._lock = threading.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stop: asyncio.Event | None = None
        self._thread: threading.Thread | None = None
        self._socket = socket.socket()
        try:
            self._socket.bind((HOST, port))
        except OSError as error:
            self._socket.close()
            raise EnvironmentFailure(f"示例县收信服务无法在 {HOST} 上监听端口（{error.strerror}），请检查本机网络后重试") from None
        self.host, self.port = HOST, int(self._socket.getsockname()[1])

    def start(self) -> None:
        """Listen; returns when the first message may come."""
        self.folder.mkdir(parents=True, exist_ok=True)
        ready = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve(ready)), name="demo-mail", daemon=True)
        self._thread.start()
        ready.wait()

    def stop(self) -> None:
        """Stop listening and give the port back; harmless when not started."""
        if self._loop and self._stop and self._thread:
            self._loop.call_soon_threadsafe(self._stop.set)
            self._thread.join()
        self._loop = self._stop = self._thread = None
        self._socket.close()

    async def _serve(self, ready: threading.Event) -> None:
        from aiosmtpd.smtp import SMTP

        self._loop, self._stop = asyncio.get_running_loop(), asyncio.Event()
        server = await self._loop.create_server(lambda: SMTP(self, hostname="demo.invalid"), sock=self._socket)
        ready.set()
        await self._stop.wait()
        server.close()

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        """Keep the message, once per recipient."""
        for recipient in envelope.rcpt_tos:
            self._keep(recipient, envelope.content)
        return "250 OK"

    def _keep(self, recipient: str, content: bytes) -> None:
        with self._lock:
            numbers = [int(found[1]) for path in self.folder.glob("*.eml") if (found := re.match(r"(\d+)-", path.name))]
            plain = re.sub(r"[^\w.@+-]", "_", recipient)
            name = f"{max(numbers, default=0) + 1:03d}-{plain}.eml"
            half = self.folder / f".{name}.part"
            with contextlib.suppress(FileNotFoundError):
                half.unlink()
            half.write_bytes(content)
            os.replace(half, self.folder / name)

"""A mailbox on loopback for tests: just as much IMAP as imap-tools asks for, kept in memory."""

import asyncio
import re
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from core.calendar import SHANGHAI

ARRIVED = datetime(2023, 10, 25, 9, 30, tzinfo=SHANGHAI)


@dataclass
class Letter:
    """A mail in a folder."""

    uid: int
    raw: bytes
    arrived: datetime
    flags: set[str] = field(default_factory=set)


class ImapServer:
    """`folders`: name as the wire has it → letters. `before` is called with every command line and may raise ConnectionError to hang up."""

    def __init__(self, user: str = "xinxi@county.invalid", password: str = "geheim", move: bool = True, identify: bool = False) -> None:
        self.user, self.password, self.identify = user, password, identify
        self.capability = "CAPABILITY IMAP4rev1 ID" + (" MOVE" if move else "")
        self.folders: dict[str, list[Letter]] = {"INBOX": []}
        self.lines: list[str] = []
        self.before: Callable[[str], None] = lambda line: None
        self._uid = 0
        self._ready = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve()), daemon=True)

    def __enter__(self) -> "ImapServer":
        self._thread.start()
        assert self._ready.wait(10)
        return self

    def __exit__(self, *rest: object) -> None:
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(10)

    def deliver(self, raw: bytes, arrived: datetime = ARRIVED, folder: str = "INBOX") -> None:
        """Put a mail into a folder."""
        self._uid += 1
        self.folders.setdefault(folder, []).append(Letter(self._uid, re.sub(rb"\r?\n", b"\r\n", raw), arrived))

    async def _serve(self) -> None:
        self._loop, self._stop = asyncio.get_running_loop(), asyncio.Event()
        server = await asyncio.start_server(self._client, "127.0.0.1", 0, limit=1 << 26)
        self.port = server.sockets[0].getsockname()[1]
        self._ready.set()
        await self._stop.wait()
        server.close()

    async def _client(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        session = _Session(self, writer)
        writer.write(f"* OK [{self.capability}] ready\r\n".encode())
        try:
            while line := (await reader.readline()).decode("utf-8", "replace").rstrip("\r\n"):
                self.lines.append(line)
                self.before(line)
                tag, _, rest = line.partition(" ")
                writer.write(f"{tag} {session.answer(rest)}\r\n".encode())
                await writer.drain()
                if rest.upper().startswith("LOGOUT"):
                    break
        except (ConnectionError, asyncio.CancelledError):
            pass
        finally:
            writer.close()


class _Session:
    def __init__(self, server: ImapServer, writer: asyncio.StreamWriter) -> None:
        self.server, self.writer = server, writer
        self.letters: list[Letter] = []
        self.named = not server.identify

    def _tell(self, data: str | bytes) -> None:
        self.writer.write(b"* " + (data.encode() if isinstance(data, str) else data) + b"\r\n")

    def answer(self, command: str) -> str:
        words = re.findall(r'"(?:[^"\\]|\\.)*"|\([^)]*\)|\S+', command)
        verb = words[0].upper()
        if verb == "UID":
            verb, words = f"UID {words[1].upper()}", words[1:]
        handler = getattr(self, "do_" + verb.lower().replace(" ", "_"), None)
        return handler([word.strip('"').replace('\\"', '"') for word in words[1:]]) if handler else f"BAD unknown command {verb}"

    def do_capability(self, words: list[str]) -> str:
        self._tell(self.server.capability)
        return "OK done"

    def do_login(self, words: list[str]) -> str:
        return "OK in" if words == [self.server.user, self.server.password] else "NO wrong password"

    def do_id(self, words: list[str]) -> str:
        self.named = True
        self._tell("ID NIL")
        return "OK done"

    def do_select(self, words: list[str]) -> str:
        if not self.named:
            return "NO SELECT Unsafe Login"
        if words[0] not in self.server.folders:
            return "NO no such folder"
        self.letters = self.server.folders[words[0]]
        self._tell(f"{len(self.letters)} EXISTS")
        return "OK [READ-WRITE] selected"

    def do_list(self, words: list[str]) -> str:
        for name in self.server.folders:
            if words[1] in (name, "*"):
                self._tell(f'LIST () "/" "{name}"')
        return "OK done"

    def do_create(self, words: list[str]) -> str:
        self.server.folders.setdefault(words[0], [])
        return "OK done"

    def do_uid_search(self, words: list[str]) -> str:
        self._tell("SEARCH " + " ".join(str(letter.uid) for letter in self.letters))
        return "OK done"

    def do_uid_fetch(self, words: list[str]) -> str:
        header_only = "[HEADER]" in words[1]
        for number, letter in self._chosen(words[0]):
            raw = letter.raw.partition(b"\r\n\r\n")[0] + b"\r\n\r\n" if header_only else letter.raw
            moment = letter.arrived.strftime("%d-%b-%Y %H:%M:%S %z")
            head = f'{number} FETCH (UID {letter.uid} FLAGS () RFC822.SIZE {len(letter.raw)} INTERNALDATE "{moment}" BODY[{"HEADER" if header_only else ""}] {{{len(raw)}}}\r\n'
            self._tell(head.encode() + raw + b")")
        return "OK done"

    def do_uid_move(self, words: list[str]) -> str:
        if "MOVE" not in self.server.capability:
            return "BAD no"
        self.do_uid_copy(words)
        for _, letter in self._chosen(words[0]):
            self.letters.remove(letter)
        return "OK done"

    def do_uid_copy(self, words: list[str]) -> str:
        for _, letter in self._chosen(words[0]):
            self.server._uid += 1
            self.server.folders[words[1]].append(Letter(self.server._uid, letter.raw, letter.arrived))
        return "OK done"

    def do_uid_store(self, words: list[str]) -> str:
        for _, letter in self._chosen(words[0]):
            letter.flags.update(re.findall(r"\\\w+", words[2]))
        return "OK done"

    def do_expunge(self, words: list[str]) -> str:
        self.letters[:] = [letter for letter in self.letters if "\\Deleted" not in letter.flags]
        return "OK done"

    def do_logout(self, words: list[str]) -> str:
        self._tell("BYE bye")
        return "OK bye"

    def _chosen(self, numbers: str) -> list[tuple[int, Letter]]:
        wanted = {int(number) for number in numbers.split(",")}
        return [(number, letter) for number, letter in enumerate(self.letters, 1) if letter.uid in wanted]

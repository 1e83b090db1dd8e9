"""What is a leak in a document, under every name it is known by: the name gives context, as a title does."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from checks.privacy import scan
from checks.privacy.policy import Policy
from core.records import Block, Finding, Subject
from core.text import conceal

FILE_NAME = "文件名"
Found = tuple[int, Finding]  # the number of the block, and what was found in it


class Judge:
    """The privacy check as `xuncha check` makes it; blocks are told apart by their number, for two may stand at one place."""

    def __init__(self, policy: Policy, names: Sequence[str]) -> None:
        self._policy = policy
        self._names = tuple(dict.fromkeys(names))

    def inner(self, member: str) -> "Judge":
        """The judge for a file inside this one."""
        return Judge(self._policy, [f"{name}!/{member}" for name in self._names])

    @property
    def name(self) -> str:
        return self._names[0]

    def findings(self, blocks: Sequence[Block]) -> list[Found]:
        """Everything found under any of the names, by block and place; each only once."""
        found: dict[tuple[int, int, int, str], Found] = {}
        for name in self._names:
            for number, finding in self._under(name, blocks):
                key = (number, finding.start or 0, finding.end or 0, finding.rule)
                if key not in found or found[key][1].severity == "info":
                    found[key] = (number, finding)
        return list(found.values())

    def named_after_a_leak(self, name: str) -> bool:
        """Does the file name itself give a number away?"""
        found = scan(Subject((Block("", "正文", file=name),), title=_title(name)), self._policy)
        return any(finding.where == FILE_NAME and finding.severity != "info" for finding in found)

    def _under(self, name: str, blocks: Sequence[Block]) -> list[Found]:
        old = len(self.name)
        numbered = tuple(replace(block, where=f"\0{number}", file=name + (block.file or self.name)[old:]) for number, block in enumerate(blocks))
        found = scan(Subject(numbered, title=_title(name)), self._policy)
        return [(int(finding.where[1:]), finding) for finding in found if finding.where and finding.where[0] == "\0"]


def _title(name: str) -> str:
    return conceal(Path(name.partition("!/")[0]).name)

"""Changes to a YAML file's text that touch only the places they mean: comments, order, quotes and blank lines elsewhere stay byte for byte.

The parser's own marks say where each node begins and ends; every change is a span of text with its replacement. What comes out is read again and
must say exactly what was wanted, else ConfigurationError: a file written in an unusual way (anchors, several documents) is left to its text editor.
"""

import json
import re
from collections.abc import Iterator
from copy import deepcopy
from datetime import date
from typing import Any

import yaml

from core.errors import ConfigurationError
from core.yamls import loader, parse

Path = tuple[str | int, ...]
_GONE = object()
_PLAIN = re.compile(r"[^\s\-?:,\[\]{}#&*!|>'\"%@`=~][^\n\t,\[\]{}#]*")
UNUSUAL = "文件的写法比较特别，不能在表单里改。请到“配置文件”页直接修改文字"


def emit(value: Any) -> str:
    """A value as YAML in one line."""
    if isinstance(value, str):
        return _scalar(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list | tuple):
        return f"[{', '.join(emit(item) for item in value)}]"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{emit(key)}: {emit(item)}" for key, item in value.items()) + "}"
    if value is None:
        return "null"
    return value.isoformat() if isinstance(value, date) else repr(value)


def _scalar(text: str) -> str:
    """Plain where every reader takes it for this very text, else in double quotes."""
    if _PLAIN.fullmatch(text) and text == text.strip() and ": " not in text and not text.endswith(":"):
        try:
            if yaml.safe_load(f"[{text}]") == [text] and yaml.safe_load(f"{{{text}: 0}}") == {text: 0}:
                return text
        except yaml.YAMLError:
            pass
    return json.dumps(text, ensure_ascii=False)


def block(item: Any, indent: int, inline: bool) -> str:
    """An item of a sequence as lines: `- {a: b}` when `inline`, else a key a line; lists of mappings one a line."""
    pad = " " * indent
    if inline or not isinstance(item, dict):
        return f"{pad}- {emit(item)}\n"
    lines = []
    for key, value in item.items():
        if isinstance(value, list) and value and all(isinstance(part, dict) for part in value):
            lines += [f"{emit(key)}:", *(f"  - {emit(part)}" for part in value)]
        else:
            lines.append(f"{emit(key)}: {emit(value)}")
    return "".join(f"{pad}{'- ' if number == 0 else '  '}{line}\n" for number, line in enumerate(lines))


class YamlText:
    """One file's text and the changes wanted of it. Paths count in the text as it came, whatever was dropped or added since."""

    def __init__(self, text: str) -> None:
        self.text = text if text.endswith("\n") or not text else text + "\n"
        try:
            self.root = yaml.compose(self.text, Loader=loader())
            self.data = parse(self.text)
        except yaml.YAMLError as error:
            mark = getattr(error, "problem_mark", None)
            place = f"第{mark.line + 1}行" if mark else "某处"
            raise ConfigurationError(f"文件{place}不是合法的 YAML。请先到“配置文件”页把它改正") from None
        self._wanted = deepcopy(self.data)
        self._spans: list[tuple[int, int, str]] = []
        self._drops: dict[Path, set[int]] = {}
        self._adds: dict[Path, list[Any]] = {}
        self._pairs: dict[Path, dict[str, Any]] = {}

    # --- what is wanted -------------------------------------------------------------------------------------------

    def put(self, path: Path, value: Any) -> None:
        """Set the value of a key (added where it is missing) or of an item."""
        parent, key = self._plain(path[:-1]), path[-1]
        if parent is None and path[:-1]:
            self._fill(path[:-1], {})
            parent = self._plain(path[:-1])
        elif parent is None:
            self._wanted = parent = {}
        self._require(parent, dict if isinstance(key, str) else list)
        parent[key] = value
        pair = self._pair(path)
        if pair is None:
            self._pairs.setdefault(path[:-1], {})[str(key)] = value
        else:
            self._spans.append(self._value_span(*pair, emit(value)))

    def rename(self, path: Path, new: str) -> None:
        """Give a key another name, in its place."""
        parent = self._require(self._plain(path[:-1]), dict)
        items = [(new if key == path[-1] else key, value) for key, value in parent.items()]
        parent.clear()
        parent.update(items)
        pair = self._pair(path)
        if pair is None or pair[0] is None:
            raise ConfigurationError(UNUSUAL)
        self._spans.append((pair[0].start_mark.index, self._end(pair[0]), emit(new)))

    def drop(self, path: Path) -> None:
        """Remove a key or an item."""
        parent, node = self._plain(path[:-1]), self._node(path[:-1])
        for number, (step, _) in enumerate(_children(node)):
            if step == path[-1]:
                self._drops.setdefault(path[:-1], set()).add(number)
        if isinstance(parent, list):
            parent[int(path[-1])] = _GONE
        else:
            del parent[path[-1]]

    def append(self, path: Path, item: Any) -> None:
        """Add an item to a sequence, which is made where there is none."""
        held = self._plain(path)
        if held is None:
            self._fill(path, [])
            held = self._plain(path)
        self._require(held, list).append(item)
        self._adds.setdefault(path, []).append(item)

    @staticmethod
    def _require(held: Any, kind: type) -> Any:
        """Refuse a place that the file has filled with something else."""
        if not isinstance(held, kind):
            raise ConfigurationError(UNUSUAL)
        return held

    def _plain(self, path: Path) -> Any:
        here = self._wanted
        for step in path:
            here = here.get(step) if isinstance(here, dict) else here[step] if isinstance(here, list) and isinstance(step, int) else None
        return here

    def _fill(self, path: Path, empty: Any) -> None:
        """Make the missing container of `path` in what is wanted."""
        if not path:
            self._wanted = empty
            return
        if self._wanted is None:
            self._wanted = {}
        parent = self._plain(path[:-1])
        if not isinstance(parent, dict):
            raise ConfigurationError(UNUSUAL)
        parent[path[-1]] = empty

    # --- the text -------------------------------------------------------------------------------------------------

    def result(self) -> str:
        """The changed text, read again and found to say what was wanted."""
        wanted = _purged(self._wanted)
        spans = list(self._spans)
        for path in dict.fromkeys((*self._drops, *self._adds, *self._pairs)):
            spans += self._contained(path)
        text, last, parts = self.text, 0, []
        for start, end, new in sorted(spans, key=lambda span: (span[0], span[1])):
            if start < last:
                raise ConfigurationError(UNUSUAL)
            parts += [text[last:start], new]
            last = end
        changed = "".join([*parts, text[last:]])
        try:
            if not self._shared() and parse(changed) == wanted:
                return changed
        except yaml.YAMLError:
            pass
        raise ConfigurationError(UNUSUAL)

    def _shared(self) -> bool:
        """True when a part of the file stands for another: a change of one would change both."""
        return "*" in self.text and any(isinstance(event, yaml.AliasEvent) for event in yaml.parse(self.text, Loader=loader()))

    def _contained(self, path: Path) -> Iterator[tuple[int, int, str]]:
        """The spans for what leaves and enters one container."""
        node, drops = self._node(path), self._drops.get(path, set())
        adds, pairs = self._adds.get(path, []), self._pairs.get(path, {})
        children = list(_children(node))
        if len(drops) == len(children):
            yield self._anew(path, node, adds, pairs)
        elif node.flow_style:
            yield from self._flow(node, drops, adds, pairs)
        else:
            yield from self._blocks(node, drops, adds, pairs)

    def _anew(self, path: Path, node: Any, adds: list[Any], pairs: dict[str, Any]) -> tuple[int, int, str]:
        """A container that was empty, missing, or loses all it held: written anew."""
        pair = self._pair(path) if path else None
        column = pair[0].start_mark.column + 2 if pair and pair[0] is not None else 0
        lines = "".join(block(item, column, self._inline(path)) for item in adds)
        lines += "".join(f"{' ' * column}{emit(key)}: {emit(value)}\n" for key, value in pairs.items())
        if not path:
            start = node.start_mark.index if node is not None else len(self.text)
            start = self._line_start(start) if lines and not (node is not None and node.flow_style) else start
            end = self._line_end(self._end(node)) + 1 if node is not None else start
            return start, end, lines or ("[]\n" if isinstance(node, yaml.SequenceNode) else "{}\n")
        if pair is None:  # the key itself is missing: at the end of the file's mapping
            if len(path) != 1 or (self.root is not None and not isinstance(self.root, yaml.MappingNode)) or (self.root is not None and self.root.flow_style):
                raise ConfigurationError(UNUSUAL)
            at = self._line_end(self._end(self.root)) + 1 if self.root is not None and self.root.value else len(self.text)
            lines = "".join(block(item, 2, self._inline(path)) for item in adds) + "".join(f"  {emit(k)}: {emit(v)}\n" for k, v in pairs.items())
            return at, at, f"{path[0]}:\n{lines}"
        key, value = pair
        if key is None or self._inside_flow(path):
            return self._value_span(key, value, emit(adds or pairs or ([] if isinstance(node, yaml.SequenceNode) else {})))
        if not lines:
            return self._value_span(key, value, "[]" if isinstance(node, yaml.SequenceNode) else "{}")
        return self._value_span(key, value, "\n" + lines.rstrip("\n"))

    def _inside_flow(self, path: Path) -> bool:
        return any(getattr(self._node(path[:length]), "flow_style", False) for length in range(len(path)))

    def _inline(self, path: Path) -> bool:
        """How a new item is written: as a flow mapping in a line, except at the top of a file and for people."""
        return bool(path)

    def _flow(self, node: Any, drops: set[int], adds: list[Any], pairs: dict[str, Any]) -> Iterator[tuple[int, int, str]]:
        children = list(_children(node))
        bounds = [((key or value).start_mark.index, self._end_of(key, value)) for _, (key, value) in children]
        for number in sorted(drops):
            kept_before = any(other not in drops for other in range(number))
            yield (bounds[number - 1][1], bounds[number][1], "") if kept_before else (bounds[number][0], bounds[number + 1][0], "")
        new = [emit(item) for item in adds] + [f"{emit(key)}: {emit(value)}" for key, value in pairs.items()]
        if new:
            yield bounds[-1][1], bounds[-1][1], ", " + ", ".join(new)

    def _blocks(self, node: Any, drops: set[int], adds: list[Any], pairs: dict[str, Any]) -> Iterator[tuple[int, int, str]]:
        children = [pair for _, pair in _children(node)]
        for number in sorted(drops):
            key, value = children[number]
            start, end = self._line_start((key or value).start_mark.index), self._line_end(self._end_of(key, value)) + 1
            before = self.text[start : (key or value).start_mark.index]
            if key is not None and before.strip() == "-" and number + 1 < len(children):  # the key that stands behind the dash
                yield key.start_mark.index, children[number + 1][0].start_mark.index, ""
            elif before.strip() == ("" if key is not None else "-"):
                yield start, end, ""
            else:
                raise ConfigurationError(UNUSUAL)
        key, value = children[-1]
        first = (children[0][0] or children[0][1]).start_mark
        at = self._line_end(self._end_of(key, value)) + 1
        if adds:
            dash = self.text[self._line_start(first.index) : first.index]
            inline = bool(getattr(children[-1][1], "flow_style", False)) or isinstance(children[-1][1], yaml.ScalarNode)
            yield at, at, "".join(block(item, len(dash) - len(dash.lstrip()), inline) for item in adds)
        if pairs:
            yield at, at, "".join(f"{' ' * first.column}{emit(name)}: {emit(item)}\n" for name, item in pairs.items())

    def _value_span(self, key: Any, value: Any, new: str) -> tuple[int, int, str]:
        """The span of a value; one that stands in lines of its own is drawn up to its key, a comment behind the key stays."""
        start, end = value.start_mark.index, self._end(value)
        own_lines = key is not None and ("\n" in self.text[key.end_mark.index : start] or new.startswith("\n"))
        if not own_lines:
            return (start, end, new) if end > start else (start, end, f" {new}")
        colon = self.text.index(":", self._end(key)) + 1
        comment = re.match(r"[ \t]+#[^\n]*", self.text[colon:])
        if new.startswith("\n"):
            end = max(end, colon + (comment.end() if comment else 0))
            behind = None if comment else re.match(r"[ \t]+#[^\n]*", self.text[end:])
            if behind:
                return colon, end + behind.end(), behind[0] + new
            return colon, end, (comment[0] if comment else "") + new
        return colon, end, f" {new}" + (comment[0] if comment else "")

    # --- nodes ----------------------------------------------------------------------------------------------------

    def _node(self, path: Path) -> Any:
        here: Any = self.root
        for step in path:
            here = next((value for found, (_, value) in _children(here) if found == step), None)
        return here

    def _pair(self, path: Path) -> tuple[Any, Any] | None:
        return next((pair for step, pair in _children(self._node(path[:-1])) if step == path[-1]), None)

    def _end(self, node: Any) -> int:
        """Where the node's own text ends: without the blank lines and comments that the parser counts to a block."""
        if isinstance(node, yaml.CollectionNode) and not node.flow_style and node.value:
            *_, (_, (key, value)) = _children(node)
            return self._end_of(key, value)
        start, end = int(node.start_mark.index), int(node.end_mark.index)
        return start + len(self.text[start:end].rstrip())

    def _end_of(self, key: Any, value: Any) -> int:
        return max(self._end(value), self._end(key) if key is not None else 0)

    def _line_start(self, index: int) -> int:
        return self.text.rfind("\n", 0, index) + 1

    def _line_end(self, index: int) -> int:
        found = self.text.find("\n", index)
        return len(self.text) - 1 if found < 0 else found


def _children(node: Any) -> Iterator[tuple[str | int, tuple[Any, Any]]]:
    """Each child under its step: (key node, value node), the key None in a sequence."""
    if isinstance(node, yaml.MappingNode):
        yield from ((key.value, (key, value)) for key, value in node.value)
    elif isinstance(node, yaml.SequenceNode):
        yield from ((number, (None, item)) for number, item in enumerate(node.value))


def _purged(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _purged(item) for key, item in value.items()}
    return [_purged(item) for item in value if item is not _GONE] if isinstance(value, list) else value

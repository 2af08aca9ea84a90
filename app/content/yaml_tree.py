"""A safe subset of YAML as a tree that knows its lines: no tags, anchors, aliases or duplicate keys, little depth."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass

import yaml

MAX_DEPTH = 16
_INTEGER = re.compile(r"-?(0|[1-9][0-9]{0,17})")
Events = Iterator[tuple[int, yaml.Event]]
_WORDS = {"": "null", "~": "null", "null": "null", "true": "true", "false": "false"}


class BadYaml(Exception):
    """The text is not in our subset; `line` counts from 1 within the text."""

    def __init__(self, message: str, line: int) -> None:
        super().__init__(message)
        self.message = message
        self.line = line


@dataclass(frozen=True)
class Node:
    """A value and the line of its key or of its dash; `content` is JSON text, a list or a map of nodes."""

    line: int
    content: "str | list[Node] | dict[str, Node]"

    def child(self, key: str | int) -> "Node | None":
        if isinstance(self.content, dict) and isinstance(key, str):
            return self.content.get(key)
        if isinstance(self.content, list) and isinstance(key, int) and 0 <= key < len(self.content):
            return self.content[key]
        return None

    def scalar(self) -> object:
        """The value of a scalar node; None for lists and maps."""
        return json.loads(self.content) if isinstance(self.content, str) else None

    def json(self) -> str:
        if isinstance(self.content, dict):
            return "{" + ",".join(f"{json.dumps(key)}:{node.json()}" for key, node in self.content.items()) + "}"
        if isinstance(self.content, list):
            return "[" + ",".join(node.json() for node in self.content) + "]"
        return self.content

    def walk(self) -> "Iterator[Node]":
        yield self
        if not isinstance(self.content, str):
            for child in self.content.values() if isinstance(self.content, dict) else self.content:
                yield from child.walk()


def read_tree(text: str, first_line: int = 1) -> Node:
    """Raises BadYaml. An empty text is an empty map."""
    try:
        return _document(_events(text, first_line), first_line)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        message = f"this is not valid YAML: {error.problem or error.context}"
        raise BadYaml(message, first_line + (mark.line if mark else 0)) from error
    except yaml.YAMLError as error:
        raise BadYaml("this is not valid YAML", first_line) from error


def _events(text: str, first_line: int) -> Events:
    depth = 0
    for event in yaml.parse(text, Loader=yaml.SafeLoader):
        line = first_line + (event.start_mark.line if event.start_mark else 0)
        if getattr(event, "anchor", None) is not None:
            raise BadYaml("anchors and aliases (`&`, `*`) are not allowed", line)
        if getattr(event, "tag", None) is not None:
            raise BadYaml("tags (`!`) are not allowed", line)
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > MAX_DEPTH:
            raise BadYaml(f"this is nested deeper than {MAX_DEPTH} levels", line)
        yield line, event


def _document(events: Events, first_line: int) -> Node:
    tree = None
    for line, event in events:
        if isinstance(event, yaml.DocumentStartEvent):
            if tree is not None:
                raise BadYaml("there is more than one YAML document here", line)
            tree = _node(*next(events), events)
    return tree if tree is not None and tree.content != "null" else Node(first_line, {})


def _node(line: int, event: yaml.Event, events: Events) -> Node:
    if isinstance(event, yaml.MappingStartEvent):
        return Node(line, _map(events))
    if isinstance(event, yaml.SequenceStartEvent):
        return Node(line, _list(events))
    assert isinstance(event, yaml.ScalarEvent)  # aliases, the only other event here, were refused above
    return Node(line, _scalar(event))


def _map(events: Events) -> dict[str, Node]:
    nodes: dict[str, Node] = {}
    for line, event in events:
        if isinstance(event, yaml.MappingEndEvent):
            break
        if not isinstance(event, yaml.ScalarEvent):
            raise BadYaml("a key must be plain text", line)
        if event.value in nodes:
            raise BadYaml(f"the key `{event.value}` stands here twice", line)
        _, value = next(events)
        nodes[event.value] = _node(line, value, events)
    return nodes


def _list(events: Events) -> list[Node]:
    nodes = []
    for line, event in events:
        if isinstance(event, yaml.SequenceEndEvent):
            break
        nodes.append(_node(line, event, events))
    return nodes


def _scalar(event: yaml.ScalarEvent) -> str:
    """JSON text. Whole numbers, true, false and null as YAML 1.2 reads them; all else, `no` and 0.70 too, stays text.

    Decimals travel as text so that the schema makes an exact Decimal of them: a JSON number would pass through a float.
    """
    plain = event.implicit[0]
    if plain and event.value in _WORDS:
        return _WORDS[event.value]
    if plain and _INTEGER.fullmatch(event.value):
        return str(event.value)
    return json.dumps(event.value)

"""YAML read by the parser in C where it is there: ten times as fast, the same result."""

from typing import Any


def loader() -> Any:
    """The class that reads, to be derived from or given to yaml's own functions."""
    import yaml

    return getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def parse(text: str) -> Any:
    """The data in a YAML text. Raises yaml.YAMLError."""
    import yaml

    return yaml.load(text, Loader=loader())

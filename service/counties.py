"""The counties of an installation: one folder, or a folder of folders."""

from pathlib import Path

from core.config import load_county
from core.errors import UsageError


def known(folder: Path) -> dict[str, str]:
    """County → its folder: the folder itself, or every county folder below it."""
    found = [folder] if (folder / "county.yaml").exists() else sorted(path.parent for path in folder.glob("*/county.yaml"))
    if not found:
        raise UsageError(f"{folder} 里没有县的配置（county.yaml）")
    return {load_county(path).id: str(path.resolve()) for path in found}

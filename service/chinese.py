"""Help and usage errors in Chinese: the few English sentences of the command-line library, put into words a clerk reads."""

import re
from typing import Any

from typer.core import TyperCommand, TyperGroup

_PANELS = {
    "OPTIONS_PANEL_TITLE": "选项",
    "ARGUMENTS_PANEL_TITLE": "参数",
    "COMMANDS_PANEL_TITLE": "命令",
    "ERRORS_PANEL_TITLE": "错误",
    "DEFAULT_STRING": "[默认：{}]",
    "REQUIRED_LONG_STRING": "[必填]",
}
_SENTENCES = (
    (r"No such command '(.+?)'\.?", r"没有命令“\1”"),
    (r"没有命令 '(.+?)'.*", r"没有命令“\1”"),
    (r"No such option: (\S+)", r"没有选项 \1"),
    (r"Missing argument '(.+?)'\.?", r"缺少参数“\1”"),
    (r"Missing option '(.+?)'\.?", r"缺少选项“\1”"),
    (r"Missing command\.?", r"缺少命令"),
    (r"Option '(.+?)' requires an argument\.?", r"选项 \1 后面要有值"),
    (r"Got unexpected extra arguments?(?:\(s\))? \((.+?)\)", r"多余的参数：\1"),
    (r"Invalid value for '(.+?)': (.+)", r"“\1”的值不对：\2"),
    (r"'(.+?)' is not a valid .+", r"“\1”写法不对"),
    (r"(?:Path|File|Directory) '(.+?)' does not exist\.?", r"“\1”不存在"),
    (r"\s*\(Possible options?: (.+?)\)", r"，相近的有 \1"),
    (r"\.?\s*Did you mean (.+?)\?", r"，相近的有 \1"),
)


def translate(message: str) -> str:
    """A usage error in Chinese, on one line."""
    for english, chinese in _SENTENCES:
        message = re.sub(english, chinese, message)
    return " ".join(message.split()).replace("'", "")


class _Chinese:
    """Mixed into commands: usage line and help option in Chinese."""

    def get_usage(self, ctx: Any) -> str:
        usage: str = super().get_usage(ctx)  # type: ignore[misc]
        return usage.replace("Usage: ", "用法：").replace("COMMAND [ARGS]...", "命令 [参数]…").replace("[OPTIONS]", "[选项]")

    def format_help(self, ctx: Any, formatter: Any) -> None:
        from typer import rich_utils  # costs a tenth of a second: only help needs it

        for panel, title in _PANELS.items():
            setattr(rich_utils, panel, title)
        super().format_help(ctx, formatter)  # type: ignore[misc]

    def get_help_option(self, ctx: Any) -> Any:
        option = super().get_help_option(ctx)  # type: ignore[misc]
        if option is not None:
            option.help = "显示本说明。"
        return option


class Command(_Chinese, TyperCommand):
    """A command that speaks Chinese."""


class Group(_Chinese, TyperGroup):
    """A group of commands that speaks Chinese."""

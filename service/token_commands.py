"""Keys of units to the API, from the command line: issue, list, recall."""

from pathlib import Path

from core.calendar import shanghai
from core.config import load_county
from core.errors import UsageError


def issue(config: Path, unit: str, name: str) -> int:
    """Make a key for a unit and print it, once."""
    from service import tokens
    from service.desk import clock
    from service.desk.opening import open_desk

    county = load_county(config)
    known = county.unit(unit)
    if known is None:
        raise UsageError(f"“{unit}”不在 units.yaml 中，请核对单位名称")
    if not name.strip():
        raise UsageError("密钥要有名称（如“门户发布系统”），便于以后辨认和收回")
    open_desk(config)
    row, token = tokens.issue(county.id, known.name, name.strip(), clock.now())
    print(f"{known.name}的接口密钥（编号 {row.pk}，只显示这一次，请妥善转交）：\n{token}")
    return 0


def show(config: Path) -> int:
    """List the keys: number, unit, name, when made and last used, whether recalled."""
    from service.desk.opening import open_desk

    county = load_county(config)
    open_desk(config)
    from service.desk.models import UnitToken

    rows = list(UnitToken.objects.filter(county=county.id).order_by("pk"))
    for row in rows:
        used = f"最近使用 {shanghai(row.last_used):%Y-%m-%d %H:%M}" if row.last_used else "还没用过"
        state = f"已于 {shanghai(row.revoked):%Y-%m-%d} 收回" if row.revoked else "有效"
        print(f"{row.pk}\t{row.unit}\t{row.name}\t{shanghai(row.created):%Y-%m-%d} 发放\t{used}\t{state}")
    if not rows:
        print("还没有发过接口密钥。")
    return 0


def recall(config: Path, number: int) -> int:
    """Recall a key; it stops working at once."""
    from service import tokens
    from service.desk import clock
    from service.desk.opening import open_desk

    county = load_county(config)
    open_desk(config)
    if not tokens.revoke(county.id, number, clock.now()):
        raise UsageError(f"没有编号为 {number} 的有效密钥，可先列出全部密钥核对")
    print(f"密钥 {number} 已收回，立即失效。")
    return 0

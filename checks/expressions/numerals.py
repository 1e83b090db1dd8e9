"""Numbers as official Chinese writes them."""

_DIGITS = {**{char: value for value, char in enumerate("零一二三四五六七八九")}, "〇": 0, "○": 0}


def number(text: str) -> int:
    """12, 十二, 二十 or, digit by digit, 二〇二三; 0 where it is none of these."""
    if text.isdecimal():
        return int(text)
    if "十" in text:
        tens, _, ones = text.partition("十")
        if len(tens) > 1 or len(ones) > 1:
            return 0
        return (_DIGITS.get(tens, 0) if tens else 1) * 10 + (_DIGITS.get(ones, 0) if ones else 0)
    value = 0
    for char in text:
        if char not in _DIGITS:
            return 0
        value = value * 10 + _DIGITS[char]
    return value


def spoken(value: int) -> str:
    """1 to 99 as 一 to 九十九."""
    tens, ones = divmod(value, 10)
    digits = "零一二三四五六七八九"
    return ("" if tens == 0 else "十" if tens == 1 else f"{digits[tens]}十") + ("" if ones == 0 and tens else digits[ones])

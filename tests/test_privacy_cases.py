"""Cases from the field, one a line: leaks in odd places, and lawful numbers that look like leaks."""

import pytest

from checks.privacy import proof, scan
from checks.privacy.policy import Policy, load_policy
from core.records import Block, Subject


@pytest.fixture(scope="module")
def policy() -> Policy:
    return load_policy()


def identity(birth: str = "19680214", serial: str = "123") -> str:
    body = f"610326{birth}{serial}"
    return body + proof.check_digit(body)


def text(words: str) -> list[Block]:
    return [Block(words, "正文")]


def table(rows: list[list[str]]) -> list[Block]:
    return [
        Block(text, f"Sheet1!{chr(65 + column)}{row + 1}", file="a.xlsx", table="Sheet1", row=row, column=column)
        for row, line in enumerate(rows)
        for column, text in enumerate(line)
        if text
    ]


ID, OTHER, MOBILE = identity(), identity("19850615", "456"), "13812345678"
CARD = next(f"621700123456789012{digit}" for digit in "0123456789" if proof.is_luhn(f"621700123456789012{digit}"))
TYPO = ID[:17] + ("1" if ID[17] != "1" else "2")  # one digit mistyped

LEAKS: list[tuple[str, list[Block], int]] = [
    ("transposed", table([["姓名", "张三", "李四", "王五"], ["身份证号", ID, OTHER, TYPO], ["手机", MOBILE, MOBILE, MOBILE]]), 6),
    ("english", table([["Name", "ID Card No.", "Mobile"], ["张三", TYPO, MOBILE]]), 2),
    ("merged header", table([["序号", "姓名", "身份信息", ""], ["", "", "证件类型", "号码"], ["1", "张三", "身份证", TYPO]]), 1),
    ("two tables in sheet", table([["姓名", "金额"], ["张三", "300"], ["", ""], ["姓名", "身份证号"], ["李四", TYPO]]), 1),
    ("old id", table([["姓名", "身份证号"], ["张三", "610326680214123"]]), 1),
    ("id with note", table([["姓名", "身份证号"], ["张三", ID + "（已注销）"]]), 1),
    ("name id cell", table([["户主及身份证号", "金额"], ["张三" + ID, "300"], ["李四 " + TYPO, "300"]]), 2),
    (
        "phone two",
        table([["姓名", "联系电话"], ["张三", MOBILE + "/" + "13912345678"], ["李四", MOBILE + "、" + "13912345678"], ["王五", MOBILE + " 13912345678"]]),
        6,
    ),
    ("phone newline", table([["姓名", "联系电话"], ["张三", MOBILE + "\n0917-5542123"]]), 2),
    ("text cell", text("张三 男 汉族 " + ID + " 岳陈村 " + MOBILE), 2),
    ("tel", text("本人电话：" + MOBILE), 1),
    ("with wechat", text("张三，手机号（微信同号）：" + MOBILE), 1),
    ("card bank", text("开户行：农行眉县支行，户名：张三，账号：6228480012345678901"), 1),
    ("surname that is a unit", text("夏强，手机159-04604751\n万新兰，手机13812345678 万小红"), 2),
    ("card no label", text("张三 " + CARD), 1),
    ("x in middle", text("王五身份证" + identity(serial="001")), 1),
    ("passport", text("李娜（护照号码：E12345678）"), 1),
    ("hk", text("陈大文，港澳居民来往内地通行证H12345678"), 1),
    ("hk permit", table([["姓名", "证件类型", "证件号码"], ["陈大文", "港澳居民来往内地通行证", "H12345678"], ["John", "护照", "E12345678"]]), 2),
    ("social", table([["姓名", "社会保障号码", "缴费基数"], ["张三", TYPO, "5000"]]), 1),
    ("student", table([["学生姓名", "学籍号"], ["张三", "G" + identity(birth="20120304")]]), 1),
    ("address list", table([["姓名", "住址"], ["张三", "金渠镇范家寨村四组"], ["李四", "美阳小区5号楼2单元301"]]), 1),
    ("health", table([["姓名", "病种"], ["张三", "恶性肿瘤"]]), 1),
    ("health2", table([["姓名", "诊断结果", "救助金额"], ["张三", "高血压3级", "300"]]), 1),
    ("dis txt", text("张三，智力残疾二级，残疾证号" + ID + "62，"), 1),
    ("float id", table([["姓名", "身份证号"], ["张三", "6.10326196802141E+17"]]), 1),
    ("apostrophe", table([["姓名", "身份证号"], ["张三", "‘" + ID]]), 1),
    ("tax id", table([["纳税人名称", "纳税人识别号"], ["张三小吃店", ID], ["张三商店", ID + "01"]]), 2),
    ("doc title", text("关于张三（" + ID + "）同志的批复"), 1),
    ("landline home", text("张三，宅电：0917-5542123"), 1),
    ("plate person", text("驾驶人张三驾驶陕C12345小型轿车"), 1),
    ("QQ mail", text("张三邮箱" + MOBILE + "@qq.com"), 1),
    ("guardian", table([["学生", "监护人", "联系电话"], ["张小三", "张三", MOBILE]]), 1),
    ("id as name", text("姓名：张三\n身份证号：\n" + ID), 1),
    ("vertical bar", text("|姓名|身份证号|\n|---|---|\n|张三|" + TYPO + "|"), 1),
    ("comma list", text("姓名,身份证号,电话\n张三," + TYPO + "," + MOBILE), 2),
    ("split num", text("身份证：" + ID[:6] + "\n" + ID[6:14] + "\n" + ID[14:]), 1),
    ("hidden prefix", text("No." + ID), 1),
    ("chinese punct", text("张三、" + ID + "、" + MOBILE + "、" + CARD), 3),
    ("underline", text("身份证号码_" + ID + "_，电话_" + MOBILE + "_"), 2),
    ("urlid", text("http://www.x.gov.cn/q?sfz=" + ID), 1),
    ("masked neighbour in row", table([["姓名", "身份证号", "电话"], ["张三", "610326********1234", MOBILE]]), 1),
    ("recent child list", table([["姓名", "身份证号"], ["张小三", identity(birth="20180304")]]), 1),
    ("recent child text", text("儿童张小三，身份证号码" + identity(birth="20200304") + "，"), 1),
    ("pension", table([["姓名", "发放账号"], ["张三", "2703260201100123456"]]), 1),
    ("name card glued", text("张三" + CARD + "李四" + CARD), 2),
]
LAWFUL: list[tuple[str, list[Block]]] = [
    ("uscc15", text("工商注册号610326100012345，税务登记证号610326710000123")),
    ("gov id", text("机关代码11610326MB2A12345X，宗教场所")),
    ("project", text("项目代码：2310-610326-04-01-123456")),
    ("date run", text("2023102320231027")),
    ("dates", text("2023年10月23日 2023.10.23-2023.10.27 10:00-12:00")),
    ("ord", text("报价12345678901元；中标价1,381,234,567.80元")),
    ("contact", text("联系人：张三 联系电话：" + MOBILE)),
    ("contact2", text("（联系人：张三；联系电话：" + MOBILE + "）")),
    ("contact3", text("联系人及电话：张三 " + MOBILE)),
    ("contact4", text("县民政局 张三 " + MOBILE)),
    ("contact5", text("附件：报名表\n县教体局\n联系人：李某某  电话：" + MOBILE + "\n2023年10月23日")),
    ("service", text("纪检监察组举报电话：0917-12388，" + MOBILE)),
    ("duty", table([["姓名", "单位", "值班电话"], ["张三", "县应急局", MOBILE]])),
    ("office", table([["单位", "地址", "电话"], ["县民政局", "平阳街12号", "0917-5542123"], ["横渠镇政府", "横渠镇豆家堡村1组5号", "0917-5742123"]])),
    ("village", table([["村名", "村支书", "联系电话"], ["岳陈村", "张三", MOBILE]])),
    ("clinic", table([["药店名称", "地址", "负责人", "电话"], ["眉县康复大药房", "平阳街12号1号楼101室", "张三", MOBILE]])),
    ("hotel", table([["名称", "地点", "电话"], ["太白山宾馆", "汤峪镇西街3号", "0917-5712345"]])),
    ("school", table([["学校", "校长", "办公电话", "地址"], ["槐芽中学", "张三", "0917-5642123", "槐芽镇西街村3组8号"]])),
    ("court", text("（2023）陕0326民初1234号，公告号10326202310230012")),
    ("gps", text("经度107.752123456789 纬度34.274512345678")),
    ("money", table([["单位", "预算数", "决算数"], ["县民政局", MOBILE, "13912345678"]])),
    ("stats", table([["指标", "本月", "累计"], ["地区生产总值", "13812345678", "15912345678"]])),
    ("isbn", text("ISBN 9787111213826，ISSN 1009-3079，CN61-1234/D")),
    ("cert", text("证书编号：610326202310230012，资格证号20236100001234")),
    ("lawyer", text("执业证号：16103201910123456")),
    ("drug", text("国药准字Z61020123，批号20231023，追溯码81234567890123456789")),
    ("plate off", table([["单位", "车牌号", "驾驶员"], ["县民政局", "陕C12345", "张三"]])),
    ("exam", table([["准考证号", "姓名", "成绩"], ["202310230015", "张三", "78"]])),
    ("masked star", text("张三 6103**********1234 138****5678 6217****1234")),
    ("masked x", text("张*，身份证610326XXXXXXXX1234")),
    ("candidates", table([["姓名", "性别", "出生年月", "现任职务"], ["张三", "男", "1980年5月", "副局长"]])),
    ("meter", table([["户号", "户名", "电表号"], ["3050123456", "张三", "610001234567890123"]])),
    ("land cert", text("土地证号：眉国用（2010）第123号，不动产权第0001234号，宗地号610326001002JC00012")),
    ("social public", text("社会保险费收款账户：户名：眉县社会保险基金财政专户，账号：" + CARD)),
    ("wechat mp", text("扫码关注“眉县发布”，ID:mx0917，客服4006123456")),
    ("policy", text("持身份证、户口本、银行卡复印件到镇便民大厅3号窗口办理，电话0917-5542123")),
    ("addr notice", text("请到眉县首善街道平阳街12号1号楼3单元205室领取，电话：0917-5542123")),
    ("hospital", text("患者可拨打县医院0917-5542120，地址：眉县平阳街32号门诊楼2楼205室")),
    ("firm addr", text("住所地：陕西省宝鸡市眉县首善街道平阳街12号，法定代表人：张三，系该公司经理")),
    ("firm addr2", text("被申请人：眉县秦岭果业有限公司，住所地眉县常兴镇工业园区8号，统一社会信用代码91610326MA6XDJ6D0E")),
    ("tender fee", text("保证金缴纳至：陕西金桥招标公司，开户行：建行，账号" + CARD + "，联系电话" + MOBILE)),
]


def stopped(blocks: list[Block], policy: Policy) -> list[tuple[str, str]]:
    return [(found.rule, found.severity) for found in scan(Subject(tuple(blocks)), policy) if found.severity in ("veto", "error")]


@pytest.mark.parametrize(("blocks", "count"), [case[1:] for case in LEAKS], ids=[case[0] for case in LEAKS])
def test_leaks_in_odd_places(blocks: list[Block], count: int, policy: Policy) -> None:
    found = [finding for finding in scan(Subject(tuple(blocks)), policy) if finding.severity != "info"]
    assert len(found) == count
    raw = [block.text[finding.start : finding.end] for finding in found for block in blocks if block.where == finding.where]
    assert not any(len(value) > 6 and value in repr(found) for value in raw)


@pytest.mark.parametrize("blocks", [case[1] for case in LAWFUL], ids=[case[0] for case in LAWFUL])
def test_lawful_numbers_do_not_stop_a_publication(blocks: list[Block], policy: Policy) -> None:
    assert stopped(blocks, policy) == []

"""More cases from the field: whose number it is, odd headers, forms, contracts, calls; and the tables that offices lawfully publish."""

import pytest
from test_privacy_cases import ID, MOBILE, TYPO, identity, stopped, table, text

from checks.privacy import scan
from checks.privacy.policy import Policy, load_policy
from core.records import Block, Subject


@pytest.fixture(scope="module")
def policy() -> Policy:
    return load_policy()


LEAKS: list[tuple[str, list[Block], int]] = [
    ("vertical form cols", table([["姓名：张三", "身份证号：" + TYPO], ["电话：" + MOBILE, "住址：眉县首善镇岳陈村3组12号"]]), 3),
    ("footer id", table([["姓名", "金额"], ["张三", "300"], ["领取人签字：李四 身份证：" + ID]]), 1),
    ("two persons per row", table([["姓名", "身份证号", "姓名", "身份证号"], ["张三", TYPO, "李四", TYPO]]), 2),
    ("numbered header", table([["1.姓名", "2.身份证号", "3.手机"], ["张三", TYPO, MOBILE]]), 2),
    ("newline header", table([["姓\n名", "身份证\n号码"], ["张三", TYPO]]), 1),
    ("spaced header", table([["姓 名", "身 份 证 号"], ["张三", TYPO]]), 1),
    ("required star", table([["姓名*", "*身份证号", "联系电话（必填）"], ["张三", TYPO, MOBILE]]), 2),
    ("header at row 6", table([["通知"], ["各镇："], ["一、请填写"], ["单位：元"], ["2023年"], ["姓名", "身份证号"], ["张三", TYPO]]), 1),
    ("repeated header page", table([["姓名", "身份证号"], ["张三", TYPO], ["第2页"], ["姓名", "身份证号"], ["李四", TYPO]]), 2),
    ("subtotal rows", table([["姓名", "身份证号"], ["一组", ""], ["张三", TYPO], ["小计", "1人"], ["李四", TYPO]]), 2),
    ("firm and persons", table([["企业名称", "姓名", "身份证号", "手机号"], ["眉县秦岭果业有限公司", "张三", ID, MOBILE]]), 2),
    ("employee list", table([["单位名称", "姓名", "性别", "联系电话", "身份证号"], ["眉县秦岭果业有限公司", "张三", "男", MOBILE, TYPO]]), 2),
    ("workers phone", table([["用人单位", "员工姓名", "联系电话"], ["眉县秦岭果业有限公司", "张三", MOBILE]]), 1),
    ("rent", text("承租人：张三；身份证号：" + ID + "；租住：眉县美阳小区3号楼2单元501室"), 2),
    ("contract", text("甲方：眉县民政局\n乙方：张三  身份证号：" + ID + "  电话：" + MOBILE), 2),
    ("contract2", text("乙方（签字）：张三\n身份证号码：" + TYPO + "\n联系电话：" + MOBILE + "\n2023年10月23日"), 2),
    ("apply", text("申请人：张三，性别：男，身份证：" + ID + "，住址：岳陈村3组12号，电话：" + MOBILE), 3),
    ("wechat group", text("请张三(13812345678)、李四(13912345678)两位村民到村委会领取"), 2),
    ("slash", text("张三/" + ID + "/" + MOBILE), 2),
    ("brackets", text("张三【" + ID + "】【" + MOBILE + "】"), 2),
    ("quote", text("“张三”“" + ID + "”"), 1),
    ("dup", text("张三 " + ID + " " + ID), 2),
    ("lower fullwidth", text("张三６１０３２６１９６８０２１４１２３７"), 1),
    ("colon space", text("身份证号 ： " + ID), 1),
    ("en label", text("ID:" + ID + " Tel:" + MOBILE), 2),
    ("bank lines", text("收款人：张三\n开户行：农商行\n账号：2703260201100123456\n"), 1),
    ("bank lines2", text("户名：张三 账号：2703260201100123456"), 1),
    ("bank card Chinese", text("张三的银行卡号是6228480012345678901。"), 1),
    ("child", text("学生李小明（2015年出生），学籍号G610326201503041234"), 1),
    ("villager text", text("村民张三电话" + MOBILE + "反映道路问题"), 1),
    ("villager 2", text("来电人张先生，联系电话" + MOBILE + "，反映物业问题"), 1),
    ("complaint table", table([["来电人", "联系电话", "诉求内容"], ["张先生", MOBILE, "路灯不亮"], ["李女士", "13912345678", "停水"]]), 2),
    ("visitor", table([["来访人", "身份证号", "事由"], ["张三", TYPO, "咨询"]]), 1),
    ("lottery", table([["购房人姓名", "证件号码", "家庭成员姓名", "家庭成员证件号码"], ["张三", ID, "李四", TYPO]]), 2),
    ("driver school", table([["学员", "身份证明号码", "车型"], ["张三", TYPO, "C1"]]), 1),
    ("hospital", table([["患者姓名", "住院号", "诊断"], ["张三", "1000234567", "急性阑尾炎"]]), 2),
    ("name with star id whole", table([["姓名", "身份证号"], ["张*", ID]]), 1),
    ("masked but row complete", table([["姓名", "身份证号"], ["张三", "610326196802141***"], ["李四", "61032619680214****"]]), 1),
    ("column vote", table([["编码", "名称"]] + [[identity(serial=f"{n:03d}"), "张三"] for n in range(5)]), 5),
]
LAWFUL: list[tuple[str, list[Block]]] = [
    ("phone list offices", table([["单位", "联系电话"], ["县民政局", "0917-5542123"], ["县水利局", MOBILE]])),
    ("hotline", table([["服务内容", "咨询电话", "监督电话"], ["低保申请", MOBILE, "0917-5542123"]])),
    ("transparent list", table([["事项名称", "办理地点", "联系电话"], ["低保", "政务大厅3楼301室", MOBILE]])),
    ("merchant", table([["商户名称", "经营地址", "经营者", "联系电话"], ["张三面馆", "平阳街12号", "张三", MOBILE]])),
    ("agri coop", table([["合作社名称", "理事长", "电话", "注册地址"], ["眉县太白猕猴桃专业合作社", "张三", MOBILE, "汤峪镇小法仪村3组12号"]])),
    ("river chief", table([["河流", "河长", "职务", "联系电话"], ["渭河", "张三", "县长", MOBILE]])),
    ("lawyers", table([["律师姓名", "执业证号", "联系电话"], ["张三", "16103201910123456", MOBILE]])),
    ("doctor", table([["签约医生", "服务村", "联系电话"], ["张三", "岳陈村", MOBILE]])),
    ("grid", table([["网格", "网格长", "网格员", "电话"], ["一网格", "张三", "李四", MOBILE]])),
    ("bus", table([["线路", "司机", "车牌"], ["1路", "张三", "陕CD12345"]])),
    ("winning", text("中标人：张三建筑公司，联系人李四，" + MOBILE)),
    ("address office", text("纸质材料邮寄至：陕西省宝鸡市眉县首善街道平阳街12号1号楼301室 县人社局收，电话0917-5542123")),
    ("lost cert", text("眉县秦岭果业有限公司遗失营业执照，注册号610326100012345，声明作废。")),
    ("lost person masked", text("张三遗失身份证（610326********1237），声明作废。")),
    ("recruit", text("应聘者请将简历发至邮箱mx5545900@163.com，电话：0917-5545900，手机：" + MOBILE + "（同微信）")),
    ("letters no", text("信件编号：20231023101200123，查询码：138123")),
    ("water", table([["监测点", "经度", "纬度", "采样编号"], ["渭河大桥", "107.7521234", "34.2745123", "610326202310230012"]])),
    ("budget codes", table([["功能科目编码", "项目编码", "金额"], ["2080502", "61032621000000001234", "138.12"]])),
    ("parcel", table([["地块编号", "面积", "不动产单元号"], ["610326001002", "12.5", "610326001002GB00012W00000000"]])),
    ("seed", table([["生产批号", "检验编号", "样品名称"], ["20231023", "SP2023102312345", "面粉"]])),
    ("vaccine", text("疫苗批号202310A123，追溯码83456789012345678901")),
    ("id policy", text("身份证号码为18位，如610326********1237；手机号码为11位。")),
    ("exam sites", table([["考点", "准考证号段", "联系电话"], ["眉县中学", "202310230001-202310230500", "0917-5542123"]])),
    ("cars", table([["使用单位", "车牌号", "购置金额"], ["县公安局", "陕C1234警", "158000"]])),
    ("teacher", table([["学校", "教师", "获奖证书编号"], ["槐芽中学", "张三", "20231023001234"]])),
    ("cadre", table([["姓名", "性别", "出生年月", "籍贯", "拟任职务"], ["张三", "男", "1980.05", "陕西眉县", "副局长"]])),
]


@pytest.mark.parametrize(("blocks", "count"), [case[1:] for case in LEAKS], ids=[case[0] for case in LEAKS])
def test_personal_numbers_are_found_whoever_stands_beside_them(blocks: list[Block], count: int, policy: Policy) -> None:
    assert len([finding for finding in scan(Subject(tuple(blocks)), policy) if finding.severity != "info"]) == count


@pytest.mark.parametrize("blocks", [case[1] for case in LAWFUL], ids=[case[0] for case in LAWFUL])
def test_what_offices_publish_lawfully_passes(blocks: list[Block], policy: Policy) -> None:
    assert stopped(blocks, policy) == []

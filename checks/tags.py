"""Standard tags of government pages (国办发〔2017〕47号 网页设计规范): which of them an article lacks."""

from core.records import Finding, Subject

REQUIRED = ("ArticleTitle", "PubDate", "ContentSource")


def scan(subject: Subject) -> list[Finding]:
    """One hint per article page that lacks required tags; subjects that are not portal pages have no tags to judge (`tags` is None)."""
    if subject.tags is None:
        return []
    present = {name.lower() for name, value in subject.tags.items() if value.strip()}
    missing = [name for name in REQUIRED if name.lower() not in present]
    if not missing:
        return []
    return [
        Finding(
            rule="tag/missing",
            severity="info",
            message=f"页面缺少规范标签：{'、'.join(missing)}",
            unit=subject.unit,
            source=subject.source,
            url=subject.url,
            title=subject.title,
            masked=None,
            suggestion="请网站技术人员在文章模板中补上 meta 标签",
            reasons=("《政府网站发展指引》要求内容页标注标题、日期和来源",),
            county=subject.county,
        )
    ]

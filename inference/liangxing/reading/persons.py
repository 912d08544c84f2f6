"""Names of defendants in a judgment, and where a stretch of text speaks of which of them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

ROLE = r"(?:原审)?(?:附带民事诉讼)?(?:被告人|上诉人|抗诉人|被告单位|罪犯|被告(?!方|席|知))"
_ASIDE = r"(?![（(][^）)]{0,12}原告)(?:[（(](?:原审|一审|第一审)[^）)]{0,14}[）)])?"
_NAME = r"[^，,。；;：:、（）()\[\]【】《》“”\"犯]{1,20}"
# A name in the header stands before a comma, an aside or the end of the paragraph.
_HEADER = re.compile(
    rf"(?:{ROLE}|被申诉人){_ASIDE}(?:[（(]?(?:自报|绰号)[^）)，]{{0,2}}?[）)]?(?:姓名)?)?[：:]?"
    rf"(?P<name>{_NAME}?)(?P<after>[（(][^）)]{{0,80}}[）)])?(?=[，,。；]|(?:男|女)[，,])"
)
_IN_VERDICT = re.compile(
    rf"(?:{ROLE}{_ASIDE}|判处(?:{ROLE})?|认定(?:{ROLE})?|(?<=罪[，。；]))(?P<name>{_NAME}?)"
    r"(?=犯(?!罪)|无罪|、|和|，|有期徒刑|拘役|死刑|无期徒刑|单处|罚金|以)"
)
# Han characters with what courts mask names by; longer ones hold a dot between their parts.
_PLAIN_NAME = re.compile(
    r"[\u3400-\u9fffA-Za-zＸ×xX＊*][\u3400-\u9fffA-Za-z0-9某×＊*]{1,3}[甲乙丙丁戊己庚辛\d]?|[^·•.]{1,12}(?:[·•.][^·•.]{1,12}){1,3}"
)
_NOT_A_NAME = re.compile(
    r"(?:[一二两三四五六七八九十各上述等该本均系因在对的之其被未已经及]|曾[因经于在多]|于[一二\d]|涉嫌|到庭|没有|辩称|供述|当庭|自愿|委托|认罪|归案|构成|刑罚|以上|有期|无期|死刑|拘役|管制|罚金|免[予于除]|明知|户籍|身份)"
    r".*|.*(?:检察院|法院|律师|[的对等至在]|提出|指控|行为|辩护|供述|到庭|参加|认为|判处|缓刑|执行|部分|赔偿|注册|缴纳|犯罪|及其|亲友|异议|负责|违背|违反|通过|归案|明知|身份|曾因|之[子女父母妻夫兄弟姐妹]).*"
)
_UNIT = re.compile(r"(?:公司|厂|集团|合作社|中心|商行|医院|学校|村委会|单位|企业|部|店|局|院|社)$")
_SURNAME = re.compile(r"[\u3400-\u9fffA-Za-z]")
_ALL = re.compile(
    r"(?:上述|以上|全部)?(?:(?P<count>[一二两三四五六七八九十]{1,3}|\d{1,2})名?|各|诸|该)?"
    r"(?:原审)?(?:被告人|上诉人|被告(?!单位|方|席|知)|罪犯)(?!的辩护人|席|方)"
)
_JOINED = re.compile(
    rf"[、，,和及与暨]?(?:对|均)?(?:{ROLE})?{_ASIDE}(?:以及|及其|等)?[、，,和及与]?"
)
_LONGEST = 400


@dataclass(frozen=True)
class Mention:
    """One or several defendants named together at [start, end)."""

    names: tuple[str, ...]
    start: int
    end: int


def header_names(header: str) -> list[tuple[str, int, bool]]:
    """(name, place, whether a unit) of each defendant a header presents.

    >>> header_names("被告人张某甲（化名小张），男，汉族。辩护人李四，律师。")
    [('张某甲', 3, False)]
    """
    found: dict[str, tuple[int, bool]] = {}
    for match in _HEADER.finditer(header):
        name = match.group("name").strip()
        unit = "单位" in header[match.start() : match.start("name")] or bool(_UNIT.search(name))
        if any(name.startswith(known) for known in found):
            continue
        if _is_name(name, unit):
            described = header[match.end() : match.end() + 40]
            if unit or re.search(
                r"[，,。（(](?:男|女|汉|[^，。]{1,6}族)|出生|生于|生[，,]|文化|别名|化名|绰号|户籍|[，。]住|因(?:涉嫌|本案)|身份证|被(?:刑事)?拘留",
                described,
            ):
                found[name] = (match.start("name"), unit)
    return [(name, place, unit) for name, (place, unit) in found.items()]


def verdict_names(text: str) -> list[str]:
    """Names that a disposition calls defendants.

    >>> verdict_names("一、被告人张某犯盗窃罪，判处罚金；二、被告人李某无罪。")
    ['张某', '李某']
    """
    names = (match.group("name").strip() for match in _IN_VERDICT.finditer(text))
    return list(
        dict.fromkeys(
            name for name in names if _is_name(name, False) and _PLAIN_NAME.fullmatch(name)
        )
    )


def mentions(text: str, names: Sequence[str]) -> Iterator[Mention]:
    """Defendants named in a text, those named together as one mention.

    A mere 被告人 stands for all of `names`.

    >>> text = "对张某、李某判处拘役；被告人王某无罪"
    >>> [m.names for m in mentions(text, ["张某", "李某", "王某"])]
    [('张某', '李某'), ('王某',)]
    """
    group: Mention | None = None
    for each in _single(text, names):
        if group and each.start >= group.end and _joined(text[group.end : each.start]):
            same = each.names == tuple(names) and len(names) > 1
            merged = each.names if same else tuple(dict.fromkeys((*group.names, *each.names)))
            group = Mention(merged, group.start, each.end)
            continue
        if group:
            yield group
        group = each
    if group:
        yield group


def _joined(gap: str) -> bool:
    return len(gap) < 24 and bool(_JOINED.fullmatch(gap))


def _single(text: str, names: Sequence[str]) -> Iterator[Mention]:
    known = tuple(name for name in names if name)[:_LONGEST]
    pattern = _any_of(known) if known else None
    spans = [Mention((m.group(),), *m.span()) for m in pattern.finditer(text)] if pattern else []
    taken = [(mention.start, mention.end) for mention in spans]
    for match in _ALL.finditer(text):
        following = text[match.end() : match.end() + 1]
        if any(start <= match.end() + 8 and match.end() <= start for start, _ in taken) and (
            not match.group("count") or following not in "犯拘有无判在的均分，各处死以"
        ):
            near = min(start for start, _ in taken if start >= match.end())
            if near - match.end() <= 1 or _joined(text[match.end() : near]):
                continue
        if following and following in "犯拘有无判在的均分，各处死以单免适、":
            spans.append(Mention(tuple(names), *match.span()))
    yield from sorted(spans, key=lambda mention: mention.start)


@lru_cache(maxsize=256)
def _any_of(names: tuple[str, ...]) -> re.Pattern[str]:
    longest_first = sorted(names, key=len, reverse=True)
    return re.compile(
        f"(?:{'|'.join(map(re.escape, longest_first))})" + r"(?![\d某×甲乙丙丁戊己庚辛])"
    )


def _is_name(name: str, unit: bool) -> bool:
    if not 1 < len(name) <= (40 if unit else 16) or not _SURNAME.match(name):
        return False
    return unit or not _NOT_A_NAME.fullmatch(name)

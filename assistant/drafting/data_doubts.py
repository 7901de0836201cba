"""Doubts about figures in a report (填报质量): each root once, told by what shows it best."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cached_property

from assistant.drafting.doubts import APART, Doubts, told
from assistant.drafting.execution import FULL, MONEY, WRONG_RATE, Execution
from assistant.drafting.material import Line, Material, has_digit
from assistant.drafting.measure_library import MeasureLibrary
from assistant.drafting.paragraphs import Block, cited, clause, paragraph
from assistant.grounding.calculations import count
from assistant.grounding.citations import Statement, of_figure
from assistant.language.numbers import find_numbers, plain
from assistant.language.wording import quoted, value
from assistant.types import Finding
from ingest.types.blocks import Form
from ingest.types.facts import Figure

MAX_NAMES = 3
"""Maximum number of names that are told of a kind of the other doubts."""
WRONG_SUM = "D11"
"""The check that finds amounts that do not make their sum."""
ROOTS = (APART, WRONG_SUM, WRONG_RATE)
"""Checks whose findings tell best what several doubts come from."""
AMOUNTS = ("", "元", "万元", "亿元")
_POINTS = re.compile(r"\d分(?!之)")


@dataclass(frozen=True)
class DataDoubts:
    """Tells a report's doubts about its figures."""

    material: Material
    execution: Execution
    doubts: Doubts
    library: MeasureLibrary

    def told(self, most: int) -> list[Block]:
        """The gravest doubts about figures, each root once."""
        apart = [_apart(line, figure) for line, figure in self.execution.apart()]
        roots = (self._with_following(self._placed(root), rest) for root, *rest in self._all)
        return [*apart, *roots][:most]

    def rest(self, most: int) -> Block | None:
        """The one more doubt that there is, or how many more, and what they are about."""
        apart = len(list(self.execution.apart()))
        left = self._all[max(most - apart, 0) :]
        if len(left) == 1:
            return self._with_following(self._placed(left[0][0]), left[0][1:])
        return self._rest_of([finding for root in left for finding in root]) if left else None

    @cached_property
    def _all(self) -> list[list[Finding]]:
        """The roots, the gravest first, each with what comes of it."""
        overspent = self.execution.overspent() is not None
        told_of = {source.quote for source in self.execution.sources} if overspent else set()
        doubts = [
            finding
            for finding in self.doubts.findings
            if self.library.findings[finding.code].doubt
            and not (told_of and told_of <= {citation.quote for citation in finding.evidence})
        ]
        doubts.sort(key=lambda f: (not self._of_all(f), f.severity.value, self._order(f)))
        return self._roots([one for one in doubts if not self._repeats_rate(one, doubts)])

    def _with_following(self, block: Block, following: Sequence[Finding]) -> Block:
        """A doubt with those that come of it: the sum that shows it, and the rest by name."""
        sums = [told(f, self.material) for f in following if f.code == WRONG_SUM][:1]
        also = [part for one in sums for part in (Statement("，"), *one.statements)]
        rates = {clause(f.subject): f for f in following if f.code == WRONG_RATE}
        also += [self._affected(f) for name, f in rates.items() if not has_digit(name)]
        return replace(
            block,
            statements=(*block.statements, *also),
            calculations=(*block.calculations, *(c for one in sums for c in one.calculations)),
        )

    def _repeats_rate(self, finding: Finding, doubts: Sequence[Finding]) -> bool:
        """Whether it tells apart two printings of a rate that does not come out in one of them."""
        if finding.code != APART or not finding.subject:
            return False
        term = self.execution.names.at_end(finding.subject)
        printed = {number.value for number in find_numbers(finding.message) if number.unit == "%"}
        return any(
            other.code == WRONG_RATE
            and term is not None
            and self.execution.names.at_end(other.subject) == term
            and printed & {number.value for number in find_numbers(other.message)}
            for other in doubts
        )

    def _affected(self, finding: Finding) -> Statement:
        """A rate that is reckoned with a doubtful amount; as it was filled in, where that is not
        the one that this report goes by."""
        name = quoted(clause(finding.subject))
        said = told(finding, self.material).statements[0]
        (*_, filed) = said.text.partition("，")[0].rpartition("填报为")
        numbers = [number.value for number in find_numbers(filed)]
        ours = self.execution.rate.result if self.execution.rate else None
        if len(numbers) != 1 or numbers[0] == ours or filed == said.text:
            return Statement(f"，{name}的计算也受此影响")
        return cited(f"，填报的{name}（{filed}）也受此影响", *said.sources)

    def _roots(self, doubts: Sequence[Finding]) -> list[list[Finding]]:
        """The doubts by what is wrong: those that an amount connects that this report does not
        itself go by are one, told by where two documents or a sum come apart."""
        known = (self.material.terms[name] for name in MONEY if name in self.material.terms)
        right = {value for figure in known for value in figure.quantity.values}
        groups: list[tuple[set[Decimal], list[Finding]]] = []
        for finding in doubts:
            amounts = _amounts(finding) - right
            near = [group for group in groups if group[0] & amounts]
            groups = [group for group in groups if group not in near]
            joined = amounts.union(*(numbers for numbers, _ in near))
            members = [one for _, found in near for one in found]
            groups.append((joined, [*members, finding]))
        groups.sort(key=lambda group: min(map(doubts.index, group[1])))
        return [sorted(found, key=_rootedness) for _, found in groups]

    @cached_property
    def _forms(self) -> set[Form]:
        """The forms that the facts of this report come from."""
        return {record.form for record in self.material.used}

    def _placed(self, finding: Finding) -> Block:
        """A doubt with the form in which it stands, where there are several."""
        block = told(finding, self.material)
        documents = {citation.document_id for citation in finding.evidence}
        forms = {self.material.documents[id].form for id in documents & {*self.material.documents}}
        if len(forms) != 1 or len(self._forms) < 2:
            return block
        where = Statement(f"{forms.pop().value}中，")
        return replace(
            block,
            statements=(where, *block.statements),
            fallback=(where, *block.fallback) if block.fallback else (),
        )

    def _rest_of(self, doubts: Sequence[Finding]) -> Block:
        """How many doubts there are, and what they are about, by kind; the list has each."""
        number = count("需要核对的数据", [f.message for f in doubts], unit="处")
        kinds: dict[str, dict[str, None]] = {}
        for finding in doubts:
            if finding.subject and not has_digit(finding.subject):
                kind = self.library.findings[finding.code].label
                kinds.setdefault(kind, {})[quoted(clause(finding.subject))] = None
        told_kinds = "；".join(
            f"{kind}：{'、'.join(list(names)[:MAX_NAMES])}{'等' if len(names) > MAX_NAMES else ''}"
            for kind, names in kinds.items()
        )
        words = f"另有{plain(number.result)}处填报数据前后不一致或有疑问，需逐项核对"
        return paragraph(words, f"（{told_kinds}）" if told_kinds else "", calculations=[number])

    def _of_all(self, finding: Finding) -> bool:
        """Whether a finding is about all that is reported, and not about one of its projects."""
        record = self.material.documents.get(finding.document_id)
        projects = {Form.PROJECT_SELF_EVALUATION}
        return self._forms <= projects or record is None or record.form not in projects

    def _order(self, finding: Finding) -> int:
        return list(self.library.findings).index(finding.code)


def _apart(line: Line, figure: Figure) -> Block:
    """An indicator that reports a budget term otherwise than the tables of money do."""
    assert line.row.actual is not None
    return paragraph(
        cited(f"{quoted(line.name)}在指标表中为{value(line.row.actual)}", line.actual_source),
        cited(f"，在资金填报处为{value(figure.quantity)}，两者不一致", of_figure(figure)),
    )


def _amounts(finding: Finding) -> set[Decimal]:
    """The amounts of money in what a finding says and reckons: points are none."""
    if finding.code not in ROOTS or _POINTS.search(finding.message):
        return set()
    numbers = (*find_numbers(finding.message), *find_numbers(finding.formula))
    return {abs(n.value) for n in numbers if n.unit in AMOUNTS and abs(n.value) != FULL}


def _rootedness(finding: Finding) -> int:
    codes = [code for code in ROOTS if code == finding.code]
    return ROOTS.index(codes[0]) if codes else len(ROOTS)

"""Everything that is done with drafts: writing, editing, checking, storing, exporting (起草台)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Unpack

from assistant.departments.present_scope import PresentScope, WholeScope
from assistant.drafting.comments import Comment
from assistant.drafting.drafter import Drafter
from assistant.drafting.prose import Joiner
from assistant.drafting.revision import renewed, reworded
from assistant.drafting.store import DraftStore
from assistant.drafting.types import Draft, Length, Manner, SavedDraft, Section
from assistant.drafting.verification import recheck
from assistant.drafting.word_export import WordLook, docx
from assistant.drafting.word_layout import Templates
from assistant.errors import DraftError
from assistant.retrieval.library_snapshot import SnapshotCache
from assistant.text_limits import COMMENT, DEPARTMENT, DRAFT, EMPHASIS, PASSAGE, TONE
from ingest.records.record_reader import RecordReader
from ingest.types.facts import Figure

NO_DRAFT = "没有这份初稿：可能已被删除，或者不是您的。"


@dataclass(frozen=True, slots=True)
class DraftMeans:
    """By what drafts are written, joined (None without a language model) and laid out."""

    drafter: Drafter
    joiner: Joiner | None
    templates: Templates


class DraftService:
    """Drafts over one library.

    A draft that was made from documents outside the `scope` is not there: not among the saved
    ones, and not to be worked on.
    """

    def __init__(
        self,
        records: RecordReader,
        *,
        reader: SnapshotCache,
        means: DraftMeans,
        store: DraftStore,
        scope: PresentScope | WholeScope,
    ) -> None:
        self._records = records
        self._reader = reader
        self._drafter = means.drafter
        self._joiner = means.joiner
        self._templates = means.templates
        self._store = store
        self._scope = scope

    # -- writing -----------------------------------------------------------------------------------

    @property
    def tones(self) -> tuple[str, ...]:
        """The tones (口吻) that a draft can be written in, the default first."""
        return self._drafter.tones

    @property
    def covered(self) -> Mapping[str, Sequence[int]]:
        """The departments that can be drafted for, each with its years in order."""
        return self._reader.read().covered

    @property
    def rewords(self) -> bool:
        """Whether a language model is there to reword paragraphs."""
        return self._joiner is not None

    def draft(
        self,
        section: Section,
        *,
        department: str,
        year: int | None = None,
        reword: bool = True,
        **manner: Unpack[Manner],
    ) -> Draft:
        """A drafted section, of the newest year where none is given.

        Without `reword`, or without a language model, it keeps its grounded wording.
        """
        _, revision = self._records.revision()
        draft = self._drafter.draft(
            self._reader.read(),
            section,
            department=DEPARTMENT.accepted(department),
            year=year,
            tone=TONE.accepted(manner.get("tone", "")),
            emphasis=EMPHASIS.accepted(manner.get("emphasis", "")),
            length=manner.get("length", Length.MEDIUM),
        )
        whose = (draft.department,)
        draft = replace(draft, limited_to=whose, revision=revision)
        return self.reword(draft) if reword else draft

    def reword(self, draft: Draft, *, only: int = 0) -> Draft:
        """The draft, or its paragraph `only` from 1, in the model's words where these are safe.

        A paragraph in which a number, a name, a blank or a source would change stays as it is.
        """
        self._must_show(draft)
        if self._joiner is None:
            return draft
        return reworded(draft, self._joiner, self._figures(draft), only=only)

    def renew(self, draft: Draft, number: int) -> Draft:
        """The draft with paragraph `number` (from 1) written afresh from the facts."""
        self._must_show(draft)
        if not 1 <= number <= len(draft.paragraphs):
            raise DraftError(f"这份初稿没有第{number}段，请重新选择要重写的段落。")
        fresh = self.draft(
            draft.section,
            department=draft.department,
            year=draft.year,
            tone=draft.tone,
            emphasis=draft.emphasis,
            length=draft.length,
            reword=False,
        )
        renewed_draft = renewed(draft, number, fresh, self._figures(draft) | self._figures(fresh))
        return self.reword(renewed_draft, only=number)

    def opened(self, draft: Draft) -> Draft:
        """A draft that a page has open, as it is; raises DraftError where it may not be read."""
        self._must_show(draft)
        return draft

    def recheck(self, draft: Draft, edited_text: str) -> Draft:
        """The draft with the edited text, a paragraph a line; unsupported figures are marked."""
        self._must_show(draft)
        return recheck(draft, DRAFT.accepted(edited_text), self._figures(draft))

    @property
    def templates(self) -> tuple[str, ...]:
        """The names of the office's own Word templates."""
        return self._templates.names

    def docx(
        self,
        draft: Draft,
        *,
        template: str = "",
        notes: bool = True,
        comments: Sequence[Comment] = (),
    ) -> bytes:
        """The draft as a Word file with footnotes and `comments`, or plain.

        By a template where one is named.
        """
        self._must_show(draft)
        look = WordLook(self._templates.find(template), notes, tuple(comments))
        return docx(draft, {record.id: record for record in self._records.documents()}, look)

    # -- keeping -----------------------------------------------------------------------------------

    def save(
        self,
        draft: Draft,
        *,
        user: str = "",
        id: str = "",
        automatic: bool = False,
        over: datetime | None = None,
    ) -> SavedDraft:
        """Stores a draft; with the id of a saved draft of the user, as its next version.

        `over` is when the version that it was made from was `saved`: if that was stored by itself
        (`automatic`) it gives way, and where there is a newer one, raises DraftConflict.
        """
        self._must_show(draft)
        return self._store.save(draft, user=user, id=id, automatic=automatic, over=over)

    def saved(self, *, user: str = "") -> tuple[SavedDraft, ...]:
        """The newest version of each of the user's drafts, the one saved last first."""
        return tuple(filter(self._shows, self._store.latest(user=user)))

    def versions(self, id: str, *, user: str = "") -> tuple[SavedDraft, ...]:
        """All versions of a saved draft of the user, the newest first."""
        return tuple(filter(self._shows, self._store.versions(id, user=user)))

    def forget(self, id: str, *, user: str = "") -> int:
        """Deletes a saved draft of the user with all versions; returns their number."""
        return self._store.forget(id, user=user)

    # -- comments ----------------------------------------------------------------------------------

    def share(self, id: str, *, user: str = "", by: str, shared: bool) -> str:
        """Lets others whose scope has the user's draft read and comment on it; its title.

        Or no longer. Raises DraftError where it is not theirs.
        """
        mine = self.versions(id, user=user)
        if not mine:
            raise DraftError(NO_DRAFT)
        self._store.comments.share(id, user=user, by=by, shared=shared)
        return mine[0].draft.title

    def shared(self, *, user: str = "") -> tuple[tuple[SavedDraft, str], ...]:
        """What others let this user read and comment on, each with the name of whose it is."""
        found = (
            (saved, by)
            for id, (owner, by) in self._store.comments.shared().items()
            if owner != user
            for saved in self.versions(id, user=owner)[:1]
        )
        return tuple(found)

    def is_shared(self, id: str) -> bool:
        """Whether others may read the draft."""
        return id in self._store.comments.shared()

    def readable(self, id: str, *, user: str = "") -> SavedDraft:
        """The newest version of a draft that is the user's or shared; raises DraftError."""
        owner, _ = self._store.comments.shared().get(id, (user, ""))
        found = self.versions(id, user=user) or self.versions(id, user=owner)
        if not found:
            raise DraftError(NO_DRAFT)
        return found[0]

    def comments(self, id: str, *, user: str = "") -> tuple[Comment, ...]:
        """The comments on a draft that the user may read; raises DraftError."""
        return self._store.comments.of(self.readable(id, user=user).id)

    def comment(
        self, id: str, words: str, *, at: tuple[int, str], user: str = "", by: str
    ) -> SavedDraft:
        """Leaves a comment at a passage of a paragraph from 1 of a draft that the user may read."""
        read = self.readable(id, user=user)
        paragraph, passage = at
        place = (paragraph, PASSAGE.accepted(passage))
        self._store.comments.add(id, _words(words), at=place, by=by)
        return read

    def answer_comment(
        self, id: str, number: int, words: str, *, user: str = "", by: str
    ) -> SavedDraft:
        """Answers a comment on a draft that the user may read, which opens it again."""
        read = self.readable(id, user=user)
        self._store.comments.answer(id, number, _words(words), by=by)
        return read

    def settle_comment(self, id: str, number: int, *, user: str = "", by: str) -> SavedDraft:
        """Says that a comment on a draft that the user may read is settled; by "" not any more."""
        read = self.readable(id, user=user)
        self._store.comments.settle(id, number, by=by)
        return read

    def _shows(self, saved: SavedDraft) -> bool:
        return self._scope.shows(saved.draft)

    def _must_show(self, draft: Draft) -> None:
        """Raises DraftError where the draft may not be read any more."""
        if not self._scope.shows(draft):
            raise DraftError(
                "这份初稿所依据的资料已不在您现在可看的范围内，不能再打开或修改，"
                "请重新起草，或联系管理员。"
            )

    def _figures(self, draft: Draft) -> dict[str, Figure]:
        ids = [id for citation in draft.citations for id in citation.figure_ids]
        return {figure.id: figure for figure in self._records.figures_by_id(ids)}


def _words(given: str) -> str:
    """The words of a comment; raises DraftError where there are none."""
    words = COMMENT.accepted(given).strip()
    if not words:
        raise DraftError("请先写批注的内容。")
    return words

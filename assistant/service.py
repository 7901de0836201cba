"""The Assistant (绩问): the only place where the steps of answering are joined."""

from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from time import perf_counter
from typing import Unpack

from assistant.accounts.restored import RestoredUsers, admit
from assistant.answering.context import AnswerRules
from assistant.answering.engine import AnswerEngine, AnswerMeans
from assistant.answering.read_answers import ReadAnswers
from assistant.answering.read_cards import CardReader, read_thresholds
from assistant.assessment.department_totals import DepartmentTotals
from assistant.assessment.rule_packs import RuleBook, read_rules
from assistant.assessment.status import read_status_rules
from assistant.audit.auditor import Auditor
from assistant.audit.check_runner import CheckContext
from assistant.audit.dossier import Dossier
from assistant.audit.marks import MarkStore
from assistant.audit.vocabulary import read_words
from assistant.config import Settings
from assistant.conversation_files import ConversationFiles, FileReader
from assistant.dashboard.board import Board, Choice
from assistant.dashboard.board_cache import BoardCache, Sources
from assistant.dashboard.saved_views import SavedView, ViewStore
from assistant.departments.choice import DepartmentChoice, listed_departments
from assistant.departments.present_scope import PresentScope, WholeScope
from assistant.document_tags import TagStore
from assistant.drafting.comments import Comment
from assistant.drafting.drafter import Drafter
from assistant.drafting.prose import Joiner
from assistant.drafting.service import DraftMeans, DraftService
from assistant.drafting.store import DraftStore
from assistant.drafting.types import Draft, Manner, Section
from assistant.drafting.word_layout import Templates
from assistant.errors import SettingsError, UnknownDocument, UnknownFinding, ViewError
from assistant.grounding.quotation import QuotableSentences
from assistant.helpdesk.desk import HelpDesk
from assistant.helpdesk.scoring_rules import ScoringRules
from assistant.history.own_libraries import OwnLibraries
from assistant.history.store import History
from assistant.history.types import Conversation, FeedbackKind, Turn, withheld
from assistant.history.word_export import conversation_docx
from assistant.llm.model import LanguageModel
from assistant.llm.query_rewriting import Restater
from assistant.llm.rewording import Rewriter, grown
from assistant.llm.vocabulary import RestatingVocabulary, RewordingVocabulary
from assistant.questions.operations import shipped_operations
from assistant.questions.vocabulary import read_questions
from assistant.reading.reader import shipped_reader
from assistant.retrieval.candidates import Candidates
from assistant.retrieval.library_snapshot import SnapshotCache
from assistant.retrieval.other_parts import CardFinder, JoinedCandidates, PassageFinder
from assistant.retrieval.reranker import Reranker
from assistant.retrieval.retriever import FusedRetriever, Orderer
from assistant.schemas.selection import chosen_document
from assistant.subscriptions.outlets import Outlets
from assistant.subscriptions.service import Subscriptions
from assistant.subscriptions.store import SubscriptionStore
from assistant.system_status import RuleUse, SystemStatus, condition, rule_uses
from assistant.text_limits import (
    DEPARTMENT,
    NAME,
    NOTE,
    QUESTION,
    REASON,
    SEARCH,
    TAG,
    TITLE,
    VIEW,
    accepted_turns,
)
from assistant.types import Answer, AskedFiles, Finding, Handling, IndicatorStatus
from ingest.corrections.types import Correction, Wanted
from ingest.language.packs import open_pack
from ingest.language.vocabulary import default_vocabulary
from ingest.loaders.page_images import PageImage
from ingest.pipeline import Library
from ingest.storage.home import Home
from ingest.storage.migrations import sqlite_file
from ingest.storage.restore import restore_backup
from ingest.templates.types import FormTemplate, WantedTemplate
from ingest.types.blocks import Block, Form
from ingest.types.facts import Figure, Passage
from ingest.types.layouts import MetLayout
from ingest.types.library import DocumentRecord, FileReport, Progress, Scope, StoreFault
from ingest.vectors.embedder import Embedder
from ingest.workers.pool import always

Say = Callable[[Progress], None]


@dataclass(frozen=True, slots=True)
class Resources:
    """What an open Assistant is made of; its views share all but the library and its scope.

    `scope` is what may be read of earlier answers and drafts, beside the library of the same
    departments.
    """

    library: Library
    embedder: Embedder
    history: History
    drafts: DraftStore
    views: ViewStore
    marks: MarkStore
    tags: TagStore
    subscriptions: SubscriptionStore
    own: OwnLibraries[FileReader]
    """The libraries of single conversations."""
    model: LanguageModel | None
    reranker: Orderer | None
    scope: PresentScope | WholeScope = field(default_factory=WholeScope)
    retriever: PassageFinder | None = None
    """Another retriever, which is asked before our own."""

    @classmethod
    def open(cls, settings: Settings) -> "Resources":
        """What the settings name; models are loaded when they are first needed."""
        embedder = Embedder(settings.embedding_model)
        model = LanguageModel.from_settings(settings)
        reranker = Reranker(settings.reranker) if settings.reranker else None
        library = Library.open(settings.ingest, embedder)
        database = settings.database_url or library.home.database_url
        stores = (
            History(database),
            DraftStore(database),
            ViewStore(database),
            MarkStore(database),
            TagStore(database),
            SubscriptionStore(database),
        )
        own: OwnLibraries[FileReader] = OwnLibraries(settings.home)
        return cls(library, embedder, *stores, own, model, reranker)


@dataclass(frozen=True, slots=True)
class Restored:
    """What came with a backup: how many documents, and which users."""

    documents: int
    users: RestoredUsers


class Assistant:
    """Documents in, cited answers out; answering knows no conversation but what it is given.

    What is open already is handed over as `resources`; without it the settings say what to open.
    With the files of `data/samples` in the library at `home`:

        with closing(Assistant(Settings(home=home))) as assistant:
            answer = assistant.ask("黄埔区团委2021年预算完成率是多少？")
            print(answer.text)
            print(answer.citations[0].file, answer.citations[0].quote)
    """

    def __init__(self, settings: Settings, *, resources: Resources | None = None) -> None:
        self._settings = settings
        self._resources = resources or Resources.open(settings)
        self._library = library = self._resources.library
        self._embedder = self._resources.embedder
        self._history = self._resources.history
        self._model = model = self._resources.model
        self._scope = self._resources.scope
        status_rules = read_status_rules()
        retriever = FusedRetriever(
            words=library.records,
            nearest=library.nearest,
            cutter=library.tokenizer,
            encoder=self._embedder,
            reranker=self._resources.reranker,
        )
        self._retriever = retriever
        self._reader = SnapshotCache(library.records, library.tokenizer, retriever.passages)
        planted = read_questions().planted
        self._candidates = Candidates(
            library.records,
            retriever,
            planted,
            directory=self._reader.directory,
            cut=library.tokenizer.cut,
        )
        vocabulary = read_words()
        book = RuleBook(self._settings.home / "rules")
        self._auditor = Auditor(
            library.records,
            self._reader.directory,
            book,
            status_rules,
            vocabulary,
        )
        restater = None
        if model:
            restater = Restater(model, RestatingVocabulary.from_pack(open_pack("restating")))
        drafter = Drafter(
            library.records, self._auditor.audit, self._auditor.rules, self._settings.hash
        )
        finder: CardFinder = self._candidates
        if self._resources.retriever or self._resources.reranker:
            finder = JoinedCandidates(
                self._candidates,
                library.records,
                finder=self._resources.retriever,
                reranker=self._resources.reranker,
            )
        cards = CardReader(
            finder, self._candidates.cards.of, shipped_reader(), self._warm_up_readers
        )
        self._engine = AnswerEngine(
            library.records,
            snapshots=self._reader,
            rules=AnswerRules(
                status=status_rules,
                local=self._auditor.rules,
                vocabulary=vocabulary,
                quotable=QuotableSentences(planted),
            ),
            means=AnswerMeans(
                self._auditor,
                drafter,
                ReadAnswers(cards, shipped_operations, read_thresholds()),
                HelpDesk(ScoringRules(book, default_vocabulary().terms)),
                restater,
            ),
        )
        self._ledger = BoardCache(
            Sources(
                library.records,
                self._reader.directory,
                self.indicators,
                self._auditor.audit,
                self._auditor.rules,
                self._auditor.totals,
            ),
            read_rules("formulas"),
            status_rules,
        )
        self._rewriter = joiner = None
        if model:
            pack = RewordingVocabulary.from_pack(open_pack("rewording"))
            self._rewriter = Rewriter(model, pack, library.records.figures_by_id)
            joiner = Joiner(model, pack)
        self.drafts = DraftService(
            library.records,
            reader=self._reader,
            means=DraftMeans(drafter, joiner, Templates(settings.draft_templates)),
            store=self._resources.drafts,
            scope=self._scope,
        )

        self.subscriptions = Subscriptions(
            self._resources.subscriptions,
            Outlets(settings),
            state=self._state,
            scope=self._scope.departments,
        )
        self.files = ConversationFiles(self._resources.own, self._history, self._alone, self)

    def _state(self) -> Hashable:
        """What is another whenever documents, facts, marks or subscriptions are."""
        marks = frozenset(self._resources.marks.all().items())
        made = tuple(one.number for one in self._resources.subscriptions.all())
        return self._library.records.revision(), marks, made

    @contextmanager
    def _alone(self, folder: Path) -> Iterator["Assistant"]:
        """An Assistant over the library of a single conversation in a folder of its own."""
        apart = replace(
            self._settings.ingest, home=folder, database_url="", chroma_url="", cluster=""
        )
        with closing(Library.open(apart, self._embedder)) as library:
            whole = WholeScope()
            yield Assistant(
                self._settings, resources=replace(self._resources, library=library, scope=whole)
            )

    def seen_by(
        self, departments: Sequence[str], *, beside: frozenset[str] = frozenset()
    ) -> "Assistant":
        """This Assistant over the documents of these departments only, over all if none is named.

        `beside` are departments that others are limited to: what may be one of these is not shown.
        Whatever it is asked, it does not know that there are others. Not to be closed.
        """
        if not departments:
            return self
        is_theirs = self._reader.of(departments, beside=beside)
        library = self._library.part(lambda record: is_theirs(record.department))
        scope = PresentScope(tuple(departments), is_theirs, library.records, self._library.records)
        part = replace(self._resources, library=library, scope=scope)
        return Assistant(self._settings, resources=part)

    def close(self) -> None:
        """Closes all stores; for the Assistant of the whole library only."""
        self._ledger.close()
        self._resources.own.close()
        self._history.close()
        self._resources.drafts.close()
        self._resources.views.close()
        self._resources.marks.close()
        self._resources.tags.close()
        self._resources.subscriptions.close()
        self._library.close()

    def _warm_up_readers(self) -> None:
        self._embedder.warm_up()
        shipped_reader().warm_up()

    def warm_up(self) -> None:
        """Loads the vectors, then the model; until both are there, figures and words answer."""
        self.files.sweep()
        self._library.vectors.warm_up()
        self._embedder.warm_up()
        if self._model:
            self._model.warm_up()

    # -- documents ---------------------------------------------------------------------------------

    def add(
        self,
        paths: Sequence[Path],
        *,
        replace: bool = False,
        password: str = "",
        progress: Say | None = None,
        may_go_on: Callable[[], bool] = always,
    ) -> Iterator[FileReport]:
        """Takes in files and folders, one report a file as it is done; see `Library.add`."""
        return self._library.add(
            paths, replace=replace, password=password, progress=progress, may_go_on=may_go_on
        )

    def documents(self) -> tuple[DocumentRecord, ...]:
        """Every document, its department under the one name that the library gives it."""
        canonical = self._reader.directory().canonical
        return tuple(
            replace(record, department=canonical(record.department))
            for record in self._library.records.documents()
        )

    def tags(self) -> Mapping[str, tuple[str, ...]]:
        """The tags on documents (标签), by the ids of those that have any."""
        tagged = self._resources.tags.all()
        lineages = self._library.records.lineages() if tagged else {}
        return {id: tagged[lineage] for id, lineage in lineages.items() if lineage in tagged}

    def tag(
        self,
        document_ids: Sequence[str],
        *,
        add: Sequence[str] = (),
        remove: Sequence[str] = (),
        by: str,
    ) -> tuple[str, ...]:
        """Puts tags on documents and takes others off; the files they are on.

        Raises UnknownDocument where one is not there or not in sight, with nothing changed.
        """
        lineages = self._library.records.lineages()
        if not lineages.keys() >= {*document_ids}:
            raise UnknownDocument("有的文件已经不在资料库里，请刷新后重试。")
        words = [TAG.accepted(" ".join(tag.split())) for tag in add]
        self._resources.tags.change(
            [lineages[id] for id in document_ids], add=[*filter(None, words)], remove=remove, by=by
        )
        return tuple(map(self.file_name, document_ids))

    def count(self) -> int:
        """How many documents there are, none of them read."""
        return self._library.records.count()

    def remove(self, id_or_file: str) -> DocumentRecord:
        """Deletes one document from every store; raises UnknownDocument if there is not one."""
        record = chosen_document(self.documents(), id_or_file)
        self._library.remove(record.id)
        return record

    def condition(self) -> SystemStatus:
        """What the program runs with and what the library holds: for administrators."""
        library = self._library
        return condition(
            self._settings,
            library.embedding,
            library.records.documents(),
            len(library.lacking_vectors()),
        )

    def choosable_departments(self) -> tuple[str, ...]:
        """The departments that a user may be limited to: the library's, and those listed."""
        return self._choice().names

    def withheld_departments(
        self, departments: Sequence[str], *, beside: frozenset[str]
    ) -> tuple[str, ...]:
        """Departments of documents that who is limited to these may miss: another is called alike.

        `beside` are departments that others are limited to.
        """
        return self._reader.withheld(departments, beside=beside)

    def choose_departments(
        self, given: Sequence[str], *, unlisted: bool = False
    ) -> tuple[str, ...]:
        """These departments by their fullest names; raises UnknownDepartment for others.

        Unless they may be `unlisted`: of a department whose documents are still to come.
        """
        return self._choice().chosen(given, unlisted=unlisted)

    def _choice(self) -> DepartmentChoice:
        return self._reader.choice(listed_departments(self._settings.home))

    def rules_in_force(self) -> tuple[RuleUse, ...]:
        """Which rule packs hold for which departments and years of the library."""
        return rule_uses(self._reader.read().covered, self._auditor.rules)

    def correct(self, wanted: Wanted) -> Correction:
        """Sets right what was misread (更正); it holds when the file is taken in again, too."""
        return self._library.correct(replace(wanted, reason=REASON.accepted(wanted.reason)))

    def withdraw(self, number: int) -> Correction:
        """Takes a correction back, whether its file is there or not."""
        return self._library.withdraw(number)

    def corrections(self, document_id: str = "") -> tuple[Correction, ...]:
        """Every correction, or those about one document, the newest first."""
        return self._library.records.corrections.all(document_id)

    def confirm_layout(self, wanted: WantedTemplate) -> FormTemplate:
        """Keeps what the columns of a layout mean (表样), for all documents that are seen here.

        Those that have the layout are read anew by `read_waiting`.
        """
        return self._library.confirm(wanted)

    def forget_template(self, number: int) -> FormTemplate:
        """Takes a template back; the documents it was about wait to be read anew, too."""
        return self._library.forget(number)

    def read_waiting(self, progress: Say | None = None, *, seconds: float | None = None) -> int:
        """Reads anew the documents that wait for it, none more after `seconds`; how many remain."""
        return self._library.read_waiting(progress, seconds=seconds)

    def templates(self) -> tuple[FormTemplate, ...]:
        """Every template (表样), also earlier versions, the newest first."""
        return self._library.records.templates.all()

    def layouts(self, document_id: str = "") -> tuple[MetLayout, ...]:
        """The heads of tables that documents have, or one document has: unsure ones first."""
        return self._library.records.templates.layouts(document_id)

    def verify_store(self) -> tuple[StoreFault, ...]:
        """What the stores of the library do not agree on; empty for a sound library."""
        return self._library.verify()

    def rebuild(self, progress: Say | None = None, *, reread: bool = False) -> int:
        """Makes words and vectors anew from the records; of how many documents.

        With `reread`, what another version of the program read is read anew first.
        """
        self._library.rebuild(progress, reread=reread)
        return self.count()

    def backup(self, target: Path) -> int:
        """Writes the whole library to a new file, also while it is in use; how many documents."""
        return self._library.backup(target).documents

    @staticmethod
    def restore(settings: Settings, source: Path, *, keep_tokens: bool = False) -> Restored:
        """Makes a library of a backup where there is none; what came with it.

        It has no vectors until `rebuild`. Its rule packs have to be good ones. Sessions end, and
        tokens unless they are kept.
        """
        if settings.database_url and sqlite_file(settings.database_url):
            raise SettingsError("恢复只写入资料库目录，请先去掉 JIWEN_DATABASE_URL 再恢复。")
        home = Home(settings.home)
        file = sqlite_file(settings.database_url or home.database_url)
        users = RestoredUsers()

        def review(staging: Path) -> None:
            nonlocal users
            RuleBook(staging / "rules").rules((), None)
            if file is not None:
                users = admit(staging / file.name, keep_tokens=keep_tokens)

        contents = restore_backup(home, source, with_database=file is not None, review=review)
        return Restored(contents.documents, users)

    def blocks(self, document_id: str) -> tuple[Block, ...]:
        """Paragraphs and tables of a document in reading order; none of one that is not there."""
        return self._library.records.blocks(document_id)

    def source(self, document_id: str) -> tuple[Block, ...]:
        """The blocks of a document that somebody opens: of visitors this is written down."""
        return self.blocks(document_id)

    def original(self, document_id: str) -> bytes | None:
        """The bytes of a document as they were handed in; None of one that is not there."""
        return self._library.original(document_id)

    def file_name(self, document_id: str) -> str:
        """The name of a document's file, "" of one that is not there."""
        record = self._library.records.document(document_id)
        return record.file if record else ""

    def page_image(self, document_id: str, page: int) -> PageImage | None:
        """A page of a stored file as a picture, from 1; None where there is no such page."""
        return self._library.page_image(document_id, page)

    # -- facts -------------------------------------------------------------------------------------

    def figures(self, scope: Scope, *, name: str = "") -> tuple[Figure, ...]:
        """Every figure in the scope; a department may be named in full or in short."""
        canonical = self._reader.directory().canonical
        return tuple(
            replace(row, department=canonical(row.department))
            for row in self._library.records.figures(self._widened(scope), name=NAME.accepted(name))
        )

    def figures_by_id(self, ids: Sequence[str]) -> tuple[Figure, ...]:
        """The figures of these ids that the library holds, in the order given."""
        return self._library.records.figures_by_id(ids)

    def indicators(self, scope: Scope) -> tuple[IndicatorStatus, ...]:
        """Every indicator in the scope with its status and the reason, document by document."""
        return self._auditor.standings(self._widened(scope))

    def audit(self, scope: Scope) -> tuple[Finding, ...]:
        """What a reviewer should look at in the scope (校核), as it was marked: docs/checks.md."""
        return tuple(map(self._as_marked(), self._auditor.audit(self._widened(scope))))

    def mark(
        self, document_id: str, finding: str, handling: Handling | None, *, by: str
    ) -> Finding:
        """Says of a finding of a document how it was handled, None for not yet; by its key.

        Raises UnknownFinding where the audit finds no such thing in what is seen here.
        """
        found = self._auditor.audit(Scope(document_ids=(document_id,)))
        named = (one for one in found if (one.document_id, one.key) == (document_id, finding))
        marked = next(named, None)
        lineage = self._library.records.lineages().get(document_id)
        if marked is None or lineage is None:
            raise UnknownFinding("没有这条校核发现：文件可能已更正、替换或删除，请刷新后重试。")
        mark = self._resources.marks.put(lineage, finding, handling, by=by)
        return replace(marked, mark=mark)

    def _as_marked(self) -> Callable[[Finding], Finding]:
        """What puts the mark that a finding has now on it."""
        marks = self._resources.marks.all()
        lineages = self._library.records.lineages() if marks else {}

        def marked(finding: Finding) -> Finding:
            mark = marks.get((lineages.get(finding.document_id, ""), finding.key))
            return replace(finding, mark=mark) if mark else finding

        return marked

    def board(self, choice: Choice) -> Board:
        """Where indicators, budgets and scores stand, for one choice of the library (看板)."""
        board, marked = self._ledger.board(choice), self._as_marked()
        findings = (replace(one, finding=marked(one.finding)) for one in board.findings)
        return replace(board, findings=tuple(findings))

    def views(self, *, user: str = "") -> tuple[SavedView, ...]:
        """The user's named boards, but those of departments that are not there or not in sight."""
        shown = {"", *self._ledger.board(Choice()).options.departments}
        views = self._resources.views.all(user=user)
        return tuple(view for view in views if view.choice.department in shown)

    def keep_view(self, name: str, choice: Choice, *, user: str = "") -> SavedView:
        """Keeps a board's filters under a name, in place of the user's view of that name."""
        words = VIEW.accepted(" ".join(name.split()))
        if not words:
            raise ViewError("请先给视图起个名字，再保存。")
        view = SavedView(words, choice)
        self._resources.views.save(view, user=user)
        return view

    def forget_view(self, name: str, *, user: str = "") -> bool:
        """Deletes the user's view of that name; False if there is none."""
        return self._resources.views.forget(name, user=user)

    def dossiers(self) -> tuple[tuple[Dossier, CheckContext], ...]:
        """Every department and year as the checks see it: for measuring them."""
        return self._auditor.dossiers()

    def totals(self, scope: Scope) -> tuple[DepartmentTotals, ...]:
        """Where each department stands in each year: counts, execution, scores, lights (汇总)."""
        return self._auditor.totals(self._widened(scope))

    def _widened(self, scope: Scope) -> Scope:
        """The scope with every name of the departments that it names in full or in short."""
        named = tuple(map(DEPARTMENT.accepted, scope.departments))
        return self._reader.widened(replace(scope, departments=named))

    # -- questions ---------------------------------------------------------------------------------

    def ask(
        self,
        question: str,
        *,
        turns: Sequence[str] = (),
        department: str = "",
        year: int | None = None,
        form: Form | None = None,
    ) -> Answer:
        """The cited answer, every number in it checked."""
        made = self.stream(question, turns=turns, department=department, year=year, form=form)
        return next(piece for piece in made if isinstance(piece, Answer))

    def stream(
        self,
        question: str,
        *,
        turns: Sequence[str] = (),
        department: str = "",
        year: int | None = None,
        form: Form | None = None,
    ) -> Iterator[str | Answer]:
        """The answer's text as it grows by checked sentences, and at last the answer itself."""
        started = perf_counter()
        _, revision = self._library.records.revision()
        answer = self._engine.answer(
            QUESTION.accepted(question),
            turns=accepted_turns(turns),
            department=DEPARTMENT.accepted(department),
            year=year,
            form=form,
        )
        answer = replace(
            answer,
            settings_hash=self._settings.hash,
            limited_to=self._scope.departments,
            revision=revision,
        )
        for piece in self._rewriter.stream(answer) if self._rewriter else grown(answer):
            if isinstance(piece, Answer):
                piece = replace(piece, elapsed_ms=round((perf_counter() - started) * 1000))
            yield piece

    def passages(self, question: str, scope: Scope, limit: int) -> Sequence[Passage]:
        """The passages of a scope that tell most about a question, best first, for other chains."""
        return self._retriever.passages(question, self._reader.widened(scope), limit)

    def record(self, answer: Answer, *, user: str = "", conversation: str = "") -> Turn:
        """Keeps an answer in a conversation of the user, a new one if they have none of that id."""
        return self._history.record(user, conversation, answer)

    def conversations(self, user: str = "", *, limit: int = 50) -> tuple[Conversation, ...]:
        """The user's conversations, the one touched last first."""
        return self._history.conversations(user, limit=limit)

    def turns(self, conversation: str, *, user: str = "", limit: int = 200) -> tuple[Turn, ...]:
        """The latest turns of the user's conversation, in order; none if it is not theirs.

        An answer from documents that this view has no more is withheld, its question stays.
        """
        return tuple(map(self._shown, self._history.turns(user, conversation, limit=limit)))

    def rename(self, conversation: str, title: str, *, user: str = "") -> bool:
        """Gives a conversation of the user another title; False if it is not theirs."""
        words = TITLE.accepted(" ".join(title.split()))
        return bool(words) and self._history.rename(user, conversation, words)

    def pin(self, conversation: str, *, pinned: bool, user: str = "") -> bool:
        """Puts a conversation of the user above the others, or back; False if it is not theirs."""
        return self._history.pin(user, conversation, pinned=pinned)

    def conversation_docx(self, conversation: str, *, user: str = "") -> bytes:
        """A conversation of the user as a Word file, as far as it may be read now."""
        return conversation_docx(self.turns(conversation, user=user))

    def search_history(self, user: str, words: str, *, limit: int = 50) -> tuple[Turn, ...]:
        """The user's turns in which question or answer says every one of the words."""
        found = self._history.search(
            user, SEARCH.accepted(words), limit=limit, shows=self._own_or_shown
        )
        return tuple(map(self._shown, found))

    def forget(self, user: str, conversation: str = "", *, before: datetime | None = None) -> int:
        """Deletes one conversation of the user or all, if untouched since `before`; how many."""
        gone = self._history.forget(user, conversation, before=before)
        self.files.sweep()
        return gone

    def feedback(self, turn: str, kind: FeedbackKind, note: str = "", *, user: str = "") -> bool:
        """Keeps what the user says of an answer of theirs; False if it is not theirs."""
        return self._history.rate(user, turn, kind, NOTE.accepted(note))

    def feedback_given(self, *, limit: int = 50) -> tuple[Turn, ...]:
        """The turns of all users that were commented on, newest first: for administrators.

        Nothing that was made from the files of a conversation alone.
        """

        def shows(answer: Answer) -> bool:
            return answer.asked_files is not AskedFiles.ANSWERED and self._scope.shows(answer)

        return self._history.rated(limit=limit, shows=shows)

    def _shown(self, turn: Turn) -> Turn:
        """The turn of the user as it may be read now."""
        return turn if self._own_or_shown(turn.answer) else withheld(turn)

    def _own_or_shown(self, answer: Answer) -> bool:
        """Whether an answer may be read now by whose it is: of their own files it always may."""
        return answer.asked_files is AskedFiles.ANSWERED or self._scope.shows(answer)

    # -- drafts ------------------------------------------------------------------------------------

    def draft(
        self,
        section: Section,
        *,
        department: str,
        year: int | None = None,
        **manner: Unpack[Manner],
    ) -> Draft:
        """A section on a department and year, every number cited or computed, blanks marked.

        Without a year the newest; raises DraftError where the library has no such documents.
        `drafts` does all else that is done with a draft.
        """
        return self.drafts.draft(section, department=department, year=year, **manner)

    def recheck(self, draft: Draft, edited_text: str) -> Draft:
        """The draft with the edited text, a paragraph a line; unsupported figures are marked."""
        return self.drafts.recheck(draft, edited_text)

    def docx(
        self,
        draft: Draft,
        *,
        template: str = "",
        notes: bool = True,
        comments: Sequence[Comment] = (),
    ) -> bytes:
        """The draft as a Word file with footnotes and comments, or plain; by a template if any."""
        return self.drafts.docx(draft, template=template, notes=notes, comments=comments)

"""Settings of the whole program, read once from the environment by `Settings.from_environment`."""

from collections.abc import Mapping
from enum import StrEnum
from hashlib import sha256
from ipaddress import ip_network
from pathlib import Path
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from assistant.errors import SettingsError
from ingest.config import DEFAULT_LIMITS, MEGABYTE, IngestSettings, Limits

PREFIX = "JIWEN_"


class LogFormat(StrEnum):
    """How a line of the log is written (日志格式)."""

    TEXT = "text"
    JSON = "json"


class LogLevel(StrEnum):
    """From where on events are logged (日志级别); `info` has a line for every request."""

    INFO = "INFO"
    WARNING = "WARNING"
    ERROR = "ERROR"


class MailSecurity(StrEnum):
    """How the connection to the mail server is kept secret (邮件加密)."""

    STARTTLS = "starttls"
    TLS = "tls"
    NONE = "none"


def _megabytes(size: int) -> int:
    """Bytes as whole MB."""
    return size // MEGABYTE


class Settings(BaseModel):
    """All settings; each is the environment variable `JIWEN_` + its name in capitals.

    `trusted_proxies`: addresses and networks of reverse proxies, by comma, whose word on who sent a
    request and how (X-Forwarded-For, X-Forwarded-Proto) is believed; none by default.
    `cluster`: a Ray cluster that reads the files, by address; "local" for one of this machine.
    `reranker`: a sentence-transformers CrossEncoder, by folder or hub name; none by default.
    `draft_templates`: a folder with the office's own Word templates; none by default.
    `llm_base_url`, `llm_model`, `llm_api_key`: any OpenAI-compatible server; none by default.
    `file_…`, `page_seconds`, `unpacked_megabytes`, `image_megapixels`, `reader_megabytes`: what one
    file may ask of the machine, see `Limits`.
    `llm_timeout`: seconds after which the answer is given in the grounded wording instead.
    `question_seconds`: how long one question may take of those that come over the network; lists,
    boards and drafts may take six times as long.
    `smtp_…`: the mail server that notices of subscriptions go by, none by default; `mail_domains`:
    the domains, by comma, to whose mailboxes; `webhook_hosts`: the hosts, by comma, whose robots
    notices may be sent to, https unless `http://` is written; none by default.
    `notice_seconds`: how often is looked for changes that are subscribed to.
    `log_format`, `log_level`: how and from where on the web app logs.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    home: Path = Path.home() / ".jiwen"
    host: str = "127.0.0.1"
    port: int = Field(default=7860, ge=1, le=65535)
    trusted_proxies: tuple[str, ...] = ()
    database_url: str = ""
    chroma_url: str = ""
    cluster: str = ""
    embedding_model: str = ""
    reranker: str = ""
    keep_contacts: bool = False
    file_megabytes: int = Field(default=_megabytes(DEFAULT_LIMITS.file_bytes), ge=1)
    file_pages: int = Field(default=DEFAULT_LIMITS.pages, ge=1)
    file_cells: int = Field(default=DEFAULT_LIMITS.cells, ge=1)
    file_facts: int = Field(default=DEFAULT_LIMITS.facts, ge=1)
    file_seconds: int = Field(default=DEFAULT_LIMITS.file_seconds, ge=1)
    page_seconds: int = Field(default=DEFAULT_LIMITS.page_seconds, ge=1)
    unpacked_megabytes: int = Field(default=_megabytes(DEFAULT_LIMITS.unpacked_bytes), ge=1)
    archive_files: int = Field(default=DEFAULT_LIMITS.archive_files, ge=1)
    image_megapixels: int = Field(default=DEFAULT_LIMITS.image_pixels // 1_000_000, ge=1)
    reader_megabytes: int = Field(default=_megabytes(DEFAULT_LIMITS.memory_bytes), ge=256)
    draft_templates: Path | None = None
    llm_base_url: str = ""
    llm_model: str = ""
    llm_api_key: str = Field(default="", repr=False)
    llm_timeout: float = Field(default=20, gt=0, le=600)
    question_seconds: float = Field(default=20, gt=0, le=3600)
    smtp_host: str = ""
    smtp_port: int = Field(default=587, ge=1, le=65535)
    smtp_security: MailSecurity = MailSecurity.STARTTLS
    smtp_user: str = ""
    smtp_password: str = Field(default="", repr=False)
    smtp_sender: str = ""
    mail_domains: tuple[str, ...] = ()
    webhook_hosts: tuple[str, ...] = ()
    notice_seconds: float = Field(default=60, gt=0, le=86400)
    log_format: LogFormat = LogFormat.TEXT
    log_level: LogLevel = LogLevel.WARNING

    @classmethod
    def from_environment(cls, environment: Mapping[str, str], **overrides: object) -> "Settings":
        """The settings named in `environment`, then `overrides` that are not None."""
        values: dict[str, object] = {
            name: environment[PREFIX + name.upper()]
            for name in cls.model_fields
            if environment.get(PREFIX + name.upper())
        }
        values |= {name: value for name, value in overrides.items() if value is not None}
        try:
            return cls.model_validate(values)
        except ValidationError as error:
            names = "、".join(PREFIX + str(e["loc"][0]).upper() for e in error.errors())
            raise SettingsError(f"设置 {names} 的值无法使用，请检查后重试。") from error

    @field_validator("trusted_proxies", mode="before")
    @classmethod
    def _addresses(cls, given: object) -> object:
        """Addresses by comma as a list; raises ValueError for what is neither that nor network."""
        if not isinstance(given, str):
            return given
        return tuple(str(ip_network(one.strip())) for one in given.split(",") if one.strip())

    @field_validator("mail_domains", "webhook_hosts", mode="before")
    @classmethod
    def _named(cls, given: object) -> object:
        """Names by comma as a list."""
        if not isinstance(given, str):
            return given
        return tuple(one.strip() for one in given.split(",") if one.strip())

    @field_validator("webhook_hosts")
    @classmethod
    def _hosts(cls, given: tuple[str, ...]) -> tuple[str, ...]:
        """Raises ValueError for what is no host, or more than one."""
        for one in given:
            url = urlsplit(one if "://" in one else f"https://{one}")
            named = url.scheme in ("https", "http") and url.hostname and url.port != 0
            if not named or url.path or url.query or url.username is not None:
                raise ValueError("not a host")
        return given

    @property
    def ingest(self) -> IngestSettings:
        """The settings of the library."""
        return IngestSettings(
            home=self.home,
            database_url=self.database_url,
            chroma_url=self.chroma_url,
            cluster=self.cluster,
            embedding_model=self.embedding_model,
            keep_contacts=self.keep_contacts,
            limits=Limits(
                file_bytes=self.file_megabytes * MEGABYTE,
                unpacked_bytes=self.unpacked_megabytes * MEGABYTE,
                pages=self.file_pages,
                image_pixels=self.image_megapixels * 1_000_000,
                cells=self.file_cells,
                facts=self.file_facts,
                archive_files=self.archive_files,
                file_seconds=self.file_seconds,
                page_seconds=self.page_seconds,
                memory_bytes=self.reader_megabytes * MEGABYTE,
            ),
        )

    @property
    def hash(self) -> str:
        """A short hash of everything that can change an answer; secrets are left out."""
        relevant = self.model_dump_json(
            include={"embedding_model", "reranker", "keep_contacts", "llm_base_url", "llm_model"}
        )
        return sha256(relevant.encode()).hexdigest()[:12]

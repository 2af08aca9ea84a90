"""The settings: every environment variable the product reads, in one table."""

import contextlib
import os
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.keys import USES
from app.transaction import database_url, engine_options

HOME = Path(__file__).resolve().parent


@dataclass(frozen=True)
class Variable:
    """One environment variable: its name, what it is when unset, and what it does."""

    name: str
    default: str
    meaning: str


VARIABLES = (
    Variable("DATA_DIR", "instance", "where the database, the keys and the files are kept"),
    Variable("CONTENT_DIR", ".", "the folder that holds courses/, exams/ and programmes/"),
    Variable("DATABASE_URL", "SQLite in DATA_DIR", "postgresql://user:password@host/name for PostgreSQL"),
    Variable(
        "SECRET_KEY", "made once, in DATA_DIR", "signs cookies and invitations; one for all processes of a service"
    ),
    Variable("KEYS_PASSPHRASE", "", "encrypts the signing keys in DATA_DIR/keys"),
    Variable("KEY_SERVICE", "", "module:function that gives the signer of a use, where keys live in a key service"),
    Variable("BASE_URL", "http://localhost:8000", "the address people reach: in QR codes, mail and links"),
    Variable("ISSUER", "Acredita", "the issuer named on certificates"),
    Variable("HOST", "127.0.0.1", "the address `make run` listens on"),
    Variable("PORT", "8000", "the port `make run` serves on"),
    Variable("DEMO", "", "1 shows the demo banner and its sign-ins"),
    Variable("SMTP_URL", "files in DATA_DIR/mail", "smtp://user:password@host:port (smtps: for TLS) sends the mail"),
    Variable("MAIL_FROM", "acredita@localhost", "the sender of the mail"),
    Variable("PROXIES", "0", "how many trusted proxies stand in front and set X-Forwarded-*"),
    *(Variable(f"KEY_{use.upper()}", "a file in DATA_DIR/keys", f"the private key for {use}, as PEM") for use in USES),
)


def load(environ: dict[str, str] | None = None) -> dict[str, Any]:
    """The Flask configuration that the environment asks for; DATA_DIR is made if it is missing."""
    given = dict(os.environ if environ is None else environ)
    value = {variable.name: given.get(variable.name) or variable.default for variable in VARIABLES}
    data_dir = (HOME / value["DATA_DIR"]).resolve()
    data_dir.mkdir(parents=True, exist_ok=True)
    url = database_url(given.get("DATABASE_URL") or f"sqlite:///{data_dir / 'acredita.db'}")
    base_url = value["BASE_URL"].rstrip("/")
    return {
        "DATA_DIR": data_dir,
        "KEYS": {use: given.get(f"KEY_{use.upper()}") for use in USES},
        "KEYS_PASSPHRASE": value["KEYS_PASSPHRASE"],
        "KEY_SERVICE": value["KEY_SERVICE"],
        "CONTENT_DIR": (HOME / value["CONTENT_DIR"]).resolve(),
        "BASE_URL": base_url,
        "ISSUER": value["ISSUER"],
        "DEMO": value["DEMO"] == "1",
        "SMTP_URL": given.get("SMTP_URL", ""),
        "MAIL_FROM": value["MAIL_FROM"],
        "PROXIES": int(value["PROXIES"]),
        "SECRET_KEY": given.get("SECRET_KEY") or _kept_secret(data_dir / "secret.key"),
        "SQLALCHEMY_DATABASE_URI": url,
        "SQLALCHEMY_ENGINE_OPTIONS": engine_options(url),
        "SESSION_COOKIE_NAME": "acredita",
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_REFRESH_EACH_REQUEST": False,  # what ends a visit is kept on the server
        "SESSION_COOKIE_SECURE": base_url.startswith("https:"),
        "MAX_CONTENT_LENGTH": 1024 * 1024,
        "WTF_CSRF_CHECK_DEFAULT": False,  # the door of every route checks it, after the role
        "WTF_CSRF_TIME_LIMIT": None,  # a token that expires would die in the middle of an exam
        "WTF_CSRF_SSL_STRICT": base_url.startswith("https:"),
        "BABEL_DEFAULT_LOCALE": "es",
        "BABEL_DEFAULT_TIMEZONE": "UTC",
        "BABEL_TRANSLATION_DIRECTORIES": "translations",
        "COMPRESS_MIMETYPES": ["text/css", "text/javascript", "application/javascript", "image/svg+xml"],
        "COMPRESS_STREAMS": True,
        "COMPRESS_REGISTER": False,  # the web floor asks for it where there is something to compress
        "API_TITLE": "Acredita",
        "API_VERSION": "v1",
        "OPENAPI_VERSION": "3.1.0",
        "OPENAPI_URL_PREFIX": "/api/v1",
        "OPENAPI_JSON_PATH": "openapi.json",
    }


def _kept_secret(path: Path) -> str:
    """The secret of this service, made at the first start; two processes that start at once agree on one."""
    if not path.exists():
        draft = path.with_suffix(f".{os.getpid()}")
        draft.touch(mode=0o600)
        draft.write_text(secrets.token_hex(32))
        with contextlib.suppress(FileExistsError):
            os.link(draft, path)
        draft.unlink()
    return path.read_text().strip()

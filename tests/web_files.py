"""Web config files for tests, their passwords and tokens, and requests to what serves by them."""

import ssl
from hashlib import sha256
from pathlib import Path

import bcrypt
import httpx

from scanner.config.web import web_door
from scanner.publish.access.door import Door
from scanner.publish.bind import parse_bind
from tests.certificates import Authority, Pair

LOOPBACK = parse_bind("127.0.0.1:0")
READER, ADMIN = ("prometheus", "a pass word"), ("alice", "öffnen:dich")
READ_TOKEN, ADMIN_TOKEN = "read-" * 6, "admin-" * 6


def hashed(password: str, cost: int = 10) -> str:
    """Return a bcrypt hash as `htpasswd -nBC` prints it."""
    return bcrypt.hashpw(password.encode(), bcrypt.gensalt(cost)).decode().replace("$2b$", "$2y$")


USERS = "basic_auth_users:\n" + "".join(f"  {user}: {hashed(password)}\n" for user, password in (READER, ADMIN))
TOKENS = "bearer_tokens:\n" + "".join(
    f"  {name}: {sha256(token.encode()).hexdigest()}\n" for name, token in (("r", READ_TOKEN), ("a", ADMIN_TOKEN))
)
LOGINS = f"{USERS}{TOKENS}admins: {{users: [{ADMIN[0]}], tokens: [a]}}\n"


def tls(server: Pair, more: str = "") -> str:
    """Return the section of TLS; `more` are further keys of it."""
    return f"tls_server_config: {{cert_file: {server.cert.name}, key_file: {server.key.name}{more}}}\n"


def clients(authority: Authority, auth_type: str = "RequireAndVerifyClientCert", more: str = "") -> str:
    """Return the keys by which client certificates are verified."""
    return f", client_ca_file: {authority.file}, client_auth_type: {auth_type}{more}"


def door(folder: Path, text: str) -> Door:
    """Write a web config file to `folder/web.yaml`, and return who it lets in on loopback."""
    (folder / "web.yaml").write_text(text)
    return web_door(folder / "web.yaml", LOOPBACK)


def trusting(authority: Authority, client: Pair | None = None) -> ssl.SSLContext:
    """Return a caller's TLS, with its own certificate if it has one."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.load_verify_locations(authority.file)
    if client is not None:
        context.load_cert_chain(client.cert, client.key)
    return context


def get(port: int, context: ssl.SSLContext, path: str = "/metrics", **options: object) -> httpx.Response:
    """Ask once over TLS, on a connection of its own."""
    with httpx.Client(verify=context, trust_env=False, timeout=20) as client:
        return client.request(str(options.pop("method", "GET")), f"https://127.0.0.1:{port}{path}", **options)  # type: ignore[arg-type]

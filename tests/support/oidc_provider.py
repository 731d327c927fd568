"""An OpenID Connect provider over real HTTP, whose answers tests can change.

It signs with PyJWT, which shares no code with the library that verifies its tokens.
"""

import base64
import hashlib
import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import jwt
from joserfc.jwk import ECKey, OKPKey, RSAKey

CLIENT_ID, CLIENT_SECRET = "quo-admin", "secret-that-nobody-sees"
SUBJECT = "subject-of-ann"

Json = dict[str, Any]
HttpsProvider = Callable[..., None]  # see tests/accounts/conftest.py
Key = RSAKey | ECKey | OKPKey

_KEY: Key = RSAKey.generate_key(2048, {"kid": "one", "use": "sig"})
STRANGER: Key = RSAKey.generate_key(2048, {"kid": "one", "use": "sig"})


@dataclass
class Reply:
    """A response that replaces the correct one."""

    status: int = 200
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)


@dataclass
class _Begun:
    """The parameters of a request that got a code."""

    nonce: str
    challenge: str
    redirect_uri: str


class Provider:
    """Signs one person in without asking. Tests can change its answers at any time.

    `claims` replace claims of the ID token and `header` replaces fields of its header (None removes one). `userinfo` is
    the answer of the userinfo endpoint. `replies` replace the responses of paths, `dress` can change the description,
    and `seen` are the requested paths.
    """

    def __init__(self, url: str) -> None:
        self.url = url
        self.claims: Json = {"email": "ann@example.com", "email_verified": True, "name": "Ann Example"}
        self.userinfo: Json = {}
        self.key: Key = _KEY
        self.published: list[Json] = [_KEY.as_dict(private=False)]
        self.algorithm = "RS256"
        self.header: Json = {}
        self.replies: dict[str, Reply] = {}
        self.dress: Callable[[Json], Json] = lambda description: description
        self.sent_back: Json = {}  # replaces code and state
        self.by_way_of = ""  # another provider to redirect through
        self.checks_pkce = True
        self.methods = ["client_secret_post", "client_secret_basic"]
        self.seen: list[str] = []
        self.hangs: str = ""  # a path that is answered only at the end
        self.over = Event()
        self._codes: dict[str, _Begun] = {}

    def description(self) -> Json:
        return self.dress(
            {
                "issuer": self.url,
                "authorization_endpoint": f"{self.url}/authorize",
                "token_endpoint": f"{self.url}/token",
                "jwks_uri": f"{self.url}/keys",
                "userinfo_endpoint": f"{self.url}/userinfo",
                "token_endpoint_auth_methods_supported": self.methods,
            }
        )

    def authorize(self, asked: dict[str, str]) -> str:
        """Return the URL to redirect back to. Raises AssertionError for an incorrect request."""
        assert asked["response_type"] == "code"
        assert asked["client_id"] == CLIENT_ID
        assert asked["code_challenge_method"] == "S256"
        assert set(asked["scope"].split()) == {"openid", "email", "profile"}
        code = f"code-{len(self._codes)}"
        self._codes[code] = _Begun(asked["nonce"], asked["code_challenge"], asked["redirect_uri"])
        back = {"code": code, "state": asked["state"]} | self.sent_back
        return f"{asked['redirect_uri']}?{urlencode({name: value for name, value in back.items() if value})}"

    def onward(self, query: str) -> str:
        """Return the URL of another provider to redirect to, if there is one."""
        return f"{self.by_way_of}/elsewhere?{query}" if self.by_way_of else ""

    def tokens(self, form: dict[str, str], authorization: str) -> Json:
        """Return tokens for a code. Raises AssertionError or KeyError for an incorrect request."""
        if "client_secret_post" in self.methods:
            assert (form["client_id"], form["client_secret"]) == (CLIENT_ID, CLIENT_SECRET)
        else:
            assert base64.b64decode(authorization.removeprefix("Basic ")).decode() == f"{CLIENT_ID}:{CLIENT_SECRET}"
        begun = self._codes.pop(form["code"])
        challenge = base64.urlsafe_b64encode(hashlib.sha256(form["code_verifier"].encode()).digest()).decode()
        assert challenge.rstrip("=") == begun.challenge or not self.checks_pkce
        assert form["redirect_uri"] == begun.redirect_uri
        return {
            "access_token": "access-token-that-nobody-sees",
            "token_type": "Bearer",
            "id_token": self.id_token(begun.nonce),
        }

    def more(self, authorization: str) -> Json:
        """Return the userinfo. Raises AssertionError for an incorrect request."""
        assert authorization == "Bearer access-token-that-nobody-sees"
        return {"sub": SUBJECT} | self.userinfo

    def id_token(self, nonce: str) -> str:
        now = int(time.time())
        right = {"iss": self.url, "aud": CLIENT_ID, "sub": SUBJECT, "iat": now, "exp": now + 300, "nonce": nonce}
        claims = {name: value for name, value in (right | self.claims).items() if value is not None}
        usual = {"alg": self.algorithm, "kid": self.key.kid}
        header = {name: value for name, value in (usual | self.header).items() if value is not None}
        key: Any = self.key  # a test's own key may be only a secret
        secret = key.as_pem(private=True) if hasattr(key, "as_pem") else key.raw_value
        return jwt.encode(claims, secret, algorithm=self.algorithm, headers=header)


def _handler(provider: Callable[[], Provider]) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *_args: Any) -> None:
            pass

        def do_GET(self) -> None:
            self._do({})

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
            self._do({name: values[0] for name, values in parse_qs(body).items()})

        def _do(self, form: dict[str, str]) -> None:
            us, parts = provider(), urlsplit(self.path)
            us.seen.append(parts.path)
            if us.hangs == parts.path:
                us.over.wait(30)
            reply = us.replies.get(parts.path) or self._right(us, parts.path, parts.query, form)
            self.send_response(reply.status)
            for name, value in {"Content-Length": str(len(reply.body)), **reply.headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(reply.body)

        def _right(self, us: Provider, path: str, query: str, form: dict[str, str]) -> Reply:
            authorization = self.headers.get("Authorization", "")
            asked = {name: values[0] for name, values in parse_qs(query).items()}
            pages: dict[str, Callable[[], Reply]] = {
                "/authorize": lambda: Reply(302, headers={"Location": us.onward(query) or us.authorize(asked)}),
                "/elsewhere": lambda: Reply(302, headers={"Location": us.authorize(asked)}),
                "/token": lambda: _json(us.tokens(form, authorization)),
                "/userinfo": lambda: _json(us.more(authorization)),
                "/keys": lambda: _json({"keys": us.published}),
                "/.well-known/openid-configuration": lambda: _json(us.description()),
            }
            try:
                return pages[path]()
            except (AssertionError, KeyError):
                return Reply(400, b'{"error": "invalid_request", "error_description": "<b>words of the provider</b>"}')

    return Handler


def _json(answer: Json) -> Reply:
    return Reply(200, json.dumps(answer).encode(), {"Content-Type": "application/json"})


@contextmanager
def running(port: int = 0) -> Iterator[Provider]:
    """Run a provider on loopback, on a free port unless one is given."""
    provider: Provider
    server = ThreadingHTTPServer(("127.0.0.1", port), _handler(lambda: provider))
    server.daemon_threads = True
    provider = Provider(f"http://127.0.0.1:{server.server_port}")
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield provider
    finally:
        provider.over.set()
        server.shutdown()
        server.server_close()
        thread.join()

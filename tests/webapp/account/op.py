"""An OpenID provider for the tests: Authlib's own server side, over HTTP, with keys of its own and one person in it."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Thread
from typing import Any
from urllib.parse import urlencode

from authlib.integrations.flask_oauth2 import AuthorizationServer
from authlib.oauth2.rfc6749 import ClientMixin, grants
from authlib.oauth2.rfc7636 import CodeChallenge
from authlib.oidc.core import OpenIDCode, UserInfo
from flask import Flask, jsonify, redirect, request
from joserfc import jwt
from joserfc.jwk import KeySet, RSAKey
from werkzeug.serving import make_server

CLIENT, SECRET = "komek-tests", "a secret of the tests, kept by nobody"


class Registered(ClientMixin):  # type: ignore[misc]
    """The one installation that the provider knows."""

    client_id, client_secret = CLIENT, SECRET

    def get_client_id(self) -> str:
        return CLIENT

    def get_default_redirect_uri(self) -> None:
        return None

    def get_allowed_scope(self, scope: str) -> str:
        return scope

    def check_redirect_uri(self, address: str) -> bool:
        return address.endswith("/sign-in/openid/back")

    def check_client_secret(self, secret: str) -> bool:
        return secret == SECRET

    def check_endpoint_auth_method(self, method: str, _endpoint: str) -> bool:
        return method == "client_secret_basic"

    def check_response_type(self, kind: str) -> bool:
        return kind == "code"

    def check_grant_type(self, kind: str) -> bool:
        return kind == "authorization_code"


class Given:
    """A code as it was given."""

    def __init__(self, asked: Any, data: Any) -> None:
        self.code, self.redirect_uri, self.scope = asked, data.redirect_uri, data.scope
        self.nonce = data.data.get("nonce")
        self.code_challenge = data.data.get("code_challenge")
        self.code_challenge_method = data.data.get("code_challenge_method")

    def get_redirect_uri(self) -> Any:
        return self.redirect_uri

    def get_scope(self) -> Any:
        return self.scope

    def get_nonce(self) -> Any:
        return self.nonce

    def get_auth_time(self) -> int:
        return int(time.time())

    def get_acr(self) -> None:
        return None

    def get_amr(self) -> None:
        return None


class Op:
    """The provider: who is signed in at it, and how its next token is spoilt."""

    def __init__(self) -> None:
        self.who: dict[str, Any] = {"sub": "u-1", "preferred_username": "clerk.taldykorgan"}
        self.spoil: Callable[[dict[str, Any]], dict[str, Any]] = lambda claims: claims
        self.encode: Callable[[dict[str, Any]], str] | None = None
        self.says_issuer: str | None = None
        self.keys = [RSAKey.generate_key(2048, {"kid": "one", "use": "sig", "alg": "RS256"})]
        self.codes: dict[str, Given] = {}
        self.signed_out: list[str] = []
        self.issuer = ""
        self.app = Flask("op")
        self.app.config["SECRET_KEY"] = SECRET
        self._routes()

    def token(self, claims: dict[str, Any]) -> str:
        """An ID token as the provider signs it now."""
        spoilt = self.spoil(claims)
        return (
            self.encode(spoilt)
            if self.encode
            else jwt.encode({"alg": "RS256", "kid": self.keys[-1].kid}, spoilt, self.keys[-1])
        )

    def _server(self) -> Any:
        op = self

        class CodeGrant(grants.AuthorizationCodeGrant):  # type: ignore[misc]
            TOKEN_ENDPOINT_AUTH_METHODS = ("client_secret_basic",)

            def save_authorization_code(self, code: str, asked: Any) -> None:
                op.codes[code] = Given(code, asked.payload)

            def query_authorization_code(self, code: str, _client: Any) -> Any:
                return op.codes.get(code)

            def delete_authorization_code(self, given: Given) -> None:
                op.codes.pop(given.code, None)

            def authenticate_user(self, _given: Given) -> Any:
                return op.who

        class Tokens(OpenIDCode):  # type: ignore[misc]
            def exists_nonce(self, _nonce: str, _request: Any) -> bool:
                return False

            def generate_user_info(self, _user: Any, _scope: str) -> Any:
                return UserInfo(**op.who)

            def encode_id_token(self, _token: Any, asked: Any) -> str:
                now = int(time.time())
                own = {
                    "iss": op.issuer,
                    "aud": CLIENT,
                    "iat": now,
                    "exp": now + 300,
                    "nonce": asked.authorization_code.nonce,
                }
                return op.token({**own, **self.generate_user_info(asked.user, "")})

        made = AuthorizationServer(self.app, query_client=lambda _: Registered(), save_token=lambda *_: None)
        made.register_grant(CodeGrant, [Tokens(require_nonce=True), CodeChallenge(required=True)])
        return made

    def _routes(self) -> None:
        server = self._server()

        @self.app.get("/.well-known/openid-configuration")
        def says() -> Any:
            at = self.issuer
            return jsonify(issuer=at, authorization_endpoint=f"{at}/authorize", token_endpoint=f"{at}/token",
                           jwks_uri=f"{at}/keys", end_session_endpoint=f"{at}/end",
                           authorization_response_iss_parameter_supported=True)  # fmt: skip

        @self.app.get("/keys")
        def keys() -> Any:
            return jsonify(KeySet(self.keys).as_dict(private=False))

        @self.app.get("/authorize")
        def authorize() -> Any:
            grant = server.get_consent_grant(end_user=self.who)
            answer = server.create_authorization_response(grant_user=self.who, grant=grant)
            more = urlencode({"iss": self.says_issuer or self.issuer})
            return redirect(f"{answer.headers['Location']}&{more}")

        @self.app.post("/token")
        def token() -> Any:
            return server.create_token_response()

        @self.app.get("/end")
        def end() -> str:
            self.signed_out.append(request.args["post_logout_redirect_uri"])
            return "bye"


@contextmanager
def provider() -> Iterator[Op]:
    """A provider at work."""
    op = Op()
    server = make_server("127.0.0.1", 0, op.app, threaded=True)
    op.issuer = f"http://127.0.0.1:{server.server_port}"
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield op
    finally:
        server.shutdown()
        thread.join(10)
        server.server_close()

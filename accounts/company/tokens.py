"""Whether an ID token proves what it says: OpenID Connect Core 1.0, section 3.1.3.7, the signature always included."""

import hmac
from typing import Any

import jwt
from cryptography.exceptions import UnsupportedAlgorithm

from accounts.company.refusals import UNPROVEN, Refused

# Signatures that only the owner of a private key can make: never "none", never one made with the client's secret.
ALGORITHMS = {"RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"}
LEEWAY = 60  # seconds that the provider's clock may be off

Claims = dict[str, Any]


def verified(id_token: str, keys: list[Any], *, issuer: str, client_id: str, nonce: str) -> Claims:
    """Return what the token says. Raises Refused where anything about it is not as it must be."""
    try:
        header = jwt.get_unverified_header(id_token)
        algorithm = header["alg"]
        if algorithm not in ALGORITHMS:
            raise Refused(UNPROVEN, cause="algorithm")
        claims: Claims = jwt.decode(
            id_token,
            _key(keys, header.get("kid"), algorithm),
            algorithms=[algorithm],
            audience=client_id,
            issuer=issuer,
            leeway=LEEWAY,
            options={"require": ["iss", "aud", "exp", "iat", "sub"]},
        )
    except (jwt.PyJWTError, UnsupportedAlgorithm, ValueError, TypeError, LookupError, ArithmeticError) as error:
        raise Refused(UNPROVEN, cause=type(error).__name__) from None
    except (AttributeError, RecursionError):  # JSON of another shape than the libraries expect
        raise Refused(UNPROVEN, cause="shape") from None
    if not _is_for(claims, client_id):
        raise Refused(UNPROVEN, cause="audience")
    # The answer to the question that this browser asked, and to no other.
    if not nonce or not hmac.compare_digest(str(claims.get("nonce", "")).encode(), nonce.encode()):
        raise Refused(UNPROVEN, cause="nonce")
    return claims


def _key(keys: list[Any], name: Any, algorithm: str) -> jwt.PyJWK:  # noqa: ANN401 - from the token's header
    fitting = [key for key in keys if isinstance(key, dict) and key.get("use", "sig") == "sig"]
    if name is not None or len(fitting) > 1:
        fitting = [key for key in fitting if key.get("kid") == name]
    if not fitting:
        raise LookupError("no such key")
    return jwt.PyJWK(fitting[0], algorithm=fitting[0].get("alg") or algorithm)


def _is_for(claims: Claims, client_id: str) -> bool:
    """Whether the token was made for us alone, or at our request."""
    party = claims.get("azp")
    if party is None:
        return claims["aud"] in (client_id, [client_id])
    return bool(party == client_id)

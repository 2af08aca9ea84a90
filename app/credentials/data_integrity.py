"""The proof in a badge: eddsa-rdfc-2022, over a document every word of which its contexts define."""

import re
from collections.abc import Callable, Iterator, Mapping
from hashlib import sha256
from threading import Lock
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from pyld import jsonld

from app.credentials.contexts import BUNDLED
from app.credentials.multikey import BASE58, base58, from_base58

# Terms and addresses that no context defines are dropped from what is signed without a word. Expanded against these,
# which stand first and so give way to whatever a context says, they are found in the outcome instead.
UNDEFINED = "https://undefined.invalid/"
CATCH = {"@vocab": UNDEFINED}

TERM = re.compile(r"[A-Za-z][A-Za-z0-9]*")
CONTROL = re.compile(r"[\x00-\x1f\x7f]")  # two versions of the canonical form write these differently
MOST_NAMELESS = 6  # telling nodes without an id apart takes time that grows with their factorial
_pen = Lock()  # the library remembers contexts in a table that threads must not share


class Uncovered(ValueError):
    """A signature would not cover all that the document says; the text tells what it would leave out."""


def secured(
    document: Mapping[str, Any], *, sign: Callable[[bytes], bytes], method: str, created: str
) -> dict[str, Any]:
    """The document with its proof: `sign` gives Ed25519, `method` is the address of its key. Raises Uncovered."""
    proof = {
        "type": "DataIntegrityProof",
        "cryptosuite": "eddsa-rdfc-2022",
        "created": created,
        "verificationMethod": method,
        "proofPurpose": "assertionMethod",
    }
    value = BASE58 + base58(sign(signed_bytes(document, proof)))
    return {**document, "proof": [proof | {"proofValue": value}]}


def proves(document: Mapping[str, Any], proof: Mapping[str, Any], public: Ed25519PublicKey) -> bool:
    """Whether the proof is the key's for this document, which has no `proof` of its own. Raises Uncovered."""
    value = proof.get("proofValue")
    if not isinstance(value, str) or not value.startswith(BASE58) or len(value) > 100:
        return False
    options = {name: part for name, part in proof.items() if name != "proofValue"}
    try:
        public.verify(from_base58(value[1:]), signed_bytes(document, options))
    except (InvalidSignature, ValueError) as wrong:
        if isinstance(wrong, Uncovered):
            raise
        return False
    return True


def signed_bytes(document: Mapping[str, Any], options: Mapping[str, Any]) -> bytes:
    """What is signed: 32 bytes of the proof's options, 32 of the document. Raises Uncovered."""
    of_document = statements(document)
    of_options = statements({"@context": document["@context"], **options})
    return sha256(of_options).digest() + sha256(of_document).digest()


def statements(document: Mapping[str, Any]) -> bytes:
    """The document as canonical N-Quads. Raises Uncovered for what would be lost on the way or is no JSON-LD.

    No context is loaded but the bundled ones.
    """
    _refuse_what_is_dropped(document)
    contexts = document.get("@context")
    caught = {**document, "@context": [CATCH, *(contexts if isinstance(contexts, list) else [contexts])]}
    settings = {
        "algorithm": "URDNA2015",
        "format": "application/n-quads",
        "base": UNDEFINED,
        "documentLoader": _bundled,
    }
    try:
        with _pen:
            quads: str = jsonld.normalize(caught, settings)
    except (jsonld.JsonLdError, AttributeError, KeyError, TypeError, ValueError) as wrong:
        raise Uncovered(f"it is not JSON-LD of the known contexts: {wrong}") from wrong
    lost = re.search(rf"<{re.escape(UNDEFINED)}([^>]*)>", quads)
    if lost:
        raise Uncovered(f"no context defines “{lost[1][:80]}”")
    return quads.encode()


def _refuse_what_is_dropped(document: Mapping[str, Any]) -> None:
    """Keywords, nulls, empty lists and the like are taken in or lost before any context is asked."""
    nameless = 0
    for node in _nodes(document):
        nameless += "id" not in node
        for name, value in node.items():
            if name == "@context" and node is document:
                continue
            if not TERM.fullmatch(name):
                raise Uncovered(f"“{name[:80]}” is not a term")
            for part in value if isinstance(value, list) else [value]:
                _refuse_part(name, part)
            if value == []:
                raise Uncovered(f"“{name}” is empty")
    if nameless > MOST_NAMELESS:
        raise Uncovered("too many parts have no id")


def _refuse_part(name: str, part: object) -> None:
    if part is None or isinstance(part, list):
        raise Uncovered(f"“{name}” holds what a signature would not cover")
    if isinstance(part, str) and (CONTROL.search(part) or part.startswith("_:")):
        raise Uncovered(f"“{name}” holds what a signature would not cover")


def _nodes(document: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """The document's objects, itself first, whatever their depth; its context is none of them."""
    waiting: list[Any] = [document]
    while waiting:
        one = waiting.pop()
        if isinstance(one, Mapping):
            yield one
            waiting += [value for name, value in one.items() if name != "@context"]
        elif isinstance(one, list):
            waiting += one


def _bundled(url: str, _options: object) -> dict[str, Any]:
    if url not in BUNDLED:
        raise jsonld.JsonLdError("this context is not bundled", "jsonld.LoadDocumentError", {"url": url[:200]})
    known = {"contentType": "application/ld+json", "contextUrl": None, "documentUrl": url, "document": BUNDLED[url]}
    return known | {"tag": "static"}  # never another: the library need not work it out anew for each document

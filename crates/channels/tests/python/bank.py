"""The bank's side of the counter interface, by PyPI http-message-signatures.

Reads one JSON object from standard input and prints one to standard output:

  {"do": "sign", "algorithm", "private_key", "key_id", "method", "url", "headers", "body",
   "created", "nonce"}                  -> {"headers": [[name, value], ...]}
  {"do": "verify", "algorithm", "public_key", "key_id", "request": {...}, "response": {...},
   "require": [component, ...]}         -> {"covered": {component: value}} or {"refused": text}
"""

import base64
import datetime
import json
import sys

import requests
from http_message_signatures import (
    HTTPMessageSigner,
    HTTPMessageVerifier,
    MappingKeyResolver,
    algorithms,
)
from http_message_signatures.exceptions import InvalidSignature

TAG = "shebao-counter"
ALGORITHMS = {
    "hmac-sha256": algorithms.HMAC_SHA256,
    "ecdsa-p256-sha256": algorithms.ECDSA_P256_SHA256,
    "ed25519": algorithms.ED25519,
}


def key_of(job, name):
    text = job[name]
    return base64.b64decode(text) if job["algorithm"] == "hmac-sha256" else text.encode()


def prepared(request):
    body = request["body"].encode()
    made = requests.Request(
        request["method"], request["url"], headers=dict(request["headers"]), data=body or None
    ).prepare()
    return made, body


def sign(job):
    request, body = prepared(job)
    keys = MappingKeyResolver(
        public_keys={}, private_keys={job["key_id"]: key_of(job, "private_key")}
    )
    covered = ["@method", "@authority", "@path", "@query"]
    covered += [name for name in ("content-type", "idempotency-key") if name in request.headers]
    HTTPMessageSigner(
        signature_algorithm=ALGORITHMS[job["algorithm"]], key_resolver=keys
    ).sign(
        request,
        key_id=job["key_id"],
        created=datetime.datetime.fromtimestamp(job["created"], datetime.timezone.utc),
        nonce=job["nonce"],
        tag=TAG,
        covered_component_ids=tuple(covered),
        body=body if body else None,
    )
    return {"headers": list(request.headers.items())}


class Answer:
    """What the library needs of a response."""

    def __init__(self, response, request):
        self.status_code = response["status"]
        self.headers = dict(response["headers"])
        self.request = request


def verify(job):
    request, _ = prepared(job["request"])
    keys = MappingKeyResolver(
        public_keys={job["key_id"]: key_of(job, "public_key")}, private_keys={}
    )
    verifier = HTTPMessageVerifier(
        signature_algorithm=ALGORITHMS[job["algorithm"]], key_resolver=keys
    )
    try:
        results = verifier.verify(
            Answer(job["response"], request),
            max_age=None,
            expect_tag=TAG,
            require_components=tuple(job["require"]),
            body=job["response"]["body"].encode(),
        )
    except InvalidSignature as refusal:
        return {"refused": str(refusal)}
    return {"covered": dict(results[0].covered_components)}


job = json.load(sys.stdin)
json.dump({"sign": sign, "verify": verify}[job["do"]](job), sys.stdout)

"""Hooks of schemathesis: every generated call is signed as the bank of BANK_KEY_ID."""

import base64
import datetime
import os
import uuid

import requests.auth
import schemathesis
from http_message_signatures import HTTPMessageSigner, MappingKeyResolver, algorithms

KEY_ID = os.environ["BANK_KEY_ID"]
with open(os.environ["BANK_KEY_FILE"], "rb") as file:
    KEYS = MappingKeyResolver(
        public_keys={}, private_keys={KEY_ID: base64.b64decode(file.read())}
    )


class Signed(requests.auth.AuthBase):
    def __call__(self, request):
        body = request.body
        if isinstance(body, str):
            body = body.encode()
        covered = ["@method", "@authority", "@path", "@query"]
        covered += [
            name for name in ("content-type", "idempotency-key") if name in request.headers
        ]
        try:
            HTTPMessageSigner(signature_algorithm=algorithms.HMAC_SHA256, key_resolver=KEYS).sign(
                request,
                key_id=KEY_ID,
                created=datetime.datetime.now(datetime.timezone.utc),
                nonce=uuid.uuid4().hex,
                tag="shebao-counter",
                covered_component_ids=tuple(covered),
                body=body if isinstance(body, bytes) and body else None,
            )
        except Exception:
            # What the library can't sign goes unsigned: the answer must be documented all the same.
            pass
        return request


schemathesis.auth.set_from_requests(Signed())

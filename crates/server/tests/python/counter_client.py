"""A bank's client of the counter interface, written from its OpenAPI document alone.

Usage: counter_client.py BASE_URL KEY_ID ALGORITHM KEY_FILE OUR_KEY_ID OUR_KEY_FILE IDENTITY CARD DAY

Paths and methods come from the served document by operationId; requests are signed and answers
verified by PyPI http-message-signatures. Walks query, payment, repetition, status, reversal and
day end, and ends with exit code 0 when everything is as the document says.
"""

import base64
import datetime
import json
import pathlib
import subprocess
import sys
import tempfile
import uuid

import requests
from cryptography.hazmat.primitives.asymmetric.utils import (
    decode_dss_signature,
    encode_dss_signature,
)
from http_message_signatures import (
    HTTPMessageSigner,
    HTTPMessageVerifier,
    HTTPSignatureAlgorithm,
    MappingKeyResolver,
    algorithms,
)

TAG = "shebao-counter"


class SM2_SM3(HTTPSignatureAlgorithm):
    """SM2 with SM3 by the openssl program: files of keys, r and s of 32 bytes each."""

    algorithm_id = "sm2-sm3"
    identifier = "distid:1234567812345678"

    def __init__(self, public_key=None, private_key=None):
        self.public_key, self.private_key = public_key, private_key

    def openssl(self, key, message, *arguments):
        with tempfile.TemporaryDirectory() as folder:
            files = {"key": key, "message": message, **dict(zip(arguments[1::2], arguments[2::2]))}
            for name, content in files.items():
                pathlib.Path(folder, name).write_bytes(content)
            command = ["openssl", "pkeyutl", arguments[0], "-rawin", "-digest", "sm3"]
            command += ["-pkeyopt", self.identifier, "-inkey", "key", "-in", "message"]
            command += ["-pubin", "-sigfile", "signature"] if "signature" in files else []
            return subprocess.run(command, cwd=folder, capture_output=True, check=True).stdout

    def sign(self, message):
        r, s = decode_dss_signature(self.openssl(self.private_key, message, "-sign"))
        return r.to_bytes(32, "big") + s.to_bytes(32, "big")

    def verify(self, signature, message):
        halves = signature[:32], signature[32:]
        der = encode_dss_signature(*(int.from_bytes(half, "big") for half in halves))
        self.openssl(self.public_key, message, "-verify", "signature", der)


ALGORITHMS = {
    "hmac-sha256": algorithms.HMAC_SHA256,
    "ecdsa-p256-sha256": algorithms.ECDSA_P256_SHA256,
    "ed25519": algorithms.ED25519,
    "sm2-sm3": SM2_SM3,
}


class Bank:
    def __init__(self, base, key_id, algorithm, key, our_key_id, our_key):
        self.base = base
        self.key_id = key_id
        self.algorithm = ALGORITHMS[algorithm]
        self.keys = MappingKeyResolver(
            public_keys={our_key_id: our_key}, private_keys={key_id: key}
        )
        self.session = requests.Session()
        self.document = self.session.get(base + "/counter/v1/openapi.json").json()
        self.operations = {
            operation["operationId"]: (method.upper(), path)
            for path, methods in self.document["paths"].items()
            for method, operation in methods.items()
        }

    def call(self, operation, body=None, key=None, content_type="application/json", **path):
        method, template = self.operations[operation]
        headers = {"X-Request-ID": uuid.uuid4().hex}
        data = body
        if isinstance(body, dict):
            data = json.dumps(body, ensure_ascii=False).encode()
        if data is not None:
            headers["Content-Type"] = content_type
        if key is not None:
            headers["Idempotency-Key"] = f'"{key}"'
        url = self.base + template.format(**path)
        request = requests.Request(method, url, headers=headers, data=data).prepare()
        covered = ["@method", "@authority", "@path", "@query"]
        covered += ["content-type"] if data is not None else []
        covered += ["idempotency-key"] if key is not None else []
        HTTPMessageSigner(signature_algorithm=self.algorithm, key_resolver=self.keys).sign(
            request,
            key_id=self.key_id,
            created=datetime.datetime.now(datetime.timezone.utc),
            nonce=uuid.uuid4().hex,
            tag=TAG,
            covered_component_ids=tuple(covered),
            body=data,
        )
        answer = self.session.send(request)
        assert answer.headers["X-Request-ID"] == headers["X-Request-ID"]
        self.verify(answer)
        return answer

    def verify(self, answer):
        HTTPMessageVerifier(signature_algorithm=self.algorithm, key_resolver=self.keys).verify(
            answer,
            expect_tag=TAG,
            require_components=(
                "@status",
                "content-digest",
                '"@method";req',
                '"@path";req',
                '"signature";req;key="pyhms"',
            ),
            body=answer.content,
        )


def refused(answer, status, code):
    problem = answer.json()
    assert answer.headers["Content-Type"] == "application/problem+json", answer.headers
    assert (answer.status_code, problem["code"]) == (status, code), answer.text
    assert problem["status"] == status and problem["detail_zh"], answer.text


def walk(bank, identity, card, day):
    query = {"identity_number": identity, "social_security_card": card}
    wrong = dict(query, identity_number=identity[:-1] + ("1" if identity[-1] != "1" else "2"))
    refused(bank.call("queryDues", wrong), 422, "identity_number_invalid")
    quote = bank.call("queryDues", query).json()
    assert quote["total_fen"] == sum(line["amount_fen"] for line in quote["lines"]) > 0
    assert "*" in quote["person"]["name"] and "*" in quote["person"]["identity_number"]

    now = datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="seconds")
    payment = {
        "bank_date": day,
        "bank_serial": uuid.uuid4().hex[:16],
        "accounting_date": day,
        "branch_code": "320600001",
        "teller": "T0007",
        "quote_id": quote["quote_id"],
        "amount_fen": quote["total_fen"],
        "currency": "CNY",
        "paid_at": now,
    }
    refused(bank.call("pay", payment), 400, "idempotency_key_required")
    key = str(uuid.uuid4())
    paid = bank.call("pay", payment, key=key)
    assert paid.status_code == 200, paid.text
    again = bank.call("pay", payment, key=key)
    assert again.content == paid.content, "byte for byte"
    refused(bank.call("pay", dict(payment, teller="T8"), key=key), 422, "idempotency_key_reused")
    refused(bank.call("pay", dict(payment, teller="T8"), key=key + "b"), 422, "serial_reused")
    serial = {"bank_date": day, "bank_serial": payment["bank_serial"]}
    status = bank.call("askStatus", **serial).json()
    assert status["status"] == "POSTED" and status["payment"] == paid.json(), status
    assert paid.json()["amount_capitals"] in paid.json()["receipt_text"]
    assert bank.call("queryDues", query).json()["lines"] == []

    never = {"bank_date": day, "bank_serial": uuid.uuid4().hex[:16]}
    assert bank.call("askStatus", **never).json()["status"] == "NOT_FOUND"
    refused(bank.call("pay", dict(payment, **never), key=key + "c"), 409, "serial_closed")

    reversal = {
        "bank_date": day,
        "bank_serial": uuid.uuid4().hex[:16],
        "accounting_date": day,
        "original_bank_date": day,
        "original_bank_serial": payment["bank_serial"],
        "branch_code": "320600001",
        "teller": "T0007",
        "amount_fen": quote["total_fen"],
        "currency": "CNY",
    }
    first = bank.call("reverse", reversal, key=key + "r")
    assert first.status_code == 200 and first.json()["payment_was_booked"], first.text
    assert bank.call("reverse", reversal, key=key + "r").content == first.content
    assert bank.call("askStatus", **serial).json()["status"] == "REVERSED"
    assert bank.call("queryDues", query).json()["total_fen"] == quote["total_fen"]

    totals = {"count": 1, "amount_fen": quote["total_fen"]}
    end = {
        "accounting_date": day,
        "payments": {"count": 2, "amount_fen": 1},
        "reversals": totals,
        "currency": "CNY",
    }
    assert bank.call("endDay", end).json()["state"] == "DETAIL_REQUIRED"
    compact = day.replace("-", "")
    yuan = f"{quote['total_fen'] // 100}.{quote['total_fen'] % 100:02}"
    twice = f"{2 * quote['total_fen'] // 100}.{2 * quote['total_fen'] % 100:02}"
    lines = [
        f"2|{twice}",
        f"{compact}|{payment['bank_serial']}|{card}|{yuan}|柜面|缴费|",
        f"{compact}|{reversal['bank_serial']}|{card}|{yuan}|柜面|冲正|{payment['bank_serial']}",
    ]
    file = ("\n".join(lines) + "\n").encode("gbk")
    detail = {"accounting_date": day, "content_type": "text/plain; charset=gbk"}
    compared = bank.call("sendDayDetail", file, **detail)
    assert compared.json()["differences"] == [], compared.text
    assert bank.call("sendDayDetail", file, **detail).content == compared.content
    refused(bank.call("sendDayDetail", b"nonsense", **detail), 422, "daily_file_unreadable")


def main():
    base, key_id, algorithm, key_file, our_key_id, our_key_file, identity, card, day = sys.argv[1:]
    read = lambda file: open(file, "rb").read()
    secret = (lambda file: base64.b64decode(read(file))) if algorithm == "hmac-sha256" else read
    bank = Bank(base, key_id, algorithm, secret(key_file), our_key_id, secret(our_key_file))
    walk(bank, identity, card, day)
    unsigned = requests.post(base + "/counter/v1/dues-query", json={})
    refused(unsigned, 401, "signature_required")


main()

"""PyPI wechatpayv3 plays the merchant against our sandbox and says in JSON what it saw."""

import json
import sys
import zlib

import requests
from wechatpayv3 import WeChatPay, WeChatPayType

setup = json.load(sys.stdin)
base = setup["base_url"]

merchant = WeChatPay(
    wechatpay_type=WeChatPayType.JSAPI,
    mchid=setup["mchid"],
    private_key=setup["private_key"],
    cert_serial_no=setup["serial"],
    apiv3_key=setup["api_v3_key"],
    appid=setup["app_id"],
    notify_url="https://merchant.example/notices",
    public_key=setup["platform_public_key"],
    public_key_id=setup["platform_key_id"],
)
merchant._core._gate_way = base


def lever(path, **said):
    return requests.post(base + "/sandbox/" + path, json=said, timeout=10).json()


def notices():
    read = []
    for notice in lever("deliveries"):
        body = notice["body"]
        read.append(merchant.callback(notice["headers"], body))
        tampered = merchant.callback(notice["headers"], body.replace("沙箱", "沙盒"))
        assert tampered is None, "a tampered notice was believed"
    return read


def call(answer):
    status, text = answer
    return {"status": status, "body": json.loads(text) if text else None}


number = "merchant-0001"
order = {
    "description": "灵活就业社保费",
    "out_trade_no": number,
    "amount": {"total": 105523, "currency": "CNY"},
    "payer": {"openid": "oUpF8uMuAJO_M2pxb1Q9zNjWeS6o"},
}
seen = {"placed": call(merchant.pay(**order)), "repeated": call(merchant.pay(**order))}
seen["changed"] = call(merchant.pay(**{**order, "amount": {"total": 1, "currency": "CNY"}}))
seen["unpaid"] = call(merchant.query(out_trade_no=number))
lever("pay-order", out_trade_no=number, at=setup["paid_at"])
seen["paid"] = call(merchant.query(out_trade_no=number))
seen["payment_notices"] = notices()
seen["refund"] = call(
    merchant.refund(
        out_refund_no="refund-0001",
        out_trade_no=number,
        amount={"refund": 105523, "total": 105523, "currency": "CNY"},
        reason="重复缴费",
    )
)
seen["refunded"] = call(merchant.query_refund(out_refund_no="refund-0001"))
seen["refund_notices"] = notices()
seen["close_paid"] = call(merchant.close(out_trade_no=number))
other = {**order, "out_trade_no": "merchant-0002"}
merchant.pay(**other)
seen["closed"] = call(merchant.close(out_trade_no="merchant-0002"))
seen["missing"] = call(merchant.query(out_trade_no="merchant-0003"))
link = call(merchant.trade_bill(bill_date=setup["bill_date"]))
seen["bill_link"] = link
_, packed = merchant.download_bill(link["body"]["download_url"])
seen["bill"] = zlib.decompress(packed, wbits=31).decode("utf-8-sig")

stranger = WeChatPay(
    wechatpay_type=WeChatPayType.JSAPI,
    mchid="1900000000",
    private_key=setup["private_key"],
    cert_serial_no=setup["serial"],
    apiv3_key=setup["api_v3_key"],
    appid=setup["app_id"],
    notify_url="https://merchant.example/notices",
    public_key=setup["platform_public_key"],
    public_key_id=setup["platform_key_id"],
)
stranger._core._gate_way = base
seen["stranger"] = call(stranger.query(out_trade_no=number))
json.dump(seen, sys.stdout)

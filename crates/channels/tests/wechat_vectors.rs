//! Tencent's published vectors, all reproduced; `vectors/wechatpay.json` says where each is from.
#![expect(clippy::unwrap_used, reason = "a test stops at the first broken fact")]

use channels::http_message::{Headers, Method, Request};
use channels::wechat_account::js_sdk::page_signature;
use channels::wechat_pay::certificate::read_certificate;
use channels::wechat_pay::client::read_certificates;
use channels::wechat_pay::order::pay_call;
use channels::wechat_pay::secret::{ApiV3Key, Sealed};
use channels::wechat_pay::signature::{
    Nonce, Occasion, PlatformKeys, SignatureRefusal, SigningKey, pay_call_message,
};
use channels::wechat_pay::{Merchant, notification};
use serde_json::Value;
use units::Timestamp;

fn vectors() -> Value {
    serde_json::from_str(include_str!("vectors/wechatpay.json")).unwrap()
}

fn text<'a>(value: &'a Value, path: &str) -> &'a str {
    value.pointer(path).and_then(Value::as_str).unwrap_or_else(|| panic!("{path} is missing"))
}

fn moment(seconds: &str) -> Timestamp {
    Timestamp::from_micros(seconds.parse::<i64>().unwrap() * 1_000_000).unwrap()
}

fn merchant(vectors: &Value, app_id: &str) -> Merchant {
    let serial = text(vectors, "/request_signature/serial_no");
    let pem = text(vectors, "/official_doc_mock_private_key_pem");
    Merchant {
        app_id: app_id.to_owned(),
        mchid: text(vectors, "/request_signature/mchid").to_owned(),
        key: SigningKey::from_pem(serial, pem).unwrap(),
        api_v3_key: ApiV3Key::new(text(vectors, "/platform_certificate_decrypt/apiv3_key"))
            .unwrap(),
        notify_url: "https://www.weixin.qq.com/wxpay/pay.php".to_owned(),
        refund_notify_url: String::new(),
    }
}

fn occasion(seconds: &str, nonce: &str) -> Occasion {
    Occasion { at: moment(seconds), nonce: Nonce::from_text(nonce) }
}

#[test]
fn the_documents_order_request_gets_the_documents_signature() {
    let vectors = vectors();
    let vector = &vectors["request_signature"];
    let request = Request {
        method: Method::Post,
        target: text(vector, "/url").to_owned(),
        headers: Headers::new(),
        body: text(vector, "/body").as_bytes().to_vec(),
    };
    let merchant = merchant(&vectors, "wxd678efh567hg6787");
    let occasion = occasion(text(vector, "/timestamp"), text(vector, "/nonce_str"));
    assert_eq!(
        merchant.key.authorization(&merchant.mchid, &request, &occasion),
        format!(
            "WECHATPAY2-SHA256-RSA2048 mchid=\"1900007291\",\
             nonce_str=\"593BEC0C930BF1AFEB40B4A08C8FB242\",timestamp=\"1554208460\",\
             serial_no=\"408B07E79B8269FEC3D5D3E6AB8ED163A6A380DB\",signature=\"{}\"",
            text(vector, "/signature")
        )
    );
}

#[test]
fn the_pages_pay_call_is_signed_with_its_whole_package() {
    let vectors = vectors();
    let vector = &vectors["jsapi_paySign"];
    let merchant = merchant(&vectors, text(vector, "/appId"));
    let occasion = occasion(text(vector, "/timeStamp"), text(vector, "/nonceStr"));
    let call = pay_call(&merchant, text(vector, "/prepay_id"), &occasion);
    assert_eq!(call.pay_sign, text(vector, "/paySign"));
    assert_eq!(
        serde_json::to_value(&call).unwrap(),
        serde_json::json!({
            "appId": "wx2421b1c4370ec43b",
            "timeStamp": "1554208460",
            "nonceStr": "593BEC0C930BF1AFEB40B4A08C8FB242",
            "package": "prepay_id=wx201410272009395522657a690389285100",
            "signType": "RSA",
            "paySign": text(vector, "/paySign"),
        })
    );
    // Without the prefix it is an app's signature, which the page's bridge refuses.
    let bare = pay_call_message(&merchant.app_id, text(vector, "/prepay_id"), &occasion);
    let app_sign = merchant.key.sign(&bare);
    assert_eq!(app_sign, text(&vectors, "/app_sign_negative/same_inputs_without_prefix"));
    assert_ne!(app_sign, call.pay_sign);
}

#[test]
fn a_plain_text_gets_the_published_signature() {
    let vectors = vectors();
    let vector = &vectors["rsa_sign_plain"];
    let key = SigningKey::from_pem("1", text(vector, "/private_key_pem")).unwrap();
    let signature = key.sign(text(vector, "/message").as_bytes());
    assert_eq!(signature, text(vector, "/signature"));
}

fn signed_headers(vector: &Value, serial: &str) -> Headers {
    Headers::new()
        .with("wechatpay-timestamp", text(vector, "/timestamp"))
        .with("WECHATPAY-NONCE", text(vector, "/nonce"))
        .with("Wechatpay-Signature", text(vector, "/signature"))
        .with("Wechatpay-Serial", serial)
}

#[test]
fn the_documents_answer_verifies_under_the_public_key() {
    let vectors = vectors();
    let vector = &vectors["response_verify"];
    let mut keys = PlatformKeys::new();
    let id = "PUB_KEY_ID_0000000000000024101100397200000006";
    keys.add_public_key(id, text(vector, "/public_key_pem")).unwrap();
    let headers = signed_headers(vector, id);
    let body = text(vector, "/body").as_bytes();
    let now = moment(text(vector, "/timestamp"));
    assert_eq!(keys.verify(&headers, body, now), Ok(()));
    assert_eq!(keys.preferred_public_key_id(), Some(id));

    // Both edges of five minutes, then one second beyond.
    assert_eq!(keys.verify(&headers, body, now.plus_seconds(300)), Ok(()));
    assert_eq!(keys.verify(&headers, body, now.plus_seconds(-300)), Ok(()));
    for beyond in [301, -301] {
        let refusal = keys.verify(&headers, body, now.plus_seconds(beyond));
        assert_eq!(refusal, Err(SignatureRefusal::ClockMustAgree));
    }
    let changed = text(vector, "/body").replace("JyC91EIz1", "JyC91EIz2");
    assert_eq!(
        keys.verify(&headers, changed.as_bytes(), now),
        Err(SignatureRefusal::SignatureMustVerify)
    );
    let other = signed_headers(vector, "PUB_KEY_ID_1");
    let unknown = SignatureRefusal::SerialMustBeKnown("PUB_KEY_ID_1".to_owned());
    assert_eq!(keys.verify(&other, body, now), Err(unknown));
}

#[test]
fn a_missing_header_or_a_probe_is_refused_by_name() {
    let vectors = vectors();
    let vector = &vectors["response_verify"];
    let mut keys = PlatformKeys::new();
    keys.add_public_key("PUB_KEY_ID_1", text(vector, "/public_key_pem")).unwrap();
    let now = moment(text(vector, "/timestamp"));
    let complete = signed_headers(vector, "PUB_KEY_ID_1");
    for absent in
        ["Wechatpay-Timestamp", "Wechatpay-Nonce", "Wechatpay-Signature", "Wechatpay-Serial"]
    {
        let mut headers = Headers::new();
        for (name, value) in complete.iter().filter(|(n, _)| !n.eq_ignore_ascii_case(absent)) {
            headers.push(name, value);
        }
        let refusal = keys.verify(&headers, b"", now);
        assert_eq!(refusal, Err(SignatureRefusal::HeaderMustBePresent(absent)));
    }
    let probe = Headers::new()
        .with("Wechatpay-Timestamp", text(vector, "/timestamp"))
        .with("Wechatpay-Nonce", "n")
        .with("Wechatpay-Signature", "WECHATPAY/SIGNTEST/Q29ycnVwdA==")
        .with("Wechatpay-Serial", "PUB_KEY_ID_1");
    let refusal = keys.verify(&probe, b"{}", now);
    assert_eq!(refusal, Err(SignatureRefusal::SignatureMustNotBeAProbe));
}

#[test]
fn the_sdks_notice_verifies_under_its_certificate_and_not_under_another() {
    let vectors = vectors();
    let vector = &vectors["notify_verify_decrypt"];
    let mut keys = PlatformKeys::new();
    // Two kinds of keys at once, as while a merchant migrates.
    let public_key = text(&vectors, "/response_verify/public_key_pem");
    keys.add_public_key("PUB_KEY_ID_1", public_key).unwrap();
    let serial = keys.add_certificate(text(vector, "/certificate_pem")).unwrap();
    assert_eq!(serial, text(vector, "/serial"));
    let headers = signed_headers(vector, &serial);
    let body = text(vector, "/body").as_bytes();
    let now = moment(text(vector, "/timestamp"));
    assert_eq!(keys.verify(&headers, body, now), Ok(()));
    let wrong_key = signed_headers(vector, "PUB_KEY_ID_1");
    let refused = Err(SignatureRefusal::SignatureMustVerify);
    assert_eq!(keys.verify(&wrong_key, body, now), refused);

    // Its event is of a product that we don't use: acknowledged, nothing decrypted.
    let merchant = merchant(&vectors, "wx");
    let read = notification::read(&merchant, &keys, (&headers, body), now).unwrap();
    let event_type = "PAYSCORE.USER_OPEN_SERVICE".to_owned();
    assert_eq!(read, notification::Notification::Other { event_type });
}

fn sealed(vector: &Value) -> Sealed {
    Sealed {
        algorithm: "AEAD_AES_256_GCM".to_owned(),
        ciphertext: text(vector, "/ciphertext").to_owned(),
        associated_data: Some(text(vector, "/associated_data").to_owned()),
        nonce: text(vector, "/nonce").to_owned(),
    }
}

#[test]
fn the_sdks_ciphertext_opens_and_seals_the_same() {
    let vectors = vectors();
    let vector = &vectors["aes_256_gcm"];
    let key = ApiV3Key::new(text(vector, "/apiv3_key")).unwrap();
    let plain = key.open(&sealed(vector)).unwrap();
    assert_eq!(plain, text(vector, "/plaintext").as_bytes());
    let again = key.seal(&plain, text(vector, "/nonce"), text(vector, "/associated_data"));
    assert_eq!(again.ciphertext, text(vector, "/ciphertext"));
}

#[test]
fn the_sdks_platform_certificate_decrypts_and_names_its_serial() {
    let vectors = vectors();
    let vector = &vectors["platform_certificate_decrypt"];
    let merchant = merchant(&vectors, "wx");
    let body = serde_json::json!({ "data": [{
        "serial_no": text(vector, "/serial_no"),
        "effective_time": "2023-09-19T23:15:58+08:00",
        "expire_time": "2028-09-17T23:15:58+08:00",
        "encrypt_certificate": sealed(vector),
    }]});
    let pems = read_certificates(&merchant, &serde_json::to_vec(&body).unwrap()).unwrap();
    assert_eq!(pems, [text(vector, "/plaintext_pem")]);
    let certificate = read_certificate(&pems[0]).unwrap();
    assert_eq!(certificate.serial, text(vector, "/serial_no"));
}

#[test]
fn the_documents_page_gets_the_documents_js_sdk_signature() {
    let vectors = vectors();
    let vector = &vectors["jssdk_signature"];
    let occasion = occasion(text(vector, "/timestamp"), text(vector, "/noncestr"));
    for url in [text(vector, "/url"), "http://mp.weixin.qq.com?params=value#top"] {
        let signature = page_signature(text(vector, "/jsapi_ticket"), url, &occasion);
        assert_eq!(signature, text(vector, "/signature"));
    }
}

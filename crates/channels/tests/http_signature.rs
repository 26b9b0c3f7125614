//! The published examples of RFC 9421 and RFC 9530, and every refusal of our own policy.
#![expect(clippy::unwrap_used, reason = "a test that meets a bad vector must stop")]

use channels::counter_api::http_signature::algorithm::{Algorithm, KeyRefusal};
use channels::counter_api::http_signature::component::{
    Component, ComponentRefusal, signature_base,
};
use channels::counter_api::http_signature::content_digest::{
    ContentDigestRefusal, check_content_digest, content_digest,
};
use channels::counter_api::http_signature::key_set::{BankKey, KeySet, KeySetRefusal};
use channels::counter_api::http_signature::message::{Message, Request, Response};
use channels::counter_api::http_signature::sign::{
    LABEL, SignatureHeaders, Stamp, sign, sign_request, sign_response,
};
use channels::counter_api::http_signature::signing_key::SigningKey;
use channels::counter_api::http_signature::verify::{
    SignatureRefusal, Verified, verify_request, verify_response,
};
use channels::counter_api::http_signature::verifying_key::VerifyingKey;
use ring::rand::SystemRandom;
use serde_json::Value;
use units::Timestamp;

fn document() -> Value {
    serde_json::from_str(include_str!("data/rfc9421.json")).unwrap()
}

fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    value[name].as_str().unwrap_or_else(|| panic!("{name} is missing in {value}"))
}

fn headers(message: &Value) -> Vec<(&str, &str)> {
    let lines = message["headers"].as_array().unwrap();
    lines.iter().map(|line| (line[0].as_str().unwrap(), line[1].as_str().unwrap())).collect()
}

fn request<'a>(message: &'a Value, headers: &'a [(&'a str, &'a str)]) -> Request<'a> {
    Request {
        method: text(message, "method"),
        scheme: text(message, "scheme"),
        authority: text(message, "authority"),
        path: text(message, "path"),
        query: message["query"].as_str(),
        headers,
        body: text(message, "body").as_bytes(),
    }
}

/// Calls `check` with each vector and its message.
fn for_each_vector(check: impl Fn(&Value, Message<'_>)) {
    let document = document();
    let vectors = document["vectors"].as_array().unwrap();
    assert_eq!(vectors.len(), 7);
    for vector in vectors {
        let request_headers = headers(&vector["request"]);
        let request = request(&vector["request"], &request_headers);
        if vector["response"].is_null() {
            check(vector, Message::Request(&request));
        } else {
            let response = &vector["response"];
            let response_headers = headers(response);
            let response = Response {
                status: response["status"].as_u64().unwrap().try_into().unwrap(),
                headers: &response_headers,
                body: text(response, "body").as_bytes(),
                request: &request,
            };
            check(vector, Message::Response(&response));
        }
    }
}

fn covered(params: &str) -> sfv::InnerList {
    let list: sfv::List = sfv::Parser::new(params).parse().unwrap();
    match list.into_iter().next() {
        Some(sfv::ListEntry::InnerList(list)) => list,
        other => panic!("{other:?}"),
    }
}

fn published_base(vector: &Value) -> String {
    let lines = vector["base"].as_array().unwrap().iter().map(|line| line.as_str().unwrap());
    let mut base: String = lines.map(|line| format!("{line}\n")).collect();
    base.push_str(&format!("\"@signature-params\": {}", text(vector, "params")));
    base
}

fn published_key(name: &str) -> VerifyingKey {
    let document = document();
    let key = &document["keys"][name];
    let algorithm = Algorithm::from_word(text(key, "algorithm")).unwrap();
    VerifyingKey::parse(algorithm, text(key, "public")).unwrap()
}

fn base64(text: &str) -> Vec<u8> {
    use base64::Engine as _;
    base64::engine::general_purpose::STANDARD.decode(text).unwrap()
}

#[test]
fn the_rfcs_signature_bases_are_built_to_the_byte() {
    for_each_vector(|vector, message| {
        let base = signature_base(message, &covered(text(vector, "params"))).unwrap();
        assert_eq!(base, published_base(vector), "{}", text(vector, "name"));
    });
}

#[test]
fn the_rfcs_signatures_verify_and_no_other_bytes_do() {
    for_each_vector(|vector, message| {
        let Some(signature) = vector["signature"].as_str() else { return };
        let key = published_key(text(vector, "key"));
        let base = signature_base(message, &covered(text(vector, "params"))).unwrap();
        let mut signature = base64(signature);
        assert!(key.verifies(base.as_bytes(), &signature), "{}", text(vector, "name"));
        assert!(
            !key.verifies(base.replace("2021", "2022").as_bytes(), &signature)
                || !base.contains("2021")
        );
        signature[7] ^= 1;
        assert!(!key.verifies(base.as_bytes(), &signature), "{}", text(vector, "name"));
        assert!(!key.verifies(base.as_bytes(), &[]));
    });
}

#[test]
fn the_rfcs_deterministic_signatures_are_made_to_the_byte() {
    let document = document();
    let random = SystemRandom::new();
    let mut made = 0;
    for_each_vector(|vector, message| {
        let name = text(vector, "key");
        let Some(private) = document["keys"][name]["private"].as_str() else { return };
        let algorithm = Algorithm::from_word(text(&document["keys"][name], "algorithm")).unwrap();
        let key = SigningKey::parse(name, algorithm, private, &random).unwrap();
        let base = signature_base(message, &covered(text(vector, "params"))).unwrap();
        assert_eq!(key.sign(base.as_bytes(), &random), base64(text(vector, "signature")));
    });
    for key in document["keys"].as_object().unwrap().values() {
        made += usize::from(key["private"].is_string());
    }
    assert_eq!(made, 2, "HMAC and Ed25519");
}

#[test]
fn content_digests_of_the_rfc_match_and_others_are_refused() {
    let document = document();
    for digest in document["content_digests"].as_array().unwrap() {
        let body = text(digest, "body").as_bytes();
        assert_eq!(check_content_digest(text(digest, "header"), body), Ok(()));
        assert_eq!(
            check_content_digest(text(digest, "header"), b"another body"),
            Err(ContentDigestRefusal::MustMatchTheBody)
        );
        if text(digest, "header").starts_with("sha-256") {
            assert_eq!(content_digest(body), text(digest, "header"));
        }
    }
    for (header, refusal) in [
        ("", ContentDigestRefusal::MustHaveSha256OrSha512),
        ("md5=:1B2M2Y8AsgTpgAmY7PhCfg==:", ContentDigestRefusal::MustHaveSha256OrSha512),
        ("sha-256", ContentDigestRefusal::MustBeReadable),
        ("sha-256=\"text\"", ContentDigestRefusal::MustBeReadable),
        ("SHA-256=::", ContentDigestRefusal::MustBeReadable),
    ] {
        assert_eq!(check_content_digest(header, b""), Err(refusal), "{header:?}");
    }
    // One wrong digest beside a right one is a wrong header.
    let both = format!("{}, sha-512=:AAAA:", content_digest(b"x"));
    assert_eq!(check_content_digest(&both, b"x"), Err(ContentDigestRefusal::MustMatchTheBody));
}

// Our own policy.

const NOW: &str = "2026-11-24T10:00:00+08:00";

fn now() -> Timestamp {
    NOW.parse().unwrap()
}

fn stamp() -> Stamp<'static> {
    Stamp { created: now(), expires: None, nonce: Some("n-1") }
}

fn secret() -> String {
    text(&document()["keys"]["test-shared-secret"], "public").to_owned()
}

fn signing_key() -> SigningKey {
    SigningKey::parse("ccb-2026", Algorithm::HmacSha256, &secret(), &SystemRandom::new()).unwrap()
}

const PAYMENT: &[u8] = b"{\"amount_fen\":137612}";

/// A payment request with its headers, before signing.
fn payment_headers() -> Vec<(String, String)> {
    vec![
        ("Content-Type".into(), "application/json".into()),
        ("Content-Digest".into(), content_digest(PAYMENT)),
        ("Idempotency-Key".into(), "\"8e03978e-40d5-43e8-bc93-6894a57f9324\"".into()),
    ]
}

fn payment<'a>(headers: &'a [(&'a str, &'a str)]) -> Request<'a> {
    Request {
        method: "POST",
        scheme: "https",
        authority: "shebao.example",
        path: "/counter/v1/payments",
        query: None,
        headers,
        body: PAYMENT,
    }
}

fn lines(headers: &[(String, String)]) -> Vec<(&str, &str)> {
    headers.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect()
}

fn with_signature(
    mut headers: Vec<(String, String)>,
    signature: SignatureHeaders,
) -> Vec<(String, String)> {
    headers.push(("Signature-Input".into(), signature.signature_input));
    headers.push(("Signature".into(), signature.signature));
    headers
}

fn signed_payment() -> Vec<(String, String)> {
    let headers = payment_headers();
    let signature =
        sign_request(&payment(&lines(&headers)), &signing_key(), stamp(), &SystemRandom::new());
    with_signature(headers, signature.unwrap())
}

fn verify_at(request: &Request<'_>, moment: Timestamp) -> Result<Verified, SignatureRefusal> {
    let key = VerifyingKey::parse(Algorithm::HmacSha256, &secret()).unwrap();
    verify_request(request, |key_id| (key_id == "ccb-2026").then_some(&key), moment)
}

#[test]
fn a_signed_payment_is_verified_and_its_key_and_nonce_are_returned() {
    let headers = signed_payment();
    let verified = verify_at(&payment(&lines(&headers)), now()).unwrap();
    assert_eq!(
        verified,
        Verified { key_id: "ccb-2026".into(), label: LABEL.into(), nonce: "n-1".into() }
    );
}

#[test]
fn every_change_to_a_signed_request_is_noticed() {
    let headers = signed_payment();
    let lines = lines(&headers);
    let honest = payment(&lines);
    let must_verify = Err(SignatureRefusal::MustVerify);
    assert_eq!(verify_at(&Request { method: "PUT", ..honest }, now()), must_verify);
    assert_eq!(verify_at(&Request { authority: "evil.example", ..honest }, now()), must_verify);
    assert_eq!(verify_at(&Request { path: "/counter/v1/reversals", ..honest }, now()), must_verify);
    assert_eq!(verify_at(&Request { query: Some("a=b"), ..honest }, now()), must_verify);
    assert_eq!(
        verify_at(&Request { body: b"{\"amount_fen\":1}", ..honest }, now()),
        Err(SignatureRefusal::Digest(ContentDigestRefusal::MustMatchTheBody))
    );
    for changed in 0..lines.len() {
        let mut other = lines.clone();
        let value = other[changed].1.replace('a', "b").replace("sig1", "sig2");
        assert_ne!(value, other[changed].1, "the change must change something");
        other[changed].1 = &value;
        assert!(verify_at(&payment(&other), now()).is_err(), "{}", lines[changed].0);
        other.remove(changed);
        assert!(verify_at(&payment(&other), now()).is_err(), "{}", lines[changed].0);
    }
}

#[test]
fn a_signature_holds_for_five_minutes_and_tolerates_one_minute_of_clock() {
    let headers = signed_payment();
    let lines = lines(&headers);
    for (seconds, accepted) in [(300, true), (301, false), (-60, true), (-61, false)] {
        let verified = verify_at(&payment(&lines), now().plus_seconds(seconds));
        let expected = if accepted { None } else { Some(SignatureRefusal::CreatedMustBeRecent) };
        assert_eq!(verified.err(), expected, "{seconds}");
    }
}

/// Signs a payment over exactly these components.
fn payment_covering(components: &[&str], stamp: Stamp<'_>) -> Result<Verified, SignatureRefusal> {
    let headers = payment_headers();
    let components: Vec<_> = components.iter().map(|name| Component::new(name)).collect();
    let unsigned = lines(&headers);
    let unsigned = payment(&unsigned);
    let random = SystemRandom::new();
    let signature =
        sign(Message::Request(&unsigned), &components, &signing_key(), stamp, &random).unwrap();
    let signed = with_signature(headers.clone(), signature);
    verify_at(&payment(&lines(&signed)), now())
}

#[test]
fn what_decides_a_payment_must_be_covered() {
    let all =
        ["@method", "@authority", "@path", "content-digest", "content-type", "idempotency-key"];
    assert!(payment_covering(&all, stamp()).is_ok());
    for missing in all {
        let others: Vec<_> = all.into_iter().filter(|name| *name != missing).collect();
        let refused = payment_covering(&others, stamp());
        assert_eq!(refused, Err(SignatureRefusal::MustCover(missing)));
    }
    let by_uri = ["@method", "@target-uri", "content-digest", "content-type", "idempotency-key"];
    assert!(payment_covering(&by_uri, stamp()).is_ok());
}

#[test]
fn a_query_must_be_covered_where_there_is_one() {
    let key = signing_key();
    let request = |headers| Request {
        method: "GET",
        path: "/counter/v1/payments/2026-11-24/1",
        query: Some("reprint=1"),
        body: b"",
        ..payment(headers)
    };
    let unsigned = request(&[]);
    let covered = ["@method", "@authority", "@path"].map(Component::new);
    let signature =
        sign(Message::Request(&unsigned), &covered, &key, stamp(), &SystemRandom::new()).unwrap();
    let signed = with_signature(Vec::new(), signature);
    let signed = lines(&signed);
    assert_eq!(verify_at(&request(&signed), now()), Err(SignatureRefusal::MustCover("@query")));
}

#[test]
fn a_request_without_our_signature_its_nonce_or_its_key_is_refused() {
    let headers = payment_headers();
    let unsigned = lines(&headers);
    let refused = verify_at(&payment(&unsigned), now());
    assert_eq!(refused, Err(SignatureRefusal::SignatureRequired));

    let all =
        ["@method", "@authority", "@path", "content-digest", "content-type", "idempotency-key"];
    let refused = payment_covering(&all, Stamp { nonce: None, ..stamp() });
    assert_eq!(refused, Err(SignatureRefusal::ParameterRequired("nonce")));
    let expired = Stamp { expires: Some(now().plus_seconds(-1)), ..stamp() };
    assert_eq!(payment_covering(&all, expired), Err(SignatureRefusal::MustNotBeExpired));

    let signed = signed_payment();
    let nobody = verify_request(&payment(&lines(&signed)), |_| None, now());
    assert_eq!(nobody, Err(SignatureRefusal::KeyMustBeLive("ccb-2026".into())));
    let ed25519 = published_key("test-key-ed25519");
    let other = verify_request(&payment(&lines(&signed)), |_| Some(&ed25519), now());
    assert_eq!(other, Err(SignatureRefusal::AlgorithmMustBeTheKeys(Algorithm::Ed25519)));
}

#[test]
fn unreadable_signature_headers_are_refused_and_never_panic() {
    for (input, signature) in [
        ("", ""),
        ("sig1", "sig1=:AA==:"),
        ("sig1=(", "sig1=:AA==:"),
        ("sig1=(\"@method\");tag=\"shebao-counter\"", "sig2=:AA==:"),
        ("sig1=(\"@method\");tag=\"shebao-counter\"", "sig1=\"AA\""),
        ("sig1=(\"@method\");tag=\"another\"", "sig1=:AA==:"),
        ("sig1=(\"@method\" \"@method\");tag=\"shebao-counter\";nonce=\"\"", "sig1=:AA==:"),
        ("sig1=(1 \"@metho\");tag=\"shebao-counter\";nonce=\"n\"", "sig1=:AA==:"),
    ] {
        let headers = [("Signature-Input", input), ("Signature", signature)];
        assert!(verify_at(&payment(&headers), now()).is_err(), "{input}");
    }
}

#[test]
fn a_component_is_covered_once_and_only_as_supported() {
    let headers = payment_headers();
    let lines = lines(&headers);
    let request = payment(&lines);
    let base = |params: &str| signature_base(Message::Request(&request), &covered(params));
    use ComponentRefusal as R;
    for (params, refusal) in [
        (r#"("@method" "@method")"#, R::MustBeCoveredOnce(r#""@method""#.into())),
        (r#"("@status")"#, R::MustBePresent(r#""@status""#.into())),
        (r#"("date")"#, R::MustBePresent(r#""date""#.into())),
        (r#"("@method";req)"#, R::MustBeSupported(r#""@method";req"#.into())),
        (r#"("content-type";bs)"#, R::MustBeSupported(r#""content-type";bs"#.into())),
        (r#"("@method";key="x")"#, R::MustBeSupported(r#""@method";key="x""#.into())),
        (r#"("content-digest";key="x")"#, R::MustBePresent(r#""content-digest";key="x""#.into())),
        (r"(method)", R::MustBeSupported("method".into())),
    ] {
        assert_eq!(base(params), Err(refusal));
    }
    let two_lines = [("x", "a\nb")];
    let request = payment(&two_lines);
    assert_eq!(
        signature_base(Message::Request(&request), &covered(r#"("x")"#)),
        Err(R::MustBeOneAsciiLine("\"x\"".into()))
    );
}

#[test]
fn authority_and_path_are_normalised_as_the_rfc_says() {
    for (scheme, authority, expected) in [
        ("https", "Shebao.Example:443", "shebao.example"),
        ("http", "shebao.example:80", "shebao.example"),
        ("https", "shebao.example:8443", "shebao.example:8443"),
        ("http", "shebao.example:443", "shebao.example:443"),
    ] {
        let request = Request { scheme, authority, path: "", ..payment(&[]) };
        let base = signature_base(
            Message::Request(&request),
            &covered(r#"("@authority" "@path" "@query" "@target-uri")"#),
        );
        let base = base.unwrap();
        let expected = format!(
            "\"@authority\": {expected}\n\"@path\": /\n\"@query\": ?\n\"@target-uri\": {scheme}://{expected}/\n"
        );
        assert!(base.starts_with(&expected), "{base}");
    }
}

#[test]
fn an_answer_is_bound_to_the_request_that_it_answers() {
    let random = SystemRandom::new();
    let key = VerifyingKey::parse(Algorithm::HmacSha256, &secret()).unwrap();
    let request_headers = signed_payment();
    let request_lines = lines(&request_headers);
    let request = payment(&request_lines);
    let body = b"{\"state\":\"posted\"}";
    let digest = content_digest(body);
    let unsigned = [("content-type", "application/json"), ("content-digest", digest.as_str())];
    let answer = Response { status: 200, headers: &unsigned, body, request: &request };
    let made = Stamp { nonce: None, ..stamp() };
    let signature = sign_response(&answer, LABEL, &signing_key(), made, &random).unwrap();

    let mut signed = unsigned.to_vec();
    signed.push(("signature-input", &signature.signature_input));
    signed.push(("signature", &signature.signature));
    let verify = |answer: &Response<'_>| {
        verify_response(answer, LABEL, |_| Some(&key), now()).map(|verified| verified.key_id)
    };
    let answer = Response { headers: &signed, ..answer };
    assert_eq!(verify(&answer), Ok("ccb-2026".into()));
    assert_eq!(verify(&Response { status: 409, ..answer }), Err(SignatureRefusal::MustVerify));

    // The same answer to another request, even to a repetition with a new nonce.
    let other = sign_request(
        &payment(&lines(&payment_headers())),
        &signing_key(),
        Stamp { nonce: Some("n-2"), ..stamp() },
        &random,
    );
    let other_headers = with_signature(payment_headers(), other.unwrap());
    let other_lines = lines(&other_headers);
    let other = payment(&other_lines);
    assert_eq!(verify(&Response { request: &other, ..answer }), Err(SignatureRefusal::MustVerify));
}

#[test]
fn keys_that_are_not_of_their_algorithm_are_refused() {
    let p256 = text(&document()["keys"]["test-key-ecc-p256"], "public").to_owned();
    for (algorithm, key, refusal) in [
        (Algorithm::HmacSha256, "c2hvcnQ=", KeyRefusal::SecretMustBeBase64Of32Bytes),
        (Algorithm::HmacSha256, "not base64!", KeyRefusal::SecretMustBeBase64Of32Bytes),
        (Algorithm::Ed25519, "not a PEM block", KeyRefusal::MustBePem),
        (Algorithm::Ed25519, &p256, KeyRefusal::MustBelongToAlgorithm),
        (Algorithm::Sm2Sm3, &p256, KeyRefusal::MustBelongToAlgorithm),
    ] {
        assert_eq!(VerifyingKey::parse(algorithm, key).err(), Some(refusal), "{key}");
    }
    let shown = format!("{:?} {:?}", signing_key(), published_key("test-shared-secret"));
    assert_eq!(shown, "SigningKey(ccb-2026, hmac-sha256) VerifyingKey(hmac-sha256)");
}

#[test]
fn a_bank_changes_its_key_through_two_live_ones() {
    let key = |key_id: &str, bank: &str| BankKey {
        key_id: key_id.into(),
        bank: bank.into(),
        key: VerifyingKey::parse(Algorithm::HmacSha256, &secret()).unwrap(),
    };
    let mut keys = KeySet::default();
    assert_eq!(keys.add(key("ccb-1", "ccb")), Ok(()));
    assert_eq!(keys.add(key("ccb-1", "icbc")), Err(KeySetRefusal::KeyIdMustBeNew));
    assert_eq!(keys.add(key("ccb-2", "ccb")), Ok(()));
    assert!(keys.find("ccb-1").is_some() && keys.find("ccb-2").is_some());
    assert_eq!(keys.add(key("ccb-3", "ccb")), Err(KeySetRefusal::AtMostTwoLiveKeys));
    assert_eq!(keys.add(key("icbc-1", "icbc")), Ok(()));
    assert!(keys.revoke("ccb-1") && !keys.revoke("ccb-1"));
    assert!(keys.find("ccb-1").is_none());
    assert_eq!(keys.add(key("ccb-1", "ccb")), Err(KeySetRefusal::KeyIdMustBeNew));
    assert_eq!(keys.add(key("ccb-3", "ccb")), Ok(()));
}

//! The identity provider's word about who signed in: an ID token (OpenID Connect Core 1.0, 2 and
//! 3.1.3.7), signed as JWS with RS256 or ES256. Anything else is refused, `none` and shared secrets
//! first of all.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::signature::{
    ECDSA_P256_SHA256_FIXED, RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents, UnparsedPublicKey,
};
use serde::Deserialize;
use serde_json::{Map, Value};
use units::Timestamp;

/// Clocks differ by so much at most.
const LEEWAY_SECONDS: i64 = 60;
/// A token is used within so long of its making.
const AGE_SECONDS_MAX: i64 = 10 * 60;
/// The largest token that is read.
const TOKEN_BYTES_MAX: usize = 16 * 1024;

/// A provider's public keys (RFC 7517). Keys of kinds that we don't use are passed over.
#[derive(Clone, Debug, Default, Deserialize)]
pub(super) struct KeySet {
    keys: Vec<Key>,
}

#[derive(Clone, Debug, Deserialize)]
struct Key {
    kty: String,
    #[serde(default)]
    kid: Option<String>,
    #[serde(rename = "use", default)]
    purpose: Option<String>,
    #[serde(default)]
    alg: Option<String>,
    #[serde(default)]
    crv: Option<String>,
    #[serde(default)]
    n: String,
    #[serde(default)]
    e: String,
    #[serde(default)]
    x: String,
    #[serde(default)]
    y: String,
}

#[derive(Deserialize)]
struct Header {
    alg: String,
    #[serde(default)]
    kid: Option<String>,
    #[serde(default)]
    crit: Option<Value>,
}

/// What the token must say.
#[derive(Clone, Copy)]
pub(super) struct Expected<'a> {
    /// The provider.
    pub(super) issuer: &'a str,
    /// Us.
    pub(super) client_id: &'a str,
    /// What this attempt was begun with.
    pub(super) nonce: &'a str,
    /// Now.
    pub(super) now: Timestamp,
}

/// Why a token is not believed. The person reads that signing in failed; the log reads why.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum TokenRefusal {
    /// It is no JWS of three parts.
    #[error("the ID token is malformed")]
    TokenMustBeSigned,
    /// Neither RS256 nor ES256, or it asks for what we don't know.
    #[error("the ID token's algorithm is not RS256 or ES256")]
    AlgorithmMustBeKnown,
    /// The provider has no such key (any more, or not yet).
    #[error("no key of the provider fits the ID token")]
    KeyMustBeKnown,
    /// The signature does not hold.
    #[error("the ID token's signature does not hold")]
    SignatureMustHold,
    /// Another provider's.
    #[error("the ID token comes from another issuer")]
    IssuerMustBeOurs,
    /// For somebody else.
    #[error("the ID token is meant for another audience")]
    AudienceMustBeUs,
    /// Too old, or made in the future.
    #[error("the ID token is not valid at this moment")]
    TimeMustBeRight,
    /// Of another attempt.
    #[error("the ID token belongs to another attempt")]
    NonceMustBeOurs,
    /// Names nobody.
    #[error("the ID token names no subject")]
    SubjectMustBeNamed,
}

/// Checks a token and answers its claims.
pub(super) fn verify(
    token: &str,
    keys: &KeySet,
    expected: Expected<'_>,
) -> Result<Map<String, Value>, TokenRefusal> {
    let parts: Vec<&str> = token.split('.').collect();
    let &[header, payload, signature] = parts.as_slice() else {
        return Err(TokenRefusal::TokenMustBeSigned);
    };
    if token.len() > TOKEN_BYTES_MAX {
        return Err(TokenRefusal::TokenMustBeSigned);
    }
    let read: Header = decoded(header)?;
    if read.crit.is_some() {
        return Err(TokenRefusal::AlgorithmMustBeKnown);
    }
    let signature = bytes(signature)?;
    let signed = token.rsplit_once('.').map_or("", |(signed, _)| signed);
    check_signature(&read, keys, signed.as_bytes(), &signature)?;
    let claims: Map<String, Value> = decoded(payload)?;
    check_claims(&claims, expected)?;
    Ok(claims)
}

fn bytes(part: &str) -> Result<Vec<u8>, TokenRefusal> {
    URL_SAFE_NO_PAD.decode(part).map_err(|_| TokenRefusal::TokenMustBeSigned)
}

fn decoded<T: for<'d> Deserialize<'d>>(part: &str) -> Result<T, TokenRefusal> {
    serde_json::from_slice(&bytes(part)?).map_err(|_| TokenRefusal::TokenMustBeSigned)
}

fn check_signature(
    header: &Header,
    keys: &KeySet,
    signed: &[u8],
    signature: &[u8],
) -> Result<(), TokenRefusal> {
    let kind = match &*header.alg {
        "RS256" => "RSA",
        "ES256" => "EC",
        _ => return Err(TokenRefusal::AlgorithmMustBeKnown),
    };
    let fits = |key: &&Key| {
        key.kty == kind
            && key.purpose.as_deref().is_none_or(|purpose| purpose == "sig")
            && key.alg.as_deref().is_none_or(|alg| alg == header.alg)
            && (header.kid.is_none() || key.kid == header.kid)
    };
    let mut fitting = keys.keys.iter().filter(fits).peekable();
    if fitting.peek().is_none() {
        return Err(TokenRefusal::KeyMustBeKnown);
    }
    let holds = fitting.any(|key| holds(key, signed, signature).unwrap_or(false));
    if holds { Ok(()) } else { Err(TokenRefusal::SignatureMustHold) }
}

fn holds(key: &Key, signed: &[u8], signature: &[u8]) -> Result<bool, TokenRefusal> {
    if key.kty == "RSA" {
        let components = RsaPublicKeyComponents { n: bytes(&key.n)?, e: bytes(&key.e)? };
        return Ok(components.verify(&RSA_PKCS1_2048_8192_SHA256, signed, signature).is_ok());
    }
    if key.crv.as_deref() != Some("P-256") {
        return Ok(false);
    }
    // An uncompressed point: 4, x, y.
    let mut point = vec![4];
    point.extend(bytes(&key.x)?);
    point.extend(bytes(&key.y)?);
    Ok(UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point).verify(signed, signature).is_ok())
}

fn check_claims(claims: &Map<String, Value>, expected: Expected<'_>) -> Result<(), TokenRefusal> {
    let text = |name: &str| claims.get(name).and_then(Value::as_str);
    let moment = |name: &str| claims.get(name).and_then(Value::as_i64);
    if text("iss") != Some(expected.issuer) {
        return Err(TokenRefusal::IssuerMustBeOurs);
    }
    if !is_for(claims, expected.client_id) {
        return Err(TokenRefusal::AudienceMustBeUs);
    }
    let now = expected.now.seconds();
    let (Some(ends), Some(made)) = (moment("exp"), moment("iat")) else {
        return Err(TokenRefusal::TimeMustBeRight);
    };
    let is_timely = now < ends.saturating_add(LEEWAY_SECONDS)
        && made <= now.saturating_add(LEEWAY_SECONDS)
        && now <= made.saturating_add(AGE_SECONDS_MAX);
    if !is_timely || moment("nbf").is_some_and(|from| now.saturating_add(LEEWAY_SECONDS) < from) {
        return Err(TokenRefusal::TimeMustBeRight);
    }
    if text("nonce") != Some(expected.nonce) {
        return Err(TokenRefusal::NonceMustBeOurs);
    }
    match text("sub") {
        Some(subject) if (1..=255).contains(&subject.len()) => Ok(()),
        _ => Err(TokenRefusal::SubjectMustBeNamed),
    }
}

/// We are its audience; with several, the token also says that it was made for us.
fn is_for(claims: &Map<String, Value>, client_id: &str) -> bool {
    let party = claims.get("azp").map(Value::as_str);
    let (named, several) = match claims.get("aud") {
        Some(Value::String(one)) => (one == client_id, false),
        Some(Value::Array(all)) => {
            (all.iter().any(|one| one.as_str() == Some(client_id)), all.len() > 1)
        }
        _ => (false, false),
    };
    named && party.map_or(!several, |party| party == Some(client_id))
}

#[cfg(test)]
mod tests {
    use super::*;
    use ring::rand::SystemRandom;
    use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _};
    use serde_json::json;

    fn now() -> Timestamp {
        "2026-11-24T10:00:00+08:00".parse().unwrap()
    }

    fn expected() -> Expected<'static> {
        Expected { issuer: "https://id.example", client_id: "desk", nonce: "n", now: now() }
    }

    fn claims() -> Value {
        let made = now().seconds();
        json!({ "iss": "https://id.example", "aud": "desk", "exp": made + 300, "iat": made,
            "nonce": "n", "sub": "42" })
    }

    /// A token of these claims, and the keys that it can be checked with.
    fn signed(header: &Value, claims: &Value) -> (String, KeySet) {
        let random = SystemRandom::new();
        let algorithm = &ECDSA_P256_SHA256_FIXED_SIGNING;
        let pkcs8 = EcdsaKeyPair::generate_pkcs8(algorithm, &random).unwrap();
        let pair = EcdsaKeyPair::from_pkcs8(algorithm, pkcs8.as_ref(), &random).unwrap();
        let point = pair.public_key().as_ref();
        let part = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
        let key = json!({ "kty": "EC", "crv": "P-256", "kid": "k", "use": "sig",
            "x": part(&point[1..33]), "y": part(&point[33..]) });
        let text = format!(
            "{}.{}",
            part(header.to_string().as_bytes()),
            part(claims.to_string().as_bytes())
        );
        let signature = pair.sign(&random, text.as_bytes()).unwrap();
        let keys = serde_json::from_value(json!({ "keys": [{ "kty": "OKP" }, key] })).unwrap();
        (format!("{text}.{}", part(signature.as_ref())), keys)
    }

    fn answer(header: &Value, claims: &Value) -> Result<String, TokenRefusal> {
        let (token, keys) = signed(header, claims);
        verify(&token, &keys, expected()).map(|claims| claims["sub"].to_string())
    }

    fn header() -> Value {
        json!({ "alg": "ES256", "kid": "k" })
    }

    #[test]
    fn a_token_is_believed_only_when_every_claim_is_right() {
        assert_eq!(answer(&header(), &claims()), Ok("\"42\"".to_owned()));
        let made = now().seconds();
        let cases = [
            ("iss", json!("https://other.example"), TokenRefusal::IssuerMustBeOurs),
            ("iss", Value::Null, TokenRefusal::IssuerMustBeOurs),
            ("aud", json!("other"), TokenRefusal::AudienceMustBeUs),
            ("aud", json!(["desk", "other"]), TokenRefusal::AudienceMustBeUs),
            ("azp", json!("other"), TokenRefusal::AudienceMustBeUs),
            ("exp", json!(made - 60), TokenRefusal::TimeMustBeRight),
            ("exp", Value::Null, TokenRefusal::TimeMustBeRight),
            ("iat", json!(made + 61), TokenRefusal::TimeMustBeRight),
            ("iat", json!(made - 601), TokenRefusal::TimeMustBeRight),
            ("nbf", json!(made + 61), TokenRefusal::TimeMustBeRight),
            ("nonce", json!("m"), TokenRefusal::NonceMustBeOurs),
            ("sub", json!(""), TokenRefusal::SubjectMustBeNamed),
        ];
        for (name, value, refusal) in cases {
            let mut claims = claims();
            claims[name] = value.clone();
            assert_eq!(answer(&header(), &claims), Err(refusal), "{name} {value}");
        }
        let mut several = claims();
        several["aud"] = json!(["desk", "other"]);
        several["azp"] = json!("desk");
        several["exp"] = json!(made - 59);
        assert!(answer(&header(), &several).is_ok(), "several audiences, a clock that goes after");
    }

    #[test]
    fn a_token_without_a_signature_of_the_provider_is_nothing() {
        let cases = [
            (json!({ "alg": "none" }), TokenRefusal::AlgorithmMustBeKnown),
            (json!({ "alg": "HS256", "kid": "k" }), TokenRefusal::AlgorithmMustBeKnown),
            (json!({ "alg": "RS256", "kid": "k" }), TokenRefusal::KeyMustBeKnown),
            (json!({ "alg": "ES256", "kid": "other" }), TokenRefusal::KeyMustBeKnown),
            (json!({ "alg": "ES256", "crit": ["b64"] }), TokenRefusal::AlgorithmMustBeKnown),
        ];
        for (header, refusal) in cases {
            assert_eq!(answer(&header, &claims()), Err(refusal), "{header}");
        }
        let (token, _) = signed(&header(), &claims());
        let (_, other) = signed(&header(), &claims());
        let refused = verify(&token, &other, expected());
        assert_eq!(refused, Err(TokenRefusal::SignatureMustHold));
        for token in ["", "a.b", "a.b.c.d", "e30.e30.", "!.!.!"] {
            let (_, keys) = signed(&header(), &claims());
            let refused = verify(token, &keys, expected());
            assert_eq!(refused, Err(TokenRefusal::TokenMustBeSigned), "{token}");
        }
    }
}

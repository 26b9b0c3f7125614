//! TLS on both sides: certificates made by `openssl`, calls made by `curl`.

use std::path::Path;
use std::process::Command;

use serde_json::Value;
use store::testing::for_each_url_text;

use crate::city::{CARD, City, IDENTITY};

#[test]
fn a_bank_with_a_registered_certificate_pays_without_signing_and_nobody_else() {
    for_each_url_text(|url| {
        let city = City::new(url, 3);
        let folder = city.folder();
        for ca in ["ca", "foreign-ca"] {
            openssl(
                folder,
                &format!("req -x509 {NEW} -keyout {ca}.key -out {ca}.pem -subj /CN={ca} -days 2"),
            );
        }
        certificate(folder, "server", "ca", "2");
        certificate(folder, "bank", "ca", "2");
        certificate(folder, "unknown", "ca", "2");
        certificate(folder, "expired", "ca", "-1");
        certificate(folder, "foreign", "foreign-ca", "2");
        for name in ["bank", "expired", "foreign"] {
            let file = folder.join(format!("{name}.pem"));
            let file = file.to_str().unwrap();
            city.run(&["counter", "certificate", "add", "--bank", "ccb", "--file", file]);
        }
        let server = city.serve_with_tls();
        let base = server.tls.clone().unwrap();
        let query =
            format!(r#"{{"identity_number":"{IDENTITY}","social_security_card":"{CARD}"}}"#);
        let call = |name: Option<&str>, path: &str, body: &str, key: &str| {
            curl(folder, name, &format!("{base}/counter/v1/{path}"), (body, key))
        };
        let (status, quote) = call(Some("bank"), "dues-query", &query, "").unwrap();
        assert_eq!(status, 200, "{quote}");
        let payment = format!(
            r#"{{"bank_date":"2026-11-10","bank_serial":"T1","accounting_date":"2026-11-10",
            "branch_code":"320600001","teller":"T0007","quote_id":{},"amount_fen":{},
            "currency":"CNY","paid_at":"2026-11-10T09:00:00+08:00"}}"#,
            quote["quote_id"], quote["total_fen"]
        );
        let (status, paid) = call(Some("bank"), "payments", &payment, "k1").unwrap();
        assert_eq!((status, &paid["bank_serial"]), (200, &Value::from("T1")), "{paid}");
        let (status, again) = call(Some("bank"), "payments", &payment, "k1").unwrap();
        assert_eq!((status, again), (200, paid));

        let (status, refused) = call(Some("unknown"), "dues-query", &query, "").unwrap();
        assert_eq!((status, &refused["code"]), (401, &Value::from("certificate_unknown")));
        for name in [Some("expired"), Some("foreign"), None] {
            assert!(call(name, "dues-query", &query, "").is_none(), "{name:?} gets no answer");
        }
        let plain =
            curl(folder, None, &format!("{}/counter/v1/dues-query", server.base), (&query, ""));
        assert_eq!(
            plain.unwrap().1["code"],
            "signature_required",
            "the other address asks to sign"
        );

        let listed = city.run(&["counter", "certificate", "list"]);
        let fingerprint = listed.split_whitespace().nth(1).unwrap();
        for line in listed.lines() {
            let fingerprint = line.split_whitespace().nth(1).unwrap();
            city.run(&["counter", "certificate", "revoke", fingerprint]);
        }
        let (status, refused) = call(Some("bank"), "dues-query", &query, "").unwrap();
        assert_eq!((status, &refused["code"]), (401, &Value::from("certificate_unknown")));
        let again = city.refused(&["counter", "certificate", "revoke", fingerprint]);
        assert!(again.contains("no live certificate"), "{again}");
        drop(server);
        city.verify();
    });
}

const NEW: &str = "-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes";

/// A certificate for this machine, good for so many days.
fn certificate(folder: &Path, name: &str, ca: &str, days: &str) {
    std::fs::write(folder.join("san.cnf"), "subjectAltName=IP:127.0.0.1\n").unwrap();
    openssl(folder, &format!("req {NEW} -keyout {name}.key -out {name}.csr -subj /CN={name}"));
    openssl(
        folder,
        &format!(
            "x509 -req -in {name}.csr -CA {ca}.pem -CAkey {ca}.key -CAcreateserial -days {days} \
             -extfile san.cnf -out {name}.pem"
        ),
    );
}

fn openssl(folder: &Path, arguments: &str) {
    let arguments = arguments.split_whitespace();
    let done = Command::new("openssl").args(arguments).current_dir(folder).output().unwrap();
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
}

/// Posts JSON; `None` when the connection is refused.
fn curl(
    folder: &Path,
    name: Option<&str>,
    url: &str,
    (body, key): (&str, &str),
) -> Option<(u16, Value)> {
    let mut curl = Command::new("curl");
    curl.args(["-sS", "--noproxy", "*", "--cacert", "ca.pem", "-w", "\n%{http_code}"]);
    curl.args(["-H", "content-type: application/json", "--data-binary", body]);
    if !key.is_empty() {
        curl.args(["-H", &format!("idempotency-key: \"{key}\"")]);
    }
    if let Some(name) = name {
        curl.args(["--cert", &format!("{name}.pem"), "--key", &format!("{name}.key")]);
    }
    let done = curl.arg(url).current_dir(folder).output().unwrap();
    let said = String::from_utf8(done.stdout).unwrap();
    let (answer, status) = said.rsplit_once('\n').unwrap();
    let status: u16 = status.parse().unwrap();
    (status != 0).then(|| (status, serde_json::from_str(answer).unwrap()))
}

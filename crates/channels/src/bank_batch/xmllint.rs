//! libxml2's validator as a judge in tests; where it is not installed, it says nothing.

use std::path::Path;
use std::process::Command;

/// For each document, whether it is valid; `None` without `xmllint` on this machine.
pub(crate) fn verdicts(schema: &str, documents: &[Vec<u8>]) -> Option<Vec<bool>> {
    Command::new("xmllint").arg("--version").output().ok()?;
    let folder = tempfile::tempdir().unwrap();
    let path = |index: usize| folder.path().join(format!("{index}.xml"));
    for (index, document) in documents.iter().enumerate() {
        std::fs::write(path(index), document).unwrap();
    }
    let schemas = Path::new(env!("CARGO_MANIFEST_DIR")).join("schemas/iso20022");
    let output = Command::new("xmllint")
        .args(["--noout", "--nonet", "--schema"])
        .arg(schemas.join(format!("{schema}.xsd")))
        .args((0..documents.len()).map(path))
        .output()
        .unwrap();
    let words = String::from_utf8_lossy(&output.stderr).into_owned();
    let valid = |index: usize| {
        words.lines().any(|line| line == format!("{} validates", path(index).display()))
    };
    Some((0..documents.len()).map(valid).collect())
}

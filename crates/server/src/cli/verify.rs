//! `shebao verify`.

use operations::verify::verify;

use super::city::Options;
use super::{Ended, output};

pub(crate) fn run(options: &Options) -> anyhow::Result<Ended> {
    let app = options.open()?;
    let verified = verify(&app.db)?;
    if options.json {
        let findings: Vec<_> = verified
            .findings
            .iter()
            .map(|f| serde_json::json!({ "rule": f.rule, "detail": f.detail }))
            .collect();
        output::json(&serde_json::json!({
            "entries": verified.entries, "dues": verified.dues, "found": verified.found,
            "findings": findings,
        }));
    } else {
        for finding in &verified.findings {
            output::line(format!("{}: {}", finding.rule, finding.detail));
        }
        let (entries, dues, found) = (verified.entries, verified.dues, verified.found);
        output::line(format!("{entries} entries and {dues} dues checked, {found} findings"));
    }
    Ok(if verified.is_clean() { Ended::Done } else { Ended::Refused })
}

//! What the tests need of the system, and how a Debian gets it.

use std::path::Path;
use std::process::Command;

use super::step::{answer, succeeds};

/// Something that tests run or read, and the Debian packages that bring it.
struct Need {
    what: &'static str,
    packages: &'static [&'static str],
    is_there: fn() -> bool,
}

const NEEDS: [Need; 9] = [
    Need {
        what: "PostgreSQL's server: every test of the store runs on it too",
        packages: &["postgresql"],
        is_there: has_postgres,
    },
    Need {
        what: "Chromium: tests of the pages in a browser",
        packages: &["chromium"],
        is_there: || ["chromium", "chromium-browser", "google-chrome"].into_iter().any(on_path),
    },
    Need {
        what: "chromedriver: drives the browser",
        packages: &["chromium-driver"],
        is_there: || on_path("chromedriver"),
    },
    Need {
        what: "a Chinese font: pages are rendered as people see them",
        packages: &["fontconfig", "fonts-wqy-microhei"],
        is_there: || answer("fc-list", &[":lang=zh-cn"]).is_some_and(|fonts| !fonts.is_empty()),
    },
    Need {
        what: "xmllint: bank files are valid against the ISO 20022 schemas",
        packages: &["libxml2-utils"],
        is_there: || on_path("xmllint"),
    },
    Need {
        what: "pdftotext: record sheets hold readable Chinese",
        packages: &["poppler-utils"],
        is_there: || on_path("pdftotext"),
    },
    Need {
        what: "openssl: signatures agree with another implementation",
        packages: &["openssl"],
        is_there: || on_path("openssl"),
    },
    Need {
        what: "curl: a bank's client certificates are shown by another implementation",
        packages: &["curl"],
        is_there: || on_path("curl"),
    },
    Need {
        what: "Python with venv: readers of our files that others wrote",
        packages: &["python3", "python3-venv"],
        is_there: || answer("python3", &["-c", "import venv, ensurepip"]).is_some(),
    },
];

/// Node and npm, needed only when a crate has tests for them.
const NODE: Need = Need {
    what: "Node and npm: clients and validators that others wrote",
    packages: &["nodejs", "npm"],
    is_there: || on_path("node") && on_path("npm"),
};

/// Makes sure that the system has what the tests need. When something is missing and cannot be
/// installed without asking, it says what to run and returns `false`.
pub(super) fn prepare(root: &Path) -> anyhow::Result<bool> {
    let node = (!super::tools::node_projects(root)?.is_empty()).then_some(&NODE);
    let missing: Vec<&Need> = NEEDS.iter().chain(node).filter(|need| !(need.is_there)()).collect();
    if missing.is_empty() {
        return Ok(true);
    }
    println!("== missing on this machine");
    for need in &missing {
        println!("{}", need.what);
    }
    let packages: Vec<&str> = missing.iter().flat_map(|need| need.packages).copied().collect();
    let installed = install(&packages)?;
    let still: Vec<&str> =
        missing.iter().filter(|need| !(need.is_there)()).map(|need| need.what).collect();
    if installed && still.is_empty() {
        return Ok(true);
    }
    println!("\nNot ready. On Debian or Ubuntu run this, then try again:\n");
    println!("    {}\n", by_hand(&packages));
    for what in still {
        println!("still missing: {what}");
    }
    Ok(false)
}

/// Installs packages when that needs no password; whether it did.
fn install(packages: &[&str]) -> anyhow::Result<bool> {
    let Some(prefix) = on_path("apt-get").then(privilege).flatten() else { return Ok(false) };
    let apt = |arguments: &[&str]| {
        let words: Vec<&str> = prefix.iter().chain(arguments).copied().collect();
        let (program, rest) = words.split_first().expect("`env` comes first at the least");
        succeeds(Command::new(program).args(rest))
    };
    let quiet = ["env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-q"];
    // A list of packages that cannot be refreshed may still be good enough to install from.
    apt(&[&quiet[..], &["update"]].concat())?;
    let install = [&quiet[..], &["install", "-y", "--no-install-recommends"], packages].concat();
    apt(&install)
}

/// What to put before a command to run it as root without a password, if that is possible.
fn privilege() -> Option<&'static [&'static str]> {
    if answer("id", &["-u"]).is_some_and(|user| user.trim() == "0") {
        Some(&[])
    } else if answer("sudo", &["-n", "true"]).is_some() {
        Some(&["sudo", "-n"])
    } else {
        None
    }
}

fn by_hand(packages: &[&str]) -> String {
    let packages = packages.join(" ");
    format!("sudo apt-get update && sudo apt-get install -y --no-install-recommends {packages}")
}

/// Whether PostgreSQL's server is there; Debian keeps it off the path.
fn has_postgres() -> bool {
    let mut versions = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    versions.any(|version| version.path().join("bin/initdb").is_file()) || on_path("initdb")
}

/// Whether a program of this name can be started.
pub(super) fn on_path(program: &str) -> bool {
    let folders = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&folders).any(|folder| folder.join(program).is_file())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_is_found_on_the_path_and_a_made_up_one_is_not() {
        assert!(on_path("sh"));
        assert!(!on_path("no-such-program-anywhere"));
    }

    #[test]
    fn the_line_to_run_by_hand_names_every_missing_package() {
        let line = by_hand(&["postgresql", "openssl"]);
        assert!(line.ends_with("--no-install-recommends postgresql openssl"), "{line}");
    }
}

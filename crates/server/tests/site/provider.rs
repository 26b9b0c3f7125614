//! An identity provider that others wrote: npm oidc-provider.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;

use server::app::App;
use server::clock::Clock;
use server::console::single_sign_on::{Provider, Settings};

/// A running provider; it ends with the test.
pub(crate) struct Elsewhere {
    process: Child,
    pub(crate) address: String,
}

impl Drop for Elsewhere {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

impl Elsewhere {
    /// Starts one that signs with an algorithm and sends browsers back to a site.
    pub(crate) fn start(algorithm: &str, site: &str) -> Self {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR"));
        let modules = std::env::var_os("SHEBAO_TEST_NODE_MODULES").map_or_else(
            || folder.ancestors().nth(2).unwrap().join("target/test-tools/node/node_modules"),
            PathBuf::from,
        );
        assert!(
            modules.join("oidc-provider").is_dir(),
            "{} lacks oidc-provider: `cargo xtask test` installs it, or copy \
             crates/channels/tests/node/package*.json to target/test-tools/node and run npm ci there",
            modules.display()
        );
        let mut process = Command::new("node")
            .arg(folder.join("tests/node/provider.mjs"))
            .env("SHEBAO_TEST_NODE_MODULES", &modules)
            .env("ALGORITHM", algorithm)
            .env("SITE", site)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap_or_else(|failure| panic!("install Node.js 20 for this test ({failure})"));
        let mut lines =
            BufReader::new(process.stdout.take().unwrap()).lines().map_while(Result::ok);
        let port = lines.find_map(|line| line.parse::<u16>().ok());
        // What it says later is read, so that it never waits for a reader.
        std::thread::spawn(move || lines.for_each(drop));
        let address = format!("http://127.0.0.1:{}", port.expect("it says its port"));
        Self { process, address }
    }

    /// What the operator of the site would set.
    pub(crate) fn settings(&self, site: &str) -> Settings {
        Settings {
            issuer: self.address.clone(),
            client_id: "shebao-desk".to_owned(),
            client_secret: "a secret: with+signs/and spaces".to_owned(),
            site: site.to_owned(),
            account_claim: "preferred_username".to_owned(),
        }
    }

    /// The site of the city at this very moment, which knows the provider.
    pub(crate) fn site(&self, app: &Arc<App>, site: &str) -> axum::Router {
        let (db, city) = (app.db.clone(), app.city.clone());
        let app = App {
            db,
            city,
            clock: Clock::System,
            sandbox: true,
            wechat: None,
            vault: crate::city::vault(),
            evidence: crate::city::evidence(),
        };
        let provider = Provider::new(self.settings(site)).unwrap();
        server::site::router_with(Arc::new(app), Some(Arc::new(provider)))
    }
}

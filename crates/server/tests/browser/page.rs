//! The page in front of a person: open, read, fill in, press, photograph.

use std::path::Path;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use fantoccini::actions::{InputSource, KeyAction, KeyActions};
use fantoccini::elements::Element;
use fantoccini::error::CmdError;
use fantoccini::key::Key;
use fantoccini::wd::WebDriverCompatibleCommand;
use fantoccini::{Client, ClientBuilder, Locator};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Value, json};

use crate::driver::Driver;
use crate::screen::Screen;

/// How long a walk waits for something to appear. Far beyond what a page takes, so that only a
/// page that never shows it fails.
const PATIENCE: Duration = Duration::from_secs(20);

/// A browser and the site that it looks at.
#[derive(Clone)]
pub(crate) struct Page {
    browser: Client,
    site: String,
    screen: Screen,
}

impl Page {
    /// Starts a browser with a screen.
    pub(crate) async fn open_browser(driver: &Driver, site: String, screen: Screen) -> Self {
        let mut builder = ClientBuilder::new(HttpConnector::new());
        let browser =
            builder.capabilities(screen.capabilities()).connect(&driver.address()).await.unwrap();
        Self { browser, site, screen }
    }

    /// Ends the browser.
    pub(crate) async fn close(self) {
        self.browser.close().await.unwrap();
    }

    /// Opens a path of the site.
    pub(crate) async fn open(&self, path: &str) {
        self.browser.goto(&format!("{}{path}", self.site)).await.unwrap();
    }

    /// Where the page is: path and query.
    pub(crate) async fn path(&self) -> String {
        let url = self.browser.current_url().await.unwrap();
        url.as_str().strip_prefix(&self.site).unwrap_or(url.as_str()).to_owned()
    }

    /// What a person reads on the page.
    pub(crate) async fn text(&self) -> String {
        self.browser.find(Locator::Css("body")).await.unwrap().text().await.unwrap()
    }

    /// Waits until the page shows a text.
    pub(crate) async fn sees(&self, wanted: &str) {
        let is_there = async |browser: &Client| {
            let body = browser.find(Locator::Css("body")).await?;
            Ok::<bool, CmdError>(body.text().await?.contains(wanted))
        };
        for _ in 0..PATIENCE.as_millis() / 100 {
            if is_there(&self.browser).await.unwrap_or(false) {
                return;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        self.photograph("a-step-that-failed").await;
        panic!("{wanted:?} does not appear at {}:\n{}", self.path().await, self.text().await);
    }

    /// The field that a label names.
    pub(crate) async fn field(&self, label: &str) -> Element {
        let text = xpath_text(label);
        let label = format!("//label[contains(normalize-space(), {text})]");
        let path = format!(
            "{label}//input | {label}//select | {label}//textarea | //*[@id = {label}/@for]"
        );
        self.found(&path).await
    }

    /// Types into the field that a label names, in place of what was there.
    pub(crate) async fn fill(&self, label: &str, text: &str) {
        let field = self.field(label).await;
        field.clear().await.unwrap();
        field.send_keys(text).await.unwrap();
    }

    /// Chooses an option, by its words, of the list that a label names.
    pub(crate) async fn choose(&self, label: &str, option: &str) {
        self.field(label).await.select_by_label(option).await.unwrap();
    }

    /// Ticks a box or a choice by the words beside it.
    pub(crate) async fn tick(&self, label: &str) {
        self.field(label).await.click().await.unwrap();
    }

    /// Presses the button or follows the link with these words.
    pub(crate) async fn press(&self, words: &str) {
        let text = xpath_text(words);
        let path = format!(
            "//button[contains(normalize-space(), {text})] | //a[contains(normalize-space(), {text})] \
             | //summary[contains(normalize-space(), {text})]"
        );
        self.found(&path).await.click().await.unwrap();
    }

    /// Presses the last button with these words, where an unseen one of the same name comes first.
    pub(crate) async fn press_last(&self, words: &str) {
        let text = xpath_text(words);
        self.found(&format!("(//button[contains(., {text})])[last()]"))
            .await
            .click()
            .await
            .unwrap();
    }

    /// The value of a cookie of the site.
    pub(crate) async fn cookie(&self, name: &str) -> String {
        self.browser.get_named_cookie(name).await.unwrap().value().to_owned()
    }

    /// Sends keys to whatever has the focus, as somebody without a mouse does.
    pub(crate) async fn keys(&self, keys: &str) {
        self.browser.active_element().await.unwrap().send_keys(keys).await.unwrap();
    }

    /// Presses one key where the focus is.
    pub(crate) async fn key(&self, key: Key) {
        self.keys(&char::from(key).to_string()).await;
    }

    /// The words of what has the focus, its own or those of its label; nothing while the focus is
    /// on something that can't be used.
    pub(crate) async fn focused(&self) -> String {
        let script = "const e = document.activeElement; if (e.tabIndex < 0) return ''; \
                      return ((e.labels && e.labels[0] || e).innerText || e.name || '').trim();";
        let words = self.browser.execute(script, Vec::new()).await.unwrap();
        words.as_str().unwrap_or_default().to_owned()
    }

    /// What a script answers; for what no other step can see.
    pub(crate) async fn ask(&self, script: &str) -> Value {
        self.browser.execute(script, Vec::new()).await.unwrap()
    }

    /// The same where the page may be on its way to another: then there is no answer.
    pub(crate) async fn asked(&self, script: &str) -> Option<Value> {
        self.browser.execute(script, Vec::new()).await.ok()
    }

    /// Keys as the keyboard sends them to the window, whatever has the focus.
    pub(crate) async fn acts(&self, keys: KeyActions) {
        self.browser.perform_actions(keys).await.unwrap();
    }

    /// Presses Tab some times.
    pub(crate) async fn tabs(&self, times: u64) {
        let tab = char::from(Key::Tab);
        let one = |keys: KeyActions, _| {
            keys.then(KeyAction::Down { value: tab }).then(KeyAction::Up { value: tab })
        };
        self.acts((0..times).fold(KeyActions::new("keyboard".to_owned()), one)).await;
    }

    /// The same browser at another site, such as the city on another day.
    pub(crate) fn at(&self, site: String) -> Self {
        Self { site, ..self.clone() }
    }

    /// The lines of the page that are to be in its language: all but titles and words of laws, what
    /// somebody typed, and parts that say to be in another language.
    pub(crate) async fn words_of_one_language(&self) -> Vec<String> {
        let script = "const lines = []; \
                      const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT); \
                      while (walker.nextNode()) { \
                          const place = walker.currentNode.parentElement; \
                          const line = walker.currentNode.data.trim(); \
                          if (line && !place.closest('.source, textarea, script, kbd, code, [lang]:not(html)')) \
                              lines.push(line); \
                      } \
                      return [...new Set(lines)];";
        serde_json::from_value(self.ask(script).await).unwrap()
    }

    /// The page is no wider than its screen: nobody has to push it sideways to read a line.
    pub(crate) async fn fits_its_width(&self) {
        let script = "const width = document.documentElement.clientWidth; \
                      const outside = e => e.getBoundingClientRect().right > width + 1 \
                          && !e.closest('.scroll, .unseen, .skip'); \
                      return [...document.querySelectorAll('main *, header *, footer *')] \
                          .filter(outside).map(e => e.outerHTML.slice(0, 80));";
        let outside = self.ask(script).await;
        assert_eq!(outside, json!([]), "these reach beyond the screen at {}", self.path().await);
    }

    /// Keeps a picture of the whole page as `target/screenshots/NAME.png`.
    pub(crate) async fn photograph(&self, name: &str) {
        let height = self.ask("return document.documentElement.scrollHeight;").await;
        self.stretch_to(height.as_u64().unwrap()).await;
        let answer = self.devtools("Page.captureScreenshot", json!({ "format": "png" })).await;
        self.stretch_to(u64::from(self.screen.height())).await;
        let picture = STANDARD.decode(answer["data"].as_str().unwrap()).unwrap();
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/screenshots");
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(folder.join(format!("{name}.png")), picture).unwrap();
    }

    /// Makes the screen as high as the page, or as it was.
    async fn stretch_to(&self, height: u64) {
        let metrics = json!({
            "width": self.screen.width(),
            "height": height,
            "deviceScaleFactor": 1,
            "mobile": self.screen.is_touched(),
        });
        self.devtools("Emulation.setDeviceMetricsOverride", metrics).await;
    }

    async fn devtools(&self, method: &'static str, parameters: Value) -> Value {
        self.browser.issue_cmd(Devtools { method, parameters }).await.unwrap()
    }

    async fn found(&self, path: &str) -> Element {
        let waiting = self.browser.wait().at_most(PATIENCE).for_element(Locator::XPath(path)).await;
        match waiting {
            Ok(element) => element,
            Err(error) => {
                self.photograph("a-step-that-failed").await;
                let page = self.text().await;
                panic!("{path} is not at {}: {error}\n{page}", self.path().await);
            }
        }
    }
}

/// A command of Chromium's own, beyond WebDriver.
#[derive(Debug)]
struct Devtools {
    method: &'static str,
    parameters: Value,
}

impl WebDriverCompatibleCommand for Devtools {
    fn endpoint(
        &self,
        base: &url::Url,
        session: Option<&str>,
    ) -> Result<url::Url, url::ParseError> {
        base.join(&format!("session/{}/goog/cdp/execute", session.unwrap_or_default()))
    }

    fn method_and_body(&self, _: &url::Url) -> (http::Method, Option<String>) {
        let body = json!({ "cmd": self.method, "params": self.parameters });
        (http::Method::POST, Some(body.to_string()))
    }
}

/// A text as XPath writes it; our words hold no double quotes.
fn xpath_text(text: &str) -> String {
    assert!(!text.contains('"'), "{text}");
    format!("\"{text}\"")
}

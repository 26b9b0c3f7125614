//! What a person holds in the hand or has on the desk, as the browser sees it.

use serde_json::{Map, Value, json};

/// The letters of WeChat's own browser that servers look for.
const WECHAT_AGENT: &str = "Mozilla/5.0 (Linux; Android 14; PJX110) AppleWebKit/537.36 (KHTML, like Gecko) \
     Version/4.0 Chrome/126.0.0.0 Mobile Safari/537.36 MicroMessenger/8.0.50.2701";

/// Size, text and browser of one walk.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Screen {
    width: u32,
    height: u32,
    touch: bool,
    text_percent: u32,
    agent: Option<&'static str>,
    scripts: bool,
}

impl Screen {
    /// A phone of 390 × 844.
    pub(crate) const fn phone() -> Self {
        let (text_percent, agent, scripts) = (100, None, true);
        Self { width: 390, height: 844, touch: true, text_percent, agent, scripts }
    }

    /// An office's screen of 1280 × 900.
    pub(crate) const fn desk() -> Self {
        Self { width: 1280, height: 900, touch: false, ..Self::phone() }
    }

    /// Letters this many hundredths of their usual size, as the browser's settings make them.
    pub(crate) const fn text_percent(self, text_percent: u32) -> Self {
        Self { text_percent, ..self }
    }

    /// Inside WeChat.
    pub(crate) const fn in_wechat(self) -> Self {
        Self { agent: Some(WECHAT_AGENT), ..self }
    }

    /// Without JavaScript.
    pub(crate) const fn without_scripts(self) -> Self {
        Self { scripts: false, ..self }
    }

    /// Pixels from side to side.
    pub(crate) const fn width(&self) -> u32 {
        self.width
    }

    /// Pixels from top to bottom.
    pub(crate) const fn height(&self) -> u32 {
        self.height
    }

    /// Whether fingers use it.
    pub(crate) const fn is_touched(&self) -> bool {
        self.touch
    }

    /// How WebDriver is asked for it.
    pub(crate) fn capabilities(&self) -> Map<String, Value> {
        let mut flags: Vec<String> = [
            "--headless=new",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            "--disable-dev-shm-usage",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            // Smooth scrolling is still under way when the driver clicks.
            "--force-prefers-reduced-motion",
        ]
        .map(str::to_owned)
        .into();
        flags.push(format!("--window-size={},{}", self.width, self.height));
        flags.extend(self.agent.map(|agent| format!("--user-agent={agent}")));
        let mut preferences = json!({
            "webkit.webprefs.default_font_size": 16 * self.text_percent / 100,
        });
        if !self.scripts {
            preferences["profile.managed_default_content_settings.javascript"] = 2.into();
        }
        let mut options = json!({ "args": flags, "prefs": preferences });
        if self.touch {
            let metrics = json!({ "width": self.width, "height": self.height, "pixelRatio": 1, "touch": true });
            options["mobileEmulation"] = json!({ "deviceMetrics": metrics });
        }
        let Value::Object(wanted) = json!({ "goog:chromeOptions": options }) else {
            unreachable!()
        };
        wanted
    }
}

//! A clerk's hand on the keyboard: the steps of which the walks of the desk are made. Nothing here
//! clicks. Every step says its words in Chinese and in English, and the hand takes those of its page;
//! wherever it stops the focus must be seen.

use std::time::Duration;

use fantoccini::actions::{InputSource, KeyAction, KeyActions};
use fantoccini::key::Key;
use serde_json::json;

use crate::page::Page;
use crate::tongue::{Tongue, Words, stray_words};

/// How often a page that was asked for is looked for, and how long it is waited between.
const LOOKS: u32 = 400;
const BETWEEN: Duration = Duration::from_millis(50);

/// What Tab stops at, in order; of a group of choices only the chosen one. What a stop says ends before
/// the letter of its key.
const STOPS: &str = "const all = [...document.querySelectorAll('a[href], button, summary, select, textarea, \
     input:not([type=hidden])')].filter(e => e.checkVisibility() && e.tabIndex >= 0 && !e.disabled); \
     const chosen = e => document.querySelector(`input[type=radio][name='${e.name}']:checked`); \
     const stops = all.filter(e => e.type !== 'radio' || e.checked || !chosen(e)); \
     const said = e => ((e.labels && e.labels[0] || e).innerText || e.name || '').trim() \
     .replace(/\\s[A-Z]$/, '');";

/// Stops that have a label, and those that are pressed or followed.
const FIELD: &str = "e => e.labels && e.labels.length > 0";
const PRESSED: &str = "e => !(e.labels && e.labels.length > 0)";

/// A keyboard in front of a page.
pub(crate) struct Hand {
    pub(crate) page: Page,
    tongue: Tongue,
}

impl Hand {
    /// A hand that reads one language.
    pub(crate) const fn new(page: Page, tongue: Tongue) -> Self {
        Self { page, tongue }
    }

    /// The words in the language of the page.
    pub(crate) const fn say(&self, words: Words) -> &'static str {
        match self.tongue {
            Tongue::Chinese => words.0,
            Tongue::English => words.1,
        }
    }

    /// Types an address.
    pub(crate) async fn opens(&self, path: &str) {
        let prefix = if self.tongue == Tongue::English { "/en" } else { "" };
        self.page.open(&format!("{prefix}{path}")).await;
    }

    /// Signs in as the sample clerk of a role and comes to a page.
    pub(crate) async fn signs_in(&self, role: Words, path: &str) {
        self.opens(&format!("/desk/sign-in?back={path}")).await;
        self.presses(role).await;
        self.reads(("退出登录", "Sign out")).await;
    }

    /// Ends the session, for the next pair of hands.
    pub(crate) async fn signs_out(&self) {
        self.presses(("退出登录", "Sign out")).await;
    }

    /// Reads words on the page.
    pub(crate) async fn reads(&self, words: Words) {
        self.page.sees(self.say(words)).await;
    }

    /// Goes with Tab, or back with Shift and Tab, to what has these words.
    pub(crate) async fn tabs_to(&self, words: Words) {
        self.reaches(PRESSED, self.say(words)).await;
    }

    async fn reaches(&self, among: &str, words: &str) {
        if !self.tabbed_to(among, words).await {
            panic!("{}", self.lost(words).await);
        }
    }

    /// Presses the button or follows the link with these words, and waits for the page behind it.
    pub(crate) async fn presses(&self, words: Words) {
        self.tabs_to(words).await;
        self.enters().await;
    }

    /// Alt and the letter that stands in a box.
    pub(crate) async fn jumps_to(&self, letter: char) {
        self.page.keys(&format!("{}{letter}{}", char::from(Key::Alt), char::from(Key::Null))).await;
        self.sees_the_focus().await;
    }

    /// Alt and the letter of a link or button in a box, and the page behind it.
    pub(crate) async fn follows(&self, letter: char) {
        self.leaves().await;
        self.page.keys(&format!("{}{letter}{}", char::from(Key::Alt), char::from(Key::Null))).await;
        self.arrives().await;
    }

    /// Enter where the focus is, and the page behind it.
    pub(crate) async fn enters(&self) {
        self.leaves().await;
        self.strikes(char::from(Key::Return), 1).await;
        self.arrives().await;
    }

    /// Marks the page, so that the next one is known by not being it.
    async fn leaves(&self) {
        self.page.ask("document.documentElement.dataset.left = '1'; return null;").await;
    }

    async fn arrives(&self) {
        let arrived = "return document.readyState === 'complete' \
                       && !document.documentElement.dataset.left;";
        for _ in 0..LOOKS {
            if self.page.asked(arrived).await == Some(json!(true)) {
                return;
            }
            tokio::time::sleep(BETWEEN).await;
        }
        panic!("the key leads nowhere at {}:\n{}", self.page.path().await, self.page.text().await);
    }

    /// Types into the field of a label, in place of what was there.
    pub(crate) async fn types(&self, label: Words, text: &str) {
        self.reaches(FIELD, self.say(label)).await;
        self.writes(text).await;
    }

    /// Types where the focus is, in place of what was there.
    pub(crate) async fn writes(&self, text: &str) {
        let (control, end) = (char::from(Key::Control), char::from(Key::Null));
        self.page.keys(&format!("{control}a{end}{text}")).await;
    }

    /// Puts a file into the field of a label: what the system's own window would answer.
    pub(crate) async fn hands_in(&self, label: Words, file: &std::path::Path) {
        self.reaches(FIELD, self.say(label)).await;
        self.page.keys(&file.to_string_lossy()).await;
    }

    /// Moves the arrow keys of a list until it shows an option with these words.
    pub(crate) async fn chooses(&self, label: Words, option: Words) {
        self.reaches(FIELD, self.say(label)).await;
        let option = self.say(option);
        let quoted = json!(option);
        let away = format!(
            "const list = document.activeElement; \
             const at = [...list.options].findIndex(o => o.text.includes({quoted})); \
             return at < 0 ? null : at - list.selectedIndex;"
        );
        let away = self.page.ask(&away).await.as_i64();
        let away = away.unwrap_or_else(|| panic!("the list has no {option}"));
        let arrow = if away < 0 { Key::Up } else { Key::Down };
        self.strikes(char::from(arrow), away.unsigned_abs()).await;
        let shown =
            "const list = document.activeElement; return list.options[list.selectedIndex].text;";
        let shown = self.page.ask(shown).await;
        assert!(shown.as_str().is_some_and(|shown| shown.contains(option)), "{shown} {option}");
    }

    /// Ticks a box, or moves the arrow keys of a group of choices to one of them.
    pub(crate) async fn ticks(&self, label: Words) {
        let words = self.say(label);
        if self.tabbed_to(FIELD, words).await {
            return self.strikes(' ', 1).await;
        }
        let quoted = json!(words);
        let group = format!(
            "{STOPS} const wanted = all.find(e => said(e).includes({quoted})); \
             const held = wanted && stops.find(e => e.name === wanted.name); \
             return held ? said(held) : '';"
        );
        let held = self.page.ask(&group).await;
        self.reaches(FIELD, held.as_str().unwrap_or_default()).await;
        for _ in 0..20 {
            self.strikes(char::from(Key::Down), 1).await;
            if self.page.focused().await.contains(words) {
                return;
            }
        }
        panic!("the arrow keys do not reach {words}");
    }

    /// The page fits its screen, speaks one language, and is photographed.
    pub(crate) async fn shows(&self, picture: &str) {
        self.page.fits_its_width().await;
        self.page.photograph(&format!("{picture}-{}", self.tongue.tag())).await;
        let stray = stray_words(self.tongue, &self.page.words_of_one_language().await);
        assert!(stray.is_empty(), "{picture} holds words of the other language: {stray:#?}");
    }

    /// Presses one key some times, as the keyboard sends it to the page.
    async fn strikes(&self, key: char, times: u64) {
        let one = |keys: KeyActions, _| {
            keys.then(KeyAction::Down { value: key }).then(KeyAction::Up { value: key })
        };
        self.page.acts((0..times).fold(KeyActions::new("keyboard".to_owned()), one)).await;
    }

    /// The same with Shift held.
    async fn strikes_back(&self, times: u64) {
        let (shift, tab) = (char::from(Key::Shift), char::from(Key::Tab));
        let held = KeyActions::new("keyboard".to_owned()).then(KeyAction::Down { value: shift });
        let one = |keys: KeyActions, _| {
            keys.then(KeyAction::Down { value: tab }).then(KeyAction::Up { value: tab })
        };
        let keys = (0..times).fold(held, one).then(KeyAction::Up { value: shift });
        self.page.acts(keys).await;
    }

    /// Whether Tab brings the focus to what has these words, among fields or what is pressed.
    async fn tabbed_to(&self, among: &str, words: &str) -> bool {
        let quoted = json!(words);
        let away = format!(
            "{STOPS} const fits = {among}; \
             const exact = stops.findIndex(e => fits(e) && said(e) === {quoted}); \
             const held = () => stops.findIndex(e => fits(e) && said(e).includes({quoted})); \
             const to = exact >= 0 ? exact : held(); \
             if (to < 0) return null; \
             const from = stops.indexOf(document.activeElement); \
             return from < 0 ? to + 1 : to - from;"
        );
        // More than one stop may be skipped by the browser's own, such as a table that scrolls.
        for _ in 0..12 {
            let Some(away) = self.page.ask(&away).await.as_i64() else { return false };
            if away == 0 {
                self.sees_the_focus().await;
                return true;
            }
            if away > 0 {
                self.strikes(char::from(Key::Tab), away.unsigned_abs()).await;
            } else {
                self.strikes_back(away.unsigned_abs()).await;
            }
        }
        panic!("{}", self.lost(words).await)
    }

    async fn lost(&self, words: &str) -> String {
        let page = &self.page;
        page.photograph("a-step-that-failed").await;
        format!("Tab does not reach {words:?} at {}:\n{}", page.path().await, page.text().await)
    }

    /// The focus has an outline that can be seen.
    async fn sees_the_focus(&self) {
        let script = "const e = document.activeElement; const s = getComputedStyle(e); \
                      return e !== document.body && e.matches(':focus-visible') \
                          && s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) >= 2;";
        let seen = self.page.ask(script).await;
        assert_eq!(seen, json!(true), "the focus is not seen at {}", self.page.path().await);
    }
}

//! A trained clerk enrols somebody without the mouse in under a minute.
//!
//! The reckoning: every key that is pressed counts, an access key as two, a Chinese character as
//! five (its pinyin and the choice). At four keys a second, which is slow for a typist (about 48
//! words a minute), [`KEYS_MAX`] keys take 30 seconds; that leaves as long for reading the bill out.

use fantoccini::key::Key;
use serde_json::json;

use crate::page::Page;
use crate::screen::Screen;
use crate::start::has_no_trap;
use crate::walk;

/// The bound: thirty seconds at four keys a second.
const KEYS_MAX: usize = 120;
/// Keys for one Chinese character.
const KEYS_A_CHARACTER: usize = 5;

/// A keyboard that counts.
struct Keyboard {
    page: Page,
    pressed: usize,
}

impl Keyboard {
    /// Types where the focus is; it must be seen.
    async fn types(&mut self, text: &str) {
        self.sees_the_focus().await;
        let keys = |letter: char| if letter.is_ascii() { 1 } else { KEYS_A_CHARACTER };
        self.pressed += text.chars().map(keys).sum::<usize>();
        self.page.keys(text).await;
    }

    async fn presses(&mut self, key: Key) {
        self.sees_the_focus().await;
        self.pressed += 1;
        self.page.key(key).await;
    }

    /// Alt and the letter that the page shows in a box.
    async fn jumps_to(&mut self, letter: char) {
        self.pressed += 2;
        self.page.keys(&format!("{}{letter}{}", char::from(Key::Alt), char::from(Key::Null))).await;
        self.sees_the_focus().await;
    }

    async fn sees_the_focus(&self) {
        let script = "const e = document.activeElement; const s = getComputedStyle(e); \
                      return e !== document.body && e.matches(':focus-visible') \
                          && s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) >= 2;";
        let seen = self.page.ask(script).await;
        assert_eq!(seen, json!(true), "the focus is not seen at {}", self.page.path().await);
    }
}

#[test]
fn a_clerk_enrols_a_person_with_the_keyboard_alone_in_under_a_minute() {
    walk(Screen::desk(), |page, _| async move {
        page.open("/desk/sign-in?back=/desk").await;
        page.press("窗口").await;
        page.sees("一个框都能查").await;
        let mut keyboard = Keyboard { page: page.clone(), pressed: 0 };
        keyboard.types("320115198512312341").await;
        keyboard.presses(Key::Enter).await;
        page.sees("没登记过：参保登记").await;
        page.photograph("keyboard-nobody-zh").await;
        keyboard.presses(Key::Enter).await;
        page.sees("从哪个月起").await;
        assert!(page.focused().await.contains("姓名"), "{}", page.focused().await);
        keyboard.types("钱七").await;
        keyboard.presses(Key::Tab).await;
        keyboard.types("13911112222").await;
        keyboard.jumps_to('a').await;
        assert!(page.focused().await.contains("代扣银行账号"), "{}", page.focused().await);
        keyboard.types("6222021234567890128").await;
        page.photograph("keyboard-entered-zh").await;
        keyboard.presses(Key::Enter).await;
        page.sees("保存后会怎样").await;
        assert!(page.focused().await.contains("保存"), "{}", page.focused().await);
        keyboard.presses(Key::Enter).await;
        page.sees("已参保登记").await;
        page.sees("320115198512312341").await;
        assert!(keyboard.pressed <= KEYS_MAX, "{} keys", keyboard.pressed);
    });
}

#[test]
fn on_every_page_of_the_desk_tab_reaches_everything_and_is_never_caught() {
    walk(Screen::desk(), |page, city| async move {
        let zhang = format!("/desk/people/{}", city.people.zhang);
        page.open("/desk/sign-in?back=/desk").await;
        page.press("窗口").await;
        page.sees("一个框都能查").await;
        let person = format!("{zhang}?reason=at-desk");
        let acts = ["change", "stop", "mandate", "contact"].map(|act| format!("{zhang}/{act}"));
        for path in ["/desk", "/desk/enrol", &person].into_iter().chain(acts.iter().map(|p| &**p)) {
            page.open(path).await;
            has_no_trap(&page).await;
        }
    });
}

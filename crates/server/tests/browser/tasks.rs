//! The tasks of an office, at a desk and on a phone, done with the keyboard.

use fantoccini::key::Key;

use crate::screen::Screen;
use crate::walk;

#[test]
fn a_clerk_sees_what_is_to_be_done_and_says_that_it_is() {
    for (screen, name) in [(Screen::desk(), "desk"), (Screen::phone(), "phone")] {
        walk(screen, |page, _| async move {
            page.open("/desk/tasks").await;
            page.press("窗口").await;
            page.sees("告知医保待遇暂停").await;
            page.fits_its_width().await;
            page.photograph(&format!("tasks-zh-{name}")).await;
            page.press("English").await;
            page.sees("Tell of suspended medical cover").await;
            page.fits_its_width().await;
            page.photograph(&format!("tasks-en-{name}")).await;
            page.fill("What you did", "已电话告知补缴办法").await;
            page.key(Key::Enter).await;
            page.sees("Tasks").await;
        });
    }
}

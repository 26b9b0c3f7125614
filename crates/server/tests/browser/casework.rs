//! A surrender from the window to the bank: opened and proposed by one person, decided by another,
//! paid by a third; in Chinese and English, and the decisions with the keyboard alone.

use fantoccini::key::Key;

use crate::page::Page;
use crate::screen::Screen;
use crate::walk;

const PDF: &str = "%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n";

/// Goes with the tabulator key to whatever has these words, and presses Enter.
async fn press_by_keyboard(page: &Page, words: &str) {
    press_by(page, &char::from(Key::Tab).to_string(), words).await;
}

/// The same from the page's end: the driver takes keys on a field for files as a file's name.
async fn press_backwards(page: &Page, words: &str) {
    let back = [char::from(Key::Shift), char::from(Key::Tab)].iter().collect::<String>();
    press_by(page, &back, words).await;
}

async fn press_by(page: &Page, keys: &str, words: &str) {
    for _ in 0..80 {
        page.keys(keys).await;
        if page.focused().await.contains(words) {
            page.key(Key::Enter).await;
            return;
        }
    }
    panic!("the keyboard does not reach {words}");
}

async fn sign_in_as(page: &Page, role: &str, path: &str) {
    page.open(&format!("/desk/sign-in?back={path}")).await;
    page.press(role).await;
}

#[test]
fn a_surrender_goes_through_three_pairs_of_hands() {
    walk(Screen::desk(), |page, city| async move {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("证明.pdf");
        std::fs::write(&file, PDF).unwrap();
        let new = format!("/desk/cases/new?person={}", city.people.wang);
        sign_in_as(&page, "窗口", "/desk/queue").await;
        page.sees("没有在办的办件").await;
        page.open(&new).await;
        page.sees("办什么").await;
        page.photograph("case-kinds-zh").await;
        press_by_keyboard(&page, "退保").await;
        page.sees("本人意愿").await;
        page.choose("情形", "丧失中国国籍").await;
        page.fill("申请人姓名", "王五").await;
        page.fill("收款人姓名", "王五").await;
        page.fill("开户银行", "建设银行鼓楼支行").await;
        page.photograph("case-form-zh").await;
        page.keys(&char::from(Key::Enter).to_string()).await;
        page.sees("银行卡号或账号应为8至32位数字").await;
        page.photograph("case-form-refused-zh").await;
        page.fill("银行账号", "6217001234567890122").await;
        page.key(Key::Enter).await;
        page.sees("还缺").await;
        let case = page.path().await;
        for label in ["退出中国国籍证明或外国国籍公证译文", "书面终止申请"] {
            page.choose("这是什么材料", label).await;
            page.field("文件").await.send_keys(&file.to_string_lossy()).await.unwrap();
            page.press("上传材料").await;
            page.sees(&format!("{label}\n证明.pdf")).await;
        }
        page.fits_its_width().await;
        page.photograph("case-open-zh").await;
        press_backwards(&page, "提交复核").await;
        page.sees("待复核").await;
        page.press("退出登录").await;
        page.sees("不用登录").await;

        sign_in_as(&page, "复核", "/desk/queue").await;
        page.sees("等我处理").await;
        page.fits_its_width().await;
        page.photograph("queue-review-zh").await;
        press_by_keyboard(&page, "退保").await;
        page.sees("复核意见").await;
        page.press("English").await;
        page.sees("How it is computed").await;
        page.sees("Approve").await;
        page.photograph("case-review-en").await;
        press_by_keyboard(&page, "Approve").await;
        page.sees("approved, to be carried out").await;
        page.press("Sign out").await;
        page.sees("Card number, name and identity number are enough; no sign-in").await;

        sign_in_as(&page, "财务", &case).await;
        page.sees("执行并发出支付").await;
        press_by_keyboard(&page, "执行并发出支付").await;
        page.sees("等银行回复").await;
        page.open("/en/desk/queue").await;
        page.sees("Payments that the bank has not answered").await;
        page.photograph("queue-finance-en").await;
        page.open(&case).await;
        page.fill("银行流水号或退回原因", "CCB20261124001").await;
        page.photograph("case-paying-zh").await;
        page.key(Key::Enter).await;
        page.sees("已办结").await;
        page.fits_its_width().await;
        page.photograph("case-done-zh").await;
    });
}

#[test]
fn the_queue_and_a_case_fit_a_phone() {
    walk(Screen::phone(), |page, city| async move {
        sign_in_as(&page, "窗口", "/desk/queue").await;
        page.sees("办件").await;
        page.fits_its_width().await;
        page.open(&format!("/desk/cases/new?person={}&kind=objection", city.people.li)).await;
        page.fill("申请人姓名", "李四").await;
        page.fill("异议内容", "十月已经缴费，记录里没有").await;
        page.press("立案").await;
        page.sees("请把这一项填写完整").await;
        page.fits_its_width().await;
        page.photograph("case-phone-zh").await;
    });
}

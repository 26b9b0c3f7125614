//! A clerk imports a file without touching the mouse but for the file itself.

use fantoccini::key::Key;

use crate::screen::Screen;
use crate::walk;

const FILE: &str = "社会保障号码,姓名,经办机构,险种,缴费基数,参保起始月\n\
    320115198512312341,钱七,gulou,养老+医疗,4952,2026-11\n\
    320124197007077071,孙八,gulou,养老,5000,2026-11\n";

#[test]
fn a_clerk_checks_a_file_reads_what_is_wrong_and_books_the_rest() {
    for (screen, name) in [(Screen::desk(), "desk"), (Screen::phone(), "phone")] {
        walk(screen, |page, _| async move {
            let folder = tempfile::tempdir().unwrap();
            let file = folder.path().join("十一月参保.csv");
            std::fs::write(&file, FILE).unwrap();
            page.open("/desk/imports").await;
            page.press("窗口").await;
            page.sees("批量导入").await;
            page.fits_its_width().await;
            page.photograph(&format!("imports-{name}")).await;
            page.field("文件").await.send_keys(&file.to_string_lossy()).await.unwrap();
            page.field("参保人员").await.send_keys(" ").await.unwrap();
            page.key(Key::Enter).await;
            page.sees("不是可选档次").await;
            page.fits_its_width().await;
            page.photograph(&format!("import-checked-{name}")).await;
            page.press("English").await;
            page.sees("No line is booked yet").await;
            page.photograph(&format!("import-checked-english-{name}")).await;
            page.press("Book the good lines: 1").await;
            page.sees("Lines booked: 1").await;
            page.press("All lines").await;
            page.sees("registered and insured").await;
            page.photograph(&format!("import-booked-{name}")).await;
        });
    }
}

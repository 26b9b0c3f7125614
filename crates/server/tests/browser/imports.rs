//! Files of people, mandates and employers, CSV and XLSX, by keyboard alone: handed in, checked line by
//! line, and booked or withdrawn.

use std::path::{Path, PathBuf};

use rust_xlsxwriter::Workbook;

use crate::hand::Hand;
use crate::screen::Screen;
use crate::tongue::{TONGUES, Words};
use crate::walk;
use crate::window::WINDOW;

/// A file with one good line and one that is refused.
struct File {
    kind: Words,
    name: &'static str,
    lines: [&'static str; 3],
    refused: Words,
}

const FILES: [File; 3] = [
    File {
        kind: ("参保人员", "People who join"),
        name: "people",
        lines: [
            "社会保障号码,姓名,经办机构,险种,缴费基数,参保起始月",
            "320115198512312341,钱七,gulou,养老+医疗,4952,2026-11",
            "320124197007077071,孙八,gulou,养老,5000,2026-11",
        ],
        refused: ("不是可选档次", "is not one of the tiers"),
    },
    File {
        kind: ("代扣委托", "Bank mandates"),
        name: "mandates",
        lines: [
            "社会保障号码,姓名,代扣银行,银行账号,户名,委托签订日期",
            "320106197712052424,李四,ccb,6222021234567890128,李四,2026-11-20",
            "320124197007077071,孙八,ccb,6222021234567890128,孙八,2026-11-20",
        ],
        refused: ("没有", "no"),
    },
    File {
        kind: ("单位申报和缴费", "Employers' months"),
        name: "employers",
        lines: [
            "社会保障号码,姓名,统一社会信用代码,单位名称,费款所属期,险种,缴费基数,到账日期",
            "320115198512312341,钱七,91350100M000100Y43,Example Ltd,2026-10,养老+医疗,6000,2026-11-12",
            "320124197007077071,孙八,91350100M000100Y44,Example Ltd,2026-10,养老,6000,",
        ],
        refused: ("统一社会信用代码", "credit code"),
    },
];

#[test]
fn files_of_each_kind_are_checked_and_booked_or_withdrawn() {
    for tongue in TONGUES {
        walk(Screen::desk(), |page, _| async move {
            let folder = tempfile::tempdir().unwrap();
            let hand = Hand::new(page, tongue);
            hand.signs_in(WINDOW, "/desk/imports").await;
            hand.shows("imports").await;
            for file in &FILES {
                is_checked(&hand, file, &file.workbook(folder.path())).await;
                hand.shows(&format!("import-{}-checked-xlsx", file.name)).await;
                hand.presses(("撤回", "Withdraw")).await;
                hand.reads(("已撤回", "withdrawn")).await;
                hand.shows(&format!("import-{}-withdrawn", file.name)).await;
                is_checked(&hand, file, &file.text(folder.path())).await;
                hand.presses(("入账 1 行", "Book the good lines: 1")).await;
                hand.reads(("已入账 1", "Lines booked: 1")).await;
                hand.presses(("看所有行", "All lines")).await;
                hand.shows(&format!("import-{}-booked", file.name)).await;
            }
            hand.opens("/desk/imports").await;
            hand.presses(("检查", "Check")).await;
            hand.reads(("请改正以下内容", "Please correct the following")).await;
            hand.shows("imports-without-a-file").await;
        });
    }
}

#[test]
fn the_report_of_a_file_fits_a_phone() {
    walk(Screen::phone(), |page, _| async move {
        let folder = tempfile::tempdir().unwrap();
        page.open("/desk/imports").await;
        page.press("窗口").await;
        page.sees("批量导入").await;
        page.fits_its_width().await;
        let file = FILES[0].text(folder.path());
        page.field("文件").await.send_keys(&file.to_string_lossy()).await.unwrap();
        page.tick("参保人员").await;
        page.press("检查").await;
        page.sees("不是可选档次").await;
        page.fits_its_width().await;
        page.photograph("import-checked-phone").await;
    });
}

/// Hands a file in; the refused line says why, and nothing is booked.
async fn is_checked(hand: &Hand, file: &File, path: &Path) {
    hand.opens("/desk/imports").await;
    hand.ticks(file.kind).await;
    hand.hands_in(("文件", "File"), path).await;
    hand.presses(("检查", "Check")).await;
    hand.reads(("现在还没有任何一行入账", "No line is booked yet")).await;
    hand.reads(file.refused).await;
}

impl File {
    fn text(&self, folder: &Path) -> PathBuf {
        let path = folder.join(format!("{}-2026-11.csv", self.name));
        std::fs::write(&path, self.lines.join("\n")).unwrap();
        path
    }

    fn workbook(&self, folder: &Path) -> PathBuf {
        let path = folder.join(format!("{}-2026-11.xlsx", self.name));
        let mut book = Workbook::new();
        let sheet = book.add_worksheet();
        for (row, line) in (0..).zip(self.lines) {
            for (column, cell) in (0..).zip(line.split(',')) {
                sheet.write_string(row, column, cell).unwrap();
            }
        }
        book.save(&path).unwrap();
        path
    }
}

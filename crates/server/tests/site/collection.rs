//! 征缴统计 and 渠道文件: figures by insurance, channel and office, and what lies with the banks.

use axum::http::{StatusCode, header};
use insurance::clerk::Role;

use crate::{as_clerk, with_every_city};

#[test]
fn the_figures_of_a_month_stand_in_a_table_in_bars_and_in_a_workbook() {
    with_every_city(|app, _| async move {
        let mut clerk = as_clerk(&app, Role::Finance).await;
        let page = clerk.get("/en/desk/collection?month=2026-10").await;
        assert_eq!(page.status, StatusCode::OK);
        for words in ["By insurance", "Gulou district", "<svg", "role=\"img\"", "Age of arrears"] {
            assert!(page.body.contains(words), "{words}: {}", page.body);
        }
        // 李四 owes September and October: two dues each, both within three months.
        assert!(page.body.contains("up to 3 months</th><td class=\"money\" data-label=\"Dues\">4"));
        assert!(!page.body.contains("style="), "the content policy lets no style in");
        let workbook = clerk.get("/desk/collection/figures.xlsx?month=2026-10").await;
        assert!(workbook.body.starts_with("PK"));
        let kind = workbook.headers[header::CONTENT_TYPE].to_str().unwrap();
        assert!(kind.contains("spreadsheetml"), "{kind}");
        let empty = clerk.get("/desk/collection?month=2027-05").await;
        assert!(empty.body.contains("还没有账单"), "{}", empty.body);
    });
}

#[test]
fn the_days_of_the_channels_are_listed_and_the_board_leads_there() {
    with_every_city(|app, _| async move {
        let mut clerk = as_clerk(&app, Role::Finance).await;
        let page = clerk.get("/desk/channels?month=2026-10").await;
        assert_eq!(page.status, StatusCode::OK);
        for words in ["渠道日账", "已对平", "银行柜台", "本月还没有代扣文件"] {
            assert!(page.body.contains(words), "{words}: {}", page.body);
        }
        let board = clerk.get("/desk/month?month=2026-10").await;
        for link in ["/desk/channels?month=2026-10", "/desk/collection?month=2026-10"] {
            assert!(board.body.contains(link), "{link}: {}", board.body);
        }
        let board = as_clerk(&app, Role::Window).await.get("/desk/month?month=2026-10").await;
        assert!(!board.body.contains("/desk/channels"), "no link to what they may not open");
    });
}

//! 对账差异: listed with owner, age and stake, taken over, proposed by one and approved by another.

use axum::http::StatusCode;
use insurance::clerk::Role;

use crate::city::strange_statement;
use crate::{as_clerk, with_every_city};

fn path_in(body: &str) -> String {
    let (_, rest) = body.split_once("href=\"/desk/differences/").unwrap();
    format!("/desk/differences/{}", rest.split_once('"').unwrap().0)
}

#[test]
fn a_difference_is_taken_over_proposed_by_one_and_approved_by_another() {
    with_every_city(|app, _| async move {
        let books = app.clone();
        tokio::task::spawn_blocking(move || strange_statement(&books)).await.unwrap();
        let mut finance = as_clerk(&app, Role::Finance).await;
        let board = finance.get("/desk/month").await;
        assert!(board.body.contains("href=\"/desk/differences\""), "{}", board.body);
        let list = finance.get("/desk/differences").await;
        for words in ["渠道有、我方无", "450.00元", "无人接手", "2个工作日", "银行柜台"]
        {
            assert!(list.body.contains(words), "{words}: {}", list.body);
        }
        let none = finance.get("/desk/differences?channel=wechat").await;
        assert!(none.body.contains("没有符合条件的差异"));
        let finds = [
            ("channel=counter&kind=1&owner=nobody", true),
            ("on=2026-11-24", false),
            ("kind=2", false),
            ("owner=mine", false),
        ];
        for (asked, is_found) in finds {
            let list = finance.get(&format!("/desk/differences?{asked}")).await;
            assert_eq!(list.body.contains("450.00元"), is_found, "{asked}: {}", list.body);
        }
        let one = path_in(&list.body);
        let steps = format!("{one}/steps");
        let taken = finance.submit(&one, &steps, &[("act", "take")]).await;
        assert_eq!(taken.location(), one, "{}", taken.body);
        for (owner, is_found) in [("mine", true), ("nobody", false)] {
            let list = finance.get(&format!("/desk/differences?owner={owner}")).await;
            assert_eq!(list.body.contains("450.00元"), is_found, "{owner}: {}", list.body);
        }
        let hold = [("act", "settle"), ("settlement", "hold-theirs"), ("note", "")];
        let without = finance.submit(&one, &steps, &hold).await;
        assert_eq!(without.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(without.body.contains("请写明原因"), "{}", without.body);
        let reverse = [("act", "settle"), ("settlement", "reverse-ours"), ("note", "银行答复")];
        let wrong = finance.submit(&one, &steps, &reverse).await;
        assert!(wrong.body.contains("不适用于目前的账务状态"), "{}", wrong.body);
        let hold = [("act", "settle"), ("settlement", "hold-theirs"), ("note", "银行书面答复")];
        assert_eq!(finance.submit(&one, &steps, &hold).await.location(), one);
        assert!(finance.get(&one).await.body.contains("等另一人复核"));
        let shown = as_clerk(&app, Role::Audit).await.get(&one).await;
        assert!(
            shown.body.contains("银行书面答复") && !shown.body.contains("<button name=\"act\"")
        );
        let mut review = as_clerk(&app, Role::Review).await;
        let approve = [("act", "approve"), ("note", "")];
        let done = review.submit(&one, &steps, &approve).await;
        assert_eq!(done.location(), one, "{}", done.body);
        let shown = review.get(&format!("/en{one}")).await;
        for words in ["Settled", "approved and done", "a statement has shown it"] {
            assert!(shown.body.contains(words), "{words}: {}", shown.body);
        }
        let list = review.get("/desk/differences").await;
        assert!(list.body.contains("没有未处理的差异"), "{}", list.body);
        let queue = finance.get("/desk/queue").await;
        assert!(queue.body.contains("450.00元"), "held in suspense: {}", queue.body);
        let books = app.clone();
        let proof = tokio::task::spawn_blocking(move || operations::verify::verify(&books.db));
        assert!(proof.await.unwrap().unwrap().is_clean());
    });
}

//! A difference of a channel's day: found on the month board, taken over and proposed by finance,
//! approved by a reviewer; at a desk and on a phone, in Chinese and English.

use crate::city::strange_statement;
use crate::screen::Screen;
use crate::walk;

#[test]
fn a_difference_is_settled_by_two_people() {
    for (screen, name) in [(Screen::desk(), "desk"), (Screen::phone(), "phone")] {
        walk(screen, |page, city| async move {
            strange_statement(&city.app);
            page.open("/desk/month").await;
            page.press("财务").await;
            page.sees("对账差异").await;
            page.open("/desk/differences").await;
            page.sees("无人接手").await;
            page.fits_its_width().await;
            page.photograph(&format!("differences-zh-{name}")).await;
            page.press("渠道有、我方无").await;
            page.sees("来龙去脉").await;
            page.press("由我接手").await;
            page.sees("怎么处理").await;
            let difference = page.path().await;
            page.press("提交").await;
            page.sees("请选择处理方式").await;
            page.fits_its_width().await;
            page.photograph(&format!("difference-refused-zh-{name}")).await;
            page.tick("按渠道金额补记并转挂账（须另一人复核）").await;
            page.fill("原因", "银行书面答复：钱已收").await;
            page.press("提交").await;
            page.sees("等另一人复核").await;
            page.photograph(&format!("difference-proposed-zh-{name}")).await;
            page.press("退出登录").await;
            page.sees("不用登录").await;

            page.open(&format!("/desk/sign-in?back={difference}")).await;
            page.press("复核").await;
            page.sees("复核通过并处理").await;
            page.press("English").await;
            page.sees("Approve and do it").await;
            page.fits_its_width().await;
            page.photograph(&format!("difference-review-en-{name}")).await;
            page.press("Approve and do it").await;
            page.sees("approved and done").await;
            page.fits_its_width().await;
            page.photograph(&format!("difference-settled-en-{name}")).await;
        });
    }
}

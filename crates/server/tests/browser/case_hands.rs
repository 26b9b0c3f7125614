//! The steps that cases share, by keyboard alone: the window opens a case with a file, a reviewer who
//! is somebody else decides it, finance who is a third carries it out, and the bank answers. Whoever
//! did the step before is refused with a sentence.

use insurance::clerk::Role;
use store::tables::{clerk, clerk_staff};

use crate::City;
use crate::hand::Hand;
use crate::tongue::Words;
use crate::window::{WINDOW, finds};

pub(crate) const REVIEW: Words = ("复核", "Review");
pub(crate) const FINANCE: Words = ("财务", "Finance");
const PDF: &str = "%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n";
/// More kinds of evidence than any case wants.
const FILES_MAX: usize = 8;

/// A case on its way through the hands.
pub(crate) struct Case<'a> {
    pub(crate) hand: &'a Hand,
    pub(crate) city: &'a City,
    /// What its pictures are called.
    pub(crate) name: &'static str,
    pub(crate) kind: Words,
}

impl Case<'_> {
    /// The window finds a person and opens the form of this kind.
    pub(crate) async fn is_asked_for(&self, number: &str) {
        let hand = self.hand;
        hand.signs_in(WINDOW, "/desk").await;
        finds(hand, number).await;
        hand.follows('k').await;
        hand.presses(self.kind).await;
    }

    /// The filled-in form becomes a case; what it comes to is shown.
    pub(crate) async fn is_opened(&self) -> String {
        let hand = self.hand;
        hand.shows(&format!("{}-1-form", self.name)).await;
        hand.presses(("立案", "Open the case")).await;
        hand.reads(("怎么算的", "How it is computed")).await;
        hand.page.path().await.trim_start_matches("/en").to_owned()
    }

    /// Everything that is missing is handed in, and another paper, and the case is proposed.
    pub(crate) async fn is_proposed(&self) {
        let (hand, folder) = (self.hand, tempfile::tempdir().unwrap());
        let file = folder.path().join("2026-1124.pdf");
        std::fs::write(&file, PDF).unwrap();
        for _ in 0..FILES_MAX {
            let is_missing = hand.page.text().await.contains(hand.say(("还缺", "missing")));
            if !is_missing {
                hand.chooses(("这是什么材料", "What it shows"), ("其他材料", "Other")).await;
            }
            hand.hands_in(("文件", "File"), &file).await;
            hand.presses(("上传材料", "Upload")).await;
            if !is_missing {
                break;
            }
        }
        hand.shows(&format!("{}-2-case", self.name)).await;
        hand.presses(("提交复核", "Propose")).await;
        hand.reads(("待复核", "waits for review")).await;
        hand.signs_out().await;
    }

    /// The one who prepared it comes back as reviewer and is refused; another approves it.
    pub(crate) async fn is_approved(&self, case: &str) {
        let hand = self.hand;
        let approve = ("复核通过", "Approve");
        hand.signs_in(REVIEW, "/desk/queue").await;
        is_bound(self.city, Role::Review, "sample-window").await;
        hand.shows(&format!("{}-3-queue", self.name)).await;
        hand.presses(self.kind).await;
        hand.presses(approve).await;
        hand.reads(("请交另一位工作人员复核", "You had a hand in this case")).await;
        hand.shows(&format!("{}-4-refused", self.name)).await;
        is_bound(self.city, Role::Review, "R-7").await;
        hand.opens(case).await;
        hand.presses(approve).await;
        hand.shows(&format!("{}-5-approved", self.name)).await;
        hand.signs_out().await;
    }

    /// The reviewer comes back as finance and is refused; a third carries it out.
    pub(crate) async fn is_carried_out(&self, case: &str) {
        let hand = self.hand;
        let carry_out = ("执行并发出支付", "Carry out and order payment");
        hand.signs_in(FINANCE, case).await;
        is_bound(self.city, Role::Finance, "R-7").await;
        hand.presses(carry_out).await;
        hand.reads(("请交另一位财务人员付款", "You approved this case")).await;
        hand.shows(&format!("{}-6-refused", self.name)).await;
        is_bound(self.city, Role::Finance, "F-9").await;
        hand.opens(case).await;
        hand.presses(carry_out).await;
        hand.reads(("支付指令", "Payment orders")).await;
        hand.shows(&format!("{}-7-ordered", self.name)).await;
    }

    /// The bank paid every order.
    pub(crate) async fn is_paid(&self) {
        let hand = self.hand;
        let reference = ("银行流水号或退回原因", "The bank's number, or why not");
        for number in 1..FILES_MAX {
            if !hand.page.text().await.contains(hand.say(reference)) {
                break;
            }
            hand.types(reference, &format!("CCB2026112400{number}")).await;
            hand.presses(("银行已付", "Paid")).await;
        }
        hand.reads(("办件已结束", "The case is over")).await;
        hand.shows(&format!("{}-8-done", self.name)).await;
        hand.signs_out().await;
    }
}

/// Says which person of the staff stands behind the sample account of a role, once it was used.
async fn is_bound(city: &City, role: Role, number: &'static str) {
    let account = format!("sample-{}", role.word());
    let now = city.app.clock.now();
    let bound = city.app.db.write_async(move |tx| -> Result<_, store::Error> {
        let (clerk, _) = clerk::find_by_account(tx, &account)?.unwrap();
        clerk_staff::insert(tx, clerk.id, (number, "test"), now)
    });
    bound.await.unwrap();
}

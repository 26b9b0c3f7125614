//! Why a step of a case can't be taken; each sentence can be read out.

use insurance::calculator;
use insurance::casework::evidence::EvidenceRefusal;
use insurance::casework::form::PayeeRefusal;
use insurance::casework::hand::HandRefusal;
use insurance::casework::state::CaseRefusal;
use insurance::payment_order::AnswerMustStayFinal;
use policy::{NotEncoded, Text};
use units::Month;

use crate::stop_enrolment::StopRefusal;

/// Why a step can't be taken. Nothing is changed.
#[derive(Debug, thiserror::Error)]
pub enum CaseworkRefusal {
    /// The state of the case forbids it.
    #[error(transparent)]
    State(#[from] CaseRefusal),
    /// It takes another person.
    #[error(transparent)]
    Hand(#[from] HandRefusal),
    /// The file is no evidence.
    #[error(transparent)]
    Evidence(#[from] EvidenceRefusal),
    /// The payee can't be paid.
    #[error(transparent)]
    Payee(#[from] PayeeRefusal),
    /// The law, as the pack has it, gives no result.
    #[error(transparent)]
    Calculation(#[from] calculator::Refusal),
    /// The pack has no value for the day.
    #[error(transparent)]
    NotEncoded(#[from] NotEncoded),
    /// The enrolment can't end now.
    #[error(transparent)]
    Stop(#[from] StopRefusal),
    /// The bank gave another final answer before.
    #[error(transparent)]
    Answer(#[from] AnswerMustStayFinal),
    /// There is no such case.
    #[error("there is no such case")]
    CaseMustExist,
    /// The clerk's roles do not include it.
    #[error("the clerk's role must include this step")]
    RoleMustAllow,
    /// The case is another office's.
    #[error("the case must be the clerk's own office's")]
    OfficeMustBeTheirs,
    /// Nobody is registered under this number.
    #[error("the person must be registered")]
    PersonMustBeRegistered,
    /// The applicant has no name.
    #[error("the applicant must be named")]
    ApplicantMustBeNamed,
    /// The form is another kind's.
    #[error("a case keeps its kind")]
    KindMustStay,
    /// A day lies in the future.
    #[error("the day must not lie in the future")]
    DayMustNotBeLater,
    /// Something that the law wants shown was not handed in.
    #[error("evidence is missing")]
    EvidenceMustBeComplete(Vec<Text>),
    /// Money leaves and nobody says where to.
    #[error("a payee must be named")]
    PayeeMustBeNamed,
    /// The account is paid to the person themself.
    #[error("the account's holder must be the insured person")]
    PayeeMustBeThePerson,
    /// The heirs' parts make no whole.
    #[error("every heir needs a part of at least 1")]
    HeirsMustHaveParts,
    /// What was approved is no longer what the facts say.
    #[error("the facts changed since the case was proposed; propose it anew")]
    ResultMustStayAsApproved,
    /// After a payment came back only its account may be corrected.
    #[error("only the payee may be changed after the case was carried out")]
    OnlyThePayeeMayChange,
    /// A reason is needed.
    #[error("a reason must be given")]
    ReasonMustBeGiven,
    /// The money in suspense is gone, or is another's.
    #[error("the money must still be held in suspense")]
    SuspenseMustBeOpen,
    /// The channel's statement has not shown the money yet.
    #[error("the channel's statement must have shown the money")]
    MoneyMustBeMatched,
    /// The channel took the money back, so paying it again would pay it a third time.
    #[error("the channel must not have taken the money back")]
    MoneyMustNotBeTakenBack,
    /// Nothing that is owed fits the money.
    #[error("no unpaid due fits this money")]
    DueMustFit,
    /// The receipt is not where the case says, or was taken back.
    #[error("the receipt must stand in this person's books")]
    ReceiptMustStand,
    /// It is theirs already.
    #[error("the rightful person must be another")]
    RightfulMustBeAnother,
    /// The due is paid, or there is none.
    #[error("the due must be unpaid")]
    DueMustBeUnpaid,
    /// A channel is collecting the due just now.
    #[error("a payment of this due is under way")]
    DueMustNotBeInOpenAttempt,
    /// A month is insured here or was transferred already.
    #[error("the month {0} is counted already")]
    MonthMustNotBeCountedTwice(Month),
    /// The bank's number of the money stands in another person's transfer.
    #[error("the bank's number must not be counted for another person")]
    ReferenceMustBeOfOnePerson,
    /// The months of a transfer are no months of the past.
    #[error("the months must run forward and have ended")]
    MonthsMustHaveEnded,
    /// A text is missing or too long.
    #[error("the text must be filled in")]
    TextMustBeFilled,
    /// There is nothing to transfer.
    #[error("there are no paid months to transfer")]
    MonthsMustBePaid,
    /// There is no such order.
    #[error("there is no such payment order")]
    OrderMustExist,
    /// More came back than is claimed, or the bank may still say that it never left.
    #[error("what came back must be claimed")]
    AmountMustBeClaimed,
    /// The bank's number of the money is counted already.
    #[error("money of one bank number comes back once")]
    RecoveryMustBeCountedOnce,
    /// The database.
    #[error(transparent)]
    Store(#[from] store::Error),
}

impl CaseworkRefusal {
    /// The sentence for the clerk, with the next step.
    #[must_use]
    pub fn message(&self) -> Text {
        match self {
            Self::State(refusal) => refusal.message(),
            Self::Hand(refusal) => refusal.message(),
            Self::Evidence(refusal) => refusal.message(),
            Self::Payee(refusal) => refusal.message(),
            Self::Calculation(refusal) => refusal.message(),
            Self::NotEncoded(missing) => missing.message(),
            Self::Answer(refusal) => refusal.message(),
            Self::Stop(_) => Text::fixed(
                "本月有一笔缴费正在途中，现在不能停保；等结果返回后再执行。",
                "A payment of this month is under way, so the enrolment can't end now; carry it out when the result is in.",
            ),
            Self::EvidenceMustBeComplete(missing) => {
                let list = |pick: fn(&Text) -> &str| missing.iter().map(pick).collect::<Vec<_>>();
                Text::made(
                    format!("还缺材料：{}。请上传后再提交。", list(|t| &t.zh).join("；")),
                    format!(
                        "Still missing: {}. Upload it, then propose.",
                        list(|t| &t.en).join("; ")
                    ),
                )
            }
            Self::ReferenceMustBeOfOnePerson => Text::fixed(
                "这个银行流水号已经用于另一人的转入；请向财务核对到账是谁的，再更正流水号。",
                "This number of the bank is counted for another person's transfer; ask finance whose money it is, then correct the number.",
            ),
            Self::MonthMustNotBeCountedTwice(month) => Text::made(
                format!("{month}在本市已有缴费或已经转入，同一个月不能重复计算；请核对起止月份。"),
                format!(
                    "{month} is insured here or was transferred before; a month counts once. Check the months."
                ),
            ),
            Self::Store(_) => Text::fixed(
                "系统暂时出了问题，没有保存任何内容；请过几分钟再试。",
                "Something went wrong on our side and nothing was saved; try again in a few minutes.",
            ),
            other => other.fixed_message(),
        }
    }

    /// The sentences without a value.
    fn fixed_message(&self) -> Text {
        match self {
            Self::CaseMustExist => Text::fixed("没有这个办件。", "There is no such case."),
            Self::RoleMustAllow => Text::fixed(
                "您的岗位不能办理这一步；请交有权限的同事办理。",
                "Your role does not include this step; pass it to a colleague whose role does.",
            ),
            Self::OfficeMustBeTheirs => Text::fixed(
                "这个办件属于其他经办机构，请由受理的机构办理。",
                "This case belongs to another office; that office handles it.",
            ),
            Self::PersonMustBeRegistered => Text::fixed(
                "没有找到这位参保人，请核对身份证号。",
                "No such person is registered; check the identity number.",
            ),
            Self::ApplicantMustBeNamed => {
                Text::fixed("请填写申请人姓名（2至60个字）。", "Enter the applicant's name.")
            }
            Self::KindMustStay => Text::fixed(
                "办件事项不能更改；请撤回后另立新件。",
                "A case keeps its kind; withdraw it and open a new one.",
            ),
            Self::DayMustNotBeLater => Text::fixed(
                "日期不能晚于今天，请核对。",
                "The day must not lie in the future; check it.",
            ),
            Self::PayeeMustBeNamed => Text::fixed(
                "有款项要支付，请填写收款人、开户银行和账号。",
                "Money is to be paid: enter holder, bank and account.",
            ),
            Self::PayeeMustBeThePerson => Text::fixed(
                "个人账户只能支付给参保人本人，收款人姓名与登记不符；请核对。",
                "The account is paid to the insured person only, and the holder's name is another; check it.",
            ),
            Self::HeirsMustHaveParts => Text::fixed(
                "请至少填写一位继承人，每位的份额至少为1。",
                "Enter at least one heir, each with a part of at least 1.",
            ),
            Self::ResultMustStayAsApproved => Text::fixed(
                "复核后情况有了变化（例如又有到账），原来的结果不再适用；请退回后重新提交复核。",
                "The facts changed since the approval, such as money that arrived; send the case back and propose it anew.",
            ),
            Self::OnlyThePayeeMayChange => Text::fixed(
                "该办件已经执行，银行退回后只能更正收款人信息。",
                "The case was carried out; after the bank's refusal only the payee may be corrected.",
            ),
            Self::ReasonMustBeGiven => {
                Text::fixed("请写明理由（4至200个字）。", "Give the reason, in 4 to 200 letters.")
            }
            other => other.money_message(),
        }
    }

    /// The sentences about money and months.
    fn money_message(&self) -> Text {
        match self {
            Self::SuspenseMustBeOpen => Text::fixed(
                "这笔挂账已经处理，或不属于此人；请刷新后再看。",
                "This money was settled, or is not this person's; look again.",
            ),
            Self::MoneyMustBeMatched => Text::fixed(
                "渠道对账单还没有核对到这笔钱，暂不能退；请对平当日账后再提交。",
                "The channel's statement has not shown this money yet, so it can't be sent back; reconcile its day first.",
            ),
            Self::MoneyMustNotBeTakenBack => Text::fixed(
                "渠道已经收回这笔钱，不能再次支付；请由复核人员不予办理，结束办件。",
                "The channel took this money back, so it must not be paid again; the reviewer refuses the case, which ends it.",
            ),
            Self::DueMustFit => Text::fixed(
                "没有可以用这笔钱缴清的应缴；请改为退回。",
                "No unpaid due fits this money; send it back instead.",
            ),
            Self::ReceiptMustStand => Text::fixed(
                "这笔到账不在此人名下，或已被退回、已更正过；请核对到账编号。",
                "This receipt is not in the person's books, or was taken back or corrected before; check its number.",
            ),
            Self::RightfulMustBeAnother => Text::fixed(
                "这笔到账本来就在此人名下；请填写另一位参保人。",
                "The receipt stands in this person's books already; name another person.",
            ),
            Self::DueMustBeUnpaid => Text::fixed(
                "没有这笔应缴，或者已经缴清；已缴的请先更正到账。",
                "There is no such due, or it is paid; correct the receipt first.",
            ),
            Self::DueMustNotBeInOpenAttempt => Text::fixed(
                "这笔应缴正在支付途中，请等渠道结果返回后再更正。",
                "A payment of this due is under way; correct it when the channel's result is in.",
            ),
            Self::MonthsMustHaveEnded => Text::fixed(
                "请填写外地参保的起止月份：先后顺序正确，并且都早于本月。",
                "Enter the months insured elsewhere: in order, and all before this month.",
            ),
            Self::MonthsMustBePaid => Text::fixed(
                "此人在本市没有已缴的月份，没有可转出的关系。",
                "This person has no paid month here, so there is nothing to transfer.",
            ),
            Self::AmountMustBeClaimed => Text::fixed(
                "追回的金额应大于零，且不超过银行已付出、尚待追回的金额；请核对金额。",
                "What came back must be more than nothing and at most what the bank paid and is still claimed; check the sum.",
            ),
            Self::RecoveryMustBeCountedOnce => Text::fixed(
                "这个银行流水号已经记过追回到账；请核对流水号。",
                "Money under this number of the bank has come back already; check the number.",
            ),
            Self::OrderMustExist => {
                Text::fixed("没有这笔支付指令。", "There is no such payment order.")
            }
            _ => Text::fixed(
                "请把这一项填写完整（2至400个字）。",
                "Fill this in, in 2 to 400 letters.",
            ),
        }
    }
}

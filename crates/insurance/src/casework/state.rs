//! The course of a case: one function from state and event to the next state.

use policy::Text;

/// Where a case stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CaseState {
    /// Being prepared: form and evidence.
    Open,
    /// 待复核: waits for a second person.
    Proposed,
    /// 已复核: decided, nothing of it carried out yet.
    Approved,
    /// 支付中: carried out; the bank has not confirmed every payment.
    Paying,
    /// 办结.
    Done,
    /// 不予办理: the second person said no.
    Refused,
    /// 撤回: the applicant took it back.
    Withdrawn,
}

/// What happens to a case.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CaseEvent {
    /// The form or the evidence changes: a proposal or an approval before it is void.
    Edit,
    /// A clerk proposes the computed result.
    Propose,
    /// A second person sends it back for correction.
    SendBack,
    /// A second person approves.
    Approve,
    /// A second person refuses.
    Refuse,
    /// The applicant takes it back.
    Withdraw,
    /// It is carried out, and no money leaves.
    Finish,
    /// It is carried out, and payment orders go to the bank.
    Pay,
    /// The bank confirmed every payment.
    Confirm,
    /// The bank has answered every payment, and refused at least one.
    Bounce,
}

/// Why an event can't happen to a case.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CaseRefusal {
    /// The case is being prepared; it must be proposed first.
    #[error("the case must be proposed first")]
    CaseMustBeProposed,
    /// Nobody decided it yet.
    #[error("a second person must approve the case first")]
    CaseMustBeApproved,
    /// It was proposed already.
    #[error("the case was proposed already and waits for its decision")]
    CaseMustBeOpen,
    /// Money is on its way, or nothing is.
    #[error("this happens only while payments are under way")]
    CaseMustBePaying,
    /// Payments are with the bank.
    #[error("payments are under way; wait for the bank's answer")]
    PaymentsMustBeAnswered,
    /// It is over.
    #[error("the case is closed; open a new one")]
    CaseMustNotBeClosed,
}

impl CaseRefusal {
    /// The sentence for the clerk, with the next step.
    #[must_use]
    pub const fn message(self) -> Text {
        match self {
            Self::CaseMustBeProposed => Text::fixed(
                "该办件还没有提交复核，请先提交。",
                "The case has not been proposed yet; propose it first.",
            ),
            Self::CaseMustBeApproved => Text::fixed(
                "该办件还没有通过复核，请等待另一位经办人复核。",
                "A second person must approve the case first.",
            ),
            Self::CaseMustBeOpen => Text::fixed(
                "该办件已经提交过，正在等待下一步，不能重复提交。",
                "The case was proposed already and waits for the next step.",
            ),
            Self::CaseMustBePaying => {
                Text::fixed("该办件没有在途的付款。", "The case has no payment under way.")
            }
            Self::PaymentsMustBeAnswered => Text::fixed(
                "款项正在支付，请等银行回复后再办。",
                "Payments are under way; wait for the bank's answer.",
            ),
            Self::CaseMustNotBeClosed => Text::fixed(
                "该办件已经结束，如需再办请另立新件。",
                "The case is closed; open a new one.",
            ),
        }
    }
}

impl CaseState {
    /// Every state, in the order of their codes.
    pub const ALL: [Self; 7] = [
        Self::Open,
        Self::Proposed,
        Self::Approved,
        Self::Paying,
        Self::Done,
        Self::Refused,
        Self::Withdrawn,
    ];

    /// The code that tables hold.
    #[must_use]
    pub const fn code(self) -> i64 {
        match self {
            Self::Open => 1,
            Self::Proposed => 2,
            Self::Approved => 3,
            Self::Paying => 4,
            Self::Done => 5,
            Self::Refused => 6,
            Self::Withdrawn => 7,
        }
    }

    /// The state of a code.
    #[must_use]
    pub fn from_code(code: i64) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.code() == code)
    }

    /// Whether nothing more happens.
    #[must_use]
    pub const fn is_closed(self) -> bool {
        matches!(self, Self::Done | Self::Refused | Self::Withdrawn)
    }

    /// What people call it.
    #[must_use]
    pub const fn name(self) -> Text {
        match self {
            Self::Open => Text::fixed("受理中", "being prepared"),
            Self::Proposed => Text::fixed("待复核", "waits for review"),
            Self::Approved => Text::fixed("已复核，待执行", "approved, to be carried out"),
            Self::Paying => Text::fixed("支付中", "payment under way"),
            Self::Done => Text::fixed("已办结", "done"),
            Self::Refused => Text::fixed("不予办理", "refused"),
            Self::Withdrawn => Text::fixed("已撤回", "withdrawn"),
        }
    }

    /// The state after an event.
    ///
    /// # Errors
    /// [`CaseRefusal`] when a rule forbids it; the state stays.
    pub const fn next(self, event: CaseEvent) -> Result<Self, CaseRefusal> {
        use CaseEvent::{
            Approve, Bounce, Confirm, Edit, Finish, Pay, Propose, Refuse, SendBack, Withdraw,
        };
        match (self, event) {
            (Self::Open | Self::Proposed | Self::Approved, Edit) => Ok(Self::Open),
            (Self::Open, Propose) => Ok(Self::Proposed),
            (Self::Proposed | Self::Approved, Propose) => Err(CaseRefusal::CaseMustBeOpen),
            (Self::Proposed | Self::Approved, SendBack) => Ok(Self::Open),
            (Self::Proposed, Approve) => Ok(Self::Approved),
            (Self::Proposed, Refuse) => Ok(Self::Refused),
            (Self::Open, SendBack | Approve | Refuse) => Err(CaseRefusal::CaseMustBeProposed),
            (Self::Approved, Approve | Refuse) => Err(CaseRefusal::CaseMustBeOpen),
            (Self::Open | Self::Proposed | Self::Approved, Withdraw) => Ok(Self::Withdrawn),
            (Self::Approved, Finish) => Ok(Self::Done),
            (Self::Approved, Pay) => Ok(Self::Paying),
            (Self::Open | Self::Proposed, Finish | Pay) => Err(CaseRefusal::CaseMustBeApproved),
            (Self::Paying, Confirm) => Ok(Self::Done),
            (Self::Paying, Bounce) => Ok(Self::Open),
            (
                Self::Paying,
                Edit | Propose | SendBack | Approve | Refuse | Withdraw | Finish | Pay,
            ) => Err(CaseRefusal::PaymentsMustBeAnswered),
            (Self::Open | Self::Proposed | Self::Approved, Confirm | Bounce) => {
                Err(CaseRefusal::CaseMustBePaying)
            }
            (
                Self::Done | Self::Refused | Self::Withdrawn,
                Edit | Propose | SendBack | Approve | Refuse | Withdraw | Finish | Pay | Confirm
                | Bounce,
            ) => Err(CaseRefusal::CaseMustNotBeClosed),
        }
    }
}

impl CaseEvent {
    /// Every event, in the order of their codes.
    pub const ALL: [Self; 10] = [
        Self::Edit,
        Self::Propose,
        Self::SendBack,
        Self::Approve,
        Self::Refuse,
        Self::Withdraw,
        Self::Finish,
        Self::Pay,
        Self::Confirm,
        Self::Bounce,
    ];

    /// The code that tables hold.
    #[must_use]
    pub const fn code(self) -> i64 {
        match self {
            Self::Edit => 1,
            Self::Propose => 2,
            Self::SendBack => 3,
            Self::Approve => 4,
            Self::Refuse => 5,
            Self::Withdraw => 6,
            Self::Finish => 7,
            Self::Pay => 8,
            Self::Confirm => 9,
            Self::Bounce => 10,
        }
    }

    /// The event of a code.
    #[must_use]
    pub fn from_code(code: i64) -> Option<Self> {
        Self::ALL.into_iter().find(|event| event.code() == code)
    }

    /// What people call it.
    #[must_use]
    pub const fn name(self) -> Text {
        match self {
            Self::Edit => Text::fixed("登记或修改", "entered or changed"),
            Self::Propose => Text::fixed("提交复核", "proposed"),
            Self::SendBack => Text::fixed("退回补正", "sent back"),
            Self::Approve => Text::fixed("复核通过", "approved"),
            Self::Refuse => Text::fixed("不予办理", "refused"),
            Self::Withdraw => Text::fixed("申请人撤回", "withdrawn"),
            Self::Finish => Text::fixed("执行办结", "carried out"),
            Self::Pay => Text::fixed("发出支付", "payment ordered"),
            Self::Confirm => Text::fixed("银行确认付款", "payment confirmed"),
            Self::Bounce => Text::fixed("银行退回付款", "payment refused by the bank"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every edge, as a reader checks it.
    #[test]
    fn every_edge_of_a_case_is_as_written() {
        let mut table = String::new();
        for state in CaseState::ALL {
            let edges: Vec<String> = CaseEvent::ALL
                .into_iter()
                .filter_map(|event| Some(format!("{event:?}→{:?}", state.next(event).ok()?)))
                .collect();
            table.push_str(&format!("{state:?}: {}\n", edges.join(" ")));
        }
        assert_eq!(
            table,
            "\
Open: Edit→Open Propose→Proposed Withdraw→Withdrawn
Proposed: Edit→Open SendBack→Open Approve→Approved Refuse→Refused Withdraw→Withdrawn
Approved: Edit→Open SendBack→Open Withdraw→Withdrawn Finish→Done Pay→Paying
Paying: Confirm→Done Bounce→Open
Done: \nRefused: \nWithdrawn: \n"
        );
    }

    #[test]
    fn every_refusal_names_the_state_that_is_needed() {
        let refused = |state: CaseState, event| state.next(event).unwrap_err();
        assert_eq!(refused(CaseState::Open, CaseEvent::Approve), CaseRefusal::CaseMustBeProposed);
        assert_eq!(refused(CaseState::Proposed, CaseEvent::Pay), CaseRefusal::CaseMustBeApproved);
        assert_eq!(refused(CaseState::Approved, CaseEvent::Approve), CaseRefusal::CaseMustBeOpen);
        assert_eq!(
            refused(CaseState::Paying, CaseEvent::Edit),
            CaseRefusal::PaymentsMustBeAnswered
        );
        assert_eq!(refused(CaseState::Open, CaseEvent::Confirm), CaseRefusal::CaseMustBePaying);
        for state in [CaseState::Done, CaseState::Refused, CaseState::Withdrawn] {
            for event in CaseEvent::ALL {
                assert_eq!(refused(state, event), CaseRefusal::CaseMustNotBeClosed);
            }
        }
    }
}

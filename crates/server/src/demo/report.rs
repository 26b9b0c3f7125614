//! The month as a table: people, dues, money by channel and insurance, arrears, suspensions.

use insurance::due::DueState;
use insurance::payment::ChannelKind;
use policy::Branch;
use store::Db;
use store::tables::due::Standing;
use store::tables::receipt::BranchMoney;
use store::tables::{due, enrolment, notice, receipt, suspense, suspension, task};
use units::{Fen, Month};

/// Everything that the table shows.
#[derive(Clone, Debug)]
pub struct Report {
    month: Month,
    insured: i64,
    standings: Vec<Standing>,
    money: Vec<BranchMoney>,
    suspended: i64,
    tasks: i64,
    held: (i64, Fen),
    notices: i64,
}

impl Report {
    /// Reads a month.
    ///
    /// # Errors
    /// The database's.
    pub fn read(db: &Db, month: Month) -> Result<Self, store::Error> {
        db.read(|tx| {
            Ok(Self {
                month,
                insured: enrolment::count_insured(tx, month)?,
                standings: due::sum_of_month(tx, month)?,
                money: receipt::sum_by_branch(tx, month)?,
                suspended: suspension::count_of_month(tx, month)?,
                tasks: task::count_open(tx)?,
                held: suspense::sum_open(tx)?,
                notices: notice::count_of_month(tx, month)?.iter().map(|(_, count)| count).sum(),
            })
        })
    }

    /// One row per insurance, and the sum of all.
    #[must_use]
    pub fn rows(&self) -> Vec<Vec<String>> {
        let mut rows: Vec<Vec<String>> =
            Branch::ALL.iter().map(|branch| self.row(branch.chinese(), Some(*branch))).collect();
        rows.push(self.row("合计 total", None));
        rows
    }

    /// The heads of [`Report::rows`].
    pub const HEADER: [&'static str; 8] = [
        "险种 insurance",
        "应缴 dues",
        "yuan",
        "银行 bank",
        "柜面 counter",
        "微信 WeChat",
        "欠费 arrears",
        "yuan",
    ];

    fn row(&self, name: &str, branch: Option<Branch>) -> Vec<String> {
        let mine = |of: Branch| branch.is_none_or(|branch| branch == of);
        let standings = || self.standings.iter().filter(|s| mine(s.branch));
        let arrears = || standings().filter(|s| s.state == DueState::Arrears);
        let by = |channel: ChannelKind| -> Fen {
            let of = self.money.iter().filter(|m| m.channel == channel && mine(m.branch));
            of.map(|m| m.amount).sum()
        };
        vec![
            name.to_owned(),
            standings().map(|s| s.count).sum::<i64>().to_string(),
            standings().map(|s| s.amount).sum::<Fen>().to_string(),
            by(ChannelKind::BankBatch).to_string(),
            by(ChannelKind::Counter).to_string(),
            by(ChannelKind::Wechat).to_string(),
            arrears().map(|s| s.count).sum::<i64>().to_string(),
            arrears().map(|s| s.amount).sum::<Fen>().to_string(),
        ]
    }

    /// What stands below the table.
    #[must_use]
    pub fn foot(&self) -> String {
        format!(
            "  {} 参保 people insured in {} · {} 暂停医保 suspended · {} 挂账 amounts in suspense, {} \
             yuan · {} 告知 notices · {} 待办 tasks",
            self.insured,
            self.month,
            self.suspended,
            self.held.0,
            self.held.1,
            self.notices,
            self.tasks
        )
    }
}

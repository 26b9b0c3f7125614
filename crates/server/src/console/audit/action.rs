//! What people call an operation of the trail. The trail keeps its word; a word that is not in the
//! list is shown as it is.

/// Word, Chinese, English.
const ACTIONS: [(&str, &str, &str); 28] = [
    ("bind_subject", "绑定统一身份", "Identity bound"),
    ("book_enrolment", "预约参保", "Booked to join"),
    ("book_import", "导入入账", "Import booked"),
    ("casework", "办件", "Case"),
    ("change_duties", "变更岗位", "Duties changed"),
    ("change_enrolment", "变更参保", "Insurance changed"),
    ("change_password", "更改密码", "Password changed"),
    ("change_phone", "变更手机", "Phone changed"),
    ("check_import", "检查导入文件", "Import checked"),
    ("close_account", "注销账号", "Account closed"),
    ("difference", "对账差异", "Difference"),
    ("end_mandate", "终止代扣委托", "Mandate ended"),
    ("enrol", "参保登记", "Enrolled"),
    ("export_trail", "下载审计记录", "Trail taken along"),
    ("lock_account", "锁定账号", "Account locked"),
    ("open_account", "开通账号", "Account opened"),
    ("renew", "续保", "Renewed"),
    ("reset_account", "重置密码和验证器", "Password and second factor reset"),
    ("sign_mandate", "签订代扣委托", "Mandate signed"),
    ("sign_out_account", "账号下线", "Account signed out"),
    ("sign_out_everywhere", "全部退出", "Signed out everywhere"),
    ("stop_enrolment", "停保", "Stopped"),
    ("switch_notices_off", "关闭社保通", "Messages off"),
    ("switch_notices_on", "开通社保通", "Messages on"),
    ("task", "待办", "Task"),
    ("unlock_account", "解锁账号", "Account unlocked"),
    ("withdraw_draft", "取消预约", "Booking withdrawn"),
    ("withdraw_import", "撤回导入", "Import withdrawn"),
];

/// What people call an operation: Chinese and English.
pub(super) fn words(action: &str) -> Option<(&'static str, &'static str)> {
    ACTIONS.iter().find(|(word, ..)| *word == action).map(|(_, zh, en)| (*zh, *en))
}

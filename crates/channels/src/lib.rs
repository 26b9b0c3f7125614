//! Channels: the words of the outside parties through which money arrives.
//!
//! Each channel is a set of pure readers and writers: bytes in, our own
//! [`ChannelEvent`](insurance::payment::ChannelEvent)s and typed facts out. No file here holds a
//! rule of insurance, touches a database, or knows the clock; only [`http_send`] touches the
//! network, and only [`bank_batch::hand_over`] the disk.
//!
//! Files in reading order: [`http_message`] requests and answers; [`http_send`] sending them;
//! [`bank_batch`] 批量代扣; [`counter_api`] 柜面; [`hospital_api`] 医院; [`wechat_pay`] 微信支付; [`wechat_account`] 公众号;
//! [`wechat_sandbox`] a WeChat to practise with.

pub mod bank_batch;
pub mod counter_api;
pub mod hospital_api;
pub mod http_message;
pub mod http_send;
pub mod wechat_account;
pub mod wechat_pay;
pub mod wechat_sandbox;

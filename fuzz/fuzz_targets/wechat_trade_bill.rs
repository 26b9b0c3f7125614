#![no_main]

use libfuzzer_sys::fuzz_target;
use shebao_fuzz::{plant, wechat};

fuzz_target!(init: plant(wechat::TRADE_BILL), |bytes: &[u8]| (wechat::TRADE_BILL.read)(bytes));

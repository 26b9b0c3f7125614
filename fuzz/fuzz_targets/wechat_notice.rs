#![no_main]

use libfuzzer_sys::fuzz_target;
use shebao_fuzz::{plant, wechat};

fuzz_target!(init: plant(wechat::NOTICE), |bytes: &[u8]| (wechat::NOTICE.read)(bytes));

#![no_main]

use libfuzzer_sys::fuzz_target;
use shebao_fuzz::{bank, plant};

fuzz_target!(init: plant(bank::PIPE_GBK), |bytes: &[u8]| (bank::PIPE_GBK.read)(bytes));

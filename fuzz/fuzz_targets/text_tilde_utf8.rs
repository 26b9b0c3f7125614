#![no_main]

use libfuzzer_sys::fuzz_target;
use shebao_fuzz::{bank, plant};

fuzz_target!(init: plant(bank::TILDE_UTF8), |bytes: &[u8]| (bank::TILDE_UTF8.read)(bytes));

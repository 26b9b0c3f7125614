#![no_main]

use libfuzzer_sys::fuzz_target;
use shebao_fuzz::{bank, plant};

fuzz_target!(init: plant(bank::FIXED_GB18030), |bytes: &[u8]| (bank::FIXED_GB18030.read)(bytes));

#![no_main]

use libfuzzer_sys::fuzz_target;
use shebao_fuzz::{bank, plant};

fuzz_target!(init: plant(bank::PAIN_002), |bytes: &[u8]| (bank::PAIN_002.read)(bytes));

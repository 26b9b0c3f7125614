#![no_main]

use libfuzzer_sys::fuzz_target;
use shebao_fuzz::{bank, plant};

fuzz_target!(init: plant(bank::PROFILE), |bytes: &[u8]| (bank::PROFILE.read)(bytes));

#![no_main]

use libfuzzer_sys::fuzz_target;
use shebao_fuzz::{bank, plant};

fuzz_target!(init: plant(bank::BEPS_381), |bytes: &[u8]| (bank::BEPS_381.read)(bytes));

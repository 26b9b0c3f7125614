#![no_main]

use libfuzzer_sys::fuzz_target;
use shebao_fuzz::{bank, plant};

fuzz_target!(init: plant(bank::CAMT_054), |bytes: &[u8]| (bank::CAMT_054.read)(bytes));

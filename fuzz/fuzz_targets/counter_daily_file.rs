#![no_main]

use libfuzzer_sys::fuzz_target;
use shebao_fuzz::{counter, plant};

fuzz_target!(init: plant(counter::DAILY_FILE), |bytes: &[u8]| (counter::DAILY_FILE.read)(bytes));

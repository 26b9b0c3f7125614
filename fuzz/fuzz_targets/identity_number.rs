#![no_main]

use libfuzzer_sys::fuzz_target;
use shebao_fuzz::{number, plant};

fuzz_target!(init: plant(number::IDENTITY), |bytes: &[u8]| (number::IDENTITY.read)(bytes));

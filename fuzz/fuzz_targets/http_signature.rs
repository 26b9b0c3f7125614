#![no_main]

use libfuzzer_sys::fuzz_target;
use shebao_fuzz::{counter, plant};

fuzz_target!(init: plant(counter::SIGNATURE), |bytes: &[u8]| (counter::SIGNATURE.read)(bytes));

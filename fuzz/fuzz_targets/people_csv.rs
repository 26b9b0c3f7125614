#![no_main]

use libfuzzer_sys::fuzz_target;
use shebao_fuzz::{people, plant};

fuzz_target!(init: plant(people::CSV), |bytes: &[u8]| (people::CSV.read)(bytes));

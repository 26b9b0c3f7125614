#![no_main]

use libfuzzer_sys::fuzz_target;
use shebao_fuzz::{pack, plant};

fuzz_target!(init: plant(pack::LAW), |bytes: &[u8]| (pack::LAW.read)(bytes));

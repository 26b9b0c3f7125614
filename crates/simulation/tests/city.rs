//! A small city for two years, with every fault, on the real operations and a real database.

use std::sync::Arc;

use insurance::ids::IdSource;
use operations::City;
use policy::Pack;
use simulation::life::{Plan, live};
use simulation::network::Faults;
use store::Url;

#[test]
fn the_books_of_a_city_agree_on_every_day_of_two_years() {
    let folder = tempfile::tempdir().unwrap();
    let url = Url::of_file(&folder.path().join("city.db"));
    let pack = Pack::shipped("nanjing").unwrap();
    let city = City::new(Arc::new(pack), IdSource::new(0));
    let plan = Plan {
        people: 30,
        first: "2024-01".parse().unwrap(),
        last: "2025-12".parse().unwrap(),
        seed: 1,
        faults: Faults::ROUGH,
    };
    let report = live(plan, &url, city).unwrap();
    let breaches = &report.breaches;
    assert!(breaches.is_empty(), "{} breaches, the first: {:?}", breaches.len(), breaches[0]);
}

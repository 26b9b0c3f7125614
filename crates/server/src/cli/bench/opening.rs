//! From start to ready on the database that the assessment left.

use std::path::Path;

use store::{Db, Url};

use super::{Figure, timed};

pub(super) fn measure(folder: &Path) -> anyhow::Result<Vec<Figure>> {
    let url = Url::of_file(&folder.join("city.db"));
    let (db, took) = timed(|| Db::open(&url));
    let people = db?.read(store::tables::person::count)?;
    let work = format!("open a file of {people} people");
    let measured = format!("{:.0} ms", took.as_secs_f64() * 1e3);
    Ok(vec![Figure::new(&work, measured, String::new(), String::new())])
}

//! Files of people: every line tried against an empty city, and undone.

use std::cell::RefCell;
use std::io::Cursor;
use std::sync::Arc;

use insurance::ids::IdSource;
use operations::City;
use operations::import_file::{ImportError, ImportKind, Source, check_file};
use policy::Pack;
use store::{Db, Url};
use units::Timestamp;

use super::Parser;

/// A file of people who join: CSV in UTF-8 or GBK, or a workbook.
pub const CSV: Parser = Parser {
    name: "people_csv",
    rounds: 300,
    samples: || {
        let text = "\
identity_number,name,card_number,phone,office,branches,base,from,bank,account_number
320102199001010010,张三,A10000001,13912345678,xuanwu,pension+medical+unemployment,4952,2026-11,ccb,6217001234567890122
320115198512312341,李四,A10000002,,jiangning,pension+medical,6000,2026-11,,
";
        vec![text.as_bytes().to_vec(), encoding_rs::GBK.encode(text).0.into_owned()]
    },
    read: |bytes| CITY.with(|city| city.borrow_mut().read(bytes)),
};

thread_local! {
    static CITY: RefCell<EmptyCity> = RefCell::new(EmptyCity::new());
}

struct EmptyCity {
    db: Db,
    city: City,
    now: Timestamp,
    _folder: tempfile::TempDir,
}

impl EmptyCity {
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let now: Timestamp = "2026-11-02T10:00:00+08:00".parse().expect("a moment");
        let db = Db::migrate(&Url::of_file(&folder.path().join("city.db")), now).expect("a city");
        let pack = Pack::shipped("nanjing").expect("a shipped pack");
        Self { db, city: City::new(Arc::new(pack), IdSource::new(0)), now, _folder: folder }
    }

    fn read(&mut self, bytes: &[u8]) {
        let input = Cursor::new(bytes);
        let source = Source { kind: ImportKind::People, input, actor: "fuzz", office: None };
        let checked = check_file(&self.db, &self.city, source, self.now);
        self.now = self.now.plus_seconds(1);
        match checked {
            Ok(_) => {}
            Err(ImportError::Store(error)) => panic!("the database takes every line: {error}"),
            Err(refusal) => super::assert_sentence(&refusal.to_string()),
        }
    }
}

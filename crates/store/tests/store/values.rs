//! Values go into a table and come out the same, and nothing else comes out.

use insurance::ids::PersonId;
use store::testing::for_each_database;
use store::{Db, Error, Tx, Value};
use units::{Date, Fen, Month, Timestamp};

type Getter = fn(&store::Row<'_>) -> Result<(), Error>;
type Write = fn(&mut Tx<'_>) -> Result<u64, Error>;

fn make_sample(db: &Db) {
    // SQLite's strict tables have no BIGINT; the migrations translate it.
    let strict = db.read(|tx| tx.query_one("SELECT sqlite_version()", &[], |_| Ok(()))).is_ok();
    db.write(move |tx| {
        let sql =
            "CREATE TABLE sample (person_id INTEGER PRIMARY KEY, words TEXT, raw BLOB) STRICT";
        let sql = if strict {
            sql.to_owned()
        } else {
            sql.replace("INTEGER", "BIGINT").replace("BLOB", "BYTEA").replace(" STRICT", "")
        };
        tx.execute(&sql, &[])
    })
    .unwrap();
}

#[test]
fn every_kind_of_value_comes_back_as_it_went_in() {
    for_each_database(|db| {
        let month: Month = "2026-12".parse().unwrap();
        let day: Date = "2026-12-31".parse().unwrap();
        let moment: Timestamp = "2026-12-31T23:59:59.123456+08:00".parse().unwrap();
        let fen = Fen::MAX;
        let person = PersonId::from_i64(i64::MAX);
        let nothing: Option<Date> = None;
        let sql = "SELECT $1 + 0, $2 + 0, $3 || '', $4 + 0, $5 + 0, $6 || '', $7 = 1, $8 || ''";
        let params: [Value<'_>; 8] = [
            fen.into(),
            month.into(),
            day.into(),
            moment.into(),
            person.into(),
            "社保\0卡".trim_end_matches("\0卡").into(),
            true.into(),
            nothing.into(),
        ];
        db.read(|tx| {
            tx.query_one(sql, &params, |row| {
                assert_eq!(row.fen(0)?, fen);
                assert_eq!(row.month(1)?, month);
                assert_eq!(row.date(2)?, day);
                assert_eq!(row.timestamp(3)?, moment);
                assert_eq!(row.id::<PersonId>(4)?, person);
                assert_eq!(row.text(5)?, "社保");
                assert!(row.bool(6)?);
                assert_eq!(row.opt_date(7)?, None);
                Ok(())
            })
        })
        .unwrap();
    });
}

#[test]
fn raw_bytes_come_back_as_they_went_in() {
    for_each_database(|db| {
        make_sample(db);
        let bytes: Vec<u8> = (0..=255).collect();
        let written = bytes.clone();
        db.write(move |tx| {
            let sql = "INSERT INTO sample (person_id, raw) VALUES (1, $1)";
            tx.execute(sql, &[written.as_slice().into()])
        })
        .unwrap();
        let read = db.read(|tx| {
            tx.query_one("SELECT raw FROM sample", &[], |row| Ok(row.blob(0)?.to_vec()))
        });
        assert_eq!(read, Ok(bytes));
    });
}

#[test]
fn a_column_that_holds_something_else_is_corrupt() {
    for_each_database(|db| {
        let read = |sql: &str, getter: Getter| db.read(|tx| tx.query_one(sql, &[], getter));
        let cases: [(&str, Getter, &str); 9] = [
            ("SELECT 'one'", |row| row.int(0).map(|_| ()), "a number"),
            ("SELECT 1", |row| row.text(0).map(|_| ()), "a text"),
            ("SELECT CAST(NULL AS TEXT)", |row| row.text(0).map(|_| ()), "a text"),
            ("SELECT 202613", |row| row.month(0).map(|_| ()), "a month"),
            ("SELECT -1", |row| row.fen(0).map(|_| ()), "an amount"),
            ("SELECT '2026-02-30'", |row| row.date(0).map(|_| ()), "a day"),
            ("SELECT 2", |row| row.bool(0).map(|_| ()), "yes or no"),
            ("SELECT 9", |row| row.code(0, |_| None::<()>), "a known code"),
            ("SELECT 'text'", |row| row.blob(0).map(|_| ()), "raw bytes"),
        ];
        for (sql, getter, expected) in cases {
            assert_eq!(read(sql, getter), Err(Error::Corrupt { column: 0, expected }), "{sql}");
        }
        let beyond = read("SELECT 1", |row| row.int(1).map(|_| ()));
        assert_eq!(beyond, Err(Error::Corrupt { column: 1, expected: "a number" }));
    });
}

#[test]
fn a_text_in_a_numbers_place_is_refused_and_the_other_way_round() {
    for_each_database(|db| {
        make_sample(db);
        let cases: [Write; 2] = [
            |tx| tx.execute("INSERT INTO sample (person_id) VALUES ($1)", &["one".into()]),
            |tx| {
                let raw: &[u8] = b"raw";
                tx.execute("INSERT INTO sample (person_id, words) VALUES (1, $1)", &[raw.into()])
            },
        ];
        for case in cases {
            assert!(matches!(db.write(case), Err(Error::Statement { .. })));
        }
    });
}

#[test]
fn an_error_never_quotes_a_value_of_a_row() {
    for_each_database(|db| {
        let identity = "32010619900101001X";
        let insert = |tx: &mut Tx<'_>| {
            let sql = "INSERT INTO identity_key (identity_number, person_id) VALUES ($1, $2)";
            tx.execute(sql, &["32010619900101001X".into(), 1_i64.into()])
        };
        db.write(insert).unwrap();
        let error = db.write(insert).unwrap_err();
        let source = std::error::Error::source(&error).unwrap();
        let told = format!("{error} {error:?} {source}");
        assert!(!told.contains(identity), "{told}");
        assert!(told.contains("identity_key"), "{told}");
    });
}

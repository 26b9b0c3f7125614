//! The schema must run on both engines and, unchanged, on a PostgreSQL that is spread over many
//! machines: what belongs to a person is kept on one of them, found by `person_id`.

use std::cell::RefCell;

use store::testing::{for_each_database, on_postgres, on_sqlite};
use store::{Db, Tx};

/// Tables that make something unique across the city. They are keyed by the value that is looked
/// up, which says where the person is; only they may hold a `person_id` outside their key.
const LOOKUPS: [(&str, &[&str]); 4] = [
    ("card_key", &["card_number"]),
    ("channel_reference", &["channel", "reference"]),
    ("identity_key", &["identity_number"]),
    ("recovery", &["reference"]),
];

#[derive(Debug, PartialEq, Eq)]
struct Table {
    name: String,
    columns: Vec<Column>,
    /// The primary key and every unique index.
    unique: Vec<Key>,
    /// SQLite checks types only in strict tables.
    checks_types: bool,
}

#[derive(Debug, PartialEq, Eq)]
struct Column {
    name: String,
    kind: String,
    /// The engine would make up values.
    makes_values: bool,
}

#[derive(Debug, PartialEq, Eq)]
struct Key {
    primary: bool,
    columns: Vec<String>,
}

/// What is wrong with a table, in sentences.
fn faults(table: &Table) -> Vec<String> {
    let name = &table.name;
    let mut faults = Vec::new();
    if !table.checks_types {
        faults.push(format!("{name} must end with {{rowid}} or {{without_rowid}}"));
    }
    for Column { name: column, kind, makes_values } in &table.columns {
        if !["BIGINT", "TEXT", "BLOB"].contains(&kind.as_str()) {
            faults.push(format!("{name}.{column} must be BIGINT, TEXT or {{blob}}, not {kind}"));
        }
        if *makes_values {
            faults.push(format!("{name}.{column} must get its value from the program"));
        }
    }
    if !table.unique.iter().any(|key| key.primary) {
        faults.push(format!("{name} must have a primary key"));
    }
    faults.extend(key_faults(table));
    faults
}

fn key_faults(table: &Table) -> Vec<String> {
    let name = &table.name;
    let lookup = LOOKUPS.iter().find(|(lookup, _)| lookup == name);
    let of_person = table.columns.iter().any(|column| column.name == "person_id");
    let fault = |key: &Key| match lookup {
        Some((_, value)) if key.primary && key.columns != *value => {
            Some(format!("{name} must be keyed by what is looked up"))
        }
        None if of_person && !key.columns.iter().any(|column| column == "person_id") => {
            Some(format!("{name} must have person_id in the key ({})", key.columns.join(", ")))
        }
        _ => None,
    };
    table.unique.iter().filter_map(fault).collect()
}

fn tables_of_sqlite(tx: &mut Tx<'_>) -> Result<Vec<Table>, store::Error> {
    let names = tx.query(
        "SELECT list.name, list.strict, COALESCE(made.sql LIKE '%AUTOINCREMENT%', 0)
         FROM pragma_table_list AS list JOIN sqlite_schema AS made ON made.name = list.name
         WHERE list.type = 'table' AND substr(list.name, 1, 7) <> 'sqlite_'
         ORDER BY list.name",
        &[],
        |row| Ok((row.string(0)?, row.bool(1)?, row.bool(2)?)),
    )?;
    let mut tables = Vec::new();
    for (name, checks_types, counts) in names {
        let columns = tx.query(
            "SELECT name, type FROM pragma_table_info($1) ORDER BY cid",
            &[(&name).into()],
            |row| {
                let kind = row.text(1)?.replace("INTEGER", "BIGINT");
                Ok(Column { name: row.string(0)?, kind, makes_values: counts })
            },
        )?;
        let key = tx.query(
            "SELECT name FROM pragma_table_info($1) WHERE pk > 0 ORDER BY pk",
            &[(&name).into()],
            |row| row.string(0),
        )?;
        let indexes = tx.query(
            "SELECT name FROM pragma_index_list($1) WHERE \"unique\" = 1 AND origin <> 'pk'
             ORDER BY name",
            &[(&name).into()],
            |row| row.string(0),
        )?;
        let mut unique = Vec::new();
        if !key.is_empty() {
            unique.push(Key { primary: true, columns: key });
        }
        for index in indexes {
            let columns = tx.query(
                "SELECT name FROM pragma_index_info($1) ORDER BY seqno",
                &[(&index).into()],
                |row| row.string(0),
            )?;
            unique.push(Key { primary: false, columns });
        }
        tables.push(Table { name, columns, unique, checks_types });
    }
    Ok(tables)
}

fn tables_of_postgres(tx: &mut Tx<'_>) -> Result<Vec<Table>, store::Error> {
    let names = tx.query(
        "SELECT relname FROM pg_class
         WHERE relkind IN ('r', 'p') AND relnamespace = 'public'::regnamespace ORDER BY relname",
        &[],
        |row| row.string(0),
    )?;
    let mut tables = Vec::new();
    for name in names {
        let columns = tx.query(
            "SELECT attname, upper(format_type(atttypid, atttypmod)),
                    attidentity <> '' OR pg_get_serial_sequence($1, attname) IS NOT NULL
             FROM pg_attribute WHERE attrelid = $1::text::regclass AND attnum > 0
                 AND NOT attisdropped ORDER BY attnum",
            &[(&name).into()],
            |row| {
                let kind = row.text(1)?.replace("BYTEA", "BLOB");
                Ok(Column { name: row.string(0)?, kind, makes_values: row.bool(2)? })
            },
        )?;
        let keys = tx.query(
            "SELECT index.relname, made.indisprimary, held.attname
             FROM pg_index AS made
             JOIN pg_class AS index ON index.oid = made.indexrelid
             CROSS JOIN LATERAL unnest(made.indkey) WITH ORDINALITY AS part (number, place)
             JOIN pg_attribute AS held
               ON held.attrelid = made.indrelid AND held.attnum = part.number
             WHERE made.indrelid = $1::text::regclass AND made.indisunique
             ORDER BY made.indisprimary DESC, index.relname, part.place",
            &[(&name).into()],
            |row| Ok((row.string(0)?, row.bool(1)?, row.string(2)?)),
        )?;
        let unique = keys
            .chunk_by(|left, right| left.0 == right.0)
            .map(|parts| Key {
                primary: parts[0].1,
                columns: parts.iter().map(|part| part.2.clone()).collect(),
            })
            .collect();
        tables.push(Table { name, columns, unique, checks_types: true });
    }
    Ok(tables)
}

fn is_sqlite(db: &Db) -> bool {
    db.read(|tx| tx.query_one("SELECT sqlite_version()", &[], |row| row.string(0))).is_ok()
}

fn tables(db: &Db) -> Vec<Table> {
    let read = if is_sqlite(db) { tables_of_sqlite } else { tables_of_postgres };
    db.read(read).unwrap()
}

fn all_faults(db: &Db) -> Vec<String> {
    tables(db).iter().flat_map(faults).collect()
}

#[test]
fn every_table_is_portable_and_can_be_spread_by_person() {
    for_each_database(|db| {
        assert!(tables(db).len() > 20, "the tables are found");
        assert_eq!(all_faults(db), Vec::<String>::new());
        for (lookup, _) in LOOKUPS {
            assert!(tables(db).iter().any(|table| table.name == lookup), "{lookup} exists");
        }
    });
}

#[test]
fn both_engines_have_the_same_tables_and_keys() {
    let seen = RefCell::new(Vec::new());
    for_each_database(|db| seen.borrow_mut().push(tables(db)));
    let seen = seen.into_inner();
    assert_eq!(seen[0], seen[1]);
}

#[test]
fn a_bad_table_is_found_on_sqlite() {
    on_sqlite(|db| {
        make(db, "CREATE TABLE visit (visit_id INTEGER PRIMARY KEY AUTOINCREMENT, person_id REAL)");
        make(db, "CREATE UNIQUE INDEX visit_person ON visit (visit_id, person_id)");
        assert_eq!(
            all_faults(db),
            [
                "visit must end with {rowid} or {without_rowid}",
                "visit.visit_id must get its value from the program",
                "visit.person_id must be BIGINT, TEXT or {blob}, not REAL",
                "visit.person_id must get its value from the program",
                "visit must have person_id in the key (visit_id)",
            ]
        );
    });
}

#[test]
fn a_bad_table_is_found_on_postgres() {
    on_postgres(|db| {
        make(db, "CREATE TABLE visit (visit_id BIGSERIAL, person_id BIGINT, share NUMERIC)");
        make(db, "CREATE UNIQUE INDEX visit_share ON visit (share)");
        assert_eq!(
            all_faults(db),
            [
                "visit.visit_id must get its value from the program",
                "visit.share must be BIGINT, TEXT or {blob}, not NUMERIC",
                "visit must have a primary key",
                "visit must have person_id in the key (share)",
            ]
        );
    });
}

fn make(db: &Db, sql: &'static str) {
    db.write(move |tx| tx.execute(sql, &[])).unwrap();
}

#[test]
fn a_lookup_that_is_not_keyed_by_what_is_looked_up_is_found() {
    let column =
        |name: &str| Column { name: name.to_owned(), kind: "TEXT".to_owned(), makes_values: false };
    let card_key = |key: &str| Table {
        name: "card_key".to_owned(),
        columns: vec![column("card_number"), column("person_id")],
        unique: vec![Key { primary: true, columns: vec![key.to_owned()] }],
        checks_types: true,
    };
    assert_eq!(faults(&card_key("card_number")), Vec::<String>::new());
    assert_eq!(faults(&card_key("person_id")), ["card_key must be keyed by what is looked up"]);
}

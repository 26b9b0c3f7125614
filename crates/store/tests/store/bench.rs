//! The work that is timed does what it says.

use store::bench::{insert_bare_dues, post_small_transactions, prepare_small_transactions};
use store::testing::for_each_database;

#[test]
fn every_timed_transaction_leaves_a_receipt() {
    for_each_database(|db| {
        prepare_small_transactions(db, 40).unwrap();
        assert_eq!(post_small_transactions(db, 4, 10), Ok(40));
        let posted = "SELECT COUNT(*) FROM bench_receipt JOIN bench_account USING (person_id)
                      WHERE bench_account.fen = 138300";
        assert_eq!(db.read(|tx| tx.query_one(posted, &[], |row| row.int(0))), Ok(40));
    });
}

#[test]
fn bare_dues_are_rows_of_the_real_table() {
    for_each_database(|db| {
        let month = "2026-12".parse().unwrap();
        assert_eq!(insert_bare_dues(db, month, 1000), Ok(3000));
        let count = "SELECT COUNT(*) FROM due WHERE month = 202612";
        assert_eq!(db.read(|tx| tx.query_one(count, &[], |row| row.int(0))), Ok(3000));
    });
}

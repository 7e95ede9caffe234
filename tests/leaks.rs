//! A dozen network tests in a row in one page leave nothing behind. Fifty: `tests/full_leaks.rs`.

mod common;

#[tokio::test(flavor = "multi_thread")]
async fn a_dozen_tests_in_a_row_leave_nothing_behind() {
    common::leaks::leave_nothing_behind(12).await;
}

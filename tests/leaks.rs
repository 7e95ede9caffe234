//! Five network tests in a row in one page leave nothing behind. Fifty: `tests/full_leaks.rs`.

mod common;

#[tokio::test(flavor = "multi_thread")]
async fn five_tests_in_a_row_leave_nothing_behind() {
    common::leaks::leave_nothing_behind(5).await;
}

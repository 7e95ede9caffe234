//! Fifty network tests in a row in one page leave nothing behind: two minutes. `make test-full`, nightly.

mod common;

#[tokio::test(flavor = "multi_thread")]
async fn fifty_tests_in_a_row_leave_nothing_behind() {
    common::leaks::leave_nothing_behind(50).await;
}

//! Network tests in a row in one page leave nothing behind; fifty take two minutes.

#[tokio::test(flavor = "multi_thread")]
async fn five_tests_in_a_row_leave_nothing_behind() {
    crate::common::leaks::leave_nothing_behind(5).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn fifty_tests_in_a_row_leave_nothing_behind() {
    crate::common::leaks::leave_nothing_behind(50).await;
}

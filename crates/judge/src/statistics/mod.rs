//! Statistics of small samples with ties: tests, effect sizes, intervals, and the smallest effects that a number of
//! samples can show. Pure, and independent of precall.
//!
//! Distributions are exact where they can be counted; SciPy agrees on `tests/vectors/statistics.json` to 1e-9.

mod distributions;
mod effect;
mod fisher;
mod holm;
mod median;
mod power;
mod rank_sum;
mod rare;
mod signed_rank;
mod spending;
mod wilson;

pub use distributions::{normal_cdf, normal_quantile, student_t_quantile};
pub use effect::{Shift, cliffs_delta, paired_shift, shift};
pub use fisher::{fisher_exact, fisher_higher, smallest_fisher};
pub use holm::holm;
pub use median::{lower_median, median, quantile, upper_median};
pub use power::{detectable_paired_shift, detectable_shift, expected_paired_shift};
pub use rank_sum::{fewest_repeats, rank_sum, rank_sum_and_smallest, rank_sum_at_each_cut, smallest_rank_sum_of_sizes};
pub use rare::{beta_binomial_tail, highest_rate};
pub use signed_rank::{sign_flip, smallest_sign_flip};
pub use spending::spent;
pub use wilson::{newcombe, wilson};

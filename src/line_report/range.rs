//! The ranges of figures that a page or a person gives.

/// A figure that is out of range.
#[derive(Debug, thiserror::Error)]
#[error("`{figure}` is {value}, and has to be from {least} to {most}")]
pub struct OutOfRange {
    figure: &'static str,
    value: f64,
    least: f64,
    most: f64,
}

/// Checks that a figure, where there is one, is from `least` to `most`. `figure` is its name in the text.
///
/// # Errors
///
/// When it is not, or is no number.
pub(super) fn within(figure: &'static str, value: Option<f64>, least: f64, most: f64) -> Result<(), OutOfRange> {
    match value {
        Some(value) if !(least..=most).contains(&value) => Err(OutOfRange { figure, value, least, most }),
        _ => Ok(()),
    }
}

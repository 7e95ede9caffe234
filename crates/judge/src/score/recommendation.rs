//! The resolution that a test recommends to publish.

/// A row of the classic table. It recommends a resolution on networks that are at least as fast and lose at most as
/// much.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ClassicRow {
    /// The lowest received bitrate, in bit/s.
    pub min_bitrate: f64,
    /// The highest share of packets lost, 0 to 1.
    pub max_loss_ratio: f64,
    /// The resolution that the row recommends, as width x height in pixels.
    pub resolution: &'static str,
}

/// The classic table, as published. The first row that fits counts.
pub const CLASSIC_TABLE: [ClassicRow; 6] = [
    row(1_000_000.0, 0.005, "1280x720"),
    row(600_000.0, 0.005, "640x480"),
    row(300_000.0, 0.005, "320x240"),
    row(350_000.0, 0.03, "1280x720"),
    row(250_000.0, 0.03, "640x480"),
    row(150_000.0, 0.03, "320x240"),
];

const fn row(min_bitrate: f64, max_loss_ratio: f64, resolution: &'static str) -> ClassicRow {
    ClassicRow { min_bitrate, max_loss_ratio, resolution }
}

/// The rungs of the bandwidth ladder: width, height, and the bitrate in bit/s that a single stream takes, and the top
/// layer of a simulcast.
const LADDER: [(u32, u32, f64, f64); 6] = [
    (1920, 1080, 4_000_000.0, 5_550_000.0),
    (1280, 720, 2_500_000.0, 3_150_000.0),
    (960, 540, 1_200_000.0, 1_550_000.0),
    (640, 360, 500_000.0, 650_000.0),
    (480, 270, 300_000.0, 350_000.0),
    (320, 180, 150_000.0, 150_000.0),
];

/// The largest size of the ladder.
pub const LARGEST_OF_LADDER: (u32, u32) = (LADDER[0].0, LADDER[0].1);

/// The share of a rung's bitrate that must be available.
const LADDER_SHARE: f64 = 0.75;

/// Returns the classic recommendation: the first row that fits. Loss can raise it; that quirk of the published table is
/// kept.
pub fn classic_resolution(bits_per_second: f64, loss_ratio: f64) -> Option<String> {
    CLASSIC_TABLE
        .iter()
        .find(|row| bits_per_second >= row.min_bitrate && loss_ratio <= row.max_loss_ratio)
        .map(|row| row.resolution.to_owned())
}

/// Returns the lowest bitrate in bit/s at which the classic table recommends a resolution, at any loss; `None` of a
/// resolution that is not in the table.
pub fn classic_min_bitrate(resolution: &str) -> Option<f64> {
    let rows = CLASSIC_TABLE.iter().filter(|row| row.resolution == resolution);
    rows.map(|row| row.min_bitrate).min_by(f64::total_cmp)
}

/// Returns the recommendation by bandwidth: the highest rung that fits the available bitrate and is not larger than the
/// picture that was received.
pub(super) fn by_bandwidth(available: f64, is_simulcast: bool, received: (f64, f64)) -> Option<String> {
    LADDER
        .iter()
        .find(|(width, height, single, simulcast)| {
            let wanted = if is_simulcast { *simulcast } else { *single };
            available >= wanted * LADDER_SHARE && f64::from(*width) * f64::from(*height) <= received.0 * received.1
        })
        .map(|(width, height, ..)| format!("{width}x{height}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_row_of_the_classic_table_is_reached() {
        for row in CLASSIC_TABLE {
            let first = classic_resolution(row.min_bitrate, row.max_loss_ratio).expect("a row fits");
            // A row that follows one with a lower bitrate is reached by a loss that the earlier row does not allow.
            assert_eq!(first, row.resolution, "{row:?}");
        }
        assert_eq!(classic_resolution(149_999.0, 0.0), None);
        assert_eq!(classic_resolution(5e6, 0.031), None);
    }

    #[test]
    fn lowest_bitrates_of_the_classic_table() {
        let lowest = ["1280x720", "640x480", "320x240", "1x1"].map(classic_min_bitrate);
        assert_eq!(lowest, [Some(350_000.0), Some(250_000.0), Some(150_000.0), None]);
    }

    #[test]
    fn classic_table_recommends_more_with_loss() {
        assert_eq!(classic_resolution(450_000.0, 0.0).as_deref(), Some("320x240"));
        assert_eq!(classic_resolution(450_000.0, 0.01).as_deref(), Some("1280x720"));
    }

    #[test]
    fn no_recommendation_beyond_the_received_picture() {
        assert_eq!(by_bandwidth(1e7, false, (1280.0, 720.0)).as_deref(), Some("1280x720"));
        assert_eq!(by_bandwidth(1e7, false, (1920.0, 1080.0)).as_deref(), Some("1920x1080"));
        assert_eq!(by_bandwidth(1e7, false, (0.0, 0.0)), None);
        assert_eq!(by_bandwidth(375_000.0, false, (1280.0, 720.0)).as_deref(), Some("640x360"));
        assert_eq!(by_bandwidth(375_000.0, true, (1280.0, 720.0)).as_deref(), Some("480x270"));
        assert_eq!(by_bandwidth(112_499.0, false, (1280.0, 720.0)), None);
    }
}

//! Which resolution to publish.

/// The rows of the classic table: from this received bit/s on, and up to this loss, this size.
pub const CLASSIC: [(f64, f64, &str); 6] = [
    (1_000_000.0, 0.005, "1280x720"),
    (600_000.0, 0.005, "640x480"),
    (300_000.0, 0.005, "320x240"),
    (350_000.0, 0.03, "1280x720"),
    (250_000.0, 0.03, "640x480"),
    (150_000.0, 0.03, "320x240"),
];

/// A rung of the bandwidth ladder: width, height, and the bit/s it takes alone and as the top of a simulcast.
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

/// How much of a rung's rate must be there.
const LADDER_SHARE: f64 = 0.75;

/// The classic recommendation: the first row that fits. Loss can raise it; that quirk of the published table is kept.
pub fn classic(bits_per_second: f64, loss_ratio: f64) -> Option<String> {
    CLASSIC
        .iter()
        .find(|(rate, loss, _)| bits_per_second >= *rate && loss_ratio <= *loss)
        .map(|(_, _, resolution)| (*resolution).to_owned())
}

/// The recommendation by bandwidth: the highest rung that fits into what is available and was received at all.
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
        for (rate, loss, resolution) in CLASSIC {
            let first = classic(rate, loss).expect("a row fits");
            // Rows that follow one with a lower bar are reached through a loss that the earlier do not allow.
            assert_eq!(first, resolution, "{rate} {loss}");
        }
        assert_eq!(classic(149_999.0, 0.0), None);
        assert_eq!(classic(5e6, 0.031), None);
    }

    #[test]
    fn the_quirk_of_the_classic_table_is_kept() {
        assert_eq!(classic(450_000.0, 0.0).as_deref(), Some("320x240"));
        assert_eq!(classic(450_000.0, 0.01).as_deref(), Some("1280x720"));
    }

    #[test]
    fn what_was_not_received_is_not_recommended() {
        assert_eq!(by_bandwidth(1e7, false, (1280.0, 720.0)).as_deref(), Some("1280x720"));
        assert_eq!(by_bandwidth(1e7, false, (1920.0, 1080.0)).as_deref(), Some("1920x1080"));
        assert_eq!(by_bandwidth(1e7, false, (0.0, 0.0)), None);
        assert_eq!(by_bandwidth(375_000.0, false, (1280.0, 720.0)).as_deref(), Some("640x360"));
        assert_eq!(by_bandwidth(375_000.0, true, (1280.0, 720.0)).as_deref(), Some("480x270"));
        assert_eq!(by_bandwidth(112_499.0, false, (1280.0, 720.0)), None);
    }
}

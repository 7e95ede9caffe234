//! The MOS of video: the received bitrate in relation to the bitrate that the size of the picture needs.

/// The bitrate below which video has the lowest score, in bit/s.
const FLOOR: f64 = 30_000.0;

/// Returns the MOS of a received bitrate at a size, between 1 and 4.5.
///
/// For pictures so small that their target bitrate is below the floor, the formula is inverted and gives 4.5 for any
/// bitrate above the floor. This quirk of the published formula is kept.
pub(super) fn video_mos(bits_per_second: f64, width: f64, height: f64) -> f64 {
    if bits_per_second < FLOOR {
        return 1.0;
    }
    let pixels = width * height;
    let target = 10_f64.powf(2.069_924_867 * pixels.log10().powf(0.625_022_377_1));
    let share = (bits_per_second.min(target) / FLOOR).ln() / (target / FLOOR).ln();
    let mos = 1.0 + 4.0 * share;
    if mos.is_finite() { mos.clamp(1.0, 4.5) } else { 1.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn video_mos_grows_up_to_the_target_bitrate() {
        assert!((video_mos(29_999.0, 640.0, 480.0) - 1.0).abs() < 1e-12);
        assert!((video_mos(30_000.0, 640.0, 480.0) - 1.0).abs() < 1e-12);
        assert!(video_mos(300_000.0, 640.0, 480.0) > video_mos(100_000.0, 640.0, 480.0));
        assert!((video_mos(1e9, 640.0, 480.0) - 4.5).abs() < 1e-12);
    }

    #[test]
    fn mos_agrees_with_the_network_test_module() {
        let vectors: serde_json::Value =
            serde_json::from_str(include_str!("../../../../tests/vectors/score.json")).expect("the vectors are JSON");
        let cases = vectors["videoMos"].as_array().expect("videoMos is a list");
        assert!(cases.len() > 80);
        for case in cases {
            let [rate, width, height, expected] =
                ["bitrate", "width", "height", "mos"].map(|key| case[key].as_f64().expect("a number"));
            let mos = video_mos(rate, width, height);
            assert!((mos - expected).abs() < 1e-9, "{case}: {mos}");
        }
    }

    proptest::proptest! {
        #[test]
        fn it_is_always_between_1_and_4_5(rate in 0.0_f64..1e8, width in 0.0_f64..4000.0, height in 0.0_f64..4000.0) {
            proptest::prop_assert!((1.0..=4.5).contains(&video_mos(rate, width, height)));
        }
    }
}

//! The MOS of audio, by a simplified E-model (ITU-T G.107).

use super::number::known;

/// The one-way delay that is assumed while the round-trip time is unknown, in milliseconds.
const UNKNOWN_DELAY_MS: f64 = 150.0;

/// The delay inside both ends, by capture, packetisation and jitter buffer, in milliseconds.
const LOCAL_DELAY_MS: f64 = 30.0;

/// Returns the MOS of a loss ratio and, where it is known, a round-trip time in seconds. It is between 1 and 4.5.
pub(super) fn audio_mos(loss_ratio: f64, round_trip_time: Option<f64>) -> f64 {
    let network_ms = round_trip_time.and_then(known).map_or(UNKNOWN_DELAY_MS, |seconds| seconds * 1e3 / 2.0);
    let delay_ms = network_ms + LOCAL_DELAY_MS;
    // G.107's delay impairment, in the usual approximation with its knee at 177.3 ms.
    let delay_impairment = 0.024 * delay_ms + 0.11 * (delay_ms - 177.3).max(0.0);
    // Opus has no impairment of its own; with loss, it grows with the logarithm of the loss.
    let equipment_impairment = 19.8 * (1.0 + 29.7 * loss_ratio).ln();
    let rating = 93.2 - delay_impairment - equipment_impairment;
    match rating {
        r if r < 0.0 => 1.0,
        r if r > 100.0 => 4.5,
        r => (1.0 + 0.035 * r + 0.000_007 * r * (r - 60.0) * (100.0 - r)).clamp(1.0, 4.5),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn loss_to_mos_is_as_published() {
        let published = [
            (0.0, 4.3028),
            (0.01, 4.1469),
            (0.02, 3.9992),
            (0.05, 3.6231),
            (0.1, 3.1662),
            (0.15, 2.8379),
            (0.2, 2.5868),
            (0.25, 2.3865),
            (0.3, 2.2220),
            (0.5, 1.7759),
            (1.0, 1.2754),
        ];
        for (loss, mos) in published {
            assert!((audio_mos(loss, None) - mos).abs() < 5e-5, "{loss}: {}", audio_mos(loss, None));
        }
    }

    #[test]
    fn mos_agrees_with_the_network_test_module() {
        let vectors: serde_json::Value =
            serde_json::from_str(include_str!("../../../../tests/vectors/score.json")).expect("the vectors are JSON");
        let cases = vectors["audioMos"].as_array().expect("audioMos is a list");
        assert!(cases.len() > 100);
        for case in cases {
            let loss = case["lossRatio"].as_f64().expect("lossRatio is a number");
            let mos = audio_mos(loss, case["roundTripTime"].as_f64());
            assert!((mos - case["mos"].as_f64().expect("mos is a number")).abs() < 1e-9, "{case}: {mos}");
        }
    }

    #[test]
    fn a_long_round_trip_costs() {
        assert!(audio_mos(0.0, Some(0.02)) > audio_mos(0.0, Some(0.3)));
        assert!(audio_mos(0.0, Some(1.0)) < 3.0);
        assert!((audio_mos(0.0, Some(0.3)) - audio_mos(0.0, None)).abs() < 1e-12);
    }

    proptest::proptest! {
        #[test]
        fn it_is_always_between_1_and_4_5_and_falls_with_loss(loss in 0.0_f64..=1.0, more in 0.0_f64..=1.0, rtt in 0.0_f64..20.0) {
            let (low, high) = (loss.min(more), loss.max(more));
            let (better, worse) = (audio_mos(low, Some(rtt)), audio_mos(high, Some(rtt)));
            proptest::prop_assert!((1.0..=4.5).contains(&better) && better >= worse - 1e-9);
        }
    }
}

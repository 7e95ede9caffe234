//! Durations in files: numbers of seconds or of milliseconds, as the name of the member says.

use std::time::Duration;

use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Returns a duration from a number of these units.
fn duration<E: Error>(number: f64, unit: f64) -> Result<Duration, E> {
    Duration::try_from_secs_f64(number * unit).map_err(|_| E::custom(format!("{number} is not a duration")))
}

/// A duration as a number of seconds.
pub(crate) mod seconds {
    use super::*;

    pub(crate) fn serialize<S: Serializer>(value: &Duration, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_f64(value.as_secs_f64())
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Duration, D::Error> {
        duration(f64::deserialize(from)?, 1.0)
    }
}

/// A duration as a number of seconds, or absent.
pub(crate) mod optional_seconds {
    use super::*;

    pub(crate) fn serialize<S: Serializer>(value: &Option<Duration>, to: S) -> Result<S::Ok, S::Error> {
        value.map(|value| value.as_secs_f64()).serialize(to)
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Duration>, D::Error> {
        Option::<f64>::deserialize(from)?.map(|number| duration(number, 1.0)).transpose()
    }
}

/// A duration as a number of milliseconds, or absent.
pub(crate) mod optional_milliseconds {
    use super::*;

    pub(crate) fn serialize<S: Serializer>(value: &Option<Duration>, to: S) -> Result<S::Ok, S::Error> {
        value.map(|value| value.as_secs_f64() * 1e3).serialize(to)
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Duration>, D::Error> {
        Option::<f64>::deserialize(from)?.map(|number| duration(number, 1e-3)).transpose()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    struct Times {
        #[serde(with = "seconds")]
        whole: Duration,
        #[serde(default, skip_serializing_if = "Option::is_none", with = "optional_seconds")]
        maybe: Option<Duration>,
        #[serde(default, skip_serializing_if = "Option::is_none", with = "optional_milliseconds")]
        delay_ms: Option<Duration>,
    }

    #[test]
    fn durations_are_numbers() {
        let times =
            Times { whole: Duration::from_millis(2500), maybe: None, delay_ms: Some(Duration::from_millis(80)) };
        let value = serde_json::to_value(&times).expect("JSON");
        assert_eq!(value, json!({ "whole": 2.5, "delay_ms": 80.0 }));
        assert_eq!(serde_json::from_value::<Times>(value).expect("times"), times);
        for wrong in [json!(-1), json!(1e300), json!(null), json!("1")] {
            assert!(serde_json::from_value::<Times>(json!({ "whole": wrong })).is_err());
        }
        let null = json!({ "whole": 0, "maybe": null });
        assert_eq!(serde_json::from_value::<Times>(null).expect("times").maybe, None);
    }
}

//! Why a measurement supports no verdict. A recorded reason is recognised by the words that it begins with.

/// Why the measurement of a case supports no verdict.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Doubt {
    /// The host could not keep up with the case.
    Host,
    /// The network was not the one that the scenario asks for.
    Network,
    /// The quality test gave too few samples.
    Samples,
}

impl Doubt {
    const ALL: [Self; 3] = [Self::Host, Self::Network, Self::Samples];

    /// Returns the words that a reason with this doubt begins with. Recorded runs contain them, so they must not
    /// change.
    pub fn opening(self) -> &'static str {
        match self {
            Self::Host => "the host could not keep up",
            Self::Network => "the network was not as asked",
            Self::Samples => "the quality test gave",
        }
    }

    /// Returns the doubt that a reason states; `None` for other reasons.
    pub fn of(reason: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|doubt| reason.starts_with(doubt.opening()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_recorded_reason_states_its_doubt() {
        assert_eq!(
            Doubt::of("the host could not keep up: the CPUs were busy 99 % of the worst 10 s"),
            Some(Doubt::Host)
        );
        assert_eq!(Doubt::of("the network was not as asked: random loss up was 4.4 %"), Some(Doubt::Network));
        assert_eq!(Doubt::of("the quality test gave 3 samples; a measurement takes 5"), Some(Doubt::Samples));
        assert_eq!(Doubt::of("the quality test ended with NetworkConnectivityError: no route"), None);
    }
}

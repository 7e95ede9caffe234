//! Simulcast as OpenTok.js offers it: the layers of a video are SSRCs in a `SIM` group, from the lowest to the highest.
//!
//! str0m knows simulcast by rids only. So the SSRCs are taken out of the offer, and are declared to it one by one.

/// The most layers that are forwarded; browsers send three.
const MAX_LAYERS: usize = 8;

/// The SSRCs of a layer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct SimulcastLayer {
    pub ssrc: u32,
    /// The SSRC of the layer's repairs.
    pub repair_ssrc: Option<u32>,
}

/// Returns the layers of the video in an offer, and the offer without them. `None` when it has no simulcast.
pub(super) fn take_layers(offer: &str) -> Option<(Vec<SimulcastLayer>, String)> {
    let groups = |semantics: &str| {
        let prefix = format!("a=ssrc-group:{semantics} ");
        let lines = offer.lines().filter_map(move |line| line.trim_end().strip_prefix(&prefix).map(str::to_owned));
        lines.map(|line| line.split(' ').filter_map(|ssrc| ssrc.parse().ok()).collect::<Vec<u32>>())
    };
    let ssrcs = groups("SIM").next().filter(|ssrcs| (2..=MAX_LAYERS).contains(&ssrcs.len()))?;
    let repairs: Vec<_> = groups("FID").collect();
    let layers = ssrcs.into_iter().map(|ssrc| {
        let pair = repairs.iter().find(|pair| pair.first() == Some(&ssrc));
        SimulcastLayer { ssrc, repair_ssrc: pair.and_then(|pair| pair.get(1).copied()) }
    });
    let mut in_video = false;
    let kept = offer.lines().filter(|line| {
        if line.starts_with("m=") {
            in_video = line.starts_with("m=video");
        }
        !(in_video && line.starts_with("a=ssrc"))
    });
    let rest = kept.map(|line| format!("{}\r\n", line.trim_end())).collect();
    Some((layers.collect(), rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    const OFFER: &str = "v=0\r\nm=audio 9 X 111\r\na=ssrc:5 cname:x\r\nm=video 9 X 96\r\na=mid:1\r\n\
        a=ssrc-group:SIM 10 11\r\na=ssrc-group:FID 10 20\r\na=ssrc:10 cname:x\r\n";

    #[test]
    fn layers_are_removed_from_the_offer() {
        let (layers, rest) = take_layers(OFFER).expect("simulcast");
        let wanted =
            [SimulcastLayer { ssrc: 10, repair_ssrc: Some(20) }, SimulcastLayer { ssrc: 11, repair_ssrc: None }];
        assert_eq!(layers, wanted);
        assert_eq!(rest, "v=0\r\nm=audio 9 X 111\r\na=ssrc:5 cname:x\r\nm=video 9 X 96\r\na=mid:1\r\n");
    }

    #[test]
    fn an_offer_without_simulcast_has_no_layers() {
        assert_eq!(take_layers(&OFFER.replace("SIM", "FEC")), None);
        assert_eq!(take_layers("a=ssrc-group:SIM 1\r\n"), None);
        assert_eq!(take_layers("a=ssrc-group:SIM x y z\r\n"), None);
    }
}

use std::path::Path;
use std::time::Duration;

use crate::load::parse;
use precall_netem::units::{Bitrate, Ratio};
use precall_netem::{BurstLoss, NetworkConfig, Outage, Queue};

/// Returns the network of a file that consists of one case and this text.
fn network(above: &str, network: &str) -> NetworkConfig {
    let text = format!("{above}\n[[case]]\nname = \"a\"\n[case.network]\n{network}");
    let scenario = parse(&text, Path::new("test.toml")).unwrap_or_else(|error| panic!("{error}"));
    scenario.cases[0].network.clone()
}

fn kbits(kbits: u64) -> Option<Bitrate> {
    Some(Bitrate::from_bits_per_second(kbits * 1000))
}

fn share(share: f64) -> Ratio {
    Ratio::new(share).expect("a share")
}

#[test]
fn every_field_is_decoded() {
    let network = network(
        "",
        r#"
        delay = "50 ms"
        jitter = "10 ms"
        jitterCorrelation = "25 %"
        jitterReorders = true
        duplicate = "1 %"
        [case.network.up]
        rate = "1 Mbit/s"
        queue = "64 kB"
        burst = { p = "1 %", r = "25 %", lossGood = "0.1 %", lossBad = "80 %" }
        reorder = { ratio = "2 %", by = "30 ms" }
        outage = { at = "10 s", for = "3 s" }
        [case.network.down]
        outage = [{ at = "1 s", for = "1 s" }, { at = "3 s", for = "1 s" }]
        blips = { every = "10 s", for = "500 ms" }
        "#,
    );
    let up = &network.up;
    assert_eq!((up.delay, up.jitter), (Duration::from_millis(50), Duration::from_millis(10)));
    assert_eq!((up.jitter_correlation, up.jitter_reorders), (share(0.25), true));
    assert_eq!((up.duplicate, up.rate), (Some(share(0.01)), kbits(1000)));
    assert!(matches!(up.queue, Queue::Size(size) if size.bytes() == 64_000));
    let burst = BurstLoss { p: share(0.01), r: share(0.25), loss_good: share(0.001), loss_bad: share(0.8) };
    assert_eq!(up.burst, Some(burst));
    assert_eq!(up.reorder.map(|reorder| (reorder.ratio, reorder.by)), Some((share(0.02), Duration::from_millis(30))));
    assert_eq!(up.outages, [Outage { at: Duration::from_secs(10), duration: Duration::from_secs(3) }]);
    assert_eq!((network.down.outages.len(), up.blips), (2, None));
    let blips = network.down.blips.map(|blips| (blips.every, blips.duration));
    assert_eq!(blips, Some((Duration::from_secs(10), Duration::from_millis(500))));
}

#[test]
fn fields_override_the_profile() {
    let plain = network("", "profile = \"3g\"");
    assert_eq!((plain.up.rate, plain.down.rate), (kbits(768), kbits(1600)));
    // A field of both directions overrides a profile's field of one direction.
    let changed = network("", "profile = \"3g\"\nrate = \"500 kbit/s\"\nup.loss = \"1 %\"");
    assert_eq!((changed.up.rate, changed.down.rate), (kbits(500), kbits(500)));
    assert_eq!((changed.up.loss, changed.down.loss), (Some(share(0.01)), None));
    assert_eq!(changed.up.delay, plain.up.delay);
    let lifted = network("", "profile = \"3g\"\ndown.rate = \"unlimited\"");
    assert_eq!((lifted.up.rate, lifted.down.rate), (kbits(768), None));
}

#[test]
fn file_defines_profiles() {
    let own = "[profiles.train]\ndescription = \"in the tunnel\"\nprofile = \"lte\"\nloss = \"3 %\"\n";
    let train = network(own, "profile = \"train\"");
    assert_eq!((train.up.loss, train.up.rate), (Some(share(0.03)), kbits(12_000)));
    let mine = network("[profiles.3g]\nrate = \"1 Mbit/s\"", "profile = \"3g\"");
    assert_eq!((mine.up.rate, mine.up.delay), (kbits(1000), Duration::ZERO));
}

#[test]
fn steps_accumulate() {
    let network = network(
        "",
        r#"
        delay = "20 ms"
        rate = "1 Mbit/s"
        [[case.network.step]]
        at = "5 s"
        up.rate = "200 kbit/s"
        [[case.network.step]]
        at = "10 s"
        loss = "2 %"
        rate = "unlimited"
        "#,
    );
    let rates: Vec<_> = network.steps.iter().map(|step| (step.at.as_secs(), step.up.rate, step.down.rate)).collect();
    assert_eq!(rates, [(5, kbits(200), kbits(1000)), (10, None, None)]);
    assert_eq!(network.steps[1].up.delay, Duration::from_millis(20));
    assert_eq!((network.steps[0].up.loss, network.steps[1].up.loss), (None, Some(share(0.02))));
}

#[test]
fn steps_of_a_case_replace_those_of_its_profile() {
    let varied = network("", "profile = \"rfc8867-variable\"");
    assert_eq!(varied.steps.len(), 3);
    let own = network("", "profile = \"rfc8867-variable\"\nstep = [{ at = \"1 s\", rate = \"300 kbit/s\" }]");
    assert_eq!((own.steps.len(), own.steps[0].up.rate, own.up.rate), (1, kbits(300), kbits(1000)));
    assert!(network("", "profile = \"rfc8867-variable\"\nstep = []").steps.is_empty());
}

#[test]
fn unsupported_fields_of_devtools_are_refused() {
    use precall_netem::Backend;

    let good = network("", "backend = \"devtools\"\nloss = \"2 %\"\ndelay = \"40 ms\"\nup.rate = \"1 Mbit/s\"");
    assert_eq!(good.backend, Backend::DevTools);
    let text = "[[case]]\nname = \"a\"\n[case.network]\nbackend = \"devtools\"\nprofile = \"wifi-congested\"\nup.delay = \"1 s\"";
    let error = parse(text, Path::new("test.toml")).expect_err("wrong");
    insta::assert_snapshot!(error.to_string());
}

#[test]
fn trace_is_read_from_a_file() {
    let directory = tempfile::tempdir().expect("a directory");
    std::fs::write(directory.path().join("up.trace"), "1\n2\n4\n").expect("a file");
    let text =
        "[[case]]\nname = \"a\"\nnetwork.profile = \"3g\"\nnetwork.up.trace = { file = \"up.trace\", once = true }";
    let scenario = parse(text, &directory.path().join("test.toml")).unwrap_or_else(|error| panic!("{error}"));
    let up = &scenario.cases[0].network.up;
    assert_eq!((up.rate, up.nominal_rate()), (None, kbits(9000)));
    assert!(up.trace.as_ref().is_some_and(|trace| trace.once && trace.name == "up.trace"));
}

/// Invalid networks, each for a different reason.
const WRONG: [(&str, &str); 24] = [
    ("unknown profile", "profile = \"3gslow\""),
    ("loss of more than everything", "burst = { p = \"1 %\", r = \"25 %\", lossBad = \"130 %\" }"),
    ("queue of no time", "rate = \"1 Mbit/s\"\nqueue = \"0 ms\""),
    ("queue of no bytes", "rate = \"1 Mbit/s\"\nqueue = \"0 B\""),
    ("queue without rate", "queue = \"100 ms\""),
    ("jitter longer than delay", "delay = \"5 ms\"\njitter = \"10 ms\""),
    (
        "jitter longer than delay after a step",
        "delay = \"15 ms\"\njitter = \"10 ms\"\nstep = [{ at = \"1 s\", delay = \"5 ms\" }]",
    ),
    ("jitter longer than a profile's delay", "profile = \"fibre\"\njitter = \"10 ms\""),
    ("a profile's step against the table's jitter", "profile = \"lte-driving\"\njitter = \"38 ms\"\ndelay = \"38 ms\""),
    ("jitter that never changes", "delay = \"5 ms\"\njitter = \"5 ms\"\njitterCorrelation = \"100 %\""),
    ("bursts that never end", "burst = { p = \"1 %\", r = \"0 %\" }"),
    ("half a model of bursts", "burst = { p = \"1 %\" }"),
    ("reordering by no time", "reorder = { ratio = \"1 %\", by = \"0 ms\" }"),
    ("outage longer than its period", "blips = { every = \"1 s\", for = \"2 s\" }"),
    ("outage of no time", "outage = { at = \"1 s\", for = \"0 s\" }"),
    ("outage without a time", "outage = [{ for = \"1 s\" }]"),
    ("outage of the wrong kind", "outage = \"3 s\""),
    ("steps out of order", "step = [{ at = \"5 s\", loss = \"1 %\" }, { at = \"3 s\", loss = \"2 %\" }]"),
    ("step at the beginning", "step = [{ at = \"0 s\", loss = \"1 %\" }]"),
    ("step without a time", "step = [{ loss = \"1 %\" }]"),
    ("unknown key of a step", "step = [{ at = \"1 s\", los = \"1 %\" }]"),
    ("rate and trace", "rate = \"1 Mbit/s\"\ntrace = \"x\""),
    ("no trace", "trace = \"no/such/trace\""),
    ("unknown word for a rate", "rate = \"unlimted\""),
];

#[test]
fn errors_have_places_and_help() {
    let report = |(what, network): &(&str, &str)| {
        let text = format!("[[case]]\nname = \"a\"\n[case.network]\n{network}");
        let error = parse(&text, Path::new("test.toml")).expect_err(what);
        format!("# {what}\n{}", error.render(false))
    };
    insta::assert_snapshot!(WRONG.iter().map(report).collect::<Vec<_>>().join("\n"));
}

#[test]
fn errors_of_profiles_are_reported_once() {
    let text = "[profiles.own]\nloss = \"x\"\nprofile = \"own\"\n[profiles.other]\njitter = \"1 ms\"\n\
                [[case]]\nname = \"a\"\nnetwork.profile = \"own\"\n[[case]]\nname = \"b\"\nnetwork.profile = \"own\"";
    let error = parse(text, Path::new("test.toml")).expect_err("wrong");
    let report: Vec<_> = error.diagnostics().iter().map(|diagnostic| diagnostic.message.as_str()).collect();
    insta::assert_snapshot!(report.join("\n"));
}

proptest::proptest! {
    #[test]
    fn arbitrary_network_does_not_panic(
        lines in proptest::collection::vec(
            "(rate|queue|delay|jitter|loss|burst|outage|blips|step|up|trace|profile|reorder|duplicate)(\\.(p|r|at|for|by|rate|file))? = \
             (\"[0-9]{1,3} ?(ms|s|%|kbit/s|B)\"|\"[a-z0-9-]{0,8}\"|\\[\\{ (at|for|rate) = \"[0-9] s\" \\}\\]|\\[[0-9]\\]|true|\\{ p = \"1 %\" \\})",
            0..6,
        )
    ) {
        let text = format!("[[case]]\nname = \"a\"\n[case.network]\n{}", lines.join("\n"));
        if let Err(error) = parse(&text, Path::new("test.toml")) {
            proptest::prop_assert!(!error.render(false).is_empty());
        }
    }
}

//! Common mistakes. Each must give one message, at its place, with advice that works when it is copied.

use std::path::Path;

use crate::diagnostic::Diagnostic;
use crate::parse;

/// A mistake: the file, the marked text, and the text that the file contains after the advice was followed.
struct Mistake {
    text: &'static str,
    marked: &'static str,
    afterwards: &'static str,
}

const fn mistake(text: &'static str, marked: &'static str, afterwards: &'static str) -> Mistake {
    Mistake { text, marked, afterwards }
}

/// The files are valid except for the mistake. A text without a header gets `[[case]]` with a name in front.
const MISTAKES: &[Mistake] = &[
    // Units.
    mistake("test.timeout = \"8 sec\"", "\"8 sec\"", "test.timeout = \"8 s\""),
    mistake("expect.video.bitrate = \">= 200 kbps\"", "\">= 200 kbps\"", "video.bitrate = \">= 200 kbit/s\""),
    mistake("expect.video.bitrate = \"<= 1 Mbps\"", "\"<= 1 Mbps\"", "video.bitrate = \"<= 1 Mbit/s\""),
    mistake(
        "expect.video.bitrate = \"warn: median >= 200 kbps after 10 sec\"",
        "",
        "\"warn: median >= 200 kbit/s after 10 s\"",
    ),
    mistake("expect.video.bitrate = \"300..500 kbps\"", "", "\"300..500 kbit/s\""),
    mistake("expect.audio.packetLossRatio = \"< 0.03\"", "", "\"< 3 %\""),
    mistake("expect.audio.packetLossRatio = \"< 3 percent\"", "", "\"< 3 %\""),
    mistake("expect.link.roundTripTime = \"< 200\"", "", "\"< 200 ms\""),
    mistake("expect.video.frameRate = \">= 24 fps\"", "", "\">= 24\""),
    mistake("expect.audio.mos = \">= 3,5\"", "", "\">= 3.5\""),
    mistake("expect.audio.mos = \"=> 3.5\"", "", "\">= 3.5\""),
    mistake("expect.audio.mos = \"≥ 3.5\"", "", "\">= 3.5\""),
    mistake("expect.audio.mos = \"at least 3.5\"", "", "\">= 3.5\""),
    mistake("expect.audio.mos = \"above 3.5\"", "", "\"> 3.5\""),
    mistake("expect.video.recommendedResolution = \">= 720p\"", "", "\">= 1280x720\""),
    mistake("expect.media.transport = \"UDP\"", "", "\"udp\""),
    mistake("network.rate = \"1,5 mbps\"", "\"1,5 mbps\"", "network.rate = \"1.5 Mbit/s\""),
    mistake("network.rate = \"50 kB/s\"", "", "network.rate = \"400 kbit/s\""),
    mistake("network.loss = \"120 %\"", "", "network.loss = \"100 %\""),
    mistake("network = { rate = \"1 Mbit/s\", queue = \"64 KB\" }", "\"64 KB\"", "queue = \"64 kB\""),
    mistake("network.outage = { at = \"10 sec\", for = 3 }", "\"10 sec\"|3", "{ at = \"10 s\", for = \"3 s\" }"),
    // Applications.
    mistake(
        "[app]\nurl = \"http://localhost:3000/?room={rom}\"\n[[participant]]\nname = \"alice\"",
        "\"http://localhost:3000/?room={rom}\"",
        "url = \"http://localhost:3000/?room={room}\"",
    ),
    mistake(
        "platform.access = \"ip-proxy\"\n[app]\nurl = \"http://localhost:3000/\"\n[[participant]]\nname = \"alice\"",
        "\"ip-proxy\"",
        "platform.access = \"intercept\"",
    ),
    // Names.
    mistake("expect.video.bitrat = \">= 200 kbit/s\"", "bitrat", "video.bitrate = "),
    mistake("expect.audio.moss = \">= 3\"", "moss", "audio.mos = "),
    mistake("expect.audio.packetLoss = \"< 3 %\"", "packetLoss", "audio.packetLossRatio = "),
    mistake("expect.video.fps = \">= 20\"", "fps", "video.frameRate = "),
    mistake("expect.rtt = \"< 200 ms\"", "rtt", "link.roundTripTime = "),
    mistake("expect.link.latency = \"< 200 ms\"", "latency", "link.roundTripTime = "),
    mistake("expect.connectivity = true", "connectivity", "connectivity.success = true"),
    mistake("[tset]\ntimeout = \"8 s\"", "tset", "[test]"),
    mistake("repeats = 6", "repeats", "repeat = 6"),
    mistake("retries = 6", "retries", "repeat = 6"),
    mistake("[matrix]\nnetworks = [\"3g\", \"lte\"]", "networks", "network = ["),
    mistake("[matrix]\nnetwork.latency = [\"40 ms\", \"80 ms\"]", "latency", "network.delay = ["),
    mistake("[matrix]\nbandwidth = [\"1 Mbit/s\", \"2 Mbit/s\"]", "bandwidth", "network.rate = ["),
    mistake("[matrix]\nnetwork = [\"3G\", \"lte\"]", "\"3G\"", "network = [\"3g\", \"lte\"]"),
    mistake("[matrix]\nnetwork = [\"3g\", \"wifi_hotel\"]", "\"wifi_hotel\"", "\"wifi-hotel\""),
    mistake("[matrix]\nnetwork = [\"hotel-wifi\"]", "\"hotel-wifi\"", "[\"wifi-hotel\"]"),
    mistake("[matrix]\nnetwork = [\"hotel wifi\"]", "\"hotel wifi\"", "[\"wifi-hotel\"]"),
    mistake("[matrix]\nnetwork = \"3g\"", "\"3g\"", "network = [\"3g\"]"),
    mistake("network.profile = \"slow-3g\"", "\"slow-3g\"", "\"3g-slow\""),
    mistake("network.latency = \"80 ms\"", "latency", "network.delay = \"80 ms\""),
    mistake("network.bandwidth = \"1 Mbit/s\"", "bandwidth", "network.rate = "),
    mistake("network.speed = \"1 Mbit/s\"", "speed", "network.rate = "),
    mistake("network.packet_loss = \"2 %\"", "packet_loss", "network.loss = "),
    mistake("network.packetLoss = \"2 %\"", "packetLoss", "network.loss = "),
    mistake("network.upload.rate = \"1 Mbit/s\"", "upload", "network.up.rate = "),
    mistake("network.delayMs = \"80 ms\"", "delayMs", "network.delay = "),
    mistake("timeout = \"8 s\"", "timeout", "test.timeout = \"8 s\""),
    mistake("latency = \"80 ms\"", "latency", "network.delay = \"80 ms\""),
    mistake("video.bitrate = \">= 200 kbit/s\"", "video", "expect.video.bitrate = "),
    mistake("test.duration = \"8 s\"", "duration", "test.timeout = "),
    mistake("test.camera.fps = 15", "fps", "frameRate = 15"),
    mistake("devices.mic = \"denied\"", "mic", "devices.microphone = "),
    mistake("devices.camera = \"blocked\"", "\"blocked\"", "\"denied\""),
    mistake("platform.videoCodec = \"VP9\"", "\"VP9\"", "\"vp9\""),
    mistake("platform.videoCodec = \"H.264\"", "\"H.264\"", "\"h264\""),
    mistake("platform.faults.api = \"503\"", "\"503\"", "\"status 503\""),
    mistake("platform.token = \"expierd\"", "\"expierd\"", "\"expired\""),
    mistake("firewall.profile = \"udp blocked\"", "\"udp blocked\"", "\"udp-blocked\""),
    mistake("test.camera = { picture = \"detailed\", resolution = \"640 x 480\" }", "\"640 x 480\"", "\"640x480\""),
    mistake("test.module = \"opentok-network-test-js@3.1.6\"", "", "\"npm:opentok-network-test-js@3.1.6\""),
    mistake("sdk.version = \"v2.27.6\"", "\"v2.27.6\"", "sdk.version = \"2.27.6\""),
    // Kinds of values.
    mistake("repeat = \"2\"", "\"2\"", "repeat = 2"),
    mistake("repeat = 5000", "5000", "repeat = 1000"),
    mistake("test.timeout = 8", "8", "test.timeout = \"8 s\""),
    mistake("test.timeout = \"8\"", "\"8\"", "test.timeout = \"8 s\""),
    mistake("test.timeout = 8000", "8000", "test.timeout = \"8 s\""),
    mistake("test.audioOnly = \"yes\"", "\"yes\"", "test.audioOnly = true"),
    mistake("network.loss = 2", "2", "network.loss = \"2 %\""),
    mistake("network.loss = 0.02", "0.02", "network.loss = \"2 %\""),
    mistake("network.delay = 80", "80", "network.delay = \"80 ms\""),
    mistake("network.rate = 400", "400", "network.rate = \"400 kbit/s\""),
    mistake("network = \"3g\"", "\"3g\"", "network.profile = \"3g\""),
    mistake("sdk = \"2.35.2\"", "\"2.35.2\"", "sdk.version = \"2.35.2\""),
    mistake("firewall = \"udp-blocked\"", "\"udp-blocked\"", "firewall.profile = \"udp-blocked\""),
    mistake("sdk.version = 2.30", "2.30", "sdk.version = \"2.30\""),
    mistake("expect.video.bitrate = 200", "200", "video.bitrate = \">= 200 kbit/s\""),
    mistake("expect.connectivity.success = \"yes\"", "\"yes\"", "success = true"),
    mistake("devices.camera = false", "false", "devices.camera = \"denied\""),
    mistake("network.up = \"400 kbit/s\"", "\"400 kbit/s\"", "network.up.rate = \"400 kbit/s\""),
    // Expectations.
    mistake("expect.audio.mos = \"> 7\"", "\"> 7\"", "\"> 3.4\""),
    mistake("expect.video.mos = \">= 1\"", "\">= 1\"", "\">= 3.4\""),
    mistake("expect.audio.packetLossRatio = \">= 0 %\"", "\">= 0 %\"", "\">= 3 %\""),
    mistake("expect.audio.packetLossRatio = \"<= 100 %\"", "", "\"<= 3 %\""),
    mistake("expect.audio.packetLossRatio = \"< 300 %\"", "\"< 300 %\"", "\"< 100 %\""),
    mistake("expect.video.frameRate = \">= 120\"", "\">= 120\"", "\">= 20\""),
    mistake("expect.video.recommendedResolution = \">= 3840x2160\"", "", "\">= 640x480\""),
    mistake("expect.video.bitrate = \">= 0 bit/s\"", "", "\">= 400 kbit/s\""),
    // TOML syntax.
    mistake("network.profile = 3g", "network.profile = 3g", "network.profile = \"3g\""),
    mistake("network.delay = 80 ms", "network.delay = 80 ms", "network.delay = \"80 ms\""),
    mistake("network.delay = 80 msec # each way", "network.delay = 80 msec", "network.delay = \"80 ms\" # each way"),
    mistake("network.latency = 80 ms", "network.latency = 80 ms", "network.delay = \"80 ms\""),
    mistake("expect.video.bitrate = >= 200 kbit/s", "", "video.bitrate = \">= 200 kbit/s\""),
    mistake("expect.video.bitrate = >= 200 kbps", "", "video.bitrate = \">= 200 kbit/s\""),
    mistake("expect.video.bitrate >= 200 kbit/s", "", "video.bitrate = \">= 200 kbit/s\""),
    mistake("repeat: 6", "repeat: 6", "repeat = 6"),
    mistake("network.delay = “80 ms”", "network.delay = “80 ms”", "network.delay = \"80 ms\""),
    mistake("network.delay = \"80 ms", "network.delay = \"80 ms", "network.delay = \"80 ms\""),
    mistake("network.delay = \"80 ms';", "network.delay = \"80 ms';", "network.delay = \"80 ms\""),
    mistake("[case.network\ndelay = \"80 ms\"", "[case.network", "[case.network]"),
    mistake("[case network]\ndelay = \"80 ms\"", "[case network]", "[case.network]"),
    mistake("[matrix]\nsdk = [2.34.2, 2.35.2]", "sdk = [2.34.2, 2.35.2]", "sdk = [\"2.34.2\", \"2.35.2\"]"),
    mistake(
        "[matrix]\nsdk = [\"2.34.2\", \"2.35.2\"\n[expect]",
        "sdk = [\"2.34.2\", \"2.35.2\"",
        "\"2.35.2\"]\n[expect]",
    ),
    mistake("[matrix]\nnetwork = [\n  \"lte\",\n  3g,\n]", "3g,", "  \"3g\",\n]"),
    mistake("network = { rate = 400 kbit/s }", "", "network = { rate = \"400 kbit/s\" }"),
    mistake("repeat = 2\nrepeat = 3", "repeat = 3", "repeat = 2\n"),
    mistake("repeat = 06", "repeat = 06", "repeat = 6"),
    mistake("test.audioOnly = True", "test.audioOnly = True", "test.audioOnly = true"),
    mistake("expect.audio.mos = \">= 3\", \"<= 4\"", "", "audio.mos = [\">= 3\", \"<= 4\"]"),
    mistake("// remark", "// remark", "# remark"),
    mistake("network.delay\u{a0}= \"80 ms\"", "", "network.delay = \"80 ms\""),
    mistake("sdk.version = 2.35.2", "", "sdk.version = \"2.35.2\""),
    mistake("[matrix]\r\nnetwork = [\"3G\"]\r\n", "\"3G\"", "network = [\"3g\"]\r\n"),
];

/// Returns the file with the mistake.
fn file(text: &str) -> String {
    let is_top = text.starts_with('[') && !text.starts_with("[case");
    if is_top { text.to_owned() + "\n[[case]]\nname = \"a\"\n" } else { format!("[[case]]\nname = \"a\"\n{text}\n") }
}

fn found(text: &str) -> Vec<Diagnostic> {
    parse(text, Path::new("test.toml")).err().map(|error| error.diagnostics().to_vec()).unwrap_or_default()
}

/// Returns the file with all advice applied.
fn advised(text: &str, found: &[Diagnostic]) -> String {
    let mut fixes: Vec<_> = found.iter().filter_map(|diagnostic| diagnostic.fix.clone()).collect();
    fixes.sort_by_key(|fix| std::cmp::Reverse(fix.span.start));
    let mut text = text.to_owned();
    fixes.iter().for_each(|fix| text.replace_range(fix.span.clone(), &fix.text));
    text
}

/// Returns the faults of the response to a mistake.
fn judged(mistake: &Mistake) -> Result<(), String> {
    let text = file(mistake.text);
    let found = found(&text);
    let report = found.iter().map(|found| format!("  {}\n    {}\n", found.message, found.help)).collect::<String>();
    let wrong = |what: &str| Err(format!("{}\n  {what}:\n{report}", mistake.text));
    let marked: Vec<_> = mistake.marked.split('|').collect();
    if found.len() != marked.len() {
        return wrong(&format!("{} messages", found.len()));
    }
    for (diagnostic, marked) in found.iter().zip(marked) {
        let at = diagnostic.span.clone().and_then(|span| text.get(span)).unwrap_or_default();
        if !marked.is_empty() && at != marked {
            return wrong(&format!("it marks {at:?}"));
        }
        let Some(fix) = &diagnostic.fix else { return wrong("no advice") };
        if !diagnostic.help.contains(fix.text.lines().next().unwrap_or_default().trim()) {
            return wrong(&format!("the help does not have {}", fix.text));
        }
    }
    let advised = advised(&text, &found);
    if !advised.contains(mistake.afterwards) {
        return wrong(&format!("the advice makes it\n{advised}"));
    }
    match parse(&advised, Path::new("test.toml")) {
        Ok(_) => Ok(()),
        Err(error) => wrong(&format!("the advice does not work:\n{error}")),
    }
}

#[test]
fn common_mistakes_get_one_message_with_working_advice() {
    let wrong: Vec<_> = MISTAKES.iter().filter_map(|mistake| judged(mistake).err()).collect();
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), MISTAKES.len(), wrong.join("\n"));
}

#[test]
fn lists_outside_a_matrix_are_moved_into_it() {
    for text in
        ["sdk = [\"2.34.2\", \"2.35.2\"]", "network.delay = [\"40 ms\", \"80 ms\"]", "network = [\"3g\", \"lte\"]"]
    {
        let found = found(&file(text));
        assert!(found.len() == 1 && found[0].help.contains(&format!("`{text}` below [matrix]")), "{found:#?}");
    }
}

/// The missing case must not hide the other mistakes.
#[test]
fn file_without_case_reports_all_mistakes() {
    let text =
        "repeat = \"2\"\n[test]\ntimeout = 8\n[network]\nloss = 2\ndelay = 80\n[expect]\naudio.moss = \">= 3\"\n";
    let found = found(text);
    let messages: Vec<_> = found.iter().map(|found| found.message.as_str()).collect();
    assert_eq!(messages.len(), 6, "{messages:#?}");
    let advised = advised(text, &found);
    assert!(parse(&advised, Path::new("test.toml")).is_ok(), "{advised}");
    // A misspelt `case` is one mistake, and the content of the cases is still read.
    let text = "[[cases]]\nname = \"a\"\nnetwork.latency = \"80 ms\"\n";
    let found = self::found(text);
    let helps: Vec<_> = found.iter().map(|found| found.help.as_str()).collect();
    assert_eq!(helps, ["did you mean `case`?", "did you mean `delay`?"]);
    let text = "[case]\nname = \"a\"\nrepeats = 2\n";
    assert!(parse(&self::advised(text, &self::found(text)), Path::new("test.toml")).is_ok());
}

#[test]
fn syntax_errors_are_reported_with_all_others() {
    let text = "name: demo\nrepeats = 2\n[test]\ntimeout = 8 sec\n[[case]]\nname = a\n[case.network\nlatency = 80 ms\nloss = \"2\"\n";
    let found = found(text);
    insta::assert_snapshot!(parse(text, Path::new("test.toml")).expect_err("wrong").render(false));
    let advised = advised(text, &found);
    assert!(parse(&advised, Path::new("test.toml")).is_ok(), "{advised}");
}

#[test]
fn uncorrectable_text_is_explained() {
    let texts = [
        "name =",
        "word",
        "{ \"name\": \"g\" }",
        "a = [1, 2",
        "a = \"\"\"x",
        "a = \"\\q\"",
        "[a]\n[a]",
        "[case]\nname = \"a\"\n[case]\nname = \"b\"",
        "a = 1\na.b = 2",
        "[a]\nx = 1\n[[a]]\nx = 2",
        "a = \"x\u{1}\"",
        "= 3",
        "<xml>",
        "- name: g",
        "a = ",
        "a = {",
        "[",
        "]",
        "\"\"\"k\"\"\" = 1",
    ];
    let report = texts.map(|text| {
        let found = found(text);
        let report: Vec<_> = found.iter().map(|found| format!("  {}: {}", found.message, found.help)).collect();
        format!("{text}\n{}", report.join("\n"))
    });
    insta::assert_snapshot!(report.join("\n\n"));
}

proptest::proptest! {
    #![proptest_config(proptest::test_runner::Config::with_cases(64))]

    /// The place of every diagnostic is inside the file, whatever the file contains.
    #[test]
    fn places_are_inside_the_file(text in "(\\[\\[?(case|network|expect|test)\\]?\\]?\n|[a-z.]{1,8} ?[=:]? ?(\"[^\"\n]{0,8}\"?|[0-9a-z %.]{0,8}|\\[[0-9a-z, ]{0,8}\\]?|\\{|“x”)\n|\\PC{0,6}\n){0,6}") {
        for diagnostic in found(&text) {
            for span in diagnostic.span.into_iter().chain(diagnostic.fix.map(|fix| fix.span)) {
                proptest::prop_assert!(text.get(span.clone()).is_some(), "{span:?} of {text:?}");
            }
        }
    }
}

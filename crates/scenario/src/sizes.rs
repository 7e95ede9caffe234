//! Sizes of pictures.

/// Common names of sizes.
const NAMED: [(&str, &str); 12] = [
    ("180p", "320x180"),
    ("240p", "320x240"),
    ("270p", "480x270"),
    ("360p", "640x360"),
    ("480p", "640x480"),
    ("540p", "960x540"),
    ("720p", "1280x720"),
    ("1080p", "1920x1080"),
    ("qvga", "320x240"),
    ("vga", "640x480"),
    ("hd", "1280x720"),
    ("fullhd", "1920x1080"),
];

/// Parses `640x480` into a width and a height.
pub(super) fn parse(text: &str) -> Option<(u32, u32)> {
    let (width, height) = text.split_once('x')?;
    Some((width.parse().ok()?, height.parse().ok()?))
}

/// Returns the size for another notation: `640 x 480`, `640×480`, `720p`.
pub(super) fn meant(text: &str) -> Option<String> {
    let plain = text.to_lowercase().replace(['×', '*'], "x").replace([' ', '_', '-'], "");
    let named = NAMED.iter().find(|(name, _)| *name == plain).map(|(_, size)| (*size).to_owned());
    named.or_else(|| Some(plain).filter(|plain| parse(plain).is_some()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn other_notations_are_recognized() {
        for (text, wanted) in
            [("640 X 480", "640x480"), ("1280×720", "1280x720"), ("720p", "1280x720"), ("VGA", "640x480")]
        {
            assert_eq!(meant(text).as_deref(), Some(wanted), "{text}");
        }
        assert_eq!(meant("large"), None);
        assert_eq!(parse("640x480"), Some((640, 480)));
    }
}

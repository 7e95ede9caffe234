//! The sizes that calls are tried at, as the steps of a ladder.

use precall_results::FrameSize;

/// A step may have so many times the pixels of the advice that belongs to it, since advice may be of other proportions:
/// 320x180 has a third more than 240x180.
const TOLERANCE: f64 = 1.4;

/// The sizes that calls are tried at, from the smallest to the largest. Step 0 is no video at all, and each size is one
/// step higher.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Ladder(Vec<FrameSize>);

impl Ladder {
    /// Returns the ladder of these sizes.
    pub(super) fn new(mut sizes: Vec<FrameSize>) -> Self {
        sizes.sort_by_key(|size| size.pixels());
        sizes.dedup();
        Self(sizes)
    }

    /// Returns the number of steps, the one without video included.
    pub(super) fn steps(&self) -> usize {
        self.0.len() + 1
    }

    /// Returns the step of an advised size: the highest one with about as many pixels, or fewer. Advice against video
    /// is step 0.
    pub(super) fn step(&self, size: Option<FrameSize>) -> usize {
        let most = size.map_or(0.0, |size| size.pixels() as f64 * TOLERANCE);
        self.0.iter().filter(|step| step.pixels() as f64 <= most).count()
    }

    /// Returns the name of a step: `640x360`, or `none`.
    pub(super) fn name(&self, step: usize) -> String {
        step.checked_sub(1).and_then(|index| self.0.get(index)).map_or_else(|| "none".to_owned(), ToString::to_string)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn size(text: &str) -> FrameSize {
        text.parse().expect("a size")
    }

    #[test]
    fn advice_of_other_proportions_belongs_to_a_step() {
        let ladder = Ladder::new(["1280x720", "320x180", "640x360"].map(size).to_vec());
        assert_eq!(ladder.steps(), 4);
        let steps = [
            ("320x240", 1),
            ("320x180", 1),
            ("480x270", 1),
            ("640x360", 2),
            ("640x480", 2),
            ("960x540", 2),
            ("1280x720", 3),
            ("1920x1080", 3),
            ("240x180", 1),
            ("160x90", 0),
        ];
        for (text, step) in steps {
            assert_eq!(ladder.step(Some(size(text))), step, "{text}");
        }
        assert_eq!(ladder.step(None), 0);
        assert_eq!((ladder.name(0).as_str(), ladder.name(2).as_str()), ("none", "640x360"));
    }
}

//! The sizes that calls are tried at, as the steps of a ladder.

use precall_results::FrameSize;

/// A size of other proportions belongs to a step that has so many fewer pixels: 320x240 has a third more than 320x180.
const TOLERANCE: f64 = 1.4;

/// The sizes that calls are tried at, from the smallest to the largest. Step 0 is no video at all, and each size is one
/// step higher.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ladder(Vec<FrameSize>);

impl Ladder {
    /// Returns the ladder of these sizes.
    pub fn new(mut sizes: Vec<FrameSize>) -> Self {
        sizes.sort_by_key(|size| size.pixels());
        sizes.dedup();
        Self(sizes)
    }

    /// Returns the sizes in ascending order.
    pub fn sizes(&self) -> &[FrameSize] {
        &self.0
    }

    /// Returns the number of steps, the one without video included.
    pub fn steps(&self) -> usize {
        self.0.len() + 1
    }

    /// Returns the step of an advised size: the highest size with at most about as many pixels, since advice may be of
    /// other proportions than the ladder (`640x480` belongs to `640x360`). Advice against video is step 0.
    pub fn step(&self, size: Option<FrameSize>) -> usize {
        let Some(size) = size else { return 0 };
        let fits = |known: &&FrameSize| f64::from(known.width) * f64::from(known.height) <= pixels(size);
        let fitting = self.0.iter().filter(fits).count();
        // A size that is larger than the advice by a few pixels is still meant.
        let next = self.0.get(fitting).filter(|next| pixels(**next) <= pixels(size) * 1.05);
        (fitting + usize::from(next.is_some())).max(usize::from(is_near_smallest(self.0.first(), size)))
    }

    /// Returns the name of a step: `640x360`, or `none`.
    pub fn name(&self, step: usize) -> String {
        step.checked_sub(1).and_then(|index| self.0.get(index)).map_or_else(|| "none".to_owned(), ToString::to_string)
    }
}

fn pixels(size: FrameSize) -> f64 {
    f64::from(size.width) * f64::from(size.height)
}

/// Whether advice below the smallest size is still about video of that size.
fn is_near_smallest(smallest: Option<&FrameSize>, size: FrameSize) -> bool {
    smallest.is_some_and(|smallest| pixels(*smallest) <= pixels(size) * TOLERANCE)
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

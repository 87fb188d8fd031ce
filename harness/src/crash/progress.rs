//! Whether a run gets on from image to image: what brings it to its end.
//!
//! An attempt that is over is told of by a result, or a test that is tried again has it behind it. There are only so many of
//! them: a plan has its steps, and each of these its tries. So an image has come to something if there are more than there ever
//! were, and too many images in a row that have not are the end of the run. That holds whatever becomes of an attempt on the
//! way from image to image: one that is made again does not count a second time.

/// How many images in a row may come to nothing.
const PATIENCE: usize = 3;

/// How far the images before have come.
#[derive(Debug, Default)]
pub(super) struct Progress {
    /// The most attempts that were over when an image ended.
    most: usize,
    /// How many images in a row have not come so far.
    fruitless: usize,
}

impl Progress {
    /// An image has ended, with so many attempts that are over.
    pub(super) fn ended(&mut self, attempts: usize) {
        self.fruitless = if attempts > self.most { 0 } else { self.fruitless + 1 };
        self.most = self.most.max(attempts);
    }

    /// Whether nothing more is to be expected.
    pub(super) fn is_given_up(&self) -> bool {
        self.fruitless > PATIENCE
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// After how many of these images the run is given up.
    fn given_up_after(images: impl IntoIterator<Item = usize>) -> Option<usize> {
        let mut progress = Progress::default();
        let given_up = |attempts| {
            progress.ended(attempts);
            progress.is_given_up()
        };
        images.into_iter().map(given_up).position(|given_up| given_up).map(|at| at + 1)
    }

    #[test]
    fn a_run_is_given_up_after_the_fourth_image_in_a_row_that_came_to_nothing() {
        assert_eq!(given_up_after([0, 0, 0]), None);
        assert_eq!(given_up_after([0, 0, 0, 0]), Some(4));
        assert_eq!(given_up_after([2, 2, 2, 2, 3, 3, 3, 3, 4]), None);
        assert_eq!(given_up_after([2, 2, 2, 2, 3, 3, 3, 3, 3]), Some(9));
    }

    #[test]
    fn a_run_that_loses_attempts_again_and_again_ends_all_the_same() {
        for lost in 1..9 {
            let mut attempts = 9;
            let images = std::iter::from_fn(|| {
                attempts = if attempts == 9 { 9 - lost } else { attempts + 1 };
                Some(attempts)
            });
            assert!(given_up_after(images.take(1000)).is_some(), "{lost}");
        }
    }
}

//! The fewest of some things that are still enough.

/// Leaves out some of the things for as long as the rest is still enough. It says what to try; the caller tries it, and
/// tells what came of it.
///
/// What it ends with is the least that was tried: no one of these things can be left out alone. This is delta debugging
/// (Zeller and Hildebrandt, "Simplifying and Isolating Failure-Inducing Input", 2002) with one addition: nothing at all is
/// tried first, which is the most telling answer.
#[derive(Debug, Clone)]
pub struct Fewest<T> {
    best: Vec<T>,
    pass: Pass,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Pass {
    Nothing,
    /// To leave out so many before this place. `again`: some were left out since the pass began.
    Without {
        many: usize,
        end: usize,
        again: bool,
    },
    Done,
}

impl<T: Clone> Fewest<T> {
    /// All of these are enough.
    pub fn new(all: Vec<T>) -> Self {
        let pass = if all.is_empty() { Pass::Done } else { Pass::Nothing };
        Self { best: all, pass }
    }

    /// The fewest so far that are enough.
    pub fn best(&self) -> &[T] {
        &self.best
    }

    /// What to try next; none when nothing more can be left out.
    pub fn candidate(&self) -> Option<Vec<T>> {
        match self.pass {
            Pass::Nothing => Some(Vec::new()),
            Pass::Without { many, end, .. } => {
                Some([&self.best[..end.saturating_sub(many)], &self.best[end..]].concat())
            }
            Pass::Done => None,
        }
    }

    /// Whether the last candidate was enough.
    pub fn tell(&mut self, enough: bool) {
        let tried = self.candidate().filter(|_| enough);
        self.pass = match self.pass {
            Pass::Nothing if enough => Pass::Done,
            Pass::Nothing => Self::over(self.best.len() / 2, self.best.len()),
            Pass::Without { many, end, again } => {
                let left = end.saturating_sub(many);
                let len = tried.as_ref().map_or(self.best.len(), Vec::len);
                match left {
                    1.. => Pass::Without { many, end: left, again: again || enough },
                    // Without a later one an earlier one may not be needed either.
                    0 if many == 1 && (again || enough) => Self::over(1, len),
                    0 if many == 1 => Pass::Done,
                    0 => Self::over(many / 2, len),
                }
            }
            Pass::Done => Pass::Done,
        };
        if let Some(tried) = tried {
            self.best = tried;
        }
        if let Pass::Without { many, .. } = self.pass
            && many >= self.best.len()
        {
            // That nothing is too few is known.
            self.pass = Self::over(self.best.len() / 2, self.best.len());
        }
    }

    fn over(many: usize, len: usize) -> Pass {
        match len {
            // Nothing at all has been tried.
            0 | 1 => Pass::Done,
            _ => Pass::Without { many: many.clamp(1, len), end: len, again: false },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Which it ends with, and how many it tried.
    fn fewest(all: u32, enough: impl Fn(&[u32]) -> bool) -> (Vec<u32>, usize) {
        let mut fewest = Fewest::new((1..=all).collect());
        let mut tried = 0;
        while let Some(candidate) = fewest.candidate() {
            assert!(candidate.len() < fewest.best().len());
            assert!(tried == 0 || !candidate.is_empty(), "nothing is tried once");
            fewest.tell(enough(&candidate));
            tried += 1;
            assert!(tried < 500, "{fewest:?}");
        }
        (fewest.best().to_vec(), tried)
    }

    #[test]
    fn what_must_be_there_is_what_is_left() {
        assert_eq!(fewest(9, |_| true), (vec![], 1), "nothing at all is tried first");
        assert_eq!(fewest(1, |some| !some.is_empty()), (vec![1], 1));
        for wanted in [vec![3], vec![1, 9], vec![2, 3, 8], (1..=9).collect::<Vec<u32>>()] {
            let (left, tried) = fewest(9, |some| wanted.iter().all(|one| some.contains(one)));
            assert_eq!(left, wanted);
            assert!(tried <= 30, "{tried} for {wanted:?}");
        }
    }

    #[test]
    fn one_that_is_only_needed_beside_another_goes_with_it() {
        // 5 does harm alone, and 2 makes up for it.
        let (left, _) = fewest(6, |some| some.contains(&1) && (some.contains(&2) || !some.contains(&5)));
        assert_eq!(left, [1]);
    }

    #[test]
    fn no_one_of_what_is_left_can_be_left_out_alone() {
        let enough = |some: &[u32]| some.iter().sum::<u32>() >= 40 && some.len().is_multiple_of(2);
        let (left, _) = fewest(12, enough);
        assert!(enough(&left));
        for at in 0..left.len() {
            let without = [&left[..at], &left[at + 1..]].concat();
            assert!(!enough(&without), "{left:?}");
        }
    }
}

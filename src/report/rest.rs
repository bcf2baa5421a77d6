//! What became of the other tests of a stage in the run that a failure is of. Whoever looks for the cause learns from it
//! what works, and what else does not.

use serde::{Deserialize, Serialize};

use super::card_told::listed;
use super::diff::plural;
use crate::facts::TestVerdict;

/// This many tests that failed are named.
const NAMED: usize = 6;

/// The other tests of the stage.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Rest {
    pub passed: usize,
    /// Their names, in the order in which they ran.
    pub failed: Vec<String>,
    pub not_judged: usize,
    pub not_run: usize,
}

impl Rest {
    /// All tests of the stage besides this one; none if none of them was judged.
    pub fn of<'a>(test: &str, all: impl IntoIterator<Item = (&'a str, TestVerdict)>) -> Option<Rest> {
        let mut rest = Rest::default();
        for (name, verdict) in all.into_iter().filter(|(name, _)| *name != test) {
            match verdict {
                TestVerdict::Passed => rest.passed += 1,
                TestVerdict::Failed => rest.failed.push(name.to_owned()),
                TestVerdict::NotJudged => rest.not_judged += 1,
                TestVerdict::NotRun => rest.not_run += 1,
            }
        }
        (rest.passed > 0 || !rest.failed.is_empty()).then_some(rest)
    }

    /// `7 other tests passed. 1 failed: "Puts survive".`
    pub fn words(&self) -> String {
        let was = plural(self.not_run, "was", "were");
        let came = [
            (self.passed, "passed".to_owned()),
            (self.failed.len(), format!("failed: {}", self.named())),
            (self.not_judged, "could not be judged".to_owned()),
            (self.not_run, format!("{was} not run")),
        ];
        let came: Vec<(usize, String)> = came.into_iter().filter(|(count, _)| *count > 0).collect();
        let subject = |at: usize, count: usize| match (at, came.len(), count) {
            (0, 1, 1) => "The other test".to_owned(),
            (0, 1, 2) => "Both other tests".to_owned(),
            (0, 1, count) => format!("All {count} other tests"),
            (0, _, count) => format!("{count} other {}", plural(count, "test", "tests")),
            (_, _, count) => count.to_string(),
        };
        let sentence = |(at, (count, what)): (usize, &(usize, String))| format!("{} {what}.", subject(at, *count));
        came.iter().enumerate().map(sentence).collect::<Vec<_>>().join(" ")
    }

    /// Those that failed, as far as they are named.
    fn named(&self) -> String {
        let names = self.failed.iter().take(NAMED).map(|name| format!("\"{name}\""));
        let more = self.failed.len().saturating_sub(NAMED);
        let more = (more > 0).then(|| format!("{more} more"));
        listed(&names.chain(more).collect::<Vec<_>>())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(tests: &[(&str, TestVerdict)]) -> Option<String> {
        Rest::of("this", tests.iter().copied()).map(|rest| rest.words())
    }

    #[test]
    fn those_that_failed_are_named_and_the_others_counted() {
        use TestVerdict::{Failed, NotJudged, NotRun, Passed};
        let this = ("this", Failed);
        let words = |tests: &[(&str, TestVerdict)]| told(tests).unwrap();
        assert_eq!(words(&[("a", Passed), this]), "The other test passed.");
        assert_eq!(words(&[("a", Passed), this, ("b", Passed)]), "Both other tests passed.");
        let three = [this, ("a", Failed), ("b", Failed), ("c", Failed)];
        assert_eq!(words(&three), "All 3 other tests failed: \"a\", \"b\" and \"c\".");
        assert_eq!(
            words(&[("a", Passed), this, ("b", Failed), ("c", Passed)]),
            "2 other tests passed. 1 failed: \"b\"."
        );
        let many = ["this", "a", "b", "c", "d", "e", "f", "g", "h"].map(|name| (name, Failed));
        let named = "\"a\", \"b\", \"c\", \"d\", \"e\", \"f\" and 2 more";
        assert_eq!(words(&many), format!("All 8 other tests failed: {named}."));
        let mixed = [("a", Passed), ("b", Failed), this, ("c", NotJudged), ("d", NotRun), ("e", NotRun)];
        assert_eq!(words(&mixed), "1 other test passed. 1 failed: \"b\". 1 could not be judged. 2 were not run.");
        assert_eq!(words(&[this, ("a", Failed), ("b", NotRun)]), "1 other test failed: \"a\". 1 was not run.");
    }

    #[test]
    fn nothing_is_told_where_no_other_test_was_judged() {
        use TestVerdict::{Failed, NotJudged, NotRun};
        assert_eq!(told(&[("this", Failed)]), None);
        assert_eq!(told(&[("this", Failed), ("a", NotRun), ("b", NotJudged)]), None);
    }
}

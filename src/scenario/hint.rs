//! A hint, and the kinds of failure that it is for.

use crate::facts::FailureKind;

/// A sentence for a learner whose test fails, given when asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hint {
    pub text: String,
    /// The kinds of failure that it helps with; none means all.
    pub kinds: Vec<FailureKind>,
}

/// The hints for a failure of this kind: first those that name it, then those for any kind, both in file order.
pub fn fitting(hints: impl IntoIterator<Item = Hint>, kind: FailureKind) -> Vec<String> {
    let fit = hints.into_iter().filter(|hint| hint.kinds.is_empty() || hint.kinds.contains(&kind));
    let (any, named): (Vec<Hint>, Vec<Hint>) = fit.partition(|hint| hint.kinds.is_empty());
    named.into_iter().chain(any).map(|hint| hint.text).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hints_for_the_kind_come_first_and_those_for_others_not_at_all() {
        let hint = |text: &str, kinds: &[FailureKind]| Hint { text: text.to_owned(), kinds: kinds.to_vec() };
        let hints = [
            hint("any", &[]),
            hint("dead", &[FailureKind::Refused, FailureKind::Reset]),
            hint("status", &[FailureKind::WrongStatus]),
            hint("any more", &[]),
        ];
        assert_eq!(fitting(hints.clone(), FailureKind::Reset), ["dead", "any", "any more"]);
        assert_eq!(fitting(hints.clone(), FailureKind::WrongStatus), ["status", "any", "any more"]);
        assert_eq!(fitting(hints, FailureKind::WrongBody), ["any", "any more"]);
    }
}

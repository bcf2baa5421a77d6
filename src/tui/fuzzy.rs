//! Which texts a few typed letters may mean, and how well they fit.
//!
//! Letters that merely occur somewhere in a long text mean nothing, so all letters of a word are found in one word of
//! the text, or in one name with its hyphens, and begin where that begins: `stg` is stage, `nst` is next-stage.

/// How well something fits: the best first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Fit {
    /// What was typed is its key.
    Key,
    /// It is that.
    Same,
    /// A word of it is.
    Word,
    /// A word of it begins so.
    Start,
    /// It holds the letters one after the other.
    Inside,
    /// With this many letters left out between them.
    Scattered(usize),
}

/// How well `typed`, one word in lower case, fits a text in lower case.
pub(super) fn fit(typed: &str, text: &str) -> Option<Fit> {
    if text == typed {
        return Some(Fit::Same);
    }
    let words = || text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    if words().any(|word| word == typed) {
        return Some(Fit::Word);
    }
    if text.starts_with(typed) || words().any(|word| word.starts_with(typed)) {
        return Some(Fit::Start);
    }
    if text.contains(typed) {
        return Some(Fit::Inside);
    }
    text.split_whitespace().chain(words()).filter_map(|word| scattered(typed, word)).min().map(Fit::Scattered)
}

/// How many letters of a word stand between those that were typed, from its first to the last of them. Where a letter
/// occurs twice, the first is taken: words are short, and any way of finding them is one.
fn scattered(typed: &str, word: &str) -> Option<usize> {
    let (mut typed, mut word) = (typed.chars(), word.chars());
    if typed.next() != word.next() {
        return None;
    }
    let mut left_out = 0;
    for wanted in typed {
        left_out += word.position(|letter| letter == wanted)?;
    }
    Some(left_out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_of_a_word_in_their_order_mean_it() {
        assert_eq!(fit("stage", "stage"), Some(Fit::Same));
        assert_eq!(fit("stage", "show the stage before"), Some(Fit::Word));
        assert_eq!(fit("sta", "show the stage before"), Some(Fit::Start));
        assert_eq!(fit("next-s", "next-stage"), Some(Fit::Start));
        assert_eq!(fit("tag", "show the stage before"), Some(Fit::Inside));
        assert_eq!(fit("stg", "show the stage before"), Some(Fit::Scattered(1)));
        assert_eq!(fit("nst", "next-stage"), Some(Fit::Scattered(4)));
        // Not across words, not from their middle, not in another order.
        for typed in ["swb", "tge", "gts", "stagee", "z"] {
            assert_eq!(fit(typed, "show the stage before"), None, "{typed}");
        }
    }

    #[test]
    fn the_closer_the_better() {
        let order = [Fit::Same, Fit::Word, Fit::Start, Fit::Inside, Fit::Scattered(1), Fit::Scattered(2)];
        assert!(order.is_sorted());
    }
}

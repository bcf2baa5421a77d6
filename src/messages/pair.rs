//! A value beside its key, as messages carry them: right behind it, or with what a format puts between the two.

use memchr::memmem::{Finder, FinderRev, rfind};

/// Shorter values are the same by chance, even beside their key.
const SHORTEST: usize = 3;
/// Letters of a word by which keys of one kind are known.
const STEM: usize = 4;
/// Between a key and its value there is no more than this.
const GAP: usize = 64;
/// The same in a line of the record, where each byte may be escaped.
const ESCAPED: usize = 6 * GAP;

/// Finds a value where it stands beside its key.
#[derive(Debug)]
pub struct Pair {
    key: Finder<'static>,
    key_before: FinderRev<'static>,
    value: Finder<'static>,
    /// How other values of the key go on that begin like this one.
    longer: Vec<String>,
    /// The longest word of the key. Other keys of its kind have it, too.
    stem: String,
}

/// What stands where a value was found.
enum Here {
    Value,
    Other,
    /// The value, and then something that makes it look like another one; or that other one.
    Either,
}

impl Pair {
    /// `values`: all that the key may have had. None for what cannot be told from everything else, or what messages may
    /// write in other ways.
    pub fn of<'v>(key: &str, value: &str, values: impl IntoIterator<Item = &'v str>) -> Option<Pair> {
        let plain = |c: char| c.is_ascii_alphanumeric() || " -_.:".contains(c);
        let stem = key.split(|c: char| !c.is_ascii_alphanumeric()).max_by_key(|word| word.len())?;
        if value.len() < SHORTEST || stem.len() < STEM || !key.chars().chain(value.chars()).all(plain) {
            return None;
        }
        let longer = values.into_iter().filter_map(|other| other.strip_prefix(value)).filter(|rest| !rest.is_empty());
        Some(Pair {
            key: Finder::new(key).into_owned(),
            key_before: FinderRev::new(key).into_owned(),
            value: Finder::new(value).into_owned(),
            longer: longer.map(str::to_owned).collect(),
            stem: stem.to_owned(),
        })
    }

    /// Whether it may be in the message of this line of the record.
    pub fn may_be_in(&self, line: &[u8]) -> bool {
        self.value.find_iter(line).any(|at| {
            let around = &line[at.saturating_sub(ESCAPED + self.key.needle().len())..];
            let end = 2 * (ESCAPED + self.key.needle().len()) + self.value.needle().len();
            self.key.find(&around[..around.len().min(end)]).is_some()
        })
    }

    /// How often it is in a message. None if it may be another value that begins like it.
    pub fn times_in(&self, message: &[u8]) -> Option<usize> {
        let mut times = 0;
        for at in self.value.find_iter(message) {
            match self.here(message, at) {
                Here::Value => times += 1,
                Here::Other => {}
                Here::Either => return None,
            }
        }
        Some(times)
    }

    fn here(&self, message: &[u8], at: usize) -> Here {
        let (before, after) = (&message[..at], &message[at + self.value.needle().len()..]);
        if !self.is_beside(before, after) {
            return Here::Other;
        }
        // In a format of bytes a digit may be a number that follows the value: only what was written tells.
        let rests = self.longer.iter().filter_map(|rest| after.strip_prefix(rest.as_bytes()));
        match rests.max_by_key(|left| std::cmp::Reverse(left.len())) {
            None => Here::Value,
            Some(left) if left.first().is_none_or(|next| b"\"', \r\n}];&".contains(next)) => Here::Other,
            Some(_) => Here::Either,
        }
    }

    /// Whether the key is near, and no other one nearer.
    fn is_beside(&self, before: &[u8], after: &[u8]) -> bool {
        let key = self.key.needle();
        if before.ends_with(key) {
            return true;
        }
        if before.last().is_some_and(is_part) {
            return false;
        }
        let near = &before[before.len().saturating_sub(GAP + key.len())..];
        let key_before = self.key_before.rfind(near).map(|place| &near[place + key.len()..]);
        let near = &after[..after.len().min(GAP + key.len())];
        let key_after = self.key.find(near).filter(|place| !near.get(place + key.len()).is_some_and(is_part));
        key_before.is_some_and(|between| !between.first().is_some_and(is_part) && self.is_gap(between))
            || key_after.is_some_and(|place| self.is_gap(&near[..place]))
    }

    /// Whether no other key is between a key and its value.
    fn is_gap(&self, between: &[u8]) -> bool {
        rfind(between, self.stem.as_bytes()).is_none()
    }
}

/// Whether a name goes on with this.
fn is_part(byte: &u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-_.".contains(byte)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn times(message: &str, values: &[&str]) -> Option<usize> {
        let pair = Pair::of("efjga-3", "20-1", values.iter().copied()).unwrap();
        let times = pair.times_in(message.as_bytes());
        let line = serde_json::to_vec(message).unwrap();
        assert!(times == Some(0) || pair.may_be_in(&line), "{message}");
        times
    }

    #[test]
    fn a_value_is_found_beside_its_key_in_any_format() {
        let times = |message| times(message, &["20-1", "3-1"]).unwrap();
        assert_eq!(times(r#"{"key":"efjga-3","value":"20-1"}"#), 1);
        assert_eq!(times(r#"{"term": 1, "key": "efjga-3", "name": null, "value": "20-1"}, {}"#), 1);
        assert_eq!(times(r#"{"value":"20-1","key":"efjga-3"}"#), 1);
        assert_eq!(times("SET efjga-3 20-1"), 1);
        // Bytes, of which some happen to be letters and digits.
        assert_eq!(times("\u{1}\u{0}efjga-320-1d\u{0}\u{0}efjga-23-1\u{1}efjga-320-10\u{0}"), 2);
    }

    #[test]
    fn what_only_looks_like_it_is_not_counted() {
        for message in [
            r#"{"key":"efjga-3","value":"20-10"}"#,
            r#"{"key":"efjga-3","value":"120-1"}"#,
            r#"{"key":"efjga-33","value":"20-1"}"#,
            r#"[{"key":"efjga-3","value":"7-7"},{"key":"efjga-2","value":"20-1"}]"#,
            "efjga-210-1 efjga-220-1",
            "20-1",
        ] {
            assert_eq!(times(message, &["20-1", "20-10"]), Some(0), "{message}");
        }
    }

    #[test]
    fn in_bytes_a_value_may_be_one_that_begins_like_it() {
        assert_eq!(times("efjga-320-10\u{0}\u{0}", &["20-1", "20-10"]), None);
        assert_eq!(times("efjga-320-10\u{0}\u{0}", &["20-1", "20-11"]), Some(1));
    }

    #[test]
    fn what_is_there_by_chance_is_not_looked_for() {
        assert!(Pair::of("efjga-3", "20", []).is_none() && Pair::of("k1", "20-1", []).is_none());
        assert!(Pair::of("efjga-3", "\"20\"", []).is_none());
    }
}

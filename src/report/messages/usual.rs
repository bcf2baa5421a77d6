//! What most requests between nodes are, where most of them are the same: a picture need not say it in each row.

use std::collections::HashMap;

use super::kind_words;
use crate::messages::{Kind, ReadError, Record};

/// Kinds and shapes that are looked at: the most frequent ones.
const MOST: usize = 64;

/// A request, and the answer that says no more than that it came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Usual {
    /// `POST /raft/messages`
    pub request: String,
    /// `200`
    pub answer: &'static str,
}

/// None where no kind of request is more than half of all.
pub fn usual(record: &Record) -> Result<Option<Usual>, ReadError> {
    let mut alike: HashMap<u32, (usize, usize)> = HashMap::new();
    let requests = record.entries().iter().enumerate().filter(|(_, entry)| entry.kind == Kind::HttpRequest);
    for (place, entry) in requests {
        alike.entry(entry.alike).or_insert((0, place)).0 += 1;
    }
    let all: usize = alike.values().map(|(times, _)| times).sum();
    let mut alike: Vec<(usize, usize)> = alike.into_values().collect();
    alike.sort_unstable_by(|one, other| other.cmp(one));
    let mut kinds: HashMap<String, usize> = HashMap::new();
    for (times, place) in alike.into_iter().take(MOST) {
        let (message, _) = record.message(&record.entries()[place])?;
        *kinds.entry(kind_words(&message)).or_default() += times;
    }
    let most = kinds.into_iter().find(|(_, times)| 2 * times > all);
    Ok(most.map(|(request, _)| Usual { request, answer: "200" }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::messages::examples::Example;

    /// The usual one of requests at these paths.
    fn of(paths: &[&str]) -> Option<String> {
        let run = tempfile::tempdir().unwrap();
        let mut example = Example::new(&["n1", "n2"]);
        for (number, path) in paths.iter().enumerate() {
            example.asks(number as u64 * 10, "n1", "n2", path, "{\"term\":1}");
        }
        example.write(run.path());
        usual(&Record::open(run.path()).unwrap().unwrap()).unwrap().map(|usual| usual.request)
    }

    #[test]
    fn the_usual_request_is_more_than_half_of_all() {
        assert_eq!(of(&["/raft", "/raft", "/ask"]).as_deref(), Some("POST /raft"));
        assert_eq!(of(&["/raft", "/raft", "/ask", "/votes"]), None);
    }
}

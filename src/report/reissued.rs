//! Where an ETag that should not have come was before: with the same key, with another one, or nowhere.

use super::fact::Entry;
use super::tagged::Given;

/// An earlier answer with the ETag, if there was one in this test.
#[derive(Debug, Clone)]
pub enum Reissued {
    ToTheSame(Given),
    ToAnother { path: String, given: Given },
    Nowhere,
}

impl Reissued {
    /// `entries` are those of the test in order, up to the one request that failed, whose answer had a wrong ETag. None
    /// if it had no ETag, or if not all of the test is known any more.
    pub(super) fn of(failed: &[Entry], entries: &[&Entry], dropped: usize) -> Option<Reissued> {
        let [failed] = failed else { return None };
        let (asked, tag) = failed.request().and_then(|asked| Some((asked, asked.etag.as_ref()?)))?;
        let gave = |entry: &&&Entry| {
            !entry.wrong
                && entry.request().is_some_and(|other| other.etag.as_ref() == Some(tag) && other.id != asked.id)
        };
        let given = |entry: &Entry, method: &str| {
            Some(Given { node: entry.nodes.last()?.clone(), method: method.to_owned(), at: entry.at })
        };
        let mut other = None;
        for entry in entries.iter().filter(gave) {
            let before = entry.request()?;
            if before.item() == asked.item() {
                return given(entry, &before.method).map(Reissued::ToTheSame);
            }
            other.get_or_insert((entry, before));
        }
        match other {
            Some((entry, before)) => {
                let given = given(entry, &before.method)?;
                Some(Reissued::ToAnother { path: before.path.clone(), given })
            }
            None => (dropped == 0).then_some(Reissued::Nowhere),
        }
    }
}

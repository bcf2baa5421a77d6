//! Term and vote in a file of two lines, replaced as a whole: whatever moment a crash picks, it is the old one or the
//! new one.

use std::fs::{self, File};
use std::io::{self, ErrorKind, Write};
use std::path::Path;

use super::super::error::{StorageError, Trying};
use super::super::folder;
use super::super::raft::Ballot;

const NAME: &str = "ballot";

/// The stored ballot; term 0 where there is none.
pub(super) fn load(folder: &Path) -> Result<Ballot, StorageError> {
    let path = folder.join(NAME);
    let text = match fs::read(&path) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Ballot::default()),
        text => text.trying("read", &path)?,
    };
    parse(&text).ok_or(StorageError::Damaged { path, offset: 0 })
}

/// It is on the disk when this returns.
pub(super) fn store(folder: &Path, ballot: &Ballot) -> Result<(), StorageError> {
    let unfinished = folder.join(format!("{NAME}.unfinished"));
    let text = format!("term {}\nvoted for {}\n", ballot.term, ballot.voted_for.as_deref().unwrap_or("-"));
    let write = || -> io::Result<()> {
        let mut file = File::create(&unfinished)?;
        file.write_all(text.as_bytes())?;
        file.sync_all()
    };
    write().trying("write", &unfinished)?;
    let path = folder.join(NAME);
    fs::rename(&unfinished, &path).trying("replace", &path)?;
    folder::sync(folder)
}

fn parse(text: &[u8]) -> Option<Ballot> {
    let (term, voted_for) = str::from_utf8(text).ok()?.strip_suffix('\n')?.split_once('\n')?;
    let term = term.strip_prefix("term ")?.parse().ok()?;
    let voted_for = voted_for.strip_prefix("voted for ")?;
    Some(Ballot { term, voted_for: (voted_for != "-").then(|| voted_for.into()) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_stored_is_loaded() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(load(folder.path()).unwrap(), Ballot::default());
        for ballot in [
            Ballot { term: 7, voted_for: Some("n3".into()) },
            Ballot { term: u64::MAX, voted_for: None },
            Ballot { term: 8, voted_for: Some("a b".into()) },
        ] {
            store(folder.path(), &ballot).unwrap();
            assert_eq!(load(folder.path()).unwrap(), ballot);
        }
    }

    #[test]
    fn a_new_one_that_was_not_finished_changes_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let ballot = Ballot { term: 3, voted_for: Some("n1".into()) };
        store(folder.path(), &ballot).unwrap();
        fs::write(folder.path().join("ballot.unfinished"), "term 4\nvo").unwrap();
        assert_eq!(load(folder.path()).unwrap(), ballot);
    }

    #[test]
    fn damage_is_told_and_not_taken_for_term_0() {
        let folder = tempfile::tempdir().unwrap();
        for text in ["", "term 4", "term 4\n", "term x\nvoted for -\n", "term 4\nvoted for n1"] {
            fs::write(folder.path().join(NAME), text).unwrap();
            assert!(matches!(load(folder.path()), Err(StorageError::Damaged { .. })), "{text:?}");
        }
    }
}

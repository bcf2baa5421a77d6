//! Bodies that are too long for a card, kept in the run's folder.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::{Mutex, PoisonError};

use super::Run;
use crate::facts::Excerpt;

/// At most this many bytes are kept of one run. A body that is wrong again and again can be long each time.
const MOST: u64 = 256 << 20;

/// What has been kept so far.
#[derive(Debug, Default)]
pub(super) struct Kept(Mutex<Files>);

#[derive(Debug, Default)]
struct Files {
    /// By content: attempts that fail in the same way share a file.
    names: HashMap<(usize, u64), String>,
    bytes: u64,
}

impl Run {
    /// Keeps in the run's folder a body that is too long for an excerpt.
    pub(super) fn keep(&self, excerpt: &mut Excerpt, body: &[u8], what: &str) {
        let pasteable = |c: char| !c.is_control() || c == '\n' || c == '\t';
        if excerpt.is_whole() && std::str::from_utf8(body).is_ok_and(|text| text.chars().all(pasteable)) {
            return;
        }
        let mut hasher = DefaultHasher::new();
        (what, body).hash(&mut hasher);
        let key = (body.len(), hasher.finish());
        let mut files = self.kept.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(name) = files.names.get(&key) {
            excerpt.file = Some(name.clone());
            return;
        }
        // Without the file, the card still has the beginning.
        if files.bytes + body.len() as u64 > MOST {
            return;
        }
        let name = format!("bodies/{}-{what}", files.names.len());
        let path = self.folder.join(&name);
        let kept = path.parent().map_or(Ok(()), std::fs::create_dir_all).and_then(|()| std::fs::write(&path, body));
        if let Err(error) = kept {
            self.disk.note(&error);
            return;
        }
        self.budget.wrote(body.len() as u64);
        files.bytes += body.len() as u64;
        let name = format!("{}/{name}", self.folder_name);
        files.names.insert(key, name.clone());
        excerpt.file = Some(name);
    }
}

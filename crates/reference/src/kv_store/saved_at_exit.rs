//! A store without a log, for the seeded bugs of programs like that: everything is in memory, and one file
//! is written at SIGTERM. `saved-at-exit-only` is this store as it was meant; the others break it.
//!
//! The versions are in the file, and so is the newest version given, except in the text files of two bugs.

use std::collections::BTreeMap;
use std::fs;
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use bytes::Bytes;

use super::bug::Bug;
use super::error::{StorageError, Trying};
use super::folder;
use super::map::{Entry, Map};
use super::record::take;

type Entries = BTreeMap<Arc<str>, Entry>;

/// The newest version that was given, and the entries in the order of the file.
type Saved = (u64, Vec<(Arc<str>, Entry)>);

/// The file, and what it held at the start.
pub(super) struct SavedAtExit {
    path: PathBuf,
    loaded: Map,
    /// The newest version that was given.
    newest: AtomicU64,
    bug: Bug,
}

impl SavedAtExit {
    /// Reads the file into the map.
    pub(super) fn open(folder: &Path, bug: Bug) -> Result<(SavedAtExit, Map), StorageError> {
        folder::create(folder)?;
        let path = folder.join("values");
        let mut map = Map::default();
        let (newest, entries) = read(&path, bug)?;
        for (key, entry) in entries {
            map.put(key, entry);
        }
        Ok((SavedAtExit { path, loaded: map.clone(), newest: newest.into(), bug }, map))
    }

    /// A number that was never given before.
    pub(super) fn next(&self) -> u64 {
        self.newest.fetch_add(1, Ordering::Relaxed) + 1
    }

    /// Writes the map to the file.
    pub(super) fn save(&self, map: &Map) -> Result<(), StorageError> {
        let mut entries: Entries = map.iter().map(|(key, entry)| (key.clone(), entry.clone())).collect();
        match self.bug {
            Bug::NothingSaved => return Ok(()),
            Bug::SaveMerges => {
                for (key, entry) in read(&self.path, self.bug)?.1 {
                    entries.entry(key).or_insert(entry);
                }
            }
            // Deleted keys are left out: this one is about updates alone.
            Bug::SaveKeepsOldValues => {
                for (key, entry) in read(&self.path, self.bug)?.1 {
                    entries.entry(key).and_modify(|kept| *kept = entry);
                }
            }
            Bug::SecondSaveThisRunOnly => {
                entries.retain(|key, entry| self.loaded.get(key) != Some(entry));
            }
            _ => {}
        }
        let bytes = write(&entries, self.newest.load(Ordering::Relaxed), self.bug);
        if self.bug == Bug::SaveWithoutTruncate {
            return fs::OpenOptions::new()
                .write(true)
                .create(true)
                .truncate(false)
                .open(&self.path)
                .and_then(|mut file| file.write_all(&bytes))
                .trying("write", &self.path);
        }
        fs::write(&self.path, bytes).trying("write", &self.path)
    }
}

fn write(entries: &Entries, newest: u64, bug: Bug) -> Vec<u8> {
    let mut bytes = match bug {
        Bug::LineBasedFile | Bug::ColonInKeySplits => Vec::new(),
        _ => newest.to_le_bytes().to_vec(),
    };
    for (key, Entry { value, version }) in entries {
        match bug {
            Bug::LineBasedFile => {
                bytes.extend([key.as_bytes(), b" ", value, b"\n"].concat());
            }
            Bug::ColonInKeySplits => {
                bytes.extend([key.as_bytes(), b":", &escape(value), b"\n"].concat());
            }
            _ => {
                bytes.extend((key.len() as u32).to_le_bytes());
                bytes.extend(key.as_bytes());
                bytes.extend(version.to_le_bytes());
                bytes.extend((value.len() as u32).to_le_bytes());
                bytes.extend(value);
            }
        }
    }
    bytes
}

fn read(path: &Path, bug: Bug) -> Result<Saved, StorageError> {
    let bytes = match fs::read(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => Vec::new(),
        bytes => bytes.trying("read", path)?,
    };
    Ok(match bug {
        Bug::LineBasedFile => numbered(lines(&bytes, b' ')),
        Bug::ColonInKeySplits => numbered(lines(&bytes, b':').map(|(key, value)| (key, unescape(&value)))),
        _ => entries(&bytes, bug),
    })
}

fn numbered(values: impl Iterator<Item = (Arc<str>, Bytes)>) -> Saved {
    let entry = |(version, (key, value))| (key, Entry { value, version });
    let entries: Vec<_> = (1..).zip(values).map(entry).collect();
    (entries.len() as u64, entries)
}

/// A file that ends in the middle of an entry is read up to there.
fn entries(mut bytes: &[u8], bug: Bug) -> Saved {
    let mut entries = Vec::new();
    let newest = number(&mut bytes).unwrap_or(0);
    while let Some(key) = counted(&mut bytes)
        && let Some(version) = number(&mut bytes)
        && let Some(mut value) = counted(&mut bytes)
    {
        if bug == Bug::LongLineStopsLoad && value.len() > 64 << 10 {
            break;
        }
        if bug == Bug::TrimmedOnLoad {
            value = value.trim_ascii();
        }
        entries.push((text(key), Entry { value: Bytes::copy_from_slice(value), version }));
    }
    (newest, entries)
}

fn number(bytes: &mut &[u8]) -> Option<u64> {
    take(bytes).map(u64::from_le_bytes)
}

fn counted<'a>(bytes: &mut &'a [u8]) -> Option<&'a [u8]> {
    let (length, rest) = bytes.split_first_chunk::<4>()?;
    let (part, rest) = rest.split_at_checked(u32::from_le_bytes(*length) as usize)?;
    *bytes = rest;
    Some(part)
}

fn lines(bytes: &[u8], separator: u8) -> impl Iterator<Item = (Arc<str>, Bytes)> {
    bytes.split(|byte| *byte == b'\n').filter_map(move |line| {
        let at = line.iter().position(|byte| *byte == separator)?;
        Some((text(&line[..at]), Bytes::copy_from_slice(&line[at + 1..])))
    })
}

fn text(key: &[u8]) -> Arc<str> {
    String::from_utf8_lossy(key).into()
}

fn escape(value: &[u8]) -> Vec<u8> {
    let mut escaped = Vec::with_capacity(value.len());
    for byte in value {
        match byte {
            b'\n' => escaped.extend(b"\\n"),
            b'\\' => escaped.extend(b"\\\\"),
            byte => escaped.push(*byte),
        }
    }
    escaped
}

fn unescape(escaped: &[u8]) -> Bytes {
    let mut value = Vec::with_capacity(escaped.len());
    let mut bytes = escaped.iter();
    while let Some(byte) = bytes.next() {
        value.push(match byte {
            b'\\' if bytes.next() == Some(&b'n') => b'\n',
            byte => *byte,
        });
    }
    value.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after_a_restart(bug: Bug, values: &[(&str, &'static str)]) -> Map {
        let folder = tempfile::tempdir().unwrap();
        let (store, mut map) = SavedAtExit::open(folder.path(), bug).unwrap();
        for (key, value) in values {
            let entry = Entry { value: Bytes::from_static(value.as_bytes()), version: store.next() };
            map.put((*key).into(), entry);
        }
        store.save(&map).unwrap();
        SavedAtExit::open(folder.path(), bug).unwrap().1
    }

    #[test]
    fn as_it_was_meant_it_keeps_every_value() {
        let map = after_a_restart(Bug::SavedAtExitOnly, &[("a:b", " x\ny\\n\0 "), ("c", "é")]);
        assert_eq!(map.len(), 2);
        let entry = |value: &'static str, version| Entry { value: Bytes::from_static(value.as_bytes()), version };
        assert_eq!(map.get("a:b"), Some(&entry(" x\ny\\n\0 ", 1)));
        assert_eq!(map.get("c"), Some(&entry("é", 2)));
    }

    #[test]
    fn the_escapes_of_the_colon_file_keep_every_value() {
        let map = after_a_restart(Bug::ColonInKeySplits, &[("a", "x\n\\n\\\\\ny: z")]);
        assert_eq!(map.get("a").map(|entry| &entry.value[..]), Some("x\n\\n\\\\\ny: z".as_bytes()));
    }
}

//! Follows the file of the run's events, and turns what it gains into lines of lsfr's own.
//!
//! A load has thousands of requests. As events of the app each would be sent, matched and kept, and a frame drawn for
//! it; and a run that has ended would need another way. So the app does not get them: they are read here, from the file
//! that the run's recorder writes anyway, by the thread that reads the nodes' logs, for live and ended runs alike. Of a
//! request only its place in the file is kept, and its text is read again when it is shown.

use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::facts::Stamped;
use crate::report::own_lines::{Change, OwnLines, words};
use crate::report::records::events_path;

/// This much is read in one step, as of a log.
const STEP: u64 = 1024 * 1024;

#[derive(Debug, Default)]
pub(super) struct Events {
    path: PathBuf,
    file: Option<Arc<File>>,
    read: u64,
    /// The beginning of a line whose end was not written yet.
    partial: Vec<u8>,
    lines: OwnLines,
}

/// A change, and where the event that made it is in the file.
pub(super) type Told = (Change, (u64, u32));

impl Events {
    pub(super) fn of(run_dir: &Path) -> Events {
        Events { path: events_path(run_dir), ..Events::default() }
    }

    /// None until the run's recorder has made it.
    pub(super) fn file(&mut self) -> Option<Arc<File>> {
        if self.file.is_none() {
            self.file = File::open(&self.path).ok().map(Arc::new);
        }
        self.file.clone()
    }

    /// Reads on. False when there was nothing more.
    pub(super) fn step(&mut self, buffer: &mut Vec<u8>, told: &mut Vec<Told>) -> bool {
        let Some(file) = self.file() else { return false };
        let more = file.metadata().map_or(0, |metadata| metadata.len()).saturating_sub(self.read);
        buffer.resize(more.min(STEP) as usize, 0);
        let got = match file.read_at(buffer, self.read) {
            Ok(got) => got,
            Err(error) => return error.kind() == io::ErrorKind::Interrupted,
        };
        let mut start = self.read - self.partial.len() as u64;
        self.read += got as u64;
        for piece in buffer[..got].split_inclusive(|byte| *byte == b'\n') {
            self.partial.extend_from_slice(piece);
            if piece.ends_with(b"\n") {
                let line = std::mem::take(&mut self.partial);
                self.event(&line, start, told);
                start += line.len() as u64;
            }
        }
        got > 0
    }

    /// A line that is broken, or of an unknown kind, says nothing.
    fn event(&mut self, line: &[u8], start: u64, told: &mut Vec<Told>) {
        let Ok(stamped) = serde_json::from_slice::<Stamped>(line) else { return };
        let place = (start, u32::try_from(line.len()).unwrap_or(u32::MAX));
        told.extend(self.lines.take(&stamped).into_iter().map(|change| (change, place)));
    }
}

/// The text of a line that was made of the event at this place.
pub(super) fn text_at(file: &File, offset: u64, len: u32) -> String {
    let mut bytes = vec![0; len as usize];
    let read = file.read_exact_at(&mut bytes, offset).ok();
    let stamped = read.and_then(|()| serde_json::from_slice::<Stamped>(&bytes).ok());
    stamped.and_then(|stamped| words(&stamped.event)).unwrap_or_default()
}

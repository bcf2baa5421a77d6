//! Histories that other tools have recorded.
//!
//! | module | format |
//! |---|---|
//! | `edn`, `jepsen` | Jepsen's `history.edn`: registers, also with compare-and-set, and transactions on lists |
//! | `etcd_log` | the logs of Jepsen's etcd test, as porcupine keeps them |
//! | `pairs` | what both have in common: an operation is a line for its call and one for its return |

mod edn;
mod etcd_log;
mod jepsen;
mod pairs;
#[cfg(test)]
mod tests;

use std::io::{BufRead, Cursor, Read};

use super::History;
use super::file::{BrokenLine, ReadError};

/// What a file is written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Format {
    /// Lines of JSON, as [`crate::file`] has them.
    Lsfr,
    /// Jepsen's `history.edn`.
    Jepsen,
    /// The log of Jepsen's etcd test, as porcupine keeps it: `INFO  jepsen.util - 0  :invoke  :read  nil`.
    EtcdLog,
}

impl Format {
    /// The format of a file that begins like this.
    ///
    /// ```
    /// use history::Format;
    ///
    /// assert_eq!(Format::of("{:process 0, :type :invoke"), Format::Jepsen);
    /// assert_eq!(Format::of("INFO  jepsen.util - 0\t:invoke\t:read\tnil"), Format::EtcdLog);
    /// assert_eq!(Format::of("{\"history\":1}"), Format::Lsfr);
    /// ```
    pub fn of(beginning: &str) -> Format {
        let beginning = beginning.trim_start_matches(crate::text::BYTE_ORDER_MARK).trim_start();
        let inside = beginning.trim_start_matches(['[', '(']).trim_start();
        if beginning.starts_with("INFO") {
            Format::EtcdLog
        } else if beginning.starts_with(['[', '(', ';', '#']) || inside.starts_with("{:") {
            Format::Jepsen
        } else {
            Format::Lsfr
        }
    }
}

impl History {
    /// Reads a history in this format, or in the one that its beginning shows.
    pub fn read_as(format: Option<Format>, mut from: impl BufRead) -> Result<Self, ReadError> {
        let mut text = Vec::new();
        let format = match format {
            Some(format) => format,
            // Blank lines may come first.
            None => loop {
                let read = from.read_until(b'\n', &mut text)?;
                if read == 0 || !text.trim_ascii().is_empty() {
                    break Format::of(&String::from_utf8_lossy(&text));
                }
            },
        };
        if format == Format::Lsfr {
            return History::read(Cursor::new(text).chain(from));
        }
        from.read_to_end(&mut text)?;
        let text = String::from_utf8(text).map_err(|error| {
            let before = &error.as_bytes()[..error.utf8_error().valid_up_to()];
            let line = before.iter().filter(|byte| **byte == b'\n').count() + 1;
            ReadError::Broken(vec![BrokenLine { line, message: "this is not UTF-8".to_owned() }])
        })?;
        let read = match format {
            Format::EtcdLog => etcd_log::read(&text),
            Format::Lsfr | Format::Jepsen => jepsen::read(&text),
        };
        read.map_err(|broken| ReadError::Broken(vec![broken]))
    }
}

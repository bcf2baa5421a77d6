//! What outlives a crash: the changes that commands decide on, and their form in bytes.
//!
//! ```text
//! kind u8 · id u64 · what the kind needs
//! ```
//!
//! All numbers are little-endian. A change records the outcome of a command, times included, not the command itself:
//! applied again, it has the same result.

use std::sync::Arc;

use bytes::Bytes;

use super::queue::{JobId, Time};

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Change {
    Put { id: JobId, tube: Arc<str>, pri: u32, delay: u32, ttr: u32, created: Time, body: Bytes },
    Delete { id: JobId },
    Release { id: JobId, pri: u32, delay: u32, at: Time },
    Bury { id: JobId, pri: u32 },
    Kick { id: JobId },
}

const PUT: u8 = 1;
const DELETE: u8 = 2;
const RELEASE: u8 = 3;
const BURY: u8 = 4;
const KICK: u8 = 5;

impl Change {
    pub(super) fn encode(&self) -> Bytes {
        let mut out = Vec::new();
        let mut head = |kind: u8, id: JobId| {
            out.push(kind);
            out.extend_from_slice(&id.to_le_bytes());
        };
        match self {
            Change::Put { id, tube, pri, delay, ttr, created, body } => {
                head(PUT, *id);
                for number in [pri, delay, ttr] {
                    out.extend_from_slice(&number.to_le_bytes());
                }
                out.extend_from_slice(&created.to_le_bytes());
                // A name has at most 200 bytes: the cast is exact.
                out.push(tube.len() as u8);
                out.extend_from_slice(tube.as_bytes());
                out.extend_from_slice(body);
            }
            Change::Delete { id } => head(DELETE, *id),
            Change::Release { id, pri, delay, at } => {
                head(RELEASE, *id);
                out.extend_from_slice(&pri.to_le_bytes());
                out.extend_from_slice(&delay.to_le_bytes());
                out.extend_from_slice(&at.to_le_bytes());
            }
            Change::Bury { id, pri } => {
                head(BURY, *id);
                out.extend_from_slice(&pri.to_le_bytes());
            }
            Change::Kick { id } => head(KICK, *id),
        }
        out.into()
    }

    /// `None` for bytes that are not a change.
    pub(super) fn decode(bytes: &Bytes) -> Option<Change> {
        let mut rest = &bytes[..];
        let [kind] = take(&mut rest)?;
        let id = u64::from_le_bytes(take(&mut rest)?);
        let number = |rest: &mut &[u8]| take(rest).map(u32::from_le_bytes);
        let change = match kind {
            PUT => {
                let (pri, delay, ttr) = (number(&mut rest)?, number(&mut rest)?, number(&mut rest)?);
                let created = u64::from_le_bytes(take(&mut rest)?);
                let [length] = take(&mut rest)?;
                let (tube, body) = rest.split_at_checked(usize::from(length))?;
                let tube = str::from_utf8(tube).ok()?.into();
                return Some(Change::Put { id, tube, pri, delay, ttr, created, body: bytes.slice_ref(body) });
            }
            DELETE => Change::Delete { id },
            RELEASE => {
                let (pri, delay) = (number(&mut rest)?, number(&mut rest)?);
                Change::Release { id, pri, delay, at: u64::from_le_bytes(take(&mut rest)?) }
            }
            BURY => Change::Bury { id, pri: number(&mut rest)? },
            KICK => Change::Kick { id },
            _ => return None,
        };
        rest.is_empty().then_some(change)
    }
}

fn take<const N: usize>(bytes: &mut &[u8]) -> Option<[u8; N]> {
    let (taken, rest) = bytes.split_first_chunk()?;
    *bytes = rest;
    Some(*taken)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_encoded_is_decoded_and_nothing_shorter() {
        let body = Bytes::from_static(b"a\r\nbody \0");
        for change in [
            Change::Put { id: 7, tube: "mail".into(), pri: 1, delay: u32::MAX, ttr: 3, created: 1 << 41, body },
            Change::Put { id: 8, tube: "t".into(), pri: 0, delay: 0, ttr: 0, created: 0, body: Bytes::new() },
            Change::Delete { id: u64::MAX },
            Change::Release { id: 1, pri: 2, delay: 3, at: 4 },
            Change::Bury { id: 1, pri: 9 },
            Change::Kick { id: 1 },
        ] {
            let bytes = change.encode();
            assert_eq!(Change::decode(&bytes), Some(change.clone()));
            if !matches!(change, Change::Put { .. }) {
                assert_eq!(Change::decode(&bytes.slice(..bytes.len() - 1)), None);
            }
        }
        assert_eq!(Change::decode(&Bytes::from_static(b"\x09aaaaaaaa")), None);
    }
}

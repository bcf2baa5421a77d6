//! The state machine of the simulation: a number that depends on every entry so far, and on their order.

use bytes::Bytes;

use super::super::{Place, Snapshot};
use super::Record;

#[derive(Clone, Copy, Default, Debug, PartialEq, Eq)]
pub(super) struct State {
    pub(super) last: Place,
    digest: u64,
}

impl State {
    pub(super) fn apply(&mut self, record: &Record) {
        let mut bytes = Vec::new();
        record.encode(&mut bytes);
        // FNV-1a.
        let mix = |digest: u64, byte: &u8| (digest ^ u64::from(*byte)).wrapping_mul(0x100_0000_01b3);
        self.digest = bytes.iter().fold(self.digest ^ 0xcbf2_9ce4_8422_2325, mix);
        self.last = Place { index: record.index, term: record.term };
    }

    /// The digest, and `padding` bytes more, so that it takes some pieces to send it.
    pub(super) fn bytes(&self, padding: usize) -> Bytes {
        let mut bytes = self.digest.to_le_bytes().to_vec();
        bytes.extend((0..padding).map(|at| at as u8));
        bytes.into()
    }

    /// The state in a snapshot, if that is one, whole and in order.
    pub(super) fn of(snapshot: &Snapshot) -> Option<State> {
        let (digest, padding) = snapshot.state.split_first_chunk::<8>()?;
        let whole = padding.iter().enumerate().all(|(at, byte)| *byte == at as u8);
        whole.then_some(State { last: snapshot.last, digest: u64::from_le_bytes(*digest) })
    }
}

//! A hash that is the same in every version and on every machine: it is kept in records. FNV-1a.

#[derive(Debug, Clone, Copy)]
pub(in crate::messages) struct Hash(u64);

impl Default for Hash {
    fn default() -> Self {
        Hash(0xcbf2_9ce4_8422_2325)
    }
}

impl Hash {
    pub(in crate::messages) fn add(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = (self.0 ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }

    pub(in crate::messages) fn value(self) -> u64 {
        self.0
    }
}

//! CRC-32 (the polynomial of zip and Ethernet), eight bytes at a time: a start checks every byte that it reads, so the
//! check must cost less than the reading.

/// `TABLES[k][b]` is the remainder of the byte `b` followed by `k` zero bytes.
static TABLES: [[u32; 256]; 8] = tables();

const fn tables() -> [[u32; 256]; 8] {
    let mut tables = [[0u32; 256]; 8];
    let mut byte = 0;
    while byte < 256 {
        let mut remainder = byte as u32;
        let mut bit = 0;
        while bit < 8 {
            remainder = (remainder >> 1) ^ (0xEDB8_8320 * (remainder & 1));
            bit += 1;
        }
        tables[0][byte] = remainder;
        byte += 1;
    }
    let mut k = 1;
    while k < 8 {
        let mut byte = 0;
        while byte < 256 {
            let before = tables[k - 1][byte];
            tables[k][byte] = (before >> 8) ^ tables[0][(before & 0xFF) as usize];
            byte += 1;
        }
        k += 1;
    }
    tables
}

/// The checksum of all `parts`, as if they were one.
pub(crate) fn crc32(parts: &[&[u8]]) -> u32 {
    !parts.iter().fold(!0, |state, part| update(state, part))
}

fn update(mut state: u32, bytes: &[u8]) -> u32 {
    let (eights, rest) = bytes.as_chunks::<8>();
    for eight in eights {
        let [a, b, c, d, e, f, g, h] = *eight;
        let [s0, s1, s2, s3] = state.to_le_bytes();
        state = TABLES[7][usize::from(a ^ s0)]
            ^ TABLES[6][usize::from(b ^ s1)]
            ^ TABLES[5][usize::from(c ^ s2)]
            ^ TABLES[4][usize::from(d ^ s3)]
            ^ TABLES[3][usize::from(e)]
            ^ TABLES[2][usize::from(f)]
            ^ TABLES[1][usize::from(g)]
            ^ TABLES[0][usize::from(h)];
    }
    for byte in rest {
        state = (state >> 8) ^ TABLES[0][usize::from(*byte ^ state as u8)];
    }
    state
}

#[cfg(test)]
mod tests {
    use super::crc32;

    #[test]
    fn agrees_with_the_published_check_value() {
        assert_eq!(crc32(&[b"123456789"]), 0xCBF4_3926);
        assert_eq!(crc32(&[b""]), 0);
        let text = b"The quick brown fox jumps over the lazy dog";
        assert_eq!(crc32(&[text]), 0x414F_A339);
    }

    #[test]
    fn parts_are_one() {
        let text = b"The quick brown fox jumps over the lazy dog";
        for cut in 0..text.len() {
            assert_eq!(crc32(&[&text[..cut], &text[cut..]]), 0x414F_A339);
        }
    }
}

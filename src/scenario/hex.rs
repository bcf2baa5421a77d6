//! Bytes as hexadecimal digits, for those that are no text.

use std::fmt::Write;

/// Two small digits for each byte.
pub fn encode(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut digits, byte| {
        // Writing to a String cannot fail.
        let _ = write!(digits, "{byte:02x}");
        digits
    })
}

/// The bytes of these digits; none if they are not two for each.
pub fn decode(digits: &str) -> Option<Vec<u8>> {
    let value = |digit: &u8| char::from(*digit).to_digit(16);
    let pairs = digits.as_bytes().chunks(2);
    // Two digits are below 256: the cast is exact.
    pairs.map(|pair| Some((value(pair.first()?)? << 4 | value(pair.get(1)?)?) as u8)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_become_digits_and_digits_become_bytes() {
        assert_eq!(encode(&[0, 10, 255]), "000aff");
        assert_eq!(decode("000aFF"), Some(vec![0, 10, 255]));
        assert_eq!(decode(""), Some(Vec::new()));
        for wrong in ["0", "0g", "+1", "é", "ff f"] {
            assert_eq!(decode(wrong), None, "{wrong}");
        }
    }
}

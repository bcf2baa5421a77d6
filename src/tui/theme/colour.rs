//! Colours as light, so that it can be computed whether one can be read on another.

use std::fmt;

use ratatui::style::Color;

/// A colour as a screen shows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Rgb(pub u8, pub u8, pub u8);

/// How finely [`Rgb::readable`] goes towards black or white.
const STEPS: u8 = 32;

impl Rgb {
    pub const BLACK: Rgb = Rgb(0, 0, 0);
    pub const WHITE: Rgb = Rgb(255, 255, 255);

    /// From `0xrrggbb`.
    pub const fn hex(code: u32) -> Rgb {
        let [_, red, green, blue] = code.to_be_bytes();
        Rgb(red, green, blue)
    }

    /// The relative luminance of WCAG 2: 0 for black, 1 for white.
    pub fn luminance(self) -> f64 {
        let linear = |channel: u8| {
            let part = f64::from(channel) / 255.0;
            if part <= 0.040_45 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) }
        };
        0.2126 * linear(self.0) + 0.7152 * linear(self.1) + 0.0722 * linear(self.2)
    }

    /// The contrast ratio of WCAG 2, from 1 (the same) to 21 (black on white).
    pub fn contrast(self, other: Rgb) -> f64 {
        let (one, other) = (self.luminance(), other.luminance());
        (one.max(other) + 0.05) / (one.min(other) + 0.05)
    }

    /// Whether white is easier to read on it than black.
    pub fn is_dark(self) -> bool {
        self.contrast(Rgb::WHITE) > self.contrast(Rgb::BLACK)
    }

    /// The colour that is this much of the way to another.
    pub fn towards(self, other: Rgb, part: f64) -> Rgb {
        let channel = |from: u8, to: u8| {
            // Between the two, which are bytes.
            (f64::from(from) + (f64::from(to) - f64::from(from)) * part).round() as u8
        };
        Rgb(channel(self.0, other.0), channel(self.1, other.1), channel(self.2, other.2))
    }

    /// The nearest to it, on the way to black or white, that has this contrast on a background. On a grey that neither
    /// of them has it on, whichever has more.
    pub fn readable(self, on: Rgb, least: f64) -> Rgb {
        let end = if on.is_dark() { Rgb::WHITE } else { Rgb::BLACK };
        let mut way = (0..=STEPS).map(|step| self.towards(end, f64::from(step) / f64::from(STEPS)));
        way.find(|colour| colour.contrast(on) >= least).unwrap_or(end)
    }

    /// The nearest of the 240 colours that have the same numbers everywhere, among those with this contrast on a
    /// background.
    pub fn indexed(self, on: Rgb, least: f64) -> u8 {
        let end = if on.is_dark() { Rgb::WHITE } else { Rgb::BLACK };
        let far = |number: &u8| {
            let colour = Rgb::numbered(*number).unwrap_or(end);
            // What cannot be read comes after everything that can.
            (colour.contrast(on) < least, colour.off(self))
        };
        (16..=255).min_by_key(far).unwrap_or(16)
    }

    /// How different two colours are.
    pub fn off(self, other: Rgb) -> u32 {
        let channel = |one: u8, other: u8| u32::from(one.abs_diff(other)).pow(2);
        channel(self.0, other.0) + channel(self.1, other.1) + channel(self.2, other.2)
    }

    /// What a number of the palette stands for; the first sixteen are for the terminal to choose.
    pub fn numbered(number: u8) -> Option<Rgb> {
        let step = |level: u8| if level == 0 { 0 } else { 55 + 40 * level };
        match number {
            0..16 => None,
            16..232 => {
                let place = number - 16;
                Some(Rgb(step(place / 36), step(place / 6 % 6), step(place % 6)))
            }
            232.. => {
                let grey = 8 + 10 * (number - 232);
                Some(Rgb(grey, grey, grey))
            }
        }
    }

    /// What a colour of a style stands for, where that does not depend on the terminal.
    pub fn of(colour: Color) -> Option<Rgb> {
        match colour {
            Color::Rgb(red, green, blue) => Some(Rgb(red, green, blue)),
            Color::Indexed(number) => Rgb::numbered(number),
            _ => None,
        }
    }

    /// As terminals write it: `rgb:1e1e/1e1e/2e2e`, one to four digits a channel, or `#1e1e2e`.
    pub fn parse(text: &str) -> Option<Rgb> {
        if let Some(digits) = text.strip_prefix('#') {
            let all = digits.len() == 6 && digits.bytes().all(|digit| digit.is_ascii_hexdigit());
            return all.then(|| u32::from_str_radix(digits, 16).ok()).flatten().map(Rgb::hex);
        }
        let channels = text.strip_prefix("rgb:").or_else(|| text.strip_prefix("rgba:"))?;
        let mut channels = channels.split('/').map(|digits| {
            if digits.is_empty() || digits.len() > 4 || !digits.bytes().all(|digit| digit.is_ascii_hexdigit()) {
                return None;
            }
            let most = (1u32 << (4 * digits.len())) - 1;
            let value = u32::from_str_radix(digits, 16).ok()?;
            u8::try_from((value * 255 + most / 2) / most).ok()
        });
        let mut channel = || channels.next().flatten();
        Some(Rgb(channel()?, channel()?, channel()?))
    }
}

impl From<Rgb> for Color {
    fn from(Rgb(red, green, blue): Rgb) -> Color {
        Color::Rgb(red, green, blue)
    }
}

/// As people write it: `#1e1e2e`.
impl fmt::Display for Rgb {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "#{:02x}{:02x}{:02x}", self.0, self.1, self.2)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn contrast_is_that_of_the_standard() {
        let close = |one: f64, other: f64| assert!((one - other).abs() < 0.01, "{one} is not {other}");
        close(Rgb::BLACK.contrast(Rgb::WHITE), 21.0);
        close(Rgb::WHITE.contrast(Rgb::WHITE), 1.0);
        close(Rgb::hex(0x767676).contrast(Rgb::WHITE), 4.54);
        close(Rgb::hex(0x839496).contrast(Rgb::hex(0x002b36)), 4.75);
    }

    #[test]
    fn what_cannot_be_read_is_moved_until_it_can_and_no_further() {
        for on in [0, 0x002b36, 0x2e3440, 0x444444, 0xfdf6e3, 0xffffff].map(Rgb::hex) {
            for colour in [0xc4161c, 0x4fc1d9, 0x7ec86a].map(Rgb::hex) {
                assert!(colour.readable(on, 4.5).contrast(on) >= 4.5, "{colour} on {on}");
                let number = colour.indexed(on, 4.5);
                assert!(Rgb::numbered(number).unwrap().contrast(on) >= 4.5, "{colour} on {on}: {number}");
            }
        }
        let fine = Rgb::hex(0x4fc1d9);
        assert_eq!(fine.readable(Rgb::BLACK, 4.5), fine);
        // Nothing has 8:1 on this grey.
        assert_eq!(fine.readable(Rgb::hex(0x737373), 8.0), Rgb::WHITE);
        assert_eq!(fine.readable(Rgb::hex(0x777777), 8.0), Rgb::BLACK);
    }

    #[test]
    fn numbers_are_those_of_xterm() {
        assert_eq!(Rgb::numbered(15), None);
        assert_eq!(Rgb::numbered(16), Some(Rgb::BLACK));
        assert_eq!(Rgb::numbered(231), Some(Rgb::WHITE));
        assert_eq!(Rgb::numbered(110), Some(Rgb::hex(0x87afd7)));
        assert_eq!(Rgb::numbered(255), Some(Rgb::hex(0xeeeeee)));
        assert_eq!(Rgb::hex(0x87afd7).indexed(Rgb::BLACK, 4.5), 110);
    }

    #[test]
    fn colours_are_read_as_terminals_write_them() {
        let read = |text| Rgb::parse(text).map(|colour| colour.to_string());
        assert_eq!(read("rgb:1e1e/1e1e/2e2e").as_deref(), Some("#1e1e2e"));
        assert_eq!(read("rgba:fdfd/f6f6/e3e3/ffff").as_deref(), Some("#fdf6e3"));
        assert_eq!(read("rgb:f/0/8").as_deref(), Some("#ff0088"));
        assert_eq!(read("rgb:ffff/0000/8000").as_deref(), Some("#ff0080"));
        assert_eq!(read("#002B36").as_deref(), Some("#002b36"));
        for wrong in
            ["", "?", "rgb:", "rgb:1/2", "rgb:1/2/+3", "rgb:12345/0/0", "rgb:g/0/0", "#12345", "#+12345", "red"]
        {
            assert_eq!(read(wrong), None, "{wrong}");
        }
    }
}

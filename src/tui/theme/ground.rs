//! What a terminal draws text on.

use super::colour::Rgb;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shade {
    Dark,
    Light,
}

/// A terminal's background and text, as far as they are known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ground {
    pub shade: Shade,
    /// What the terminal said, if it was asked: its background, and its text if it said that too.
    seen: Option<(Rgb, Option<Rgb>)>,
}

/// Text that cannot be read itself is no measure for anything.
const LEGIBLE: f64 = 3.0;

impl Ground {
    pub const DARK: Ground = Ground { shade: Shade::Dark, seen: None };
    pub const LIGHT: Ground = Ground { shade: Shade::Light, seen: None };

    /// As the terminal itself said.
    pub fn seen(background: Rgb, text: Option<Rgb>) -> Ground {
        let shade = if background.is_dark() { Shade::Dark } else { Shade::Light };
        Ground { shade, seen: Some((background, text)) }
    }

    /// From `COLORFGBG`, `15;0`: foreground and background as numbers of the palette.
    pub fn of_variable(pair: &str) -> Option<Ground> {
        match pair.rsplit(';').next()?.parse().ok()? {
            // The whites.
            7 | 15 => Some(Ground::LIGHT),
            0..=8 => Some(Ground::DARK),
            _ => None,
        }
    }

    /// The background; if it is not known, the one of its shade that most other colours are hardest to read on, among
    /// those that people use: Nord's, and Gruvbox's light one.
    pub fn background(&self) -> Rgb {
        match (self.seen, self.shade) {
            (Some((background, _)), _) => background,
            (None, Shade::Dark) => Rgb::hex(0x2e3440),
            (None, Shade::Light) => Rgb::hex(0xfbf1c7),
        }
    }

    /// The text; if it is not known, one that is not brighter than people's: what is dim must be dimmer than it.
    pub fn text(&self) -> Rgb {
        let said = self.seen.and_then(|(background, text)| text.filter(|text| text.contrast(background) >= LEGIBLE));
        said.unwrap_or(match self.shade {
            Shade::Dark => Rgb::hex(0xb0b0b0),
            Shade::Light => Rgb::hex(0x383838),
        })
    }

    /// As one word, for [`read`](Self::read): `#fdf6e3` or `#fdf6e3,#657b83`. Nothing if the terminal has not said it.
    pub fn written(&self) -> Option<String> {
        let (background, text) = self.seen?;
        Some(text.map_or_else(|| background.to_string(), |text| format!("{background},{text}")))
    }

    pub fn read(word: &str) -> Option<Ground> {
        let (background, text) = word.split_once(',').map_or((word, None), |(one, other)| (one, Some(other)));
        let text = match text {
            Some(text) => Some(Rgb::parse(text)?),
            None => None,
        };
        Some(Ground::seen(Rgb::parse(background)?, text))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_variable_is_a_pair_of_numbers() {
        for (pair, shade) in [
            ("15;0", Some(Shade::Dark)),
            ("0;15", Some(Shade::Light)),
            ("0;default;15", Some(Shade::Light)),
            ("12;8", Some(Shade::Dark)),
            ("0;default", None),
            ("", None),
            ("7;12", None),
        ] {
            assert_eq!(Ground::of_variable(pair).map(|ground| ground.shade), shade, "{pair}");
        }
    }

    #[test]
    fn what_is_written_is_read() {
        let paper = Rgb::hex(0xfdf6e3);
        for ground in [Ground::seen(paper, None), Ground::seen(paper, Some(Rgb::hex(0x657b83)))] {
            assert_eq!(ground.shade, Shade::Light);
            assert_eq!(ground.written().and_then(|word| Ground::read(&word)), Some(ground));
        }
        assert_eq!(Ground::DARK.written(), None);
        for wrong in ["", ",", "#fdf6e3,", "#fdf6e3,x", "light"] {
            assert_eq!(Ground::read(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn text_that_cannot_be_read_is_not_believed() {
        let black = Rgb::BLACK;
        assert_eq!(Ground::seen(black, Some(black)).text(), Ground::DARK.text());
        assert_eq!(Ground::seen(black, Some(Rgb::WHITE)).text(), Rgb::WHITE);
    }
}

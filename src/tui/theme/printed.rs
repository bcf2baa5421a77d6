//! Colours that programs choose for what they print: the terminal's own, as they asked for.

use anstyle::AnsiColor;
use ratatui::style::{Color, Style};

use super::Theme;

impl Theme {
    /// A colour that a program chose for what it printed.
    pub fn printed(&self, colour: AnsiColor, bold: bool) -> Style {
        let style = if bold { Style::new().bold() } else { Style::new() };
        if !self.has_colour() {
            return style;
        }
        style.fg(match colour {
            AnsiColor::Black => Color::Black,
            AnsiColor::Red => Color::Red,
            AnsiColor::Green => Color::Green,
            AnsiColor::Yellow => Color::Yellow,
            AnsiColor::Blue => Color::Blue,
            AnsiColor::Magenta => Color::Magenta,
            AnsiColor::Cyan => Color::Cyan,
            AnsiColor::White => Color::Gray,
            AnsiColor::BrightBlack => Color::DarkGray,
            AnsiColor::BrightRed => Color::LightRed,
            AnsiColor::BrightGreen => Color::LightGreen,
            AnsiColor::BrightYellow => Color::LightYellow,
            AnsiColor::BrightBlue => Color::LightBlue,
            AnsiColor::BrightMagenta => Color::LightMagenta,
            AnsiColor::BrightCyan => Color::LightCyan,
            AnsiColor::BrightWhite => Color::White,
        })
    }
}

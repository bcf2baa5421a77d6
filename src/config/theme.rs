//! Which theme is meant: what the file says, and what the environment says against it.

use crate::tui::theme::Theme;
use crate::yaml::Span;

/// What a theme of one's own starts from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Base {
    /// By the terminal's background.
    #[default]
    Auto,
    Dark,
    Light,
    /// The terminal's sixteen colours.
    Ansi,
    /// No colours.
    None,
}

impl Base {
    pub const ALL: [Base; 5] = [Base::Auto, Base::Dark, Base::Light, Base::Ansi, Base::None];

    pub fn name(self) -> &'static str {
        match self {
            Base::Auto => "auto",
            Base::Dark => "dark",
            Base::Light => "light",
            Base::Ansi => "ansi",
            Base::None => "none",
        }
    }

    pub fn named(name: &str) -> Option<Base> {
        Base::ALL.into_iter().find(|base| base.name() == name)
    }
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ThemeChoice {
    pub base: Base,
    /// How single looks differ from the base.
    pub looks: Vec<LookWords>,
}

/// A look's name and the words that say how it is drawn, as they stand in the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LookWords {
    pub name: String,
    pub at: Span,
    pub words: Vec<(String, Span)>,
}

impl ThemeChoice {
    /// The theme to draw with. `LSFR_THEME` comes before the base; `NO_COLOR` takes the colours from any.
    pub(super) fn in_environment(&self, variable: impl Fn(&str) -> Option<String>) -> Theme {
        let asked = variable("LSFR_THEME").filter(|theme| !theme.is_empty());
        let theme = Theme::from_environment(variable);
        match if asked.is_some() { Base::Auto } else { self.base } {
            Base::Auto | Base::Ansi => theme,
            Base::Dark => Theme { light: false, ..theme },
            Base::Light => Theme { light: true, ..theme },
            Base::None => Theme { colour: false, ..theme },
        }
    }
}

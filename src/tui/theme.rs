//! How things look, by what they mean.
//!
//! A theme is a table with a style for each look ([`look`]). It is made for a terminal ([`Themes`]): for the background
//! that this one has ([`ground`]), in as many colours as it can show. No view names a colour or a symbol of its own.
//! Nothing is conveyed by colour alone: each state has a sign ([`sign`]), and without colour what stands out does so by
//! weight, underline or reversal.

pub mod colour;
#[cfg(test)]
mod contrast;
pub mod ground;
mod look;
pub mod own;
mod printed;
mod sign;

use ratatui::style::{Color, Style};

use colour::Rgb;
use ground::{Ground, Shade};
use look::{Column, Ink, LOOKS, Row, TABLE};
pub use look::{Look, Needs};
use own::{Faint, Overrides};
pub use sign::{End, Sign};

/// How much of the contrast of the text what is less important has at most.
const DIMMER: f64 = 0.85;

/// How many colours a terminal can show.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Depth {
    /// Those that it names itself.
    Sixteen,
    /// These, and 240 that are the same everywhere.
    Indexed,
    /// Any.
    True,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Theme {
    /// Nothing but ASCII.
    pub ascii: bool,
    /// None: there are no colours.
    pub(super) depth: Option<Depth>,
    pub(super) styles: [Style; LOOKS],
}

impl Theme {
    /// On a dark background, in the terminal's sixteen colours.
    pub const DARK: Theme = Theme::sixteen(Column::Dark);
    /// On a light one.
    pub const LIGHT: Theme = Theme::sixteen(Column::Light);
    /// On one that is not known.
    pub const ANSI: Theme = Theme::sixteen(Column::Any);
    /// Without colours.
    pub const NONE: Theme = {
        let mut styles = [Style::new(); LOOKS];
        let mut place = 0;
        while place < LOOKS {
            styles[place] = TABLE[place].plain();
            place += 1;
        }
        Theme { ascii: false, depth: None, styles }
    };

    const fn sixteen(column: Column) -> Theme {
        let mut styles = [Style::new(); LOOKS];
        let mut place = 0;
        while place < LOOKS {
            styles[place] = TABLE[place].sixteen(column);
            place += 1;
        }
        Theme { ascii: false, depth: Some(Depth::Sixteen), styles }
    }

    /// In colours that can be read on this ground.
    pub fn on(ground: Ground, depth: Depth) -> Theme {
        match (depth, ground.shade) {
            (Depth::Sixteen, Shade::Dark) => Theme::DARK,
            (Depth::Sixteen, Shade::Light) => Theme::LIGHT,
            _ => Theme {
                ascii: false,
                depth: Some(depth),
                styles: std::array::from_fn(|place| lit(&TABLE[place], ground, depth)),
            },
        }
    }

    pub fn style(&self, look: Look) -> Style {
        self.styles[look.place()]
    }

    /// Whether this look is told from text by its colour.
    pub fn tells(&self, look: Look) -> bool {
        self.style(look).fg != self.style(Look::Text).fg
    }

    /// Whether anything has a colour.
    pub fn has_colour(&self) -> bool {
        self.depth.is_some()
    }

    /// With what somebody wants otherwise.
    #[must_use]
    pub fn with(&self, own: &Overrides) -> Theme {
        let mut theme = *self;
        for (look, paint) in own.iter() {
            let style = &mut theme.styles[look.place()];
            *style = paint.over(*style, self.depth);
        }
        theme
    }
}

/// The name of a pane in its frame. The one with the focus stands out at first sight, with colours and without.
pub fn name_style(focused: bool, theme: &Theme) -> Style {
    if focused { theme.style(Look::Focus).reversed() } else { theme.style(Look::Strong) }
}

/// A row of the table in colours that are the same everywhere.
fn lit(row: &Row, ground: Ground, depth: Depth) -> Style {
    let (background, least) = (ground.background(), row.needs.contrast());
    let style = Style::new().add_modifier(row.weight);
    let shown = |colour: Rgb, on: Rgb, least: f64| match depth {
        Depth::True => Color::from(colour),
        _ => Color::Indexed(colour.indexed(on, least)),
    };
    match row.ink {
        Ink::Own => row.own().add_modifier(row.weight),
        Ink::Blend(part) => {
            let text = ground.text();
            let bright = text.contrast(background);
            // A text that has little contrast itself leaves less for what must be dimmer than it.
            let least = least.min(bright * DIMMER);
            let blend = |part: u8| text.towards(background, f64::from(part) / 100.0);
            let part = (0..=part).rev().find(|part| blend(*part).contrast(background) >= least).unwrap_or(0);
            // The nearest of few colours may be brighter than the text.
            let is_dimmer = |colour: &Color| Rgb::of(*colour).is_none_or(|rgb| rgb.contrast(background) < bright);
            let nearest = shown(blend(part), background, least);
            let dimmer = || (part..=60).map(|part| shown(blend(part), background, 1.0)).find(is_dimmer);
            style.fg(Some(nearest).filter(is_dimmer).or_else(dimmer).unwrap_or(nearest))
        }
        Ink::Hue { dark, light, .. } => {
            let tint = match ground.shade {
                Shade::Dark => dark,
                Shade::Light => light,
            };
            style.fg(shown(tint.light.readable(background, least), background, least))
        }
        Ink::Patch { text, on } => {
            let under = shown(on, background, 1.0);
            let on = Rgb::of(under).unwrap_or(on);
            style.fg(shown(text, on, least)).bg(under)
        }
    }
}

/// Which theme somebody wants.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Choice {
    /// What suits the terminal.
    #[default]
    Auto,
    Dark,
    Light,
    /// The terminal's sixteen colours.
    Ansi,
    /// No colours.
    None,
}

impl Choice {
    pub fn name(self) -> &'static str {
        match self {
            Choice::Auto => "auto",
            Choice::Dark => "dark",
            Choice::Light => "light",
            Choice::Ansi => "ansi",
            Choice::None => "none",
        }
    }

    pub const NAMES: [&str; 5] = ["auto", "dark", "light", "ansi", "none"];

    pub fn parse(name: &str) -> Option<Choice> {
        Some(match name {
            "auto" => Choice::Auto,
            "dark" => Choice::Dark,
            "light" => Choice::Light,
            "ansi" => Choice::Ansi,
            "none" => Choice::None,
            _ => return None,
        })
    }
}

/// The themes for a terminal: one for each background that it may turn out to have.
#[derive(Debug, Clone, PartialEq)]
pub struct Themes {
    choice: Choice,
    depth: Depth,
    ascii: bool,
    own: Overrides,
    /// What the environment says about the background.
    told: Option<Ground>,
    /// The kernel's own terminal. It is black, and prints the letters of a question.
    console: bool,
}

impl Themes {
    /// What the environment says: `NO_COLOR`, `LSFR_THEME`, the background in `COLORFGBG`, how many colours there are in
    /// `COLORTERM` and `TERM`, and whether the locale is UTF-8.
    pub fn from_environment(variable: impl Fn(&str) -> Option<String>) -> Themes {
        let set = |name: &str| variable(name).filter(|value| !value.is_empty());
        let term = set("TERM").unwrap_or_default();
        let console = term == "linux";
        let choice = if set("NO_COLOR").is_some() || term == "dumb" {
            Choice::None
        } else {
            set("LSFR_THEME").and_then(|name| Choice::parse(&name)).unwrap_or_default()
        };
        let told = set("COLORFGBG").and_then(|pair| Ground::of_variable(&pair));
        let locale = ["LC_ALL", "LC_CTYPE", "LANG"].into_iter().find_map(set).unwrap_or_default();
        let lower = locale.to_lowercase();
        Themes {
            choice,
            depth: depth(&term, set("COLORTERM").as_deref(), set("TMUX").is_some()),
            // Without a locale, most of today's terminals are UTF-8; a locale that names another encoding is believed.
            ascii: !locale.is_empty() && !lower.contains("utf-8") && !lower.contains("utf8"),
            own: Overrides::default(),
            told: if console { Some(Ground::DARK) } else { told },
            console,
        }
    }

    /// With what a configuration says, where the environment does not say otherwise.
    #[must_use]
    pub fn with(self, choice: Choice, own: Overrides) -> Themes {
        let choice = if self.choice == Choice::Auto { choice } else { self.choice };
        Themes { choice, own, ..self }
    }

    /// The theme for what is known about the background; for what the environment says of it, if that is nothing.
    pub fn on(&self, ground: Option<Ground>) -> Theme {
        let ground = ground.or(self.told);
        // One that contradicts what somebody wants is not asked.
        let of = |shade, usual| ground.filter(|ground| ground.shade == shade).unwrap_or(usual);
        let theme = match (self.choice, ground) {
            (Choice::None, _) => Theme::NONE,
            (Choice::Dark, _) => Theme::on(of(Shade::Dark, Ground::DARK), self.depth),
            (Choice::Light, _) => Theme::on(of(Shade::Light, Ground::LIGHT), self.depth),
            (Choice::Ansi, Some(ground)) => Theme::on(ground, Depth::Sixteen),
            (Choice::Auto, Some(ground)) => Theme::on(ground, self.depth),
            // Most terminals are dark, and the few that do not answer are mostly old ones. Colours that hold on any
            // background are so few that everything would look alike.
            (Choice::Auto, None) => Theme::DARK,
            (Choice::Ansi, None) => Theme::ANSI,
        };
        Theme { ascii: self.ascii, ..theme }.with(&self.own)
    }

    /// What somebody wants otherwise and what is hard to read of it, on what is known of the background.
    pub fn faint(&self, ground: Option<Ground>) -> Vec<Faint> {
        let ground = ground.or(self.told);
        self.own.faint(&self.on(ground), ground)
    }

    /// Whether the terminal's background is worth asking for.
    pub fn depend_on_ground(&self) -> bool {
        self.choice != Choice::None && !self.console
    }
}

/// How many colours a terminal has, by what it is called.
fn depth(term: &str, colorterm: Option<&str>, tmux: bool) -> Depth {
    const INDEXED: [&str; 6] = ["256color", "kitty", "alacritty", "foot", "ghostty", "wezterm"];
    let indexed = INDEXED.iter().any(|name| term.contains(name));
    // GNU screen inherits the variable, and takes the numbers of a colour for other things; tmux goes by its name, too.
    let screen = term.starts_with("screen") && !tmux;
    match colorterm {
        Some("truecolor" | "24bit") if !screen && term != "linux" => Depth::True,
        _ if term.ends_with("-direct") => Depth::True,
        _ if indexed => Depth::Indexed,
        _ => Depth::Sixteen,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn themes(variables: &[(&str, &str)]) -> Themes {
        Themes::from_environment(|name| {
            variables.iter().find(|(variable, _)| *variable == name).map(|(_, value)| (*value).to_owned())
        })
    }

    #[test]
    fn the_environment_chooses() {
        let theme = |variables: &[_]| themes(variables).on(None);
        assert_eq!(theme(&[]), Theme::DARK);
        assert_eq!(theme(&[("NO_COLOR", "")]), Theme::DARK);
        assert_eq!(theme(&[("LSFR_THEME", "ansi")]), Theme::ANSI);
        assert_eq!(theme(&[("NO_COLOR", "1"), ("LSFR_THEME", "dark")]), Theme::NONE);
        assert_eq!(theme(&[("TERM", "dumb")]), Theme::NONE);
        assert_eq!(theme(&[("COLORFGBG", "0;15")]), Theme::LIGHT);
        assert_eq!(theme(&[("COLORFGBG", "15;0")]), Theme::DARK);
        assert_eq!(theme(&[("COLORFGBG", "0;15"), ("LSFR_THEME", "dark")]), Theme::DARK);
        assert_eq!(theme(&[("COLORFGBG", "0;15"), ("LSFR_THEME", "none")]), Theme::NONE);
        assert_eq!(theme(&[("TERM", "linux"), ("COLORTERM", "truecolor")]), Theme::DARK);
        assert!(theme(&[("LANG", "C")]).ascii);
        assert!(!theme(&[("LC_ALL", "en_GB.UTF-8"), ("LANG", "C")]).ascii);
    }

    #[test]
    fn what_the_terminal_says_is_newer_than_the_environment() {
        let paper = Ground::seen(Rgb::WHITE, None);
        let told = themes(&[("COLORFGBG", "15;0")]);
        assert_eq!(told.on(Some(paper)), Theme::LIGHT);
        assert!(told.depend_on_ground());
        let wanted = themes(&[("LSFR_THEME", "dark")]);
        assert_eq!(wanted.on(Some(paper)), Theme::DARK);
        for without in [[("NO_COLOR", "1")], [("TERM", "linux")]] {
            assert!(!themes(&without).depend_on_ground());
        }
        let true_colours = [("COLORTERM", "truecolor"), ("LSFR_THEME", "ansi")];
        assert_eq!(themes(&true_colours).on(Some(paper)), Theme::LIGHT);
        assert_eq!(themes(&true_colours[..1]).on(Some(paper)), Theme::on(paper, Depth::True));
    }

    #[test]
    fn a_configuration_is_heard_after_the_environment() {
        let none = Overrides::default;
        assert_eq!(themes(&[]).with(Choice::Light, none()).on(None), Theme::LIGHT);
        assert_eq!(themes(&[("NO_COLOR", "1")]).with(Choice::Light, none()).on(None), Theme::NONE);
        assert_eq!(themes(&[("LSFR_THEME", "dark")]).with(Choice::Light, none()).on(None), Theme::DARK);
        for name in Choice::NAMES {
            assert!(Choice::parse(name).is_some(), "{name}");
        }
        assert_eq!(Choice::parse("Dark"), None);
    }

    #[test]
    fn terminals_have_as_many_colours_as_they_say() {
        let cases = [
            ("xterm-256color", Some("truecolor"), false, Depth::True),
            ("xterm-256color", None, false, Depth::Indexed),
            ("xterm-direct", None, false, Depth::True),
            ("xterm-kitty", None, false, Depth::Indexed),
            ("xterm", None, false, Depth::Sixteen),
            ("linux", Some("truecolor"), false, Depth::Sixteen),
            ("screen", Some("truecolor"), false, Depth::Sixteen),
            ("screen.xterm-256color", Some("truecolor"), false, Depth::Indexed),
            ("screen-256color", Some("truecolor"), true, Depth::True),
            ("", None, false, Depth::Sixteen),
        ];
        for (term, colorterm, tmux, expected) in cases {
            assert_eq!(depth(term, colorterm, tmux), expected, "{term} {colorterm:?}");
        }
    }

    #[test]
    fn without_colour_nothing_has_one_and_what_must_stand_out_does() {
        let shown = |style: Style| [style.fg, style.bg].iter().flatten().any(|colour| *colour != Color::Reset);
        for look in Look::all() {
            assert!(!shown(Theme::NONE.style(look)), "{look:?}");
        }
        for look in [Look::Cursor, Look::Found, Look::Match, Look::Bad, Look::Key] {
            assert_ne!(Theme::NONE.style(look), Theme::NONE.style(Look::Text), "{look:?}");
        }
        assert_ne!(Theme::NONE.style(Look::Found), Theme::NONE.style(Look::Match));
    }

    /// Of sixteen colours only these may be used: the terminal's number nothing else.
    #[test]
    fn sixteen_colours_are_sixteen() {
        for theme in [Theme::DARK, Theme::LIGHT, Theme::ANSI] {
            for look in Look::all() {
                let style = theme.style(look);
                for colour in [style.fg, style.bg].into_iter().flatten() {
                    assert!(!matches!(colour, Color::Rgb(..) | Color::Indexed(_)), "{look:?}: {colour}");
                }
            }
        }
    }

    #[test]
    fn a_look_has_the_row_of_its_name() {
        for look in Look::all() {
            assert_eq!(Look::parse(look.name()), Some(look));
        }
        assert_eq!(Look::parse("Dim"), None);
        assert_eq!(Theme::DARK.style(Look::Node(11)), Theme::DARK.style(Look::Node(2)));
    }
}

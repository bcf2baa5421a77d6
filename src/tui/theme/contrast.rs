//! Whether everything can be read, with the palettes that people use.
//!
//! The limits are those of [`Needs`]; where the terminal's own text has less contrast than that (Solarized's), no look
//! has to have more than it. The terminal's dim attribute is counted as two thirds of the way from the background to the
//! text, as xterm and VTE draw it.

use ratatui::style::{Color, Modifier, Style};

use super::colour::Rgb;
use super::ground::{Ground, Shade};
use super::{DIMMER, Depth, Look, Theme};

struct Palette {
    name: &'static str,
    background: u32,
    text: u32,
    sixteen: [u32; 16],
}

const PALETTES: [Palette; 13] = [
    Palette {
        name: "Solarized dark",
        background: 0x002b36,
        text: 0x839496,
        sixteen: [
            0x073642, 0xdc322f, 0x859900, 0xb58900, 0x268bd2, 0xd33682, 0x2aa198, 0xeee8d5, 0x002b36, 0xcb4b16,
            0x586e75, 0x657b83, 0x839496, 0x6c71c4, 0x93a1a1, 0xfdf6e3,
        ],
    },
    Palette {
        name: "Solarized light",
        background: 0xfdf6e3,
        text: 0x657b83,
        sixteen: [
            0x073642, 0xdc322f, 0x859900, 0xb58900, 0x268bd2, 0xd33682, 0x2aa198, 0xeee8d5, 0x002b36, 0xcb4b16,
            0x586e75, 0x657b83, 0x839496, 0x6c71c4, 0x93a1a1, 0xfdf6e3,
        ],
    },
    Palette {
        name: "Gruvbox dark",
        background: 0x282828,
        text: 0xebdbb2,
        sixteen: [
            0x282828, 0xcc241d, 0x98971a, 0xd79921, 0x458588, 0xb16286, 0x689d6a, 0xa89984, 0x928374, 0xfb4934,
            0xb8bb26, 0xfabd2f, 0x83a598, 0xd3869b, 0x8ec07c, 0xebdbb2,
        ],
    },
    Palette {
        name: "Gruvbox light",
        background: 0xfbf1c7,
        text: 0x3c3836,
        sixteen: [
            0xfbf1c7, 0xcc241d, 0x98971a, 0xd79921, 0x458588, 0xb16286, 0x689d6a, 0x7c6f64, 0x928374, 0x9d0006,
            0x79740e, 0xb57614, 0x076678, 0x8f3f71, 0x427b58, 0x3c3836,
        ],
    },
    Palette {
        name: "Dracula",
        background: 0x282a36,
        text: 0xf8f8f2,
        sixteen: [
            0x21222c, 0xff5555, 0x50fa7b, 0xf1fa8c, 0xbd93f9, 0xff79c6, 0x8be9fd, 0xf8f8f2, 0x6272a4, 0xff6e6e,
            0x69ff94, 0xffffa5, 0xd6acff, 0xff92df, 0xa4ffff, 0xffffff,
        ],
    },
    Palette {
        name: "Nord",
        background: 0x2e3440,
        text: 0xd8dee9,
        sixteen: [
            0x3b4252, 0xbf616a, 0xa3be8c, 0xebcb8b, 0x81a1c1, 0xb48ead, 0x88c0d0, 0xe5e9f0, 0x4c566a, 0xbf616a,
            0xa3be8c, 0xebcb8b, 0x81a1c1, 0xb48ead, 0x8fbcbb, 0xeceff4,
        ],
    },
    Palette {
        name: "GitHub light",
        background: 0xffffff,
        text: 0x1f2328,
        sixteen: [
            0x24292f, 0xcf222e, 0x116329, 0x4d2d00, 0x0969da, 0x8250df, 0x1b7c83, 0x6e7781, 0x57606a, 0xa40e26,
            0x1a7f37, 0x633c01, 0x218bff, 0xa475f9, 0x3192aa, 0x8c959f,
        ],
    },
    Palette {
        name: "Linux console",
        background: 0x000000,
        text: 0xaaaaaa,
        sixteen: [
            0x000000, 0xaa0000, 0x00aa00, 0xaa5500, 0x0000aa, 0xaa00aa, 0x00aaaa, 0xaaaaaa, 0x555555, 0xff5555,
            0x55ff55, 0xffff55, 0x5555ff, 0xff55ff, 0x55ffff, 0xffffff,
        ],
    },
    Palette {
        name: "xterm",
        background: 0x000000,
        text: 0xe5e5e5,
        sixteen: [
            0x000000, 0xcd0000, 0x00cd00, 0xcdcd00, 0x0000ee, 0xcd00cd, 0x00cdcd, 0xe5e5e5, 0x7f7f7f, 0xff0000,
            0x00ff00, 0xffff00, 0x5c5cff, 0xff00ff, 0x00ffff, 0xffffff,
        ],
    },
    Palette {
        name: "xterm on white",
        background: 0xffffff,
        text: 0x000000,
        sixteen: [
            0x000000, 0xcd0000, 0x00cd00, 0xcdcd00, 0x0000ee, 0xcd00cd, 0x00cdcd, 0xe5e5e5, 0x7f7f7f, 0xff0000,
            0x00ff00, 0xffff00, 0x5c5cff, 0xff00ff, 0x00ffff, 0xffffff,
        ],
    },
    Palette {
        name: "Tango on dark",
        background: 0x2e3436,
        text: 0xd3d7cf,
        sixteen: [
            0x2e3436, 0xcc0000, 0x4e9a06, 0xc4a000, 0x3465a4, 0x75507b, 0x06989a, 0xd3d7cf, 0x555753, 0xef2929,
            0x8ae234, 0xfce94f, 0x729fcf, 0xad7fa8, 0x34e2e2, 0xeeeeec,
        ],
    },
    Palette {
        name: "Tango on white",
        background: 0xffffff,
        text: 0x2e3436,
        sixteen: [
            0x2e3436, 0xcc0000, 0x4e9a06, 0xc4a000, 0x3465a4, 0x75507b, 0x06989a, 0xd3d7cf, 0x555753, 0xef2929,
            0x8ae234, 0xfce94f, 0x729fcf, 0xad7fa8, 0x34e2e2, 0xeeeeec,
        ],
    },
    Palette {
        name: "Windows Terminal",
        background: 0x0c0c0c,
        text: 0xcccccc,
        sixteen: [
            0x0c0c0c, 0xc50f1f, 0x13a10e, 0xc19c00, 0x0037da, 0x881798, 0x3a96dd, 0xcccccc, 0x767676, 0xe74856,
            0x16c60c, 0xf9f1a5, 0x3b78ff, 0xb4009e, 0x61d6d6, 0xf2f2f2,
        ],
    },
];

/// In the order of a palette.
const SIXTEEN: [Color; 16] = [
    Color::Black,
    Color::Red,
    Color::Green,
    Color::Yellow,
    Color::Blue,
    Color::Magenta,
    Color::Cyan,
    Color::Gray,
    Color::DarkGray,
    Color::LightRed,
    Color::LightGreen,
    Color::LightYellow,
    Color::LightBlue,
    Color::LightMagenta,
    Color::LightCyan,
    Color::White,
];

/// Of sixteen colours nobody can choose what they are. For these looks, the one that is used has the most contrast over
/// all palettes of those with the meaning. The limit stays for everything else.
const EXCEPTIONS: [(&str, &str, &[Look], &str); 33] = [
    ("dark", "Solarized dark", &[Look::Bad], "none of its reds has more than 3.3"),
    ("dark", "Gruvbox dark", &[Look::Bad], "its brightest red has 4.3"),
    ("dark", "Nord", &[Look::Bad], "both of its reds have 3.1"),
    (
        "dark",
        "Tango on dark",
        &[Look::Bad, Look::Good, Look::String],
        "its brightest red has 3.0; bright green is Solarized's grey",
    ),
    ("dark", "Linux console", WARM, "its yellow is a brown of 4.0; bright yellow is a grey of 3.4 of Solarized's"),
    ("light", "Solarized light", ACCENT, "its blue has 3.4, its cyan less, and its text 4.1"),
    ("light", "Gruvbox light", ACCENT, "its blue has 3.7; the bright one is too light on white"),
    ("light", "Gruvbox light", WARM, "its magenta has 3.7; the bright one is too light on white"),
    ("ansi", "Solarized dark", &[Look::Bad], "as above"),
    ("ansi", "Gruvbox dark", &[Look::Bad], "as above"),
    ("ansi", "Nord", &[Look::Bad], "as above"),
    ("ansi", "Tango on dark", &[Look::Bad], "as above"),
    ("ansi", "Tango on white", &[Look::Bad], "4.2; the darker one cannot be seen on a console"),
    ("ansi", "xterm on white", &[Look::Bad], "4.0; the darker one cannot be seen on a console"),
    ("dark", "Solarized dark", DIMMED, OWN_DIM),
    ("light", "Solarized light", DIMMED, OWN_DIM),
    ("ansi", "Solarized dark", DIMMED, OWN_DIM),
    ("ansi", "Solarized light", DIMMED, OWN_DIM),
    ("none", "Solarized dark", DIMMED, OWN_DIM),
    ("none", "Solarized light", DIMMED, OWN_DIM),
    ("true, text known", "Solarized dark", DIMMED, "its text has 4.7, and what is dim must be dimmer"),
    ("indexed, text known", "Solarized dark", DIMMED, "as above"),
    ("true, text known", "Solarized light", DIMMED, "its text has 4.1, and what is dim must be dimmer"),
    ("indexed, text known", "Solarized light", DIMMED, "as above"),
    ("light", "Gruvbox light", DIMMED, OWN_DIM),
    ("ansi", "Gruvbox light", DIMMED, OWN_DIM),
    ("none", "Gruvbox light", DIMMED, OWN_DIM),
    ("dark", "Linux console", DIMMED, OWN_DIM),
    ("ansi", "Linux console", DIMMED, OWN_DIM),
    ("none", "Linux console", DIMMED, OWN_DIM),
    ("light", "Tango on white", DIMMED, OWN_DIM),
    ("ansi", "Tango on white", DIMMED, OWN_DIM),
    ("none", "Tango on white", DIMMED, OWN_DIM),
];
const ACCENT: &[Look] = &[Look::Focus, Look::Key, Look::Busy, Look::Own, Look::Heading, Look::Link, Look::Name];
const WARM: &[Look] = &[Look::Unsure, Look::Hint, Look::Code, Look::Number];
const DIMMED: &[Look] = &[Look::Dim, Look::Quote];
const OWN_DIM: &str =
    "how much less than its text the terminal's own dim has is for the terminal to say: here it is 4.5 at most";

impl Palette {
    fn ground(&self) -> Ground {
        Ground::seen(Rgb::hex(self.background), None)
    }

    /// What a style's text and its background look like.
    fn shown(&self, style: Style) -> (Rgb, Rgb) {
        let shown = |colour: Option<Color>, usual: u32| match colour {
            None | Some(Color::Reset) => Rgb::hex(usual),
            Some(colour) => Rgb::of(colour).unwrap_or_else(|| {
                let number = SIXTEEN.iter().position(|named| *named == colour).expect("a colour");
                Rgb::hex(self.sixteen[number])
            }),
        };
        let (mut text, mut on) = (shown(style.fg, self.text), shown(style.bg, self.background));
        if style.add_modifier.contains(Modifier::DIM) {
            text = on.towards(text, 2.0 / 3.0);
        }
        if style.add_modifier.contains(Modifier::REVERSED) {
            std::mem::swap(&mut text, &mut on);
        }
        (text, on)
    }

    /// How much less contrast a look has than it needs, if it has less.
    fn lacks(&self, theme: &Theme, look: Look) -> Option<(f64, f64)> {
        let own = Rgb::hex(self.text).contrast(Rgb::hex(self.background));
        let (text, on) = self.shown(theme.style(look));
        let (contrast, least) = (text.contrast(on), look.needs().contrast().min(own));
        (contrast < least).then_some((contrast, least))
    }

    /// The themes that may meet it, by name.
    fn themes(&self) -> Vec<(&'static str, Theme)> {
        let seen = self.ground();
        let whole = Ground::seen(Rgb::hex(self.background), Some(Rgb::hex(self.text)));
        let (told, sixteen) = match seen.shade {
            Shade::Dark => (Ground::DARK, ("dark", Theme::DARK)),
            Shade::Light => (Ground::LIGHT, ("light", Theme::LIGHT)),
        };
        let mut themes = vec![sixteen, ("ansi", Theme::ANSI), ("none", Theme::NONE)];
        for ground in [seen, told] {
            themes.push(("true", Theme::on(ground, Depth::True)));
            themes.push(("indexed", Theme::on(ground, Depth::Indexed)));
        }
        // The terminal has said what its text looks like, too.
        themes.push(("true, text known", Theme::on(whole, Depth::True)));
        themes.push(("indexed, text known", Theme::on(whole, Depth::Indexed)));
        themes
    }
}

#[test]
fn everything_can_be_read_with_every_palette() {
    let mut wrong = Vec::new();
    for palette in &PALETTES {
        for (name, theme) in palette.themes() {
            for look in Look::all() {
                let excepted = EXCEPTIONS
                    .iter()
                    .any(|(theme, of, looks, _)| (*theme, *of) == (name, palette.name) && looks.contains(&look));
                match (palette.lacks(&theme, look), excepted) {
                    (Some((has, least)), false) => {
                        wrong.push(format!("{name}, {}: {look:?} has {has:.1} of {least:.1}", palette.name));
                    }
                    // An exception that is not needed hides the next mistake.
                    (None, true) => wrong.push(format!("{name}, {}: {look:?} is no exception", palette.name)),
                    _ => {}
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// What is less important must not look more important, nor the same.
#[test]
fn dim_text_is_dimmer_than_text_where_it_can_be() {
    for palette in &PALETTES {
        for (name, theme) in palette.themes() {
            let contrast = |look| {
                let (text, on) = palette.shown(theme.style(look));
                text.contrast(on)
            };
            let (text, quote, dim, frame) =
                (contrast(Look::Text), contrast(Look::Quote), contrast(Look::Dim), contrast(Look::Frame));
            // Nobody has said that the text has so little contrast: to be read comes first.
            let faint = text * DIMMER < Look::Dim.needs().contrast() && ["true", "indexed"].contains(&name);
            assert!(
                (text > dim || faint) && dim >= frame && quote >= dim,
                "{name}, {}: {text} {quote} {dim} {frame}",
                palette.name
            );
        }
    }
}

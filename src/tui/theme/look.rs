//! What a stretch of text can be, and the table of how each of these looks.
//!
//! A row of the table has a colour for each of these, and what holds everywhere:
//!
//! * `dark`, `light`: on a dark or a light background, as light and as one of the sixteen. The light is where a theme
//!   starts from; it is made lighter or darker until it can be read on the background that there is.
//! * `any`: of the sixteen, on a background that nobody knows. Almost none can be read on black and on white.
//!
//! The sixteen are the terminal's, and the same name is another colour everywhere: bright black is Solarized's
//! background, bright green its grey, blue is hardly seen on a console and yellow on white. What is chosen here is
//! readable with the palettes of `contrast.rs`, which also has the exceptions and their reasons.

use ratatui::style::{Color, Modifier, Style};

use super::colour::Rgb;

/// How much a look must stand out from its background.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Needs {
    /// It is read.
    Text,
    /// A name or a sign at a place of its own, which also says what it is.
    Sign,
    /// It is read by those who look for it: as well as any text, and dimmer than that where the palette has room.
    Dim,
    /// It is seen.
    Frame,
}

impl Needs {
    /// The least contrast. WCAG 2 asks for 4.5 for text, for 3 for large text and signs, and for nothing for
    /// decoration; what divides a screen has to be seen all the same.
    pub const fn contrast(self) -> f64 {
        match self {
            Needs::Text | Needs::Dim => 4.5,
            Needs::Sign => 3.0,
            Needs::Frame => 1.8,
        }
    }
}

/// A colour as light, and as one of the terminal's sixteen.
#[derive(Debug, Clone, Copy)]
pub(super) struct Tint {
    pub(super) light: Rgb,
    pub(super) sixteen: Color,
}

/// Where a look has its colour from.
#[derive(Debug, Clone, Copy)]
pub(super) enum Ink {
    /// That of the terminal's own text.
    Own,
    /// Between the terminal's text and its background, so many hundredths of the way, or as far as it can be read; its
    /// own dim, of sixteen colours.
    Blend(u8),
    Hue {
        dark: Tint,
        light: Tint,
        any: Color,
    },
    /// On a background of its own. Of sixteen colours no pair can be relied on: then attributes alone tell.
    Patch {
        text: Rgb,
        on: Rgb,
    },
}

/// A row of the table.
#[derive(Debug, Clone, Copy)]
pub(super) struct Row {
    pub(super) look: Look,
    pub(super) name: &'static str,
    pub(super) needs: Needs,
    pub(super) ink: Ink,
    /// With any colours.
    pub(super) weight: Modifier,
    /// In place of colours, where it has none.
    pub(super) plain: Modifier,
}

const NORMAL: Modifier = Modifier::empty();
const BOLD: Modifier = Modifier::BOLD;
const DIM: Modifier = Modifier::DIM;
const UNDERLINED: Modifier = Modifier::UNDERLINED;
const REVERSED: Modifier = Modifier::REVERSED;

const fn hue(dark: (u32, Color), light: (u32, Color), any: Color) -> Ink {
    Ink::Hue {
        dark: Tint { light: Rgb::hex(dark.0), sixteen: dark.1 },
        light: Tint { light: Rgb::hex(light.0), sixteen: light.1 },
        any,
    }
}

/// What can be acted on, and what is lsfr's.
const ACCENT: Ink = hue((0x4fc1d9, Color::LightCyan), (0x0b62a8, Color::Blue), Color::Reset);
const WARM: Ink = hue((0xe5c04b, Color::Yellow), (0x8a5a00, Color::Magenta), Color::Reset);
const GOOD: Ink = hue((0x7ec86a, Color::Green), (0x1f7a33, Color::Reset), Color::Reset);
/// Bright red is the one red that is seen on black and on white.
const BAD: Ink = hue((0xff6b68, Color::LightRed), (0xc4161c, Color::Red), Color::LightRed);
/// Among sixteen colours its weight tells it apart.
const KEYWORD: Ink = hue((0xd68fe0, Color::Reset), (0x8f3fa8, Color::Reset), Color::Reset);
const CODE: Ink = hue((0xd9b98c, Color::Yellow), (0x7a4a1e, Color::Magenta), Color::Reset);

/// Nodes with colours of their own; more than these share them.
pub(super) const NODES: usize = 9;
const NODE_1: Ink = hue((0x7ec86a, Color::Green), (0x1f7a33, Color::Reset), Color::Reset);
const NODE_2: Ink = hue((0xe5c04b, Color::Yellow), (0x8f3fa8, Color::Magenta), Color::Reset);
const NODE_3: Ink = hue((0xd68fe0, Color::LightMagenta), (0x1f5fbf, Color::Blue), Color::LightMagenta);
const NODE_4: Ink = hue((0x7aa8ff, Color::LightBlue), (0xb3431a, Color::Red), Color::Reset);
const NODE_5: Ink = hue((0xff9d6b, Color::LightCyan), (0x00707a, Color::Reset), Color::LightRed);
/// Of sixteen colours these have those of the first ones, and are bold.
const NODE_6: Ink = hue((0x3fd0b6, Color::Green), (0x6a5f00, Color::Reset), Color::Reset);
const NODE_7: Ink = hue((0xff8fb8, Color::Yellow), (0xb0246e, Color::Magenta), Color::Reset);
const NODE_8: Ink = hue((0xb9d94a, Color::LightMagenta), (0x4b3fc0, Color::Blue), Color::LightMagenta);
const NODE_9: Ink = hue((0xc9b8a0, Color::LightBlue), (0x7a4a1e, Color::Red), Color::Reset);

/// Makes the kinds and their rows of one table: no look is without a row, and its place in the table is its number.
macro_rules! looks {
    ($($(#[$about:meta])* $look:ident $name:literal $needs:ident $ink:expr, $weight:expr, $plain:expr;)*) => {
        /// What a stretch of text is.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Look {
            $($(#[$about])* $look,)*
            /// A number of its own for each node, from 0.
            Node(usize),
        }

        enum Place { $($look,)* Node }

        impl Look {
            /// Its row of the table.
            pub(super) const fn place(self) -> usize {
                match self {
                    $(Look::$look => Place::$look as usize,)*
                    Look::Node(number) => Place::Node as usize + number % NODES,
                }
            }
        }

        pub(super) const TABLE: [Row; Place::Node as usize + NODES] = [
            $(row(Look::$look, $name, Needs::$needs, $ink, $weight, $plain),)*
            row(Look::Node(0), "node-1", Needs::Sign, NODE_1, NORMAL, NORMAL),
            row(Look::Node(1), "node-2", Needs::Sign, NODE_2, NORMAL, NORMAL),
            row(Look::Node(2), "node-3", Needs::Sign, NODE_3, NORMAL, NORMAL),
            row(Look::Node(3), "node-4", Needs::Sign, NODE_4, NORMAL, NORMAL),
            row(Look::Node(4), "node-5", Needs::Sign, NODE_5, NORMAL, NORMAL),
            row(Look::Node(5), "node-6", Needs::Sign, NODE_6, BOLD, NORMAL),
            row(Look::Node(6), "node-7", Needs::Sign, NODE_7, BOLD, NORMAL),
            row(Look::Node(7), "node-8", Needs::Sign, NODE_8, BOLD, NORMAL),
            row(Look::Node(8), "node-9", Needs::Sign, NODE_9, BOLD, NORMAL),
        ];
    };
}

looks! {
    // Name, what it needs, its colour, and its weight with and without colours.
    Text "text" Text Ink::Own, NORMAL, NORMAL;
    /// Less important than what is around it.
    Dim "dim" Dim Ink::Blend(40), NORMAL, DIM;
    Strong "strong" Text Ink::Own, BOLD, BOLD;
    /// The name of the pane with the focus, and its frame.
    Focus "focus" Text ACCENT, BOLD, BOLD;
    /// The frame and name of any other pane.
    Frame "frame" Frame Ink::Blend(60), NORMAL, DIM;
    /// A key that can be pressed.
    Key "key" Text ACCENT, BOLD, BOLD;
    /// What the cursor is on.
    Cursor "cursor" Text Ink::Own, REVERSED, REVERSED;
    /// What a search has found; [`Look::Found`] is the one that it is at.
    Match "match" Text Ink::Patch { text: Rgb::hex(0x1c1c1c), on: Rgb::hex(0xa8b0b8) }, NORMAL, UNDERLINED;
    Found "found" Text Ink::Patch { text: Rgb::hex(0x1c1c1c), on: Rgb::hex(0xf0b429) }, NORMAL, REVERSED;
    Good "good" Text GOOD, NORMAL, NORMAL;
    Bad "bad" Text BAD, BOLD, BOLD;
    /// Not judged, skipped, cut short.
    Unsure "unsure" Text WARM, NORMAL, NORMAL;
    /// In progress.
    Busy "busy" Text ACCENT, NORMAL, BOLD;
    /// What lsfr did, among what nodes printed.
    Own "own" Text ACCENT, NORMAL, NORMAL;
    Hint "hint" Text WARM, NORMAL, NORMAL;
    Heading "heading" Text ACCENT, BOLD, BOLD;
    Code "code" Text CODE, NORMAL, NORMAL;
    Link "link" Text ACCENT, UNDERLINED, UNDERLINED;
    Quote "quote" Dim Ink::Blend(25), NORMAL, DIM;
    /// In a block of code: a word of its language, a name, a string, a number.
    Keyword "keyword" Text KEYWORD, NORMAL, BOLD;
    Name "name" Text ACCENT, NORMAL, NORMAL;
    String "string" Text GOOD, NORMAL, NORMAL;
    Number "number" Text WARM, NORMAL, NORMAL;
}

const fn row(look: Look, name: &'static str, needs: Needs, ink: Ink, weight: Modifier, plain: Modifier) -> Row {
    Row { look, name, needs, ink, weight, plain }
}

pub(super) const LOOKS: usize = TABLE.len();

impl Look {
    /// All of them; of nodes, as many as have colours of their own.
    pub fn all() -> impl Iterator<Item = Look> {
        TABLE.iter().map(|row| row.look)
    }

    /// As a configuration names it: `dim`, `node-1`.
    pub fn parse(name: &str) -> Option<Look> {
        TABLE.iter().find(|row| row.name == name).map(|row| row.look)
    }

    pub const fn name(self) -> &'static str {
        TABLE[self.place()].name
    }

    pub const fn needs(self) -> Needs {
        TABLE[self.place()].needs
    }
}

/// Which of the sixteen are used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Column {
    Dark,
    Light,
    Any,
}

impl Row {
    /// In the terminal's own colours.
    pub(super) const fn sixteen(&self, column: Column) -> Style {
        let Ink::Hue { dark, light, any } = &self.ink else { return self.plain() };
        let colour = match column {
            Column::Dark => dark.sixteen,
            Column::Light => light.sixteen,
            Column::Any => *any,
        };
        match colour {
            Color::Reset => self.plain(),
            colour => Style::new().fg(colour).add_modifier(self.weight),
        }
    }

    /// Without colours.
    pub(super) const fn plain(&self) -> Style {
        self.own().add_modifier(self.plain)
    }

    /// In the terminal's own colour.
    pub(super) const fn own(&self) -> Style {
        match self.look {
            // In one colour, whatever the text had before.
            Look::Cursor => Style::new().fg(Color::Reset).bg(Color::Reset).remove_modifier(DIM),
            // The name in a frame is not as faint as the frame.
            Look::Strong => Style::new().fg(Color::Reset).remove_modifier(DIM),
            // What is found may be dim otherwise.
            Look::Found => Style::new().remove_modifier(DIM),
            _ => Style::new(),
        }
    }
}

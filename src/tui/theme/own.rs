//! What somebody wants a theme to look like otherwise.
//!
//! ```yaml
//! dim: "#7f8c8d"                   # a colour: a name, a number of the palette, or light
//! bad: {text: light red, bold: true}
//! found: {text: black, on: yellow}
//! ```

use std::fmt;
use std::sync::Arc;

use ratatui::style::{Color, Modifier, Style};

use super::colour::Rgb;
use super::ground::Ground;
use super::{Depth, Look, Theme};
use crate::text::did_you_mean;
use crate::yaml::{Diagnostic, Node, Source, Value};

/// How one look is to be drawn; what is left out stays as it is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Paint {
    pub text: Option<Color>,
    pub on: Option<Color>,
    /// Attributes to have, and attributes not to have.
    pub add: Modifier,
    pub remove: Modifier,
}

/// Attributes by name.
pub const ATTRIBUTES: [(&str, Modifier); 5] = [
    ("bold", Modifier::BOLD),
    ("dim", Modifier::DIM),
    ("italic", Modifier::ITALIC),
    ("underlined", Modifier::UNDERLINED),
    ("reversed", Modifier::REVERSED),
];

impl Paint {
    /// In as many colours as there are.
    pub(super) fn over(self, style: Style, depth: Option<Depth>) -> Style {
        let shown = |colour: Option<Color>| colour.zip(depth).map(|(colour, depth)| within(colour, depth));
        let weight = (style.add_modifier | self.add) - self.remove;
        Style {
            fg: shown(self.text).or(style.fg),
            bg: shown(self.on).or(style.bg),
            add_modifier: weight,
            // What is taken away from what is below stays so, unless it is wanted.
            sub_modifier: style.sub_modifier - weight,
            ..style
        }
    }
}

/// As it is written in a file.
impl fmt::Display for Paint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let written = |colour: Color| match colour {
            Color::Reset => "default".to_owned(),
            // A `#` would begin a comment.
            colour => format!("'{}'", colour.to_string().to_lowercase()),
        };
        let mut parts: Vec<String> = Vec::new();
        parts.extend(self.text.map(|colour| format!("text: {}", written(colour))));
        parts.extend(self.on.map(|colour| format!("on: {}", written(colour))));
        for (name, attribute) in ATTRIBUTES {
            if self.add.contains(attribute) {
                parts.push(format!("{name}: true"));
            } else if self.remove.contains(attribute) {
                parts.push(format!("{name}: false"));
            }
        }
        write!(f, "{{ {} }}", parts.join(", "))
    }
}

/// The nearest to a colour that a terminal can show.
fn within(colour: Color, depth: Depth) -> Color {
    /// As xterm has them; nobody knows what they are here.
    const SIXTEEN: [(Color, u32); 16] = [
        (Color::Black, 0x000000),
        (Color::Red, 0xcd0000),
        (Color::Green, 0x00cd00),
        (Color::Yellow, 0xcdcd00),
        (Color::Blue, 0x0000ee),
        (Color::Magenta, 0xcd00cd),
        (Color::Cyan, 0x00cdcd),
        (Color::Gray, 0xe5e5e5),
        (Color::DarkGray, 0x7f7f7f),
        (Color::LightRed, 0xff0000),
        (Color::LightGreen, 0x00ff00),
        (Color::LightYellow, 0xffff00),
        (Color::LightBlue, 0x5c5cff),
        (Color::LightMagenta, 0xff00ff),
        (Color::LightCyan, 0x00ffff),
        (Color::White, 0xffffff),
    ];
    let Some(light) = Rgb::of(colour) else { return colour };
    match depth {
        Depth::True => colour,
        Depth::Indexed => match colour {
            Color::Indexed(_) => colour,
            _ => Color::Indexed(light.indexed(Rgb::BLACK, 1.0)),
        },
        Depth::Sixteen => {
            let off = |(_, code): &&(Color, u32)| light.off(Rgb::hex(*code));
            SIXTEEN.iter().min_by_key(off).map_or(colour, |(named, _)| *named)
        }
    }
}

/// A colour as it is written: `red`, `light red`, `208`, `#7f8c8d`, or `default` for the terminal's own.
pub fn colour(text: &str) -> Option<Color> {
    match text {
        "default" => Some(Color::Reset),
        // ratatui's own word for that.
        "reset" => None,
        _ => text.parse().ok(),
    }
}

/// The looks that somebody wants otherwise.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Overrides(Vec<(Look, Paint)>);

impl Overrides {
    /// In place of what was wanted for this look before.
    pub fn set(&mut self, look: Look, paint: Paint) {
        self.0.retain(|(other, _)| *other != look);
        self.0.push((look, paint));
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub fn iter(&self) -> impl Iterator<Item = (Look, Paint)> {
        self.0.iter().copied()
    }

    /// From a map of looks, as at the top of this file. All that is wrong with it is said at once.
    pub fn decode(source: &Arc<Source>, node: &Node) -> Result<Overrides, Vec<Diagnostic>> {
        if !matches!(node.value, Value::Map(_) | Value::Null) {
            let message = format!("{} is given where looks and their colours are expected", node.kind());
            return Err(vec![
                Diagnostic::new(source, node.at, message).help("write one look a line, as in `dim: gray`"),
            ]);
        }
        let (mut own, mut errors) = (Overrides::default(), Vec::new());
        for entry in node.entries() {
            let Some(look) = Look::parse(&entry.key) else {
                let names = || Look::all().map(Look::name);
                let help = match did_you_mean(&entry.key, names()) {
                    Some(near) => format!("did you mean `{near}`?"),
                    None => format!("there are {}", names().collect::<Vec<_>>().join(", ")),
                };
                let message = format!("there is no look `{}`", entry.key);
                errors.push(Diagnostic::new(source, entry.key_at, message).help(help));
                continue;
            };
            match paint(source, &entry.value) {
                Ok(paint) => own.set(look, paint),
                Err(found) => errors.extend(found),
            }
        }
        if errors.is_empty() { Ok(own) } else { Err(errors) }
    }

    /// What of it is hard to read, in the theme that it is part of. Colours of the terminal's own, and colours on a
    /// background that is not known, are not judged.
    pub fn faint(&self, theme: &Theme, ground: Option<Ground>) -> Vec<Faint> {
        let judge = |(look, _): (Look, Paint)| {
            let (style, needs) = (theme.style(look), look.needs());
            let own = |colour: fn(&Ground) -> Rgb| ground.as_ref().map(colour);
            let shown = |colour: Option<Color>, usual: fn(&Ground) -> Rgb| match colour {
                None | Some(Color::Reset) => own(usual),
                Some(colour) => Rgb::of(colour),
            };
            let (text, on) = (shown(style.fg, Ground::text)?, shown(style.bg, Ground::background)?);
            let contrast = text.contrast(on);
            let faint = Faint { look, text, on, contrast, least: needs.contrast() };
            (contrast < faint.least).then_some(faint)
        };
        self.iter().filter_map(judge).collect()
    }
}

/// A look that cannot be read well.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Faint {
    pub look: Look,
    pub text: Rgb,
    pub on: Rgb,
    pub contrast: f64,
    pub least: f64,
}

impl fmt::Display for Faint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Faint { look, text, on, contrast, least } = self;
        let name = look.name();
        write!(f, "`{name}` is hard to read: {text} on {on} has a contrast of {contrast:.1}, and needs {least:.1}")
    }
}

fn paint(source: &Arc<Source>, node: &Node) -> Result<Paint, Vec<Diagnostic>> {
    let mut paint = Paint::default();
    if !matches!(node.value, Value::Map(_)) {
        paint.text = Some(coloured(source, node).map_err(|error| vec![error])?);
        return Ok(paint);
    }
    let mut errors = Vec::new();
    for entry in node.entries() {
        let attribute = ATTRIBUTES.iter().find(|(name, _)| *name == entry.key);
        match (entry.key.as_str(), attribute, &entry.value.value) {
            ("text" | "on", ..) => match coloured(source, &entry.value) {
                Ok(colour) if entry.key == "on" => paint.on = Some(colour),
                Ok(colour) => paint.text = Some(colour),
                Err(error) => errors.push(error),
            },
            (_, Some((_, attribute)), Value::Bool(true)) => paint.add |= *attribute,
            (_, Some((_, attribute)), Value::Bool(false)) => paint.remove |= *attribute,
            (key, Some(_), _) => {
                let message = format!("`{key}` is {}, and takes true or false", entry.value.kind());
                errors.push(Diagnostic::new(source, entry.value.at, message));
            }
            (key, None, _) => {
                let names = || ["text", "on"].into_iter().chain(ATTRIBUTES.iter().map(|(name, _)| *name));
                let help = match did_you_mean(key, names()) {
                    Some(near) => format!("did you mean `{near}`?"),
                    None => format!("a look has {}", names().collect::<Vec<_>>().join(", ")),
                };
                let message = format!("a look has no `{key}`");
                errors.push(Diagnostic::new(source, entry.key_at, message).help(help));
            }
        }
    }
    if errors.is_empty() { Ok(paint) } else { Err(errors) }
}

fn coloured(source: &Arc<Source>, node: &Node) -> Result<Color, Diagnostic> {
    let text = match &node.value {
        Value::Text(text) => text.clone(),
        Value::Int(number) => number.to_string(),
        _ => String::new(),
    };
    colour(&text).ok_or_else(|| {
        let shown = if text.is_empty() { node.kind().to_owned() } else { format!("`{text}`") };
        Diagnostic::new(source, node.at, format!("{shown} is not a colour")).help(
            "colours are written as red, light red, gray, default, a number from 0 to 255, or \"#7f8c8d\" in quotes",
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::yaml;

    fn decoded(text: &str) -> Result<Overrides, String> {
        let source = Source::new("config.yaml", text);
        let node = yaml::parse(&source).unwrap();
        Overrides::decode(&source, &node)
            .map_err(|errors| errors.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n\n"))
    }

    #[test]
    fn looks_are_drawn_as_somebody_wants_them() {
        let own = decoded(
            "dim: \"#7f8c8d\"\nown: 208\nbad: {text: light red, bold: false, underlined: true}\n\
             found: {text: black, on: yellow}\nkey: default\n",
        )
        .unwrap();
        let theme = Theme::on(Ground::DARK, Depth::True).with(&own);
        assert_eq!(theme.style(Look::Dim).fg, Some(Color::Rgb(0x7f, 0x8c, 0x8d)));
        assert_eq!(theme.style(Look::Own).fg, Some(Color::Indexed(208)));
        let bad = theme.style(Look::Bad);
        assert_eq!((bad.fg, bad.add_modifier), (Some(Color::LightRed), Modifier::UNDERLINED));
        let found = theme.style(Look::Found);
        assert_eq!((found.fg, found.bg), (Some(Color::Black), Some(Color::Yellow)));
        assert_eq!(theme.style(Look::Key).fg, Some(Color::Reset));
        assert_eq!(theme.style(Look::Good), Theme::on(Ground::DARK, Depth::True).style(Look::Good));
    }

    #[test]
    fn a_terminal_shows_the_nearest_that_it_can() {
        let own = decoded("dim: \"#fe0103\"\nbad: {text: 208, bold: true}\n").unwrap();
        assert_eq!(Theme::on(Ground::DARK, Depth::Indexed).with(&own).style(Look::Dim).fg, Some(Color::Indexed(196)));
        assert_eq!(Theme::DARK.with(&own).style(Look::Dim).fg, Some(Color::LightRed));
        assert!(Theme::DARK.with(&own).style(Look::Bad).add_modifier.contains(Modifier::BOLD));
        let none = Theme::NONE.with(&own);
        assert_eq!((none.style(Look::Dim).fg, none.has_colour()), (None, false));
    }

    #[test]
    fn mistakes_are_shown_where_they_are() {
        insta::assert_snapshot!(
            decoded("dimm: red\nsparkle: red\nbad: reddish\ngood: {bald: true, bold: 1}\nkey: [red]\nown: \"#12\"\n")
                .unwrap_err()
        );
        assert!(decoded("just text").unwrap_err().contains("text is given where looks"));
        assert_eq!(decoded(""), Ok(Overrides::default()));
    }

    #[test]
    fn what_is_hard_to_read_is_told_with_its_contrast() {
        let own =
            decoded("dim: \"#444444\"\nown: light blue\nfound: {text: \"#555555\", on: \"#666666\"}\nkey: 255\n");
        let own = own.unwrap();
        let ground = Ground::seen(Rgb::hex(0x002b36), None);
        let theme = Theme::on(ground, Depth::True).with(&own);
        let said: Vec<_> = own.faint(&theme, Some(ground)).iter().map(ToString::to_string).collect();
        assert_eq!(
            said,
            [
                "`dim` is hard to read: #444444 on #002b36 has a contrast of 1.5, and needs 4.5",
                "`found` is hard to read: #555555 on #666666 has a contrast of 1.3, and needs 4.5",
            ]
        );
        // Nobody knows what it is on.
        let looks: Vec<_> = own.faint(&theme, None).iter().map(|faint| faint.look).collect();
        assert_eq!(looks, [Look::Found]);
        let light = Ground::LIGHT;
        assert!(own.faint(&theme, Some(light)).iter().any(|faint| faint.look == Look::Key));
    }
}

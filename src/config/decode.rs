//! What a config.yaml says. One mistake does not hide the next: whatever can be read is read.

use std::sync::Arc;

use super::table::{BOTH, SHARE, Setting, Shape, TABLE, THEME};
use super::{Config, ThemeChoice};
use crate::text::did_you_mean;
use crate::tui::action::{Action, Pane};
use crate::tui::keymap::Keymap;
use crate::tui::layout::Shares;
use crate::tui::theme::Choice;
use crate::tui::theme::own::Overrides;
use crate::yaml::{self, Diagnostic, Entry, Node, Source, Span, Value};

pub(super) fn config(source: &Arc<Source>) -> Result<Config, Vec<Diagnostic>> {
    let tree = yaml::parse(source).map_err(|error| vec![error])?;
    let mut decoder = Decoder { source, errors: Vec::new() };
    let mut config = Config::default();
    for entry in decoder.map(&tree, "the file", "one setting a line, as in `theme: dark`") {
        let names = TABLE.iter().map(|setting| setting.name);
        if let Some(at) = decoder.known(entry, names, "there is no setting", "`lsfr config` shows them all") {
            decoder.setting(&TABLE[at], &entry.value, &mut config);
        }
    }
    if decoder.errors.is_empty() { Ok(config) } else { Err(decoder.errors) }
}

struct Decoder<'a> {
    source: &'a Arc<Source>,
    errors: Vec<Diagnostic>,
}

impl Decoder<'_> {
    /// A setting without a value counts as left out: what stood below it may have become comments.
    fn setting(&mut self, setting: &Setting, node: &Node, config: &mut Config) {
        if node.value == Value::Null {
            return;
        }
        match setting.shape {
            Shape::Theme => config.theme = self.theme(node),
            Shape::Flag => match node.value {
                Value::Bool(on) => config.mouse = on,
                _ => self.kind(node, &format!("`{}`", setting.name), "true or false", "write `true` or `false`"),
            },
            Shape::Command => config.editor = self.command(node, setting.name),
            Shape::Shares => config.shares = self.shares(node, setting.name),
            Shape::Keys => match Keymap::default().with(self.source, node) {
                Ok(keys) => config.keys = keys,
                Err(errors) => self.errors.extend(errors),
            },
        }
    }

    fn theme(&mut self, node: &Node) -> ThemeChoice {
        let mut choice = ThemeChoice::default();
        if !matches!(node.value, Value::Map(_)) {
            choice.base = self.base(node, "`theme`");
            return choice;
        }
        for entry in node.entries() {
            let names = THEME.iter().map(|(name, _)| *name);
            match self.known(entry, names, "`theme` has no key", "it has `base` and `looks`") {
                Some(0) => choice.base = self.base(&entry.value, "`base`"),
                Some(_) => choice.looks = self.looks(&entry.value),
                None => {}
            }
        }
        choice
    }

    fn base(&mut self, node: &Node, what: &str) -> Choice {
        let names = || Choice::NAMES.into_iter();
        let all = "the themes are auto, dark, light, ansi and none";
        match &node.value {
            Value::Text(text) => Choice::parse(text).unwrap_or_else(|| {
                let help = did_you_mean(text, names()).map(|near| format!("did you mean `{near}`?"));
                self.error(node.at, format!("there is no theme `{text}`"), &help.unwrap_or_else(|| all.to_owned()));
                Choice::Auto
            }),
            Value::Null => Choice::Auto,
            _ => {
                self.kind(node, what, "the name of a theme", all);
                Choice::Auto
            }
        }
    }

    fn looks(&mut self, node: &Node) -> Overrides {
        Overrides::decode(self.source, node).unwrap_or_else(|errors| {
            self.errors.extend(errors);
            Overrides::default()
        })
    }

    fn command(&mut self, node: &Node, name: &str) -> Vec<String> {
        let Some(text) = node.as_text() else {
            self.kind(node, &format!("`{name}`"), "a command", "write it in one line, as in `hx` or `code --wait`");
            return Vec::new();
        };
        let words = shlex::split(text);
        if words.is_none() {
            let help = "a quote in it is not closed; it is read as a shell would, without variables";
            self.error(node.at, format!("`{name}` cannot be read as a command"), help);
        }
        words.unwrap_or_default()
    }

    fn shares(&mut self, node: &Node, name: &str) -> Shares {
        let mut shares = Shares::default();
        for entry in self.map(node, &format!("`{name}`"), "one pane a line, as in `logs: 40`") {
            let names = || Pane::ALL.into_iter().map(|pane| Action::Focus(pane).entry().name);
            let Some(at) = self.known(entry, names(), "there is no pane", "the panes are stages, tests and logs")
            else {
                continue;
            };
            let Some(share) = shares.of(Pane::ALL[at]) else {
                let message = "the guide has no share of its own";
                self.error(entry.key_at, message.to_owned(), "it takes what stages, tests and logs leave");
                continue;
            };
            match &entry.value.value {
                Value::Null => {}
                Value::Int(percent) => match u8::try_from(*percent).ok().filter(|percent| SHARE.contains(percent)) {
                    Some(percent) => *share = Some(percent),
                    None => {
                        let message = format!("{percent} is no share of the screen");
                        let help = format!("it is percent, from {} to {}", SHARE.start(), SHARE.end());
                        self.error(entry.value.at, message, &help);
                    }
                },
                _ => self.kind(
                    &entry.value,
                    &format!("`{}`", entry.key),
                    "a whole number",
                    "write percent, as in `40`",
                ),
            }
        }
        let both = shares.stages.unwrap_or(0) + shares.tests.unwrap_or(0);
        if both > BOTH {
            let message = format!("`stages` and `tests` take {both} percent of the width");
            self.error(node.at, message, &format!("leave the guide something: {BOTH} at most for both"));
        }
        shares
    }

    /// The entries of a map; nothing is an empty one.
    fn map<'n>(&mut self, node: &'n Node, what: &str, how: &str) -> &'n [Entry] {
        if !matches!(node.value, Value::Map(_) | Value::Null) {
            self.kind(node, what, "a map", &format!("write {how}"));
        }
        node.entries()
    }

    /// Which of these names a key is. `no`: the beginning of the error, if it is none.
    fn known<'n>(
        &mut self,
        entry: &Entry,
        names: impl Iterator<Item = &'n str> + Clone,
        no: &str,
        all: &str,
    ) -> Option<usize> {
        let at = names.clone().position(|name| name == entry.key);
        if at.is_none() {
            let near = did_you_mean(&entry.key, names).map(|near| format!("did you mean `{near}`?"));
            self.error(entry.key_at, format!("{no} `{}`", entry.key), &near.unwrap_or_else(|| all.to_owned()));
        }
        at
    }

    fn kind(&mut self, node: &Node, what: &str, expected: &str, help: &str) {
        self.error(node.at, format!("{what} is {}, where {expected} is expected", node.kind()), help);
    }

    fn error(&mut self, at: Span, message: String, help: &str) {
        self.errors.push(Diagnostic::new(self.source, at, message).help(help));
    }
}

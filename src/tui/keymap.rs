//! Which key does what: the table of actions with what `keys` of config.yaml changes in it.
//!
//! ```yaml
//! run: F5            # one key, in place of the ones that `run` has
//! quit: [q, ctrl-q]  # several
//! mouse: []          # none
//! ```

use std::fmt;
use std::sync::Arc;

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use super::action::{Action, TABLE};
use crate::text::did_you_mean;
use crate::yaml::{Diagnostic, Node, Source, Value};

/// A key with what is held down with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Key {
    code: KeyCode,
    modifiers: KeyModifiers,
}

/// Keys with a name of more than one letter.
const NAMED: [(&str, KeyCode); 16] = [
    ("enter", KeyCode::Enter),
    ("esc", KeyCode::Esc),
    ("tab", KeyCode::Tab),
    ("backspace", KeyCode::Backspace),
    ("delete", KeyCode::Delete),
    ("insert", KeyCode::Insert),
    ("up", KeyCode::Up),
    ("down", KeyCode::Down),
    ("left", KeyCode::Left),
    ("right", KeyCode::Right),
    ("home", KeyCode::Home),
    ("end", KeyCode::End),
    ("pageup", KeyCode::PageUp),
    ("pagedown", KeyCode::PageDown),
    ("space", KeyCode::Char(' ')),
    ("minus", KeyCode::Char('-')),
];

impl Key {
    /// A digit, as people type it before a motion.
    pub fn is_digit(self) -> bool {
        self.modifiers.is_empty() && matches!(self.code, KeyCode::Char(c) if c.is_ascii_digit())
    }

    /// As the terminal reported it. Shift is part of a letter, and shift-tab has a code of its own.
    pub fn from_event(event: &KeyEvent) -> Key {
        let mut modifiers = event.modifiers & (KeyModifiers::CONTROL | KeyModifiers::ALT | KeyModifiers::SHIFT);
        let mut code = event.code;
        match code {
            KeyCode::BackTab => {
                code = KeyCode::Tab;
                modifiers |= KeyModifiers::SHIFT;
            }
            KeyCode::Char(c) => {
                if modifiers.contains(KeyModifiers::SHIFT) {
                    code = KeyCode::Char(c.to_uppercase().next().unwrap_or(c));
                }
                modifiers -= KeyModifiers::SHIFT;
                if modifiers.contains(KeyModifiers::CONTROL) {
                    code = KeyCode::Char(c.to_ascii_lowercase());
                }
            }
            _ => {}
        }
        Key { code, modifiers }
    }

    /// The key as a terminal reports it.
    #[cfg(test)]
    pub(super) fn event(self) -> KeyEvent {
        KeyEvent::new(self.code, self.modifiers)
    }

    /// `r`, `R`, `ctrl-u`, `shift-tab`, `F5`, `alt-enter`, `space`.
    pub fn parse(text: &str) -> Option<Key> {
        let mut modifiers = KeyModifiers::NONE;
        let mut rest = text;
        while let Some((held, after)) = rest.split_once('-') {
            modifiers |= match held.to_ascii_lowercase().as_str() {
                "ctrl" => KeyModifiers::CONTROL,
                "alt" => KeyModifiers::ALT,
                "shift" => KeyModifiers::SHIFT,
                _ => break,
            };
            rest = after;
        }
        let lower = rest.to_ascii_lowercase();
        let code = if let Some((_, code)) = NAMED.iter().find(|(name, _)| *name == lower) {
            *code
        } else if let Some(number) = lower.strip_prefix('f').and_then(|number| number.parse().ok()) {
            KeyCode::F(Some(number).filter(|number| (1..=24).contains(number))?)
        } else {
            let mut letters = rest.chars();
            let letter = letters.next().filter(|letter| !letter.is_control())?;
            if letters.next().is_some() {
                return None;
            }
            KeyCode::Char(letter)
        };
        Some(Key::from_event(&KeyEvent::new(code, modifiers)))
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (modifier, name) in
            [(KeyModifiers::CONTROL, "ctrl-"), (KeyModifiers::ALT, "alt-"), (KeyModifiers::SHIFT, "shift-")]
        {
            if self.modifiers.contains(modifier) {
                f.write_str(name)?;
            }
        }
        match self.code {
            KeyCode::F(number) => write!(f, "F{number}"),
            KeyCode::Char('-') if self.modifiers.is_empty() => f.write_str("-"),
            code => match NAMED.iter().find(|(_, named)| *named == code) {
                Some((name, _)) => f.write_str(name),
                None => match code {
                    KeyCode::Char(letter) => write!(f, "{letter}"),
                    other => write!(f, "{other:?}"),
                },
            },
        }
    }
}

/// Which key does what.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Keymap {
    /// In the order of the table.
    bindings: Vec<(Action, Vec<Key>)>,
}

impl Default for Keymap {
    fn default() -> Self {
        let keys = |keys: &[&str]| keys.iter().filter_map(|key| Key::parse(key)).collect();
        Self { bindings: TABLE.iter().map(|entry| (entry.action, keys(entry.keys))).collect() }
    }
}

impl Keymap {
    /// What the key does. A key may mean one thing while a search or a history is open and another otherwise: all of
    /// them, in the order of the table.
    pub fn actions(&self, key: Key) -> impl Iterator<Item = Action> {
        self.bindings.iter().filter(move |(_, keys)| keys.contains(&key)).map(|(action, _)| *action)
    }

    /// The key to name for an action; empty where it has none.
    pub fn shown(&self, action: Action) -> String {
        self.keys(action).first().map(Key::to_string).unwrap_or_default()
    }

    pub fn keys(&self, action: Action) -> &[Key] {
        self.bindings.iter().find(|(bound, _)| *bound == action).map_or(&[], |(_, keys)| keys)
    }

    /// These keys with what `keys` of config.yaml says, or all of a keys.yaml.
    pub fn with(mut self, source: &Arc<Source>, node: &Node) -> Result<Keymap, Vec<Diagnostic>> {
        let entries = match &node.value {
            Value::Map(entries) => entries,
            Value::Null => return Ok(self),
            _ => {
                let message = format!("the keys are {}, where a map is expected", node.kind());
                return Err(vec![
                    Diagnostic::new(source, node.at, message).help("write one action a line, as in `run: F5`"),
                ]);
            }
        };
        let mut errors = Vec::new();
        let mut changed = Vec::new();
        for entry in entries {
            let Some(row) = TABLE.iter().find(|row| row.name == entry.key) else {
                let help = match did_you_mean(&entry.key, TABLE.iter().map(|row| row.name)) {
                    Some(near) => format!("did you mean `{near}`?"),
                    None => "`lsfr config` names them all".to_owned(),
                };
                let message = format!("there is no action `{}`", entry.key);
                errors.push(Diagnostic::new(source, entry.key_at, message).help(help));
                continue;
            };
            match keys(source, &entry.value) {
                Ok(keys) => changed.push((row.action, keys, entry.value.at)),
                Err(found) => errors.extend(found),
            }
        }
        for (action, keys, _) in &changed {
            if let Some((_, bound)) = self.bindings.iter_mut().find(|(bound, _)| bound == action) {
                bound.clone_from(keys);
            }
        }
        // A key that was given to one action is taken away from those that had it by default.
        for (action, keys, at) in &changed {
            for key in keys {
                for (other, bound) in &mut self.bindings {
                    if other == action || !bound.contains(key) || together(*action, *other) {
                        continue;
                    }
                    if changed.iter().any(|(action, ..)| action == other) {
                        let message = format!(
                            "`{key}` is given to both `{}` and `{}`",
                            action.entry().name,
                            other.entry().name
                        );
                        errors.push(Diagnostic::new(source, *at, message).help("choose another key for one of them"));
                    } else {
                        bound.retain(|other| other != key);
                    }
                }
            }
        }
        for needed in [Action::Quit, Action::Help, Action::Close] {
            if self.keys(needed).is_empty() {
                let message = format!("no key is left for `{}`", needed.entry().name);
                errors.push(
                    Diagnostic::new(source, node.at, message).help("the app cannot be used without it: give it one"),
                );
            }
        }
        errors.dedup_by(|a, b| a.to_string() == b.to_string());
        if errors.is_empty() { Ok(self) } else { Err(errors) }
    }
}

/// Whether two actions may share a key: where one of them comes first, the other is not meant.
fn together(one: Action, other: Action) -> bool {
    one.within() != other.within()
}

fn keys(source: &Arc<Source>, node: &Node) -> Result<Vec<Key>, Vec<Diagnostic>> {
    let nodes = match &node.value {
        Value::List(items) => items.as_slice(),
        Value::Null => &[],
        _ => std::slice::from_ref(node),
    };
    let (mut keys, mut errors) = (Vec::new(), Vec::new());
    for node in nodes {
        let text = match &node.value {
            Value::Text(text) => text.clone(),
            Value::Int(number) => number.to_string(),
            _ => String::new(),
        };
        match Key::parse(&text) {
            Some(key) => keys.push(key),
            None => {
                let shown = if text.is_empty() { node.kind().to_owned() } else { format!("`{text}`") };
                errors.push(
                    Diagnostic::new(source, node.at, format!("{shown} is not a key"))
                        .help("keys are written as r, R, F5, enter, ctrl-u, alt-x, shift-tab, space"),
                );
            }
        }
    }
    if errors.is_empty() { Ok(keys) } else { Err(errors) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(text: &str) -> Result<Keymap, String> {
        let source = Source::new("keys.yaml", text);
        let tree = crate::yaml::parse(&source).unwrap();
        Keymap::default()
            .with(&source, &tree)
            .map_err(|errors| errors.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))
    }

    fn pressed(code: KeyCode, modifiers: KeyModifiers) -> Key {
        Key::from_event(&KeyEvent::new(code, modifiers))
    }

    #[test]
    fn every_key_of_the_table_is_a_key_and_stands_for_one_thing_at_a_time() {
        for entry in TABLE {
            for key in entry.keys {
                let parsed = Key::parse(key).unwrap_or_else(|| panic!("{key} of {}", entry.name));
                assert_eq!(parsed.to_string(), *key);
                for other in TABLE.iter().filter(|other| other.keys.contains(key) && other.name != entry.name) {
                    assert!(together(entry.action, other.action), "{key}: {} and {}", entry.name, other.name);
                }
            }
        }
    }

    #[test]
    fn keys_are_read_as_terminals_tell_them() {
        assert_eq!(pressed(KeyCode::Char('R'), KeyModifiers::SHIFT), Key::parse("R").unwrap());
        assert_eq!(pressed(KeyCode::Char('R'), KeyModifiers::NONE), Key::parse("R").unwrap());
        assert_eq!(pressed(KeyCode::BackTab, KeyModifiers::SHIFT), Key::parse("shift-tab").unwrap());
        assert_eq!(pressed(KeyCode::Char('u'), KeyModifiers::CONTROL), Key::parse("Ctrl-U").unwrap());
        assert_eq!(Key::parse("f5").unwrap().to_string(), "F5");
        assert_eq!(Key::parse("-").unwrap().to_string(), "-");
        assert_eq!(Key::parse("ctrl-minus").unwrap().to_string(), "ctrl-minus");
        for wrong in ["", "rr", "ctrl-", "hyper-x", "f99", "\u{7}"] {
            assert_eq!(Key::parse(wrong), None, "{wrong:?}");
        }
    }

    #[test]
    fn what_is_changed_is_changed_and_the_rest_stays() {
        let keymap = with("run: F5\nquit: [q, ctrl-q]\nmouse: []\nstages: 9\n").unwrap();
        assert_eq!(keymap.shown(Action::Run), "F5");
        assert_eq!(keymap.actions(Key::parse("r").unwrap()).count(), 0);
        assert_eq!(keymap.actions(Key::parse("ctrl-q").unwrap()).next(), Some(Action::Quit));
        assert_eq!(keymap.shown(Action::Mouse), "");
        assert_eq!(keymap.shown(Action::Focus(super::super::action::Pane::Stages)), "9");
        assert_eq!(keymap.shown(Action::Watch), "w");
        // A key that is given to another action is taken away from the one that had it.
        let keymap = with("run: w\n").unwrap();
        assert_eq!(keymap.actions(Key::parse("w").unwrap()).collect::<Vec<_>>(), [Action::Run]);
        assert_eq!(with("").unwrap(), Keymap::default());
    }

    #[test]
    fn mistakes_are_all_told_with_their_lines() {
        let errors = with("rnu: F5\nquit: []\nrun: foo\nhint: [x, y]\ncopy: y\n").unwrap_err();
        for said in [
            "keys.yaml:1:1",
            "did you mean `run`?",
            "no key is left for `quit`",
            "`foo` is not a key",
            "`y` is given to both `hint` and `copy`",
        ] {
            assert!(errors.contains(said), "{said}\n{errors}");
        }
        assert!(with("[a]").unwrap_err().contains("where a map is expected"));
    }
}

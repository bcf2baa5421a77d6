//! The settings in force as a config.yaml: what is set as a line, everything else behind a `#`. Read as a file, it says
//! what it was made from.

use std::fmt::Write as _;

use super::table::{Setting, Shape, TABLE};
use super::{Config, ThemeChoice};
use crate::text::wrap;
use crate::tui::action::{Entry, TABLE as ACTIONS};
use crate::tui::keymap::{Key, Keymap};

const COLUMNS: usize = 100;

/// All settings. `editor` is the command that opens if none is set.
pub fn page(config: &Config, editor: &str) -> String {
    let mut page = String::new();
    for setting in &TABLE {
        if !page.is_empty() {
            page.push('\n');
        }
        for line in wrap(setting.doc, COLUMNS - 2, 0) {
            let _ = writeln!(page, "# {line}");
        }
        one(&mut page, setting, config, editor);
    }
    page
}

fn one(page: &mut String, setting: &Setting, config: &Config, editor: &str) {
    let (name, usual) = (setting.name, Config::default());
    match setting.shape {
        Shape::Theme => theme(page, name, &config.theme, &usual.theme),
        Shape::Flag => line(page, config.mouse != usual.mouse, &format!("{name}: {}", config.mouse)),
        Shape::Command => {
            let set = shlex::try_join(config.editor.iter().map(String::as_str)).unwrap_or_default();
            let command = if set.is_empty() { editor } else { &set };
            line(page, !set.is_empty(), &format!("{name}: {}", quoted(command)));
        }
        Shape::Shares => {
            let shares = [
                ("stages", config.shares.stages, 17),
                ("tests", config.shares.tests, 30),
                ("logs", config.shares.logs, 33),
            ];
            line(page, shares.iter().any(|(_, set, _)| set.is_some()), &format!("{name}:"));
            for (pane, set, usual) in shares {
                line(page, set.is_some(), &format!("  {pane}: {}", set.unwrap_or(usual)));
            }
        }
        Shape::Keys => {
            let set = |entry: &Entry| config.keys.keys(entry.action) != usual.keys.keys(entry.action);
            line(page, ACTIONS.iter().any(set), &format!("{name}:"));
            for entry in ACTIONS {
                let keys = format!("{}: {}", entry.name, written(&config.keys, entry));
                line(page, set(entry), &format!("  {keys:<28} # {}", entry.help));
            }
        }
    }
}

fn theme(page: &mut String, name: &str, theme: &ThemeChoice, usual: &ThemeChoice) {
    if theme.looks.is_empty() {
        return line(page, theme != usual, &format!("{name}: {}", theme.base.name()));
    }
    let _ = writeln!(page, "{name}:\n  base: {}\n  looks:", theme.base.name());
    for (look, paint) in theme.looks.iter() {
        let _ = writeln!(page, "    {}: {paint}", look.name());
    }
}

fn line(page: &mut String, set: bool, text: &str) {
    let _ = writeln!(page, "{}{text}", if set { "" } else { "# " });
}

/// The keys of an action, as a file has them.
fn written(keys: &Keymap, entry: &Entry) -> String {
    let keys: Vec<String> = keys.keys(entry.action).iter().map(Key::to_string).map(|key| quoted(&key)).collect();
    match &keys[..] {
        [one] => one.clone(),
        several => format!("[{}]", several.join(", ")),
    }
}

/// A text as YAML: in quotes unless it is a plain word.
fn quoted(text: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '/' | '.' | ' ');
    let special =
        ["true", "false", "null", "yes", "no", "on", "off", "y", "n"].contains(&text.to_lowercase().as_str());
    let word = text.starts_with(|c: char| c.is_ascii_alphabetic()) && text.chars().all(plain) && !text.ends_with(' ');
    if word && !special { text.to_owned() } else { format!("'{}'", text.replace('\'', "''")) }
}

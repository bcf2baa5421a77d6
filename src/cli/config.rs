//! `lsfr config`: the learner's settings, and what each means. A command, since nothing else can say what is in force
//! where the app cannot open: a mistake in the file, or no terminal.

use std::env;
use std::io::Write;

use anstyle::AnsiColor;
use serde_json::json;

use super::args::Format;
use super::{Exit, Result};
use crate::config::{self, Loaded};
use crate::text::clean;
use crate::tui::Settings;
use crate::tui::action::TABLE;

pub(super) fn settings() -> Result<Settings> {
    let Loaded { config, notes, .. } = config::load(|name| env::var_os(name))?;
    Ok(config.settings(notes, |name| env::var(name).ok()))
}

pub(super) fn run(schema: bool, format: Format) -> Result {
    let mut out = anstream::stdout().lock();
    if schema {
        writeln!(out, "{:#}", config::json_schema())?;
        return Ok(Exit::Passed);
    }
    let loaded = config::load(|name| env::var_os(name))?;
    match format {
        Format::Text => text(&mut out, &loaded)?,
        Format::Json => writeln!(out, "{}", as_json(&loaded))?,
    }
    Ok(Exit::Passed)
}

fn text(out: &mut impl Write, loaded: &Loaded) -> Result<()> {
    let said = match (&loaded.file, loaded.exists) {
        (Some(file), true) => format!("{} says what stands here without a `#`.", file.display()),
        (Some(file), false) => format!("{} is not there. It could say this:", file.display()),
        (None, _) => "Neither XDG_CONFIG_HOME nor HOME is set, so no file is read.".to_owned(),
    };
    let editor = env::var("VISUAL").or_else(|_| env::var("EDITOR")).unwrap_or_else(|_| "vi".to_owned());
    let page = config::page(&loaded.config, &clean(&editor));
    let dim = AnsiColor::BrightBlack.on_default();
    for line in [format!("# {}", clean(&said)), String::new()].iter().map(String::as_str).chain(page.lines()) {
        if line.starts_with('#') {
            writeln!(out, "{dim}{line}{dim:#}")?;
        } else {
            writeln!(out, "{line}")?;
        }
    }
    for note in &loaded.notes {
        writeln!(anstream::stderr(), "lsfr: {}", clean(note))?;
    }
    Ok(())
}

fn as_json(loaded: &Loaded) -> serde_json::Value {
    let Loaded { config, file, exists, notes } = loaded;
    let keys: serde_json::Map<String, serde_json::Value> = TABLE
        .iter()
        .map(|entry| {
            let keys = config.keys.keys(entry.action).iter().map(ToString::to_string).collect();
            (entry.name.to_owned(), keys)
        })
        .collect();
    let looks: serde_json::Map<String, serde_json::Value> =
        config.theme.looks.iter().map(|(look, paint)| (look.name().to_owned(), paint.to_string().into())).collect();
    json!({
        "event": "config",
        "file": file,
        "exists": exists,
        "theme": { "base": config.theme.base.name(), "looks": looks },
        "mouse": config.mouse,
        "editor": config.editor,
        "layout": config.shares,
        "keys": keys,
        "notes": notes,
    })
}

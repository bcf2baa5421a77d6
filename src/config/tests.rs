use std::path::Path;

use serde_json::Value as Json;

use ratatui::style::{Color, Modifier};

use super::*;
use crate::json_schema::{accepts, json_of};
use crate::tui::action::{Action, TABLE};
use crate::tui::theme::own::Paint;
use crate::tui::theme::{Look, Theme};

fn decoded(text: &str) -> Result<Config, String> {
    decode::config(&Source::new("config.yaml", text))
        .map_err(|errors| errors.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n\n"))
}

const FULL: &str = "\
theme:
  base: light
  looks:
    heading: { text: light blue, bold: true, italic: false }
    dim: 8
    node-1: '#d75f00'
mouse: false
editor: code --wait '/a b'
layout: { stages: 15, logs: 40 }
keys:
  run: F5
  quit: [q, ctrl-q]
";

#[test]
fn what_a_file_says_is_set_and_the_rest_stays() {
    let config = decoded(FULL).unwrap();
    assert_eq!(config.theme.base, Choice::Light);
    let looks: Vec<_> = config.theme.looks.iter().collect();
    let heading =
        Paint { text: Some(Color::LightBlue), add: Modifier::BOLD, remove: Modifier::ITALIC, ..Paint::default() };
    let text = |colour| Paint { text: Some(colour), ..Paint::default() };
    let node = text(Color::Rgb(0xd7, 0x5f, 0));
    assert_eq!(looks, [(Look::Heading, heading), (Look::Dim, text(Color::Indexed(8))), (Look::Node(0), node)]);
    assert!(!config.mouse);
    assert_eq!(config.editor, ["code", "--wait", "/a b"]);
    assert_eq!(config.shares, Shares { stages: Some(15), tests: None, logs: Some(40) });
    assert_eq!(config.keys.shown(Action::Run), "F5");
    assert_eq!(config.keys.shown(Action::Hint), "h");
    assert_eq!(
        decoded("theme: none\n").unwrap().theme,
        ThemeChoice { base: Choice::None, looks: Overrides::default() }
    );
}

#[test]
fn what_has_no_value_is_left_out() {
    for text in ["", "# nothing\n", "theme:\nmouse:\neditor:\nlayout:\nkeys:\n", "theme: { base: , looks: }\n"] {
        assert_eq!(decoded(text).unwrap(), Config::default(), "{text}");
    }
}

#[test]
fn every_mistake_is_told_at_once() {
    let text = "\
thme: dark
theme: drak
mouse: 1
editor: \"vim 'x\"
layout:
  logs: 200
  guide: 50
  test: 30
keys:
  rnu: F5
  hint: foo
";
    insta::assert_snapshot!(decoded(text).unwrap_err());
    let looks = "theme:\n  base: 3\n  loks: {}\n  looks:\n    heading: #ff0000\n    dim: true\n";
    insta::assert_snapshot!(decoded(looks).unwrap_err());
    let both = decoded("layout: { stages: 50, tests: 50 }\n").unwrap_err();
    assert!(both.contains("take 100 percent of the width") && both.contains("config.yaml:1:9"), "{both}");
    assert!(decoded("- theme\n").unwrap_err().contains("the file is a list, where a map is expected"));
    assert!(decoded("theme: [\n").unwrap_err().contains("not valid YAML"));
}

fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        fs::write(folder.path().join(name), text).unwrap();
    }
    folder
}

#[test]
fn an_earlier_keys_yaml_is_read_until_there_is_a_config_yaml() {
    let neither = folder(&[]);
    let loaded = load_from(neither.path()).unwrap();
    assert_eq!((loaded.config, loaded.exists, loaded.notes), (Config::default(), false, Vec::new()));

    let old = folder(&[("keys.yaml", "\u{feff}run: F5\n")]);
    let loaded = load_from(old.path()).unwrap();
    assert_eq!(loaded.config.keys.shown(Action::Run), "F5");
    assert!(loaded.notes[0].contains("below `keys:` in") && !loaded.exists, "{:?}", loaded.notes);

    let both = folder(&[("keys.yaml", "run: F5\nbroken: [\n"), ("config.yaml", "\u{feff}mouse: false\n")]);
    let loaded = load_from(both.path()).unwrap();
    assert_eq!((loaded.config.keys.shown(Action::Run), loaded.config.mouse), ("r".to_owned(), false));
    assert!(loaded.notes[0].contains("keys.yaml is no longer read") && loaded.exists, "{:?}", loaded.notes);

    let wrong = folder(&[("keys.yaml", "rnu: F5\n")]);
    assert!(load_from(wrong.path()).unwrap_err()[0].to_string().contains("did you mean `run`?"));
    let unreadable = folder(&[]);
    fs::create_dir(unreadable.path().join("config.yaml")).unwrap();
    assert!(load_from(unreadable.path()).unwrap_err()[0].to_string().contains("cannot be read"));
}

#[test]
fn the_environment_comes_before_the_file() {
    let theme = |file: &str, variables: &[(&str, &str)]| {
        let variable = |name: &str| {
            variables.iter().find(|(variable, _)| *variable == name).map(|(_, value)| (*value).to_owned())
        };
        decoded(file).unwrap().settings(Vec::new(), variable).themes.on(None)
    };
    assert_eq!(theme("theme: light", &[]), Theme::LIGHT);
    assert_eq!(theme("theme: dark", &[("COLORFGBG", "0;15")]), Theme::DARK);
    assert_eq!(theme("theme: auto", &[("COLORFGBG", "0;15")]), Theme::LIGHT);
    assert_eq!(theme("theme: light", &[("LSFR_THEME", "dark")]), Theme::DARK);
    assert_eq!(theme("theme: light", &[("LSFR_THEME", "")]), Theme::LIGHT);
    assert_eq!(theme("theme: none", &[]), Theme::NONE);
    assert_eq!(theme("theme: light", &[("NO_COLOR", "1")]), Theme::NONE);
    assert_eq!(theme("theme: none", &[("LSFR_THEME", "dark")]), Theme::DARK);
    let own = theme("theme: { base: dark, looks: { dim: red } }", &[]);
    assert_eq!(own.style(Look::Dim).fg, Some(Color::Red));
}

/// Every line that could be one of the file, as if it were set.
fn set(page: &str) -> String {
    let names: Vec<&str> = table::TABLE.iter().map(|setting| setting.name).collect();
    let is_line =
        |line: &str| line.starts_with("  ") || names.iter().any(|name| line.starts_with(&format!("{name}:")));
    let line = |line: &str| match line.strip_prefix("# ") {
        Some(text) if is_line(text) => text.to_owned(),
        _ => line.to_owned(),
    };
    page.lines().map(line).collect::<Vec<_>>().join("\n")
}

#[test]
fn the_page_read_as_a_file_says_what_it_was_made_from() {
    for text in [
        "",
        "theme: light\n",
        FULL,
        "editor: '\"my editor\" --title=\"it\\''s\"'\n",
        "keys: { up: [], next-mark: \"'\", stages: 9, page-down: space, hint: y, copy: n }\n",
    ] {
        let config = decoded(text).unwrap();
        assert_eq!(decoded(&page(&config, "vi")).unwrap(), config, "{text}");
    }
    // What stands behind a `#` holds anyway.
    let defaults = decoded(&set(&page(&Config::default(), "vi"))).unwrap();
    assert_eq!((defaults.keys, defaults.theme), (Keymap::default(), ThemeChoice::default()));
    assert_eq!(defaults.editor, ["vi"]);
    insta::assert_snapshot!(page(&decoded(FULL).unwrap(), "vi"));
}

#[test]
fn the_schema_in_assets_is_current() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/config.schema.json");
    let made = format!("{:#}\n", json_schema());
    if std::env::var_os("LSFR_BLESS").is_some() {
        fs::write(&path, &made).unwrap();
    }
    let kept = fs::read_to_string(&path).unwrap_or_default();
    assert!(
        kept == made,
        "assets/config.schema.json is not what the settings give: set LSFR_BLESS=1 to write it anew"
    );
}

#[test]
fn the_schema_and_the_decoder_accept_the_same() {
    let schema = json_schema();
    let accepted = |text: &str| {
        let tree = yaml::parse(&Source::new("config.yaml", text)).unwrap();
        let value: Json = json_of(&tree);
        (accepts(&schema, &schema, &value), decoded(text).is_ok())
    };
    for good in ["", FULL, "theme: ansi", "theme: { base: dark }", "layout:", "keys: { run: 5, up: }", "mouse: true"]
    {
        assert_eq!(accepted(good), (true, true), "{good}");
    }
    assert_eq!(accepted(&set(&page(&Config::default(), "vi"))), (true, true));
    for wrong in [
        "mouse: maybe",
        "theme: drak",
        "theme: { bas: dark }",
        "theme: { looks: { dim: true } }",
        "editor: 3",
        "layout: { guide: 30 }",
        "layout: { logs: 5 }",
        "layout: 30",
        "keys: { rnu: r }",
        "keys: { run: true }",
        "colours: dark",
        "[theme]",
    ] {
        assert_eq!(accepted(wrong), (false, false), "{wrong}");
    }
    assert!(TABLE.iter().all(|entry| schema["properties"]["keys"]["properties"].get(entry.name).is_some()));
}

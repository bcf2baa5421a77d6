//! Recorded events of failures of each kind, for tests: in `tests/golden`, and with all of their sentences scrambled.

use std::fs;
use std::path::Path;

use serde_json::Value as Json;

use super::Stamped;

/// The events of a run that failed.
pub(crate) struct Recorded {
    pub(crate) name: String,
    pub(crate) lines: Vec<Json>,
}

/// All of them, by name.
pub(crate) fn recorded() -> Vec<Recorded> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden");
    let mut files: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    let read = |path: &Path| fs::read_to_string(path).unwrap();
    let of = |path: &Path| Recorded {
        name: path.file_stem().unwrap().to_str().unwrap().to_owned(),
        lines: read(path).lines().map(|line| serde_json::from_str(line).unwrap()).collect(),
    };
    files.iter().map(|path| of(path)).collect()
}

impl Recorded {
    pub(crate) fn events(&self) -> Vec<Stamped> {
        let event = |line: &Json| serde_json::from_value(line.clone());
        self.lines.iter().map(|line| event(line).unwrap_or_else(|error| panic!("{line}: {error}"))).collect()
    }

    /// The same events with every sentence made unreadable.
    pub(crate) fn scrambled(&self) -> Vec<Stamped> {
        let mut lines = self.lines.clone();
        lines.iter_mut().for_each(scramble_sentences);
        Recorded { name: self.name.clone(), lines }.events()
    }
}

/// Other letters, the same number of them and just as wide, with the same blanks between them.
pub(crate) fn scramble(text: &str) -> String {
    let other = |c: char| match c {
        'a'..='z' => char::from(b'a' + (c as u8 - b'a' + 13) % 26),
        'A'..='Z' => char::from(b'A' + (c as u8 - b'A' + 13) % 26),
        c => c,
    };
    text.chars().map(other).collect()
}

/// What is written for people: nothing that a program sent, nor the name of a test or a node.
fn scramble_sentences(json: &mut Json) {
    const SENTENCES: &[&str] =
        &["sentence", "reason", "detail", "title", "about", "tail", "said", "requirement", "hints", "message"];
    // This one's text is a sentence; the text of the others is what was sent.
    const TOLD: &[&str] = &["note", "step_started", "says", "links", "load"];
    match json {
        Json::Object(map) => {
            let told = map.get("event").and_then(Json::as_str).is_some_and(|event| TOLD.contains(&event));
            let is_place = map.contains_key("file") && map.contains_key("path");
            for (key, value) in map {
                if SENTENCES.contains(&key.as_str()) || (key == "text" && (told || is_place)) {
                    scramble_all(value);
                } else {
                    scramble_sentences(value);
                }
            }
        }
        Json::Array(items) => items.iter_mut().for_each(scramble_sentences),
        _ => {}
    }
}

fn scramble_all(json: &mut Json) {
    match json {
        Json::String(text) => *text = scramble(text),
        Json::Array(items) => items.iter_mut().for_each(scramble_all),
        Json::Object(map) => map.values_mut().for_each(scramble_all),
        _ => {}
    }
}

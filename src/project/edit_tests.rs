//! Every shape of lsfr.yaml that a person may have written, changed and read back.

use proptest::prelude::*;

use super::*;

fn edit(text: &str, current: &str, completed: &[&str]) -> Result<String, Diagnostic> {
    let source = Source::new("lsfr.yaml", text);
    let completed: Vec<String> = completed.iter().map(|stage| (*stage).to_owned()).collect();
    with_progress(&source, &Progress { current, completed: merged(&listed_in(text), &completed) })
}

fn listed_in(text: &str) -> Vec<String> {
    let tree = yaml::parse(&Source::new("", text)).unwrap();
    match tree.get("stages").and_then(|stages| stages.get("completed")).map(|node| &node.value) {
        Some(Value::List(items)) => items.iter().map(|item| item.as_text().unwrap().to_owned()).collect(),
        _ => Vec::new(),
    }
}

#[track_caller]
fn becomes(before: &str, current: &str, completed: &[&str], after: &str) {
    assert_eq!(edit(before, current, completed).unwrap_or_else(|error| panic!("{error}")), after);
}

#[test]
fn the_original_shape_grows() {
    becomes(
        "challenge: kv-store\nstages:\n  current: a\n  completed: []\n",
        "b",
        &["a"],
        "challenge: kv-store\nstages:\n  current: b\n  completed: [a]\n",
    );
    becomes(
        "challenge: kv-store\nstages:\n  current: b\n  completed:\n  - a\n",
        "c",
        &["a", "b"],
        "challenge: kv-store\nstages:\n  current: c\n  completed:\n  - a\n  - b\n",
    );
}

#[test]
fn what_is_missing_is_added() {
    becomes("challenge: x\n", "a", &[], "challenge: x\nstages:\n  current: a\n  completed: []\n");
    becomes("challenge: x", "b", &["a"], "challenge: x\nstages:\n  current: b\n  completed:\n  - a\n");
    becomes("challenge: x\nstages:\n", "a", &[], "challenge: x\nstages:\n  current: a\n  completed: []\n");
    becomes(
        "stages: ~ # soon\nchallenge: x\n",
        "b",
        &["a"],
        "stages: # soon\n  current: b\n  completed:\n  - a\nchallenge: x\n",
    );
    becomes(
        "stages:\n    completed: [a]\nchallenge: x\n",
        "b",
        &["a"],
        "stages:\n    current: b\n    completed: [a]\nchallenge: x\n",
    );
    becomes(
        "stages:\n  current:\n  completed:\n# end\nchallenge: x\n",
        "b",
        &["a"],
        "stages:\n  current: b\n  completed:\n  - a\n# end\nchallenge: x\n",
    );
    becomes(
        "stages:\n  current:\nchallenge: x\n",
        "b",
        &["a"],
        "stages:\n  current: b\n  completed:\n  - a\nchallenge: x\n",
    );
    becomes(
        "stages:\n  note: mine\nchallenge: x\n",
        "b",
        &["a"],
        "stages:\n  current: b\n  completed:\n  - a\n  note: mine\nchallenge: x\n",
    );
}

#[test]
fn comments_and_style_stay() {
    becomes(
        "# top\nstages:\n  current: \"a\" # now\n  completed:\n      -   z # first\n      # between\n      -   'y'\n\n# end\nchallenge: x",
        "b",
        &["a", "y"],
        "# top\nstages:\n  current: b # now\n  completed:\n      # first\n      # between\n      -   'y'\n      -   a\n\n# end\nchallenge: x",
    );
    becomes(
        "challenge: x\r\nstages:\r\n  current: a\r\n  completed:\r\n  - z",
        "b",
        &["z", "a"],
        "challenge: x\r\nstages:\r\n  current: b\r\n  completed:\r\n  - z\r\n  - a",
    );
    becomes(
        "challenge: x\nstages: { completed: [z, 'y'], mine: 1 } # flow\n",
        "b",
        &["z", "y", "a"],
        "challenge: x\nstages: { current: b, completed: [z, 'y', a], mine: 1 } # flow\n",
    );
    becomes(
        "challenge: x\nstages:\n  current: a\n  completed: [\n    z, # first\n    y # second\n  ]\n",
        "b",
        &["z", "y", "a"],
        "challenge: x\nstages:\n  current: b\n  completed: [\n    z, # first\n    y, a # second\n  ]\n",
    );
    becomes("challenge: x\nstages: {}\n", "true", &[], "challenge: x\nstages: { current: 'true', completed: [] }\n");
}

#[test]
fn what_cannot_be_edited_says_what_to_write() {
    for text in [
        // A comment inside a list that would be rewritten.
        "challenge: x\nstages:\n  current: a\n  completed: [\n    gone, # why\n    z ]\n",
        "challenge: x\nstages:\n  current: |\n    a\n  completed: [z]\n",
        "{ challenge: x }\n",
        "challenge: x\n...\n",
    ] {
        let shown = edit(text, "b", &["z"]).unwrap_err().to_string();
        assert!(shown.contains("stages:\n     current: b\n     completed:\n     - z"), "{text}{shown}");
    }
}

#[test]
fn text_is_quoted_where_it_must_be() {
    for text in [
        "http-api",
        "true",
        "1",
        "1e3",
        "~",
        "null",
        "a: b",
        "a #b",
        "it's",
        "",
        " x",
        "- a",
        "é",
        "a\nb",
        ".5",
        "../my pack",
    ] {
        let node = yaml::parse(&Source::new("", format!("k: {}\n", scalar(text)))).unwrap();
        assert_eq!(node.get("k").unwrap().as_text(), Some(text));
    }
    assert_eq!(scalar("crash-recovery"), "crash-recovery");
    assert_eq!(scalar("../pack"), "../pack");
}

/// How `completed` is written.
#[derive(Debug, Clone, Copy)]
enum Shape {
    Missing,
    Null,
    Tilde,
    Flow,
    FlowLines,
    Block(usize),
}

fn lsfr_yaml() -> impl Strategy<Value = String> {
    let shape = prop_oneof![
        Just(Shape::Missing),
        Just(Shape::Null),
        Just(Shape::Tilde),
        Just(Shape::Flow),
        Just(Shape::FlowLines),
        (0usize..5).prop_map(Shape::Block),
    ];
    let stages = prop::collection::vec(prop::sample::select(STAGES.to_vec()), 0..4);
    let flags = prop::collection::vec(any::<bool>(), 12);
    (shape, stages, 1usize..5, flags).prop_map(|(shape, stages, indent, flags)| {
        let pad = " ".repeat(indent);
        let quote = |stage: &&str| if flags[0] { format!("'{stage}'") } else { (*stage).to_owned() };
        let note = |on: bool, text: &str| if on { format!(" # {text}") } else { String::new() };
        let list: Vec<String> = stages.iter().map(quote).collect();
        let completed = match shape {
            Shape::Missing => String::new(),
            Shape::Null => format!("{pad}completed:{}\n", note(flags[1], "none")),
            Shape::Tilde => format!("{pad}completed: ~{}\n", note(flags[1], "none")),
            Shape::Flow => format!("{pad}completed: [{}]{}\n", list.join(", "), note(flags[1], "flow")),
            Shape::FlowLines => {
                format!("{pad}completed: [\n{pad}  {}\n{pad}  ]\n", list.join(&format!(",\n{pad}  ")))
            }
            Shape::Block(_) if list.is_empty() => format!("{pad}completed: []\n"),
            Shape::Block(more) => {
                let more = " ".repeat(more);
                let item = |item: &String| format!("{pad}{more}- {item}{}\n", note(flags[2], item));
                let items: Vec<String> = list.iter().map(item).collect();
                let between = if flags[3] { format!("{pad}# é between\n\n") } else { String::new() };
                format!("{pad}completed:{}\n{}", note(flags[1], "done"), items.join(&between))
            }
        };
        let current =
            if flags[4] { format!("{pad}current: 'now'{}\n", note(flags[5], "ключ")) } else { String::new() };
        let unknown = if flags[6] { format!("{pad}mine: [1, 2] # kept\n") } else { String::new() };
        let body = if flags[7] {
            format!("{completed}{unknown}{current}")
        } else {
            format!("{current}{completed}{unknown}")
        };
        let top = "# top: \"[{\nchallenge: x # which\nbuild: \"make # all\"\n";
        let stages = format!("stages:{}\n{body}", note(flags[8], "progress"));
        let text = if flags[9] { format!("{stages}\n# end\n{top}") } else { format!("{top}\n{stages}") };
        let text = if flags[10] { text.trim_end().to_owned() } else { text };
        if flags[11] { text.replace('\n', "\r\n") } else { text }
    })
}

const STAGES: [&str; 5] = ["http-api", "persistence", "crash-recovery", "z", "true"];

proptest! {
    /// `with_progress` checks itself; here, that it then accepts every shape a person would write, and adds only lines.
    #[test]
    fn every_plain_shape_is_edited(text in lsfr_yaml(), completed in prop::sample::subsequence(STAGES.to_vec(), 0..5)) {
        let quoted = text.replace("- true", "- 'true'").replace("[true", "['true'").replace(" true", " 'true'");
        let after = edit(&quoted, "next-stage", &completed);
        let after = after.map_err(|error| TestCaseError::fail(format!("{quoted}\n{error}")))?;
        let tree = yaml::parse(&Source::new("", after.clone())).unwrap();
        prop_assert_eq!(tree.get("stages").unwrap().get("current").unwrap().as_text(), Some("next-stage"));
        let mut listed = listed_in(&after);
        let mut wanted: Vec<String> = merged(&listed_in(&quoted), &completed.iter().map(|s| s.to_string()).collect::<Vec<_>>());
        listed.sort();
        wanted.sort();
        prop_assert_eq!(listed, wanted);
        for line in quoted.lines().filter(|line| line.trim_start().starts_with('#')) {
            prop_assert!(after.lines().any(|other| other == line), "{line:?} is gone from {after}");
        }
        prop_assert_eq!(quoted.contains("\r\n"), after.contains("\r\n"));
        prop_assert!(!after.replace("\r\n", "").contains('\n') || !quoted.contains("\r\n"), "mixed newlines: {after:?}");
        // Doing it again changes nothing.
        prop_assert_eq!(edit(&after, "next-stage", &completed).unwrap(), after);
    }

    /// Whatever the file says, the answer is a text that was checked or an error.
    #[test]
    fn no_text_breaks_the_editor(text in "(stages|current|completed|a|: |- |\n|\r\n|  |\\[|\\]|\\{|\\}|,|#|'|\"|~|é|\\||&x ){0,40}") {
        let source = Source::new("lsfr.yaml", text);
        let _ = with_progress(&source, &Progress { current: "b", completed: vec!["a".to_owned()] });
    }
}

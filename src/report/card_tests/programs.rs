//! Builds, starts, and programs that are run to their end.

use super::*;

fn printed(lines: &[&str]) -> Output {
    Output { lines: lines.iter().map(|line| (*line).to_owned()).collect(), ..Output::default() }
}

#[test]
fn a_failed_build() {
    let said = printed(&["error[E0425]: cannot find value `x` in this scope", " --> src/main.rs:3:5"]);
    let card = Story::default().not_started(Blocked::Build {
        command: "cargo build --release".into(),
        status: "exit status 101".into(),
        took: std::time::Duration::from_secs(3),
        said: Output { earlier: 12, later: 1, from_error: true, ..said },
    });
    assert_eq!((card.subject, card.test.as_str(), card.hints.len()), (Subject::Build, "", 0));
    insta::assert_snapshot!(shown(&card));
}

#[test]
fn a_program_that_does_not_start() {
    let start = |nodes: &[&str], said| {
        let story = nodes.iter().fold(Story::default(), |story, node| {
            story.node(5, node, NodeEventKind::Started { pid: 77, port: 24011 })
        });
        let failed = NodeEventKind::StartFailed { sentence: "n1 ended.".into() };
        story.node(17, "n1", failed).not_started(Blocked::Start {
            node: "n1".into(),
            sentence: "n1 ended with exit status 1 after 12 ms, before its port accepted a connection.".into(),
            command: failure(What::Found(Finding::Value { sentence: String::new() })).commands["n1"].clone(),
            said,
        })
    };
    let traceback =
        ["Traceback (most recent call last):", "  File \"server.py\", line 3, in <module>", "KeyError: 1"];
    insta::assert_snapshot!("one_node", shown(&start(&["n1"], printed(&traceback))));
    insta::assert_snapshot!("several_nodes", shown(&start(&["n1", "n2"], Output::default())));
}

fn ran(command: &[&str]) -> Ran {
    Ran { command: command.iter().map(|word| (*word).to_owned()).collect(), ..Ran::default() }
}

fn case(name: &str, source: &str) -> Case {
    let text = source.lines().map(str::to_owned);
    Case {
        name: name.into(),
        about: "Subtraction groups to the left: (10 - 3) - 2.".into(),
        file: format!("{FOLDER}/scratch/operators-5/{name}/{name}.c"),
        lines: (3..).zip(text).collect(),
        ..Case::default()
    }
}

#[test]
fn a_program_returns_and_prints_something_else() {
    let first = Case {
        compiled: Some(ran(&["./run.sh", "a/minus.c", "-o", "a/program"])),
        ran: Ran {
            stdin: Some("programs/1/stdin".into()),
            said: vec!["assertion failed".into()],
            ..ran(&["a/program"])
        },
        mismatches: vec![
            mismatch("exit", json!(5), json!(9)),
            mismatch("stdout", json!("one\ntwo\n"), json!("one\ntoo\n")),
        ],
        more: 12,
        ..case("minus", "int main(void) {\n\treturn 10 - 3 - 2;\n}\n")
    };
    let others =
        vec![("divide".into(), "exit differs".into()), ("shift".into(), "It did not end within 10s.".into())];
    let card =
        Story::default().card(What::Found(Finding::Cases { of: 9, first: Box::new(first), others, not_tried: 1 }));
    insta::assert_snapshot!(shown(&card));
    assert_eq!(card.summary(), "minus.c  exit: expected 5, actual 9");
}

#[test]
fn a_program_that_is_wrong_is_accepted() {
    let first = Case {
        line: Some(4),
        ran: ran(&["./run.sh", "a/missing.c", "-o", "a/program"]),
        mismatches: vec![
            mismatch("exit", json!(1), json!(0)),
            Mismatch {
                path: "program".into(),
                expected: Expected::Words("no file".into()),
                actual: Some(json!("a file was written")),
                source: None,
            },
        ],
        ..case("missing", "int main(void) {\n    return a;\n}\n")
    };
    let card = Story::default().card(What::Found(Finding::Cases {
        of: 1,
        first: Box::new(first),
        others: Vec::new(),
        not_tried: 0,
    }));
    insta::assert_snapshot!(shown(&card));
}

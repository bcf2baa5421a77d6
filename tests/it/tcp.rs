//! `tcp` steps against servers that are wrong in the ways that servers are: each is failed where it went wrong, and the
//! card shows who said what.

use std::fs;

use crate::support::{Said, run};

/// A server that answers each line as its first argument says.
const SERVER: &str = r#"
import os, socket, sys, threading, time
kind = sys.argv[1]
port = int([a for a in sys.argv if a.startswith("--port=")][0][7:])

def serve(client):
    stream = client.makefile("rwb")
    while True:
        line = stream.readline()
        if not line: stream.close(); client.close(); return
        if kind == "good": stream.write(b"OK 5\r\nhello\r\n")
        elif kind == "slowly":
            for byte in b"OK 5\r\nhello\r\n":
                stream.write(bytes([byte])); stream.flush(); time.sleep(0.005)
        elif kind == "wrong": stream.write(b"OK 5\r\nhallo\r\n")
        elif kind == "ends-early": stream.write(b"OK 5\r\nhel"); stream.flush(); client.shutdown(2); client.close(); return
        elif kind == "closes": client.shutdown(2); client.close(); return
        elif kind == "late": time.sleep(1.5); stream.write(b"OK 5\r\nhello\r\n")
        elif kind == "silent": pass
        elif kind == "half": stream.write(b"OK 5\r\nhe")
        elif kind == "no-line-end": stream.write(b"OK 5")
        elif kind == "line-feeds": stream.write(b"OK 5\nhello\n")
        elif kind == "too-much": stream.write(b"OK 5\r\nhello\r\nand \x1b[2J more\r\n")
        elif kind == "speaks-first": stream.write(b"OK 5\r\nhello\r\n"); stream.flush(); time.sleep(0.05); stream.write(b"AGAIN\r\n")
        elif kind == "crash":
            print("ValueError: no such job", flush=True)
            os._exit(3)
        stream.flush()

listener = socket.socket()
listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
listener.bind(("127.0.0.1", port))
listener.listen()
while True:
    client, _ = listener.accept()
    threading.Thread(target=serve, args=(client,), daemon=True).start()
"#;

const CHALLENGE: &str = "\
format: 1
key: talk
name: Talk
summary: A server that talks.
program: server
clients: lines
parts: [{ name: All, stages: [{ key: talk, title: Talk, minutes: 10 }] }]
";

const GUIDE: &str = "# Talk\n\n## Answers\n\nSomething is answered.\n";

/// Runs these steps, each against a server of this kind.
fn test(kind: &str, steps: &str) -> Said {
    let temp = tempfile::tempdir().unwrap();
    let pack = temp.path().join("pack");
    fs::create_dir_all(pack.join("stages/talk")).unwrap();
    let steps: String = steps.lines().map(|line| format!("      {line}\n")).collect();
    let tests = format!(
        "defaults: {{ timeout: 1s }}\ntests:\n  - name: It talks\n    proves: answers\n    hint: Say what is right.\n    steps:\n{steps}"
    );
    for (file, text) in [
        ("challenge.yaml", CHALLENGE),
        ("overview.md", "Talk.\n"),
        ("mutants.yaml", "- { bug: x, stage: talk, test: It talks }\n"),
        ("stages/talk/guide.md", GUIDE),
        ("stages/talk/tests.yaml", &tests),
    ] {
        fs::write(pack.join(file), text).unwrap();
    }
    run(temp.path(), ["new", "./pack", "mine"]).exits(0);
    let dir = temp.path().join("mine");
    fs::write(dir.join("server.py"), SERVER).unwrap();
    fs::write(dir.join("run.sh"), format!("#!/bin/sh\nexec python3 server.py {kind} \"$@\"\n")).unwrap();
    run(&dir, ["test"])
}

const ASK: &str = "- tcp: p\n  send: hello\n  receive: [OK 5, { bytes: 5, text: hello }, \"\"]\n";

#[test]
fn a_server_that_answers_byte_by_byte_is_as_good_as_any() {
    let twice = format!("{ASK}{ASK}- tcp: p\n  close: write\n- tcp: p\n  closed: true\n");
    test("good", &twice).exits(0);
    test("slowly", ASK).exits(0);
}

#[test]
fn the_first_wrong_byte_is_pointed_at_in_what_was_said() {
    let said = test("wrong", ASK).exits(1);
    let said = said.says(&[
        "bytes 2 expected \"hello\" actual \"hallo\" ^",
        "printf 'hello\\r\\n' | nc 127.0.0.1",
        "p n1 \"hello\" → \"OK 5\" \"hallo\" ✗",
        "Say what is right.",
    ]);
    let caret = said.out.lines().find(|line| line.trim() == "^").unwrap();
    let actual = said.out.lines().find(|line| line.contains("actual   \"hallo\"")).unwrap();
    assert_eq!(caret.find('^'), actual.find("hallo").map(|at| at + 1), "{}", said.out);
}

#[test]
fn an_answer_that_stops_is_told_as_far_as_it_came() {
    test("closes", ASK)
        .exits(1)
        .says(&["n1 closed the connection.", "line 1 expected \"OK 5\\r\\n\" actual nothing"]);
    test("ends-early", ASK).exits(1).says(&["n1 closed the connection after these 3 bytes.", "actual \"hel\""]);
    // On a machine that is busy with other things, nothing is judged that was late.
    let late = |kind: &str, phrases: &[&str]| {
        let said = test(kind, ASK);
        assert!(matches!(said.code, Some(1 | 3)), "{}", said.out);
        said.says(phrases);
    };
    late("late", &["Nothing came from n1 within 1s.", "actual nothing"]);
    late("silent", &["Nothing came from n1 within 1s.", "p n1 \"hello\" → timed out after"]);
    late("half", &["Only 2 bytes came from n1 within 1s", "actual \"he\""]);
    late(
        "no-line-end",
        &["4 bytes and no line end came from n1", "line 1 expected \"OK 5\\r\\n\" actual \"OK 5\"", "is missing"],
    );
}

#[test]
fn too_much_and_other_line_ends_are_wrong_and_shown_safely() {
    let said = test("too-much", ASK).exits(1);
    let said = said.says(&[
        "n1 sent bytes that nothing asked for",
        "then expected nothing more actual \"and \\u{1b}[2J more\\r\\n\"",
    ]);
    assert!(!said.out.contains('\u{1b}'), "{}", said.out);
    test("line-feeds", ASK).exits(1).says(&["line 1 expected \"OK 5\\r\\n\" actual \"OK 5\\n\""]);
    let later = format!("{ASK}- wait: 300ms\n  because: more is to come\n{ASK}");
    test("speaks-first", &later).exits(1).says(&["before anything was said", "actual \"AGAIN\\r\\n\""]);
    test("good", "- tcp: p\n  send: hello\n- tcp: p\n  silent: 200ms\n")
        .exits(1)
        .says(&["in which nothing should have come"]);
}

#[test]
fn a_server_that_ends_is_what_is_told() {
    test("crash", ASK).exits(1).says(&["n1 ended by itself", "ValueError: no such job"]);
}

#[test]
fn what_was_saved_can_be_used_and_compared() {
    let steps = "\
- tcp: p
  send: [one, two]
  receive: [OK 5, hello, { starts_with: OK }, hello]
  took: { at_most: 2s }
  save: { size: \"words[1]\", all: lines, then: sent }
- tcp: q
  send: { bytes: \"three\\r\\n\", pieces: 7, pause: 2ms }
  receive: [\"OK $(size)\", { bytes: $(size), text: \"$(all[1])\" }, \"\"]
  took: { since: then, at_least: 10ms }
- compare: \"$(all | unique | list | length)\"
  is: 2
";
    test("good", steps).exits(0);
    let wrong = steps.replace("is: 2", "is: 3");
    test("good", &wrong).exits(1).says(&["should be 3, but is 2"]);
    let early = steps.replace("at_least: 10ms", "at_least: 10s");
    test("good", &early).exits(1).says(&["seconds expected 10s at least"]);
}

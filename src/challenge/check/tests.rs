use std::fs;
use std::path::Path;

use super::super::guide::Outline;
use super::*;

const CHALLENGE: &str = "\
format: 1
key: demo
name: A Demo
summary: Build a demo.
program: server
parts:
  - name: One node
    stages:
      - { key: first, title: The first, minutes: 20 }
      - { key: second, title: The second, minutes: 240 }
roles:
  leader: { http: GET /info, where: { json: { role: leader } }, highest: json.term }
";

const GUIDE: &str = "\
# The first

Build [it](https://example.org/it), see [below](#notes).

## It answers

It does.

## It stays

It does.

## Notes

- Nothing.
";

const TESTS: &str = "\
tests:
  - name: It answers a request
    proves: it-answers
    hint: Look at the answer.
    steps:
      - http: GET /
        expect: { status: 200 }
  - name: It stays when asked twice
    proves: it-stays
    steps:
      - repeat: 2
        steps:
          - eventually:
              hint: Look again.
              steps:
                - use: ask
";

const SHARED: &str = "ask:\n  - http: GET /\n    expect: { status: 200 }\n";

const MUTANTS: &str = "\
- { bug: no-answer, stage: first, test: It answers a request }
- { bug: goes-away, stage: second, test: It stays when asked twice }
";

/// A pack without a mistake.
fn good() -> tempfile::TempDir {
    let pack = tempfile::tempdir().unwrap();
    let write = |path: &str, text: &str| fs::write(pack.path().join(path), text).unwrap();
    for stage in ["first", "second"] {
        fs::create_dir_all(pack.path().join("stages").join(stage)).unwrap();
        write(&format!("stages/{stage}/guide.md"), GUIDE);
        write(&format!("stages/{stage}/tests.yaml"), TESTS);
    }
    write("challenge.yaml", CHALLENGE);
    write("overview.md", "A demo of a pack.\n");
    write("shared.yaml", SHARED);
    write("mutants.yaml", MUTANTS);
    pack
}

fn found(pack: &Path) -> Findings {
    check(&Origin::Folder(pack.to_owned()))
}

/// `file:line message`; without the line if it is about a whole file.
fn short(diagnostics: &[Diagnostic]) -> Vec<String> {
    let one = |error: &Diagnostic| {
        let line = if error.at.line == 0 { String::new() } else { format!(":{}", error.at.line) };
        format!("{}{line} {}", error.source.name.display(), error.message)
    };
    diagnostics.iter().map(one).collect()
}

/// The errors of the good pack with `from` replaced by `to` in one of its files.
fn changed(file: &str, from: &str, to: &str) -> Vec<String> {
    let pack = good();
    let path = pack.path().join(file);
    let text = fs::read_to_string(&path).unwrap();
    assert!(text.contains(from), "{file} does not hold {from:?}");
    fs::write(&path, text.replacen(from, to, 1)).unwrap();
    short(&found(pack.path()).errors)
}

#[test]
fn a_good_pack_has_no_mistakes() {
    let findings = found(good().path());
    assert!(findings.errors.is_empty() && findings.warnings.is_empty(), "{:?}", short(&findings.errors));
}

#[test]
fn packs_inside_lsfr_have_no_mistakes() {
    for key in super::super::embed::packs(super::super::embed::FILES) {
        let findings = check(&Origin::BuiltIn(key.to_owned()));
        let shown: Vec<String> = findings.errors.iter().map(ToString::to_string).collect();
        assert!(shown.is_empty(), "{}", shown.join("\n\n"));
    }
}

/// One mistake each: file, what is replaced by what, and the lines of all errors that must come.
const MISTAKES: &[(&str, &str, &str, &str)] = &[
    // challenge.yaml
    ("challenge.yaml", "format: 1", "format: 2", "challenge.yaml:1 this lsfr reads packs of format 1"),
    ("challenge.yaml", "format: 1\n", "", "challenge.yaml:1 challenge.yaml has no `format`"),
    ("challenge.yaml", "key: demo", "key: Demo_1", "challenge.yaml:2 `Demo_1` is not a key"),
    ("challenge.yaml", "name: A Demo", "name:", "challenge.yaml:3 `name` has no value"),
    ("challenge.yaml", "Build a demo.", "''", "challenge.yaml:4 this is text, not text with something in it"),
    ("challenge.yaml", "program: server", "program: client", "challenge.yaml:5 this is text, not a kind of program"),
    ("challenge.yaml", "roles:", "operators: {}\nroles:", "challenge.yaml:11 challenge.yaml has no key `operators`"),
    ("challenge.yaml", "name: One node", "name: [One]", "challenge.yaml:7 this is a list, not text"),
    ("challenge.yaml", "key: second", "key: first", "challenge.yaml:10 two stages have this key"),
    ("challenge.yaml", "minutes: 20 ", "minutes: 0 ", "challenge.yaml:9 a stage takes 1 to 240 minutes"),
    ("challenge.yaml", "minutes: 240", "minutes: 241", "challenge.yaml:10 a stage takes 1 to 240 minutes"),
    ("challenge.yaml", "minutes: 20 ", "minutes: soon ", "challenge.yaml:9 a stage takes 1 to 240 minutes"),
    ("challenge.yaml", ", title: The first", "", "challenge.yaml:9 a stage has no `title`"),
    ("challenge.yaml", "key: first", "key: ../first", "challenge.yaml:9 `../first` is not a key"),
    (
        "challenge.yaml",
        "  leader:",
        "  the leader:",
        "challenge.yaml:12 `the leader` is not a name: a letter, then letters, digits and `_`",
    ),
    ("challenge.yaml", "  leader:", "  all:", "challenge.yaml:12 `all` already means nodes"),
    ("challenge.yaml", "  leader:", "  n3:", "challenge.yaml:12 `n3` already means nodes"),
    ("challenge.yaml", "GET /info", "/info", "challenge.yaml:12 this is text, not a method and a path"),
    (
        "challenge.yaml",
        "where:",
        "were:",
        "challenge.yaml:12 the role `leader` has no `where`\nchallenge.yaml:12 the role `leader` has no key `were`",
    ),
    (
        "challenge.yaml",
        "highest: json.term",
        "highest: json +",
        "challenge.yaml:12 `json +` does not compile: unexpected end of input, expected expression",
    ),
    ("challenge.yaml", "highest: json.term", "highest: term", "challenge.yaml:12 nothing is called `term` here"),
    ("challenge.yaml", "{ json: {", "{ jsn: {", "challenge.yaml:12 `where` has no key `jsn`"),
    // guide.md
    (
        "stages/first/guide.md",
        "# The first",
        "The first",
        "stages/first/guide.md:5 the first heading is not the title",
    ),
    (
        "stages/first/guide.md",
        "It does.\n",
        "It does.\n\n# Again\n",
        "stages/first/guide.md:9 this guide has a second title",
    ),
    (
        "stages/first/guide.md",
        "It does.\n",
        "It does.\n\n## !?\n",
        "stages/first/guide.md:9 tests cannot name this heading",
    ),
    ("stages/first/guide.md", "It does.\n", "It does.\n\n##\n", "stages/first/guide.md:9 this heading is empty"),
    (
        "stages/first/guide.md",
        "It does.\n",
        "It does.\n\n## It answers?\n",
        "stages/first/guide.md:9 two requirements are called `it-answers`",
    ),
    (
        "stages/first/guide.md",
        "## Notes",
        "## Extra\n\n## Notes",
        "stages/first/guide.md:13 no test proves this requirement",
    ),
    (
        "stages/first/guide.md",
        "https://example.org/it",
        "example.org",
        "stages/first/guide.md:3 `example.org` is not an address that can be opened",
    ),
    (
        "stages/first/guide.md",
        "https://example.org/it",
        "file:///etc/passwd",
        "stages/first/guide.md:3 `file:///etc/passwd` is not an address that can be opened",
    ),
    (
        "stages/first/guide.md",
        "https://example.org/it",
        "https://",
        "stages/first/guide.md:3 `https://` is not an address that can be opened",
    ),
    ("stages/first/guide.md", "[it]", "[ ]", "stages/first/guide.md:3 this link has no text"),
    ("stages/first/guide.md", "#notes", "#note", "stages/first/guide.md:3 no heading here is `#note`"),
    ("overview.md", "A demo of a pack.", " ", "overview.md the overview is empty"),
    (
        "overview.md",
        "A demo",
        "[A demo](demo.html)",
        "overview.md:1 `demo.html` is not an address that can be opened",
    ),
    // tests.yaml
    (
        "stages/first/tests.yaml",
        "expect: { status",
        "expct: { status",
        "stages/first/tests.yaml:7 `http` takes no `expct`",
    ),
    (
        "stages/first/tests.yaml",
        "GET /",
        "GET /$(1 +)",
        "stages/first/tests.yaml:6 `$(1 +)` does not compile: unexpected end of input, expected expression",
    ),
    (
        "stages/first/tests.yaml",
        "    hint: Look at the answer.\n",
        "",
        "stages/first/tests.yaml:2 this test has no hint",
    ),
    (
        "stages/first/tests.yaml",
        "hint: Look at the answer.",
        "hint: ''",
        "stages/first/tests.yaml:4 this is text, not text with something in it",
    ),
    (
        "stages/first/tests.yaml",
        "name: It answers a request",
        "name: It stays when asked twice",
        "mutants.yaml:1 the stage `first` has no test with this name\nstages/first/tests.yaml:8 two tests have this name",
    ),
    (
        "stages/second/tests.yaml",
        "It answers a request",
        "It answers a request that was made with the greatest care of all",
        "stages/second/tests.yaml:2 this name takes 64 columns; 60 are shown",
    ),
    ("stages/first/tests.yaml", "use: ask", "use: aks", "stages/first/tests.yaml:16 shared.yaml has no `aks`"),
    ("stages/first/tests.yaml", "tests:", "tests: [", "stages/first/tests.yaml:2 this is not valid YAML"),
    // shared.yaml
    ("shared.yaml", "ask:", "spare:\n  - kill: n1\nask:", "shared.yaml:1 no test uses the shared steps `spare`"),
    (
        "shared.yaml",
        "ask:",
        "a b: []\nask:",
        "shared.yaml:1 `a b` is not a name: a letter, then letters, digits and `_`",
    ),
    ("shared.yaml", "status: 200", "statu: 200", "shared.yaml:3 `expect` has no key `statu`"),
    // mutants.yaml
    ("mutants.yaml", "bug: goes-away", "bug: no-answer", "mutants.yaml:2 two mutants have this name"),
    ("mutants.yaml", "bug: goes-away", "bug: goes away", "mutants.yaml:2 `goes away` is not a key"),
    ("mutants.yaml", "It stays when", "It stay when", "mutants.yaml:2 the stage `second` has no test with this name"),
    ("mutants.yaml", ", test: It answers a request", "", "mutants.yaml:1 a mutant has no `test`"),
    (
        "mutants.yaml",
        "stage: second",
        "stage: first",
        "challenge.yaml:10 no mutant shows what the tests of `second` find out",
    ),
];

#[test]
fn each_mistake_is_told_once_at_its_place() {
    for (file, from, to, expected) in MISTAKES {
        let errors = changed(file, from, to);
        let expected: Vec<&str> = expected.split('\n').collect();
        let same = errors.len() == expected.len()
            && errors.iter().zip(&expected).all(|(error, expected)| error.starts_with(expected));
        assert!(same, "{file}: {to:?} gives {errors:#?}, not {expected:#?}");
    }
}

/// What a check finds after a change to the good pack's files.
fn after(change: impl Fn(&Path)) -> Findings {
    let pack = good();
    change(pack.path());
    found(pack.path())
}

#[test]
fn what_is_missing_is_named() {
    let without = |path: &str| short(&after(|pack| fs::remove_file(pack.join(path)).unwrap()).errors);
    assert_eq!(without("challenge.yaml"), ["challenge.yaml the pack has no challenge.yaml"]);
    assert_eq!(without("overview.md"), ["overview.md the pack has no overview.md"]);
    assert_eq!(without("mutants.yaml"), ["mutants.yaml the pack has no mutants.yaml"]);
    assert_eq!(without("stages/first/guide.md"), ["challenge.yaml:9 the stage `first` has no guide.md"]);
    assert_eq!(without("stages/second/tests.yaml"), ["challenge.yaml:10 the stage `second` has no tests.yaml"]);
    let used = "stages/first/tests.yaml:16 shared.yaml has no `ask`";
    assert_eq!(without("shared.yaml"), [used, &used.replace("first", "second")]);
}

#[test]
fn folders_and_stages_are_the_same() {
    let moved = after(|pack| fs::rename(pack.join("stages/first"), pack.join("stages/frist")).unwrap());
    assert_eq!(
        short(&moved.errors),
        ["challenge.yaml:9 the stage `first` has no folder", "stages/frist challenge.yaml lists no such stage"]
    );
    assert!(moved.errors[0].help.as_ref().unwrap().starts_with("did you mean `frist`?"));
    let none = after(|pack| fs::remove_dir_all(pack.join("stages")).unwrap());
    assert_eq!(none.errors.len(), 2);
    let elsewhere = tempfile::tempdir().unwrap();
    let out = after(|pack| {
        fs::rename(pack.join("stages/first"), elsewhere.path().join("first")).unwrap();
        std::os::unix::fs::symlink(elsewhere.path().join("first"), pack.join("stages/first")).unwrap();
    });
    let message = "this is a link that leads out of the pack";
    assert_eq!(
        short(&out.errors),
        [format!("stages/first/guide.md {message}"), format!("stages/first/tests.yaml {message}")]
    );
}

#[test]
fn guides_have_limits() {
    let with = |words: usize| {
        let text = format!("{GUIDE}\n{}", "word ".repeat(words - Outline::of(GUIDE).words));
        after(|pack| fs::write(pack.join("stages/first/guide.md"), &text).unwrap())
    };
    assert!(with(400).errors.is_empty() && with(400).warnings.is_empty());
    assert!(with(600).errors.is_empty());
    assert_eq!(
        short(&with(600).warnings),
        ["stages/first/guide.md:1 this guide has 600 words; more than 400 are hard to keep in mind"]
    );
    assert!(with(601).warnings.is_empty());
    assert_eq!(short(&with(601).errors), ["stages/first/guide.md:1 this guide has 601 words; 600 is the limit"]);
}

#[test]
fn a_guide_without_promises_says_so() {
    let empty = after(|pack| fs::write(pack.join("stages/first/guide.md"), "Text.\n").unwrap());
    let messages = short(&empty.errors);
    assert_eq!(messages[0], "stages/first/guide.md this guide has no title");
    assert!(messages[1].starts_with("stages/first/tests.yaml:3 guide.md has no requirement `it-answers`"));
    let notes = after(|pack| fs::write(pack.join("stages/first/guide.md"), "# T\n\n## Notes\n").unwrap());
    assert_eq!(short(&notes.errors)[0], "stages/first/guide.md:1 this guide has no requirement");
    let almost = after(|pack| {
        fs::write(
            pack.join("stages/first/guide.md"),
            GUIDE.replace("## Notes", "## Note").replace("#notes", "#note"),
        )
        .unwrap();
    });
    let shown = almost.errors[0].to_string();
    assert!(shown.contains("did you mean `## Notes`, which needs no test?"), "{shown}");
}

#[test]
fn all_mistakes_of_all_files_come_at_once() {
    let findings = after(|pack| {
        for (file, from, to) in [
            ("challenge.yaml", "minutes: 20 ", "minutes: -1 "),
            ("mutants.yaml", "no-answer", "NO"),
            ("overview.md", "A demo", "[](x)"),
            ("shared.yaml", "status: 200", "stats: 200"),
            ("stages/first/guide.md", "It stays", "It stayed"),
            (
                "stages/first/tests.yaml",
                "    hint: Look at the answer.\n    steps:\n      - http:",
                "    steps:\n      - htp:",
            ),
            ("stages/second/tests.yaml", "repeat: 2", "repeat: x"),
        ] {
            let text = fs::read_to_string(pack.join(file)).unwrap();
            assert!(text.contains(from), "{file}");
            fs::write(pack.join(file), text.replacen(from, to, 1)).unwrap();
        }
    });
    assert_eq!(
        short(&findings.errors),
        [
            "challenge.yaml:9 a stage takes 1 to 240 minutes",
            "mutants.yaml:1 `NO` is not a key",
            "overview.md:1 this link has no text",
            "shared.yaml:3 `expect` has no key `stats`",
            "stages/first/guide.md:9 no test proves this requirement",
            "stages/first/tests.yaml:2 this test has no hint",
            "stages/first/tests.yaml:5 there is no verb `htp`",
            "stages/first/tests.yaml:8 guide.md has no requirement `it-stays`",
            "stages/second/tests.yaml:11 this is text, not a whole number",
        ]
    );
    let shown = findings.errors[7].to_string();
    assert_eq!(
        shown,
        "guide.md has no requirement `it-stays`\n --> stages/first/tests.yaml:8:13\n  |\n8 |     proves: it-stays\n  \
         |             ^^^^^^^^\n   = did you mean `it-stayed`?"
    );
}

#[test]
fn hints_and_uses_are_found_through_shared_steps() {
    let findings = after(|pack| {
        let shared = "ask:\n  - use: more\nmore:\n  - http: GET /\n    hint: Look there.\nlone:\n  - use: other\nother:\n  - kill: n1\n";
        fs::write(pack.join("shared.yaml"), shared).unwrap();
        let tests = TESTS.replace("              hint: Look again.\n", "");
        fs::write(pack.join("stages/first/tests.yaml"), tests).unwrap();
    });
    assert_eq!(
        short(&findings.errors),
        ["shared.yaml:6 no test uses the shared steps `lone`", "shared.yaml:8 no test uses the shared steps `other`"]
    );
}

#[test]
fn a_pack_that_is_not_there_is_an_error() {
    let pack = good();
    let gone = found(&pack.path().join("gone"));
    assert!(gone.errors[0].message.ends_with("/gone is not there"));
    assert!(!gone.errors[0].to_string().contains("-->"));
    let file = found(&pack.path().join("challenge.yaml"));
    assert!(file.errors[0].message.ends_with("challenge.yaml is not a folder"));
    let unknown = check(&Origin::BuiltIn("nothing-like-it".to_owned()));
    assert_eq!(unknown.errors[0].message, "there is no challenge `nothing-like-it`");
}

use std::path::{Path, PathBuf};
use std::{env, fs};

use super::super::case::CaseFiles;
use super::super::decode::{self, Surroundings};
use super::super::load::Kind;
use super::super::verbs;
use super::*;
use crate::facts::FailureKind;
use crate::json_schema::{accepts, json_of};
use crate::yaml::{self, Source};

fn kept(name: &str, made: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("assets").join(name);
    if env::var_os("LSFR_BLESS").is_some() {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, made).unwrap();
    }
    let kept = fs::read_to_string(&path).unwrap_or_default();
    assert!(kept == made, "assets/{name} is not what the table of verbs gives: set LSFR_BLESS=1 to write it anew");
}

#[test]
fn the_schema_in_assets_is_current() {
    kept("tests.schema.json", &format!("{}\n", serde_json::to_string_pretty(&json_schema()).unwrap()));
}

#[test]
fn the_page_in_assets_is_current() {
    kept("scenario-language.md", &reference_page());
}

#[test]
fn the_page_tells_everything_in_the_table() {
    let page = reference_page();
    for verb in verbs::verbs() {
        assert!(page.contains(&format!("### `{}`", verb.name)) && page.contains(verb.example), "{}", verb.name);
        for field in verb.beside {
            assert!(page.contains(field.doc) || *field == verbs::HINT, "{}: {}", verb.name, field.name);
        }
    }
    assert!(verbs::OPERATORS.iter().all(|operator| page.contains(&format!("| `{}` |", operator.name))));
    assert!(FailureKind::WORDS.iter().all(|kind| page.contains(&format!("| `{kind}` |"))));
    assert!(verbs::FUNCTIONS.iter().all(|function| page.contains(&format!("| `{}` |", function.call))));
    for target in page.split("](#").skip(1).map(|rest| rest.split(')').next().unwrap()) {
        let heading = format!("\n## {}", target.replace('-', " "));
        assert!(page.to_lowercase().contains(&heading), "no heading for #{target}");
    }
}

#[test]
fn every_function_of_the_table_can_be_called() {
    use super::super::{draw::Draw, expr::Expression, expr::Scope};
    for (function, call) in verbs::FUNCTIONS.iter().zip([
        "random_key() | length == 12",
        "random_text(3) | length == 3",
        "random_int(2, 2) == 2",
        "random_choice([5]) == 5",
        "random_of([5, 6], 2) == [5, 6]",
        "bytes('é') == 2",
        "range(2) | list == [0, 1] and range(1, 2) | list == [1]",
    ]) {
        assert!(call.starts_with(function.name) && function.call.starts_with(&format!("{}(", function.name)));
        let value = Expression::compile(call).unwrap().eval(&Scope::new(Draw::new("t"))).unwrap();
        assert!(value.is_true(), "{call}");
    }
}

/// The verdicts of the schema and of the decoder on a file.
fn both(text: &str, around: &Surroundings) -> (bool, bool) {
    let source = Source::new("tests.yaml", text);
    let case = Source::new("cases/add-one.c", "// Why.\n// exit: 1\nint main(void) { return 1; }\n");
    let cases = CaseFiles::from([("cases/add-one.c".to_owned(), case)]);
    let schema = json_schema();
    (
        accepts(&schema, &schema, &json_of(&yaml::parse(&source).unwrap())),
        decode::tests(&source, around, &cases).is_ok(),
    )
}

/// A file with one test made of these steps, in which some names are known.
fn of_steps(steps: &str) -> (bool, bool) {
    let shared = decode::shared(&Source::new("shared.yaml", "fill:\n  - kill: n1\n")).unwrap();
    let operations = [Kind::Read, Kind::Write].into();
    let models = "store: { model: map, operations: { get: {}, put: {}, delete: {} } }";
    let models = decode::known_models(&yaml::parse(&Source::new("challenge.yaml", models)).unwrap());
    let around = Surroundings { roles: ["leader".to_owned()].into(), shared, operations, models };
    // A walk is the first step, of one node that has an empty folder; links are between several.
    let walk = steps.contains("- explore:");
    let names = "- set: { key: a, old: n1, deaf: n2, behind: n3, writes: [] }\n";
    let (nodes, names) = if walk { (1, "") } else { (5, names) };
    let steps = format!("{names}{steps}");
    let steps: String = steps.lines().map(|line| format!("      {line}\n")).collect();
    both(
        &format!(
            "cluster: {nodes}\ntests:\n  - name: A claim\n    proves: a-promise\n    fresh: {walk}\n    steps:\n{steps}"
        ),
        &around,
    )
}

#[test]
fn the_schema_and_the_decoder_accept_the_same() {
    for verb in verbs::verbs() {
        assert_eq!(of_steps(verb.example), (true, true), "{}", verb.name);
    }
    for good in [
        "- kill: [n1, n2]",
        "- restart: { except: $(old) }",
        "- restart: [n1]",
        "- http: GET /a\n  to: { random: 2 }\n  need: { at_least: $(1 + 1) }\n  hint: [one, two]",
        "- http: GET /a\n  expect: { json: { a: { gt: 1, lt: 3 }, b: null, c: [1, { x: { exists: false } }] } }",
        "- heal: { from: n1, to: { except: n1 } }",
        "- heal: { except: n1 }",
        "- set: { seen: [a] }\n- http: GET /a\n  expect: { body: { not: { one_of: $(seen) } } }",
        "- http: GET /a\n  expect: { status: { one_of: [200, { gte: 500 }] }, headers: { etag: { matches: '^.+$' } } }",
        "- concurrently: 2\n  steps:\n    - kill: n1\n  while: { after: 1, steps: [{ start: n1 }] }\n  unanswered: { status: 503 }",
        "- workload: { name: a, for: 1s, mix: { read: 1 }, to: [n1], rate: 9, while: { every: 1s, faults: [cut] } }\n- await: a",
        "- each: [1, 2]\n  steps:\n    - set: { a: $(item) }",
    ] {
        assert_eq!(of_steps(good), (true, true), "{good}");
    }
}

#[test]
fn the_first_example_of_the_page_can_be_run() {
    let page = reference_page();
    let example = page.split("```yaml\n").nth(1).unwrap().split("```").next().unwrap();
    assert_eq!(both(example, &Surroundings::default()), (true, true));
}

#[test]
fn the_schema_and_the_decoder_refuse_the_same() {
    for wrong in [
        "- htp: GET /",
        "- http: GET /a\n  kill: n1",
        "- http: GET a",
        "- http: FETCH /a",
        "- http: GET /a\n  expet: { status: 200 }",
        "- http: GET /a\n  expect: { stats: 200 }",
        "- http: GET /a\n  expect: { body: { one_of: 3 } }",
        "- http: GET /a\n  expect: { body: { exists: maybe } }",
        "- http: GET /a\n  need: { exactly: 1, at_least: 2 }",
        "- http: GET /a\n  need: some",
        "- http: GET /a\n  save: { 'a b': json }",
        "- http: GET /a\n  follow: 3",
        "- http: GET /a\n  timeout: 3",
        "- http: GET /a\n  hint: ''",
        "- restart: { nodes: n1, signal: hup }",
        "- restart: { signal: kill }",
        "- kill: { but: n1 }",
        "- heal: { from: n1 }",
        "- heal: { from: n1, to: n2, of: n3 }",
        "- kill: []",
        "- crash_all: { a: 1 }",
        "- wait: 300ms",
        "- wait: 300\n  because: x",
        "- repeat: many\n  steps: [{ kill: n1 }]",
        "- repeat: 2\n  steps: []",
        "- each: 3\n  steps: [{ kill: n1 }]",
        "- eventually: { within: 3s }",
        "- consistently: { steps: [{ kill: n1 }] }",
        "- find: the leader",
        "- exec: main.c",
        "- cases: 3",
        "- run: main\n  memory: 0",
        "- concurrently: 2\n  steps: [{ kill: n1 }]\n  unanswered: never",
        "- workload: { name: a, mix: { read: 1 } }\n- await: a",
        "- workload: { name: a, for: 1s, mix: { reads: 1 } }\n- await: a",
        "- workload: { name: a, for: 1s, mix: { read: 1 }, clients: 0 }\n- await: a",
        "- workload: { name: a, for: 1s, mix: { read: 1 }, while: { every: 1s, faults: [fire] } }\n- await: a",
    ] {
        assert_eq!(of_steps(wrong), (false, false), "{wrong}");
    }
    for wrong in [
        "cluster: 17\ntests: []\n",
        "tests: {}\n",
        "tests:\n  - name: A\n    steps: []\n",
        "{}\n",
        "defaults: { wait: 1s }\n",
    ] {
        assert_eq!(both(wrong, &Surroundings::default()), (false, false), "{wrong}");
    }
}

#[test]
fn the_schema_accepts_the_tests_of_every_pack() {
    let schema = json_schema();
    let mut folders: Vec<PathBuf> = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("challenges")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).into_iter().flatten() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.ends_with("tests.yaml") {
                let source = Source::new(&path, fs::read_to_string(&path).unwrap());
                assert!(accepts(&schema, &schema, &json_of(&yaml::parse(&source).unwrap())), "{}", path.display());
            }
        }
    }
}

use super::super::Action;
use super::*;
use crate::facts::FailureKind;

fn around() -> Surroundings {
    let source = Source::new("shared.yaml", "fill:\n  - set: { filled: $(key ~ '!') }\nround:\n  - use: round\n");
    let operations = [Kind::Read, Kind::Write, Kind::Transaction].into();
    let models = known_models(&yaml::parse(&Source::new("challenge.yaml", MODELS)).unwrap());
    Surroundings { roles: ["leader".to_owned()].into(), shared: shared(&source).unwrap(), operations, models }
}

const MODELS: &str = "store: { model: map, operations: { get: {}, put: {}, delete: {} } }";

pub(in crate::scenario) fn read(text: &str) -> Result<Tests, Vec<Diagnostic>> {
    let case = Source::new("cases/add-one.c", "// Why.\n// exit: 1\nint main(void) { return 1; }\n");
    tests(&Source::new("tests.yaml", text), &around(), &CaseFiles::from([("cases/add-one.c".to_owned(), case)]))
}

/// A file with one test of these steps.
pub(in crate::scenario) fn steps(steps: &str) -> Result<Tests, Vec<Diagnostic>> {
    let indented: String = steps.lines().map(|line| format!("      {line}\n")).collect();
    read(&format!("cluster: 5\ntests:\n  - name: A claim\n    proves: a-promise\n    steps:\n{indented}"))
}

pub(in crate::scenario) fn problems(text: &str) -> Vec<String> {
    told(steps(text))
}

/// The same for a cluster of one node, which begins with an empty folder.
pub(in crate::scenario) fn of_one(steps: &str) -> Result<Tests, Vec<Diagnostic>> {
    let indented: String = steps.lines().map(|line| format!("      {line}\n")).collect();
    read(&format!(
        "cluster: 1\ntests:\n  - name: A claim\n    proves: a-promise\n    fresh: true\n    steps:\n{indented}"
    ))
}

pub(in crate::scenario) fn problems_of_one(text: &str) -> Vec<String> {
    told(of_one(text))
}

fn told(read: Result<Tests, Vec<Diagnostic>>) -> Vec<String> {
    let errors = read.expect_err("this must not load");
    errors.iter().map(|error| format!("{}:{} {}", error.at.line - 5, error.at.column - 6, error.message)).collect()
}

#[test]
fn the_languages_own_examples_load() {
    let setup = "- set: { key: a, old: n1, deaf: n2, behind: n3, writes: [] }\n";
    for verb in verbs::verbs() {
        let text = format!("{setup}{}", verb.example);
        let loaded = steps(&text).or_else(|_| of_one(verb.example));
        assert!(loaded.is_ok(), "{}: {}", verb.name, loaded.unwrap_err()[0]);
    }
}

#[test]
fn a_verb_is_there_once_and_no_key_beside_it_is_a_verb() {
    for verb in verbs::verbs() {
        assert_eq!(verbs::verbs().filter(|other| other.name == verb.name).count(), 1, "{}", verb.name);
        let also = verb.beside.iter().find(|field| verbs::verb(field.name).is_some());
        assert!(also.is_none(), "{}: {also:?}", verb.name);
    }
}

#[test]
fn a_long_test_loads_with_its_names() {
    let tests = steps(
        "- find: leader\n  save: { old: node, term: json.term }\n- kill: $(old)\n- eventually:\n    within: 3s\n    hint:\n      - one\n      - two\n    steps:\n      - http: GET /cluster/info\n        to: { except: $(old) }\n        need: { exactly: 1 }\n        expect: { status: 200, json: { role: leader, term: { gt: $(term) } } }\n- set: { key: a }\n- use: fill\n- http: PUT /kv/$(filled)\n  body: $(node)",
    )
    .unwrap();
    assert_eq!(tests.nodes.names.len(), 5);
    let Action::Eventually(eventually) = &tests.tests[0].steps[2].action else { panic!() };
    assert_eq!(eventually.within, Some(Duration::from_secs(3)));
    assert_eq!(eventually.steps[0].place.path, "steps[2].eventually.steps[0]");
    let hints: Vec<&str> = tests.tests[0].steps[2].hints.iter().map(|hint| hint.text.as_str()).collect();
    assert_eq!(hints, ["one", "two"]);
}

#[test]
fn a_hint_may_be_for_some_kinds_of_failure_only() {
    let hinted = |hint: &str| steps(&format!("- http: GET /a\n  hint:\n    - any\n    - {hint}"));
    let tests = hinted("{ for: [refused, wrong_status], text: Look. }").unwrap();
    let hints = &tests.tests[0].steps[0].hints;
    assert_eq!(hints[0].kinds, []);
    assert_eq!(
        (&hints[1].text[..], &hints[1].kinds[..]),
        ("Look.", &[FailureKind::Refused, FailureKind::WrongStatus][..])
    );
    assert_eq!(hinted("{ for: late, text: Look. }").unwrap().tests[0].steps[0].hints[1].kinds, [FailureKind::Late]);
    for (hint, message, help) in [
        (
            "{ for: wrong_stats, text: Look. }",
            "there is no kind of failure `wrong_stats`",
            "did you mean `wrong_status`?",
        ),
        ("{ for: [], text: Look. }", "this hint is for no failure at all", "name a kind of failure"),
        ("{ for: 501, text: Look. }", "this is a number, not a kind of failure", "the kinds are `refused`"),
        ("{ for: late }", "a hint has no `text`", "given when it is asked for"),
        ("{ text: Look. }", "a hint has no `for`", "kind of failure"),
    ] {
        let errors = hinted(hint).unwrap_err();
        assert_eq!(errors.len(), 1, "{hint}");
        let said = errors[0].to_string();
        assert!(errors[0].message == message && said.contains(help), "{hint}: {said}");
    }
}

#[test]
fn every_mistake_is_found_where_it_stands() {
    assert_eq!(problems("- htp: GET /"), ["1:3 there is no verb `htp`"]);
    assert_eq!(problems("- http: GET /a\n  kill: n1"), ["2:3 this step has two verbs, `http` and `kill`"]);
    assert_eq!(problems("- http: GET /a\n  expet: { status: 200 }"), ["2:3 `http` takes no `expet`"]);
    assert_eq!(problems("- http: GET /a\n  expect: { stats: 200 }"), ["2:13 `expect` has no key `stats`"]);
    assert_eq!(problems("- http: GET /a\n  expect:"), ["2:3 `expect` has no value"]);
    assert_eq!(problems("- http: FETCH /a"), ["1:9 this is text, not a method and a path"]);
    assert_eq!(problems("- http: GET /$(kex)"), ["1:9 nothing is called `kex` here"]);
    assert_eq!(problems("- kill: n9"), ["1:9 no node is called `n9`"]);
    assert_eq!(problems("- find: leadr"), ["1:9 no role is called `leadr`"]);
    assert_eq!(problems("- use: fil"), ["1:8 shared.yaml has no `fil`"]);
    assert_eq!(problems("- crash_all:"), ["1:3 `crash_all` has no value"]);
    assert_eq!(problems("- repeat: many\n  steps: []").len(), 2);
    assert_eq!(problems("- http: GET /a\n  expect: { body: { matches: '(' } }").len(), 1);
    assert_eq!(problems("- http: GET /a\n  expect: { status: $(1 +) }").len(), 1);
    assert!(steps("- use: round").unwrap_err()[0].message.contains("uses itself"));
}

#[test]
fn all_mistakes_come_at_once_and_in_order() {
    let errors = read("cluster: 99\ntests:\n  - name: A\n    proves: x\n    steps:\n      - kil: n1\n  - name: A\n    prove: y\n    steps: 3\n  - 7\n").unwrap_err();
    let lines: Vec<usize> = errors.iter().map(|error| error.at.line).collect();
    assert_eq!(lines, [1, 6, 7, 8, 9, 10]);
    assert!(errors[1].to_string().contains("did you mean `kill`?"), "{}", errors[1]);
}

#[test]
fn names_end_where_they_are_not_seen() {
    assert!(steps("- repeat: 2\n  as: round\n  steps:\n    - set: { x: $(round) }\n- set: { y: $(x) }").is_ok());
    assert_eq!(problems("- repeat: 2\n  as: round\n  steps:\n    - set: { x: 1 }\n- set: { y: $(round) }").len(), 1);
    assert_eq!(problems("- concurrently: 2\n  steps:\n    - set: { x: 1 }\n- set: { y: $(x) }").len(), 1);
    assert!(
        steps("- concurrently: 2\n  steps:\n    - set: { x: 1 }\n  keep: all_of_them\n- set: { y: $(all_of_them) }")
            .is_ok()
    );
}

#[test]
fn durations_have_units() {
    assert_eq!(parse_duration("1.5s"), Some(Duration::from_millis(1500)));
    assert_eq!(parse_duration("2m"), Some(Duration::from_secs(120)));
    for wrong in ["", "s", "5", "5 s", "1h", "-1s", "999999m"] {
        assert_eq!(parse_duration(wrong), None, "{wrong}");
    }
}

#[test]
fn operations_of_a_pack_say_what_is_wrong_with_them() {
    let problems = |text: &str| {
        let source = Source::new("challenge.yaml", text);
        let around = Surroundings::default();
        let mut decoder = Decoder::new(&source, &around);
        let operations = decoder.operations(&yaml::parse(&source).unwrap());
        let errors = decoder.finish();
        (operations.len(), errors.into_iter().map(|error| error.message).collect::<Vec<_>>())
    };
    let read = "read: { http: GET /kv/$(key), ok: { status: 200 }, absent: [{ status: 404 }], value: body, version: headers.etag }";
    let set = "compare_and_set: { http: PUT /kv/$(key), headers: { If-Match: $(version) }, body: $(value), ok: { status: 200 }, unmet: { status: 412 } }";
    assert_eq!(problems(&format!("{read}\n{set}\n")), (2, vec![]));
    assert_eq!(problems(&format!("{set}\n")).1, ["what is compared must have been read"]);
    assert_eq!(problems("raed: {}\n").1, ["no operation is called `raed`"]);
    assert_eq!(problems("read: { http: GET /a, ok: { status: 200 } }\n").1, ["`read` does not say what was read"]);
    assert_eq!(
        problems("write: { http: PUT /$(kee), body: $(version), ok: { stats: 200 } }\n").1,
        [
            "nothing is called `kee` here",
            "nothing is called `version` here",
            "`ok` has no key `stats`",
            "`ok` is empty"
        ][..3]
            .to_vec()
    );
    assert_eq!(
        problems("delete: { http: DELETE /$(key), ok: { error: refused }, absent: { status: 404 } }\n").1,
        ["without an answer nobody knows", "`delete` has no `absent`"]
    );
    assert_eq!(problems("write: { http: PUT /$(key), ok: [] }\n").1, ["this list is empty"]);
}

#[test]
fn what_uses_itself_many_times_over_ends() {
    let step = |name: &str| format!("  - use: {name}\n").repeat(10);
    let shared: String = (1..30).map(|n| format!("s{n}:\n{}", step(&format!("s{}", n - 1)))).collect();
    let shared = super::shared(&Source::new("shared.yaml", format!("s0:\n  - set: {{ a: 1 }}\n{shared}"))).unwrap();
    let around = Surroundings { shared, ..Surroundings::default() };
    let read = |name: &str| {
        let text = format!("tests:\n  - name: a\n    proves: b\n    steps:\n      - use: {name}\n");
        tests(&Source::new("tests.yaml", text), &around, &NO_CASES)
    };
    assert!(read("s2").is_ok());
    let [found] = &read("s20").unwrap_err()[..] else { panic!("one mistake is enough") };
    assert!(found.to_string().contains("more than 10000 steps"), "{found}");
    let [found] = &read("s29").unwrap_err()[..] else { panic!("one mistake is enough") };
    assert!(found.to_string().contains("more than 24 deep"), "{found}");
}

#[test]
fn mistakes_without_end_are_told_to_an_end() {
    let steps: String = (0..4000).map(|n| format!("      - set: {{ a{n}: 1, b: $(x{n}) }}\n")).collect();
    let text = format!("tests:\n  - name: a\n    proves: b\n    steps:\n{steps}");
    let found = tests(&Source::new("tests.yaml", text), &Surroundings::default(), &NO_CASES);
    assert_eq!(found.unwrap_err().len(), 100);
    let steps: String = (0..5000).map(|n| format!("      - set: {{ a{n}: 1 }}\n")).collect();
    let text = format!("tests:\n  - name: a\n    proves: b\n    steps:\n{steps}");
    let found = tests(&Source::new("tests.yaml", text), &Surroundings::default(), &NO_CASES).unwrap_err();
    assert!(found[0].to_string().contains("more than 500 names"), "{}", found[0]);
}

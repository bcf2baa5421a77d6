use history::Object;

use super::super::Action;
use super::*;
use crate::facts::FailureKind;

fn around() -> Surroundings {
    let source = Source::new("shared.yaml", "fill:\n  - set: { filled: $(key ~ '!') }\nround:\n  - use: round\n");
    let operations = [Kind::Read, Kind::Write].into();
    Surroundings { roles: ["leader".to_owned()].into(), shared: shared(&source).unwrap(), operations }
}

fn read(text: &str) -> Result<Tests, Vec<Diagnostic>> {
    let case = Source::new("cases/add-one.c", "// Why.\n// exit: 1\nint main(void) { return 1; }\n");
    tests(&Source::new("tests.yaml", text), &around(), &CaseFiles::from([("cases/add-one.c".to_owned(), case)]))
}

/// A file with one test of these steps.
fn steps(steps: &str) -> Result<Tests, Vec<Diagnostic>> {
    let indented: String = steps.lines().map(|line| format!("      {line}\n")).collect();
    read(&format!("cluster: 5\ntests:\n  - name: A claim\n    proves: a-promise\n    steps:\n{indented}"))
}

fn problems(text: &str) -> Vec<String> {
    let errors = steps(text).expect_err("this must not load");
    errors.iter().map(|error| format!("{}:{} {}", error.at.line - 5, error.at.column - 6, error.message)).collect()
}

#[test]
fn the_languages_own_examples_load() {
    let setup = "- set: { key: a, old: n1, deaf: n2, behind: n3, writes: [] }\n";
    for verb in verbs::verbs() {
        let loaded = steps(&format!("{setup}{}", verb.example));
        assert!(loaded.is_ok(), "{}: {}", verb.name, loaded.unwrap_err()[0]);
    }
}

#[test]
fn a_long_test_loads_with_its_names() {
    let tests = steps(
        "- find: leader\n  save: { old: node, term: json.term }\n- kill: $(old)\n- eventually:\n    within: 3s\n    hint:\n      - one\n      - two\n    steps:\n      - http: GET /cluster/info\n        to: { except: $(old) }\n        need: { exactly: 1 }\n        expect: { status: 200, json: { role: leader, term: { gt: $(term) } } }\n- set: { key: a }\n- use: fill\n- http: PUT /kv/$(filled)\n  body: $(node)",
    )
    .unwrap();
    assert_eq!(tests.nodes, 5);
    let Action::Eventually { within, steps } = &tests.tests[0].steps[2].action else { panic!() };
    assert_eq!(*within, Some(Duration::from_secs(3)));
    assert_eq!(steps[0].place.path, "steps[2].eventually.steps[0]");
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
    assert_eq!(problems("- wait: 300\n  because: x"), ["1:9 this is not a time"]);
    assert_eq!(problems("- wait: 300ms"), ["1:3 `wait` has no `because`"]);
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
fn steps_of_the_network_say_what_they_lack() {
    assert_eq!(problems("- partition: [n1]"), ["1:14 this is a list, not a list of groups"]);
    assert_eq!(problems("- partition: [[n1], n9]"), ["1:21 no node is called `n9`"]);
    assert_eq!(problems("- cut: { from: n1 }"), ["1:8 `cut` has no `to`"]);
    assert_eq!(problems("- slow: { nodes: all }"), ["1:9 nothing is made slow"]);
    let jitter = problems("- slow: { nodes: all, delay: 10ms, jitter: 20ms }");
    assert_eq!(jitter, ["1:9 the jitter is more than the delay"]);
    let loss = problems("- slow: { nodes: all, loss: 95 }");
    assert!(loss.iter().any(|problem| problem.ends_with("not a whole number from 0 to 90")), "{loss:?}");
    assert_eq!(problems("- ring: all"), ["1:9 this is text, not `{}`"]);
    assert_eq!(problems("- isolate: n1\n  save: { a: group }"), ["2:14 nothing is called `group` here"]);
    let alone = read("tests:\n  - name: A\n    proves: b\n    steps:\n      - heal: all\n").unwrap_err();
    assert_eq!(alone[0].message, "a node alone has no links");
}

#[test]
fn rounds_may_be_allowed_to_fail() {
    let tests = steps("- repeat: 3\n  need: { at_least: 2 }\n  steps:\n    - kill: n1").unwrap();
    assert!(matches!(tests.tests[0].steps[0].action, Action::Repeat { at_least: Some(_), .. }));
    assert_eq!(problems("- repeat: 3\n  need: 2\n  steps:\n    - kill: n1"), ["2:9 this is a number, not a map"]);
}

#[test]
fn a_workload_loads_with_what_it_leaves_out() {
    let text = "- workload:\n    name: load\n    for: 8s\n    mix: { read: 5, write: 0 }\n    until: { ok: 300 }\n    while: { every: 3s, faults: [kill, cut], aim: leader }\n- check: { history: load, with: linearizable }";
    let tests = steps(text).unwrap();
    let Action::Workload(load) = &tests.tests[0].steps[0].action else { panic!() };
    assert_eq!((load.clients, load.keys, load.mix.as_slice()), (10, 5, &[(Kind::Read, 5)][..]));
    let nemesis = load.nemesis.as_ref().unwrap();
    assert_eq!((nemesis.lasts, nemesis.aim.as_deref()), (Duration::from_millis(1500), Some("leader")));
    let until = load.until.unwrap();
    assert_eq!((until.ok, until.faults), (300, 0));
    let Action::Check(check) = &tests.tests[0].steps[1].action else { panic!() };
    assert_eq!(check.within, Duration::from_secs(20));
}

#[test]
fn a_workload_says_what_is_wrong_with_it() {
    let load = |fields: &str| {
        let text = format!("- workload: {{ name: a, for: 1s, mix: {{ read: 1 }}, {fields} }}\n- await: a");
        problems(&text).into_iter().map(|problem| problem.split_once(' ').unwrap().1.to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(load("client: 3"), ["`workload` has no key `client`"]);
    assert_eq!(load("clients: 65"), ["`clients` is a whole number from 1 to 64"]);
    assert_eq!(load("to: n9"), ["no node is called `n9`"]);
    assert_eq!(load("until: { faults: 3 }"), ["there are no faults to wait for"]);
    let faults = |faults: &str| load(&format!("while: {{ every: 1s, faults: {faults} }}"));
    assert_eq!(faults("[kil]"), ["there is no fault `kil`"]);
    assert_eq!(faults("[]"), ["this list is empty"]);
    assert_eq!(faults("[kill, kill]"), ["`kill` is there twice"]);
    assert_eq!(faults("kill"), ["this is text, not a list of faults"]);
    assert_eq!(
        load("while: { every: 1s, lasts: 2s, faults: [kill] }"),
        ["a fault would still last when the next begins"]
    );
    assert_eq!(load("while: { every: 1s, faults: [kill], aim: leadr }"), ["no role is called `leadr`"]);
    let mix = |mix: &str| problems(&format!("- workload: {{ name: a, for: 1s, mix: {mix} }}\n- await: a"));
    assert_eq!(mix("{ read: 0 }"), ["1:38 nothing is to be done"]);
    assert_eq!(mix("{ delete: 1 }"), ["1:48 challenge.yaml does not say what `delete` is"]);
    let alone = "tests:\n  - name: A\n    proves: b\n    steps:\n      - workload: { name: a, for: 1s, mix: { read: 1 }, while: { every: 1s, faults: [kill, cut] } }\n      - await: a\n";
    assert_eq!(read(alone).unwrap_err()[0].message, "a node alone has no links");
}

#[test]
fn a_workload_is_begun_once_and_waited_for() {
    let load = "- workload: { name: a, for: 1s, mix: { read: 1 } }";
    assert_eq!(problems(load), ["1:21 nothing waits for the workload `a`"]);
    assert_eq!(problems(&format!("- await: a\n{load}\n- await: a")), ["1:10 no workload is called `a` here"]);
    assert_eq!(
        problems(&format!("{load}\n- check: {{ history: b, with: linearizable }}\n- await: a")),
        ["2:21 no workload is called `b` here"]
    );
    assert_eq!(
        problems(&format!("{load}\n- check: {{ history: a, with: total }}")),
        ["2:30 this is text, not a checker"]
    );
    let indented = load.replace('\n', "\n    ");
    let inside = format!("- eventually:\n    steps:\n      {indented}\n      - await: a");
    assert_eq!(problems(&inside).len(), 1, "{:?}", problems(&inside));
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
fn conversations_say_what_they_lack() {
    use super::super::{Received, Sent};
    let tests = steps(
        "- tcp: w$(1 + 1)\n  to: n1\n  send: [a, b]\n  receive: [OK, { matches: ^a }, { bytes: \"$(words[1])\", yaml: { a: 1 } }]\n  took: { at_most: 1s }\n  save: { x: yaml.a, t: came }\n- tcp: w\n  send: { bytes: $(x), pieces: 3 }\n  took: { since: t, at_least: 1s }\n  closed: true",
    )
    .unwrap();
    let Action::Tcp(tcp) = &tests.tests[0].steps[0].action else { panic!() };
    assert!(matches!(tcp.talk.send, Some(Sent::Lines(_))));
    assert!(matches!(tcp.talk.receive[..], [Received::Line(_), Received::Line(_), Received::Bytes { .. }]));
    assert_eq!(problems("- tcp: p"), ["1:8 nothing is said on this connection"]);
    assert_eq!(problems("- tcp: p\n  receive: []").len(), 1);
    assert_eq!(problems("- tcp: p\n  send: { byte: x }").len(), 2);
    assert_eq!(problems("- tcp: p\n  receive: { bytes: \"$(words[1])\" }"), ["2:21 nothing is called `words` here"]);
    assert_eq!(problems("- tcp: p\n  send: x\n  took: { at_most: 1s }"), ["1:8 `took` has nothing to wait for"]);
    assert_eq!(problems("- tcp: p\n  receive: x\n  took: { since: sent }").len(), 2);
    assert_eq!(problems("- tcp: p\n  close: now"), ["2:10 this is text, not a way to close"]);
    assert_eq!(problems("- tcp: p\n  closed: false"), ["2:11 this is true or false, not `true`"]);
    let judged = |with: &str| {
        problems(&format!(
            "- tcp: p\n  send: x\n  record: {{ history: h, put: x }}\n- check: {{ history: h, with: {with} }}"
        ))
    };
    assert!(
        steps("- tcp: p\n  send: x\n  record: { history: h, ack: x }\n- check: { history: h, with: total_queue }")
            .is_ok()
    );
    assert_eq!(judged("linearizable"), ["4:30 `h` cannot be judged by `linearizable`"]);
    assert_eq!(judged("total"), ["4:30 this is text, not a checker"]);
    assert_eq!(problems("- tcp: p\n  send: x\n  record: { history: h }").len(), 1);
    assert_eq!(problems("- compare: 1"), ["1:3 `compare` has no `is`"]);
}

#[test]
fn every_checker_can_be_named_for_the_histories_that_it_judges() {
    let loaded = "- workload: { name: h, for: 1s, mix: { read: 1 } }";
    let recorded = "- tcp: p\n  send: x\n  record: { history: h, put: x }";
    for checker in history::CHECKERS {
        let (own, other) = match checker.object() {
            Object::Register => (loaded, recorded),
            Object::Queue => (recorded, loaded),
        };
        let check = format!("- check: {{ history: h, with: {} }}", checker.name());
        let tests = steps(&format!("{own}\n{check}")).unwrap();
        let Action::Check(read) = &tests.tests[0].steps[1].action else { panic!() };
        assert_eq!(read.with.name(), checker.name());
        let errors = steps(&format!("{other}\n{check}")).unwrap_err();
        assert_eq!(errors[0].message, format!("`h` cannot be judged by `{}`", checker.name()));
        assert!(errors[0].help.as_ref().unwrap().contains(checker.name()), "{}", errors[0]);
    }
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

//! Walks at random.

use super::*;

/// A step of a walk that asked for this key.
fn walked(at: u64, method: &str, status: u16, sent: &str, value: Option<&str>) -> WalkStep {
    let body = (!sent.is_empty()).then(|| Excerpt::new(sent.as_bytes()));
    let asked = answered(at, method, "n1", "/kv/k1", status, value.unwrap_or_default().as_bytes());
    WalkStep {
        at: ms(at),
        took: ms(1),
        node: "n1".into(),
        by: None,
        act: WalkAct::Asked(Box::new(Operation { body, ..asked })),
        value: value.map(|value| Excerpt::new(value.as_bytes())),
        version: None,
        before: 0,
        killed: false,
    }
}

/// A walk whose kill left open whether a write was done, and then neither of the two values was there.
fn open_walk(shown: Shown) -> Walk {
    let held = |value: &str| Holding::Value { value: Excerpt::new(value.as_bytes()), version: None };
    let right = |value: &str| Possible {
        outcome: WalkOutcome::Done,
        value: Some(Excerpt::new(value.as_bytes())),
        version: PossibleVersion::Any,
    };
    let killed = WalkStep { killed: true, ..walked(60, "PUT", 200, "v2", None) };
    Walk {
        model: "store".into(),
        operations: 71,
        crashes: 4,
        at: ms(85),
        shown,
        steps: vec![walked(41, "PUT", 200, "v1", None), killed, walked(85, "GET", 404, "", None)],
        left_out: 2,
        held: Some(Held { key: "k1".into(), one_of: vec![held("v1"), held("v2")] }),
        command: None,
        possible: vec![right("v1"), right("v2")],
    }
}

#[test]
fn a_walk_of_several_workers_says_who_did_what() {
    let text = |text: &str| Excerpt::new(text.as_bytes());
    let said = |at: u64, by: &str, line: &str, body: Option<&str>, heard: &[&str]| WalkStep {
        by: Some(by.into()),
        act: WalkAct::Said {
            text: text(line),
            body: body.map(text),
            heard: heard.iter().map(|heard| text(heard)).collect(),
        },
        ..walked(at, "", 0, "", None)
    };
    let held = Holding::Job { state: JobState::Reserved, by: Some("w1".into()), tube: "t1".into(), priority: 9 };
    let walk = Walk {
        steps: vec![
            said(41, "w1", "put 9 0 1000 5", Some("v1\nä"), &["INSERTED 1"]),
            said(43, "w1", "reserve-with-timeout 0", None, &["RESERVED 1 5", "v1\nä"]),
            WalkStep { by: Some("w2".into()), act: WalkAct::Left, ..walked(44, "", 0, "", None) },
            said(45, "w2", "delete 1", None, &["DELETED"]),
        ],
        left_out: 0,
        held: Some(Held { key: "job 1".into(), one_of: vec![held] }),
        possible: vec![Possible { outcome: WalkOutcome::Absent, value: None, version: PossibleVersion::Any }],
        ..open_walk(Shown::Shrunk { tried: 9 })
    };
    let get = answered(45, "GET", "n1", "/kv/k1", 404, b"key not found\n");
    let last = Box::new(wrong(get, vec![mismatch("line", json!("NOT_FOUND"), json!("DELETED"))]));
    insta::assert_snapshot!(shown(&Story::default().card(What::Walked { walk: Box::new(walk), last })));
}

#[test]
fn a_walk_on_a_cluster_is_shown_by_a_slice_of_it() {
    let lost = WalkStep { node: "n2".into(), act: WalkAct::Lost, ..walked(50, "", 0, "", None) };
    let back = WalkStep { node: "n2".into(), act: WalkAct::Returned, ..walked(70, "", 0, "", None) };
    let mut sent_again = WalkStep { before: 3, node: "n3".into(), ..walked(52, "PUT", 200, "v2", None) };
    if let WalkAct::Asked(operation) = &mut sent_again.act {
        operation.headers.push(("Idempotency-Key".into(), "walk-3".into()));
    }
    let walk = Walk {
        steps: vec![walked(41, "PUT", 200, "v1", None), lost, sent_again, back, walked(85, "GET", 404, "", None)],
        left_out: 0,
        ..open_walk(Shown::OfCluster)
    };
    let get = answered(85, "GET", "n1", "/kv/k1", 404, b"key not found\n");
    let last = Box::new(wrong(get, vec![mismatch("status", json!(200), json!(404))]));
    insta::assert_snapshot!(shown(&Story::default().card(What::Walked { walk: Box::new(walk), last })));
}

#[test]
fn a_walk_is_told_by_the_steps_that_lead_to_its_end() {
    let get = answered(85, "GET", "n1", "/kv/k1", 404, b"key not found\n");
    let told = |shown| {
        let last = Box::new(wrong(get.clone(), vec![mismatch("status", json!(200), json!(404))]));
        let story = Story::default().operation(request(41, "PUT", "n1", "/kv/other")).operation(get.clone());
        self::shown(&story.card(What::Walked { walk: Box::new(open_walk(shown)), last }))
    };
    let all =
        [Shown::Shrunk { tried: 9 }, Shown::ShrunkInTime { tried: 3 }, Shown::Slice { tried: 2 }, Shown::OfCluster];
    insta::assert_snapshot!(all.map(told).join("\n"));
}

#[test]
fn a_command_that_is_only_a_part_of_a_walk_says_so() {
    let said = |at: u64, by: &str, line: &str| WalkStep {
        by: Some(by.into()),
        act: WalkAct::Said { text: Excerpt::new(line.as_bytes()), body: None, heard: Vec::new() },
        ..walked(at, "", 0, "", None)
    };
    let note = |steps: Vec<WalkStep>| {
        let walk = Walk { steps, left_out: 0, ..open_walk(Shown::Shrunk { tried: 9 }) };
        crate::report::walk::left_out_by_command(&walk)
    };
    let [first, last] = [said(41, "w1", "put"), said(45, "w1", "peek-ready")];
    let part = "This is w1's part alone. The steps below have the rest.";
    assert_eq!(note(vec![first.clone(), last.clone()]), None);
    assert_eq!(note(vec![said(41, "w2", "put"), last.clone()]).as_deref(), Some(part));
    let killed = WalkStep { killed: true, ..first.clone() };
    assert_eq!(note(vec![killed, last.clone()]).as_deref(), Some(part));
    let restarted = WalkStep { act: WalkAct::Restarted, ..first };
    assert_eq!(note(vec![restarted, last]).as_deref(), Some(part));
    assert_eq!(note(vec![walked(85, "GET", 404, "", None)]), None, "a request is not what a connection has said");
}

#[test]
fn what_would_be_right_is_told_once() {
    let done = || Possible { outcome: WalkOutcome::Done, value: None, version: PossibleVersion::Any };
    let told = |possible: Vec<Possible>| {
        let walk = Walk { possible, ..open_walk(Shown::Shrunk { tried: 9 }) };
        crate::report::walk::told(&walk).into_iter().find(|sentence| sentence.starts_with("Right would be"))
    };
    assert_eq!(told(vec![done(), done()]), None, "it says no more than that it is wrong");
    let unmet = Possible { outcome: WalkOutcome::Unmet, ..done() };
    assert_eq!(told(vec![done(), unmet, done()]).as_deref(), Some("Right would be: done or refused."));
}

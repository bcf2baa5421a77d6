//! Histories that cannot be, or that nothing can be said about.

use super::*;

/// A read of what was overwritten, while a node was cut off.
fn stale() -> Violation {
    let operation = |client, node: &str, action, called, returned| history::Operation {
        client,
        node: Some(node.into()),
        key: "abcde-1".into(),
        action,
        called: ms(called),
        returned: Some(ms(returned)),
        outcome: history::Outcome::Ok,
        note: None,
    };
    let operations = vec![
        operation(0, "n1", history::Action::Write { value: "1-7".into() }, 3000, 3050),
        operation(3, "n3", history::Action::Read { value: Some("2-5".into()) }, 3100, 3200),
    ];
    let fault = history::Fault {
        kind: history::FaultKind::Cut,
        what: "n3 was cut off from n1 and n2".into(),
        nodes: vec!["n3".into()],
        from: ms(2900),
        to: Some(ms(4100)),
    };
    Violation {
        with: "linearizable".into(),
        explanation: history::Explanation {
            key: "abcde-1".into(),
            title: "stale read".into(),
            sentence: "n3 answered `abcde-1 = 2-5` at +3.20s, after n1 had acknowledged `abcde-1 = 1-7` at +3.05s. n3 was cut off from n1 and n2 from +2.90s to +4.10s.".into(),
            operations,
            places: vec![0, 1],
            culprit: 1,
            faults: vec![fault],
        },
        asked: vec![vec![Asked { node: "n2".into(), at: ms(3010), answer: "307".into() }, Asked { node: "n1".into(), at: ms(3012), answer: "200".into() }], vec![]],
        breaks: None,
        request: Some(request(3100, "GET", "n3", "/kv/abcde-1")),
        lost_headers: Vec::new(),
        operations: 3211,
        history: format!("{FOLDER}/history.jsonl"),
        timeline: Some(format!("{FOLDER}/timeline.html")),
    }
}

#[test]
fn the_command_of_an_operation_says_which_headers_it_lacks() {
    let put = Some(request(3100, "PUT", "n3", "/kv/abcde-1"));
    let violation = Violation { request: put, lost_headers: vec!["if-match".into()], ..stale() };
    let card = partitioned().card(What::Found(Finding::Violation(Box::new(violation))));
    let note = card.request.unwrap().note.unwrap();
    assert_eq!(note, "It was sent with If-Match, too, whose value the history does not have.");
}

#[test]
fn a_history_that_cannot_be_is_told_as_it_was_when_it_went_wrong() {
    let card = partitioned()
        .log("n3", 3150, "n3: leader of term 1")
        .log("n3", 9000, "n3: much later")
        .node(9100, "n2", NodeEventKind::Killed)
        .card(What::Found(Finding::Violation(Box::new(stale()))));
    insta::assert_snapshot!(shown(&card));
    let operations = &stale().explanation.operations;
    assert_eq!(Some(card.moment()), operations[stale().explanation.culprit].returned, "not the end of the test");
    for columns in [40, 60, 100] {
        for line in shown_at(&card, columns).lines() {
            let whole = ["curl", "Again", "Records", "Timeline"].iter().any(|word| line.contains(word));
            assert!(whole || crate::text::width(line) <= columns, "{columns}: {line}");
        }
    }
}

#[test]
fn a_history_of_too_few_operations_has_its_latencies() {
    let latency = Latency { operations: 143, p50: 12.0, p95: 480.5, p99: 1900.0, max: 1990.0 };
    let sentence = "Could not decide: only 143 operations succeeded, and with fewer than 300 nothing is proven. 20 were certainly not done; for 312 nobody can tell.".into();
    let card = partitioned().card(What::Found(Finding::Undecided {
        sentence,
        latency,
        history: format!("{FOLDER}/history.jsonl"),
        starved: false,
    }));
    insta::assert_snapshot!(shown(&card));
}

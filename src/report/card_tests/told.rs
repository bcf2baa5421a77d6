//! What a card says of silent nodes, redirects, panics and failures within others.

use super::*;

#[test]
fn a_node_that_fell_silent_is_not_told_by_its_last_answer() {
    let get = unanswered(2000, "/kv/a", Cause::TimedOut, "operation timed out");
    let mut story = partitioned();
    let silent = Event::Silent { node: "n1".into(), since: ms(1960) };
    story.events.push(Stamped { at: ms(2960), event: silent });
    let card = story.operation(get.clone()).card(wrong(get, vec![]));
    insta::assert_snapshot!(shown(&card));
}

#[test]
fn each_hop_of_a_redirect_is_shown() {
    let hops = vec![hop("/kv/a", "n2", "n3", 80), hop("/kv/a", "n3", "n1", 82)];
    let put = Operation { hops, ..answered(84, "PUT", "n1", "/kv/a", 503, b"no majority\n") };
    let story = Story::default()
        .operation(answered(80, "PUT", "n2", "/kv/a", 307, b""))
        .operation(answered(82, "PUT", "n3", "/kv/a", 307, b""))
        .operation(put.clone());
    let card = story.card(wrong(put.clone(), vec![mismatch("status", json!(200), json!(503))]));
    insta::assert_snapshot!(shown(&card));
    // When several nodes were asked, each is shown under its own name.
    let others = vec![(put, vec![mismatch("status", json!(200), json!(503))])];
    let card = Story::default().card(What::Found(Finding::Answers {
        need: Need::All,
        fitted: vec!["n1".into()],
        others,
        too_many: false,
    }));
    let told: Vec<_> =
        card.answers.iter().map(|answer| (&answer.node[..], answer.redirected_to.as_deref())).collect();
    assert_eq!(told, [("n1", None), ("n2", Some("n1"))]);
    assert!(shown(&card).contains("n2 → n1  status"), "{}", shown(&card));
}

#[test]
fn a_panic_is_shown_from_its_first_line() {
    let get = unanswered(85, "/kv/wal:gone", Cause::Closed, "");
    let mut story = deleted().log("n1", 84, "Traceback (most recent call last):");
    for line in 0..30 {
        story = story.log("n1", 84, &format!("  File \"server.py\", line {line}, in handle"));
    }
    story = story.log("n1", 84, "KeyError: 'wal:gone'");
    for line in 0..20 {
        story = story.log("n1", 85, &format!("worker {line} waits"));
    }
    let card = story.operation(get.clone()).card(wrong(get, vec![]));
    insta::assert_snapshot!(shown(&card));
}

#[test]
fn a_failure_within_another_goes_on_with_what_happened() {
    let told = |what: What| Story::default().card(what).told.join(" ");
    let of = |first: What| What::Copies {
        failed: 4,
        of: 4,
        copy: "i = 0".into(),
        first: Box::new(first),
        in_turn: false,
        spread: None,
        others: Vec::new(),
    };
    let get = |path: &str, cause| wrong(unanswered(5, path, cause, ""), vec![]);
    let status = wrong(request(5, "PUT", "n1", "/kv/a"), vec![mismatch("status", json!(200), json!(500))]);
    let said = |mismatches: Vec<Mismatch>, cause| {
        What::Found(Finding::Conversation(Box::new(Conversation {
            connection: "p".into(),
            node: "n1".into(),
            address: "127.0.0.1:24011".into(),
            sent: Excerpt::new(b"put 0 0 60 1\r\n"),
            when: ms(5),
            mismatches,
            about: Vec::new(),
            sentence: None,
            cause,
            late: false,
            starved: false,
            unsettled: false,
        })))
    };
    let ended = What::Found(Finding::Command {
        ran: Ran { command: vec!["./run.sh".into()], ..Ran::default() },
        mismatches: vec![mismatch("exit", json!(0), json!(3))],
    });
    let waited = What::NotInTime {
        within: ms(3000),
        attempts: 1,
        last: Box::new(get("/", Cause::Refused)),
        seen: vec![],
        starved: false,
    };
    let value = || What::Found(Finding::Value { sentence: "The answer has no `term`.".into() });
    for (first, happened) in [
        (status, " got status 200 instead of 200."),
        (get("/", Cause::HalfAnswer), " got half an answer: the connection was closed in the middle of it."),
        (get("/", Cause::TimedOut), " got no complete answer in time."),
        (said(vec![mismatch("line", json!("A"), json!("B"))], None), " heard \"B\" instead of \"A\"."),
        (said(vec![], Some(Cause::Closed)), " lost its connection, which n1 closed."),
        (ended, " ended with status 3 instead of 0."),
        (value(), ": The answer has no `term`."),
        (
            waited,
            ": What was expected did not come within 3.0 s (1 attempt). The last attempt was refused: nothing listens there.",
        ),
    ] {
        assert_eq!(told(of(first)), format!("4 of 4 at once failed. The first of them (i = 0){happened}"));
    }
    let held = What::DidNotHold { held: ms(200), wanted: ms(1500), last: Box::new(get("/", Cause::Reset)) };
    assert_eq!(told(held), "It held for 200 ms of 1.5 s. The next attempt got no answer: the connection was reset.");
    let rounds = What::Rounds { failed: 1, of: 3, allowed: 0, last: Box::new(value()) };
    assert_eq!(told(rounds), "1 of 3 rounds failed, and none may. The last of these: The answer has no `term`.");
}

#[test]
fn the_same_request_before_a_fault_is_told_as_a_contrast() {
    let story = || {
        Story::default()
            .operation(answered(40, "GET", "n1", "/kv/a", 404, b""))
            .operation(request(41, "PUT", "n1", "/kv/a"))
            .operation(answered(43, "GET", "n1", "/kv/a", 200, b"first"))
    };
    let get = answered(85, "GET", "n1", "/kv/a", 404, b"");
    let lost = || wrong(get.clone(), vec![mismatch("status", json!(200), json!(404))]);
    let card = story().restart(44).operation(get.clone()).card(lost());
    assert_eq!(
        card.contrast.as_deref(),
        Some("At +0.043 n1 answered the same request 200 \"first\", before KILL n1.")
    );
    assert!(shown(&card).contains("answered the same request 200"));
    let written = story().restart(44).operation(answered(84, "DELETE", "n1", "/kv/a", 200, b""));
    assert_eq!(written.operation(get.clone()).card(lost()).contrast, None, "since then it was written");
    let never = Story::default().operation(request(41, "PUT", "n1", "/kv/a")).restart(44);
    assert_eq!(never.operation(get.clone()).card(lost()).contrast, None, "it was not asked before");
}

#[test]
fn of_several_wrong_answers_one_is_contrasted_with_what_its_own_node_said_before() {
    let get = |at, node: &str, status| answered(at, "GET", node, "/kv/a", status, b"");
    let others = ["n1", "n2"].map(|node| (get(85, node, 200), vec![mismatch("status", json!(404), json!(200))]));
    let lost = || {
        What::Found(Finding::Answers { need: Need::All, fitted: vec![], others: others.to_vec(), too_many: false })
    };
    let story = |before: &[(&str, u16)]| {
        let put = Story::default().operation(request(10, "PUT", "n3", "/kv/a"));
        before.iter().fold(put, |story, (node, status)| story.operation(get(43, node, *status))).restart(44)
    };
    let contrast = |before: &[(&str, u16)]| story(before).card(lost()).contrast;
    assert_eq!(
        contrast(&[("n1", 200), ("n2", 404)]).as_deref(),
        Some("At +0.043 n2 answered the same request 404, before KILL n1.")
    );
    assert_eq!(contrast(&[("n3", 404)]), None, "another node may lag behind");
}

#[test]
fn a_value_that_was_sent_for_something_else_is_told_with_that_request() {
    let sent = |at: u64, path: &str, body: &str| {
        let put = answered(at, "PUT", "n1", path, 200, b"");
        Operation { body: Some(Excerpt::new(body.as_bytes())), ..put }
    };
    let get = answered(85, "GET", "n1", "/kv/a", 200, b"value of b");
    let mixed = || wrong(get.clone(), vec![mismatch("body", json!("value of a"), json!("value of b"))]);
    let told = |operations: Vec<Operation>| {
        let story = operations.into_iter().fold(Story::default(), |story, operation| story.operation(operation));
        story.operation(get.clone()).card(mixed()).contrast
    };
    let both = || vec![sent(41, "/kv/a", "value of a"), sent(43, "/kv/b", "value of b")];
    let said = "This value was sent with PUT n1 /kv/b at +0.043, and with no request for this path.";
    let apart =
        "The last PUT of this path had been answered 1 ms before that began: the two were not under way at once.";
    assert_eq!(told(both()).as_deref(), Some(&*format!("{said} {apart}")));
    let beside = vec![Operation { took: ms(5), ..sent(41, "/kv/a", "value of a") }, sent(43, "/kv/b", "value of b")];
    let beside_words = "The last PUT of this path was under way at the same time, from +0.041 to +0.046.";
    assert_eq!(told(beside).as_deref(), Some(&*format!("{said} {beside_words}")));
    let after = vec![sent(43, "/kv/b", "value of b"), sent(48, "/kv/a", "value of a")];
    let after_words =
        "The last PUT of this path began 4 ms after that was answered: the two were not under way at once.";
    assert_eq!(told(after).as_deref(), Some(&*format!("{said} {after_words}")));
    assert_eq!(told(vec![sent(43, "/kv/b", "value of b")]).as_deref(), Some(said), "this path was never written");
    let twice = [both(), vec![sent(44, "/kv/c", "value of b")]].concat();
    assert_eq!(told(twice), None, "it cannot be told which of the two it was");
    let before = [both(), vec![sent(44, "/kv/a", "value of b")]].concat();
    assert_eq!(told(before), None, "it was sent for this path, too");
}

#[test]
fn a_condition_that_is_refused_is_told_with_who_gave_its_etag() {
    let tagged = |at, method: &str, tag: &str| {
        let mut operation = answered(at, method, "n1", "/kv/a", 200, b"");
        let Answered::Answer(answer) = &mut operation.result else { panic!() };
        answer.headers.push(("ETag".into(), tag.into()));
        operation
    };
    let mut put = answered(90, "PUT", "n1", "/kv/a", 412, b"");
    put.headers.push(("If-Match".into(), "\"5\"".into()));
    let failed = || wrong(put.clone(), vec![mismatch("status", json!(200), json!(412))]);
    let story = |read: &str| {
        let story = Story::default().operation(tagged(10, "PUT", "\"5\"")).restart(44);
        story.operation(tagged(80, "GET", read)).operation(put.clone())
    };
    assert_eq!(
        story("\"5\"").card(failed()).contrast.as_deref(),
        Some("n1 gave this ETag with PUT at +0.010 and with GET at +0.080; nothing was written here since.")
    );
    let conditional = |at, status| {
        let put = answered(at, "PUT", "n1", "/kv/b", status, b"");
        Operation { headers: vec![("If-Match".into(), "\"4\"".into())], ..put }
    };
    let before = |status| {
        let story = Story::default().operation(tagged(10, "PUT", "\"5\"")).operation(conditional(20, status));
        story.restart(44).operation(put.clone()).card(failed()).contrast.unwrap()
    };
    assert_eq!(
        before(200),
        "n1 gave this ETag with PUT at +0.010; nothing was written here since. PUT /kv/b with its ETag was answered 200 \
         by n1 at +0.020, before KILL n1."
    );
    assert!(!before(412).contains("/kv/b"), "that one was refused, too");
    assert_eq!(story("\"6\"").card(failed()).contrast, None, "it has another one since");
    assert_eq!(Story::default().operation(put.clone()).card(failed()).contrast, None, "nobody gave it");
}

#[test]
fn an_etag_that_should_not_have_come_is_told_with_where_it_was_before() {
    let tagged = |at, path: &str, tag: &str| {
        let mut operation = answered(at, "PUT", "n1", path, 200, b"");
        let Answered::Answer(answer) = &mut operation.result else { panic!() };
        answer.headers.push(("ETag".into(), tag.into()));
        operation
    };
    let put = tagged(90, "/kv/a", "\"7\"");
    let told = |before: &[Operation], path: &str| {
        let story = before.iter().fold(Story::default(), |story, operation| story.operation(operation.clone()));
        let failed = wrong(put.clone(), vec![mismatch(path, json!("\"9\""), json!("\"7\""))]);
        story.restart(44).operation(put.clone()).card(failed).contrast
    };
    let (own, other) = (tagged(10, "/kv/a", "\"7\""), tagged(20, "/kv/b", "\"7\""));
    let later = tagged(30, "/kv/a", "\"8\"");
    assert_eq!(
        told(&[own, other.clone(), later.clone()], "headers.etag").as_deref(),
        Some("It had this ETag before: with PUT at +0.010, by n1.")
    );
    assert_eq!(told(&[other, later.clone()], "headers.etag"), None, "ETags of other keys may be alike");
    let nowhere = "No answer of this test had this ETag before.";
    assert_eq!(told(std::slice::from_ref(&later), "headers.etag").as_deref(), Some(nowhere));
    assert_eq!(told(&[later], "body"), None, "something else is wrong");
}

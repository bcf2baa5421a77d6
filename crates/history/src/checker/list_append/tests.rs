//! What is said of transactions, and histories that are too large to try every order of.

use insta::assert_snapshot;

use crate::samples::history;
use crate::simulated_store::{Bug, SimulatedStore, with_stale_get};
use crate::{Action, Checker, Explanation, History, Limits, ListAppend, Operation, Outcome, Step, Verdict, judge};

fn explained(history: &History) -> Explanation {
    match judge(history, &Limits::default()).verdict {
        Verdict::Violation(explanation) => *explanation,
        verdict => panic!("nothing is wrong: {verdict:?}"),
    }
}

/// The title and the sentence, and the transactions that prove it.
fn told(text: &str) -> String {
    let explanation = explained(&history(text));
    let names = explanation.places.iter().map(|place| format!("T{}", place + 1)).collect::<Vec<_>>().join(" ");
    let culprit = explanation.places[explanation.culprit] + 1;
    format!("{}: {}\n[{names}; T{culprit}]", explanation.title, explanation.sentence)
}

#[test]
fn circles_without_time() {
    // Write skew: neither saw the other.
    assert_snapshot!(told("c1 n1 txn b=,a+3 1.00-1.50
        c2 n2 txn a=,b+7 1.10-1.60
        c3 n3 txn a=3,b=7 2.00-2.10
        fault cut n2: n2 was cut off from n1 and n3 1.20-?"), @r"
    write skew (G2): T1 read `b` without T2's `7`, T2 read `a` without T1's `3`: each must come before the other. n2 was cut off from n1 and n3 from +1.20s.
    [T1 T2; T2]
    ");
    // Lost update: both appended to what they had read.
    assert_snapshot!(told("c1 n1 txn a=,a+1 1.00-1.50
        c2 n2 txn a=,a+2 1.10-1.60
        c3 n3 txn a=2.1 2.00-2.10"), @r"
    lost update (G-single): T1 read `a` without T2's `2`, T3 read `a` with T2's `2` before T1's `1`: each must come before the other.
    [T1 T2 T3; T1]
    ");
    // Read skew: half of a transaction.
    assert_snapshot!(told("c1 n1 txn a+1,b+1 1.00-1.50
        c2 n2 txn a=1,b= 1.10-1.60"), @r"
    read skew (G-single): T2 read `a` with T1's `1`, T2 read `b` without T1's `1`: each must come before the other.
    [T1 T2; T2]
    ");
    assert_snapshot!(told("c1 n1 txn a+1,b=2 1.00-1.50
        c2 n2 txn b+2,a=1 1.10-1.60"), @r"
    circular information flow (G1c): T2 read `a` with T1's `1`, T1 read `b` with T2's `2`: each must come before the other.
    [T1 T2; T2]
    ");
    // Dirty write: which came first differs, as a third one saw.
    assert_snapshot!(told("c1 n1 txn a+1,b+1 1.00-1.50
        c2 n2 txn a+2,b+2 1.10-1.60
        c3 n3 txn a=1.2,b=2.1 2.00-2.10"), @r"
    dirty write (G0): T3 read `a` with T1's `1` before T2's `2`, T3 read `b` with T2's `2` before T1's `1`: each must come before the other.
    [T1 T2 T3; T2]
    ");
    // Three, of which no two contradict each other.
    assert_snapshot!(told("c1 n1 txn a=,b+1 1.00-1.90
        c2 n2 txn b=,c+2 1.00-1.90
        c3 n3 txn c=,a+3 1.00-1.90"), @r"
    write skew (G2): T1 read `a` without T3's `3`, T3 read `c` without T2's `2`, T2 read `b` without T1's `1`: each must come before the next, and the last before the first.
    [T1 T2 T3; T2]
    ");
}

#[test]
fn circles_that_time_closes() {
    assert_snapshot!(told("c1 n1 txn a+3 1.00-1.50
        c2 n2 txn a= 2.00-2.10
        c3 n3 txn a=3 3.00-3.10"), @r"
    stale read (G-single-realtime): T2 read `a` without T1's `3`, T1 had returned at +1.50s when T2 was called at +2.00s: each must come before the other.
    [T1 T2; T2]
    ");
    assert_snapshot!(told("c1 n1 txn a+3 1.00-1.50
        c2 n2 txn a= 2.00-2.10"), @r"
    lost append (G-single-realtime): T1 had returned at +1.50s when T2 was called at +2.00s, T2 read `a` without T1's `3`: each must come before the other.
    [T1 T2; T2]
    ");
    assert_snapshot!(told("c1 n1 txn a=3 1.00-1.50
        c2 n2 txn a+3 2.00-2.10"), @r"
    read of the future (G1c-realtime): T1 read `a` with T2's `3`, T1 had returned at +1.50s when T2 was called at +2.00s: each must come before the other.
    [T1 T2; T1]
    ");
    assert_snapshot!(told("c1 n1 txn a+3 1.00-1.50
        c2 n2 txn a+4 2.00-2.10
        c3 n3 txn a=4.3 3.00-3.10"), @r"
    append out of order (G0-realtime): T3 read `a` with T2's `4` before T1's `3`, T1 had returned at +1.50s when T2 was called at +2.00s: each must come before the other.
    [T1 T2 T3; T2]
    ");
    // One without an answer was done, since it was seen; nobody knows when.
    assert_snapshot!(told("c1 n1 txn a+3,b+3 1.00-?
        c2 n2 txn a=3 2.00-2.10
        c3 n3 txn b= 3.00-3.10"), @r"
    stale read (G-single-realtime): T2 read `a` with T1's `3`, T2 had returned at +2.10s when T3 was called at +3.00s, T3 read `b` without T1's `3`: each must come before the next, and the last before the first.
    [T1 T2 T3; T3]
    ");
}

#[test]
fn what_is_wrong_without_a_circle() {
    assert_snapshot!(told("c1 n1 txn a+3 1.00-1.50 no
        c2 n2 txn a=3 1.10-1.60"), @r"
    aborted read (G1a): T2 read `a` with `3` at +1.60s: an aborted read (G1a). T1 of client 1 appended it, ended meanwhile, and was not done (n1: 503 at +1.50s).
    [T1 T2; T2]
    ");
    assert_snapshot!(told("c1 n1 txn a+3,a+4 1.00-1.50
        c2 n2 txn a=3 1.10-1.60"), @r"
    intermediate read (G1b): T2 read `a` up to `3` and without `4`: T1 appended both in one step.
    [T1 T2; T2]
    ");
    assert_snapshot!(told("c1 n1 txn a+4 1.00-1.50
        c2 n2 txn a=3.4 1.60-1.70"), @r"
    element from nowhere: T2 read `a` with `3`, which nobody ever appended.
    [T2; T2]
    ");
    assert_snapshot!(told("c1 n1 txn a+3 1.00-1.50
        c2 n2 txn a=3.3 1.60-1.70"), @r"
    duplicate element: T2 read `a` with `3` twice, which T1 appended once.
    [T1 T2; T2]
    ");
    assert_snapshot!(told("c1 n1 txn a+3,a+4 1.00-1.50
        c2 n2 txn a=4.3 1.60-1.70"), @r"
    appends out of order: T2 read `a` with `4` and no `3` before it, which T1 appended first.
    [T1 T2; T2]
    ");
    assert_snapshot!(told("c1 n1 txn a+3 1.00-1.50
        c2 n1 txn a+4 1.00-1.50
        c3 n2 txn a=3.4 1.60-1.70
        c4 n3 txn a=4 1.20-1.30"), @r"
    incompatible order: T4 read `a` with `4` as the first, and T3 read it with `3` there: a list that only grows cannot have been both. `4` is of T2 (client 2), which was acknowledged by n1 at +1.50s; `3` is of T1 (client 1), which was acknowledged by n1 at +1.50s.
    [T1 T2 T4 T3; T3]
    ");
    assert_snapshot!(told("c1 n1 txn a=,a+3,a= 1.00-1.50"), @r"
    contradicts itself (internal): T1 did `a=[] a+3 a=[]`: what it read is not what it had found and appended itself.
    [T1; T1]
    ");
}

/// Who appended what two reads differ in, whether that was acknowledged, and whether anybody found it later.
#[test]
fn lists_that_do_not_fit_are_told_with_who_appended_to_them() {
    let lost = "c1 n1 txn a+3 1.00-1.50 unknown
        c2 n2 txn a+4 1.10-1.60
        c3 n1 txn a=3 1.70-1.80
        c4 n2 txn a=4 1.90-2.00
        c5 n2 txn a+5 2.10-2.20
        c6 n2 txn a=4.5 2.30-2.40";
    assert_snapshot!(told(lost), @r"
    incompatible order: T3 read `a` with `3` as the first, and T6 read it with `4` there: a list that only grows cannot have been both. `3` is of T1 (client 1), which has no known outcome (n1: at +1.50s); `4` is of T2 (client 2), which was acknowledged by n2 at +1.60s. `3` was there at +1.80s and in none of the 2 reads after it.
    [T1 T2 T3 T6; T6]
    ");
    // What was refused and read is told before all else, with who read it first.
    let aborted = lost.replace("unknown", "no") + "\nc7 n1 txn a=3 1.20-1.30";
    assert_snapshot!(told(&aborted), @r"
    aborted read (G1a): T7 read `a` with `3` at +1.30s: an aborted read (G1a). T1 of client 1 appended it, was still under way then, and was not done (n1: 503 at +1.50s). `3` was there at +1.80s and in none of the 2 reads after it.
    [T1 T7; T7]
    ");
    // Another key's lists may part, too.
    let elsewhere = "c1 n1 txn b+1 1.00-1.10
        c2 n1 txn b+2 1.00-1.10
        c3 n1 txn b=1 1.20-1.30
        c4 n1 txn b=2 1.20-1.30
        c5 n2 txn a+3 1.00-1.50 no
        c6 n3 txn a=3 2.00-2.10
        c7 n3 txn a= 2.20-2.30";
    assert_snapshot!(told(elsewhere), @r"
    aborted read (G1a): T6 read `a` with `3` at +2.10s: an aborted read (G1a). T5 of client 5 appended it, had ended before that, and was not done (n2: 503 at +1.50s). `3` was there at +2.10s and not in the one read after it.
    [T5 T6; T6]
    ");
}

#[test]
fn an_element_that_was_appended_twice_cannot_be_judged() {
    let judged = judge(&history("c1 n1 txn a+3 1-2\nc2 n1 txn b+3 1-2\nc3 n1 txn a+3 3-4"), &Limits::default());
    let Verdict::Unknown { reason } = judged.verdict else { panic!("{judged:?}") };
    assert!(reason.starts_with("`3` was appended to the same list by T1 and by T3"), "{reason}");
}

#[test]
fn serializable_without_real_time_is_told_beside_the_verdict() {
    let stale = history("c1 n1 txn a+3 1.00-1.50\nc2 n2 txn a= 2.00-2.10");
    let strict = judge(&stale, &Limits::default());
    assert!(matches!(strict.verdict, Verdict::Violation(_)));
    assert!(strict.sentence().ends_with("All transactions fit in one order, but not in real time"), "{strict:?}");
    let judged = ListAppend::SERIALIZABLE.judge(&stale, &Limits::default());
    assert_eq!((judged.verdict, judged.order), (Verdict::Ok, strict.order));
}

#[test]
fn a_picture_has_a_lane_for_each_client() {
    let explanation = explained(&history(
        "c1 n1 txn b=,a+3 1.00-1.50\nc2 n2 txn a=,b+7 1.10-1.60\nfault cut n2: n2 was cut off 1.20-?",
    ));
    assert_snapshot!(explanation.picture_lines(76).join("\n"), @r"
                 +1.10                                                     +1.60
    n2 cut           ░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░
    client 1  ├───────────────────── n1 T1 b=[] a+3 ─────────────────────┤
    client 2     ├───────────────────── n2 T2 a=[] b+7 ──────────────────────┤ ✗
    In the order of time, not to scale.
    ");
    assert_snapshot!(explanation.picture_lines(40).join("\n"), @r"
               +1.10                   +1.60
    n2 cut       ░░░░░░░░░░░░░░░░░░░░░░░░░
    client 1  ├──── n1 T1 b=[] a+3 ────┤
    client 2   ├──── n2 T2 a=[] b+7 ─────┤ ✗
    In the order of time, not to scale.
    ");
}

#[test]
fn a_picture_shows_what_transactions_have_in_common() {
    let explanation =
        explained(&history("c1 n1 txn b=,long-key+1,a+3 1.00-1.50\nc2 n2 txn a=,other+5,b+7 1.10-1.60"));
    let picture = explanation.picture_lines(100).join("\n");
    assert!(picture.contains("T1 b=[] a+3 …") && picture.contains("T2 a=[] b+7 …"), "{picture}");
}

fn store(seed: u64) -> SimulatedStore {
    SimulatedStore {
        seed,
        clients: 10,
        transactions: 2_000,
        keys: 5,
        steps: (1, 4),
        fresh_after: 50,
        unanswered: 5,
        final_reads: true,
        bug: None,
    }
}

#[test]
fn a_store_that_is_right_is_never_called_wrong() {
    for seed in 0..12 {
        let clients = 3 + seed as u32 % 20;
        let store = SimulatedStore { clients, keys: 1 + seed % 7, ..store(seed) };
        assert_eq!(judge(&store.run(), &Limits::default()).verdict, Verdict::Ok, "{store:?}");
    }
}

#[test]
fn each_bug_is_found_among_many_transactions_and_told_by_a_few() {
    for bug in Bug::ALL {
        for seed in 0..4 {
            let store = SimulatedStore { bug: Some((bug, 60)), ..store(seed) };
            let explanation = explained(&store.run());
            assert!(explanation.operations.len() <= 4, "{store:?}: {}", explanation.sentence);
        }
    }
}

#[test]
fn a_stale_get_among_many_is_told_by_two() {
    let explanation = explained(&with_stale_get(store(1).run()));
    assert_eq!(explanation.operations.len(), 2, "{}", explanation.sentence);
    assert_eq!(explanation.operations[explanation.culprit].client, u32::MAX - 1);
}

/// What an explanation names proves it whatever the others did: they may have been done or not, and were told nothing.
#[test]
fn an_explanation_proves_it_by_itself() {
    for seed in 0..400 {
        let bug = Bug::ALL[seed as usize % Bug::ALL.len()];
        let store = SimulatedStore { transactions: 30, bug: Some((bug, 5)), clients: 4, keys: 2, ..store(seed) };
        let history = store.run();
        let Verdict::Violation(explanation) = judge(&history, &Limits::default()).verdict else { continue };
        let open = |(place, operation): (usize, &Operation)| {
            let named = explanation.places.contains(&place) || operation.outcome != Outcome::Ok;
            if named { operation.clone() } else { Operation { outcome: Outcome::Unknown, ..operation.clone() } }
        };
        let operations = history.operations.iter().enumerate().map(open).collect();
        let verdict = judge(&History { operations, ..History::default() }, &Limits::default()).verdict;
        assert!(matches!(verdict, Verdict::Violation(_)), "{store:?}: {explanation:#?}");
    }
}

/// Of the largest circle that there can be, the smallest is found: there is only one.
#[test]
fn a_circle_of_many_is_found() {
    let transaction = |at: usize| Operation {
        client: at as u32,
        node: None,
        key: "".into(),
        action: Action::Transaction {
            steps: vec![
                Step::Get { key: format!("k{at}").into(), list: crate::List::default() },
                Step::Append { key: format!("k{}", (at + 1) % 300).into(), element: at.to_string().into() },
            ],
        },
        called: std::time::Duration::ZERO,
        returned: Some(std::time::Duration::from_secs(1)),
        outcome: Outcome::Ok,
        note: None,
    };
    let history = History { operations: (0..300).map(transaction).collect(), ..History::default() };
    assert_eq!(explained(&history).operations.len(), 300);
}

//! Requests that differ in their headers alone.

use super::*;

fn with(headers: &[(&str, &str)], operation: Operation) -> Operation {
    let headers = headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    Operation { headers, ..operation }
}

/// A request that was refused is made again when its condition holds.
fn repeated(refused: Operation, again: Operation) -> Card {
    let get = answered(74, "GET", "n1", "/kv/wal:gone", 404, b"key not found");
    let story = Story::default()
        .operation(with(
            &[("Idempotency-Key", "q3k9w2m5x8"), ("If-None-Match", "*")],
            request(51, "PUT", "n1", "/kv/wal:gone"),
        ))
        .operation(refused)
        .operation(with(
            &[("Idempotency-Key", "b7v4n1c6z3"), ("If-Match", "\"1\"")],
            request(63, "DELETE", "n1", "/kv/wal:gone"),
        ))
        .operation(get)
        .operation(again.clone());
    story.card(wrong(again, vec![mismatch("status", json!(412), json!(200))]))
}

fn create(at: u64, status: u16, body: &[u8]) -> Operation {
    let put = answered(at, "PUT", "n1", "/kv/wal:gone", status, body);
    with(&[("Idempotency-Key", "t5h8r2d7p4"), ("If-None-Match", "*"), ("Authorization", "secret")], put)
}

#[test]
fn a_row_shows_the_name_and_the_condition_of_a_request() {
    let card = repeated(create(57, 412, b"precondition failed"), create(85, 200, b""));
    insta::assert_snapshot!("names_beside", shown_at(&card, 100));
    insta::assert_snapshot!("names_below", shown_at(&card, 80));
    assert!(card.led_here.iter().all(|row| row.headers.iter().all(|(name, _)| name != "Authorization")));
}

#[test]
fn headers_that_have_no_room_are_told_once_for_rows_in_a_row() {
    let card = repeated(create(57, 412, b""), create(85, 200, b""));
    let mut rows = card.led_here.clone();
    rows[2].headers = rows[1].headers.clone();
    let shown = shown(&Card { led_here: rows, ..card });
    assert_eq!(shown.matches("the same headers").count(), 1, "{shown}");
    assert_eq!(shown.matches("If-None-Match: *\n").count(), 3, "{shown}");
}

#[test]
fn a_repeat_is_contrasted_with_the_first_answer_to_its_name() {
    let again = || create(85, 200, b"");
    let told = |first: Operation| repeated(first, again()).contrast;
    let sentence = "At +0.057 n1 answered the same request 412 \"precondition failed\".";
    assert_eq!(told(create(57, 412, b"precondition failed")).as_deref(), Some(sentence));
    assert_eq!(told(create(57, 200, b"")), None, "it was answered alike");
    assert_eq!(told(create(57, 503, b"")), None, "that was no answer to remember");
    let other = Operation { body: Some(Excerpt::new(b"other")), ..create(57, 412, b"") };
    assert_eq!(told(other), None, "it asked for something else");
}

#[test]
fn what_copies_have_in_common_is_told_where_they_are_counted() {
    let copy = |at: u64| with(&[("Idempotency-Key", "t5h8r2d7p4")], request(at, "PUT", "n1", "/kv/copied"));
    let failed = answered(95, "GET", "n1", "/kv/wal:gone", 404, b"");
    let mut story = Story::default();
    for at in 60..68 {
        story = story.operation(copy(at));
    }
    let counted = |story: Story| {
        let card = story
            .operation(failed.clone())
            .card(wrong(failed.clone(), vec![mismatch("status", json!(200), json!(404))]));
        card.led_here.into_iter().find(|row| row.at.is_none()).unwrap().text
    };
    let other = with(&[("Idempotency-Key", "z")], request(69, "PUT", "n1", "/kv/copied"));
    assert_eq!(
        counted(Story { events: story.events.clone(), ..Story::default() }.operation(other)),
        "8 more PUTs, all 200"
    );
    assert_eq!(counted(story), "7 more PUTs, all 200; each with Idempotency-Key: t5h8r2d7p4");
}

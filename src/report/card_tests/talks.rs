//! Conversations: the exchanges that led to a failure, and the two that do not fit each other.

use super::*;

fn job(name: &str) -> Item {
    Item { kind: ItemKind::Job, name: name.into() }
}

/// A command and its answer, 1 ms later.
fn exchange(at: u64, connection: &str, about: &[&str], changes: bool, said: &str, heard: &str) -> Vec<Stamped> {
    let spoken = |at, about: &[&str], changes, what| {
        let about = about.iter().map(|name| job(name)).collect();
        let (connection, node) = (connection.to_owned(), "n1".to_owned());
        let spoken = Spoken { connection, node, when: ms(at), about, changes, given: vec![], what };
        Stamped { at: ms(at), event: Event::Spoken(spoken) }
    };
    let text = |text: &str| Excerpt::new(format!("{text}\r\n").as_bytes());
    let answer = (!heard.is_empty()).then(|| spoken(at + 1, about, false, Speech::Received { text: text(heard) }));
    [spoken(at, about, changes, Speech::Sent { text: text(said) })].into_iter().chain(answer).collect()
}

fn talk(at: u64, mismatches: Vec<Mismatch>, about: Vec<Item>, cause: Option<Cause>) -> What {
    What::Found(Finding::Conversation(Box::new(Conversation {
        connection: "w".into(),
        node: "n1".into(),
        address: "127.0.0.1:24011".into(),
        sent: Excerpt::new(b"reserve\r\n"),
        when: ms(at),
        mismatches,
        about,
        sentence: None,
        cause,
        late: cause.is_some(),
        starved: false,
        unsettled: false,
    })))
}

fn rows(card: &Card) -> Vec<String> {
    let row = |row: &crate::report::trail::Row| {
        let words = [&row.verb, &row.text].into_iter().filter(|word| !word.is_empty());
        let wrong = if row.wrong { " ✗" } else { "" };
        words.map(String::as_str).collect::<Vec<_>>().join(" ") + wrong
    };
    card.led_here.iter().map(row).collect()
}

/// A job is deleted, and many others are put and looked at before it comes back.
fn returned() -> Story {
    let mut story = Story::default();
    story.events.extend(exchange(10, "p", &["7"], true, "put 0 0 60 3", "INSERTED 7"));
    story.events.extend(exchange(20, "w", &["7"], true, "delete 7", "DELETED"));
    for at in 0..30 {
        story.events.extend(exchange(100 + 10 * at, "p", &["8"], true, "put 0 0 60 3", "INSERTED 8"));
        story.events.extend(exchange(105 + 10 * at, "q", &["8"], false, "peek 8", "FOUND 8 3"));
    }
    for at in 0..20 {
        story.events.extend(exchange(500 + 10 * at, "q", &[], false, "stats-tube a", "OK 12"));
    }
    story
}

#[test]
fn what_was_said_about_the_job_is_told_however_long_ago() {
    let mut story = returned();
    story.events.extend(exchange(900, "w", &["7"], true, "reserve", "RESERVED 7 3"));
    let card = story.card(talk(901, vec![mismatch("line", json!("TIMED_OUT"), json!("RESERVED 7 3"))], vec![], None));
    assert_eq!(
        rows(&card),
        [
            "p \"put 0 0 60 3\" → \"INSERTED 7\"",
            "w \"delete 7\" → \"DELETED\"",
            "80 exchanges on p, q",
            "w \"reserve\" → \"RESERVED 7 3\" ✗",
        ]
    );
    assert_eq!(
        card.told,
        ["n1 answered \"delete 7\" with \"DELETED\" at +0.021; 880 ms later n1 answered \"reserve\" with \
             \"RESERVED 7 3\", where \"TIMED_OUT\" was expected."]
    );
}

#[test]
fn an_answer_that_never_came_is_told_with_what_it_waited_for() {
    let story = || {
        let mut story = returned();
        story.events.extend(exchange(900, "w", &[], true, "reserve", ""));
        let ended = Speech::Ended { cause: Cause::TimedOut };
        let spoken = Spoken {
            connection: "w".into(),
            node: "n1".into(),
            when: ms(5900),
            about: vec![],
            changes: false,
            given: vec![],
            what: ended,
        };
        story.events.push(Stamped { at: ms(5900), event: Event::Spoken(spoken) });
        story
    };
    let nothing = || vec![mismatch("line", json!("RESERVED 7 3\r\n"), None)];
    let card = story().card(talk(5900, nothing(), vec![job("7")], Some(Cause::TimedOut)));
    let told = card.told.join(" ");
    assert!(
        told.contains("\"DELETED\" at +0.021; 879 ms later n1 had no answer to \"reserve\": timed out"),
        "{told}"
    );
    assert_eq!(rows(&card).last().unwrap(), "w \"reserve\" → timed out after 5.0 s ✗");
    let card = story().card(talk(5900, nothing(), vec![], Some(Cause::TimedOut)));
    assert!(card.told.is_empty(), "what was to come is about nothing that is known: {:?}", card.told);
}

#[test]
fn what_was_said_of_two_values_is_told_by_name() {
    let put = |at, said: &str, given: &[(&str, &str)]| {
        let given = given.iter().map(|(value, priority)| Given {
            value: (*value).into(),
            arguments: vec![("priority".into(), (*priority).into()), ("delay".into(), "2".into())],
        });
        let mut told = exchange(at, "p", &["7"], true, said, "INSERTED 7");
        let Event::Spoken(spoken) = &mut told[0].event else { panic!() };
        spoken.given = given.collect();
        told
    };
    let card = |puts: &[Vec<Stamped>]| {
        let mut story = Story::default();
        story.events.extend(puts.concat());
        story.events.extend(exchange(80, "w", &["7"], false, "reserve", "RESERVED 7 5"));
        story.card(talk(81, vec![mismatch("line", json!("first"), json!("other"))], vec![], None)).told
    };
    let both = put(10, "put", &[("first", "9"), ("other", "0")]);
    let told = "\"first\" was sent with priority 9, delay 2; \"other\" with priority 0, delay 2.".to_owned();
    let once = card(std::slice::from_ref(&both));
    assert!(once.contains(&told), "{once:?}");
    assert!(!card(&[both, put(20, "put", &[("first", "3")])]).contains(&told), "it was sent in two ways");
    let alike = card(&[put(10, "put", &[("first", "9"), ("other", "9")])]);
    assert!(!alike.iter().any(|told| told.contains("was sent with")), "that decides nothing: {alike:?}");
}

#[test]
fn an_earlier_attempt_of_a_wait_contradicts_nothing() {
    let mut story = returned();
    for at in [600, 650, 700] {
        story.events.extend(exchange(at, "w", &["7"], true, "use a", "RESERVED 7 3"));
    }
    let card = story.card(talk(701, vec![mismatch("line", json!("TIMED_OUT"), json!("RESERVED 7 3"))], vec![], None));
    assert!(card.told[0].starts_with("n1 answered \"delete 7\" with \"DELETED\""), "{:?}", card.told);
}

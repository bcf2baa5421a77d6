//! The page of the format says what is written.

use serde_json::Value;

use super::decode::Content;
use super::index::{FATES, HOLDS};
use super::{Ended, FORMAT_PAGE, Message};

#[test]
fn the_examples_are_lines_of_a_record() {
    let lines: Vec<&str> = FORMAT_PAGE.lines().filter_map(|line| line.strip_prefix("    {")).collect();
    let (mut messages, mut fates) = (0, 0);
    for line in lines {
        let written: Value = serde_json::from_str(&format!("{{{line}")).unwrap();
        let again = if written.get("messages").is_some() {
            continue;
        } else if written.get("fate").is_some() {
            fates += 1;
            serde_json::to_value(serde_json::from_value::<Ended>(written.clone()).unwrap()).unwrap()
        } else {
            messages += 1;
            serde_json::to_value(serde_json::from_value::<Message>(written.clone()).unwrap()).unwrap()
        };
        assert_eq!(again, written);
    }
    assert_eq!((messages, fates), (2, 2));
}

#[test]
fn every_word_is_explained() {
    let contents = [
        Content::HttpRequest { method: String::new(), path: String::new() },
        Content::HttpAnswer { status: 200 },
        Content::Json,
        Content::FramedJson,
        Content::Text,
        Content::Http2,
        Content::Bytes,
        Content::Unrecorded,
    ];
    let contents = contents.map(|content| serde_json::to_value(content).unwrap()["kind"].clone());
    let fates = FATES.map(|fate| serde_json::to_value(fate).unwrap());
    let why = fates.iter().filter_map(|fate| fate.get("why").cloned());
    let fates = fates.iter().map(|fate| fate["fate"].clone());
    let holds = HOLDS.map(|hold| serde_json::to_value(hold).unwrap());
    let page = &FORMAT_PAGE[FORMAT_PAGE.find("- `kind`").unwrap()..];
    let at = |word: &Value| {
        let word = format!("`{}`", word.as_str().unwrap());
        page.find(&word).unwrap_or_else(|| panic!("{word} is not explained"))
    };
    // The numbers of kinds follow the order of the page.
    assert!(contents.iter().map(at).is_sorted());
    for word in fates.chain(why).chain(holds) {
        at(&word);
    }
}

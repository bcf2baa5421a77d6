//! Bytes of every kind and of none, on both ways of a connection.

use proptest::prelude::*;

use super::*;

/// Frames of bytes have no boundaries of their own: neighbours are one.
fn joined(frames: Vec<Frame>) -> Vec<Frame> {
    let mut ways: [Vec<Frame>; 2] = [Vec::new(), Vec::new()];
    for frame in frames {
        let way = &mut ways[usize::from(frame.way == Back)];
        match way.last_mut() {
            Some(last)
                if last.content == frame.content && matches!(frame.content, Content::Bytes | Content::Http2) =>
            {
                last.end = frame.end;
                last.length += frame.length;
                last.body.extend_from_slice(&frame.body);
                last.whole = frame.whole;
            }
            _ => way.push(frame),
        }
    }
    ways.concat()
}

/// The stretches of each way follow each other, from the first byte to the last.
fn cover(frames: &[Frame], said: &Said<'_>) {
    for way in [Forward, Back] {
        let length: usize = said.iter().filter(|(of, _)| *of == way).map(|(_, bytes)| bytes.len()).sum();
        let mut at = 0;
        for frame in frames.iter().filter(|frame| frame.way == way) {
            assert_eq!(frame.start, at, "{frame:?}");
            assert!(frame.end > at);
            at = frame.end;
        }
        assert_eq!(at, length as u64);
    }
}

/// Bytes that look like one of the formats, and mostly are.
fn stretch() -> impl Strategy<Value = Vec<u8>> {
    let text = |text: &str| Just(text.as_bytes().to_vec());
    prop_oneof![
        4 => Just(ASK.to_vec()),
        2 => text("GET /a HTTP/1.1\r\n\r\n"),
        1 => text("HEAD /a HTTP/1.1\nhost: a\n\n"),
        3 => text("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"),
        2 => text("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n"),
        1 => text("HTTP/1.1 100 Continue\r\n\r\n"),
        1 => text("\r\n"),
        3 => text("{\"type\":\"append\",\"entries\":[]}\n"),
        2 => text("put 0 0 60 5\r\nhäll\r\n"),
        2 => Just(b"\0\0\0\x07{\"a\":1}".to_vec()),
        1 => Just(b"\x07\0\0\0{\"a\":1}".to_vec()),
        1 => text("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
        2 => proptest::collection::vec(any::<u8>(), 0..40),
        1 => "\\PC{0,20}".prop_map(String::into_bytes),
    ]
}

fn talk() -> impl Strategy<Value = Vec<(Way, Vec<u8>)>> {
    let way = prop_oneof![Just(Forward), Just(Back)];
    let bytes = prop_oneof![
        // One kind of message over and over, as most connections have it.
        3 => (stretch(), 1..4usize).prop_map(|(bytes, times)| bytes.repeat(times)),
        1 => proptest::collection::vec(stretch(), 1..4).prop_map(|all| all.concat()),
    ];
    proptest::collection::vec((way, bytes), 1..5)
}

/// Runs for less than a second; with `LSFR_FUZZ=50`, fifty times as long.
fn cases() -> u32 {
    let times = std::env::var("LSFR_FUZZ").ok().and_then(|times| times.parse().ok());
    1000 * times.unwrap_or(1)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(cases()))]

    #[test]
    fn any_split_gives_the_same_messages(talk in talk(), cuts in proptest::collection::vec(1..30usize, 0..40)) {
        let said: Vec<(Way, &[u8])> = talk.iter().map(|(way, bytes)| (*way, &bytes[..])).collect();
        let whole = decode(&said);
        cover(&whole, &said);
        let pieces = decode_split(&said, &cuts);
        cover(&pieces, &said);
        let bytewise = decode_split(&said, &[1; 300]);
        prop_assert_eq!(joined(whole.clone()), joined(pieces));
        prop_assert_eq!(joined(whole), joined(bytewise));
    }

    #[test]
    fn nothing_is_shown_as_what_it_is_not(talk in talk()) {
        let said: Vec<(Way, &[u8])> = talk.iter().map(|(way, bytes)| (*way, &bytes[..])).collect();
        let streams = [Forward, Back].map(|way| {
            said.iter().filter(|(of, _)| *of == way).flat_map(|(_, bytes)| bytes.iter().copied()).collect::<Vec<u8>>()
        });
        for frame in decode(&said) {
            let raw = &streams[usize::from(frame.way == Back)][frame.start as usize..frame.end as usize];
            let text = String::from_utf8_lossy(raw);
            match &frame.content {
                Content::HttpRequest { method, path } => {
                    let line = text.trim_start();
                    prop_assert!(line.starts_with(&format!("{method} {path} HTTP/1.")), "{line:?}");
                }
                Content::HttpAnswer { status } => {
                    let line = text.trim_start();
                    prop_assert!(line.starts_with("HTTP/1.") && line[9..].starts_with(&status.to_string()), "{line:?}");
                }
                Content::Json | Content::FramedJson => {
                    let parsed: Result<serde_json::Value, _> = serde_json::from_slice(&frame.body);
                    prop_assert!(parsed.is_ok_and(|json| json.is_object() || json.is_array()));
                    prop_assert!(raw.windows(frame.body.len()).any(|window| window == frame.body));
                }
                Content::Text => prop_assert!(is_text(&frame.body) && raw.starts_with(&frame.body)),
                Content::Bytes | Content::Http2 => prop_assert_eq!(frame.length, frame.end - frame.start),
                Content::Unrecorded => prop_assert!(false, "nothing is missing"),
            }
        }
    }

    #[test]
    fn gaps_are_told_and_never_stop_the_decoder(
        talk in talk(), gaps in proptest::collection::vec((0..6usize, any::<bool>(), 1..200u64), 1..4),
    ) {
        let mut decoder = Decoder::default();
        let (mut frames, mut ends) = (Vec::new(), [0, 0]);
        for (at, (way, bytes)) in talk.iter().enumerate() {
            for (_, back, length) in gaps.iter().filter(|(before, ..)| *before == at) {
                let way = if *back { Back } else { Forward };
                frames.extend(decoder.gap(way, *length));
                ends[usize::from(*back)] += length;
            }
            frames.extend(decoder.bytes(*way, bytes));
            ends[usize::from(*way == Back)] += bytes.len() as u64;
        }
        frames.extend(decoder.end(Forward, true));
        frames.extend(decoder.end(Back, true));
        for (way, end) in [(Forward, ends[0]), (Back, ends[1])] {
            let mut at = 0;
            for frame in frames.iter().filter(|frame| frame.way == way) {
                prop_assert_eq!(frame.start, at);
                at = frame.end;
            }
            prop_assert_eq!(at, end);
        }
    }
}

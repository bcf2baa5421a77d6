//! Whole connections, by example and by property.

mod fuzz;

use super::*;

/// What was said, in order: the way, and the bytes.
type Said<'a> = [(Way, &'a [u8])];
use Way::{Back, Forward};

fn decode(said: &Said<'_>) -> Vec<Frame> {
    decode_split(said, &[])
}

/// Decodes with each part cut at these places, as far as it has them.
fn decode_split(said: &Said<'_>, cuts: &[usize]) -> Vec<Frame> {
    let mut decoder = Decoder::default();
    let mut frames = Vec::new();
    for (way, bytes) in said {
        let mut rest = *bytes;
        for cut in cuts {
            let (piece, after) = rest.split_at((*cut).min(rest.len()));
            frames.extend(decoder.bytes(*way, piece));
            rest = after;
        }
        frames.extend(decoder.bytes(*way, rest));
    }
    frames.extend(decoder.end(Forward, false));
    frames.extend(decoder.end(Back, false));
    frames
}

/// A frame in a line: `> POST /a #0 "body"`.
fn line(frame: &Frame) -> String {
    let way = if frame.way == Forward { '>' } else { '<' };
    let what = match &frame.content {
        Content::HttpRequest { method, path } => format!("{method} {path}"),
        Content::HttpAnswer { status } => status.to_string(),
        other => format!("{other:?}"),
    };
    let exchange = frame.exchange.map(|exchange| format!(" #{exchange}")).unwrap_or_default();
    let short = if frame.whole { "" } else { " cut" };
    format!("{way} {what}{exchange}{short} {}:{:?}", frame.length, String::from_utf8_lossy(&frame.body))
}

fn lines(said: &Said<'_>) -> Vec<String> {
    decode(said).iter().map(line).collect()
}

const ASK: &[u8] = b"POST /raft/vote HTTP/1.1\r\nHost: n2\r\nContent-Length: 10\r\n\r\n{\"term\":2}";

/// An answer with this head, and what is behind it.
fn answer(rest: &str) -> Vec<String> {
    let mut all = lines(&[(Forward, ASK), (Back, rest.as_bytes())]);
    assert_eq!(all.remove(0), "> POST /raft/vote #0 10:\"{\\\"term\\\":2}\"");
    all
}

#[test]
fn requests_and_answers_are_paired() {
    let get = b"GET /a?b=c HTTP/1.1\r\nHost: n2\r\n\r\nHEAD /d HTTP/1.1\r\n\r\n";
    let answers = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhiHTTP/1.1 404 No\r\nContent-Length: 9\r\n\r\n";
    let frames = decode(&[(Forward, get), (Back, answers)]);
    let shown: Vec<String> = frames.iter().map(line).collect();
    assert_eq!(shown, ["> GET /a?b=c #0 0:\"\"", "> HEAD /d #1 0:\"\"", "< 200 #0 2:\"hi\"", "< 404 #1 0:\"\""]);
    assert_eq!(frames[0].head, b"GET /a?b=c HTTP/1.1\r\nHost: n2");
    assert_eq!((frames[2].start, frames[2].end, frames[3].start), (0, 40, 40));
}

#[test]
fn interim_answers_leave_the_request_waiting() {
    let all = answer("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early\r\nLink: x\r\n\r\nHTTP/1.1 204 Done\r\n\r\n");
    assert_eq!(all, ["< 100 #0 0:\"\"", "< 103 #0 0:\"\"", "< 204 #0 0:\"\""]);
}

#[test]
fn bodies_have_the_length_that_their_headers_say() {
    let chunked = "HTTP/1.1 200 OK\r\nContent-Length: 3\r\nTransfer-Encoding: gzip, chunked\r\n\r\n";
    let last = "HTTP/1.1 500 X\r\nContent-Length: 0\r\n\r\n";
    let all = answer(&format!("{chunked}5;ext=1\r\nhello\r\n0\r\nX-T: 1\r\n\r\n{last}"));
    assert_eq!(all, ["< 200 #0 5:\"hello\"", "< 500 0:\"\""]);
    assert_eq!(answer("HTTP/1.0 200 OK\r\n\r\nall of it"), ["< 200 #0 9:\"all of it\""]);
    assert_eq!(answer("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\npart"), ["< 200 #0 cut 4:\"part\""]);
    assert_eq!(answer("HTTP/1.1 200 OK\r\nContent-Length: 1, 1\r\n\r\na"), ["< 200 #0 1:\"a\""]);
}

#[test]
fn odd_servers_are_understood() {
    let folded = "HTTP/1.1 200 OK\r\nX-Note: one\r\n\ttwo\r\nContent-Length : 2\r\n\r\nhi";
    assert_eq!(answer(folded), ["< 200 #0 2:\"hi\""]);
    let many: String = (0..120).map(|number| format!("X-H{number}: {number}\r\n")).collect();
    assert_eq!(answer(&format!("HTTP/1.1 200 OK\r\n{many}Content-Length: 2\r\n\r\nhi")), ["< 200 #0 2:\"hi\""]);
    assert_eq!(answer("HTTP/1.1 200\nContent-Length: 2\n\nhi"), ["< 200 #0 2:\"hi\""]);
    let blank_between =
        "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi\r\nHTTP/1.1 201 OK\r\nContent-Length: 0\r\n\r\n";
    assert_eq!(answer(blank_between), ["< 200 #0 2:\"hi\"", "< 201 0:\"\""]);
    assert_eq!(answer("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi\r\n")[1], "< Bytes 2:\"\\r\\n\"");
    let latin_1: &[u8] = b"HTTP/1.1 200 OK\r\nX-Name: caf\xe9\r\nContent-Length: 2\r\n\r\nhi";
    assert_eq!(lines(&[(Forward, ASK), (Back, latin_1)])[1], "< 200 #0 2:\"hi\"");
    let headless = answer("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nhi");
    assert_eq!(headless, ["< Bytes cut 38:\"HTTP/1.1 200 OK\\r\\nContent-Length: 2\\r\\nhi\""]);
}

#[test]
fn what_turns_out_not_to_be_http_is_bytes_from_there_on() {
    assert_eq!(answer("HTTP/2 200\r\nContent-Length: 0\r\n\r\n")[0], "< Text 10:\"HTTP/2 200\"");
    let short = "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nhiHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";
    let all = answer(short);
    assert_eq!((all.len(), &*all[0]), (2, "< 200 #0 1:\"h\""));
    assert!(all[1].starts_with("< Bytes 39:\"iHTTP/1.1 200"), "{}", all[1]);
    let contradiction = "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\na";
    assert!(answer(contradiction)[0].starts_with("< Bytes 58:"));
    let chunks = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\nzzz";
    assert!(answer(chunks)[0].starts_with("< Bytes 57:\"HTTP/1.1 200 OK"), "{:?}", answer(chunks));
}

#[test]
fn what_a_connection_is_upgraded_to_is_bytes_both_ways() {
    let said: [(Way, &[u8]); 4] = [
        (Forward, b"GET /ws HTTP/1.1\r\nUpgrade: websocket\r\n\r\n"),
        (Back, b"HTTP/1.1 101 Switching\r\n\r\nGET / HTTP/1.1\r\n\r\n"),
        (Forward, b"GET / HTTP/1.1\r\n\r\n"),
        (Back, b"\x81\x02hi"),
    ];
    let kinds: Vec<Content> = decode(&said).into_iter().skip(2).map(|frame| frame.content).collect();
    assert_eq!(kinds, [Content::Bytes, Content::Bytes, Content::Bytes]);
}

#[test]
fn lines_are_json_or_text() {
    let said: [(Way, &[u8]); 2] =
        [(Forward, b"{\"type\":\"vote\"}\nput 0 0 5\r\n[1]\r\n"), (Back, b"+OK\n{\"a\":1\n{\"last\":true}")];
    assert_eq!(
        lines(&said),
        [
            "> Json 15:\"{\\\"type\\\":\\\"vote\\\"}\"",
            "> Text 9:\"put 0 0 5\"",
            "> Json 3:\"[1]\"",
            "< Text 3:\"+OK\"",
            "< Text 6:\"{\\\"a\\\":1\"",
            "< Json 13:\"{\\\"last\\\":true}\"",
        ]
    );
    assert_eq!(lines(&[(Forward, b"one\ntw")]), ["> Text 3:\"one\"", "> Text cut 2:\"tw\""]);
    assert_eq!(lines(&[(Forward, b"one\nt\0o\nthree\n")]), ["> Text 3:\"one\"", "> Bytes 10:\"t\\0o\\nthree\\n\""]);
}

#[test]
fn json_without_an_end_is_a_message_once_it_is_answered() {
    let said: [(Way, &[u8]); 4] =
        [(Forward, b"{\"a\":1}"), (Back, b"{\"b\":2}"), (Forward, b"{\"a\":3}"), (Back, b"{\"b\":4}")];
    let kinds: Vec<Content> = decode(&said).into_iter().map(|frame| frame.content).collect();
    assert_eq!(kinds, [Content::Json, Content::Json, Content::Json, Content::Json]);
}

#[test]
fn json_behind_lengths_is_found_whatever_the_lengths_look_like() {
    for prefix in [&[0, 7][..], &[0, 0, 0, 7], &[7, 0, 0, 0], &[0, 0, 0, 0, 0, 0, 0, 7]] {
        let one = [prefix, b"{\"a\":1}"].concat();
        let all = lines(&[(Forward, &one.repeat(2))]);
        assert_eq!(all, ["> FramedJson 7:\"{\\\"a\\\":1}\""; 2], "{prefix:?}");
        let then = [&one[..], prefix, b"{\"a\":1)"].concat();
        let all = decode(&[(Forward, &then)]);
        assert_eq!(all[1].content, Content::Bytes, "{prefix:?}");
    }
}

#[test]
fn http2_is_named_and_not_decoded() {
    let preface = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0";
    let said: [(Way, &[u8]); 2] = [(Forward, preface), (Back, b"\0\0\0\x04\0\0\0\0\0")];
    let kinds: Vec<Content> = decode(&said).into_iter().map(|frame| frame.content).collect();
    assert_eq!(kinds, [Content::Http2, Content::Http2]);
}

#[test]
fn other_bytes_are_as_long_as_they_came() {
    assert_eq!(lines(&[(Forward, b"\x01\x02ab")]), ["> Bytes 4:\"\\u{1}\\u{2}ab\""]);
    let long = vec![b'a'; LONGEST + 1];
    let all = decode(&[(Forward, &long)]);
    assert_eq!((all.len(), &all[0].content, all[0].length), (1, &Content::Bytes, long.len() as u64));
    assert_eq!(all[0].body.len(), SHOWN);
}

#[test]
fn a_long_body_keeps_its_beginning_and_its_length() {
    let body = vec![b'x'; 200_000];
    let head = format!("PUT /big HTTP/1.1\r\nContent-Length: {}\r\n\r\n", body.len());
    let all = decode(&[(Forward, &[head.as_bytes(), &body].concat())]);
    assert_eq!((all.len(), all[0].length, all[0].body.len(), all[0].whole), (1, 200_000, SHOWN, true));
}

#[test]
fn a_gap_within_a_body_harms_nothing_else() {
    let mut decoder = Decoder::default();
    let mut all = decoder.bytes(Forward, b"PUT /a HTTP/1.1\r\nContent-Length: 100\r\n\r\n{\"a\":");
    all.extend(decoder.gap(Forward, 90));
    all.extend(decoder.bytes(Forward, b"bcde}GET /b HTTP/1.1\r\n\r\n"));
    let shown: Vec<String> = all.iter().map(line).collect();
    assert_eq!(shown, ["> PUT /a #0 100:\"{\\\"a\\\":\"", "> GET /b #1 0:\"\""]);
    assert_eq!(all[0].shape, None);
}

#[test]
fn after_a_gap_http_is_found_again_and_no_longer_paired() {
    let mut decoder = Decoder::default();
    let mut all = decoder.bytes(Forward, b"PUT /a HTTP/1.1\r\nConte");
    all.extend(decoder.gap(Forward, 30));
    all.extend(decoder.bytes(Forward, b"the rest of a body"));
    all.extend(decoder.bytes(Forward, b"GET /b HTTP/1.1\r\n\r\n"));
    all.extend(decoder.bytes(Back, b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi"));
    let shown: Vec<String> = all.iter().map(line).collect();
    let unrecorded = "> Unrecorded cut 52:\"PUT /a HTTP/1.1\\r\\nConte\"";
    assert_eq!(shown, [unrecorded, "> Unrecorded cut 18:\"\"", "> GET /b 0:\"\"", "< 200 2:\"hi\""]);
}

#[test]
fn after_a_gap_lines_go_on_with_the_next_one() {
    let mut decoder = Decoder::default();
    let mut all = decoder.bytes(Forward, b"one\ntw");
    all.extend(decoder.gap(Forward, 10));
    all.extend(decoder.bytes(Forward, b"middle"));
    all.extend(decoder.bytes(Forward, b" end\nlast\n"));
    let shown: Vec<String> = all.iter().map(line).collect();
    assert_eq!(
        shown,
        [
            "> Text 3:\"one\"",
            "> Unrecorded cut 12:\"tw\"",
            "> Unrecorded cut 6:\"\"",
            "> Unrecorded cut 5:\"\"",
            "> Text 4:\"last\""
        ]
    );
}

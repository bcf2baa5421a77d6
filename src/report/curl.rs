//! A request as a command that can be pasted into any POSIX shell and sends the same bytes: `curl` for HTTP, `printf`
//! and `nc` for what was sent on a connection.

use serde::{Deserialize, Serialize};
use unicode_width::UnicodeWidthChar;

use super::visible::quote;
use crate::facts::{Answered, Cause, Conversation, Excerpt, Operation};
use crate::text::{clean, shell_quote};

/// The request that failed, to be made again by hand.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Request {
    pub node: String,
    pub method: String,
    pub path: String,
    pub curl: String,
    /// What the command cannot hold.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// A command as one line that can be pasted.
pub fn command_line(words: &[String]) -> String {
    words.iter().map(|each| word(each)).collect::<Vec<_>>().join(" ")
}

/// A word for the shell.
pub fn word(text: &str) -> String {
    // `=` needs quotes only in the first word, where it would assign, and at the start, where zsh expands it.
    let option = text.starts_with('-') && text.chars().all(|c| c.is_ascii_alphanumeric() || "-_./:=,@+".contains(c));
    if option {
        return text.to_owned();
    }
    // Only a NUL cannot be written, and no argument or path can contain one.
    shell_quote(text).unwrap_or_else(|_| quoted(&clean(text)))
}

/// Headers that curl sets itself, or that only lsfr's connection needs.
const OWN: [&str; 8] = [
    "host",
    "content-length",
    "content-type",
    "connection",
    "accept",
    "accept-encoding",
    "user-agent",
    "transfer-encoding",
];

/// Whether every request has it.
pub(super) fn is_own(header: &str) -> bool {
    OWN.iter().any(|own| header.eq_ignore_ascii_case(own))
}

impl Request {
    pub fn from_operation(operation: &Operation) -> Self {
        // A redirect that could not be followed is best shown by itself.
        let stuck = matches!(
            operation.result,
            Answered::NoAnswer { cause: Cause::TooManyRedirects | Cause::ForeignRedirect, .. }
        );
        let first = operation.hops.first().filter(|_| !stuck);
        let (address, path) = first.map_or((&operation.address, &operation.path), |hop| (&hop.address, &hop.path));
        let mut words: Vec<String> = vec!["curl".into()];
        words.extend(first.map(|_| "-L".to_owned()));
        match operation.method.as_str() {
            "HEAD" => words.push("-I".into()),
            "GET" => words.push("-i".into()),
            method => words.extend(["-i".into(), "-X".into(), word(method)]),
        }
        if path.contains(['[', ']', '{', '}']) {
            words.push("--globoff".into());
        }
        if path.split(['/', '?']).any(|part| part == "." || part == "..") {
            words.push("--path-as-is".into());
        }
        for (name, value) in &operation.headers {
            if !is_own(name) {
                words.extend(["-H".into(), word(&format!("{name}: {value}"))]);
            }
        }
        let (mut before, mut note) = (String::new(), None);
        if let Some(body) = &operation.body {
            words.extend(["-H".into(), word(&format!("Content-Type: {}", content_type(operation)))]);
            let data = Data::new(body);
            match data {
                Data::Inline(text) => words.extend([data_option(text).into(), quoted(text)]),
                Data::Printed(text) => {
                    before = format!("printf {} | ", printf_quote(text));
                    words.extend(["--data-binary".into(), "@-".into()]);
                }
                Data::File(file) => words.extend(["--data-binary".into(), word(&format!("@{file}"))]),
                Data::Lost => {
                    words.extend(["--data-binary".into(), "@BODY".into()]);
                    note = Some(format!(
                        "BODY stands for a file with the {} bytes that were sent, too many to paste. They begin with {}.",
                        body.bytes,
                        quote(&body.text.chars().take(24).collect::<String>())
                    ));
                }
            }
        }
        words.push(word(&format!("http://{address}{path}")));
        Self {
            node: operation.node.clone(),
            method: operation.method.clone(),
            path: operation.path.clone(),
            curl: before + &words.join(" "),
            note,
        }
    }
}

impl Request {
    /// Everything that was sent on a connection, sent again in one go.
    pub fn from_conversation(talk: &Conversation) -> Self {
        let to = talk.address.replace(':', " ");
        let (curl, note) = match Data::new(&talk.sent) {
            _ if talk.sent.bytes == 0 => (format!("nc {to}"), None),
            Data::Inline(text) | Data::Printed(text) => (format!("printf {} | nc {to}", printf_quote(text)), None),
            Data::File(file) => (format!("nc {to} < {}", word(file)), None),
            Data::Lost => {
                let note = format!(
                    "SENT stands for a file with the {} bytes that were sent, too many to paste.",
                    talk.sent.bytes
                );
                (format!("nc {to} < SENT"), Some(note))
            }
        };
        Self { node: talk.node.clone(), method: "tcp".to_owned(), path: talk.connection.clone(), curl, note }
    }
}

/// How the bytes of a body get into the command.
enum Data<'a> {
    Inline(&'a str),
    /// With escapes, through `printf`: NUL and control characters survive no argument.
    Printed(&'a str),
    File(&'a str),
    Lost,
}

impl<'a> Data<'a> {
    /// A body longer than this reads better from a file, if there is one, than as an argument.
    const LONG: usize = 200;

    fn new(body: &'a Excerpt) -> Self {
        // A body that is not UTF-8 has replacement characters, which are longer than what they replace.
        let exact = body.is_whole() && body.text.len() == body.bytes;
        match &body.file {
            Some(file) if !exact || body.bytes > Self::LONG => Data::File(file),
            _ if !exact => Data::Lost,
            _ if body.text.chars().all(is_plain) => Data::Inline(&body.text),
            _ => Data::Printed(&body.text),
        }
    }
}

fn is_plain(c: char) -> bool {
    c == ' ' || (c.width().is_some_and(|width| width > 0) && !c.is_whitespace())
}

/// `--data-binary` would take what follows an `@` for a file's name.
fn data_option(text: &str) -> &'static str {
    if text.starts_with('@') { "--data-raw" } else { "--data-binary" }
}

/// Always in quotes, so that one sees where the body begins and ends.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}

fn printf_quote(text: &str) -> String {
    let mut out = String::from("'");
    for (at, c) in text.chars().enumerate() {
        match c {
            '%' => out.push_str("%%"),
            '\\' => out.push_str("\\\\"),
            '\'' => out.push_str(r"'\''"),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            '\r' => out.push_str("\\r"),
            // printf would take it for an option.
            '-' if at == 0 => out.push_str("\\055"),
            c if is_plain(c) => out.push(c),
            c => {
                let mut bytes = [0; 4];
                for byte in c.encode_utf8(&mut bytes).bytes() {
                    out.push_str(&format!("\\{byte:03o}"));
                }
            }
        }
    }
    out.push('\'');
    out
}

fn content_type(operation: &Operation) -> &str {
    let given = operation.headers.iter().find(|(name, _)| name.eq_ignore_ascii_case("content-type"));
    match given.map(|(_, value)| value.as_str()) {
        None | Some("text/plain; charset=utf-8") => "text/plain",
        Some(other) => other,
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn operation(method: &str, path: &str, body: Option<&[u8]>) -> Operation {
        Operation {
            id: None,
            node: "n1".into(),
            address: "127.0.0.1:24011".into(),
            method: method.into(),
            path: path.into(),
            headers: vec![("Content-Type".into(), "text/plain; charset=utf-8".into())],
            body: body.map(Excerpt::new),
            hops: Vec::new(),
            called: Duration::ZERO,
            took: Duration::ZERO,
            result: Answered::NoAnswer { cause: Cause::Refused, detail: String::new(), part: None, starved: false },
        }
    }

    fn curl(method: &str, path: &str, body: Option<&[u8]>) -> String {
        Request::from_operation(&operation(method, path, body)).curl
    }

    #[test]
    fn each_kind_of_request_can_be_pasted() {
        let cases = [
            (curl("GET", "/kv/a:b", None), "curl -i http://127.0.0.1:24011/kv/a:b"),
            (curl("HEAD", "/kv/a", None), "curl -I http://127.0.0.1:24011/kv/a"),
            (curl("DELETE", "/kv/a", None), "curl -i -X DELETE http://127.0.0.1:24011/kv/a"),
            (curl("GET", "/kv/a?read=local&x=1", None), "curl -i 'http://127.0.0.1:24011/kv/a?read=local&x=1'"),
            (
                curl("PUT", "/kv/a", Some(b"it's")),
                r"curl -i -X PUT -H 'Content-Type: text/plain' --data-binary 'it'\''s' http://127.0.0.1:24011/kv/a",
            ),
            (
                curl("PUT", "/kv/", Some(b"")),
                "curl -i -X PUT -H 'Content-Type: text/plain' --data-binary '' http://127.0.0.1:24011/kv/",
            ),
            (
                curl("PUT", "/kv/a", Some(b"@home")),
                "curl -i -X PUT -H 'Content-Type: text/plain' --data-raw '@home' http://127.0.0.1:24011/kv/a",
            ),
            (
                curl("PUT", "/kv/a", Some(b"-5%\0\n'")),
                r"printf '\0555%%\000\n'\''' | curl -i -X PUT -H 'Content-Type: text/plain' --data-binary @- http://127.0.0.1:24011/kv/a",
            ),
        ];
        for (got, wanted) in cases {
            assert_eq!(got, wanted);
        }
    }

    #[test]
    fn options_and_addresses_stay_readable() {
        let words = ["./run.sh", "--port=24011", "--peers=n2=127.0.0.1:1,n3=127.0.0.1:2", "--working-dir=/a b/n1"];
        assert_eq!(
            command_line(&words.map(String::from)),
            "./run.sh --port=24011 --peers=n2=127.0.0.1:1,n3=127.0.0.1:2 '--working-dir=/a b/n1'"
        );
    }

    #[test]
    fn long_bodies_come_from_their_file_or_say_that_they_cannot_be_pasted() {
        let mut long = operation("PUT", "/kv/a", Some("x".repeat(5000).as_bytes()));
        let request = Request::from_operation(&long);
        assert!(request.curl.contains("--data-binary @BODY "), "{}", request.curl);
        assert_eq!(
            request.note.as_deref(),
            Some(
                "BODY stands for a file with the 5000 bytes that were sent, too many to paste. They begin with \"xxxxxxxxxxxxxxxxxxxxxxxx\"."
            )
        );
        if let Some(body) = &mut long.body {
            body.file = Some(".lsfr/runs/a b/bodies/1".into());
        }
        let request = Request::from_operation(&long);
        assert!(request.curl.contains("--data-binary '@.lsfr/runs/a b/bodies/1' "), "{}", request.curl);
        assert_eq!(request.note, None);
    }

    #[test]
    fn a_shell_prints_the_same_bytes() {
        let text = "100% \\n 'x' \0\u{1}7\u{202e}é\r\n\t-";
        let output = std::process::Command::new("sh")
            .arg("-c")
            .arg(format!("printf {}", printf_quote(text)))
            .output()
            .unwrap();
        assert_eq!(output.stdout, text.as_bytes());
    }

    #[test]
    fn a_conversation_is_said_again_through_nc() {
        let said = |sent: &[u8]| {
            let talk = Conversation {
                connection: "p".into(),
                node: "n1".into(),
                address: "127.0.0.1:24011".into(),
                sent: Excerpt::new(sent),
                when: Duration::ZERO,
                mismatches: Vec::new(),
                about: Vec::new(),
                sentence: None,
                cause: None,
                late: false,
                starved: false,
                unsettled: false,
            };
            Request::from_conversation(&talk).curl
        };
        assert_eq!(said(b"put 0 0 1 2\r\n%\0\r\n"), r"printf 'put 0 0 1 2\r\n%%\000\r\n' | nc 127.0.0.1 24011");
        assert_eq!(said(b""), "nc 127.0.0.1 24011");
        assert_eq!(said(&[b'x'; 5000]), "nc 127.0.0.1 24011 < SENT");
    }
}

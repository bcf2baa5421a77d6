//! A run as JSON, one object a line: every event as it is, and each failure card after the end of its test.

use std::fmt::Write as _;
use std::io::Write;

use serde::Serialize;

use super::Reporter;
use super::card::Card;
use super::run_state::RunState;
use crate::facts::Stamped;
use crate::text::is_invisible;

pub struct JsonLines<W> {
    out: W,
    /// The reader has gone: the run goes on without it.
    gone: bool,
}

/// A card among the events: `{"event":"card", …}`.
#[derive(Serialize)]
struct CardLine<'a> {
    event: &'static str,
    #[serde(flatten)]
    card: &'a Card,
}

impl<W: Write> JsonLines<W> {
    pub fn new(out: W) -> Self {
        Self { out, gone: false }
    }

    fn line(&mut self, value: &impl Serialize) {
        if self.gone {
            return;
        }
        // One write a line, so that lines of two programs on one pipe do not mix. Events hold nothing that JSON
        // cannot say.
        let Ok(line) = serde_json::to_string(value) else { return };
        let line = escaped(&line) + "\n";
        self.gone = self.out.write_all(line.as_bytes()).and_then(|()| self.out.flush()).is_err();
    }
}

/// The same JSON, with escapes for the invisible characters that JSON allows unescaped and that change how a terminal
/// shows it.
fn escaped(json: &str) -> String {
    let mut out = String::with_capacity(json.len());
    for c in json.chars() {
        // All of these have four digits. They occur only inside strings.
        if is_invisible(c) || c == '\u{7f}' {
            let _ = write!(out, "\\u{:04x}", u32::from(c));
        } else {
            out.push(c);
        }
    }
    out
}

impl<W: Write + Send> Reporter for JsonLines<W> {
    fn event(&mut self, stamped: &Stamped, _: &RunState) {
        self.line(stamped);
    }

    fn card(&mut self, card: &Card) {
        self.line(&CardLine { event: "card", card });
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use serde_json::Value;

    use super::*;
    use crate::facts::{Event, Outcome};

    #[test]
    fn what_nobody_sees_is_escaped_and_read_back() {
        let text = "a\u{202e}b\u{9b}c\u{7f}d\u{1b}é世";
        let line = escaped(&serde_json::to_string(text).unwrap());
        assert_eq!(line, r#""a\u202eb\u009bc\u007fd\u001bé世""#);
        assert_eq!(serde_json::from_str::<String>(&line).unwrap(), text);
    }

    #[test]
    fn each_line_is_one_object_and_says_what_it_is() {
        let mut json = JsonLines::new(Vec::new());
        let ended = Event::RunEnded { outcome: Outcome::Failed, took: Duration::from_secs(2) };
        json.card(&Card::example("crash-recovery", "Deletes\nsurvive", &[]));
        json.event(&Stamped { at: Duration::from_millis(1500), event: ended }, &RunState::default());
        let text = String::from_utf8(json.out).unwrap();
        let lines: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        assert_eq!(lines.len(), 2);
        assert_eq!(lines[0]["event"], "card");
        assert_eq!(lines[0]["test"], "Deletes\nsurvive");
        assert_eq!(lines[1]["event"], "run_ended");
        assert_eq!(lines[1]["at"], 1.5);
        assert_eq!(lines[1]["outcome"]["outcome"], "failed");
    }
}

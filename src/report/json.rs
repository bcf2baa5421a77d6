//! A run as JSON, one object a line: every event as it is, and each failure card after the end of its test.

use std::io::Write;

use serde::Serialize;

use super::Reporter;
use super::card::Card;
use crate::runner::event::Stamped;

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
        let Ok(mut line) = serde_json::to_vec(value) else { return };
        line.push(b'\n');
        self.gone = self.out.write_all(&line).and_then(|()| self.out.flush()).is_err();
    }
}

impl<W: Write + Send> Reporter for JsonLines<W> {
    fn event(&mut self, stamped: &Stamped) {
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
    use crate::runner::event::{Event, Outcome};

    #[test]
    fn each_line_is_one_object_and_says_what_it_is() {
        let mut json = JsonLines::new(Vec::new());
        let ended = Event::RunEnded { outcome: Outcome::Failed, took: Duration::from_secs(2) };
        json.card(&Card::example("crash-recovery", "Deletes\nsurvive", &[]));
        json.event(&Stamped { at: Duration::from_millis(1500), event: ended });
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

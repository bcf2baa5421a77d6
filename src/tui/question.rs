//! Asking the terminal for its colours, at a time when nobody else can get the answer.
//!
//! The first frame waits for nothing: it is drawn in the colours of last time ([`super::memory`]). Then the terminal is
//! asked, and again when its window gets the focus: it may have turned from dark to light meanwhile. An editor or a
//! shell that had the terminal next would take the answer for keys. So an open question is waited for before the
//! terminal is lent, for a moment; and after it was lent, what somebody else asked is answered first.

use std::time::{Duration, Instant};

use super::answers::Said;
use super::theme::colour::Rgb;
use super::theme::ground::Ground;

/// What kind of terminal it is, the colour of its text and that of its background.
///
/// Terminals answer in order. The first answer ends in `c`, which ends whatever else crossterm is still waiting for, and
/// crossterm keeps it to itself: the last one says that it has come. With BEL at the end, since urxvt leaves out half of
/// the other end when it answers that.
pub(super) const QUESTION: &[u8] = b"\x1b[c\x1b]10;?\x07\x1b]11;?\x07";

/// After the terminal was lent, until it is asked.
const QUIET: Duration = Duration::from_millis(200);
/// How long an answer is waited for before the terminal is lent.
const PATIENCE: Duration = Duration::from_millis(100);
/// After this long, most probably no answer will come.
const FORGOTTEN: Duration = Duration::from_secs(1);

#[derive(Debug)]
pub(super) struct Question {
    /// The answer would change anything.
    matters: bool,
    /// When to ask.
    due: Option<Instant>,
    /// When it was asked what has not been answered.
    asked: Option<Instant>,
    quiet: Option<Instant>,
    /// The first half of an answer.
    text: Option<Rgb>,
}

impl Question {
    pub(super) fn new(matters: bool) -> Question {
        Question { matters, due: None, asked: None, quiet: None, text: None }
    }

    /// The answer may be another now.
    pub(super) fn ask_again(&mut self, now: Instant) {
        if self.matters && !self.is_open(now) {
            self.due = Some(self.quiet.map_or(now, |quiet| quiet.max(now)));
        }
    }

    pub(super) fn due(&self) -> Option<Instant> {
        self.due
    }

    pub(super) fn asked(&mut self, now: Instant) {
        (self.due, self.asked, self.text) = (None, Some(now), None);
    }

    /// Takes an answer; after the last one it is known what the terminal draws on.
    pub(super) fn hear(&mut self, said: Said) -> Option<Ground> {
        match said {
            Said::Text(text) => {
                self.text = Some(text);
                None
            }
            Said::Background(background) => {
                self.asked = None;
                Some(Ground::seen(background, self.text.take()))
            }
        }
    }

    /// Whether an answer may still come.
    pub(super) fn is_open(&self, now: Instant) -> bool {
        self.asked.is_some_and(|asked| now < asked + FORGOTTEN)
    }

    /// Until when an answer is to be waited for before somebody else has the terminal. Nothing is asked until then.
    pub(super) fn patience(&mut self, now: Instant) -> Option<Instant> {
        self.due = None;
        self.is_open(now).then(|| now + PATIENCE)
    }

    /// Somebody else had the terminal.
    pub(super) fn taken_back(&mut self, now: Instant) {
        (self.asked, self.quiet) = (None, Some(now + QUIET));
        self.ask_again(now);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TICK: Duration = Duration::from_millis(1);

    #[test]
    fn it_is_asked_once_until_it_is_answered() {
        let now = Instant::now();
        let mut question = Question::new(true);
        assert_eq!(question.due(), None);
        question.ask_again(now);
        assert_eq!(question.due(), Some(now));
        question.asked(now);
        question.ask_again(now + TICK);
        assert_eq!(question.due(), None, "it is open");
        assert_eq!(question.hear(Said::Text(Rgb::BLACK)), None);
        assert!(question.is_open(now + TICK));
        let ground = question.hear(Said::Background(Rgb::WHITE));
        assert_eq!(ground, Some(Ground::seen(Rgb::WHITE, Some(Rgb::BLACK))));
        assert!(!question.is_open(now + TICK));
        question.ask_again(now + TICK);
        assert_eq!(question.due(), Some(now + TICK));
        // Half of an earlier answer does not count.
        question.hear(Said::Text(Rgb::BLACK));
        question.asked(now + TICK);
        assert_eq!(question.hear(Said::Background(Rgb::WHITE)), Some(Ground::seen(Rgb::WHITE, None)));
    }

    #[test]
    fn a_terminal_that_never_answers_is_not_waited_for_twice() {
        let now = Instant::now();
        let mut question = Question::new(true);
        question.asked(now);
        assert_eq!(question.patience(now + TICK), Some(now + TICK + PATIENCE));
        assert_eq!(question.patience(now + FORGOTTEN), None);
        question.ask_again(now + FORGOTTEN);
        assert_eq!(question.due(), Some(now + FORGOTTEN));
        // It is lent, and nothing is asked meanwhile.
        assert_eq!(question.patience(now + FORGOTTEN), None);
        assert_eq!(question.due(), None);
    }

    #[test]
    fn what_somebody_else_asked_is_answered_first() {
        let now = Instant::now();
        let mut question = Question::new(true);
        question.asked(now);
        question.taken_back(now + TICK);
        assert_eq!(question.due(), Some(now + TICK + QUIET));
        question.ask_again(now + TICK * 2);
        assert_eq!(question.due(), Some(now + TICK + QUIET));
        question.ask_again(now + QUIET * 2);
        assert_eq!(question.due(), Some(now + QUIET * 2));
    }

    #[test]
    fn it_is_not_asked_what_changes_nothing() {
        let mut question = Question::new(false);
        question.ask_again(Instant::now());
        question.taken_back(Instant::now());
        assert_eq!(question.due(), None);
    }
}

//! The help: every action with its keys, searched by typing; enter runs the one under the cursor.

use crossterm::event::KeyEvent;

use super::action::{Action, Entry, TABLE};
use super::fuzzy::{Fit, fit};
use super::input::{Edit, LineInput};
use super::keymap::Keymap;
use super::scroll::Scroll;

#[derive(Debug, Default)]
pub struct Help {
    pub input: LineInput,
    /// Which of the matching entries the cursor is on.
    pub cursor: usize,
}

impl Help {
    /// The entries that fit all the words that were typed, by name, text or key: the best first, and those that fit alike
    /// in the order of the table. Without words all of them.
    pub fn entries(&self, keymap: &Keymap) -> Vec<&'static Entry> {
        let typed = self.input.text().trim();
        let wanted = typed.to_lowercase();
        let fits = |entry: &'static Entry| {
            let keys: Vec<String> = keymap.keys(entry.action).iter().map(ToString::to_string).collect();
            // `r` and `R` are two keys.
            if keys.iter().any(|key| key == typed) {
                return Some((Fit::Key, entry));
            }
            let texts = [entry.name, entry.help, entry.group.title(), &keys.join(" ")].map(str::to_lowercase);
            let best = |word| texts.iter().filter_map(|text| fit(word, text)).min();
            // All of the words have to fit; the one that does so worst says how well.
            let mut worst = Fit::Key;
            for word in wanted.split_whitespace() {
                worst = worst.max(best(word)?);
            }
            Some((worst, entry))
        };
        let mut found: Vec<(Fit, &'static Entry)> = TABLE.iter().filter_map(fits).collect();
        found.sort_by_key(|(fit, _)| *fit);
        found.into_iter().map(|(_, entry)| entry).collect()
    }

    /// Something was typed: what fits best comes first, whichever group it is of.
    pub fn searches(&self) -> bool {
        !self.input.text().trim().is_empty()
    }

    pub fn chosen(&self, keymap: &Keymap) -> Option<Action> {
        self.entries(keymap).get(self.cursor).map(|entry| entry.action)
    }

    pub fn key(&mut self, event: &KeyEvent, keymap: &Keymap) {
        use crossterm::event::KeyCode;
        match event.code {
            KeyCode::Up => self.scroll(Scroll::Up(1), keymap),
            KeyCode::Down => self.scroll(Scroll::Down(1), keymap),
            KeyCode::PageUp => self.scroll(Scroll::PageUp, keymap),
            KeyCode::PageDown => self.scroll(Scroll::PageDown, keymap),
            _ => {
                if self.input.key(event) == Edit::Changed {
                    self.cursor = 0;
                }
            }
        }
    }

    pub fn paste(&mut self, text: &str) {
        self.input.paste(text);
        self.cursor = 0;
    }

    pub fn scroll(&mut self, by: Scroll, keymap: &Keymap) {
        const PAGE: usize = 10;
        let last = self.entries(keymap).len().saturating_sub(1);
        self.cursor = match by {
            Scroll::Up(rows) => self.cursor.saturating_sub(rows),
            Scroll::Down(rows) => self.cursor + rows,
            Scroll::HalfUp | Scroll::PageUp => self.cursor.saturating_sub(PAGE),
            Scroll::HalfDown | Scroll::PageDown => self.cursor + PAGE,
            Scroll::Top => 0,
            Scroll::Bottom => last,
        }
        .min(last);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(typed: &str) -> Vec<&'static str> {
        let mut help = Help::default();
        help.paste(typed);
        help.entries(&Keymap::default()).iter().map(|entry| entry.name).collect()
    }

    #[test]
    fn typing_narrows_it_down() {
        assert_eq!(found("").len(), TABLE.len());
        assert_eq!(found("editor dir"), ["edit"]);
        assert!(found("ctrl-z").contains(&"suspend"));
        assert!(found("HINT").contains(&"hint"));
        assert!(found("r").contains(&"run"));
        assert!(found("no such thing").is_empty());
    }

    #[test]
    fn a_few_letters_are_enough_and_what_fits_best_comes_first() {
        let stages = found("stg");
        assert!(["next-stage", "stages", "previous-stage"].iter().all(|name| stages.contains(name)), "{stages:?}");
        assert_eq!(found("nst"), ["next-stage"]);
        // A key, then a name, then words of texts, then the rest.
        assert_eq!(found("R")[0], "run-so-far");
        assert_eq!(found("run")[..4], ["run", "run-so-far", "run-test", "cancel"]);
        assert_eq!(found("stages")[0], "stages");
        assert_eq!(found("hlp")[0], "help");
        assert_eq!(found("ctrl-u"), ["half-up"]);
    }

    #[test]
    fn the_cursor_stays_among_what_fits() {
        let keymap = Keymap::default();
        let mut help = Help::default();
        help.scroll(Scroll::Bottom, &keymap);
        assert_eq!(help.chosen(&keymap), Some(TABLE[TABLE.len() - 1].action));
        help.scroll(Scroll::Down(5), &keymap);
        assert_eq!(help.cursor, TABLE.len() - 1);
        help.paste("hint");
        assert_eq!(help.chosen(&keymap), Some(Action::Hint));
        help.paste("zzz");
        help.scroll(Scroll::Down(1), &keymap);
        assert_eq!(help.chosen(&keymap), None);
    }
}

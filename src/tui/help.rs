//! The help: every action with its keys, searched by typing; enter runs the one under the cursor.

use crossterm::event::KeyEvent;

use super::action::{Action, Entry, TABLE};
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
    /// The entries that hold all the words that were typed, in their name, their text or their keys.
    pub fn entries(&self, keymap: &Keymap) -> Vec<&'static Entry> {
        let wanted = self.input.text().to_lowercase();
        let fits = |entry: &&Entry| {
            let keys: Vec<String> = keymap.keys(entry.action).iter().map(ToString::to_string).collect();
            // A single letter is more likely a key than a word.
            if wanted.trim().chars().count() == 1 && keys.iter().any(|key| key == self.input.text().trim()) {
                return true;
            }
            let all = format!("{} {} {} {}", entry.name, entry.help, entry.group.title(), keys.join(" "));
            let all = all.to_lowercase();
            wanted.split_whitespace().all(|word| all.contains(word))
        };
        TABLE.iter().filter(fits).collect()
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

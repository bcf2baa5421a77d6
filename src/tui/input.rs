//! One line that is typed into: a search, a filter, the name of a directory.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::paint::put;
use super::theme::{Look, Theme};
use crate::text::{clusters, is_invisible, prefix, width};

/// Text and a cursor in it. What is typed or pasted is clean as it enters: no control characters, one line.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LineInput {
    text: String,
    /// A byte of `text` where a character begins, or its end.
    cursor: usize,
}

/// What a key did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Edit {
    /// The text has changed.
    Changed,
    /// The cursor moved, or could have.
    Moved,
    /// The key means nothing here.
    Ignored,
}

impl LineInput {
    /// With the cursor at the end of the text.
    pub fn new(text: &str) -> Self {
        let mut input = Self::default();
        input.paste(text);
        input
    }

    pub fn text(&self) -> &str {
        &self.text
    }

    pub fn key(&mut self, key: &KeyEvent) -> Edit {
        let (control, alt) =
            (key.modifiers.contains(KeyModifiers::CONTROL), key.modifiers.contains(KeyModifiers::ALT));
        match key.code {
            // AltGr reaches some terminals as both, and types a character.
            KeyCode::Char(c) if control == alt => self.insert(&c.to_string()),
            KeyCode::Char('u') if control => self.remove(0..self.cursor),
            KeyCode::Char('w') if control => self.remove(self.word_before()..self.cursor),
            KeyCode::Char('a') if control => self.go(0),
            KeyCode::Char('e') if control => self.go(self.text.len()),
            KeyCode::Backspace => self.remove(self.before()..self.cursor),
            KeyCode::Delete => self.remove(self.cursor..self.after()),
            KeyCode::Left => self.go(self.before()),
            KeyCode::Right => self.go(self.after()),
            KeyCode::Home => self.go(0),
            KeyCode::End => self.go(self.text.len()),
            _ => Edit::Ignored,
        }
    }

    /// Newlines and tabs become blanks; other control characters are dropped.
    pub fn paste(&mut self, text: &str) -> Edit {
        let line = text.trim_end_matches(['\n', '\r']).replace("\r\n", " ");
        self.insert(&line.replace(['\n', '\r', '\t'], " "))
    }

    fn insert(&mut self, text: &str) -> Edit {
        let kept: String = text.chars().filter(|c| !c.is_control() && !is_invisible(*c)).collect();
        if kept.is_empty() {
            return Edit::Ignored;
        }
        self.text.insert_str(self.cursor, &kept);
        self.cursor += kept.len();
        Edit::Changed
    }

    fn remove(&mut self, range: std::ops::Range<usize>) -> Edit {
        if range.is_empty() {
            return Edit::Moved;
        }
        self.cursor = range.start;
        self.text.replace_range(range, "");
        Edit::Changed
    }

    fn go(&mut self, to: usize) -> Edit {
        self.cursor = to;
        Edit::Moved
    }

    /// The start of the character before the cursor: what a reader sees as one character, with its marks.
    fn before(&self) -> usize {
        clusters(&self.text[..self.cursor]).last().map_or(0, |(at, _)| at)
    }

    fn after(&self) -> usize {
        clusters(&self.text[self.cursor..]).next().map_or(self.cursor, |(_, cluster)| self.cursor + cluster.len())
    }

    /// The start of the word before the cursor, skipping the blanks after it.
    fn word_before(&self) -> usize {
        let text = self.text[..self.cursor].trim_end();
        text.rfind(char::is_whitespace).map_or(0, |at| at + text[at..].chars().next().map_or(0, char::len_utf8))
    }

    /// Draws it into the first row of `area`, the cursor always in sight. Returns the cursor's column on the screen.
    pub fn render(&self, theme: &Theme, area: Rect, buf: &mut Buffer) -> u16 {
        let area = Rect { height: area.height.min(1), ..area }.intersection(buf.area);
        if area.is_empty() {
            return area.x;
        }
        let columns = usize::from(area.width);
        // The cursor needs a column of its own after the text.
        let hidden = (width(&self.text[..self.cursor]) + 1).saturating_sub(columns);
        let mut start = prefix(&self.text, hidden);
        if width(&self.text[..start]) < hidden {
            start += clusters(&self.text[start..]).next().map_or(0, |(_, cluster)| cluster.len());
        }
        let (before, rest) = self.text[start..].split_at(self.cursor.saturating_sub(start));
        let under = clusters(rest).next().map_or(" ", |(_, cluster)| cluster);
        let text = theme.style(Look::Text);
        // Nothing marks that there is more beyond the right edge: readers look at the cursor.
        let behind = &rest[under.len().min(rest.len())..];
        let room = columns.saturating_sub(width(before) + width(under));
        let behind = &behind[..prefix(behind, room)];
        put(
            buf,
            area,
            theme,
            &[(before.into(), text), (under.into(), theme.style(Look::Cursor)), (behind.into(), text)],
        );
        area.x + u16::try_from(width(before)).unwrap_or(u16::MAX).min(area.width - 1)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::tui::dump;

    fn press(input: &mut LineInput, code: KeyCode) -> Edit {
        input.key(&KeyEvent::new(code, KeyModifiers::NONE))
    }

    fn control(input: &mut LineInput, c: char) -> Edit {
        input.key(&KeyEvent::new(KeyCode::Char(c), KeyModifiers::CONTROL))
    }

    #[test]
    fn letters_enter_where_the_cursor_is() {
        let mut input = LineInput::default();
        for c in "kay".chars() {
            assert_eq!(press(&mut input, KeyCode::Char(c)), Edit::Changed);
        }
        assert_eq!(press(&mut input, KeyCode::Left), Edit::Moved);
        press(&mut input, KeyCode::Backspace);
        press(&mut input, KeyCode::Char('e'));
        assert_eq!(input.text(), "key");
        press(&mut input, KeyCode::Delete);
        assert_eq!(input.text(), "ke");
        assert_eq!(press(&mut input, KeyCode::Delete), Edit::Moved);
        press(&mut input, KeyCode::Home);
        assert_eq!(press(&mut input, KeyCode::Backspace), Edit::Moved);
        press(&mut input, KeyCode::Char('>'));
        press(&mut input, KeyCode::End);
        press(&mut input, KeyCode::Char('!'));
        assert_eq!(input.text(), ">ke!");
        assert_eq!(press(&mut input, KeyCode::F(5)), Edit::Ignored);
        assert_eq!(press(&mut input, KeyCode::Enter), Edit::Ignored);
        assert_eq!(control(&mut input, 'c'), Edit::Ignored);
        assert_eq!(input.key(&KeyEvent::new(KeyCode::Char('b'), KeyModifiers::ALT)), Edit::Ignored);
        let alt_gr = KeyModifiers::CONTROL | KeyModifiers::ALT;
        assert_eq!(input.key(&KeyEvent::new(KeyCode::Char('@'), alt_gr)), Edit::Changed);
        assert_eq!(input.text(), ">ke!@");
    }

    #[test]
    fn words_and_lines_are_erased() {
        let mut input = LineInput::new("one  two three  ");
        assert_eq!(control(&mut input, 'w'), Edit::Changed);
        assert_eq!(input.text(), "one  two ");
        control(&mut input, 'w');
        assert_eq!(input.text(), "one  ");
        press(&mut input, KeyCode::Left);
        press(&mut input, KeyCode::Left);
        control(&mut input, 'u');
        assert_eq!(input.text(), "  ");
        assert_eq!(control(&mut input, 'u'), Edit::Moved);
    }

    #[test]
    fn what_is_pasted_is_one_clean_line() {
        let mut input = LineInput::new("ab");
        press(&mut input, KeyCode::Left);
        assert_eq!(input.paste("1\r\n2\n3\t4\u{1b}\u{7}\u{202e}\n"), Edit::Changed);
        assert_eq!(input.text(), "a1 2 3 4b");
        assert_eq!(input.paste("\u{0}"), Edit::Ignored);
    }

    #[test]
    fn a_character_with_its_marks_is_one() {
        let mut input = LineInput::new("e\u{301}世");
        press(&mut input, KeyCode::Backspace);
        assert_eq!(input.text(), "e\u{301}");
        press(&mut input, KeyCode::Backspace);
        assert_eq!(input.text(), "");
    }

    fn shown(input: &LineInput, columns: u16) -> (String, u16) {
        let area = Rect::new(0, 0, columns, 1);
        let mut buf = Buffer::empty(area);
        let column = input.render(&Theme::DARK, area, &mut buf);
        (dump::styles(&buf).trim_end().to_owned(), column)
    }

    #[test]
    fn the_cursor_stays_in_sight() {
        let mut input = LineInput::new("abcdef");
        assert_eq!(shown(&input, 8), ("abcdef[reversed]".to_owned(), 6));
        assert_eq!(shown(&input, 5), ("cdef[reversed]".to_owned(), 4));
        press(&mut input, KeyCode::Home);
        assert_eq!(shown(&input, 4), ("[reversed]a[]bcd".to_owned(), 0));
        let wide = LineInput::new("世界世界");
        assert_eq!(shown(&wide, 6), ("世界[reversed]".to_owned(), 4));
    }

    proptest! {
        #[test]
        fn any_keys_at_any_width(text in any::<String>(), moves in 0usize..30, columns in 0u16..12) {
            let mut input = LineInput::new(&text);
            for _ in 0..moves {
                press(&mut input, KeyCode::Left);
            }
            let (_, column) = shown(&input, columns);
            prop_assert!(column < columns.max(1));
            control(&mut input, 'w');
            press(&mut input, KeyCode::Delete);
            prop_assert!(input.text.is_char_boundary(input.cursor));
        }
    }
}

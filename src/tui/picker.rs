//! Outside of a challenge directory: the challenges that exist, and what is needed to begin one.

use std::path::PathBuf;

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use super::effect::Effect;
use super::input::{Edit, LineInput};
use super::scroll::Scroll;

/// A challenge that can be begun.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    pub key: String,
    pub name: String,
    pub summary: String,
    /// Markdown.
    pub overview: String,
    pub stages: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Field {
    Challenge,
    Language,
    Directory,
}

impl Field {
    const ALL: [Field; 3] = [Field::Challenge, Field::Language, Field::Directory];
}

#[derive(Debug)]
pub struct Picker {
    pub choices: Vec<Choice>,
    pub challenge: usize,
    /// Languages that there is a starter for.
    pub languages: Vec<String>,
    /// 0: none; then the languages.
    pub language: usize,
    pub directory: LineInput,
    /// The directory was typed, so that it no longer follows the challenge.
    typed: bool,
    pub field: Field,
    /// Why the last attempt made nothing.
    pub refused: Option<String>,
}

impl Picker {
    pub fn new(choices: Vec<Choice>, languages: Vec<String>) -> Self {
        let mut picker = Self {
            choices,
            challenge: 0,
            languages,
            language: 0,
            directory: LineInput::default(),
            typed: false,
            field: Field::Challenge,
            refused: None,
        };
        picker.name_directory();
        picker
    }

    pub fn choice(&self) -> Option<&Choice> {
        self.choices.get(self.challenge)
    }

    /// `None`: run.sh alone.
    pub fn lang(&self) -> Option<&str> {
        self.language.checked_sub(1).and_then(|at| self.languages.get(at)).map(String::as_str)
    }

    pub fn refuse(&mut self, message: String) {
        self.refused = Some(message);
    }

    fn name_directory(&mut self) {
        if !self.typed {
            let key = self.choice().map(|choice| choice.key.clone()).unwrap_or_default();
            self.directory = LineInput::new(&key);
        }
    }

    /// `None` where the key means something to the app as a whole.
    pub fn key(&mut self, event: &KeyEvent) -> Option<Vec<Effect>> {
        self.refused = self.refused.take().filter(|_| event.code == KeyCode::Tab);
        let at = Field::ALL.iter().position(|field| *field == self.field).unwrap_or(0);
        match event.code {
            KeyCode::Enter => return Some(self.begin()),
            KeyCode::Tab => self.field = Field::ALL[(at + 1) % Field::ALL.len()],
            KeyCode::BackTab => self.field = Field::ALL[(at + Field::ALL.len() - 1) % Field::ALL.len()],
            _ if self.field == Field::Directory => {
                // Letters with ctrl that edit nothing are the app's.
                match self.directory.key(event) {
                    Edit::Changed => self.typed = true,
                    Edit::Moved => {}
                    Edit::Ignored => match event.code {
                        KeyCode::Up => self.field = Field::Language,
                        KeyCode::Esc => self.field = Field::Challenge,
                        _ => return None,
                    },
                }
            }
            _ if !event.modifiers.difference(KeyModifiers::SHIFT).is_empty() => return None,
            KeyCode::Up | KeyCode::Char('k') => self.scroll(Scroll::Up(1)),
            KeyCode::Down | KeyCode::Char('j') => self.scroll(Scroll::Down(1)),
            KeyCode::Left | KeyCode::Char('h') => self.turn_language(self.languages.len()),
            KeyCode::Right | KeyCode::Char('l') => self.turn_language(1),
            _ => return None,
        }
        Some(Vec::new())
    }

    fn turn_language(&mut self, by: usize) {
        self.language = (self.language + by) % (self.languages.len() + 1);
    }

    pub fn paste(&mut self, text: &str) {
        if self.field == Field::Directory {
            self.directory.paste(text);
            self.typed = true;
        }
    }

    /// Through the challenges, or through the fields below them.
    pub fn scroll(&mut self, by: Scroll) {
        let last = self.choices.len().saturating_sub(1);
        self.challenge = match by {
            Scroll::Up(rows) => self.challenge.saturating_sub(rows),
            Scroll::Down(rows) => self.challenge + rows,
            Scroll::HalfUp | Scroll::PageUp | Scroll::Top => 0,
            Scroll::HalfDown | Scroll::PageDown | Scroll::Bottom => last,
        }
        .min(last);
        self.name_directory();
    }

    fn begin(&mut self) -> Vec<Effect> {
        let Some(choice) = self.choice() else { return Vec::new() };
        let target = self.directory.text().trim();
        if target.is_empty() {
            self.refused = Some("Name the directory to make; `.` is this one.".to_owned());
            self.field = Field::Directory;
            return Vec::new();
        }
        vec![Effect::Scaffold {
            challenge: choice.key.clone(),
            lang: self.lang().map(str::to_owned),
            target: PathBuf::from(target),
        }]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn picker() -> Picker {
        let choice = |key: &str| Choice {
            key: key.into(),
            name: key.to_uppercase(),
            summary: String::new(),
            overview: String::new(),
            stages: 3,
        };
        Picker::new(vec![choice("kv-store"), choice("queue")], vec!["go".into(), "python".into()])
    }

    fn press(picker: &mut Picker, code: KeyCode) -> Option<Vec<Effect>> {
        picker.key(&KeyEvent::new(code, KeyModifiers::NONE))
    }

    #[test]
    fn enter_makes_what_is_chosen() {
        let mut picker = picker();
        press(&mut picker, KeyCode::Down);
        press(&mut picker, KeyCode::Left);
        let effects = press(&mut picker, KeyCode::Enter).unwrap();
        let [Effect::Scaffold { challenge, lang, target }] = &effects[..] else { panic!("{effects:?}") };
        assert_eq!((challenge.as_str(), lang.as_deref()), ("queue", Some("python")));
        assert_eq!(target, &PathBuf::from("queue"));
    }

    #[test]
    fn a_directory_that_was_typed_stays() {
        let mut picker = picker();
        press(&mut picker, KeyCode::BackTab);
        assert_eq!(picker.field, Field::Directory);
        press(&mut picker, KeyCode::Char('2'));
        press(&mut picker, KeyCode::Esc);
        press(&mut picker, KeyCode::Down);
        assert_eq!((picker.challenge, picker.directory.text()), (1, "kv-store2"));
        assert_eq!(press(&mut picker, KeyCode::Char('q')), None);
    }

    #[test]
    fn without_a_directory_nothing_is_made() {
        let mut picker = picker();
        press(&mut picker, KeyCode::BackTab);
        for _ in 0.."kv-store".len() {
            press(&mut picker, KeyCode::Backspace);
        }
        assert_eq!(press(&mut picker, KeyCode::Enter), Some(Vec::new()));
        assert!(picker.refused.is_some());
    }
}

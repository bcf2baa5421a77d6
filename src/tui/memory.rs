//! What a terminal said of its colours last time, so that the first frame need not wait for it to say so again.
//!
//! A small file in the cache, a terminal on each line, the last one first. It is only ever a guess: the terminal is
//! asked all the same, and whatever is wrong with the file, lsfr does without.

use std::ffi::OsString;
use std::fs;
use std::io;
use std::path::PathBuf;

use super::theme::ground::Ground;
use crate::report::write::write_atomically;
use crate::xdg;

/// What tells one terminal from another. The ones that are numbers change with each window or release.
const NAMES: [&str; 4] = ["TERM_PROGRAM", "LC_TERMINAL", "TERM", "COLORTERM"];
const FLAGS: [&str; 6] =
    ["VTE_VERSION", "KONSOLE_VERSION", "WT_SESSION", "KITTY_WINDOW_ID", "TMUX", "SSH_CONNECTION"];
/// Terminals that are remembered.
const MOST: usize = 16;
/// Nobody's file of these is longer.
const LONGEST: u64 = 1 << 16;

#[derive(Debug, Clone)]
pub(super) struct Memory {
    /// Without a home there is none.
    file: Option<PathBuf>,
    /// One word.
    terminal: String,
}

impl Memory {
    /// Of the terminal and the cache that the environment tells of.
    pub(super) fn new(variable: impl Fn(&str) -> Option<String>) -> Memory {
        let cache = xdg::cache_dir(|name| variable(name).map(OsString::from));
        let set = |name: &str| variable(name).filter(|value| !value.is_empty());
        let names = NAMES.map(|name| set(name).unwrap_or_default());
        let flags = FLAGS.into_iter().filter(|name| set(name).is_some()).map(str::to_owned);
        let known = names.into_iter().chain(flags).collect::<Vec<_>>().join("/");
        let letter = |c: char| if c.is_ascii_graphic() { c } else { '_' };
        Memory {
            file: cache.map(|cache| cache.join("terminals")),
            terminal: known.chars().map(letter).take(200).collect(),
        }
    }

    pub(super) fn recall(&self) -> Option<Ground> {
        let lines = self.lines();
        let (_, ground) = lines.iter().find(|(terminal, _)| *terminal == self.terminal)?;
        Ground::read(ground)
    }

    /// Writes it down. A terminal whose background is not known is not worth a line.
    pub(super) fn keep(&self, ground: Ground) -> io::Result<()> {
        let (Some(file), Some(word)) = (&self.file, ground.written()) else { return Ok(()) };
        let mut lines = self.lines();
        lines.retain(|(terminal, _)| *terminal != self.terminal);
        lines.insert(0, (self.terminal.clone(), word));
        let text: String =
            lines.iter().take(MOST).map(|(terminal, ground)| format!("{terminal} {ground}\n")).collect();
        let Some(dir) = file.parent() else { return Ok(()) };
        fs::create_dir_all(dir)?;
        // At once: another lsfr may read it now.
        write_atomically(file, text.as_bytes())
    }

    fn lines(&self) -> Vec<(String, String)> {
        let Some(file) = &self.file else { return Vec::new() };
        let short = fs::metadata(file).is_ok_and(|found| found.is_file() && found.len() <= LONGEST);
        let text = if short { fs::read_to_string(file).unwrap_or_default() } else { String::new() };
        let pair = |line: &str| line.split_once(' ').map(|(one, other)| (one.to_owned(), other.to_owned()));
        text.lines().filter_map(pair).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tui::theme::colour::Rgb;

    fn memory(cache: &std::path::Path, more: &[(&str, &str)]) -> Memory {
        Memory::new(|name| match name {
            "XDG_CACHE_HOME" => Some(cache.to_str()?.to_owned()),
            _ => more.iter().find(|(variable, _)| *variable == name).map(|(_, value)| (*value).to_owned()),
        })
    }

    #[test]
    fn each_terminal_has_its_own() {
        let cache = tempfile::tempdir().unwrap();
        let xterm = memory(cache.path(), &[("TERM", "xterm-256color")]);
        let kitty = memory(cache.path(), &[("TERM", "xterm-kitty"), ("KITTY_WINDOW_ID", "1")]);
        assert_eq!(xterm.recall(), None);
        let (paper, ink) = (Ground::seen(Rgb::WHITE, Some(Rgb::BLACK)), Ground::seen(Rgb::BLACK, None));
        xterm.keep(paper).unwrap();
        kitty.keep(ink).unwrap();
        assert_eq!((xterm.recall(), kitty.recall()), (Some(paper), Some(ink)));
        xterm.keep(ink).unwrap();
        assert_eq!(xterm.recall(), Some(ink));
        // Another window of the same.
        let window = memory(cache.path(), &[("TERM", "xterm-kitty"), ("KITTY_WINDOW_ID", "2")]);
        assert_eq!(window.recall(), Some(ink));
        let text = fs::read_to_string(cache.path().join("lsfr/terminals")).unwrap();
        assert_eq!(text, "//xterm-256color/ #000000\n//xterm-kitty//KITTY_WINDOW_ID #000000\n");
        assert_eq!(fs::read_dir(cache.path().join("lsfr")).unwrap().count(), 1);
    }

    #[test]
    fn it_does_not_grow() {
        let cache = tempfile::tempdir().unwrap();
        for number in 0..MOST + 5 {
            let name = format!("a terminal\nof {number}");
            memory(cache.path(), &[("TERM", &name)]).keep(Ground::seen(Rgb::WHITE, None)).unwrap();
        }
        let text = fs::read_to_string(cache.path().join("lsfr/terminals")).unwrap();
        assert_eq!(text.lines().count(), MOST);
        assert!(text.starts_with("//a_terminal_of_20/ #ffffff\n"), "{text}");
    }

    #[test]
    fn whatever_is_wrong_with_it_nothing_is_known() {
        let cache = tempfile::tempdir().unwrap();
        fs::create_dir(cache.path().join("lsfr")).unwrap();
        let file = cache.path().join("lsfr/terminals");
        let memory = memory(cache.path(), &[]);
        let seen = Ground::seen(Rgb::WHITE, None);
        for text in [&b"\xff\xfe"[..], b"", b"///", b"/// light\n", b"/// #ffffff,\n", &[b'x'; 1 << 17]] {
            fs::write(&file, text).unwrap();
            assert_eq!(memory.recall(), None);
            memory.keep(seen).unwrap();
            assert_eq!(memory.recall(), Some(seen));
        }
        let nowhere = Memory::new(|_| None);
        nowhere.keep(seen).unwrap();
        assert_eq!(nowhere.recall(), None);
        let relative = Memory::new(|name| (name == "XDG_CACHE_HOME").then(|| "cache".to_owned()));
        assert_eq!(relative.file, None);
    }
}

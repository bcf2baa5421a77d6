//! Times as people say them.

use std::path::Path;
use std::time::Duration;

use chrono::{DateTime, Datelike, FixedOffset, Local, TimeDelta};

use super::{Changes, Trigger};
use crate::text::clean;
use crate::tui::keymap::Keymap;

/// `40 s`, `52 min`, `3 h 12 min`, `3 days`.
pub fn span(time: Duration) -> String {
    let (seconds, minutes, hours) = (time.as_secs(), time.as_secs() / 60, time.as_secs() / 3600);
    match () {
        () if minutes == 0 => format!("{seconds} s"),
        () if hours == 0 => format!("{minutes} min"),
        () if hours < 24 && minutes % 60 == 0 => format!("{hours} h"),
        () if hours < 24 => format!("{hours} h {} min", minutes % 60),
        () if hours < 48 => "1 day".to_owned(),
        () => format!("{} days", hours / 24),
    }
}

/// When something was: `14:02`, `yesterday 14:02`, `23 Nov`, `23 Nov 2025`. A time of the clock stays true for as long
/// as nothing is drawn anew; "2 min ago" does not.
pub fn as_of(when: DateTime<FixedOffset>, now: DateTime<Local>) -> String {
    let when = when.with_timezone(&Local);
    let days = now.date_naive() - when.date_naive();
    match () {
        () if days == TimeDelta::zero() => when.format("%H:%M").to_string(),
        () if days == TimeDelta::days(1) => when.format("yesterday %H:%M").to_string(),
        () if when.year() == now.year() => when.format("%-d %b").to_string(),
        () => when.format("%-d %b %Y").to_string(),
    }
}

impl Trigger {
    /// `store.py saved`, `r pressed`. Empty where there is nothing to say.
    pub fn words(&self, keymap: &Keymap) -> String {
        match self {
            Trigger::Saved(files) => saved(files.iter().map(|file| file.as_path())),
            Trigger::Pressed(action) => format!("{} pressed", keymap.shown(*action)),
            Trigger::ToMoveOn => "to move on".to_owned(),
            Trigger::Opened => String::new(),
        }
    }
}

fn saved<'a>(mut files: impl ExactSizeIterator<Item = &'a Path>) -> String {
    let more = files.len().saturating_sub(1);
    let Some(first) = files.next() else { return "a file was saved".to_owned() };
    // The name alone is what an editor shows.
    let name = clean(&first.file_name().unwrap_or(first.as_os_str()).to_string_lossy());
    if more == 0 { format!("{name} saved") } else { format!("{name} and {more} more saved") }
}

impl Changes {
    /// `1 fixed, 2 broken`, as parts: what was fixed, and what was broken.
    pub fn words(self) -> (Option<String>, Option<String>) {
        let some = |count: usize, word: &str| (count > 0).then(|| format!("{count} {word}"));
        (some(self.fixed, "fixed"), some(self.broken, "broken"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::TimeZone;

    #[test]
    fn spans_are_in_the_unit_that_matters() {
        let all = [0, 59, 60, 3599, 3600, 3660, 86_399, 86_400, 172_799, 172_800, 900_000];
        let said = all.map(|seconds| span(Duration::from_secs(seconds)));
        let right = ["0 s", "59 s", "1 min", "59 min", "1 h", "1 h 1 min", "23 h 59 min", "1 day", "1 day", "2 days"];
        assert_eq!(said[..10], right);
        assert_eq!(said[10], "10 days");
    }

    #[test]
    fn when_it_was() {
        let at = |day: u32, hour: u32| Local.with_ymd_and_hms(2026, 11, day, hour, 2, 0).unwrap();
        let said = |when: DateTime<Local>, now| as_of(when.fixed_offset(), now);
        assert_eq!(said(at(23, 14), at(23, 23)), "14:02");
        assert_eq!(said(at(22, 23), at(23, 0)), "yesterday 23:02");
        assert_eq!(said(at(3, 14), at(23, 23)), "3 Nov");
        assert_eq!(said(Local.with_ymd_and_hms(2025, 11, 23, 1, 2, 0).unwrap(), at(23, 23)), "23 Nov 2025");
    }

    #[test]
    fn a_trigger_is_named_as_it_is_seen() {
        let saved = |files: &[&str]| Trigger::Saved(files.iter().map(Into::into).collect());
        let keymap = Keymap::default();
        assert_eq!(saved(&["src/store.py"]).words(&keymap), "store.py saved");
        assert_eq!(saved(&["a.c", "b.c", "c.c"]).words(&keymap), "a.c and 2 more saved");
        assert_eq!(saved(&["a\u{1b}[31m.c"]).words(&keymap), "a.c saved");
        assert_eq!(Trigger::Pressed(crate::tui::action::Action::Run).words(&keymap), "r pressed");
    }
}

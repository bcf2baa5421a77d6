//! A failure card as text for people. Styles are always written; whoever prints it drops them where no colour is
//! wanted (`anstream` on its way to a terminal, [`plain`] for files).

use anstyle::{AnsiColor, Style};

use super::card::Card;
use super::card_page::{Form, Role};
use super::fit;

pub(super) const BAD: Style = AnsiColor::Red.on_default().bold();
pub(super) const GOOD: Style = AnsiColor::Green.on_default();
pub(super) const UNSURE: Style = AnsiColor::Yellow.on_default();
pub(super) const STRONG: Style = Style::new().bold();
pub(super) const DIM: Style = Style::new().dimmed();
const WRONG: Style = AnsiColor::Red.on_default();
const HINT: Style = AnsiColor::Cyan.on_default();

pub(super) fn paint(style: Style, text: &str) -> String {
    format!("{style}{text}{style:#}")
}

/// Text without its styles.
pub fn plain(text: &str) -> String {
    anstream::adapter::strip_str(text).to_string()
}

/// A longer card leaves out what says least.
const LINES: usize = 60;

/// The card in lines of at most `columns` (at least 40), except for commands, which must stay whole to be pasted. Ends
/// with a newline.
pub fn render(card: &Card, columns: usize) -> String {
    let form = Form { columns: columns.max(40), whole_commands: true, all_hints: false, ask: "lsfr hint" };
    let mut text = String::new();
    for line in fit::lines(card, &form, LINES) {
        text.extend(line.iter().map(|(role, text)| paint(style(*role), text)));
        text.push('\n');
    }
    text
}

fn style(role: Role) -> Style {
    match role {
        Role::Text | Role::Place => Style::new(),
        Role::Strong => STRONG,
        Role::Dim => DIM,
        Role::Good => GOOD,
        Role::Wrong => WRONG,
        Role::Bad => BAD,
        Role::Unsure => UNSURE,
        Role::Hint => HINT,
        Role::Printed { colour, bold: false } => colour.on_default(),
        Role::Printed { colour, bold: true } => colour.on_default().bold(),
    }
}

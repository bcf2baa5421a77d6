//! Beside its lane, what a node is at the moment.

use std::time::Duration;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::facts::NodeStatus;
use crate::report::cluster_now::{NodeLine, OUTSIDE};
use crate::report::condition::{Condition, Reach};
use crate::report::times::time;
use crate::text::clean;
use crate::tui::paint;
use crate::tui::theme::{Look, Theme};

/// From this many columns on, it also says for how long it has been so.
const LASTING: u16 = 30;

pub(super) fn draw(
    line: &NodeLine,
    is: Option<Condition>,
    until: Duration,
    theme: &Theme,
    area: Rect,
    buffer: &mut Buffer,
) {
    let Standing { state, faults, look } = standing(line, is);
    let mut pieces = vec![(state.into(), theme.style(look))];
    let lasted = until.saturating_sub(line.since);
    // It has been in this state for so long: its links may have been cut since.
    if area.width >= LASTING && lasted >= Duration::from_millis(1) {
        pieces.push((format!(" for {}", time(lasted)).into(), theme.style(Look::Dim)));
    }
    if !faults.is_empty() {
        pieces.push((format!(", {faults}").into(), theme.style(look)));
    }
    paint::put(buffer, area, theme, &pieces);
}

/// What is said of a node.
#[derive(Debug, PartialEq, Eq)]
struct Standing {
    state: String,
    /// What is wrong with its links, if it is up and anything is.
    faults: &'static str,
    look: Look,
}

fn standing(line: &NodeLine, is: Option<Condition>) -> Standing {
    let role = match line.term {
        Some(term) if !line.role.is_empty() && line.leads => format!("{} {term}", clean(&line.role).to_uppercase()),
        Some(term) if !line.role.is_empty() => format!("{} {term}", clean(&line.role)),
        _ => clean(&line.says),
    };
    let role = match line.term {
        Some(_) if !line.role.is_empty() && !line.group.is_empty() => format!("{} {role}", clean(&line.group)),
        _ => role,
    };
    let role = if line.outside && line.term.is_some() { format!("{role}, {OUTSIDE}") } else { role };
    let faults = is.map_or("", faults);
    let role = if role.is_empty() { "up".to_owned() } else { role };
    match line.state {
        NodeStatus::Up if line.leads => Standing { state: role, faults, look: Look::Strong },
        NodeStatus::Up => {
            let look = match (faults, line.outside) {
                ("", true) => Look::Dim,
                ("", false) => Look::Text,
                _ => Look::Unsure,
            };
            Standing { state: role, faults, look }
        }
        NodeStatus::Paused | NodeStatus::Silent => {
            Standing { state: clean(&line.state_words()), faults, look: Look::Unsure }
        }
        NodeStatus::Starting => Standing { state: line.state.word().to_owned(), faults: "", look: Look::Busy },
        NodeStatus::Down => Standing { state: line.state.word().to_owned(), faults: "", look: Look::Dim },
        NodeStatus::Ended => Standing { state: clean(&line.how), faults: "", look: Look::Bad },
    }
}

/// What is wrong with its links.
fn faults(is: Condition) -> &'static str {
    match (is.reach, is.slow) {
        (Reach::Minority, _) => "cut off",
        (_, true) => "slow",
        _ => "",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_is_no_member_is_told_beside_its_lane() {
        let mut line = NodeLine {
            node: "n6".into(),
            state: NodeStatus::Up,
            how: String::new(),
            says: "follower, term 2, not a member".into(),
            role: "follower".into(),
            term: Some(2),
            leads: false,
            group: String::new(),
            outside: true,
            since: Duration::ZERO,
        };
        let said = |line: &NodeLine| standing(line, None);
        let text = |state: &str, look| Standing { state: state.to_owned(), faults: "", look };
        assert_eq!(said(&line), text("follower 2, not a member", Look::Dim));
        line.outside = false;
        assert_eq!(said(&line), text("follower 2", Look::Text));
        line.group = "g2".into();
        assert_eq!(said(&line).state, "g2 follower 2");
        (line.outside, line.state) = (true, NodeStatus::Down);
        assert_eq!(said(&line).state, "down");
    }

    #[test]
    fn how_long_it_has_led_is_not_how_long_it_has_been_cut_off() {
        let line = NodeLine {
            node: "n1".into(),
            state: NodeStatus::Up,
            how: String::new(),
            says: "leader, term 2".into(),
            role: "leader".into(),
            term: Some(2),
            leads: true,
            group: String::new(),
            outside: false,
            since: Duration::from_millis(800),
        };
        let cut_off =
            Condition { status: NodeStatus::Up, reach: Reach::Minority, slow: false, leads: true, term: Some(2) };
        let area = Rect::new(0, 0, 40, 1);
        let mut buffer = Buffer::empty(area);
        draw(&line, Some(cut_off), Duration::from_secs(4), &Theme::DARK, area, &mut buffer);
        let row: String = (0..40).map(|column| buffer[(column, 0)].symbol()).collect();
        assert_eq!(row.trim_end(), "LEADER 2 for 3.2 s, cut off");
    }
}

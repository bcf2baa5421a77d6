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
    let (text, look) = standing(line, is);
    let mut pieces = vec![(text.into(), theme.style(look))];
    let lasted = until.saturating_sub(line.since);
    if area.width >= LASTING && lasted >= Duration::from_millis(1) {
        pieces.push((format!("  for {}", time(lasted)).into(), theme.style(Look::Dim)));
    }
    paint::put(buffer, area, theme, &pieces);
}

fn standing(line: &NodeLine, is: Option<Condition>) -> (String, Look) {
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
    let faults = is.map(faults).unwrap_or_default();
    let with =
        |what: &str| [what, &faults].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(", ");
    match line.state {
        NodeStatus::Up if line.leads => (with(&role), Look::Strong),
        NodeStatus::Up if role.is_empty() && faults.is_empty() => ("up".to_owned(), Look::Text),
        NodeStatus::Up if line.outside && faults.is_empty() => (role, Look::Dim),
        NodeStatus::Up => (with(&role), if faults.is_empty() { Look::Text } else { Look::Unsure }),
        NodeStatus::Paused | NodeStatus::Silent => (with(&clean(&line.state_words())), Look::Unsure),
        NodeStatus::Starting => (line.state.word().to_owned(), Look::Busy),
        NodeStatus::Down => (line.state.word().to_owned(), Look::Dim),
        NodeStatus::Ended => (clean(&line.how), Look::Bad),
    }
}

/// What is wrong with its links.
fn faults(is: Condition) -> String {
    match (is.reach, is.slow) {
        (Reach::Minority, _) => "cut off",
        (_, true) => "slow",
        _ => "",
    }
    .to_owned()
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
        assert_eq!(standing(&line, None), ("follower 2, not a member".to_owned(), Look::Dim));
        line.outside = false;
        assert_eq!(standing(&line, None), ("follower 2".to_owned(), Look::Text));
        line.group = "g2".into();
        assert_eq!(standing(&line, None).0, "g2 follower 2");
        (line.outside, line.state) = (true, NodeStatus::Down);
        assert_eq!(standing(&line, None).0, "down");
    }
}

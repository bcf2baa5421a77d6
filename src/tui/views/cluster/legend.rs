//! What the signs in the lanes mean: of those that there are.

use super::Row;
use crate::facts::NodeStatus;
use crate::report::condition::{Condition, Reach};
use crate::text::clean;
use crate::tui::cluster::Scene;
use crate::tui::theme::{Look, Sign, Theme};

pub(super) fn rows(scene: &Scene, theme: &Theme, columns: usize) -> Vec<Row> {
    let lanes = scene.timeline.map(|timeline| timeline.lanes()).unwrap_or_default();
    let ever = |holds: fn(&Condition) -> bool| {
        lanes.iter().flat_map(|lane| &lane.stretches).any(|stretch| holds(&stretch.is))
    };
    let down = ever(|is| matches!(is.status, NodeStatus::Down | NodeStatus::Ended));
    let wrong = |wanted: Sign| scene.wrong.iter().any(|wrong| super::wrong::sign(wrong).0 == wanted);
    let entries = [
        (wrong(Sign::Failed), Sign::Failed, Look::Bad, "wrong"),
        (wrong(Sign::Proof), Sign::Proof, Look::Strong, "part of the proof"),
        (ever(|is| is_up(is) && is.leads), Sign::LaneLeads, Look::Text, "leads"),
        (ever(|is| is_up(is) && is.reach == Reach::Minority), Sign::Fault, Look::Unsure, "cut off"),
        (ever(|is| is_up(is) && is.reach == Reach::Most), Sign::LanePart, Look::Text, "some links cut"),
        (ever(|is| is_up(is) && is.slow), Sign::LaneSlow, Look::Unsure, "slow"),
        (ever(|is| is.status == NodeStatus::Paused), Sign::LanePaused, Look::Unsure, "paused"),
        (ever(|is| is.status == NodeStatus::Silent), Sign::Unjudged, Look::Unsure, "silent"),
        (down, Sign::Stopped, Look::Unsure, "down"),
        (down, Sign::Running, Look::Text, "up again"),
    ];
    let occurring = entries.into_iter().filter(|(occurs, ..)| *occurs);
    let occurring = occurring.map(|(_, sign, look, name)| (sign, look, name));
    let mut commons = scene.timeline.into_iter().flat_map(|timeline| timeline.common());
    let together = commons.find_map(|(_, common)| common.under_way.as_deref()).map(clean);
    let together = together.as_deref().map(|what| (Sign::Sent, Look::Unsure, what));
    let all = occurring.chain(together).map(|(sign, look, name)| (theme.sign(sign).to_owned(), look, name));
    super::super::legend(all, columns)
}

fn is_up(is: &Condition) -> bool {
    is.status == NodeStatus::Up
}

//! What nodes said to each other: opened at the moment that is looked at, filtered, with lines of logs beside it.

use std::path::PathBuf;
use std::time::Duration;

use super::only_if;
use crate::report::card::Card;
use crate::tui::action::{Action, Pane};
use crate::tui::effect::Effect;
use crate::tui::layers::{Layer, Prompt, PromptKind, Typing};
use crate::tui::messages::{MessagesPane, Opening, Outcome};
use crate::tui::ui::Ui;
use crate::tui::workbench::Workbench;

/// What the view opens on: a run, and a moment of it; without one, its end.
struct Place {
    run: PathBuf,
    moment: Option<Duration>,
}

impl Place {
    /// From a failure it opens on what was wrong; whoever looks at another moment of its run wants that.
    fn opening(&self, card: Option<&Card>) -> Option<Opening> {
        let moment = self.moment?;
        let led_here = |card: &&Card| self.run.ends_with(&card.records) && card.moment() == moment;
        let failure = card.filter(led_here).map(Card::summary);
        Some(Opening { moment, failure: failure.filter(|text| !text.is_empty()) })
    }
}

pub(super) fn available(action: Action, ui: &Ui, bench: &Workbench) -> Result<(), String> {
    match action {
        Action::Messages if ui.layers.messages().is_some() => Ok(()),
        Action::Messages => {
            only_if(bench.course.has_nodes, "Only programs that are servers say something to each other.")?;
            let Some(place) = place(ui, bench) else {
                return Err("No run is known yet: messages come with the first.".to_owned());
            };
            // Of a run whose logs are not open it is not known how many it had.
            let alone = bench.logged == Some(place.run) && bench.timelines.had(1) && !bench.timelines.had(2);
            only_if(!alone, "One node alone talks to nobody.")
        }
        _ => Err("What nodes said to each other is not open.".to_owned()),
    }
}

pub(super) fn act(ui: &mut Ui, action: Action) -> Option<Vec<Effect>> {
    match action {
        Action::Messages => Some(open(ui)),
        Action::FilterMessages => {
            prompt(ui, PromptKind::FilterMessages);
            Some(Vec::new())
        }
        _ => None,
    }
}

/// A line of the logs says when, and so does whatever lies over the panes. Beside these it is the run in flight that
/// somebody wants to see, or else the failure.
fn place(ui: &Ui, bench: &Workbench) -> Option<Place> {
    let in_flight = bench.run.as_ref().and_then(|run| run.folder.clone());
    if ui.layers.is_empty() && bench.focus == Pane::Logs && bench.logged.is_some() {
        let moment = bench.store.as_ref().and_then(|store| bench.logs.moment_at_cursor(store));
        return Some(Place { run: bench.logged.clone()?, moment });
    }
    if let Some(run) = in_flight.filter(|_| ui.open_card().is_none()) {
        // A view of it may stand at an earlier moment.
        let moment = ui.layers.iter().rev().find_map(|layer| layer.moment(bench, None, ui.app.now));
        return Some(Place { run, moment });
    }
    let moment = ui.moment();
    let run = moment.as_ref().map(|moment| moment.run.clone()).or_else(|| bench.logged.clone())?;
    Some(Place { run, moment: moment.map(|moment| moment.at) })
}

/// Opens the view; or goes back to it or from it.
fn open(ui: &mut Ui) -> Vec<Effect> {
    if ui.layers.back_to(|layer| matches!(layer, Layer::Messages(_))) {
        return Vec::new();
    }
    let Some(bench) = ui.app.bench() else { return Vec::new() };
    let Some(place) = place(ui, bench) else { return Vec::new() };
    let live = bench.run.as_ref().is_some_and(|flying| flying.folder.as_ref() == Some(&place.run));
    let opening = place.opening(ui.card());
    let (pane, effect) = MessagesPane::open(place.run, opening, live, ui.app.now);
    ui.layers.push(Layer::Messages(Box::new(pane)));
    vec![effect]
}

pub(super) fn prompt(ui: &mut Ui, kind: PromptKind) {
    // It is typed anew.
    ui.layers.push(Layer::Prompt(Prompt::new(kind)));
}

/// A filter takes effect with each letter; what is abandoned filters nothing.
pub(super) fn typed(ui: &mut Ui, kind: PromptKind, text: &str, typing: Typing) -> Vec<Effect> {
    let text = match typing {
        Typing::Changed => text,
        Typing::Kept => return Vec::new(),
        Typing::Abandoned => "",
    };
    let now = ui.app.now;
    let Some(pane) = ui.layers.messages_mut() else { return Vec::new() };
    let effect = match kind {
        PromptKind::PrintLines => pane.print_lines(text, now),
        _ => pane.filter(text, now),
    };
    effect.into_iter().collect()
}

/// What an order of the view brought.
pub(in crate::tui::update) fn answered(ui: &mut Ui, number: u64, outcome: Outcome) -> Vec<Effect> {
    let now = ui.app.now;
    let pane = ui.layers.messages_mut();
    pane.and_then(|pane| pane.answered(number, outcome, now)).into_iter().collect()
}

/// While the run in flight is looked at, it is read again and again.
pub(in crate::tui::update) fn follow(ui: &mut Ui) -> Option<Effect> {
    let now = ui.app.now;
    let flying = ui.app.bench().and_then(|bench| bench.run.as_ref()?.folder.clone());
    let pane = ui.layers.messages_mut()?;
    let goes_on = flying.as_deref() == Some(pane.run());
    pane.follow(goes_on, now)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tui::update::tests::violation;

    #[test]
    fn a_failure_is_looked_for_at_its_own_moment_alone() {
        let card = violation("load", "holds");
        let run = PathBuf::from("/p").join(&card.records);
        let opening = |moment| Place { run: run.clone(), moment: Some(moment) }.opening(Some(&card)).unwrap();
        assert_eq!(opening(card.moment()).failure, Some(card.summary()));
        // A line of the logs shortly before it, say.
        let before = card.moment() - Duration::from_millis(200);
        assert_eq!(opening(before), Opening { moment: before, failure: None });
    }
}

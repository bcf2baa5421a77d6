//! Searching what is in front of the reader, and going from link to link.

use super::moving::mark_what_it_proves;
use super::{messages, only_if};
use crate::tui::action::{Action, Pane};
use crate::tui::card::CardPane;
use crate::tui::effect::Effect;
use crate::tui::find::{Before, ListSearch, Way, nearest, step};
use crate::tui::guide::GuidePane;
use crate::tui::layers::{Layer, Prompt, PromptKind, Searched, Typing};
use crate::tui::logs::LogPane;
use crate::tui::messages::MessagesPane;
use crate::tui::ui::Ui;
use crate::tui::update::stage::show_stage;
use crate::tui::workbench::Workbench;

pub(super) fn available(action: Action, ui: &Ui, bench: &Workbench) -> Result<(), String> {
    match action {
        Action::Search => only_if(in_front(ui).is_some(), "This view has no search."),
        Action::NextMatch | Action::PreviousMatch => only_if(is_searching(ui), "No search is open."),
        Action::NextLink => {
            only_if(bench.focus == Pane::Guide && bench.guide.has_stops(), "The guide has no link and no code here.")
        }
        _ => Ok(()),
    }
}

/// What a search would go through. Of what is laid over the panes, only a failure and messages have one.
fn in_front(ui: &Ui) -> Option<Searched> {
    match ui.layers.top() {
        Some(Layer::Card(_)) => Some(Searched::Card),
        Some(Layer::Messages(pane)) => pane.reader().map(|_| Searched::Messages),
        Some(_) => None,
        None => Some(match ui.app.bench()?.focus {
            Pane::Stages => Searched::Stages,
            Pane::Guide => Searched::Guide,
            Pane::Tests => Searched::Tests,
            Pane::Logs => Searched::Logs,
        }),
    }
}

/// Whether the search of what is in front of the reader is open.
pub(in crate::tui) fn is_searching(ui: &Ui) -> bool {
    let Some((what, bench)) = in_front(ui).zip(ui.app.bench()) else { return false };
    match what {
        Searched::Stages => bench.stages_search.is_some(),
        Searched::Guide => bench.guide.is_searching(),
        Searched::Tests => bench.tests_search.is_some(),
        Searched::Logs => bench.logs.is_searching(),
        Searched::Card => ui.layers.card().is_some_and(CardPane::is_searching),
        Searched::Messages => ui.layers.messages().is_some_and(MessagesPane::is_searching),
    }
}

pub(super) fn act(ui: &mut Ui, action: Action) -> Option<Vec<Effect>> {
    let what = in_front(ui);
    match (action, what) {
        (Action::Search, Some(what)) => begin(ui, what),
        (Action::NextMatch, Some(what)) => return Some(go_on(ui, what, Way::Next)),
        (Action::PreviousMatch, Some(what)) => return Some(go_on(ui, what, Way::Previous)),
        (Action::NextLink, _) => ui.app.workbench_mut()?.guide.next_link(),
        (Action::Search | Action::NextMatch | Action::PreviousMatch, None) => {}
        _ => return None,
    }
    Some(Vec::new())
}

/// What is searched.
enum Place<'a> {
    Stages(&'a mut Workbench),
    Guide(&'a mut GuidePane),
    Tests(&'a mut Workbench),
    Logs(&'a mut LogPane),
    Card(&'a mut CardPane),
    Messages(&'a mut MessagesPane),
}

impl<'a> Place<'a> {
    /// None: the failure that was searched is gone.
    fn of(ui: &'a mut Ui, what: Searched) -> Option<Self> {
        Some(match what {
            Searched::Stages => Place::Stages(ui.app.workbench_mut()?),
            Searched::Guide => Place::Guide(&mut ui.app.workbench_mut()?.guide),
            Searched::Tests => Place::Tests(ui.app.workbench_mut()?),
            Searched::Logs => Place::Logs(&mut ui.app.workbench_mut()?.logs),
            Searched::Card => Place::Card(ui.layers.card_mut()?),
            Searched::Messages => Place::Messages(ui.layers.messages_mut()?),
        })
    }
}

fn begin(ui: &mut Ui, what: Searched) {
    match Place::of(ui, what) {
        Some(Place::Stages(bench)) => bench.stages_search = Some(ListSearch::new(bench.standing())),
        Some(Place::Guide(guide)) => guide.begin_search(),
        Some(Place::Tests(bench)) => bench.tests_search = Some(ListSearch::new(bench.standing())),
        Some(Place::Logs(logs)) => logs.begin_search(),
        Some(Place::Card(card)) => card.begin_search(),
        Some(Place::Messages(pane)) => pane.begin_search(),
        None => {}
    }
    ui.layers.push(Layer::Prompt(Prompt::new(PromptKind::Search(what))));
}

/// Something was typed into the prompt on top, or it closes.
pub(in crate::tui::update) fn typed(ui: &mut Ui, typing: Typing) -> Vec<Effect> {
    let Some(Layer::Prompt(prompt)) = ui.layers.top() else { return Vec::new() };
    let (kind, text) = (prompt.kind, prompt.input.text().to_owned());
    if typing != Typing::Changed {
        ui.layers.pop();
    }
    match (kind, typing) {
        (PromptKind::Search(what), Typing::Changed) => search(ui, what, &text),
        (PromptKind::Search(what), Typing::Abandoned) => abandon(ui, what),
        (PromptKind::Search(what), Typing::Kept) => {
            if text.trim().is_empty() {
                end(ui, what);
            }
            Vec::new()
        }
        (PromptKind::FilterMessages | PromptKind::PrintLines, _) => messages::typed(ui, kind, &text, typing),
        (PromptKind::FilterLogs, Typing::Kept) => Vec::new(),
        (PromptKind::FilterLogs, _) => {
            if let Some(bench) = ui.app.workbench_mut() {
                bench.logs.filter_text(if typing == Typing::Changed { &text } else { "" });
            }
            Vec::new()
        }
    }
}

fn search(ui: &mut Ui, what: Searched, text: &str) -> Vec<Effect> {
    let now = ui.app.now;
    match Place::of(ui, what) {
        Some(Place::Stages(bench)) => return search_stages(bench, text),
        Some(Place::Guide(guide)) => guide.search(text),
        Some(Place::Tests(bench)) => return search_tests(bench, text),
        Some(Place::Logs(logs)) => logs.search(text),
        Some(Place::Card(card)) => card.search(text),
        Some(Place::Messages(pane)) => return pane.search_for(text, now).into_iter().collect(),
        None => {}
    }
    Vec::new()
}

fn search_stages(bench: &mut Workbench, text: &str) -> Vec<Effect> {
    let Some(before) = set(&mut bench.stages_search, text) else { return Vec::new() };
    match nearest(&bench.stages_found(), bench.place(&before.stage)) {
        Some(found) => go_to_stage(bench, found),
        None => go_back(bench, &before),
    }
}

fn search_tests(bench: &mut Workbench, text: &str) -> Vec<Effect> {
    let Some(before) = set(&mut bench.tests_search, text) else { return Vec::new() };
    let entries = bench.entries();
    // Another stage may have come in front of the reader.
    let from = if before.stage == bench.shown { before.cursor.at(&entries) } else { bench.chosen(&entries) };
    match nearest(&bench.tests_found(), from) {
        Some(found) => go_to_test(bench, found),
        None => return go_back(bench, &before),
    }
    Vec::new()
}

/// What a list is searched for from now on; returns where that began.
fn set(search: &mut Option<ListSearch>, text: &str) -> Option<Before> {
    let search = search.as_mut()?;
    search.set(text);
    Some(search.before().clone())
}

/// Ends the search where it began.
fn abandon(ui: &mut Ui, what: Searched) -> Vec<Effect> {
    match Place::of(ui, what) {
        Some(Place::Stages(bench)) => {
            if let Some(search) = bench.stages_search.take() {
                return go_back(bench, search.before());
            }
        }
        Some(Place::Guide(guide)) => guide.abandon_search(),
        Some(Place::Tests(bench)) => {
            if let Some(search) = bench.tests_search.take() {
                return go_back(bench, search.before());
            }
        }
        Some(Place::Logs(logs)) => logs.abandon_search(),
        Some(Place::Card(card)) => card.abandon_search(),
        Some(Place::Messages(pane)) => pane.end_search(true),
        None => {}
    }
    Vec::new()
}

/// Ends the search that is in front of the reader, who stays where it has led. Whether there was one.
pub(super) fn close(ui: &mut Ui) -> bool {
    match in_front(ui) {
        Some(what) if is_searching(ui) => {
            end(ui, what);
            true
        }
        _ => false,
    }
}

fn end(ui: &mut Ui, what: Searched) {
    match Place::of(ui, what) {
        Some(Place::Stages(bench)) => bench.stages_search = None,
        Some(Place::Guide(guide)) => guide.clear_search(),
        Some(Place::Tests(bench)) => bench.tests_search = None,
        Some(Place::Logs(logs)) => logs.clear_search(),
        Some(Place::Card(card)) => card.clear_search(),
        Some(Place::Messages(pane)) => pane.end_search(false),
        None => {}
    }
}

/// To the next match, or the one before.
fn go_on(ui: &mut Ui, what: Searched, way: Way) -> Vec<Effect> {
    match Place::of(ui, what) {
        Some(Place::Stages(bench)) => {
            let found = step(&bench.stages_found(), bench.place(&bench.shown), way);
            return found.map_or_else(Vec::new, |found| go_to_stage(bench, found));
        }
        Some(Place::Guide(guide)) => guide.search_step(way),
        Some(Place::Tests(bench)) => {
            if let Some(found) = step(&bench.tests_found(), bench.chosen(&bench.entries()), way) {
                go_to_test(bench, found);
            }
        }
        Some(Place::Logs(logs)) => logs.search_step(way),
        Some(Place::Card(card)) => card.search_step(way),
        Some(Place::Messages(pane)) => pane.reader_mut().into_iter().for_each(|reader| reader.search_step(way)),
        None => {}
    }
    Vec::new()
}

fn go_to_stage(bench: &mut Workbench, number: usize) -> Vec<Effect> {
    let stage = bench.course.stages.get(number).map(|stage| stage.key.clone());
    match stage.filter(|stage| *stage != bench.shown) {
        Some(stage) => show_stage(bench, &stage),
        None => Vec::new(),
    }
}

fn go_to_test(bench: &mut Workbench, entry: usize) {
    bench.choose(entry);
    mark_what_it_proves(bench);
}

/// Back to where a search in a list began, in the guide, too.
fn go_back(bench: &mut Workbench, before: &Before) -> Vec<Effect> {
    bench.cursors.insert(before.stage.clone(), before.cursor.clone());
    let effects = if before.stage == bench.shown { Vec::new() } else { show_stage(bench, &before.stage) };
    bench.guide.mark(before.mark.as_deref());
    bench.guide.go_back(&before.guide);
    effects
}

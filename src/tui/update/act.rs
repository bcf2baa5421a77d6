//! What each action does: the one match over all of them.

use std::path::PathBuf;

use super::{leave, run};
use crate::report::card::{Card, Subject};
use crate::tui::action::{Action, Pane};
use crate::tui::app::{App, Overlay, Prompt, PromptKind, Screen};
use crate::tui::card::CardPane;
use crate::tui::cluster::ClusterPane;
use crate::tui::effect::{Edited, Effect, Scope};
use crate::tui::guide::openable;
use crate::tui::help::Help;
use crate::tui::history::{HistoryPane, file_of};
use crate::tui::input::LineInput;
use crate::tui::layout;
use crate::tui::scroll::Scroll;
use crate::tui::workbench::Workbench;

/// Does what a key asks for. Long because it has an arm for each action.
pub(super) fn act(app: &mut App, action: Action) -> Vec<Effect> {
    let none = Vec::new();
    match action {
        Action::Run => start(app, Scope::Stage),
        Action::RunSoFar => start(app, Scope::SoFar),
        Action::RunTest => {
            let open = open_failure(app).filter(|card| card.subject == Subject::Test).map(|card| card.test.clone());
            let chosen = || app.bench().and_then(Workbench::chosen_test).map(|test| test.name.to_owned());
            match open.or_else(chosen) {
                Some(test) => start(app, |stage| Scope::Test { stage, test }),
                None => none,
            }
        }
        Action::Cancel => app.workbench_mut().map_or(none, run::cancel),
        Action::Next => app.bench().map_or(none, |bench| vec![run::advance(bench, false)]),
        Action::Watch => watch(app),
        Action::Open => open(app),
        Action::Hint => match chosen_card(app) {
            Some(card) => vec![Effect::Hint(Box::new(card))],
            None => none,
        },
        Action::Moment => moment(app),
        Action::Cluster => {
            cluster(app);
            none
        }
        Action::History => history(app),
        Action::Back => {
            if let Some(bench) = app.workbench_mut() {
                bench.logs.jump_back();
                bench.focus(Pane::Logs);
            }
            none
        }
        Action::Edit => vec![Effect::Edit(Edited::Project)],
        Action::EditRunSh => vec![Effect::Edit(Edited::RunSh)],
        Action::Copy => copy(app),
        Action::CopyAll => {
            let text = match (&app.overlay, chosen_card(app)) {
                (Some(Overlay::Card(card)), _) => Some(card.text()),
                (_, Some(card)) => Some(CardPane::new(card).text()),
                _ => None,
            };
            copied(app, text, "The whole failure is copied.")
        }
        Action::NextPane => focus(app, 1),
        Action::PreviousPane => focus(app, Pane::ALL.len() - 1),
        Action::Focus(pane) => {
            app.overlay = None;
            if let Some(bench) = app.workbench_mut() {
                bench.focus(pane);
            }
            none
        }
        Action::Zoom => {
            if let Some(bench) = app.workbench_mut() {
                bench.zoom = !bench.zoom;
            }
            none
        }
        Action::PreviousStage => step_stage(app, -1),
        Action::NextStage => step_stage(app, 1),
        Action::Up => scroll(app, Scroll::Up(1), None),
        Action::Down => scroll(app, Scroll::Down(1), None),
        Action::HalfUp => scroll(app, Scroll::HalfUp, None),
        Action::HalfDown => scroll(app, Scroll::HalfDown, None),
        Action::PageUp => scroll(app, Scroll::PageUp, None),
        Action::PageDown => scroll(app, Scroll::PageDown, None),
        Action::Top => scroll(app, Scroll::Top, None),
        Action::Bottom => scroll(app, Scroll::Bottom, None),
        Action::Left | Action::Right => {
            let right = action == Action::Right;
            if let Some(Overlay::History(pane)) = &mut app.overlay {
                if let Some(reader) = pane.reader_mut() {
                    reader.sideways(if right { 1 } else { -1 });
                }
                return none;
            }
            if let Some(bench) = app.workbench_mut() {
                match bench.focus {
                    Pane::Logs if right => bench.logs.right(),
                    Pane::Logs => bench.logs.left(),
                    Pane::Stages | Pane::Guide | Pane::Tests => {}
                }
            }
            none
        }
        Action::Search => {
            let kind = match app.bench().map(|bench| bench.focus) {
                Some(Pane::Guide) => PromptKind::SearchGuide,
                _ => PromptKind::SearchLogs,
            };
            app.prompt = Some(Prompt { kind, input: LineInput::default() });
            none
        }
        Action::NextMatch | Action::PreviousMatch => {
            let forward = action == Action::NextMatch;
            if let Some(bench) = app.workbench_mut() {
                match bench.focus {
                    Pane::Guide if forward => bench.guide.search_next(),
                    Pane::Guide => bench.guide.search_prev(),
                    _ if forward => bench.logs.search_next(),
                    _ => bench.logs.search_prev(),
                }
            }
            none
        }
        Action::NextLink => {
            if let Some(bench) = app.workbench_mut() {
                bench.guide.next_link();
            }
            none
        }
        Action::Filter => {
            app.overlay = None;
            if let Some(bench) = app.workbench_mut() {
                bench.focus(Pane::Logs);
            }
            app.prompt = Some(Prompt { kind: PromptKind::FilterLogs, input: LineInput::default() });
            none
        }
        Action::NextMark | Action::Keys | Action::ZoomIn | Action::ZoomOut
            if matches!(app.overlay, Some(Overlay::History(_))) =>
        {
            read(app, action);
            none
        }
        Action::Keys | Action::ZoomIn | Action::ZoomOut => none,
        Action::Nodes | Action::Columns | Action::Follow | Action::Mark | Action::NextMark => {
            logs(app, action);
            none
        }
        Action::Mouse => {
            app.mouse = !app.mouse;
            app.say(if app.mouse {
                "The mouse scrolls and focuses again."
            } else {
                "The mouse is yours: select and copy as in any terminal."
            });
            vec![Effect::Mouse(app.mouse)]
        }
        Action::Help => {
            app.overlay = Some(Overlay::Help(Help::default()));
            none
        }
        Action::Close => {
            close(app);
            none
        }
        Action::Interrupt => match app.workbench_mut() {
            Some(bench) if bench.run.as_ref().is_some_and(|run| !run.cancelled) => {
                let effects = run::cancel(bench);
                app.say(format!("Cancelled. {} again quits.", app.keymap.shown(Action::Interrupt)));
                effects
            }
            _ => leave(app),
        },
        Action::Suspend => vec![Effect::Suspend],
        Action::Redraw => vec![Effect::Redraw],
        Action::Quit => match app.bench() {
            Some(bench) if bench.run.is_some() => {
                app.overlay = Some(Overlay::Quit);
                none
            }
            _ => leave(app),
        },
        Action::QuitNow => leave(app),
    }
}

fn start(app: &mut App, scope: impl FnOnce(String) -> Scope) -> Vec<Effect> {
    // Of what is open, if anything is.
    let stage = open_failure(app).map(|card| card.stage.clone());
    // The cluster view stays, and shows the new one.
    app.overlay = app
        .overlay
        .take()
        .filter(|open| matches!(open, Overlay::Cluster(_)))
        .map(|_| Overlay::Cluster(ClusterPane::default()));
    let Some(bench) = app.workbench_mut() else { return Vec::new() };
    bench.advance = false;
    let stage = stage.unwrap_or_else(|| bench.shown.clone());
    let mut effects = show_stage(bench, &stage);
    effects.extend(run::start(bench, scope(stage)));
    effects
}

/// Opens the cluster view, that of the open failure if there is one; or goes back from it.
fn cluster(app: &mut App) {
    app.overlay = match app.overlay.take() {
        Some(Overlay::Cluster(pane)) => pane.into_card().map(Overlay::Card),
        Some(Overlay::Card(card)) => Some(Overlay::Cluster(ClusterPane::new(Some(card)))),
        _ => Some(Overlay::Cluster(ClusterPane::default())),
    };
}

/// Opens what the clients did before the failure that is open or chosen; or goes back from it.
fn history(app: &mut App) -> Vec<Effect> {
    if let Some(Overlay::History(pane)) = app.overlay.take_if(|open| matches!(open, Overlay::History(_))) {
        app.overlay = Some(Overlay::Card(pane.into_card()));
        return Vec::new();
    }
    let open = match app.overlay.take() {
        Some(Overlay::Card(card)) => Some(card),
        Some(Overlay::Cluster(pane)) => pane.into_card(),
        _ => None,
    };
    let chosen = || app.bench().and_then(Workbench::chosen_card).map(|card| Box::new(CardPane::new(card.clone())));
    let Some(card) = open.or_else(chosen) else { return Vec::new() };
    open_history(app, card)
}

/// The history of a failure in place of its card; the card, if it has none.
pub(super) fn open_history(app: &mut App, card: Box<CardPane>) -> Vec<Effect> {
    let file = app.bench().zip(file_of(card.card())).map(|(bench, file)| bench.course.dir.join(file));
    let Some(file) = file else {
        app.overlay = Some(Overlay::Card(card));
        return Vec::new();
    };
    app.overlay = Some(Overlay::History(Box::new(HistoryPane::new(card, file.clone()))));
    vec![Effect::OpenHistory(file)]
}

/// What is done only in an open history.
fn read(app: &mut App, action: Action) {
    let Some(Overlay::History(pane)) = &mut app.overlay else { return };
    let Some(reader) = pane.reader_mut() else { return };
    match action {
        Action::NextMark => reader.next_mark(),
        Action::Keys => reader.next_key(),
        Action::ZoomIn => reader.zoom_in(),
        Action::ZoomOut => reader.zoom_out(),
        _ => {}
    }
}

fn open_failure(app: &App) -> Option<&Card> {
    match &app.overlay {
        Some(Overlay::Card(card)) => Some(card.card()),
        Some(Overlay::History(pane)) => Some(pane.card().card()),
        Some(Overlay::Cluster(pane)) => pane.card().map(CardPane::card),
        _ => None,
    }
}

/// The failure that is open, or the one that is chosen.
fn chosen_card(app: &App) -> Option<Card> {
    open_failure(app).or_else(|| app.bench().and_then(Workbench::chosen_card)).cloned()
}

fn watch(app: &mut App) -> Vec<Effect> {
    let Some(bench) = app.workbench_mut() else { return Vec::new() };
    bench.watch.on = !bench.watch.on;
    bench.watch.state = None;
    if bench.watch.on {
        app.say("A save runs the tests.");
        vec![Effect::StartWatch]
    } else {
        app.say("Saves are not looked at; the tests run when you say so.");
        vec![Effect::StopWatch]
    }
}

/// What enter opens: what the cursor is on.
fn open(app: &mut App) -> Vec<Effect> {
    match &app.overlay {
        Some(Overlay::Passed(_)) => {
            app.overlay = None;
            return act(app, Action::Next);
        }
        Some(_) => {
            close(app);
            return Vec::new();
        }
        None => {}
    }
    let Some(bench) = app.workbench_mut() else { return Vec::new() };
    match bench.focus {
        Pane::Stages => bench.focus(Pane::Guide),
        Pane::Guide => match bench.guide.current_link().map(str::to_owned) {
            Some(link) if openable(&link) => return vec![Effect::OpenLink(link)],
            Some(link) => app.say(format!("Only web addresses are opened; this one is {link}")),
            None => open_card(app),
        },
        Pane::Tests | Pane::Logs => open_card(app),
    }
    Vec::new()
}

fn open_card(app: &mut App) {
    let Some(bench) = app.bench() else { return };
    let chosen = bench.chosen_test().filter(|_| bench.focus == Pane::Tests);
    if let Some(test) = &chosen
        && !test.state.is_bad()
    {
        let name = test.name.to_owned();
        let run = app.keymap.shown(Action::RunTest);
        return app.say(format!("\"{name}\" has no failure to show. {run} runs it alone."));
    }
    match bench.chosen_card().cloned() {
        Some(card) => app.overlay = Some(Overlay::Card(Box::new(CardPane::new(card)))),
        None => app.say("No test of this stage has failed."),
    }
}

/// The place of the failure in the logs of its run, which are opened if others are open.
fn moment(app: &mut App) -> Vec<Effect> {
    let Some(card) = chosen_card(app) else { return Vec::new() };
    // In a history, it is the chosen operation that is looked up.
    let called = match &app.overlay {
        Some(Overlay::History(pane)) => pane.reader().map(|reader| reader.chosen_operation().called),
        _ => None,
    };
    let at = called.unwrap_or_else(|| card.moment());
    app.overlay = None;
    let Some(bench) = app.workbench_mut() else { return Vec::new() };
    bench.focus(Pane::Logs);
    let run = bench.course.dir.join(&card.records);
    if bench.logged.as_ref() == Some(&run) {
        bench.logs.jump_to(at);
        return Vec::new();
    }
    if bench.run.is_some() {
        app.say("The logs are those of the run in flight; the failure is an earlier one's.");
        return Vec::new();
    }
    bench.jump = Some(at);
    open_logs(bench, run)
}

/// The logs of a run that has ended.
fn open_logs(bench: &mut Workbench, run: PathBuf) -> Vec<Effect> {
    bench.logged = Some(run.clone());
    vec![Effect::OpenLogs { run, live: false }]
}

fn copy(app: &mut App) -> Vec<Effect> {
    if let Some(Overlay::History(pane)) = &app.overlay {
        let operation = pane.reader().map(|reader| serde_json::to_string(reader.chosen_operation()));
        return copied(app, operation.and_then(Result::ok), "The operation is copied, as it stands in the history.");
    }
    let open = match &app.overlay {
        Some(Overlay::Card(card)) => Some(card.curl().map(str::to_owned)),
        _ => None,
    };
    let line = app.bench().filter(|bench| bench.focus == Pane::Logs).and_then(|bench| {
        let store = bench.store.as_ref()?;
        bench.logs.current_text(store)
    });
    if let Some(curl) = open {
        return copied(app, curl, "The request is copied.");
    }
    if let Some(line) = line {
        return copied(app, Some(line), "The line is copied.");
    }
    let curl = chosen_card(app).and_then(|card| card.request.map(|request| request.curl));
    copied(app, curl, "The request is copied.")
}

fn copied(app: &mut App, text: Option<String>, said: &str) -> Vec<Effect> {
    match text {
        Some(text) => {
            app.say(said);
            vec![Effect::Copy(text)]
        }
        None => {
            let all = app.keymap.shown(Action::CopyAll);
            app.say(format!("This failure has no request to copy; {all} copies the whole card."));
            Vec::new()
        }
    }
}

fn focus(app: &mut App, by: usize) -> Vec<Effect> {
    if let Some(bench) = app.workbench_mut() {
        let at = Pane::ALL.iter().position(|pane| *pane == bench.focus).unwrap_or(0);
        bench.focus(Pane::ALL[(at + by) % Pane::ALL.len()]);
    }
    Vec::new()
}

fn step_stage(app: &mut App, by: isize) -> Vec<Effect> {
    let Some(bench) = app.workbench_mut() else { return Vec::new() };
    let last = bench.course.stages.len().saturating_sub(1);
    let at = bench.place(&bench.shown).saturating_add_signed(by).min(last);
    let Some(key) = bench.course.stages.get(at).map(|stage| stage.key.clone()) else { return Vec::new() };
    show_stage(bench, &key)
}

/// Another stage's guide and results, and its logs, if its last run was a different one.
pub(super) fn show_stage(bench: &mut Workbench, key: &str) -> Vec<Effect> {
    if bench.shown != key {
        bench.shown = key.to_owned();
        bench.test = 0;
    }
    let mut effects = Vec::new();
    match bench.texts.get(key) {
        Some(text) => {
            let failed = bench.results.get(key).and_then(|results| results.bad().next());
            let slug = failed.and_then(|test| bench.proves(key, test)).map(str::to_owned);
            bench.guide.show(key, &text.guide);
            bench.guide.mark(slug.as_deref());
        }
        None => effects.push(Effect::LoadStage(key.to_owned())),
    }
    let run = bench.results.get(key).and_then(|results| results.run.clone());
    if let Some(run) = run
        && bench.run.is_none()
        && bench.logged.as_ref() != Some(&run)
    {
        effects.extend(open_logs(bench, run));
    }
    effects
}

/// Moves through the pane with the focus, or the one that the mouse is over.
pub(super) fn scroll(app: &mut App, by: Scroll, at: Option<(u16, u16)>) -> Vec<Effect> {
    match &mut app.overlay {
        Some(Overlay::Card(card)) => {
            card.scroll(by);
            return Vec::new();
        }
        Some(Overlay::Cluster(pane)) => {
            pane.scroll(by);
            return Vec::new();
        }
        Some(Overlay::History(pane)) => {
            if let Some(reader) = pane.reader_mut() {
                match (by, at) {
                    // The wheel moves through time: lanes are few, operations are many.
                    (Scroll::Up(_), Some(_)) => reader.sideways(-1),
                    (Scroll::Down(_), Some(_)) => reader.sideways(1),
                    _ => reader.scroll(by),
                }
            }
            return Vec::new();
        }
        Some(Overlay::Help(help)) => {
            help.scroll(by, &app.keymap);
            return Vec::new();
        }
        Some(_) => return Vec::new(),
        None => {}
    }
    let size = app.size;
    if let Screen::Picker(picker) = &mut app.screen {
        picker.scroll(by);
        return Vec::new();
    }
    let Some(bench) = app.workbench_mut() else { return Vec::new() };
    let layout = layout::for_size(size, bench);
    let pane = at.and_then(|at| layout.at(at)).unwrap_or(bench.focus);
    let height = layout.height(pane);
    match pane {
        Pane::Stages => {
            let total = bench.course.stages.len();
            let to = moved(by, bench.place(&bench.shown), total, height);
            if let Some(key) = bench.course.stages.get(to).map(|stage| stage.key.clone()) {
                return show_stage(bench, &key);
            }
        }
        Pane::Guide => bench.guide.scroll(by),
        Pane::Tests => {
            bench.test = moved(by, bench.test, bench.tests().len(), height / 2);
            let shown = bench.shown.clone();
            if let Some(test) = bench.chosen_test().filter(|test| test.state.is_bad()) {
                let slug = bench.proves(&shown, test.name).map(str::to_owned);
                bench.guide.mark(slug.as_deref());
            }
        }
        Pane::Logs => bench.logs.scroll(by),
    }
    Vec::new()
}

/// A cursor that moves in a list.
fn moved(by: Scroll, at: usize, total: usize, height: usize) -> usize {
    let last = total.saturating_sub(1);
    let page = height.max(1);
    let to = match by {
        Scroll::Up(rows) => at.saturating_sub(rows),
        Scroll::Down(rows) => at + rows,
        Scroll::HalfUp => at.saturating_sub(page.div_ceil(2)),
        Scroll::HalfDown => at + page.div_ceil(2),
        Scroll::PageUp => at.saturating_sub(page),
        Scroll::PageDown => at + page,
        Scroll::Top => 0,
        Scroll::Bottom => last,
    };
    to.min(last)
}

fn logs(app: &mut App, action: Action) {
    let Some(bench) = app.workbench_mut() else { return };
    bench.focus(Pane::Logs);
    match action {
        Action::Nodes => bench.logs.next_node(),
        Action::Columns => bench.logs.toggle_columns(),
        Action::Follow => bench.logs.toggle_follow(),
        Action::Mark => bench.logs.mark(),
        Action::NextMark => bench.logs.next_mark(),
        _ => {}
    }
    app.overlay = None;
}

/// One thing at a time: what is open, then a search, then a filter, then the zoom.
fn close(app: &mut App) {
    if matches!(app.overlay, Some(Overlay::Cluster(_))) {
        return cluster(app);
    }
    if matches!(app.overlay, Some(Overlay::History(_))) {
        history(app);
        return;
    }
    if app.overlay.take().is_some() || app.toast.take().is_some() {
        return;
    }
    let Some(bench) = app.workbench_mut() else { return };
    if bench.focus == Pane::Guide && bench.guide.is_searching() {
        bench.guide.clear_search();
    } else if bench.focus == Pane::Logs && bench.logs.is_searching() {
        bench.logs.clear_search();
    } else if bench.focus == Pane::Logs && bench.logs.is_filtering() {
        bench.logs.clear_filter();
    } else {
        bench.zoom = false;
    }
}

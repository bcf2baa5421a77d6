//! The last row: what is being typed, or a message, or the keys that do something now.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use super::{notes, put};
use crate::facts::StageVerdict;
use crate::tui::action::{Action, Pane};
use crate::tui::app::{App, Screen};
use crate::tui::layers::{Layer, PromptKind, Searched};
use crate::tui::messages::MessagesPane;
use crate::tui::targets::{Target, Targets};
use crate::tui::theme::{Look, Theme};
use crate::tui::ui::Ui;
use crate::tui::update::{available, is_searching};
use crate::tui::workbench::{Run, Workbench};

/// Returns where the cursor is, if something is being typed.
pub(super) fn draw(ui: &Ui, area: Rect, buffer: &mut Buffer, targets: &mut Targets) -> Option<(u16, u16)> {
    let app = &ui.app;
    let theme = &app.theme;
    if let Some(Layer::Prompt(prompt)) = ui.layers.top() {
        let name = match prompt.kind {
            PromptKind::Search(Searched::Stages) => " Search the stages: ",
            PromptKind::Search(Searched::Guide) => " Search the guide: ",
            PromptKind::Search(Searched::Tests) => " Search the tests: ",
            PromptKind::Search(Searched::Logs) => " Search the logs: ",
            PromptKind::Search(Searched::Card) => " Search the failure: ",
            PromptKind::Search(Searched::Messages) => " Search the messages: ",
            PromptKind::FilterLogs => " Only lines with: ",
            PromptKind::FilterMessages => " Only n1, or n1,n2, or with: ",
            PromptKind::PrintLines => " Beside them, log lines with: ",
        };
        put(theme, buffer, area, name, theme.style(Look::Key));
        let used = name.len() as u16;
        let rest = Rect { x: area.x + used, width: area.width.saturating_sub(used), ..area };
        let column = prompt.input.render(theme, rest, buffer);
        return Some((column, area.y));
    }
    let help = entry(app, Action::Help, None, theme);
    let area = match &app.toast {
        Some(toast) => notes::said(&toast.text, toast.bad, theme, area, columns(&help) as u16, buffer, targets),
        None => area,
    };
    let mut line: Vec<Span> = Vec::new();
    let room = usize::from(area.width).saturating_sub(columns(&help));
    let fitting = keys(ui).into_iter().map(|(action, label)| (action, entry(app, action, label, theme)));
    let mut used = 0;
    let fitting = fitting.take_while(|(_, key)| {
        used += columns(key);
        used <= room
    });
    for (action, key) in fitting.chain([(Action::Help, help)]) {
        let place = Rect { x: area.x + columns(&line) as u16, width: columns(&key) as u16, ..area };
        targets.add(place, Target::Key(action));
        line.extend(key);
    }
    buffer.set_line(area.x, area.y, &Line::from(line), area.width);
    None
}

fn columns(spans: &[Span]) -> usize {
    spans.iter().map(Span::width).sum()
}

fn entry(app: &App, action: Action, label: Option<&str>, theme: &Theme) -> Vec<Span<'static>> {
    let key = app.keymap.shown(action);
    if key.is_empty() {
        return Vec::new();
    }
    let label = label.unwrap_or(action.entry().label);
    vec![
        Span::styled(format!(" {key}"), theme.style(Look::Key)),
        Span::styled(format!(" {label} "), theme.style(Look::Dim)),
    ]
}

/// The keys that do something now, the most useful first.
fn keys(ui: &Ui) -> Vec<Entry> {
    match (ui.layers.top(), &ui.app.screen) {
        (Some(layer), _) => of_layer(layer, ui),
        (None, Screen::Workbench(bench)) => of_bench(bench, ui),
        (None, Screen::Picker(_)) => {
            vec![(Action::Open, Some("begin")), (Action::NextPane, Some("next field")), (Action::Quit, None)]
        }
        (None, _) => vec![(Action::Quit, None)],
    }
}

/// A key of the footer, with a label of its own where what it does here has one.
type Entry = (Action, Option<&'static str>);

/// Those of the actions that do something now.
fn available_of(actions: &[Action], ui: &Ui) -> impl Iterator<Item = Entry> {
    actions.iter().copied().filter(|action| available(*action, ui).is_ok()).map(|action| (action, None))
}

fn of_layer(layer: &Layer, ui: &Ui) -> Vec<Entry> {
    let back = (Action::Close, Some("back"));
    match layer {
        Layer::Card(_) => {
            let search = of_search(ui);
            let mut keys = if search.is_empty() { vec![back] } else { search };
            let look =
                [Action::Hint, Action::Moment, Action::History, Action::Cluster, Action::Messages, Action::LastPass];
            keys.extend(available_of(&look, ui));
            let rest = [Action::Copy, Action::CopyAll, Action::RunTest, Action::Run, Action::Edit];
            keys.extend(available_of(&rest, ui));
            keys.extend(available_of(&[Action::Search, Action::Keep], ui));
            keys
        }
        Layer::Cluster(_) => {
            let mut keys = vec![back, (Action::Left, Some("before")), (Action::Right, Some("after"))];
            keys.extend([(Action::NextStage, Some("next change")), (Action::PreviousStage, Some("change before"))]);
            keys.push((Action::Down, Some("next node")));
            let rest = [Action::Cancel, Action::Hint, Action::Moment, Action::Messages, Action::Run];
            keys.extend(available_of(&rest, ui));
            keys
        }
        Layer::History(pane) => {
            let mut keys = vec![back];
            if pane.reader().is_some() {
                keys.extend([(Action::Left, Some("before")), (Action::Right, Some("after"))]);
                keys.extend(available_of(&[Action::NextMark], ui).map(|(key, _)| (key, Some("next proof"))));
                let view =
                    [Action::Moment, Action::Messages, Action::Keys, Action::ZoomIn, Action::ZoomOut, Action::Copy];
                keys.extend(available_of(&view, ui));
            }
            keys.extend(available_of(&[Action::Cancel, Action::Hint, Action::Run], ui));
            keys
        }
        Layer::Messages(pane) => of_messages(pane, ui),
        Layer::LeftUp(_) => {
            let mut keys = vec![(Action::Close, None), (Action::Keep, Some("end the nodes"))];
            keys.extend(available_of(&[Action::Copy], ui).map(|(key, _)| (key, Some("copy the request"))));
            keys
        }
        Layer::Help(_) => vec![(Action::Open, Some("do it")), (Action::Close, None)],
        Layer::Passed(pane) => onward(pane.next.is_none(), ui).chain([(Action::Close, None)]).collect(),
        _ => vec![(Action::Close, None)],
    }
}

fn of_messages(pane: &MessagesPane, ui: &Ui) -> Vec<Entry> {
    let search = of_search(ui);
    let mut keys = if search.is_empty() { vec![(Action::Close, Some("back"))] } else { search };
    if let Some(reader) = pane.reader() {
        keys.push((Action::Open, Some(if reader.opened().is_some() { "less" } else { "whole" })));
        keys.extend(available_of(&[Action::Fold], ui).map(|(key, _)| (key, Some("unfold"))));
        keys.extend(available_of(&[Action::FilterMessages, Action::Search], ui));
        keys.extend(available_of(&[Action::Moment, Action::Cluster, Action::History], ui));
        keys.extend(available_of(&[Action::Filter], ui).map(|(key, _)| (key, Some("log lines"))));
        keys.extend(available_of(&[Action::Copy], ui));
    }
    keys.extend(available_of(&[Action::Cancel, Action::Run], ui));
    keys
}

/// The key that leaves a stage that has passed: after the last one there is none to go to.
fn onward(last: bool, ui: &Ui) -> impl Iterator<Item = Entry> {
    available_of(&[Action::Next], ui).map(move |(next, label)| (next, if last { Some("complete it") } else { label }))
}

/// Those of the search that is open; none without one.
fn of_search(ui: &Ui) -> Vec<Entry> {
    if !is_searching(ui) {
        return Vec::new();
    }
    let end = (Action::Close, Some("end search"));
    available_of(&[Action::NextMatch, Action::PreviousMatch], ui).chain([end]).collect()
}

fn of_bench(bench: &Workbench, ui: &Ui) -> Vec<Entry> {
    let mut keys = of_search(ui);
    let runs = bench.run.is_some();
    if bench.run.as_ref().is_some_and(Run::stands_still) {
        keys.push((Action::Keep, Some("end the nodes")));
    }
    keys.extend(available_of(if runs { &[Action::Cancel] } else { &[Action::Run] }, ui));
    if !runs && bench.verdict(&bench.course.current) == Some(StageVerdict::Passed) {
        let last = bench.course.stages.last().is_some_and(|stage| stage.key == bench.course.current);
        keys.extend(onward(last, ui));
    }
    if bench.opens_failure() {
        keys.push((Action::Open, Some("failure")));
    }
    keys.extend(available_of(&[Action::Hint], ui));
    let look = [Action::Edit, Action::Moment, Action::History, Action::Cluster, Action::Messages];
    keys.extend(available_of(&look, ui));
    let of_pane: &[Action] = match bench.focus {
        Pane::Logs => &[Action::Search, Action::Filter, Action::Nodes, Action::Columns, Action::Follow, Action::Copy],
        Pane::Guide => &[Action::Search, Action::NextLink, Action::Copy],
        Pane::Tests => &[Action::RunTest, Action::RunSoFar],
        Pane::Stages => &[],
    };
    if bench.focus == Pane::Tests && bench.chosen_entry().is_some_and(|entry| entry.folds()) {
        keys.push((Action::Fold, None));
    }
    keys.extend(available_of(of_pane, ui));
    keys.extend(available_of(&[Action::NextPane, Action::Quit, Action::Zoom, Action::Watch], ui));
    if matches!(bench.focus, Pane::Tests | Pane::Stages) {
        keys.extend(available_of(&[Action::Search], ui));
    }
    keys
}

//! The last row: what is being typed, or a message, or the keys that do something now.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use super::put;
use crate::text::clean;
use crate::tui::action::{Action, Pane};
use crate::tui::app::{App, Overlay, PromptKind, Screen};
use crate::tui::theme::{Look, Theme};
use crate::tui::update::available;

/// Returns where the cursor is, if something is being typed.
pub(super) fn draw(app: &App, area: Rect, buffer: &mut Buffer) -> Option<(u16, u16)> {
    let theme = &app.theme;
    if let Some(prompt) = &app.prompt {
        let name = match prompt.kind {
            PromptKind::SearchGuide => " Search the guide: ",
            PromptKind::SearchLogs => " Search the logs: ",
            PromptKind::FilterLogs => " Only lines with: ",
        };
        put(theme, buffer, area, name, theme.style(Look::Key));
        let used = name.len() as u16;
        let rest = Rect { x: area.x + used, width: area.width.saturating_sub(used), ..area };
        let column = prompt.input.render(theme, rest, buffer);
        return Some((column, area.y));
    }
    if let Some(toast) = &app.toast {
        let look = if toast.bad { Look::Bad } else { Look::Strong };
        put(theme, buffer, area, &format!(" {}", clean(&toast.text)), theme.style(look));
        return None;
    }
    let keys = keys(app);
    let help = entry(app, Action::Help, None, theme);
    let mut line: Vec<Span> = Vec::new();
    let room = usize::from(area.width).saturating_sub(columns(&help));
    for key in keys {
        if columns(&line) + columns(&key) > room {
            break;
        }
        line.extend(key);
    }
    line.extend(help);
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
fn keys(app: &App) -> Vec<Vec<Span<'static>>> {
    let theme = &app.theme;
    let with = |action, label| entry(app, action, label, theme);
    let of = |actions: &[Action]| -> Vec<Vec<Span<'static>>> {
        let now = actions.iter().filter(|action| available(**action, app).is_ok());
        now.map(|action| with(*action, None)).collect()
    };
    match (&app.overlay, &app.screen) {
        (Some(Overlay::Card(_)), _) => {
            let mut keys = vec![with(Action::Close, Some("back"))];
            keys.extend(of(&[
                Action::Hint,
                Action::Moment,
                Action::History,
                Action::Cluster,
                Action::Copy,
                Action::CopyAll,
                Action::RunTest,
                Action::Run,
                Action::Edit,
            ]));
            keys
        }
        (Some(Overlay::Cluster(_)), _) => {
            let mut keys = vec![with(Action::Close, Some("back"))];
            keys.extend(of(&[Action::Cancel, Action::Hint, Action::Moment, Action::Run]));
            keys
        }
        (Some(Overlay::History(pane)), _) => {
            let mut keys = vec![with(Action::Close, Some("back"))];
            if pane.reader().is_some() {
                keys.extend([with(Action::Left, Some("before")), with(Action::Right, Some("after"))]);
                if available(Action::NextMark, app).is_ok() {
                    keys.push(with(Action::NextMark, Some("next proof")));
                }
                keys.extend(of(&[Action::Moment, Action::Keys, Action::ZoomIn, Action::ZoomOut, Action::Copy]));
            }
            keys.extend(of(&[Action::Cancel, Action::Hint, Action::Run]));
            keys
        }
        (Some(Overlay::Help(_)), _) => {
            vec![with(Action::Open, Some("do it")), with(Action::Close, None)]
        }
        (Some(_), _) => vec![with(Action::Close, None)],
        (None, Screen::Bench(bench)) => {
            let searching = match bench.focus {
                Pane::Guide => bench.guide.is_searching(),
                Pane::Logs => bench.logs.is_searching(),
                _ => false,
            };
            let mut keys = Vec::new();
            if searching {
                keys.extend(of(&[Action::NextMatch, Action::PreviousMatch]));
                keys.push(with(Action::Close, Some("end search")));
            }
            if bench.run.is_some() {
                keys.extend(of(&[Action::Cancel]));
            } else {
                keys.extend(of(&[Action::Run]));
            }
            let passes = bench.verdict(&bench.course.current) == Some(crate::facts::StageVerdict::Passed);
            if passes && bench.run.is_none() {
                keys.extend(of(&[Action::Next]));
            }
            if bench.opens_failure() {
                keys.push(with(Action::Open, Some("failure")));
            }
            keys.extend(of(&[Action::Hint, Action::Moment, Action::History, Action::Cluster]));
            keys.extend(match bench.focus {
                Pane::Logs => of(&[
                    Action::Search,
                    Action::Filter,
                    Action::Nodes,
                    Action::Columns,
                    Action::Follow,
                    Action::Copy,
                ]),
                Pane::Guide => of(&[Action::Search, Action::NextLink]),
                Pane::Tests => of(&[Action::RunTest, Action::RunSoFar]),
                Pane::Stages => Vec::new(),
            });
            keys.extend(of(&[Action::Edit, Action::NextPane, Action::Zoom, Action::Watch, Action::Quit]));
            keys
        }
        (None, Screen::Picker(_)) => {
            vec![
                with(Action::Open, Some("begin")),
                with(Action::NextPane, Some("next field")),
                with(Action::Quit, None),
            ]
        }
        (None, _) => vec![with(Action::Quit, None)],
    }
}

//! What is typed and clicked: to the line that is being typed, to what is laid over the screen, to the actions.

use crossterm::event::{KeyCode, KeyEvent, KeyEventKind, MouseButton, MouseEvent, MouseEventKind};

use super::{act, available, available::is_searching, leave};
use crate::tui::action::Action;
use crate::tui::app::{App, Overlay, PromptKind, Screen};
use crate::tui::effect::Effect;
use crate::tui::input::Edit;
use crate::tui::keymap::Key;
use crate::tui::layout;
use crate::tui::scroll::Scroll;

/// Rows that one notch of the wheel moves.
const NOTCH: usize = 3;

pub(super) fn key(app: &mut App, event: &KeyEvent) -> Vec<Effect> {
    if event.kind == KeyEventKind::Release {
        return Vec::new();
    }
    let key = Key::from_event(event);
    // These end things, so they reach through whatever is open.
    let urgent = app.keymap.actions(key).find(|action| {
        matches!(action, Action::Interrupt | Action::Suspend | Action::Redraw)
            && !matches!(event.code, KeyCode::Char(_) if event.modifiers.is_empty())
    });
    if let Some(action) = urgent {
        return act::act(app, action);
    }
    if app.prompt.is_some() {
        return prompt(app, event);
    }
    match &mut app.overlay {
        Some(Overlay::Help(_)) => return help(app, event),
        Some(Overlay::Quit) => {
            let again = app.keymap.actions(key).any(|action| matches!(action, Action::Quit | Action::QuitNow));
            app.overlay = None;
            let yes = again || matches!(event.code, KeyCode::Enter | KeyCode::Char('y'));
            return if yes { leave(app) } else { Vec::new() };
        }
        _ => {}
    }
    if let Screen::Picker(picker) = &mut app.screen
        && app.overlay.is_none()
        && let Some(effects) = picker.key(event)
    {
        return effects;
    }
    let searching = app.bench().is_some_and(is_searching) && app.overlay.is_none();
    let of_search = |action: &Action| matches!(action, Action::NextMatch | Action::PreviousMatch);
    let actions: Vec<Action> = app.keymap.actions(key).collect();
    let action = actions
        .iter()
        .find(|action| searching && of_search(action))
        .or_else(|| actions.iter().find(|action| !of_search(action)));
    match action {
        Some(action) => press(app, *action),
        None => Vec::new(),
    }
}

/// Does it, or says why not.
fn press(app: &mut App, action: Action) -> Vec<Effect> {
    match available::available(action, app) {
        Ok(()) => act::act(app, action),
        Err(reason) => {
            app.say(reason);
            Vec::new()
        }
    }
}

fn prompt(app: &mut App, event: &KeyEvent) -> Vec<Effect> {
    let Some(prompt) = &mut app.prompt else { return Vec::new() };
    match event.code {
        KeyCode::Enter => {
            app.prompt = None;
        }
        KeyCode::Esc => {
            let kind = prompt.kind;
            app.prompt = None;
            if let Some(bench) = app.workbench_mut() {
                match kind {
                    PromptKind::SearchGuide => bench.guide.clear_search(),
                    PromptKind::SearchLogs => bench.logs.clear_search(),
                    PromptKind::FilterLogs => bench.logs.filter_text(""),
                }
            }
        }
        _ => {
            if prompt.input.key(event) == Edit::Changed {
                apply_prompt(app);
            }
        }
    }
    Vec::new()
}

/// What is typed takes effect with each letter.
fn apply_prompt(app: &mut App) {
    let Some(prompt) = &app.prompt else { return };
    let (kind, text) = (prompt.kind, prompt.input.text().to_owned());
    let Some(bench) = app.workbench_mut() else { return };
    match kind {
        PromptKind::SearchGuide => bench.guide.search(&text),
        PromptKind::SearchLogs => bench.logs.search(&text),
        PromptKind::FilterLogs => bench.logs.filter_text(&text),
    }
}

fn help(app: &mut App, event: &KeyEvent) -> Vec<Effect> {
    let keymap = app.keymap.clone();
    let Some(Overlay::Help(help)) = &mut app.overlay else { return Vec::new() };
    match event.code {
        KeyCode::Esc => app.overlay = None,
        KeyCode::Enter => {
            let chosen = help.chosen(&keymap);
            app.overlay = None;
            if let Some(action) = chosen {
                return press(app, action);
            }
        }
        _ => help.key(event, &keymap),
    }
    Vec::new()
}

/// A paste never triggers commands: it goes where text is typed, or nowhere.
pub(super) fn paste(app: &mut App, text: &str) -> Vec<Effect> {
    if let Some(prompt) = &mut app.prompt {
        prompt.input.paste(text);
        apply_prompt(app);
    } else if let Some(Overlay::Help(help)) = &mut app.overlay {
        help.paste(text);
    } else if let (None, Screen::Picker(picker)) = (&app.overlay, &mut app.screen) {
        picker.paste(text);
    }
    Vec::new()
}

pub(super) fn mouse(app: &mut App, event: &MouseEvent) -> Vec<Effect> {
    let at = (event.column, event.row);
    match event.kind {
        MouseEventKind::ScrollUp => return act::scroll(app, Scroll::Up(NOTCH), Some(at)),
        MouseEventKind::ScrollDown => return act::scroll(app, Scroll::Down(NOTCH), Some(at)),
        MouseEventKind::ScrollLeft | MouseEventKind::ScrollRight => {
            let left = event.kind == MouseEventKind::ScrollLeft;
            return act::act(app, if left { Action::Left } else { Action::Right });
        }
        MouseEventKind::Down(MouseButton::Left) if matches!(app.overlay, Some(Overlay::History(_))) => {
            if let Some(Overlay::History(pane)) = &mut app.overlay
                && let Some(reader) = pane.reader_mut()
            {
                reader.click(at);
            }
        }
        MouseEventKind::Down(MouseButton::Left) if app.overlay.is_none() => {
            let size = app.size;
            if let Some(bench) = app.workbench_mut()
                && let Some(pane) = layout::for_size(size, bench).at(at)
            {
                bench.focus(pane);
            }
        }
        _ => {}
    }
    Vec::new()
}

//! Every action, and every event that changes something, on a desk of its own.

mod before;
mod cluster;
mod history;
mod keys;
mod left_up;
mod messages;
mod moments;
mod place;
mod runs;
mod search;
mod sizes;
mod tour;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use ::history::{History, Limits, Verdict as Judged, judge};
use crossterm::event::{KeyCode, KeyEvent, KeyModifiers, MouseButton, MouseEvent, MouseEventKind};

use super::actions::beneath;
use super::{available, update};
use crate::facts::{self as runner, NodeEventKind, Outcome, RunStarted, StageVerdict, Stamped, Verdict};
use crate::report::card::{Card, Subject};
use crate::report::describe::English;
use crate::report::places::SourcePlace;
use crate::report::rest::Rest;
use crate::report::run_state::RunState;
use crate::session::progress::Moved;
use crate::tui::action::{Action, Pane, TABLE};
use crate::tui::app::{App, Screen};
use crate::tui::effect::{Edited, Effect, Request, Scope};
use crate::tui::event::{Advanced, Course, Done, Event, RunNews, Signal, StageRow, StageText, TestRow};
use crate::tui::keymap::{Key, Keymap};
use crate::tui::layers::{Layer, Note, PromptKind, Searched};
use crate::tui::remembered::Remembered;
use crate::tui::results::{StageResults, State, TestResult};
use crate::tui::theme::Theme;
use crate::tui::ui::Ui;
use crate::tui::workbench::{Jump, Phase, Workbench};
use crate::watch::{How, WatchEvent};

/// The app on a challenge of two stages with two tests each, at a time that only the test moves.
pub(in crate::tui) struct Desk {
    pub(in crate::tui) ui: Ui,
    pub(in crate::tui) now: Instant,
    effects: Vec<Effect>,
    /// What was kept last of where the learner is.
    kept: Option<Remembered>,
    /// What the run has told.
    told: RunState,
}

impl Desk {
    pub(in crate::tui) fn new() -> Self {
        let now = Instant::now();
        let app = App::new(Theme::DARK, Keymap::default(), (120, 36), now);
        let mut desk = Self { ui: Ui::new(app), now, effects: Vec::new(), kept: None, told: RunState::default() };
        desk.done(Done::Opened(Ok(Box::new(course()))));
        for stage in ["first", "second"] {
            let test = |name: &str| TestRow { name: format!("{stage} {name}"), proves: "values".into() };
            let guide = "# Title\n\nText.\n\n## Values\n\nA [link](https://example.org/).\n".to_owned();
            let text = StageText { guide, after: None, tests: vec![test("works"), test("lasts")] };
            desk.done(Done::Stage { key: stage.into(), loaded: Ok(text) });
        }
        desk.effects.clear();
        desk
    }

    pub(in crate::tui) fn event(&mut self, event: Event) -> &mut Self {
        let effects = update(&mut self.ui, event, self.now);
        for effect in effects {
            match effect {
                Effect::Remember(remembered) => self.kept = Some(*remembered),
                effect => self.effects.push(effect),
            }
        }
        self
    }

    pub(in crate::tui) fn done(&mut self, done: Done) -> &mut Self {
        self.event(Event::Done(done))
    }

    pub(in crate::tui) fn press(&mut self, key: &str) -> &mut Self {
        let code = match key {
            "enter" => KeyCode::Enter,
            "esc" => KeyCode::Esc,
            "tab" => KeyCode::Tab,
            "shift-tab" => KeyCode::BackTab,
            "backspace" => KeyCode::Backspace,
            "left" => KeyCode::Left,
            "right" => KeyCode::Right,
            "pageup" => KeyCode::PageUp,
            "pagedown" => KeyCode::PageDown,
            "space" => KeyCode::Char(' '),
            _ => KeyCode::Char(key.chars().last().unwrap()),
        };
        let modifiers = if key.starts_with("ctrl-") { KeyModifiers::CONTROL } else { KeyModifiers::NONE };
        self.event(Event::Key(KeyEvent::new(code, modifiers)))
    }

    pub(in crate::tui) fn news(&mut self, news: RunNews) -> &mut Self {
        let id = self.bench().runs;
        self.event(Event::Run { id, news })
    }

    pub(in crate::tui) fn told(&mut self, event: runner::Event) -> &mut Self {
        self.told_at(0, event)
    }

    /// An event this many milliseconds after the run began.
    pub(in crate::tui) fn told_at(&mut self, ms: u64, event: runner::Event) -> &mut Self {
        let stamped = Box::new(Stamped { at: Duration::from_millis(ms), event });
        self.told.event(&stamped);
        let cluster = Arc::clone(self.told.cluster());
        self.news(RunNews::Event { stamped, cluster })
    }

    pub(in crate::tui) fn node(&mut self, ms: u64, node: &str, what: NodeEventKind) -> &mut Self {
        self.told_at(ms, runner::Event::Node { node: node.into(), what })
    }

    /// What a node says of itself.
    pub(in crate::tui) fn says(&mut self, ms: u64, node: &str, role: &str, term: u64) -> &mut Self {
        let (text, leads) = (format!("{role}, term {term}"), role == "leader");
        let says = runner::Event::Says {
            node: node.into(),
            text,
            role: role.into(),
            term: Some(term),
            leads,
            group: String::new(),
            members: Vec::new(),
        };
        self.told_at(ms, says)
    }

    /// Nodes that are up, and what they say of themselves: the first leads.
    pub(in crate::tui) fn nodes(&mut self, nodes: &[&str]) -> &mut Self {
        for (number, node) in nodes.iter().enumerate() {
            let ready = NodeEventKind::Ready { after: Duration::from_millis(40) };
            self.node(50, node, NodeEventKind::Started { pid: 1, port: 24011 }).node(90, node, ready);
            let role = if number == 0 { "leader" } else { "follower" };
            self.says(900, node, role, 3);
        }
        self
    }

    /// The links are like this from now on.
    pub(in crate::tui) fn links(
        &mut self,
        ms: u64,
        verb: runner::Verb,
        text: &str,
        cut: &[(&str, &str)],
        slows: &[(&str, &str, &str)],
    ) -> &mut Self {
        let slow = |(from, to, how): &(&str, &str, &str)| runner::SlowLink {
            from: (*from).to_owned(),
            to: (*to).to_owned(),
            how: (*how).to_owned(),
        };
        self.told_at(
            ms,
            runner::Event::Links(runner::Links {
                verb,
                text: text.into(),
                cut: cut.iter().map(|(from, to)| ((*from).to_owned(), (*to).to_owned())).collect(),
                slow: slows.iter().map(slow).collect(),
            }),
        )
    }

    pub(in crate::tui) fn bench(&self) -> &Workbench {
        self.ui.app.bench().unwrap()
    }

    fn bench_mut(&mut self) -> &mut Workbench {
        self.ui.app.workbench_mut().unwrap()
    }

    pub(in crate::tui) fn take(&mut self) -> Vec<Effect> {
        std::mem::take(&mut self.effects)
    }

    pub(in crate::tui) fn toast(&self) -> &str {
        self.ui.app.toast.as_ref().map_or("", |toast| &toast.text)
    }

    /// A run of a stage, up to its first test.
    pub(in crate::tui) fn begun(&mut self, stage: &str) -> &mut Self {
        self.news(RunNews::Prepared { folder: PathBuf::from("/p/.lsfr/runs/x") });
        self.told(runner::Event::RunStarted(RunStarted {
            version: String::new(),
            challenge: "kv".into(),
            stages: vec![stage.into()],
            seed: 7,
            folder: ".lsfr/runs/x".into(),
            time: String::new(),
            faults: None,
        }));
        let tests = vec![format!("{stage} works"), format!("{stage} lasts")];
        self.told(runner::Event::StageStarted { stage: stage.into(), title: String::new(), tests })
    }

    pub(in crate::tui) fn test(&mut self, stage: &str, name: &str, verdict: Verdict) -> &mut Self {
        let (stage, test, took) = (stage.to_owned(), format!("{stage} {name}"), Duration::from_millis(5));
        self.told(runner::Event::TestStarted { stage: stage.clone(), test: test.clone() });
        let failed = matches!(verdict, Verdict::Failed(_));
        self.told(runner::Event::TestEnded { stage: stage.clone(), test: test.clone(), verdict, took });
        if failed {
            let mut card = crate::report::card::Card::example(&stage, &test, &["one", "two"]);
            card.cluster = self.bench().cluster.now(&English);
            card.at = card.cluster.as_ref().map_or(card.at, |cluster| cluster.at);
            self.news(RunNews::Card(Box::new(card)));
        }
        self
    }

    /// The first test of a stage fails by what its clients saw.
    pub(in crate::tui) fn violated(&mut self, stage: &str) -> &mut Self {
        let (test, took) = (format!("{stage} works"), Duration::from_millis(5));
        self.begun(stage).told(runner::Event::TestStarted { stage: stage.into(), test: test.clone() });
        let verdict = failure();
        self.told(runner::Event::TestEnded { stage: stage.into(), test: test.clone(), verdict, took });
        self.news(RunNews::Card(Box::new(violation(stage, &test)))).ended(stage, StageVerdict::Failed)
    }

    /// The history of that is open, and has been read.
    pub(in crate::tui) fn reading(&mut self) -> &mut Self {
        self.press("r").violated("first").press("3").press("enter").press("t");
        let file = PathBuf::from("/p/.lsfr/runs/x/history.jsonl");
        self.done(Done::History { file, read: Ok(Box::new(history())) })
    }

    pub(in crate::tui) fn ended(&mut self, stage: &str, verdict: StageVerdict) -> &mut Self {
        self.told(runner::Event::StageEnded { stage: stage.into(), verdict, took: Duration::from_millis(9) });
        let outcome = if verdict == StageVerdict::Passed { Outcome::Passed } else { Outcome::Failed };
        self.news(RunNews::Ended(Ok(outcome)))
    }

    pub(in crate::tui) fn passed(&mut self, stage: &str) -> &mut Self {
        self.begun(stage).test(stage, "works", Verdict::Passed).test(stage, "lasts", Verdict::Passed);
        self.ended(stage, StageVerdict::Passed)
    }

    pub(in crate::tui) fn failed(&mut self, stage: &str) -> &mut Self {
        self.begun(stage).test(stage, "works", Verdict::Passed).test(stage, "lasts", failure());
        self.ended(stage, StageVerdict::Failed)
    }
}

/// What a few clients did to two keys. One was told what had been overwritten.
pub(in crate::tui) fn history() -> History {
    let text = r#"{"history":1}
{"fault":"cut","what":"n3 was cut off from n1 and n2","nodes":["n3"],"from":2.9,"to":5}
{"fault":"pause","what":"n2 was paused","nodes":["n2"],"from":4.2,"to":4.6}
{"client":1,"node":"n1","key":"x","op":"write","value":"7","called":2.5,"returned":2.6,"outcome":"ok"}
{"client":2,"node":"n1","key":"x","op":"write","value":"9","called":2.8,"returned":3.05,"outcome":"ok"}
{"client":3,"node":"n3","key":"x","op":"read","value":"7","called":3.1,"returned":3.2,"outcome":"ok"}
{"client":4,"node":"n1","key":"x","op":"read","value":"9","called":3.3,"returned":3.4,"outcome":"ok"}
{"client":1,"node":"n1","key":"x","op":"cas","from":"8","to":"12","called":3.5,"returned":3.6,"outcome":"unmet","note":"412"}
{"client":2,"node":"n2","key":"x","op":"write","value":"11","called":4.25,"returned":5.25,"outcome":"unknown","note":"no answer in 1 s"}
{"client":4,"node":"n1","key":"y","op":"read","value":null,"called":2,"returned":2.1,"outcome":"ok"}
{"client":4,"node":"n2","key":"y","op":"write","value":"1","called":2.2,"returned":2.3,"outcome":"ok"}
{"client":5,"node":"n3","key":"x","op":"read","called":5.5,"outcome":"unknown"}
"#;
    History::read(text.as_bytes()).unwrap()
}

/// A failure that was found in that history.
pub(in crate::tui) fn violation(stage: &str, test: &str) -> Card {
    let Judged::Violation(explanation) = judge(&history(), &Limits::default()).verdict else { unreachable!() };
    let mut card = Card::example(stage, test, &["one", "two"]);
    card.told = vec![explanation.sentence.clone()];
    card.explanation = Some(*explanation);
    card.records = ".lsfr/runs/x".into();
    card.history_file = Some(".lsfr/runs/x/history.jsonl".into());
    card
}

pub(in crate::tui) fn failure() -> Verdict {
    Verdict::Failed(Box::new(runner::Failure {
        requirement: "Values".into(),
        proves: "values".into(),
        step: None,
        what: runner::Finding::Value { sentence: "It is gone.".into() }.into(),
        hints: vec![],
        commands: Default::default(),
    }))
}

fn course() -> Course {
    let row = |key: &str| StageRow { key: key.into(), title: format!("The {key}"), part: "One".into() };
    Course {
        dir: "/p".into(),
        key: "kv".into(),
        name: "A store".into(),
        built: Some("A store that keeps what it was given.".into()),
        has_nodes: true,
        stages: vec![row("first"), row("second"), row("third")],
        current: "first".into(),
        completed: vec![],
        untouched: true,
    }
}

/// From the first stage, before any was done.
pub(super) fn advance(tested: bool) -> Effect {
    Effect::Advance { tested, current: "first".into(), completed: vec![] }
}

fn request(scope: Scope) -> Request {
    Request { scope, seed: None, first: vec![], keep: false }
}

fn saved(file: &str) -> Event {
    Event::Watch(WatchEvent::Changed { files: vec![file.into()] })
}

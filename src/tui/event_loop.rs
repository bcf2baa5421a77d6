//! The loop: the only place where the app waits, draws, and does what [`update`] decides.
//!
//! Everything that has arrived is taken in before anything is drawn. Keys are answered with a frame at once; whatever
//! else changes waits for its turn, at most 30 times a second. While nothing moves there is no timer.

use std::io;
use std::time::{Duration, Instant};

use crossterm::event::{Event as Input, KeyEventKind};
use nix::sys::signal::{Signal as Unix, kill};
use nix::unistd::Pid;
use tokio::sync::mpsc;
use tokio::time::{sleep_until, timeout, timeout_at};

use super::answers::{Heard, Said};
use super::editor::Editor;
use super::effect::Effect;
use super::effect_runner::EffectRunner;
use super::event::{Done, Event, Signal};
use super::hyperlinks;
use super::listener::Listener;
use super::memory::Memory;
use super::paint;
use super::question::Question;
use super::signals::Signals;
use super::terminal::{Beside, Screen};
use super::theme::Themes;
use super::theme::ground::Ground;
use super::ui::Ui;
use super::update::update;
use super::views;
use crate::{log, tty};

/// Between frames that no key asked for.
const FRAME: Duration = Duration::from_millis(33);
/// Events taken in before the next look at the keys.
const BATCH: usize = 512;
/// How long a run may take to end its nodes before the app leaves without waiting; then their guards end them.
const ENDING: Duration = Duration::from_secs(20);

pub(super) struct Loop {
    pub(super) ui: Ui,
    pub(super) desk: EffectRunner,
    pub(super) screen: Screen,
    pub(super) events: mpsc::UnboundedReceiver<Event>,
    pub(super) signals: Signals,
    /// Dropped while an editor runs, whose keys it would take.
    input: Option<Listener>,
    question: Question,
    colours: Colours,
    /// What this machine is called, in addresses of files.
    host: String,
    drawn: Option<Instant>,
    quit: bool,
}

/// What the app is drawn in.
pub(super) struct Colours {
    pub(super) themes: Themes,
    /// What the terminal draws on, as far as it has said.
    pub(super) ground: Option<Ground>,
    pub(super) memory: Memory,
}

impl Loop {
    pub(super) fn new(
        ui: Ui,
        desk: EffectRunner,
        screen: Screen,
        events: mpsc::UnboundedReceiver<Event>,
        signals: Signals,
        colours: Colours,
    ) -> Self {
        Self {
            ui,
            desk,
            screen,
            events,
            signals,
            input: None,
            question: Question::new(colours.themes.depend_on_ground()),
            colours,
            host: hyperlinks::host(),
            drawn: None,
            quit: false,
        }
    }

    /// Runs until the learner quits, or the terminal is gone. Nothing of a run is alive afterwards.
    pub(super) async fn run(mut self, first: Option<Done>) -> io::Result<()> {
        if let Some(first) = first {
            self.take(Event::Done(first)).await;
        }
        let ended = self.turn().await;
        if self.ui.app.bench().is_some_and(|bench| bench.run.is_some()) {
            // The terminal went away, or nobody is waiting.
            self.desk.cancel();
            let _ = timeout(ENDING, self.until_ended()).await;
        }
        // In the background nobody may read from it.
        if ended.is_ok() && tty::in_foreground() {
            self.settle().await;
        }
        ended
    }

    async fn turn(&mut self) -> io::Result<()> {
        // The first frame waits for nothing, not even for an answer of the terminal.
        self.draw()?;
        self.input = Some(Listener::start());
        self.question.ask_again(Instant::now());
        let mut batch = Vec::with_capacity(BATCH);
        while !self.quit {
            let frame = self.next_frame();
            let wake = self.ui.app.wakes_at();
            let timer = [frame, wake].into_iter().flatten().min();
            let due = self.question.due();
            let input = self.input.get_or_insert_with(Listener::start);
            tokio::select! {
                biased;
                heard = input.next() => {
                    let Some(heard) = heard else { return Ok(()) };
                    self.hear(heard?).await;
                    if !self.quit && self.ui.app.dirty {
                        self.draw()?;
                    }
                }
                () = sleep_until(due.unwrap_or_else(Instant::now).into()), if due.is_some() => {
                    self.screen.ask()?;
                    self.question.asked(Instant::now());
                }
                signal = self.signals.next() => {
                    // The end of the run is not shown on somebody else's screen.
                    self.quit = signal == Signal::End && !tty::in_foreground();
                    if !self.quit {
                        self.take(Event::Signal(signal)).await;
                    }
                }
                _ = self.events.recv_many(&mut batch, BATCH) => {
                    for event in batch.drain(..) {
                        self.take(event).await;
                    }
                }
                () = sleep_until(timer.unwrap_or_else(Instant::now).into()), if timer.is_some() => {
                    self.take(Event::Clock(Instant::now())).await;
                }
            }
            if !self.quit && self.next_frame().is_some_and(|frame| frame <= Instant::now()) {
                self.draw()?;
            }
        }
        Ok(())
    }

    /// When the next frame is due, if one is.
    fn next_frame(&self) -> Option<Instant> {
        self.ui.app.dirty.then(|| self.drawn.map_or_else(Instant::now, |drawn| drawn + FRAME))
    }

    fn draw(&mut self) -> io::Result<()> {
        self.ui.app.now = Instant::now();
        self.ui.app.dirty = false;
        let (ui, host) = (&mut self.ui, &self.host);
        self.screen.draw(|frame| {
            views::draw(frame, ui);
            Beside { links: hyperlinks::of(ui, host), cursor: ui.cursor }
        })?;
        self.drawn = Some(Instant::now());
        Ok(())
    }

    async fn hear(&mut self, heard: Heard) {
        match heard {
            Heard::Typed(input) => self.typed(input).await,
            Heard::Said(said) => self.told(said).await,
        }
    }

    /// The terminal has said something of its colours: those of the app follow.
    async fn told(&mut self, said: Said) {
        let Some(ground) = self.question.hear(said) else { return };
        if self.colours.ground.replace(ground) == Some(ground) {
            return;
        }
        let theme = Box::new(self.colours.themes.on(Some(ground)));
        self.take(Event::Theme(theme)).await;
        let memory = self.colours.memory.clone();
        // A home may be slow, and nothing depends on it.
        tokio::task::spawn_blocking(move || drop(memory.keep(ground)));
    }

    async fn typed(&mut self, input: Input) {
        let event = match input {
            Input::Key(key) if key.kind == KeyEventKind::Release => return,
            Input::Key(key) => Event::Key(key),
            Input::Mouse(mouse) => Event::Mouse(mouse),
            Input::Paste(text) => Event::Paste(text),
            Input::Resize(columns, rows) => {
                let (columns, rows) = tty::known(columns, rows);
                Event::Resize(columns, rows)
            }
            Input::FocusGained => {
                self.question.ask_again(Instant::now());
                Event::Focus(true)
            }
            Input::FocusLost => Event::Focus(false),
        };
        self.take(event).await;
    }

    async fn take(&mut self, event: Event) {
        #[cfg(debug_assertions)]
        planted_panic(&event);
        if let Some(fault) = event.fault() {
            log::note(fault);
        }
        for effect in update(&mut self.ui, event, Instant::now()) {
            if let Err(error) = self.perform(effect).await {
                log::note(&error);
                // A terminal that takes nothing any more is gone; the next frame will find out for certain.
                self.ui.app.complain(error.to_string());
            }
        }
    }

    async fn perform(&mut self, effect: Effect) -> io::Result<()> {
        log::note(effect.noted());
        let desk = &mut self.desk;
        match effect {
            Effect::OpenProject(dir) => {
                let opened = desk.open(crate::session::Session::open_in(&dir));
                Box::pin(self.take(Event::Done(opened))).await;
            }
            Effect::Recall => {
                let recalled = desk.recall();
                Box::pin(self.take(Event::Done(recalled))).await;
            }
            // At once: the app may end with it. Without it nothing is lost but a place.
            Effect::Remember(remembered) => {
                if let Err(error) = desk.remember(&remembered) {
                    log::note(format!("where the learner is cannot be kept: {error}"));
                }
            }
            Effect::LoadStage(key) => desk.load_stage(key),
            Effect::LoadResults => desk.load_results(),
            Effect::LoadPast => desk.load_past(),
            Effect::OpenLogs { run, live: true } => {
                let opened = desk.follow_logs(run);
                Box::pin(self.take(Event::Done(opened))).await;
            }
            Effect::OpenLogs { run, live: false } => desk.open_logs(run),
            Effect::OpenHistory(file) => desk.open_history(file),
            Effect::Messages(order) => desk.messages(*order),
            Effect::StartWatch => desk.watch(true),
            Effect::StopWatch => desk.watch(false),
            Effect::Run { id, request } => desk.run(id, request),
            Effect::Cancel => desk.cancel(),
            Effect::Keep(keep) => desk.keep(keep),
            Effect::Advance { tested, current, completed } => desk.advance(tested, current, completed),
            Effect::Hint(card) => desk.hint(*card),
            Effect::Edit(edited) => self.edit(edited).await?,
            Effect::OpenLink(address) => desk.open_link(address),
            Effect::Copy(text) => self.screen.copy(&text)?,
            Effect::Notify(text) => self.screen.notify(&text)?,
            Effect::Progress(progress) => self.screen.progress(progress)?,
            Effect::Title(title) => self.screen.title(&paint::spelled(&self.ui.app.theme, &title))?,
            Effect::Mouse(on) => self.screen.mouse(on)?,
            Effect::Scaffold { challenge, lang, target } => desk.scaffold(challenge, lang, target),
            Effect::Suspend => self.suspend().await?,
            Effect::Redraw => self.redraw().await?,
            Effect::Quit => self.quit = true,
        }
        Ok(())
    }

    async fn edit(&mut self, edited: super::effect::Edited) -> io::Result<()> {
        let result = match self.desk.editor(&edited) {
            Err(problem) => Err(problem),
            Ok(command) => {
                self.let_go().await;
                let mut leave = false;
                let result = match Editor::start(command) {
                    Err(problem) => Err(problem),
                    Ok(editor) => self.signals.beside(editor, &mut leave).await,
                };
                self.quit |= leave;
                if self.quit || !self.take_back().await? {
                    return Ok(());
                }
                result
            }
        };
        self.ui.app.dirty = true;
        Box::pin(self.take(Event::Done(Done::Edited(result)))).await;
        Ok(())
    }

    /// To the shell, until `fg`. A run cannot be suspended: its clocks would go on, so it ends first.
    async fn suspend(&mut self) -> io::Result<()> {
        if self.ui.app.bench().is_some_and(|bench| bench.run.is_some()) {
            self.desk.cancel();
            let _ = timeout(ENDING, Box::pin(self.until_ended())).await;
        }
        self.let_go().await;
        // The whole job stops, as a shell expects of ctrl-z: if whatever started lsfr went on, the shell would not
        // return. SIGSTOP, since SIGTSTP is listened for.
        kill(Pid::from_raw(0), Unix::SIGSTOP).map_err(io::Error::from)?;
        self.take_back().await?;
        Ok(())
    }

    /// Takes the terminal once it is lsfr's again. False: it is not, and lsfr ends.
    async fn take_back(&mut self) -> io::Result<bool> {
        self.quit = !self.signals.regain().await;
        if !self.quit {
            self.screen.take_back()?;
            self.question.taken_back(Instant::now());
            self.ui.app.dirty = true;
        }
        self.signals.forget();
        Ok(!self.quit)
    }

    /// After a stop that left no time for anything: a shell has had the terminal in between, and may still have it.
    async fn redraw(&mut self) -> io::Result<()> {
        if !tty::in_foreground() {
            self.input = None;
            self.quit = self.ui.app.leaving || !self.signals.regain().await;
        }
        if self.quit {
            return Ok(());
        }
        self.question.taken_back(Instant::now());
        self.screen.redraw()
    }

    /// Lends the terminal, which somebody else has next.
    async fn let_go(&mut self) {
        self.settle().await;
        self.input = None;
        self.screen.lend();
    }

    /// Waits a moment for what the terminal has still to answer. What is typed then is lost: it is meant for somebody
    /// else, and there is no way to hand it on.
    async fn settle(&mut self) {
        let Some(until) = self.question.patience(Instant::now()) else { return };
        while self.question.is_open(Instant::now()) {
            let Some(input) = &mut self.input else { return };
            let Ok(Some(Ok(heard))) = timeout_at(until.into(), input.next()).await else { return };
            if let Heard::Said(said) = heard {
                Box::pin(self.told(said)).await;
            }
        }
    }

    async fn until_ended(&mut self) {
        while let Some(bench) = self.ui.app.workbench_mut().filter(|bench| bench.run.is_some()) {
            // A run that a save or a key has queued would begin at the end, and nobody would run it.
            bench.pending = None;
            let Some(event) = self.events.recv().await else { return };
            let effects = update(&mut self.ui, event, Instant::now());
            for effect in effects {
                // Nothing new is begun on the way out.
                if !matches!(effect, Effect::Run { .. } | Effect::Suspend | Effect::Edit(_)) {
                    let _ = Box::pin(self.perform(effect)).await;
                }
            }
        }
    }
}

/// For tests of what a panic leaves behind: with `LSFR_PANIC` set, in a development build, two keys panic.
#[cfg(debug_assertions)]
fn planted_panic(event: &Event) {
    use crossterm::event::{KeyCode, KeyModifiers};
    let Event::Key(key) = event else { return };
    if std::env::var_os("LSFR_PANIC").is_none() || !key.modifiers.contains(KeyModifiers::ALT) {
        return;
    }
    match key.code {
        KeyCode::Char('l') => panic!("planted in the loop"),
        KeyCode::Char('t') => drop(tokio::spawn(async { panic!("planted in a task") })),
        _ => {}
    }
}

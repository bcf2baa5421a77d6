//! The terminal while the app has it, and the state that it is given back in.
//!
//! Everything that is turned on here is turned off by one function, [`restore`], which may be called from anywhere and
//! any number of times: at the end, on the way to an editor or to the shell, and from the panic hook. It is only ever
//! called for the thread that draws: a panic elsewhere must not wreck the screen of an app that lives on.

use std::io::{self, BufWriter, Stdout, Write, stdout};
use std::mem::ManuallyDrop;
use std::panic;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, ThreadId};

use crossterm::cursor::{MoveTo, Show};
use crossterm::event::{
    DisableBracketedPaste, DisableFocusChange, DisableMouseCapture, EnableBracketedPaste, EnableFocusChange,
    EnableMouseCapture,
};
use crossterm::terminal::{
    BeginSynchronizedUpdate, EndSynchronizedUpdate, EnterAlternateScreen, LeaveAlternateScreen, SetTitle,
    disable_raw_mode, enable_raw_mode,
};
use crossterm::{execute, queue};
use ratatui::backend::CrosstermBackend;
use ratatui::layout::Rect;
use ratatui::{Terminal, TerminalOptions, Viewport};

use super::hyperlinks::{Hyperlink, Hyperlinks};
use super::osc::{self, Abilities, TaskProgress};
use super::question::QUESTION;
use crate::{crash, tty};

/// Whether the terminal is the app's now.
static TAKEN: AtomicBool = AtomicBool::new(false);
/// Whether it shows progress that has to be taken away.
static PROGRESS: AtomicBool = AtomicBool::new(false);
/// The thread that draws.
static DRAWS: OnceLock<ThreadId> = OnceLock::new();

/// More than a frame takes: standard output's own buffer would send it in pieces of a kilobyte.
const LARGEST: usize = 1 << 16;

/// The terminal, taken. It is given back when this is dropped.
#[derive(Debug)]
pub(super) struct Screen {
    /// Of a size that is set here: ratatui would ask the terminal, and one that says 0 would stay empty. Never dropped:
    /// that would show the cursor again, which has been done, and panic if the terminal has gone.
    terminal: ManuallyDrop<Terminal<CrosstermBackend<BufWriter<Stdout>>>>,
    mouse: bool,
    able: Abilities,
    links: Hyperlinks,
    /// What it was told last of how far a run is.
    told: TaskProgress,
}

/// What a frame has that ratatui knows nothing of, or says nothing about.
#[derive(Debug, Default)]
pub(super) struct Beside {
    pub(super) links: Vec<Hyperlink>,
    pub(super) cursor: Option<(u16, u16)>,
}

impl Screen {
    pub(super) fn take(mouse: bool, able: Abilities) -> io::Result<Self> {
        // crossterm honours NO_COLOR by resetting all attributes, reversal too; the theme leaves colours out itself.
        crossterm::style::force_color_output(true);
        take(mouse)?;
        let terminal = area().and_then(|area| {
            let viewport = Viewport::Fixed(area);
            let out = BufWriter::with_capacity(LARGEST, stdout());
            Terminal::with_options(CrosstermBackend::new(out), TerminalOptions { viewport })
        });
        match terminal {
            Ok(terminal) => Ok(Self {
                terminal: ManuallyDrop::new(terminal),
                mouse,
                able,
                links: Hyperlinks::default(),
                told: TaskProgress::None,
            }),
            Err(error) => {
                restore();
                Err(error)
            }
        }
    }

    /// The terminal as it was before, for as long as somebody else has it.
    pub(super) fn lend(&mut self) {
        restore();
    }

    /// Takes it again after [`lend`](Self::lend), whatever became of it. Everything is drawn again.
    pub(super) fn take_back(&mut self) -> io::Result<()> {
        take(self.mouse)?;
        self.redraw()?;
        self.progress(self.told)
    }

    /// Draws every cell again, on a terminal whose modes and size somebody may have changed in the meantime.
    pub(super) fn redraw(&mut self) -> io::Result<()> {
        // If raw mode is on already, it would be left as somebody else set it.
        disable_raw_mode()?;
        enable_raw_mode()?;
        modes(self.mouse)?;
        // `Terminal::clear` would ask the terminal where its cursor is, and wait for the answer among the keys.
        self.links.forget();
        self.terminal.resize(area()?)
    }

    pub(super) fn draw(&mut self, render: impl FnOnce(&mut ratatui::Frame) -> Beside) -> io::Result<()> {
        let area = area()?;
        // As one picture, where the terminal knows how, without tearing.
        queue!(self.terminal.backend_mut(), BeginSynchronizedUpdate)?;
        if self.terminal.get_frame().area() != area {
            self.links.forget();
            self.terminal.resize(area)?;
        }
        let drawn = self.frame(render);
        execute!(self.terminal.backend_mut(), EndSynchronizedUpdate)?;
        drawn
    }

    fn frame(&mut self, render: impl FnOnce(&mut ratatui::Frame) -> Beside) -> io::Result<()> {
        let mut beside = Beside::default();
        let frame = self.terminal.draw(|frame| beside = render(frame))?;
        let mut links = Vec::new();
        if self.able.hyperlinks && self.links.write(&mut links, frame.buffer, beside.links)? {
            // Back to where something is being typed.
            let (column, row) = beside.cursor.unwrap_or_default();
            queue!(links, MoveTo(column, row))?;
            self.terminal.backend_mut().write_all(&links)?;
        }
        Ok(())
    }

    pub(super) fn mouse(&mut self, on: bool) -> io::Result<()> {
        self.mouse = on;
        if on { execute!(stdout(), EnableMouseCapture) } else { execute!(stdout(), DisableMouseCapture) }
    }

    pub(super) fn title(&mut self, title: &str) -> io::Result<()> {
        execute!(stdout(), SetTitle(title))
    }

    /// How far a run is, for the terminal's tab or the task bar. It is gone as soon as somebody else has the terminal.
    pub(super) fn progress(&mut self, progress: TaskProgress) -> io::Result<()> {
        self.told = progress;
        let bytes = osc::progress(self.able, progress);
        PROGRESS.store(!bytes.is_empty() && progress != TaskProgress::None, Ordering::SeqCst);
        send(&bytes)
    }

    /// To a reader who looks elsewhere: as a notification where the terminal shows them, else by its bell.
    pub(super) fn notify(&mut self, text: &str) -> io::Result<()> {
        send(&osc::notification(self.able, text))
    }

    /// Asks the terminal what the app has to know of it. The answer comes among the keys.
    pub(super) fn ask(&mut self) -> io::Result<()> {
        let mut out = stdout();
        out.write_all(QUESTION)?;
        out.flush()
    }

    pub(super) fn copy(&mut self, text: &str) -> io::Result<()> {
        execute!(stdout(), crossterm::clipboard::CopyToClipboard::to_clipboard_from(text))
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        restore();
    }
}

fn send(bytes: &[u8]) -> io::Result<()> {
    let mut out = stdout();
    out.write_all(bytes)?;
    out.flush()
}

fn area() -> io::Result<Rect> {
    let (columns, rows) = tty::size()?;
    Ok(Rect::new(0, 0, columns, rows))
}

fn take(mouse: bool) -> io::Result<()> {
    enable_raw_mode()?;
    TAKEN.store(true, Ordering::SeqCst);
    let mut out = stdout();
    // 22 and 23: the title, put aside and taken back.
    write!(out, "\x1b[22;0t")?;
    queue!(out, EnterAlternateScreen)?;
    modes(mouse)
}

/// What is on beside the alternate screen, which is never entered twice: that would forget where the cursor was.
fn modes(mouse: bool) -> io::Result<()> {
    let mut out = stdout();
    queue!(out, EnableBracketedPaste, EnableFocusChange)?;
    if mouse {
        queue!(out, EnableMouseCapture)?;
    }
    out.flush()
}

/// Gives the terminal back as it was.
fn restore() {
    if !TAKEN.swap(false, Ordering::SeqCst) {
        return;
    }
    // Whoever is in the foreground now has set the terminal up as it wants it.
    let mine = tty::in_foreground();
    tty::unstopped(|| {
        // Each of these is tried whatever became of the others: a terminal that is gone takes none of them.
        let mut out = stdout();
        if PROGRESS.swap(false, Ordering::SeqCst) {
            let _ = out.write_all(osc::NO_PROGRESS);
        }
        let _ = execute!(out, EndSynchronizedUpdate, DisableMouseCapture, DisableFocusChange, DisableBracketedPaste);
        let _ = execute!(out, LeaveAlternateScreen, Show);
        let _ = write!(out, "\x1b[23;0t");
        let _ = out.flush();
        if mine {
            let _ = disable_raw_mode();
        }
    });
}

/// From here on a panic of this thread gives the terminal back before it is reported as usual; a panic of any other
/// thread or task is written down and handed to `tell`, since the app lives on.
pub(super) fn guard_panics(tell: impl Fn(String) + Send + Sync + 'static) {
    let _ = DRAWS.set(thread::current().id());
    let usual = panic::take_hook();
    panic::set_hook(Box::new(move |info| {
        if DRAWS.get() == Some(&thread::current().id()) {
            restore();
            usual(info);
        } else if TAKEN.load(Ordering::SeqCst) {
            tell(crash::record(info).to_string());
        } else {
            usual(info);
        }
    }));
}

//! The real binary in a pseudo-terminal: keys in, a screen out.
//!
//! Nothing here sleeps and hopes. Each step waits for something to be on the screen, or for a process to be in some
//! state, and shows the screen if that does not happen.

mod clicks;
mod colours;
mod ends;
mod history;
mod home;
mod jobs;
mod left_up;
mod messages;
mod moments;
mod paths;
mod sizes;

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::fs;
use std::io::{Read, Write};
use std::num::NonZeroU16;
use std::path::Path;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::Instant;

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use portable_pty::{Child, CommandBuilder, ExitStatus, MasterPty, PtySize, native_pty_system};

use crate::support::{LSFR, PATIENCE, alive, eventually, tests_of};
use home::Home;

/// The first stage's count of tests when so many have failed: `19/23`.
fn passed_but(failed: usize) -> String {
    let tests = tests_of("http-api");
    format!("{}/{tests}", tests - failed)
}

const ENTER: &str = "\r";
const ESC: &str = "\x1b";
const CTRL_C: &str = "\x03";
const CTRL_Z: &str = "\x1a";

/// What a shell would have left on the screen before lsfr was started.
const BEFORE: &str = "$ before";

/// What lsfr is started with.
struct Start {
    command: CommandBuilder,
    size: (u16, u16),
    plain: bool,
    /// The terminal says that it is 0x0.
    sizeless: bool,
}

impl Start {
    fn new(home: &Home, dir: &Path) -> Start {
        Start::of(LSFR, home, dir)
    }

    /// Another program, which starts lsfr.
    fn of(program: impl AsRef<OsStr>, home: &Home, dir: &Path) -> Start {
        let mut command = CommandBuilder::new(program);
        // The builder would start in the home otherwise.
        command.cwd(dir);
        for name in ["NO_COLOR", "COLORFGBG", "COLORTERM", "TERM_PROGRAM", "TMUX", "LSFR_THEME", "LC_ALL", "LC_CTYPE"]
        {
            command.env_remove(name);
        }
        for name in ["VTE_VERSION", "KONSOLE_VERSION", "WT_SESSION", "ConEmuANSI", "STY", "ZELLIJ"] {
            command.env_remove(name);
        }
        for name in ["VISUAL", "EDITOR", "DISPLAY", "WAYLAND_DISPLAY", "RUST_BACKTRACE"] {
            command.env_remove(name);
        }
        for name in ["HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_STATE_HOME", "TMPDIR"] {
            command.env(name, home.path());
        }
        command.env("TERM", "xterm-256color");
        command.env("LANG", "C.UTF-8");
        Start { command, size: (120, 36), plain: false, sizeless: false }
    }

    fn in_project(home: &Home) -> Start {
        Start::new(home, &home.project())
    }

    fn arg(mut self, arg: &str) -> Start {
        self.command.arg(arg);
        self
    }

    fn env(mut self, name: &str, value: impl AsRef<OsStr>) -> Start {
        self.command.env(name, value);
        self
    }

    fn size(mut self, columns: u16, rows: u16) -> Start {
        self.size = (columns, rows);
        self
    }

    /// In a terminal that does not know its size.
    fn sizeless(mut self) -> Start {
        self.sizeless = true;
        self
    }

    /// Every screen that a test waits for must be without colour.
    fn plain(mut self) -> Start {
        self.plain = true;
        self.env("NO_COLOR", "1")
    }

    fn go(self) -> Terminal {
        Terminal::start(self)
    }
}

/// The part of what the program told its terminal that vt100 does not keep.
#[derive(Default)]
struct Heard {
    /// Private modes that are on.
    modes: BTreeSet<u16>,
    /// It had the focus reported, as only the app does.
    taken: bool,
    copied: Vec<u8>,
    /// How often it asked what the background is.
    questions: usize,
    /// And of what kind the terminal is.
    kinds: usize,
    /// It asked before it drew anything.
    asked_first: bool,
    /// The addresses of links, in the order in which they were written.
    links: Vec<String>,
    /// What it told of the progress of runs: the state, and the percent.
    progress: Vec<String>,
}

impl vt100::Callbacks for Heard {
    fn unhandled_csi(&mut self, _: &mut vt100::Screen, i: Option<u8>, _: Option<u8>, params: &[&[u16]], c: char) {
        self.kinds += usize::from(i.is_none() && c == 'c');
        if i != Some(b'?') {
            return;
        }
        let modes = params.iter().copied().flatten().copied();
        match c {
            'h' => {
                self.modes.extend(modes);
                self.taken |= self.modes.contains(&1004);
            }
            'l' => self.modes.retain(|mode| !modes.clone().any(|off| off == *mode)),
            _ => {}
        }
    }

    fn unhandled_osc(&mut self, screen: &mut vt100::Screen, params: &[&[u8]]) {
        if params == [&b"11"[..], b"?"] {
            self.asked_first |= self.questions == 0 && screen.contents().trim().is_empty();
            self.questions += 1;
        }
        let text = |parts: &[&[u8]]| String::from_utf8(parts.join(&b';')).unwrap();
        match params {
            [b"8", _, address @ ..] if address != [b""] => self.links.push(text(address)),
            [b"9", b"4", told @ ..] => self.progress.push(text(told).trim_end_matches(';').to_owned()),
            _ => {}
        }
    }

    fn copy_to_clipboard(&mut self, _: &mut vt100::Screen, _: &[u8], data: &[u8]) {
        self.copied = data.to_vec();
    }
}

struct State {
    /// Something other than letters and line breaks has come.
    escapes: bool,
    parser: vt100::Parser<Heard>,
    /// Nothing has the terminal open any more.
    closed: bool,
    /// The window must go away.
    hang_up: bool,
}

impl State {
    /// Between the two sequences that a frame is written in (synchronized output).
    fn within_frame(&self) -> bool {
        self.parser.callbacks().modes.contains(&2026)
    }
}

type Shared = Arc<(Mutex<State>, Condvar)>;

/// A terminal with lsfr in it.
struct Terminal {
    shared: Shared,
    reader: Option<JoinHandle<()>>,
    /// Dropped, it types a line break and an end of file.
    writer: Option<Box<dyn Write + Send>>,
    master: Option<Box<dyn MasterPty + Send>>,
    child: Box<dyn Child + Send + Sync>,
    /// Of the terminal, before.
    termios: String,
    plain: bool,
}

impl Terminal {
    #[track_caller]
    fn start(start: Start) -> Terminal {
        let (columns, rows) = start.size;
        let told = if start.sizeless { pty_size(0, 0) } else { pty_size(columns, rows) };
        let pair = native_pty_system().openpty(told).unwrap();
        let (rows, columns) = (NonZeroU16::new(rows).unwrap(), NonZeroU16::new(columns).unwrap());
        let mut parser = vt100::Parser::new_with_callbacks(rows, columns, 0, Heard::default());
        parser.process(format!("{BEFORE}\r\n").as_bytes());
        let state = State { escapes: false, parser, closed: false, hang_up: false };
        let shared = Arc::new((Mutex::new(state), Condvar::new()));
        let termios = termios(&*pair.master);
        let child = pair.slave.spawn_command(start.command).unwrap();
        // While anybody has it open, the terminal does not end.
        drop(pair.slave);
        let source = pair.master.try_clone_reader().unwrap();
        let reader = {
            let shared = Arc::clone(&shared);
            thread::spawn(move || read(source, &shared))
        };
        let writer = pair.master.take_writer().unwrap();
        let (reader, writer, master) = (Some(reader), Some(writer), Some(pair.master));
        Terminal { shared, reader, writer, master, child, termios, plain: start.plain }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.shared.0.lock().unwrap()
    }

    fn pid(&self) -> Pid {
        Pid::from_raw(self.child.process_id().unwrap() as i32)
    }

    /// The screen as text, row by row, between two frames.
    fn text(&self) -> String {
        self.until_state("a whole frame", |_| true).parser.screen().contents()
    }

    /// The same at once, of whatever has come.
    fn text_now(&self) -> String {
        self.state().parser.screen().contents()
    }

    /// Types it.
    #[track_caller]
    fn press(&mut self, keys: &str) {
        let writer = self.writer.as_mut().expect("the terminal is still there");
        writer.write_all(keys.as_bytes()).unwrap();
        writer.flush().unwrap();
    }

    /// Clicks on a text that is on the screen once, or where it stands first.
    #[track_caller]
    fn click(&mut self, text: &str) {
        let state = self.until_state(text, |state| state.parser.screen().contents().contains(text));
        let screen = state.parser.screen().contents();
        drop(state);
        let found = screen.lines().enumerate().find_map(|(row, line)| Some((row, line.find(text)?, line)));
        let (row, at, line) = found.unwrap_or_else(|| panic!("{text} is not in a row of\n{screen}"));
        // On its first letter. All that comes before is one column wide each.
        let blanks = text.len() - text.trim_start().len();
        let (column, row) = (line[..at + blanks].chars().count() + 1, row + 1);
        self.press(&format!("\x1b[<0;{column};{row}M\x1b[<0;{column};{row}m"));
    }

    fn paste(&mut self, text: &str) {
        self.press(&format!("\x1b[200~{text}\x1b[201~"));
    }

    /// Waits until all of these are on the screen at once.
    #[track_caller]
    fn shows(&self, phrases: &[&str]) {
        self.until(&format!("{phrases:?}"), |screen| {
            let text = screen.contents();
            phrases.iter().all(|phrase| text.contains(phrase))
        });
    }

    /// Waits until none of these is on the screen.
    #[track_caller]
    fn hides(&self, phrases: &[&str]) {
        self.until(&format!("no {phrases:?}"), |screen| {
            let text = screen.contents();
            !phrases.iter().any(|phrase| text.contains(phrase))
        });
    }

    /// The help opens and closes: the keys are the app's.
    #[track_caller]
    fn still_takes_keys(&mut self) {
        self.press("?");
        self.shows(&["Search:"]);
        self.press(ESC);
        self.hides(&["Search:"]);
    }

    #[track_caller]
    fn until(&self, what: &str, holds: impl Fn(&vt100::Screen) -> bool) {
        let state = self.until_state(what, |state| holds(state.parser.screen()));
        if self.plain {
            let coloured = cells(state.parser.screen())
                .find(|cell| [cell.fgcolor(), cell.bgcolor()].iter().any(|colour| *colour != vt100::Color::Default));
            assert!(coloured.is_none(), "{coloured:?} has a colour in\n{}", state.parser.screen().contents());
        }
    }

    /// Waits until this holds of a whole frame: of one that has come in part some cells are still those of the one before.
    #[track_caller]
    fn until_state(&self, what: &str, holds: impl Fn(&State) -> bool) -> MutexGuard<'_, State> {
        let deadline = Instant::now() + PATIENCE;
        let mut state = self.state();
        while (state.within_frame() && !state.closed) || !holds(&state) {
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() || state.closed {
                let why = if state.closed { "lsfr has ended" } else { "time is up" };
                panic!("never on the screen: {what}; {why}:\n{}", state.parser.screen().contents());
            }
            state = self.shared.1.wait_timeout(state, left).unwrap().0;
        }
        state
    }

    /// The text of all cells that are reversed.
    fn reversed(&self) -> String {
        let state = self.until_state("a whole frame", |_| true);
        cells(state.parser.screen()).filter(|cell| cell.inverse()).map(vt100::Cell::contents).collect()
    }

    fn copied(&self) -> Vec<u8> {
        self.state().parser.callbacks().copied.clone()
    }

    /// Whether the app has ever had the screen.
    fn was_taken(&self) -> bool {
        self.state().parser.callbacks().taken
    }

    fn resize(&self, columns: u16, rows: u16) {
        let size = (NonZeroU16::new(rows).unwrap(), NonZeroU16::new(columns).unwrap());
        self.state().parser.set_size(size.0, size.1);
        self.master.as_ref().unwrap().resize(pty_size(columns, rows)).unwrap();
    }

    fn signal(&self, signal: Signal) {
        kill(self.pid(), signal).unwrap();
    }

    /// Waits until the process is stopped, as by ctrl-z.
    #[track_caller]
    fn stops(&self) {
        let stat = format!("/proc/{}/stat", self.pid());
        eventually("lsfr is stopped", || {
            let stat = fs::read_to_string(&stat).map_err(|error| error.to_string())?;
            if stat.rsplit(") ").next().unwrap().starts_with('T') { Ok(()) } else { Err(self.text_now()) }
        });
        // What it wrote before may still be on its way.
        self.until("the screen from before", |screen| !screen.alternate_screen());
    }

    /// The window goes away, whatever is in it.
    fn hang_up(&mut self) {
        self.state().hang_up = true;
        // The reader waits inside of a read: what a key is answered with, or its echo, wakes it.
        self.press("\n");
        self.reader.take().unwrap().join().unwrap();
        self.writer = None;
        self.master = None;
    }

    #[track_caller]
    fn ended(&mut self) -> ExitStatus {
        let mut status = None;
        let (child, shared) = (&mut self.child, &self.shared);
        eventually("lsfr ends", || {
            status = child.try_wait().unwrap();
            let screen = || shared.0.lock().unwrap().parser.screen().contents();
            if status.is_some() { Ok(()) } else { Err(format!("the screen is\n{}", screen())) }
        });
        status.unwrap()
    }

    /// Waits for the end of lsfr after that of its window, which it learns from SIGHUP or from a failed write.
    #[track_caller]
    fn ends_alone(&mut self) {
        let status = self.ended();
        assert!(status.signal().is_none() && [0, 3].contains(&status.exit_code()), "{status:?}");
    }

    /// Waits for the end, with this exit code and the terminal as it was before.
    #[track_caller]
    fn exits(&mut self, code: u32) {
        let status = self.ended();
        // All that it has written has been read.
        if let Some(reader) = self.reader.take() {
            reader.join().unwrap();
        }
        assert_eq!(status.exit_code(), code, "{status:?}\n{}", self.text_now());
        self.assert_intact();
    }

    /// As it was before lsfr, with what was on the screen then.
    #[track_caller]
    fn assert_intact(&self) {
        let state = self.state();
        let (screen, heard) = (state.parser.screen(), state.parser.callbacks());
        let text = screen.contents();
        assert!(!screen.alternate_screen(), "the alternate screen is still there:\n{text}");
        assert!(text.starts_with(BEFORE), "the screen was\n{text}");
        assert!(!screen.hide_cursor(), "the cursor is hidden");
        assert!(!screen.bracketed_paste(), "pastes are bracketed");
        assert!(!screen.application_cursor() && !screen.application_keypad());
        assert_eq!(screen.mouse_protocol_mode(), vt100::MouseProtocolMode::None);
        assert_eq!(heard.modes, BTreeSet::new(), "modes are on");
        assert_eq!(termios(&**self.master.as_ref().unwrap()), self.termios);
    }

    /// The app has it: the alternate screen, and keys come one by one.
    #[track_caller]
    fn assert_taken(&self) {
        let state = self.state();
        let screen = state.parser.screen();
        assert!(screen.alternate_screen() && screen.bracketed_paste());
        assert_ne!(termios(&**self.master.as_ref().unwrap()), self.termios);
    }
}

fn read(mut source: Box<dyn Read + Send>, (state, changed): &(Mutex<State>, Condvar)) {
    let mut buffer = [0; 1 << 16];
    loop {
        let read = source.read(&mut buffer).unwrap_or(0);
        // A test that has failed no longer holds it.
        let mut state = state.lock().unwrap_or_else(PoisonError::into_inner);
        state.escapes |= buffer[..read].contains(&b'\x1b');
        state.parser.process(&buffer[..read]);
        state.closed = read == 0;
        changed.notify_all();
        if state.closed || state.hang_up {
            return;
        }
    }
}

fn pty_size(columns: u16, rows: u16) -> PtySize {
    PtySize { rows, cols: columns, pixel_width: 0, pixel_height: 0 }
}

fn termios(master: &(dyn MasterPty + Send)) -> String {
    let termios = master.get_termios().unwrap();
    let flags = (termios.input_flags, termios.output_flags, termios.control_flags, termios.local_flags);
    format!("{flags:?} {:?}", termios.control_chars)
}

fn cells(screen: &vt100::Screen) -> impl Iterator<Item = &vt100::Cell> {
    let (rows, columns) = screen.size();
    (0..rows.get()).flat_map(move |row| (0..columns.get()).filter_map(move |column| screen.cell(row, column)))
}

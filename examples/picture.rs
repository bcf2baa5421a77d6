//! Makes the README's picture, `assets/app.svg`, from the real program: `cargo run --release --example picture`, after
//! `cargo build --release`.
//!
//! The app runs in a pseudo-terminal on a project with a planted bug, some keys are pressed, and the cells of the
//! screen become text in an SVG.

use std::fmt::Write as _;
use std::io::{Read, Write};
use std::num::NonZero;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, Instant};
use std::{fs, process, thread};

use portable_pty::{CommandBuilder, PtySize, native_pty_system};
use vt100::{Cell, Color, Parser};

const COLUMNS: u16 = 120;
const ROWS: u16 = 36;
const SIZE: (NonZero<u16>, NonZero<u16>) = (NonZero::new(ROWS).unwrap(), NonZero::new(COLUMNS).unwrap());
/// Of one cell, in the picture's units.
const WIDTH: f32 = 8.4;
const HEIGHT: f32 = 18.0;
const INK: &str = "#c5c8c6";
const PAPER: &str = "#1d1f21";
const PATIENCE: Duration = Duration::from_secs(60);

type Error = Box<dyn std::error::Error>;

fn main() -> Result<(), Error> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let lsfr = PathBuf::from(std::env::var_os("CARGO_TARGET_DIR").unwrap_or("target".into()));
    let lsfr = root.join(lsfr).join("release/lsfr");
    let temp = tempfile::tempdir()?;
    let project = project(&lsfr, temp.path())?;

    let pair = native_pty_system().openpty(PtySize { rows: ROWS, cols: COLUMNS, pixel_width: 0, pixel_height: 0 })?;
    let mut command = CommandBuilder::new(&lsfr);
    command.cwd(&project);
    command.env("TERM", "xterm-256color");
    command.env("LANG", "C.UTF-8");
    command.env("HOME", temp.path());
    command.env("COLORTERM", "truecolor");
    command.env("LSFR_THEME", "dark");
    for variable in ["NO_COLOR", "XDG_CONFIG_HOME", "XDG_CACHE_HOME"] {
        command.env_remove(variable);
    }
    let mut child = pair.slave.spawn_command(command)?;
    drop(pair.slave);
    let mut keys = pair.master.take_writer()?;
    let mut screen = Screen { parser: Parser::new(SIZE.0, SIZE.1, 0), output: read(pair.master.try_clone_reader()?) };

    screen.wait_for("watching")?;
    keys.write_all(b"]]r")?;
    screen.wait_for("x cancel")?;
    // Once it has run, its tests and its logs stay as they are.
    screen.wait_for("r run")?;
    keys.write_all(b"l")?;
    screen.settle();
    fs::write(root.join("assets/app.svg"), svg(screen.parser.screen()))?;
    keys.write_all(b"Q")?;
    child.wait()?;
    Ok(())
}

/// A challenge directory whose server forgets something.
fn project(lsfr: &Path, temp: &Path) -> Result<PathBuf, Error> {
    let made = process::Command::new(lsfr).args(["new", "kv-store"]).current_dir(temp).output()?;
    if !made.status.success() {
        return Err(String::from_utf8_lossy(&made.stderr).into());
    }
    let project = temp.join("kv-store");
    let run_sh = format!("#!/bin/sh\nexec '{}' __reference kv-store --bug clear-not-logged \"$@\"\n", lsfr.display());
    fs::write(project.join("run.sh"), run_sh)?;
    fs::set_permissions(project.join("run.sh"), fs::Permissions::from_mode(0o755))?;
    let progress =
        "challenge: kv-store\nstages:\n  current: crash-recovery\n  completed:\n  - http-api\n  - persistence\n";
    fs::write(project.join("lsfr.yaml"), progress)?;
    Ok(project)
}

fn read(mut reader: Box<dyn Read + Send>) -> Receiver<Vec<u8>> {
    let (sender, output) = channel();
    thread::spawn(move || {
        let mut buffer = vec![0; 64 * 1024];
        while let Ok(length @ 1..) = reader.read(&mut buffer) {
            if sender.send(buffer[..length].to_vec()).is_err() {
                return;
            }
        }
    });
    output
}

struct Screen {
    parser: Parser,
    output: Receiver<Vec<u8>>,
}

impl Screen {
    fn wait_for(&mut self, text: &str) -> Result<(), Error> {
        let until = Instant::now() + PATIENCE;
        while !self.parser.screen().contents().contains(text) {
            match self.output.recv_timeout(until.saturating_duration_since(Instant::now())) {
                Ok(bytes) => self.parser.process(&bytes),
                Err(error) => return Err(format!("{error}: {text}\n{}", self.parser.screen().contents()).into()),
            }
        }
        Ok(())
    }

    /// Takes in what is still on its way: nothing more is drawn once nothing moves.
    fn settle(&mut self) {
        loop {
            match self.output.recv_timeout(Duration::from_millis(500)) {
                Ok(bytes) => self.parser.process(&bytes),
                Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => return,
            }
        }
    }
}

/// The screen as text at its places, a piece for each stretch of one look.
fn svg(screen: &vt100::Screen) -> String {
    let (width, height) = (f32::from(COLUMNS) * WIDTH + 24.0, f32::from(ROWS) * HEIGHT + 24.0);
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" font-family=\"'DejaVu Sans Mono', \
         ui-monospace, Menlo, Consolas, monospace\" font-size=\"14\" xml:space=\"preserve\">\n\
         <rect width=\"100%\" height=\"100%\" rx=\"8\" fill=\"{PAPER}\"/>\n"
    );
    for row in 0..ROWS {
        let mut column = 0;
        while column < COLUMNS {
            let Some(first) = screen.cell(row, column) else { break };
            let start = column;
            let mut text = String::new();
            while let Some(cell) = screen.cell(row, column).filter(|cell| same_look(first, cell)) {
                text.push_str(if cell.has_contents() { cell.contents() } else { " " });
                column += if cell.is_wide() { 2 } else { 1 };
            }
            piece(&mut out, first, &text, (row, start), column - start);
        }
    }
    out + "</svg>\n"
}

fn same_look(one: &Cell, other: &Cell) -> bool {
    let look = |cell: &Cell| (cell.fgcolor(), cell.bgcolor(), cell.bold(), cell.inverse(), cell.underline());
    look(one) == look(other)
}

fn piece(out: &mut String, look: &Cell, text: &str, (row, column): (u16, u16), columns: u16) {
    let (mut ink, mut paper) = (colour(look.fgcolor(), INK), colour(look.bgcolor(), ""));
    if look.inverse() {
        (ink, paper) = (if paper.is_empty() { PAPER.to_owned() } else { paper }, ink);
    }
    let (x, y) = (12.0 + f32::from(column) * WIDTH, 12.0 + f32::from(row) * HEIGHT);
    let width = f32::from(columns) * WIDTH;
    if !paper.is_empty() {
        let _ = writeln!(
            out,
            "<rect x=\"{x:.1}\" y=\"{y:.1}\" width=\"{width:.1}\" height=\"{HEIGHT}\" fill=\"{paper}\"/>"
        );
    }
    if text.trim().is_empty() {
        return;
    }
    let weight = if look.bold() { " font-weight=\"bold\"" } else { "" };
    let line = if look.underline() { " text-decoration=\"underline\"" } else { "" };
    let text = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    let base = y + 13.5;
    let _ = writeln!(
        out,
        "<text x=\"{x:.1}\" y=\"{base:.1}\" textLength=\"{width:.1}\" fill=\"{ink}\"{weight}{line}>{text}</text>"
    );
}

/// What the theme's own colours look like; everything else, what programs print included, is plain.
fn colour(colour: Color, default: &str) -> String {
    match colour {
        Color::Rgb(red, green, blue) => format!("#{red:02x}{green:02x}{blue:02x}"),
        _ => default.to_owned(),
    }
}

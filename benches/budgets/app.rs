//! The app: what it takes to start, to answer, to idle, and to show endless output.

use std::env;
use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::net::TcpListener;
use std::num::NonZero;
use std::path::Path;
use std::process::ExitCode;
use std::thread;
use std::time::{Duration, Instant, SystemTime};

use chrono::DateTime;
use lsfr::facts::Event;
use lsfr::report::records;

use super::window::Window;
use super::{LSFR, ROUNDS, Result, Row, median, milliseconds, project};

/// Makes this binary a program that listens, answers nothing, and prints.
pub(super) const FLOOD: &str = "LSFR_BENCH_FLOOD";
/// Writers of one log, as five nodes would be, and the lines of each in a second.
const WRITERS: usize = 5;
const LINES: u32 = 20_000;
const KEYS: usize = 300;
pub(super) const LARGE: (NonZero<u16>, NonZero<u16>) = (NonZero::new(200).unwrap(), NonZero::new(60).unwrap());
/// Lines of a stored log of each of five nodes, 80 bytes each.
const STORED: u64 = 2_000_000;
const WIDTH: u64 = 80;

/// From the start of the program to the first frame.
pub(super) fn first_frame() -> Result<Vec<Row>> {
    let project = project()?;
    let mut figures = Vec::new();
    for _ in 0..ROUNDS {
        let began = Instant::now();
        let window = Window::open(project.path())?;
        window.shows("Tests")?;
        figures.push(milliseconds(began.elapsed()));
    }
    Ok(vec![row("first frame", median(figures), 30.0, "ms", String::new())])
}

/// From a save to the first test, in watch mode. The engine tells when that began.
pub(super) fn save() -> Result<Vec<Row>> {
    let project = project()?;
    fs::write(project.path().join("main.py"), "")?;
    let mut window = Window::open(project.path())?;
    window.shows("watching")?;
    let mut figures = Vec::new();
    for round in 0..ROUNDS {
        let saved = SystemTime::now();
        fs::write(project.path().join("main.py"), format!("{round}"))?;
        // The run shows itself, and then its end.
        window.shows("x cancel")?;
        window.until("the end of the run", |screen| !screen.contains("x cancel"))?;
        let run = records::latest(project.path()).ok_or("the save started no run")?;
        let began = SystemTime::from(DateTime::parse_from_rfc3339(&run.record.time)?);
        let first = run.events()?.find(|stamped| matches!(stamped.event, Event::TestStarted { .. }));
        let first = began + first.ok_or("the run had no test")?.at;
        figures.push(milliseconds(first.duration_since(saved)?));
        window.press("\x1b")?;
        // What changes right after a run may be its own doing; a learner takes longer.
        thread::sleep(Duration::from_secs(1));
    }
    Ok(vec![row("save to first test running", median(figures), 150.0, "ms", String::new())])
}

/// From a key to the frame that answers it, while a program prints without end.
pub(super) fn key() -> Result<Vec<Row>> {
    let project = project()?;
    let own = env::current_exe()?;
    let run_sh = format!("#!/bin/sh\n{FLOOD}=1 exec '{}' \"$@\"\n", own.display());
    fs::write(project.path().join("run.sh"), run_sh)?;
    let mut window = Window::open(project.path())?;
    window.shows("watching")?;
    window.press("r4")?;
    window.shows("a line of a flood")?;
    let mut figures = Vec::new();
    for number in 0..KEYS {
        let began = Instant::now();
        // The whole screen changes, and shows which of the two it is.
        window.press("z")?;
        window.until("the zoom", |screen| screen.contains(" Guide ") == (number % 2 == 1))?;
        figures.push(milliseconds(began.elapsed()));
        // Not at a fixed point within a frame's time.
        thread::sleep(Duration::from_micros(3000 + number as u64 * 97 % 20_000));
    }
    let logged = records::list(project.path()).first().map(|run| run.join("logs/n1.log"));
    let bytes = logged.and_then(|log| fs::metadata(log).ok()).map_or(0, |log| log.len());
    figures.sort_by(f64::total_cmp);
    let p99 = figures[KEYS * 99 / 100 - 1];
    let made_of = format!(
        "p99 of {KEYS} keys; median {:.1} ms, most {:.1} ms; {} MB were printed meanwhile",
        figures[KEYS / 2],
        figures[KEYS - 1],
        bytes / 1_000_000
    );
    Ok(vec![row("key to frame in a flood", p99, 16.0, "ms", made_of)])
}

/// The program of [`key`]: 100,000 lines of 80 bytes a second, and a port where nobody answers.
pub(super) fn flood() -> ExitCode {
    let port = env::args().find_map(|word| word.strip_prefix("--port=").and_then(|port| port.parse().ok()));
    let Some(Ok(_listener)) = port.map(|port: u16| TcpListener::bind(("127.0.0.1", port))) else {
        return ExitCode::FAILURE;
    };
    let writers = (0..WRITERS).map(|writer| thread::spawn(move || print(writer)));
    for writer in writers.collect::<Vec<_>>() {
        let _ = writer.join();
    }
    ExitCode::SUCCESS
}

fn print(writer: usize) {
    const EVERY: Duration = Duration::from_millis(10);
    let began = Instant::now();
    for beat in 1_u32.. {
        let mut lines = String::new();
        for line in 0..LINES / 100 {
            let text = format!("{writer} {beat:07} {line:03} a line of a flood");
            lines.push_str(&format!("{text:-<79}\n"));
        }
        if io::stdout().write_all(lines.as_bytes()).is_err() {
            return;
        }
        thread::sleep((EVERY * beat).saturating_sub(began.elapsed()));
    }
}

/// What a key and its frame cost the processor on a large screen with everything on it: a guide, tests that failed, a
/// failure beside them, logs with requests.
pub(super) fn frame() -> Result<Vec<Row>> {
    let project = project()?;
    let run_sh = format!("#!/bin/sh\nexec '{LSFR}' __reference kv-store --bug value-trimmed \"$@\"\n");
    fs::write(project.path().join("run.sh"), run_sh)?;
    let mut window = Window::open_at(project.path(), LARGE)?;
    window.shows("watching")?;
    window.press("r")?;
    window.shows("x cancel")?;
    window.until("the end of the run", |screen| !screen.contains("x cancel"))?;
    let pid = window.pid()?;
    let before = ticks(pid)?;
    for number in 0..KEYS {
        // Another pane has the focus, and the footer other keys.
        window.press(if number % 2 == 0 { "3" } else { "4" })?;
        window.until("the focus", |screen| screen.contains("o run one") == (number % 2 == 0))?;
    }
    let figure = (ticks(pid)? - before) as f64 * 10.0 / KEYS as f64;
    Ok(vec![row("processor for a frame at 200x60", figure, 2.0, "ms", format!("{KEYS} keys, with their updates"))])
}

/// What the app uses while nothing happens.
pub(super) fn idle() -> Result<Vec<Row>> {
    let project = project()?;
    let window = Window::open(project.path())?;
    window.shows("watching")?;
    // Its start is over when it has used nothing for a moment.
    let pid = window.pid()?;
    let mut last = ticks(pid)?;
    loop {
        thread::sleep(Duration::from_millis(500));
        let now = ticks(pid)?;
        if now == last {
            break;
        }
        last = now;
    }
    thread::sleep(Duration::from_secs(5));
    let used = ticks(pid)? - last;
    Ok(vec![row("processor in 5 s of rest", used as f64 * 10.0, 0.0, "ms", "in steps of 10 ms".to_owned())])
}

/// Of user and system time, 100 to a second.
fn ticks(pid: u32) -> Result<u64> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat"))?;
    // The name, in parentheses, may hold anything.
    let fields: Vec<&str> = stat.rsplit(')').next().unwrap_or_default().split_whitespace().collect();
    Ok(fields[11].parse::<u64>()? + fields[12].parse::<u64>()?)
}

/// What the app holds in memory once it shows the end of ten million lines.
pub(super) fn memory() -> Result<Vec<Row>> {
    let project = project()?;
    // A run of its own, whose logs then grow.
    std::process::Command::new(LSFR).args(["test", "http-api"]).current_dir(project.path()).output()?;
    let run = records::latest(project.path()).ok_or("there was no run")?;
    for node in 1..=5 {
        store(&run.folder, node)?;
    }
    let mut window = Window::open(project.path())?;
    window.press("4")?;
    window.press("G")?;
    let began = Instant::now();
    window.shows(&format!("{:07} the last line", STORED))?;
    let took = began.elapsed().as_secs_f64();
    let status = fs::read_to_string(format!("/proc/{}/status", window.pid()?))?;
    let of = |name: &str| -> f64 {
        let line = status.lines().find(|line| line.starts_with(name)).unwrap_or_default();
        line.split_whitespace().nth(1).and_then(|kilobytes| kilobytes.parse().ok()).unwrap_or(f64::NAN) / 1024.0
    };
    let (now, most) = (of("VmRSS:"), of("VmHWM:"));
    let made_of = format!("{now:.1} MB at the end; the end was on the screen after {took:.1} s");
    Ok(vec![row("memory with 10 million log lines, at most", most, 64.0, "MB", made_of)])
}

/// A node's log as a run would have left it.
fn store(run: &Path, node: u64) -> Result<()> {
    let logs = run.join("logs");
    let mut log = BufWriter::new(File::create(logs.join(format!("n{node}.log")))?);
    let mut times = BufWriter::new(File::create(logs.join(format!("n{node}.times")))?);
    for line in 1..=STORED {
        let what = if line == STORED { "the last line" } else { "a line" };
        let text = format!("{line:07} {what}");
        writeln!(log, "{text:-<width$}", width = WIDTH as usize - 1)?;
        // 20,000 lines a second, looked at each 10 ms.
        if line % 200 == 0 {
            writeln!(times, "{} {}", line * WIDTH, line / 200 * 10_000 + node)?;
        }
    }
    log.flush()?;
    Ok(times.flush()?)
}

fn row(what: &'static str, figure: f64, budget: f64, unit: &'static str, made_of: String) -> Row {
    Row { what, figure, budget, unit, made_of }
}

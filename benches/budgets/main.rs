//! How long lsfr makes its users wait, and what it costs them: each benchmark prints its figure with the budget beside it, the median of five. Run them on
//! an idle machine: `cargo bench`, or `cargo bench -- NAME` for one.
//!
//! Machines differ, so as a test this fails only where a figure is beyond three times its budget.

mod app;
mod engine;
mod history;
mod links;
mod load;
mod messages;
mod walks;
mod window;

use std::env;
use std::error::Error;
use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use tempfile::TempDir;

type Result<T, E = Box<dyn Error>> = std::result::Result<T, E>;

const LSFR: &str = env!("CARGO_BIN_EXE_lsfr");
const ROUNDS: u64 = 5;
/// A figure beyond this many times its budget is a failure.
const TOLERATED: f64 = 3.0;

type Benchmark = fn() -> Result<Vec<Row>>;

/// Names to choose by, and what they measure.
const BENCHMARKS: [(&str, Benchmark); 18] = [
    ("test", engine::test),
    ("restart", engine::restart),
    ("five-nodes", engine::five_nodes),
    ("cluster", engine::cluster),
    ("round-trip", links::round_trip),
    ("recorded", links::recorded),
    ("partition", links::partition),
    ("load", load::load),
    ("save", app::save),
    ("first-frame", app::first_frame),
    ("key", app::key),
    ("frame", app::frame),
    ("idle", app::idle),
    ("memory", app::memory),
    ("history", history::history),
    ("messages", messages::key),
    ("shrink", walks::shrink),
    ("binary", binary),
];

/// One line of the table.
struct Row {
    what: &'static str,
    figure: f64,
    budget: f64,
    unit: &'static str,
    /// What the figure is made of.
    made_of: String,
}

fn main() -> ExitCode {
    if let Some(account) = env::var_os(engine::ACCOUNT) {
        return engine::stand_in(&account);
    }
    if env::var_os(app::FLOOD).is_some() {
        return app::flood();
    }
    match run() {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

/// Runs the benchmarks that were asked for. False if a figure is far beyond its budget.
fn run() -> Result<bool> {
    // Cargo adds `--bench`.
    let asked: Vec<String> = env::args().skip(1).filter(|word| !word.starts_with('-')).collect();
    if let Some(unknown) = asked.iter().find(|asked| BENCHMARKS.iter().all(|(name, _)| name != *asked)) {
        let names = BENCHMARKS.map(|(name, _)| name).join(", ");
        return Err(format!("There is no benchmark {unknown}. There are: {names}.").into());
    }
    println!("{:46}{:>12}{:>12}", "", "figure", "at most");
    let mut fine = true;
    for (name, measure) in BENCHMARKS {
        if asked.is_empty() || asked.iter().any(|asked| asked == name) {
            for row in measure()? {
                let Row { what, figure, budget, unit, made_of } = &row;
                let failed = *figure > budget * TOLERATED;
                let verdict = match figure > budget {
                    true if failed => "FAILED  ",
                    true => "over  ",
                    false => "",
                };
                fine &= !failed;
                println!("{what:46}{figure:9.2} {unit:2}{budget:9} {unit:2}  {verdict}{made_of}");
            }
        }
    }
    Ok(fine)
}

fn median(mut figures: Vec<f64>) -> f64 {
    figures.sort_by(f64::total_cmp);
    figures[figures.len() / 2]
}

fn milliseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}

fn binary() -> Result<Vec<Row>> {
    // The published one, if it has been built: it is smaller, and slow to link.
    let dist = Path::new(LSFR).ancestors().nth(2).map(|target| target.join("dist/lsfr"));
    let (what, file, budget) = match dist.filter(|dist| dist.exists()) {
        Some(dist) => ("published binary", dist, 15.0),
        None => ("binary without LTO", PathBuf::from(LSFR), 20.0),
    };
    let figure = fs::metadata(file)?.len() as f64 / 1e6;
    Ok(vec![Row { what, figure, budget, unit: "MB", made_of: String::new() }])
}

/// A project whose program is the reference.
fn project() -> Result<TempDir> {
    let project = tempfile::tempdir()?;
    fs::write(project.path().join("lsfr.yaml"), "challenge: kv-store\n")?;
    let run_sh = project.path().join("run.sh");
    fs::write(&run_sh, format!("#!/bin/sh\nexec '{LSFR}' __reference kv-store \"$@\"\n"))?;
    fs::set_permissions(&run_sh, Permissions::from_mode(0o755))?;
    Ok(project)
}

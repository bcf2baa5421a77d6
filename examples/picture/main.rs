//! Makes the README's pictures from the real program: `cargo run --release --example picture`, after
//! `cargo build --release`.
//!
//! The app runs in a pseudo-terminal on a project with a planted bug, some keys are pressed, and the cells of the
//! screen become text in an SVG: `assets/app.svg`, the moment of a failure, and `assets/loop.svg`, a minute from the failure
//! over its cause to a save that mends it.

mod app;
mod svg;

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::time::Duration;
use std::{fs, process};

use app::App;
use svg::Frame;

type Error = Box<dyn std::error::Error>;

const ENTER: &str = "\r";
const ESCAPE: &str = "\x1b";

fn main() -> Result<(), Error> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let lsfr = PathBuf::from(std::env::var_os("CARGO_TARGET_DIR").unwrap_or("target".into()));
    let lsfr = root.join(lsfr).join("release/lsfr");
    let temp = tempfile::tempdir()?;
    let project = project(&lsfr, temp.path())?;
    let mut app = App::open(&lsfr, &project, temp.path())?;
    let mut film = Film::default();

    app.wait_for("watching")?;
    app.settle();
    film.take(&app, 4);
    app.press("r")?;
    app.wait_for("x cancel")?;
    film.take(&app, 3);
    // Once it has run, its tests and its logs stay as they are.
    app.wait_for("r run")?;
    app.settle();
    film.take(&app, 5);
    app.press(ENTER)?;
    app.wait_for("What led here")?;
    app.settle();
    film.take(&app, 10);
    app.press("h")?;
    app.settle();
    film.take(&app, 8);
    app.press("l")?;
    app.settle();
    fs::write(root.join("assets/app.svg"), svg::picture(app.screen()))?;
    film.take(&app, 8);
    // The bug is mended, and the file is saved.
    write_program(&lsfr, &project, None)?;
    app.wait_for("x cancel")?;
    film.take(&app, 4);
    app.wait_for("Stage passed")?;
    app.settle();
    film.take(&app, 10);
    app.press(ESCAPE)?;
    app.settle();
    film.take(&app, 4);
    fs::write(root.join("assets/loop.svg"), svg::film(&film.frames))?;
    app.quit()
}

#[derive(Default)]
struct Film {
    frames: Vec<Frame>,
}

impl Film {
    fn take(&mut self, app: &App, seconds: u64) {
        self.frames.push(Frame { screen: app.screen().clone(), stays: Duration::from_secs(seconds) });
    }
}

/// A challenge directory whose server forgets something.
fn project(lsfr: &Path, temp: &Path) -> Result<PathBuf, Error> {
    let made = process::Command::new(lsfr).args(["new", "kv-store"]).current_dir(temp).output()?;
    if !made.status.success() {
        return Err(String::from_utf8_lossy(&made.stderr).into());
    }
    let project = temp.join("kv-store");
    write_program(lsfr, &project, Some("clear-not-logged"))?;
    let progress =
        "challenge: kv-store\nstages:\n  current: crash-recovery\n  completed:\n  - http-api\n  - persistence\n";
    fs::write(project.join("lsfr.yaml"), progress)?;
    Ok(project)
}

fn write_program(lsfr: &Path, project: &Path, bug: Option<&str>) -> Result<(), Error> {
    let bug = bug.map(|bug| format!(" --bug {bug}")).unwrap_or_default();
    let run_sh = format!("#!/bin/sh\nexec '{}' __reference kv-store{bug} \"$@\"\n", lsfr.display());
    fs::write(project.join("run.sh"), run_sh)?;
    fs::set_permissions(project.join("run.sh"), fs::Permissions::from_mode(0o755))?;
    Ok(())
}

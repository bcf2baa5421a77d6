//! The real app in a terminal that nobody sees.

use std::io::{Read, Write};
use std::num::NonZero;
use std::path::Path;
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, native_pty_system};
use vt100::Parser;

use super::{LSFR, Result};

const ROWS: NonZero<u16> = NonZero::new(36).unwrap();
const COLUMNS: NonZero<u16> = NonZero::new(120).unwrap();
/// Nobody waits this long unless something is broken.
const PATIENCE: Duration = Duration::from_secs(120);

pub(super) struct Window {
    shown: Arc<(Mutex<Parser>, Condvar)>,
    keys: Box<dyn Write + Send>,
    child: Box<dyn Child + Send + Sync>,
    _master: Box<dyn MasterPty + Send>,
}

impl Window {
    /// Starts the app in a challenge directory.
    pub(super) fn open(project: &Path) -> Result<Self> {
        Self::open_at(project, (COLUMNS, ROWS))
    }

    /// The same on a screen of so many columns and rows.
    pub(super) fn open_at(project: &Path, (columns, rows): (NonZero<u16>, NonZero<u16>)) -> Result<Self> {
        let size = PtySize { rows: rows.get(), cols: columns.get(), pixel_width: 0, pixel_height: 0 };
        let pair = native_pty_system().openpty(size)?;
        let mut command = CommandBuilder::new(LSFR);
        command.cwd(project);
        for (name, value) in [("TERM", "xterm-256color"), ("LANG", "C.UTF-8")] {
            command.env(name, value);
        }
        for name in ["XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_STATE_HOME"] {
            command.env(name, project);
        }
        command.env_remove("NO_COLOR");
        let child = pair.slave.spawn_command(command)?;
        // Or its end would not be seen.
        drop(pair.slave);
        let shown = Arc::new((Mutex::new(Parser::new(rows, columns, 0)), Condvar::new()));
        let (drawn, mut output) = (Arc::clone(&shown), pair.master.try_clone_reader()?);
        thread::spawn(move || {
            let mut buffer = vec![0; 64 * 1024];
            while let Ok(length @ 1..) = output.read(&mut buffer) {
                drawn.0.lock().unwrap_or_else(PoisonError::into_inner).process(&buffer[..length]);
                drawn.1.notify_all();
            }
        });
        Ok(Self { shown, keys: pair.master.take_writer()?, child, _master: pair.master })
    }

    pub(super) fn press(&mut self, keys: &str) -> Result<()> {
        self.keys.write_all(keys.as_bytes())?;
        Ok(self.keys.flush()?)
    }

    /// Waits until the screen is as wanted.
    pub(super) fn until(&self, what: &str, wanted: impl Fn(&str) -> bool) -> Result<()> {
        let until = Instant::now() + PATIENCE;
        let mut parser = self.shown.0.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            let screen = parser.screen().contents();
            if wanted(&screen) {
                return Ok(());
            }
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Err(format!("{what} never came:\n{screen}").into());
            }
            parser = self.shown.1.wait_timeout(parser, left).unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    /// The screen as it is.
    pub(super) fn text(&self) -> String {
        self.shown.0.lock().unwrap_or_else(PoisonError::into_inner).screen().contents()
    }

    pub(super) fn shows(&self, text: &str) -> Result<()> {
        self.until(text, |screen| screen.contains(text))
    }

    pub(super) fn pid(&self) -> Result<u32> {
        self.child.process_id().ok_or_else(|| "the app has no process".into())
    }
}

impl Drop for Window {
    fn drop(&mut self) {
        // As a learner leaves; its nodes end with it.
        let _ = self.press("Q");
        let _ = self.child.wait();
    }
}

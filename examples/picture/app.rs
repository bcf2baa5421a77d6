//! The app in a pseudo-terminal, with what its screen shows.

use std::io::{Read, Write};
use std::num::NonZero;
use std::path::Path;
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::thread;
use std::time::{Duration, Instant};

use portable_pty::{Child, CommandBuilder, PtySize, native_pty_system};
use vt100::Parser;

use crate::Error;

const COLUMNS: u16 = 120;
const ROWS: u16 = 36;
const SIZE: (NonZero<u16>, NonZero<u16>) = (NonZero::new(ROWS).unwrap(), NonZero::new(COLUMNS).unwrap());
const PATIENCE: Duration = Duration::from_secs(60);

pub(super) struct App {
    parser: Parser,
    output: Receiver<Vec<u8>>,
    keys: Box<dyn Write + Send>,
    child: Box<dyn Child + Send + Sync>,
}

impl App {
    pub(super) fn open(lsfr: &Path, project: &Path, home: &Path) -> Result<Self, Error> {
        let pair =
            native_pty_system().openpty(PtySize { rows: ROWS, cols: COLUMNS, pixel_width: 0, pixel_height: 0 })?;
        let mut command = CommandBuilder::new(lsfr);
        command.cwd(project);
        command.env("TERM", "xterm-256color");
        command.env("LANG", "C.UTF-8");
        command.env("HOME", home);
        command.env("COLORTERM", "truecolor");
        command.env("LSFR_THEME", "dark");
        for variable in ["NO_COLOR", "XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME"] {
            command.env_remove(variable);
        }
        let child = pair.slave.spawn_command(command)?;
        drop(pair.slave);
        let keys = pair.master.take_writer()?;
        let output = read(pair.master.try_clone_reader()?);
        Ok(Self { parser: Parser::new(SIZE.0, SIZE.1, 0), output, keys, child })
    }

    pub(super) fn press(&mut self, keys: &str) -> Result<(), Error> {
        Ok(self.keys.write_all(keys.as_bytes())?)
    }

    pub(super) fn wait_for(&mut self, text: &str) -> Result<(), Error> {
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
    pub(super) fn settle(&mut self) {
        loop {
            match self.output.recv_timeout(Duration::from_millis(500)) {
                Ok(bytes) => self.parser.process(&bytes),
                Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => return,
            }
        }
    }

    pub(super) fn screen(&self) -> &vt100::Screen {
        self.parser.screen()
    }

    pub(super) fn quit(mut self) -> Result<(), Error> {
        self.press("Q")?;
        self.child.wait()?;
        Ok(())
    }
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

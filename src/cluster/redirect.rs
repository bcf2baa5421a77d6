//! What a guard sets for its program besides its arguments: where it reads and prints, and how long its files may get.
//! A shell is not used for this: it would run a text as commands where the system refuses to run it.

use std::ffi::OsStr;
use std::fs::{File, OpenOptions};
use std::io;
use std::process::{Command, Stdio};

use nix::sys::resource::{Resource, getrlimit, setrlimit};

use super::wire::Launch;

/// The files of one program, open.
pub(super) struct Redirect {
    input: Option<File>,
    output: Option<File>,
    log: File,
}

impl Redirect {
    pub(super) fn open(launch: &Launch) -> io::Result<Redirect> {
        // Without the error number, which would be taken to say something about the program.
        let told = |path: &OsStr, error| io::Error::other(format!("{} cannot be opened: {error}", path.display()));
        let append =
            |path: &OsStr| OpenOptions::new().append(true).create(true).open(path).map_err(|e| told(path, e));
        let read = |path: &OsStr| File::open(path).map_err(|error| told(path, error));
        Ok(Redirect {
            input: launch.input.as_deref().map(read).transpose()?,
            output: launch.output.as_deref().map(append).transpose()?,
            log: append(&launch.log)?,
        })
    }

    pub(super) fn apply(&self, command: &mut Command) -> io::Result<()> {
        let input = self.input.as_ref().map(File::try_clone).transpose()?;
        command
            .stdin(input.map_or_else(Stdio::null, Stdio::from))
            .stdout(self.output.as_ref().unwrap_or(&self.log).try_clone()?)
            .stderr(self.log.try_clone()?);
        Ok(())
    }
}

/// A limit of the guard's own, which what it starts inherits: the guard itself writes to no file.
pub(super) fn limit_files(launch: &Launch) {
    let Some(longest) = launch.longest_file else { return };
    // A lower limit that was there stays, and a limit that cannot be set is no reason not to run.
    if let Ok((_, hard)) = getrlimit(Resource::RLIMIT_FSIZE) {
        let longest = longest.min(hard);
        let _ = setrlimit(Resource::RLIMIT_FSIZE, longest, longest);
    }
}

//! Why `run.sh` would not start: the operating system's two words ("not found") turned into the one cause behind
//! them, by looking at the file.

use std::fmt;
use std::fs::{self, File};
use std::io::{self, Read};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use nix::errno::Errno;

use crate::facts::ExitStatus;
use crate::text::BYTE_ORDER_MARK;

pub(crate) const NAME: &str = "run.sh";

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unstartable {
    /// There is no `run.sh`.
    Missing,
    NotExecutable,
    /// The #! line names a program that is not there.
    NoInterpreter(String),
    /// A byte order mark stands before the #! line, which the system then does not see.
    ByteOrderMark,
    /// The #! line ends with CR LF, which makes the CR part of the interpreter's name.
    WindowsLineEnd,
    /// Neither a script with a #! line nor a program for this machine.
    ExecFormat {
        empty: bool,
        text: bool,
    },
    /// Something else, in the system's words.
    Other(String),
}

impl fmt::Display for Unstartable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Unstartable::Missing => f.write_str(
                "there is no run.sh in the challenge directory. lsfr starts your program with ./run.sh: write one, and make it executable with `chmod +x run.sh`.",
            ),
            Unstartable::NotExecutable => {
                f.write_str("run.sh is not executable. Make it so with `chmod +x run.sh`.")
            }
            Unstartable::NoInterpreter(name) => write!(
                f,
                "run.sh asks for `{name}` in its first line, and there is no such program here. Install it, or change the line.",
            ),
            Unstartable::WindowsLineEnd => f.write_str(
                "the first line of run.sh ends with a Windows line end (CR LF), so the interpreter's name is wrong by one invisible character. Save the file with LF line ends: `sed -i 's/\\r$//' run.sh`.",
            ),
            Unstartable::ByteOrderMark => f.write_str(
                "run.sh starts with a byte order mark: three invisible bytes before the #! line, so the system does not see that line. Save the file as UTF-8 without a BOM, or remove it: `sed -i '1s/^\\xEF\\xBB\\xBF//' run.sh`.",
            ),
            Unstartable::ExecFormat { empty: true, .. } => f.write_str(
                "run.sh is empty. Give it a first line such as `#!/bin/sh`, then the command that starts your program.",
            ),
            Unstartable::ExecFormat { text: true, .. } => f.write_str(
                "run.sh has no #! line, so the system does not know what should run it. Make its first line `#!/bin/sh`.",
            ),
            Unstartable::ExecFormat { .. } => f.write_str(
                "run.sh is a program that this machine cannot run: perhaps it was built for another processor or system.",
            ),
            Unstartable::Other(message) => write!(f, "run.sh could not be started: {message}."),
        }
    }
}

/// The cause behind a refused start.
pub(crate) fn diagnose(dir: &Path, errno: Option<i32>, message: &str) -> Unstartable {
    let path = dir.join(NAME);
    let other = || Unstartable::Other(message.to_owned());
    let Ok(metadata) = fs::metadata(&path) else {
        return Unstartable::Missing;
    };
    if !metadata.is_file() {
        return Unstartable::Other("it is not a file".to_owned());
    }
    match errno.map(Errno::from_raw) {
        Some(Errno::EACCES) if metadata.permissions().mode() & 0o111 == 0 => Unstartable::NotExecutable,
        Some(Errno::ENOEXEC) => exec_format(&path),
        Some(Errno::ENOENT | Errno::ENOTDIR | Errno::EACCES | Errno::ELOOP) => match first_line(&path) {
            Ok(Some(line)) if line.ends_with('\r') => Unstartable::WindowsLineEnd,
            Ok(Some(line)) => match line.split_ascii_whitespace().next() {
                Some(interpreter) => Unstartable::NoInterpreter(interpreter.to_owned()),
                None => other(),
            },
            _ => other(),
        },
        _ => other(),
    }
}

/// `#!/usr/bin/env python9` starts: it is `env` that fails then, with status 127.
pub(crate) fn diagnose_127(dir: &Path) -> Option<Unstartable> {
    let line = first_line(&dir.join(NAME)).ok()??;
    if line.ends_with('\r') {
        return Some(Unstartable::WindowsLineEnd);
    }
    let mut words = line.split_ascii_whitespace();
    if !words.next()?.ends_with("/env") {
        return None;
    }
    let name = words.find(|word| !word.starts_with('-') && !word.contains('='))?;
    let found = std::env::var_os("PATH")
        .is_some_and(|path| std::env::split_paths(&path).any(|folder| folder.join(name).is_file()));
    (!found).then(|| Unstartable::NoInterpreter(name.to_owned()))
}

/// Shells that end with 126 for a command that they could not run, and with 127 for one that they did not find.
const SHELLS: &[&str] = &["sh", "bash", "dash", "ash", "ksh", "zsh", "busybox", "fish"];

/// What the exit status of run.sh's shell means, as the end of a sentence: such a status says nothing about the program
/// that it should have run.
pub(crate) fn shell_did_not_run(dir: &Path, status: ExitStatus) -> Option<&'static str> {
    let told = match status {
        ExitStatus::Code(126) => "could not run a command",
        ExitStatus::Code(127) => "did not find a command",
        _ => return None,
    };
    let line = first_line(&dir.join(NAME)).ok()??;
    let names = line.split_ascii_whitespace().take(2).filter_map(|word| word.rsplit('/').next());
    names.into_iter().any(|name| SHELLS.contains(&name)).then_some(told)
}

fn exec_format(path: &Path) -> Unstartable {
    let start = read_start(path).unwrap_or_default();
    if start.strip_prefix(BYTE_ORDER_MARK.as_bytes()).is_some_and(|rest| rest.starts_with(b"#!")) {
        return Unstartable::ByteOrderMark;
    }
    Unstartable::ExecFormat { empty: start.is_empty(), text: !start.contains(&0) }
}

/// What follows `#!` on the first line, its CR included; none if the file does not begin with `#!`.
pub(super) fn first_line(path: &Path) -> io::Result<Option<String>> {
    let start = read_start(path)?;
    let Some(rest) = start.strip_prefix(b"#!") else {
        return Ok(None);
    };
    let line = rest.split(|byte| *byte == b'\n').next().unwrap_or(rest);
    Ok(Some(String::from_utf8_lossy(line).into_owned()))
}

fn read_start(path: &Path) -> io::Result<Vec<u8>> {
    let mut start = Vec::new();
    File::open(path)?.take(512).read_to_end(&mut start)?;
    Ok(start)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cause(content: Option<&[u8]>, mode: u32, errno: Errno) -> Unstartable {
        let dir = tempfile::tempdir().unwrap();
        if let Some(content) = content {
            let path = dir.path().join(NAME);
            fs::write(&path, content).unwrap();
            fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
        }
        diagnose(dir.path(), Some(errno as i32), "odd")
    }

    #[test]
    fn each_cause_is_told_from_the_others() {
        assert_eq!(cause(None, 0, Errno::ENOENT), Unstartable::Missing);
        assert_eq!(cause(Some(b"#!/bin/sh\n"), 0o644, Errno::EACCES), Unstartable::NotExecutable);
        assert_eq!(
            cause(Some(b"#! /opt/nope -x\n"), 0o755, Errno::ENOENT),
            Unstartable::NoInterpreter("/opt/nope".to_owned())
        );
        assert_eq!(cause(Some(b"#!/bin/sh\r\necho\r\n"), 0o755, Errno::ENOENT), Unstartable::WindowsLineEnd);
        let marked = "\u{feff}#!/bin/sh\n".as_bytes();
        assert_eq!(cause(Some(marked), 0o755, Errno::ENOEXEC), Unstartable::ByteOrderMark);
        assert_eq!(cause(Some(b""), 0o755, Errno::ENOEXEC), Unstartable::ExecFormat { empty: true, text: true });
        assert_eq!(
            cause(Some(b"echo hi\n"), 0o755, Errno::ENOEXEC),
            Unstartable::ExecFormat { empty: false, text: true }
        );
        assert_eq!(
            cause(Some(b"\x7fELF\0\0"), 0o755, Errno::ENOEXEC),
            Unstartable::ExecFormat { empty: false, text: false }
        );
        assert_eq!(cause(Some(b"#!/bin/sh\n"), 0o755, Errno::EAGAIN), Unstartable::Other("odd".to_owned()));
    }

    #[test]
    fn a_status_of_the_shell_is_told_from_one_of_a_program() {
        let dir = tempfile::tempdir().unwrap();
        let says = |line: &str, code| {
            fs::write(dir.path().join(NAME), line).unwrap();
            shell_did_not_run(dir.path(), ExitStatus::Code(code))
        };
        assert_eq!(says("#!/bin/sh\nexec ./cc\n", 127), Some("did not find a command"));
        assert_eq!(says("#!/usr/bin/env bash\n", 126), Some("could not run a command"));
        assert_eq!(says("#!/bin/sh -e\n", 1), None);
        assert_eq!(says("#!/usr/bin/python3\n", 127), None);
        assert_eq!(says("\x7fELF", 127), None);
    }

    #[test]
    fn env_with_a_missing_program_is_named() {
        let dir = tempfile::tempdir().unwrap();
        let write = |line: &str| fs::write(dir.path().join(NAME), line).unwrap();
        write("#!/usr/bin/env -S no-such-thing-9 -u\n");
        assert_eq!(diagnose_127(dir.path()), Some(Unstartable::NoInterpreter("no-such-thing-9".to_owned())));
        write("#!/usr/bin/env sh\n");
        assert_eq!(diagnose_127(dir.path()), None);
        write("#!/usr/bin/env sh\r\n");
        assert_eq!(diagnose_127(dir.path()), Some(Unstartable::WindowsLineEnd));
        write("#!/bin/sh\nno-such-thing-9\n");
        assert_eq!(diagnose_127(dir.path()), None);
    }
}

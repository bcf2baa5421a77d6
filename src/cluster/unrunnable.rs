//! Why a file that a program made cannot be run: the operating system's words for it ("exec format error") turned into
//! what the file is.

use std::ffi::OsString;
use std::fmt;
use std::fs::File;
use std::io::{self, Read};
use std::os::unix::ffi::OsStringExt;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};

use nix::errno::Errno;

use super::run_sh::first_line;
use crate::text::{clean, cut};

/// Columns of a text's first line that are shown.
const SHOWN: usize = 40;

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unrunnable {
    Empty,
    /// With its first line.
    Text(String),
    /// A compiler's or an assembler's output, which is a linker's input.
    Object,
    /// A program for this machine, as far as its header says.
    Damaged,
    /// With the machine's name.
    OtherMachine(String),
    /// The dynamic loader that the program names is not there.
    NoLoader(PathBuf),
    /// The #! line names a program that is not there.
    NoInterpreter(String),
    /// None of the formats that the system runs.
    NoProgram,
    /// Something else, in the system's words.
    Other(String),
}

/// A clause about the file.
impl fmt::Display for Unrunnable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Unrunnable::Empty => f.write_str("the file is empty"),
            Unrunnable::Text(line) => {
                write!(f, "it is text, not a program. It begins with `{}`", cut(&clean(line.trim()), SHOWN))
            }
            Unrunnable::Object => f.write_str("it is an object file that has not been linked"),
            Unrunnable::Damaged => f.write_str("it begins like a program, but is damaged or cut short"),
            Unrunnable::OtherMachine(name) => write!(f, "it was built for another machine, {name}"),
            Unrunnable::NoLoader(path) => {
                write!(f, "it asks for the loader {}, which is not there", clean(&path.display().to_string()))
            }
            Unrunnable::NoInterpreter(name) => {
                write!(f, "its first line asks for `{}`, and there is no such program here", clean(name))
            }
            Unrunnable::NoProgram => f.write_str("it is not a program that this system can run"),
            Unrunnable::Other(message) => f.write_str(message),
        }
    }
}

impl Unrunnable {
    /// What a file is that lacks the permission to run, where the permission would not help.
    pub fn without_permission(path: &Path) -> Option<Unrunnable> {
        let is_script = first_line(path).is_ok_and(|line| line.is_some());
        let cause = what_it_is(path).ok().filter(|_| !is_script)?;
        matches!(cause, Unrunnable::Object | Unrunnable::Text(_)).then_some(cause)
    }

    /// The cause behind a refused start.
    pub fn diagnose(path: &Path, errno: Option<i32>, message: &str) -> Unrunnable {
        let cause = match errno.map(Errno::from_raw) {
            Some(Errno::ENOEXEC) => what_it_is(path).ok(),
            Some(Errno::ENOENT | Errno::ENOTDIR | Errno::EACCES | Errno::ELOOP) => what_it_asks_for(path),
            _ => None,
        };
        cause.unwrap_or_else(|| Unrunnable::Other(message.to_owned()))
    }
}

fn what_it_is(path: &Path) -> io::Result<Unrunnable> {
    let mut start = Vec::new();
    File::open(path)?.take(512).read_to_end(&mut start)?;
    Ok(match Elf::read(path) {
        _ if start.is_empty() => Unrunnable::Empty,
        Some(Elf { kind: Elf::OBJECT, .. }) => Unrunnable::Object,
        Some(Elf { machine, .. }) if ours().is_some_and(|ours| ours.machine != machine) => {
            Unrunnable::OtherMachine(machine_name(machine))
        }
        Some(_) => Unrunnable::Damaged,
        None if !start.contains(&0) => {
            let line = start.split(|byte| *byte == b'\n').find(|line| !line.trim_ascii().is_empty());
            Unrunnable::Text(String::from_utf8_lossy(line.unwrap_or_default()).into_owned())
        }
        None => Unrunnable::NoProgram,
    })
}

/// What has to exist for the file to run, and does not.
fn what_it_asks_for(path: &Path) -> Option<Unrunnable> {
    if let Some(loader) = Elf::read(path).and_then(|elf| elf.loader).filter(|loader| !loader.exists()) {
        return Some(Unrunnable::NoLoader(loader));
    }
    let line = first_line(path).ok()??;
    Some(Unrunnable::NoInterpreter(line.split_ascii_whitespace().next()?.to_owned()))
}

/// lsfr runs here, so its own file was built for this machine.
fn ours() -> Option<Elf> {
    Elf::read(&std::env::current_exe().ok()?)
}

fn machine_name(machine: u16) -> String {
    match machine {
        3 => "32-bit x86".to_owned(),
        40 => "32-bit ARM".to_owned(),
        62 => "x86-64".to_owned(),
        183 => "64-bit ARM".to_owned(),
        243 => "RISC-V".to_owned(),
        other => format!("number {other} in ELF"),
    }
}

/// The head of a program in the format of Linux and most other systems.
#[derive(Debug)]
struct Elf {
    kind: u16,
    machine: u16,
    loader: Option<PathBuf>,
}

impl Elf {
    const OBJECT: u16 = 1;
    /// Longer than any path.
    const LONGEST: u64 = 4096;

    /// None for any other file.
    fn read(path: &Path) -> Option<Elf> {
        let file = File::open(path).ok()?;
        let ident: [u8; 6] = bytes(&file, 0)?;
        let (true, wide, little) = (ident.starts_with(b"\x7fELF"), ident[4] == 2, ident[5] == 1) else { return None };
        let half = |at| bytes(&file, at).map(if little { u16::from_le_bytes } else { u16::from_be_bytes });
        let word = |at| bytes(&file, at).map(if little { u32::from_le_bytes } else { u32::from_be_bytes });
        let long = |at| bytes(&file, at).map(if little { u64::from_le_bytes } else { u64::from_be_bytes });
        let size = |at| if wide { long(at) } else { word(at).map(u64::from) };
        let loader = || {
            // The table of segments; one of them is the loader's path.
            let (table, entry, count) =
                if wide { (long(32)?, half(54)?, half(56)?) } else { (size(28)?, half(42)?, half(44)?) };
            let at = |number: u16| table.checked_add(u64::from(entry) * u64::from(number));
            let found = (0..count).filter_map(at).find(|at| word(*at) == Some(3))?;
            let (offset, length) = if wide { (8, 32) } else { (4, 16) };
            let (offset, length) = (size(found.checked_add(offset)?)?, size(found.checked_add(length)?)?);
            let mut path = vec![0; usize::try_from(length.min(Elf::LONGEST)).ok()?];
            file.read_exact_at(&mut path, offset).ok()?;
            path.truncate(path.iter().position(|byte| *byte == 0).unwrap_or(path.len()));
            Some(PathBuf::from(OsString::from_vec(path)))
        };
        Some(Elf { kind: half(16)?, machine: half(18)?, loader: loader() })
    }
}

fn bytes<const N: usize>(file: &File, at: u64) -> Option<[u8; N]> {
    let mut bytes = [0; N];
    file.read_exact_at(&mut bytes, at).ok()?;
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn cause(content: &[u8], errno: Errno) -> Unrunnable {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("program");
        fs::write(&path, content).unwrap();
        Unrunnable::diagnose(&path, Some(errno as i32), "odd")
    }

    /// A 64-bit, little-endian head, with one segment: a loader.
    fn elf(kind: u16, machine: u16, loader: &str) -> Vec<u8> {
        let mut head = vec![0; 64 + 56];
        head[..6].copy_from_slice(b"\x7fELF\x02\x01");
        head[16..18].copy_from_slice(&kind.to_le_bytes());
        head[18..20].copy_from_slice(&machine.to_le_bytes());
        (head[32], head[54], head[56]) = (64, 56, 1);
        (head[64], head[64 + 8], head[64 + 32]) = (3, 64 + 56, loader.len() as u8 + 1);
        head.extend(loader.as_bytes());
        head.push(0);
        head
    }

    #[test]
    fn each_kind_of_file_is_told_from_the_others() {
        let ours = ours().map_or(62, |ours| ours.machine);
        let other = if ours == 183 { 62 } else { 183 };
        for (content, errno, expected) in [
            (&b""[..], Errno::ENOEXEC, Unrunnable::Empty),
            (b"\n\t.globl main\nmain:\n", Errno::ENOEXEC, Unrunnable::Text("\t.globl main".to_owned())),
            (&elf(1, ours, ""), Errno::ENOEXEC, Unrunnable::Object),
            (&elf(2, ours, ""), Errno::ENOEXEC, Unrunnable::Damaged),
            (&elf(2, ours, "")[..30], Errno::ENOEXEC, Unrunnable::Damaged),
            (&elf(2, ours, "/lib/ld-nope.so.2"), Errno::ENOENT, Unrunnable::NoLoader("/lib/ld-nope.so.2".into())),
            (b"#!/opt/nope -x\n", Errno::ENOENT, Unrunnable::NoInterpreter("/opt/nope".to_owned())),
            (b"\0\x01\x02", Errno::ENOEXEC, Unrunnable::NoProgram),
            (b"\x7fELF", Errno::ENOENT, Unrunnable::Other("odd".to_owned())),
            (b"", Errno::EAGAIN, Unrunnable::Other("odd".to_owned())),
        ] {
            assert_eq!(cause(content, errno), expected);
        }
        // Elsewhere lsfr itself is no ELF file, and the machine's number is not known.
        if cfg!(target_os = "linux") {
            let Unrunnable::OtherMachine(name) = cause(&elf(2, other, ""), Errno::ENOEXEC) else { panic!() };
            assert!(["64-bit ARM", "x86-64"].contains(&name.as_str()), "{name}");
        }
    }
}

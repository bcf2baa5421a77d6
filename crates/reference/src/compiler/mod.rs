//! The C compiler: from source files to assembly, which `cc` assembles and links.
//!
//! | module | holds |
//! |---|---|
//! | `lexer` | bytes to tokens |
//! | `parser` | tokens to a tree: names are looked up and types checked on the way |
//! | `types`, `scope` | what the parser knows of types and names |
//! | `tree` | the typed tree |
//! | `emit` | the tree to assembly for x86-64 |
//! | `bug` | the seeded bugs |

mod bug;
mod emit;
mod lexer;
mod parser;
mod scope;
mod tree;
mod types;

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use clap::Parser;

use super::start::{self, LateStart};
pub(super) use bug::BUGS;
use bug::Bug;

/// Something in a source file that is not C, or not the C of this compiler.
#[derive(Debug)]
struct Mistake {
    line: usize,
    message: String,
}

impl Mistake {
    fn new(line: usize, message: impl Into<String>) -> Mistake {
        Mistake { line, message: message.into() }
    }
}

/// A correct C compiler, or one with a seeded bug.
#[derive(Parser)]
#[command(name = "lsfr __reference compiler")]
struct Flags {
    /// The source files
    #[arg(required = true)]
    sources: Vec<PathBuf>,
    /// The program to write
    #[arg(short = 'o', value_name = "PROGRAM")]
    program: PathBuf,
    #[command(flatten)]
    late: LateStart,
    /// Be wrong in this way
    #[arg(long, value_name = "NAME", value_parser = |name: &str| start::seeded(name, Bug::named, BUGS))]
    bug: Option<Bug>,
}

/// Compiles. A mistake in a source is status 1; so is a program that cannot be written.
pub(super) fn main(flags: impl Iterator<Item = OsString>) -> ExitCode {
    let Flags { sources, program, late, bug } = match start::flags("compiler", flags) {
        Ok(flags) => flags,
        Err(status) => return status,
    };
    late.sleep();
    start::ended_with(compile(&sources, &program, bug.unwrap_or(Bug::None)))
}

fn compile(sources: &[PathBuf], program: &Path, bug: Bug) -> Result<(), String> {
    let (mut assembly, mut leftover, mut lines_before) = (Vec::new(), None, 0);
    for source in sources {
        let text = std::fs::read(source).map_err(|error| format!("{}: {error}", source.display()))?;
        let tree = lexer::tokens(&text, bug).and_then(|tokens| parser::file(tokens, bug, &mut leftover));
        let tree = tree.map_err(|mistake| {
            format!("{}:{}: {}", source.display(), lines_before + mistake.line, mistake.message)
        })?;
        if bug == Bug::LinesCountedThroughFiles {
            lines_before += text.iter().filter(|byte| **byte == b'\n').count();
        }
        assembly.push(emit::file(&tree, bug));
    }
    link(&assembly, program)
}

/// Assembles and links with the C library. A program that was not linked is not left half-written.
fn link(assembly: &[String], program: &Path) -> Result<(), String> {
    let own = |error: std::io::Error| format!("the assembly cannot be kept: {error}");
    let folder = tempfile::tempdir().map_err(own)?;
    let mut files = Vec::new();
    for (at, text) in assembly.iter().enumerate() {
        let file = folder.path().join(format!("{at}.s"));
        std::fs::write(&file, text).map_err(own)?;
        files.push(file);
    }
    let linked = Command::new("cc").arg("-o").arg(program).args(&files).status();
    match linked {
        Ok(status) if status.success() => Ok(()),
        Ok(_) => Err(format!("{} could not be linked", program.display())),
        Err(error) => Err(format!("cc assembles and links, and cannot be started: {error}")),
    }
}

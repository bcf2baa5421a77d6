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
struct Args {
    /// The source files
    #[arg(required = true)]
    sources: Vec<PathBuf>,
    /// The program to write
    #[arg(short = 'o', value_name = "PROGRAM")]
    program: PathBuf,
    /// Be wrong in this way
    #[arg(long, value_name = "NAME", value_parser = parse_bug)]
    bug: Option<Bug>,
}

fn parse_bug(name: &str) -> Result<Bug, String> {
    Bug::named(name).ok_or_else(|| {
        let names: Vec<&str> = BUGS.iter().map(|bug| bug.name).collect();
        format!("there is no such bug; there are: {}", names.join(", "))
    })
}

/// Compiles. A mistake in a source is status 1; so is a program that cannot be written.
pub(super) fn main(args: impl Iterator<Item = OsString>) -> ExitCode {
    let name = OsString::from("lsfr __reference compiler");
    let args = match Args::try_parse_from(std::iter::once(name).chain(args)) {
        Ok(args) => args,
        Err(error) => {
            // Nothing can be done about an output that is closed.
            let _: std::io::Result<()> = error.print();
            return ExitCode::from(if error.use_stderr() { 2 } else { 0 });
        }
    };
    match compile(&args.sources, &args.program, args.bug.unwrap_or(Bug::None)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("{message}");
            ExitCode::FAILURE
        }
    }
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

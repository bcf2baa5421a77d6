//! A compiler that compiles nothing yet.

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

/// Why a source is not compiled.
enum Trouble {
    /// It is not C: the line, and what is wrong there.
    #[allow(dead_code)]
    Mistake(usize, String),
    /// The compiler does not know it yet.
    NothingYet,
}

/// C in, assembly out.
fn compile(text: &str) -> Result<String, Trouble> {
    // Start here: text is the whole source. What `main` needs to return 42 on x86-64 is
    //
    //     .globl main
    //     main:
    //         movl $42, %eax
    //         ret
    let _ = text;
    Err(Trouble::NothingYet)
}

fn main() -> ExitCode {
    let (mut sources, mut program) = (Vec::new(), None);
    let mut arguments = std::env::args_os().skip(1);
    while let Some(argument) = arguments.next() {
        if argument == "-o" {
            program = arguments.next().map(PathBuf::from);
        } else {
            sources.push(PathBuf::from(argument));
        }
    }
    let Some(program) = program.filter(|_| !sources.is_empty()) else {
        eprintln!("usage: ./run.sh source.c -o program");
        return ExitCode::from(2);
    };
    let folder = std::env::temp_dir().join(format!("compiler-{}", std::process::id()));
    let status = build(&sources, &program, &folder).unwrap_or_else(|error| {
        eprintln!("{error}");
        2
    });
    let _ = std::fs::remove_dir_all(&folder);
    ExitCode::from(status)
}

/// Makes the program, and returns the exit status: 1 for a source that is wrong.
fn build(sources: &[PathBuf], program: &Path, folder: &Path) -> std::io::Result<u8> {
    std::fs::create_dir_all(folder)?;
    let mut files = Vec::new();
    for (number, source) in sources.iter().enumerate() {
        let text = std::fs::read_to_string(source)?;
        let assembly = match compile(&text) {
            Ok(assembly) => assembly,
            Err(Trouble::Mistake(line, message)) => {
                eprintln!("{}:{line}: {message}", source.display());
                return Ok(1);
            }
            Err(Trouble::NothingYet) => {
                eprintln!(
                    "{}: nothing is compiled yet; compile in src/main.rs is where to begin",
                    source.display()
                );
                return Ok(2);
            }
        };
        let file = folder.join(format!("{number}.s"));
        std::fs::write(&file, assembly)?;
        files.push(file);
    }
    // cc assembles, and links with the C library.
    let linked = Command::new("cc").arg("-o").arg(program).args(&files).status()?;
    Ok(if linked.success() { 0 } else { 1 })
}

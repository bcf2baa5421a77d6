//! `lsfr completions`.

use std::io;

use clap::CommandFactory;

use super::args::Cli;
use super::{Exit, Result};

pub(super) fn run(shell: clap_complete::Shell) -> Result {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "lsfr", &mut script);
    io::Write::write_all(&mut io::stdout(), &script)?;
    Ok(Exit::Passed)
}

//! `lsfr completions`. Those of bash, zsh and fish ask lsfr at each key what fits ([`super::complete`]); those of other
//! shells know commands and options.

use std::io::{self, Write};

use clap::CommandFactory;
use clap_complete::Shell;

use super::args::Cli;
use super::{Exit, Result};

pub(super) fn run(shell: Shell) -> Result {
    let script = match shell {
        Shell::Bash => include_bytes!("../../assets/completions/lsfr.bash").to_vec(),
        Shell::Zsh => include_bytes!("../../assets/completions/lsfr.zsh").to_vec(),
        Shell::Fish => include_bytes!("../../assets/completions/lsfr.fish").to_vec(),
        other => {
            let mut script = Vec::new();
            clap_complete::generate(other, &mut Cli::command(), "lsfr", &mut script);
            script
        }
    };
    io::stdout().write_all(&script)?;
    Ok(Exit::Passed)
}

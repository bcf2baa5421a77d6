//! `lsfr __man`: the manual pages, one for each command, for whoever packs lsfr.

use std::fs;
use std::path::Path;

use clap::CommandFactory;

use super::args::Cli;
use super::{Exit, Problem, Result};

pub(super) fn run(folder: &Path) -> Result {
    let written = fs::create_dir_all(folder).and_then(|()| clap_mangen::generate_to(Cli::command(), folder));
    written.map_err(|error| {
        Problem::usage(format!("the manual pages cannot be written to {}: {error}", folder.display()))
    })?;
    Ok(Exit::Passed)
}

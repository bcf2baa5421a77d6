//! `lsfr __man`: the manual pages, one for each command, for whoever packs lsfr.

use std::fs;
use std::io;
use std::path::Path;

use clap::CommandFactory;
use clap_mangen::Man;
use clap_mangen::roff::{Roff, bold, roman};

use super::args::{Cli, ENVIRONMENT, EXIT_STATUS, FILES};
use super::{Exit, Problem, Result};

pub(super) fn run(folder: &Path) -> Result {
    write(folder).map_err(|error| {
        Problem::usage(format!("the manual pages cannot be written to {}: {error}", folder.display()))
    })?;
    Ok(Exit::Passed)
}

fn write(folder: &Path) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    clap_mangen::generate_to(Cli::command(), folder)?;
    // That of lsfr itself has sections where the help has paragraphs.
    let man = Man::new(Cli::command().disable_help_subcommand(true));
    let mut page = Vec::new();
    man.render_title(&mut page)?;
    man.render_name_section(&mut page)?;
    man.render_synopsis_section(&mut page)?;
    man.render_description_section(&mut page)?;
    man.render_options_section(&mut page)?;
    man.render_subcommands_section(&mut page)?;
    rest().to_writer(&mut page)?;
    fs::write(folder.join(man.get_filename()), page)
}

fn rest() -> Roff {
    let mut roff = Roff::new();
    roff.control("SH", ["EXIT STATUS"]).text([roman(EXIT_STATUS)]);
    for (title, rows) in [("FILES", FILES.as_slice()), ("ENVIRONMENT", ENVIRONMENT.as_slice())] {
        roff.control("SH", [title]);
        for (name, means) in rows {
            roff.control("TP", []).text([bold(*name)]).text([roman(*means)]);
        }
    }
    roff
}

//! What can be typed.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::time::Duration;

use clap::builder::{EnumValueParser, TypedValueParser};
use clap::{Args, Parser, Subcommand, ValueEnum, ValueHint};
use regex::Regex;

use super::messages;
use crate::scenario::decode::parse_duration;
use crate::text::pad;

const START: &str = "Start with `lsfr list`, then `lsfr new kv-store`.";

pub(super) const EXIT_STATUS: &str = "0 passed, 1 a test failed, 2 wrong usage or a broken project or challenge, \
    3 not judged or lsfr's own fault, 130 interrupted.";

pub(super) const FILES: [(&str, &str); 4] = [
    ("~/.config/lsfr/config.yaml", "your settings for the app; `lsfr config` shows them"),
    ("~/.local/state/lsfr/", "what lsfr wrote down of its own crashes"),
    ("lsfr.yaml", "makes a directory a challenge directory: the challenge, and how far you are"),
    (".lsfr/", "what lsfr keeps beside it, such as recorded runs"),
];

pub(super) const ENVIRONMENT: [(&str, &str); 6] = [
    ("VISUAL, EDITOR", "the editor, unless config.yaml names one"),
    ("LSFR_THEME", "the app's theme for one run: dark, light, ansi or none"),
    ("NO_COLOR", "no colours, if it is set"),
    ("XDG_CONFIG_HOME", "instead of ~/.config"),
    ("XDG_STATE_HOME", "instead of ~/.local/state"),
    ("XDG_CACHE_HOME", "instead of ~/.cache"),
];

fn short_help() -> String {
    format!("{START}\nExit status: {EXIT_STATUS}")
}

fn long_help() -> String {
    let list = |rows: &[(&str, &str)]| -> String {
        rows.iter().map(|(name, means)| format!("\n  {} {means}", pad(name, 27))).collect()
    };
    format!("{}\n\nFiles:{}\n\nEnvironment:{}", short_help(), list(&FILES), list(&ENVIRONMENT))
}

/// Learn how systems work by building them. lsfr runs your program as a black box, crashes it, and shows which
/// operation broke which promise.
#[derive(Debug, Parser)]
#[command(
    name = "lsfr",
    version,
    about,
    after_help = short_help(),
    after_long_help = long_help()
)]
pub(super) struct Cli {
    /// How results are printed.
    #[arg(long, global = true, value_parser = EnumValueParser::<Format>::new().map(Drawn::from), default_value = "text", value_name = "FORMAT")]
    pub(super) format: Drawn,
    /// Add what lsfr does, and what goes wrong inside of it, to a file: for reports of its own faults.
    #[arg(long, global = true, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(super) log: Option<PathBuf>,
    #[command(subcommand)]
    pub(super) command: Option<Command>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// For people.
    Text,
    /// One JSON object per line.
    Json,
}

/// The same, and what only `lsfr messages` can be printed as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Drawn {
    /// For people.
    Text,
    /// One JSON object per line.
    Json,
    /// A sequence diagram in Mermaid's language, which a README or an issue shows as a picture.
    Mermaid,
}

impl From<Format> for Drawn {
    fn from(format: Format) -> Self {
        match format {
            Format::Text => Drawn::Text,
            Format::Json => Drawn::Json,
        }
    }
}

impl Drawn {
    /// How problems are told.
    pub(super) fn plain(self) -> Format {
        match self {
            Drawn::Text | Drawn::Mermaid => Format::Text,
            Drawn::Json => Format::Json,
        }
    }
}

/// What a recorded history is written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum HistoryFormat {
    /// Lines of JSON, as lsfr writes them.
    Lsfr,
    /// Jepsen's history.edn: registers, and transactions that append to lists.
    Jepsen,
    /// The log of Jepsen's etcd test, as porcupine keeps it.
    EtcdLog,
}

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Make a new directory for a challenge.
    New {
        /// A challenge's name, or the folder of a pack (with a `/`).
        #[arg(value_hint = ValueHint::DirPath)]
        challenge: String,
        /// Where; `./<challenge>` if left out.
        #[arg(value_hint = ValueHint::DirPath)]
        path: Option<PathBuf>,
        /// Also write a program to start from: in python, javascript, go, rust, java or c.
        #[arg(long, value_name = "LANGUAGE")]
        lang: Option<String>,
    },
    /// Set up a challenge in this directory.
    #[command(visible_alias = "i")]
    Init {
        /// A challenge's name, or the folder of a pack (with a `/`).
        #[arg(value_hint = ValueHint::DirPath)]
        challenge: String,
        /// Also write a program to start from: in python, javascript, go, rust, java or c.
        #[arg(long, value_name = "LANGUAGE")]
        lang: Option<String>,
    },
    /// Watch lsfr find a bug, in a throw-away project whose server comes with lsfr.
    Try {
        /// Repeat the random choices of an earlier run.
        #[arg(long)]
        seed: Option<u64>,
    },
    /// Test a stage; the current one if none is named.
    #[command(visible_alias = "t")]
    Test(TestArgs),
    /// Move on to the next stage, once the current one passes.
    #[command(visible_alias = "n")]
    Next {
        /// Test everything up to this stage and move there.
        stage: Option<String>,
    },
    /// Show how far you are and what to do now.
    #[command(visible_alias = "s")]
    Status,
    /// List the challenges.
    #[command(visible_aliases = ["l", "ls"])]
    List,
    /// Show a stage's instructions; the current one's if none is named.
    Guide {
        stage: Option<String>,
        /// Print the Markdown source.
        #[arg(long)]
        raw: bool,
    },
    /// Give the next hint for the last failure.
    Hint,
    /// Show what the program printed in the last run, along with what lsfr did.
    Logs {
        /// Only these nodes.
        nodes: Vec<String>,
    },
    /// Show what the nodes of a run said to each other, along with what lsfr did; of the last run if none is named.
    #[command(after_long_help = crate::messages::FORMAT_PAGE)]
    Messages(MessagesArgs),
    /// Show a recorded run again, with its cards and timelines; the last one if none is named.
    Replay {
        /// A folder of .lsfr/runs, or its name.
        #[arg(value_hint = ValueHint::DirPath)]
        run: Option<PathBuf>,
    },
    /// Check a challenge pack.
    Check {
        /// The pack's folder.
        #[arg(value_hint = ValueHint::DirPath)]
        pack: PathBuf,
        /// A command that runs a correct program and, with `--bug NAME`, each mutant; all stages and mutants are run.
        #[arg(long)]
        program: Option<String>,
        /// How many seeds the program and each mutant are run with.
        #[arg(long, requires = "program", default_value_t = 1, value_parser = clap::value_parser!(u64).range(1..=1000))]
        seeds: u64,
        /// Prove only this: a mutant, or the program on a stage. May be given several times.
        #[arg(long, value_name = "NAME", requires = "program")]
        only: Vec<String>,
    },
    /// Judge a recorded history: whether what clients were told could have happened.
    #[command(after_help = "A history is a file of JSON lines; `lsfr check-history --help` says what is in them. Jepsen's \
        history.edn and logs of its etcd test are read, too.\nExit status: 0 it could have happened, 1 it cannot, 2 the file is broken, 3 it could not be decided.",
        after_long_help = history::file::FORMAT_PAGE)]
    CheckHistory {
        /// The file, such as history.jsonl of a run; `-` reads from standard input.
        file: PathBuf,
        /// Also write the history as a page for a browser, with what is wrong marked.
        #[arg(long, value_name = "FILE")]
        html: Option<PathBuf>,
        /// Judge transactions as serializable, in whatever order; whether real time was kept is told beside it.
        #[arg(long)]
        serializable: bool,
        /// The format of the file, if its content does not tell.
        #[arg(long, value_enum, value_name = "FORMAT")]
        from: Option<HistoryFormat>,
    },
    /// Show your settings for the app, what each means, and the file that they are in.
    Config {
        /// Print the JSON Schema of the file, which editors use to complete and check it.
        #[arg(long)]
        schema: bool,
    },
    /// Print completions for a shell.
    Completions { shell: clap_complete::Shell },
    /// Write the manual pages into a folder.
    #[command(name = "__man", hide = true)]
    Man { folder: PathBuf },
}

#[derive(Debug, Args)]
pub(super) struct MessagesArgs {
    /// A folder of .lsfr/runs, or its name.
    #[arg(value_hint = ValueHint::DirPath)]
    pub(super) run: Option<PathBuf>,
    /// Only what these two said to each other, such as n1,n2.
    #[arg(long, value_name = "NODE,NODE", value_parser = messages::pair)]
    pub(super) between: Option<(String, String)>,
    /// Only what was under way from then on, in seconds since the run's start: +1.2.
    #[arg(long, value_name = "TIME", value_parser = messages::moment)]
    pub(super) from: Option<Duration>,
    /// Only what was under way up to then.
    #[arg(long, value_name = "TIME", value_parser = messages::moment)]
    pub(super) to: Option<Duration>,
    /// Only messages that this regular expression matches, in a path, a header or a body.
    #[arg(long, value_name = "REGEX", value_parser = messages::pattern)]
    pub(super) grep: Option<Regex>,
    /// How they are printed.
    #[arg(long, value_enum, default_value_t = Drawn::Text, value_name = "FORMAT")]
    pub(super) format: Drawn,
}

#[derive(Debug, Args)]
pub(super) struct TestArgs {
    /// The stage to test; the current one if left out.
    pub(super) stage: Option<String>,
    /// Also test every stage before it, in order.
    #[arg(long)]
    pub(super) so_far: bool,
    /// Run only this test, by its name or by a part that no other name has.
    #[arg(long, value_name = "TEST")]
    pub(super) only: Option<String>,
    /// Repeat the random choices of an earlier run.
    #[arg(long)]
    pub(super) seed: Option<u64>,
    /// Run this many times, each with another seed; say how often it passed, and what differed when it did not.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..=10_000))]
    pub(super) repeat: Option<u64>,
    /// Take random walks, each with another seed, for this long or until one goes wrong: `10m`.
    #[arg(long, value_name = "TIME", value_parser = time, conflicts_with_all = ["so_far", "only", "repeat", "watch", "keep", "junit"])]
    pub(super) explore: Option<Duration>,
    /// If a test fails under faults, look for fewer that still make it fail, for 10 minutes or this long.
    #[arg(
        long,
        value_name = "TIME",
        value_parser = time,
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = "10m",
        conflicts_with_all = ["so_far", "repeat", "explore", "watch", "keep", "junit"]
    )]
    pub(super) shrink: Option<Duration>,
    /// Of the faults of workloads only those with these numbers happen, as --shrink tells them: `2,5`, or `none`.
    #[arg(long, value_name = "N,N", value_parser = faults, conflicts_with_all = ["repeat", "explore"])]
    pub(super) faults: Option<Faults>,
    /// Run again at each save of a file.
    #[arg(long, conflicts_with = "repeat")]
    pub(super) watch: bool,
    /// Leave the nodes of the first test that fails up, for a look by hand, until you press enter.
    #[arg(long, conflicts_with_all = ["repeat", "watch"])]
    pub(super) keep: bool,
    /// Also write the results as JUnit XML.
    #[arg(long, value_name = "FILE")]
    pub(super) junit: Option<PathBuf>,
}

/// Numbers of faults. A type of its own: clap would take a set as an option that can be given several times.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Faults(pub(super) BTreeSet<u32>);

fn faults(text: &str) -> Result<Faults, String> {
    if text == "none" {
        return Ok(Faults(BTreeSet::new()));
    }
    let number = |part: &str| part.trim().parse().ok().filter(|number| *number > 0);
    let numbers: Option<BTreeSet<u32>> = text.split(',').map(number).collect();
    numbers.map(Faults).ok_or_else(|| "write numbers of faults, as in `2,5`, or `none`".to_owned())
}

/// A time as packs write it.
fn time(text: &str) -> Result<Duration, String> {
    parse_duration(text).ok_or_else(|| "write a number and a unit: `30s` or `10m`".to_owned())
}

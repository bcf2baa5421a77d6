//! `lsfr try`: a throw-away project whose server comes with lsfr, passes the first stages and has a bug in a later
//! one. It shows a pass, a failure and a hint before anything is written or installed; in the app, also a cluster
//! whose clients are told an old value.

use std::io::Write;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anstyle::Style;
use serde_json::json;
use tempfile::TempDir;

use crate::challenge::{self, Mutant, Origin};
use crate::facts::Outcome;
use crate::project::Project;
use crate::project::scaffold::{self, Scaffold};
use crate::report::card::Card;
use crate::report::hints::Hints;
use crate::report::records;
use crate::text::{clean, wrap};
use crate::tui::{self, Act, Start, Tour};

use super::args::Format;
use super::execute::{self, Engine, Job, Told};
use super::{Exit, Problem, Result, test};
use crate::session::Session;

const CHALLENGE: &str = "kv-store";
/// The bug that is planted: a log without deletes, a mistake that everyone makes once.
const BUG: &str = "deletes-not-logged";
/// The bug of the cluster, and a test that finds it by what clients were told: followers answer from what they have.
const CLUSTER_BUG: &str = "follower-serves-get";
const CLUSTER_TEST: (&str, &str) = ("fault-tolerance", "Slow links change no answer");

pub(super) fn run(seed: Option<u64>, format: Format) -> Result {
    if format == Format::Text && tui::has_terminal() {
        return in_the_app(seed);
    }
    let engine = Engine::start()?;
    let (place, session, planted) = project()?;
    let dir = session.project.dir.clone();
    let mut out = anstream::stdout();
    let strong = Style::new().bold();
    if format == Format::Text {
        writeln!(
            out,
            "A key-value store that lost something. Its project is in {}",
            clean(&dir.display().to_string())
        )
        .map_err(Problem::own)?;
        writeln!(out, "for as long as this runs: {strong}lsfr test {} --so-far{strong:#}\n", planted.stage)
            .map_err(Problem::own)?;
    }
    let stages = session.stages_up_to(Some(&planted.stage))?;
    let seed = seed.unwrap_or_else(crate::session::run::random_seed);
    let job = Job {
        session: &session,
        stages,
        only: None,
        seed,
        format,
        junit: None,
        throw_away: true,
        moves_on: false,
        keep: false,
        faults: None,
        told: Told::Alone,
    };
    let outcome = execute::run(&engine, job)?;
    if !matches!(outcome, Outcome::Passed | Outcome::Failed) {
        return Ok(test::exit(&outcome));
    }
    let recorded = records::latest(&dir).ok_or_else(|| Problem::own("the run left no record"))?;
    let cards = &recorded.record.cards;
    let failed: Vec<&str> = cards.iter().map(Card::title).collect();
    // One bug may break several promises of its stage. The test that is named for it sees it first.
    let found =
        failed.first() == Some(&planted.test.as_str()) && cards.iter().all(|card| card.stage == planted.stage);
    if format == Format::Json {
        writeln!(out, "{}", json!({ "event": "tried", "planted": planted.test, "failed": failed, "found": found }))
            .map_err(Problem::own)?;
    } else if found {
        conclusion(&dir, &cards[0])?;
    } else {
        writeln!(
            out,
            "\nThis should have failed \"{}\" and nothing else: please report it with the seed {seed}.",
            planted.test
        )
        .map_err(Problem::own)?;
    }
    place.close().map_err(Problem::own)?;
    Ok(if found { Exit::Passed } else { Exit::Failed })
}

/// The same in the app, where it can be looked at from all sides.
fn in_the_app(seed: Option<u64>) -> Result {
    let settings = super::config::settings()?;
    let (place, session, planted) = project()?;
    // After the folder, so that it is dropped before it: whatever ends the app, the server goes first.
    let runtime = execute::runtime()?;
    let (stage, test) = CLUSTER_TEST;
    let cluster = (stage.to_owned(), test.to_owned());
    let tour = Tour { stage: planted.stage, cluster, seed, act: Act::Server };
    let start = Start::ThrowAway { session: Box::new(session), tour };
    tui::run(&runtime, start, settings)?;
    place.close().map_err(Problem::own)?;
    Ok(Exit::Passed)
}

/// What `lsfr hint` would give next, and where to go from here.
fn conclusion(dir: &Path, card: &crate::report::card::Card) -> Result<()> {
    let mut out = anstream::stdout();
    let (strong, dim) = (Style::new().bold(), Style::new().dimmed());
    if let Some((number, hint)) = Hints::load(dir).next(card) {
        writeln!(out, "\n{strong}lsfr hint{strong:#} would say now:").map_err(Problem::own)?;
        for line in wrap(&format!("{number} of {}  {}", card.hints.len(), clean(hint)), 76, 8) {
            writeln!(out, "  {line}").map_err(Problem::own)?;
        }
    }
    writeln!(
        out,
        "\nThat bug was planted, and lsfr found it: the server does not write its deletes to its log. Now build your own:"
    ).map_err(Problem::own)?;
    writeln!(out, "  {strong}lsfr new {CHALLENGE}{strong:#}                 {dim}in any language{dim:#}")
        .map_err(Problem::own)?;
    writeln!(
        out,
        "  {strong}lsfr new {CHALLENGE} --lang python{strong:#}   {dim}with a program to start from{dim:#}"
    )
    .map_err(Problem::own)?;
    Ok(())
}

/// The throw-away project, gone with the folder, and what is wrong with its program.
fn project() -> Result<(TempDir, Session, Mutant)> {
    let place = tempfile::Builder::new().prefix("lsfr-try-").tempdir().map_err(Problem::own)?;
    let challenge = challenge::load(&Origin::BuiltIn(CHALLENGE.to_owned()))?;
    let planted = challenge.mutants()?.into_iter().find(|mutant| mutant.bug == BUG);
    let planted = planted.ok_or_else(|| Problem::own(format!("{CHALLENGE} has no mutant {BUG}")))?;
    let dir = place.path().join(CHALLENGE);
    set_up(&challenge, &dir)?;
    let session = Session { project: Project::find(&dir).map_err(Problem::own)?, challenge: Arc::new(challenge) };
    Ok((place, session, planted))
}

fn set_up(challenge: &challenge::Challenge, dir: &Path) -> Result<()> {
    let first = challenge.stages().next().map_or("", |stage| stage.key.as_str());
    let plan = Scaffold {
        target: dir,
        challenge: &challenge.key,
        name: &challenge.name,
        overview: &challenge.overview,
        first_stage: first,
        program: challenge.program,
        clients: challenge.clients,
        pack: None,
        lang: None,
    };
    scaffold::scaffold(&plan).map_err(Problem::own)?;
    // run.sh is started by a guard, for which /proc/self/exe would be the shell.
    let binary: PathBuf = std::env::current_exe()?;
    let binary = shlex::bytes::try_quote(binary.as_os_str().as_bytes()).map_err(Problem::own)?;
    // A node of a cluster is told its peers.
    let bug = format!("case \"$*\" in *--peer*) bug={CLUSTER_BUG};; *) bug={BUG};; esac\nexec ");
    let arguments = format!(" __reference {CHALLENGE} --bug $bug \"$@\"\n");
    Ok(std::fs::write(dir.join("run.sh"), [b"#!/bin/sh\n", bug.as_bytes(), &*binary, arguments.as_bytes()].concat())?)
}

//! The second half of `lsfr check`: a correct program must pass every stage, and each mutant must fail the test
//! that is named for it and no stage before.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;

use futures_util::{StreamExt, stream};
use tokio::sync::OnceCell;
use tokio::time::{MissedTickBehavior, interval};

use crate::challenge::{Challenge, Mutant};
use crate::facts::{Event, Outcome, Verdict, pack_mistake};
use crate::runner::{self, Plan};
use crate::text::did_you_mean;

use super::args::Format;
use super::execute::{Engine, Interrupt};
use super::proof_table::Table;
use super::{Exit, Problem, Result};

/// Claims that are tried at once. Runs wait more than they compute, and each has ports and folders of its own.
const AT_ONCE: usize = 6;
/// How often the progress line is redrawn.
const TICK: Duration = Duration::from_millis(200);

/// A claim that is proven on its own.
#[derive(Debug, Clone)]
pub(super) enum Claim {
    /// The program passes this stage.
    Program(String),
    /// This mutant passes the stages before its own, and fails the test that is named for it.
    Mutant(Mutant),
}

impl Claim {
    pub(super) fn name(&self) -> &str {
        match self {
            Claim::Program(stage) => stage,
            Claim::Mutant(mutant) => &mutant.bug,
        }
    }

    fn whole_stage(&self) -> Option<String> {
        match self {
            Claim::Program(stage) => Some(stage.clone()),
            Claim::Mutant(_) => None,
        }
    }
}

/// What came of a claim.
#[derive(Debug, Clone, Default)]
pub(super) struct Proven {
    /// Runs that went as claimed, out of `of`.
    pub(super) good: u64,
    pub(super) of: u64,
    pub(super) fine: bool,
    /// What did not go as claimed, in sentences.
    pub(super) remarks: Vec<String>,
}

/// Runs the proof. Nothing is recorded: failures are named, and `lsfr test` with the same seed shows them.
pub(super) fn run(challenge: Challenge, program: &str, seeds: u64, only: &[String], format: Format) -> Result {
    let claims = claims(&challenge, only)?;
    let engine = Engine::start()?;
    crate::session::run::raise_file_limit();
    let place = tempfile::Builder::new().prefix("lsfr-check-").tempdir().map_err(Problem::own)?;
    let proof = Arc::new(Proof {
        challenge: Arc::new(challenge),
        program: program.to_owned(),
        seeds,
        place: place.path().to_owned(),
        interrupt: engine.interrupt.clone(),
        runs: AtomicU64::new(0),
        whole: claims.iter().filter_map(Claim::whole_stage).collect(),
        program_runs: Mutex::default(),
        over: OnceLock::new(),
        under_way: Mutex::default(),
    });
    engine.runtime.block_on(all(&proof, &claims, Table::new(&claims, format)))
}

fn claims(challenge: &Challenge, only: &[String]) -> Result<Vec<Claim>> {
    let stages = challenge.stages().map(|stage| Claim::Program(stage.key.clone()));
    let mut claims: Vec<Claim> = stages.chain(challenge.mutants()?.into_iter().map(Claim::Mutant)).collect();
    let unknown = only.iter().find(|name| !claims.iter().any(|claim| claim.name() == *name));
    if let Some(unknown) = unknown {
        let near = did_you_mean(unknown, claims.iter().map(Claim::name));
        let help = near.map(|near| format!(" Did you mean `{near}`?")).unwrap_or_default();
        return Err(Problem::usage(format!("the pack has no stage and no mutant called \"{unknown}\".{help}")));
    }
    claims.retain(|claim| only.is_empty() || only.iter().any(|name| name == claim.name()));
    Ok(claims)
}

/// Tries all claims, and reports each in the order of the pack. A claim that could not be reported is not proven:
/// unlike in commands that only show something, a reader that has gone is an error.
async fn all(proof: &Arc<Proof>, claims: &[Claim], mut table: Table) -> Result {
    let mut trying = stream::iter(claims.iter().cloned().enumerate())
        .map(|(number, claim)| {
            let proof = Arc::clone(proof);
            tokio::spawn(async move {
                let proven = proof.claim(number, &claim).await;
                proof.under_way().remove(&number);
                // The others end because of the first, and have no reason of their own to report.
                proven.map_err(|problem| drop(proof.over.set(problem)))
            })
        })
        .buffered(AT_ONCE);
    let mut tick = interval(TICK);
    tick.set_missed_tick_behavior(MissedTickBehavior::Skip);
    let mut proven = Vec::new();
    let mut panicked = None;
    loop {
        let next = tokio::select! {
            next = trying.next() => next,
            _ = tick.tick() => {
                let line = proof.under_way().values().cloned().collect::<Vec<_>>().join("   ");
                table.under_way(&line).map_err(Problem::own)?;
                continue;
            }
        };
        // After an error what is under way ends by itself, and nothing more is begun.
        match next {
            None => break,
            Some(Ok(Ok(one))) if proof.over.get().is_none() && panicked.is_none() => {
                table.row(&claims[proven.len()], &one).map_err(Problem::own)?;
                proven.push(one);
            }
            Some(Ok(_)) => {}
            Some(Err(panic)) => panicked = Some(Problem::own(format!("lsfr has a bug: {panic}"))),
        }
    }
    drop(trying);
    if let Some(problem) = panicked.or_else(|| proof.over.get().cloned()) {
        table.under_way("").map_err(Problem::own)?;
        return Err(problem);
    }
    table.end(claims, &proven).map_err(Problem::own)?;
    Ok(if proven.iter().all(|one| one.fine) { Exit::Passed } else { Exit::Failed })
}

/// What all claims share.
struct Proof {
    challenge: Arc<Challenge>,
    program: String,
    seeds: u64,
    place: PathBuf,
    interrupt: Interrupt,
    runs: AtomicU64,
    /// Stages that the program has to pass as a whole.
    whole: BTreeSet<String>,
    /// How the program itself did.
    program_runs: Mutex<BTreeMap<ProgramRun, Arc<OnceCell<Ran>>>>,
    /// Why a claim could not be tried: the others end before their next run.
    over: OnceLock<Problem>,
    /// For each claim under way, by its number, how far it is.
    under_way: Mutex<BTreeMap<usize, String>>,
}

/// A run of the program itself.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct ProgramRun {
    stage: String,
    /// None: all tests of the stage.
    only: Option<String>,
    seed: u64,
}

/// The tests of one run by what came of them, each in order, and how the run ended. Some may not have run at all.
#[derive(Clone)]
struct Ran {
    passed: Vec<String>,
    failed: Vec<String>,
    not_judged: Vec<String>,
    /// The program did not start, so that no test was tried.
    not_started: bool,
    outcome: Outcome,
}

/// What came of a mutant's run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Catch {
    Caught,
    Missed,
    /// Neither is known.
    NotJudged,
    /// The correct program does not pass this test either: that the mutant fails it shows nothing.
    AlsoFailsCorrect,
}

impl Proof {
    fn under_way(&self) -> std::sync::MutexGuard<'_, BTreeMap<usize, String>> {
        self.under_way.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn claim(&self, number: usize, claim: &Claim) -> Result<Proven> {
        let mut proven = Proven { of: self.seeds, ..Proven::default() };
        if let Claim::Mutant(mutant) = claim {
            self.stages_before(mutant, &mut proven).await?;
        }
        let early = proven.remarks.len();
        let mut others: BTreeMap<&str, Vec<String>> = BTreeMap::new();
        for seed in 1..=self.seeds {
            let at = format!("● {} {seed} of {}", claim.name(), self.seeds);
            self.under_way().insert(number, at);
            let good = match claim {
                Claim::Program(stage) => {
                    let ran = self.program(stage, None, seed).await?;
                    if ran.outcome != Outcome::Passed {
                        proven.remarks.push(format!("seed {seed}: {}", ran.why()));
                    }
                    ran.outcome == Outcome::Passed
                }
                Claim::Mutant(mutant) => {
                    let catch = self.catch(mutant, seed).await?;
                    if let Some(why) = catch.why_not() {
                        others.entry(why).or_default().push(seed.to_string());
                    }
                    catch == Catch::Caught
                }
            };
            proven.good += u64::from(good);
        }
        match claim {
            Claim::Program(_) => proven.fine = proven.good == proven.of,
            Claim::Mutant(_) => {
                let remarks = others.iter().map(|(why, seeds)| format!("{why} with seed {}", seeds.join(", ")));
                proven.remarks.extend(remarks);
                // A race may be lost now and then: one miss in twenty is tolerated.
                proven.fine = early == 0 && proven.good * 20 >= proven.of * 19;
            }
        }
        Ok(proven)
    }

    async fn stages_before(&self, mutant: &Mutant, proven: &mut Proven) -> Result<()> {
        let stages: Vec<String> = self.challenge.stages().map(|stage| stage.key.clone()).collect();
        for stage in stages.iter().take_while(|stage| **stage != mutant.stage) {
            let ran = self.once(Some(&mutant.bug), stage, None, 1).await?;
            if ran.outcome != Outcome::Passed {
                proven.remarks.push(format!("does not pass {stage}: {}", ran.why()));
            }
        }
        Ok(())
    }

    async fn catch(&self, mutant: &Mutant, seed: u64) -> Result<Catch> {
        let Mutant { bug, stage, test, .. } = mutant;
        let ran = self.once(Some(bug), stage, Some(test), seed).await?;
        if ran.not_judged.contains(test) {
            return Ok(Catch::NotJudged);
        }
        if !ran.failed.contains(test) {
            return Ok(Catch::Missed);
        }
        // Where the whole stage is run anyway, that run answers this, too.
        let only = (!self.whole.contains(stage)).then_some(test.as_str());
        let program = self.program(stage, only, seed).await?;
        Ok(match program {
            ran if ran.passed.contains(test) => Catch::Caught,
            ran if ran.failed.contains(test) => Catch::AlsoFailsCorrect,
            _ => Catch::NotJudged,
        })
    }

    /// A run of the program itself, made once for all claims that ask for it.
    async fn program(&self, stage: &str, only: Option<&str>, seed: u64) -> Result<Ran> {
        let run = ProgramRun { stage: stage.to_owned(), only: only.map(str::to_owned), seed };
        let cell =
            Arc::clone(self.program_runs.lock().unwrap_or_else(PoisonError::into_inner).entry(run).or_default());
        cell.get_or_try_init(|| self.once(None, stage, only, seed)).await.cloned()
    }

    /// One run in a folder of its own.
    async fn once(&self, bug: Option<&str>, stage: &str, only: Option<&str>, seed: u64) -> Result<Ran> {
        if self.over.get().is_some() {
            return Err(interrupted());
        }
        let project = self.place.join(self.runs.fetch_add(1, Ordering::Relaxed).to_string());
        let folder = project.join("run");
        std::fs::create_dir_all(&folder)?;
        write_run_sh(&project, &self.program, bug)?;
        let disk = crate::session::run::machine_has_what_it_needs(&project)?;
        let plan = Plan {
            project: project.clone(),
            folder,
            folder_name: "run".to_owned(),
            stages: vec![self.challenge.stage(stage)?],
            challenge: Arc::clone(&self.challenge),
            only: only.map(str::to_owned),
            seed,
            faults: None,
            build: None,
            guard: crate::session::run::own_binary(),
            disk,
            time: String::new(),
            leave_up: tokio::sync::watch::channel(false).1,
        };
        let (sink, mut events) = runner::stream();
        let (mut passed, mut failed, mut not_judged, mut not_started) = (Vec::new(), Vec::new(), Vec::new(), false);
        // At the same time, because the events of a load would fill the memory until its end.
        let names = async {
            while let Some(stamped) = events.recv().await {
                match stamped.event {
                    Event::NotStarted(_) => not_started = true,
                    Event::TestEnded { test, verdict: Verdict::Passed, .. } => passed.push(test),
                    Event::TestEnded { test, verdict: Verdict::Failed(_), .. } => failed.push(test),
                    Event::TestEnded { test, verdict: Verdict::NotJudged { .. }, .. } => not_judged.push(test),
                    _ => {}
                }
            }
        };
        let (outcome, ()) = tokio::join!(runner::run(plan, sink, self.interrupt.wait()), names);
        std::fs::remove_dir_all(&project)?;
        match outcome {
            Outcome::BrokenPack { message, place } => Err(Problem::usage(pack_mistake(&message, place.as_ref()))),
            Outcome::Fault { message, .. } => Err(Problem::own(message)),
            Outcome::Interrupted => Err(interrupted()),
            outcome => Ok(Ran { passed, failed, not_judged, not_started, outcome }),
        }
    }
}

fn interrupted() -> Problem {
    Problem { exit: Exit::Interrupted, message: "interrupted".to_owned() }
}

impl Ran {
    fn why(&self) -> String {
        match &self.outcome {
            Outcome::NotJudged if self.not_started => "the machine was too busy to start the program".to_owned(),
            Outcome::NotJudged => format!("could not judge \"{}\"", self.not_judged.join("\", \"")),
            _ if self.not_started => "the program does not start".to_owned(),
            _ => format!("fails \"{}\"", self.failed.join("\", \"")),
        }
    }
}

impl Catch {
    fn why_not(self) -> Option<&'static str> {
        match self {
            Catch::Caught => None,
            Catch::Missed => Some("not caught"),
            Catch::NotJudged => Some("not judged"),
            Catch::AlsoFailsCorrect => Some("the program itself does not pass that test"),
        }
    }
}

/// A run.sh that starts the author's command, as a shell reads it.
fn write_run_sh(project: &Path, program: &str, bug: Option<&str>) -> Result<()> {
    use std::os::unix::fs::OpenOptionsExt;
    let bug = bug.map(|bug| format!(" --bug {bug}")).unwrap_or_default();
    let mut options = std::fs::OpenOptions::new();
    let mut file = options.write(true).create_new(true).mode(0o755).open(project.join("run.sh"))?;
    Ok(file.write_all(format!("#!/bin/sh\nexec {program}{bug} \"$@\"\n").as_bytes())?)
}

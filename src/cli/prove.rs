//! The second half of `lsfr check`: a correct program must pass every stage, and each mutant must fail the test
//! that is named for it and no stage before.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anstyle::AnsiColor;
use serde_json::json;

use crate::challenge::{Challenge, Mutant};
use crate::runner::event::{Event, Outcome, Stamped, Verdict};
use crate::runner::{self, Plan};

use super::args::Format;
use super::execute::{self, Engine, Interrupt};
use super::{Exit, Problem, Result};

/// Runs the proof. Nothing is recorded: failures are named, and `lsfr test` with the same seed shows them.
pub(super) fn run(challenge: Challenge, program: &str, seeds: u64, format: Format) -> Result {
    let engine = Engine::start()?;
    let place = tempfile::Builder::new().prefix("lsfr-check-").tempdir().map_err(Problem::own)?;
    let mut proof = Proof {
        challenge: Arc::new(challenge),
        program: program.to_owned(),
        seeds,
        format,
        place: place.path().to_owned(),
        runs: 0,
        broken: 0,
    };
    engine.runtime.block_on(proof.all(&engine.interrupt))
}

struct Proof {
    challenge: Arc<Challenge>,
    program: String,
    seeds: u64,
    format: Format,
    place: PathBuf,
    runs: u64,
    broken: usize,
}

/// The tests of one run that did not pass, in order, and how the run ended.
struct Ran {
    failed: Vec<String>,
    outcome: Outcome,
}

impl Proof {
    async fn all(&mut self, interrupt: &Interrupt) -> Result {
        let stages: Vec<String> = self.challenge.stages().map(|stage| stage.key.clone()).collect();
        for stage in &stages {
            let mut failures = Vec::new();
            for seed in 1..=self.seeds {
                let ran = self.once(None, stage, None, seed, interrupt).await?;
                if ran.outcome != Outcome::Passed {
                    failures.push(format!("seed {seed}: {}", ran.why()));
                }
            }
            self.told("program", stage, failures.is_empty(), &passed(self.seeds, failures.len()), &failures)?;
        }
        for mutant in self.challenge.mutants()? {
            self.mutant(&mutant, &stages, interrupt).await?;
        }
        Ok(if self.broken == 0 { Exit::Passed } else { Exit::Failed })
    }

    async fn mutant(&mut self, mutant: &Mutant, stages: &[String], interrupt: &Interrupt) -> Result<()> {
        let mut problems = Vec::new();
        for stage in stages.iter().take_while(|stage| **stage != mutant.stage) {
            let ran = self.once(Some(&mutant.bug), stage, None, 1, interrupt).await?;
            if ran.outcome != Outcome::Passed {
                problems.push(format!("fails {stage} already: {}", ran.why()));
            }
        }
        let mut caught = 0;
        for seed in 1..=self.seeds {
            let ran = self.once(Some(&mutant.bug), &mutant.stage, Some(&mutant.test), seed, interrupt).await?;
            if ran.failed.contains(&mutant.test) {
                caught += 1;
            }
        }
        // A race may be lost now and then: one miss in twenty is let pass.
        let enough = caught * 20 >= self.seeds * 19;
        if !enough {
            problems.push(format!("passes \"{}\"", mutant.test));
        }
        let summary = format!("caught {caught} of {}", self.seeds);
        self.told("mutant", &mutant.bug, problems.is_empty(), &summary, &problems)
    }

    fn told(&mut self, kind: &str, name: &str, fine: bool, summary: &str, problems: &[String]) -> Result<()> {
        if !fine {
            self.broken += 1;
        }
        let mut out = anstream::stdout().lock();
        if self.format == Format::Json {
            let line =
                json!({ "event": kind, "name": name, "passed": fine, "summary": summary, "problems": problems });
            writeln!(out, "{line}").map_err(Problem::own)?;
            return Ok(());
        }
        let (mark, style) = if fine { ("✓", AnsiColor::Green) } else { ("✗", AnsiColor::Red) };
        let style = style.on_default();
        writeln!(out, "{style}{mark}{style:#} {kind} {name}  {summary}").map_err(Problem::own)?;
        for problem in problems {
            writeln!(out, "    {problem}").map_err(Problem::own)?;
        }
        Ok(())
    }

    /// One run in a folder of its own.
    async fn once(
        &mut self,
        bug: Option<&str>,
        stage: &str,
        only: Option<&str>,
        seed: u64,
        interrupt: &Interrupt,
    ) -> Result<Ran> {
        self.runs += 1;
        let project = self.place.join(self.runs.to_string());
        let folder = project.join("run");
        std::fs::create_dir_all(&folder)?;
        write_run_sh(&project, &self.program, bug)?;
        let plan = Plan {
            project: project.clone(),
            folder,
            folder_name: "run".to_owned(),
            stages: vec![self.challenge.stage(stage)?],
            challenge: Arc::clone(&self.challenge),
            only: only.map(str::to_owned),
            seed,
            build: None,
            guard: execute::own_binary(),
            time: String::new(),
        };
        let (sink, mut events) = tokio::sync::mpsc::unbounded_channel::<Stamped>();
        let mut failed = Vec::new();
        // At the same time, because the events of a load would fill the memory until its end.
        let names = async {
            while let Some(stamped) = events.recv().await {
                if let Event::TestEnded { test, verdict: Verdict::Failed(_), .. } = stamped.event {
                    failed.push(test);
                }
            }
        };
        let (outcome, ()) = tokio::join!(runner::run(plan, sink, interrupt.wait()), names);
        std::fs::remove_dir_all(&project)?;
        match outcome {
            Outcome::Fault { message } => Err(Problem::own(message)),
            Outcome::Interrupted => Err(Problem { exit: Exit::Interrupted, message: "interrupted".to_owned() }),
            outcome => Ok(Ran { failed, outcome }),
        }
    }
}

impl Ran {
    fn why(&self) -> String {
        match &self.outcome {
            Outcome::NotJudged => "not judged, the machine was too busy".to_owned(),
            _ => format!("fails \"{}\"", self.failed.join("\", \"")),
        }
    }
}

fn passed(seeds: u64, failures: usize) -> String {
    format!("passed {} of {seeds}", seeds - failures as u64)
}

/// A run.sh that starts the author's command, as a shell reads it.
fn write_run_sh(project: &Path, program: &str, bug: Option<&str>) -> Result<()> {
    use std::os::unix::fs::OpenOptionsExt;
    let bug = bug.map(|bug| format!(" --bug {bug}")).unwrap_or_default();
    let mut options = std::fs::OpenOptions::new();
    let mut file = options.write(true).create_new(true).mode(0o755).open(project.join("run.sh"))?;
    Ok(file.write_all(format!("#!/bin/sh\nexec {program}{bug} \"$@\"\n").as_bytes())?)
}

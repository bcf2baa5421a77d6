//! `lsfr test --shrink`: the same test with the same seed and fewer faults, for as long as it still fails in the same way.
//!
//! Programs race each other, so each choice of faults is tried several times and counts if one of them fails. What is
//! shown in the end has happened; how often it did is told beside it.

use std::collections::BTreeSet;
use std::io::Write;
use std::path::Path;
use std::time::{Duration, Instant};

use model::Fewest;
use serde::Serialize;
use serde_json::json;

use crate::facts::Outcome;
use crate::report::card::command;
use crate::report::diff::plural;
use crate::report::schedule::{Failed, Fault, Heard, Listener};
use crate::report::times::{clock, time};
use crate::session::Session;
use crate::text::width;

use super::args::Format;
use super::execute::{self, Engine, Job, Told};
use super::{Exit, Result, replay, test};

/// Runs of a choice of faults before it counts as too few.
const TRIES: u32 = 3;
/// Runs of the choice that is left, so that its rate means something.
const RATE: u32 = 5;

/// What a run is made of: the only test, the only faults, and how it is told.
type Wanted = (Option<String>, Option<BTreeSet<u32>>, Told);

pub(super) struct Shrinking<'s, F: Fn(Wanted) -> Result<Job<'s>>> {
    pub(super) engine: &'s Engine,
    pub(super) session: &'s Session,
    pub(super) format: Format,
    pub(super) stage: String,
    pub(super) seed: u64,
    pub(super) during: Duration,
    /// Makes a job.
    pub(super) job: F,
}

/// How runs with the same faults came out: of those that were judged, as many failed.
#[derive(Debug, Clone, Copy, Default, Serialize)]
struct Rate {
    failed: u32,
    runs: u32,
    #[serde(skip)]
    not_judged: u32,
}

impl Rate {
    fn add(&mut self, came: &Came) {
        match came {
            Came::Unknown => self.not_judged += 1,
            Came::Failed(_) | Came::Otherwise => {
                self.failed += u32::from(matches!(came, Came::Failed(_)));
                self.runs += 1;
            }
        }
    }

    /// Another run has something to add: too few were judged, and not too many were in vain.
    fn wants(&self, judged: u32) -> bool {
        self.runs < judged && self.not_judged < TRIES
    }
}

/// What a run with fewer faults came to.
enum Came {
    /// To the same failure.
    Failed(Box<Ran>),
    /// It passed, or failed in another way.
    Otherwise,
    /// It could not be judged, and says nothing of its faults.
    Unknown,
}

/// The fewest faults so far.
struct Least {
    rate: Rate,
    /// A run of them that failed.
    shown: Ran,
}

struct Ran {
    folder: String,
    failed: Failed,
}

/// Why no more is tried.
enum End {
    Interrupted(Outcome),
    Time,
}

impl<'s, F: Fn(Wanted) -> Result<Job<'s>>> Shrinking<'s, F> {
    pub(super) fn run(&self, only: Option<String>, faults: Option<BTreeSet<u32>>) -> Result {
        let until = Instant::now() + self.during;
        let (outcome, heard) = self.once((only, faults, true))?;
        let (Outcome::Failed, Some(failed)) = (&outcome, heard.failed) else {
            self.say("There is no failure, and so nothing to shrink.")?;
            return Ok(test::exit(&outcome));
        };
        if failed.faults.is_empty() {
            self.say("No fault of a workload had begun when it failed: there is nothing to shrink.")?;
            return Ok(Exit::Failed);
        }
        let all = failed.faults.clone();
        let mut fewest = Fewest::new(all.iter().map(|fault| fault.number).collect());
        self.say(&format!("\nFailed after {}. Trying fewer, for {} at most:", count(all.len()), time(self.during)))?;
        let rate = Rate { failed: 1, runs: 1, not_judged: 0 };
        let mut least = Least { rate, shown: Ran { folder: heard.folder, failed } };
        let end = self.fewer(&mut fewest, &mut least, until)?;
        let end = match end {
            None => self.rate(fewest.best(), &mut least, until)?,
            end => end,
        };
        self.tell(&all, fewest.best(), &least, end.as_ref())?;
        Ok(match end {
            Some(End::Interrupted(outcome)) => test::exit(&outcome),
            _ => Exit::Failed,
        })
    }

    fn once(&self, (only, faults, first): (Option<String>, Option<BTreeSet<u32>>, bool)) -> Result<(Outcome, Heard)> {
        let schedule = Listener::default();
        let told = Told::Shrunk { schedule: schedule.clone(), first };
        let outcome = execute::run(self.engine, (self.job)((only, faults, told))?)?;
        Ok((outcome, schedule.take()))
    }

    /// Once more with these faults.
    fn again(&self, faults: &[u32], like: &Failed) -> Result<std::result::Result<Came, End>> {
        let (outcome, heard) = self.once((Some(like.test.clone()), Some(faults.iter().copied().collect()), false))?;
        Ok(match outcome {
            Outcome::Passed => Ok(Came::Otherwise),
            Outcome::NotJudged => Ok(Came::Unknown),
            Outcome::Failed => {
                let alike = heard.failed.filter(|failed| (&failed.test, failed.kind) == (&like.test, like.kind));
                let ran = alike.map(|failed| Box::new(Ran { folder: heard.folder, failed }));
                Ok(ran.map_or(Came::Otherwise, Came::Failed))
            }
            Outcome::Interrupted | Outcome::BrokenPack { .. } | Outcome::Fault { .. } => {
                Err(End::Interrupted(outcome))
            }
        })
    }

    /// Leaves out faults until none can be left out, or there is another end.
    fn fewer(&self, fewest: &mut Fewest<u32>, least: &mut Least, until: Instant) -> Result<Option<End>> {
        while let Some(candidate) = fewest.candidate() {
            let mut rate = Rate::default();
            let mut enough = None;
            while enough.is_none() && rate.wants(TRIES) {
                if Instant::now() >= until {
                    return Ok(Some(End::Time));
                }
                match self.again(&candidate, &least.shown.failed)? {
                    Ok(came) => {
                        rate.add(&came);
                        if let Came::Failed(ran) = came {
                            enough = Some(ran);
                        }
                    }
                    Err(end) => return Ok(Some(end)),
                }
            }
            self.say(&format!("  {}  {}", listed(&candidate), tried(rate)))?;
            fewest.tell(enough.is_some());
            if let Some(shown) = enough {
                *least = Least { rate, shown: *shown };
            }
        }
        Ok(None)
    }

    /// How often what is left fails.
    fn rate(&self, faults: &[u32], least: &mut Least, until: Instant) -> Result<Option<End>> {
        while least.rate.wants(RATE) && Instant::now() < until {
            match self.again(faults, &least.shown.failed)? {
                Ok(came) => {
                    least.rate.add(&came);
                    if let Came::Failed(ran) = came {
                        least.shown = *ran;
                    }
                }
                Err(end) => return Ok(Some(end)),
            }
        }
        Ok(None)
    }

    fn tell(&self, all: &[Fault], left: &[u32], least: &Least, end: Option<&End>) -> Result {
        let Rate { failed, runs, .. } = least.rate;
        let again = command(&self.stage, &least.shown.failed.test, self.seed, Some(&left.iter().copied().collect()));
        let faults: Vec<&Fault> =
            least.shown.failed.faults.iter().filter(|fault| left.contains(&fault.number)).collect();
        let mut out = anstream::stdout();
        if self.format == Format::Json {
            let line = json!({
                "event": "shrunk",
                "test": least.shown.failed.test,
                "of": all.len(),
                "faults": faults,
                "rate": least.rate,
                "complete": end.is_none(),
                "again": again,
                "folder": least.shown.folder,
            });
            writeln!(out, "{line}")?;
            return Ok(Exit::Failed);
        }
        writeln!(out)?;
        let recorded = replay::find(&self.session.project.dir, Some(Path::new(&least.shown.folder)))?;
        replay::show(self.session, &recorded, self.format)?;
        let head = match left {
            [] => "It fails without any fault".to_owned(),
            [_] => format!("1 of {} is enough", count(all.len())),
            _ => format!("{} of {} are enough", left.len(), count(all.len())),
        };
        writeln!(out, "\n{head}: so it failed in {failed} of {runs} {}.", plural(runs as usize, "run", "runs"))?;
        let number = faults.iter().map(|fault| fault.number.to_string().len()).max().unwrap_or(0);
        let text = faults.iter().map(|fault| width(&fault.text)).max().unwrap_or(0);
        for Fault { number: which, at, text: what, lasts } in faults {
            writeln!(out, "  {which:>number$}  {}  {what:<text$}  for {}", clock(*at), time(*lasts))?;
        }
        match end {
            Some(End::Time) => writeln!(out, "The time was over before fewer could be tried.")?,
            Some(End::Interrupted(_)) => writeln!(out, "Interrupted before fewer could be tried.")?,
            None => {}
        }
        writeln!(out, "Again: {again}")?;
        Ok(Exit::Failed)
    }

    fn say(&self, line: &str) -> Result<()> {
        if self.format == Format::Text {
            writeln!(anstream::stdout(), "{line}")?;
        }
        Ok(())
    }
}

fn count(faults: usize) -> String {
    format!("{faults} {}", plural(faults, "fault", "faults"))
}

fn listed(faults: &[u32]) -> String {
    match faults {
        [] => "without any fault".to_owned(),
        _ => {
            let numbers: Vec<String> = faults.iter().map(u32::to_string).collect();
            format!("with {} {}", plural(faults.len(), "fault", "faults"), numbers.join(", "))
        }
    }
}

fn tried(rate: Rate) -> String {
    let told = match rate {
        Rate { runs: 0, not_judged, .. } => return format!("unknown: {not_judged} runs could not be judged"),
        Rate { failed: 0, runs, .. } => format!("did not fail in {runs} {}", plural(runs as usize, "run", "runs")),
        Rate { runs: 1, .. } => "failed at once".to_owned(),
        Rate { runs, .. } => format!("failed, in one of {runs} runs"),
    };
    match rate.not_judged {
        0 => told,
        more => format!("{told}; {more} more could not be judged"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rate(of: &[Came]) -> Rate {
        let mut rate = Rate::default();
        of.iter().for_each(|came| rate.add(came));
        rate
    }

    #[test]
    fn a_run_that_was_not_judged_counts_for_nothing() {
        let none = rate(&[Came::Otherwise, Came::Unknown, Came::Otherwise]);
        assert!(none.wants(TRIES), "two of three runs were judged");
        assert_eq!(tried(none), "did not fail in 2 runs; 1 more could not be judged");
        let enough = rate(&[Came::Otherwise, Came::Unknown, Came::Otherwise, Came::Otherwise]);
        assert!(!enough.wants(TRIES));
        assert_eq!((enough.failed, enough.runs), (0, 3));
    }

    #[test]
    fn what_can_never_be_judged_is_given_up() {
        let unknown = rate(&[Came::Unknown, Came::Unknown, Came::Unknown]);
        assert!(!unknown.wants(TRIES));
        assert_eq!(tried(unknown), "unknown: 3 runs could not be judged");
    }
}

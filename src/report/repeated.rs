//! What runs with different seeds show when taken together: how often a test failed, with which seeds, and how a run
//! that failed differed from one that passed.
//!
//! Something seen in failing runs and not in passing ones need not be the cause, so it is not called that.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::story::{Moment, Story, TestStory};
use super::times::clock;
use crate::facts::{Latency, Outcome, TestVerdict};
use crate::text::{clean, pad, wrap};

/// Of many seeds, this many are named.
const SEEDS: usize = 20;
/// Of the faults of one run, this many are named.
const FAULTS: usize = 8;
/// Where two runs stand side by side: columns of a row's name, and columns between the runs.
const NAME: usize = 11;
const BETWEEN: usize = 2;
/// This many things are listed as seen more often in failing runs.
const OFTEN: usize = 3;

/// One run and its seed.
#[derive(Debug, Clone)]
pub struct Ran {
    pub seed: u64,
    pub outcome: Outcome,
    pub story: Story,
}

/// All runs together.
#[derive(Debug, Clone, Serialize)]
pub struct Repeated {
    pub runs: usize,
    pub passed: usize,
    /// The share of the judged runs, from 0 to 1.
    pub rate: f64,
    pub failed_seeds: Vec<u64>,
    pub not_judged_seeds: Vec<u64>,
    /// Each test that failed at least once, in the order in which that happened.
    pub failures: Vec<Failing>,
}

/// A test that failed in some of the runs.
#[derive(Debug, Clone, Serialize)]
pub struct Failing {
    pub stage: String,
    pub test: String,
    /// Runs that judged it, and the seeds with which it failed.
    pub judged: usize,
    pub seeds: Vec<u64>,
    /// Repeats the failure that is compared.
    pub again: String,
    /// The failure in a sentence.
    pub said: Option<String>,
    /// None if it failed in every run: there is nothing to compare with.
    pub apart: Option<Apart>,
    /// What was seen more often in failing runs than in passing ones, the most telling first.
    pub seen: Vec<Seen>,
}

/// A run that failed, and the passing one that is most like it.
#[derive(Debug, Clone, Serialize)]
pub struct Apart {
    /// How many moments from the beginning are the same.
    pub alike: usize,
    pub failed: Side,
    pub passed: Side,
}

#[derive(Debug, Clone, Serialize)]
pub struct Side {
    pub seed: u64,
    /// The first moment that the other run does not have; none if this run has no more moments.
    pub then: Option<Moment>,
    /// What was done to the program, in order, by which node it hit.
    pub faults: Vec<String>,
    /// None if not known.
    pub elections: Option<usize>,
    pub restarts: BTreeMap<String, usize>,
    pub latency: Option<Latency>,
}

/// In how many runs something was seen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Seen {
    pub what: String,
    pub failed: usize,
    pub of_failed: usize,
    pub passed: usize,
    pub of_passed: usize,
}

impl Repeated {
    pub fn new(runs: &[Ran]) -> Self {
        let with = |wanted: &Outcome| -> Vec<u64> {
            runs.iter().filter(|ran| ran.outcome == *wanted).map(|ran| ran.seed).collect()
        };
        let passed = with(&Outcome::Passed).len();
        let judged = passed + with(&Outcome::Failed).len();
        let mut failures: Vec<Failing> = Vec::new();
        for test in runs.iter().flat_map(|ran| &ran.story.tests).filter(|test| test.verdict == TestVerdict::Failed) {
            if !failures.iter().any(|known| known.stage == test.stage && known.test == test.test) {
                failures.extend(failing(runs, &test.stage, &test.test));
            }
        }
        Self {
            runs: runs.len(),
            passed,
            rate: if judged == 0 { 0.0 } else { passed as f64 / judged as f64 },
            failed_seeds: with(&Outcome::Failed),
            not_judged_seeds: with(&Outcome::NotJudged),
            failures,
        }
    }

    /// The same in lines of at most this many columns, except for commands.
    pub fn lines(&self, columns: usize) -> Vec<String> {
        let judged = self.passed + self.failed_seeds.len();
        let of = if judged == self.runs { "runs" } else { "runs that were judged" };
        let mut lines = vec![format!("Passed {} of {judged} {of} ({:.0}%).", self.passed, 100.0 * self.rate)];
        for (what, seeds) in [("Failed", &self.failed_seeds), ("Not judged", &self.not_judged_seeds)] {
            if !seeds.is_empty() {
                let text = format!("{what} with the seeds {}. `--seed` repeats one.", named(seeds));
                lines.extend(wrap(&text, columns, 2));
            }
        }
        for failing in &self.failures {
            lines.push(String::new());
            failing.lines(columns, &mut lines);
        }
        lines
    }
}

fn failing(runs: &[Ran], stage: &str, test: &str) -> Option<Failing> {
    let of = |verdict: TestVerdict| -> Vec<(u64, &TestStory)> {
        let told = |ran: &'_ Ran| -> Option<usize> {
            ran.story
                .tests
                .iter()
                .position(|told| told.stage == stage && told.test == test && told.verdict == verdict)
        };
        runs.iter().filter_map(|ran| Some((ran.seed, &ran.story.tests[told(ran)?]))).collect()
    };
    let (failed, passed) = (of(TestVerdict::Failed), of(TestVerdict::Passed));
    let (seed, story) = *failed.first()?;
    // The pair that stays the same for longest shows best where the two part.
    let pairs = failed.iter().flat_map(|failed| passed.iter().map(move |passed| (*failed, *passed)));
    let closest = pairs.max_by_key(|(failed, passed)| (alike(failed.1, passed.1), std::cmp::Reverse(failed.0)));
    let (seed, story) = closest.map_or((seed, story), |(failed, _)| failed);
    let usual = || format!("lsfr test {stage} --seed {seed}");
    Some(Failing {
        stage: stage.to_owned(),
        test: test.to_owned(),
        judged: failed.len() + passed.len(),
        seeds: failed.iter().map(|(seed, _)| *seed).collect(),
        again: story.again.clone().unwrap_or_else(usual),
        said: story.said.clone(),
        apart: closest.map(|(failed, passed)| Apart::new(failed, passed)),
        seen: seen(&failed, &passed),
    })
}

/// How many moments from the beginning are the same.
fn alike(one: &TestStory, other: &TestStory) -> usize {
    one.moments.iter().zip(&other.moments).take_while(|(one, other)| one.kind == other.kind).count()
}

impl Apart {
    fn new((failed_seed, failed): (u64, &TestStory), (passed_seed, passed): (u64, &TestStory)) -> Self {
        let alike = alike(failed, passed);
        Self { alike, failed: Side::new(failed_seed, failed, alike), passed: Side::new(passed_seed, passed, alike) }
    }

    /// The two runs side by side.
    fn rows(&self, columns: usize) -> Vec<String> {
        let (failed, passed) = (&self.failed, &self.passed);
        let alike = match self.alike {
            0 => "They differ from the first moment on:".to_owned(),
            1 => "The first moment is alike, then:".to_owned(),
            alike => format!("The first {alike} moments are alike, then:"),
        };
        let mut rows = vec![
            ("", format!("seed {}, failed", failed.seed), format!("seed {}, passed", passed.seed)),
            ("faults", failed.faults(), passed.faults()),
            ("elections", failed.elections(), passed.elections()),
            ("restarts", failed.restarts(), passed.restarts()),
        ];
        if failed.latency.is_some() || passed.latency.is_some() {
            rows.push(("latencies", failed.latency(), passed.latency()));
        }
        let column = (columns.saturating_sub(NAME + BETWEEN) / 2).max(16);
        let beside = |(name, one, other): &(&str, String, String)| -> Vec<String> {
            let (one, other) = (wrap(one, column, 0), wrap(other, column, 0));
            let cell = |cells: &[String], at: usize| cells.get(at).cloned().unwrap_or_default();
            let line = |at: usize| {
                let name = if at == 0 { name } else { "" };
                let line =
                    format!("{}{}{}", pad(name, NAME), pad(&cell(&one, at), column + BETWEEN), cell(&other, at));
                line.trim_end().to_owned()
            };
            (0..one.len().max(other.len())).map(line).collect()
        };
        let mut lines: Vec<String> = rows.iter().flat_map(beside).collect();
        if failed.then.is_some() || passed.then.is_some() {
            lines.push(alike);
            lines.extend(beside(&("", failed.then(), passed.then())));
        }
        lines
    }
}

impl Side {
    fn new(seed: u64, story: &TestStory, alike: usize) -> Self {
        Self {
            seed,
            then: story.moments.get(alike).cloned(),
            faults: story.faults().map(|moment| moment.kind.clone()).collect(),
            elections: story.elections,
            restarts: story.restarts.clone(),
            latency: story.latency,
        }
    }

    fn faults(&self) -> String {
        let mut faults = self.faults.iter().take(FAULTS).cloned().collect::<Vec<_>>().join("; ");
        if self.faults.len() > FAULTS {
            faults += &format!("; {} more", self.faults.len() - FAULTS);
        }
        if faults.is_empty() { "none".to_owned() } else { clean(&faults) }
    }

    fn elections(&self) -> String {
        self.elections.map_or("not known".to_owned(), |elections| elections.to_string())
    }

    fn latency(&self) -> String {
        self.latency.map_or("not known".to_owned(), |latency| latency.to_string())
    }

    fn then(&self) -> String {
        match &self.then {
            Some(moment) => format!("{} at {}", clean(&moment.text), clock(moment.at)),
            None => "nothing more".to_owned(),
        }
    }

    fn restarts(&self) -> String {
        let each = self.restarts.iter().map(|(node, times)| match times {
            1 => clean(node),
            times => format!("{} ×{times}", clean(node)),
        });
        let each = each.collect::<Vec<_>>().join(", ");
        if each.is_empty() { "none".to_owned() } else { each }
    }
}

/// Single moments, and pairs of moments that followed each other, that more of the failing runs have.
fn seen(failed: &[(u64, &TestStory)], passed: &[(u64, &TestStory)]) -> Vec<Seen> {
    if passed.is_empty() {
        return Vec::new();
    }
    let marks = |story: &TestStory| -> BTreeSet<String> {
        let single = story.moments.iter().map(|moment| moment.kind.clone());
        let pairs = story.moments.windows(2).map(|pair| format!("{}, then {}", pair[0].kind, pair[1].kind));
        single.chain(pairs).collect()
    };
    let counted = |runs: &[(u64, &TestStory)]| -> BTreeMap<String, usize> {
        let mut counts = BTreeMap::new();
        for mark in runs.iter().flat_map(|(_, story)| marks(story)) {
            *counts.entry(mark).or_default() += 1;
        }
        counts
    };
    let (in_failed, in_passed) = (counted(failed), counted(passed));
    let mut seen: Vec<Seen> = in_failed
        .into_iter()
        .map(|(what, count)| Seen {
            failed: count,
            of_failed: failed.len(),
            passed: in_passed.get(&what).copied().unwrap_or(0),
            of_passed: passed.len(),
            what,
        })
        .collect();
    let share = |count: usize, of: usize| count as f64 / of as f64;
    let more = |seen: &Seen| share(seen.failed, seen.of_failed) - share(seen.passed, seen.of_passed);
    // Whatever is seen in few of them, or hardly more often than elsewhere, may be chance.
    seen.retain(|seen| more(seen) >= 0.5 && 2 * seen.failed > seen.of_failed);
    seen.sort_by(|one, other| more(other).total_cmp(&more(one)).then(one.what.len().cmp(&other.what.len())));
    seen.truncate(OFTEN);
    seen
}

impl Failing {
    fn lines(&self, columns: usize, lines: &mut Vec<String>) {
        let wrapped = |indent: usize, text: &str| -> Vec<String> {
            let room = columns.saturating_sub(indent).max(20);
            wrap(text, room, 2).into_iter().map(|text| format!("{}{text}", " ".repeat(indent))).collect()
        };
        let test = clean(&self.test);
        lines.extend(wrapped(0, &format!("\"{test}\" failed in {} of {} runs.", self.seeds.len(), self.judged)));
        lines.extend(self.said.iter().flat_map(|said| wrapped(2, &clean(said))));
        match &self.apart {
            None => {
                lines.extend(wrapped(2, "It failed in every run, so there is none that passed to compare with."));
            }
            Some(apart) => {
                lines.extend(wrapped(2, "The failing run and the passing one that are most alike:"));
                lines.extend(apart.rows(columns.saturating_sub(4)).into_iter().map(|row| format!("    {row}")));
                if apart.failed.then.is_none() && apart.passed.then.is_none() {
                    let nothing = "Nothing that was done to the program, or that a node said of itself, tells them \
                                   apart: look at what it does by itself, such as threads and timers.";
                    lines.extend(wrapped(2, nothing));
                }
            }
        }
        for seen in &self.seen {
            let Seen { what, failed, of_failed, passed, of_passed } = seen;
            let times = format!("{failed} of {of_failed} failing runs, and in {passed} of {of_passed} that passed");
            lines.extend(wrapped(2, &format!("Seen in {times}: {}", clean(what))));
        }
        // Whole, to be pasted.
        lines.push(format!("  Again   {}", clean(&self.again)));
    }
}

/// `40, 41, 42 and 7 more`
fn named(seeds: &[u64]) -> String {
    let names: Vec<String> = seeds.iter().take(SEEDS).map(u64::to_string).collect();
    let more = seeds.len().saturating_sub(SEEDS);
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    names.join(", ") + &more
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn ran(seed: u64, verdict: TestVerdict, kinds: &[&str]) -> Ran {
        let moment = |(at, kind): (usize, &&str)| Moment {
            at: Duration::from_millis(100 * at as u64),
            kind: (*kind).to_owned(),
            text: format!("{} n{seed}", kind.to_uppercase()),
        };
        let test = TestStory {
            stage: "s".into(),
            test: "t".into(),
            verdict,
            said: (verdict == TestVerdict::Failed).then(|| "n3 answered x = 7.".to_owned()),
            again: (verdict == TestVerdict::Failed).then(|| format!("lsfr test s --only t --seed {seed}")),
            moments: kinds.iter().enumerate().map(moment).collect(),
            elections: Some(kinds.len()),
            ..TestStory::default()
        };
        let outcome = if verdict == TestVerdict::Passed { Outcome::Passed } else { Outcome::Failed };
        Ran { seed, outcome, story: Story { tests: vec![test] } }
    }

    #[test]
    fn the_passing_run_that_is_most_alike_shows_where_they_part() {
        let runs = [
            ran(1, TestVerdict::Passed, &["pause of a follower"]),
            ran(2, TestVerdict::Failed, &["kill of a follower", "kill of the leader", "heal"]),
            ran(3, TestVerdict::Passed, &["kill of a follower", "pause of the leader"]),
        ];
        let repeated = Repeated::new(&runs);
        assert_eq!((repeated.runs, repeated.passed, &repeated.failed_seeds[..]), (3, 2, &[2][..]));
        let failing = &repeated.failures[0];
        let apart = failing.apart.as_ref().unwrap();
        assert_eq!((apart.alike, apart.failed.seed, apart.passed.seed), (1, 2, 3));
        assert_eq!(apart.failed.then.as_ref().unwrap().kind, "kill of the leader");
        assert_eq!(apart.passed.then.as_ref().unwrap().kind, "pause of the leader");
        assert_eq!(failing.again, "lsfr test s --only t --seed 2");
        // In half of the passing ones too, and so less telling.
        let told: Vec<&str> = failing.seen.iter().map(|seen| seen.what.as_str()).collect();
        assert_eq!(told[0], "heal");
        assert!(told.contains(&"kill of the leader") && !told.contains(&"pause of a follower"), "{told:?}");
        let text = repeated.lines(80).join("\n");
        for phrase in [
            "Passed 2 of 3 runs (67%).",
            "Failed with the seeds 2.",
            "\"t\" failed in 1 of 3 runs.",
            "n3 answered x = 7.",
            "seed 2, failed",
            "The first moment is alike, then:",
            "KILL OF THE LEADER n2 at +0.100",
            "Again   lsfr test s --only t --seed 2",
        ] {
            let words = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
            assert!(words(&text).contains(&words(phrase)), "{phrase}\n{text}");
        }
        assert!(text.lines().all(|line| line.chars().count() <= 80), "{text}");
    }

    #[test]
    fn what_always_fails_has_nothing_to_be_compared_with() {
        let repeated = Repeated::new(&[ran(1, TestVerdict::Failed, &["kill"]), ran(2, TestVerdict::Failed, &[])]);
        assert!(repeated.failures[0].apart.is_none() && repeated.failures[0].seen.is_empty());
        assert!(repeated.lines(80).iter().any(|line| line.contains("failed in every run")));
        let alike = Repeated::new(&[ran(1, TestVerdict::Failed, &["kill"]), ran(2, TestVerdict::Passed, &["kill"])]);
        assert!(alike.lines(200).join("\n").contains("tells them apart"));
        assert_eq!(Repeated::new(&[]).rate, 0.0);
    }

    #[test]
    fn many_seeds_are_not_all_named() {
        let runs: Vec<Ran> = (0..30).map(|seed| ran(seed, TestVerdict::Failed, &[])).collect();
        let text = Repeated::new(&runs).lines(400).join("\n");
        assert!(text.contains("18, 19 and 10 more"), "{text}");
    }
}

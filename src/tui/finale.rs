//! The last stage of a challenge has passed: all that was done, as something to look at.

use super::workbench::Workbench;
use crate::report::journal::Whole;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finale {
    /// The challenge's name.
    pub name: String,
    pub parts: Vec<FinalePart>,
    /// What the learner has now, in the pack's words.
    pub built: Option<String>,
    /// What the records say that it took. None if they are gone.
    pub whole: Option<Whole>,
}

/// Stages under their heading.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FinalePart {
    pub name: String,
    /// Their titles, and whether they have been passed.
    pub stages: Vec<(String, bool)>,
}

impl Finale {
    pub fn of(bench: &Workbench) -> Self {
        let mut parts: Vec<FinalePart> = Vec::new();
        for row in &bench.course.stages {
            if parts.last().is_none_or(|part| part.name != row.part) {
                parts.push(FinalePart { name: row.part.clone(), stages: Vec::new() });
            }
            if let Some(part) = parts.last_mut() {
                part.stages.push((row.title.clone(), bench.is_completed(&row.key)));
            }
        }
        let keys = bench.course.stages.iter().map(|row| row.key.as_str());
        let whole = Whole::of(&bench.moments.past().journal, keys);
        let (name, built) = (bench.course.name.clone(), bench.course.built.clone());
        Self { name, parts, built, whole }
    }

    /// How many stages there are, and how many of them have been passed.
    pub fn stages(&self) -> (usize, usize) {
        let all = || self.parts.iter().flat_map(|part| &part.stages);
        (all().count(), all().filter(|(_, passed)| *passed).count())
    }
}

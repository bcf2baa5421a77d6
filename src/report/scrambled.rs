//! Words that nobody can read, for tests: they expose whatever depends on words.

use super::card::Card;
use super::carried::Carried;
use super::cluster_state::{ClusterState, Done, Ending};
use super::contrast::Contrast;
use super::cut_off::CutOff;
use super::describe::{Describe, English, Words};
use super::exchange::Contradiction;
use super::fact::Entry;
use super::fold::Line;
use super::given::BothGiven;
use super::passed_on::PassedOn;
use super::reissued::Reissued;
use super::stray::Stray;
use super::tagged::Tagged;
use crate::facts::golden::scramble;
use crate::facts::{Blocked, Source, What};

/// Describes with letters that mean nothing.
#[derive(Debug)]
pub(crate) struct Scrambled;

impl Scrambled {
    fn words(words: Words) -> Words {
        let Words { verb, node, text, outcome } = words;
        Words { verb: scramble(&verb), node, text: scramble(&text), outcome: scramble(&outcome) }
    }

    fn card(card: Card) -> Card {
        let one = |text: Option<String>| text.as_deref().map(scramble);
        let mut card = Card {
            told: card.told.iter().map(|text| scramble(text)).collect(),
            no_answer: one(card.no_answer),
            likely: one(card.likely),
            next: one(card.next),
            history: one(card.history),
            ..card
        };
        card.answers.iter_mut().for_each(|answer| answer.text = scramble(&answer.text));
        let differences = card.answers.iter_mut().flat_map(|answer| &mut answer.differences);
        for difference in card.differences.iter_mut().chain(differences) {
            difference.expected = scramble(&difference.expected);
            difference.actual = scramble(&difference.actual);
            difference.notes.iter_mut().for_each(|note| *note = scramble(note));
        }
        card
    }
}

impl Describe for Scrambled {
    fn line(&self, line: &Line) -> Words {
        Self::words(English.line(line))
    }

    fn left_out(&self, entries: &[&Entry], dropped: usize, earlier: bool) -> Words {
        Self::words(English.left_out(entries, dropped, earlier))
    }

    fn origin(&self, source: &Source) -> String {
        scramble(&English.origin(source))
    }

    fn contradiction(&self, both: &Contradiction) -> String {
        scramble(&English.contradiction(both))
    }

    fn contrast(&self, contrast: &Contrast) -> String {
        scramble(&English.contrast(contrast))
    }

    fn stray(&self, stray: &Stray) -> String {
        scramble(&English.stray(stray))
    }

    fn tagged(&self, tagged: &Tagged) -> String {
        scramble(&English.tagged(tagged))
    }

    fn reissued(&self, reissued: &Reissued) -> String {
        scramble(&English.reissued(reissued))
    }

    fn carried(&self, carried: &Carried) -> String {
        scramble(&English.carried(carried))
    }

    fn passed_on(&self, passed_on: &PassedOn) -> String {
        scramble(&English.passed_on(passed_on))
    }

    fn cut_off(&self, cut_off: &CutOff) -> String {
        scramble(&English.cut_off(cut_off))
    }

    fn given(&self, both: &BothGiven) -> String {
        scramble(&English.given(both))
    }

    fn ending(&self, how: &Ending) -> String {
        scramble(&English.ending(how))
    }

    fn done(&self, done: &Done) -> String {
        scramble(&English.done(done))
    }

    fn failure(&self, what: &What, cluster: &ClusterState) -> Card {
        Self::card(English.failure(what, cluster))
    }

    fn blocked(&self, why: &Blocked, folder: &str) -> Card {
        Self::card(English.blocked(why, folder))
    }
}

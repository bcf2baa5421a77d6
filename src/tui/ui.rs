//! All of the app: its state, and what is laid over it.

use std::path::PathBuf;

use super::app::App;
use super::card::CardPane;
use super::layers::Layers;
use super::moment::Moment;
use super::targets::Targets;
use super::workbench::Workbench;
use crate::report::card::Card;

#[derive(Debug)]
pub struct Ui {
    pub app: App,
    pub layers: Layers,
    /// Of the last frame.
    pub targets: Targets,
    /// In that, if something is being typed.
    pub cursor: Option<(u16, u16)>,
}

impl Ui {
    pub fn new(app: App) -> Self {
        Self { app, layers: Layers::default(), targets: Targets::default(), cursor: None }
    }

    /// The failure that is open.
    pub fn open_card(&self) -> Option<&Card> {
        self.layers.card().map(CardPane::card)
    }

    /// The failure that keys mean: the one that is open, or the one that is chosen.
    pub fn card(&self) -> Option<&Card> {
        self.open_card().or_else(|| self.app.bench().and_then(Workbench::chosen_card))
    }

    /// The folder of the run that is open: that of the messages, or of the failure.
    pub fn run(&self) -> Option<PathBuf> {
        if let Some(messages) = self.layers.messages() {
            return Some(messages.run().to_owned());
        }
        Some(self.app.bench()?.course.dir.join(&self.open_card()?.records))
    }

    /// The moment that is looked at: where the topmost view stands, or that of the failure.
    pub fn moment(&self) -> Option<Moment> {
        let bench = self.app.bench()?;
        let card = self.card();
        let at = self.layers.iter().rev().find_map(|layer| layer.moment(bench, card, self.app.now));
        let run = self.run().or_else(|| card.map(|card| bench.course.dir.join(&card.records)));
        match (at, card) {
            // Without a failure it is the run whose logs are open.
            (Some(at), _) => Some(Moment { run: run.or_else(|| bench.logged.clone())?, at }),
            (None, Some(card)) => Some(Moment { run: run?, at: card.moment() }),
            (None, None) => None,
        }
    }
}

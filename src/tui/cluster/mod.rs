//! The cluster view, a time machine: a lane for each node through one test, and at the moment under the cursor what each
//! node does and says of itself, which links are cut or slow, and what was last done to them.
//!
//! While a run is in flight it shows the test that runs, and follows its end until it is moved. After that it shows the
//! chosen test that failed, at the moment when its answer was wrong, or the test that ran last. Opened over a failure, it
//! shows that one.
//!
//! | file | what it does |
//! |---|---|
//! | `axis` | which column of the lanes a time is in |
//! | `scene` | which test is shown, and which moment of it |
//! | `wrong` | the operations that a failure is about |

mod axis;
mod scene;
mod wrong;

use std::time::Duration;

use ratatui::layout::Rect;

use super::logs::Speech;
use super::scroll::Scroll;
pub(super) use axis::{Axis, round_step};
pub(super) use scene::{Moment, Scene};
pub(super) use wrong::Wrong;

/// Columns that a page goes through time; half a page is half of that.
const PAGE: isize = 16;

#[derive(Debug, Default)]
pub struct ClusterPane {
    stand: Stand,
    /// The node whose words are shown, where one was chosen.
    node: Option<String>,
    drawn: Drawn,
    /// What that node said around the moment, as it was read last.
    speech: Option<(Asked, Speech)>,
}

/// Where in time the reader is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
enum Stand {
    /// Nowhere else yet: at what was wrong, or at the end.
    #[default]
    Opened,
    /// It follows the end.
    End,
    At {
        moment: Duration,
        /// Whose moment it is: its stage and its name. Unknown for a moment that was brought along.
        test: Option<(String, String)>,
    },
}

/// What the last frame showed, and where.
#[derive(Debug, Default)]
pub struct Drawn {
    /// The lanes alone, without names and states.
    pub lanes: Rect,
    /// The same with them.
    pub rows: Rect,
    /// Rows from a lane to the next, and the first lane that is in sight.
    pub pitch: u16,
    pub first: usize,
    pub axis: Option<Axis>,
    pub moment: Duration,
    /// How far the test has come.
    pub end: Duration,
    pub test: (String, String),
    pub nodes: Vec<String>,
    pub chosen: usize,
    /// Moments worth going to, in order.
    pub stops: Vec<Duration>,
}

/// A reading of a log, which is done again only for another moment, or when there is more to read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    pub node: String,
    pub moment: Duration,
    pub rows: usize,
    /// How much was in the logs.
    pub logged: usize,
}

impl ClusterPane {
    /// Opened at a moment, or else where its test went wrong, or at the end.
    pub fn new(moment: Option<Duration>) -> Self {
        let stand = moment.map(|moment| Stand::At { moment, test: None }).unwrap_or_default();
        Self { stand, ..Self::default() }
    }

    /// Opened at a moment of a test, whatever failure is beneath it.
    pub fn in_test(moment: Duration, (stage, test): (&str, &str)) -> Self {
        let test = Some((stage.to_owned(), test.to_owned()));
        Self { stand: Stand::At { moment, test }, ..Self::default() }
    }

    /// Where the last frame stood.
    pub fn moment(&self) -> Duration {
        match self.stand {
            Stand::At { moment, .. } => moment,
            Stand::Opened | Stand::End => self.drawn.moment,
        }
    }

    /// A column of the lanes back in time.
    pub fn left(&mut self) {
        self.columns(-1);
    }

    /// A column of the lanes forth in time.
    pub fn right(&mut self) {
        self.columns(1);
    }

    fn columns(&mut self, by: isize) {
        let Some(axis) = self.drawn.axis else { return };
        let here = axis.column(self.moment());
        let there = here.saturating_add_signed(by).min(axis.column(self.drawn.end));
        match there {
            _ if there != here => self.go(axis.end_of(there)),
            // In the first and the last column there is still some way to go.
            _ if by < 0 => self.go(axis.from),
            _ => self.follow(),
        }
    }

    fn go(&mut self, moment: Duration) {
        if self.drawn.axis.is_none() || moment >= self.drawn.end {
            return self.follow();
        }
        self.stand = Stand::At { moment, test: Some(self.drawn.test.clone()) };
    }

    /// To the next change of a lane or of the links; to the end after the last.
    pub fn next_change(&mut self) {
        let here = self.moment();
        match self.drawn.stops.iter().find(|stop| **stop > here) {
            Some(stop) => self.go(*stop),
            None => self.follow(),
        }
    }

    /// To the change before.
    pub fn previous_change(&mut self) {
        let here = self.moment();
        match self.drawn.stops.iter().rev().find(|stop| **stop < here) {
            Some(stop) => self.go(*stop),
            None => self.top(),
        }
    }

    /// To the beginning of the test.
    pub fn top(&mut self) {
        if let Some(axis) = self.drawn.axis {
            self.go(axis.from);
        }
    }

    /// To the end of the test.
    pub fn bottom(&mut self) {
        self.follow();
    }

    /// Stays at the end, wherever that is by then.
    pub fn follow(&mut self) {
        self.stand = Stand::End;
    }

    /// Up and down go from node to node, the rest through time.
    pub fn scroll(&mut self, by: Scroll) {
        match by {
            Scroll::Up(nodes) => self.choose(self.drawn.chosen.saturating_sub(nodes)),
            Scroll::Down(nodes) => self.choose(self.drawn.chosen.saturating_add(nodes)),
            Scroll::HalfUp => self.columns(-PAGE / 2),
            Scroll::HalfDown => self.columns(PAGE / 2),
            Scroll::PageUp => self.columns(-PAGE),
            Scroll::PageDown => self.columns(PAGE),
            Scroll::Top => self.top(),
            Scroll::Bottom => self.bottom(),
        }
    }

    fn choose(&mut self, node: usize) {
        let last = self.drawn.nodes.len().saturating_sub(1);
        if let Some(node) = self.drawn.nodes.get(node.min(last)) {
            self.node = Some(node.clone());
            self.drawn.chosen = self.drawn.nodes.iter().position(|known| known == node).unwrap_or(0);
        }
    }

    /// Goes to the moment at a place of the screen, and to the node whose lane it is in.
    pub fn click(&mut self, column: u16, row: u16) {
        let Drawn { lanes, rows, pitch, first, axis, .. } = self.drawn;
        if !rows.contains((column, row).into()) {
            return;
        }
        self.choose(usize::from((row - rows.y) / pitch.max(1)) + first);
        if let Some(axis) = axis.filter(|_| lanes.contains((column, row).into())) {
            self.go(axis.end_of(usize::from(column - lanes.x)));
        }
    }

    /// What the last frame showed.
    pub fn drawn(&self) -> &Drawn {
        &self.drawn
    }

    pub fn set_drawn(&mut self, drawn: Drawn) {
        self.drawn = drawn;
    }

    /// The node whose words are shown: the chosen one, the one that was wrong, the one that leads, the first.
    pub fn chosen(&self, scene: &Scene) -> usize {
        let place = |name: &str| scene.cluster.nodes.iter().position(|node| node.node == name);
        let chosen = self.node.as_deref().and_then(place);
        let wrong = || scene.wrong.iter().find_map(|wrong| place(wrong.node.as_deref()?));
        let leads = || scene.cluster.nodes.iter().position(|node| node.leads);
        chosen.or_else(wrong).or_else(leads).unwrap_or(0)
    }

    /// What was read of a log, read again if that is not what is asked for.
    pub fn speech(&mut self, asked: Asked, read: impl FnOnce(&Asked) -> Speech) -> &Speech {
        let known = self.speech.take().filter(|(known, _)| *known == asked);
        &self
            .speech
            .insert(known.unwrap_or_else(|| {
                let speech = read(&asked);
                (asked, speech)
            }))
            .1
    }
}

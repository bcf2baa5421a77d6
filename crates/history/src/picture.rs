//! The operations of an explanation as a picture for a terminal: a lane for each client, faults above, time from left
//! to right. Rows are data, so that text, app and page can each use their own colours.
//!
//! Time is not to scale, and the picture says so. Each moment that matters (a call, a return, the beginning of a fault)
//! has a column of its own, in order, and an operation is as wide as its text: to scale, milliseconds among seconds would
//! be invisible. The two times that decide stand in the operations themselves: when the last answer came before the
//! wrong one was asked for, and when that was.

use std::time::Duration;

use unicode_width::UnicodeWidthStr;

use super::phrases::{clock, decimals};
use super::verdict::Explanation;
use super::{Action, Operation, Outcome, Step, Text, phrases};
use crate::text;

/// A row of the picture.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Row {
    /// From left to right.
    pub pieces: Vec<Piece>,
}

/// A part of a row that looks the same throughout.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Piece {
    /// The look.
    pub look: Look,
    /// What is written, which may be blanks.
    pub text: String,
}

/// What a piece stands for, from which its colour can be chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Look {
    /// Nothing.
    Blank,
    /// Whose row it is.
    Label,
    /// A time.
    Time,
    /// An operation, from its call to its return.
    Operation,
    /// The operation that shows that something is wrong.
    Culprit,
    /// A fault, for as long as it was in force.
    Fault,
}

/// Operations beyond this many are not drawn; the sentence then says that there are many.
const MOST_DRAWN: usize = 16;
/// Faults beyond this many are not drawn.
const MOST_FAULTS: usize = 4;
/// Wider is not easier to read.
const WIDEST: usize = 100;

impl Explanation {
    /// The picture in at most this many columns, as well as it fits. No rows if nothing fits.
    pub fn picture(&self, columns: usize) -> Vec<Row> {
        let columns = columns.min(WIDEST);
        [Detail::Full, Detail::Short, Detail::Numbers]
            .into_iter()
            .find_map(|detail| Drawing::new(self, detail).rows(columns))
            .unwrap_or_default()
    }

    /// The picture as text, without trailing blanks.
    ///
    /// ```
    /// # use history::{History, Limits, Verdict, judge};
    /// # let file = r#"
    /// # {"client":1,"node":"n1","key":"x","op":"write","value":7,"called":2.5,"returned":2.6,"outcome":"ok"}
    /// # {"client":2,"node":"n1","key":"x","op":"write","value":9,"called":2.8,"returned":3.05,"outcome":"ok"}
    /// # {"client":3,"node":"n3","key":"x","op":"read","value":7,"called":3.1,"returned":3.2,"outcome":"ok"}
    /// # "#;
    /// # let history = History::read(file.as_bytes())?;
    /// let Verdict::Violation(explanation) = judge(&history, &Limits::default()).verdict else { panic!() };
    /// let picture = "
    ///           +2.50          +2.60                   +3.05                 +3.20
    /// client 1  ├─ n1 write 7 ─┤
    /// client 2                  ├── n1 write 9 ─ +3.05 ┤
    /// client 3                                           ├ +3.10 ─ n3 read 7 ──┤ ✗
    /// In the order of time, not to scale.
    /// ";
    /// assert_eq!(explanation.picture_lines(76).join("\n"), picture.trim_matches('\n'));
    /// # Ok::<(), history::file::ReadError>(())
    /// ```
    pub fn picture_lines(&self, columns: usize) -> Vec<String> {
        self.picture(columns).iter().map(ToString::to_string).collect()
    }
}

impl std::fmt::Display for Row {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let text: String = self.pieces.iter().map(|piece| piece.text.as_str()).collect();
        f.write_str(text.trim_end())
    }
}

/// How much is written in an operation.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Detail {
    Full,
    Short,
    /// A number, which is explained below the picture.
    Numbers,
}

/// A stretch of a row, by moments.
struct Bar {
    from: usize,
    /// None: open to the right edge.
    to: Option<usize>,
    text: String,
    culprit: bool,
    /// When it began or ended, where that is written in it.
    time: Option<(End, String)>,
}

/// The end of an operation that its time stands at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    Call,
    Return,
}

struct Lane {
    label: String,
    bars: Vec<Bar>,
}

struct Drawing<'a> {
    explanation: &'a Explanation,
    detail: Detail,
    moments: Vec<Duration>,
    faults: Vec<Lane>,
    lanes: Vec<Lane>,
}

impl<'a> Drawing<'a> {
    fn new(explanation: &'a Explanation, detail: Detail) -> Self {
        let operations = drawn(explanation);
        let first = operations.iter().map(|(_, operation)| operation.called).min().unwrap_or_default();
        let last = operations.iter().filter_map(|(_, operation)| end(operation)).max();
        let last = last.into_iter().chain(operations.iter().map(|(_, operation)| operation.called)).max();
        let last = last.unwrap_or_default();
        let faults = || explanation.faults.iter().take(MOST_FAULTS);
        let mut moments: Vec<Duration> = operations
            .iter()
            .flat_map(|(_, operation)| [Some(operation.called), end(operation)].into_iter().flatten())
            .chain(faults().flat_map(|fault| [Some(fault.from), fault.to].into_iter().flatten()))
            .filter(|at| (first..=last).contains(at))
            .collect();
        moments.sort_unstable();
        moments.dedup();
        let moment =
            |at: Duration| moments.partition_point(|moment| *moment < at).min(moments.len().saturating_sub(1));
        let mut lanes: Vec<Lane> = Vec::new();
        for (number, operation) in &operations {
            let bar = Bar {
                from: moment(operation.called),
                to: end(operation).map(moment),
                text: written(explanation, *number, detail),
                culprit: *number == explanation.culprit,
                time: decisive(explanation, *number)
                    .filter(|_| detail != Detail::Numbers)
                    .map(|(end, at)| (end, time(at, decimals(&moments)))),
            };
            let label = match detail {
                Detail::Full => format!("client {}", operation.client),
                _ => format!("c{}", operation.client),
            };
            // A client that does two things at once, which no client should, gets two lanes.
            let free = lanes.iter_mut().find(|lane| {
                lane.label == label && lane.bars.last().is_some_and(|last| last.to.is_some_and(|to| to < bar.from))
            });
            match free {
                Some(lane) => lane.bars.push(bar),
                None => lanes.push(Lane { label, bars: vec![bar] }),
            }
        }
        let faults = faults().map(|fault| {
            let nodes = fault.nodes.iter().map(|node| phrases::shown(node)).collect::<Vec<_>>().join(",");
            let label = format!("{} {}", nodes, fault.kind.word());
            let bar = Bar {
                from: moment(fault.from.max(first)),
                to: fault.to.filter(|to| *to <= last).map(moment),
                text: String::new(),
                culprit: false,
                time: None,
            };
            Lane { label: text::cut(label.trim(), 16), bars: vec![bar] }
        });
        let faults = faults.collect();
        Self { explanation, detail, moments, faults, lanes }
    }

    /// None: it does not fit.
    fn rows(&self, columns: usize) -> Option<Vec<Row>> {
        let label = self.lanes.iter().chain(&self.faults).map(|lane| lane.label.width()).max()? + 2;
        let space = columns.checked_sub(label + MARK)?;
        let at = self.columns(space)?;
        let right = space;
        let mut rows = vec![self.times(columns, label, &at)];
        for fault in &self.faults {
            let mut row = Canvas::new(columns, &fault.label);
            for bar in &fault.bars {
                let from = label + at[bar.from];
                let to = label + bar.to.map_or(right, |to| at[to].max(at[bar.from] + 1));
                row.put(from, Look::Fault, &"░".repeat(to - from));
            }
            rows.push(row.row());
        }
        for lane in &self.lanes {
            let mut row = Canvas::new(columns, &lane.label);
            for bar in &lane.bars {
                bar.draw(&mut row, label, &at, right);
            }
            rows.push(row.row());
        }
        if self.detail == Detail::Numbers {
            rows.extend(self.legend(columns));
        }
        if self.moments.len() > 2 {
            rows.push(Row { pieces: vec![Piece { look: Look::Time, text: text::cut(NOT_TO_SCALE, columns) }] });
        }
        Some(rows)
    }

    /// The column of each moment: in order, and so that everything that is written has room.
    fn columns(&self, space: usize) -> Option<Vec<usize>> {
        let bars = || self.lanes.iter().flat_map(|lane| &lane.bars);
        let mut at = vec![0usize; self.moments.len()];
        for moment in 0..at.len() {
            if moment > 0 {
                at[moment] = at[moment - 1] + 1;
            }
            for bar in bars().filter(|bar| bar.to == Some(moment)) {
                at[moment] = at[moment].max(at[bar.from] + bar.needs());
            }
            for lane in &self.lanes {
                // A blank between two operations, and room for the mark on the one that is wrong.
                for pair in lane.bars.windows(2).filter(|pair| pair[1].from == moment) {
                    let end = pair[0].to.map_or(0, |to| at[to]);
                    at[moment] = at[moment].max(end + 2 + if pair[0].culprit { MARK } else { 0 });
                }
            }
        }
        let open = bars().filter(|bar| bar.to.is_none()).map(|bar| at[bar.from] + bar.needs() + 2);
        let needed = open.chain(at.last().map(|last| last + 1)).max()?;
        if needed > space {
            return None;
        }
        // What is left is shared out.
        let last = at.last().copied().unwrap_or_default().max(1);
        let free = space - needed;
        at.iter_mut().for_each(|column| *column += *column * free / last);
        Some(at)
    }

    /// The times above the moments, as many as there is room for, beginning with those that decide.
    fn times(&self, columns: usize, label: usize, at: &[usize]) -> Row {
        let mut row = Canvas::new(columns, "");
        let bars = || self.lanes.iter().flat_map(|lane| &lane.bars);
        let culprit = bars().find(|bar| bar.culprit);
        let settled = bars().filter(|bar| bar.time.as_ref().is_some_and(|(end, _)| *end == End::Return));
        let first = culprit.and_then(|bar| bar.to).into_iter().chain(settled.filter_map(|bar| bar.to));
        let first = first.chain(culprit.map(|bar| bar.from));
        let decimals = decimals(&self.moments);
        for moment in first.chain(0..at.len()) {
            let time = time(self.moments[moment], decimals);
            row.put_if_free((label + at[moment]).min(columns.saturating_sub(time.width())), Look::Time, &time);
        }
        row.row()
    }

    fn legend(&self, columns: usize) -> Vec<Row> {
        let lines = drawn(self.explanation).into_iter().map(|(number, _)| {
            let culprit = number == self.explanation.culprit;
            let mark = if culprit { " ✗" } else { "" };
            let when = decisive(self.explanation, number).map_or(String::new(), |(end, at)| {
                let verb = if end == End::Call { "sent" } else { "answered" };
                format!(", {verb} {}", time(at, decimals(&self.moments)))
            });
            let words = format!("{} {}{when}{mark}", number + 1, written(self.explanation, number, Detail::Full));
            let look = if culprit { Look::Culprit } else { Look::Operation };
            Row { pieces: vec![Piece { look, text: text::cut(&words, columns) }] }
        });
        lines.collect()
    }
}

/// What stands around the text of an operation: an end and a blank on each side.
const FRAME: usize = 3;
/// A blank and the mark of the operation that is wrong.
const MARK: usize = 2;
/// Below every picture that could be taken for one to scale.
const NOT_TO_SCALE: &str = "In the order of time, not to scale.";

impl Bar {
    /// Columns from its beginning to its end, so that everything in it has room.
    fn needs(&self) -> usize {
        self.text.width() + FRAME + self.time.as_ref().map_or(0, |(_, time)| time.width() + 1)
    }

    fn draw(&self, row: &mut Canvas, label: usize, at: &[usize], right: usize) {
        let look = if self.culprit { Look::Culprit } else { Look::Operation };
        let from = label + at[self.from];
        let (to, end) = match self.to {
            Some(to) => (label + at[to], "┤"),
            None => (label + right - 1, "?"),
        };
        let line = if self.to.is_some() { "─" } else { "╌" };
        let free = (to - from).saturating_sub(self.needs());
        let before = if self.to.is_some() { free / 2 } else { free.min(1) };
        // A blank between a time and the line.
        let beside = |columns: usize| line.repeat(columns.saturating_sub(1));
        let gap = |columns: usize| if columns > 0 { " " } else { "" };
        let (before, after) = (before, free - before);
        let (head, tail) = match &self.time {
            Some((End::Call, time)) => (format!(" {time}{}{}", gap(before), beside(before)), line.repeat(after)),
            Some((End::Return, time)) => (line.repeat(before), format!("{}{}{time} ", beside(after), gap(after))),
            None => (line.repeat(before), line.repeat(after)),
        };
        row.put(from, look, &format!("├{head} {} {tail}{end}", self.text));
        if self.culprit {
            row.put(to + 1, look, " ✗");
        }
    }
}

/// The operations that are drawn, with their numbers: the last ones, if there are too many.
fn drawn(explanation: &Explanation) -> Vec<(usize, &Operation)> {
    let skipped = explanation.operations.len().saturating_sub(MOST_DRAWN);
    explanation.operations.iter().enumerate().skip(skipped).collect()
}

/// When it ended; an operation whose outcome is unknown does not.
fn end(operation: &Operation) -> Option<Duration> {
    operation.returned.filter(|_| operation.outcome != Outcome::Unknown)
}

/// The time that is written in an operation: when the wrong answer was asked for, or the last answer before that came.
fn decisive(explanation: &Explanation, number: usize) -> Option<(End, Duration)> {
    let settled = explanation.settled_by()?;
    let operation = explanation.operations.get(number)?;
    match number {
        _ if number == explanation.culprit => Some((End::Call, operation.called)),
        _ if number == settled => Some((End::Return, end(operation)?)),
        _ => None,
    }
}

/// `+3.20`
fn time(at: Duration, decimals: usize) -> String {
    clock(at, decimals).trim_end_matches('s').to_owned()
}

/// The steps on lists that another of the transactions touched, too: what they show of each other is in these.
fn telling(explanation: &Explanation, steps: &[Step]) -> Vec<Step> {
    let touched = |key: &Text| explanation.operations.iter().filter(|other| other.keys().contains(&key)).count();
    let telling: Vec<Step> = steps.iter().filter(|step| touched(step.key()) > 1).cloned().collect();
    if telling.is_empty() { steps.to_vec() } else { telling }
}

fn written(explanation: &Explanation, number: usize, detail: Detail) -> String {
    let operation = &explanation.operations[number];
    let most = match detail {
        Detail::Full => 20,
        Detail::Short => 8,
        Detail::Numbers => return (number + 1).to_string(),
    };
    let full = detail == Detail::Full;
    let value = |value: &str| text::cut(&phrases::shown(value), most);
    let maybe = |of: Option<&Text>| of.map_or(if full { "absent" } else { "–" }.to_owned(), |of| value(of));
    let verb = |long: &'static str, short: &'static str| if full { long } else { short };
    let did = match &operation.action {
        // Takes and reads without an answer read nothing.
        Action::Read { .. } if operation.outcome != Outcome::Ok => verb("read", "r").to_owned(),
        Action::Take { .. } if operation.outcome != Outcome::Ok => verb("take", "t").to_owned(),
        Action::Read { value: read } => format!("{} {}", verb("read", "r"), maybe(read.as_ref())),
        Action::Write { value: written } => format!("{} {}", verb("write", "w"), value(written)),
        Action::Delete => verb("delete", "del").to_owned(),
        Action::CompareAndSet { from, to } => {
            format!("{}{}→{}", verb("cas ", ""), maybe(from.as_ref()), maybe(to.as_ref()))
        }
        Action::Put { value: put } => format!("{} {}", verb("put", "p"), value(put)),
        Action::Take { value: None } => verb("take nothing", "t –").to_owned(),
        Action::Take { value: Some(taken) } => format!("{} {}", verb("take", "t"), value(taken)),
        Action::Ack { value: deleted } => format!("{} {}", verb("delete", "del"), value(deleted)),
        Action::Transaction { steps } => {
            let name = explanation.places.get(number).map_or(String::new(), |place| phrases::transaction(*place));
            let telling = telling(explanation, steps);
            let more = if telling.len() < steps.len() { " …" } else { "" };
            let did = phrases::steps(&telling, operation.outcome == Outcome::Ok);
            text::cut(&format!("{name} {did}{more}"), 2 * most)
        }
        Action::Transfer { from, to, amount } => {
            format!("{}{} → {}: {amount}", verb("transfer ", ""), value(from), value(to))
        }
        Action::Balances { .. } if operation.outcome != Outcome::Ok => verb("balances", "b").to_owned(),
        Action::Balances { balances } => format!("{} {}", verb("sum", "Σ"), phrases::sum(balances)),
    };
    let node =
        operation.node.as_deref().map_or(String::new(), |node| format!("{} ", text::cut(&phrases::shown(node), 8)));
    let outcome = match operation.outcome {
        Outcome::No => verb(": refused", " no"),
        Outcome::Unmet => verb(": unmet", " no"),
        Outcome::Ok | Outcome::Unknown => "",
    };
    format!("{node}{did}{outcome}")
}

/// A row that is written to at columns.
struct Canvas {
    /// One entry per column; empty for a column that a wide character covers.
    cells: Vec<Option<(Look, char)>>,
}

impl Canvas {
    fn new(width: usize, label: &str) -> Self {
        let mut canvas = Self { cells: vec![Some((Look::Blank, ' ')); width] };
        canvas.put(0, Look::Label, label);
        canvas
    }

    fn put(&mut self, at: usize, look: Look, text: &str) {
        use unicode_width::UnicodeWidthChar;
        let mut at = at;
        for c in text.chars() {
            let width = c.width().unwrap_or(0);
            if width == 0 || at + width > self.cells.len() {
                continue;
            }
            self.cells[at] = Some((look, c));
            self.cells[at + 1..at + width].fill(None);
            at += width;
        }
    }

    /// The place where it would go, with a blank on each side, is still free.
    fn put_if_free(&mut self, at: usize, look: Look, text: &str) {
        let around = at.saturating_sub(1)..(at + text.width() + 1).min(self.cells.len());
        if self.cells[around].iter().all(|cell| matches!(cell, Some((Look::Blank, _)))) {
            self.put(at, look, text);
        }
    }

    fn row(self) -> Row {
        let mut pieces: Vec<Piece> = Vec::new();
        for (look, c) in self.cells.into_iter().flatten() {
            match pieces.last_mut() {
                Some(piece) if piece.look == look => piece.text.push(c),
                _ => pieces.push(Piece { look, text: c.to_string() }),
            }
        }
        if let Some(last) = pieces.last_mut().filter(|last| last.look == Look::Blank) {
            last.text.clear();
        }
        pieces.retain(|piece| !piece.text.is_empty());
        Row { pieces }
    }
}

//! A failure card as lines of text, each stretch marked with what it is: the one layout, which the terminal, files and
//! the app's pane each draw in their own way.

use anstyle::AnsiColor;
use history::picture::{Look, Piece};

use super::card::{Card, NodeAnswer, Subject};
use super::diff::Difference;
use super::sent::SentRow;
use crate::facts::Hop;
use crate::text::{clean, clean_lines, clusters, cut, pad, width, wrap};

/// What a stretch of a line is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    Text,
    Strong,
    Dim,
    /// What was expected.
    Good,
    /// What came instead.
    Wrong,
    /// The sign of a failure, and what points at one.
    Bad,
    Unsure,
    Hint,
    /// A line of the learner's, which can be opened.
    Place,
    /// In a colour that the program chose for what it printed.
    Printed {
        colour: AnsiColor,
        bold: bool,
    },
}

pub type Line = Vec<(Role, String)>;

/// What a page is for.
#[derive(Debug, Clone, Copy)]
pub struct Form<'a> {
    /// At least 20, or lines will be wider.
    pub columns: usize,
    /// Commands take one line each, however long, so that they can be copied from where they are printed.
    pub whole_commands: bool,
    /// All hints that were given, not only the last.
    pub all_hints: bool,
    /// How to ask for the next hint: a command, or a key.
    pub ask: &'a str,
}

/// The parts of a card, in the order in which they are read.
#[derive(Debug, Clone, Default)]
pub struct Page {
    /// The test, and the promise that it proves.
    pub head: Vec<Line>,
    /// What was done, what was expected, what happened, and the likely cause.
    pub failure: Vec<Line>,
    /// What led to it, and what the nodes printed.
    pub context: Vec<Line>,
    /// What became of the other tests.
    pub stage: Vec<Line>,
    /// Hints, and how to run it again.
    pub help: Vec<Line>,
}

impl Page {
    pub fn new(card: &Card, form: &Form) -> Self {
        let part = |write: &dyn Fn(&mut Writer)| {
            let mut writer = Writer { lines: Vec::new(), form: *form };
            write(&mut writer);
            writer.lines
        };
        Page {
            head: part(&|writer| writer.heading(card)),
            failure: part(&|writer| {
                writer.told(card);
                writer.picture(card);
                writer.program(card);
                writer.request(card);
                writer.answer(card);
                writer.causes(card);
            }),
            context: part(&|writer| {
                writer.led_here(&card.led_here);
                if let Some(cluster) = &card.cluster {
                    writer.cluster(cluster);
                }
                card.said.iter().for_each(|said| writer.said(said));
                writer.said_too(&card.said_too);
            }),
            stage: part(&|writer| writer.stage(card)),
            help: part(&|writer| {
                writer.hints(card);
                writer.last(card);
            }),
        }
    }

    /// All of it, with a blank line between the parts.
    pub fn lines(self) -> Vec<Line> {
        join([self.head, self.failure, self.context, self.stage, self.help])
    }
}

/// Parts below each other, with a blank line between those that are not empty.
pub fn join(parts: impl IntoIterator<Item = Vec<Line>>) -> Vec<Line> {
    let parts: Vec<Vec<Line>> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    parts.join(&[Line::new()][..])
}

pub fn columns(line: &Line) -> usize {
    line.iter().map(|(_, text)| width(text)).sum()
}

pub(super) struct Writer<'a> {
    pub(super) lines: Vec<Line>,
    pub(super) form: Form<'a>,
}

impl Writer<'_> {
    pub(super) fn line(&mut self, stretches: impl IntoIterator<Item = (Role, String)>) {
        self.lines.push(stretches.into_iter().filter(|(_, text)| !text.is_empty()).collect());
    }

    pub(super) fn gap(&mut self) {
        if self.lines.last().is_some_and(|line| !line.is_empty()) {
            self.lines.push(Line::new());
        }
    }

    /// The columns that remain after this many; never so few that nothing can be read.
    pub(super) fn room(&self, start: usize) -> usize {
        self.form.columns.saturating_sub(start).max(LEAST)
    }

    /// Text after a label, with further lines aligned below the first.
    pub(super) fn labelled(&mut self, indent: usize, label: (Role, &str), text: &str, role: Role) {
        let start = indent + width(label.1);
        for (number, line) in wrap(text, self.room(start), 0).into_iter().enumerate() {
            if number == 0 {
                self.line([(Role::Text, " ".repeat(indent)), (label.0, label.1.to_owned()), (role, line)]);
            } else {
                self.line([(Role::Text, " ".repeat(start)), (role, line)]);
            }
        }
    }

    fn text(&mut self, indent: usize, text: &str) {
        self.labelled(indent, (Role::Text, ""), text, Role::Text);
    }

    fn command(&mut self, label: &str, command: &str, role: Role) {
        let label_role = if label.is_empty() { Role::Text } else { Role::Dim };
        if self.form.whole_commands {
            self.line([(Role::Text, "  ".to_owned()), (label_role, label.to_owned()), (role, clean(command))]);
            return;
        }
        let start = 2 + width(label);
        for (number, line) in wrap(&clean(command), self.room(start), 2).into_iter().enumerate() {
            let label = if number == 0 { label.to_owned() } else { " ".repeat(width(label)) };
            self.line([(Role::Text, "  ".to_owned()), (label_role, label), (role, line)]);
        }
    }

    fn heading(&mut self, card: &Card) {
        let (mark, role) = if card.not_judged.is_some() || !card.subject.is_of_the_program() {
            ("?", Role::Unsure)
        } else {
            ("✗", Role::Bad)
        };
        let name = clean(card.title());
        let place = match card.subject {
            Subject::Test => format!("{} › {}", clean(&card.stage), clean(&card.requirement)),
            _ => clean(&card.stage),
        };
        let space = || (Role::Text, " ".to_owned());
        match self.form.columns.checked_sub(2 + width(&name) + width(&place)) {
            Some(room) if room >= 2 => self.line([
                (role, mark.to_owned()),
                space(),
                (Role::Strong, name),
                (Role::Text, " ".repeat(room)),
                (Role::Dim, place),
            ]),
            _ => {
                for (number, line) in wrap(&name, self.room(2), 0).into_iter().enumerate() {
                    let mark = if number == 0 { mark } else { " " };
                    self.line([(role, mark.to_owned()), space(), (Role::Strong, line)]);
                }
                self.labelled(2, (Role::Text, ""), &place, Role::Dim);
            }
        }
    }

    fn told(&mut self, card: &Card) {
        if let Some(reason) = &card.not_judged {
            self.text(2, &format!("Not judged: {}", clean(reason)));
            self.gap();
        }
        for sentence in &card.told {
            self.text(2, &clean_lines(sentence));
        }
        if !card.told.is_empty() && (card.request.is_some() || card.start.is_some() || card.explanation.is_some()) {
            self.gap();
        }
    }

    /// Drawn for the width that there is: in a broken line the caret would point elsewhere.
    fn picture(&mut self, card: &Card) {
        let Some(explanation) = &card.explanation else { return };
        let rows = explanation.picture(self.form.columns.saturating_sub(4));
        for row in &rows {
            let piece = |piece: &Piece| {
                let role = match piece.look {
                    Look::Blank | Look::Operation => Role::Text,
                    Look::Label => Role::Strong,
                    Look::Time => Role::Dim,
                    Look::Culprit => Role::Wrong,
                    Look::Fault => Role::Unsure,
                };
                (role, clean(&piece.text))
            };
            let mut pieces: Vec<(Role, String)> =
                [(Role::Text, "    ".to_owned())].into_iter().chain(row.pieces.iter().map(piece)).collect();
            if let Some((_, last)) = pieces.last_mut() {
                last.truncate(last.trim_end().len());
            }
            self.line(pieces);
        }
        let label = card.asked.iter().map(|asked| width(&asked.name) + 2).max().unwrap_or(0);
        for asked in &card.asked {
            self.labelled(4, (Role::Text, &pad(&clean(&asked.name), label)), &clean(&asked.value), Role::Text);
        }
        if !rows.is_empty() && card.request.is_some() {
            self.gap();
        }
    }

    /// The source that went wrong, and what was run.
    fn program(&mut self, card: &Card) {
        if let Some(source) = &card.program {
            self.gap();
            let numbers = source.lines.iter().map(|(number, _)| number.to_string().len()).max().unwrap_or(0);
            let mut next = None;
            for (number, text) in &source.lines {
                if next.is_some_and(|next| next != *number) {
                    self.line([(Role::Dim, format!("    {:>numbers$}", "…"))]);
                }
                next = Some(number + 1);
                let wrong = source.line == Some(*number);
                let (mark, role) = if wrong { ("▸", Role::Bad) } else { (" ", Role::Text) };
                let number = format!("{number:>numbers$}  ");
                let text = cut(&clean(text), self.room(4 + width(&number)));
                self.line([
                    (Role::Text, "  ".to_owned()),
                    (role, format!("{mark} ")),
                    (Role::Dim, number),
                    (role, text),
                ]);
            }
            let more = match source.more {
                0 => String::new(),
                1 => " (1 more line)".to_owned(),
                more => format!(" ({more} more lines)"),
            };
            self.line([(Role::Text, "  ".to_owned()), (Role::Dim, format!("{}{more}", clean(&source.file)))]);
        }
        if !card.commands.is_empty() {
            self.gap();
        }
        let last = card.commands.len().saturating_sub(1);
        for (at, command) in card.commands.iter().enumerate() {
            self.command("", command, if at == last { Role::Strong } else { Role::Dim });
        }
    }

    fn request(&mut self, card: &Card) {
        if let Some(start) = &card.start {
            self.command("", start, Role::Dim);
        }
        let Some(request) = &card.request else { return };
        self.command("", &request.curl, Role::Strong);
        if let Some(note) = &request.note {
            self.text(4, &clean(note));
        }
        let way = |hop: &Hop| format!("{} → {}", clean(&hop.node), clean(&hop.to));
        let label = card.hops.iter().map(|hop| width(&way(hop)) + 2).max().unwrap_or(0);
        for hop in &card.hops {
            let text = format!("{}, location {}", hop.status, clean(&hop.location));
            self.labelled(4, (Role::Text, &pad(&way(hop), label)), &text, Role::Text);
        }
    }

    fn answer(&mut self, card: &Card) {
        if let Some(sentence) = &card.no_answer {
            self.text(4, &clean_lines(sentence));
        }
        let rows = card.differences.iter().map(|difference| (clean(&difference.path), difference));
        self.differences(rows.collect());
        if let Some(contrast) = &card.contrast {
            self.text(4, &clean(contrast));
        }
        self.answers(&card.answers);
        if let Some(carried) = &card.carried {
            self.text(4, &clean(carried));
        }
        self.sent(&card.sent);
        let labels = card.shown.iter().map(|shown| width(&shown.name) + 2);
        let label = labels.chain([LABEL]).max().unwrap_or(LABEL);
        for shown in &card.shown {
            let name = pad(&clean(&shown.name), label);
            self.labelled(4, (Role::Text, &name), &clean(&shown.value), Role::Text);
        }
        if let Some(history) = &card.history {
            self.labelled(4, (Role::Text, &pad("seen", label)), &clean(history), Role::Text);
        }
    }

    /// What nodes sent each other, by what it is.
    fn sent(&mut self, rows: &[SentRow]) {
        for row in rows {
            self.gap();
            let room = self.room(6 + width(&row.sum));
            let (sum, what) = (clean(&row.sum), cut(&clean(&row.what), room));
            self.line([(Role::Text, "    ".to_owned()), (Role::Wrong, sum), (Role::Strong, format!("  {what}"))]);
            row.pairs.iter().for_each(|pair| self.text(6, &clean(pair)));
        }
    }

    /// Nodes that gave the same answer are named together.
    fn answers(&mut self, answers: &[NodeAnswer]) {
        let name = |answer: &NodeAnswer| match &answer.redirected_to {
            Some(to) => format!("{} → {}", clean(&answer.node), clean(to)),
            None => clean(&answer.node),
        };
        let mut alike: Vec<(Vec<String>, &NodeAnswer)> = Vec::new();
        for answer in answers {
            let same = |other: &NodeAnswer| {
                (other.fits, &other.text, &other.differences) == (answer.fits, &answer.text, &answer.differences)
            };
            match alike.iter_mut().find(|(_, other)| same(other)) {
                Some((names, _)) => names.push(name(answer)),
                None => alike.push((vec![name(answer)], answer)),
            }
        }
        let alike: Vec<(String, &NodeAnswer)> =
            alike.into_iter().map(|(names, answer)| (names.join(", "), answer)).collect();
        let names = alike.iter().map(|(name, _)| width(name)).max().unwrap_or(0) + 2;
        for (name, answer) in alike {
            let node = pad(&name, names);
            if !answer.text.is_empty() {
                let role = if answer.fits { Role::Good } else { Role::Wrong };
                self.labelled(4, (Role::Text, &node), &clean(&answer.text), role);
            }
            let row = |(at, difference): (usize, &'_ Difference)| {
                let before = if at == 0 { node.clone() } else { " ".repeat(names) };
                before + &clean(&difference.path)
            };
            let labels: Vec<String> = answer.differences.iter().enumerate().map(row).collect();
            self.differences(labels.into_iter().zip(&answer.differences).collect());
        }
    }

    /// Expected above actual, so that they can be compared, each after its label.
    fn differences(&mut self, rows: Vec<(String, &Difference)>) {
        let label = rows.iter().map(|(label, _)| width(label) + 2).chain([LABEL]).max().unwrap_or(LABEL);
        for (name, difference) in rows {
            let longest = width(&difference.expected).max(width(&difference.actual));
            let fits = 4 + label + VALUE + longest <= self.form.columns;
            let (before, start) = if fits || difference.caret.is_none() && label < 24 {
                (format!("    {}", pad(&name, label)), 4 + label)
            } else {
                self.line([(Role::Text, format!("    {name}"))]);
                ("      ".to_owned(), 6)
            };
            match difference.caret {
                Some(caret) => self.compared(difference, caret, &before, start),
                None => {
                    let expected = format!("{before}expected ");
                    self.labelled(0, (Role::Text, &expected), &clean(&difference.expected), Role::Good);
                    let actual = format!("{}actual   ", " ".repeat(start));
                    self.labelled(0, (Role::Text, &actual), &clean(&difference.actual), Role::Wrong);
                }
            }
            for note in &difference.notes {
                self.text(start, &clean(note));
            }
        }
    }

    /// Two values with a caret below the point where they differ. If they are too wide, both are broken at the same
    /// columns, so that the caret still points at the right place.
    fn compared(&mut self, difference: &Difference, caret: usize, before: &str, start: usize) {
        let room = self.room(start + VALUE);
        let (expected, actual) = (chop(&clean(&difference.expected), room), chop(&clean(&difference.actual), room));
        let mut before = before.to_owned();
        let mut rest = Some(caret);
        for at in 0..expected.len().max(actual.len()) {
            for (word, pieces, role) in [("expected ", &expected, Role::Good), ("actual   ", &actual, Role::Wrong)] {
                let Some(piece) = pieces.get(at) else { continue };
                let word = if at == 0 { word.to_owned() } else { " ".repeat(VALUE) };
                self.line([(Role::Text, before + &word), (role, piece.clone())]);
                before = " ".repeat(start);
            }
            let Some(caret) = rest else { continue };
            let here =
                [&expected, &actual].iter().filter_map(|pieces| pieces.get(at)).map(|piece| width(piece)).max();
            let here = here.unwrap_or(0);
            let last = at + 1 >= expected.len().max(actual.len());
            if caret < here || last {
                self.line([(Role::Text, " ".repeat(start + VALUE + caret)), (Role::Bad, "^".to_owned())]);
                rest = None;
            } else {
                rest = Some(caret - here);
            }
        }
    }

    fn causes(&mut self, card: &Card) {
        let causes = [("Likely  ", &card.likely), ("Next    ", &card.next)];
        if card.place.is_some() || causes.iter().any(|(_, text)| text.is_some()) {
            self.gap();
        }
        if let Some(place) = &card.place {
            self.labelled(2, (Role::Strong, "Place   "), &clean(&place.to_string()), Role::Place);
        }
        for (label, text) in causes {
            if let Some(text) = text {
                self.labelled(2, (Role::Strong, label), &clean_lines(text), Role::Text);
            }
        }
    }

    fn stage(&mut self, card: &Card) {
        if let Some(rest) = &card.rest {
            self.labelled(2, (Role::Strong, "Stage   "), &clean(&rest.words()), Role::Text);
        }
    }

    fn hints(&mut self, card: &Card) {
        let all = card.hints.len();
        let given = card.hints_given.min(all);
        let first = if self.form.all_hints { 0 } else { given.saturating_sub(1) };
        let mut label = String::new();
        for (number, hint) in card.hints.iter().enumerate().take(given).skip(first) {
            label = format!("Hint {} of {all}  ", number + 1);
            self.labelled(2, (Role::Hint, &label), &clean_lines(hint), Role::Text);
        }
        if given == all {
            return;
        }
        if given == 0 {
            // A printed card that gives no hint does not mention hints.
            if self.form.all_hints {
                self.labelled(2, (Role::Hint, "Hint    "), &format!("{}: the first one", self.form.ask), Role::Dim);
            }
            return;
        }
        let next = format!("{}: the next one", self.form.ask);
        let used = self.lines.last().map_or(0, columns);
        match (self.form.columns.checked_sub(used + width(&next)), self.lines.last_mut()) {
            (Some(room), Some(line)) if room >= 2 => {
                line.extend([(Role::Text, " ".repeat(room)), (Role::Dim, next)]);
            }
            _ => self.line([(Role::Text, " ".repeat(2 + label.len())), (Role::Dim, next)]),
        }
    }

    fn last(&mut self, card: &Card) {
        self.gap();
        // A request or a command on the card already shows the step.
        if let (None, true, Some(step)) = (&card.request, card.commands.is_empty(), &card.step) {
            let text = format!("{} ({}:{})", clean(&step.text), clean(&step.file), step.line);
            self.labelled(2, (Role::Dim, "Step    "), &text, Role::Text);
        }
        self.command("Again   ", &card.again, Role::Text);
        self.command("Records ", &card.records, Role::Text);
        if let Some(timeline) = &card.timeline {
            self.command("Timeline ", timeline, Role::Text);
        }
    }
}

/// Columns of the label before values, where the labels are short.
const LABEL: usize = 9;
/// Columns of `expected `.
const VALUE: usize = 9;
/// Text never gets fewer columns than this.
const LEAST: usize = 12;

/// A text in pieces of this many columns, blanks included.
fn chop(text: &str, room: usize) -> Vec<String> {
    let mut pieces = vec![String::new()];
    let mut taken = 0;
    for (_, cluster) in clusters(text) {
        let columns = width(cluster);
        if taken > 0 && taken + columns > room {
            pieces.push(String::new());
            taken = 0;
        }
        if let Some(piece) = pieces.last_mut() {
            piece.push_str(cluster);
        }
        taken += columns;
    }
    pieces
}

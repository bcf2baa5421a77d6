//! A failure card as text for people. Styles are always written; whoever prints it drops them where no colour is
//! wanted (`anstream` on its way to a terminal, [`plain`] for files).

use anstyle::{AnsiColor, Style};

use super::card::{Card, NodeAnswer, Said};
use super::diff::{Difference, plural};
use super::times::time;
use super::trail::Row;
use crate::text::{clean, clean_lines, cut, pad, width, wrap};

pub(super) const BAD: Style = AnsiColor::Red.on_default().bold();
pub(super) const GOOD: Style = AnsiColor::Green.on_default();
pub(super) const UNSURE: Style = AnsiColor::Yellow.on_default();
pub(super) const STRONG: Style = Style::new().bold();
pub(super) const DIM: Style = Style::new().dimmed();
const WRONG: Style = AnsiColor::Red.on_default();
const HINT: Style = AnsiColor::Cyan.on_default();

pub(super) fn paint(style: Style, text: &str) -> String {
    format!("{style}{text}{style:#}")
}

/// Text without its styles.
pub fn plain(text: &str) -> String {
    anstream::adapter::strip_str(text).to_string()
}

/// The card in lines of at most `columns`, but for commands, which must stay whole to be pasted. Ends with a newline.
pub fn render(card: &Card, columns: usize) -> String {
    let mut page = Page { lines: Vec::new(), columns: columns.max(40) };
    page.heading(card);
    page.told(card);
    page.request(card);
    page.answer(card);
    page.causes(card);
    page.led_here(&card.led_here);
    for said in &card.said {
        page.said(said);
    }
    page.hint(card);
    page.last(card);
    page.lines.join("\n") + "\n"
}

struct Page {
    lines: Vec<String>,
    columns: usize,
}

impl Page {
    fn line(&mut self, line: impl Into<String>) {
        self.lines.push(line.into());
    }

    fn gap(&mut self) {
        if self.lines.last().is_some_and(|line| !line.is_empty()) {
            self.line("");
        }
    }

    /// Text behind a label, further lines below its first; the label and the text have a style each.
    fn labelled(&mut self, indent: usize, label: &str, label_style: Style, text: &str, style: Style) {
        let start = indent + width(label);
        for (number, line) in wrap(text, self.columns.saturating_sub(start).max(20), 0).iter().enumerate() {
            let before = if number == 0 {
                format!("{}{}", " ".repeat(indent), paint(label_style, label))
            } else {
                " ".repeat(start)
            };
            self.line(format!("{before}{}", paint(style, line)));
        }
    }

    fn text(&mut self, indent: usize, text: &str) {
        self.labelled(indent, "", Style::new(), text, Style::new());
    }

    fn heading(&mut self, card: &Card) {
        let (mark, style) = if card.not_judged.is_some() { ("?", UNSURE) } else { ("✗", BAD) };
        let name = clean(&card.test);
        let place = format!("{} › {}", clean(&card.stage), clean(&card.requirement));
        let head = format!("{} {}", paint(style, mark), paint(STRONG, &name));
        let used = 2 + width(&name);
        match self.columns.checked_sub(used + width(&place)) {
            Some(room) if room >= 2 => self.line(format!("{head}{}{}", " ".repeat(room), paint(DIM, &place))),
            _ => {
                self.line(head);
                self.line(format!("  {}", paint(DIM, &cut(&place, self.columns - 2))));
            }
        }
        self.gap();
        if let Some(reason) = &card.not_judged {
            self.text(2, &format!("Not judged: {}", clean(reason)));
            self.gap();
        }
    }

    fn told(&mut self, card: &Card) {
        for sentence in &card.told {
            self.text(2, &clean_lines(sentence));
        }
        if !card.told.is_empty() && (card.request.is_some() || card.start.is_some()) {
            self.gap();
        }
    }

    fn request(&mut self, card: &Card) {
        if let Some(start) = &card.start {
            self.line(format!("  {}", paint(DIM, &clean(start))));
        }
        let Some(request) = &card.request else { return };
        self.line(format!("  {}", paint(STRONG, &clean(&request.curl))));
        if let Some(note) = &request.note {
            self.text(4, &clean(note));
        }
    }

    fn answer(&mut self, card: &Card) {
        if let Some(sentence) = &card.no_answer {
            self.text(4, &clean_lines(sentence));
        }
        let rows = card.differences.iter().map(|difference| (clean(&difference.path), difference));
        self.differences(rows.collect());
        self.answers(&card.answers);
        let labels = card.shown.iter().map(|shown| width(&shown.name) + 2);
        let label = labels.chain([LABEL]).max().unwrap_or(LABEL);
        for shown in &card.shown {
            self.labelled(4, &pad(&clean(&shown.name), label), Style::new(), &clean(&shown.value), Style::new());
        }
        if let Some(history) = &card.history {
            self.labelled(4, &pad("seen", label), Style::new(), &clean(history), Style::new());
        }
    }

    fn answers(&mut self, answers: &[NodeAnswer]) {
        let names = answers.iter().map(|answer| width(&answer.node)).max().unwrap_or(0) + 2;
        for answer in answers {
            let node = pad(&clean(&answer.node), names);
            if !answer.text.is_empty() {
                let style = if answer.fits { GOOD } else { WRONG };
                self.labelled(4, &node, Style::new(), &clean(&answer.text), style);
            }
            let row = |(at, difference): (usize, &'_ Difference)| {
                let before = if at == 0 { node.clone() } else { " ".repeat(names) };
                before + &clean(&difference.path)
            };
            let labels: Vec<String> = answer.differences.iter().enumerate().map(row).collect();
            self.differences(labels.into_iter().zip(&answer.differences).collect());
        }
    }

    /// Expected above actual, so that they can be compared, behind their label.
    fn differences(&mut self, rows: Vec<(String, &Difference)>) {
        let label = rows.iter().map(|(label, _)| width(label) + 2).chain([LABEL]).max().unwrap_or(LABEL);
        for (name, difference) in rows {
            // A broken line would part the caret from what it points at.
            let longest = width(&difference.expected).max(width(&difference.actual));
            let fits = 4 + label + VALUE + longest <= self.columns;
            let (mut before, start) = if fits || difference.caret.is_none() && label < 24 {
                (format!("    {}", pad(&name, label)), 4 + label)
            } else {
                self.line(format!("    {name}"));
                ("      ".to_owned(), 6)
            };
            for (word, value, style) in
                [("expected ", &difference.expected, GOOD), ("actual   ", &difference.actual, WRONG)]
            {
                let lines = match difference.caret {
                    Some(_) => vec![clean(value)],
                    None => wrap(&clean(value), self.columns.saturating_sub(start + VALUE).max(20), 0),
                };
                for (number, line) in lines.iter().enumerate() {
                    let word = if number == 0 { word } else { "         " };
                    self.line(format!("{before}{word}{}", paint(style, line)));
                    before = " ".repeat(start);
                }
            }
            if let Some(caret) = difference.caret {
                self.line(format!("{}{}", " ".repeat(start + VALUE + caret), paint(BAD, "^")));
            }
            for note in &difference.notes {
                self.labelled(start, "", Style::new(), &clean(note), Style::new());
            }
        }
    }

    fn causes(&mut self, card: &Card) {
        let causes = [("Likely  ", &card.likely), ("Next    ", &card.next)];
        if causes.iter().any(|(_, text)| text.is_some()) {
            self.gap();
        }
        for (label, text) in causes {
            if let Some(text) = text {
                self.labelled(2, label, STRONG, &clean_lines(text), Style::new());
            }
        }
    }

    fn led_here(&mut self, rows: &[Row]) {
        if rows.is_empty() {
            return;
        }
        self.gap();
        self.line(format!("  {}", paint(STRONG, "What led here")));
        let widest = |of: &dyn Fn(&Row) -> usize| rows.iter().map(of).max().unwrap_or(0);
        let requests = |row: &Row| row.took.is_some();
        let at = widest(&|row| row.at.map_or(0, |at| clock(at).len()));
        let verb = widest(&|row| width(&row.verb)).max(6);
        let node = widest(&|row| width(&row.node));
        let path = widest(&|row| if requests(row) { width(&clean(&row.text)) } else { 0 }).min(self.columns * 2 / 5);
        let outcome = widest(&|row| if requests(row) { width(&row.outcome) } else { 0 });
        for row in rows {
            let Some(when) = row.at else {
                let text = format!("    {}  {}", pad("…", at), clean(&row.text));
                self.line(paint(DIM, &cut(&text, self.columns)));
                continue;
            };
            let mut line = format!(
                "    {}  {} {}",
                pad(&clock(when), at),
                pad(&clean(&row.verb), verb),
                pad(&clean(&row.node), node)
            );
            let text = clean(&row.text);
            if let Some(took) = row.took {
                let took = format!("{:>7}", time(took));
                line = format!("{line} {}  {}  {took}", pad(&cut(&text, path), path), pad(&row.outcome, outcome));
            } else if row.node.is_empty() {
                line = format!("{}{text}", line.trim_end().to_owned() + "   ");
            } else if width(&line) + path + 3 + width(&text) <= self.columns {
                // Below the statuses, where the eye already is.
                line = format!("{line} {}  {text}", pad("", path));
            } else {
                line = format!("{line} {text}");
            }
            let line = cut(line.trim_end(), self.columns - 3);
            self.line(if row.wrong { paint(WRONG, &format!("{line}  ✗")) } else { line });
        }
    }

    fn said(&mut self, said: &Said) {
        self.gap();
        self.line(format!("  {}", paint(STRONG, &format!("{} said", clean(&said.node)))));
        if said.earlier > 0 {
            let word = plural(said.earlier, "line", "lines");
            self.line(paint(DIM, &format!("    … {} earlier {word}", said.earlier)));
        }
        let at = said.lines.iter().filter_map(|line| line.at).map(|at| clock(at).len() + 2).max().unwrap_or(0);
        for said in &said.lines {
            let label = pad(&said.at.map_or_else(String::new, clock), at);
            let mut text = wrap(&clean(&said.text), self.columns.saturating_sub(4 + at).max(20), 0);
            if text.len() > SAID {
                text.truncate(SAID);
                text[SAID - 1].push('…');
            }
            self.labelled(4, &label, DIM, &text.join("\n"), Style::new());
        }
    }

    fn hint(&mut self, card: &Card) {
        let Some((number, hint)) = card.hint() else { return };
        self.gap();
        let more = number < card.hints.len();
        let label = format!("Hint {number} of {}  ", card.hints.len());
        self.labelled(2, &label, HINT, &clean_lines(hint), Style::new());
        if more {
            let next = "lsfr hint: the next one";
            let used = self.lines.last().map_or(0, |line| width(&plain(line)));
            match self.columns.checked_sub(used + width(next)) {
                Some(room) if room >= 2 => {
                    if let Some(line) = self.lines.last_mut() {
                        *line = format!("{line}{}{}", " ".repeat(room), paint(DIM, next));
                    }
                }
                _ => self.line(format!("{}{}", " ".repeat(2 + label.len()), paint(DIM, next))),
            }
        }
    }

    fn last(&mut self, card: &Card) {
        self.gap();
        // With a request the card shows the step already.
        if let (None, Some(step)) = (&card.request, &card.step) {
            let text = format!("{} ({}:{})", clean(&step.text), clean(&step.file), step.line);
            self.labelled(2, "Step    ", DIM, &text, Style::new());
        }
        self.line(format!("  {}{}", paint(DIM, "Again   "), clean(&card.again)));
        self.line(format!("  {}{}", paint(DIM, "Records "), clean(&card.records)));
    }
}

/// Columns of the label before values, where the labels are short.
const LABEL: usize = 9;
/// Columns of `expected `.
const VALUE: usize = 9;
/// Lines that one line of a log may take.
const SAID: usize = 3;

fn clock(at: std::time::Duration) -> String {
    format!("+{:.3}", at.as_secs_f64())
}

//! The part of a card's page that shows what led to the failure: the last events before it, a row each.

use std::time::Duration;

use super::card_page::{Role, Writer};
use super::headers::{self, Header};
use super::times::{clock, time};
use super::trail::Row;
use crate::text::{clean, cut, pad, width, wrap};

/// Columns kept of a request's path, and of the time after its status.
const PATH: usize = 8;
const TOOK: usize = 9;
/// Behind a row that is wrong.
const MARK: &str = "  ✗";
/// Instead of headers that have no room, where they are those of the row above.
const SAME: &str = "the same headers";
/// Columns that stay free for it.
const MARKED: usize = 3;

/// How wide each part of the rows is.
struct Columns {
    page: usize,
    at: usize,
    verb: usize,
    node: usize,
    path: usize,
    outcome: usize,
    /// There is room for how long requests took.
    timed: bool,
    /// Each value of a header.
    value: usize,
    /// What is left of a request's line for its headers.
    beside: usize,
}

impl Columns {
    fn of(rows: &[Row], page: usize) -> Self {
        let widest = |of: &dyn Fn(&Row) -> usize| rows.iter().map(of).max().unwrap_or(0);
        let of_requests = |of: &dyn Fn(&Row) -> usize| widest(&|row| if row.took.is_some() { of(row) } else { 0 });
        let at = widest(&|row| row.at.map_or(0, |at| clock(at).len()));
        let verb = widest(&|row| width(&row.verb)).max(6);
        let node = widest(&|row| width(&row.node));
        let outcome = of_requests(&|row| width(&clean(&row.outcome)));
        // A narrow page gives up how long a request took, then the end of its path, and keeps the status.
        let room = page.saturating_sub(at + verb + node + outcome + 13);
        let timed = room >= PATH + TOOK;
        let room = if timed { room - TOOK } else { room.max(4) };
        let path = of_requests(&|row| width(&clean(&row.text))).min(room);
        let columns = Self { page, at, verb, node, path, outcome, timed, value: 0, beside: 0 };
        let end = columns.path_starts() + path + 2 + outcome + if timed { TOOK } else { 0 };
        let beside = page.saturating_sub(end + 2 + MARKED);
        let headers: Vec<&[Header]> = rows.iter().map(|row| &row.headers[..]).collect();
        Self { value: headers::columns(&headers, beside), beside, ..columns }
    }

    /// Where the path of a request begins.
    fn path_starts(&self) -> usize {
        4 + self.at + 2 + self.verb + 1 + self.node + 1
    }

    /// The beginning of a row, up to its node.
    fn head(&self, at: Duration, row: &Row) -> String {
        let verb = pad(&clean(&row.verb), self.verb);
        format!("    {}  {verb} {}", pad(&clock(at), self.at), pad(&clean(&row.node), self.node))
    }
}

impl Writer<'_> {
    pub(super) fn led_here(&mut self, rows: &[Row]) {
        if rows.is_empty() {
            return;
        }
        self.line([(Role::Text, "  ".to_owned()), (Role::Strong, "What led here".to_owned())]);
        let columns = Columns::of(rows, self.form.columns);
        let before = std::iter::once(&[][..]).chain(rows.iter().map(|row| &row.headers[..]));
        for (row, before) in rows.iter().zip(before) {
            match (row.at, row.took) {
                (None, _) => {
                    let label = format!("{}  ", pad("…", columns.at));
                    self.labelled(4, (Role::Dim, &label), &clean(&row.text), Role::Dim);
                }
                (Some(at), Some(took)) => self.requested(row, at, took, before, &columns),
                (Some(at), None) => self.done(row, at, &columns),
            }
        }
    }

    /// A request, with its headers behind it or, where these have no room there, below it. `before`: those of the row above.
    fn requested(&mut self, row: &Row, at: Duration, took: Duration, before: &[Header], columns: &Columns) {
        let role = if row.wrong { Role::Wrong } else { Role::Text };
        let mark = if row.wrong { MARK } else { "" };
        let path = pad(&cut(&clean(&row.text), columns.path), columns.path);
        let took = if columns.timed { format!("  {:>7}", time(took)) } else { String::new() };
        let line = format!("{} {path}  {}{took}", columns.head(at, row), pad(&clean(&row.outcome), columns.outcome));
        let line = cut(line.trim_end(), columns.page.saturating_sub(MARKED));
        let mut headers = headers::words(&row.headers, columns.value);
        if width(&headers) > columns.beside && row.headers == before {
            headers = SAME.to_owned();
        }
        if headers.is_empty() {
            self.line([(role, line + mark)]);
        } else if width(&headers) <= columns.beside {
            self.line([(role, line), (Role::Dim, format!("  {headers}")), (role, mark.to_owned())]);
        } else {
            self.line([(role, line + mark)]);
            let (start, headers) = (columns.path_starts(), cut(&headers, self.room(columns.path_starts())));
            self.line([(Role::Text, " ".repeat(start)), (Role::Dim, headers)]);
        }
    }

    /// What was done or said, broken into lines.
    fn done(&mut self, row: &Row, at: Duration, columns: &Columns) {
        let role = if row.wrong { Role::Wrong } else { Role::Text };
        let text = clean(&row.text);
        let mut line = columns.head(at, row);
        if row.node.is_empty() {
            // In the column where other rows have the nodes.
            line = format!("    {}  {} ", pad(&clock(at), columns.at), pad(&clean(&row.verb), columns.verb));
        } else if width(&line) + columns.path + 6 + width(&text) <= columns.page {
            // Below the statuses, where the eye already is.
            line = format!("{line} {}  ", pad("", columns.path));
        } else {
            line.push_str(if columns.path == 0 { "   " } else { " " });
        }
        let indent = width(&line);
        for (number, text) in wrap(&text, self.room(indent + MARKED), 0).into_iter().enumerate() {
            let before = if number == 0 { line.clone() } else { " ".repeat(indent) };
            self.line([(role, (before + &text).trim_end().to_owned())]);
        }
        if let (true, Some((_, text))) = (row.wrong, self.lines.last_mut().and_then(|line| line.last_mut())) {
            text.push_str(MARK);
        }
    }
}

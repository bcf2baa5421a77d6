//! Below the lanes: what the chosen node said around the moment, the links then, and what was last done to nodes and
//! links.

use std::time::Duration;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::{Row, legend, links, put_rows};
use crate::facts::Verb;
use crate::report::cluster_now::{ClusterNow, Deed};
use crate::report::times::clock;
use crate::text::{clean, pad, width, wrap};
use crate::tui::cluster::{Asked, ClusterPane, Scene};
use crate::tui::logs::{LogStore, Speech};
use crate::tui::paint;
use crate::tui::theme::{Look, Sign, Theme};

/// From this many columns on, what was done last has a column of its own.
const WIDE: u16 = 150;
/// Below this, there is room for one column only.
const NARROW: u16 = 58;
/// With less, nothing is drawn at all.
const LOWEST: u16 = 3;
/// Columns of the links.
const LINKS: u16 = 36;
/// Longer lines are hard to read.
const WIDEST: usize = 100;

/// What stands beside each other, from left to right.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    Speech,
    /// With what was last done below them, if there is room.
    LinksAndDeeds,
    Links,
    Deeds,
}

impl Part {
    /// Its name, and what else is to be known of it. A matrix of the links has to be read.
    fn title(self, node: Option<&str>, has_matrix: bool) -> (String, &'static str) {
        match (self, node) {
            (Part::Speech, Some(node)) => (format!("what {} said", clean(node)), ""),
            (Part::Speech, None) => ("what nodes said".to_owned(), ""),
            (Part::Links | Part::LinksAndDeeds, _) if has_matrix => ("links".to_owned(), ", from row to column"),
            (Part::Links | Part::LinksAndDeeds, _) => ("links".to_owned(), ""),
            (Part::Deeds, _) => ("what happened".to_owned(), ", the latest first"),
        }
    }

    /// Which there is room for, and how many columns each has, without the walls between them.
    fn beside(width: u16, nodes: usize) -> Vec<(Part, u16)> {
        let links = LINKS.max(u16::try_from(3 * nodes + 5).unwrap_or(u16::MAX)).min(width / 2);
        match width {
            0..NARROW => vec![(Part::Speech, width)],
            // A single node has no links.
            NARROW..WIDE if nodes < 2 => vec![(Part::Speech, width - links - 1), (Part::Deeds, links)],
            NARROW..WIDE => vec![(Part::Speech, width - links - 1), (Part::LinksAndDeeds, links)],
            _ if nodes < 2 => vec![(Part::Speech, width / 2), (Part::Deeds, width - width / 2 - 1)],
            _ => {
                let deeds = (width - links) * 2 / 5;
                vec![(Part::Speech, width - links - deeds - 2), (Part::Links, links), (Part::Deeds, deeds)]
            }
        }
    }
}

pub(super) fn draw(
    pane: &mut ClusterPane,
    scene: &Scene,
    store: Option<&LogStore>,
    theme: &Theme,
    area: Rect,
    buffer: &mut Buffer,
) {
    if area.height < LOWEST {
        return;
    }
    let cluster = &scene.cluster;
    let node = cluster.nodes.get(pane.chosen(scene)).map(|node| node.node.clone());
    let parts = Part::beside(area.width, cluster.nodes.len());
    let has_matrix = |width: u16| {
        let inner = inside(area, area.x, width);
        links::matrix_in(cluster, theme, lines_of(inner), usize::from(inner.height)).is_some()
    };
    let titles = parts.iter().map(|(part, width)| part.title(node.as_deref(), has_matrix(*width))).collect();
    rule(&parts, titles, theme, area, buffer);
    let mut x = area.x;
    for (place, (part, width)) in parts.into_iter().enumerate() {
        if place > 0 {
            for y in area.y + 1..area.bottom() {
                buffer.set_string(x, y, theme.sign(Sign::Wall), theme.style(Look::Frame));
            }
            x += 1;
        }
        let inner = inside(area, x, width);
        let columns = lines_of(inner);
        match part {
            Part::Speech => speech(pane, scene, node.as_deref(), store, theme, inner, buffer),
            Part::LinksAndDeeds | Part::Links => {
                let height = usize::from(inner.height);
                let mut rows = match part {
                    Part::Links => links::block(cluster, theme, columns, height),
                    _ => links_and_deeds(cluster, theme, inner),
                };
                let signs = legend::rows(scene, theme, columns);
                if rows.len() + 1 + signs.len() <= height {
                    rows.resize(height - signs.len(), Row::new());
                    rows.extend(signs);
                }
                put_rows(&rows, theme, inner, buffer);
            }
            Part::Deeds => put_rows(&deeds(cluster, columns), theme, inner, buffer),
        }
        x += width;
    }
}

/// Where a part that begins at a column has its text, below its name.
fn inside(area: Rect, x: u16, width: u16) -> Rect {
    Rect { x: x + 1, y: area.y + 1, width: width.saturating_sub(2), height: area.height - 1 }
}

/// How long its lines may be.
fn lines_of(inner: Rect) -> usize {
    usize::from(inner.width).min(WIDEST)
}

/// A line across the pane and its frame, with the name of each part.
fn rule(parts: &[(Part, u16)], titles: Vec<(String, &str)>, theme: &Theme, area: Rect, buffer: &mut Buffer) {
    let frame = theme.style(Look::Frame);
    let line = theme.sign(Sign::Rule).repeat(usize::from(area.width));
    buffer.set_string(area.x, area.y, line, frame);
    // The frame of the pane has the focus, and so its colour.
    let focus = theme.style(Look::Focus);
    buffer.set_string(area.x.saturating_sub(1), area.y, theme.sign(Sign::RuleLeft), focus);
    buffer.set_string(area.right(), area.y, theme.sign(Sign::RuleRight), focus);
    let mut x = area.x;
    for (place, ((_, width), (name, more))) in parts.iter().zip(titles).enumerate() {
        if place > 0 {
            buffer.set_string(x, area.y, theme.sign(Sign::RuleTee), frame);
            x += 1;
        }
        let room = Rect { x: x + 1, y: area.y, width: width.saturating_sub(2), height: 1 };
        let pieces = [
            (" ".into(), frame),
            (name.into(), theme.style(Look::Strong)),
            (more.to_owned().into(), theme.style(Look::Dim)),
            (" ".into(), frame),
        ];
        paint::put(buffer, room, theme, &pieces);
        x += width;
    }
}

/// The links, and below them what was done last, if there is room for a head and at least two rows.
fn links_and_deeds(cluster: &ClusterNow, theme: &Theme, area: Rect) -> Vec<Row> {
    let (columns, height) = (usize::from(area.width), usize::from(area.height));
    let mut rows = links::block(cluster, theme, columns, height);
    if rows.len() + 4 <= height && !cluster.deeds.is_empty() {
        rows.push(Row::new());
        rows.push(vec![("What happened".to_owned(), Look::Strong), (", the latest first".to_owned(), Look::Dim)]);
        rows.extend(deeds(cluster, columns));
    }
    rows
}

/// What was done, the latest first: that is what readers look for.
fn deeds(cluster: &ClusterNow, columns: usize) -> Vec<Row> {
    let verb = cluster.deeds.iter().map(|deed| width(&deed.verb.to_string())).max().unwrap_or(0);
    let at = cluster.deeds.iter().map(|deed| clock(deed.at).len()).max().unwrap_or(0);
    let row = |deed: &Deed| {
        let indent = at + 2 + verb + 2;
        let text = [deed.nodes.join(", "), deed.text.clone()].join("  ");
        let look = if matches!(deed.verb, Verb::Exit | Verb::Limit) { Look::Bad } else { Look::Own };
        let lines = wrap(&clean(text.trim()), columns.saturating_sub(indent).max(10), 0);
        let lines = if lines.is_empty() { vec![String::new()] } else { lines };
        lines
            .into_iter()
            .enumerate()
            .map(|(number, line)| match number {
                0 => vec![
                    (format!("{:>at$}  ", clock(deed.at)), Look::Dim),
                    (pad(&deed.verb.to_string(), verb + 2), look),
                    (line, Look::Text),
                ],
                _ => vec![(" ".repeat(indent), Look::Text), (line, Look::Text)],
            })
            .collect::<Vec<Row>>()
    };
    cluster.deeds.iter().rev().flat_map(row).collect()
}

/// What a node printed up to the moment; what it printed next is dim.
fn speech(
    pane: &mut ClusterPane,
    scene: &Scene,
    node: Option<&str>,
    store: Option<&LogStore>,
    theme: &Theme,
    area: Rect,
    buffer: &mut Buffer,
) {
    let dim = theme.style(Look::Dim);
    let (Some(node), Some(store)) = (node, store) else {
        let text = if node.is_some() { "The logs of this run are not open." } else { "No node was there yet." };
        return super::put(theme, buffer, area, text, dim);
    };
    let rows = usize::from(area.height);
    let asked = Asked { node: node.to_owned(), moment: scene.until, rows, logged: store.version() };
    let after = if scene.live { 0 } else { rows };
    let span = (scene.until, scene.end);
    let speech = pane.speech(asked, |asked| store.speech(&asked.node, span, rows, after));
    if speech.before.is_empty() && speech.after.is_empty() {
        return super::put(theme, buffer, area, &format!("{} had printed nothing.", clean(node)), dim);
    }
    put_rows(&lines(speech, rows), theme, area, buffer);
}

/// A third of the rows is for what came next; more, where there is less before.
fn lines(Speech { before, after }: &Speech, rows: usize) -> Vec<Row> {
    let after = &after[..after.len().min((rows / 3).max(rows.saturating_sub(before.len())))];
    let first = before.len().saturating_sub(rows.saturating_sub(after.len()));
    let row =
        |at: Duration, text: &str, look: Look| vec![(format!("{} ", clock(at)), Look::Dim), (text.to_owned(), look)];
    let said = before[first..].iter().map(|line| row(line.at, &line.text, Look::Text));
    said.chain(after.iter().map(|line| row(line.at, &line.text, Look::Dim))).take(rows).collect()
}

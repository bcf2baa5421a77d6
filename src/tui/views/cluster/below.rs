//! Below the lanes: what the chosen node said around the moment, the links then, and what was last done to nodes and
//! links.

use std::time::Duration;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::{Row, links, put_rows};
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
    let node = scene.cluster.nodes.get(pane.chosen(scene)).map(|node| node.node.clone());
    let said = node.as_deref().map_or("what nodes said".to_owned(), |node| format!("what {} said", clean(node)));
    let widths = columns(area.width, scene.cluster.nodes.len());
    let names: Vec<&str> = [&*said, "links, from row to column", "what happened, the latest first"]
        .into_iter()
        .filter(|name| scene.cluster.nodes.len() > 1 || !name.starts_with("links"))
        .collect();
    rule(&names, &widths, theme, area, buffer);
    let body = Rect { y: area.y + 1, height: area.height - 1, ..area };
    let mut x = area.x;
    for (place, width) in widths.iter().enumerate() {
        let inner = Rect { x: x + 1, width: width.saturating_sub(2), ..body };
        match place {
            0 => speech(pane, scene, node.as_deref(), store, theme, inner, buffer),
            1 if scene.cluster.nodes.len() > 1 => {
                let below = if widths.len() == 2 { Some(()) } else { None };
                state(&scene.cluster, below.is_some(), theme, inner, buffer);
            }
            _ => put_rows(&deeds(&scene.cluster, usize::from(inner.width).min(WIDEST)), theme, inner, buffer),
        }
        x += width;
        if place + 1 < widths.len() {
            for y in body.top()..body.bottom() {
                buffer.set_string(x, y, theme.sign(Sign::Wall), theme.style(Look::Frame));
            }
            x += 1;
        }
    }
}

/// How many columns each part has, without the walls between them.
fn columns(width: u16, nodes: usize) -> Vec<u16> {
    let links = LINKS.max(u16::try_from(3 * nodes + 5).unwrap_or(u16::MAX)).min(width / 2);
    match width {
        0..NARROW => vec![width],
        NARROW..WIDE => vec![width - links - 1, links],
        _ if nodes < 2 => vec![width / 2, width - width / 2 - 1],
        _ => {
            let happened = (width - links) * 2 / 5;
            vec![width - links - happened - 2, links, happened]
        }
    }
}

/// A line across the pane and its frame, with the name of each part.
fn rule(names: &[&str], widths: &[u16], theme: &Theme, area: Rect, buffer: &mut Buffer) {
    let frame = theme.style(Look::Frame);
    let line = theme.sign(Sign::Rule).repeat(usize::from(area.width));
    buffer.set_string(area.x, area.y, line, frame);
    // The frame of the pane has the focus, and so its colour.
    let focus = theme.style(Look::Focus);
    buffer.set_string(area.x.saturating_sub(1), area.y, theme.sign(Sign::RuleLeft), focus);
    buffer.set_string(area.right(), area.y, theme.sign(Sign::RuleRight), focus);
    let mut x = area.x;
    for (place, (name, width)) in names.iter().zip(widths).enumerate() {
        if place > 0 {
            buffer.set_string(x, area.y, theme.sign(Sign::RuleTee), frame);
            x += 1;
        }
        let room = Rect { x: x + 1, y: area.y, width: width.saturating_sub(2), height: 1 };
        let (first, rest) = name.split_once(',').map_or((*name, ""), |(first, _)| (first, &name[first.len()..]));
        let pieces = [
            (" ".into(), frame),
            (first.into(), theme.style(Look::Strong)),
            (rest.into(), theme.style(Look::Dim)),
            (" ".into(), frame),
        ];
        paint::put(buffer, room, theme, &pieces);
        x += width;
    }
}

/// The links, and below them what was done last, if that has no place of its own.
fn state(cluster: &ClusterNow, with_deeds: bool, theme: &Theme, area: Rect, buffer: &mut Buffer) {
    let columns = usize::from(area.width);
    let mut rows = links::block(cluster, theme, columns, usize::from(area.height));
    // A head, and at least two of them.
    if with_deeds && rows.len() + 4 <= usize::from(area.height) && !cluster.deeds.is_empty() {
        rows.push(Row::new());
        rows.push(vec![("What happened".to_owned(), Look::Strong), (", the latest first".to_owned(), Look::Dim)]);
        rows.extend(deeds(cluster, columns));
    }
    put_rows(&rows, theme, area, buffer);
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
    let after = if scene.live { 0 } else { rows / 3 };
    let speech = pane.speech(asked, |asked| store.speech(&asked.node, asked.moment, rows, after));
    if speech.before.is_empty() && speech.after.is_empty() {
        return super::put(theme, buffer, area, &format!("{} had printed nothing.", clean(node)), dim);
    }
    put_rows(&lines(speech, rows), theme, area, buffer);
}

fn lines(Speech { before, after }: &Speech, rows: usize) -> Vec<Row> {
    let first = before.len().saturating_sub(rows.saturating_sub(after.len()));
    let row =
        |at: Duration, text: &str, look: Look| vec![(format!("{} ", clock(at)), Look::Dim), (text.to_owned(), look)];
    let said = before[first..].iter().map(|line| row(line.at, &line.text, Look::Text));
    said.chain(after.iter().map(|line| row(line.at, &line.text, Look::Dim))).take(rows).collect()
}

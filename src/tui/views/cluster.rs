//! The cluster view, laid out for the room there is: nodes and links side by side, and below or beside them what was
//! done last.

use crate::facts::{NodeStatus, Verb};
use std::time::Duration;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::{framed, indented, title};
use crate::report::card::Card;
use crate::report::cluster_now::{ClusterNow, Deed, NodeLine};
use crate::report::times::{clock, time};
use crate::text::{clean, cut, pad, width, wrap};
use crate::tui::app::App;
use crate::tui::cluster::{ClusterPane, Moment, Scene};
use crate::tui::guide::position;
use crate::tui::paint::{self, Piece};
use crate::tui::theme::{Look, Sign, Theme};

/// A row of the view.
type Row = Vec<(String, Look)>;

/// From this many columns on, what was done last is shown to the right of the rest.
const BESIDE: usize = 130;
const BETWEEN: usize = 4;
/// Longer lines are hard to read.
const WIDEST: usize = 100;

pub(super) fn draw(pane: &mut ClusterPane, app: &App, card: Option<&Card>, area: Rect, buffer: &mut Buffer) {
    let theme = &app.theme;
    let scene = app.bench().and_then(|bench| pane.scene(bench, card, app.now));
    let columns = usize::from(area.width.saturating_sub(4));
    let rows = match &scene {
        Some(scene) => rows(scene, theme, columns),
        None => vec![vec![("No test has used several nodes yet.".to_owned(), Look::Dim)]],
    };
    let height = usize::from(area.height.saturating_sub(2));
    let first = pane.first(rows.len(), height);
    let place = position(first, rows.len(), height);
    let mut more = scene.as_ref().map(heading).unwrap_or_default();
    if place != "all" {
        more = format!("{place}  {more}");
    }
    let more = cut(&more, usize::from(area.width).saturating_sub("┌ Cluster   ┐".chars().count()))
        .replace('…', theme.sign(Sign::Ellipsis));
    let inner = indented(framed(title("Cluster", &more, true, theme), true, theme, area, buffer));
    for (row, line) in rows[first..].iter().zip(inner.rows()) {
        let pieces: Vec<Piece> = row.iter().map(|(text, look)| (text.as_str().into(), theme.style(*look))).collect();
        paint::put(buffer, line, theme, &pieces);
    }
}

/// Which moment it is, for the title.
fn heading(scene: &Scene) -> String {
    let test = clean(&scene.test);
    match scene.moment {
        Moment::Now if test.is_empty() => "now".to_owned(),
        Moment::Now => format!("now, in \"{test}\""),
        Moment::Failure => format!("when \"{test}\" failed"),
        Moment::Last => format!("as \"{test}\" left it"),
    }
}

fn rows(scene: &Scene, theme: &Theme, columns: usize) -> Vec<Row> {
    let cluster = &scene.cluster;
    let (links, legend) = matrix(cluster, theme);
    let links_width = widest(&links);
    // What can be left out makes room for the links: since when each node has been in its state.
    let nodes = [Some(scene.until), None]
        .into_iter()
        .map(|until| nodes(cluster, until, theme))
        .find(|nodes| widest(nodes) + BETWEEN + links_width <= columns);
    let mut words = in_words(cluster, columns.min(WIDEST));
    let state = match nodes {
        Some(nodes) => {
            words.push(legend);
            join([beside(nodes, links), words])
        }
        // What is said in words comes first if not everything is in sight.
        None => join([self::nodes(cluster, Some(scene.until), theme), words, [links, vec![legend]].concat()]),
    };
    let left = widest(&state);
    if columns >= BESIDE && left + BETWEEN <= columns {
        return beside(state, deeds(cluster, (columns - left - BETWEEN).min(WIDEST)));
    }
    join([state, deeds(cluster, columns.min(WIDEST))])
}

/// Each node on a line.
fn nodes(cluster: &ClusterNow, until: Option<Duration>, theme: &Theme) -> Vec<Row> {
    let wide =
        |text: &dyn Fn(&NodeLine) -> String| cluster.nodes.iter().map(|node| width(&text(node))).max().unwrap_or(0);
    let says = |node: &NodeLine| {
        if node.how.is_empty() { clean(&node.says) } else { format!("by itself: {}", clean(&node.how)) }
    };
    let name = wide(&|node| clean(&node.node));
    let state = wide(&|node| node.state.word().to_owned());
    let said = wide(&says);
    let mut rows = vec![vec![("Nodes".to_owned(), Look::Strong)]];
    for (number, node) in cluster.nodes.iter().enumerate() {
        let (sign, look) = match node.state {
            NodeStatus::Up => (Sign::Running, Look::Good),
            NodeStatus::Starting => (Sign::Open, Look::Busy),
            NodeStatus::Paused | NodeStatus::Silent => (Sign::Paused, Look::Unsure),
            NodeStatus::Ended => (Sign::Failed, Look::Bad),
            NodeStatus::Down => (Sign::Nobody, Look::Dim),
        };
        let alone = is_alone(node, cluster);
        let mut row = vec![
            (format!("{} ", theme.sign(sign)), look),
            (pad(&clean(&node.node), name + 2), Look::Node(number)),
            (pad(node.state.word(), state + 2), if look == Look::Good { Look::Text } else { look }),
            (pad(&says(node), said + 2), if alone { Look::Strong } else { Look::Text }),
        ];
        if let Some(until) = until {
            row.push((format!("for {}", lasted(until.saturating_sub(node.since))), Look::Dim));
        }
        rows.push(row);
    }
    rows
}

/// Whether nobody else says that it has this role: who leads has to be seen at a glance.
fn is_alone(node: &NodeLine, cluster: &ClusterNow) -> bool {
    let same = cluster.nodes.iter().filter(|other| other.role == node.role).count();
    !node.role.is_empty() && same == 1
}

fn lasted(lasted: Duration) -> String {
    if lasted < Duration::from_secs(60) { format!("{:.1} s", lasted.as_secs_f64()) } else { time(lasted) }
}

/// The state of the link from one node to another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    Open,
    Cut,
    Slow,
    /// One of the two does not run.
    Nobody,
}

impl Way {
    const ALL: [(Way, Sign, Look, &str); 4] = [
        (Way::Open, Sign::Open, Look::Dim, "open"),
        (Way::Cut, Sign::Failed, Look::Bad, "cut"),
        (Way::Slow, Sign::Slow, Look::Unsure, "slow"),
        (Way::Nobody, Sign::Nobody, Look::Dim, "not running"),
    ];

    fn between(from: &NodeLine, to: &NodeLine, cluster: &ClusterNow) -> Self {
        let is = |one: &str, other: &str| one == from.node && other == to.node;
        let runs = |node: &NodeLine| matches!(node.state, NodeStatus::Up | NodeStatus::Silent | NodeStatus::Paused);
        if !runs(from) || !runs(to) {
            Way::Nobody
        } else if cluster.cut.iter().any(|(from, to)| is(from, to)) {
            Way::Cut
        } else if cluster.slow.iter().any(|link| is(&link.from, &link.to)) {
            Way::Slow
        } else {
            Way::Open
        }
    }

    fn shown(self) -> (Sign, Look) {
        Self::ALL
            .iter()
            .find(|(way, ..)| *way == self)
            .map_or((Sign::Open, Look::Dim), |(_, sign, look, _)| (*sign, *look))
    }
}

/// From each node (a row) to each other (a column); and what the signs in it mean.
fn matrix(cluster: &ClusterNow, theme: &Theme) -> (Vec<Row>, Row) {
    let names: Vec<String> = cluster.nodes.iter().map(|node| clean(&node.node)).collect();
    let cell = names.iter().map(|name| width(name)).max().unwrap_or(0) + 1;
    let mut rows = vec![vec![("Links".to_owned(), Look::Strong), (" from row to column".to_owned(), Look::Dim)]];
    let mut header = vec![(" ".repeat(cell), Look::Text)];
    header.extend(names.iter().enumerate().map(|(number, name)| (pad(name, cell), Look::Node(number))));
    rows.push(header);
    let mut seen = Vec::new();
    for (number, from) in cluster.nodes.iter().enumerate() {
        let mut row = vec![(pad(&names[number], cell), Look::Node(number))];
        for to in &cluster.nodes {
            if to.node == from.node {
                row.push((" ".repeat(cell), Look::Text));
                continue;
            }
            let way = Way::between(from, to, cluster);
            if !seen.contains(&way) {
                seen.push(way);
            }
            let (sign, look) = way.shown();
            row.push((pad(&format!(" {}", theme.sign(sign)), cell), look));
        }
        rows.push(row);
    }
    let mut legend = Row::new();
    for (way, sign, look, name) in Way::ALL {
        if seen.contains(&way) {
            let gap = if legend.is_empty() { "" } else { "   " };
            legend.push((format!("{gap}{}", theme.sign(sign)), look));
            legend.push((format!(" {name}"), Look::Dim));
        }
    }
    (rows, legend)
}

/// What is wrong with the links, in words.
fn in_words(cluster: &ClusterNow, columns: usize) -> Vec<Row> {
    let lines = cluster.link_lines();
    if lines.is_empty() {
        return vec![vec![("All links are open.".to_owned(), Look::Dim)]];
    }
    let wrapped = lines.iter().flat_map(|line| wrap(&clean(line), columns, 2));
    wrapped.map(|line| vec![(line, Look::Strong)]).collect()
}

/// What was done, the latest first: that is what readers look for.
fn deeds(cluster: &ClusterNow, columns: usize) -> Vec<Row> {
    if cluster.deeds.is_empty() {
        return Vec::new();
    }
    let verb = cluster.deeds.iter().map(|deed| width(&deed.verb.to_string())).max().unwrap_or(0);
    let at = cluster.deeds.iter().map(|deed| clock(deed.at).len()).max().unwrap_or(0);
    let head = vec![("What happened".to_owned(), Look::Strong), (", the latest first".to_owned(), Look::Dim)];
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
    std::iter::once(head).chain(cluster.deeds.iter().rev().flat_map(row)).collect()
}

fn columns(row: &Row) -> usize {
    let all: String = row.iter().map(|(text, _)| text.as_str()).collect();
    width(all.trim_end())
}

fn widest(rows: &[Row]) -> usize {
    rows.iter().map(columns).max().unwrap_or(0)
}

/// Blocks below each other, with a blank row between.
fn join(blocks: impl IntoIterator<Item = Vec<Row>>) -> Vec<Row> {
    let mut rows = Vec::new();
    for block in blocks.into_iter().filter(|block| !block.is_empty()) {
        if !rows.is_empty() {
            rows.push(Row::new());
        }
        rows.extend(block);
    }
    rows
}

/// A block to the right of another.
fn beside(mut left: Vec<Row>, right: Vec<Row>) -> Vec<Row> {
    let indent = widest(&left) + BETWEEN;
    left.resize(left.len().max(right.len()), Row::new());
    for (row, more) in left.iter_mut().zip(right) {
        let used: usize = row.iter().map(|(text, _)| width(text)).sum();
        // Trailing blanks of a cell may reach over the gap.
        row.push((" ".repeat(indent.saturating_sub(used)), Look::Text));
        row.extend(more);
    }
    left
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::golden::recorded;
    use crate::report::describe::{Describe, English};
    use crate::report::run_state::RunState;
    use crate::report::scrambled::Scrambled;

    #[test]
    fn colours_do_not_depend_on_words() {
        let looks = |state: &RunState, words: &dyn Describe| -> Option<Vec<Vec<(usize, Look)>>> {
            let cluster = state.cluster().now(words)?;
            let scene = Scene { until: cluster.at, cluster, moment: Moment::Now, test: String::new() };
            let look = |row: &Row| row.iter().map(|(text, look)| (width(text), *look)).collect();
            Some(rows(&scene, &Theme::DARK, 120).iter().map(look).collect())
        };
        let mut clusters = 0;
        for run in recorded() {
            let state = RunState::replayed(&run.events());
            let plain = looks(&state, &English);
            clusters += usize::from(plain.is_some());
            assert_eq!(plain, looks(&state, &Scrambled), "{}", run.name);
            // Of what a test did to links the text begins with the verb, which is then not found in it.
            let colours = |rows: Option<Vec<Vec<(usize, Look)>>>| -> Vec<Vec<Look>> {
                let row = |row: Vec<(usize, Look)>| row.into_iter().map(|(_, look)| look).collect();
                rows.into_iter().flatten().map(row).collect()
            };
            let scrambled = looks(&RunState::replayed(&run.scrambled()), &English);
            assert_eq!(colours(plain), colours(scrambled), "{}", run.name);
        }
        assert!(clusters > 2, "{clusters}");
    }
}

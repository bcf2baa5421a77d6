//! Which node reaches which, as signs and in words.

use super::Row;
use crate::facts::NodeStatus;
use crate::report::cluster_now::{ClusterNow, NodeLine};
use crate::text::{clean, pad, width, wrap};
use crate::tui::theme::{Look, Sign, Theme};

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
        (Way::Cut, Sign::Fault, Look::Unsure, "cut"),
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

/// In so many rows and columns; nothing of a single node, which has no links.
pub(super) fn block(cluster: &ClusterNow, theme: &Theme, columns: usize, height: usize) -> Vec<Row> {
    if cluster.nodes.len() < 2 {
        return Vec::new();
    }
    let words = in_words(cluster, columns);
    let Some((mut rows, legend)) = matrix_in(cluster, theme, columns, height) else { return words };
    rows.push(Row::new());
    rows.extend(words);
    if rows.len() < height {
        rows.push(legend);
    }
    rows
}

/// The matrix and its legend, if any link is not open and there is room for what is said in words below it, too.
pub(super) fn matrix_in(
    cluster: &ClusterNow,
    theme: &Theme,
    columns: usize,
    height: usize,
) -> Option<(Vec<Row>, Row)> {
    if cluster.nodes.len() < 2 || cluster.cut.is_empty() && cluster.slow.is_empty() {
        return None;
    }
    let (rows, legend) = matrix(cluster, theme);
    let fits = super::widest(&rows) <= columns && rows.len() + 1 + in_words(cluster, columns).len() <= height;
    fits.then_some((rows, legend))
}

/// From each node (a row) to each other (a column); and what the signs in it mean.
fn matrix(cluster: &ClusterNow, theme: &Theme) -> (Vec<Row>, Row) {
    let names: Vec<String> = cluster.nodes.iter().map(|node| clean(&node.node)).collect();
    let cell = names.iter().map(|name| width(name)).max().unwrap_or(0) + 1;
    let mut header = vec![(" ".repeat(cell), Look::Text)];
    header.extend(names.iter().enumerate().map(|(number, name)| (pad(name, cell), Look::Node(number))));
    let mut rows = vec![header];
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
    let wrapped = lines.iter().flat_map(|line| wrap(&clean(line), columns.max(10), 2));
    wrapped.map(|line| vec![(line, Look::Strong)]).collect()
}

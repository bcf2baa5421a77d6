//! A sequence diagram in Mermaid's language, which a README or an issue shows as a picture.

use std::fmt::Write as _;

use super::{Arrival, RowWords};
use crate::text::{clean, shortened};

/// Longer diagrams are not drawn: Mermaid takes 50,000 characters.
const MOST: usize = 48_000;
const LABEL: usize = 80;

#[derive(Debug)]
pub struct Diagram {
    nodes: Vec<String>,
    text: String,
    left_out: usize,
}

impl Diagram {
    pub fn new(nodes: &[&str]) -> Diagram {
        let nodes: Vec<String> = nodes.iter().map(|node| clean(node)).collect();
        let mut text = String::from("sequenceDiagram\n");
        for (at, node) in nodes.iter().enumerate() {
            let _ = writeln!(text, "    participant p{at} as {}", label(node));
        }
        Diagram { nodes, text, left_out: 0 }
    }

    /// A message, with what happened to it.
    pub fn row(&mut self, row: &RowWords) {
        let Some(from) = self.place(&row.from) else { return };
        // An arrow has one end: that of a row for several names them.
        let Some(to) = row.to.first().and_then(|node| self.place(node)) else { return };
        let to_many = if row.to.len() > 1 { format!(" (to {})", row.receivers()) } else { String::new() };
        let arrow = match row.arrival {
            Arrival::AtOnce => "->>",
            Arrival::Held => "--)",
            Arrival::Lost => "-x",
        };
        let what = label(&format!("{}{to_many}", row.what()));
        self.add(format!("    p{from}{arrow}p{to}: {what}\n"));
        if !row.fate.is_empty() {
            self.add(format!("    Note over p{from},p{to}: {}\n", label(&row.fate)));
        }
    }

    /// Something that lsfr did, or what is remarked of one node.
    pub fn note(&mut self, node: Option<&str>, text: &str) {
        let last = self.nodes.len().saturating_sub(1);
        let place = node.and_then(|node| self.place(node));
        let over = place.map_or_else(|| format!("p0,p{last}"), |place| format!("p{place}"));
        self.add(format!("    Note over {over}: {}\n", label(text)));
    }

    fn place(&self, node: &str) -> Option<usize> {
        self.nodes.iter().position(|known| known == node)
    }

    fn add(&mut self, line: String) {
        if self.text.len() + line.len() <= MOST && self.left_out == 0 {
            self.text.push_str(&line);
        } else {
            self.left_out += 1;
        }
    }

    /// The diagram, which says itself if it does not hold all.
    pub fn finish(mut self) -> String {
        if self.left_out > 0 {
            let last = self.nodes.len().saturating_sub(1);
            let _ = writeln!(self.text, "    Note over p0,p{last}: {} more are left out", self.left_out);
        }
        self.text
    }
}

/// Text that Mermaid takes for nothing else.
fn label(text: &str) -> String {
    let mut label = String::new();
    for c in shortened(&clean(text), LABEL).chars() {
        match c {
            '#' => label.push_str("#35;"),
            ';' => label.push_str("#59;"),
            ':' => label.push_str("#58;"),
            '<' => label.push_str("#60;"),
            '>' => label.push_str("#62;"),
            '%' => label.push_str("#37;"),
            c => label.push(c),
        }
    }
    label
}

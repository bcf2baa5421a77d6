//! A sequence diagram in Mermaid's language, which a README or an issue shows as a picture.

use std::fmt::Write as _;

use super::{Arrival, Ends, RowWords};
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
        // An arrow has two ends: that of a row for several names them.
        let place = |ends: &Ends| ends.nodes.first().and_then(|node| self.place(node));
        let (Some(from), Some(to)) = (place(&row.from), place(&row.to)) else { return };
        let of_many = match (row.from.nodes.len(), row.to.nodes.len()) {
            (2.., _) => format!(" (from {})", row.from),
            (_, 2..) => format!(" (to {})", row.to),
            _ => String::new(),
        };
        let arrow = match row.arrival {
            Arrival::AtOnce => "->>",
            Arrival::Held => "--)",
            Arrival::Lost => "-x",
        };
        let what = label(&format!("{}{of_many}", row.what()));
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

/// Text that Mermaid takes for nothing else: no character with a meaning, and not the word that ends a block.
fn label(text: &str) -> String {
    let mut label = String::new();
    for word in shortened(&clean(text), LABEL).split_inclusive(|c: char| !c.is_alphanumeric()) {
        let is_end = word.trim_end_matches(|c: char| !c.is_alphanumeric()).eq_ignore_ascii_case(END);
        for (at, c) in word.chars().enumerate() {
            let has_a_meaning = matches!(c, '#' | ';' | ':' | '<' | '>' | '%' | '$') || is_end && at == 0;
            if has_a_meaning {
                let _ = write!(label, "#{};", u32::from(c));
            } else {
                label.push(c);
            }
        }
    }
    label
}

/// It ends a `loop` or a `box`, and confuses Mermaid elsewhere.
const END: &str = "end";

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use regex::Regex;

    use super::super::Part;
    use super::*;

    /// What Mermaid's grammar takes for a text: up to the end of the line, or to `;` or `#`, of which those that are
    /// part of an entity are taken out before.
    const TEXT: &str = r"(?:[^#;:<>%$\n\r]|#[0-9]+;)+";

    const HOSTILE: [&str; 12] = [
        "end",
        "an End; loop forever",
        "a;b#c:d",
        "wrap: \u{1b}[2J",
        "%%{init: {}}%%",
        "x\r\ny\nparticipant z as q",
        "<br/><script>",
        "$$\\frac{1}{2}$$ #59;",
        "p0->>p1: forged",
        "\u{202e}\u{2028}Note over p0: forged",
        "activate p0, p1",
        "{\"end\":[\"#\",\";\"]}",
    ];

    /// Whether each line is a statement of the grammar, with nothing but text where texts are.
    fn is_a_diagram(text: &str) -> bool {
        let statements = [
            format!("^    participant p[0-9]+ as {TEXT}$"),
            format!("^    p[0-9]+(?:->>|--\\)|-x)p[0-9]+: {TEXT}$"),
            format!("^    Note over p[0-9]+(?:,p[0-9]+)?: {TEXT}$"),
        ];
        let statements = statements.map(|statement| Regex::new(&statement).unwrap());
        let end = Regex::new(r"(?i)\bend\b").unwrap();
        let mut lines = text.lines();
        lines.next() == Some("sequenceDiagram")
            && lines.all(|line| statements.iter().any(|one| one.is_match(line)) && !end.is_match(line))
    }

    fn row(from: &str, to: &str, what: &str, arrival: Arrival) -> RowWords {
        RowWords {
            at: Duration::ZERO,
            from: Ends::one(from),
            to: Ends::one(to),
            parts: vec![(Part::Body, what.into())],
            fate: what.into(),
            arrival,
        }
    }

    #[test]
    fn whatever_nodes_are_called_and_say_it_is_a_diagram() {
        for (at, hostile) in HOSTILE.iter().enumerate() {
            let nodes = [*hostile, "n2", "n3"];
            let mut diagram = Diagram::new(&nodes);
            for arrival in [Arrival::AtOnce, Arrival::Held, Arrival::Lost] {
                diagram.row(&row(hostile, "n2", hostile, arrival));
                diagram.row(&row("n2", hostile, HOSTILE[(at + 1) % HOSTILE.len()], arrival));
            }
            diagram.note(None, hostile);
            diagram.note(Some("n3"), hostile);
            let text = diagram.finish();
            assert!(is_a_diagram(&text), "{hostile:?}:\n{text}");
            assert_eq!(text.lines().count(), 1 + nodes.len() + 6 * 2 + 2, "{text}");
        }
    }

    #[test]
    fn a_reader_sees_what_was_said() {
        let entity = Regex::new("#([0-9]+);").unwrap();
        let shown = |text: &str| {
            let decoded = |found: &regex::Captures| char::from_u32(found[1].parse().unwrap()).unwrap().to_string();
            entity.replace_all(&label(text), decoded).into_owned()
        };
        for hostile in HOSTILE {
            assert_eq!(shown(hostile), shortened(&clean(hostile), LABEL));
        }
        assert_eq!(label("the end of a bend"), "the #101;nd of a bend");
    }

    #[test]
    fn the_check_knows_what_breaks_a_diagram() {
        let begun = "sequenceDiagram\n    participant p0 as n1\n";
        for broken in ["    p0->>p1: a;b", "    end", "    Note over p0: the end", "    p0->>p1: #b", "    box x"] {
            assert!(!is_a_diagram(&format!("{begun}{broken}\n")), "{broken}");
        }
        assert!(is_a_diagram(begun) && is_a_diagram(&format!("{begun}    p0->>p1: a#59;b\n")));
    }
}

//! Changes the progress in the text of an lsfr.yaml, by position: what is not about progress stays byte for byte.
//!
//! The new text is read back before it is trusted. If it does not say exactly what was wanted, or a comment is gone,
//! the file has a shape that cannot be edited safely, and the learner is told what to write.

use std::ops::Range;
use std::sync::Arc;

use crate::yaml::{self, Diagnostic, Entry, Node, Source, Span, Value};

pub(super) struct Progress<'a> {
    pub(super) current: &'a str,
    pub(super) completed: Vec<String>,
}

/// The wanted stages, with those that the file already has in the file's order.
pub(super) fn merged(old: &[String], wanted: &[String]) -> Vec<String> {
    let kept = old.iter().filter(|stage| wanted.contains(stage));
    let mut merged: Vec<String> = kept.cloned().collect();
    for stage in wanted {
        if !merged.contains(stage) {
            merged.push(stage.clone());
        }
    }
    merged
}

/// The text with this progress. `completed` is what [`merged`] made of the file's own list.
pub(super) fn with_progress(source: &Arc<Source>, progress: &Progress) -> Result<String, Diagnostic> {
    let tree = yaml::parse(source)?;
    Editor { text: &source.text, edits: Vec::new() }
        .run(&tree, progress)
        .filter(|text| says(text, &tree, progress) && keeps_comments(&source.text, text))
        .ok_or_else(|| by_hand(source, &tree, progress))
}

/// A stretch of the text and what takes its place.
struct Editor<'a> {
    text: &'a str,
    edits: Vec<(Range<usize>, String)>,
}

/// `None` anywhere means a shape that these edits do not know.
impl Editor<'_> {
    fn run(mut self, tree: &Node, progress: &Progress) -> Option<String> {
        match tree.entry("stages") {
            None => self.add_stages(tree, progress)?,
            Some(entry) => match &entry.value.value {
                Value::Map(entries) if entries.is_empty() => {
                    self.edits.push((entry.value.at.start..self.end(&entry.value)?, flow_stages(progress)));
                }
                Value::Map(entries) if self.is_flow(&entry.value) => self.edit_flow_map(entries, progress)?,
                Value::Map(entries) => self.edit_block_map(entries, progress)?,
                Value::Null => {
                    let indent = format!("{}  ", self.indent(entry.key_at)?);
                    let lines = self.stage_lines(&indent, progress);
                    self.fill(entry, &lines)?;
                }
                _ => return None,
            },
        }
        self.edits.sort_by_key(|(range, _)| (range.start, range.end));
        let mut text = self.text.to_owned();
        for (range, new) in self.edits.into_iter().rev() {
            text.get(range.clone())?;
            text.replace_range(range, &new);
        }
        Some(text)
    }

    fn add_stages(&mut self, tree: &Node, progress: &Progress) -> Option<()> {
        if self.is_flow(tree) {
            return None;
        }
        let indent = self.indent(tree.entries().first()?.key_at)?;
        let newline = self.newline();
        let open = if self.text.ends_with('\n') { "" } else { newline };
        let lines = self.stage_lines(&format!("{indent}  "), progress);
        let end = self.text.len();
        self.edits.push((end..end, format!("{open}{indent}stages:{newline}{lines}")));
        Some(())
    }

    fn edit_block_map(&mut self, entries: &[Entry], progress: &Progress) -> Option<()> {
        let first = entries.first()?;
        let indent = self.indent(first.key_at)?;
        let newline = self.newline();
        match entry(entries, "current") {
            Some(current) => self.set_scalar(current, progress.current)?,
            None => {
                let start = self.line_start(first.key_at.start);
                self.edits.push((start..start, format!("{indent}current: {}{newline}", scalar(progress.current))));
            }
        }
        match entry(entries, "completed") {
            Some(completed) => self.edit_completed(completed, &indent, progress),
            None if progress.completed.is_empty() => Some(()),
            None => {
                let lines = self.completed_lines(&indent, progress);
                match entry(entries, "current") {
                    // After the current stage, where the original tool puts it. The position of a value that is absent
                    // is that of whatever comes next.
                    Some(Entry { key_at, value: Node { value: Value::Null, .. }, .. }) => {
                        self.insert_lines(key_at.end, &lines);
                    }
                    Some(current) => self.insert_lines(self.end(&current.value)?, &lines),
                    None => {
                        let start = self.line_start(first.key_at.start);
                        self.edits.push((start..start, lines));
                    }
                }
                Some(())
            }
        }
    }

    fn edit_completed(&mut self, entry: &Entry, indent: &str, progress: &Progress) -> Option<()> {
        match &entry.value.value {
            Value::Null if progress.completed.is_empty() => Some(()),
            Value::Null => {
                let items = self.item_lines(&format!("{indent}- "), &progress.completed);
                self.fill(entry, &items)
            }
            Value::List(items) if items.is_empty() || self.is_flow(&entry.value) => {
                self.edit_flow_list(&entry.value, items, progress)
            }
            Value::List(items) => self.edit_block_list(items, progress),
            _ => None,
        }
    }

    fn edit_block_list(&mut self, items: &[Node], progress: &Progress) -> Option<()> {
        let is_kept = |item: &&Node| item.as_text().is_some_and(|text| listed(&progress.completed, text));
        let kept = items.iter().filter(is_kept).count();
        let last = items.last()?;
        // `  - `: what stands before the last item, and will before each new one.
        let opening = &self.text[self.line_start(last.at.start)..last.at.start];
        if !is_dash(opening) {
            return None;
        }
        let new = self.item_lines(opening, progress.completed.get(kept..)?);
        for item in items.iter().filter(|item| !is_kept(item)) {
            let line = self.line_start(item.at.start)..self.line_end(self.end(item)?);
            let opening = &self.text[line.start..item.at.start];
            if !is_dash(opening) {
                return None;
            }
            // A comment after an item that is removed stays, on a line of its own.
            let comment = self.text[self.end(item)?..line.end].trim();
            let stays = if comment.is_empty() {
                String::new()
            } else {
                let indent = &opening[..opening.len() - opening.trim_start().len()];
                format!("{indent}{comment}{}", self.newline())
            };
            self.edits.push((line, stays));
        }
        if !new.is_empty() {
            self.insert_lines(self.end(last)?, &new);
        }
        Some(())
    }

    fn edit_flow_list(&mut self, list: &Node, items: &[Node], progress: &Progress) -> Option<()> {
        let is_kept = |item: &Node| item.as_text().is_some_and(|text| listed(&progress.completed, text));
        if items.is_empty() || !items.iter().all(is_kept) {
            // Rewritten as a whole; if that loses a comment, the check notices, and the edit is given up.
            self.edits.push((list.at.start..self.end(list)?, flow_list(&progress.completed)));
            return Some(());
        }
        let new: Vec<String> = progress.completed.get(items.len()..)?.iter().map(|stage| scalar(stage)).collect();
        if !new.is_empty() {
            let end = self.end(items.last()?)?;
            self.edits.push((end..end, format!(", {}", new.join(", "))));
        }
        Some(())
    }

    fn edit_flow_map(&mut self, entries: &[Entry], progress: &Progress) -> Option<()> {
        let start = entries.first()?.key_at.start;
        match entry(entries, "current") {
            Some(current) => self.set_scalar(current, progress.current)?,
            None => self.edits.push((start..start, format!("current: {}, ", scalar(progress.current)))),
        }
        let Some(completed) = entry(entries, "completed") else {
            let new = format!("completed: {}, ", flow_list(&progress.completed));
            self.edits.push((start..start, new));
            return Some(());
        };
        match &completed.value.value {
            Value::List(items) => self.edit_flow_list(&completed.value, items, progress),
            Value::Null => self.replace_null(completed, &flow_list(&progress.completed)),
            _ => None,
        }
    }

    fn set_scalar(&mut self, entry: &Entry, text: &str) -> Option<()> {
        match &entry.value.value {
            Value::Text(old) if old.trim() == text => Some(()),
            Value::Null => self.replace_null(entry, &scalar(text)),
            Value::Text(_) => {
                let at = entry.value.at;
                // `|` and `>` open text on lines of its own.
                if self.text[at.start..].starts_with(['|', '>']) {
                    return None;
                }
                self.edits.push((at.start..self.end(&entry.value)?, scalar(text)));
                Some(())
            }
            _ => None,
        }
    }

    /// `key:`, `key: ~` or `key: null` gets a value on its line.
    fn replace_null(&mut self, entry: &Entry, value: &str) -> Option<()> {
        let (colon, written) = self.null(entry)?;
        let end = if written.is_empty() { colon } else { written.end };
        self.edits.push((colon..end, format!(" {value}")));
        Some(())
    }

    /// The same, with a value on lines of its own.
    fn fill(&mut self, entry: &Entry, lines: &str) -> Option<()> {
        let (colon, written) = self.null(entry)?;
        if !written.is_empty() {
            self.edits.push((colon..written.end, String::new()));
        }
        self.insert_lines(written.end, lines);
        Some(())
    }

    /// Where the key's colon ends, and the written null after it, if there is one.
    fn null(&self, entry: &Entry) -> Option<(usize, Range<usize>)> {
        let behind = &self.text[entry.key_at.end..];
        let spaces = behind.len() - behind.trim_start_matches([' ', '"', '\'']).len();
        let colon = entry.key_at.end + spaces + 1;
        if !behind[spaces..].starts_with(':') {
            return None;
        }
        let line = &self.text[colon..self.line_end(colon)];
        let start = colon + line.len() - line.trim_start_matches(' ').len();
        let value = self.text[start..].split(|c: char| c.is_whitespace() || matches!(c, ',' | '}')).next()?;
        match value {
            "~" | "null" | "Null" | "NULL" => Some((colon, start..start + value.len())),
            value if value.is_empty() || value.starts_with('#') => Some((colon, colon..colon)),
            _ => None,
        }
    }

    /// Whole lines, after the line that holds `at`.
    fn insert_lines(&mut self, at: usize, lines: &str) {
        let end = self.line_end(at);
        let newline = self.newline();
        // The last line of a file may lack its newline; then the new last line lacks it.
        let new = if self.text[..end].ends_with('\n') {
            lines.to_owned()
        } else {
            format!("{newline}{}", lines.strip_suffix(newline).unwrap_or(lines))
        };
        self.edits.push((end..end, new));
    }

    fn stage_lines(&self, indent: &str, progress: &Progress) -> String {
        let newline = self.newline();
        let completed = self.completed_lines(indent, progress);
        format!("{indent}current: {}{newline}{completed}", scalar(progress.current))
    }

    fn completed_lines(&self, indent: &str, progress: &Progress) -> String {
        if progress.completed.is_empty() {
            return format!("{indent}completed: []{}", self.newline());
        }
        let items = self.item_lines(&format!("{indent}- "), &progress.completed);
        format!("{indent}completed:{}{items}", self.newline())
    }

    fn item_lines(&self, opening: &str, stages: &[String]) -> String {
        stages.iter().map(|stage| format!("{opening}{}{}", scalar(stage), self.newline())).collect()
    }

    fn newline(&self) -> &'static str {
        if self.text.contains("\r\n") { "\r\n" } else { "\n" }
    }

    /// Where a value's last character ends. The parser's own end of quoted and bracketed values takes in a comment
    /// that follows.
    fn end(&self, node: &Node) -> Option<usize> {
        let text = &self.text[node.at.start..];
        let (inner, close) = match (&node.value, text.chars().next()?) {
            (Value::Text(_), quote @ ('\'' | '"')) => {
                let mut rest = text.char_indices().skip(1).peekable();
                while let Some((at, c)) = rest.next() {
                    let escaped = c == '\\' && quote == '"' || c == '\'' && matches!(rest.peek(), Some((_, '\'')));
                    if escaped {
                        rest.next();
                    } else if c == quote {
                        return Some(node.at.start + at + 1);
                    }
                }
                return None;
            }
            (Value::List(items), '[') => (items.last(), ']'),
            (Value::Map(entries), '{') => (entries.last().map(|entry| &entry.value), '}'),
            _ => return Some(node.at.end),
        };
        let mut at = match inner {
            Some(inner) => self.end(inner)?,
            None => node.at.start + 1,
        };
        loop {
            match self.text[at..].chars().next()? {
                '#' => at = self.line_end(at),
                c if c == close => return Some(at + 1),
                c => at += c.len_utf8(),
            }
        }
    }

    fn is_flow(&self, node: &Node) -> bool {
        self.text[node.at.start..].starts_with(['[', '{'])
    }

    fn line_start(&self, at: usize) -> usize {
        self.text[..at].rfind('\n').map_or(0, |newline| newline + 1)
    }

    /// The position after the newline that ends the line of `at`, or the end of the text.
    fn line_end(&self, at: usize) -> usize {
        self.text[at..].find('\n').map_or(self.text.len(), |newline| at + newline + 1)
    }

    /// What stands before a key, if that is nothing but spaces.
    fn indent(&self, key_at: Span) -> Option<String> {
        let indent = self.text[self.line_start(key_at.start)..key_at.start].trim_start_matches('\u{feff}');
        indent.bytes().all(|byte| byte == b' ').then(|| indent.to_owned())
    }
}

fn entry<'a>(entries: &'a [Entry], key: &str) -> Option<&'a Entry> {
    entries.iter().find(|entry| entry.key == key)
}

fn listed(stages: &[String], stage: &str) -> bool {
    stages.iter().any(|listed| listed == stage)
}

fn is_dash(opening: &str) -> bool {
    opening.trim() == "-" && opening.ends_with(' ')
}

fn flow_list(stages: &[String]) -> String {
    let stages: Vec<String> = stages.iter().map(|stage| scalar(stage)).collect();
    format!("[{}]", stages.join(", "))
}

fn flow_stages(progress: &Progress) -> String {
    format!("{{ current: {}, completed: {} }}", scalar(progress.current), flow_list(&progress.completed))
}

/// Text as YAML, in quotes where it needs them.
pub(super) fn scalar(text: &str) -> String {
    let is_word = text.starts_with(|c: char| c.is_ascii_alphabetic() || matches!(c, '.' | '/'))
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_./-".contains(&byte));
    let reads_back = |text: &str| yaml::parse(&Source::new("", text)).is_ok_and(|node| node.as_text() == Some(text));
    if is_word && reads_back(text) {
        text.to_owned()
    } else if text.contains(char::is_control) {
        // JSON's escapes are YAML's.
        serde_json::Value::from(text).to_string()
    } else {
        format!("'{}'", text.replace('\'', "''"))
    }
}

/// The new text holds the wanted progress, and everything else as before.
fn says(text: &str, old: &Node, progress: &Progress) -> bool {
    let Ok(new) = yaml::parse(&Source::new("", text)) else { return false };
    let stages = new.get("stages");
    let current = stages.and_then(|stages| stages.get("current")).and_then(Node::as_text);
    let completed = match stages.and_then(|stages| stages.get("completed")).map(|node| &node.value) {
        None | Some(Value::Null) => Some(Vec::new()),
        Some(Value::List(items)) => items.iter().map(Node::as_text).collect(),
        Some(_) => None,
    };
    current == Some(progress.current)
        && completed.is_some_and(|completed| completed == progress.completed)
        && others(&new) == others(old)
}

/// Every value that is not the progress, with its path.
fn others(tree: &Node) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for entry in tree.entries() {
        if entry.key == "stages" {
            for stage in entry.value.entries().iter().filter(|e| e.key != "current" && e.key != "completed") {
                found.push((format!("stages.{}", stage.key), plain(&stage.value)));
            }
        } else {
            found.push((entry.key.clone(), plain(&entry.value)));
        }
    }
    found
}

/// A value without its positions.
fn plain(node: &Node) -> String {
    match &node.value {
        Value::List(items) => format!("{:?}", items.iter().map(plain).collect::<Vec<_>>()),
        Value::Map(entries) => {
            format!("{:?}", entries.iter().map(|entry| (&entry.key, plain(&entry.value))).collect::<Vec<_>>())
        }
        value => format!("{value:?}"),
    }
}

/// Each comment of the old text is in the new one. A `#` inside quotes counts too, which is on the safe side.
fn keeps_comments(old: &str, new: &str) -> bool {
    let comments = |text: &str| {
        let mut comments: Vec<String> =
            text.lines().filter_map(|line| line.find('#').map(|at| line[at..].trim_end().to_owned())).collect();
        comments.sort();
        comments
    };
    let (old, mut new) = (comments(old), comments(new));
    old.iter().all(|comment| {
        let found = new.iter().position(|other| other == comment);
        found.map(|at| new.remove(at)).is_some()
    })
}

fn by_hand(source: &Arc<Source>, tree: &Node, progress: &Progress) -> Diagnostic {
    let at = tree.entry("stages").map_or(tree.at, |entry| entry.key_at);
    let lines = Editor { text: "", edits: Vec::new() }.stage_lines("     ", progress);
    Diagnostic::new(source, at, "lsfr cannot change `stages` here without losing something that you wrote")
        .help(format!("the file is unchanged; set it by hand to\n   stages:\n{}", lines.trim_end()))
}

#[cfg(test)]
#[path = "edit_tests.rs"]
mod tests;

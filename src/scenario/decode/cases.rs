//! `cases`: programs of the stage's own folder, found and read before anything runs.

use crate::text::did_you_mean;
use crate::yaml::{Node, Value};

use super::super::{Cases, case};
use super::fields::Fields;
use super::{Decoder, Names, list};

impl Decoder<'_> {
    pub(super) fn cases(&mut self, value: &Node, fields: &Fields<'_>) -> Option<Cases> {
        let patterns: Vec<&Node> = match &value.value {
            Value::List(items) => items.iter().collect(),
            _ => vec![value],
        };
        let mut cases = Cases {
            shown: Vec::new(),
            paths: Vec::new(),
            cases: Vec::new(),
            timeout: self.duration_field(fields, "timeout"),
            memory: self.memory(fields),
        };
        let all = case::paths(self.cases);
        for node in patterns {
            let Some(pattern) = self.plain_text(node) else { continue };
            let found: Vec<&String> = all.iter().filter(|path| case::fits(&pattern, path)).collect();
            if found.is_empty() {
                let help = match did_you_mean(&pattern, all.iter().map(String::as_str)) {
                    Some(near) => format!("did you mean `{near}`?"),
                    None if all.is_empty() => "put programs into the folder `cases` beside tests.yaml".to_owned(),
                    None => format!("there are {}", list(all.iter().map(String::as_str))),
                };
                self.error(node.at, format!("no program is called `{pattern}`"), help);
            }
            for path in found {
                if cases.paths.contains(path) {
                    self.error(node.at, format!("`{path}` is named twice"), "name each program once");
                    continue;
                }
                if !self.may_read(node, &Names::new()) {
                    return None;
                }
                cases.paths.push(path.clone());
                match case::read(path, self.cases) {
                    Ok(case) => cases.cases.push(case),
                    Err(errors) => self.errors.extend(errors),
                }
            }
            cases.shown.push(pattern);
        }
        Some(cases)
    }

    /// `memory`, in megabytes, as bytes.
    pub(super) fn memory(&mut self, fields: &Fields<'_>) -> Option<u64> {
        let node = fields.get("memory")?;
        match node.value {
            Value::Int(megabytes) if (1..=super::verbs::MOST_MEMORY).contains(&megabytes) => {
                Some(megabytes as u64 * 1_000_000)
            }
            _ => {
                let message = format!("a program has 1 to {} MB", super::verbs::MOST_MEMORY);
                self.error(node.at, message, "write the number of megabytes, as in `memory: 100`");
                None
            }
        }
    }
}

//! `disk_usage`: how much a node's folder may hold.

use super::{Action, HINT, Shape, Verb, required};
use crate::scenario::Selector;
use crate::scenario::decode::{Decoder, Names, Undecoded};
use crate::scenario::matcher::Matcher;
use crate::scenario::template::Data;

#[derive(Debug)]
pub struct DiskUsage {
    pub nodes: Selector,
    pub is: Matcher<Data>,
}

pub(super) const VERBS: &[Verb] = &[Verb {
    name: "disk_usage",
    group: "nodes",
    takes: Shape::Selector,
    beside: &[required("is", Shape::Matcher, "What the number of bytes must be."), HINT],
    doc: "Measures the folders of nodes, down or up: the bytes that their files take on the disk, as `du` counts them. Space that the file system set aside beyond a file's end does not count.",
    example: "- disk_usage: n1\n  is: { lte: 30000000 }",
    decode,
}];

fn decode(decoder: &mut Decoder<'_>, step: &mut Undecoded<'_>, names: &mut Names) -> Option<Action> {
    let nodes = decoder.selector(step.value, names);
    let is = decoder.matcher(step.fields.get("is")?, names);
    Some(Action::DiskUsage(DiskUsage { nodes: nodes?, is: is? }))
}

#[cfg(test)]
mod tests {
    use crate::scenario::decode::tests::problems;

    #[test]
    fn what_the_size_must_be_is_said() {
        assert_eq!(problems("- disk_usage: n1"), ["1:3 `disk_usage` has no `is`"]);
    }
}

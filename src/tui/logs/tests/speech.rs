//! What one node printed around a moment.

use std::time::Duration;

use super::{LogPane, Run};
use crate::tui::logs::Speech;

fn said(speech: &Speech) -> [Vec<String>; 2] {
    let texts = |lines: &[crate::tui::logs::Spoken]| {
        lines.iter().map(|line| format!("{} {}", line.at.as_millis(), line.text)).collect()
    };
    [texts(&speech.before), texts(&speech.after)]
}

#[test]
fn a_nodes_last_lines_before_a_moment_and_its_first_after_it_are_found_whatever_is_filtered() {
    let run = Run::new();
    for at in 1..=9 {
        run.print_at("n1", 10 * at, format!("one {at}\nalso {at}\n"));
        run.print_at("n2", 10 * at + 1, format!("two {at}\n"));
    }
    let opened = run.read();
    let mut pane = LogPane::default();
    pane.filter_text("nothing like that");
    opened.settle(&mut pane, 40, 5);
    let speech = opened.store.speech("n1", (Duration::from_millis(50), Duration::MAX), 3, 3);
    let before = ["40 also 4", "50 one 5", "50 also 5"].map(str::to_owned);
    let after = ["60 one 6", "60 also 6", "70 one 7"].map(str::to_owned);
    assert_eq!(said(&speech), [before.to_vec(), after.to_vec()]);
    // What a later test's nodes of the same names print is not theirs.
    let speech = opened.store.speech("n1", (Duration::from_millis(50), Duration::from_millis(65)), 0, 9);
    assert_eq!(said(&speech), [Vec::new(), after[..2].to_vec()]);
    let speech = opened.store.speech("n2", (Duration::from_millis(5), Duration::MAX), 3, 0);
    assert_eq!(speech, Speech::default(), "it had printed nothing");
    assert_eq!(opened.store.speech("n3", (Duration::MAX, Duration::MAX), 3, 3), Speech::default());
    assert_eq!(
        said(&opened.store.speech("n2", (Duration::MAX, Duration::MAX), 1, 1)),
        [vec!["91 two 9".to_owned()], vec![]]
    );
}

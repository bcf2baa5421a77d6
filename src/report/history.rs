//! How an answer changed while it was waited for, in one line.

use super::visible::show;
use crate::facts::{Expected, Finding, Mismatch, Seen, Spot};

/// `0.0s 503 ×4 → 0.4s 307 to n3 ×2 → never 200`
pub(super) fn history(seen: &[Seen], never: Option<String>) -> Option<String> {
    const MOST: usize = 8;
    if seen.is_empty() {
        return None;
    }
    let one = |seen: &Seen| {
        let times = if seen.times > 1 { format!(" ×{}", seen.times) } else { String::new() };
        format!("{:.1}s {}{times}", seen.at.as_secs_f64(), seen.what)
    };
    let mut parts: Vec<String> = if seen.len() > MOST {
        let first = seen[..3].iter().map(one);
        let left_out = format!("… {} more changes …", seen.len() - MOST);
        first.chain([left_out]).chain(seen[seen.len() - (MOST - 3)..].iter().map(one)).collect()
    } else {
        seen.iter().map(one).collect()
    };
    parts.extend(never);
    Some(parts.join(" → "))
}

/// What never came, if a few words can say it.
pub(super) fn never(finding: &Finding) -> Option<String> {
    match finding {
        Finding::Conversation(talk) => match &talk.mismatches[..] {
            [Mismatch { expected: Expected::Value(value), .. }, ..] => {
                let text = show(value);
                (text.chars().count() <= 40).then(|| format!("never {text}"))
            }
            _ => None,
        },
        Finding::Answer { mismatches, .. } => match &mismatches[..] {
            [Mismatch { path, expected, .. }, ..] => {
                let expected = match expected {
                    Expected::Value(value) => show(value),
                    Expected::Words(words) => words.clone(),
                };
                let text = if *path == Spot::Status { expected } else { format!("{path} {expected}") };
                (text.chars().count() <= 40).then(|| format!("never {text}"))
            }
            [] => None,
        },
        Finding::Answers { need, .. } => Some(format!("never {need}")),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn many_changes_keep_their_beginning_and_end() {
        let seen: Vec<Seen> =
            (0..20).map(|at| Seen { at: Duration::from_secs(at), what: format!("s{at}"), times: 1 }).collect();
        assert_eq!(
            history(&seen, Some("never 200".into())).unwrap(),
            "0.0s s0 → 1.0s s1 → 2.0s s2 → … 12 more changes … → 15.0s s15 → 16.0s s16 → 17.0s s17 → 18.0s s18 → \
             19.0s s19 → never 200"
        );
        assert_eq!(history(&[], Some("never 200".into())), None);
    }
}

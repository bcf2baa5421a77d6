//! A card on a page of so many lines: what says least about the failure gives way, and is counted.

use super::card::{Card, NodeAnswer, Said, Shown};
use super::card_page::{Form, Line, Page};
use super::diff::plural;
use super::trail::Row;

/// Lines that a node keeps as long as others have more.
const FEW: usize = 2;
/// The same for the node in question, which comes first, as long as there are requests to fold that change nothing.
const FIRST: usize = 4;

/// The lines of a card, at most so many of them if that can be.
pub(super) fn lines(card: &Card, form: &Form, most: usize) -> Vec<Line> {
    let mut card = card.clone();
    loop {
        let lines = Page::new(&card, form).lines();
        if lines.len() <= most || !give_way(&mut card) {
            return lines;
        }
    }
}

/// Leaves something out, if there is something left that can be.
fn give_way(card: &mut Card) -> bool {
    shorten_others(&mut card.said)
        || shorten_answers(&mut card.answers)
        || silence_last(card)
        || shorten_first(&mut card.said, FIRST)
        || fold_row(&mut card.led_here, &|row| row.verb == "GET")
        || shorten_first(&mut card.said, FEW)
        || fold_row(&mut card.led_here, &|row| row.took.is_some())
        || fold_row(&mut card.led_here, &|_| true)
        || shorten_asked(&mut card.asked)
        || shorten_row(&mut card.led_here)
}

/// The first of these rows that stands beside one that counts others: that one names it in a few words.
fn fold_row(rows: &mut Vec<Row>, may: &dyn Fn(&Row) -> bool) -> bool {
    let counts = |at: usize| rows.get(at).is_some_and(|row| row.at.is_none());
    let folds = |at: &usize| {
        let row = &rows[*at];
        let beside = at.checked_sub(1).is_some_and(counts) || counts(at + 1);
        row.at.is_some() && !row.wrong && may(row) && beside
    };
    let Some(at) = (0..rows.len()).find(folds) else { return false };
    let after = at.checked_sub(1).is_some_and(counts);
    let Row { verb, node, outcome, .. } = rows.remove(at);
    let words: Vec<String> = [verb, node, outcome].into_iter().filter(|word| !word.is_empty()).collect();
    let words = words.join(" ");
    if !after {
        rows[at].text = format!("{words}; {}", rows[at].text);
        return true;
    }
    rows[at - 1].text.push_str(&format!("; {words}"));
    if rows.get(at).is_some_and(|row| row.at.is_none()) {
        let next = rows.remove(at);
        rows[at - 1].text.push_str(&format!("; {}", next.text));
    }
    true
}

/// Whom the earlier operations of a history asked. The last ones settled the matter.
fn shorten_asked(asked: &mut Vec<Shown>) -> bool {
    const LAST: usize = 2;
    let earlier = asked.len().saturating_sub(LAST);
    // A line that counts one takes as much room.
    if earlier < 2 {
        return false;
    }
    let value = format!("{earlier} earlier ones asked several nodes, too");
    asked.splice(..earlier, [Shown { name: "…".to_owned(), value }]);
    true
}

/// The headers of the first request that has some, and did not fail: they may take a line of their own.
fn shorten_row(rows: &mut [Row]) -> bool {
    let first = rows.iter_mut().find(|row| !row.wrong && !row.headers.is_empty());
    first.map(|row| row.headers.clear()).is_some()
}

/// The earliest line of whoever has most of them, besides the node in question.
fn shorten_others(said: &mut [Said]) -> bool {
    let others = said.iter_mut().skip(1).filter(|said| said.lines.len() > FEW);
    others.max_by_key(|said| said.lines.len()).is_some_and(drop_earliest)
}

/// The earliest line of the node in question, if it has more than so many.
fn shorten_first(said: &mut [Said], kept: usize) -> bool {
    said.first_mut().is_some_and(|first| first.lines.len() > kept && drop_earliest(first))
}

fn drop_earliest(said: &mut Said) -> bool {
    if said.lines.is_empty() {
        return false;
    }
    said.earlier += 1 + said.lines.remove(0).left_out;
    if let Some(next) = said.lines.first_mut() {
        said.earlier += std::mem::take(&mut next.left_out);
    }
    true
}

/// How the last of the answers differs that still say so, if another one does in another way: those that are alike share
/// their lines.
fn shorten_answers(answers: &mut [NodeAnswer]) -> bool {
    let mut told = answers.iter_mut().filter(|answer| !answer.differences.is_empty());
    let Some(first) = told.next() else { return false };
    let Some(last) = told.rfind(|answer| answer.differences != first.differences) else { return false };
    let count = last.differences.len();
    last.text = format!("{count} {}", plural(count, "difference", "differences"));
    last.differences.clear();
    true
}

/// The last of the nodes that printed something.
fn silence_last(card: &mut Card) -> bool {
    if card.said.len() < 2 {
        return false;
    }
    let last = card.said.pop();
    card.said_too.extend(last.map(|said| said.node));
    card.said_too.sort();
    true
}

#[cfg(test)]
mod tests {
    use super::super::card::SaidLine;
    use super::super::diff::Difference;
    use super::*;

    #[test]
    fn what_gives_way_is_counted_and_the_node_in_question_keeps_most() {
        let line = |number| SaidLine { left_out: 0, at: None, text: format!("line {number}") };
        let said = |node: &str| Said {
            node: node.into(),
            lines: (0..5).map(line).collect(),
            earlier: 1,
            later: 0,
            from_error: false,
        };
        let card = Card { said: ["n1", "n2", "n3"].map(said).to_vec(), ..Card::example("s", "t", &[]) };
        let form = Form { columns: 100, whole_commands: true, all_hints: false, ask: "" };
        let text = |most| {
            let lines = lines(&card, &form, most);
            lines.iter().map(|line| line.iter().map(|(_, text)| text.as_str()).collect()).collect::<Vec<String>>()
        };
        let all = text(100).len();
        let shorter = text(all - 6);
        assert_eq!(shorter.len(), all - 6);
        let after = |node: &str, lines: &[String]| {
            let at = lines.iter().position(|line| line.trim() == format!("{node} said")).unwrap();
            lines[at + 1].trim().to_owned()
        };
        assert_eq!([after("n1", &shorter), after("n2", &shorter)], ["… 1 earlier line", "… 4 earlier lines"]);
        let shortest = text(1);
        assert!(shortest.iter().any(|line| line.contains("n2 and n3 printed something then, too")), "{shortest:#?}");
        assert_eq!(after("n1", &shortest), "… 4 earlier lines");
    }

    #[test]
    fn a_write_stays_longer_than_what_was_read_and_what_was_said_long_before() {
        let row = |verb: &str| Row {
            at: Some(std::time::Duration::ZERO),
            verb: verb.into(),
            took: Some(std::time::Duration::ZERO),
            ..Row::default()
        };
        let line = |number| SaidLine { left_out: 0, at: None, text: format!("line {number}") };
        let said =
            Said { node: "n1".into(), lines: (0..4).map(line).collect(), earlier: 0, later: 0, from_error: false };
        let count = || Row { text: "5 more".into(), ..Row::default() };
        let led_here = vec![count(), row("PUT"), count(), row("GET"), count()];
        let mut card = Card { said: vec![said], led_here, ..Card::example("s", "t", &[]) };
        let verbs = |card: &Card| card.led_here.iter().map(|row| row.verb.clone()).collect::<String>();
        let mut left = Vec::new();
        while give_way(&mut card) {
            left.push((verbs(&card), card.said[0].lines.len()));
        }
        assert_eq!(left, [("PUT".into(), 4), ("PUT".into(), 3), ("PUT".into(), 2), (String::new(), 2)]);
    }

    #[test]
    fn answers_that_share_their_lines_keep_them() {
        let answer = |node: &str, actual: &str| NodeAnswer {
            node: node.into(),
            redirected_to: None,
            fits: false,
            text: String::new(),
            differences: vec![Difference {
                path: "status".into(),
                expected: "404".into(),
                actual: actual.into(),
                ..Difference::default()
            }],
        };
        let mut answers = [answer("n1", "200"), answer("n2", "503"), answer("n3", "200")];
        assert!(shorten_answers(&mut answers));
        assert_eq!(answers.each_ref().map(|answer| &*answer.text), ["", "1 difference", ""]);
        assert!(!shorten_answers(&mut answers), "the two that are left are alike");
    }

    #[test]
    fn headers_go_where_rows_cannot() {
        let row = |at: u64, wrong| Row {
            at: Some(std::time::Duration::from_millis(at)),
            verb: "PUT".into(),
            node: "n1".into(),
            text: "/kv/a".into(),
            headers: vec![("If-Match".into(), format!("{at:060}"))],
            took: Some(std::time::Duration::default()),
            wrong,
            ..Row::default()
        };
        let card = Card { led_here: (0..30).map(|at| row(at, at == 29)).collect(), ..Card::example("s", "t", &[]) };
        let form = Form { columns: 60, whole_commands: true, all_hints: false, ask: "" };
        let headers = |lines: &[Line]| {
            let has = |line: &&Line| line.iter().any(|(_, text)| text.contains("If-Match"));
            lines.iter().filter(has).count()
        };
        assert_eq!(headers(&lines(&card, &form, 100)), 30);
        let short = lines(&card, &form, 60);
        assert!(short.len() <= 60 && (1..30).contains(&headers(&short)), "{} lines", short.len());
    }

    #[test]
    fn rows_beside_a_count_are_named_by_it() {
        let row = |at: u64, verb: &str, took: bool| Row {
            at: Some(std::time::Duration::from_millis(at)),
            verb: verb.into(),
            node: "n1".into(),
            took: took.then(std::time::Duration::default),
            ..Row::default()
        };
        let count = |text: &str| Row { text: text.into(), ..Row::default() };
        let wrong = Row { wrong: true, ..row(9, "GET", true) };
        let mut rows = vec![count("3 earlier"), row(1, "KILL", false), row(2, "PUT", true), count("2 more"), wrong];
        assert!(fold_row(&mut rows, &|row| row.took.is_some()));
        assert_eq!(rows[2].text, "PUT n1; 2 more");
        assert!(!fold_row(&mut rows, &|row| row.took.is_some()), "what is wrong stays");
        assert!(fold_row(&mut rows, &|_| true));
        assert_eq!(rows[0].text, "3 earlier; KILL n1; PUT n1; 2 more");
        assert_eq!(rows.len(), 2);
    }

    #[test]
    fn whom_the_earlier_operations_asked_is_counted() {
        let shown = |name: &str| Shown { name: name.to_owned(), value: "asked n1 at +0.1: 307".to_owned() };
        let mut asked: Vec<Shown> = ["client 1", "client 2", "client 3", "client 4"].map(shown).into();
        assert!(shorten_asked(&mut asked));
        let told: Vec<String> = asked.iter().map(|shown| format!("{} {}", shown.name, shown.value)).collect();
        assert_eq!(told[0], "… 2 earlier ones asked several nodes, too");
        assert_eq!(asked[1..], [shown("client 3"), shown("client 4")]);
        assert!(!shorten_asked(&mut asked), "there is no more to gain");
    }
}

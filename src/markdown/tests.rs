//! What a reader sees, as plain text, and what each part of it is.

use proptest::prelude::*;
use unicode_width::UnicodeWidthStr;

use super::*;

const PANE: Medium = Medium::Pane { colour: true };
const MEDIA: [Medium; 4] = [Medium::Plain, Medium::Printed, PANE, Medium::Pane { colour: false }];

fn plain(source: &str, width: usize) -> String {
    shown(source, width, Medium::Plain)
}

fn shown(source: &str, width: usize, medium: Medium) -> String {
    render(source, width, medium).lines.iter().map(|line| to_plain(line)).collect::<Vec<_>>().join("\n")
}

#[test]
fn paragraphs_wrap_and_blocks_stand_apart() {
    assert_eq!(
        plain("# A long heading here\n\nOne *two* three\nfour five.\n\n---\nsix  \nseven\n", 16),
        "# A long heading\n  here\n\nOne two three\nfour five.\n\n────────────────\n\nsix\nseven"
    );
    assert_eq!(plain("", 40), "");
    assert_eq!(plain("<!-- a\nnote -->\n\n# T <!-- x -->\n\nA <key> here.\n", 40), "# T\n\nA <key> here.");
}

#[test]
fn lists_hang_and_nest() {
    assert_eq!(
        plain("Do:\n\n- one two three four\n- b\n  1. x y z x y z\n  2. second\n- \n- c\n\nEnd\n", 14),
        "Do:\n\n• one two\n  three four\n• b\n  1. x y z x y\n     z\n  2. second\n•\n• c\n\nEnd"
    );
    assert_eq!(plain("- one\n\n  more\n\n- two\n\n      code\n", 40), "• one\n\n  more\n\n• two\n\n    code");
    assert_eq!(plain("9. a\n10. b\n", 40), "9. a\n10. b");
}

#[test]
fn code_is_wrapped_in_a_pane_alone() {
    assert_eq!(
        plain("Run:\n\n```sh\ncurl -i   http://127.0.0.1:8080/kv/a\n\n\tx\n```\nEnd", 12),
        "Run:\n\n  curl -i   http://127.0.0.1:8080/kv/a\n\n          x\n\nEnd"
    );
    let session =
        "- Run\n\n  ```console\n  $ curl -i --data-binary 42 http://127.0.0.1:8080/kv/a\n\n      if so\n  ```\nEnd";
    assert_eq!(
        shown(session, 30, PANE),
        "• Run\n\n  ▏ $ curl -i --data-binary 42\n  ▏ ↳ http://127.0.0.1:8080/\n  ▏ ↳ kv/a\n  ▏\n  \
         ▏     if so\n\nEnd"
    );
    let printed = "• Run\n\n    $ curl -i --data-binary 42 http://127.0.0.1:8080/kv/a\n\n        if so\n\nEnd";
    assert_eq!(shown(session, 30, Medium::Printed), printed);
    let code = &render(session, 30, PANE).codes[0];
    assert_eq!((code.lines.clone(), code.language), (2..7, Language::Console));
    assert_eq!(code.text, "$ curl -i --data-binary 42 http://127.0.0.1:8080/kv/a\n\n    if so");
    assert_eq!(code.commands(), ["curl -i --data-binary 42 http://127.0.0.1:8080/kv/a"]);
}

#[test]
fn marks_go_where_something_else_says_it() {
    let source = "# A `b`\n\nText\n\n## C\n### D\n`.` or *e* [f](https://g.h) ![](i)\n";
    assert_eq!(shown(source, 40, Medium::Plain), "# A `b`\n\nText\n\n## C\n\n### D\n\n`.` or e f[1] [2]");
    assert_eq!(shown(source, 40, Medium::Printed), "A b\n\nText\n\nC\n\nD\n. or e f[1] [2]");
    assert_eq!(shown(source, 40, PANE), "A b\n\nText\n\nC\n\nD\n. or e f i");
    assert_eq!(shown(source, 40, Medium::Pane { colour: false }), "A `b`\n\nText\n\nC\n\nD\n`.` or e f i");
    assert!(render(source, 40, PANE).link_list().is_empty());
    // A heading without a text, and one too deep for a prefix of its own, have a line.
    for source in ["# \n".to_owned(), format!("{}# ", "> ".repeat(120)), "- # a\n- #\n".to_owned()] {
        for medium in MEDIA {
            let document = render(&source, 40, medium);
            assert!(document.headings.iter().all(|heading| heading.line < document.lines.len()), "{source}");
        }
    }
}

#[test]
fn quotes_and_callouts_have_a_bar() {
    assert_eq!(
        plain("> one two three\n>\n> - a\n\n> [!WARNING]\n> Mind the *gap*.\n\nEnd", 12),
        "│ one two\n│ three\n│\n│ • a\n\n┃ Warning\n┃ Mind the\n┃ gap.\n\nEnd"
    );
    let lines = render("> [!TIP]\n> Text `code`\n", 40, Medium::Plain).lines;
    let roles: Vec<Role> = lines.concat().iter().map(|span| span.role).collect();
    let tip = Role::Callout(Callout::Tip);
    assert_eq!(roles, [tip, tip, tip, Role::Text, Role::Code]);
}

#[test]
fn tables_fit_or_become_lists() {
    let table = "| request | answer |\n|---|--:|\n| `PUT /kv/{key}` | 200 |\n| GET | 404 `key not found` |\n";
    assert_eq!(
        plain(table, 60),
        "request         │              answer\n\
         ────────────────┼────────────────────\n\
         `PUT /kv/{key}` │                 200\n\
         GET             │ 404 `key not found`"
    );
    assert_eq!(
        plain(table, 24),
        "request     │     answer\n\
         ────────────┼───────────\n\
         `PUT        │        200\n\
         /kv/{key}`  │\n\
         GET         │   404 `key\n\
         \u{20}           │ not found`"
    );
    assert_eq!(
        plain(table, 10),
        "request:\n`PUT\n/kv/{key}`\nanswer:\n200\n\nrequest:\nGET\nanswer:\n404 `key\nnot found`"
    );
}

#[test]
fn links_are_numbered_and_listed_once() {
    let document = render("[The *paper*](https://a.b/c), <https://d.e>, [again](https://a.b/c)\n", 60, Medium::Plain);
    assert_eq!(to_plain(&document.lines[0]), "The paper[1], https://d.e, again[1]");
    assert_eq!(
        document.links,
        [
            Link { address: "https://a.b/c".into(), numbered: true },
            Link { address: "https://d.e".into(), numbered: false }
        ]
    );
    let list: Vec<String> = document.link_list().iter().map(|line| to_plain(line)).collect();
    assert_eq!(list, ["[1] https://a.b/c"]);
    let linked: Vec<_> = document.lines[0].iter().filter(|span| span.link == Some(0)).collect();
    assert_eq!(linked.iter().map(|span| span.text.as_str()).collect::<String>(), "The paper[1]again[1]");
    assert_eq!(linked[1].role, Role::Emphasis);
}

#[test]
fn headings_know_their_line_and_slug() {
    let source = "# Failover\n\nText\n\n## The `old` leader's return\n\nx\n\n## Notes\n\n## Notes\n";
    let document = render(source, 60, Medium::Plain);
    let found: Vec<_> = document.headings.iter().map(|h| (h.level, h.slug.as_str(), h.line)).collect();
    assert_eq!(found, [(1, "failover", 0), (2, "the-old-leaders-return", 4), (2, "notes", 8), (2, "notes-1", 10)]);
    assert_eq!(to_plain(&document.lines[4]), "## The `old` leader's return");
    assert_eq!(document.headings[1].text, "The old leader's return");
    assert_eq!(slug("HTTP & JSON_API: v2"), "http--json_api-v2");
}

#[test]
fn control_sequences_do_not_pass() {
    let source = "# \u{1b}[31mred\n\n`a\u{9b}2Jb` &#27;[0m \u{202e}x\n\n```\n\u{1b}]0;title\u{7}code\n```\n[l](http://x/\u{1b}[1m)\n";
    let document = render(source, 60, Medium::Plain);
    let text: String = document.lines.concat().iter().map(|span| span.text.clone()).collect();
    assert!(!text.contains(char::is_control), "{text:?}");
    assert!(document.links.iter().all(|link| !link.address.contains(char::is_control)));
    assert!(text.contains("red") && text.contains("code") && text.contains("<U+202E>x"), "{text}");
}

#[test]
fn colours_wrap_each_span() {
    let line = &render("a **b**\n", 40, Medium::Plain).lines[0];
    assert_eq!(to_ansi(line), "a \u{1b}[1mb\u{1b}[0m");
}

proptest! {
    #[test]
    fn whatever_it_says_it_fits(
        pieces in prop::collection::vec(prop::sample::select(vec![
            "# ", "\n", "\n\n", "- ", "  ", "    ", "1. ", "> ", "[!NOTE]\n", "|", "|---|:-:|\n", "| a | b |\n", "*", "**", "`",
            "word ", "longerword", "世界", "👩\u{200d}👩", "\u{1b}[1m", "\t", "[a](http://b.c/d)", "![i](j)", "<b>", "<!--", "-->",
            "---\n", "  \n", "&amp;", "\n```sh\n", "$ a 'b", "\u{301}", "☀\u{fe0f}",
        ]), 0..60),
        width in 0usize..50,
        medium in prop::sample::select(MEDIA.to_vec()),
    ) {
        let document = render(&pieces.concat(), width, medium);
        for line in &document.lines {
            let text = to_plain(line);
            prop_assert!(!text.contains(char::is_control), "{text:?}");
            let whole = !medium.wraps_code() && line.iter().any(|span| matches!(span.role, Role::CodeBlock(_)));
            prop_assert!(whole || text.width() <= width.max(10), "{text:?} is wider than {width}");
        }
        for heading in &document.headings {
            let line = to_plain(&document.lines[heading.line]);
            prop_assert!(line.contains('#') || !medium.marks_headings());
        }
        for span in document.lines.concat() {
            prop_assert!(span.link.is_none_or(|link| link < document.links.len()));
        }
        for code in &document.codes {
            prop_assert!(!code.lines.is_empty() && code.lines.end <= document.lines.len());
        }
    }
}

#[test]
fn what_is_nested_or_repeated_without_end_is_rendered_soon() {
    // Each of these once took minutes, which a test does not have: prefixes of prefixes, and headings told apart from
    // all others.
    for piece in ["> ", "1. ", "# \n", "## a\n", "[a](", "**a", "> 1. ", "\n\n> - "] {
        let text = piece.repeat((256 << 10) / piece.len());
        let document = render(&text, 80, Medium::Plain);
        assert!(document.lines.iter().all(|line| line.len() < 200), "{piece}");
        crate::challenge::Guide::new(crate::yaml::Source::new("guide.md", text));
    }
    let headings = render("# a\n# a\n# b\n# a\n", 80, Medium::Plain).headings;
    let slugs: Vec<&str> = headings.iter().map(|heading| heading.slug.as_str()).collect();
    assert_eq!(slugs, ["a", "a-1", "b", "a-2"]);
}

//! What is told apart in each language, and that nothing is lost.

use std::fmt::Write as _;

use proptest::prelude::*;

use super::*;

/// `keyword<return> ` and so on; text stands as it is.
fn shown(language: Language, source: &str) -> String {
    let mut out = String::new();
    for (token, range) in tokens(language, source) {
        let text = &source[range];
        match token {
            Token::Text => out.push_str(text),
            token => write!(out, "{}<{text}>", format!("{token:?}").to_lowercase()).unwrap(),
        }
    }
    out
}

#[test]
fn a_shell_has_commands_options_strings_and_comments() {
    assert_eq!(
        shown(Language::Shell, "curl -i --data-binary 'a b' --port=80 http://x/#y | jq . # all"),
        "name<curl> keyword<-i> keyword<--data-binary> string<'a b'> keyword<--port>=80 http://x/#y | name<jq> . \
         comment<# all>"
    );
    assert_eq!(
        shown(Language::Shell, "A=1 make 2>&1 && echo \"$A\\\"\" $? ${HOME}/x $(pwd)\nls"),
        "A=1 name<make> 2>&1 && name<echo> string<\"$A\\\"\"> number<$?> number<${HOME}>/x $(name<pwd>)\nname<ls>"
    );
    assert_eq!(shown(Language::Shell, "a \\\n  -b"), "name<a> \\\n  keyword<-b>");
}

#[test]
fn a_session_has_prompts_commands_and_what_they_print() {
    let session =
        "$ curl -i \\\n    --x http://a\nHTTP/1.1 200 OK\nETag: \"17\"\n\n{\"id\":1}\nplain: -x\n$ echo $?\n42";
    assert_eq!(
        shown(Language::Console, session),
        "prompt<$ >name<curl> keyword<-i> \\\n    keyword<--x> http://a\nHTTP/1.1 number<200> OK\n\
         name<ETag>: \"17\"\n\n{name<\"id\">:number<1>}\nplain: -x\nprompt<$ >name<echo> number<$?>\n42"
    );
    assert_eq!(commands(session), ["curl -i \\\n    --x http://a", "echo $?"]);
    assert!(commands("no prompt\n").is_empty());
}

#[test]
fn http_has_methods_paths_statuses_headers_and_a_body() {
    assert_eq!(
        shown(Language::Http, "PUT /kv/a HTTP/1.1\nIf-Match: \"1\"\n\nvalue: 1\nHTTP/1.1 412 No\n\n[true]\n"),
        "keyword<PUT> name</kv/a> HTTP/1.1\nname<If-Match>: \"1\"\n\nvalue: 1\nHTTP/1.1 number<412> No\n\n\
         [keyword<true>]\n"
    );
    assert_eq!(shown(Language::Http, "Location: http://x"), "name<Location>: http://x");
}

#[test]
fn json_has_keys_strings_numbers_and_literals() {
    assert_eq!(
        shown(Language::Json, "{\"a\" : \"b\\\"c\", \"d\": [-1.5e3, null, nil]}"),
        "{name<\"a\"> : string<\"b\\\"c\">, name<\"d\">: [number<-1.5e3>, keyword<null>, nil]}"
    );
}

#[test]
fn c_has_keywords_calls_strings_numbers_and_comments() {
    assert_eq!(
        shown(Language::C, "#include <stdio.h>\n/* a\nb */ int main(void) { return f(0x2a, '\\'', \"s\"); } // end"),
        "keyword<#include> string<<stdio.h>>\ncomment</* a\nb */> keyword<int> name<main>(keyword<void>) { \
         keyword<return> name<f>(number<0x2a>, string<'\\''>, string<\"s\">); } comment<// end>"
    );
    assert_eq!(shown(Language::C, "a # b\n # define X 1"), "a # b\n keyword<# define> X number<1>");
}

#[test]
fn what_nobody_knows_is_text() {
    assert_eq!(shown(Language::of("text"), "return 1"), "return 1");
    assert_eq!(Language::of("Console title=x"), Language::Console);
    assert_eq!(Language::of("json,ignore"), Language::Json);
    assert_eq!(Language::of(""), Language::Other);
    for language in ALL {
        assert!(tokens(language, "").is_empty());
    }
}

const ALL: [Language; 6] =
    [Language::Other, Language::Shell, Language::Console, Language::Http, Language::Json, Language::C];

fn source() -> impl Strategy<Value = String> {
    let pieces = [
        "$ ",
        "\n",
        "\\",
        "\"",
        "'",
        "#",
        "//",
        "/*",
        "*/",
        "HTTP/1.1 ",
        "200",
        "GET /a",
        "a: b",
        "{",
        "}",
        "[",
        ":",
        "$",
        "${",
        "$(",
        "-x",
        "--y=",
        "世界",
        "\u{301}",
        "\t",
        " ",
        "int ",
        "f(",
        "0x1f",
        "-1e5",
        "true",
        "=",
        "|",
        ">&",
        "#include <a>",
    ];
    prop::collection::vec(prop_oneof![prop::sample::select(pieces.to_vec()).prop_map(str::to_owned), "\\PC"], 0..40)
        .prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn tokens_put_together_are_the_source(source in source()) {
        for language in ALL {
            let mut end = 0;
            let mut last = None;
            for (token, range) in tokens(language, &source) {
                prop_assert_eq!(range.start, end);
                prop_assert!(range.end > end && source.is_char_boundary(range.end));
                prop_assert_ne!(last, Some(token));
                (end, last) = (range.end, Some(token));
            }
            prop_assert_eq!(end, source.len());
        }
        for command in commands(&source) {
            prop_assert!(source.contains(command));
        }
    }
}

#[test]
fn much_of_anything_is_read_once() {
    // Reading on to the end from each place would take minutes here, which a test does not have.
    for piece in ["\"", "'", "/*", "a ", "$ \\\n", "{", "${", "\"a\" ", "(\n", "HTTP/1.1 2\n", "#", "a: b\n", "a\t"] {
        let source = piece.repeat((128 << 10) / piece.len());
        for language in ALL {
            let all = tokens(language, &source);
            assert_eq!(all.last().map(|(_, range)| range.end), Some(source.len()), "{piece} in {language:?}");
        }
    }
}

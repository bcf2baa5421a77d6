use super::*;

fn read(text: &str) -> Result<Node, Diagnostic> {
    parse(&Source::new("tests.yaml", text))
}

#[test]
fn every_key_and_value_knows_its_place() {
    let text = "# é\nsteps:\n  - http: GET /kv/ключ\n    to: { except: n1 }\n";
    let tree = read(text).unwrap();
    let step = match &tree.get("steps").unwrap().value {
        Value::List(items) => &items[0],
        other => panic!("{other:?}"),
    };
    let http = step.entry("http").unwrap();
    assert_eq!((http.key_at.line, http.key_at.column), (3, 5));
    assert_eq!(&text[http.value.at.start..http.value.at.end], "GET /kv/ключ");
    let except = step.get("to").unwrap().entry("except").unwrap();
    assert_eq!((except.key_at.line, except.key_at.column), (4, 11));
    assert_eq!(&text[except.value.at.start..except.value.at.end], "n1");
}

#[test]
fn values_keep_their_kinds() {
    let tree = read("a: 1\nb: 1.5\nc: no\nd: true\ne: ~\nf: '7'\n200: x\n").unwrap();
    let value = |key: &str| tree.get(key).unwrap().value.clone();
    assert_eq!(value("a"), Value::Int(1));
    assert_eq!(value("b"), Value::Float(1.5));
    assert_eq!(value("c"), Value::Text("no".into()));
    assert_eq!(value("d"), Value::Bool(true));
    assert_eq!(value("e"), Value::Null);
    assert_eq!(value("f"), Value::Text("7".into()));
    assert_eq!(value("200"), Value::Text("x".into()));
    assert_eq!(read("# nothing here\n").unwrap().value, Value::Null);
}

#[test]
fn mistakes_show_their_line() {
    let shown = read("name: x\nsteps:\n  - a: [1, 2\nb: c\n").unwrap_err().to_string();
    assert!(shown.contains("tests.yaml:"), "{shown}");
    let shown = read("a: 1\na: 2\n").unwrap_err().to_string();
    assert!(shown.contains("duplicate"), "{shown}");
    let shown = read("a: &x 1\nb: *x\n").unwrap_err().to_string();
    assert!(shown.contains("aliases are not supported") && shown.contains("2 | b: *x"), "{shown}");
}

#[test]
fn what_is_nested_deep_ends_where_it_is_too_deep() {
    let shown = read(&format!("a:\n  b: {}{}\n", "[".repeat(64), "]".repeat(64))).unwrap_err().to_string();
    assert!(shown.starts_with("this is nested more than 64 deep\n --> tests.yaml:2:"), "{shown}");
    assert!(read(&format!("a: {}{}\n", "[".repeat(63), "]".repeat(63))).is_ok());
    // Most of these took minutes, which a test has not, or all memory: the depth of flow, of blocks, and of what aliases stand for.
    let bomb: String = (1..40).map(|n| format!("a{n}: &a{n} [*a{0}, *a{0}, *a{0}]\n", n - 1)).collect();
    let most = crate::scenario::decode::MAX_FILE;
    for (text, words) in [
        ("[".repeat(most), "recursion limit exceeded"),
        ("{a: ".repeat(most / 4), "recursion limit exceeded"),
        ("- ".repeat(most / 2), "nested more than 64 deep"),
        ("? ".repeat(most / 2), "nested more than 64 deep"),
        (format!("a: {}", "[{".repeat(most / 2 - 2)), "recursion limit exceeded"),
        // After a mistake, too.
        (format!("a: b: c\n{}", "[".repeat(most - 10)), "mapping values are not allowed"),
        (format!("a0: &a0 [x, x]\n{bomb}"), "aliases are not supported"),
    ] {
        let problem = read(&text).unwrap_err();
        assert!(problem.message.contains(words) && problem.at.line > 0, "{problem}");
    }
}

#[test]
fn answers_are_read_as_deep_as_they_may_be() {
    let nested = |depth| format!("{}1{}", "[".repeat(depth), "]".repeat(depth));
    assert!(answer(&nested(60)).is_ok());
    assert!(answer(&nested(1000)).is_err());
    assert!(answer(&"[".repeat(1 << 20)).unwrap_err().contains("recursion limit exceeded"));
    assert_eq!(answer(&format!("[{}]", "[1], ".repeat(5000))).unwrap().as_array().unwrap().len(), 5000);
}

#[test]
fn the_caret_stands_under_the_mistake() {
    let source = Source::new("t.yaml", "ключ: one\n");
    let tree = parse(&source).unwrap();
    let shown = Diagnostic::new(&source, tree.get("ключ").unwrap().at, "wrong").help("right").to_string();
    assert_eq!(shown, "wrong\n --> t.yaml:1:7\n  |\n1 | ключ: one\n  |       ^^^\n   = right");
}

//! Links and blocks of code that a reader can go to.

use super::*;

#[test]
fn the_focus_goes_from_link_to_link_and_block_to_block() {
    let mut screen = Screen::new(MIXED, 60, 10);
    assert_eq!(screen.pane.current_link(), None);
    let long = "https://example.com/a/rather/long/address/that/has/to/wrap";
    let code =
        "curl -i -X PUT --data-binary 'a value that makes the line long' http://127.0.0.1:8080/kv/key\necho short";
    for _ in 0..2 {
        screen.pane.next_link();
        assert_eq!(screen.pane.current_link(), Some(long));
        assert_eq!(screen.pane.copyable(), Some(Copyable::Address(long.to_owned())));
        assert!(screen.text().contains("→ https://example.com/a/rather/long/"));
        screen.pane.next_link();
        assert_eq!(screen.pane.current_link(), None);
        assert_eq!(screen.pane.copyable(), Some(Copyable::Code(code.to_owned())));
        assert!(screen.text().contains("▸ curl"));
        assert!(!screen.text().contains('→'));
    }
    screen.pane.scroll(Scroll::Top);
    assert!(!screen.pane.leave_link());
    let addresses = ["bitcask", "wal-intro", "atomiccommit"];
    let mut screen = Screen::new(CRASHES, 60, 10);
    assert_eq!(screen.pane.links().len(), 3);
    for address in addresses.iter().chain(&addresses).chain(&addresses[..1]) {
        screen.pane.next_link();
        assert!(screen.pane.current_link().is_some_and(|link| link.contains(address)), "{address}");
        // In the last row of the guide, too, the link and its address are both seen.
        let text = screen.text();
        assert!(text.contains("→ https://"), "{text}");
        assert!(dump::styles(&screen.draw()).contains("[reversed]"), "{text}");
    }
    assert!(screen.pane.leave_link());
    assert_eq!(screen.pane.current_link(), None);
    assert!(!screen.text().contains('→'));
}

#[test]
fn without_a_stop_the_first_block_in_view_is_copied_and_pointed_out() {
    let http = format!("{HTTP}\n```json\n{{}}\n```\n");
    let mut screen = Screen::new(&http, 60, 12);
    let commands =
        "curl -i -X PUT --data-binary blue http://127.0.0.1:24011/kv/sky\ncurl http://127.0.0.1:24011/kv/sky";
    assert_eq!(screen.pane.copyable(), Some(Copyable::Commands { text: commands.to_owned(), count: 2 }));
    let text = screen.text();
    assert!(text.contains("▸ $ curl -i") && text.matches('▸').count() == 1, "{text}");
    screen.pane.scroll(Scroll::Bottom);
    assert_eq!(screen.pane.copyable(), Some(Copyable::Code("{}".to_owned())));
    assert_eq!(screen.pane.copyable().unwrap().text(), "{}");
    // Nothing is pointed out in a pane without the focus.
    let mut buf = Buffer::empty(Rect::new(0, 0, 60, 12));
    screen.pane.render(&Theme::DARK, buf.area, &mut buf, false);
    assert!(!dump::text(&buf).contains('▸'));
    assert_eq!(Screen::new("# A\n\nText\n", 60, 12).pane.copyable(), None);
}

#[test]
fn cells_of_links_are_known() {
    let source = "世界 [one two three](https://a.b/1), [x](https://a.b/2)\n\n> [*q*](https://a.b/3)\n";
    let mut screen = Screen::new(source, 24, 10);
    let buf = screen.draw();
    let seen = |pane: &GuidePane, buf: &Buffer| -> Vec<(String, String)> {
        let text = |area: Rect| area.positions().map(|at| buf[at].symbol().to_owned()).collect::<String>();
        pane.links_on_screen().iter().map(|link| (text(link.area), link.address.to_owned())).collect()
    };
    let link = |text: &str, number| (text.to_owned(), format!("https://a.b/{number}"));
    assert_eq!(seen(&screen.pane, &buf), [link("one two three", 1), link("x", 2), link("q", 3)]);
    // Where an address is shown it can be clicked, and nothing that it covers.
    screen.pane.next_link();
    screen.size.1 = 3;
    let buf = screen.draw();
    let shown = format!("→ https://a.b/1{}", " ".repeat(8));
    assert_eq!(seen(&screen.pane, &buf), [link("one two three", 1), link("x", 2), link(&shown, 1)]);
}

#[test]
fn nothing_but_the_web_is_opened() {
    for address in ["https://example.com", "http://127.0.0.1:8080/x?y=1#z", "HTTPS://Example.com", "http://[::1]/"] {
        assert!(openable(address), "{address}");
    }
    for address in [
        "",
        "https://",
        "http:///etc/passwd",
        "file:///etc/passwd",
        "javascript:alert(1)",
        "mailto:a@b.c",
        "../http-api/guide.md",
        "#recovery",
        "//example.com",
        "https://-x",
        "https://a b",
        "https://a\n--help",
        "https://a\u{202e}b",
        " https://a",
        "httpsé://a",
    ] {
        assert!(!openable(address), "{address}");
    }
}

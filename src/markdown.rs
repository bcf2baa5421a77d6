pub struct Document {
    pub lines: Vec<String>,
}
pub fn render(s: &str, _: usize) -> Document {
    Document { lines: s.lines().map(str::to_owned).collect() }
}
pub fn to_ansi(s: &str) -> &str {
    s
}

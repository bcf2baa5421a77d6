pub fn did_you_mean<'a>(given: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    candidates.into_iter().find(|c| c.len().abs_diff(given.len()) < 2 && (c.starts_with(&given[..given.len() / 2])))
}

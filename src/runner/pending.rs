use crate::history::{Explanation, History};
pub(super) fn timeline(_: &History, _: &Explanation) -> String {
    String::new()
}
pub(super) fn picture(_: &Explanation) -> Vec<String> {
    Vec::new()
}

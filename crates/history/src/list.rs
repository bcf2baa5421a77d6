//! A list as one read of it found it. Lists of a key only grow, so that each read is nearly always a longer or shorter
//! beginning of the same list: what is common is kept once.

use std::collections::HashMap;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

use super::Text;

/// What a list held: its elements in order. A list and its beginnings share all that they have in common, so that one
/// can be cloned at no cost, and lists that came from the same [`Lists`] are compared at none.
///
/// ```
/// use history::List;
///
/// let list: List = ["3", "7"].into_iter().collect();
/// assert_eq!((list.len(), list.last().map(|last| &**last)), (2, Some("7")));
/// assert_eq!(list.beginning(1), ["3"].into_iter().collect());
/// ```
#[derive(Clone, Default)]
pub struct List(Option<Arc<Link>>);

struct Link {
    before: List,
    last: Text,
    length: usize,
}

impl List {
    /// How many elements it has.
    pub fn len(&self) -> usize {
        self.0.as_ref().map_or(0, |link| link.length)
    }

    /// Nothing was ever appended.
    pub fn is_empty(&self) -> bool {
        self.0.is_none()
    }

    /// The last element.
    pub fn last(&self) -> Option<&Text> {
        self.0.as_ref().map(|link| &link.last)
    }

    /// The list with one more element.
    #[must_use]
    pub fn with(&self, element: Text) -> List {
        List(Some(Arc::new(Link { before: self.clone(), last: element, length: self.len() + 1 })))
    }

    /// The first `length` elements, or all if it has fewer.
    #[must_use]
    pub fn beginning(&self, length: usize) -> List {
        let mut list = self;
        while let Some(link) = list.0.as_ref().filter(|link| link.length > length) {
            list = &link.before;
        }
        list.clone()
    }

    /// Its beginnings that are not empty, the shortest first and itself last.
    pub(crate) fn beginnings(&self) -> Vec<&List> {
        let mut list = self;
        let mut beginnings = Vec::with_capacity(self.len());
        while let Some(link) = &list.0 {
            beginnings.push(list);
            list = &link.before;
        }
        beginnings.reverse();
        beginnings
    }

    /// The elements from the last to the first.
    pub fn backwards(&self) -> impl Iterator<Item = &Text> {
        let mut list = self;
        std::iter::from_fn(move || {
            let link = list.0.as_ref()?;
            list = &link.before;
            Some(&link.last)
        })
    }

    /// The elements in order.
    pub fn elements(&self) -> Vec<&Text> {
        let mut elements: Vec<&Text> = self.backwards().collect();
        elements.reverse();
        elements
    }
}

impl<T: Into<Text>> FromIterator<T> for List {
    fn from_iter<I: IntoIterator<Item = T>>(elements: I) -> Self {
        elements.into_iter().fold(List::default(), |list, element| list.with(element.into()))
    }
}

impl PartialEq for List {
    fn eq(&self, other: &Self) -> bool {
        let (mut one, mut two) = (self, other);
        if one.len() != two.len() {
            return false;
        }
        while let (Some(first), Some(second)) = (&one.0, &two.0) {
            // From here on they are the same one.
            if Arc::ptr_eq(first, second) {
                return true;
            }
            if first.last != second.last {
                return false;
            }
            (one, two) = (&first.before, &second.before);
        }
        true
    }
}

impl Eq for List {}

impl Hash for List {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.len().hash(state);
        self.backwards().for_each(|element| element.hash(state));
    }
}

impl fmt::Debug for List {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.elements()).finish()
    }
}

/// One after the other: a list that drops the one before it, and so on, would need a stack as deep as it is long.
impl Drop for Link {
    fn drop(&mut self) {
        let mut before = self.before.0.take();
        while let Some(mut link) = before.and_then(Arc::into_inner) {
            before = link.before.0.take();
        }
    }
}

/// Makes lists that share what they have in common, whatever the order in which they arrive.
///
/// ```
/// use history::Lists;
///
/// let mut lists = Lists::default();
/// let long = lists.list(&"a".into(), ["3".into(), "7".into()]);
/// let short = lists.list(&"a".into(), ["3".into()]);
/// assert_eq!(long.beginning(1), short);
/// ```
#[derive(Debug, Default)]
pub struct Lists {
    /// Of each key the longest list so far, as all its beginnings.
    longest: HashMap<Text, Vec<List>>,
}

impl Lists {
    /// What a read of this key found.
    pub fn list(&mut self, key: &Text, elements: impl IntoIterator<Item = Text>) -> List {
        if !self.longest.contains_key(key) {
            self.longest.insert(key.clone(), Vec::new());
        }
        let mut unknown = Vec::new();
        let longest = self.longest.get_mut(key).unwrap_or(&mut unknown);
        let mut elements = elements.into_iter();
        let mut common = 0;
        for element in elements.by_ref() {
            match longest.get(common) {
                Some(beginning) if beginning.last() == Some(&element) => common += 1,
                // It parts from the longest one here.
                Some(_) => {
                    let parted = beginning(longest, common).with(element);
                    return elements.fold(parted, |list, element| list.with(element));
                }
                None => {
                    longest.push(beginning(longest, common).with(element));
                    common += 1;
                }
            }
        }
        beginning(longest, common)
    }
}

fn beginning(longest: &[List], length: usize) -> List {
    length.checked_sub(1).and_then(|last| longest.get(last)).cloned().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(words: &str) -> Vec<Text> {
        words.split_whitespace().map(Into::into).collect()
    }

    #[test]
    fn lists_share_what_they_have_in_common_in_any_order() {
        let mut lists = Lists::default();
        let key: Text = "a".into();
        let arrived: Vec<List> =
            ["1 2", "1", "1 2 3", "1 5 6", "1 2 3", ""].map(|words| lists.list(&key, texts(words))).into();
        for (list, words) in arrived.iter().zip(["1 2", "1", "1 2 3", "1 5 6", "1 2 3", ""]) {
            assert_eq!(list.elements().into_iter().cloned().collect::<Vec<_>>(), texts(words));
            assert_eq!(*list, texts(words).into_iter().collect());
        }
        let same = |one: &List, two: &List| match (&one.0, &two.0) {
            (Some(one), Some(two)) => Arc::ptr_eq(one, two),
            _ => false,
        };
        assert!(same(&arrived[2].beginning(2), &arrived[0]) && same(&arrived[2], &arrived[4]));
        assert!(same(&arrived[3].beginning(1), &arrived[1]) && arrived[3] != arrived[2]);
        assert!(lists.list(&"b".into(), texts("")).is_empty());
    }

    #[test]
    fn a_long_list_needs_no_deep_stack() {
        let list: List = (0..1_000_000).map(|number| number.to_string()).collect();
        let shorter = list.beginning(999_999);
        drop(list);
        assert_eq!(shorter.len(), 999_999);
    }
}

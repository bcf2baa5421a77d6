//! The packs inside the binary: every file below `challenges/`, put there by `build.rs`.

/// Paths below `challenges/` and what the files hold, sorted by path.
pub(super) type Table = &'static [(&'static str, &'static str)];

pub(super) const FILES: Table = include!(concat!(env!("OUT_DIR"), "/challenges.rs"));

/// The top-level folders that are packs.
pub(super) fn packs(table: Table) -> impl Iterator<Item = &'static str> {
    table.iter().filter_map(|(path, _)| path.strip_suffix("/challenge.yaml")).filter(|key| !key.contains('/'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_sorted_and_only_whole_packs_count() {
        assert!(FILES.is_sorted_by_key(|(path, _)| path));
        let table: Table =
            &[("a/challenge.yaml", ""), ("a/stages/b/challenge.yaml", ""), ("c/overview.md", ""), ("readme.md", "")];
        assert_eq!(packs(table).collect::<Vec<_>>(), ["a"]);
    }
}

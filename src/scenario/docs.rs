//! The language for editors and for people: a JSON Schema and a reference page, both from the table of verbs.
//!
//! They are kept in `assets/`, so that an editor and a reader of the repository find them; a test compares.

mod page;
mod schema;

pub use page::reference_page;
pub use schema::json_schema;

#[cfg(test)]
mod tests;

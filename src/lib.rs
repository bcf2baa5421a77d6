//! lsfr: learn how systems work by building them.
pub mod yaml;

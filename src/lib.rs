//! lsfr: learn how systems work by building them.
pub mod scenario;
pub mod text;
pub mod yaml;
#![forbid(unsafe_code)]

pub mod reference;

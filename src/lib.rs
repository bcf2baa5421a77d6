//! lsfr: learn how systems work by building them.
